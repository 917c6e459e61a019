"""The lines of a collection run: as they are stored and hashed, and the direct debits they stand for, for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from ledger.payments.addresses import kept_address
from ledger.payments.collection_runs import batch_id
from ledger.payments.transfers import is_rf
from sepa.debits import Amendment, Collection, CollectionBatch, DirectDebitMessage, Mandate, Scheme
from sepa.debits import Sequence as Kind
from sepa.payments import Party, Totals
from sepa.text import Charset


class Line(NamedTuple):
    """One collection of a run as it is stored and as its hash has it; `was_…` is what its amendment tells."""

    line: int
    batch: int
    end_to_end_id: str
    mandate: int
    creditor_id: str
    mandate_reference: str
    signed: str
    sequence: Kind
    was_reference: str
    was_creditor_id: str
    was_creditor_name: str
    was_iban: str
    other_account: int
    debtor_name: str
    debtor_iban: str
    debtor_bic: str
    debtor_address: str
    ultimate_debtor: str
    cents: int
    remittance: str


class Part(NamedTuple):
    """How much a collection takes of one item."""

    line: int
    part: int
    item_office: str
    item: int
    cents: int


@dataclass(frozen=True, slots=True)
class Head:
    """What all collections of a run share: who collects to which account, on which day, by which scheme."""

    office: str
    creditor: Party
    day: date
    scheme: Scheme
    charset: Charset = "dk"
    single_booking: bool = False


def stored_amendment(line: Line) -> Amendment | None:
    """Return the amendment that a stored collection carries, None for none."""
    was = Amendment(
        line.was_reference, line.was_creditor_id, line.was_creditor_name, line.was_iban,
        other_account=bool(line.other_account),
    )  # fmt: skip
    return None if was == Amendment() else was


def stored_collection(line: Line) -> Collection:
    """Return the direct debit that a stored collection stands for: the same line gives the same one for ever."""
    structured = is_rf(line.remittance)
    return Collection(
        line.end_to_end_id,
        line.cents,
        Mandate(line.mandate_reference, date.fromisoformat(line.signed), stored_amendment(line)),
        Party(line.debtor_name, line.debtor_iban, line.debtor_bic, kept_address(line.debtor_address)),
        remittance="" if structured else line.remittance,
        creditor_reference=line.remittance if structured else "",
        ultimate_debtor=line.ultimate_debtor,
    )


def batches(head: Head, message_id: str, lines: Iterable[Line]) -> tuple[CollectionBatch, ...]:
    """Return the batches of a file; the lines come in the order of their batches."""
    return tuple(
        _batch(head, batch_id(message_id, number), tuple(group))
        for number, group in groupby(lines, key=lambda line: line.batch)
    )


def _batch(head: Head, identifier: str, lines: Sequence[Line]) -> CollectionBatch:
    return CollectionBatch(
        identifier,
        head.creditor,
        lines[0].creditor_id,
        head.day,
        lines[0].sequence,
        batch_booking=not head.single_booking,
        collections=tuple(map(stored_collection, lines)),
        totals=Totals(len(lines), sum(line.cents for line in lines)),
    )


def message(head: Head, message_id: str, created: datetime, lines: Iterable[Line]) -> DirectDebitMessage:
    """Return the file of a run as a value; the same lines give the same bytes."""
    made = batches(head, message_id, lines)
    return DirectDebitMessage(message_id, created, head.creditor.name, made, head.scheme, head.charset)
