"""How long what must be kept, as dated data, and what follows for a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sepa.errors import N_, KasseError

DATA = Path(__file__).parent / "retention.toml"


class RetentionUnknownError(KasseError):
    """A day before the first period that is known."""

    code = "retention.unknown"
    template = N_("how long a {name} is kept is not known for {day}")
    hint = N_("the periods stand in retention.toml; take a later day")


@dataclass(frozen=True, slots=True)
class Period:
    """For how many years something is kept, from a day on, by which norm."""

    since: str
    years: int
    norm: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Class:
    """A class of documents and its periods, the earliest first."""

    name: str
    what: str
    periods: tuple[Period, ...]

    def on(self, day: str) -> Period:
        """Return the period that holds on a day.

        Raises `RetentionUnknownError`.
        """
        known = [period for period in self.periods if period.since <= day]
        if not known:
            raise RetentionUnknownError(name=self.name, day=day)
        return known[-1]

    def last_day(self, day: str) -> str:
        """Return the last day of origin whose period is over on a day: of what is older nothing must be kept.

        >>> retention().classes["letter"].last_day("2026-11-20")
        '2019-12-31'
        """
        return f"{int(day[:4]) - self.on(day).years - 1}-12-31"

    def kept_until(self, origin: str, day: str) -> str:
        """Return until when what came to be on a day of origin is kept, by the period that holds on `day`."""
        return f"{int(origin[:4]) + self.on(day).years}-12-31"


@dataclass(frozen=True, slots=True)
class Retention:
    """All classes, and after how many whole years without a movement a person's data are only kept."""

    classes: Mapping[str, Class]
    rest_years: int
    rest_norm: str


@cache
def retention() -> Retention:
    """Return what the packaged data say."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    classes = {
        name: Class(name, given["what"], tuple(Period(**period) for period in given["period"]))
        for name, given in data["class"].items()
    }
    return Retention(classes, int(data["restriction"]["rest_years"]), data["restriction"]["norm"])
