"""Receipts in the book: numbered without a gap by desk and year, written once together with what they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book.entry import Posted
from ledger.cash.desks import Desk
from ledger.cash.receipts import Label, Part, Tender
from ledger.events.store import Fact, record
from ledger.store.engines import Store

_LAST = "SELECT coalesce(max(number), 0) FROM cash_receipt WHERE desk = :desk AND year = :year"
_LINE_COLUMNS = ("desk", "year", "number", "line", "kind", "office", "item", "cents", "clearing")


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt to be written; `entry` is where its money stands in the books."""

    kind: str
    tender: Tender
    cents: int
    payment_day: str
    entry: Posted
    person: str = ""
    words: str = ""
    batch: int | None = None
    cancels: Label | None = None


def next_label(store: Store, desk: Desk) -> Label:
    """Return the number of the next receipt of a desk; inside a unit that holds its office."""
    assert desk.office in store.locked, "a number is given once"
    year = int(store.today[:4])
    return Label(desk.code, year, int(store.value(_LAST, desk=desk.code, year=year)) + 1)


def write_receipt(
    store: Store, desk: Desk, label: Label, new: NewReceipt, parts: Sequence[tuple[Part, int | None]] = ()
) -> None:
    """Write a receipt with its parts, each with the clearing that settled it, and the event of it."""
    taken_back = {} if new.cancels is None else {"cancels_year": new.cancels.year, "cancels": new.cancels.number}
    store.insert_one(
        "cash_receipt", desk=label.desk, year=label.year, number=label.number, kind=new.kind, tender=new.tender,
        cents=new.cents, day=store.today, payment_day=new.payment_day, office=new.entry.office,
        position=new.entry.position, person=new.person, words=new.words, batch=new.batch, **taken_back,
        made_by=store.user, made_at=store.now,
    )  # fmt: skip
    key = (label.desk, label.year, label.number)
    rows = [
        (*key, line, part.kind, part.office, part.item, part.amount_cents, clearing)
        for line, (part, clearing) in enumerate(parts, 1)
    ]
    store.insert("cash_receipt_line", _LINE_COLUMNS, rows)
    facts: dict[str, Fact] = {
        "receipt": str(label),
        "cents": new.cents,
        "tender": new.tender,
        "items": len(parts),
        "day": store.today,
    }
    said = {name: value for name, value in (("person", new.person), ("words", new.words)) if value}
    record(store, desk.office, f"cash.{new.kind}", f"receipt:{label}", facts, said or None)


def shown(posted: Posted) -> str:
    """Return the number of an entry as people write it."""
    return f"{posted.office}-{posted.year}-{posted.number}"
