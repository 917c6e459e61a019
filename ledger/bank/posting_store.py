"""Matching and posting what is staged, as one unit of work: whole or absent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from ledger.bank.effects_store import apply_effects
from ledger.bank.ladder import decide, paid_at_once
from ledger.bank.match_store import Candidates, Scope, candidates, drop, gather
from ledger.bank.matching import Decision, ItemKey, Paid, Running, Staged
from ledger.bank.overpaid_store import still_owing
from ledger.bank.posting import CASE_COLUMNS, MATCH_COLUMNS, Plan, Records, fresh_items, note, plan
from ledger.bank.rules_store import bank_rules
from ledger.bank.rungs import Data
from ledger.bank.settled_store import entries_of, settle
from ledger.book.store import Poster, account_with_role, kasse_office, office_codes
from ledger.events.store import record
from ledger.items.settlement import Order
from ledger.items.store import NewClearing, clear, insert_items, reserve_items
from ledger.payments.collection_policy_store import policy_of
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

EVERYTHING = Scope()
COUNTED = (
    "posted", "matched", "executed", "returned", "transfers", "fees", "suspense", "advances", "surpluses", "late",
)  # fmt: skip


class LatePostingError(KasseError):
    """A bank entry of a closed day, posted on the first open day (Schwebeposten)."""

    code = "bank.late"
    template = N_("{bank_day} is closed: {amount_cents} on {iban} was posted on {posting_day} as entry {entry}")
    hint = N_("name it in the closing of {posting_day}; the bank delivered it late")
    severity = "warning"


@dataclass(slots=True)
class Outcome:
    """What became of the staged entries: how many, and what needs attention.

    `matched` are entries that a rule decided wholly (of these `executed` own payments and runs, `returned` what came
    back, `transfers` between own accounts, `fees` by a rule of the Kasse), `suspense` and `advances` those with money
    left to clarify; `surpluses` made a credit. `late` are entries of a closed day.
    """

    entries: int = 0
    posted: int = 0
    matched: int = 0
    executed: int = 0
    returned: int = 0
    transfers: int = 0
    fees: int = 0
    suspense: int = 0
    advances: int = 0
    surpluses: int = 0
    late: int = 0
    credit_cents: int = 0
    debit_cents: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    findings: list[KasseError] = field(default_factory=list)

    def count(self, decision: Decision) -> None:
        """Add one decision."""
        entry, shares = decision
        cents = entry.amount_cents
        self.posted += 1
        if cents > 0:
            self.credit_cents += cents
        else:
            self.debit_cents -= cents
        acts = {share.act for share in shares}
        self.surpluses += "surplus" in acts
        if "clarify" in acts:
            self.suspense += cents > 0
            self.advances += cents < 0
            self.reasons[shares[-1].rule] += 1
            return
        self.matched += 1
        self.executed += bool(acts & {"transit", "collect"})
        self.returned += "reopen" in acts
        self.transfers += "transfer" in acts
        self.fees += "account" in acts

    def count_settled(self, entry: Staged) -> None:
        """Add an entry that pays an item and does nothing else."""
        self.posted += 1
        self.matched += 1
        self.credit_cents += entry.amount_cents

    def add(self, other: Outcome) -> None:
        """Add what another unit of work did."""
        for name in ("entries", *COUNTED, "credit_cents", "debit_cents"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)
        self.findings += other.findings


def post_staged(store: Store, scope: Scope = EVERYTHING, *, orders: Mapping[str, Order] | None = None) -> Outcome:
    """Match and post the staged entries of the scope, all in one unit of work, and return what became of them.

    `orders` are the settlement orders by profile (default: those that come with kasse). Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), "clerk", "machine")
    outcome = Outcome()
    with store.unit(office_codes(store)):
        post_in_unit(store, scope, outcome, orders)
    return outcome


