"""Where a book stands: its Land, its municipality, and the public holidays that not all of the Land has."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sepa.calendar import LOCAL_HOLIDAYS, place_with
from sepa.errors import N_, KasseError

NONE = "none"
"""What a person says instead of a local holiday where there is none."""


class PlaceUnsureError(KasseError):
    """A municipality of which nobody said whether it has the holiday that others of its Land have."""

    code = "book.place_unsure"
    severity = "warning"
    template = N_("whether {municipality} has the public holidays {holidays} is not known: they do not count")
    hint = N_("say so with 'kasse book place --holiday NAME' (or none): no period ends on a holiday (§ 193 BGB)")


class PlaceUnconfirmedError(KasseError):
    """Holidays of a municipality that rest on general knowledge."""

    code = "book.place_unconfirmed"
    severity = "warning"
    template = N_("the public holidays of {municipality} rest on general knowledge: {holidays}")
    hint = N_("ask the municipality; 'kasse book place --holiday NAME' (or none) says what holds")


class PlaceNeedsLandError(KasseError):
    """Local holidays of a book without a Land."""

    code = "book.place_land"
    template = N_("the book has no Land, so that no municipality of it has holidays of its own")
    hint = N_("say whose law holds with --land, as BY")


@dataclass(frozen=True, slots=True)
class Municipality:
    """What is known of a municipality: its local holidays, and whether somebody read that in the law."""

    holidays: tuple[str, ...]
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The local holidays of a book, and what is unsure about them."""

    holidays: tuple[str, ...]
    findings: tuple[KasseError, ...] = ()


@cache
def municipalities(land: str) -> dict[str, Municipality]:
    """Return the municipalities of a Land whose holidays are known, by name in lower case."""
    text = files("ledger").joinpath("book/municipalities.toml").read_text(encoding="utf-8")
    return {
        name.casefold(): Municipality(tuple(row["holidays"]), row["source"], row.get("confirmed", True))
        for name, row in tomllib.loads(text).get(land, {}).items()
    }


def local_holidays(land: str, municipality: str, said: Sequence[str]) -> Choice:
    """Return the local holidays that a person named (`none` for none), else what is known of the municipality.

    Raises `UnknownHolidayError`, `PlaceNeedsLandError`.

    >>> local_holidays("BY", "Augsburg", []).holidays
    ('friedensfest', 'mariae_himmelfahrt')
    """
    named = sorted({name.strip().lower().replace("-", "_") for name in said} - {NONE})
    if named and not land:
        raise PlaceNeedsLandError
    if said:
        place_with(land or "HH", named)
        return Choice(tuple(named))
    possible = sorted(name for name, lands in LOCAL_HOLIDAYS.items() if land in lands and name != "friedensfest")
    if not possible:
        return Choice(())
    known = municipalities(land).get(municipality.strip().casefold())
    if known is None:
        return Choice((), (PlaceUnsureError(municipality=municipality or land, holidays=", ".join(possible)),))
    if known.confirmed:
        return Choice(known.holidays)
    text = ", ".join(known.holidays) or "–"
    return Choice(known.holidays, (PlaceUnconfirmedError(municipality=municipality, holidays=text),))
