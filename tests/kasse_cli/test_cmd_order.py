"""`kasse order` as clerks and scripts type it."""

import csv
import datetime as dt

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from enforcement.profiles_lands import profile_names
from kasse_cli.i18n import set_language
from kasse_cli.order_facts import order_facts
from kasse_cli.order_words import PROFILES
from kasse_cli.spreadsheets.scans import letters
from tests.books import opened, sqlite_copy
from tests.kasse_cli.order_files import BAD_ORDERS, ORDERS, workbook, write


@pytest.fixture
def town(shell, sqlite_template):
    """A book that lets people say who they are; `import` brings lists in."""
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder):
        yield shell


def rows(path, sheet=0):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()


def test_orders_go_from_a_list_to_the_books(town):
    write(town.folder, "anordnungen.csv", ORDERS)
    town.transcript(
        "order",
        "kasse order import anordnungen.csv --dry-run",
        "kasse order import anordnungen.csv",
        "kasse order import anordnungen.csv",
        "kasse order list --batch 1",
        "kasse order certify --batch 1 --sum 454,50",
        "kasse order certify --batch 1 --user anna",
        "kasse order certify --batch 1 --sum 454,49 --user anna",
        "kasse order certify --batch 1 --sum 454,50 --user anna",
        "kasse order certify --batch 1 --sum 454,50 --user anna",
        "kasse order accept --batch 1 --sum 454,50 --user clara",
        "kasse order approve BAU-1 ORDNUNG-1 --user anna",
        "kasse order approve BAU-1 ORDNUNG-1 --user bernd",
        "kasse order approve --batch 1 --sum 240 --user bernd",
        'kasse order object ORDNUNG-1 --reason "Fälligkeit zu früh" --user clara',
        "kasse order accept --batch 1 --sum 329 --user clara",
        "kasse order show ORDNUNG-2",
        "kasse order show BAU-1",
        "kasse order list --state objected",
        "kasse order show ORDNUNG-9",
        "kasse order approve",
        "kasse order approve 17",
    )


def test_the_same_for_scripts(town):
    write(town.folder, "orders.csv", ORDERS)
    town.transcript(
        "order-json",
        "kasse order import orders.csv --json",
        "kasse order certify --batch 1 --sum 454.50 --user anna --json",
        "kasse order approve --batch 1 --sum 454.50 --user bernd --json",
        "kasse order accept --batch 1 --sum 454.50 --user clara --json",
        "kasse order list --office BAU --json",
        "kasse order show BAU-1 --json",
        "kasse order accept --batch 9 --sum 1 --user clara --json",
        "kasse order list --csv",
    )


def test_bad_rows_are_named_and_the_good_ones_taken_where_wanted(town):
    write(town.folder, "liste.csv", BAD_ORDERS)
    town.transcript(
        "order-partial",
        "kasse order import liste.csv",
        "kasse order import liste.csv --partial",
        "kasse order list",
        "kasse order import liste.csv --partial --json",
    )
    assert town("kasse order import liste.csv --json --lang de").data["new"] is False


