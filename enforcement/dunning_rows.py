"""Blocks of debtors: what dunning decided about some of them, as rows to be written, with letters counted from 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from enforcement.dunning import Gathering, LetterDraft
from enforcement.dunning_claims import Left, Overdue
from ledger.store.engines import Row
from sepa.errors import KasseError

NOBODY = -1
"""The block of claims that nobody is known to owe."""


class Block(NamedTuple):
    """Letters with their items and fees, what is left out, sums, findings.

    `heads` hold kind, way, party, profile, level, the letter it is a copy of, open, charge and fee cents; `items` and
    `fees` begin with their letter, all counted from 0; `skips` are what is left out.
    """

    number: int
    heads: list[Row]
    items: list[Row]
    fees: list[Row]
    skips: list[Left]
    whys: Counter[str]
    findings: list[KasseError]


def blocks(gathering: Gathering, rows: Iterable[Overdue], size: int) -> Iterator[Block]:
    """Yield what is decided about the claims, for so many numbers of persons at a time, in their order."""
    for number, group in groupby(rows, key=lambda row: NOBODY if row.number is None else row.number // size):
        yield _decided(gathering, number, group)


def _decided(gathering: Gathering, number: int, rows: Iterable[Overdue]) -> Block:
    letters: list[LetterDraft] = []
    skips: list[Left] = []
    for drafts, lefts in gathering.take(rows):
        letters += drafts
        skips += lefts
    findings, gathering.findings = gathering.findings, []
    return Block(
        number, list(_heads(letters)), list(_items(letters)), list(_fees(letters)), skips,
        Counter([left.why for left in skips]), findings,
    )  # fmt: skip


def _heads(letters: list[LetterDraft]) -> Iterator[Row]:
    """Yield the letters; a copy for a joint debtor follows the first one's letter."""
    first = 0
    for index, one in enumerate(letters):
        first = first if one.copy else index
        of = first if one.copy else None
        amounts = one.open_cents, one.charge_cents, one.fee_cents
        yield one.kind, one.way, one.party, one.profile, one.level, of, *amounts


def _items(letters: list[LetterDraft]) -> Iterator[Row]:
    for index, letter in enumerate(letters):
        for line, one in enumerate(letter.items, 1):
            row = one.row
            yield (
                index, line, row.office, row.item, row.open_cents, one.charge_cents, one.charge_kind,
                one.limitation_end, row.level, one.level, row.dunned_on,
            )  # fmt: skip


def _fees(letters: list[LetterDraft]) -> Iterator[Row]:
    for index, letter in enumerate(letters):
        for line, fee in enumerate(letter.fees if not letter.copy else (), 1):
            yield index, line, fee.schedule, fee.norm, fee.cents, fee.office, fee.main_item
