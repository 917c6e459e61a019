"""Reports: balances, open items and unclear money as of any day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.creation import UnknownOfficeError
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.store import NewClearing, clear, posting_for
from ledger.reports.balances_store import bank_balances, trial_balance
from ledger.reports.items_store import open_items, open_totals, unclear_cases
from tests.books import MAIN_IBAN, SECOND_IBAN, act, entry
from tests.ledger.bank_days import COUNTER, bank_entry, claim, new_office, party, receive, settle, take_over


def balances(store, day, **options):
    return {(a.office, a.number): a.balance_cents for a in trial_balance(store, day, **options).accounts}


def items(store, day, **options):
    with store.snapshot():
        return list(open_items(store, day, **options))


def test_a_trial_balance_is_of_the_end_of_its_day(store):
    with store.unit(["KASSE", "BAU"]):
        post(store, [
            entry("2800 5,00", "3000 -5,00", day="2026-10-31"), entry("2800 7", "5900 -7", day="2026-11-15"),
            entry("6100 3", "2800 -3", day="2026-11-16"), entry("6100 2", "5900 -2", day="2026-11-16", office="BAU"),
        ])  # fmt: skip
    assert balances(store, "2026-10-30") == {}
    assert balances(store, "2026-10-31") == {("KASSE", "2800"): 500, ("KASSE", "3000"): -500}
    assert balances(store, "2026-11-15")["KASSE", "2800"] == 1200
    assert balances(store, "2026-12-31", office="BAU") == {("BAU", "5900"): -200, ("BAU", "6100"): 200}
    found = trial_balance(store, "2026-11-16")
    bank = next(a for a in found.accounts if a.number == "2800")
    assert (bank.debit_cents, bank.credit_cents, bank.balance_cents, bank.role) == (1200, 300, 900, "bank")
    assert found.sum_cents == 0


def test_every_account_is_shown_where_all_are_wanted(store):
    every = trial_balance(store, "2026-11-16", every=True).accounts
    assert len(every) == store.value("SELECT count(*) FROM account")
    assert {a.balance_cents for a in every} == {0}


def test_an_unknown_office_is_refused(store):
    with pytest.raises(UnknownOfficeError):
        trial_balance(store, "2026-11-16", office="XX")
    with pytest.raises(UnknownOfficeError):
        items(store, "2026-11-16", office="XX")


def test_bank_balances_are_those_of_the_accounts_open_that_day(store):
    take_over(store, "2026-11-15", "10,00")
    take_over(store, "2026-11-16", "1,00", account="2801")
    assert [(b.iban, b.account, b.balance_cents) for b in bank_balances(store, "2026-11-15")] == [
        (MAIN_IBAN, "2800", 1000), (SECOND_IBAN, "2801", 0),
    ]  # fmt: skip
    with store.unit():
        store.execute("UPDATE bank_account SET closed_on = '2026-11-16' WHERE iban = :iban", iban=SECOND_IBAN)
    assert [b.iban for b in bank_balances(store, "2026-11-16")] == [MAIN_IBAN]
    assert bank_balances(store, "2025-12-31") == ()


def test_open_items_are_as_they_were_that_day(store):
    erika = party(store, "Erika Muster")
    first = claim(store, "100,00", "2026-10-01", due="2026-10-20", reference="R1", party=erika, purpose="Miete")
    claim(store, "50,00", "2026-11-10", "BAU", "payable", due="2026-12-01")
    settle(store, first, "30,00", "2026-10-25")
    settle(store, first, "70,00", "2026-11-12")

    def seen(day, **more):
        return [(i.office, i.kind, i.amount_cents, i.open_cents, i.days_overdue) for i in items(store, day, **more)]

    claimed, paid = ("KASSE", "receivable", 10000), ("BAU", "payable", 5000)
    assert seen("2026-09-30") == []
    assert seen("2026-10-24") == [(*claimed, 10000, 4)]
    assert seen("2026-10-25") == [(*claimed, 7000, 5)]
    assert seen("2026-11-11") == [(*paid, 5000, 0), (*claimed, 7000, 22)]
    assert seen("2026-11-12") == [(*paid, 5000, 0)]
    assert seen("2026-11-11", office="KASSE") == [(*claimed, 7000, 22)]
    assert seen("2026-11-11", kind="payable") == [(*paid, 5000, 0)]
    one = items(store, "2026-10-24")[0]
    assert (one.reference, one.party, one.party_number, one.due, one.purpose) == (
        "R1", "Erika Muster", erika, "2026-10-20", "Miete",
    )  # fmt: skip


def test_a_reset_after_the_day_does_not_change_what_was_open_on_it(store):
    item = claim(store, "100,00", "2026-11-02")
    posted, number = settle(store, item, "40,00", "2026-11-03")
    with store.unit(["KASSE"]):
        mirror = (posting_for("D", "2400", item, -4000), Posting("2890", -4000))
        (back,) = post(store, [Draft("KASSE", "reversal", "2026-11-05", mirror, reverses=posted.position)])
        reset = NewClearing("KASSE", "reset", back.position, "2026-11-05", "2026-11-03", ((item, -4000),), number)
        clear(store, [reset])
    days = ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06"]
    assert [items(store, day)[0].open_cents for day in days] == [10000, 6000, 6000, 10000, 10000]


def test_unclear_money_shows_what_the_bank_said(store):
    posted = receive(store, "2026-11-10", "25,00")
    number = bank_entry(
        store, "2026-11-09", "12,50", posted=posted, name="Max Muster", counter_iban=SECOND_IBAN, remittance="Danke"
    )
    item = claim(store, "12,50", "2026-11-10", kind="suspense", how="bank")
    advance = claim(store, "3,00", "2026-11-11", kind="advance", how="bank", purpose="Lastschrift")
    with store.unit():
        owner = act(store, "dirk").user
        store.insert_one("suspense_case", office="KASSE", item=item, entry=number, reason="no_reference", owner=owner)
    with store.snapshot():
        old, young = unclear_cases(store, "2026-11-20")
        assert list(unclear_cases(store, "2026-11-20", office="BAU")) == []
        assert [case.number for case in unclear_cases(store, "2026-11-10")] == [item]
    assert (old.number, old.kind, old.bank_day, old.amount_cents, old.name, old.bank_account, old.remittance) == (
        item, "suspense", "2026-11-09", 1250, "Max Muster", SECOND_IBAN, "Danke",
    )  # fmt: skip
    assert (old.age_days, old.reason, old.owner) == (11, "no_reference", "dirk")
    assert (young.number, young.kind, young.bank_day, young.name) == (advance, "advance", "2026-11-11", "Lastschrift")


DAYS = [f"2026-{month:02d}-{day:02d}" for month in (10, 11) for day in (1, 2, 15, 30)] + ["2026-10-31"]
STEPS = st.tuples(
    st.sampled_from(["claim", "settle", "reset", "plain"]),
    st.sampled_from(sorted(COUNTER)),
    st.sampled_from(DAYS),
    st.integers(1, 500),
    st.integers(0, 30),
)


class Town:
    """An office of its own in which random things happen, and what a reader of all rows would say of it."""

    def __init__(self, store, code):
        self.store, self.code = store, code
        self.open, self.cleared = [], []
        new_office(store, code)

    def step(self, what, kind, day, cents, pick):
        if what == "claim":
            self.open.append([kind, claim(self.store, cents, day, self.code, kind), cents, day])
        elif what == "plain":
            with self.store.unit([self.code]):
                post(self.store, [Draft(self.code, "manual", day, (Posting("6100", cents), Posting("5900", -cents)))])
        elif what == "settle" and self.open:
            self.settle(self.open[pick % len(self.open)], day, cents)
        elif what == "reset" and self.cleared:
            self.reset(self.cleared.pop(pick % len(self.cleared)), day)

    def settle(self, known, day, cents):
        kind, item, left, since = known
        part = min(cents, left)
        if part and day >= since:
            posted, number = settle(self.store, item, part, day, self.code, kind)
            known[2] -= part
            self.cleared.append((known, posted, number, part, day))

    def reset(self, clearing, day):
        known, posted, number, part, since = clearing
        if day < since:
            return
        kind, item = known[0], known[1]
        account, side, _ = COUNTER[kind]
        line = posting_for(side, account, item, -part)
        with self.store.unit([self.code]):
            lines = (line, Posting("2890", -line.cents))
            (back,) = post(self.store, [Draft(self.code, "reversal", day, lines, reverses=posted.position)])
            reset = NewClearing(self.code, "reset", back.position, day, day, ((item, -part),), resets=number)
            clear(self.store, [reset])
        known[2] += part

    def recomputed(self, day):
        rows = self.store.rows(
            """SELECT p.account, sum(p.cents) FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
               WHERE p.office = :office AND e.posting_day <= :day GROUP BY p.account""",
            office=self.code, day=day,
        )  # fmt: skip
        return {account: int(cents) for account, cents in rows if cents}


@pytest.fixture
def codes():
    return iter(f"T{number}" for number in range(10_000))


@given(steps=st.lists(STEPS, max_size=12), day=st.sampled_from([*DAYS, "2026-11-14", "2026-12-01"]))
def test_any_days_balances_equal_their_recomputation_and_the_sum_of_open_items(store, codes, steps, day):
    town = Town(store, next(codes))
    for step in steps:
        town.step(*step)
    found = trial_balance(store, day, office=town.code)
    assert found.sum_cents == 0
    books = {a.number: a.balance_cents for a in found.accounts if a.balance_cents}
    assert books == town.recomputed(day)
    with store.snapshot():
        listed = list(open_items(store, day, office=town.code))
        totals = {total.kind: total.open_cents for total in open_totals(store, day, office=town.code)}
    for kind, (account, side, _) in COUNTER.items():
        sign = 1 if side == "D" else -1
        total = sum(item.open_cents for item in listed if item.kind == kind)
        assert sign * total == books.get(account, 0)
        assert totals.get(kind, 0) == total
