"""Pages of MT940 statements that come in files of their own: each message has its own reference, the number is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger.bank.formats import MT
from ledger.bank.intake_pages import Page
from ledger.store.engines import Store

_SIBLING = """
    SELECT s.statement_id FROM statement s
    WHERE s.iban = :iban AND s.message = :message AND s.closing_day BETWEEN :from_day AND :to_day
      AND s.electronic_number = :number AND NOT (s.page = 1 AND s.last_page = 1) AND s.withdrawn_on IS NULL
      AND (s.closing_day = :day OR s.page = :page - 1 AND s.closing_cents = :opening
        OR s.page = :page + 1 AND s.opening_cents = :closing)
      AND NOT EXISTS (
        SELECT 1 FROM statement t WHERE t.iban = s.iban AND t.message = s.message AND t.statement_id = s.statement_id
          AND t.electronic_number = s.electronic_number AND t.withdrawn_on IS NULL
          AND (t.page = :page AND (t.closing_day <> :day OR t.opening_cents <> :opening)
            OR t.page = :page - 1 AND t.closing_cents <> :opening
            OR t.page = :page + 1 AND t.opening_cents <> :closing))
    ORDER BY s.id LIMIT 1"""


def join_pages(store: Store, pages: Sequence[Page]) -> None:
    """Give the pages of an MT940 file the id under which the book has other pages, or issues, of their statement.

    That is a page of the same number and day, or one of that year before or after it by number and balance: the
    reference in field 20 is the message's own, and may differ from page to page. Where the book has this page under
    that id, of another day or with another balance before it, or one beside it that does not join, the bank used the
    number again: that is another statement.
    """
    for page in pages:
        if page.message == MT and not page.single and page.opened.electronic_number is not None:
            known = _known_id(store, page)
            if known is not None:
                page.opened = replace(page.opened, id=known)


def _known_id(store: Store, page: Page) -> str | None:
    year = page.closing_day[:4]
    found = store.value(
        _SIBLING,
        iban=page.iban,
        message=MT,
        from_day=f"{year}-01-01",
        to_day=f"{year}-12-31",
        number=page.opened.electronic_number,
        day=page.closing_day,
        page=page.number,
        opening=None if page.opening is None else page.opening.amount_cents,
        closing=None if page.closing is None else page.closing.amount_cents,
    )
    return None if found is None else str(found)
