"""Bad input gets an error with place and hint, exit 1, the same envelope, and an unchanged book."""

import io
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from tests import books

DAY = date(2026, 11, 16)
FOREIGN = "DE89370400440532013000"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<Document>&b;</Document>"
)


ONE = (Booking(500, "Erika", lines=("Hallo",)),)


def good(iban=books.MAIN_IBAN, bookings=ONE):
    return DemoBank(iban, 10_000).statement(DAY, tuple(bookings))


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_xml", ".xml"), content)
    return stream.getvalue()


STATEMENTS = {
    "truncated": (good()[:-200], "xml."),
    "truncated-early": (good()[:90], "xml."),
    "billion-laughs": (BOMB.encode(), "xml.doctype"),
    "zero-bytes": (b"", "file.empty"),
    "a-pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file.unknown"),
    "not-xml": (b"Sehr geehrte Damen und Herren", "file.unknown"),
    "another-message": (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><a/></Document>', "file.unknown"),
    "unknown-version": (good().replace(b"camt.053.001.08", b"camt.053.001.77"), "file.unknown_version"),
    "foreign-account": (good(FOREIGN), "statement."),
    "another-currency": (good().replace(b'Ccy="EUR"', b'Ccy="USD"').replace(b"<Ccy>EUR", b"<Ccy>USD"), "statement."),
    "fraction-of-a-cent": (good().replace(b">5.00<", b">5.001<"), ""),
    "balance-break": (good().replace(b">105.00<", b">106.00<"), "statement."),
    "an-empty-zip": (zipped(), "zip"),
    "a-broken-zip": (zipped(a_xml=good())[:-30], "zip"),
}  # fmt: skip


@pytest.fixture
def book(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "kasse.db")
    return tmp_path / "kasse.db"


def content(book):
    """All rows of the book but its event log, as text."""
    store = books.opened(str(book))
    tables = [
        t for (t,) in store.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    ]
    rows = {t: store.all(f"SELECT * FROM {t}") for t in tables if t not in {"event", "event_details", "head"}}
    store.close()
    return rows


def refused(shell, book, line, code, exit_code=1):
    before = content(book)
    done = shell(f"kasse {line} --json --book {book} --user clara --on 2026-11-17")
    assert (done.code, done.err) == (exit_code, ""), done
    envelope = done.json
    assert (envelope["status"], envelope["data"]) == ("error", None)
    errors = envelope["errors"]
    assert any(error["code"].startswith(code) for error in errors), [error["code"] for error in errors]
    assert all(error["message"] for error in errors)
    assert any(error["hint"] for error in errors)
    assert content(book) == before
    return errors


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_bad_statement_changes_nothing(shell, book, name):
    data, code = STATEMENTS[name]
    path = shell.folder / "auszug.xml"
    path.write_bytes(data)
    errors = refused(shell, book, f"reconcile {path}", code)
    assert any("auszug.xml" in (error["place"]["file"] or "") for error in errors)


def test_a_broken_file_goes_to_the_reject_folder_and_the_others_are_posted(shell, book):
    inbox = shell.folder / "inbox"
    inbox.mkdir()
    (inbox / "a.xml").write_bytes(good()[:-200])
    (inbox / "b.xml").write_bytes(good())
    done = shell(
        f"kasse reconcile inbox --archive done --reject broken --book {book} --user clara --on 2026-11-17 --json"
    )
    assert (done.code, done.data["posted"], done.data["broken"]) == (3, 1, 1)
    assert sorted(p.name for p in (shell.folder / "broken").iterdir()) == ["a.xml", "a.xml.findings.txt"]
    assert [p.name for p in (shell.folder / "done").iterdir()] == ["b.xml"]
    assert list(inbox.iterdir()) == []
    again = shell(f"kasse reconcile inbox --book {book} --user clara --on 2026-11-17 --json")
    assert (again.code, again.data["posted"]) == (0, 0)


