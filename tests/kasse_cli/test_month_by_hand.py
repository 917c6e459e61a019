"""A month kept in a spreadsheet by hand beside kasse: the same to the cent, however the files come.

The spreadsheet knows nothing of matching: each row has a day, a reference or none, an amount. What it says is worked
out from its cells alone: a claim is paid up to what was open, everything else is left over.
"""

import random
from collections import Counter
from datetime import date, timedelta

from openpyxl import Workbook, load_workbook

from kasse_cli.demo.bank import Booking, DemoBank
from sepa.calendar import is_target_day
from tests.bankbooks import check_invariants, item, reference, run
from tests.books import MAIN_IBAN, opened

FIRST, CLAIMS = date(2026, 10, 1), 40
DAYS = [day for day in (FIRST + timedelta(days=n) for n in range(31)) if is_target_day(day)]
RUNS = {7: "KASSE-00000000-R000001-1", 21: "KASSE-00000000-R000002-1"}
FORMS = ("{0}", "KZ {0} danke", "Bescheid {1} {2}", "Kassenzeichen:{0}.", "{1}-{2}")


def written(form: str, ref: str) -> tuple[str, ...]:
    """Return a reference as payers write it, whole, in groups, or with a hyphen."""
    return (form.format(ref, ref[:4], ref[4:]),)


class Month:
    """The bookings of a month as the bank has them, and as a clerk wrote them down."""

    def __init__(self, refs: list[str], claims: dict[str, int], seed: int) -> None:
        dice, self.claims = random.Random(seed), claims
        self.rows: list[tuple[date, str, int]] = []
        self.files: list[bytes] = []
        bank = DemoBank(MAIN_IBAN, 0)
        for day in DAYS:
            bookings = []
            for _ in range(dice.randint(0, 8)):
                ref = dice.choice([*refs, ""])
                cents = dice.choice([claims.get(ref, 700), 100, 2500, 700])
                lines = written(dice.choice(FORMS), ref) if ref else ("danke",)
                bookings.append(Booking(cents, "Max Mustermann", lines=lines))
                self.rows.append((day, ref, cents))
            if dice.random() < 0.2:
                bookings.append(Booking(-1290, gvc="808", lines=("Entgelt",)))
                self.rows.append((day, "Entgelt", -1290))
            if day.day in RUNS:
                bookings.append(Booking(-8000, gvc="191", batch=RUNS[day.day]))
                self.rows.append((day, "Zahllauf", -8000))
            self.files.append(bank.statement(day, tuple(bookings)))
        self.balance_cents = bank.balance_cents

    def write(self, path) -> None:
        book = Workbook()
        sheet = book.active
        sheet.append(["Tag", "Kassenzeichen", "Betrag", "Forderung"])
        for day, ref, cents in self.rows:
            sheet.append([day, ref or None, cents / 100, self.claims.get(ref, 0) / 100])
        book.save(path)


def by_hand(path) -> dict[str, object]:
    """Work out from the spreadsheet alone what was paid on each claim, what is left over, the balance of each day."""
    paid: Counter[str] = Counter()
    owed: dict[str, int] = {}
    days: Counter[date] = Counter()
    fees = rest = runs = 0
    for day, ref, amount, claim in load_workbook(path).active.iter_rows(min_row=2, values_only=True):
        cents = round(amount * 100)
        days[day.date()] += cents
        if ref == "Entgelt":
            fees += cents
        elif ref == "Zahllauf":
            runs += cents
        elif ref is None:
            rest += cents
        else:
            paid[ref] += cents
            owed[ref] = round(claim * 100)
    settled = {ref: min(cents, owed[ref]) for ref, cents in paid.items()}
    rest += sum(paid.values()) - sum(settled.values())
    return {"paid": settled, "rest": rest, "fees": fees, "runs": runs, "days": dict(days)}


def by_kasse(*paths) -> dict[str, object]:
    """Work out the same from what kasse exported for the leading system."""
    paid: Counter[str] = Counter()
    days: Counter[date] = Counter()
    sums: Counter[str] = Counter()
    for path in paths:
        head, *rows = load_workbook(path).active.iter_rows(values_only=True)
        for row in rows:
            cells = dict(zip(head, row, strict=True))
            cents = round(cells["Amount"] * 100)
            days[cells["Bank day"].date()] += cents
            sums[cells["What"]] += cents
            if cells["What"] == "paid":
                paid[cells["Reference"]] += cents
    rest = sums["to be clarified"] + sums["left over"]
    return {"paid": dict(paid), "rest": rest, "fees": sums["booked"], "runs": sums["executed"], "days": dict(days)}


def setting_up(store) -> tuple[list[str], dict[str, int]]:
    refs = [reference(store, number) for number in range(1, CLAIMS)]
    claims = {ref: 1000 + 137 * number for number, ref in enumerate(refs)}
    for number, batch in enumerate(RUNS.values(), 1):
        run(store, f"E{number} 80", message=batch.removesuffix("-1"), number=number)
    for ref, cents in claims.items():
        item(store, f"{cents // 100},{cents % 100:02}", ref)
    return refs, claims


def test_a_month_in_a_spreadsheet_by_hand_is_the_same_to_the_cent(shell, book):
    """In order or not, each file twice, two days missing and delivered at the end: nothing differs by a cent."""
    shell.environ |= {"KASSE_USER": "import", "KASSE_BOOK": book}
    seed = 1 if book.startswith("postgresql") else 2
    dice = random.Random(seed)
    store = opened(book, "import")
    month = Month(*setting_up(store), seed)
    store.close()
    month.write(shell.folder / "hand.xlsx")
    inbox = shell.folder / "inbox"
    inbox.mkdir()
    order = dice.sample(range(len(DAYS)), len(DAYS))
    late, now = order[:2], order[2:]
    for part, (numbers, name) in enumerate(((now[:9], "1"), (now[9:] + now[:4], "2"), (late + now, "3"))):
        for number in numbers:
            (inbox / f"{dice.randint(0, 999)}-{part}-{number}.xml").write_bytes(month.files[number])
        done = shell(f"kasse reconcile inbox --archive done --export {name}.xlsx --json --on 2026-11-02")
        assert done.code in {0, 3}, done.out
        assert list(inbox.iterdir()) == []
    assert [finding["code"] for finding in done.json["findings"]] == []
    exported = by_kasse(*(shell.folder / f"{name}.xlsx" for name in "123"))
    assert exported == by_hand(shell.folder / "hand.xlsx")
    store = opened(book, "import")
    check_invariants(store)
    assert store.value("SELECT sum(amount_cents) FROM bank_entry") == month.balance_cents
    store.close()
    again = shell("kasse reconcile done --json --on 2026-11-02").data
    assert (again["posted"], again["new"], again["broken"]) == (0, 0, 0)
