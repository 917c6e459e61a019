"""A payment to Switzerland as its clerks type it: the list, the address of the payer, the BIC, the file."""

import re

import pytest

from tests.books import sqlite_copy
from tests.kasse_cli.order_files import write

LIST = """\
Dienststelle;Art;Name;IBAN;BIC;Betrag;Fällig am;Kassenzeichen;Verwendungszweck;Sachkonto;Zweckcode
KASSE;Auszahlung;Frei AG;CH93 0076 2011 6238 5295 7;kbzh ch 22 xxx;89,00;16.11.2026;RE 17;Gutachten;6100;ssbe
"""
ADDRESS = "--street Rathausplatz --house-number 1 --postcode 20999 --town Musterstadt"


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder):
        yield shell


def ordered(town):
    write(town.folder, "liste.csv", LIST)
    for step, user in (("import liste.csv", "import"), *STEPS):
        assert town(f"kasse order {step} --user {user}").code == 0, step


STEPS = [(f"{step} --batch 1 --sum 89,00", user)
         for step, user in (("certify", "anna"), ("approve", "bernd"), ("accept", "clara"))]  # fmt: skip


def test_what_goes_beyond_the_eea_is_typed_once(town):
    ordered(town)
    town.transcript(
        "payment-abroad",
        "kasse order show KASSE-1",
        "kasse payment propose --dry-run",
        f"kasse payment profile {ADDRESS}",
        f"kasse payment profile {ADDRESS} --user emil",
        "kasse payment profile --country X --user emil",
        "kasse payment propose",
        "kasse party show 1 --csv",
        "kasse party change 1 --iban CH9300762011623852957 --bic 'pofi ch be xxx'",
        "kasse party change 1 --bic POFICHBEXXX",
        "kasse collection setup --minimum=-5 --user emil",
    )


def test_an_address_without_its_town_is_told_with_the_way_out(town):
    for given in ("--street Rathausplatz", "--town '' --street Rathausplatz"):
        refused = town(f"kasse payment profile {given} --user emil --lang de")
        assert refused.code == 1
        assert "Fehler: in der Anschrift des Zahlers fehlt der Ort\nHinweis: mit --town angeben;" in refused.err
    long = town(f"kasse payment profile --town Musterstadt --street {'x' * 71} --user emil --lang de").err
    assert "Feld Straße: der Text hat 71 Zeichen" in long
    assert "Feld Land: " in town("kasse payment profile --town M --country Deutschland --user emil --lang de").err


def test_the_file_says_who_pays_from_where_to_which_bank_and_for_what(town):
    ordered(town)
    steps = (f"profile {ADDRESS} --user emil", "propose", "review 1", "release 1 --sum 89,00 --user emil",
             "export 1 --out lauf.xml")  # fmt: skip
    for step in steps:
        assert town(f"kasse payment {step}").code in {0, 3}, step
    file = (town.folder / "lauf.xml").read_text("utf-8")
    assert re.findall("<(StrtNm|BldgNb|PstCd|TwnNm)>([^<]*)<", file) == [
        ("StrtNm", "Rathausplatz"), ("BldgNb", "1"), ("PstCd", "20999"), ("TwnNm", "Musterstadt"),
    ]  # fmt: skip
    assert re.findall("<BICFI>([^<]*)<|<Purp><Cd>([^<]*)<", file) == [("KBZHCH22XXX", ""), ("", "SSBE")]
    assert town("kasse sepa check lauf.xml --json").json["errors"] == []
