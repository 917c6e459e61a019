"""The books against a model made of dicts: whatever is posted, cleared, reset, reversed and closed, they agree."""

import os
import shutil
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from ledger.book.closing_service import close_day
from ledger.book.entry import ClosedPeriodError, Posting
from ledger.book.journal import EntryNumber
from ledger.book.reversal import AlreadyReversedError, SettledItemError
from ledger.book.reversal_store import reverse
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from ledger.items.store import NewClearing, NewItem, clear, insert_items, opening_posting, posting_for, reserve_items
from ledger.reports.balances_store import trial_balance
from tests import books

PLAIN = ["3000", "5900", "6100", "2890"]
FAR = "2099-12-31"
NO_STATEMENT = dict.fromkeys((books.MAIN_IBAN, books.SECOND_IBAN), "kein Auszug")


class Books(RuleBasedStateMachine):
    """Rules act on the store and on the model alike; invariants compare the two."""

    open_location = None
    thorough = False
    entries = Bundle("entries")
    items = Bundle("items")

    def __init__(self):
        super().__init__()
        self.store, self.close_location = type(self).open_location()
        books.act(self.store, "clara")
        self.day = date(2026, 11, 16)
        self.closed = None
        self.balances = defaultdict(int)
        self.open = {}
        self.amounts = {}
        self.postings = {}  # entry -> {(office, account): cents}
        self.effects = {}  # entry -> {item: cents taken off}
        self.made = {}  # entry -> item
        self.reversed = set()

    def teardown(self):
        try:
            assert verify(self.store).findings == ()
        finally:
            self.store.close()
            self.close_location()

    def _post(self, drafts, effects=None):
        posted = post(self.store, drafts)
        key = EntryNumber(posted[0].office, posted[0].year, posted[0].number)
        moved = defaultdict(int)
        for draft in drafts:
            for posting in draft.postings:
                moved[draft.office, posting.account] += posting.cents
        for account, cents in moved.items():
            self.balances[account] += cents
        self.postings[key], self.effects[key] = moved, effects or {}
        return posted, key

    @rule(target=entries, a=st.sampled_from(PLAIN), b=st.sampled_from(PLAIN), cents=st.integers(1, 10**12),
          ahead=st.integers(-3, 3))  # fmt: skip
    def post_entry(self, a, b, cents, ahead):
        day = str(self.day + timedelta(days=ahead))
        draft = books.entry(f"{a} 0,01", f"{b} -0,01", day=day)
        draft = type(draft)("KASSE", "manual", day, (Posting(a, cents), Posting(b, -cents)))
        if self.closed and day <= self.closed:
            with pytest.raises(ClosedPeriodError), self.store.unit(["KASSE"]):
                self._post([draft])
            return multiple()
        with self.store.unit(["KASSE"]):
            return self._post([draft])[1]

    @rule(target=entries, cents=st.integers(1, 10**9))
    def post_across(self, cents):
        lines = {"KASSE": [Posting("2890", cents)], "BAU": [Posting("5900", -cents)]}
        drafts = across("KASSE", lines, kind="transfer", posting_day=str(self.day), group=1)
        with self.store.unit(["BAU", "KASSE"]):
            return self._post(drafts)[1]

    @rule(target=items, cents=st.integers(1, 10**9), side=st.sampled_from("DC"))
    def make_item(self, cents, side):
        account, kind = ("2400", "receivable") if side == "D" else ("4400", "payable")
        day = str(self.day)
        with self.store.unit(["KASSE"]):
            item = reserve_items(self.store, "KASSE")
            line = opening_posting(side, account, item, cents)
            draft = books.entry("3000 0,01", "5900 -0,01")
            draft = type(draft)("KASSE", "manual", day, (line, Posting("5900", -line.cents)))
            posted, key = self._post([draft])
            insert_items(self.store, [NewItem("KASSE", item, kind, account, cents, day, day, posted[0].position)])
        self.open[item] = self.amounts[item] = cents
        self.made[key] = item
        return (item, side, account, key)

    @rule(target=entries, item=items, share=st.integers(1, 100))
    def settle(self, item, share):
        number, side, account, _ = item
        cents = self.open[number] * share // 100
        if not cents:
            return multiple()
        day = str(self.day)
        line = posting_for(side, account, number, cents)
        draft = books.entry("3000 0,01", "5900 -0,01")
        draft = type(draft)("KASSE", "manual", day, (line, Posting("2890", -line.cents)))
        with self.store.unit(["KASSE"]):
            posted, key = self._post([draft], {number: cents})
            clear(self.store, [NewClearing("KASSE", "assign", posted[0].position, day, day, ((number, cents),))])
        self.open[number] -= cents
        return key

    @rule(entry=entries)
    def reverse_entry(self, entry):
        self._reverse(entry)

    @rule(item=items)
    def reverse_item(self, item):
        number, *_, key = item
        if key not in self.reversed and self.open[number] != self.amounts[number]:
            with pytest.raises(SettledItemError):
                reverse(self.store, key, reason="Probe", day=str(self.day))
            return
        self._reverse(key)

    def _reverse(self, key):
        if key in self.reversed:
            with pytest.raises(AlreadyReversedError):
                reverse(self.store, key, reason="Probe", day=str(self.day + timedelta(days=3)))
            return
        reverse(self.store, key, reason="Probe", day=str(self.day + timedelta(days=3)))
        self.reversed.add(key)
        for account, cents in self.postings[key].items():
            self.balances[account] -= cents
        for item, cents in self.effects[key].items():
            self.open[item] += cents
        if key in self.made:
            self.open[self.made[key]] = 0
            self.amounts[self.made[key]] = 0

    @rule()
    def close(self):
        books.act(self.store, "emil")
        close_day(self.store, str(self.day), today=str(self.day), reasons=NO_STATEMENT)
        books.act(self.store, "clara")
        self.closed = str(self.day)
        self.day += timedelta(days=1)

    @invariant()
    def the_books_agree_with_the_model(self):
        found = trial_balance(self.store, FAR)
        shown = {(a.office, a.number): a.balance_cents for a in found.accounts if a.balance_cents}
        assert shown == {account: cents for account, cents in self.balances.items() if cents}
        assert found.sum_cents == 0
        assert dict(self.store.all("SELECT id, open_cents FROM item")) == self.open

    @invariant()
    def the_books_prove_themselves(self):
        assert not self.thorough or verify(self.store).findings == ()  # always at the end: it reads the whole book


