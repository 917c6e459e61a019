"""Days with a bank that others wrote (mock-bank): credits with wrapped notes, a return, a statement that lacks an entry.

The inbox holds what the bank sends, intraday reports and advices included; the days are reconciled until they close.
"""

from contextlib import ExitStack

import pytest

from kasse_cli.inbox import deliveries
from kasse_cli.intake import Folders
from kasse_cli.reconciling import reconcile
from ledger.bank.intake_reader import list_statements
from ledger.bank.intake_sheets import BalanceBreakError
from ledger.book.closing_findings import ClosingRefusedError
from ledger.book.closing_service import close_day
from ledger.payments.export_store import note_export
from ledger.reports.balances_store import bank_balances
from tests.bankbooks import check_invariants, item, open_cents, reason, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.test_payments_export import made, sha256, written
from tests.sepa.oracles import mock_bank

MON, TUE, WED, THU = "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"
RUN = "ORDNUNG 100,00 2026-11-10 Meyer | Miete\nBAU 250,50 2026-11-16 Schulz | Los 2"


class Days:
    """One bank and the same customers at it, whatever else it does."""

    def __init__(self, bank, refs, file: bytes) -> None:
        self.bank, self.refs, self.file, self.seen = bank, refs, file, set()
        self.set("POST", "/_mock/accounts", id="K", name="Musterstadt", iban=MAIN_IBAN, balance=0)

    def set(self, method: str, path: str, **body):
        return self.bank.json(method, path, body)

    def credit(self, cents: int, note: str, name="Max Mustermann", **more) -> None:
        debtor = {"name": name, "iban": "DE89370400440532013000"}
        self.set("POST", "/_mock/credits", account="K", amount=cents, note=note, debtor=debtor, **more)

    def monday(self) -> None:
        self.credit(100_000, "Landeszuweisung", name="Landeshauptkasse")
        self.credit(5000, f"Grundsteuer fuer das Jahr 2026 KZ {self.refs[1]} danke", wrap=35)
        self.credit(4000, f"Bescheid {self.refs[2]}")

    def tuesday(self) -> None:
        behaviour = {"days": 2, "reason": "AC04", "end_to_end_id": "KASSE-R1-1"}
        self.set("PATCH", "/_mock/accounts/K", behaviour="return-later", parameters=behaviour)
        assert self.bank.call("POST", "/payments", self.file)[0] == 202
        self.credit(700, "danke", name="Unbekannt")

    def night(self) -> list[tuple[str, bytes]]:
        """Let the day end; return the messages of the bank as files."""
        self.bank.json("POST", "/_mock/accounts/K/report")
        self.bank.json("POST", "/_mock/advance?days=1")
        rows = [
            row
            for row in self.bank.json("GET", "/_mock/messages")
            if row["account"] == "K" and row["type"].startswith("camt")
        ]
        fresh = [row for row in rows if row["id"] not in self.seen]
        self.seen |= {row["id"] for row in fresh}
        return [(row["type"], self.bank.call("GET", f"/_mock/mailbox/{row['id']}")[1]) for row in fresh]


@pytest.fixture
def office(store, tmp_path):
    """A book with claims and a released run, the folders, and the two banks: one tells all, one leaves one out."""
    act(store, "import")
    refs = [reference(store, number) for number in range(4)]
    items = [item(store, "50", refs[1]), item(store, "30", refs[2])]
    run = made(store, RUN)
    file = written(store)
    note_export(act(store, "dirk"), run.number, sha256(file))
    act(store, "import")
    with ExitStack() as banks:
        days = [Days(banks.enter_context(mock_bank(f"{MON}T08:00")), refs, file) for _ in range(2)]
        yield Office(store, tmp_path, items, *days)


class Office:
    def __init__(self, store, folder, items, honest, forgetful) -> None:
        self.store, self.folder, self.items = store, folder, items
        self.honest, self.forgetful = honest, forgetful
        (folder / "inbox").mkdir()

    def deliver(self, messages: list[tuple[str, bytes]]) -> None:
        for number, (kind, data) in enumerate(messages):
            (self.folder / "inbox" / f"{number}-{kind}-{sha256(data)[:8]}.xml").write_bytes(data)

    def morning(self, today: str):
        self.store.now, self.store.today = f"{today}T06:30:00Z", today
        folders = Folders(self.folder / "done", self.folder / "broken")
        intake, outcome, _ = reconcile(self.store, deliveries([self.folder / "inbox"]), folders)
        assert list((self.folder / "inbox").iterdir()) == []
        check_invariants(self.store)
        return intake, outcome

    def close(self, day: str, today: str) -> None:
        try:
            close_day(act(self.store, "emil"), day, today=today, reasons={SECOND_IBAN: "given: not used"})
        finally:
            act(self.store, "import")


