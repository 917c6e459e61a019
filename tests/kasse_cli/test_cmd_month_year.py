"""`kasse month` and `kasse year` as people type them, on a book with two months behind it."""

import datetime as dt

import pytest

from tests.books import MAIN_IBAN, SECOND_IBAN
from tests.kasse_cli.books_day import copied, fill

QUIET = f"--no-statement '{SECOND_IBAN}=kein Umsatz' --no-statement '{MAIN_IBAN}=kein Umsatz'"
WHY = "--explain 'KASSE:2890=Test' --explain 'ORDNUNG:2890=Test'"
LATE = "--on 2027-01-04"


@pytest.fixture
def office(shell, sqlite_template):
    """The shell in the folder of a book whose days up to the end of the year are closed."""
    store = copied(sqlite_template, shell.folder)
    fill(store)
    store.close()
    shell.now = dt.datetime(2027, 1, 15, 9, 30, tzinfo=dt.UTC)
    return shell


def close_days(office):
    for day in ("2026-11-30", "2026-12-31"):
        assert office(f"kasse day close --date {day} {QUIET} --user clara").code == 0
        assert office(f"kasse day confirm --date {day} --user emil").code == 0


def test_month(office):
    refused = office("kasse month close --month 2026-11 --user clara --json")
    assert (refused.code, {f["code"] for f in refused.json["findings"]}) == (
        1, {"closing.open_day", "closing.unexplained"},
    )  # fmt: skip
    close_days(office)
    office.transcript(
        "month",
        "kasse month close --month 2026-11 --user clara",
        f"kasse month close --month 2026-11 {WHY} --dry-run --user clara",
        f"kasse month close --month 11.2026 {WHY} --quiet --user clara",
        f"kasse monat close --month 2026-11 {WHY} --quiet --csv --user dirk",
        "kasse month confirm --month 2026-11 --user clara",
        "kasse month confirm --month 2026-11 --user emil --text -",
        "kasse month confirm --month 2026-11 --user emil --quiet",
        "kasse month show --month 2026-11 --json --user frida",
        "kasse month list --user frida",
        "kasse month show --month 2026-12 --user frida",
        "kasse month close --month 2027-01 --user emil",
        "kasse month close --month 2026-12 --explain KASSE=x --user emil",
        "kasse month close --month 2026-14 --user emil",
    )


def test_year(office):
    close_days(office)
    for month in ("2026-11", "2026-12"):
        assert office(f"kasse month close --month {month} {WHY} --user clara").code == 0
        assert office(f"kasse month confirm --month {month} --user emil").code == 0
    office.transcript(
        "year",
        "kasse year close --year 2026 --yes --user emil",
        f"kasse year prepare --year 2026 {WHY} --dry-run --quiet --user clara",
        "kasse year show --year 2026 --user clara",
        f"kasse journal post --closing 2026 --debit 6500=8 --credit 2490=8 --text Wertberichtigung "
        f"--document 'Liste vom 15.01.2027' --user clara {LATE}",
        f"kasse year prepare --year 2026 {WHY} --user clara",
        f"kasse year prepare --year 2026 {WHY} --quiet --user dirk",
        "kasse report trial-balance --office KASSE --user clara --on 2026-12-31",
        "kasse report trial-balance --office KASSE --closing --user clara --on 2026-12-31",
        "kasse year close --year 2026 --yes --user clara",
        "kasse year close --year 2026 --user emil",
        "kasse year close --year 2026 --dry-run --quiet --user emil",
        "kasse jahr close --year 2026 --yes --user emil --text -",
        "kasse year close --year 2026 --yes --quiet --user emil",
        "kasse year show --year 2026 --json --user frida",
        "kasse year list --user frida",
        f"kasse journal post --closing 2026 --debit 6500=9 --credit 2490=9 --text x --document y --user clara {LATE}",
        f"kasse journal post --closing 2027 --debit 6500=9 --credit 2490=9 --text x --document y --user clara {LATE}",
        "kasse journal verify --user frida",
    )


def test_a_closing_entry_is_reversed_on_its_own_day(office):
    close_days(office)
    for month in ("2026-11", "2026-12"):
        assert office(f"kasse month close --month {month} {WHY} --user clara").code == 0
    posted = office(
        "kasse journal post --closing 2026 --debit 6500=8 --credit 2490=8 --text Wertberichtigung "
        f"--document Liste --user clara {LATE} --json"
    )
    number = posted.data["entries"][0]["number"]
    done = office(f"kasse journal reverse {number} --reason vertippt --user clara {LATE}")
    assert f"reversed on 2026-12-31: {number}" in done.out + done.err