def sqlite_opener(template):
    def open_location():
        folder = Path(tempfile.mkdtemp(prefix="kasse-machine-"))
        shutil.copy(template, folder / "kasse.db")
        return books.opened(str(folder / "kasse.db")), lambda: shutil.rmtree(folder)

    return open_location


def postgres_opener(server, template):
    count = iter(range(10**9))

    def open_location():
        name = f"kasse_machine_{os.getpid()}_{next(count)}"
        books.run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        drop = f"DROP DATABASE {name} WITH (FORCE)"
        return books.opened(books.database(server, name)), lambda: books.run_sql(server, drop)

    return open_location


def machine(open_location, examples, steps, thorough=False):
    class Machine(Books):
        pass

    Machine.open_location, Machine.thorough = staticmethod(open_location), thorough
    run_state_machine_as_test(Machine, settings=settings(max_examples=examples, stateful_step_count=steps))


def test_the_books_agree_with_a_model_on_sqlite(sqlite_template):
    machine(sqlite_opener(sqlite_template), examples=15, steps=20)


def test_the_books_agree_with_a_model_on_postgresql(postgres_server, postgres_template):
    machine(postgres_opener(postgres_server, postgres_template), examples=5, steps=15)


@pytest.mark.soak
def test_the_books_agree_with_a_model_for_long(sqlite_template):
    machine(sqlite_opener(sqlite_template), examples=500, steps=60, thorough=True)
