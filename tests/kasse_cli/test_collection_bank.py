"""Our direct debits at a bank written by others: its credits, refusals and returns are read until all is settled."""

import datetime as dt

import pytest

from tests.bankbooks import check_invariants
from tests.books import MAIN_IBAN, SECOND_IBAN, opened
from tests.kasse_cli.transcripts import NOW
from tests.ledger.collection_texts import balance, claims, states
from tests.sepa.oracles import mock_bank

ITEMS = """
    ORDNUNG 100,00 2026-11-10 Meyer 4711
    BAU 250,50 2026-11-16 Schulz 4712
    BAU 12,00 2026-11-12 Çelik 4715
    BAU 77,00 2026-11-12 Müller 4716
"""
MANDATES = (
    "Meyer --iban DE02120300000000202051",
    "Schulz --iban DE18120300000000000003",
    "Çelik --iban DE45120300000000000002",
    "Müller --iban DE02370502990000684712",
)


class Town:
    """A town with a book on one of the engines, and a bank; each line is typed by somebody."""

    def __init__(self, shell, book, bank) -> None:
        self.shell, self.book, self.bank = shell, book, bank
        shell.environ["KASSE_USER"], shell.environ["KASSE_BOOK"] = "dirk", book
        self.seen: set[str] = set()

    def __call__(self, line: str, user: str = "dirk", codes: tuple[int, ...] = (0, 3)):
        done = self.shell(f"kasse {line} --user {user} --json")
        assert done.code in codes, done.out + done.err
        return done.json

    def on(self, day: str) -> None:
        self.shell.now = dt.datetime.combine(dt.date.fromisoformat(day), NOW.timetz())

    def messages(self, kind: str) -> list[str]:
        """Fetch what the bank has put out since and write it to files; return their names."""
        names = []
        for row in self.bank.json("GET", "/_mock/messages"):
            if row["account"] == "K" and row["type"].startswith(kind) and str(row["id"]) not in self.seen:
                self.seen.add(str(row["id"]))
                name = f"{kind}-{row['id']}.xml"
                (self.shell.folder / name).write_bytes(self.bank.call("GET", f"/_mock/mailbox/{row['id']}")[1])
                names.append(name)
        return names

    def advance(self, days: int) -> None:
        self.bank.json("POST", f"/_mock/advance?days={days}")


@pytest.fixture
def town(shell, book):
    store = opened(book)
    claims(store, ITEMS)
    store.close()
    with mock_bank("2026-11-16T09:00") as bank:
        bank.json("POST", "/_mock/accounts", {"id": "K", "name": "Musterstadt", "iban": MAIN_IBAN, "balance": 0})
        yield Town(shell, book, bank)


def test_a_bank_collects_refuses_and_returns(town):
    town.on("2026-11-16")
    town("collection setup --creditor-id DE98ZZZ09999999999 --notices-announce", "root")
    for number, line in enumerate(MANDATES, 1):
        town(f"mandate add {line} --signed 2026-01-02 --reference M-{number}")
    run = town("collection propose --day 2026-11-18")["data"]["runs"][0]
    town("collection review 1")
    town("collection release 1 --sum 439,50", "emil")
    town("collection export 1 --out einzug.xml")
    file = (town.shell.folder / "einzug.xml").read_bytes()
    assert b" 0 findings" in town.bank.call("POST", "/_mock/validate", file)[1]
    assert town.bank.call("POST", "/payments", file)[0] == 202
    town.bank.json("POST", "/_mock/collections/KASSE-L1-4/refuse", {"reason": "AC04"})
    town("collection status " + " ".join(town.messages("pain.002")))
    assert town("mandate list --state suspended")["data"]["mandates"][0]["reference"] == "M-4"

    town.advance(3)
    town.bank.json("POST", "/_mock/collections/KASSE-L1-2/refuse", {"reason": "MD06"})
    town.advance(2)
    town.on("2026-11-24")
    town("reconcile " + " ".join(town.messages("camt.053")), "clara")
    store = opened(town.book)
    assert states(store) == ["collected", "returned", "collected", "rejected"]
    assert balance(store, "transit_in") == 0
    assert balance(store, "suspense") == balance(store, "advance") == 0
    assert town.bank.json("GET", "/_mock/accounts/K")["balance"] == run["total_cents"] - 25050 - 7700
    check_invariants(store)
    last = store.value("SELECT max(bank_day) FROM bank_entry")
    open_items = store.all("SELECT reference, open_cents FROM item WHERE open_cents > 0 ORDER BY reference")
    assert open_items == [("4712", 25050), ("4716", 7700)]
    store.close()
    found = town("collection returns")["data"]["returns"]
    assert [(one["number"], one["reason"], one["mandate_state"], one["next"]) for one in found] == [
        ("1-4", "AC04", "suspended", "new-account"), ("1-2", "MD06", "suspended", "contact"),
    ]  # fmt: skip
    assert town("collection show 1")["data"]["run"]["state"] == "executed"
    closed = town(f"day close --date {last} --no-statement {SECOND_IBAN}=ruht", "emil")["data"]
    assert [one["difference_cents"] for one in closed["accounts"] if one["iban"] == MAIN_IBAN] == [0]
    town(f"day confirm --date {last}", "frida")
