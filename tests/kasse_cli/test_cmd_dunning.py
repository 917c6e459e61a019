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
        "kasse dunning propose",
        "kasse dunning propose --office BAU --wait 30",
        "kasse dunning propose --csv",
        "kasse dunning propose --on 2026-11-24",
        "kasse dunning propose --user anna",
    )


def test_the_same_for_scripts(town):
    complete(town)
    town.transcript("dunning-json", "kasse dunning propose --json", "kasse dunning propose --on 2026-11-24 --json")


def test_the_list_fits_a_terminal(town, monkeypatch):
    complete(town)
    monkeypatch.setenv("COLUMNS", "80")
    town.terminal = True
    lines = re.sub("\x1b\\[[0-9;]*m", "", town("kasse dunning propose").out).splitlines()
    assert max(map(len, lines)) <= 80
    assert any("1,285.00" in line for line in lines)


def test_excel_has_a_row_for_each_item(town):
    from openpyxl import load_workbook

    complete(town)
    assert town("kasse dunning propose --xlsx mahnungen.xlsx").code == 3
    book = load_workbook(town.folder / "mahnungen.xlsx", read_only=True)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    book.close()
    assert len(rows) == 4
    assert rows[1][1] == "Erika Musterfrau"
