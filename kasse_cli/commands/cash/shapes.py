"""Columns and sentences that the verbs of `kasse cash` share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kasse_cli.output import Column, Line, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.cash.receipts import Receipt

WAYS = {"under_way": N_("under way"), "taken_back": N_("taken back")}
CHEQUE_WAYS = {"given_back": N_("given back"), "presented": N_("at the bank"), "held": N_("in the drawer")}
DESKS = (
    Column("code", N_("Desk")),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("name", N_("Name")),
    Column("office", N_("Office")),
    Column("account", N_("Account"), shown=False),
    Column("holder", N_("Holder")),
    Column("balance_cents", N_("In it"), "cents"),
    Column("under_way_cents", N_("Under way"), "cents", minor=2),
    Column("limit_cents", N_("Limit"), "cents", minor=True),
    Column("fixed_cents", N_("Fixed sum"), "cents", shown=False),
    Column("counted_on", N_("Counted"), "day"),
    Column("closed_on", N_("Closed on"), "day", shown=False),
)
PARTS = (
    Column("kind", N_("What"), "word"),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose"), minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
)
RECEIPTS = (
    Column("number", N_("Receipt")),
    Column("day", N_("Day"), "day"),
    Column("kind", N_("What"), "word"),
    Column("tender", N_("How"), "word"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("person", N_("Person")),
    Column("words", N_("Text"), minor=2),
    Column("officer", N_("Officer"), minor=True),
    Column("cancelled_by", N_("Cancelled by"), minor=True),
    Column("entry", N_("Entry"), shown=False),
)
RESTS = (
    Column("day", N_("Day"), "day"),
    Column("reason", N_("Reason")),
    Column("noted_by", N_("Noted by")),
    Column("taken_back_by", N_("Taken back by")),
)
TRANSPORTS = (
    Column("reference", N_("Name")),
    Column("kind", N_("What"), "word"),
    Column("desk", N_("From"), minor=True),
    Column("to", N_("Goes to"), minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("day", N_("Since"), "day"),
    Column("state", N_("State"), "word", words=WAYS),
    Column("made_by", N_("By"), minor=2),
    Column("bag", N_("Bag"), minor=2),
)
CHEQUES = (
    Column("receipt", N_("Receipt")),
    Column("cheque", N_("Cheque")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("payment_day", N_("Paid on"), "day"),
    Column("person", N_("Person"), minor=True),
    Column("state", N_("State"), "word", words=CHEQUE_WAYS),
)
CARD_DAYS = (
    Column("terminal", N_("Terminal")),
    Column("day", N_("Day"), "day"),
    Column("count", N_("Payments"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("bank_entry", N_("Bank entry"), "count"),
)
COUNTS = (
    Column("number", N_("No."), "count"),
    Column("day", N_("Day"), "day"),
    Column("expected_cents", N_("Expected"), "cents"),
    Column("counted_cents", N_("Counted"), "cents"),
    Column("difference_cents", N_("Difference"), "cents"),
    Column("case", N_("Case"), "count"),
    Column("counted_by", N_("Counted by")),
    Column("confirmed_by", N_("Confirmed by")),
    Column("rejected_by", N_("Rejected by"), minor=True),
)
HOLDERS = (
    Column("holder", N_("Holder")),
    Column("since", N_("From"), "day"),
    Column("until", N_("Until"), "day"),
    Column("made_by", N_("Given by")),
)
TERMINALS = (
    Column("code", N_("Terminal")),
    Column("acquirer", N_("Acquirer")),
    Column("fee", N_("Fee %"), "number"),
    Column("fee_each_cents", N_("Each"), "cents"),
    Column("iban", N_("Pays to"), "word"),
    Column("closed_on", N_("Ended"), "day"),
)
VOUCHERS = (
    Column("day", N_("Day"), "day"),
    Column("document", N_("Document")),
    Column("text", N_("Text")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("account", N_("Account")),
    Column("dimensions", N_("Dimensions"), minor=True),
)
SETTLEMENTS = (
    Column("number", N_("Settlement"), "count"),
    Column("day", N_("Day"), "day"),
    Column("state", N_("State"), "word"),
    Column("count", N_("Vouchers"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("listed_by", N_("Listed by")),
    Column("decided_by", N_("Decided by")),
    Column("entry", N_("Entry"), minor=True),
    Column("reason", N_("Reason"), minor=True),
)
_SAID = {
    "take": N_("receipt {number}: taken {sum_cents}"),
    "pay": N_("receipt {number}: paid {sum_cents}"),
    "cancel": N_("receipt {number}: {cancels} is cancelled, {sum_cents}"),
}


def receipt_lines(receipt: Receipt, *, dry_run: bool = False) -> Iterator[Line]:
    """Yield what a receipt says in short."""
    if dry_run:
        yield say(N_("nothing was changed; this would be written:"))
    said = _SAID[receipt.kind]
    yield say(said, number=receipt.number, sum_cents=abs(receipt.amount_cents), cancels=receipt.cancels)
    if receipt.tender == "cheque" and receipt.kind == "take":
        yield say(
            N_("by cheque, under reserve: counts as paid on {date}"), date=dt.date.fromisoformat(receipt.payment_day)
        )
