"""What we order our bank to pay: credit transfers, as values that are valid once they exist.

Texts hold what German banks take at the widest (`sepa.text`, character set `dk`); clean them first. A value that
breaks a rule raises that rule's error; one that breaks several raises `InvalidOrderError` with all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from sepa.errors import N_, KasseError, Place
from sepa.fields import (
    NAME_LENGTH,
    AddressLinesError,
    amount_problem,
    bic_problem,
    code_problem,
    country_problem,
    iban_problem,
    identifier_problem,
    optional_identifier_problem,
    optional_text_problem,
    refuse,
    remittance_problem,
    text_problem,
)
from sepa.text import Charset

ADDRESS_LIMITS = (
    ("department", 70),
    ("sub_department", 70),
    ("street", 70),
    ("house_number", 16),
    ("building", 35),
    ("floor", 70),
    ("post_box", 16),
    ("room", 70),
    ("postcode", 16),
    ("town_location", 35),
    ("district", 35),
    ("region", 35),
)


class TimeZoneMissingError(KasseError):
    """A time without an offset; banks reject it or guess."""

    code = "time.zone"
    template = N_("the time has no offset from UTC: {value}")
    hint = N_("give it with its zone, such as 2026-11-21T10:00:00+01:00")


class TimeNotInstantError(KasseError):
    """A time of day for a transfer that is not instant."""

    code = "time.not_instant"
    template = N_("only instant transfers have a time of day")
    hint = N_("give the day alone, or order the transfers as instant")


class NoBatchError(KasseError):
    """A message without a batch, or a batch without a payment."""

    code = "message.empty"
    template = N_("there is nothing to order in {identifier}")
    hint = N_("leave the file or the batch out")


class DuplicateBatchError(KasseError):
    """Two batches of one message with the same payment information id."""

    code = "message.duplicate_batch"
    template = N_("two batches have the payment information id {identifier}")
    hint = N_("give each batch an id of its own")


class TotalsError(KasseError):
    """A batch that does not hold what its head says."""

    code = "message.totals"
    template = N_(
        "the batch {identifier} holds {count} payments of {amount_cents}, "
        "its head says {stated_count} of {stated_cents}"
    )
    hint = N_("count again; the file is not complete and must not be sent")


@dataclass(frozen=True, slots=True)
class Address:
    """A structured postal address, at most two free lines beside it (DK Anlage 3, GBIC_5; EPC153-22).

    Town and country must be there; lengths are those of the schema.
    """

    town: str
    country: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    department: str = ""
    sub_department: str = ""
    building: str = ""
    floor: str = ""
    post_box: str = ""
    room: str = ""
    town_location: str = ""
    district: str = ""
    region: str = ""
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> Iterator[KasseError | None]:
        yield text_problem(self.town, 35, "town")
        yield country_problem(self.country)
        for field, limit in ADDRESS_LIMITS:
            yield optional_text_problem(getattr(self, field), limit, field)
        for line in self.lines:
            yield text_problem(line, 70, "lines")
        if len(self.lines) > 2:
            yield AddressLinesError(count=len(self.lines), place=Place(field="lines"))


@dataclass(frozen=True, slots=True)
class Party:
    """A payer or payee: the legal name of the account holder, the IBAN, and what else the scheme allows."""

    name: str
    iban: str
    bic: str = ""
    address: Address | None = None

    def __post_init__(self) -> None:
        problems = (text_problem(self.name, NAME_LENGTH, "name"), iban_problem(self.iban), bic_problem(self.bic))
        if problems != (None, None, None):
            refuse(problems)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One credit transfer: cents, payee, and either free remittance text or one structured reference.

    `end_to_end_id` is `NOTPROVIDED` where there is none; give one, or answers cannot be matched.
    """

    end_to_end_id: str
    amount_cents: int
    creditor: Party
    remittance: str = ""
    creditor_reference: str = ""
    instruction_id: str = ""
    purpose: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""

    def __post_init__(self) -> None:
        problems = (
            identifier_problem(self.end_to_end_id, "end_to_end_id"),
            amount_problem(self.amount_cents),
            remittance_problem(self.remittance, self.creditor_reference),
            optional_identifier_problem(self.instruction_id, "instruction_id"),
            code_problem(self.purpose, "purpose"),
            optional_text_problem(self.ultimate_debtor, NAME_LENGTH, "ultimate_debtor"),
            optional_text_problem(self.ultimate_creditor, NAME_LENGTH, "ultimate_creditor"),
        )
        if problems != _NO_PROBLEMS:
            refuse(problems, Place(payment=self.end_to_end_id))


