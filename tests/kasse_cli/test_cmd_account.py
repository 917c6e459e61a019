"""`kasse account`, `dimension`, `office add`, `journal post|gaps|export` as people type them."""

import csv
import io
import shlex
import shutil
import tomllib

import pytest

from kasse_cli.chart_lists import KINDS, ROLES
from ledger.book.chart import KINDS as ALL_KINDS
from ledger.book.chart import ROLES as ALL_ROLES
from ledger.book.verify_store import verify
from tests.books import opened

CREATE = (
    "kasse book create --name Musterstadt --office KASSE=Stadtkasse --office BAU=Bauamt --kasse KASSE "
    "--account DE02370400440000000024=Hauptkonto@KASSE --identity declared --user root --book own.db"
)
CLERK = "--user clara"
LIST = """Buchung;Buchungstag;Dienststelle;Sachkonto;Soll;Haben;Buchungstext;Beleg;Kostenstelle;Produkt;Haushaltsjahr
1;16.11.2026;BAU;6100;12,50;;Porto richtig zugeordnet;Vermerk 1;4711;;2026
1;;KASSE;6100;;12,50;;;;;
2;;KASSE;6200;100,00;;Kopierpapier;Vermerk 2;;12.6.01;
2;;KASSE;6100;;60,00;;;;;
2;;KASSE;5900;;40,00;;;;;
"""


@pytest.fixture
def office(shell, sqlite_template):
    shutil.copy(sqlite_template, shell.folder / "kasse.db")
    shell.environ["KASSE_USER"] = "root"
    return shell


def write(shell, name, text):
    (shell.folder / name).write_text(text, "utf-8")


def test_accounts(office):
    write(
        office,
        "chart.csv",
        "number,name,kind,role,default_for\n6100,Sachaufwand,expense,,payable\n6150,Leasing,expense,,\n",
    )
    write(office, "bad.csv", "number,name,kind,role\n2800,Bank,asset,\n6100,Sachaufwand,income,\n6160,,expense,paper\n")
    office.transcript(
        "account",
        "kasse account list --office BAU --role verrechnung",
        "kasse account add 6110 Kopierpapier --kind expense",
        "kasse account add 6110 Kopierpapier --kind expense",
        "kasse account add 6110 Toner --kind expense",
        "kasse account add 4830 Nachlass --kind asset --role suspense",
        "kasse account rename 6110 'Papier und Toner' --office BAU",
        "kasse account close 4800",
        "kasse account close 6110 --from 2027-01-01 --dry-run",
        "kasse account close 6110 --from 2027-01-01 --json",
        "kasse konto import chart.csv --dry-run",
        "kasse konto import chart.csv",
        "kasse account import bad.csv",
        "kasse account list --office BAU --role payable --csv --all",
        "kasse account add 6120 Nein --kind expense --user clara",
    )
    store = opened(str(office.folder / "kasse.db"))
    assert verify(store).findings == ()
    store.close()


def test_a_book_with_a_chart_of_its_own(shell):
    assert shell("kasse account template own.toml").code == 0
    text = (shell.folder / "own.toml").read_text("utf-8")
    assert tomllib.loads(text)["defaults"]
    write(shell, "own.toml", text.replace('"6100"', '"61000000"'))
    write(shell, "short.csv", "Konto;Bezeichnung;Art\n6100;Sachaufwand;Aufwand\n")
    assert shell(f"{CREATE} --chart own.toml").code == 0
    numbers = {a["number"] for a in shell("kasse account list --book own.db --user root --json").data["accounts"]}
    assert "61000000" in numbers
    assert "6100" not in numbers
    refused = shell(f"{CREATE.replace('own.db', 'second.db')} --chart short.csv --json")
    assert {f["code"] for f in refused.json["findings"]} == {"chart.role_missing"}
    write(shell, "broken.toml", "[[account\n")
    assert (
        shell(f"{CREATE.replace('own.db', 'second.db')} --chart broken.toml --json").json["errors"][0]["code"]
        == "chart.toml"
    )
    assert not (shell.folder / "second.db").exists()


def test_templates_are_read_back(office):
    for noun, name in (("account", "konten"), ("dimension", "werte"), ("journal", "buchungen")):
        assert office(f"kasse {noun} template {name}.xlsx").code == 0
        assert office(f"kasse {noun} template {name}.xlsx").code == 1
    assert [key for key, _ in KINDS] == list(ALL_KINDS)
    assert {key for key, _ in ROLES} == set(ALL_ROLES)


def test_dimensions(office):
    write(
        office,
        "werte.csv",
        "Dimension;Wert;Bezeichnung;Amt\nkostenstelle;4711;Bauhof;BAU\nprodukt;12.6.01;Brandschutz;\n",
    )
    write(
        office,
        "falsch.csv",
        "Dimension;Wert;Bezeichnung;Amt\nfarbe;rot;Rot;\nhaushaltsjahr;26;Haushalt;\nprodukt;7;Sieben;ZOO\n",
    )
    office.transcript(
        "dimension",
        "kasse dimension import werte.csv --from 2026-01-01",
        "kasse dimension import werte.csv --from 2026-01-01",
        "kasse dimension import falsch.csv",
        "kasse dimension add haushaltsjahr 2026 'Haushalt 2026' --from 2026-01-01",
        "kasse dimension add farbe rot Rot",
        "kasse dimension close produkt 12.6.01 --from 2026-11-18",
        "kasse dimension list",
        "kasse merkmal list produkt --all --json",
        f"kasse journal post --debit BAU:6100=5 --credit BAU:5900=5 --text T --document D --dimension kostenstelle=4712 {CLERK}",
        f"kasse journal post --debit BAU:6100=5 --credit BAU:5900=5 --text T --document D --dimension kostenstelle=4711 {CLERK}",
        f"kasse report trial-balance --dimension kostenstelle=4711 {CLERK}",
        f"kasse report trial-balance --dimension 4711 {CLERK}",
    )


