"""What an audit looks for, as a table: each check is one statement, what it means, where that comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sepa.errors import N_, Field, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

Hit = dict[str, Any]
"""What a row of a check says, by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The period that is audited, both days included, and the office it is limited to."""

    first: str
    last: str
    office: str | None = None

    def parameters(self) -> dict[str, str | None]:
        """Return the values that statements use: `next` is the day after the last one.

        `near` lies 60 days before the first day (what was changed before a payment), `since` 400 days before it
        (what a payment is compared with), `old` 180 days before the last one.
        """
        return {
            "first": self.first, "last": self.last, "office": self.office, "next": moved(self.last, 1),
            "near": moved(self.first, -60), "since": moved(self.first, -400), "old": moved(self.last, -180),
        }  # fmt: skip


Judge = Callable[[Iterable[Hit], Scope], Iterator[Hit]]


Look = Callable[["Store", Iterable[Hit]], Iterable[Hit]]


def as_read(store: Store, hits: Iterable[Hit]) -> Iterable[Hit]:
    """Return the rows as they were read: nothing more is asked of the book."""
    del store
    return hits


def as_found(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield every row as it was found: the statement says it all."""
    del scope
    yield from hits


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its finding (code, severity, sentence, what to look at next), its statement, meaning and source.

    The first columns of every statement are those of `ALWAYS`; `look` adds what only further questions to the book
    tell, `judge` decides over the rows what SQL cannot say.
    """

    finding: type[KasseError]
    columns: str
    sql: str
    meaning: str
    norm: str
    judge: Judge = as_found
    look: Look = as_read

    @property
    def name(self) -> str:
        """The stable name of the check: its code without `audit.`."""
        return self.finding.code.removeprefix("audit.")

    def hit(self, row: tuple[Any, ...]) -> Hit:
        """Return a row of the statement by the names of its columns, with kind and number of its object."""
        values = dict(zip((*ALWAYS, *self.columns.split()), row, strict=True))
        kind, _, number = str(values["object"]).partition(":")
        return {"kind": kind.replace("_", " "), "number": number} | values


ALWAYS = ("office", "object", "day", "amount_cents", "user")
"""What every finding names: office, object, day, amount and person; the last two may be nothing."""
KINDS = (
    N_("order"), N_("run"), N_("collection run"), N_("item"), N_("entry"), N_("event"), N_("user"), N_("merge"),
    N_("day"), N_("month"), N_("year"), N_("statement"), N_("party"), N_("relief"), N_("dunning"),
    N_("receipt"), N_("count"),
)  # fmt: skip
"""Kinds of objects that findings name, so that people read them in their language."""
IN_OFFICE = "(CAST(:office AS TEXT) IS NULL OR {column} = :office)"


def within(column: str, office: str) -> str:
    """Return the condition that a moment lies in the period, and that a row is of the office looked at."""
    return f"{column} >= :first AND {column} < :next AND {IN_OFFICE.format(column=office)}"


def moved(day: str, days: int) -> str:
    """Return the day so many days later, or earlier.

    >>> moved("2026-03-01", -1)
    '2026-02-28'
    """
    return (dt.date.fromisoformat(day[:10]) + dt.timedelta(days=days)).isoformat()


def days_between(earlier: Field, later: Field) -> int:
    """Return how many days lie between two days, or the days of two moments, written as ISO text."""
    return (dt.date.fromisoformat(str(later)[:10]) - dt.date.fromisoformat(str(earlier)[:10])).days


def plain_reference(text: Field) -> str:
    """Return a reference as it is compared: letters and digits only, without leading zeros.

    >>> plain_reference("RE 00-4711/a"), plain_reference(None)
    ('re004711a', '')
    """
    return "".join(sign for sign in str(text or "").casefold() if sign.isalnum()).lstrip("0")