_NO_PROBLEMS = (None,) * 7


@dataclass(frozen=True, slots=True)
class Totals:
    """How many payments there are, and their sum in cents."""

    count: int = 0
    amount_cents: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.count + other.count, self.amount_cents + other.amount_cents)


@dataclass(frozen=True, slots=True)
class TransferBatch:
    """Transfers of one account and one day (PmtInf): id, payer, requested execution day, booking form.

    `transfers` is iterated once when it is written, and once before when `totals` is not given; a list will do, a
    query that starts anew each time keeps memory small. `batch_booking` true asks for one booking over the sum,
    false for single ones, None leaves it to the agreement with the bank.
    """

    payment_information_id: str
    debtor: Party
    execution_day: date
    instant: bool = False
    batch_booking: bool | None = None
    category_purpose: str = ""
    execution_time: datetime | None = None
    transfers: Iterable[Transfer] = ()
    totals: Totals | None = None

    def __post_init__(self) -> None:
        refuse(
            (
                identifier_problem(self.payment_information_id, "payment_information_id"),
                code_problem(self.category_purpose, "category_purpose"),
                None if self.execution_time is None else zone_problem(self.execution_time),
                TimeNotInstantError() if self.execution_time and not self.instant else None,
            ),
            Place(payment=self.payment_information_id),
        )


@dataclass(frozen=True, slots=True)
class CreditTransferMessage:
    """One file of credit transfers: its id, when it was made (with offset), who orders, and the batches.

    `charset` is what the bank takes: `dk` (with umlauts) or `epc` (basic Latin).
    """

    message_id: str
    created: datetime
    initiator: str
    batches: tuple[TransferBatch, ...]
    charset: Charset = "dk"

    def __post_init__(self) -> None:
        ids = [batch.payment_information_id for batch in self.batches]
        refuse(head_problems(self.message_id, self.created, self.initiator, ids))


def head_problems(message_id: str, created: datetime, initiator: str, ids: list[str]) -> Iterator[KasseError | None]:
    """Yield what is wrong with the head of a message, its batches named by id (DK Anlage 3)."""
    yield identifier_problem(message_id, "message_id")
    yield zone_problem(created)
    yield text_problem(initiator, NAME_LENGTH, "initiator")
    if not ids:
        yield NoBatchError(identifier=message_id)
    for identifier in sorted({name for name in ids if ids.count(name) > 1} if len(set(ids)) < len(ids) else ()):
        yield DuplicateBatchError(identifier=identifier)


def zone_problem(time: datetime) -> KasseError | None:
    """Say whether a time lacks its offset from UTC (DK Anlage 3 allows none, a bank was seen to reject it)."""
    return TimeZoneMissingError(value=time.isoformat()) if time.utcoffset() is None else None


class _Amount(Protocol):
    @property
    def amount_cents(self) -> int: ...


def count(payments: Iterable[_Amount]) -> Totals:
    """Return number and sum of transfers or collections, in one pass."""
    number = cents = 0
    for payment in payments:
        number += 1
        cents += payment.amount_cents
    return Totals(number, cents)


def counted(message: CreditTransferMessage) -> CreditTransferMessage:
    """Return the message with the totals of every batch, counting those that have none."""
    batches = tuple(
        batch if batch.totals is not None else replace(batch, totals=count(batch.transfers))
        for batch in message.batches
    )
    return replace(message, batches=batches)


def check_totals(identifier: str, stated: Totals, found: Totals) -> None:
    """Raise `TotalsError` where a batch does not hold what its head says."""
    if stated != found:
        raise TotalsError(
            identifier=identifier,
            count=found.count,
            amount_cents=found.amount_cents,
            stated_count=stated.count,
            stated_cents=stated.amount_cents,
        )
