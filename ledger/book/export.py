"""The audit export as data: its files, where their rows come from, and what every column means.

It follows what an auditor needs to recompute the books alone (GoBD, number 10: machine-readable data with a
description): chains, balances, open items. Meanings are templates, translated where people read them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from sepa.errors import N_

ColumnType = Literal["string", "integer", "cents", "date", "datetime", "hex", "flag", "json"]


class AuditColumn(NamedTuple):
    """A column: its name, what its values are, what they mean."""

    name: str
    type: ColumnType
    meaning: str


class AuditFile(NamedTuple):
    """A file: its name, what it holds, its key, whether it has personal data, its columns, where its rows come from."""

    name: str
    meaning: str
    key: tuple[str, ...]
    personal: bool
    columns: tuple[AuditColumn, ...]
    sql: str


def _file(name: str, meaning: str, key: str, table: str, *columns: AuditColumn, personal: bool = False) -> AuditFile:
    """Return a file that holds columns of one table, in the order of its key; bytes come as hexadecimal digits."""
    names = ", ".join(column.name for column in columns)
    fields = tuple(key.split())
    return AuditFile(
        name, meaning, fields, personal, columns, f"SELECT {names} FROM {table} ORDER BY {', '.join(fields)}"
    )


_OFFICE = AuditColumn("office", "string", N_("the office (Buchungskreis)"))
_POSITION = AuditColumn("position", "integer", N_("the place in the chain of the office, from 1 on without a gap"))
_HASH = AuditColumn("hash", "hex", N_("SHA-256 over the hash before it and the fields of the row: see the description"))
AUDIT_FILES = (
    _file(
        "offices", N_("offices and what their chains begin with"), "code", "office",
        AuditColumn("code", "string", N_("the office (Buchungskreis)")),
        AuditColumn("name", "string", N_("its name")),
        AuditColumn("is_kasse", "flag", N_("1 for the Kasse")),
        AuditColumn("genesis", "hex", N_("the hash before the first entry and the first event")),
    ),
    _file(
        "accounts", N_("accounts of all offices"), "office number", "account",
        _OFFICE,
        AuditColumn("number", "string", N_("the number of the account")),
        AuditColumn("name", "string", N_("its present name")),
        AuditColumn("kind", "string", N_("asset, liability, equity, income, expense or statistic")),
        AuditColumn("role", "string", N_("what the books use it for; blank is free for coding")),
        AuditColumn("opened_on", "date", N_("the first day it may be posted on")),
        AuditColumn("closed_on", "date", N_("the first day it may not be posted on any more")),
    ),
    _file(
        "entries", N_("entries (Buchungen), one row each"), "office position", "entry",
        _OFFICE, _POSITION,
        AuditColumn("year", "integer", N_("the fiscal year of the posting day")),
        AuditColumn("number", "integer", N_("the number in the year and office, from 1 on without a gap")),
        AuditColumn("kind", "string", N_("what made it: order, bank, manual, reversal and so on")),
        AuditColumn("source", "string", N_("what it comes from, as order:17 or bank:KASSE/4")),
        AuditColumn("transaction_id", "string", N_("the same in entries of several offices that belong together")),
        AuditColumn("posting_day", "date", N_("the day it counts on in the books")),
        AuditColumn("bank_day", "date", N_("the booking date of the bank")),
        AuditColumn("value_day", "date", N_("the value date of the bank")),
        AuditColumn("payment_day", "date", N_("the day the payment counts as made")),
        AuditColumn("recorded_at", "datetime", N_("when it was written, in UTC")),
        AuditColumn("recorded_by", "integer", N_("who wrote it: id of users")),
        AuditColumn("reverses", "integer", N_("the position of the entry it takes back")),
        AuditColumn("posting_count", "integer", N_("how many postings it has")),
        AuditColumn("text_hash", "hex", N_("SHA-256 over salt and text of texts; blank where it has no text")),
        _HASH,
    ),
    _file(
        "postings", N_("lines of entries; those of one entry sum to zero"), "office position line", "posting",
        _OFFICE, _POSITION,
        AuditColumn("line", "integer", N_("the place within the entry, from 1 on")),
        AuditColumn("account", "string", N_("the number of the account, in accounts")),
        AuditColumn("cents", "cents", N_("the amount in cents: debit (Soll) positive, credit (Haben) negative")),
        AuditColumn("item", "integer", N_("the open item it moves: id of items")),
        AuditColumn("dimensions", "string", N_("its coding beside the account, as kostenstelle=4711;produkt=12.6")),
    ),
    _file(
        "items", N_("open items and what is open of them"), "office id", "item",
        _OFFICE,
        AuditColumn("id", "integer", N_("the number of the item in its office")),
        AuditColumn("kind", "string", N_("receivable, payable, credit, suspense, advance or transit")),
        AuditColumn("side", "string", N_("D: its control account holds a debit; C: a credit")),
        AuditColumn("account", "string", N_("its control account")),
        AuditColumn("party", "integer", N_("the debtor or payee: id of parties")),
        AuditColumn("reference", "string", N_("its Kassenzeichen or the payee's own number")),
        AuditColumn("order_id", "integer", N_("the order it was made by")),
        AuditColumn("main_item", "integer", N_("of a side claim: the item of the main claim")),
        AuditColumn("claim_kind", "string", N_("the kind of claim")),
        AuditColumn("profile", "string", N_("the law it follows")),
        AuditColumn("amount_cents", "cents", N_("what it was made with, in cents, always positive")),
        AuditColumn("open_cents", "cents", N_("what is open of it now, in cents")),
        AuditColumn("due", "date", N_("when it is due")),
        AuditColumn("original_due", "date", N_("when it was due at first")),
        AuditColumn("opened_on", "date", N_("the posting day it was made on")),
        AuditColumn("position", "integer", N_("the entry that made it")),
    ),
    _file(
        "clearings", N_("clearings (Ausgleiche): documents that settle items or undo that"), "office id", "clearing",
        _OFFICE,
        AuditColumn("id", "integer", N_("the number of the clearing in its office")),
        AuditColumn("kind", "string", N_("what made it")),
        AuditColumn("position", "integer", N_("its entry")),
        AuditColumn("posting_day", "date", N_("the day it counts on in the books")),
        AuditColumn("payment_day", "date", N_("the day the payment counts as made")),
        AuditColumn("resets", "integer", N_("the clearing it undoes")),
    ),
    _file(
        "clearing_lines", N_("what each clearing takes off which item"), "office clearing line", "clearing_line",
        _OFFICE,
        AuditColumn("clearing", "integer", N_("id of clearings")),
        AuditColumn("line", "integer", N_("the place within the clearing, from 1 on")),
        AuditColumn("item", "integer", N_("id of items")),
        AuditColumn("cents", "cents", N_("what it takes off, in cents; negative where it opens the item again")),
    ),
    _file(
        "month_balances", N_("debits and credits of accounts by month, as the book keeps them"),
        "office account month", "month_balance",
        _OFFICE,
        AuditColumn("account", "string", N_("the number of the account")),
        AuditColumn("month", "string", N_("year and month of the posting days, 13 for the closing entries")),
        AuditColumn("debit_cents", "cents", N_("debits of the month in cents")),
        AuditColumn("credit_cents", "cents", N_("credits of the month in cents, positive")),
    ),
    _file(
        "events", N_("the event log: what was done or refused, by whom, when"), "office position", "event",
        _OFFICE, _POSITION,
        AuditColumn("at", "datetime", N_("when, in UTC")),
        AuditColumn("by", "integer", N_("who: id of users")),
        AuditColumn("action", "string", N_("what was done")),
        AuditColumn("object", "string", N_("with what")),
        AuditColumn("facts", "json", N_("counts, sums, days and hashes")),
        AuditColumn("details_hash", "hex", N_("SHA-256 over salt and details of event_details")),
        _HASH,
    ),
    _file(
        "closings", N_("closed days, months and years with their protocols"), "kind period", "closing",
        AuditColumn("kind", "string", N_("day, month or year")),
        AuditColumn("period", "string", N_("which one")),
        AuditColumn("year", "integer", N_("the year of its number")),
        AuditColumn("number", "integer", N_("the number of the protocol in the year")),
        AuditColumn("last_day", "date", N_("the last day that is closed by it")),
        AuditColumn("closed_by", "integer", N_("who closed: id of users")),
        AuditColumn("closed_at", "datetime", N_("when, in UTC")),
        AuditColumn("book_head", "hex", N_("the head of the book at that moment")),
        AuditColumn("protocol", "json", N_("the protocol as it was signed")),
    ),
    _file(
        "vouchers", N_("papers behind entries made by hand"), "id", "voucher",
        AuditColumn("id", "integer", N_("the number in the source manual:… of entries")),
        _OFFICE,
        AuditColumn("position", "integer", N_("the first of its entries")),
        AuditColumn("document", "string", N_("where the paper is")),
        AuditColumn("made_by", "integer", N_("who made it: id of users")),
        AuditColumn("made_at", "datetime", N_("when, in UTC")),
        personal=True,
    ),
    _file(
        "texts", N_("words of entries"), "office position", "entry_text",
        _OFFICE, _POSITION,
        AuditColumn("salt", "hex", N_("random bytes before the text in its hash")),
        AuditColumn("text", "string", N_("the words")),
        personal=True,
    ),
    _file(
        "event_details", N_("words and personal data of events"), "office position", "event_details",
        _OFFICE, _POSITION,
        AuditColumn("salt", "hex", N_("random bytes before the details in their hash")),
        AuditColumn("details", "json", N_("the details")),
        personal=True,
    ),
    _file(
        "users", N_("who acted"), "id", "app_user",
        AuditColumn("id", "integer", N_("the number that entries and events name")),
        AuditColumn("name", "string", N_("the name")),
        personal=True,
    ),
    _file(
        "parties", N_("debtors and payees"), "id", "party",
        AuditColumn("id", "integer", N_("the number that items name")),
        AuditColumn("name", "string", N_("the name")),
        personal=True,
    ),
)  # fmt: skip
