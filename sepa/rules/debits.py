"""The rules over a whole message of direct debits: `check` walks it in one pass and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from sepa.banks import same_bank
from sepa.calendar import is_target_day, previous_target_day
from sepa.countries import eea_countries
from sepa.debits import Collection, CollectionBatch, DirectDebitMessage, counted, signature_problem
from sepa.errors import N_, KasseError, Place
from sepa.identifiers import mandate_key
from sepa.pain008 import charset_problems, own_texts
from sepa.party_texts import initiator_problem
from sepa.rules.odd import (
    DayPastError,
    NotTargetDayError,
    ToSelfError,
    Twins,
    Watched,
    abroad_finding,
    address_finding,
    bic_finding,
    category_finding,
    id_finding,
    present,
    purpose_finding,
)
from sepa.text import Charset

MAX_DAYS_EARLY = 14  # the earliest submission that bank terms usually grant


class LeadTimeError(KasseError):
    """A due day that the file cannot reach in time."""

    code = "collection.lead_time"
    severity = "warning"
    template = N_("the bank needs the file one TARGET day before the due day {day}")
    hint = N_("give a later due day, and tell the debtors")


class EarlyCollectionError(KasseError):
    """A due day more than 14 days ahead."""

    code = "collection.early"
    severity = "warning"
    template = N_("the due day {day} is {days} days ahead")
    hint = N_("banks usually take collections 14 days ahead at the earliest; send the file later")


class SignedInFutureError(KasseError):
    """A mandate signed after the day of the check."""

    code = "mandate.signed_in_future"
    template = N_("the mandate {mandate_id} has {signed} as its day of signature, which is still to come")
    hint = N_("check the date of signature")


class OtherBankError(KasseError):
    """An old account that another bank kept, given as an IBAN."""

    code = "mandate.other_bank"
    severity = "warning"
    template = N_("the old account {was} of the mandate {mandate_id} is at another bank than {iban}")
    hint = N_("an old IBAN is for accounts at the same bank only: say that the account is another one (SMNDA)")


class DebtorAddressNeededError(KasseError):
    """A collection beyond the European Economic Area without the debtor's address."""

    code = "address.needed_debtor"
    template = N_("a collection from {country} needs the debtor's address")
    hint = N_("add the debtor's address with street, town and country")


class ReusedMandateError(KasseError):
    """One mandate id for two debtors' accounts in one message."""

    code = "mandate.two_accounts"
    severity = "warning"
    template = N_("the mandate {mandate_id} is used for two accounts in one file")
    hint = N_("mandate ids name one mandate each, whatever their case and spaces; correct one of them")


def check(message: DirectDebitMessage, on: date) -> Iterator[KasseError]:
    """Yield the findings over a message as seen on a day, each with batch or payment as its place.

    One pass over the collections; some hashes for each payment are remembered. What values cannot break once they
    exist is not asked again; the head's totals are the writer's.
    """
    seen = Seen()
    yield from present((initiator_problem(message.initiator, message.charset),))
    for batch in message.batches:
        outer = Place(payment=batch.payment_information_id)
        yield from (finding.at(outer) for finding in batch_findings(batch, on, message.charset))
        for collection in batch.collections:
            place = Place(payment=collection.end_to_end_id)
            yield from (finding.at(place) for finding in collection_findings(collection, batch, message, on, seen))


def checking(message: DirectDebitMessage, on: date, found: Callable[[KasseError], object]) -> DirectDebitMessage:
    """Return the message for a writer that goes through it once: each collection is checked as it is written.

    As `sepa.rules.transfers.checking`.
    """
    message, seen = counted(message), Seen()
    for finding in present((initiator_problem(message.initiator, message.charset),)):
        found(finding)
    for batch in message.batches:
        for finding in batch_findings(batch, on, message.charset):
            found(finding.at(Place(payment=batch.payment_information_id)))
    batches = (
        replace(one, collections=Watched(one.collections, _watch(one, message, on, seen, found)))
        for one in message.batches
    )
    return replace(message, batches=tuple(batches))


