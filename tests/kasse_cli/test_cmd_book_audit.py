"""`kasse book audit` and `kasse book head` as a person sees them."""

import datetime as dt

import pytest

from tests.kasse_cli.books_day import copied
from tests.ledger import fraud_cases
from tests.ledger.fraud_cases import Town

PERIOD = "--from 2026-11-16 --to 2027-02-26"
AUDIT = f"kasse book audit {PERIOD} --user root"


def played(shell, template, *frauds):
    store = copied(template, shell.folder)
    town = Town(store)
    fraud_cases.seed(town)
    town.paid("BAU payable 120,00 Michael Müller", 2)
    for fraud in frauds:
        fraud(town)
        town.later()
    store.close()
    shell.now = dt.datetime(2027, 2, 26, 9, 30, tzinfo=dt.UTC)
    return shell


@pytest.fixture
def town(shell, sqlite_template):
    """A book with an order split below a limit, an invoice paid twice, own work, and an exception."""
    some = (fraud_cases.order_split, fraud_cases.invoice_twice, fraud_cases.own_work, fraud_cases.small_office)
    return played(shell, sqlite_template, *some)


def test_audit(town):
    town.transcript(
        "book-audit",
        "kasse book head --out kopf.txt --user root",
        f"{AUDIT} --head kopf.txt",
        f"{AUDIT} --office ORDNUNG --csv --quiet",
        f"{AUDIT} --head 'dead beef'",
        f"{AUDIT} --head {'00' * 32} --office BAU --quiet",
        "kasse book audit --from 2027-02-26 --to 2026-11-16 --user root",
        f"kasse book audit {PERIOD} --user anna",
        "kasse journal verify --head kopf.txt --user root",
    )


def test_a_quiet_book_ends_with_0_and_says_so(shell, sqlite_template):
    store = copied(sqlite_template, shell.folder)
    store.close()
    done = shell("kasse book audit --user root")
    assert (done.code, done.err) == (0, "")
    assert "Nothing was found." in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_everything_is_in_the_envelope_and_in_the_workbook(town):
    done = town(f"{AUDIT} --json")
    assert (done.code, done.json["status"]) == (3, "findings")
    assert {finding["code"] for finding in done.json["findings"]} >= {"audit.order_split", "audit.invoice_twice"}
    assert all(finding["hint"] for finding in done.json["findings"])
    assert {line["name"] for line in done.data["checks"] if line["count"]} >= {"order_split", "own_work"}
    assert town(f"{AUDIT} --xlsx pruefung.xlsx").code == 3
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(town.folder / "pruefung.xlsx"))
    assert len(book.sheet_names) == 6
    rows = book.get_sheet_by_name(book.sheet_names[1]).to_python()
    assert any("Möbelhaus Teuer" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("name", ["pruefung.txt", "pruefung.pdf"])
def test_the_report_is_written_under_a_name(town, name):
    done = town(f"{AUDIT} --out {name} --quiet")
    assert (done.code, done.out) == (3, "")
    assert (town.folder / name).read_bytes()[:5] in {b"%PDF-", b"Audit"}


def test_no_line_of_the_page_is_longer_than_a_terminal(town):
    done = town(AUDIT)
    assert done.code == 3
    assert [line for line in done.out.splitlines() if len(line) > 80] == []


def test_a_second_audit_finds_the_same(town):
    first, second = (town(f"{AUDIT} --csv --quiet").out for _ in range(2))
    assert first == second
