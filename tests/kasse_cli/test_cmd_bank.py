"""`kasse bank` as it is typed: an account joins the book, takes its first statement, is renamed and closed."""

from tests.books import MAIN_IBAN, SECOND_IBAN
from tests.kasse_cli.test_cmd_statement import town  # noqa: F401 - a fixture

NEW = "DE41370400440000000777"


def test_an_account_joins_and_leaves(town):  # noqa: F811
    town.deliver(a=town.monday.replace(MAIN_IBAN.encode(), NEW.encode()))
    town.shell.transcript(
        "bank",
        "kasse reconcile inbox -q",
        f"kasse bank add {NEW} 'Sparkasse, Gebühren'",
        f"kasse bank add {NEW} ' ' --user emil",
        f"kasse bank add {NEW} 'Sparkasse, Gebühren' --bic COBADEFFXXX --user emil --dry-run",
        f"kasse bank add {NEW} 'Sparkasse, Gebühren' --bic COBADEFFXXX --user emil",
        f"kasse bank add {NEW} 'Sparkasse, Gebühren' --bic COBADEFFXXX --user emil",
        f"kasse bank add {NEW} Sparkasse --user emil",
        "kasse reconcile inbox -q",
        "kasse bank list",
        f"kasse bank change {NEW} --user emil",
        f"kasse bank change {NEW} --name Gebühren --user emil",
        f"kasse bank close {NEW} --user emil",
        f"kasse bank close {SECOND_IBAN} --user emil",
        f"kasse bank close {SECOND_IBAN} --back --user emil",
        "kasse bank list --json",
    )


def test_it_is_written_in_german_too(town):  # noqa: F811
    refused = town.shell(f"kasse bank close {MAIN_IBAN} --from 2026-11-20 --user emil --lang de")
    assert refused.code == 0, "nothing is on it yet"
    last = town.shell(f"kasse bank close {SECOND_IBAN} --from 2026-11-20 --user emil --lang de")
    assert f"{SECOND_IBAN} ist das einzige offene Bankkonto der Kasse" in last.text()
