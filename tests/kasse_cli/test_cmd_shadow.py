"""Beside a leading finance system: what reconciling exports, and what each office is told, once and completely."""

import csv
import io
import json
from collections import Counter
from contextlib import closing

import pytest
from openpyxl import load_workbook

from tests.bankbooks import item
from tests.books import sqlite_copy
from tests.kasse_cli.test_cmd_reconcile import Town


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        yield Town(shell, location)


def rows(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def place(row: dict) -> tuple[str, int, int]:
    return row["office"], row["position"], row["line"]


def test_what_an_office_is_told(town):
    town.monday()
    town.shell("kasse reconcile inbox")
    town.shell.transcript(
        "office-feed",
        "kasse office feed",
        "kasse office feed --office BAU --csv",
        "kasse office feed --office BAU --jsonl",
        "kasse office feed --since nowhere",
        "kasse office feed --since BAU=99",
        "kasse office feed --office NIX",
    )


def test_a_cursor_neither_misses_nor_repeats(town):
    """In any steps the feeds together are the feed from the beginning."""
    told, cursor = [], "0"
    for step in (town.monday, town.tuesday, lambda: None):
        step()
        town.shell("kasse reconcile inbox")
        data = town.shell(f"kasse office feed --since {cursor} --json").data
        told += data["movements"]
        cursor = data["cursor"]
    whole = town.shell("kasse office feed --json").data["movements"]
    assert sorted(map(place, told)) == list(map(place, whole))
    assert town.shell(f"kasse office feed --since {cursor} --json").data["movements"] == []
    events = {(row["office"], row["event"]) for row in told}
    assert {("ORDNUNG", "paid"), ("BAU", "left_over"), ("KASSE", "to_clarify"), ("KASSE", "executed")} <= events


def test_what_a_clerk_took_back_did_not_come_back(town):
    """An assignment by hand and a match that are undone: the money is unclear again, and none moved."""
    town.monday()
    town.shell("kasse reconcile inbox")
    with closing(town.opened()) as store:
        item(store, "12,34", town.refs[3], name="Eva Zwei")
    (first, *_) = town.shell("kasse suspense list --json").data["cases"]
    assert town.shell(f"kasse suspense assign {first['number']} {town.refs[3]} --user clara").code == 0
    feed = town.shell("kasse office feed --json").data
    matched = next(row["bank_entry"] for row in feed["movements"] if row["reference"] == town.refs[1])
    entry = next(row["entry"] for row in feed["movements"] if row["bank_entry"] == matched)
    for what in (f"{first['number']}", f"--entry {entry}"):
        undone = town.shell(f"kasse suspense undo {what} --reason falsch --user clara")
        assert undone.code == 0, undone.err
    told = town.shell(f"kasse office feed --since {feed['cursor']} --json").data["movements"]
    events = {(row["office"], row["event"], row["amount_cents"]) for row in told}
    assert {("ORDNUNG", "taken_back", -5000), ("ORDNUNG", "taken_back", -1234)} <= events
    assert {("KASSE", "to_clarify", 5000), ("KASSE", "to_clarify", 1234)} <= events
    assert len(events) == 4, events


def test_a_state_file_keeps_the_cursor(town):
    town.monday()
    town.shell("kasse reconcile inbox")
    first = town.shell("kasse office feed --office ORDNUNG --state ordnung.cursor --jsonl").out.splitlines()
    assert json.loads(first[-1])["cursor"] == (town.shell.folder / "ordnung.cursor").read_text().strip()
    assert [json.loads(line)["event"] for line in first[:-1]] == ["paid"]
    again = "kasse office feed --office ORDNUNG --state ordnung.cursor --csv"
    assert town.shell(again).out.count("\n") == 1
    assert town.shell(f"{again} --since 0").out.count("\n") == 1, "the file says more than where to begin without one"


def test_a_state_file_begins_where_a_cursor_says(town):
    town.monday()
    town.shell("kasse reconcile inbox")
    cursor = json.loads(town.shell("kasse office feed --office ORDNUNG --jsonl").out.splitlines()[-1])["cursor"]
    feed = town.shell(f"kasse office feed --office ORDNUNG --since {cursor} --state new.cursor --csv")
    assert feed.out.count("\n") == 1, "what it was told before it kept a file is not told again"
    assert (town.shell.folder / "new.cursor").read_text().strip() == cursor


def test_an_export_holds_what_was_assigned_since_the_last_one(town):
    town.monday()
    assert town.shell("kasse reconcile inbox --export 1.csv --json").data["exported"] == 7
    monday = rows(town.shell.folder / "1.csv")
    shares: Counter[str] = Counter()
    for row in monday:
        shares[row["bank_entry"]] += cents(row["amount"])
    assert shares == {row["bank_entry"]: cents(row["bank_amount"]) for row in monday}
    town.tuesday()
    (refused,) = town.shell("kasse reconcile inbox --export 1.csv --json").json["errors"]
    assert refused["code"] == "output.exists"
    assert town.shell("kasse reconcile inbox --export 2.csv --json").data["exported"] == 1
    assert town.shell("kasse reconcile --export 3.csv --json").data["exported"] == 0
    assert town.shell("kasse reconcile --export 3.pdf --json").json["errors"][0]["code"] == "export.form"
    store = town.opened()
    entries, whole = store.one("SELECT count(*), sum(amount_cents) FROM bank_entry")
    store.close()
    everything = monday + rows(town.shell.folder / "2.csv")
    assert len({row["bank_entry"] for row in everything}) == entries
    assert sum(cents(row["amount"]) for row in everything) == whole


def test_a_workbook_for_the_leading_system(town):
    town.monday()
    town.shell("kasse reconcile inbox --export export.xlsx")
    sheet = load_workbook(town.shell.folder / "export.xlsx").active
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert table[0][:8] == [
        "Bank entry", "Bank account", "Bank day", "Value day", "Posting day", "Bank amount", "Amount", "What",
    ]  # fmt: skip
    assert {row[7] for row in table[1:]} == {"paid", "left over", "to be clarified", "booked", "executed"}


def test_what_was_not_written_comes_with_the_next_export(town):
    town.monday()
    (town.shell.folder / "there").mkdir()
    refused = town.shell("kasse reconcile inbox --export nowhere/1.csv --json")
    assert (refused.code, refused.json["errors"][0]["code"]) == (1, "output.no_folder")
    town.shell("kasse reconcile inbox")
    assert town.shell("kasse reconcile --export 1.csv --json").data["exported"] == 7


def test_what_was_clarified_later_is_exported_later(town):
    """A case is exported as to clarify; once it is assigned it leaves clarification and is paid, with who decided."""
    town.monday()
    town.shell("kasse reconcile inbox --export 1.csv")
    store = town.opened()
    item(store, "12,34", town.refs[3], name="Unbekannt")
    store.close()
    assert town.shell(f"kasse suspense assign 1 {town.refs[3]} --user clara --json").code == 0
    assert town.shell("kasse reconcile --export 2.csv --json").data["exported"] == 2
    later = [(row["event"], row["amount"], row["rule"], row["bank_entry"]) for row in rows(town.shell.folder / "2.csv")]
    assert later == [("clarified", "-12.34", "assigned", "KASSE/3"), ("paid", "12.34", "assigned", "KASSE/3")]
