import pytest

from kasse_cli.columns import Column
from kasse_cli.output import Result, Streamed, Table
from tests.kasse_cli.books_day import copied, fill

BY = "--user clara --on 2026-11-20"


@pytest.fixture
def office(shell, sqlite_template):
    store = copied(sqlite_template, shell.folder)
    fill(store)
    store.close()
    return shell


def test_report(office):
    office.transcript(
        "report",
        f"kasse report trial-balance {BY}",
        f"kasse report trial-balance --office BAU --all --csv {BY}",
        "kasse report trial-balance --user clara --on 2026-10-31",
        f"kasse report trial-balance --from 2026-11-18 --office BAU {BY}",
        f"kasse report trial-balance --from 2030-01-01 {BY}",
        f"kasse report open-items {BY}",
        f"kasse report open-items --kind receivable --json {BY}",
        "kasse report open-items --user clara --on 2026-11-16 --csv",
        f"kasse report suspense {BY}",
        f"kasse report suspense --json {BY}",
        f"kasse report suspense --office BAU {BY}",
        f"kasse report open-items --office XX {BY}",
        f"kasse report open-items --kind rent {BY}",
    )


def test_reports_on_accounts_ages_cash_and_figures(office):
    office.transcript(
        "report-more",
        f"kasse report account 2800 {BY}",
        f"kasse report account 2800 --from 2026-11-17 --csv {BY}",
        f"kasse report account 2400 --office ORDNUNG --from 2026-10-01 --json {BY}",
        f"kasse report account 9999 {BY}",
        f"kasse report ageing {BY}",
        f"kasse report ageing --by year --kind receivable --json {BY}",
        f"kasse report ageing --by account {BY}",
        f"kasse report ageing --by profile {BY}",
        f"kasse report cash {BY}",
        f"kasse report cash --from 2026-11-17 --json {BY}",
        f"kasse report forecast --weeks 3 {BY}",
        f"kasse report forecast --weeks 1 --json {BY}",
        f"kasse report kpi {BY}",
        f"kasse report kpi --from 2026-01-01 --csv {BY}",
    )


def test_scripts_get_every_account_and_the_sum(office):
    data = office(f"kasse report trial-balance --json {BY}").data
    assert data["sum_cents"] == 0 == sum(account["balance_cents"] for account in data["accounts"])
    assert {"number", "name", "office", "balance_cents"} <= set(data["accounts"][0])
    known = {(account["office"], account["number"]): account["balance_cents"] for account in data["accounts"]}
    assert (known["KASSE", "2800"], known["BAU", "4800"]) == (10750, 0)


def test_the_contract_of_open_items_and_suspense(office):
    items = office(f"kasse report open-items --json {BY}").data["items"]
    assert {"reference", "office", "party", "due", "amount_cents", "open_cents"} <= set(items[0])
    cases = office(f"kasse report suspense --json {BY}").data["cases"]
    assert {"number", "bank_day", "amount_cents", "name", "bank_account", "remittance", "age_days"} <= set(cases[0])


def test_reports_in_excel(office):
    from python_calamine import CalamineWorkbook

    for report, heading, rows in (
        ("trial-balance", "Office", 17),
        ("open-items", "Office", 5),
        ("suspense", "Case", 4),
        ("account 2800", "Day", 5),
        ("ageing", "Group", 5),
        ("cash", "Account", 6),
        ("forecast", "Week", 12),
        ("kpi", "Key figure", 19),
    ):
        assert office(f"kasse report {report} --xlsx {report.split()[0]}.xlsx {BY}").code == 0
        sheet = (
            CalamineWorkbook.from_path(str(office.folder / f"{report.split()[0]}.xlsx"))
            .get_sheet_by_index(0)
            .to_python()
        )
        assert (sheet[1][0], len(sheet)) == (heading, rows)
        assert sheet[0][0].endswith(" · Musterstadt · 2026-11-20")


def test_shares_are_figures_in_excel(office):
    from openpyxl import load_workbook

    shares = [one["share_permille"] for one in office(f"kasse report kpi --json {BY}").data["figures"]]
    assert office(f"kasse report kpi --xlsx kpi.xlsx {BY}").code == 0
    sheet = load_workbook(office.folder / "kpi.xlsx").active
    cells = [row[3] for row in sheet.iter_rows(min_row=3)]
    assert [cell.value for cell in cells] == [None if one is None else one / 1000 for one in shares]
    assert {cell.number_format for cell in cells if cell.value is not None} == {"0.0 %"}
    german = office(f"kasse report kpi --csv-excel --lang de {BY}").out
    known = next(one for one in shares if one is not None)
    assert f";{known // 10},{known % 10} %" in german


def test_a_streamed_table_is_read_again_each_time_and_never_held(shell):
    """JSON and Excel in one call read the rows twice; in between nothing keeps them."""
    fetched = []

    def rows():
        fetched.append(1)
        yield from ({"n": number} for number in range(3))

    table = Table("rows", (Column("n", "N", "count"),), Streamed(rows))
    assert [list(table.rows), list(table.rows)] == [[{"n": 0}, {"n": 1}, {"n": 2}]] * 2
    assert len(fetched) == 2
    assert Result(tables=[table]).tables[0].rows is table.rows
