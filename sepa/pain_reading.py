"""Payment files of others (pain.001, pain.008, every version) as a stream of values in constant memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lxml import etree

from sepa.currencies import minor_digits
from sepa.element_order import misplaced
from sepa.errors import N_, KasseError, Place
from sepa.money import FractionOfCentError, InvalidAmountError, parse_decimal
from sepa.notes import Notes
from sepa.pain_tables import ADDRESS_FIELDS, BATCHES, GROUP, PAYMENT_NAMES, PAYMENTS
from sepa.pain_values import (
    BatchEnd,
    FileEnd,
    ForeignAddress,
    ForeignBatch,
    ForeignPayment,
    ForeignReference,
    PaymentFile,
    PaymentStream,
)
from sepa.reading import Kind, UnknownVersionError, identify
from sepa.rules.foreign_forms import ElementOrderError, SecondHeadError
from sepa.sources import DEFAULT, Limits, Source, opened
from sepa.xml.parser import elements, forget, line_of
from sepa.xml.table import local_name
from sepa.xml.walk import Record, read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_VERSIONS = re.compile(r"(?:00[1-9]\.(?:0[1-9]|1[0-4])(?:\.\w+)*)?")
_EMPTY = etree.XPath("descendant::*[not(*) and not(normalize-space())]")
_DAY_FORMS = {"date": "Dt", "time": "DtTm", "bare": ""}
_STRUCTURED = etree.XPath("*[local-name()='RmtInf']/*[local-name()='Strd']")


class NotAPaymentFileError(KasseError):
    """A known file, but not one with payment orders."""

    code = "file.not_payments"
    template = N_("this is {name}, not a payment file")
    hint = N_("payment orders come as pain.001 or pain.008")


class UnknownPaymentVersionError(UnknownVersionError):
    """A version of pain.001 or pain.008 that did not exist when this was written."""

    hint = N_("make the file as pain.001.001.09 or pain.008.001.08, or look for a newer version of kasse")


class NoPaymentError(KasseError):
    """A payment file without any payment."""

    code = "file.no_payment"
    template = N_("the message {message} holds no payment")
    hint = N_("make the file again, or ask who made it")


def read_payments(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> PaymentStream:
    """Yield `PaymentFile`, for each batch `ForeignBatch`, its `ForeignPayment`s and `BatchEnd`, then `FileEnd`.

    Memory stays constant. Amounts that are none are findings of the end; every other flaw stays in the values.
    Raises `NotAPaymentFileError`, `UnknownPaymentVersionError`, `NoPaymentError`, `XmlError` and what
    `identify` raises, with place.
    """
    with opened(source, limits) as file:
        kind = identify(file)
        if kind.family not in PAYMENT_NAMES:
            raise NotAPaymentFileError(place=Place(file=file.name, line=1), name=kind.name)
        if not _VERSIONS.fullmatch(kind.version):
            raise UnknownPaymentVersionError(place=Place(file=file.name, line=1), name=kind.name)
        yield from _Reader(file, kind).read()


class _Reader:
    """What is known of the file and of the batch being read."""

    def __init__(self, source: Source, kind: Kind) -> None:
        self.source, self.kind = source, kind
        self.payment_name = PAYMENT_NAMES[kind.family]
        self.batch_table, self.payment_table = BATCHES[kind.family], PAYMENTS[kind.family]
        self.notes = Notes(source.place)
        self.head: PaymentFile | None = None
        self.headed = False
        self.batch: ForeignBatch | None = None
        self.batches = self.count = self.cents = 0
        self.batch_count = self.batch_cents = 0
        self.complete = self.batch_complete = True

    def read(self) -> PaymentStream:
        for name, element in elements(self.source, ("GrpHdr", self.payment_name, "PmtInf")):
            if name == "GrpHdr":
                yield from self._file_head(element)
            elif name == "PmtInf":
                yield from self._batch_end(element)
            else:
                yield from self._payment(element)
        if not self.count:
            raise NoPaymentError(place=Place(file=self.source.name, line=1), message=self.kind.name)
        yield FileEnd(
            self.batches, self.count, self.cents, self.complete, self.notes.not_understood(), self.notes.findings()
        )

    def _file_head(self, element: Element) -> Iterator[PaymentFile]:
        if self.headed or self.head is not None:
            late = SecondHeadError() if self.headed else ElementOrderError(element="GrpHdr", before="PmtInf")
            self.notes.add(late, line_of(element, self.source))
            return
        odd: Counter[str] = Counter()
        fields = self._fields(read_element(element, GROUP, odd), element, element, odd)
        self._add_misplaced(fields, "GrpHdr", element)
        self.headed, self.head = True, PaymentFile(message=self.kind.name, empty=_empty(element), **fields)
        yield self.head

    def _begin(self, parent: Element | None) -> Iterator[PaymentFile | ForeignBatch]:
        """Yield the heads that stand before the first payment of a batch."""
        if self.head is None:
            self.head = PaymentFile(message=self.kind.name)
            yield self.head
        if self.batch is None:
            self.batch = self._batch(parent)
            self.batches += 1
            self.batch_count = self.batch_cents = 0
            self.batch_complete = True
            yield self.batch

    def _batch(self, parent: Element | None) -> ForeignBatch:
        if parent is None:
            return cast("ForeignBatch", ForeignBatch.of({}))
        heads = [child for child in parent if local_name(child.tag) != self.payment_name]
        odd: Counter[str] = Counter()
        record = read_element(heads, self.batch_table, odd)
        fields = self._fields(record, parent, heads, odd)
        self._add_misplaced(fields, "PmtInf", takewhile(lambda one: local_name(one.tag) != self.payment_name, parent))
        raw = record.raw
        fields |= {"index": self.batches + 1, "time": raw.get("time", "")}
        fields["day"] = raw.get("date") or raw.get("bare") or fields["time"][:10]
        fields["day_forms"] = tuple(name for key, name in _DAY_FORMS.items() if key in raw)
        fields["empty"] = tuple(name for child in heads for name in _empty(child))
        return cast("ForeignBatch", ForeignBatch.of(fields))

    def _payment(self, element: Element) -> PaymentStream:
        if self.batch is not None:
            self._note_stray(element.getprevious())
        yield from self._begin(element.getparent())
        odd: Counter[str] = Counter()
        record = read_element(element, self.payment_table, odd)
        fields = self._fields(record, element, element, odd)
        self._add_misplaced(fields, self.payment_name, element)
        fields["empty"] = _empty(element)
        fields["index"] = self.count + 1
        self._add_amount(fields, record)
        if record.texts:
            fields["remittance"] = record.lines("remittance")
        if record.records and (structured := record.many("structured")):
            lengths = [_inner_length(one) for one in cast("list[Element]", _STRUCTURED(element))]
            fields["structured"] = tuple(map(_reference, structured, lengths))
        yield ForeignPayment.of(fields)
        self._count(fields["amount_cents"])
        forget(element)

    def _fields(self, record: Record, element: Element, children: Any, odd: Counter[str]) -> dict[str, Any]:
        fields = record.plain
        fields["line"] = line_of(element, self.source)
        fields["present"] = _names(tuple(child.tag for child in children))
        if odd:
            fields["unknown"] = tuple(odd)
            self.notes.odd.update(odd)
        if addresses := record.many("PstlAdr"):
            fields["address"] = _address(addresses[0])
        for old in {"old_bic", "original_old_bic"} & fields.keys():
            fields.setdefault(old.replace("old_", ""), fields[old])
        return fields

    def _add_misplaced(self, fields: dict[str, Any], level: str, children: Iterable[Element]) -> None:
        if found := misplaced(tuple(child.tag for child in children), self.kind.family, level):
            fields["misplaced"] = found

    def _note_stray(self, element: Element | None) -> None:
        """Note what stands behind a payment and belongs to the head of its batch."""
        while element is not None and (name := local_name(element.tag)) != self.payment_name:
            late = ElementOrderError(element=name, before=self.payment_name, place=Place(field=name))
            self.notes.add(late, line_of(element, self.source))
            element = element.getprevious()

    def _add_amount(self, fields: dict[str, Any], record: Record) -> None:
        text, currency = record.raw.get("amount", ""), record.raw.get("amount@", "")
        fields["amount"], fields["currency"], fields["amount_cents"] = text, currency, None
        try:
            fields["amount_cents"] = parse_decimal(text, minor_digits(currency))
        except (InvalidAmountError, FractionOfCentError) as error:
            payment = fields.get("end_to_end_id") or None
            self.notes.add(error.at(Place(payment=payment, field="amount", value=text)), fields["line"])

    def _count(self, cents: int | None) -> None:
        self.count += 1
        self.batch_count += 1
        self.cents += cents or 0
        self.batch_cents += cents or 0
        self.complete = self.complete and cents is not None
        self.batch_complete = self.batch_complete and cents is not None

    def _batch_end(self, element: Element) -> PaymentStream:
        if self.batch is not None and len(element):
            self._note_stray(element[-1])
        yield from self._begin(element)
        yield BatchEnd(self.batch_count, self.batch_cents, self.batch_complete)
        self.batch = None
        forget(element)


@lru_cache(maxsize=512)
def _names(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(local_name, tags))


def _empty(element: Element) -> tuple[str, ...]:
    found = cast("list[Element]", _EMPTY(element))
    return tuple(local_name(one.tag) for one in found)


def _address(record: Record) -> ForeignAddress:
    fields = tuple((key, record.plain[key]) for key in ADDRESS_FIELDS if key in record.plain)
    return ForeignAddress(fields, tuple(line.strip() for line in record.lines("AdrLine")))


def _reference(record: Record, length: int) -> ForeignReference:
    plain = record.plain
    number = plain.get("reference") or plain.get("document", "")
    return ForeignReference(number, plain.get("kind", ""), plain.get("issuer", ""), length)


def _inner_length(element: Element) -> int:
    """Return the characters between the tags of an element, without name spaces and indentation (EPC130-08)."""
    length = 0
    for one in element.iterdescendants():
        length += 2 * len(local_name(one.tag)) + 5 + len((one.text or "").strip())
    return length
