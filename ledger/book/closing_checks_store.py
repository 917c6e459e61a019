"""What stands against a closing: one table, a row for each check, for days, months and years alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.bank.continuity import MissingPageError, NumberGapError
from ledger.bank.intake_reader import continuity
from ledger.book import closing_checks as rules
from ledger.book import closing_store
from ledger.book.closing import check_accounts, check_differences, check_earlier, next_day, previous_day
from ledger.book.closing_findings import OpenDayError, OpenMonthError, OpenYearError
from ledger.book.closing_periods import month_after
from ledger.book.closing_protocol import CheckLine, ClosingKind, Subject
from ledger.book.journal_gaps_store import gap_report
from ledger.cash.closing_reader import uncounted
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

Find = Callable[[Store, Subject], Iterable[KasseError]]
DAY: tuple[ClosingKind, ...] = ("day",)
MONTH: tuple[ClosingKind, ...] = ("month",)
YEAR: tuple[ClosingKind, ...] = ("year",)


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
    return check_accounts(subject.last_day, subject.parts["accounts"], subject.reasons)


def _statements(store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield numbers and pages that are missing among the statements up to the last day, until they come.

    Balances that do not follow each other are seen by the checks of the accounts.
    """
    for chain in continuity(store):
        for gap in chain.gaps:
            missing = isinstance(gap.finding, (NumberGapError, MissingPageError))
            if missing and (gap.complete_until or "") < subject.last_day:
                yield gap.finding


def _differences(_store: Store, subject: Subject) -> Iterator[KasseError]:
    return check_differences(subject.last_day, subject.parts["accounts"])


def _days(store: Store, subject: Subject) -> Iterator[KasseError]:
    closed = closing_store.last_closed(store, "day")
    if closed < subject.last_day:
        first = max(next_day(closed), subject.first_day) if closed else subject.first_day
        yield OpenDayError(day=first, last=subject.last_day)


def _one_by_one(store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield the months before that are open; where no month was ever closed, the first one closes them along."""
    closed = closing_store.last_closed(store, "month")
    month = month_after(closed[:7]) if closed else subject.period
    while month < subject.period:
        yield OpenMonthError(month=month)
        month = month_after(month)


def _months(store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield the open months of the year; where no month was ever closed, from the one of the first entry on.

    Those before it are closed along with it.
    """
    closed = closing_store.last_closed(store, "month")[:7]
    begun = "" if closed else (closing_store.first_entry_day(store) or "")[:7]
    month = max(f"{subject.period}-01", begun)
    while month <= f"{subject.period}-12":
        if month > closed:
            yield OpenMonthError(month=month)
        month = month_after(month)


def _years(store: Store, subject: Subject) -> Iterator[KasseError]:
    before = previous_day(f"{subject.period}-01-01")
    closed = closing_store.last_closed(store, "year")
    if closed and closed < before:
        yield OpenYearError(year=int(before[:4]))


def _gaps(store: Store, subject: Subject) -> Iterator[KasseError]:
    years = range(int(subject.first_day[:4]), int(subject.last_day[:4]) + 1)
    return (finding for finding in gap_report(store).findings if finding.fields["year"] in years)


def _cash(store: Store, subject: Subject) -> Iterator[KasseError]:
    return uncounted(store, subject.first_day, subject.last_day)


def _waiting(_store: Store, subject: Subject) -> Iterable[KasseError]:
    return subject.waiting


CHECKS: tuple[Check, ...] = (
    Check("staged", (*DAY, *MONTH), N_("every bank entry is posted"), _staged),
    Check("earlier", DAY, N_("days closed along agree with their statements"), _earlier),
    Check("accounts", DAY, N_("books and bank agree on every account"), _accounts),
    Check("statements", (*DAY, *MONTH), N_("no number or page of a statement is missing"), _statements),
    Check("cash", DAY, N_("every open cash desk was counted"), _cash),
    Check("waiting", DAY, N_("nothing of the day waits for another person"), _waiting),
    Check("days", MONTH, N_("every day is closed"), _days),
    Check("signed", (*MONTH, *YEAR), N_("every closing within has two signatures"), rules.unsigned),
    Check("one_by_one", MONTH, N_("the months before are closed"), _one_by_one),
    Check("months", YEAR, N_("all twelve months are closed"), _months),
    Check("years", YEAR, N_("the year before is closed"), _years),
    Check("differences", (*MONTH, *YEAR), N_("books and bank agree on every account"), _differences),
    Check("gaps", (*MONTH, *YEAR), N_("the numbers of entries have no gaps"), _gaps),
    Check("controls", (*MONTH, *YEAR), N_("control accounts are the sum of their open items"), rules.controls),
    Check("transit", (*MONTH, *YEAR), N_("money in transit is explained"), rules.transit),
    Check("between", (*MONTH, *YEAR), N_("offices agree about what is between them"), rules.between),
    Check("unclear", (*MONTH, *YEAR), N_("no money is unclear for more than 90 days"), rules.old_unclear),
    Check("results", YEAR, N_("income and expense are carried to the result"), rules.uncarried),
)
"""Checks in the order in which the protocol shows them; a new one is a row."""


def run_checks(store: Store, subject: Subject) -> tuple[tuple[CheckLine, ...], tuple[KasseError, ...]]:
    """Return how each check of the kind of closing ended, and all that was found."""
    lines: list[CheckLine] = []
    found: list[KasseError] = []
    for check in CHECKS:
        if subject.kind in check.kinds:
            own = tuple(check.find(store, subject))
            lines.append(CheckLine(check.code, len(own)))
            found += own
    return tuple(lines), tuple(found)


def check_name(code: str) -> str:
    """Return what holds where the check found nothing, to be translated."""
    return next((check.name for check in CHECKS if check.code == code), code)
