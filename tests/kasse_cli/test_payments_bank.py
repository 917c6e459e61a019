"""End to end with a bank that others wrote: our file in, its answers and statements out, until all is known."""

import datetime as dt

import pytest

from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.book.verify_store import verify
from tests.books import MAIN_IBAN, SECOND_IBAN, opened
from tests.ledger.payables import IBANS, payables
from tests.sepa.oracles import mock_bank

PEOPLE = """
    BAU 250,50 2026-11-20 Meyer | Rechnung 1
    KASSE 19,99 2026-11-20 Schulz | Auslagen
    ORDNUNG 100,00 2026-11-20 Çelik | Zuschuss
    BAU 30,00 2026-11-20 Meyer | Rechnung 2
"""
FRIDAY = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)


class Town:
    """The cash office at the command line, one book, one clock, and a bank at the other end."""

    def __init__(self, shell, book, bank):
        self.shell, self.book, self.bank = shell, book, bank
        shell.environ |= {"KASSE_BOOK": book}
        shell.now = FRIDAY
        self.read = set()

    def type(self, line, user="dirk", codes=(0, 3)):
        done = self.shell(f"kasse {line} --user {user} --json")
        assert done.code in codes, f"{line}: {done.out}{done.err}"
        return done.data

    def store(self):
        return opened(self.book, "root", now=self.shell.now.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def states(self):
        store = self.store()
        found = dict(store.all("SELECT end_to_end_id, state FROM payment ORDER BY run, line"))
        store.close()
        return found

    def pay(self, number, user="emil"):
        run = self.type("payment propose")["run"]
        self.type(f"payment review {number}")
        cents = run["total_cents"]
        self.type(f"payment release {number} --sum {cents // 100}.{cents % 100:02d}", user)
        self.type(f"payment export {number} --out lauf-{number}.xml")
        return (self.shell.folder / f"lauf-{number}.xml").read_bytes()

    def advance(self, days):
        self.bank.json("POST", f"/_mock/advance?days={days}")
        self.shell.now += dt.timedelta(days=days)

    def answers(self):
        """Read everything new the bank has sent: reports by `payment status`, statements by `reconcile`."""
        found = []
        for row in self.bank.json("GET", "/_mock/messages"):
            if row["account"] != "K" or row["id"] in self.read:
                continue
            self.read.add(row["id"])
            path = self.shell.folder / f"{row['type'][:8]}-{row['id']}.xml"
            path.write_bytes(self.bank.call("GET", f"/_mock/mailbox/{row['id']}")[1])
            if row["type"].startswith("pain.002"):
                found.append(self.type(f"payment status {path.name}")["answers"][0])
            elif row["type"].startswith("camt.053"):
                self.type(f"reconcile {path.name}", "import")
        return found


@pytest.fixture
def town(shell, book):
    with mock_bank("2026-11-20T09:00") as bank:
        yield Town(shell, book, bank)


def accounts(town, **behaviour):
    town.bank.json(
        "POST",
        "/_mock/accounts",
        {"id": "K", "name": "Musterstadt", "iban": MAIN_IBAN, "balance": 1_000_000} | behaviour,
    )
    payee = {"id": "S", "name": "Schulz", "iban": IBANS["Schulz"], "behaviour": "closed-account"}
    town.bank.json("POST", "/_mock/accounts", payee)


def items(town, text=PEOPLE):
    store = town.store()
    payables(store, text)
    store.close()


def opening(town):
    """Take over what is on the account, so that books and bank can agree to the cent."""
    cents = int(town.bank.json("GET", "/_mock/accounts/K")["balance"])
    store = town.store()
    account = store.value("SELECT account FROM bank_account WHERE iban = :iban", iban=MAIN_IBAN)
    with store.unit(["KASSE"]):
        post(store, [Draft("KASSE", "manual", "2026-11-19", (Posting(account, cents), Posting("6100", -cents)))])
    store.close()


def closes(town):
    """The Kassenleitung closes the day of the last statement; another one confirms it."""
    store = town.store()
    day = store.value("SELECT max(bank_day) FROM bank_entry")
    store.close()
    closed = town.type(f"day close --date {day} --no-statement '{SECOND_IBAN}=ruht'", "emil")
    assert closed["accounts"][0]["difference_cents"] == 0
    assert [one["balance_cents"] for one in closed["transit"]] in ([], [0])
    town.type(f"day confirm --date {day}", "frida")


def test_every_payment_is_executed_refused_or_returned_and_the_day_closes(town):
    accounts(town, behaviour="return-later", parameters={"days": 1, "reason": "AC04", "end_to_end_id": "KASSE-R1-4"})
    opening(town)
    items(town)
    file = town.pay(1)
    assert town.bank.call("POST", "/payments", file)[0] == 202
    town.answers()
    assert town.states() == {
        "KASSE-R1-1": "exported", "KASSE-R1-2": "exported", "KASSE-R1-3": "rejected", "KASSE-R1-4": "exported",
    }  # fmt: skip
    town.advance(4)
    town.answers()
    town.advance(3)
    town.answers()
    assert town.states() == {
        "KASSE-R1-1": "executed", "KASSE-R1-2": "executed", "KASSE-R1-3": "rejected", "KASSE-R1-4": "returned",
    }  # fmt: skip
    closes(town)
    again = town.type("payment propose --dry-run")
    left_out = {(one["office"], one["why"]) for one in again["skipped"]}
    assert ("KASSE", "locked") in left_out, "what the bank refused is not paid again without a look"
    store = town.store()
    assert store.value("SELECT coalesce(sum(cents), 0) FROM posting WHERE account = '2880'") == 0
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'") == 1999 + 10000
    assert store.value("SELECT state FROM payment_run") == "executed"
    assert verify(store).findings == ()
    store.close()
    assert town.type("payment show 1-4")["payment"]["state"] == "returned"


def test_a_file_refused_as_a_whole_comes_back_and_goes_out_under_new_ids(town):
    accounts(town, behaviour="reject-file")
    items(town)
    first = town.pay(1)
    town.bank.call("POST", "/payments", first)
    (answer,) = town.answers()
    assert (answer["rejected"], answer["rejected_cents"]) == (4, 40049)
    assert set(town.states().values()) == {"rejected"}
    store = town.store()
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'") == 40049
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '2880'") == 0
    store.close()
    town.bank.json("PATCH", "/_mock/accounts/K", {"behaviour": "accept"})
    second = town.pay(2)
    assert first != second
    town.bank.call("POST", "/payments", second)
    town.answers()
    assert sorted(town.states().values()) == ["exported"] * 3 + ["rejected"] * 5


def test_a_copy_of_a_file_that_the_bank_refuses_takes_nothing_back(town):
    accounts(town)
    items(town, "BAU 250,50 2026-11-20 Meyer | Rechnung 1\nBAU 1,00 2026-11-20 Çelik | Rechnung 2")
    file = town.pay(1)
    town.bank.call("POST", "/payments", file)
    town.bank.call("POST", "/payments", file)
    town.answers()
    assert set(town.states().values()) == {"exported"}
    town.advance(4)
    town.answers()
    assert set(town.states().values()) == {"executed"}
    store = town.store()
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'") == 0
    assert verify(store).findings == ()
    store.close()


def test_a_report_read_twice_changes_nothing(town):
    accounts(town)
    items(town)
    town.bank.call("POST", "/payments", town.pay(1))
    town.answers()
    store = town.store()
    before = store.value("SELECT count(*) FROM entry")
    store.close()
    for path in town.shell.folder.glob("pain.002-*.xml"):
        assert not town.type(f"payment status {path.name}")["answers"][0]["new"]
    store = town.store()
    assert store.value("SELECT count(*) FROM entry") == before
    store.close()
