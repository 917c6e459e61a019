"""The work list of names that do not match: accepted by two people with a reason, refused, or corrected."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.locks import Span
from ledger.items.locks_store import lift_placed, place_item_lock
from ledger.payments.answers_match_store import unchecked
from ledger.payments.redirect_store import ask
from ledger.payments.vop import (
    CONFIRM_ROLES,
    ROLES,
    STOPPING,
    CaseState,
    NoVopCaseError,
    VopCase,
    VopDataError,
    VopDecidedError,
    VopDone,
    VopExecutedError,
    VopNotPayeeError,
    VopReasonError,
    VopRule,
    rule_prefix,
    worse,
)
from ledger.people.party_seals_store import mark, seal_marked
from ledger.people.users import check_apart, require, same_person
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.fields import NAME_LENGTH
from sepa.identifiers import parse_iban
from sepa.text import fit

_LIVE = frozenset({"released", "exported"})
_CASES = """
    SELECT p.office, p.run, p.line, p.file, p.creditor_name, p.creditor_iban, p.cents, a.status,
           coalesce(a.found_name, a.reason, ''), r.read_at, p.state, d.decision, d.reason,
           coalesce(m.name, CAST(d.made_by AS TEXT)), coalesce(c.name, CAST(d.confirmed_by AS TEXT)), d.rule, d.seq,
           d.made_by, d.status,
           coalesce(d.name, ''), d.made_at
    FROM payment_answer a
    JOIN payment_report r ON r.id = a.report AND r.kind = 'vop'
    JOIN payment p ON p.office = a.office AND p.run = a.run AND p.line = a.line
    LEFT JOIN vop_decision d ON d.office = p.office AND d.run = p.run AND d.line = p.line
        AND d.seq = (SELECT max(e.seq) FROM vop_decision e WHERE e.office = p.office AND e.run = p.run
                     AND e.line = p.line)
    LEFT JOIN app_user m ON m.id = d.made_by
    LEFT JOIN app_user c ON c.id = d.confirmed_by
    WHERE a.status IN ('RVNM', 'RVMC', 'RVNA')
      AND a.report = (SELECT max(b.report) FROM payment_answer b JOIN payment_report q ON q.id = b.report
                      WHERE q.kind = 'vop' AND b.office = a.office AND b.run = a.run AND b.line = a.line)
      AND (CAST(:run AS BIGINT) IS NULL OR p.run = :run) AND (CAST(:line AS BIGINT) IS NULL OR p.line = :line)
    ORDER BY p.run, p.line"""
_RULES = """
    SELECT r.id, r.iban_prefix, r.reason, coalesce(m.name, CAST(r.made_by AS TEXT)), c.name, r.ended_on,
           (SELECT count(*) FROM vop_decision d WHERE d.rule = r.id), r.made_by, r.made_at
    FROM vop_rule r LEFT JOIN app_user m ON m.id = r.made_by LEFT JOIN app_user c ON c.id = r.confirmed_by
    ORDER BY r.id"""
_CONFIRM = """
    UPDATE vop_decision SET confirmed_by = :user, confirmed_at = :now
    WHERE office = :office AND run = :run AND line = :line AND seq = :seq AND confirmed_by IS NULL"""
_PAYEE = """i.party FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND p.line = :line"""
_PARTY = f"UPDATE party SET legal_name = :name WHERE id = (SELECT {_PAYEE})"

_ITEM = """
    SELECT p.item_office, p.item, CASE WHEN p.part = 0 AND i.kind = 'payable' THEN 1 ELSE 0 END
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND p.line = :line"""


def cases(store: Store, *, run: int | None = None, every: bool = False) -> list[VopCase]:
    """Return the names that do not match and wait for a decision or a second person, or `every` one that ever did."""
    found = [_case(row) for row in store.rows(_CASES, run=run, line=None)]
    return found if every else [one for one in found if one.waits]


def _case(row: Row) -> VopCase:
    _, run, line, file, name, iban, cents, status, found, read_at, paid, decision, *more = row
    reason, made_by, confirmed_by, rule = more[:4]
    if decision == "accept" and worse(status, row[18]):
        decision = None
    state = _state(decision, name, row[19], paid, confirmed=confirmed_by is not None)
    return VopCase(
        f"{run}-{line}", run, line, file, name, iban, cents, status, found, read_at, state, reason, made_by,
        confirmed_by, rule,
    )  # fmt: skip


def _state(decision: str | None, sent: str, name: str, paid: str, *, confirmed: bool) -> CaseState:
    """Return where a case stands: a decision to stop it holds whatever became of the payment."""
    if decision == "refuse":
        return "refused"
    if decision == "correct":
        return "corrected" if confirmed or name in {"", sent} else "named"
    if paid in {"voided", "rejected"}:
        return "over"
    if decision == "accept":
        return "accepted" if confirmed else "asked"
    return "open"


def accept(store: Store, run: int, line: int, *, reason: str) -> VopDone:
    """Accept a name that does not match: the first person says why, a second one confirms it.

    Raises `NoVopCaseError`, `VopReasonError`, `VopDecidedError`, `NotAllowedError`.
    """
    require(store, kasse_office(store), *ROLES)
    with store.unit([kasse_office(store)]):
        row, case = _found(store, run, line)
        where = {"office": row[0], "run": run, "line": line}
        if case.state == "asked" and not same_person(store, (row[17], row[20])):
            require(store, kasse_office(store), *CONFIRM_ROLES)
            check_apart(store, row[0], case.payment, (row[17], row[20]))
            store.execute(_CONFIRM, seq=row[16], user=store.user, now=store.now, **where)
            return _done(store, row[0], case, "vop.confirm", reason)
        if case.state == "asked":
            return VopDone(case, False, *_left(store, row[0], case))
        if case.state != "open":
            raise VopDecidedError(payment=case.payment, state=case.state)
        if not reason.strip():
            raise VopReasonError(payment=case.payment)
        _decide(store, where, case, decision="accept", reason=reason, seq=(row[16] or 0) + 1)
        return _done(store, row[0], case, "vop.accept", reason)


def correct(store: Store, run: int, line: int, *, reason: str, name: str = "", iban: str | None = None) -> VopDone:
    """Note the right name, or another account of the payee, for a payment that must not leave as it is.

    The file has to be cancelled at the bank and given up with `void`; what is proposed then carries the new data and
    new ids. A second person confirms it: a name with the same call, another account, which must be known as the
    payee's own, with `redirect`; until then the item is locked. It also contradicts what one person accepted. Raises
    `NoVopCaseError`, `VopReasonError`, `VopDecidedError`, `VopDataError`, `VopNotPayeeError`, `OtherAccountError`,
    `NotAllowedError`.
    """
    require(store, kasse_office(store), *ROLES)
    with store.unit(office_codes(store)):
        row, case = _found(store, run, line)
        held = fit(" ".join(name.split()), NAME_LENGTH, "dk").text if name.strip() else ""
        if case.state == "named" and held == row[19] and iban is None:
            return _confirm_name(store, row, case)
        if case.state not in {"open", "asked"}:
            raise VopDecidedError(payment=case.payment, state=case.state)
        if not reason.strip():
            raise VopReasonError(payment=case.payment)
        wanted = parse_iban(iban) if iban else None
        if held in {"", case.name} and wanted in {None, case.iban}:
            raise VopDataError(payment=case.payment)
        where = {"office": row[0], "run": run, "line": line}
        office, item, own = store.one(_ITEM, **where) or ("", 0, 0)
        if not own:
            raise VopNotPayeeError(payment=case.payment, name=case.name)
        more = {"name": held or None, "iban": wanted}
        _decide(store, where, case, decision="correct", reason=reason, seq=(row[16] or 0) + 1, **more)
        if held not in {"", case.name}:
            place_item_lock(store, office, item, "payment", _words(case, reason), Span(store.today))
        if wanted not in {None, case.iban}:
            ask(store, office, item, str(wanted), reason)
        return _done(store, row[0], case, "vop.correct", reason)


def _confirm_name(store: Store, row: Row, case: VopCase) -> VopDone:
    """Let a second person make a right name the payee's name in the book, and lift the lock that waited for it."""
    if same_person(store, (row[17], row[20])):
        return VopDone(case, False, *_left(store, row[0], case))
    require(store, kasse_office(store), *CONFIRM_ROLES)
    check_apart(store, row[0], case.payment, (row[17], row[20]))
    where = {"office": row[0], "run": case.run, "line": case.line}
    store.execute(_CONFIRM, seq=row[16], user=store.user, now=store.now, **where)
    mark(store, f"SELECT {_PAYEE}", **where)
    store.execute(_PARTY, name=row[19], **where)
    _unlock(store, where, case)
    return _done(store, row[0], case, "vop.confirm_name", "", seal_marked(store))


