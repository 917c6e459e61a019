"""What stands against a closing: one table, a row for each check, for days, months and years alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.book import closing_store
from ledger.book.closing import check_accounts, check_earlier
from ledger.book.closing_protocol import CheckLine, ClosingKind, Subject
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

Find = Callable[[Store, Subject], Iterable[KasseError]]
DAY: tuple[ClosingKind, ...] = ("day",)


@dataclass(frozen=True, slots=True)
class Check:
    """A check before a closing: its code, the kinds of closings it belongs to, what holds where it finds nothing.

    What it finds with severity `error` stands against the closing; anything milder is noted beside the protocol.
    """

    code: str
    kinds: tuple[ClosingKind, ...]
    name: str
    find: Find


def _staged(store: Store, subject: Subject) -> Iterator[KasseError]:
    return closing_store.staged(store, subject.last_day)


def _earlier(store: Store, subject: Subject) -> Iterator[KasseError]:
    return check_earlier(closing_store.earlier_statements(store, subject.first_day, subject.last_day))


def _accounts(_store: Store, subject: Subject) -> Iterator[KasseError]:
    return check_accounts(subject.last_day, subject.accounts, subject.reasons)


CHECKS: tuple[Check, ...] = (
    Check("staged", DAY, N_("every bank entry is posted"), _staged),
    Check("earlier", DAY, N_("days closed along agree with their statements"), _earlier),
    Check("accounts", DAY, N_("books and bank agree on every account"), _accounts),
)
"""Checks in the order in which the protocol shows them; a new one is a row."""


def run_checks(store: Store, subject: Subject) -> tuple[tuple[CheckLine, ...], tuple[KasseError, ...]]:
    """Return how each check of the kind of closing ended, and all that was found."""
    lines, found = [], []
    for check in CHECKS:
        if subject.kind in check.kinds:
            own = tuple(check.find(store, subject))
            lines.append(CheckLine(check.code, len(own)))
            found += own
    return tuple(lines), tuple(found)


def check_name(code: str) -> str:
    """Return what holds where the check found nothing, to be translated."""
    return next((check.name for check in CHECKS if check.code == code), code)
