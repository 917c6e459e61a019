"""`journal verify`: reads the whole book once, in constant memory, and names what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ledger.book.chain import book_head
from ledger.book.chart import CONTROL_ROLES, VERRECHNUNG
from ledger.book.guards_made_store import VERSION, made_by
from ledger.book.printed_head import OfficeMark, PrintedHead
from ledger.book.store import heads, kasse_office, setting
from ledger.book.verify import (
    EVENT_SQL,
    ChainReport,
    compare_heads,
    month_sums,
    walk_events,
)
from ledger.book.verify_closings_store import changed_closings
from ledger.book.verify_findings import (
    BankEntryError,
    ChangedSinceError,
    ControlAccountError,
    DamagedGuardError,
    EventsChangedSinceError,
    MonthBalanceError,
    OpenAmountError,
    OtherGuardsError,
    RunEvidenceError,
    StagedEntryError,
    UnbalancedOfficesError,
    UnknownHeadError,
    WrongEventHeadError,
    WrongHeadError,
)
from ledger.book.verify_halves_store import Proof, Walked, walking
from ledger.book.verify_master_store import Witness
from ledger.cash.check_store import cash_contradictions
from ledger.events.store import Fact, record
from ledger.keeping.erased_reader import missing_words
from ledger.payments.evidence_store import further_findings, run_contradictions
from ledger.payments.list_evidence_store import changed_lists
from ledger.store.collector import without_collector
from ledger.store.declared_reader import permitted_changes
from ledger.store.engines import Store
from ledger.store.guards import damaged_guards
from sepa.errors import KasseError

MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class OfficeHead:
    """The end of an office's chain."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; `head` is what to print and keep outside."""

    entries: int
    postings: int
    events: int
    erased_texts: int
    head: str
    heads: dict[str, OfficeHead]
    findings: tuple[KasseError, ...]


def verify(store: Store, *, against: str | PrintedHead | None = None, proofs: Sequence[Proof] = ()) -> Verification:
    """Recompute chains, numbers, texts, balances, open items, control accounts and guards of the whole book.

    `against` is a head printed earlier: an owner who wrote the chain anew cannot make it match. With a whole
    `PrintedHead` the event log is compared, too. `proofs` are asked as well, at the same moment of the book. The check
    itself is noted in the event log with the head it found, so that this head can be compared with later.
    """
    typed = None if against is None or isinstance(against, PrintedHead) else against.lower()
    with without_collector(), store.snapshot(), _walking(store, against, proofs) as walked:
        witness = Witness(store)
        events = walk_events(witness.watched(store.stream(EVENT_SQL)), _starts(store), _noted(against))
        beside = [*_figures(store), *_steps(store), *changed_closings(store), *changed_lists(store)]
        beside += witness.findings(store)
        guards = list(_guards(store))
        entries, proven = walked()
        findings = [*entries.findings, *events.findings, *guards, *_months(store, entries), *beside, *proven]
        findings += missing_words(store, entries.erased_texts + events.erased_texts)
        stored = list(heads(store))
        findings += compare_heads(stored, entries.heads, WrongHeadError)
        findings += compare_heads(_event_heads(store), events.heads, WrongEventHeadError)
        head = book_head(stored).hex()
        if isinstance(against, PrintedHead):
            findings += _compare_with_printed(against, entries, events)
        elif typed and typed != head:
            findings += _compare_with_known(store, typed, entries)
    found = {office: OfficeHead(position, value.hex()) for office, position, value in stored}
    result = Verification(
        entries.entries, entries.postings, events.entries, entries.erased_texts + events.erased_texts, head, found,
        tuple(findings[:MOST_FINDINGS]),
    )  # fmt: skip
    _note(store, result)
    return result


def _walking(
    store: Store, against: str | PrintedHead | None, proofs: Sequence[Proof]
) -> AbstractContextManager[Callable[[], Walked]]:
    if isinstance(against, PrintedHead):
        wanted = {(office, mark.position) for office, mark in against.offices.items()}
    else:
        wanted = {(office, position) for _, known in _known_heads(store, against) for office, position, _ in known}
    return walking(store, _starts(store), wanted, proofs)