def refuse(store: Store, run: int, line: int, *, reason: str) -> VopDone:
    """Decide that a payment must not leave: it stops its file, and its item is locked until somebody has looked.

    One person suffices, also against what another accepted or corrected and nobody has confirmed yet. Raises
    `NoVopCaseError`, `VopReasonError`, `VopDecidedError`, `NotAllowedError`.
    """
    require(store, kasse_office(store), *ROLES)
    with store.unit(office_codes(store)):
        row, case = _found(store, run, line)
        if not case.waits:
            raise VopDecidedError(payment=case.payment, state=case.state)
        if row[10] in {"executed", "returned"}:
            raise VopExecutedError(payment=case.payment)
        if not reason.strip():
            raise VopReasonError(payment=case.payment)
        where = {"office": row[0], "run": run, "line": line}
        if case.state == "named":
            _unlock(store, where, case)
        office, item, _ = store.one(_ITEM, **where) or ("", 0, 0)
        place_item_lock(store, office, item, "payment", _words(case, reason), Span(store.today))
        _decide(store, where, case, decision="refuse", reason=reason, seq=(row[16] or 0) + 1)
        return _done(store, row[0], case, "vop.refuse", reason)


def _unlock(store: Store, where: dict[str, object], case: VopCase) -> None:
    office, item, _ = store.one(_ITEM, **where) or ("", 0, 0)
    lift_placed(store, office, item, _words(case, case.reason or ""), store.today)


