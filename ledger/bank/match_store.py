"""Candidates for staged bank entries: references read in one pass, then one SQL statement for each rule."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.bank.matching import BankRule, Case, OwnPayment, OwnRun, Part, Staged, Target, whole_part
from ledger.bank.references import Finder
from ledger.items.kassenzeichen import active_schemes
from ledger.store.engines import Row, Store
from sepa.identifiers.ids import NOT_PROVIDED

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which staged entries one unit of work takes: those of a file, of an account, or all."""

    file_sha256: str | None = None
    iban: str | None = None


_TABLES = {
    "match_entry": "seq BIGINT, office TEXT, id BIGINT",
    "match_key": "seq BIGINT, line BIGINT, key TEXT, strong INTEGER, place TEXT, iban TEXT",
    "match_target": """seq BIGINT, line BIGINT, key TEXT, strong INTEGER, place TEXT, office TEXT, item BIGINT,
        account TEXT, open_cents BIGINT, party BIGINT, profile TEXT, claim_kind TEXT, due TEXT, foreign_number INTEGER,
        match_key TEXT, own_iban INTEGER""",
    "match_payment": """seq BIGINT, line BIGINT, office TEXT, run BIGINT, number BIGINT, cents BIGINT, state TEXT,
        iban TEXT""",
    "match_run": "seq BIGINT, office TEXT, run BIGINT, iban TEXT, open_cents BIGINT",
}
_GATHER = """
    INSERT INTO match_entry (seq, office, id)
    SELECT row_number() OVER (ORDER BY e.bank_day, e.iban, e.id), e.office, e.id
    FROM bank_entry e
    WHERE e.state = 'staged' AND e.amount_cents <> 0
      AND (CAST(:iban AS TEXT) IS NULL OR e.iban = :iban)
      AND (CAST(:file AS TEXT) IS NULL
           OR e.statement IN (SELECT s.id FROM statement s WHERE s.file_sha256 = :file))"""
_TEXTS = """
    SELECT m.seq, 0, e.amount_cents, e.end_to_end_id, e.creditor_reference, e.counter_iban, e.remittance,
           e.payment_information_id, e.message_id, e.return_reason, e.detail_count
    FROM match_entry m JOIN bank_entry e ON e.office = m.office AND e.id = m.id
    WHERE m.seq > :start AND m.seq <= :stop"""
_DETAIL_TEXTS = """
    SELECT m.seq, d.line, e.amount_cents, d.end_to_end_id, d.creditor_reference, d.counter_iban, d.remittance,
           NULL, NULL, d.return_reason, 0
    FROM match_entry m JOIN bank_entry e ON e.office = m.office AND e.id = m.id
    JOIN bank_detail d ON d.office = m.office AND d.entry = m.id
    WHERE e.detail_count > 1 AND m.seq > :start AND m.seq <= :stop"""
