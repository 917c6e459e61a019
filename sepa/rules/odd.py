"""What is legal but odd, and what is wrong only among others: rules that credit transfers and debits share.

Warnings do not stop a file. Every function returns or yields findings as values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from sepa.calendar import is_target_day
from sepa.countries import agree, eea_countries
from sepa.errors import N_, KasseError, Place
from sepa.identifiers import NOT_PROVIDED
from sepa.payments import Address, Party
from sepa.purposes import category_purposes, purposes
from sepa.text import is_legal

MAX_DAYS_AHEAD = 15  # DK Anlage 3: a bank may refuse orders further ahead


class NotTargetDayError(KasseError):
    """An execution day on which TARGET is closed."""

    code = "day.not_target"
    severity = "warning"
    template = N_("the banks do not settle on {day}")
    hint = N_("the bank executes on the next TARGET day; give that day if it matters")


class DayPastError(KasseError):
    """An execution day before the day of the check."""

    code = "day.past"
    severity = "warning"
    template = N_("the execution day {day} is over")
    hint = N_("the bank executes at once or refuses; give a new day")


class DayFarError(KasseError):
    """An execution day more than 15 days ahead."""

    code = "day.far"
    severity = "warning"
    template = N_("the execution day {day} is {days} days ahead")
    hint = N_("banks may refuse orders more than 15 days ahead; send the file later")


class UnknownPurposeError(KasseError):
    """A purpose code that the ISO list does not have."""

    code = "purpose.unknown"
    severity = "warning"
    template = N_("the ISO list has no purpose code {value}")
    hint = N_("check the code, or leave it out")


class UnknownCategoryPurposeError(KasseError):
    """A category purpose that the ISO list does not have."""

    code = "purpose.unknown_category"
    severity = "warning"
    template = N_("the ISO list has no category purpose {value}")
    hint = N_("purpose and category purpose have lists of their own; check the code, or leave it out")


class AddressNeededError(KasseError):
    """A payment beyond the European Economic Area without the payer's address."""

    code = "address.needed"
    severity = "warning"
    template = N_("a payment to {country} needs the payer's address")
    hint = N_("add the address to the payer; banks outside the EEA ask for it")


class AddressRepeatedError(KasseError):
    """A free address line that repeats what a field of its own holds."""

    code = "address.repeated"
    severity = "warning"
    template = N_("a free address line repeats what has a field of its own: {value}")
    hint = N_("leave the line out")


class BicAdvisableError(KasseError):
    """A payment beyond the European Economic Area without a BIC."""

    code = "bic.advisable"
    severity = "warning"
    template = N_("an account in {country} is better paid with the bank's BIC: {iban}")
    hint = N_("ask the payee for the BIC")


class BicCountryError(KasseError):
    """A BIC of another country than the account."""

    code = "bic.country"
    severity = "warning"
    template = N_("the BIC {bic} belongs to another country than the account {iban}")
    hint = N_("ask the payee which of the two is right, or leave the BIC out")


class TextAbroadError(KasseError):
    """Umlauts or & * $ % on their way to a bank that need not take them."""

    code = "text.abroad"
    severity = "warning"
    template = N_("banks outside Germany need not take all characters of: {value}")
    hint = N_("have the text written in basic Latin letters")


class NoEndToEndIdError(KasseError):
    """A payment without an end-to-end id."""

    code = "payment.no_id"
    severity = "warning"
    template = N_("the payment has no end-to-end id, so an answer to it cannot be matched")
    hint = N_("give each payment an id of its own")


class DuplicateIdError(KasseError):
    """Two payments of one message with the same end-to-end id."""

    code = "payment.duplicate_id"
    template = N_("two payments have the end-to-end id {value}")
    hint = N_("give each payment an id of its own; check whether one is there twice")


class TwinPaymentError(KasseError):
    """Two payments with equal account, amount and remittance."""

    code = "payment.twin"
    severity = "warning"
    template = N_("another payment has the same account, amount and text: {iban}, {amount_cents}")
    hint = N_("check whether it is paid twice")


class ToSelfError(KasseError):
    """A payment to the account that pays it."""

    code = "payment.to_self"
    severity = "warning"
    template = N_("the payment goes to the account that pays it: {iban}")
    hint = N_("check the payee's account")


