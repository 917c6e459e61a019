"""`kasse dunning` as a person types it."""

import re

import pytest

from enforcement.dunning_reader import unreleased
from tests.bankbooks import OFFICES, close_day, item, party, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, opened, sqlite_copy

QUIET = [f"--no-statement '{iban}=kein Umsatz'" for iban in (MAIN_IBAN, SECOND_IBAN)]


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


def test_letters_of_one_run_are_summed_and_those_of_one_person_are_not(town):
    """A second letter about a debt asks for the same money again."""
    from openpyxl import load_workbook

    complete(town)
    assert town("kasse dunning propose").code == 3
    person = town("kasse party list --json").data["parties"][0]["number"]
    for line, firsts in (("dunning show 1", 1), (f"party account {person}", 0)):
        assert town(f"kasse {line} --xlsx {line.split()[0]}.xlsx").code in {0, 3}
        sheet = load_workbook(town.folder / f"{line.split()[0]}.xlsx")["Letters"]
        cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
        assert cells.count("Total") == firsts, line


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


def test_closing_a_day_tells_of_a_run_that_waits_and_how_it_goes_out_then(town):
    assert town(" ".join(["kasse day close --date 2026-11-19", *QUIET])).code == 0
    assert town("kasse dunning propose").code in {0, 3}
    closing = " ".join(["kasse day close --date 2026-11-20", *QUIET, "--user emil"])
    for line in (f"{closing} --dry-run", closing):
        done = town(line)
        assert done.code == 3, done.err
        assert "warning: dunning run 1 of 2026-11-20 waits to be released: letters 2" in done.err
        assert "afterwards: kasse dunning release 1 --on 2026-11-21" in done.err
        assert "nothing of the day waits for another person\t1\n" in done.out
    late = town("kasse dunning release 1 --yes --user emil --json").json["errors"][0]
    assert late["code"] == "period.closed"
    assert "2026-11-21: take that day, with --on" in late["hint"]
    assert town("kasse dunning release 1 --yes --user emil --on 2026-11-21").code == 0
    assert town("kasse day show --date 2026-11-20 --json").data["checks"][-1] == {
        "code": "waiting", "name": "nothing of the day waits for another person", "notes": 1
    }  # fmt: skip
    store = opened(str(town.folder / "kasse.db"))
    assert [*unreleased(store, "2026-11-01", "2026-11-30")] == []
    store.close()


def test_a_run_speaks_only_against_the_closing_of_its_day(town):
    complete(town)
    assert town("kasse dunning propose").code in {0, 3}
    store = opened(str(town.folder / "kasse.db"))
    days = (("2026-11-20", "2026-11-20"), ("2026-11-01", "2026-11-19"), ("2026-11-21", "2026-11-22"))
    assert [[found.fields["run"] for found in unreleased(store, *span)] for span in days] == [[1], [], []]
    store.close()


def test_payment_owed_by_who_is_no_consumer(town):
    """§ 288 (2), (5) BGB: nine points above the base rate, 40.00 for each claim in default."""
    store = opened(str(town.folder / "kasse.db"))
    firm = debtor(store, "Gartenbau GmbH")
    for number, amount in ((6, "1.000,00"), (7, "50,00")):
        item(store, amount, reference(store, number), person=firm, profile="private-trade", claim_kind="pacht",
             due="2026-09-01", office="BAU")  # fmt: skip
    store.close()
    complete(town)
    town.transcript(
        "dunning-trade",
        "kasse dunning accrued --party 'Gartenbau GmbH'",
        "kasse dunning accrued --party 'Gartenbau GmbH' --by kind",
        "kasse dunning accrued --party 'Gartenbau GmbH' --by debtor",
        "kasse dunning propose --office BAU",
        "kasse dunning show 1",
        "kasse dunning release 1 --yes --user emil",
        "kasse item explain BAU/4",
        "kasse item explain BAU/5",
    )
