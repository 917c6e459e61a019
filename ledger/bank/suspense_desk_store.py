"""The clarification desk: one decision or a list of them, taken together in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.suspense import Wish
from ledger.bank.suspense_assign_store import assign as assign_in_unit
from ledger.bank.suspense_assign_store import split
from ledger.bank.suspense_decisions import (
    Assign,
    Decision,
    Done,
    Forward,
    Hold,
    Note,
    Refund,
    RefusedDecisionsError,
    Release,
    Reserve,
    Sitting,
    Split,
    Undo,
    UndoBatch,
    UndoEntry,
)
from ledger.bank.suspense_forward_store import forward
from ledger.bank.suspense_payout_store import refund
from ledger.bank.suspense_undo_store import undo, undo_batch, undo_entry
from ledger.bank.suspense_work_store import hold, note, release, reserve
from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.items.settlement import Order
from ledger.people.users import NotAllowedError
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError, TryAgainError

_KNOWN = """
    SELECT max(id) FROM suspense_batch WHERE sha256 = :sha256 AND verb = :verb AND undone_by IS NULL"""
_COLUMNS = ("id", "verb", "source", "sha256", "count", "cents", "made_by", "made_at")


@dataclass(frozen=True, slots=True)
class DecisionList:
    """The file that decisions came in: its name, its SHA-256 in hex, and the verb they are for."""

    verb: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of decisions; `batch` is the number of their list, `new` false where the list was known."""

    done: tuple[Done, ...] = ()
    batch: int | None = None
    new: bool = True


def decide(
    store: Store,
    decisions: Sequence[Decision],
    *,
    day: str,
    listed: DecisionList | None = None,
    orders: Mapping[str, Order] | None = None,
) -> Outcome:
    """Take decisions about cases, all or none, in one unit of work, and return what each did.

    A single decision raises its own error. A list raises `RefusedDecisionsError` with a finding for each bad row; a
    list that was taken before and still stands is nothing new.
    """
    with store.unit(office_codes(store)):
        batch = None
        if listed is not None:
            known = store.value(_KNOWN, sha256=listed.sha256, verb=listed.verb)
            if known is not None:
                return Outcome(batch=int(known), new=False)
            batch = take_ids(store, BOOK, "suspense_batch")
            _open_batch(store, batch, listed, decisions)
        sitting = Sitting(day, batch)
        if listed is None or len(decisions) == 1:
            done = [one for decision in decisions for one in _take(store, decision, sitting, orders)]
        else:
            done = _take_all(store, decisions, sitting, orders)
        if batch is not None and listed is not None:
            _note_batch(store, batch, listed, done)
    return Outcome(tuple(done), batch)


def assign(
    store: Store,
    number: int,
    wishes: Sequence[Wish],
    *,
    day: str,
    office: str | None = None,
    surplus: bool = False,
    orders: Mapping[str, Order] | None = None,
) -> Done:
    """Assign the money of one case to open items; raises what `ledger.bank.suspense_assign_store.assign` raises."""
    decision = Assign(number, tuple(wishes), office, surplus)
    return decide(store, [decision], day=day, orders=orders).done[0]


def _take(store: Store, decision: Decision, sitting: Sitting, orders: Mapping[str, Order] | None) -> list[Done]:
    """Take one decision; `UndoBatch` does many things."""
    if isinstance(decision, Assign):
        return [assign_in_unit(store, decision, sitting, orders)]
    if isinstance(decision, Split):
        return [split(store, decision, sitting, orders)]
    if isinstance(decision, UndoBatch):
        return undo_batch(store, decision, sitting)
    return [_SIMPLE[type(decision)](store, decision, sitting)]


_SIMPLE: dict[type, Callable[..., Done]] = {
    Reserve: reserve, Release: release, Hold: hold, Note: note, Forward: forward, Refund: refund, Undo: undo,
    UndoEntry: undo_entry,
}  # fmt: skip


def _take_all(
    store: Store, decisions: Sequence[Decision], sitting: Sitting, orders: Mapping[str, Order] | None
) -> list[Done]:
    done: list[Done] = []
    refused: list[KasseError] = []
    for decision in decisions:
        try:
            done += _take(store, decision, sitting, orders)
        except (NotAllowedError, TryAgainError):
            raise
        except KasseError as error:
            refused += [finding.at(decision.place) for finding in error.findings or (error,)]
    if refused:
        raise RefusedDecisionsError(bad=len(refused), count=len(decisions), findings=tuple(refused))
    return done


def _open_batch(store: Store, batch: int, listed: DecisionList, decisions: Sequence[Decision]) -> None:
    count = sum(len(decision.wishes) if isinstance(decision, Assign | Split) else 1 for decision in decisions)
    cents = sum(
        wish.cents or 0 for decision in decisions if isinstance(decision, Assign | Split) for wish in decision.wishes
    )
    values = (batch, listed.verb, listed.name, listed.sha256, count, cents, store.user, store.now)
    store.insert("suspense_batch", _COLUMNS, [values])


def _note_batch(store: Store, batch: int, listed: DecisionList, done: Sequence[Done]) -> None:
    for office in sorted({one.office for one in done}):
        facts = {"cases": len({one.number for one in done}), "cents": sum(one.settled_cents for one in done)}
        details = {"file": listed.name}
        record(store, office, f"suspense.{listed.verb}_list", f"suspense_batch:{batch}", facts, details)
