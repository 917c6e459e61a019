"""Pages of a statement: each is a message with a reference of its own, and its number says what it is a page of."""

from __future__ import annotations

from dataclasses import replace

from sepa.statements import Opened


class Pages:
    """The statements of a file that another page must follow, by account, currency and kind of message."""

    def __init__(self) -> None:
        self._unended: dict[tuple[str, str, str], Opened] = {}

    def joined(self, opened: Opened) -> Opened:
        """Return the head with the id of the pages before it, where it goes on from them.

        In MT940 field 20 names the message, and each page is one; number and page in field 28C name the statement.
        """
        before = self._unended.pop(_whose(opened), None)
        if before is None or opened.electronic_number is None or opened.page is None:
            return opened
        follows = (opened.electronic_number, opened.page - 1) == (before.electronic_number, before.page)
        return replace(opened, id=before.id) if follows else opened

    def ended(self, opened: Opened, *, last: bool) -> None:
        """Note that a page has been read, and whether it is the last one."""
        if not last:
            self._unended[_whose(opened)] = opened


def _whose(opened: Opened) -> tuple[str, str, str]:
    return opened.account, opened.currency, opened.message
