"""What we order our bank to collect: direct debits by mandate, as values that are valid once they exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sepa.errors import N_, KasseError, Place
from sepa.fields import (
    NAME_LENGTH,
    amount_problem,
    bic_problem,
    code_problem,
    creditor_id_problem,
    iban_problem,
    identifier_problem,
    optional_identifier_problem,
    optional_text_problem,
    refuse,
    remittance_problem,
)
from sepa.payments import Party, Totals, count, head_problems
from sepa.text import Charset

Scheme = Literal["CORE", "B2B"]
Sequence = Literal["FRST", "RCUR", "FNAL", "OOFF"]
SEQUENCES: tuple[Sequence, ...] = ("FRST", "RCUR", "FNAL", "OOFF")


class EmptyAmendmentError(KasseError):
    """A mandate amendment that names nothing that changed."""

    code = "mandate.empty_amendment"
    template = N_("the amendment of the mandate {mandate_id} does not say what changed")
    hint = N_("give what was valid before, or leave the amendment out")


class AmendedAccountError(KasseError):
    """An amendment that gives an old account or bank beside the note that the account is another one."""

    code = "mandate.amended_account"
    template = N_("an amendment of the mandate {mandate_id} names the old account or bank beside SMNDA")
    hint = N_("say only that the account changed (SMNDA): the old one need not be named")


class SignedLateError(KasseError):
    """A mandate signed after the day on which it is used."""

    code = "mandate.signed_late"
    template = N_("the mandate {mandate_id} was signed on {signed}, after the due day {day}")
    hint = N_("check the date of signature; without a mandate nothing may be collected")


class UnknownSequenceError(KasseError):
    """A sequence type that SEPA does not have."""

    code = "collection.sequence"
    template = N_("not a sequence type: {value}")
    hint = N_("use FRST, RCUR, FNAL or OOFF; RCUR will do for the first collection as well")


class UnknownSchemeError(KasseError):
    """A direct debit scheme that SEPA does not have."""

    code = "collection.scheme"
    template = N_("not a direct debit scheme: {value}")
    hint = N_("use CORE, or B2B where the debtor is a business and its bank knows the mandate")


@dataclass(frozen=True, slots=True)
class Amendment:
    """What of a mandate changed since it was last used: each field holds what was valid before (EPC130-08).

    `other_account` says that the debtor has another account, whatever it was before (SMNDA).
    """

    mandate_id: str = ""
    creditor_id: str = ""
    creditor_name: str = ""
    iban: str = ""
    bic: str = ""
    other_account: bool = False


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as a collection cites it: reference, day of signature, and what changed since the last use."""

    mandate_id: str
    signed: date
    amendment: Amendment | None = None

    def __post_init__(self) -> None:
        place = Place(field="mandate_id", value=self.mandate_id)
        refuse((identifier_problem(self.mandate_id, "mandate_id"), *self._amendment_problems()), place)

    def _amendment_problems(self) -> Iterator[KasseError | None]:
        was = self.amendment
        if was is None:
            return
        if was == Amendment():
            yield EmptyAmendmentError(mandate_id=self.mandate_id)
        if was.other_account and (was.iban or was.bic):
            yield AmendedAccountError(mandate_id=self.mandate_id)
        yield optional_identifier_problem(was.mandate_id, "original_mandate_id")
        yield creditor_id_problem(was.creditor_id, "original_creditor_id") if was.creditor_id else None
        yield optional_text_problem(was.creditor_name, NAME_LENGTH, "original_creditor_name")
        yield iban_problem(was.iban, "original_iban") if was.iban else None
        yield bic_problem(was.bic, "original_bic")


@dataclass(frozen=True, slots=True)
class Collection:
    """One direct debit: cents, mandate, debtor, and either free remittance text or one structured reference."""

    end_to_end_id: str
    amount_cents: int
    mandate: Mandate
    debtor: Party
    remittance: str = ""
    creditor_reference: str = ""
    instruction_id: str = ""
    purpose: str = ""
    ultimate_debtor: str = ""

    def __post_init__(self) -> None:
        problems = (
            identifier_problem(self.end_to_end_id, "end_to_end_id"),
            amount_problem(self.amount_cents),
            remittance_problem(self.remittance, self.creditor_reference),
            optional_identifier_problem(self.instruction_id, "instruction_id"),
            code_problem(self.purpose, "purpose"),
            optional_text_problem(self.ultimate_debtor, NAME_LENGTH, "ultimate_debtor"),
        )
        if problems != _NO_PROBLEMS:
            refuse(problems, Place(payment=self.end_to_end_id))


_NO_PROBLEMS = (None,) * 6


@dataclass(frozen=True, slots=True)
class CollectionBatch:
    """Collections into one account on one day with one sequence type and creditor id (PmtInf).

    `collections` is iterated once when it is written, and once before when `totals` is not given.
    """

    payment_information_id: str
    creditor: Party
    creditor_id: str
    due_day: date
    sequence: Sequence = "RCUR"
    batch_booking: bool | None = None
    category_purpose: str = ""
    ultimate_creditor: str = ""
    collections: Iterable[Collection] = ()
    totals: Totals | None = None

    def __post_init__(self) -> None:
        known = self.sequence in SEQUENCES
        refuse(
            (
                identifier_problem(self.payment_information_id, "payment_information_id"),
                creditor_id_problem(self.creditor_id, "creditor_id"),
                None if known else UnknownSequenceError(value=self.sequence, place=Place(field="sequence")),
                code_problem(self.category_purpose, "category_purpose"),
                optional_text_problem(self.ultimate_creditor, NAME_LENGTH, "ultimate_creditor"),
            ),
            Place(payment=self.payment_information_id),
        )


@dataclass(frozen=True, slots=True)
class DirectDebitMessage:
    """One file of direct debits of one scheme: its id, when it was made (with offset), who orders, the batches."""

    message_id: str
    created: datetime
    initiator: str
    batches: tuple[CollectionBatch, ...]
    scheme: Scheme = "CORE"
    charset: Charset = "dk"

    def __post_init__(self) -> None:
        ids = [batch.payment_information_id for batch in self.batches]
        scheme = None if self.scheme in {"CORE", "B2B"} else UnknownSchemeError(value=self.scheme)
        refuse((scheme, *head_problems(self.message_id, self.created, self.initiator, ids)))


def signature_problem(collection: Collection, due_day: date) -> KasseError | None:
    """Say whether the mandate was signed after the due day (EPC130-08)."""
    mandate = collection.mandate
    if mandate.signed <= due_day:
        return None
    place = Place(payment=collection.end_to_end_id, field="signed", value=mandate.signed.isoformat())
    return SignedLateError(mandate_id=mandate.mandate_id, signed=mandate.signed, day=due_day, place=place)


def counted(message: DirectDebitMessage) -> DirectDebitMessage:
    """Return the message with the totals of every batch, counting those that have none."""
    batches = tuple(
        batch if batch.totals is not None else replace(batch, totals=count(batch.collections))
        for batch in message.batches
    )
    return replace(message, batches=batches)
