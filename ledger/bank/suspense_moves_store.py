"""Money of a case on its way elsewhere: what every decision writes beside its entries, and what it must ask first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ledger.bank.matching import Evidence
from ledger.bank.posting import MATCH_COLUMNS
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import BoundCaseError, ReservedCaseError, Sitting
from ledger.bank.suspense_store import Case, find_case
from ledger.bank.unclear_parts_store import PART, STEP
from ledger.book.entry import Draft, Posted, Posting
from ledger.book.store import kasse_office
from ledger.book.transfer import across
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require, user_name
from ledger.store.engines import Store

_LAST_MATCH = "SELECT coalesce(max(line), 0) FROM bank_match WHERE office = :office AND entry = :entry"
_LAST_STEP = "SELECT coalesce(max(line), 0) FROM suspense_step WHERE office = :office AND item = :item"
_COUNT = """
    SELECT n.counted_by, n.counted_at, h.user_id FROM cash_count n
    JOIN cash_holder h ON h.desk = n.desk AND h.since <= n.day AND (h.until IS NULL OR h.until >= n.day)
    WHERE n.item = :item"""
COUNTED = ("shortage", "surplus")
"""Reasons of cases that a count of a cash desk made: who held or counted it does not decide about them, others do.

A head may, besides clerks, and only a head books them to an account of income or expense.
"""
_REASON = "SELECT reason FROM suspense_case WHERE office = :office AND item = :number"
_STEP = ("office", "item", "line", "kind", "position", "cents", "batch", "undoes", "by", "at")


class Share(NamedTuple):
    """Where money of a case goes, or comes back from; of which part of a collective entry, where that is told."""

    office: str | None
    item: int | None
    cents: int
    part: int | None = None


def open_case(store: Store, number: int, office: str | None, *more: str) -> Case:
    """Return a case that the acting person may work on, whatever is left of it; roles in `more` suffice too.

    Raises `UnknownCaseError`, `NotAllowedError`, `ReservedCaseError`.
    """
    code = office or kasse_office(store)
    counted = store.value(_REASON, office=code, number=number) in COUNTED
    require(store, code, *(("clerk", "head") if counted else ("clerk", *more)))
    case = find_case(store, code, number)
    if case.owner not in (None, store.user):
        raise ReservedCaseError(number=number, owner=case.owner_name or str(case.owner))
    return case


def case_with_money(store: Store, number: int, office: str | None, *more: str) -> Case:
    """Return a case of which something can be decided about; roles in `more` suffice beside the clerk's.

    Raises `ClearedCaseError`, `BoundCaseError` or, about a difference of their own cash, `OwnWorkError` besides what
    `open_case` raises.
    """
    case = open_case(store, number, office, *more)
    check_own_cash(store, case.office, case.number, case.reason)
    if case.open_cents == 0:
        raise ClearedCaseError(number=number)
    if case.free_cents <= 0:
        raise BoundCaseError(number=number, order=case.bound_by or "")
    return case


def check_written_off(store: Store, case: Case) -> None:
    """Leave it to the head of the Kasse to book what is short or over away (§ 77 LHO); raises `NotAllowedError`."""
    if case.reason in COUNTED:
        require(store, case.office, "head")


def check_own_cash(store: Store, office: str, number: int, reason: str | None) -> None:
    """Refuse what is short or over to those who held or counted the cash (§ 77 LHO); raises `OwnWorkError`."""
    if reason in COUNTED:
        for counter, counted_at, holder in store.all(_COUNT, item=number):
            check_apart(store, office, f"case {number}", (counter, counted_at), (holder, None))


def drafts(case: Case, postings: Mapping[str, Sequence[Posting]], day: str, text: str = "") -> list[Draft]:
    """Return the drafts of a move, that of the case's office first; the payment day stays that of the money."""
    return across(
        case.office,
        postings,
        kind="clearing",
        posting_day=day,
        source=f"{case.kind}:{case.office}/{case.number}",
        text=text,
        payment_day=case.payment_day or day,
        group=1,
    )


def shown(posted: Posted) -> str:
    """Return the number of an entry as people write it."""
    return f"{posted.office}-{posted.year}-{posted.number}"


def write_step(
    store: Store, case: Case, kind: str, position: int, cents: int, sitting: Sitting, *, undoes: int | None = None
) -> int:
    """Write down that money of a case moved by the entry at that position of its office; return the step's number."""
    line = int(store.value(_LAST_STEP, office=case.office, item=case.number)) + 1
    values = (case.office, case.number, line, kind, position, cents, sitting.batch, undoes, store.user, store.now)
    store.insert("suspense_step", _STEP, [values])
    return line


def explain(
    store: Store, case: Case, rule: str, parts: Sequence[Share | tuple[str | None, int | None, int]], sitting: Sitting,
    proof: Evidence | None = None, *, step: int | None = None,
) -> None:  # fmt: skip
    """Write down beside the bank entry where its money went: (office, item, cents), cents as the case counts them.

    With `proof` a rule decided by it, else the acting person did. A share of a part says so, and of which `step`.
    """
    if case.entry is None:
        return
    sign = 1 if case.kind == "suspense" else -1
    line = int(store.value(_LAST_MATCH, office=case.office, entry=case.entry))
    known: dict[str, Fact] = {"at": store.now, **({"by": store.user} if proof is None else proof)}
    if sitting.batch is not None:
        known["batch"] = sitting.batch
    rows = [
        (
            case.office,
            case.entry,
            line + index,
            rule,
            _evidence(known, share.part, step),
            *share[:2],
            sign * share.cents,
        )
        for index, share in enumerate((Share(*part) for part in parts), 1)
    ]
    store.insert("bank_match", MATCH_COLUMNS, rows)


def _evidence(known: Mapping[str, Fact], part: int | None, step: int | None) -> str:
    of_part = {} if part is None else {PART: part} | ({} if step is None else {STEP: step})
    return json.dumps({**known, **of_part}, sort_keys=True)


def note_event(
    store: Store, case: Case, verb: str, facts: Mapping[str, Fact], details: Mapping[str, Fact] | None = None
) -> None:
    """Record what was decided about a case; `facts` hold no personal data."""
    said = {name: value for name, value in (details or {}).items() if value not in (None, "")}
    record(store, case.office, f"{case.kind}.{verb}", f"item:{case.number}", facts, said or None)


def owner_name(store: Store, case: Case) -> str:
    """Return who works on a case."""
    return case.owner_name or user_name(store, case.owner or 0)
