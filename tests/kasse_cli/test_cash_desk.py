"""`kasse cash` as a clerk at the counter types it."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from tests.bankbooks import item, reference, staged
from tests.books import opened, sqlite_copy
from tests.cashbooks import check

VOUCHERS = """Datum;Beleg;Zweck;Betrag;Sachkonto;Kostenstelle
12.11.2026;1;Porto, Postfiliale Markt;12,50;6100;4711
13.11.2026;2;Batterien;7,99;6100;
"""


@pytest.fixture
def town(shell, sqlite_template):
    """A book with debts of Erika in two offices and a payable; dirk is to hold the desk."""
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Mustermann", purpose="Hundesteuer 2026")
        person = store.value("SELECT max(id) FROM party")
        item(store, "30", reference(store, 2), office="BAU", person=person, purpose="Sondernutzung")
        item(store, "12,40", "RE4711", office="BAU", kind="payable", foreign_reference=True, name="Blumen Klein")
        store.close()
        yield shell
        store = opened(location)
        check(store)
        assert verify(store).findings == ()
        store.close()


def as_(user: str, line: str) -> str:
    return f"{line} --user {user}"


OPENED = (
    as_("emil", "kasse cash open b1 --name 'Barkasse Rathaus' --holder dirk --limit 100 --single 500 --on 2026-11-02"),
    as_(
        "emil",
        "kasse cash open H1 --fund --office BAU --name 'Handkasse Bauhof' --holder clara --fixed 60 --on 2026-11-02",
    ),
)


def test_a_day_at_the_counter(town):
    town.transcript(
        "cash",
        *OPENED,
        "kasse cash take B1 1000000000015 BAU/1=10,00 --given 70 --payer 'Erika Mustermann'",
        "kasse cash take B1 4711=35 --payer 'Frau Unbekannt' --note 'Hundesteuer, ohne Bescheid'",
        "kasse cash take B1 1000000000023 --cheque 0004711",
        "kasse cash take B1 1000000000015",
        "kasse cash take B1 BAU/1 --given 5",
        "kasse cash pay B1 RE4711 --payee 'Eva Klein'",
        "kasse cash receipt B1-2026-1",
        "kasse cash receipt B1-2026-4",
        "kasse cash receipts B1",
        "kasse cash cancel B1-2026-2 --reason 'doch kein Geld'",
        as_("clara", "kasse cash cancel B1-2026-2 --reason 'Betrag vertippt' --dry-run"),
        as_("clara", "kasse cash cancel B1-2026-2 --reason 'Betrag vertippt'"),
        "kasse cash count B1 2x200 1x5 3x1",
        "kasse cash count B1 2x20 1x5 3x1",
        "kasse cash count B1",
        as_("emil", "kasse cash confirm B1"),
        "kasse cash confirm B1",
        "kasse cash protocol B1",
        "kasse cash deposit B1 30 --bag SB-1",
        "kasse cash deposit B1 --cheques",
        "kasse cash deposit B1",
        "kasse cash deposit B1 500",
        "kasse cash list",
        "kasse cash show B1",
    )


def test_a_fund_from_filling_to_settling(town):
    (town.folder / "belege.csv").write_text(VOUCHERS, "utf-8")
    (town.folder / "falsch.csv").write_text(VOUCHERS.replace("6100;4711", "2400;").replace("7,99", "70"), "utf-8")
    town.transcript(
        "cash-fund",
        *OPENED,
        "kasse cash take B1 1000000000015",
        "kasse cash transfer B1 H1 --refill",
        "kasse cash transfer B1 H1 40",
        as_("clara", "kasse cash accept H1"),
        as_("clara", "kasse cash accept H1"),
        as_("clara", "kasse cash settle H1 falsch.csv"),
        as_("clara", "kasse cash settle H1 belege.csv"),
        as_("clara", "kasse cash settle H1 belege.csv"),
        as_("clara", "kasse cash certify H1"),
        as_("anna", "kasse cash certify H1 --reject"),
        as_("anna", "kasse cash certify H1 --dry-run"),
        as_("anna", "kasse cash certify H1"),
        as_("anna", "kasse cash certify H1"),
        as_("clara", "kasse cash withdraw H1 --refill"),
        as_("clara", "kasse cash show H1"),
    )


@pytest.mark.parametrize("way", ["--cheque ''", "--cheque ' '", "--terminal ''"])
def test_an_empty_variable_of_a_script_is_not_cash(town, way):
    town(OPENED[0])
    done = town(f"kasse cash take B1 1000000000015 {way} --json")
    assert (done.code, "it is not clear how the money was paid" in done.out + done.err) == (2, True)
    assert "B1-2026-1" not in town("kasse cash list --json").out


def test_the_same_for_scripts(town):
    town.transcript(
        "cash-json",
        OPENED[0] + " --json",
        "kasse cash take B1 1000000000015 --json",
        "kasse cash count B1 1x50 --json",
        "kasse cash deposit B1 20 --json",
        "kasse cash list --json",
        "kasse cash show B1 --json",
        "kasse cash receipt B1-2026-1 --json",
        "kasse cash take B7 1000000000015 --json",
    )


def test_a_difference_is_a_finding_for_scripts_too(town):
    """What was booked is told: a count that ended with an error would be given again."""
    town(OPENED[0])
    done = town("kasse cash count B1 1x20 --yes --json")
    assert (done.code, [one["code"] for one in done.json["findings"]]) == (3, ["cash.difference"])
    assert done.data["count"]["findings"] == done.json["findings"]


def test_sheets_are_written_as_pdf_and_text(town):
    town(OPENED[0])
    done = town("kasse cash take B1 1000000000015 --receipt quittung.pdf")
    assert (done.code, (town.folder / "quittung.pdf").read_bytes()[:5]) == (0, b"%PDF-")
    done = town("kasse cash take B1 BAU/1 --receipt no/such/folder/q.txt")
    assert (done.code, "cash.sheet" in town("kasse cash receipts B1 --json").out) == (3, False)
    assert "receipt B1-2026-2 is in the book" in done.err
    assert town("kasse cash count B1 --empty --out zaehlung.txt").code == 3
    assert "Kassensturz B1/1" in (town.folder / "zaehlung.txt").read_text("utf-8")
    assert town("kasse cash template belege.xlsx").code == 0


def test_the_bank_statement_clears_what_was_brought(town):
    town(OPENED[0])
    town(as_("emil", "kasse cash terminal 61234567 --desk B1 --acquirer 'Girocard AG' --fee 0,25 --fee-each 0,08"))
    town("kasse cash take B1 1000000000015")
    town("kasse cash take B1 1000000000023 --terminal 61234567")
    town("kasse cash deposit B1 50")
    store = opened(str(town.folder / "kasse.db"), "import")
    staged(store, "50", "Einzahlung KASSE-T1", day="2026-11-20")
    staged(store, "29,84", "TID 61234567 Umsatz 20.11.", day="2026-11-20")
    post_staged(store)
    store.close()
    town.transcript("cash-bank", "kasse cash show B1 --all", "kasse item explain BAU/1")


def test_the_protocol_of_the_day_has_the_desks(town):
    for line in OPENED:
        town(line)
    town("kasse cash take B1 1000000000015")
    quiet = "--no-statement DE02370400440000000024=ruhig --no-statement DE75512108001245126199=ruhig"
    closing = as_("clara", f"kasse day close --date 2026-11-20 {quiet}")
    town.transcript(
        "cash-day",
        closing,
        "kasse cash count B1 1x50",
        as_("emil", "kasse cash confirm B1"),
        closing,
        "kasse cash take B1 1000000000023",
    )


def test_a_mistyped_count_is_rejected_by_another_person(town):
    for line in (*OPENED, "kasse cash take B1 1000000000015"):
        assert town(line).code == 0, line
    town.transcript(
        "cash-reject",
        "kasse cash count B1 1x500",
        "kasse cash count B1 1x500 --yes",
        "kasse cash confirm B1 --reject --reason 'war 50'",
        as_("emil", "kasse cash confirm B1 --reject"),
        as_("emil", "kasse cash confirm B1 --reject --reason 'war 50'"),
        "kasse cash protocol B1",
        "kasse cash count B1 1x50",
        "kasse cash show B1",
    )


def test_the_cash_report_shows_desks_and_funds_beside_the_bank(town):
    for line in (
        *OPENED,
        "kasse cash take B1 1000000000015",
        "kasse cash count B1 1x50",
        as_("emil", "kasse cash confirm B1"),
    ):
        assert town(line).code == 0, line
    done = town(as_("clara", "kasse report cash --json")).data
    assert done["cash_cents"] == 5000
    figures = ("desk", "kind", "day", "opening_cents", "in_cents", "out_cents", "closing_cents", "counted_cents")
    assert [tuple(desk[name] for name in figures) for desk in done["desks"]] == [
        ("B1", "desk", "2026-11-20", 0, 5000, 0, 5000, 5000),
        ("H1", "fund", "2026-11-20", 0, 0, 0, 0, None),
    ]
    later = town(as_("clara", "kasse report cash --from 2026-11-21 --on 2026-11-23 --json")).data["desks"]
    assert [(desk["day"], desk["opening_cents"], desk["closing_cents"]) for desk in later] == [
        ("2026-11-23", 5000, 5000), ("2026-11-23", 0, 0),
    ]  # fmt: skip
    assert "desks" not in town(as_("clara", "kasse report cash --from 2026-10-01 --on 2026-10-31 --json")).data
    assert "in cash desks and imprest funds on 2026-11-20: 50.00 EUR" in town(as_("clara", "kasse report cash")).err


def test_far_more_than_is_open_is_asked_about_before_it_is_taken(town):
    town(OPENED[0])
    refused = town("kasse cash take B1 1000000000015=999 --json")
    assert (refused.code, refused.json["errors"][0]["code"]) == (1, "cash.surplus_large")
    assert [one["code"] for one in refused.json["findings"]] == ["cash.over_limit"], "said before, not after"
    assert town("kasse cash receipts B1 --from 2026-11-01 --json").data["receipts"] == []
    assert town("kasse cash take B1 1000000000015=60").code == 0
    done = town("kasse cash take B1 1000000000023=999 --yes --json")
    assert [part["kind"] for part in done.data["parts"]] == ["settled", "credit"]


def test_more_than_is_owed_is_not_paid(town):
    town(OPENED[0])
    done = town("kasse cash pay B1 RE4711=50 --json")
    (error,) = done.json["errors"]
    assert (error["code"], "surplus" in error["hint"]) == ("cash.paid_too_much", False)


def test_a_note_that_a_desk_is_not_open_is_shown_and_taken_back(town):
    town(OPENED[0])
    town("kasse cash not-open B1 --reason Tippfehler")
    refused = town("kasse cash take B1 1000000000015")
    assert "kasse cash not-open B1 --undo" in refused.err
    town("kasse cash not-open B1 --undo --reason 'doch offen'")
    (noted,) = town("kasse cash show B1 --json").data["rests"]
    assert (noted["reason"], noted["noted_by"], noted["taken_back_by"]) == ("Tippfehler", "dirk", "dirk")
    assert town("kasse cash take B1 1000000000015").code == 0