def test_days_with_a_bank_that_others_wrote(office):
    store, honest, forgetful = office.store, office.honest, office.forgetful
    for days in (honest, forgetful):
        days.monday()
    nights = honest.night(), forgetful.night()
    office.deliver(nights[0])
    intake, outcome = office.morning(TUE)
    assert (outcome.posted, outcome.matched, outcome.suspense, outcome.surpluses) == (3, 2, 1, 1)
    assert [open_cents(store, number) for number in office.items] == [0, 0]
    assert {row.kind for row in list_statements(store)} == {"statement", "intraday", "details"}
    assert reason(store, store.value("SELECT id FROM bank_entry WHERE amount_cents = 100000"))
    office.close(MON, TUE)

    for days in (honest, forgetful):
        days.tuesday()
    forgetful.set("PATCH", "/_mock/accounts/K", behaviour="statement-gap")
    whole, lacking = honest.night(), forgetful.night()
    office.deliver([message for message in lacking if message[0].startswith("camt.053")])
    with pytest.raises(BalanceBreakError):
        office.morning(WED)
    assert len(list((office.folder / "broken").iterdir())) == 2, "the file and its findings"
    with pytest.raises(ClosingRefusedError):
        office.close(TUE, WED)

    wednesday = honest.night()
    office.deliver(wednesday)
    intake, outcome = office.morning(THU)
    assert [finding.code for finding in intake.gaps] != []
    with pytest.raises(ClosingRefusedError):
        office.close(WED, THU)

    office.deliver(whole)
    intake, outcome = office.morning(THU)
    assert (intake.broken, intake.gaps, outcome.late) == (0, [], 0)
    office.close(WED, THU)

    office.deliver(honest.night())
    office.morning("2026-11-20")
    states = dict(store.all("SELECT end_to_end_id, state FROM payment"))
    assert states == {"KASSE-R1-1": "returned", "KASSE-R1-2": "executed"}
    office.close(THU, "2026-11-20")
    (main,) = (one for one in bank_balances(store, THU) if one.iban == MAIN_IBAN)
    assert main.balance_cents == honest.bank.json("GET", "/_mock/accounts/K")["balance"]


def test_a_number_that_the_bank_cuts_anywhere_is_read(store, tmp_path):
    """Banks cut a note every 35 or 70 signs, wherever the number stands: before each of its digits once, and beside it."""
    act(store, "import")
    refs = [reference(store, number) for number in range(1, 18)]
    items = [item(store, f"{20 + number}", ref) for number, ref in enumerate(refs)]
    (tmp_path / "inbox").mkdir()
    with mock_bank(f"{MON}T08:00") as bank:
        days = Days(bank, refs, b"")
        for number, ref in enumerate(refs):
            width = (35, 70)[number % 2]
            before = "Grundsteuer und Abfall fuer das Jahr sowie die Strassenreinigung im Bezirk Mitte "[
                -(width - number) :
            ]
            days.credit(2000 + 100 * number, f"{before.strip().rjust(width - number - 1, 'x')} {ref} danke", wrap=width)
        days.credit(50_00, "Spende", name="Niemand", wrap=35)
        for number, (kind, data) in enumerate(days.night()):
            (tmp_path / "inbox" / f"{number}-{kind}.xml").write_bytes(data)
    store.now, store.today = f"{TUE}T06:30:00Z", TUE
    outcome = reconcile(store, deliveries([tmp_path / "inbox"]), Folders(tmp_path / "done", tmp_path / "broken"))[1]
    lines = [row[0].split("\n") for row in store.all("SELECT remittance FROM bank_entry ORDER BY id") if "\n" in row[0]]
    places = {len(first.rpartition(" ")[2]) for first, *_ in lines}
    assert places >= set(range(1, 13)), "the cut lies behind each digit once"
    assert [open_cents(store, one) for one in items] == [0] * len(items)
    assert (outcome.posted, outcome.matched, outcome.suspense, outcome.surpluses) == (len(refs) + 1, len(refs), 1, 0)
    check_invariants(store)
    close_day(act(store, "emil"), MON, today=TUE, reasons={SECOND_IBAN: "given: not used"})
