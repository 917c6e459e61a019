"""The journal for others: hledger finds the same balances, a script of its own recomputes an audit export."""

import csv
import json
import shutil
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kasse_cli.audit_writer import FolderTakenError, NoParentError, write_audit
from ledger.book.entry import Draft, Posting
from ledger.book.export import AUDIT_FILES
from ledger.book.export_hledger import HledgerAccount, HledgerEntry, HledgerPosting, assertions, head, transaction
from ledger.book.export_store import audit_files, audit_rows, book_facts, hledger_journal
from ledger.book.store import heads, post
from ledger.reports.balances_store import trial_balance
from tests.books import act, entry
from tests.conftest import needs
from tests.kasse_cli.books_day import fill
from tests.paths import ROOT


def hledger(text, *arguments):
    needs("hledger", shutil.which("hledger") is not None, "no hledger here")
    command = ["hledger", "-f", "-", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def journal(store, day, **more):
    with store.snapshot():
        return "".join(hledger_journal(store, day, **more))


def balances(text):
    """The balances that hledger computes, by office and number."""
    done = hledger(text, "balance", "--flat", "-O", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(done.stdout.splitlines()))[1:-1]
    found = {}
    for account, amount in rows:
        office, _, title = account.partition(":")
        found[office, title.partition(" ")[0]] = round(float(amount.removesuffix(" EUR").replace(",", "")) * 100)
    return found


@pytest.fixture
def filled(store):
    act(store, "clara")
    fill(store)
    return act(store, "emil")


@pytest.mark.parametrize("day", ["2026-10-15", "2026-11-16", "2026-11-17"])
def test_hledger_finds_the_balances_of_the_trial_balance(filled, day):
    text = journal(filled, day)
    books = {(a.office, a.number): a.balance_cents for a in trial_balance(filled, day).accounts if a.balance_cents}
    assert balances(text) == books
    assert hledger(text, "check").returncode == 0


@pytest.mark.parametrize(("day", "closing"), [("2026-12-31", False), ("2026-12-31", True), ("2027-01-01", False)])
def test_period_13_counts_as_in_the_trial_balance(filled, day, closing):
    with filled.unit(["KASSE"]):
        filled.insert_one(
            "closing", kind="month", period="2026-12", year=2026, number=1, last_day="2026-12-31", closed_by=1,
            closed_at=filled.now, book_head=b"h", heads="{}", protocol="{}",
        )  # fmt: skip
        post(filled, [entry("6100 7,00", "3400 -7,00", day="2026-12-31", kind="closing")])
    text = journal(filled, day, closing=closing)
    found = trial_balance(filled, day, closing=closing).accounts
    books = {(a.office, a.number): a.balance_cents for a in found if a.balance_cents}
    assert balances(text) == books
    assert (("KASSE", "3400") in books) == (closing or day > "2026-12-31")
    assert hledger(text, "check").returncode == 0


def test_hledger_refuses_a_journal_that_lost_an_entry(filled):
    text = journal(filled, "2026-11-17")
    start = text.index("2026-11-17 * (KASSE-2026-")
    without = text[:start] + text[text.index("\n\n", start) + 2 :]
    assert "alance assertion" in hledger(without, "check").stderr


def test_texts_can_be_left_out(filled):
    assert "Kopierpapier" in journal(filled, "2026-11-17")
    bare = journal(filled, "2026-11-17", texts=False)
    assert "Kopierpapier" not in bare
    assert balances(bare) == balances(journal(filled, "2026-11-17"))


NASTY = st.text(st.sampled_from("ab;:|()!*\"'\\@={}[]#%~ \t\näß€"), max_size=12)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 10**12), NASTY), min_size=1, max_size=5), NASTY)
def test_any_text_is_accepted(amounts, name):
    accounts = [
        HledgerAccount("A", "1", f"x{name}", "asset", sum(c for c, _ in amounts)),
        HledgerAccount("A", "2", "y", "income", -sum(c for c, _ in amounts)),
    ]
    parts = [*head(name, "2026-01-01", accounts)]
    for cents, text in amounts:
        lines = (
            HledgerPosting(accounts[0].title, cents, 7, f"produkt={text.replace(';', '').replace('=', '')}"),
            HledgerPosting(accounts[1].title, -cents, None, None),
        )
        parts.append(transaction(HledgerEntry("2026-01-01", "A-2026-1", text, (("source", text),), lines)))
    made = "".join([*parts, assertions("2026-01-01", accounts)])
    assert hledger(made, "check").returncode == 0, made