def _starts(store: Store) -> dict[str, bytes]:
    return {code: bytes(start) for code, start in store.rows("SELECT code, genesis FROM office")}


def _noted(against: str | PrintedHead | None) -> set[tuple[str, int]]:
    if not isinstance(against, PrintedHead):
        return set()
    return {(office, mark.event_position) for office, mark in against.offices.items()}


def _compare_with_printed(printed: PrintedHead, entries: ChainReport, events: ChainReport) -> Iterator[KasseError]:
    for office, mark in sorted(printed.offices.items()):
        if mark.position and entries.wanted.get((office, mark.position)) != mark.hash:
            yield ChangedSinceError(office=office, position=mark.position, at=printed.at)
        if mark.event_position and events.wanted.get((office, mark.event_position)) != mark.event_hash:
            yield EventsChangedSinceError(office=office, position=mark.event_position, at=printed.at)


def printed_head(store: Store) -> PrintedHead:
    """Return the head of the book as it stands, with the ends of the event logs, to be kept outside."""
    sql = "SELECT office, position, hash, event_position, event_hash FROM head ORDER BY office"
    with store.snapshot():
        marks = {
            office: OfficeMark(int(position), bytes(value), int(event_position), bytes(event_value))
            for office, position, value, event_position, event_value in store.rows(sql)
        }
        head = book_head((office, mark.position, mark.hash) for office, mark in marks.items()).hex()
        return PrintedHead(head, setting(store, "name"), store.now, marks)


def _known_heads(store: Store, head: str | None) -> Iterator[tuple[str, list[tuple[str, int, bytes]]]]:
    """Yield the states of the book whose head was written down: by closings and by earlier verifications."""
    if not head:
        return
    sql = """SELECT facts FROM event WHERE action = 'journal.verify'
             UNION ALL SELECT heads FROM closing"""
    for (text,) in store.rows(sql):
        known = [(office, int(position), bytes.fromhex(value)) for office, (position, value) in _heads_of(text).items()]
        if book_head(known).hex() == head.lower():
            yield head, known


def _heads_of(text: str) -> dict[str, tuple[int, str]]:
    data = json.loads(text)
    packed: str = data.get("heads", "") if isinstance(data, dict) else ""
    parts = [part.split(":") for part in packed.split()]
    return {office: (int(position), value) for office, position, value in parts}


def packed_heads(known: dict[str, OfficeHead]) -> str:
    """Return heads as text for facts and closings: `OFFICE:POSITION:HASH …`."""
    return " ".join(f"{office}:{head.position}:{head.hash}" for office, head in sorted(known.items()))


def _compare_with_known(store: Store, head: str, entries: ChainReport) -> Iterator[KasseError]:
    for _, known in _known_heads(store, head):
        if all(entries.wanted.get((o, p)) == value for o, p, value in known if p):
            return
    yield UnknownHeadError(head=head)


def _event_heads(store: Store) -> Iterator[tuple[str, int, bytes]]:
    for office, position, value in store.rows("SELECT office, event_position, event_hash FROM head"):
        yield office, position, bytes(value)


def _guards(store: Store) -> Iterator[KasseError]:
    damaged = damaged_guards(store, permitted_changes())
    made = made_by(store) if damaged else None
    if made is not None:
        yield OtherGuardsError(version=made.version, day=made.at[:10], known=VERSION)
        return
    for name in damaged:
        yield DamagedGuardError(guard=name)


