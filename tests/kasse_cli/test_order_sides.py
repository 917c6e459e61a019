"""What those who certify, approve and accept see at 80 columns: in or out, what a change does, to which account."""

import pytest
from python_calamine import CalamineWorkbook

from tests.kasse_cli.order_files import write
from tests.kasse_cli.test_cmd_order_kinds import town

__all__ = ["town"]
PAYABLE = """\
Dienststelle;Art;Name;IBAN;Betrag;Fällig am;Verwendungszweck;Referenz
BAU;Auszahlung;Hausmeisterdienst Özdemir;DE02120300000000202051;640,00;15.12.2026;Winterdienst November;2026/77
"""
IBAN = "DE02 1203 0000 0000 2020 51"


@pytest.fixture
def winter(town):
    write(town.folder, "winter.csv", PAYABLE)
    for line in (
        "kasse order import winter.csv",
        "kasse order certify --batch 2 --sum 640 --user anna",
        "kasse order approve --batch 2 --sum 640 --user bernd",
        "kasse order accept --batch 2 --sum 640 --user clara",
        "kasse order cancel BAU-2 --reason doppelt",
    ):
        assert town(line).code == 0, line
    return town


@pytest.fixture
def narrow(winter, monkeypatch):
    """The same on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    winter.environ["NO_COLOR"] = "1"
    winter.terminal = True
    return winter


def test_the_payee_s_account_is_shown_on_paper_and_in_excel(winter):
    assert IBAN in winter("kasse order show BAU-2").out
    assert winter("kasse order list --xlsx liste.xlsx").code == 0
    rows = CalamineWorkbook.from_path(winter.folder / "liste.xlsx").get_sheet_by_index(0).to_python()
    assert any("DE02120300000000202051" in str(row).replace(" ", "") for row in rows)


def test_sums_are_those_of_each_direction(winter):
    said = winter("kasse order list").err.splitlines()
    assert said[-5:] == [
        "orders: 4", "claims: 1, together 125.50 EUR", "payables: 1, together 640.00 EUR",
        "taken off payables: 1, together 640.00 EUR", "orders by schedule: 1, each time 120.00 EUR",
    ]  # fmt: skip


def test_the_list_of_a_batch_says_its_control_sum(winter):
    assert winter("kasse order list --batch 1").err.splitlines()[-1] == "control sum of batch 1: 245.50 EUR"


def test_a_terminal_of_80_columns_shows_in_or_out_and_what_a_change_does(narrow):
    listed = narrow("kasse order list").out
    assert [line.split()[:3] for line in listed.splitlines() if line.startswith(("BAU-", "ORDNUNG-"))] == [
        ["BAU-1", "accepted", "in"], ["BAU-2", "accepted", "out"], ["BAU-3", "created", "out"],
        ["ORDNUNG-1", "accepted", "in"],
    ]  # fmt: skip
    assert [line.split()[-1] for line in listed.splitlines() if line.startswith("BAU-3")] == ["cancels"]
    assert " out " in narrow("kasse order show BAU-2").out
    assert " payable " in narrow("kasse item list").out


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("kasse order change BAU-2 --reason x", "order.change_amount"),
        ("kasse order change BAU-2 --reason x --to 5 --line 1=6", "order.change_amount"),
        ("kasse order change BAU-2 --reason x --line 1=15 --line 1=16", "order.line_twice"),
        ("kasse order change BAU-2 --reason x --line ²=15", "order.line_format"),
        ("kasse order standing change BAU-1 --reason x --from 2027-01-01", "order.change_amount"),
    ],
)
def test_a_change_without_one_new_amount_is_wrong_usage(winter, line, code):
    done = winter(f"{line} --json")
    assert (done.code, [one["code"] for one in done.json["errors"]]) == (2, [code])


def test_the_wrong_sum_of_a_batch_that_is_done_is_refused_and_the_right_one_is_nothing_new(winter):
    done = winter("kasse order accept --batch 2 --sum 641 --user clara --json")
    (error,) = done.json["errors"]
    assert (done.code, error["code"], error["fields"]["sum_cents"]) == (1, "order.sum_done", 64000)
    assert winter("kasse order accept --batch 2 --sum 640 --user clara --json").data["new"] is False