RULES = {
    "reference": """
        INSERT INTO match_target
        SELECT k.seq, k.line, k.key, k.strong, k.place, i.office, i.id, i.account, i.open_cents, i.party, i.profile,
               i.claim_kind, i.due, 0, NULL, 0
        FROM match_key k
        LEFT JOIN item i ON i.reference = k.key AND i.kind = 'receivable' AND i.foreign_reference = 0
        WHERE k.strong = 1 AND k.place IN ('text', 'structured')""",
    "evidence": """
        INSERT INTO match_target
        SELECT k.seq, k.line, k.key, k.strong, k.place, i.office, i.id, i.account, i.open_cents, i.party, i.profile,
               i.claim_kind, i.due, i.foreign_reference, p.match_key,
               CASE WHEN EXISTS (SELECT 1 FROM party_account a WHERE a.party = i.party AND a.iban = k.iban
                                 AND a.kind = 'own' AND a.until IS NULL) THEN 1 ELSE 0 END
        FROM match_key k
        JOIN item i ON i.reference = k.key AND i.kind = 'receivable'
        LEFT JOIN party p ON p.id = i.party
        WHERE (k.strong = 0 OR i.foreign_reference = 1) AND k.place IN ('text', 'structured', 'end_to_end')""",
    "side_claims": """
        INSERT INTO match_target
        SELECT t.seq, t.line, t.key, t.strong, t.place, s.office, s.id, s.account, s.open_cents, s.party, s.profile,
               s.claim_kind, s.due, t.foreign_number, t.match_key, t.own_iban
        FROM match_target t
        JOIN item s ON s.office = t.office AND s.main_item = t.item AND s.kind = 'receivable'
        WHERE s.reference IS NULL OR s.reference <> t.key""",
    "payment": """
        INSERT INTO match_payment
        SELECT k.seq, k.line, p.office, p.run, p.line, p.cents, p.state, r.iban
        FROM match_key k JOIN payment p ON p.end_to_end_id = k.key
        JOIN payment_run r ON r.office = p.office AND r.id = p.run
        WHERE k.place = 'payment'""",
    "run": """
        INSERT INTO match_run
        SELECT k.seq, r.office, r.id, r.iban,
               coalesce((SELECT sum(p.cents) FROM payment p WHERE p.office = r.office AND p.run = r.id
                         AND p.state IN ('released', 'exported')), 0)
        FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'run') k
        JOIN payment_run r ON r.message_id = k.key""",
}
"""One statement for each rule of the ladder that looks into the book."""
_ENTRIES = """
    SELECT m.seq, e.office, e.id, e.iban, b.account, e.bank_day, e.value_day, e.amount_cents, e.reversal, e.gvc,
           e.name, e.counter_iban, e.remittance, e.return_reason, e.detail_count
    FROM match_entry m JOIN bank_entry e ON e.office = m.office AND e.id = m.id
    JOIN bank_account b ON b.iban = e.iban
    WHERE m.seq > :start AND m.seq <= :stop ORDER BY m.seq"""
_DETAILS = """
    SELECT m.seq, d.line, d.amount_cents, d.name, d.counter_iban, d.remittance, d.return_reason
    FROM match_entry m JOIN bank_detail d ON d.office = m.office AND d.entry = m.id
    JOIN bank_entry e ON e.office = m.office AND e.id = m.id
    WHERE e.detail_count > 1 AND m.seq > :start AND m.seq <= :stop ORDER BY m.seq, d.line"""


def gather(store: Store, scope: Scope) -> int:
    """Fill the temporary tables of one match and return how many entries it has; inside a unit of work."""
    for name, columns in _TABLES.items():
        store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    count = store.execute(_GATHER, iban=scope.iban, file=scope.file_sha256)
    if not count:
        return 0
    finder = book_finder(store)
    for start in range(0, count, CHUNK):
        store.insert("match_key", ("seq", "line", "key", "strong", "place", "iban"), _keys(store, finder, start))
    _look_up(store)
    return count


def drop(store: Store) -> None:
    """Remove the temporary tables of a match."""
    for name in _TABLES:
        store.execute(f"DROP TABLE {name}")


def book_finder(store: Store) -> Finder:
    """Return the finder for the schemes and foreign numbers of the book."""
    sql = "SELECT DISTINCT length(reference) FROM item WHERE foreign_reference = 1 AND kind = 'receivable'"
    return Finder(active_schemes(store), frozenset(length for (length,) in store.rows(sql)))


def _keys(store: Store, finder: Finder, start: int) -> Iterator[Row]:
    """Yield the keys of one chunk of entries: references, and identifiers that may be ours."""
    where = {"start": start, "stop": start + CHUNK}
    for row in [*store.all(_TEXTS, **where), *store.all(_DETAIL_TEXTS, **where)]:
        seq, line, cents, end_to_end, structured, iban, text, batch, message, reason, details = row
        if end_to_end and end_to_end != NOT_PROVIDED and (cents < 0 or reason):
            yield seq, line, end_to_end, 1, "payment", None
        if cents < 0:
            runs = {name for name in (batch, message, (batch or "").rpartition("-")[0]) if name}
            yield from ((seq, line, name, 1, "run", None) for name in sorted(runs))
        elif details <= 1 and not reason:
            for key, (strong, place) in _references(finder, text, structured, end_to_end).items():
                yield seq, line, key, int(strong), place, iban


