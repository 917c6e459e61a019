"""Withdrawing a wrong statement: its bookings are taken back by mirror entries, then they count no more."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ledger.bank.formats import FORMATS
from ledger.bank.intake_reader import UnknownStatementError
from ledger.bank.kept_store import kept_findings
from ledger.bank.posting import MATCH_COLUMNS
from ledger.bank.said_store import seal_withdrawn
from ledger.bank.suspense_decisions import Sitting, Undo, UndoEntry
from ledger.bank.suspense_store import find_case
from ledger.bank.suspense_undo import PendingPayoutError
from ledger.bank.suspense_undo_match_store import undo_match
from ledger.bank.suspense_undo_store import open_day, undo
from ledger.bank.withdrawing import (
    FREE,
    MoneyMovedError,
    NotAskedError,
    NoticeNotWithdrawnError,
    State,
    ToldEntry,
    WaitingWithdrawalError,
    Withdrawal,
    WithdrawnStatementError,
    WithdrawReasonError,
    check_free,
    split_kept,
)
from ledger.book.entry import Draft, Posting
from ledger.book.journal import EntryNumber
from ledger.book.reversal_store import places_of
from ledger.book.store import kasse_office, office_codes, post
from ledger.events.store import record
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.people.users import check_apart, require
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

ROLES = ("clerk",)
"""Who may ask and who may confirm: two persons."""
_STATEMENT = """
    SELECT iban, message, statement_id, electronic_number, file_sha256, closing_day, withdrawn_on FROM statement
    WHERE id = :id"""
_PAGES = """
    SELECT id FROM statement WHERE iban = :iban AND message = :message AND statement_id = :name
      AND coalesce(electronic_number, -1) = :number AND file_sha256 = :sha256 AND withdrawn_on IS NULL
      AND substr(coalesce(closing_day, ''), 1, 4) = :year ORDER BY id"""
_TOLD = """
    SELECT DISTINCT e.office, e.id, e.state, e.amount_cents, e.position, e.bank_day, b.account,
           e.fingerprint
    FROM statement_entry l JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    JOIN bank_account b ON b.iban = e.iban
    WHERE l.statement IN ({pages}) AND e.state <> 'withdrawn' AND NOT EXISTS (
        SELECT 1 FROM statement_entry o JOIN statement s ON s.id = o.statement AND s.withdrawn_on IS NULL
        WHERE o.office = l.office AND o.entry = l.entry AND o.statement NOT IN ({pages}))
    ORDER BY e.office, e.id"""
_RULES = "SELECT rule, evidence FROM bank_match WHERE office = :office AND entry = :entry"
_ASKED = """
    SELECT line, reason, asked_by, asked_at FROM statement_withdrawal WHERE statement = :id AND state = 'asked'"""
_WAITING = """
    SELECT w.statement, s.iban, coalesce(u.name, CAST(w.asked_by AS TEXT)), w.asked_at FROM statement_withdrawal w
    JOIN statement s ON s.id = w.statement LEFT JOIN app_user u ON u.id = w.asked_by
    WHERE w.state = 'asked' AND (s.iban = :iban OR :iban = '') ORDER BY w.statement"""
_DECIDE = """
    UPDATE statement_withdrawal SET state = :state, decided_by = :user, decided_at = CAST(:now AS TEXT)
    WHERE statement = :id AND line = :line"""
_CASES = """
    SELECT c.item, i.kind, i.account, i.open_cents FROM suspense_case c
    JOIN item i ON i.office = c.office AND i.id = c.item
    WHERE c.office = :office AND c.entry = :entry ORDER BY c.item DESC"""
_STEPS = """
    SELECT count(*) FROM suspense_step s WHERE s.office = :office AND s.item = :item AND s.kind <> 'undone'
      AND NOT EXISTS (
          SELECT 1 FROM suspense_step u WHERE u.office = s.office AND u.item = s.item AND u.undoes = s.line)"""
_ENTRY = "SELECT year, number FROM entry WHERE office = :office AND position = :position"


def ask_withdrawal(store: Store, number: int, reason: str, *, keep: bool = False) -> Withdrawal:
    """Ask that a statement is withdrawn, with all its pages of the same file; another person confirms it.

    With `keep` bookings stay on which more hangs than items and accounts, else they refuse it. A second request
    changes nothing. Needs the role clerk in the Kasse. Raises `WithdrawReasonError`, `UnknownStatementError`,
    `NoticeNotWithdrawnError`, `WithdrawnStatementError` and `StatementHangsError`.
    """
    if not reason.strip():
        raise WithdrawReasonError(number=number)
    office = kasse_office(store)
    with store.unit([office]):
        require(store, office, *ROLES)
        pages = _pages(store, number)
        known = store.one(_ASKED, id=pages[0])
        entries, kept = _free(store, number, pages, keep=keep)
        if known is None:
            sql = "SELECT coalesce(max(line), 0) + 1 FROM statement_withdrawal WHERE statement = :id"
            store.insert_one(
                "statement_withdrawal", statement=pages[0], line=int(store.value(sql, id=pages[0])),
                reason=reason.strip(), state="asked", asked_by=store.user, asked_at=store.now,
            )  # fmt: skip
            facts = {"entries": len(entries), "cents": sum(one.amount_cents for one in entries)}
            record(store, office, "statement.withdraw_ask", f"statement:{number}", facts, {"reason": reason.strip()})
        return _result(store, pages, entries, "asked", reason.strip() if known is None else known[1], kept)


def drop_withdrawal(store: Store, number: int) -> Withdrawal:
    """Drop a request: the statement stays. Raises what `confirm_withdrawal` raises for one that nobody asked for."""
    office = kasse_office(store)
    with store.unit([office]):
        require(store, office, *ROLES)
        pages = _pages(store, number)
        line, reason, *_ = _asked(store, number, pages)
        _decide(store, pages, line, "dropped")
        record(store, office, "statement.withdraw_drop", f"statement:{number}", {})
        return _result(store, pages, _told(store, pages), "dropped", reason)


def confirm_withdrawal(store: Store, number: int, *, day: str, keep: bool = False) -> Withdrawal:
    """Withdraw a statement as another person than who asked: what its money did is taken back, then the money itself.

    What people assigned and what was matched becomes unclear again, by resets; then the unclear money leaves the bank
    account by a counter-entry on that day, or on the first open one. The same bookings can be taken again from the
    right file; with `keep` those on which payments hang stay, and the right file tells them. Raises `NotAskedError`,
    `OwnWorkError`, `StatementHangsError`, `MoneyMovedError`, and what taking back raises: a refund on its way, a
    credit that was used.
    """
    office = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, office, *ROLES)
        pages = _pages(store, number)
        line, reason, asked_by, asked_at = _asked(store, number, pages)
        check_apart(store, office, f"statement {number}", (asked_by, asked_at))
        entries, kept = _free(store, number, pages, keep=keep)
        sitting = Sitting(open_day(store, day))
        for entry in entries:
            if entry.state == "posted":
                _make_unclear(store, entry, reason, sitting)
        _give_back(store, [entry for entry in entries if entry.state == "posted"], reason, sitting)
        _mark(store, entries, pages, day)
        _decide(store, pages, line, "done")
        count, cents = len(entries), sum(one.amount_cents for one in entries)
        facts = {"entries": count, "cents": cents, **seal_withdrawn(pages, day, count, cents)}
        facts |= {"kept": kept} if kept else {}
        record(store, office, "statement.withdraw", f"statement:{number}", facts, {"reason": reason})
        return _result(store, pages, entries, "done", reason, kept)


def waiting(store: Store, iban: str = "") -> list[KasseError]:
    """Return the withdrawals of all accounts, or of one, that wait for a second person, or for the right statement."""
    asked = [
        WaitingWithdrawalError(number=number, account=account, user=user, day=at[:10])
        for number, account, user, at in store.rows(_WAITING, iban=iban)
    ]
    return [*asked, *kept_findings(store, iban)]


def _pages(store: Store, number: int) -> tuple[int, ...]:
    row = store.one(_STATEMENT, id=number)
    if row is None:
        raise UnknownStatementError(number=number)
    iban, message, name, electronic, sha256, day, withdrawn = row
    if message not in FORMATS:
        raise NoticeNotWithdrawnError(number=number, message=message)
    if withdrawn:
        raise WithdrawnStatementError(number=number, day=withdrawn)
    where = {"iban": iban, "message": message, "name": name, "number": -1 if electronic is None else electronic}
    found = store.all(_PAGES, sha256=sha256, year=(day or "")[:4], **where)
    pages = tuple(page for (page,) in found)
    return pages if electronic is not None or len(pages) == 1 else (number,)


def _told(store: Store, pages: Sequence[int]) -> list[ToldEntry]:
    found = []
    sql = _TOLD.format(pages=", ".join(map(str, pages)))
    for office, entry, state, cents, position, day, account, mark in store.all(sql):
        rows = store.all(_RULES, office=office, entry=entry)
        rules, hangs = frozenset(rule for rule, _ in rows), [json.loads(text) for _, text in rows if text]
        run = next((known["run"] for known in hangs if known.get("run")), None)
        collection = next((known["collection_run"] for known in hangs if known.get("collection_run")), None)
        told = ToldEntry(office, entry, state, cents, position, day, account, rules, bytes(mark), run, collection)
        found.append(told)
    return found


def _free(store: Store, number: int, pages: Sequence[int], *, keep: bool) -> tuple[list[ToldEntry], int]:
    """Return the bookings that are taken back and how many stay; raises `StatementHangsError` where none may stay."""
    entries = _told(store, pages)
    if not keep:
        check_free(number, entries)
    free, kept = split_kept(entries)
    return free, len(kept)


def _asked(store: Store, number: int, pages: Sequence[int]) -> tuple[int, str, int, str]:
    row = store.one(_ASKED, id=pages[0])
    if row is None:
        raise NotAskedError(number=number)
    return row[0], row[1], row[2], row[3]


def _decide(store: Store, pages: Sequence[int], line: int, state: State) -> None:
    store.execute(_DECIDE, id=pages[0], line=line, state=state, user=store.user, now=store.now)


def _make_unclear(store: Store, entry: ToldEntry, reason: str, sitting: Sitting) -> None:
    """Take back what people and rules did with the money, the last step first."""
    for case, *_ in store.all(_CASES, office=entry.office, entry=entry.id):
        if store.value(_STEPS, office=entry.office, item=case):
            undo(store, Undo(case, reason, office=entry.office), sitting)
        order = find_case(store, entry.office, case).bound_by
        if order is not None:
            raise PendingPayoutError(number=case, order=order)
    if entry.matched:
        row = store.one(_ENTRY, office=entry.office, position=entry.position)
        assert row is not None, "a posted bank entry has its entry"
        number = EntryNumber(entry.office, *row)
        undo_match(store, places_of(store, number), UndoEntry(str(number), reason), sitting, FREE)


def _give_back(store: Store, entries: Sequence[ToldEntry], reason: str, sitting: Sitting) -> None:
    """Book the unclear money of these entries off the bank account, and say so beside each."""
    cases = [[row for row in store.all(_CASES, office=one.office, entry=one.id) if row[3]] for one in entries]
    drafts = []
    for entry, found in zip(entries, cases, strict=True):
        left = sum(cents if kind == "suspense" else -cents for _, kind, _, cents in found)
        if left != entry.amount_cents:
            raise MoneyMovedError(entry=entry.name, amount_cents=entry.amount_cents, left_cents=left)
        settled = [posting_for(SIDES[kind], account, item, cents) for item, kind, account, cents in found]
        drafts.append(
            Draft(
                entry.office, "clearing", sitting.day, (*settled, Posting(entry.account, -entry.amount_cents)),
                source=f"bank:{entry.office}/{entry.id}", text=reason, payment_day=entry.bank_day,
            )
        )  # fmt: skip
    posted = post(store, drafts)
    clear(
        store,
        [
            NewClearing(
                entry.office, "reversal", one.position, sitting.day, entry.bank_day,
                tuple((item, cents) for item, _, _, cents in found),
            )
            for entry, found, one in zip(entries, cases, posted, strict=True)
        ],
    )  # fmt: skip
    _explain(store, entries, cases, reason)


def _explain(store: Store, entries: Sequence[ToldEntry], cases: Sequence[Sequence[Row]], reason: str) -> None:
    """Write beside each entry that the money of its cases is gone, and why."""
    said = json.dumps({"at": store.now, "by": store.user, "text": reason}, sort_keys=True)
    sql = "SELECT coalesce(max(line), 0) + 1 FROM bank_match WHERE office = :office AND entry = :entry"
    lines = [int(store.value(sql, office=one.office, entry=one.id)) for one in entries]
    rows = [
        (one.office, one.id, line, "withdrawn", said, one.office, item, -cents if kind == "suspense" else cents)
        for one, first, found in zip(entries, lines, cases, strict=True)
        for line, (item, kind, _, cents) in enumerate(found, first)
    ]
    store.insert("bank_match", MATCH_COLUMNS, rows)


def _mark(store: Store, entries: Sequence[ToldEntry], pages: Sequence[int], day: str) -> None:
    """Let the entries and the statement count no more; the same bookings may come again."""
    sql = "UPDATE bank_entry SET state = 'withdrawn', withdrawn = id WHERE office = :office AND id = :id"
    for one in entries:
        store.execute(sql, office=one.office, id=one.id)
    for page in pages:
        store.execute("UPDATE statement SET withdrawn_on = CAST(:day AS TEXT) WHERE id = :id", day=day, id=page)


def _result(
    store: Store, pages: Sequence[int], entries: Sequence[ToldEntry], state: State, reason: str, kept: int = 0
) -> Withdrawal:
    row = store.one(_STATEMENT, id=pages[0])
    assert row is not None, "a statement that was just found"
    return Withdrawal(
        pages[0], row[0], row[2], row[5], tuple(pages), state, len(entries),
        sum(one.state == "posted" for one in entries), sum(one.amount_cents for one in entries),
        sum(one.matched for one in entries), reason, kept,
    )  # fmt: skip
