"""A model watches paying: whatever is proposed, changed, given up, refused, booked and sent back in any order, the bank
pays nothing twice and in the end everything once (invariant 7)."""

import datetime as dt
import hashlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.items.locks_store import lift_items
from ledger.payments.answers import collected
from ledger.payments.attachment_store import NewAttachment
from ledger.payments.change_store import change
from ledger.payments.export_store import exportable, file_of, note_export
from ledger.payments.files_store import files_of
from ledger.payments.propose_store import propose
from ledger.payments.runs import ItemsChangedError
from ledger.payments.runs_reader import run_named, runs
from ledger.payments.status_store import take_status
from ledger.payments.steps_store import discard, release, review
from ledger.payments.void_store import void
from sepa.identifiers import make_iban
from sepa.pain002 import read_status_report
from tests.bankbooks import check_invariants, staged
from tests.books import act, opened, sqlite_copy
from tests.examples import few
from tests.ledger.payables import attached, payables
from tests.sepa.test_pain002 import REASON, report, tx

PAYABLES = """
    BAU 100,00 2026-11-10 Meyer | Rechnung 1
    ORDNUNG 20,00 2026-11-10 Schulz | Rechnung 2
    KASSE 3,33 2026-11-10 Çelik | Rechnung 3
"""
OWED = {("BAU", 1): 10000, ("ORDNUNG", 1): 2000, ("KASSE", 1): 333}
STEPS = st.one_of(
    st.tuples(st.just("go")),
    st.tuples(st.just("go")),
    st.tuples(st.just("propose"), st.integers(1, 4)),
    st.tuples(st.just("change"), st.integers(1, 4)),
    st.tuples(st.just("discard")),
    st.tuples(st.just("void")),
    st.tuples(st.just("export_again")),
    st.tuples(st.just("refuse"), st.sampled_from(["single", "whole", "duplicate"]), st.integers(0, 3)),
    st.tuples(st.just("book"), st.sampled_from(["whole", "single", "again"]), st.integers(0, 3)),
    st.tuples(st.just("come_back"), st.integers(0, 3), st.sampled_from([0, 150])),
    st.tuples(st.just("unlock")),
    st.tuples(st.just("wait"), st.integers(1, 60)),
)
_TRANSIT = """SELECT coalesce(sum(p.cents), 0) FROM posting p
    JOIN account a ON a.office = p.office AND a.number = p.account WHERE a.role = 'transit_out'"""
_UNDER_WAY = "SELECT coalesce(sum(cents), 0) FROM payment WHERE state IN ('released', 'exported')"
_SETTLED = """
    SELECT i.office, i.id, i.amount_cents - i.open_cents, coalesce((
        SELECT sum(p.cents + p.discount_cents) FROM payment p WHERE p.item_office = i.office AND p.item = i.id
          AND p.state IN ('released', 'exported', 'executed')), 0)
    FROM item i WHERE i.kind = 'payable'"""
_HELD_TWICE = """
    SELECT item_office, item, part FROM payment WHERE state IN ('proposed', 'released', 'exported', 'executed')
    GROUP BY item_office, item, part HAVING count(*) > 1"""


@dataclass(slots=True)
class Bank:
    """What the bank has: the orders of each file it got, by their ids, and what it did with each, once."""

    files: dict[str, dict[str, int]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)

    def take(self, data: bytes) -> None:
        """Take a file; a second one under the same id must be the same, no order may come twice."""
        message = re.search(rb"<MsgId>(.*?)</MsgId>", data)[1].decode()
        orders = re.findall(rb"<EndToEndId>(.*?)</EndToEndId>.*?>([0-9.]+)</InstdAmt>", data, re.DOTALL)
        assert self.bodies.setdefault(message, data) == data
        if message not in self.files:
            self.files[message] = {sent.decode(): int(cents.replace(b".", b"")) for sent, cents in orders}
            assert not self.done.keys() & self.files[message].keys(), "an id is used again"
            self.done |= dict.fromkeys(self.files[message], "waits")

    def orders(self, state: str, message: str | None = None) -> list[tuple[str, int]]:
        """Return the orders in a state, of one file or of all."""
        return [
            (sent, cents)
            for name, orders in self.files.items()
            for sent, cents in orders.items()
            if self.done[sent] == state and message in {None, name}
        ]


