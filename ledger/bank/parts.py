"""The parts of a collective entry as people see them: which of its money is still unclear, and who sent that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.bank.names import same_person
from ledger.items.kassenzeichen import compact
from sepa.errors import N_

UNCLEAR, DECIDED, CLARIFIED, BOUND = N_("unclear"), N_("decided"), N_("clarified"), N_("bound")
"""States of a part: its money is in the case, matching has put it where it belongs, the desk did, an order will."""
_BETWEEN = "; "
SHORTEST = 5
"""A reference with fewer signs stands in many texts by chance."""


@dataclass(frozen=True, slots=True)
class UnclearPart:
    """One transaction behind a collective entry; `state` is one of `UNCLEAR`, `DECIDED`, `CLARIFIED` and `BOUND`.

    `left_cents` is what of it is unclear still, as far as decisions said which part they were for, `bound_cents` what
    orders will pay out of that. It is None where the bank told no amount.
    """

    line: int
    amount_cents: int | None
    name: str | None
    bank_account: str | None
    remittance: str | None
    state: str = UNCLEAR
    left_cents: int | None = None
    bound_cents: int = 0

    @property
    def free_cents(self) -> int | None:
        """What of it can still be decided about."""
        return None if self.left_cents is None else max(0, self.left_cents - self.bound_cents)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done with the money of parts by the desk: by the line of a part what left the case, what is bound."""

    cents: Mapping[int, int]
    bound: Mapping[int, int]


NOTHING_MOVED = Moved({}, {})


@dataclass(frozen=True, slots=True)
class Told:
    """What the bank said about the money of a case: of a collective entry what its unclear parts say."""

    name: str | None
    bank_account: str | None
    remittance: str | None


def lines_of(evidence: str | None) -> frozenset[int] | None:
    """Return which parts stored evidence of an unclear share names; None where it is all of them.

    >>> lines_of('{"parts":"2 3"}') == {2, 3}, lines_of('{"reason":"closed"}')
    (True, None)
    """
    named = json.loads(evidence).get("parts") if evidence and '"parts"' in evidence else None
    return None if named is None else frozenset(int(line) for line in str(named).split())


def is_unclear(evidence: str | None, line: int | None) -> bool:
    """Return whether a part (None: the whole entry) is among those that stored evidence of an unclear share names."""
    lines = lines_of(evidence)
    return lines is None or line is None or line in lines


def with_rest(parts: Sequence[UnclearPart], open_cents: int, moved: Moved) -> tuple[UnclearPart, ...]:
    """Return parts with what is left of those that a case with that much open money is about.

    The only part of a case has what the case has. Where a decision did not say which part it was for, the parts may
    have more left than the case together; none has more than the case.
    """
    own = [part.line for part in parts if part.state != DECIDED]
    return tuple(
        replace(part, left_cents=0)
        if part.state == DECIDED
        else _with_rest(part, open_cents, moved, alone=len(own) == 1)
        for part in parts
    )


def _with_rest(part: UnclearPart, open_cents: int, moved: Moved, *, alone: bool) -> UnclearPart:
    bound = moved.bound.get(part.line, 0)
    if alone or not open_cents:
        left: int | None = open_cents
    elif part.amount_cents is None:
        left = None
    else:
        left = max(0, min(abs(part.amount_cents) - moved.cents.get(part.line, 0), open_cents))
    state = UNCLEAR
    if left is not None and left <= bound:
        state = BOUND if left else CLARIFIED
    return replace(part, state=state, left_cents=left, bound_cents=bound)


def unclear_parts(parts: Iterable[UnclearPart]) -> list[UnclearPart]:
    """Return the parts of which something is unclear still, bound or not."""
    return [part for part in parts if part.state in {UNCLEAR, BOUND}]


def part_by_amounts(
    parts: Sequence[UnclearPart], shares: Sequence[int], debtors: Sequence[str | None]
) -> tuple[int | None, ...]:
    """Return for shares of money which part each is for, where the amounts tell it uniquely: its line, or None.

    Each share is what is left of one part, or all together are. Where both are so, nothing is told, nor where the
    debtor of a share has the name of another part. A case of one part asks for none.

    >>> ursel = UnclearPart(1, 150, "Ursel", None, None, UNCLEAR, 150)
    >>> zora = UnclearPart(2, 50, "Zora", None, None, UNCLEAR, 50)
    >>> part_by_amounts([ursel, zora], [50], [None]), part_by_amounts([ursel, zora], [50, 100], [None, None])
    ((2,), (None, None))
    """
    free = [part for part in unclear_parts(parts) if part.free_cents]
    nothing: tuple[int | None, ...] = (None,) * len(shares)
    if len([part for part in parts if part.state != DECIDED]) < 2:
        return nothing
    single = tuple(_part_of(free, cents, [debtor]) for cents, debtor in zip(shares, debtors, strict=True))
    whole = _part_of(free, sum(shares), debtors)
    known = [line for line in single if line is not None]
    if len(shares) > 1 and whole is not None:
        return nothing if known else (whole,) * len(shares)
    return single if len(set(known)) == len(known) else nothing


def _part_of(free: Sequence[UnclearPart], cents: int, debtors: Sequence[str | None]) -> int | None:
    """Return the only part that is just as much, unless a debtor has the name of another one."""
    fitting = [part for part in free if part.free_cents == cents]
    if len(fitting) != 1:
        return None
    (only,) = fitting
    named = [part for part in free if any(_named(part, debtor) for debtor in debtors)]
    return only.line if not named or only in named else None


def part_meant(parts: Sequence[UnclearPart], reference: str | None, debtor: str | None, open_cents: int) -> int | None:
    """Return the part that speaks for an item alone: by its reference, its debtor's name, or else by its amount.

    None for a case of one part, and where several speak for it.
    """
    if len(parts) < 2:
        return None
    wanted = compact(reference or "")
    by_text = [part.line for part in parts if len(wanted) >= SHORTEST and wanted in compact(part.remittance or "")]
    by_name = [part.line for part in parts if _named(part, debtor)]
    by_cents = [part.line for part in parts if part.left_cents == open_cents]
    found = by_text or by_name or by_cents
    both = [line for line in found if line in by_cents] if len(found) > 1 else found
    return both[0] if len(both) == 1 else None


def _named(part: UnclearPart, debtor: str | None) -> bool:
    return bool(part.name and debtor) and same_person(str(part.name), str(debtor))


def told(parts: Iterable[UnclearPart], whole: Told) -> Told:
    """Return what is said of the unclear parts of an entry, beside what the bank said of the whole.

    Where nothing is unclear any more, it is what was.
    """
    own = [part for part in parts if part.state != DECIDED]
    unclear = unclear_parts(own) or own
    of_whole = [whole.remittance] if whole.remittance else []
    return Told(
        whole.name or _joined([part.name for part in unclear]),
        whole.bank_account or _joined([part.bank_account for part in unclear]),
        _joined([*of_whole, *(part.remittance for part in unclear)]),
    )


def told_of(parts: Iterable[UnclearPart], whole: Told, line: int | None) -> Told:
    """Return what the bank said about money that was unclear: of one part, or of all parts of its case together."""
    own = [replace(part, state=UNCLEAR) for part in parts if part.state != DECIDED and line in {None, part.line}]
    return told(own, whole)


def _joined(words: Sequence[str | None]) -> str | None:
    return _BETWEEN.join(dict.fromkeys(word for word in words if word)) or None
