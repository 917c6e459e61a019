"""Which part of a collective entry a decision about a case is for: what people named, or what amounts tell uniquely."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.bank.parts import DECIDED, UnclearPart, part_by_amounts, unclear_parts
from ledger.bank.suspense import Allocation, PartTooMuchError, Taken, Wish
from ledger.bank.suspense_decisions import BoundCaseError, ItemPart
from ledger.bank.suspense_moves_store import Share
from ledger.bank.suspense_store import Case
from ledger.bank.unclear_parts_store import PART, STEP, part_of_order, parts_of_case
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_NAME = "SELECT name FROM party WHERE id = :party"
_SOURCE = "SELECT source FROM entry WHERE office = :office AND position = :position"
_SAID = f"""
    SELECT item_office, item, cents, evidence FROM bank_match
    WHERE office = :office AND entry = :entry AND rule <> 'unassigned' AND evidence LIKE '%"{STEP}":%' ORDER BY line"""


class NoPartsError(KasseError):
    """A part of money that has none."""

    code = "suspense.no_parts"
    template = N_("case {number} is no collective entry: it has no part {part}")
    hint = N_("leave the part out; 'kasse suspense show {number}' says what the bank told")


class UnknownPartError(KasseError):
    """A part that the case is not about."""

    code = "suspense.part_unknown"
    template = N_("case {number} is not about part {part}; its parts are: {known}")
    hint = N_("'kasse suspense show {number}' has the parts with amount and name")


class ClarifiedPartError(KasseError):
    """A part of which nothing is unclear any more."""

    code = "suspense.part_clarified"
    template = N_("nothing of part {part} of case {number} is unclear any more")
    hint = N_("'kasse suspense show {number}' says what is left of which part; what was wrong is taken back with "
              "'kasse suspense undo {number} --last'")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Of which part each share of an allocation is, and whether amounts alone told it."""

    lines: tuple[int | None, ...]
    by_amount: bool = False

    @property
    def parts(self) -> tuple[int, ...]:
        """The parts, each once."""
        return tuple(sorted({part for part in self.lines if part is not None}))


def named_part(store: Store, case: Case, part: int) -> UnclearPart:
    """Return a part of a case of which something can be decided about.

    Raises `NoPartsError`, `UnknownPartError`, `ClarifiedPartError`, `BoundCaseError`.
    """
    own = [one for one in parts_of_case(store, case.office, case.number) if one.state != DECIDED]
    if not own:
        raise NoPartsError(number=case.number, part=part)
    found = next((one for one in own if one.line == part), None)
    if found is None:
        raise UnknownPartError(number=case.number, part=part, known=" ".join(str(one.line) for one in own))
    if found.left_cents == 0:
        raise ClarifiedPartError(number=case.number, part=part)
    if found.free_cents == 0:
        raise BoundCaseError(number=case.number, order=case.bound_by or "")
    return found


def only_part(store: Store, case: Case) -> UnclearPart | None:
    """Return the part that all money left in a case is of, None where there are several or none."""
    left = unclear_parts(parts_of_case(store, case.office, case.number))
    return left[0] if len(left) == 1 and left[0].left_cents == case.open_cents else None


def left_of(case: Case, part: UnclearPart) -> int:
    """Return what of a part can be decided about: never more than the case has."""
    return case.free_cents if part.free_cents is None else min(case.free_cents, part.free_cents)


def check_part(case: Case, part: UnclearPart, cents: int | None) -> int:
    """Return how much of a part is meant, all of it or less; raises `PartTooMuchError`."""
    left = left_of(case, part)
    if cents is not None and cents > left:
        raise PartTooMuchError(part=part.line, left_cents=left, wanted_cents=cents)
    return left if cents is None else cents


def named_parts(store: Store, case: Case, wishes: Iterable[Wish]) -> dict[int, int]:
    """Return what is left of the parts that wishes name; what is wrong with one is raised at the place of its wish."""
    found: dict[int, int] = {}
    for wish in wishes:
        if wish.part is not None and wish.part not in found:
            try:
                found[wish.part] = left_of(case, named_part(store, case, wish.part))
            except KasseError as error:
                raise error.at(wish.place) from None
    return found


def said_parts(store: Store, case: Case, allocation: Allocation) -> Said:
    """Return of which part the money is that each aim took, before it is posted: as people named it, or by amounts."""
    named = tuple(one.aim.wish.part for one in allocation.taken)
    if any(part is not None for part in named):
        return Said(named)
    lines = tuple(_by_amounts(store, case, allocation))
    return Said(lines, any(part is not None for part in lines))


def shares_of(allocation: Allocation, said: Said, items: Sequence[ItemPart]) -> list[Share]:
    """Return where money goes with the part each share is of; `items` are what was settled, and the credit made."""
    sums: defaultdict[tuple[str, int, int | None], int] = defaultdict(int)
    for one, part in zip(allocation.taken, said.lines, strict=True):
        for claim, cents in one.lines:
            sums[claim.office, claim.item, part] += cents
    shares = [Share(office, item, cents, part) for (office, item, part), cents in sums.items()]
    of_all = said.lines[0] if len(set(said.lines)) == 1 else None
    return shares + [Share(office, item, cents, of_all) for office, item, cents in items[len(allocation.lines) :]]


def _by_amounts(store: Store, case: Case, allocation: Allocation) -> Sequence[int | None]:
    parts = parts_of_case(store, case.office, case.number) if case.entry is not None else ()
    if not parts:
        return [None] * len(allocation.taken)
    debtors = [_debtor(store, one) for one in allocation.taken]
    cents = [sum(part for _, part in one.lines) + one.over_cents for one in allocation.taken]
    beyond = allocation.surplus_cents - sum(one.over_cents for one in allocation.taken)
    cents[-1] += beyond
    return part_by_amounts(parts, cents, debtors)


def _debtor(store: Store, taken: Taken) -> str | None:
    name = store.value(_NAME, party=taken.aim.party) if taken.aim.party is not None else None
    return None if name is None else str(name)


def taken_back(
    store: Store, case: Case, step: tuple[int, str, int], shares: Iterable[tuple[str | None, int | None, int]]
) -> Iterator[Share]:
    """Yield shares that are taken back with the part that each was of; `step` is its line, its kind and its entry."""
    line, kind, position = step
    if case.entry is None or kind == "paid_out":
        part = _part_paid(store, case, position) if case.entry is not None else None
        yield from (Share(*share, part) for share in shares)
        return
    said = [
        (office, item, abs(cents), json.loads(evidence))
        for office, item, cents, evidence in store.all(_SAID, office=case.office, entry=case.entry)
    ]
    for office, item, cents in shares:
        rest = cents
        for to, number, share, known in said:
            if (to, number) == (office, item) and known[STEP] == line:
                yield Share(office, item, -share, int(known[PART]))
                rest += share
        if rest:
            yield Share(office, item, rest)


def _part_paid(store: Store, case: Case, position: int) -> int | None:
    """Return the part that an order paid out, which made the entry at that position."""
    kind, _, number = str(store.value(_SOURCE, office=case.office, position=position) or "").partition(":")
    return part_of_order(store, case.office, int(number)) if kind == "order" and number.isdigit() else None