ROW = "ORDNUNG;receivable;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;DE;{bank};{amount};{due};{reference};Gebühr"
HEAD = "office;kind;name;street;house_number;postcode;town;country;bank_account;amount;due;reference;purpose\n"
ROWS = {
    "ambiguous-amount": ({"amount": "1.234"}, "amount", "amount"),
    "no-amount": ({"amount": ""}, "", "amount"),
    "an-amount-of-zero": ({"amount": "0,00"}, "", "amount"),
    "a-date-that-is-none": ({"due": "31.11.2026"}, "", "due"),
    "a-wrong-reference": ({"reference": "1234567890123"}, "reference", "reference"),
    "wrong-check-digits": ({"bank": "DE88370400440532013000"}, "iban", "bank_account"),
    "alias-check-digits": ({"bank": "DE99370400440000000024"}, "iban", "bank_account"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_changes_nothing(shell, book, name):
    changes, code, column = ROWS[name]
    values = {"amount": "35,00", "due": "2026-12-01", "reference": "", "bank": ""} | changes
    path = shell.folder / "liste.csv"
    path.write_text(HEAD + ROW.format(**values) + "\n", encoding="utf-8")
    before = content(book)
    done = shell(f"kasse order import {path} --json --book {book} --user import --on 2026-11-17")
    assert done.code == 1, done
    errors = [finding for finding in done.json["findings"] if finding["place"]["column"] == column]
    assert errors, done.json
    assert errors[0]["code"].startswith(code)
    assert errors[0]["place"]["row"] == 2
    assert errors[0]["hint"]
    assert content(book) == before


def workbook(path, **cells):
    from openpyxl import Workbook

    made = Workbook()
    sheet = made.active
    sheet.append(HEAD.strip().split(";"))
    sheet.append(ROW.format(amount="", due="2026-12-01", reference="", bank="").split(";"))
    for place, value in {"J2": 35, **cells}.items():
        sheet[place] = value
    made.save(path)


EXCEL = {
    "a-formula": ({"J2": "=30+5"}, "sheet.formula"),
    "a-float-as-reference": ({"L2": 1000000000015.0}, "cell."),
    "a-date-as-amount": ({"J2": date(2026, 11, 16)}, "cell."),
    "a-date-as-reference": ({"L2": date(2026, 11, 16)}, "cell."),
    "a-fraction-of-a-cent": ({"J2": 35.005}, "amount."),
}


@pytest.mark.parametrize("name", EXCEL)
def test_a_bad_cell_changes_nothing(shell, book, name):
    cells, code = EXCEL[name]
    workbook(shell.folder / "liste.xlsx", **cells)
    before = content(book)
    done = shell(f"kasse order import liste.xlsx --json --book {book} --user import --on 2026-11-17")
    assert done.code == 1, done
    both = [*done.json["findings"], *done.json["errors"]]
    found = [finding for finding in both if finding["place"]["row"] == 2]
    assert found, both
    assert any(error["code"].startswith(code) for error in found), found
    assert content(book) == before


def test_a_good_row_and_a_good_statement_are_taken(shell, book):
    """What the refusals above differ from: without it they could all be refused for another reason."""
    workbook(shell.folder / "liste.xlsx")
    assert shell(f"kasse order import liste.xlsx --book {book} --user import --on 2026-11-17").code == 0
    (shell.folder / "auszug.xml").write_bytes(good())
    done = shell(f"kasse reconcile auszug.xml --json --book {book} --user clara --on 2026-11-17")
    assert (done.code, done.data["posted"], done.data["suspense"]) == (0, 1, 1)


def run(book, *arguments, **options):
    command = [sys.executable, "-m", "kasse_cli", *arguments, "--book", str(book), "--user", "clara", "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_full_disk_is_a_reason_to_try_again(book, tmp_path):
    bookings = [Booking(100 + n, f"Zahler {n}", lines=("x" * 140,)) for n in range(2000)]
    (tmp_path / "auszug.xml").write_bytes(good(bookings=bookings))
    before = content(book)
    limit = (300_000, 300_000)  # no room for the journal of the first unit of work
    done = run(
        book, "reconcile", str(tmp_path / "auszug.xml"), "--on", "2026-11-17",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )  # fmt: skip
    assert done.returncode == 4, done.stdout + done.stderr
    assert '"book.disk_full"' in done.stdout
    assert content(book) == before
    assert run(book, "reconcile", str(tmp_path / "auszug.xml"), "--on", "2026-11-17").returncode == 0


def test_a_locked_book_is_a_reason_to_try_again(book, tmp_path):
    import sqlite3

    (tmp_path / "auszug.xml").write_bytes(good())
    holder = sqlite3.connect(book, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    environment = {**os.environ, "KASSE_WAIT_SECONDS": "1"}
    done = run(book, "reconcile", str(tmp_path / "auszug.xml"), "--on", "2026-11-17", env=environment)
    assert done.returncode == 4, done.stdout + done.stderr
    assert '"book.locked"' in done.stdout
    holder.execute("ROLLBACK")
    holder.close()
    assert run(book, "reconcile", str(tmp_path / "auszug.xml"), "--on", "2026-11-17").returncode == 0


def test_a_book_of_a_newer_schema_is_refused(shell, book):
    store = books.opened(str(book))
    store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    done = shell(f"kasse report trial-balance --json --book {book} --user clara")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "book.newer")