def _watch(
    batch: CollectionBatch, message: DirectDebitMessage, on: date, seen: Seen, found: Callable[[KasseError], object]
) -> Callable[[Collection], None]:
    def look(collection: Collection) -> None:
        for finding in collection_findings(collection, batch, message, on, seen):
            found(finding.at(Place(payment=collection.end_to_end_id)))

    return look


class Seen:
    """What earlier collections of a message had: ids, payments, and the account of each mandate."""

    def __init__(self) -> None:
        self.twins = Twins()
        self.mandates: dict[int, int] = {}


def collection_findings(
    collection: Collection, batch: CollectionBatch, message: DirectDebitMessage, on: date, seen: Seen
) -> Iterator[KasseError]:
    """Yield what is odd about a collection in its batch, and among those that came before."""
    yield from _collection_findings(collection, batch, on)
    if message.charset == "epc":
        yield from present(charset_problems(collection, message.charset))
    yield from _mandate_findings(collection, batch, seen.mandates)
    text = collection.remittance or collection.creditor_reference
    yield from seen.twins.findings(collection.end_to_end_id, collection.debtor.iban, collection.amount_cents, text)


def batch_findings(batch: CollectionBatch, on: date, charset: Charset = "dk") -> Iterator[KasseError]:
    """Yield what is odd about a batch by itself, as seen on a day, and our texts that the character set lacks."""
    yield from present(own_texts(batch, charset))
    yield from due_findings(batch.due_day, on)
    yield from present(
        (category_finding(batch.category_purpose), bic_finding(batch.creditor), address_finding(batch.creditor.address))
    )


def due_findings(day: date, on: date) -> Iterator[KasseError]:
    """Yield what is odd about a due day as seen on a day: D-1 for CORE and B2B and every sequence type (EPC016-06)."""
    place = Place(field="due_day", value=day.isoformat())
    if day < on:
        yield DayPastError(day=day, place=place)
    elif on > previous_target_day(date.fromordinal(day.toordinal() - 1)):
        yield LeadTimeError(day=day, place=place)
    if (day - on).days > MAX_DAYS_EARLY:
        yield EarlyCollectionError(day=day, days=(day - on).days, place=place)
    if not is_target_day(day):
        yield NotTargetDayError(day=day, place=place)


def _collection_findings(collection: Collection, batch: CollectionBatch, on: date) -> Iterator[KasseError]:
    debtor, mandate = collection.debtor, collection.mandate
    country = debtor.iban[:2]
    if mandate.signed > on:
        yield SignedInFutureError(mandate_id=mandate.mandate_id, signed=mandate.signed, place=Place(field="signed"))
    if debtor.address is None and country not in eea_countries():
        yield DebtorAddressNeededError(country=country, place=Place(field="address"))
    if debtor.iban == batch.creditor.iban:
        yield ToSelfError(iban=debtor.iban, place=Place(field="iban", value=debtor.iban))
    yield from present(
        (
            signature_problem(collection, batch.due_day),
            _old_bank_finding(collection),
            id_finding(collection.end_to_end_id),
            purpose_finding(collection.purpose),
            bic_finding(debtor),
            address_finding(debtor.address),
            abroad_finding(debtor.iban, debtor.name, collection.remittance),
        )
    )


def _old_bank_finding(collection: Collection) -> KasseError | None:
    """Say whether the old account, given as an IBAN, was at another bank (EPC130-08)."""
    mandate, iban = collection.mandate, collection.debtor.iban
    was = mandate.amendment.iban if mandate.amendment else ""
    if not was or same_bank(was, iban):
        return None
    place = Place(field="original_iban", value=was)
    return OtherBankError(was=was, mandate_id=mandate.mandate_id, iban=iban, place=place)


def _mandate_findings(collection: Collection, batch: CollectionBatch, mandates: dict[int, int]) -> Iterator[KasseError]:
    mandate_id = collection.mandate.mandate_id
    key = hash((batch.creditor_id[7:], mandate_key(mandate_id)))
    account = hash(collection.debtor.iban)
    if mandates.setdefault(key, account) != account:
        yield ReusedMandateError(mandate_id=mandate_id, place=Place(field="mandate_id", value=mandate_id))