def test_offices(office):
    office.transcript(
        "office-add",
        "kasse office add SCHULE Schulamt --dry-run",
        "kasse office add schule Schulamt",
        "kasse office add SCHULE Schulamt",
        "kasse office add SCHULE Anderes",
        "kasse office add ZU-LANG Name",
        "kasse office add KITA Kita --like ZOO",
        f"kasse office add KITA Kita {CLERK}",
        f"kasse journal post --debit SCHULE:6100=5 --credit BAU:5900=5 --text Umbuchung --document D {CLERK}",
        "kasse office list",
    )


def test_posting_by_hand(office):
    write(office, "buchungen.csv", LIST)
    write(office, "falsch.csv", LIST.replace("12,50;;Porto", "12.345;;Porto").replace("2;;KASSE;6100", "2;;KASSE;2800"))
    post = "--text 'Porto richtig zugeordnet' --document 'Vermerk 12.11.2026'"
    office.transcript(
        "journal-post",
        f"kasse journal post --debit 6100=12,50 --credit 5900=12,50 {post} {CLERK} --dry-run",
        f"kasse journal post --debit 6100=12,50 --credit 5900=12,50 {post} {CLERK}",
        f"kasse journal post --debit 6100=12,50 --credit 5900=12,50 {post} {CLERK}",
        f"kasse journal post --debit BAU:6100=80 --credit 6100=80 {post} {CLERK} --json",
        f"kasse journal post --debit 2800=80 --credit 4800=80 --credit 2690.BAU=1 --text X {CLERK}",
        f"kasse journal post falsch.csv {CLERK}",
        f"kasse journal post buchungen.csv {CLERK}",
        f"kasse journal post buchungen.csv {CLERK}",
        f"kasse journal post {CLERK}",
        f"kasse journal post --debit 6100 --credit 5900=1 {CLERK}",
        f"kasse journal post --debit 6100=1 --credit 5900=1 {post} --user anna",
        f"kasse journal show BAU-2026-2 {CLERK}",
        f"kasse journal gaps {CLERK}",
        f"kasse journal gaps --json {CLERK}",
    )
    done = office(f"kasse journal post - {CLERK}", stdin=LIST.replace("Vermerk", "Notiz"))
    assert "posted: 2" in done.err
    store = opened(str(office.folder / "kasse.db"))
    assert verify(store).findings == ()
    store.close()


def test_a_posting_that_breaks_off_is_in_the_log(office, monkeypatch):
    import ledger.book.manual_store as service

    def fail(*_given, **_more):
        raise OSError(28, "No space left on device")

    post = "kasse journal post --debit 6100=1 --credit 5900=1 --text T --document D"
    with monkeypatch.context() as patch:
        patch.setattr(service, "record", fail)
        assert office(f"{post} {CLERK}").code == 4
    (aborted,) = office(f"kasse journal gaps --json {CLERK}").data["aborted"]
    assert (aborted["user"], aborted["first"], aborted["reason"]) == ("clara", 1, "OSError")
    assert office(f"{post} {CLERK} --json").data["entries"][0]["number"] == "KASSE-2026-1"


def test_exports(office):
    write(office, "buchungen.csv", LIST)
    office(f"kasse journal post buchungen.csv {CLERK}")
    office.transcript(
        "journal-export",
        "kasse journal export --hledger - --on 2026-11-20",
        "kasse journal export --hledger kasse.journal",
        "kasse journal export --hledger kasse.journal",
        "kasse journal export",
        f"kasse journal export --audit pruefung {CLERK}",
    )
    done = office("kasse journal export --audit pruefung --json --user emil")
    assert {row["name"]: row["rows"] for row in done.data["files"]}["entries.csv"] == 3
    assert (
        office("kasse journal export --audit pruefung --user emil --json").json["errors"][0]["code"] == "export.folder"
    )
    rows = list(csv.DictReader(io.StringIO((office.folder / "pruefung" / "vouchers.csv").read_text("utf-8"))))
    assert [row["document"] for row in rows] == ["Vermerk 1", "Vermerk 2"]
    store = opened(str(office.folder / "kasse.db"))
    assert store.value("SELECT count(*) FROM event WHERE action = 'journal.export'") == 1
    store.close()


@pytest.mark.parametrize("side", ["--debit 6100=-5 --credit 6700=-5", "--debit 6100=5 --credit 6700=-5"])
def test_an_amount_below_zero_is_refused_by_hand_as_in_a_list(office, side):
    done = office(f"kasse journal post {side} --text Porto --document V1 --json {CLERK}")
    assert [one["code"] for one in done.json["errors"]] == ["journal.amount"]
    assert done.code == 2
    assert office(f"kasse journal list --json {CLERK}").data["entries"] == []


def test_a_text_that_is_too_long_says_how_long_it_may_be(office):
    post = f"kasse journal post --debit 6100=5 --credit 5900=5 --document V1 {CLERK} --text"
    done = office([*shlex.split(post)[1:], "x" * 501])
    assert "the text has 501 characters, at most 500 are possible" in done.err
    assert office([*shlex.split(post)[1:], "x" * 500]).code == 0
