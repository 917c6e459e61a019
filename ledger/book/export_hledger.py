"""The journal as hledger reads it: transactions, accounts with their types, and the balances asserted at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.book.dimensions import parse_canonical
from sepa.money import plain

CURRENCY = "EUR"
TYPES = {"asset": "A", "liability": "L", "equity": "E", "income": "R", "expense": "X"}
"""The types of hledger by kind of account; statistical accounts have none."""
_SPACES = re.compile(r"\s+")


class HledgerAccount(NamedTuple):
    """An account with its balance at the end of the export, debit positive."""

    office: str
    number: str
    name: str
    kind: str
    balance_cents: int

    @property
    def title(self) -> str:
        """How the journal names it: `KASSE:2800 Hauptkonto`."""
        return f"{self.office}:{self.number} {plain_text(self.name).replace(':', '-')}".strip()


class HledgerPosting(NamedTuple):
    """A line of a transaction."""

    account: str
    cents: int
    item: int | None
    dimensions: str | None


class HledgerEntry(NamedTuple):
    """A transaction: its day, number, words, and what kasse knows of it beside."""

    day: str
    number: str
    text: str | None
    tags: tuple[tuple[str, str | None], ...]
    postings: tuple[HledgerPosting, ...]


def plain_text(text: str) -> str:
    r"""Return a text on one line, without what begins a comment or ends a name.

    >>> plain_text("  (a;\n b)  ")
    '(a, b)'
    """
    return _SPACES.sub(" ", text.replace(";", ",")).strip()


def head(book: str, day: str, accounts: Iterable[HledgerAccount]) -> Iterator[str]:
    """Yield the declarations: the currency and every account with its type."""
    yield f"; {plain_text(book)}: entries up to {day}, written by kasse\n"
    yield f"commodity 1000.00 {CURRENCY}\n\n"
    for account in accounts:
        kind = TYPES.get(account.kind)
        yield f"account {account.title}{f'  ; type:{kind}' if kind else ''}\n"
    yield "\n"


def transaction(entry: HledgerEntry) -> str:
    """Return an entry as a transaction."""
    lines = [f"{entry.day} * ({entry.number}) {plain_text(entry.text or '')}".rstrip()]
    lines += [f"    ; {name}:{_tag(value)}" for name, value in entry.tags if value]
    lines += [_line(posting) for posting in entry.postings]
    return "\n".join(lines) + "\n\n"


def _line(posting: HledgerPosting) -> str:
    tags = [f"item:{posting.item}"] if posting.item is not None else []
    tags += [f"{name}:{_tag(value)}" for name, value in parse_canonical(posting.dimensions).items()]
    comment = f"  ; {', '.join(tags)}" if tags else ""
    return f"    {posting.account}  {plain(posting.cents)} {CURRENCY}{comment}"


def _tag(value: str | None) -> str:
    return plain_text(value or "").replace(",", ".")  # a comma ends the value of a tag


def assertions(day: str, accounts: Iterable[HledgerAccount]) -> str:
    """Return a transaction that moves nothing and asserts every balance: hledger refuses a journal that lost a line."""
    lines = [f"    {one.title}  {plain(0)} {CURRENCY} = {plain(one.balance_cents)} {CURRENCY}" for one in accounts]
    return "\n".join([f"{day} * balances", *lines]) + "\n" if lines else ""
