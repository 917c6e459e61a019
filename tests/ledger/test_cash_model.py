"""Whatever is done at a desk: cash is the sum of what came and went, never below zero, and the books agree to the cent."""

from contextlib import suppress
from itertools import count as counting

from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.book.reversal import SettledItemError
from ledger.book.verify_store import verify
from ledger.cash.cancel_store import cancel
from ledger.cash.cancelling import ClearedCardError, GoneChequeError
from ledger.cash.count_store import confirm, count
from ledger.cash.desks import NotEnoughCashError
from ledger.cash.desks_reader import find_desk
from ledger.cash.pay_store import pay
from ledger.cash.take_store import Payment, take
from ledger.cash.terminals_store import TerminalPlan, put_terminal
from ledger.cash.transport_reader import transports_of
from ledger.cash.transport_store import accept, deposit, deposit_cheques, transfer, withdraw
from ledger.cash.transports import NoChequesError
from sepa.money import plain
from tests.bankbooks import item, staged
from tests.books import act
from tests.cashbooks import DAY, check, desk, held, pieces
from tests.examples import few

SERIAL = counting(1)
VERBS = (
    "cash",
    "card",
    "cheque",
    "pay",
    "cancel",
    "count",
    "deposit",
    "cheques",
    "withdraw",
    "arrive",
    "transfer",
    "accept",
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 20000), st.integers(0, 5)), min_size=1, max_size=12)


class Counter:
    """Two desks as they must be: what is in each, what was taken and how, what is under way."""

    def __init__(self, store):
        self.store, number = store, next(SERIAL)
        self.own, self.other, self.terminal = f"A{number}", f"Z{number}", f"TID{number:05d}"
        desk(store, self.other, holder="clara")
        desk(store, self.own, holder="dirk")
        put_terminal(act(store, "emil"), self.own, TerminalPlan(self.terminal, "Acquirer", fee_ppm=5000))
        act(store, "dirk")
        self.cash = {self.own: 0, self.other: 0}
        self.receipts = []
        self.claims = 0
        self.paid = 0

    def do(self, verb: str, cents: int, which: int) -> None:
        getattr(self, f"do_{verb}")(cents, which)
        act(self.store, "dirk")

    def take(self, cents, payment):
        debt = item(act(self.store, "import"), plain(cents))
        done = take(act(self.store, "dirk"), self.own, [Wish(f"ORDNUNG/{debt}")], payment=payment)
        self.receipts.append((done.receipt.label, payment.tender, cents))

    def do_cash(self, cents, which):
        self.take(cents, Payment())
        self.cash[self.own] += cents

    def do_card(self, cents, which):
        self.take(cents, Payment("card", self.terminal))

    def do_cheque(self, cents, which):
        self.take(cents, Payment("cheque", cheque=f"{next(SERIAL):07d}"))

    def do_pay(self, cents, which):
        debt = item(act(self.store, "import"), plain(cents), kind="payable")
        act(self.store, "dirk")
        if self.out(cents, lambda: self.receipts.append((self.pay(debt), "cash", -cents))):
            self.cash[self.own] -= cents

    def pay(self, debt):
        return pay(self.store, self.own, [Wish(f"ORDNUNG/{debt}")], payee="Eva").receipt.label

    def out(self, cents, call) -> bool:
        """Do what takes cash out; it is refused exactly where there is too little."""
        try:
            call()
        except NotEnoughCashError:
            assert cents > self.cash[self.own]
            return False
        assert cents <= self.cash[self.own]
        return True

    def do_cancel(self, cents, which):
        if not self.receipts:
            return
        label, tender, taken = self.receipts[which % len(self.receipts)]
        act(self.store, "clara")
        try:
            cancel(self.store, label, "vertippt")
        except NotEnoughCashError:
            assert tender == "cash"
            assert taken > self.cash[self.own]
            return
        except (GoneChequeError, ClearedCardError, SettledItemError):
            assert tender != "cash"
            return
        self.receipts.remove((label, tender, taken))
        self.cash[self.own] -= taken if tender == "cash" else 0

    def do_count(self, cents, which):
        found = max(0, self.cash[self.own] + (which - 2) * 10)
        count(self.store, self.own, pieces(found))
        confirm(act(self.store, "clara"), self.own)
        self.cash[self.own] = found

    def do_deposit(self, cents, which):
        if self.out(cents, lambda: deposit(self.store, self.own, cents)):
            self.cash[self.own] -= cents

    def do_cheques(self, cents, which):
        with suppress(NoChequesError):
            deposit_cheques(self.store, self.own)

    def do_withdraw(self, cents, which):
        withdraw(self.store, self.own, cents)
        self.cash[self.own] += cents

    def do_transfer(self, cents, which):
        if self.out(cents, lambda: transfer(self.store, self.own, self.other, cents)):
            self.cash[self.own] -= cents

    def do_accept(self, cents, which):
        coming = [one for one in self.moving() if one.kind == "transfer"]
        if coming:
            accept(act(self.store, "clara"), self.other, coming[0].reference)
            self.cash[self.other] += coming[0].amount_cents

    def do_arrive(self, cents, which):
        """Let the bank book what is under way longest, and what the acquirer owes less its fee."""
        banked = [one for one in self.moving() if one.kind != "transfer"][:1]
        act(self.store, "import")
        for one in banked:
            sign = -1 if one.kind == "withdrawal" else 1
            staged(self.store, plain(sign * one.amount_cents), f"Bar {one.reference}", day=DAY)
        owed = sum(taken for _, tender, taken in self.receipts if tender == "card")
        if owed and self.store.value(
            "SELECT count(*) FROM cash_batch WHERE terminal = :t AND bank_entry IS NULL", t=self.terminal
        ):
            staged(self.store, plain(max(1, owed - (owed * 5 + 500) // 1000)), f"TID {self.terminal}", day=DAY)
        post_staged(self.store)

    def moving(self):
        return transports_of(self.store, find_desk(self.store, self.own, DAY))

    def check(self):
        assert {code: held(self.store, code) for code in self.cash} == self.cash
        assert min(self.cash.values()) >= 0
        check(self.store)


@few(10)
@given(steps=STEPS)
def test_desks_and_books_agree_whatever_is_done(store, steps):
    town = Counter(store)
    for step in steps:
        town.do(*step)
        town.check()
    found = verify(act(store, "root")).findings
    act(store, "dirk")
    assert found == ()
