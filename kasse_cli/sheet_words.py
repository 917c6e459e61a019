"""What the sheets of a workbook are called where a table has no title on the screen, and which columns are summed."""

from __future__ import annotations

from collections.abc import Sequence

from kasse_cli.columns import Column
from sepa.errors import N_

NAMES = {
    "accounts": N_("Accounts"), "announced": N_("Announcements"), "answers": N_("Answers of the bank"),
    "attachments": N_("Attachments"), "balance": N_("Balance on joining"), "candidates": N_("Candidates"),
    "cases": N_("Unclear money"),
    "chain": N_("Limitation"), "changes": N_("Changes"), "checks": N_("Checks"), "claims": N_("Claims"),
    "closings": N_("Closings"), "collections": N_("Direct debits"), "compared": N_("Side by side"),
    "costs": N_("Costs"), "deadlines": N_("Deadlines"), "deputies": N_("Deputies"),
    "desks": N_("Cash desks"), "duplicates": N_("Duplicates"), "entries": N_("Entries"), "events": N_("Events"),
    "facts": N_("Facts"), "file_results": N_("Files"), "files": N_("Files"), "formats": N_("Forms of statements"),
    "garnishments": N_("Garnishments"), "hits": N_("Hits of a rule"), "holidays": N_("Holidays"),
    "ibans": N_("IBANs"), "instalments": N_("Instalments"), "items": N_("Items"), "kinds": N_("Kinds of data"),
    "letterhead": N_("Letterhead"), "letters": N_("Letters"), "life": N_("Life of a letter"), "limits": N_("Limits"),
    "lines": N_("Lines"), "lists": N_("Lists"), "logins": N_("Logins"), "mandates": N_("Mandates"),
    "movements": N_("Movements"), "offices": N_("Offices"), "openings": N_("Take-overs"), "orders": N_("Orders"),
    "parties": N_("Parties"), "parts": N_("Parts"), "payments": N_("Payments"), "placeholders": N_("Placeholders"),
    "posted": N_("Letters mailed"), "profiles": N_("Profiles"), "rates": N_("Rates"), "receipts": N_("Receipts"),
    "references": N_("References"), "refunds": N_("Refunds"), "reliefs": N_("Relief"),
    "remainders": N_("Small remainders"), "remedies": N_("Remedies"), "returns": N_("Returns"), "rights": N_("Rights"),
    "routes": N_("Routes of invoices"), "rules": N_("Rules"), "runs": N_("Runs"), "schemes": N_("Reference schemes"),
    "set_offs": N_("Set-offs"), "settings": N_("Settings"), "skipped": N_("Left out"), "statement": N_("Statement"),
    "statements": N_("Statements"), "stations": N_("Life of a payment"), "sums": N_("Sums"), "tables": N_("Tables"),
    "tasks": N_("Tasks"), "templates": N_("Templates"), "users": N_("Users"), "values": N_("Values"),
    "vouchers": N_("Vouchers"), "withdrawal": N_("Withdrawal"),
}  # fmt: skip
"""By the key of a table."""
SUMS = {
    "account": ("amount_cents",), "answers": ("sum_cents",), "clearings": ("cleared_cents",),
    "claims": ("open_cents", "demanded_cents", "accrued_cents"), "collections": ("amount_cents",),
    "costs": ("amount_cents",), "desks": ("balance_cents", "under_way_cents"),
    "entries": ("amount_cents", "on_account_cents"), "hits": ("amount_cents",),
    "instalments": ("cents", "interest_cents", "sum_cents"),
    "lines": ("charge_cents",),
    "orders": ("amount_cents",), "parties": ("owes_cents", "gets_cents"), "parts": ("amount_cents",),
    "payments": ("amount_cents",), "postings": ("debit_cents", "credit_cents"), "receipts": ("amount_cents",),
    "refunds": ("cents",), "remainders": ("open_cents", "amount_cents"), "returns": ("amount_cents", "fee_cents"),
    "runs": ("sum_cents", "total_cents", "charge_cents", "fee_cents"), "set_offs": ("cents",),
    "skipped": ("open_cents", "amount_cents"), "sums": ("open_cents", "accrued_cents"), "vouchers": ("amount_cents",),
}  # fmt: skip
"""Columns that one may add up, by the key of a table, where the table does not say it itself.

Letters are none of them: several of one person are about the same debt. Those of one run say it themselves.
"""


def summed(key: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the columns of a table that are summed below it; amounts of several currencies never are."""
    keys = {column.key for column in columns}
    return () if "currency" in keys else tuple(name for name in SUMS.get(key, ()) if name in keys)
