"""Letters before direct debits in the wording and letterhead that are in force."""

from __future__ import annotations

from collections.abc import Iterable

from enforcement.letters import PLAIN_PAGE
from enforcement.letters_content import Content
from enforcement.letters_head_store import letterhead
from enforcement.letters_notice import NOTICE, compose_notice
from enforcement.letters_templates_store import template_of
from ledger.payments.collection_notices import Notice
from ledger.store.engines import Store


def notice_letters(store: Store, notices: Iterable[Notice]) -> list[Content]:
    """Return letters as data: of one office in its own wording and letterhead, else in those of the book."""
    return [_letter(store, notice) for notice in notices]


def _letter(store: Store, notice: Notice) -> Content:
    offices = {line.office for line in notice.lines}
    office = offices.pop() if len(offices) == 1 else ""
    head = letterhead(store, office)
    plain = template_of(store, NOTICE + PLAIN_PAGE, office).wording() if head.get("einfach") == "ja" else None
    return compose_notice(notice, template_of(store, NOTICE, office).wording(), plain, head)