def post_in_unit(store: Store, scope: Scope, outcome: Outcome, orders: Mapping[str, Order] | None = None) -> None:
    """Match and post the staged entries of the scope; inside a unit of work that holds all offices."""
    with without_collector():
        found = gather(store, scope)
        outcome.entries = found
        if found:
            matched = _Matched(store, outcome, matching_data(store, orders))
            for chunk in candidates(store, found):
                matched.post(chunk)
            matched.finish()
            _note_event(store, scope, outcome)
        drop(store)


def matching_data(store: Store, orders: Mapping[str, Order] | None) -> Data:
    """Return what the rungs decide by besides candidates."""
    own = frozenset(iban for (iban,) in store.rows("SELECT iban FROM bank_account"))
    return Data(tuple(bank_rules(store)), orders, own, kasse_office(store), policy_of(store))


class _Matched:
    """Posts chunk after chunk and remembers between them what is used up, and which accounts have which role."""

    def __init__(self, store: Store, outcome: Outcome, data: Data) -> None:
        self.store = store
        self.outcome = outcome
        self.data = data
        self.running = Running()
        self.poster = Poster(store)
        self.closed = str(store.value("SELECT max(last_day) FROM closing") or "")
        self.accounts: dict[tuple[str, str], str] = {}
        self.credits: list[ItemKey] = []
        self.clearings: list[NewClearing] = []
        self.runs: list[Row] = []
        self.effects: dict[str, list[Row]] = {}
        for name, columns in _TABLES.items():
            store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")

    def post(self, chunk: Sequence[Candidates]) -> None:
        """Decide, post and write down a chunk of entries."""
        decided = [self._decide(one) for one in chunk]
        plans = self._plans([one for one in decided if isinstance(one, Decision)])
        self.poster.expect(sum(map(entries_of, decided)) + sum(len(each.drafts) for each in plans))
        records, planned = Records(), iter(plans)
        for one in decided:
            entry, day = one[0], self.posting_day(one[0].bank_day)
            if isinstance(one, Paid):
                settle(self.poster, records, one, day)
                self.outcome.count_settled(entry)
            else:
                self._post_plan(records, next(planned), day)
                self.outcome.count(one)
            if day != entry.bank_day:
                self._note_late(entry, day)
        self.poster.flush()
        self._write(records)

    def _decide(self, one: Candidates) -> Decision | Paid:
        entry, named, found, parts = one
        target = None if parts or found else paid_at_once(entry, named.get(0, ()), self.running, self.data)
        if target is None:
            return decide(one.cases(), self.running, self.data)
        self.running.settle(target)
        return Paid(entry, target)

    def _plans(self, decisions: Sequence[Decision]) -> list[Plan]:
        numbers = self._numbers(decisions)
        return [plan(d, self.posting_day(d.entry.bank_day), self.role, lambda o: next(numbers[o])) for d in decisions]

    def _post_plan(self, records: Records, each: Plan, day: str) -> None:
        posted = [self.poster.draft(draft) for draft in each.drafts]
        note(records, each, {one.office: one.position for one in posted}, day)

    def posting_day(self, bank_day: str) -> str:
        """Return the day an entry is posted on: its own, or the first open one."""
        if bank_day > self.closed:
            return bank_day
        return (dt.date.fromisoformat(self.closed) + dt.timedelta(days=1)).isoformat()

    def role(self, office: str, role: str) -> str:
        """Return the number of the office's account with that role."""
        if role == "kasse":
            return self.data.kasse
        found = self.accounts.get((office, role))
        if found is None:
            found = self.accounts[office, role] = account_with_role(self.store, office, role)
        return found

    def _numbers(self, decisions: Sequence[Decision]) -> Mapping[str, Iterator[int]]:
        wanted = Counter(office for decision in decisions for office in fresh_items(decision))
        return {office: count(reserve_items(self.store, office, n)) for office, n in sorted(wanted.items())}

    def _note_late(self, entry: Staged, day: str) -> None:
        self.outcome.late += 1
        self.outcome.findings.append(
            LatePostingError(
                entry=f"{entry.office}-{day[:4]}-{self.poster.last_number(entry.office, day[:4])}",
                iban=entry.iban,
                amount_cents=entry.amount_cents,
                bank_day=entry.bank_day,
                posting_day=day,
            )
        )

    def _write(self, records: Records) -> None:
        store = self.store
        insert_items(store, records.items)
        self.credits += [(item.office, item.id) for item in records.items if item.kind == "credit"]
        self.clearings += records.clearings
        store.insert("bank_match", MATCH_COLUMNS, records.matches)
        store.insert("suspense_case", CASE_COLUMNS, records.cases)
        store.insert("match_posted", ("office", "id", "position"), records.posted)
        store.insert("match_paid", ("office", "run", "number", "bank_office", "bank_entry"), records.payments)
        self.runs += records.runs
        for name, rows in records.effects.items():
            self.effects.setdefault(name, []).extend(rows)

    def finish(self) -> None:
        """Clear what was settled, in one pass over the items, and mark entries as posted, payments as executed."""
        self.poster.finish()
        clear(self.store, self.clearings)
        self.outcome.findings += still_owing(self.store, self.credits, self.store.today)
        self.store.execute(_MARK_POSTED)
        touched = set(self.store.rows("SELECT DISTINCT office, run FROM match_paid"))
        self.store.execute(_MARK_PAID)
        execute_runs(self.store, self.runs, touched)
        apply_effects(self.store, self.effects)
        for name in _TABLES:
            self.store.execute(f"DROP TABLE {name}")


