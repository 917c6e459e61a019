"""`kasse opening` with all its lists: a workbook with a sheet for each, a folder with a file for each."""

import pytest
from openpyxl import Workbook, load_workbook

from kasse_cli.opening_columns import KINDS
from tests.books import opened, sqlite_copy
from tests.kasse_cli.order_files import write

BALANCES = """office,account,amount
KASSE,DE02370400440000000024,12500.00
KASSE,DE75512108001245126199,0.00
KASSE,3000,-12500.00
KASSE,4800,-42.50
ORDNUNG,2400,105.00
"""
PARTIES = """Personenkonto;Name;Straße;Hausnummer;PLZ;Ort;Geburtsdatum
4711;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;12.4.1981
4712;Max Mustermann;Lindenallee;17a;20999;Musterstadt;
"""
ITEMS = """Dienststelle;Art;Personenkonto;Name;IBAN;Offener Betrag;Fällig;Ursprüngliche Fälligkeit;Kassenzeichen;Hauptforderung;Forderungsart;Profil;Bescheiddatum;Mahnstufe;Gemahnt am;Verwendungszweck;Bearbeiter
ORDNUNG;Forderung;4711;;;100,00;1.12.2026;1.2.2026;4711-0815;;fee;fee;10.1.2026;1;20.3.2026;Sondernutzung;
ORDNUNG;Forderung;4711;;;5,00;1.12.2026;1.2.2026;4711-0816;4711-0815;mahngebuehr;fee;;;;Mahngebühr;
KASSE;Verwahrung;;M. Muster;DE02120300000000202051;42,50;7.10.2026;;;;;;;;;Rechnung 4712;clara
"""
ACCOUNTS = """Personenkonto;IBAN;Art;Gültig ab;Gültig bis
4711;DE02 1203 0000 0000 2020 51;eigenes;;
4711;DE02500105170137075030;Betreuer;1.1.2020;31.5.2026
"""
DEBTORS = """Dienststelle;Kassenzeichen;Personenkonto
ORDNUNG;4711-0815;4712
"""
LOCKS = """Personenkonto;Dienststelle;Kassenzeichen;Sperre;Gültig bis;Grund
;ORDNUNG;4711 0815;Mahnsperre;31.12.2026;Widerspruch
4712;;;Vollstreckungssperre;;Insolvenz
"""
EVENTS = """Dienststelle;Kassenzeichen;Ereignis;Tag;Bemerkung
ORDNUNG;4711-0815;measure;4.5.2026;Pfändung
"""
PLANS = """Plan;Dienststelle;Kassenzeichen;Bewilligt am;Fälligkeit;Rate;Zinsen
RP-1;ORDNUNG;4711-0815;1.9.2026;1.12.2026;50,00;
RP-1;;;;2.1.2027;52,50;2,50
"""
MANDATES = """Zahlungspflichtiger;Mandatsreferenz;IBAN;Unterschrieben am;Letzte Nutzung;Gläubiger-ID
4711;ALT-1;DE02120300000000202051;3.5.2019;15.8.2026;DE98ZZZ09999999999
4712;ALT-2;DE02500105170137075030;3.5.2015;15.8.2020;DE98ZZZ09999999999
"""
FILES = {
    "salden": BALANCES, "posten": ITEMS, "personen": PARTIES, "bankverbindungen": ACCOUNTS, "gesamtschuldner": DEBTORS,
    "sperren": LOCKS, "ereignisse": EVENTS, "ratenplaene": PLANS, "mandate": MANDATES,
}  # fmt: skip
SUMS = "--control receivables=105 --control suspense=42,50 --control balances=62,50"
COUNTS = {"parties": 2, "accounts": 2, "debtors": 1, "locks": 2, "events": 1, "plans": 1, "mandates": 2}


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "emil"
    with sqlite_copy(sqlite_template, shell.folder):
        yield shell


@pytest.fixture
def folder(town):
    for name, text in FILES.items():
        write(town.folder / "alt", f"{name}.csv", text)
    return town


def rows(town, sql):
    store = opened(str(town.folder / "kasse.db"))
    found = store.all(sql)
    store.close()
    return found


def taken(town, lists):
    """Import and sign twice, and return the last result."""
    done = town(f"kasse opening import {lists} --as-of 2026-11-15 {SUMS} --json")
    assert done.code == 3, done.out  # a mandate that lapsed is a warning
    assert town(f"kasse opening sign {lists}").code == 0
    return town(f"kasse opening sign {lists} --user frida --json")


