import json

import pytest

from kasse_cli.object_words import object_text
from tests.kasse_cli.books_day import copied, fill

BY = "--user clara"


@pytest.fixture
def office(shell, sqlite_template):
    """The shell in the folder of a book with a little of everything."""
    store = copied(sqlite_template, shell.folder)
    fill(store)
    store.close()
    return shell


def test_journal(office):
    office.transcript(
        "journal",
        f"kasse journal list {BY}",
        f"kasse journal list --from 2026-11-17 --office KASSE --account 6100 --csv {BY}",
        f"kasse journal list --limit 2 {BY}",
        f"kasse journal show KASSE-2026-4 {BY}",
        f"kasse journal show ORDNUNG-2026-2 {BY}",
        f"kasse journal show KASSE-2026-5 --json {BY}",
        f"kasse journal reverse KASSE-2026-4 --reason 'Falsche Kostenstelle' --on 2026-11-18 {BY}",
        f"kasse journal reverse KASSE-2026-4 --reason 'noch einmal' {BY}",
        f"kasse journal reverse ORDNUNG-2026-2 --reason 'Gehört zu anderer Forderung' --on 2026-11-18 --json {BY}",
        f"kasse journal reverse KASSE-2026-2 --reason 'Bank' {BY}",
        "kasse journal reverse KASSE-2026-5 --reason 'nicht meins' --user anna",
        f"kasse journal show KASSE-2026-4 {BY}",
        f"kasse journal show KASSE-17 {BY}",
        f"kasse journal show KASSE-2026-99 {BY}",
    )


def test_journal_verify(office):
    office.transcript("journal-verify", f"kasse journal verify {BY}", f"kasse journal verify --json {BY}")
    head = office(f"kasse journal verify --json {BY}").data["head"]
    office(f"kasse journal reverse KASSE-2026-5 --reason Test {BY}")
    blocks = " ".join(head[at : at + 8] for at in range(0, 64, 8)).upper()
    done = office(f"kasse journal verify --head '{blocks}' {BY}")
    assert (done.code, "the head given is one this book had" in done.out) == (0, True)


def test_a_head_of_no_state_of_the_book_is_a_finding(office):
    done = office(f"kasse journal verify --head {'ab' * 32} --json {BY}")
    assert (done.code, done.json["status"], done.json["findings"][0]["code"]) == (3, "findings", "verify.against")
    assert set(done.data) >= {"entries", "head", "heads", "postings", "events", "erased_texts"}
    assert office(f"kasse journal verify --head 12 {BY}").code == 2
    missing = office(f"kasse journal verify --head kopf-2026.txt {BY} --json")
    assert (missing.code, missing.json["errors"][0]["code"]) == (2, "head.no_file")


@pytest.mark.parametrize("name", ["bilanz.csv", "bilanz.pdf", "bilanz.xls"])
def test_a_workbook_has_the_name_of_one(office, name):
    done = office(f"kasse journal list --xlsx {name} {BY} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (2, "output.not_excel")
    assert not (office.folder / name).exists()
    assert office(f"kasse journal list --xlsx bilanz.XLSX {BY}").code == 0
    done = office(f"kasse order template --xlsx {name} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (2, "output.not_excel")


def test_what_moved_cash_is_called_what_it_is():
    told = [object_text(name) for name in ("cash:B1-2026-7", "cash:KASSE-T2", "cash:H1/1", "manual:6", "manual")]
    assert told == [
        "receipt B1-2026-7", "cash transport KASSE-T2", "settlement of a fund H1/1", "by hand, no. 6", "by hand",
    ]  # fmt: skip


def test_a_refused_reversal_is_noted_in_the_event_log(office):
    office("kasse journal reverse KASSE-2026-5 --reason x --user anna")
    from tests.books import opened

    store = opened(str(office.folder / "kasse.db"))
    facts = store.value("SELECT facts FROM event WHERE action = 'refused'")
    assert json.loads(facts)["command"] == "journal reverse"
    store.close()


def test_a_terminal_shows_the_newest_and_says_so(office):
    from ledger.book.store import post
    from tests.books import entry, opened

    store = opened(str(office.folder / "kasse.db"), "clara", now="2026-11-19T08:00:00Z")
    with store.unit(["BAU"]):
        post(store, [entry("6100 1", "5900 -1", office="BAU") for _ in range(120)])
    store.close()
    assert len(office(f"kasse journal list --json {BY}").data["entries"]) == 129
    office.terminal = True
    shown = office(f"kasse journal list {BY}").out
    assert "entries: 100 of 129" in shown
    assert "BAU-2026-122" in shown
    assert "KASSE-2026-1 " not in shown
    assert "entries: 129 of 129" in office(f"kasse journal list --limit 0 {BY}").out


def test_in_excel(office):
    done = office(f"kasse journal list --xlsx liste.xlsx {BY}")
    assert (done.code, done.out) == (0, "entries: 9 of 9\nwritten: liste.xlsx\n")
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(office.folder / "liste.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Entries · Musterstadt · 2026-11-20"
    assert rows[1][:2] == ["Entry", "Day"]
    assert (rows[-2][0], rows[-1][0]) == ("ORDNUNG-2026-2", "Total")
    assert round(rows[-1][4], 2) == round(sum(row[4] for row in rows[2:-1]), 2) > 0
