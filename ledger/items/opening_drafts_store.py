"""Take-overs until they are final: checked as drafts outside the books, signed twice, posted with the second signature.

Entries are never deleted and items never vanish, so what is tried must not be posted: a draft keeps the hash of its
lists, its sums and its findings, and the lists come again, unchanged, with the signature that posts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from ledger.access.sight_reader import unseen_offices
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, canonical_json, record
from ledger.items.opening import BalanceRow, check_controls
from ledger.items.opening_drafts import (
    Draft,
    Drafted,
    NoDraftError,
    OpeningChangedError,
    OpeningFinalError,
    UndoReasonError,
    UnknownOpeningError,
    UnseenSumsError,
)
from ledger.items.opening_store import (
    ROLES,
    AccountSum,
    Opening,
    OpeningWishes,
    read_lists,
    refuse_errors,
    take_over,
)
from ledger.items.order_import_store import Source
from ledger.items.orders import Checked, Rules
from ledger.people.users import check_apart, require, require_whole, user_name
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store

FINAL_ROLE = "head"
_HEAD = """
    SELECT r.id, r.state, r.as_of, r.name, r.sha256, r.items, r.balances, r.warnings, r.parts, r.sums,
        m.name, r.made_at, f.name, r.first_at, s.name, r.second_at, e.name, r.ended_at, r.ended_reason,
        r.first_by
    FROM opening_run r LEFT JOIN app_user m ON m.id = r.made_by LEFT JOIN app_user f ON f.id = r.first_by
    LEFT JOIN app_user s ON s.id = r.second_by LEFT JOIN app_user e ON e.id = r.ended_by"""
_LIVE = "state IN ('draft', 'signed')"
_KNOWN = "WHERE r.sha256 = :sha256 AND r.as_of = :day AND r.state IN ('draft', 'signed', 'final') ORDER BY r.id DESC"
_SUMS = """
    SELECT s.office, s.account, s.balance_cents, s.items, s.items_cents, a.name FROM opening_sum s
    JOIN account a ON a.office = s.office AND a.number = s.account WHERE s.run = :run ORDER BY s.office, s.account"""
_FIRST = "UPDATE opening_run SET state = 'signed', first_by = :user, first_at = :now WHERE id = :id"
_SECOND = "UPDATE opening_run SET state = 'final', second_by = :user, second_at = :now WHERE id = :id"
_END = """
    UPDATE opening_run SET state = :state, ended_by = :user, ended_at = CAST(:now AS TEXT),
        ended_reason = CAST(:reason AS TEXT) WHERE id = :id"""


def drafts(store: Store) -> list[Draft]:
    """Return all take-overs, the newest first."""
    return [_draft(row) for row in store.rows(f"{_HEAD} ORDER BY r.id DESC")]


def draft_numbered(store: Store, number: int) -> Draft:
    """Return a take-over; raises `UnknownOpeningError`."""
    row = store.one(f"{_HEAD} WHERE r.id = :id", id=number)
    if row is None:
        raise UnknownOpeningError(number=number)
    return _draft(row)


def live_draft(store: Store) -> Draft | None:
    """Return the take-over that waits for signatures, None where none does."""
    row = store.one(f"{_HEAD} WHERE r.{_LIVE} ORDER BY r.id DESC LIMIT 1")
    return _draft(row) if row else None


def sums_of(store: Store, number: int) -> tuple[AccountSum, ...]:
    """Return what a take-over gives each account."""
    return tuple(AccountSum(*row) for row in store.rows(_SUMS, run=number))


def unseen_sums(store: Store, readers: Sequence[str]) -> Iterator[UnseenSumsError]:
    """Yield a warning where `sums_of` leaves offices out, because the acting person holds no such role there."""
    if offices := unseen_offices(store, readers):
        yield UnseenSumsError(offices=", ".join(offices))


def _draft(row: Row) -> Draft:
    parts, sums = json.loads(row[8]), json.loads(row[9])
    return Draft(*(*row[:8], parts, sums, *row[10:]))


def draft_opening(
    store: Store,
    source: Source,
    rules: Rules,
    balances: Sequence[BalanceRow],
    items: Iterable[Checked],
    wishes: OpeningWishes,
) -> Drafted:
    """Try the whole take-over, undo it, and keep it as the draft that people sign; it replaces the draft before.

    The same lists again are nothing new, but their sums are compared with the control sums again. Raises what
    `import_opening` raises.
    """
    require_whole(store, *ROLES)
    known = store.one(f"{_HEAD} {_KNOWN}", sha256=source.sha256, day=wishes.day)
    if known is not None:
        refuse_errors(list(check_controls(_draft(known).sums, wishes.controls)))
        return Drafted(_draft(known), new=False, accounts=sums_of(store, known[0]))
    with read_lists(store, rules, balances, items, wishes) as lists:
        with store.rehearsal(), store.unit(office_codes(store)):
            done = take_over(store, source, lists)
        if wishes.dry_run:
            return Drafted(_untold(store, source, done), new=False, accounts=done.accounts, findings=done.findings)
        with store.unit([kasse_office(store)]):
            replaced = _replace(store)
            number = _write(store, source, done)
    return Drafted(draft_numbered(store, number), True, replaced, done.accounts, done.findings)


def _untold(store: Store, source: Source, done: Opening) -> Draft:
    """Return the draft that a trial would have made."""
    made = (user_name(store, store.user), store.now)
    return Draft(
        0, "draft", done.day, source.name, source.sha256, sum(one.items for one in done.offices),
        sum(one.balances for one in done.offices), len(done.findings), dict(done.parts), dict(done.sums or {}), *made,
        *(None,) * 7,
    )  # fmt: skip


def _replace(store: Store) -> int | None:
    """End the draft that waits: another one takes its place."""
    waiting = live_draft(store)
    if waiting is None:
        return None
    _end(store, waiting.number, "replaced", None)
    return waiting.number


def _end(store: Store, number: int, state: str, reason: str | None) -> None:
    store.execute(_END, state=state, user=store.user, now=store.now, reason=reason, id=number)


def _write(store: Store, source: Source, done: Opening) -> int:
    number = take_ids(store, BOOK, "opening_run")
    facts: dict[str, Fact] = {
        "as_of": done.day, "items": sum(one.items for one in done.offices),
        "balances": sum(one.balances for one in done.offices), "warnings": len(done.findings),
    }  # fmt: skip
    store.insert_one(
        "opening_run", id=number, state="draft", name=source.name, sha256=source.sha256, size_bytes=source.size_bytes,
        parts=canonical_json(done.parts), sums=canonical_json(done.sums or {}), made_by=store.user, made_at=store.now,
        **facts,
    )  # fmt: skip
    columns = ("run", "office", "account", "balance_cents", "items", "items_cents")
    rows = [(number, one.office, one.account, one.balance_cents, one.items, one.items_cents) for one in done.accounts]
    store.insert("opening_sum", columns, rows)
    record(store, kasse_office(store), "opening.draft", f"opening:{number}", facts | {"files": source.sha256})
    return number


def waiting_draft(store: Store) -> Draft:
    """Return the take-over that waits for a signature.

    Raises `OpeningFinalError` where the last one has both, `NoDraftError`.
    """
    waiting = live_draft(store)
    if waiting is not None:
        return waiting
    final = next((one for one in drafts(store) if one.state == "final"), None)
    if final is not None:
        raise OpeningFinalError(number=final.number, day=(final.second_at or "")[:10])
    raise NoDraftError


def sign_first(store: Store, source: Source) -> Drafted:
    """Sign the waiting take-over for the first time: the lists are those that were checked.

    Raises `NoDraftError`, `OpeningFinalError`, `OpeningChangedError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require_whole(store, *ROLES)
        waiting = _same_lists(store, source)
        store.execute(_FIRST, user=store.user, now=store.now, id=waiting.number)
        facts: dict[str, Fact] = {"signature": 1, "files": source.sha256}
        record(store, kasse, "opening.sign", f"opening:{waiting.number}", facts)
    return Drafted(draft_numbered(store, waiting.number), new=True, accounts=sums_of(store, waiting.number))


def sign_second(
    store: Store,
    source: Source,
    rules: Rules,
    balances: Sequence[BalanceRow],
    items: Iterable[Checked],
    wishes: OpeningWishes,
) -> tuple[Drafted, Opening]:
    """Sign a second time, by another person, and post everything in the same unit of work: it is final then.

    The head of the Kasse signs last, and neither who signed first nor who imported the lists. Raises what `sign_first`
    and `import_opening` raise, `OwnWorkError`.
    """
    kasse = kasse_office(store)
    check_second(store)
    with read_lists(store, rules, balances, items, wishes) as lists, store.unit(office_codes(store)):
        waiting = check_second(store)
        _same_lists(store, source)
        store.execute(_SECOND, user=store.user, now=store.now, id=waiting.number)  # before what it vouches for
        done = take_over(store, source, lists, run=waiting.number)
        facts: dict[str, Fact] = {"signature": 2, "files": source.sha256}
        record(store, kasse, "opening.sign", f"opening:{waiting.number}", facts)
    return Drafted(draft_numbered(store, waiting.number), True, None, done.accounts, done.findings), done


def check_second(store: Store) -> Draft:
    """Return the waiting take-over if the person who acts may sign it last.

    Raises `NoDraftError`, `OpeningFinalError`, `OwnWorkError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, FINAL_ROLE)
    waiting = waiting_draft(store)
    row = store.one("SELECT made_by, made_at, first_by, first_at FROM opening_run WHERE id = :id", id=waiting.number)
    assert row is not None, "it was just found"
    made_by, made_at, first_by, first_at = row
    check_apart(store, kasse, f"opening {waiting.number}", (made_by, made_at), (first_by, first_at))
    return waiting


def _same_lists(store: Store, source: Source) -> Draft:
    waiting = waiting_draft(store)
    if waiting.sha256 != source.sha256:
        raise OpeningChangedError(number=waiting.number)
    return waiting


def undo_draft(store: Store, *, reason: str) -> Drafted:
    """Discard the take-over that waits: nothing of it is in the books.

    Raises `NoDraftError`, `OpeningFinalError`, `UndoReasonError`, `NotAllowedError`.
    """
    if not reason.strip():
        raise UndoReasonError
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require_whole(store, *ROLES)
        waiting = waiting_draft(store)
        _end(store, waiting.number, "discarded", reason.strip())
        details = {"reason": reason.strip()}
        record(store, kasse, "opening.discard", f"opening:{waiting.number}", {"state": waiting.state}, details)
    return Drafted(draft_numbered(store, waiting.number), new=True)