def _months(store: Store, report: ChainReport) -> Iterator[KasseError]:
    """Yield what is wrong with the kept month balances, and with the Verrechnung of all offices together."""
    computed = month_sums(report)
    rows = store.rows("SELECT office, account, month, debit_cents, credit_cents FROM month_balance")
    kept = {row[:3]: row[3:] for row in rows}
    for key in sorted(kept.keys() | computed.keys()):
        stored, found = kept.get(key, (0, 0)), computed.get(key, (0, 0))
        if stored != found:
            office, account, month = key
            yield MonthBalanceError(
                office=office,
                name=f"{account} {month}",
                stored_cents=stored[0] - stored[1],
                computed_cents=found[0] - found[1],
            )
    between = set(store.rows("SELECT office, number FROM account WHERE role = :role", role=VERRECHNUNG))
    difference = sum(debit - credit for key, (debit, credit) in computed.items() if key[:2] in between)
    if difference:
        yield UnbalancedOfficesError(difference_cents=difference)


def _figures(store: Store) -> Iterator[KasseError]:
    yield from _compare(store, OpenAmountError, _OPEN)
    roles = ", ".join(f"'{role}'" for role in CONTROL_ROLES)
    yield from _compare(store, ControlAccountError, _CONTROL.format(roles=roles))
    yield from _compare(store, BankEntryError, _BANK)


def _steps(store: Store) -> Iterator[KasseError]:
    """Yield what stepped back or ahead without an event: guards forbid it, an owner can switch them off."""
    for office, entry in store.rows(f"{_STAGED} LIMIT {MOST_FINDINGS}"):
        yield StagedEntryError(office=office, entry=entry)
    for office, run, column, held, expected in run_contradictions(store):
        yield RunEvidenceError(office=office, run=run, column=column, held=held, expected=expected)
    yield from further_findings(store)
    yield from cash_contradictions(store)


def _compare(store: Store, error: type[KasseError], sql: str) -> Iterator[KasseError]:
    for office, name, stored, computed in store.rows(f"{sql} LIMIT {MOST_FINDINGS}"):
        yield error(office=office, name=name, stored_cents=int(stored or 0), computed_cents=int(computed or 0))


_OPEN = """
    SELECT i.office, CAST(i.id AS TEXT), i.open_cents, i.amount_cents - coalesce(l.cents, 0)
    FROM item i LEFT JOIN (SELECT office, item, sum(cents) AS cents FROM clearing_line GROUP BY office, item) l
      ON l.office = i.office AND l.item = i.id
    WHERE i.open_cents <> i.amount_cents - coalesce(l.cents, 0)"""
_CONTROL = """
    WITH open AS (SELECT office, account, sum(CASE side WHEN 'D' THEN open_cents ELSE -open_cents END) AS cents
                  FROM item GROUP BY office, account),
         books AS (SELECT office, account, sum(debit_cents - credit_cents) AS cents
                   FROM month_balance GROUP BY office, account)
    SELECT a.office, a.number, b.cents, o.cents FROM account a
    LEFT JOIN open o ON o.office = a.office AND o.account = a.number
    LEFT JOIN books b ON b.office = a.office AND b.account = a.number
    WHERE (a.role IN ({roles}) OR o.cents IS NOT NULL) AND coalesce(o.cents, 0) <> coalesce(b.cents, 0)"""
_BANK = """
    SELECT office, name, amount_cents, posted FROM (
        SELECT b.office, CAST(b.id AS TEXT) AS name, b.amount_cents, coalesce((
            SELECT sum(p.cents) FROM posting p
            WHERE p.office = b.office AND p.position = b.position AND p.account = a.account), 0) AS posted
        FROM bank_entry b JOIN bank_account a ON a.iban = b.iban WHERE b.state = 'posted') AS both_views
    WHERE amount_cents <> posted"""
_STAGED = """
    SELECT b.office, b.id FROM bank_entry b WHERE b.state = 'staged' AND EXISTS (
        SELECT 1 FROM bank_match m WHERE m.office = b.office AND m.entry = b.id) ORDER BY b.office, b.id"""


def _note(store: Store, result: Verification) -> None:
    office = kasse_office(store)
    facts: dict[str, Fact] = {
        "entries": result.entries,
        "findings": len(result.findings),
        "head": result.head,
        "heads": packed_heads(result.heads),
    }
    with store.unit([office], dated=False):
        record(store, office, "journal.verify", None, facts)
