"""What the clarification desk did, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kasse_cli.output import Column, Line, Result, Table, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.suspense_decisions import Done
    from ledger.bank.suspense_desk_store import Outcome

ITEMS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
)
CASES = (
    Column("number", N_("Case"), "count"),
    Column("office", N_("Office"), shown=False),
    Column("verb", N_("Decision"), "word"),
    Column("entry", N_("Entry")),
    Column("order", N_("Order")),
    Column("settled_cents", N_("Moved"), "cents"),
    Column("surplus_cents", N_("As credit"), "cents", minor=True),
    Column("left_cents", N_("Left"), "cents"),
    Column("bound_cents", N_("Bound"), "cents", minor=True),
)
_NAMES = (
    "verb", "office", "number", "entry", "settled_cents", "surplus_cents", "left_cents", "bound_cents", "order",
    "batch", "new", "parts", "by_amount",
)  # fmt: skip


def decided(outcome: Outcome, *, dry_run: bool = False) -> Result:
    """Return what became of one decision in full, of several as a list."""
    lines = [say(N_("nothing was changed (--dry-run)"))] if dry_run else []
    if not outcome.new:
        lines.append(say(N_("nothing new: the list was taken before as number {batch}"), batch=outcome.batch))
        return Result({"batch": outcome.batch, "new": False, "cases": []}, lines=lines)
    if outcome.batch is not None and not dry_run and any(done.verb in _TAKEN_BACK for done in outcome.done):
        words = N_("list {batch} is taken; it is taken back with 'kasse suspense undo --batch {batch} --reason …'")
        lines.append(say(words, batch=outcome.batch))
    findings = [finding for done in outcome.done for finding in done.findings]
    if len(outcome.done) == 1:
        return _one(outcome.done[0], lines, findings)
    moved = sum(done.settled_cents + done.surplus_cents for done in outcome.done)
    lines.insert(0, say(N_("decided: {count} cases, moved {moved_cents}"), count=len(outcome.done), moved_cents=moved))
    orders = [done.order for done in outcome.done if done.order is not None]
    if orders and not dry_run:
        lines.insert(1, say(N_("next: another person certifies them with 'kasse order certify {orders}'"),
            orders=" ".join(orders)))  # fmt: skip
    rows = [_row(done) for done in outcome.done]
    return Result({"batch": outcome.batch, "new": True}, [Table("cases", CASES, rows)], lines, findings)


def _row(done: Done) -> dict[str, Any]:
    return {name: getattr(done, name) for name in _NAMES}


def _one(done: Done, more: Sequence[Line], findings: Sequence[Any]) -> Result:
    rows = [{"office": office, "item": item, "amount_cents": cents} for office, item, cents in done.items]
    tables = [Table("items", ITEMS, rows)] if rows else []
    data = _row(done) if rows else _row(done) | {"items": []}
    return Result(data, tables, [*_sentences(done), *more], findings)


def _sentences(done: Done) -> Iterator[Line]:
    known: dict[str, Any] = {"number": done.number, "entry": done.entry, "order": done.order}
    if not done.new:
        yield say(N_("nothing new: case {number} is so already"), **known)
    elif done.order is not None:
        yield from _ordered(done, known)
    elif done.verb in _MOVED:
        yield say(_MOVED[done.verb], **known, settled_cents=abs(done.settled_cents))
        if done.surplus_cents:
            yield say(N_("credit of the person: {surplus_cents}"), surplus_cents=done.surplus_cents)
    else:
        yield say(_SAID[done.verb], **known)
    if done.parts:
        yield _of_parts(done)
    yield say(N_("still unclear: {left_cents}"), left_cents=done.left_cents)
    if done.bound_cents:
        yield say(N_("of it bound until an order is accepted: {bound_cents}"), bound_cents=done.bound_cents)
    if done.verb == "undo":
        yield say(N_("the money is in case {number}"), **known)


def _ordered(done: Done, known: dict[str, Any]) -> Iterator[Line]:
    yield say(N_("ordered: {order} pays it out once others have certified, approved and accepted it"), **known)
    if done.payout is not None:
        to = {"payee": done.payout.name, "iban": done.payout.iban}
        yield say(N_("{paid_cents} to {payee}, {iban}"), paid_cents=done.payout.cents, **to)
    yield say(N_("next: another person certifies it with 'kasse order certify {order}'"), **known)


def _of_parts(done: Done) -> Line:
    """Say which parts of a collective entry it was for, and how that is mended where only their amounts told it."""
    parts = ", ".join(map(str, done.parts))
    if not done.by_amount:
        return say(N_("of part {parts}"), parts=parts)
    template = N_(
        "taken as that of part {parts}, by its amount; if it is another's: 'kasse suspense undo {number} --last "
        "--reason …', then again with --part"
    )
    return say(template, parts=parts, number=done.number)


_TAKEN_BACK = {"assign", "split", "forward"}
_MOVED = {
    "assign": N_("assigned: {settled_cents}, entry {entry}"),
    "split": N_("assigned by the list: {settled_cents}, entry {entry}"),
    "forward": N_("passed on: {settled_cents}, entry {entry}"),
    "undo": N_("taken back: {settled_cents}, entry {entry}"),
}
_SAID = {
    "reserve": N_("reserved: case {number}"),
    "release": N_("released: case {number}"),
    "hold": N_("laid aside: case {number}"),
    "resume": N_("taken up again: case {number}"),
    "note": N_("noted: case {number}"),
}
