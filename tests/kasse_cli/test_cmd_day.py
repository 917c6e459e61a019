import pytest

from tests.books import SECOND_IBAN
from tests.kasse_cli.books_day import copied, fill

QUIET = f"--no-statement '{SECOND_IBAN}=kein Umsatz'"


@pytest.fixture
def office(shell, sqlite_template):
    """The shell in the folder of a book with two days to close."""
    store = copied(sqlite_template, shell.folder)
    fill(store)
    store.close()
    return shell


def test_day(office):
    office.transcript(
        "day",
        "kasse day close --date 2026-11-17 --user clara",
        f"kasse day close --date 2026-11-17 {QUIET} --dry-run --user clara",
        f"kasse day close --date 2026-11-17 {QUIET} --user clara",
        "kasse day close --date 2026-11-17 --user dirk --quiet --csv",
        "kasse day confirm --date 2026-11-17 --user clara",
        "kasse day confirm --date 2026-11-17 --user emil",
        "kasse day confirm --date 2026-11-17 --user emil --quiet --csv",
        "kasse day show --date 2026-11-16 --json --user frida",
        "kasse day list --user frida",
        "kasse day show --date 2026-11-18 --user frida",
        "kasse day close --date 2026-12-24 --user emil",
    )


def test_the_day_may_stand_without_its_name(office):
    assert office(f"kasse day close 2026-11-17 {QUIET} --user clara").code == 0
    named, plain = (office(f"kasse day show {form} --json") for form in ("--date 2026-11-17", "17.11.2026"))
    assert (named.code, named.out) == (0, plain.out)
    assert "Usage: kasse day show [OPTIONS] [DATE]" in office("kasse day show --help").out
    codes = [office(f"kasse {line} --json").json["errors"][0]["code"]
             for line in ("day show", "day show morgen", "month show 2026-13", "day list 2026-11-17")]  # fmt: skip
    assert codes == ["usage.missing", "day.invalid", "month.invalid", "usage.extra_argument"]


def test_nobody_confirms_what_they_closed(office):
    office(f"kasse day close --date 2026-11-17 {QUIET} --user emil")
    done = office("kasse day confirm --date 2026-11-17 --user emil --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "right.own_work")
    assert (
        office("kasse day confirm --date 2026-11-17 --user frida --json").data["closing"][0]["confirmed_by"] == "frida"
    )


def test_the_findings_of_a_refusal_are_in_the_envelope(office):
    done = office("kasse day close --date 2026-11-17 --user clara --json")
    assert (done.code, done.json["data"], done.json["status"]) == (1, None, "error")
    assert [finding["code"] for finding in done.json["findings"]] == ["closing.no_statement"]
    assert done.json["errors"][0]["code"] == "closing.refused"


@pytest.mark.parametrize(
    ("text", "code"), [(SECOND_IBAN, 2), (f"{SECOND_IBAN}= ", 2), ("DE00123=weil", 1), (f"{SECOND_IBAN}=a=b", 0)]
)
def test_a_reason_names_an_account(office, text, code):
    assert office(f"kasse day close --date 2026-11-17 --no-statement '{text}' --user clara").code == code


def test_the_protocol_as_a_workbook_has_a_sheet_for_each_section(office):
    office(f"kasse day close --date 2026-11-17 {QUIET} --xlsx protokoll.xlsx --user clara")
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(office.folder / "protokoll.xlsx"))
    assert book.sheet_names == [
        "Closing of the day", "Bank accounts", "Days closed", "Entries by office", "Unclear money by age",
        "Money in transit", "Checked before closing",
    ]  # fmt: skip
    accounts = book.get_sheet_by_name("Bank accounts").to_python()
    assert accounts[0][0] == "Bank accounts · Musterstadt · 2026-11-20"
    assert accounts[2][:7] == ["DE02370400440000000024", "Hauptkonto", "2800", 0, 107.5, 0, 107.5]
    assert accounts[-1][:7] == ["Total", "", "", 0, 107.5, 0, 107.5]
