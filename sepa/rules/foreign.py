"""The rules over a payment file of others: what its schema lets through and German banks do not (DK Anlage 3).

One pass in constant memory but for some hashes a payment. Structure is looked at here; then each payment is made an
order of ours, whose values check themselves and whose rules (`sepa.rules.transfers`, `.debits`) are asked as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache

from sepa.banks import account_finding
from sepa.debits import CollectionBatch, DirectDebitMessage
from sepa.errors import KasseError, Place
from sepa.identifiers import is_iban
from sepa.money import FractionOfCentError, InvalidAmountError, parse_decimal, plain
from sepa.pain_orders import Problems, collection, collection_batch, transfer, transfer_batch
from sepa.pain_values import BatchEnd, FileEnd, ForeignBatch, ForeignPayment, PaymentFile, PaymentStream
from sepa.party_texts import initiator_problem
from sepa.payments import CreditTransferMessage, DuplicateBatchError, TransferBatch
from sepa.profiles.findings import KindsMixedError
from sepa.rules import debits, transfers
from sepa.rules.foreign_errors import (
    CreatedZoneError,
    DayFormError,
    ElementMissingError,
    OldVersionError,
    SchemesMixedError,
    StatedCountError,
    StatedSumError,
)
from sepa.rules.foreign_forms import CURRENT, count_problem
from sepa.rules.foreign_levels import head_text_problems, level_problems
from sepa.rules.foreign_structure import batch_problems, group_problems, payment_problems
from sepa.rules.odd import Twins, present
from sepa.text import Charset

_MADE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  # stands in for a message's own, which is checked apart


def check_payments(events: PaymentStream, on: date, charset: Charset = "dk") -> Iterator[KasseError]:
    """Yield the findings over a payment file as seen on a day, each with line, payment, field and value.

    `events` come from `read_payments`, whose errors pass through. The order is that of the file.
    """
    checker = _Checker(on, charset)
    for event in events:
        if isinstance(event, ForeignPayment):
            yield from checker.payment(event)
        elif isinstance(event, ForeignBatch):
            checker.begin(event)
        elif isinstance(event, BatchEnd):
            yield from checker.batch_end(event)
        elif isinstance(event, PaymentFile):
            yield from checker.file(event)
        else:
            yield from checker.file_end(event)


class _Checker:
    """What is known of the file and the batch on the way."""

    def __init__(self, on: date, charset: Charset) -> None:
        self.on, self.charset = on, charset
        self.head = PaymentFile("")
        self.batch: ForeignBatch | None = None
        self.started = False
        self.transfers: TransferBatch | None = None
        self.collections: CollectionBatch | None = None
        self.ids: set[str] = set()
        self.instruments: set[str] = set()
        self.twins, self.seen = Twins(), debits.Seen()

    def file(self, head: PaymentFile) -> Iterator[KasseError]:
        self.head = head
        yield from placed(head_problems(head, self.charset), Place(line=head.line))

    def begin(self, batch: ForeignBatch) -> None:
        self.batch, self.started = batch, False

    def _start(self, first: ForeignPayment | None) -> Iterator[KasseError]:
        """Yield what is wrong with the head of the batch, once its first payment is known."""
        if self.started or self.batch is None:
            return
        self.started, batch = True, self.batch
        place = Place(line=batch.line, payment=batch.id or None)
        yield from placed(batch_problems(batch, self.head), place)
        yield from placed(head_text_problems(batch, self.head, self.charset), place)
        if batch.id and batch.id in self.ids:
            yield DuplicateBatchError(identifier=batch.id).at(place)
        self.ids.add(batch.id)
        problems = Problems()
        self._own_batch(batch, first, problems)
        yield from placed(problems.found, place)
        yield from placed(account_findings(batch.iban), place)

    def _own_batch(self, batch: ForeignBatch, first: ForeignPayment | None, problems: Problems) -> None:
        self.transfers = self.collections = None
        if self.head.debits:
            made = collection_batch(batch, first, problems)
            self.collections = made
            if made is not None:
                problems.found += debits.batch_findings(made, self.on, self.charset)
        else:
            self.transfers = transfer_batch(batch, problems, first)
            if self.transfers is not None:
                problems.found += transfers.batch_findings(self.transfers, self.on, self.charset)

    def payment(self, payment: ForeignPayment) -> Iterator[KasseError]:
        yield from self._start(payment)
        assert self.batch is not None
        place = Place(line=payment.line, payment=payment.end_to_end_id or None)
        yield from placed(payment_problems(payment, self.batch, self.head), place)
        yield from placed(level_problems(payment, self.batch, self.head, self.charset), place)
        self.instruments.add(payment.local_instrument or self.batch.local_instrument)
        problems = Problems()
        found = self._collection(payment, problems) if self.head.debits else self._transfer(payment, problems)
        yield from placed((*problems.found, *found), place)
        yield from placed(account_findings(payment.iban), place)

    def _transfer(self, payment: ForeignPayment, problems: Problems) -> Iterable[KasseError]:
        made = transfer(payment, problems)
        if made is None or self.transfers is None:
            return ()
        message = CreditTransferMessage("-", _MADE, "-", (self.transfers,), self.charset)
        return transfers.transfer_findings(made, self.transfers, message, self.twins)

    def _collection(self, payment: ForeignPayment, problems: Problems) -> Iterable[KasseError]:
        made = collection(payment, problems)
        if made is None or self.collections is None:
            return ()
        message = DirectDebitMessage("-", _MADE, "-", (self.collections,), charset=self.charset)
        return tuple(debits.collection_findings(made, self.collections, message, self.on, self.seen))

    def batch_end(self, end: BatchEnd) -> Iterator[KasseError]:
        yield from self._start(None)
        batch = self.batch or ForeignBatch()
        place = Place(line=batch.line, payment=batch.id or None)
        yield from placed(total_problems(batch, end), place)

    def file_end(self, end: FileEnd) -> Iterator[KasseError]:
        yield from end.findings
        place = Place(line=self.head.line)
        yield from placed(total_problems(self.head, end), place)
        if self.head.debits and len(self.instruments - {""}) > 1:
            yield SchemesMixedError(place=place)
        if not self.head.debits and len(self.instruments) > 1 and "INST" in self.instruments:
            yield KindsMixedError(place=place)


def placed(findings: Iterable[KasseError], place: Place) -> Iterator[KasseError]:
    """Yield the findings with the outer place filled in."""
    return (finding.at(place) for finding in findings)


def head_problems(head: PaymentFile, charset: Charset = "dk") -> Iterator[KasseError]:
    """Yield what is wrong with the head of a file."""
    current = CURRENT.get(head.message[:8], "")
    if head.message != current:
        yield OldVersionError(name=head.message, current=current, place=Place(field="version", value=head.message))
    yield from created_problems(head.created)
    yield from group_problems(head)
    problems = Problems()
    created = _MADE
    problems.made(CreditTransferMessage, head.message_id, created, head.initiator or "-", (_BATCH,))
    yield from problems.found
    if charset == "epc" and not problems.found and head.initiator:
        yield from present((initiator_problem(head.initiator, charset),))


_BATCH = transfer_batch(ForeignBatch(id="-", name="-", iban="DE02120300000000202051", day="2026-01-01"), Problems())


def created_problems(text: str) -> Iterator[KasseError]:
    """Yield what is wrong with a time of making as written."""
    place = Place(field="created", value=text)
    if not text:
        yield ElementMissingError(element="CreDtTm", place=place)
        return
    try:
        zone = datetime.fromisoformat(text).utcoffset()
    except ValueError:
        yield DayFormError(value=text, place=place)
        return
    if zone is None:
        yield CreatedZoneError(value=text, place=place)


def total_problems(head: PaymentFile | ForeignBatch, end: BatchEnd | FileEnd) -> Iterator[KasseError]:
    """Yield where the counters of file or batch are missing or not what was found (NbOfTxs, CtrlSum)."""
    yield from present((count_problem(head.count),))
    if not head.count:
        yield ElementMissingError(element="NbOfTxs", place=Place(field="NbOfTxs"))
    elif head.count.lstrip("0") != str(end.count):
        place = Place(field="NbOfTxs", value=head.count)
        yield StatedCountError(stated=head.count, found=end.count, place=place)
    if not head.control_sum:
        yield ElementMissingError(element="CtrlSum", place=Place(field="CtrlSum"))
    elif end.complete and cents_of(head.control_sum) != end.amount_cents:
        place = Place(field="CtrlSum", value=head.control_sum)
        yield StatedSumError(stated=head.control_sum, found=plain(end.amount_cents), place=place)


def cents_of(text: str) -> int | None:
    """Return a control sum as cents, or None where it is none."""
    try:
        return parse_decimal(text)
    except (InvalidAmountError, FractionOfCentError):
        return None


@lru_cache(maxsize=4096)
def account_findings(iban: str) -> tuple[KasseError, ...]:
    """Return what is odd about a right German IBAN by the directory of banks."""
    found = account_finding(iban) if is_iban(iban) else None
    return () if found is None else (found,)