def _references(
    finder: Finder, text: str | None, structured: str | None, end_to_end: str | None
) -> dict[str, tuple[bool, str]]:
    """Return the references of one transaction with the place where each is surest."""
    found: dict[str, tuple[bool, str]] = {}
    if text:
        found = {key: (strong, "text") for key, strong in finder.in_text(text).items()}
    if structured:
        found |= {key: (strong, "structured") for key, strong in finder.structured(structured).items()}
    if end_to_end and end_to_end != NOT_PROVIDED:
        for key, strong in finder.possible(end_to_end).items():
            found.setdefault(key, (strong, "end_to_end"))
    return found


def _look_up(store: Store) -> None:
    """Run the statement of every rule that can find anything."""
    places = {place for (place,) in store.rows("SELECT DISTINCT place FROM match_key")}
    side = store.value("SELECT 1 FROM item WHERE main_item IS NOT NULL LIMIT 1")
    needs = {"payment": "payment" in places, "run": "run" in places, "side_claims": bool(side)}
    if store.engine.name == "postgresql":
        store.execute("ANALYZE match_key")  # it plans for an empty table otherwise
    for name, statement in RULES.items():
        if needs.get(name, True):
            store.execute(statement)


def cases(store: Store, count: int) -> Iterator[list[list[Case]]]:
    """Yield the entries in bank order, in chunks, each as the cases of its parts with their candidates."""
    for start in range(0, count, CHUNK):
        where = {"start": start, "stop": start + CHUNK}
        targets = _by_part(store, "match_target", Target, where)
        payments = _by_part(store, "match_payment", OwnPayment, where)
        runs: defaultdict[int, list[OwnRun]] = defaultdict(list)
        for row in store.rows(_selected("match_run", "seq, run"), **where):
            runs[row[0]].append(OwnRun._make(row))
        parts: defaultdict[int, list[Part]] = defaultdict(list)
        for seq, *part in store.rows(_DETAILS, **where):
            parts[seq].append(Part._make(part))
        chunk = []
        for row in store.rows(_ENTRIES, **where):
            entry = Staged._make(row)
            own_runs = tuple(runs.get(entry.seq, ()))
            chunk.append(
                [
                    Case(
                        entry,
                        part,
                        tuple(targets.get((entry.seq, part.line), ())),
                        tuple(payments.get((entry.seq, part.line), ())),
                        own_runs,
                    )
                    for part in parts.get(entry.seq) or (whole_part(entry),)
                ]
            )
        yield chunk


def _selected(table: str, order: str) -> str:
    return f"SELECT * FROM {table} WHERE seq > :start AND seq <= :stop ORDER BY {order}"


def _by_part(store: Store, table: str, kind: Any, where: dict[str, int]) -> dict[tuple[int, int], list[Any]]:
    found: dict[tuple[int, int], list[Any]] = {}
    order = "seq, line, key, office, item" if table == "match_target" else "seq, line, office, run, number"
    for row in store.rows(_selected(table, order), **where):
        found.setdefault((row[0], row[1]), []).append(kind._make(row))
    return found


def bank_rules(store: Store) -> Sequence[BankRule]:
    """Return the active rules of the Kasse by rank."""
    sql = """SELECT id, name, direction, role, account, gvc, iban, counter_iban, pattern, min_cents, max_cents
             FROM bank_rule WHERE active = 1 ORDER BY rank, id"""
    return [_rule(*row) for row in store.rows(sql)]


def _rule(*row: Any) -> BankRule:
    number, name, direction, role, account, gvc, iban, counter_iban, pattern, least, most = row
    compiled = re.compile(pattern, re.IGNORECASE) if pattern else None
    return BankRule(number, name, direction, role, account, gvc, iban, counter_iban, compiled, least, most)