def _words(case: VopCase, reason: str) -> str:
    """Return the words of the lock that keeps an item out of runs for its payee's name."""
    return f"R{case.payment} VoP: {reason.strip()}"


def _found(store: Store, run: int, line: int) -> tuple[Row, VopCase]:
    row = store.one(_CASES, run=run, line=line)
    if row is None:
        raise NoVopCaseError(payment=f"{run}-{line}")
    return row, _case(row)


def _decide(store: Store, where: dict[str, object], case: VopCase, **values: object) -> None:
    store.insert_one("vop_decision", status=case.status, made_by=store.user, made_at=store.now, **where, **values)


def _done(
    store: Store, office: str, case: VopCase, action: str, reason: str, more: Mapping[str, Fact] | None = None
) -> VopDone:
    details = {"reason": reason} if reason else None
    facts: dict[str, Fact] = {"line": case.line, "status": case.status, **(more or {})}
    record(store, office, action, f"run:{case.run}", facts, details)
    now = _case(store.one(_CASES, run=case.run, line=case.line) or ())
    return VopDone(now, True, *_left(store, office, now))


def _left(store: Store, office: str, case: VopCase) -> tuple[int, int, int, int]:
    """Return how many cases of the same file wait still, how many stop the file, how many are with the bank.

    The last number is of payments without an answer. A payment that the bank refused by itself stops nothing.
    """
    rows = [row for row in store.rows(_CASES, run=case.run, line=None) if row[3] == case.file and row[10] in _LIVE]
    states = [_case(row).state for row in rows]
    waiting, stopping = sum(one in {"open", "asked"} for one in states), sum(one in STOPPING for one in states)
    return waiting, stopping, len(states), unchecked(store, office, case.run, case.file)


def rules(store: Store) -> list[VopRule]:
    """Return all rules for accounts that no bank can check."""
    return [VopRule(*row[:7]) for row in store.rows(_RULES)]


def make_rule(store: Store, prefix: str, *, reason: str) -> VopRule:
    """Make a rule that accepts RVNA for accounts that begin so, or confirm one that another person made.

    Raises `VopRuleError`, `VopReasonError`, `OwnWorkError`, `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, "head", "releaser")
    wanted = rule_prefix(prefix)
    with store.unit([office]):
        known = next((row for row in store.rows(_RULES) if row[1] == wanted and row[5] is None), None)
        if known is None:
            return _new_rule(store, office, wanted, reason)
        if known[4] is None:
            check_apart(store, office, f"{wanted}", (known[7], known[8]))
            sql = (
                "UPDATE vop_rule SET confirmed_by = :user, confirmed_at = :now WHERE id = :id AND confirmed_by IS NULL"
            )
            store.execute(sql, user=store.user, now=store.now, id=known[0])
            record(store, office, "vop.rule_confirm", f"vop_rule:{known[0]}", {"prefix": wanted})
        return next(one for one in rules(store) if one.number == known[0])


def _new_rule(store: Store, office: str, prefix: str, reason: str) -> VopRule:
    if not reason.strip():
        raise VopReasonError(payment=prefix)
    number = take_ids(store, BOOK, "vop_rule")
    store.insert_one("vop_rule", id=number, iban_prefix=prefix, reason=reason, made_by=store.user, made_at=store.now)
    record(store, office, "vop.rule", f"vop_rule:{number}", {"prefix": prefix}, {"reason": reason})
    return next(one for one in rules(store) if one.number == number)


def end_rule(store: Store, number: int, *, day: str) -> VopRule | None:
    """End a rule from a day on; None where there is no such rule."""
    office = kasse_office(store)
    require(store, office, "head", "releaser")
    with store.unit([office]):
        sql = "UPDATE vop_rule SET ended_on = :day, ended_by = :user WHERE id = :id AND ended_on IS NULL"
        if store.execute(sql, day=day, user=store.user, id=number):
            record(store, office, "vop.rule_end", f"vop_rule:{number}", {"day": day})
    return next((one for one in rules(store) if one.number == number), None)
