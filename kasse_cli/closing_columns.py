"""The columns of protocols, part by part, and which parts each kind of closing shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kasse_cli.columns import Column
from sepa.errors import N_

TITLES = {
    "day": N_("Closing of the day"),
    "month": N_("Closing of the month"),
    "year": N_("Closing of the year"),
}
CLOSING = (
    Column("protocol", N_("Protocol")),
    Column("day", N_("Day"), "day"),
    Column("first_day", N_("Closes from"), "day", minor=True),
    Column("closed_by", N_("Closed by")),
    Column("closed_at", N_("Closed at"), minor=2),
    Column("confirmed_by", N_("Confirmed by")),
    Column("confirmed_at", N_("Confirmed at"), minor=2),
    Column("head", N_("Head of the book"), minor=2),
    Column("period", N_("Period"), shown=False),
)
_CHECKS = (
    Column("name", N_("Check")),
    Column("code", N_("Code"), shown=False),
    Column("notes", N_("Noted"), "count"),
)
_ACCOUNTS = (
    Column("iban", N_("IBAN"), "word", minor=2),
    Column("name", N_("Name")),
    Column("office", N_("Office"), shown=False),
    Column("account", N_("Account"), minor=2),
    Column("opening_cents", N_("Opening"), "cents", minor=2),
    Column("in_cents", N_("In"), "cents"),
    Column("out_cents", N_("Out"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("bank_cents", N_("Bank"), "cents"),
    Column("difference_cents", N_("Difference"), "cents", shown=False),
    Column("statement", N_("Statement"), minor=True),
    Column("statement_day", N_("Statement of"), "day", minor=2),
    Column("reason_code", N_("Reason code"), shown=False),
    Column("reason", N_("Without a statement because"), minor=True),
)
_DESKS = (
    Column("desk", N_("Desk")),
    Column("name", N_("Name"), minor=True),
    Column("office", N_("Office"), shown=False),
    Column("account", N_("Account"), shown=False),
    Column("holder", N_("Holder"), minor=2),
    Column("balance_cents", N_("Expected"), "cents"),
    Column("counted_cents", N_("Counted"), "cents"),
    Column("difference_cents", N_("Booked difference"), "cents"),
    Column("count", N_("Count no."), "count", minor=2),
    Column("counted_on", N_("Counted on"), "day", minor=True),
    Column("state", N_("State"), "word", words={"not_open": N_("not open"), "no_banking_day": N_("no banking day")}),
)
_DAYS = (Column("day", N_("Day"), "day"), Column("entries", N_("Entries"), "count"))
_PERIODS = (
    Column("period", N_("Period")),
    Column("protocol", N_("Protocol")),
    Column("entries", N_("Entries"), "count"),
    Column("confirmed", N_("Confirmed"), "flag"),
)
_OFFICES = (
    Column("office", N_("Office")),
    Column("year", N_("Year"), "count"),
    Column("entries", N_("Entries"), "count"),
    Column("first", N_("First"), "count"),
    Column("last", N_("Last"), "count"),
)
_GAPS = (
    Column("office", N_("Office")),
    Column("year", N_("Year"), "count"),
    Column("entries", N_("Entries"), "count"),
    Column("missing", N_("Missing"), "count"),
    Column("out_of_time", N_("Out of time"), "count"),
    Column("aborted", N_("Broken off"), "count"),
)
_AGES = (
    Column("kind", N_("Kind"), "word"),
    Column("age", N_("Age in days")),
    Column("from_days", N_("From days"), "count", shown=False),
    Column("to_days", N_("To days"), "count", shown=False),
    Column("count", N_("Cases"), "count"),
    Column("open_cents", N_("Open"), "cents"),
)
_CONTROLS = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("count", N_("Items"), "count"),
    Column("items_cents", N_("Open items"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
)
_TRANSIT = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("balance_cents", N_("Balance"), "cents"),
)
_EXPLAINED = (
    *_TRANSIT,
    Column("since_cents", N_("Since then"), "cents"),
    Column("under_way_cents", N_("Runs under way"), "cents"),
    Column("reason", N_("Explained by")),
)
_BETWEEN = (
    Column("office", N_("Office")),
    Column("other", N_("Other office")),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("back_cents", N_("Other's balance"), "cents"),
)
_FLOATING = (
    Column("number", N_("Entry")),
    Column("account", N_("Account")),
    Column("bank_day", N_("Bank day"), "day"),
    Column("posting_day", N_("Posted"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
)
_RESULTS = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind"), "word"),
    Column("balance_cents", N_("Of the year"), "cents"),
    Column("carried_cents", N_("Carried over"), "cents"),
)
_STOCKS = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind"), "word", shown=False),
    Column("closing_cents", N_("In period 13"), "cents"),
    Column("balance_cents", N_("Carried forward"), "cents"),
)
_RESTS = (
    Column("office", N_("Office")),
    Column("kind", N_("Kind"), "word"),
    Column("account", N_("Account")),
    Column("count", N_("Items"), "count"),
    Column("open_cents", N_("Open"), "cents"),
    Column("overdue_cents", N_("Of these overdue"), "cents"),
)
_UNCLEAR = (
    Column("office", N_("Office")),
    Column("item", N_("Case"), "count"),
    Column("kind", N_("Kind"), "word"),
    Column("day", N_("Day"), "day"),
    Column("age_days", N_("Days"), "count"),
    Column("open_cents", N_("Open"), "cents"),
)
TABLES: Mapping[str, tuple[str, Sequence[Column]]] = {
    "checks": (N_("Checked before closing"), _CHECKS),
    "accounts": (N_("Bank accounts"), _ACCOUNTS),
    "desks": (N_("Cash desks"), _DESKS),
    "days": (N_("Days closed"), _DAYS),
    "periods": (N_("Days closed"), _PERIODS),
    "months": (N_("Months closed"), _PERIODS),
    "offices": (N_("Entries by office"), _OFFICES),
    "gaps": (N_("Numbers of entries"), _GAPS),
    "ages": (N_("Unclear money by age"), _AGES),
    "controls": (N_("Control accounts and items"), _CONTROLS),
    "transit": (N_("Money in transit"), _TRANSIT),
    "explained": (N_("Money in transit"), _EXPLAINED),
    "between": (N_("Between the offices"), _BETWEEN),
    "floating": (N_("Posted after the bank's day"), _FLOATING),
    "results": (N_("Income and expense"), _RESULTS),
    "stocks": (N_("Carried into the next year"), _STOCKS),
    "rests": (N_("Kassenreste"), _RESTS),
    "unclear": (N_("Unclear money case by case"), _UNCLEAR),
}
"""Title and columns of each part, and of parts that look otherwise in some kind of closing."""
TOTALS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("opening_cents", "in_cents", "out_cents", "balance_cents", "bank_cents"),
    "days": ("entries",),
    "periods": ("entries",),
    "offices": ("entries",),
    "gaps": ("entries", "missing", "out_of_time", "aborted"),
    "results": ("balance_cents", "carried_cents"),
    "stocks": ("closing_cents", "balance_cents"),
}
"""The columns that Excel sums under a part; where claims and debts stand together there is no sum."""
PARTS_OF: Mapping[str, Sequence[str]] = {
    "day": ("accounts", "desks", "days", "offices", "ages", "transit", "floating", "checks"),
    "month": (
        "checks", "accounts", "periods", "offices", "gaps", "ages", "controls", "transit", "between", "floating",
    ),
    "year": (
        "checks", "results", "stocks", "rests", "unclear", "accounts", "periods", "offices", "gaps", "controls",
        "transit", "between",
    ),
}  # fmt: skip
"""The parts that each kind of closing shows, in order."""
