"""A table of a law file, read key by key: a wrong type and a key nobody asks for are errors with a place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from sepa.errors import N_, KasseError, Place

T = TypeVar("T")


class LawFileError(KasseError):
    """A law or profile file that cannot be used as it stands."""

    code = "law.file"
    template = N_("{section}: {key} is missing, unknown or of the wrong kind (wanted: {wanted})")
    hint = N_("compare it with the files of enforcement/law; dates are bare (2026-07-01), amounts numbers")


class LawSyntaxError(KasseError):
    """A law or profile file that is not TOML, or whose name says no kind."""

    code = "law.syntax"
    template = N_("not a law file: {reason}")
    hint = N_("name it KIND.toml or KIND-anything.toml; kinds: {kinds}")


@dataclass(frozen=True, slots=True)
class Section:
    """One TOML table with its name and file; remembers which keys were asked for."""

    name: str
    file: str
    data: dict[str, object]
    _asked: set[str] = field(default_factory=set, repr=False)

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self.data

    def touch(self, key: str) -> None:
        """Count the key as asked for."""
        self._asked.add(key)

    def _get(self, key: str, kind: type[T], default: T | None, wanted: str) -> T:
        self._asked.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, wanted)
        return value

    def wrong(self, key: str, wanted: str) -> LawFileError:
        """Return the error that says what was wanted under a key."""
        return LawFileError(section=self.name, key=key, wanted=wanted, place=Place(file=self.file))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        return self._get(key, str, default, "text")

    def word(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        """Return a text that must be one of the words."""
        value = self.text(key, default)
        if value not in words:
            raise self.wrong(key, " | ".join(words))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a truth value."""
        return self._get(key, bool, default, "true or false")

    def count(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        return self._get(key, int, default, "a whole number")

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        """Return a decimal number, exactly as written."""
        self._asked.add(key)
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise self.wrong(key, "a number")
        return Decimal(value)

    def cents(self, key: str, default: int | None = None) -> int:
        """Return the cents of an amount written in euros."""
        euros = self.number(key, None if default is None else Decimal(default) / 100)
        if euros * 100 != (euros * 100).to_integral_value():
            raise self.wrong(key, "whole cents")
        return int(euros * 100)

    def day(self, key: str) -> dt.date:
        """Return a date."""
        return self._get(key, dt.date, None, "a date")

    def day_or_none(self, key: str) -> dt.date | None:
        """Return a date where there is one."""
        return self.day(key) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is missing."""
        values = self._get(key, list, [], "a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "a list of texts")
        return tuple(values)

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """Return a list of numbers."""
        values = self._get(key, list, None, "a list of numbers")
        if any(isinstance(value, bool) or not isinstance(value, (int, Decimal)) for value in values):
            raise self.wrong(key, "a list of numbers")
        return tuple(Decimal(value) for value in values)

    def sections(self, key: str) -> tuple[Section, ...]:
        """Return a list of tables, empty where the key is missing."""
        values = self._get(key, list, [], "a list of tables")
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, "a list of tables")
        return tuple(Section(f"{self.name}.{key}[{number}]", self.file, value) for number, value in enumerate(values))

    def section(self, key: str) -> Section:
        """Return a table, empty where the key is missing."""
        return Section(f"{self.name}.{key}", self.file, self._get(key, dict, {}, "a table"))

    def words(self) -> dict[str, str]:
        """Return a table of texts as it is."""
        return {key: self.text(key) for key in self.data}

    def finish(self, result: T) -> T:
        """Return the value made from this table, once no key is left that nobody asked for."""
        left = sorted(set(self.data) - self._asked)
        if left:
            raise self.wrong(left[0], "no such key")
        return result
