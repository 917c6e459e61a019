"""Values and refusals of retention, restriction and erasing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.people.users import NotAllowedError
from sepa.errors import N_, KasseError

State = Literal["used", "restrict", "erase", "erased"]
ERASED_NAME = "(gelöscht)"
"""What stands in lists and letters' files where a name was; German like all data of persons."""
RESTRICTED_NAME = "(eingeschränkt)"
"""What the book puts where a name is hidden; what is printed says it in its own language."""
DECIDERS = ("head", "admin")


class StillNeededError(KasseError):
    """A person with something open, or something that goes on."""

    code = "erase.needed"
    template = N_("party {party} cannot be erased: something of theirs is open or under way")
    hint = N_("see 'kasse party account {party}'; settle or end it first")


class StillOpenError(KasseError):
    """A person with something open, whose data are in use and not only kept."""

    code = "party.open"
    template = N_("the data of party {party} cannot be restricted: something of theirs is open or under way")
    hint = N_("see 'kasse party account {party}'; settle or end it first, letters and payments would show the name")


class OpenItemFinding(KasseError):  # noqa: N818 - a finding of a refusal
    """An item of the person that is not settled."""

    code = "erase.open_item"
    template = N_("item {office}/{item} is open with {open_cents}")
    hint = N_("see 'kasse item show {office}/{item}'")


class OrderWaitsFinding(KasseError):  # noqa: N818 - a finding of a refusal
    """An order for the person that nobody has accepted or objected to."""

    code = "erase.order_waits"
    template = N_("the order {order} over {amount_cents} is under way")
    hint = N_("see 'kasse order show {order}'")


class UnderWayFinding(KasseError):  # noqa: N818 - a finding of a refusal
    """Something else of the person that goes on."""

    code = "erase.under_way"
    template = N_("still needed: {kind}")
    hint = N_("see 'kasse party account {party}'")


class StillKeptError(KasseError):
    """A person whose papers must be kept for some time."""

    code = "erase.kept"
    template = N_("party {party} cannot be erased before {day}: until then their papers must be kept ({norm})")
    hint = N_("restrict the processing instead: 'kasse party restrict {party} --reason TEXT'")


class AlreadyErasedError(KasseError):
    """A person who was erased before."""

    code = "erase.erased"
    template = N_("party {party} was erased already")
    hint = N_("there is nothing left to erase; items and orders keep the number only")


class FutureErasureError(KasseError):
    """A day before which everything is to go that has not come yet."""

    code = "erase.future"
    template = N_("{day} has not come yet: nothing is erased ahead of time")
    hint = N_("give a day up to today")


class BytesRemainError(KasseError):
    """What was erased from the tables may still stand in the files."""

    code = "erase.bytes_remain"
    severity = "warning"
    template = N_("erased, but bytes of it may remain in the files: others use the book, or the right is missing")
    hint = N_("give 'kasse book erase --purge' when nobody else uses the book; on a server as the owner of its tables")


class UnknownErasureError(KasseError):
    """No decision to erase waits under that number."""

    code = "erase.unknown"
    template = N_("there is no proposal {number} to erase that waits for a decision")
    hint = N_("propose one with 'kasse book erase --party PARTY' or 'kasse book erase --before DATE'")


class RestrictedPartyError(NotAllowedError):
    """A person whose data are only kept."""

    code = "party.restricted"
    template = N_("the data of party {party} are restricted: only {role} may see them")
    hint = N_("ask someone who has the role; 'kasse party restrict {party} --lift' ends it where there is a reason")


class NotRestrictedError(KasseError):
    """A restriction to lift that is not there."""

    code = "party.not_restricted"
    template = N_("the data of party {party} are not restricted")
    hint = N_("there is nothing to lift")


@dataclass(frozen=True, slots=True)
class KindRow:
    """What the book holds of one kind: how much, how much of it may be erased, how much is still needed."""

    kind: str
    retention: str
    years: int
    norm: str
    count: int
    erasable: int
    needed: int
    oldest: str | None
    last_day: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person and what the day asks to do with their data; `until` is the last day on which they must be kept."""

    party: int
    name: str
    state: State
    until: str | None
    last: str | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """A proposal to erase, or what was erased: persons, blanked rows, words of entries, details of events.

    `rows` names the rows by the numbers of their keys, for lists of erasures.
    """

    number: int
    state: str
    party: int | None
    before: date | None
    persons: int
    fields: int
    texts: int
    details: int
    new: bool = True
    kinds: tuple[tuple[str, int], ...] = ()
    rows: str = ""


def state_of(*, needed: bool, erased: bool, until_year: int, last_year: int, year: int, rest_years: int) -> State:
    """Return what a person's data are on a day of that year.

    >>> state_of(needed=False, erased=False, until_year=2030, last_year=2022, year=2026, rest_years=1)
    'restrict'
    """
    if erased:
        return "erased"
    if needed or last_year + rest_years >= year:
        return "used"
    return "restrict" if until_year >= year else "erase"
