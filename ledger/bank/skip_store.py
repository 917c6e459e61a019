"""A person says that statements of some numbers do not exist, and takes that back."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.bank.continuity import number_years, ordered
from ledger.bank.formats_store import list_formats
from ledger.bank.intake_reader import statement_links
from ledger.bank.skipped_reader import list_skips, skipped_numbers, withdrawn_number
from ledger.bank.skipping import (
    NotMissingError,
    NotSkippedError,
    Skip,
    SkipKnownError,
    SkipReasonError,
    check_joined,
    gap_around,
    with_skipped,
    written,
)
from ledger.bank.taken_over_reader import taken_over
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.engines import Store

ROLES = ("head",)
"""Who says that a statement does not exist: it takes a warning away from every closing."""
_LINE = "SELECT coalesce(max(line), 0) + 1 FROM statement_skip WHERE iban = :iban"
_END = """
    UPDATE statement_skip SET state = 'taken_back', ended_by = :user, ended_at = CAST(:now AS TEXT)
    WHERE iban = :iban AND line = :line"""


@dataclass(frozen=True, slots=True)
class SkipDone:
    """What is said of some numbers now; `new` is false where it was said before."""

    skip: Skip
    new: bool


def skip_numbers(store: Store, iban: str, span: tuple[int, int], year: int, reason: str) -> SkipDone:
    """Note that the bank never gave these numbers: they are no gap any more, unless one of them comes after all.

    Needs the role head in the Kasse. Raises `SkipReasonError`, `NotMissingError`, `SkipKnownError`, where balances
    do not go on over the gap `SkipBalanceError` or `SkipUnprovenError`, and `UnknownBankAccountError`.
    """
    office = kasse_office(store)
    if not reason.strip():
        raise SkipReasonError(numbers=written(*span), year=year)
    with store.unit([office]):
        require(store, office, *ROLES)
        known = _said(store, iban, span, year)
        if known is not None:
            return SkipDone(known, new=False)
        message = _checked(store, iban, span, year)
        line = int(store.value(_LINE, iban=iban))
        store.insert_one(
            "statement_skip", iban=iban, line=line, message=message, year=year, first_number=span[0],
            last_number=span[1], reason=reason.strip(), state="accepted", made_by=store.user, made_at=store.now,
        )  # fmt: skip
        _note(store, office, "skip", iban, line, {"format": message, "reason": reason.strip()}, (span, year))
        return SkipDone(_line(store, iban, line), new=True)


def unskip_numbers(store: Store, iban: str, span: tuple[int, int], year: int) -> SkipDone:
    """Take back that the bank never gave these numbers: they are missing again.

    Needs the role head in the Kasse. Raises `NotSkippedError` and `UnknownBankAccountError`.
    """
    office = kasse_office(store)
    with store.unit([office]):
        require(store, office, *ROLES)
        list_formats(store, iban)
        known = _said(store, iban, span, year)
        if known is None:
            raise NotSkippedError(iban=iban, numbers=written(*span), year=year)
        store.execute(_END, iban=iban, line=known.line, user=store.user, now=store.now)
        _note(store, office, "skip_back", iban, known.line, {}, (span, year))
        return SkipDone(_line(store, iban, known.line), new=True)


def _said(store: Store, iban: str, span: tuple[int, int], year: int) -> Skip | None:
    """Return the word of just these numbers that counts."""
    asked = (*span, year)
    said = (one for one in list_skips(store, iban) if (one.first, one.last, one.year) == asked)
    return next((one for one in said if one.state == "accepted"), None)


def _checked(store: Store, iban: str, span: tuple[int, int], year: int) -> str:
    """Check that the numbers are a gap over which the balances go on; return the format that they are numbers of."""
    (kept,) = list_formats(store, iban)
    found = statement_links(store, iban)
    present = with_skipped(number_years(found), skipped_numbers(store, iban).get(iban, {}))
    gap = gap_around(present, str(year), span, kept.format)
    if gap is None:
        raise NotMissingError(iban=iban, numbers=written(*span), year=year)
    withdrawn = withdrawn_number(store, iban, gap[0], span)
    if withdrawn is not None:
        raise SkipKnownError(iban=iban, number=withdrawn[0], year=year, day=withdrawn[1])
    check_joined(iban, ordered(found, taken_over(store, iban).get(iban)), gap)
    return gap[0][0]


def _line(store: Store, iban: str, line: int) -> Skip:
    return next(one for one in list_skips(store, iban) if one.line == line)


def _note(
    store: Store, office: str, verb: str, iban: str, line: int, details: dict[str, str],
    what: tuple[tuple[int, int], int],
) -> None:  # fmt: skip
    (first, last), year = what
    facts = {"first": first, "last": last, "year": year, **seal(store, ("statement_skip", iban, line))}
    record(store, office, f"statement.{verb}", f"bank_account:{iban}", facts, details)
