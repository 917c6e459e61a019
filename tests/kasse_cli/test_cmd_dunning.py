"""`kasse dunning` as a person types it."""

import re

import pytest

from tests.bankbooks import OFFICES, close_day, item, party, reference
from tests.books import opened, sqlite_copy


def debtor(store, name, town="Hamburg"):
    with store.unit(OFFICES):
        number = party(store, name)
        sql = (
            "UPDATE party SET street = 'Am Markt', house_number = '1', postcode = '20095', town = :town WHERE id = :id"
        )
        store.execute(sql, id=number, town=town)
    return number


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        erika, max_ = debtor(store, "Erika Musterfrau"), debtor(store, "Max Mustermann", None)
        item(store, "35", reference(store, 1), person=erika, purpose="Verwarnung", profile="fine")
        item(
            store, "1.250,00", reference(store, 2), person=erika, due="2026-11-06", office="BAU", purpose="Genehmigung"
        )
        item(store, "80", reference(store, 3), person=max_, purpose="Hundesteuer", dunning_level=1)
        item(store, "12,50", reference(store, 4), person=max_, due="2026-11-12")
        item(store, "9,99", person=erika, kind="credit", office="KASSE")
        item(store, "5", reference(store, 5), person=max_)
        item(store, "5", kind="suspense", office="KASSE", purpose=f"Zahlung {reference(store, 5)}")
        store.close()
        yield shell


def complete(town) -> None:
    store = opened(str(town.folder / "kasse.db"))
    close_day(store, "2026-11-19")
    store.close()


def test_who_is_due_for_a_letter(town):
    refused = town("kasse dunning propose")
    assert (refused.code, refused.out) == (1, "")
    complete(town)
    town.transcript(
        "dunning",
        "kasse dunning propose --dry-run",
        "kasse dunning propose --dry-run --office BAU --wait 30",
        "kasse dunning propose --dry-run --csv",
        "kasse dunning propose --dry-run --on 2026-11-25",
        "kasse dunning propose --user anna",
        "kasse dunning propose",
        "kasse dunning propose",
        "kasse dunning propose --replace",
        "kasse dunning show 2 --skipped",
        "kasse dunning release 2 --yes",
        "kasse dunning release 2 --yes --user emil --sum 1,00",
        "kasse dunning release 2 --yes --user emil --dry-run",
        "kasse dunning release 2 --yes --user emil",
        "kasse dunning release 2 --yes --user emil",
        "kasse dunning list",
        "kasse report open-items --kind receivable --user clara",
        "kasse dunning undo 2 --yes --user emil --reason Stichtag",
        "kasse dunning list",
        "kasse dunning discard 9",
    )


def test_the_same_for_scripts(town):
    complete(town)
    town.transcript("dunning-json", "kasse dunning propose --json", "kasse dunning list --json")


def test_the_list_fits_a_terminal(town, monkeypatch):
    complete(town)
    monkeypatch.setenv("COLUMNS", "80")
    town.terminal = True
    lines = re.sub("\x1b\\[[0-9;]*m", "", town("kasse dunning propose --dry-run").out).splitlines()
    assert max(map(len, lines)) <= 80
    assert any("1,253.10" in line or "1,288.10" in line for line in lines)


def test_excel_has_a_row_for_each_item(town):
    from openpyxl import load_workbook

    complete(town)
    assert town("kasse dunning propose --xlsx mahnungen.xlsx").code == 3
    book = load_workbook(town.folder / "mahnungen.xlsx", read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [sheet.title for sheet in book.worksheets] == ["Dunning", "Letters", "Left out"]
    book.close()
    assert len(rows) == 4
    assert "Erika Musterfrau" in rows[1]


def test_what_accrued_and_nobody_asked_for(town):
    store = opened(str(town.folder / "kasse.db"))
    erika = debtor(store, "Anna Ahrens")
    item(store, "5.000,00", reference(store, 6), person=erika, profile="tax", due="2026-08-10", purpose="Gewerbesteuer")
    item(store, "1.000,00", reference(store, 7), person=erika, profile="private", due="2026-08-31", office="BAU")
    store.close()
    town.transcript(
        "dunning-accrued",
        "kasse dunning accrued",
        "kasse dunning accrued --by debtor",
        "kasse dunning accrued --by office --csv",
        "kasse dunning accrued --party 'Anna Ahrens' --office BAU --json",
        "kasse dunning accrued --on 2026-09-15",
        "kasse dunning accrued --on 2027-03-31",
        "kasse dunning accrued --by month",
        "kasse dunning accrued --user anna",
        "kasse law charges --amount 5000 --due 2026-08-10 --profile tax",
        "kasse dunning accrued --xlsx neben.xlsx -q",
    )
    assert (town.folder / "neben.xlsx").stat().st_size > 2000
    town.terminal = True
    assert "Anna Ahrens" in town("kasse dunning accrued").out
