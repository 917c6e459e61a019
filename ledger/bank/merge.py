"""How statements of one account are read together: which tell the same bookings and which tell further ones.

Two statements that share a booking (or a balance on the same day) either lie apart, then their bookings add up, or
one lies inside the other (issued again, longer, or in pieces), then the larger one counts. The balances decide:

- They fit as *apart* where a chain of statements leads from the closing balance of one to the opening balance of
  the other.
- They fit as *one inside the other* where the larger one holds all bookings of the smaller one and could have its
  opening balance before them; to be taken, the smaller one must begin or end at a balance that is known inside the
  larger one (its own, or that of a piece that fits on it).

Exactly one reading is taken. Both, or neither, is an error: nobody guesses with the bank's money. All is decided
anew from what is known whenever a statement comes, so that the order in which files come does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.intake_bags import amounts, common, holds, may_sum_to, size, some_may_sum_to, without
from ledger.bank.intake_sheets import Issues, Sheet, Stretch, sort_issues, stretches
from sepa.errors import N_, KasseError


class AmbiguousStatementsError(KasseError):
    """The balances allow both readings."""

    code = "statement.ambiguous"
    template = N_(
        "the bookings of statement {statement} may be the same as those of {other} or further ones: "
        "the balances allow both"
    )
    hint = N_("nothing of this file was taken; ask the bank for one statement of the whole day")


class UnconnectedStatementsError(KasseError):
    """The balances allow neither reading with what is known so far."""

    code = "statement.unconnected"
    template = N_(
        "statements {statement} and {other} share bookings or a balance, but do not follow each other "
        "and neither continues the other"
    )
    hint = N_("nothing of this file was taken; import the statements between them first, or ask the bank")


@dataclass(frozen=True, slots=True)
class Reading:
    """How sheets are read together.

    `home` names for each sheet the statement in which its bookings lie, `parts` are sheets that add nothing,
    `repeats` those of them that say exactly what another issue says.
    """

    home: Mapping[int, int]
    parts: frozenset[int]
    repeats: frozenset[int]
    findings: tuple[KasseError, ...]


def read_together(sheets: Sequence[Sheet]) -> Reading:
    """Return how the statements of one account that share days are read together.

    Raises `BalanceBreakError`, `ReissueDiffersError`, `OlderIssueError`, `AmbiguousStatementsError` and
    `UnconnectedStatementsError`.
    """
    issues = sort_issues(sheets)
    whole = stretches(issues.heads)
    inside = _inside(whole)
    reading = _reading(issues, whole, inside)
    for sheet in sheets:
        if sheet.known and sheet.part and sheet.number not in reading.parts:
            raise AmbiguousStatementsError(statement=sheet.name, other=sheet.name)
    return reading


def _reading(issues: Issues, whole: Sequence[Stretch], inside: Mapping[int, int]) -> Reading:
    home = {sheet.number: inside.get(one.number, one.number) for one in whole for sheet in one.sheets}
    parts = {sheet.number for one in whole if one.number in inside for sheet in one.sheets}
    home |= {number: home[head] for number, head in issues.head_of.items()}
    return Reading(home, frozenset(parts | set(issues.head_of)), frozenset(issues.repeats), tuple(issues.findings))


def _inside(all_of_them: Sequence[Stretch]) -> dict[int, int]:
    """Return for each statement that lies inside another one the number of that one."""
    outer: list[Stretch] = []
    inside: dict[int, int] = {}
    told = [one for one in all_of_them if one.entries]
    for one in sorted(told, key=lambda each: (-size(each.entries), not each.known, each.number)):
        container = _container(one, outer, told)
        if container is None:
            outer.append(one)
        else:
            inside[one.number] = container.number
    return inside


def _container(one: Stretch, outer: Sequence[Stretch], told: Sequence[Stretch]) -> Stretch | None:
    """Return the statement in which this one lies, or None where it lies apart from all that count.

    Pairs that are both in the book stay as they were decided, except that a further statement may cast doubt on
    one that was read as lying inside another.
    """
    decided = one.known and not one.part
    beside = [other for other in outer if not (decided and other.known)]
    _check_complete(one, [other for other in beside if not (one.known and other.known)], told)
    larger = [other for other in beside if one.complete and other.complete and holds(other.entries, one.entries)]
    apart = all(follows(one, other, told) for other in larger)
    within = [other for other in larger if may_lie_in(one, other)]
    if not larger or (apart and not within):
        _check_apart(one, [other for other in beside if not (one.known and other.known)], told)
        return None
    if apart:
        raise AmbiguousStatementsError(statement=one.name, other=within[0].name)
    placed = [other for other in within if one.known or begins_at_known_balance(one, other, told)]
    if not placed:
        raise UnconnectedStatementsError(statement=one.name, other=larger[0].name)
    return placed[0]


def _check_complete(one: Stretch, others: Sequence[Stretch], told: Sequence[Stretch]) -> None:
    """Refuse a statement of which pages are missing unless what is there cannot overlap any other."""
    for other in others:
        if (one.complete and other.complete) or not common(one.entries, other.entries):
            continue
        if may_lie_in(one, other) or may_lie_in(other, one) or _may_overlap(one, other):
            raise UnconnectedStatementsError(statement=one.name, other=other.name)
        if not follows(one, other, told):
            raise UnconnectedStatementsError(statement=one.name, other=other.name)


def _check_apart(one: Stretch, others: Sequence[Stretch], told: Sequence[Stretch]) -> None:
    for other in others:
        if not _related(one, other):
            continue
        if not follows(one, other, told):
            raise UnconnectedStatementsError(statement=one.name, other=other.name)
        if _may_overlap(one, other):
            raise AmbiguousStatementsError(statement=one.name, other=other.name)


def _related(one: Stretch, other: Stretch) -> bool:
    """Return whether two statements could be two issues of one, or pieces of each other."""
    if common(one.entries, other.entries):
        return True
    same_opening = one.opening_cents is not None and one.opening_cents == other.opening_cents
    same_closing = one.closing_cents is not None and one.closing_cents == other.closing_cents
    return (same_opening or same_closing) and not one.days.isdisjoint(other.days)


def follows(one: Stretch, other: Stretch, told: Sequence[Stretch]) -> bool:
    """Return whether a chain of statements leads from one to the other, in either direction."""
    steps = [(step.opening_cents, step.closing_cents) for step in _others(told, one, other)]
    return _leads(one.closing_cents, other.opening_cents, steps) or _leads(
        other.closing_cents, one.opening_cents, steps
    )


def _others(told: Sequence[Stretch], *these: Stretch) -> list[Stretch]:
    numbers = {one.number for one in these}
    return [one for one in told if one.number not in numbers]


def _leads(start: int | None, goal: int | None, steps: Sequence[tuple[int | None, int | None]]) -> bool:
    if start is None or goal is None:
        return False
    reached, fresh = {start}, {start}
    while fresh and goal not in reached:
        fresh = {after for before, after in steps if before in fresh and after is not None} - reached
        reached |= fresh
    return goal in reached


def may_lie_in(one: Stretch, other: Stretch) -> bool:
    """Return whether the other holds all bookings of this one and can have its opening balance before them."""
    if not holds(other.entries, one.entries):
        return False
    if one.opening_cents is None or other.opening_cents is None:
        return True
    return may_sum_to(without(other.entries, one.entries), one.opening_cents - other.opening_cents)


def begins_at_known_balance(one: Stretch, other: Stretch, told: Sequence[Stretch]) -> bool:
    """Return whether this one begins, or ends, at a balance that is known to occur inside the other."""
    pieces = [piece for piece in _others(told, one, other) if holds(other.entries, piece.entries)]
    forward = [(piece.opening_cents, piece.closing_cents) for piece in pieces]
    backward = [(piece.closing_cents, piece.opening_cents) for piece in pieces]
    return _leads(other.opening_cents, one.opening_cents, forward) or _leads(
        other.closing_cents, one.closing_cents, backward
    )


def _may_overlap(one: Stretch, other: Stretch) -> bool:
    """Return whether the end of one can be the beginning of the other."""
    shared = amounts(common(one.entries, other.entries))
    ends = ((one.closing_cents, other.opening_cents), (other.closing_cents, one.opening_cents))
    return any(
        some_may_sum_to(shared, closing - opening) if closing is not None and opening is not None else bool(shared)
        for closing, opening in ends
    )