class World:
    """A cash office and a bank; each step does what is next of its kind, or nothing."""

    def __init__(self, store) -> None:
        self.store, self.bank = store, Bank()
        self.day = dt.date(2026, 11, 16)
        self.clock()

    def clock(self) -> None:
        self.store.today = self.store.latest_day = self.day.isoformat()
        self.store.now = f"{self.day}T08:00:00Z"

    def play(self, step: tuple) -> None:
        getattr(self, step[0])(*step[1:])

    def newest(self, *states: str):
        return next((run for run in reversed(runs(self.store)) if run.state in states), None)

    def go(self) -> None:
        """Take the next step of the plain way, the oldest first."""
        run = next((one for one in runs(self.store) if one.state in {"proposed", "reviewed", "released"}), None)
        if run is None:
            self.propose(None)
        elif run.state == "proposed":
            review(act(self.store, "dirk"), run.number, today=self.day)
        elif run.state == "reviewed":
            if dt.date.fromisoformat(run.execution_day) < self.day:
                change(act(self.store, "dirk"), run.number, reason="zu spät", today=self.day, day=self.day)
            else:
                self.release(run)
        else:
            self.export(run)

    def release(self, run) -> None:
        done = None
        with suppress(ItemsChangedError):  # locked or attached since: it is given up and proposed again
            done = release(act(self.store, "emil"), run.number, sum_cents=run.total_cents, today=self.day)
        if done is None:
            discard(act(self.store, "dirk"), run.number, reason="geändert")

    def propose(self, limit: int | None) -> None:
        propose(act(self.store, "dirk"), today=self.day, limit=limit)

    def change(self, line: int) -> None:
        run = self.newest("proposed", "reviewed")
        lines = [] if run is None else self._lines(run, "proposed")
        if line in lines and len(lines) > 1:
            change(act(self.store, "dirk"), run.number, reason="strittig", today=self.day, without=[line], day=self.day)

    def _lines(self, run, state: str) -> list[int]:
        sql = "SELECT line FROM payment WHERE run = :run AND state = :state"
        return [line for (line,) in self.store.rows(sql, run=run.number, state=state)]

    def discard(self) -> None:
        run = self.newest("proposed", "reviewed")
        if run is not None:
            discard(act(self.store, "dirk"), run.number, reason="anders")

    def export(self, run, *, hand_over: bool = True) -> None:
        for file in files_of(self.store, run.number):
            if file.state in {"released", "exported"}:
                with file_of(self.store, exportable(act(self.store, "dirk"), run.number), file.number) as chunks:
                    data = b"".join(chunks)
                note_export(self.store, run.number, hashlib.sha256(data).hexdigest(), file.number)
                if hand_over:
                    self.bank.take(data)

    def export_again(self) -> None:
        run = self.newest("exported", "executed")
        if run is not None:
            self.export(run)

    def void(self) -> None:
        """Give up a file that the bank has not got: one that was not written, or was written and lost."""
        run = self.newest("released")
        if run is not None:
            file = files_of(self.store, run.number)[0]
            self.export(run, hand_over=False)
            void(act(self.store, "dirk"), run.number, reason="verloren", file=file.number)
            assert void(act(self.store, "emil"), run.number, reason="", file=file.number).done
            for other in files_of(self.store, run.number)[1:]:
                self.export(run_named(self.store, run.number)) if other.state == "exported" else None

    def refuse(self, how: str, which: int) -> None:
        message = next((name for name in reversed(self.bank.files) if self.bank.orders("waits", name)), None)
        if message is None:
            return
        waits = self.bank.orders("waits", message)
        whole = how != "single"
        if whole and len(waits) < len(self.bank.files[message]):
            return
        chosen = waits if whole else waits[which % len(waits) :][:1]
        code = REASON.format("AM05" if how == "duplicate" else "AC04", "x")
        group = "<GrpSts>RJCT</GrpSts>" + code if whole else "<GrpSts>PART</GrpSts>"
        data = report(*(tx(sent, "RJCT", code) for sent, _ in chosen), file=group, number=len(waits), own="MSG-1-1")
        data = data.replace(b"MSG-1", message.encode())
        digest = hashlib.sha256(data).hexdigest()
        for _ in range(2):  # the second time is nothing new
            taken = take_status(act(self.store, "dirk"), collected(read_status_report(io.BytesIO(data))), digest)
        assert not taken.new
        if how != "duplicate":
            self.bank.done |= dict.fromkeys((sent for sent, _ in chosen), "refused")

    def book(self, how: str, which: int) -> None:
        message = next((name for name in self.bank.files if self.bank.orders("waits", name)), None)
        if how == "again":
            done = self.bank.orders("executed")
            if done:  # a debit without an order: it must not touch what is paid
                sent, cents = done[which % len(done)]
                self._booked(-cents, end_to_end_id=sent)
        elif message is not None:
            waits = self.bank.orders("waits", message)
            chosen = waits if how == "whole" else waits[which % len(waits) :][:1]
            ids = {"message_id": message} if how == "whole" else {"end_to_end_id": chosen[0][0]}
            self._booked(-sum(cents for _, cents in chosen), gvc="191" if how == "whole" else "116", **ids)
            self.bank.done |= dict.fromkeys((sent for sent, _ in chosen), "executed")

    def come_back(self, which: int, fee: int) -> None:
        done = self.bank.orders("executed")
        if done:
            sent, cents = done[which % len(done)]
            if cents > fee:
                self._booked(cents - fee, end_to_end_id=sent, return_reason="AC04", gvc="159")
                self.bank.done[sent] = "fee" if fee else "returned"

    def _booked(self, cents: int, **more) -> None:
        sign = "-" if cents < 0 else ""
        staged(self.store, f"{sign}{abs(cents) // 100},{abs(cents) % 100:02}", day=self.day.isoformat(), **more)
        post_staged(act(self.store, "clara"))

    def unlock(self) -> None:
        sql = "SELECT DISTINCT office, item FROM item_lock WHERE lifted_on IS NULL ORDER BY office, item"
        for key in self.store.all(sql):
            lift_items(act(self.store, "clara"), [tuple(key)], "payment", "geklärt", self.day.isoformat())

    def wait(self, days: int) -> None:
        self.day += dt.timedelta(days=days)
        self.clock()

    def finish(self) -> None:
        """Unlock, pay and book until nothing is left to pay."""
        for _ in range(40):
            self.unlock()
            self.go()
            while self.bank.orders("waits"):
                self.book("whole", 0)
                check(self)
            unpaid = self.store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'")
            if not unpaid and not self.store.value(_UNDER_WAY):
                return
        raise AssertionError("something is never paid")