def day_findings(day: date, on: date, *, instant: bool = False) -> Iterator[KasseError]:
    """Yield what is odd about an execution day as seen on a day; instant transfers run on all days."""
    place = Place(field="execution_day", value=day.isoformat())
    if day < on:
        yield DayPastError(day=day, place=place)
    if (day - on).days > MAX_DAYS_AHEAD:
        yield DayFarError(day=day, days=(day - on).days, place=place)
    if not instant and not is_target_day(day):
        yield NotTargetDayError(day=day, place=place)


def purpose_finding(purpose: str) -> KasseError | None:
    """Say whether the ISO list lacks a purpose code; none at all is right."""
    if not purpose or purpose in purposes():
        return None
    return UnknownPurposeError(value=purpose, place=Place(field="purpose", value=purpose))


def category_finding(purpose: str) -> KasseError | None:
    """Say whether the ISO list lacks a category purpose; none at all is right."""
    if not purpose or purpose in category_purposes():
        return None
    return UnknownCategoryPurposeError(value=purpose, place=Place(field="category_purpose", value=purpose))


def bic_finding(party: Party) -> KasseError | None:
    """Say whether a BIC is missing where it helps, or belongs to another country than the account."""
    country, bic = party.iban[:2], party.bic
    if not bic:
        if country in eea_countries():
            return None
        return BicAdvisableError(country=country, iban=party.iban, place=Place(field="bic"))
    return bic_country_finding(party.iban, bic)


def bic_country_finding(iban: str, bic: str) -> KasseError | None:
    """Say whether a BIC belongs to another country than the account; some banks have one of another country."""
    if agree(iban[:2], bic[4:6]):
        return None
    return BicCountryError(bic=bic, iban=iban, place=Place(field="bic", value=bic))


def abroad_finding(iban: str, *texts: str) -> KasseError | None:
    """Say whether a text leaves Germany with characters that only German banks must take (DK Anlage 3)."""
    if iban.startswith("DE"):
        return None
    for text in texts:
        if not is_legal(text, "epc"):
            return TextAbroadError(value=text, place=Place(value=text))
    return None


def address_finding(address: Address | None) -> KasseError | None:
    """Say whether a free line repeats a field of the address (EPC153-22)."""
    if address is None:
        return None
    fields = {address.town, address.postcode, f"{address.postcode} {address.town}", address.street, address.country}
    fields.add(f"{address.street} {address.house_number}")
    known = {text.casefold() for text in fields}
    for line in address.lines:
        if known.intersection(part.strip().casefold() for part in (line, *line.split(","))):
            return AddressRepeatedError(value=line, place=Place(field="address", value=line))
    return None


def id_finding(end_to_end_id: str) -> KasseError | None:
    """Say whether a payment has no end-to-end id."""
    return NoEndToEndIdError(place=Place(field="end_to_end_id")) if end_to_end_id == NOT_PROVIDED else None


class Twins:
    """What was seen already in a message, eight bytes of hash for each payment and question."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._payments: set[int] = set()

    def findings(self, end_to_end_id: str, iban: str, amount_cents: int, text: str) -> list[KasseError]:
        """Return what the payment shares with an earlier one."""
        found: list[KasseError] = []
        if end_to_end_id != NOT_PROVIDED and _seen(self._ids, hash(end_to_end_id)):
            found.append(DuplicateIdError(value=end_to_end_id, place=Place(field="end_to_end_id", value=end_to_end_id)))
        if _seen(self._payments, hash((iban, amount_cents, text))):
            found.append(TwinPaymentError(iban=iban, amount_cents=amount_cents, place=Place(field="iban", value=iban)))
        return found


T = TypeVar("T")


class Watched(Iterable[T]):
    """An iterable that shows each value to someone on its way, and holds none."""

    def __init__(self, values: Iterable[T], look: Callable[[T], None]) -> None:
        self._values, self._look = values, look

    def __iter__(self) -> Iterator[T]:
        """Yield the values, each after it was looked at."""
        for value in self._values:
            self._look(value)
            yield value


def _seen(seen: set[int], key: int) -> bool:
    size = len(seen)
    seen.add(key)
    return len(seen) == size


def present(findings: Iterable[KasseError | None]) -> Iterator[KasseError]:
    """Return the findings that are there."""
    return (finding for finding in findings if finding is not None)