def test_everything_is_taken_over_from_a_folder(folder):
    done = taken(folder, "alt")
    assert (done.code, done.data["opening"]["state"]) == (3, "final")
    assert {row["list"]: row["rows"] for row in done.data["lists"]} == COUNTS
    assert [finding["code"] for finding in done.json["findings"]] == ["mandate.lapsed"]
    assert done.json["findings"][0]["place"]["file"] == "alt/mandate.csv"
    assert rows(folder, "SELECT kind, state, decided_by <> proposed_by FROM relief") == [("ratenplan", "granted", 1)]
    assert rows(folder, "SELECT reference, last_used, used_before FROM mandate ORDER BY id") == [
        ("ALT-1", "2026-08-15", "2026-08-15"), ("ALT-2", "2020-08-15", "2020-08-15"),
    ]  # fmt: skip
    assert folder("kasse journal verify").code == 0
    account = folder("kasse party account alt:4711 --user clara").out
    assert "105.00" in account
    folder.transcript(
        "opening-taken", "kasse party show alt:4711 --user clara", "kasse item show 4711-0815 --user clara",
        "kasse suspense show 1 --user clara", "kasse relief show 1 --user clara",
    )  # fmt: skip


def test_everything_is_taken_over_from_one_workbook(folder):
    book = Workbook()
    book.remove(book.active)
    for name, text in FILES.items():
        page = book.create_sheet(name.capitalize())
        for line in text.splitlines():
            page.append([field or None for field in line.split("," if name == "salden" else ";")])
    book.save(folder.folder / "alt.xlsx")
    done = taken(folder, "alt.xlsx")
    assert {row["list"]: row["rows"] for row in done.data["lists"]} == COUNTS
    assert done.json["findings"][0]["place"]["sheet"] == "Mandate"


def test_the_pages_of_a_whole_take_over(folder):
    take = f"kasse opening import alt --as-of 2026-11-15 {SUMS}"
    folder.transcript("opening-lists", take, "kasse opening show", "kasse opening list")


def test_findings_of_every_list_have_their_place(folder):
    bad = {
        "sperren": LOCKS.replace("4711 0815", "9999"), "ereignisse": EVENTS.replace("measure", "dinner"),
        "ratenplaene": PLANS.replace("52,50", "52,00"), "mandate": MANDATES.replace("4712;", "4799;"),
        "gesamtschuldner": DEBTORS.replace("4712", "4799"), "bankverbindungen": ACCOUNTS.replace("4711;DE02 ", "4799;DE02 "),
    }  # fmt: skip
    for name, text in bad.items():
        write(folder.folder / "alt", f"{name}.csv", text)
    folder.transcript("opening-lists-bad", f"kasse opening import alt --as-of 2026-11-15 {SUMS}")
    assert rows(folder, "SELECT count(*) FROM opening_run") == [(0,)]


@pytest.mark.parametrize(
    ("name", "text", "code", "column"),
    [
        ("personen", PARTIES.replace("12.4.1981", "31.4.1981"), "cell.day", "Geburtsdatum"),
        ("personen", PARTIES.replace("4712;", ";"), "cell.blank", "Personenkonto"),
        ("sperren", LOCKS.replace("Mahnsperre", "Sperre"), "cell.choice", "Sperre"),
        ("bankverbindungen", ACCOUNTS.replace("20 51", "20 52"), "iban.check_digits", "IBAN"),
        ("posten", ITEMS.replace("clara", "klara"), "user.unknown", "Bearbeiter"),
        ("ratenplaene", PLANS.replace("1.12.2026", "1.13.2026"), "cell.day", "Fälligkeit"),
    ],
)
def test_a_cell_that_cannot_be_is_named(folder, name, text, code, column):
    write(folder.folder / "alt", f"{name}.csv", text)
    done = folder(f"kasse opening import alt --as-of 2026-11-15 {SUMS} --json")
    found = [one for one in done.json["findings"] if one["code"] == code]
    assert (done.code, [(one["place"]["file"], one["place"]["column"]) for one in found]) == (
        1, [(f"alt/{name}.csv", column)],
    )  # fmt: skip


def test_two_sheets_of_one_list_are_refused(town):
    book = Workbook()
    book.active.title = "Salden"
    book.create_sheet("balances")
    book.save(town.folder / "alt.xlsx")
    done = town("kasse opening import alt.xlsx --as-of 2026-11-15 --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "opening.list_twice")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_empty_workbook_has_a_sheet_for_each_list_and_can_be_filled_in(town, lang):
    assert town(f"kasse opening template u.xlsx --lang {lang}").code == 0
    assert town(f"kasse opening template u.xlsx --lang {lang}").code == 1
    book = load_workbook(town.folder / "u.xlsx")
    names = [kind.german if lang == "de" else kind.key for kind in KINDS]
    assert book.sheetnames[: len(KINDS)] == names
    page = book[names[0]]
    for values in (("KASSE", "2800", 10), ("KASSE", "2801", 0)):
        page.append(values)
    book.save(town.folder / "u.xlsx")
    done = town("kasse opening import u.xlsx --as-of 2026-11-15 --control balances=10 --json")
    assert (done.code, done.data["opening"]["balances"]) == (0, 2)


def test_a_draft_is_undone(folder):
    assert folder(f"kasse opening import alt --as-of 2026-11-15 {SUMS}").code == 3
    folder.transcript(
        "opening-undo", "kasse opening undo", "kasse opening undo --reason Probe", "kasse opening sign alt",
        "kasse opening show 1", "kasse opening show 2",
    )  # fmt: skip