def test_rejected_rows_can_be_mended_and_imported_again(town):
    write(town.folder, "liste.csv", BAD_ORDERS)
    assert town("kasse order import liste.csv --partial").code == 3
    names, *bad = rows(town.folder / "liste-rejects.xlsx")
    assert names[-1] == "finding"
    assert [row[2] for row in bad] == ["Max Mustermann", "Ayşe Yılmaz", "Papierhaus Muster KG"]
    assert bad[0][-1] == "not an amount: 1.234"
    assert "; " in bad[1][-1]
    bad[0][8], bad[1][0], bad[1][9], bad[2][7] = "1.234,00", "ORDNUNG", "30.11.2026", "DE02120300000000202051"
    with (town.folder / "mended.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows([names, *bad])
    again = town("kasse order import mended.csv --json")
    assert (again.code, again.data["count"], again.data["amount_cents"]) == (0, 3, 123400 + 6250 + 8900)


@pytest.mark.parametrize("name", ["bad.csv", "bad.xlsx"])
def test_rejected_rows_go_where_they_are_wanted(town, name):
    write(town.folder, "liste.csv", BAD_ORDERS)
    done = town(f"kasse order import liste.csv --partial --rejects {name} --json")
    assert (done.code, done.data["rejects"], done.data["rejected_rows"]) == (3, name, [3, 4, 5])
    assert (town.folder / name).exists()
    assert not (town.folder / "liste-rejects.xlsx").exists()


def test_a_list_of_rejects_is_never_overwritten(town):
    write(town.folder, "liste.csv", BAD_ORDERS)
    write(town.folder, "liste-rejects.xlsx", "being mended")
    done = town("kasse order import liste.csv --partial --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "order.rejects_exist")
    assert town("kasse order list --json").data["orders"] == []
    assert (town.folder / "liste-rejects.xlsx").read_text() == "being mended"


def test_a_rejected_row_in_a_list_of_rejects_is_rejected_again(town):
    write(town.folder, "liste.csv", BAD_ORDERS)
    town("kasse order import liste.csv --partial --lang de")
    done = town("kasse order import liste-rejects.xlsx --partial --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "order.list_empty")


BAD_CELLS = [
    pytest.param({"amount": "=100+25"}, "sheet.formula", "G", id="a formula"),
    pytest.param({"amount": "1.234"}, "amount.invalid", "amount", id="an ambiguous amount"),
    pytest.param({"amount": 0.125}, "amount.fraction", "amount", id="half a cent"),
    pytest.param({"amount": dt.date(2026, 4, 1)}, "cell.date", "amount", id="a date as amount"),
    pytest.param({"amount": True}, "cell.flag", "amount", id="a truth value as amount"),
    pytest.param({"amount": "12 USD"}, "amount.invalid", "amount", id="dollars"),
    pytest.param({"amount": -1}, "order.amount", "amount", id="a negative amount"),
    pytest.param({"due": 46371}, "cell.number_for_day", "due", id="a number as date"),
    pytest.param({"due": "31.02.2026"}, "cell.day", "due", id="a day that is none"),
    pytest.param({"due": "12/15/2026"}, "cell.day", "due", id="an American date"),
    pytest.param({"reference": 1000000000015.0}, "cell.number", "reference", id="a float as reference"),
    pytest.param({"reference": "1E+12"}, "cell.lost_digits", "reference", id="a shortened number"),
    pytest.param({"reference": "1000000000016"}, "reference.invalid", "reference", id="a wrong check digit"),
    pytest.param({"bank_account": "DE00120300000000000036"}, "iban.check_digits", "bank_account", id="alias digits"),
    pytest.param({"bank_account": 123.0}, "cell.number", "bank_account", id="a number as IBAN"),
    pytest.param({"kind": "Umbuchung"}, "cell.choice", "kind", id="an unknown kind"),
    pytest.param({"office": "ZOO"}, "office.unknown", "office", id="an unknown office"),
    pytest.param({"name": None}, "order.missing", "name", id="no name"),
    pytest.param({"postcode": 1067}, "order.postcode", "postcode", id="a postcode without its zero"),
    pytest.param({"name": dt.date(2026, 4, 1)}, "cell.date", "name", id="a date as name"),
    pytest.param({"enforceable": "vielleicht"}, "cell.yes_no", "enforceable", id="perhaps"),
    pytest.param({"gl_account": "2400"}, "order.kept_account", "gl_account", id="a control account"),
]


@pytest.mark.parametrize(("cells", "code", "column"), BAD_CELLS)
def test_a_bad_cell_is_named_with_its_place_and_nothing_is_imported(town, cells, code, column):
    workbook(town.folder / "list.xlsx", **cells)
    done = town("kasse order import list.xlsx --json")
    assert done.code == 1
    found = done.json["findings"] or done.json["errors"]
    assert [finding["code"] for finding in found] == [code]
    place = found[0]["place"]
    assert (place["file"], place["sheet"]) == ("list.xlsx", "Anordnungen")
    assert place["column"] == column
    assert place["row"] == 2
    assert found[0]["hint"]
    assert town("kasse order list --json").data["orders"] == []


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"amount": 125.5, "due": dt.date(2019, 1, 1)}, id="due in the past, a date cell"),
        pytest.param({"amount": "1.234,56 EUR"}, id="a written amount"),
        pytest.param({"kind": "FORDERUNG"}, id="a German word in capitals"),
        pytest.param({"reference": "AZ-4711", "reference_foreign": "ja"}, id="a foreign reference"),
        pytest.param({"gl_account": 5700}, id="an account as number"),
        pytest.param({"house_number": 3, "street": "Gartenweg"}, id="a house number as number"),
        pytest.param({"birth_date": dt.datetime(1990, 5, 17)}, id="a moment at midnight"),
        pytest.param({"name": "Gut & Günstig GmbH"}, id="an ampersand"),
    ],
)
def test_these_cells_are_good(town, cells):
    workbook(town.folder / "list.xlsx", **cells)
    done = town("kasse order import list.xlsx --json")
    assert (done.code, done.json["findings"], done.data["count"]) == (0, [], 1)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("empty.csv", "", "sheet.file_empty"),
        ("list.pdf", "%PDF-1.7", "invoice.no_invoice"),
        ("no-heading.csv", "1;2;3\n4;5;6\n", "list.no_heading"),
        ("columns.csv", "office;kind;name;due;purpose\n", "list.column_missing"),
        ("heading.csv", ORDERS.splitlines()[0] + "\n", "order.list_empty"),
        ("quotes.csv", ORDERS + 'ORDNUNG;Forderung;"Max', "sheet.csv_quotes"),
    ],
)
def test_a_file_that_is_no_list_is_refused(town, name, text, code):
    write(town.folder, name, text)
    done = town(f"kasse order import {name} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, code)
    assert done.json["errors"][0]["hint"]


def test_a_file_that_is_not_there_is_refused(town):
    assert town("kasse order import nowhere.csv --json").json["errors"][0]["code"] == "sheet.file_missing"


def test_a_list_comes_through_a_pipe(town):
    done = town("kasse order import - --json", stdin=ORDERS)
    assert (done.code, done.data["count"]) == (0, 3)
    again = town("kasse order import - --json", stdin=ORDERS)
    assert (again.code, again.data["new"], again.data["batch"]) == (0, False, 1)


def test_rejects_of_a_pipe_are_written_where_one_stands(town):
    assert town("kasse order import - --partial --json", stdin=BAD_ORDERS).data["rejects"] == "orders-rejects.xlsx"
    assert len(rows(town.folder / "orders-rejects.xlsx")) == 4


@pytest.mark.parametrize(("code", "said"), [
    ("private-trade", "privatrechtlich, kein Verbraucher (private-trade)"), ("fee", "Gebühr (fee)"), ("kag", "kag"),
])  # fmt: skip
def test_an_order_shows_its_law_in_words_with_what_is_typed_for_it(code, said):
    set_language("de")
    try:
        assert [one["shown"] for one in order_facts({"profile": code})] == [said]
    finally:
        set_language("en")


@pytest.mark.parametrize("word", ["Summe", "Gesamtsumme:", "Total", "SUMME (EUR)"])
@pytest.mark.parametrize("cells", [";;{};;;;;;305,50;;;;;;", "{};;;;;;;;305,50;;;;;;", ";;;;;;;;305,50;;;{};;;"])
def test_a_total_at_the_end_of_a_list_is_told_to_be_one(town, cells, word):
    write(town.folder, "liste.csv", ORDERS + cells.format(word) + "\n")
    done = town("kasse order import liste.csv --user import --json")
    assert [(one["code"], one["place"]["row"]) for one in done.json["findings"]] == [("list.total_row", 6)]
    assert done.code == 1
    partly = town("kasse order import liste.csv --partial --user import")
    assert partly.code == 3
    assert f"row 6: this row looks like a total of the others: {word}" in partly.err


def test_an_order_whose_purpose_is_a_total_is_one(town):
    titled = ORDERS.replace(";Kopierpapier;", ";Summe;")
    write(town.folder, "liste.csv", titled.replace("89,00", "89 Euro 5"))
    found = town("kasse order import liste.csv --user import --json").json["findings"]
    assert [one["code"] for one in found] == ["amount.invalid"]
    write(town.folder, "liste.csv", titled)
    assert town("kasse order import liste.csv --user import").code == 0


def test_the_empty_list_can_be_filled_in_and_imported(town):
    from openpyxl import load_workbook

    for lang in ("de", "en"):
        path = town.folder / f"{lang}.xlsx"
        assert town(f"kasse order template --xlsx {path.name} --lang {lang}").code == 0
        book = load_workbook(path)
        page = book.worksheets[0]
        names = [cell.value for cell in page[1]]
        values = {names[0]: "ORDNUNG", names[1]: "Forderung", names[2]: f"Erika {lang}", names[3]: "Gartenweg 3"}
        position = {key: at for at, key in enumerate(names)}
        assert len(position) == 37
        for at, value in enumerate(
            [
                "ORDNUNG",
                "Forderung",
                f"Erika {lang}",
                "Gartenweg",
                "3",
                "20999",
                "Musterstadt",
                None,
                None,
                None,
                10,
                "1.12.2026",
            ]
        ):
            page.cell(2, at + 1, value)
        page.cell(2, names.index("Verwendungszweck" if lang == "de" else "purpose") + 1, "Gebühr")
        book.save(path)
        done = town(f"kasse order import {path.name} --json")
        assert (done.code, done.json["findings"], done.data["amount_cents"]) == (0, [], 1000), values


def test_an_empty_list_without_a_file_or_over_a_file_is_refused(town):
    assert town("kasse order template").code == 2
    write(town.folder, "mine.xlsx", "filled")
    done = town("kasse order template --xlsx mine.xlsx --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "template.exists")


def test_on_a_terminal_the_control_sum_is_typed(town):
    write(town.folder, "list.csv", ORDERS)
    town("kasse order import list.csv")
    town.terminal = True
    wrong = town("kasse order certify --batch 1 --user anna", stdin="454,00\n")
    assert (wrong.code, "you have checked (3)" in wrong.err) == (1, True)
    assert "454.50" not in wrong.err.split("error:")[0]
    assert town("kasse order certify --batch 1 --user anna", stdin="454,50\n").code == 0


def test_without_a_terminal_the_control_sum_must_be_given(town):
    write(town.folder, "list.csv", ORDERS)
    town("kasse order import list.csv")
    done = town("kasse order certify --batch 1 --user anna", stdin="454,50\n")
    assert (done.code, "--sum" in done.err) == (1, True)


def test_a_refusal_is_an_event(town):
    write(town.folder, "list.csv", ORDERS)
    town("kasse order import list.csv")
    assert town("kasse order certify --batch 1 --sum 454,50 --user bernd").code == 1
    store = opened(str(town.folder / "kasse.db"))
    facts = store.value("SELECT facts FROM event WHERE action = 'refused'")
    store.close()
    assert facts == '{"code":"right.missing","command":"order certify"}'


def test_acceptance_posts_on_the_day_given(town):
    write(town.folder, "list.csv", ORDERS)
    town("kasse order import list.csv")
    for user, verb in (("anna", "certify"), ("bernd", "approve")):
        town(f"kasse order {verb} --batch 1 --sum 454,50 --user {user}")
    town("kasse order accept --batch 1 --sum 454,50 --user clara --on 2026-11-18")
    assert town("kasse order show ORDNUNG-1 --json").data["items"][0]["posting_day"] == "2026-11-18"


def test_the_template_lists_the_laws_to_choose_from_and_takes_others(shell):
    shell("kasse order template --xlsx leer.xlsx --lang de")
    book = openpyxl.load_workbook(shell.folder / "leer.xlsx")
    rules = {row[0].value: row[3].value for row in book.worksheets[1].iter_rows(min_row=2)}
    assert rules["Profil"] == "tax, fee, fine, private, private-trade, justice, bund, amtshilfe, …"
    assert rules["Art"] == "Forderung, Auszahlung"
    heads = [cell.value for cell in book.worksheets[0][1]]
    letter = letters(heads.index("Profil") + 1)
    styles = {
        str(one.sqref).partition("2:")[0]: one.errorStyle for one in book.worksheets[0].data_validations.dataValidation
    }
    assert (heads[0], styles[letter], styles[letters(heads.index("Art") + 1)]) == ("Amt", "warning", "stop")
    known = {name for name in profile_names("HH") if not name.startswith("hamburg")}
    assert known == set(PROFILES), "what the list offers is what kasse brings"


def test_a_missing_value_is_named_as_the_list_or_the_language_names_it(town):
    """Who writes German headings reads of them, not of the keys that scripts use."""
    write(town.folder, "o.csv", "Dienststelle;Art;Name;Straße;PLZ;Ort;Betrag;Fällig am;Zweck\n"
          ";Forderung;Erika Musterfrau;Weg;20999;Musterstadt;12,50;15.12.2026;x\n"
          "BAU;Auszahlung;Papierhaus;;;;12,50;15.12.2026;x\n")  # fmt: skip
    said = town("kasse order import o.csv --lang de").err
    assert "ein Wert fehlt: Dienststelle" in said
    assert "ein Wert fehlt: IBAN" in said
    assert "immer nötig: Amt, Art, Name, Betrag, Fälligkeit" in said
    assert "bank_account" not in said