def execute_runs(store: Store, booked: Iterable[Row], also: Iterable[tuple[str, int]] = ()) -> None:
    """Mark what is left of runs as executed, and close the runs of which nothing is left; inside a unit.

    `booked` are (office, run, file or 0, office and number of the bank entry); `also` are runs of which single
    payments were executed.
    """
    touched = {(str(office), int(run)) for office, run in also}
    for office, run, file, bank_office, bank_entry in booked:
        given = {"bank_office": bank_office, "bank_entry": bank_entry, "file": file}
        store.execute(_MARK_RUN, office=office, run=run, **given)
        touched.add((office, run))
    for office, run in sorted(touched):
        store.execute(_CLOSE_RUN, office=office, run=run)
        done = store.one(_EXECUTED, office=office, run=run)
        assert done is not None, "a count has a row"
        record(store, office, "payment.execute", f"run:{run}", {"payments": done[0], "cents": done[1]})


_TABLES = {
    "match_posted": "office TEXT, id BIGINT, position BIGINT",
    "match_paid": "office TEXT, run BIGINT, number BIGINT, bank_office TEXT, bank_entry BIGINT",
}
_MARK_POSTED = """
    UPDATE bank_entry SET state = 'posted', position = m.position
    FROM match_posted m WHERE bank_entry.office = m.office AND bank_entry.id = m.id"""
_MARK_PAID = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = m.bank_office, bank_entry = m.bank_entry
    FROM match_paid m WHERE payment.office = m.office AND payment.run = m.run AND payment.line = m.number"""
_MARK_RUN = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = :bank_office, bank_entry = :bank_entry
    WHERE office = :office AND run = :run AND (:file = 0 OR file = :file) AND state IN ('released', 'exported')"""
_CLOSE_RUN = """
    UPDATE payment_run SET state = 'executed'
    WHERE office = :office AND id = :run AND state IN ('released', 'exported') AND NOT EXISTS (
        SELECT 1 FROM payment p WHERE p.office = :office AND p.run = :run
        AND p.state IN ('proposed', 'released', 'exported'))"""
_EXECUTED = """
    SELECT count(*), coalesce(sum(cents), 0) FROM payment
    WHERE office = :office AND run = :run AND state = 'executed'"""


def _note_event(store: Store, scope: Scope, outcome: Outcome) -> None:
    """Record one event for the unit of work: what was posted, in counts and sums."""
    facts = {name: getattr(outcome, name) for name in COUNTED}
    facts |= {"credit_cents": outcome.credit_cents, "debit_cents": outcome.debit_cents}
    what = f"file:{scope.file_sha256}" if scope.file_sha256 else f"account:{scope.iban}" if scope.iban else None
    record(store, kasse_office(store), "bank.post", what, facts)
