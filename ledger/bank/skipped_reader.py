"""Numbers of statements that a person said do not exist, as they stand: a number that came makes its word void."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ledger.bank.continuity_order import Series
from ledger.bank.skipping import Skip, SkipCameError, Skipped, SkipRangeCameError, skipped, written
from ledger.store.engines import Store

# a withdrawn statement shows as well that the number exists: a word is never true again
_CAME = """s.iban = k.iban AND s.message = k.message AND s.electronic_number >= k.first_number
        AND s.electronic_number <= k.last_number AND substr(s.closing_day, 1, 4) = CAST(k.year AS TEXT)"""
_SKIPS = f"""
    SELECT k.iban, k.line, k.message, k.year, k.first_number, k.last_number, k.reason,
           coalesce(u.name, CAST(k.made_by AS TEXT)), k.made_at,
           CASE WHEN k.state = 'accepted' AND EXISTS (SELECT 1 FROM statement s WHERE {_CAME}) THEN 'came'
                ELSE k.state END
    FROM statement_skip k LEFT JOIN app_user u ON u.id = k.made_by
    WHERE k.iban = :iban OR :iban = '' ORDER BY k.iban, k.year, k.first_number, k.line"""
_BROUGHT = f"""
    SELECT s.id, k.iban, s.electronic_number, k.year, k.first_number, k.last_number,
           coalesce(u.name, CAST(k.made_by AS TEXT)), k.made_at
    FROM statement_skip k JOIN statement s ON {_CAME} LEFT JOIN app_user u ON u.id = k.made_by
    WHERE k.state = 'accepted' ORDER BY k.iban, s.id, k.line"""


_WITHDRAWN = """
    SELECT electronic_number, withdrawn_on FROM statement WHERE iban = :iban AND message = :message
      AND electronic_number >= :first AND electronic_number <= :last AND substr(closing_day, 1, 4) = :year
      AND withdrawn_on IS NOT NULL ORDER BY electronic_number LIMIT 1"""


def withdrawn_number(store: Store, iban: str, series: Series, span: tuple[int, int]) -> tuple[int, str] | None:
    """Return the first of some numbers that a withdrawn statement has, and when it was withdrawn, None where none."""
    (message, year), (first, last) = series, span
    row = store.one(_WITHDRAWN, iban=iban, message=message, year=year, first=first, last=last)
    return None if row is None else (row[0], row[1])


def list_skips(store: Store, iban: str = "") -> list[Skip]:
    """Return what was said of the numbers of all accounts, or of one, by account, year and number."""
    return [Skip(*row) for row in store.all(_SKIPS, iban=iban)]


def skipped_numbers(store: Store, iban: str = "") -> dict[str, Skipped]:
    """Return by account the numbers that do not exist."""
    return skipped(list_skips(store, iban))


def came_after_all(store: Store, statements: Collection[int]) -> Iterator[SkipCameError]:
    """Yield which of these statements have a number of which a person had said that it does not exist."""
    for statement, iban, number, year, first, last, user, at in store.all(_BROUGHT):
        if statement in statements:
            error = SkipCameError if first == last else SkipRangeCameError
            yield error(
                iban=iban, number=number, year=year, user=user, day=at[:10], numbers=written(first, last)
            )  # fmt: skip