def exported(store, folder, **more):
    with store.snapshot():
        files = audit_files(personal=more.get("personal", True))
        return write_audit(folder, files, lambda file: audit_rows(store, file), book_facts(store))


def checked(folder):
    command = [sys.executable, "-I", str(ROOT / "docs" / "audit" / "check.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_script_of_its_own_recomputes_chains_and_balances(filled, tmp_path):
    exported(filled, tmp_path / "export")
    done = checked(tmp_path / "export")
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert said[0] == "everything agrees"
    known = {f"head {office} {position} {value.hex()}" for office, position, value in heads(filled) if position}
    assert {line for line in said if line.startswith("head ")} == known
    found = {tuple(line.split()[:2]): int(line.split()[2]) for line in said if not line.startswith(("head", "every"))}
    books = {(a.office, a.number): a.balance_cents for a in trial_balance(filled, "2026-12-31").accounts}
    assert found == books


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("postings.csv", ",125,", ",126,", "does not balance"),
        ("entries.csv", ",2026-11-17,", ",2026-11-16,", "is not what was written"),
        ("items.csv", ",5000,3000,", ",5000,2000,", "open items of"),
        ("events.csv", "order", "0rder", "is not the file"),
        ("month_balances.csv", ",300,0", ",301,0", "balance of"),
    ],
)
def test_the_script_names_what_was_changed(filled, tmp_path, file, old, new, said):
    exported(filled, tmp_path / "export")
    path = tmp_path / "export" / file
    text = path.read_text("utf-8")
    assert old in text or file == "events.csv"
    path.write_text(text.replace(old, new, 1) if old in text else text + "\n", "utf-8")
    done = checked(tmp_path / "export")
    assert done.returncode == 1
    assert said in done.stdout


def test_every_column_is_described_and_every_file_has_its_hash(filled, tmp_path):
    written = exported(filled, tmp_path / "export")
    package = json.loads((tmp_path / "export" / "datapackage.json").read_text("utf-8"))
    words = (tmp_path / "export" / "description.txt").read_text("utf-8")
    assert [resource["path"] for resource in package["resources"]] == [file.name for file in written]
    for file, resource in zip(AUDIT_FILES, package["resources"], strict=True):
        with (tmp_path / "export" / resource["path"]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[0] == [field["name"] for field in resource["schema"]["fields"]]
        assert len(rows) - 1 == resource["rows"]
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert set(resource["schema"]["primaryKey"]) <= set(rows[0])
        assert all(column.meaning in words and column.name in words for column in file.columns)


def test_an_export_without_personal_data_names_nobody(filled, tmp_path):
    exported(filled, tmp_path / "export", personal=False)
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "export").iterdir())
    for word in ("Erika", "Kopierpapier", "clara"):
        assert word not in text
    assert checked(tmp_path / "export").returncode == 0


def test_a_folder_is_whole_or_absent_and_never_replaced(filled, tmp_path):
    exported(filled, tmp_path / "export")
    with pytest.raises(FolderTakenError):
        exported(filled, tmp_path / "export")
    with pytest.raises(NoParentError):
        exported(filled, tmp_path / "no" / "export")

    def broken(_file):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_audit(tmp_path / "second", AUDIT_FILES, broken, {})
    assert [path.name for path in tmp_path.iterdir() if path.name != "kasse.db" and "kasse.db" not in path.name] == [
        "export"
    ]


def test_memory_does_not_grow_with_the_journal(store, tmp_path, monkeypatch):
    monkeypatch.setattr("ledger.store.postgres.STREAMED", 500)
    act(store, "clara")

    def peak(count, name):
        lines = (Posting("6100", 1), Posting("5900", -1))
        with store.unit(["KASSE"]):
            post(store, [Draft("KASSE", "manual", "2026-11-16", lines, text=f"Text {n}") for n in range(count)])
        tracemalloc.start()
        exported(store, tmp_path / name)
        with store.snapshot():
            for _ in hledger_journal(store, "2026-11-16"):
                pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    first = peak(1500, "first")  # three times the rows that a server sends at a time
    assert peak(4000, "second") < first + 300_000
