"""Any sequence of collecting, paying in, coming back and trying again keeps every cent and collects nothing twice."""

import datetime as dt
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.payments.collection_export_store import note_export
from ledger.payments.collection_propose_store import propose
from ledger.payments.collection_reader import run_named, runs
from ledger.payments.collection_steps_store import discard, release, review
from ledger.payments.collection_void_store import void
from ledger.payments.mandate_reader import mandates
from ledger.payments.mandate_steps_store import resume
from tests.bankbooks import check_invariants, staged
from tests.books import act, opened
from tests.examples import few
from tests.ledger.collection_texts import claims, ready, written
from tests.ledger.mandate_texts import mandate

CLAIMS = """
    BAU 100,00 2026-10-01 Meyer 1
    BAU 20,00 2026-10-02 Meyer 2
    ORDNUNG 3,33 2026-10-03 Schulz 3
"""
REASONS = ["AM04", "MS03", "MD01", "MD06", "AC04", "TM01", ""]
STEPS = st.one_of(
    st.tuples(st.just("run"), st.sampled_from(["release", "discard", "void", "export"])),
    st.tuples(st.just("credit"), st.sampled_from(["whole", "batch", "again"])),
    st.tuples(st.just("return"), st.integers(1, 3), st.sampled_from(REASONS), st.sampled_from([0, 250, 9999])),
    st.tuples(st.just("resume"), st.just("")),
    st.tuples(st.just("wait"), st.integers(1, 20)),
)
_IN_TRANSIT = """
    SELECT coalesce(sum(c.cents), 0) FROM collection c
    WHERE c.state NOT IN ('proposed', 'discarded', 'voided', 'rejected', 'recalled') AND c.credit_entry IS NULL"""
_BALANCE = """SELECT coalesce(sum(p.cents), 0) FROM posting p
    JOIN account a ON a.office = p.office AND a.number = p.account WHERE a.role = 'transit_in'"""
_TWICE = """
    SELECT i.office, i.id FROM item i WHERE (
        SELECT coalesce(sum(p.cents), 0) FROM collection_item p
        JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
        WHERE p.item_office = i.office AND p.item = i.id
          AND c.state NOT IN ('proposed', 'discarded', 'voided', 'rejected', 'recalled', 'returned', 'reversed')
    ) > i.amount_cents - i.open_cents"""
_UNDONE = """
    SELECT p.item_office, p.item FROM collection_item p
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
    WHERE (c.state IN ('returned', 'reversed', 'rejected', 'recalled', 'voided')) <> EXISTS (
        SELECT 1 FROM clearing r WHERE r.office = p.item_office AND r.resets = p.clearing)"""


class World:
    """Plays steps against a book, a day at a time, whether they are allowed or not."""

    def __init__(self, store) -> None:
        self.store = store
        self.day = dt.date(2026, 11, 16)

    def play(self, step: tuple) -> None:
        getattr(self, step[0])(*step[1:])

    def run(self, until: str) -> None:
        for made in propose(act(self.store, "dirk"), today=self.day).runs:
            if until == "discard":
                discard(self.store, made.number)
                continue
            review(act(self.store, "dirk"), made.number, today=self.day)
            release(act(self.store, "emil"), made.number, sum_cents=made.total_cents, today=self.day)
            if until == "void":
                void(act(self.store, "dirk"), made.number, "nie gesendet", today=self.day)
                void(act(self.store, "emil"), made.number, today=self.day)
            elif until == "export":
                digest = hashlib.sha256(written(self.store, made.number)).hexdigest()
                note_export(act(self.store, "dirk"), made.number, digest)

    def credit(self, how: str) -> None:
        for run in runs(self.store):
            if run.message_id and run.state in ({"executed"} if how == "again" else {"exported"}):
                name = (
                    {"payment_information_id": f"{run.message_id}-1"}
                    if how == "batch"
                    else {"message_id": run.message_id}
                )
                cents = self.store.value(
                    "SELECT sum(cents) FROM collection WHERE run = :run AND (batch = 1 OR :whole = 1)",
                    run=run.number, whole=int(how != "batch"),
                )  # fmt: skip
                self._bank(cents, gvc="192", **name)

    def _bank(self, cents: int, **more) -> None:
        sign, cents = "-" if cents < 0 else "", abs(cents)
        staged(self.store, f"{sign}{cents // 100},{cents % 100:02}", day=self.day.isoformat(), **more)
        post_staged(act(self.store, "clara"))

    def __getattr__(self, name: str):
        return {"return": self.come_back}[name]

    def come_back(self, line: int, reason: str, fee: int) -> None:
        last = max((run.number for run in runs(self.store)), default=0)
        row = self.store.one(
            "SELECT end_to_end_id, cents FROM collection WHERE run = :run AND line = :line", run=last, line=line
        )
        if row is not None and run_named(self.store, last).message_id:
            self._bank(-row[1] - fee, end_to_end_id=row[0], return_reason=reason or None, gvc="109")

    def resume(self, _: str) -> None:
        for one in mandates(self.store):
            if one.state == "suspended":
                resume(act(self.store, "dirk"), one.number, "geklärt")

    def wait(self, days: int) -> None:
        self.day += dt.timedelta(days=days)


def check(store) -> None:
    check_invariants(store)
    assert store.value(_BALANCE) == store.value(_IN_TRANSIT)
    assert store.all(_TWICE) == []
    assert store.all(_UNDONE) == []


def prepared(location):
    store = opened(location)
    ready(store)
    claims(store, CLAIMS)
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-01-01 last_used=2026-06-01")
    return store


@few(15)
@given(st.lists(STEPS, max_size=12))
def test_no_step_loses_a_cent_or_collects_twice(sqlite_template, tmp_path_factory, steps):
    from tests.books import sqlite_copy

    with sqlite_copy(sqlite_template, tmp_path_factory.mktemp("collect")) as location:
        store = prepared(location)
        world = World(store)
        for step in steps:
            world.play(step)
            check(store)
        store.close()


def test_the_same_on_both_engines(store):
    ready(store)
    claims(store, CLAIMS)
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-01-01 last_used=2026-06-01")
    world = World(store)
    for step in (
        ("run", "void"), ("run", "export"), ("return", 1, "AM04", 250), ("credit", "whole"), ("credit", "again"),
        ("return", 1, "AM04", 0), ("return", 2, "MD06", 9999), ("wait", 15), ("run", "export"), ("return", 1, "AM04", 0),
        ("credit", "whole"), ("resume", ""), ("wait", 20), ("run", "export"),
    ):  # fmt: skip
        world.play(step)
        check(store)
    assert verify(store).findings == ()
    seen = [row[0] for row in store.rows("SELECT state FROM collection ORDER BY run, line")]
    assert (seen.count("voided"), seen.count("returned"), seen.count("collected")) == (3, 1, 2)