def paid(world: World) -> dict[tuple[str, int], int]:
    """Return by item what the bank has paid out for it, and what came back is not counted."""
    found = dict.fromkeys(OWED, 0)
    for sent, _ in world.bank.orders("executed"):
        office, item, cents = world.store.one(
            "SELECT item_office, item, cents FROM payment WHERE end_to_end_id = :sent", sent=sent
        )
        found[office, item] += cents
    return found


def check(world: World) -> None:
    store = world.store
    check_invariants(store)
    assert -store.value(_TRANSIT) == store.value(_UNDER_WAY)
    assert store.all(_HELD_TWICE) == []
    waiting = {sent for sent, _ in world.bank.orders("waits")}
    for office, item, settled, payments in store.rows(_SETTLED):
        assert settled == payments, (office, item)
    assert all(cents <= OWED[key] for key, cents in paid(world).items())
    states = dict(store.all("SELECT end_to_end_id, state FROM payment"))
    assert all(states[sent] == "exported" for sent in waiting), "the bank has it, so it is neither free nor done"
    assert {states[sent] for sent, _ in world.bank.orders("refused")} <= {"rejected"}


def play(store, steps) -> World:
    payables(store, PAYABLES)
    creditor = make_iban("DE", "120300000000000099")
    served = NewAttachment(
        "garnishment", "Inkasso Nord", dt.date(2026, 11, 2), "M 12", creditor, 4000, document="Akte 1"
    )
    attached(store, "BAU/1", served)
    world = World(store)
    for step in steps:
        world.play(step)
        check(world)
    world.finish()
    check(world)
    assert verify(store).findings == ()
    return world


@few(15)
@given(st.lists(STEPS, max_size=14))
def test_nothing_is_paid_twice_and_nothing_is_lost(sqlite_template, tmp_path_factory, steps):
    with sqlite_copy(sqlite_template, tmp_path_factory.mktemp("pay")) as location:
        store = opened(location)
        world = play(store, steps)
        if not any(step[0] == "come_back" for step in steps):
            assert paid(world) == OWED
        store.close()


ALL_OF_IT = (
    ("propose", 2), ("change", 1), ("discard",), ("go",), ("go",), ("go",), ("void",), ("go",), ("go",), ("go",),
    ("go",), ("go",), ("export_again",), ("refuse", "duplicate", 0), ("refuse", "single", 1), ("book", "single", 0),
    ("book", "whole", 0), ("book", "again", 0), ("wait", 60), ("come_back", 0, 0), ("unlock",), ("go",), ("go",),
    ("go",), ("go",), ("refuse", "whole", 0), ("unlock",), ("go",), ("go",), ("go",), ("go",), ("book", "whole", 0),
)  # fmt: skip


def test_the_same_on_both_engines_and_over_the_end_of_a_year(store):
    world = play(store, ALL_OF_IT)
    assert paid(world) == OWED
    assert world.day.year == 2027
    assert {"voided", "discarded", "rejected", "executed", "returned"} <= {
        state for (state,) in store.rows("SELECT state FROM payment")
    }
