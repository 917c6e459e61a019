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


def test_what_an_account_held_before_is_entered_by_two_heads(town):  # noqa: F811
    """The bank's first statement of the account begins with 100.00."""
    enter = f"kasse bank balance {NEW} 100,00 --day 2026-11-13 --account 3000"
    words = "--reason 'Konto des Zweckverbands' --document 'Schlussauszug 46/2026'"
    town.deliver(a=town.monday.replace(MAIN_IBAN.encode(), NEW.encode()))
    town.shell.transcript(
        "bank-balance",
        f"kasse bank add {NEW} 'Zweckverband Abwasser' --from 2026-11-01 --user emil",
        "kasse reconcile inbox -q",
        f"kasse day close 2026-11-16 --no-statement {MAIN_IBAN}=- --no-statement {SECOND_IBAN}=- --user emil",
        f"{enter} {words}",
        f"{enter} --user emil",
        f"{enter.replace('100,00', '90,00')} {words} --user emil",
        f"{enter.replace('3000', '4800')} {words} --user emil",
        f"{enter} {words} --user emil --dry-run",
        f"{enter} {words} --user emil",
        f"kasse bank balance {NEW} --confirm --user emil",
        f"kasse bank balance {NEW} --user frida",
        f"kasse bank balance {NEW} --confirm --user frida",
        f"kasse bank balance {NEW} --user frida",
        f"kasse statement continuity --iban {NEW}",
        f"kasse day close 2026-11-16 --no-statement {MAIN_IBAN}=- --no-statement {SECOND_IBAN}=- --user emil",
        "kasse journal list --account 2802",
    )


def test_what_still_uses_an_account_is_named_with_what_to_do(town):  # noqa: F811
    for line in (
        "kasse cash open B1 --name Rathaus --holder dirk --user emil",
        f"kasse cash terminal 61234567 --desk B1 --acquirer 'Girocard AG' --fee 0,25 --iban {SECOND_IBAN} --user emil",
        f"kasse letter head --set 'fuss=Nebenkonto {SECOND_IBAN}' --user emil",
    ):
        done = town.shell(line)
        assert done.code == 0, done.text()
    town.shell.transcript(
        "bank-close",
        f"kasse bank close {SECOND_IBAN} --user emil",
        f"kasse cash terminal 61234567 --desk B1 --iban {MAIN_IBAN} --user emil",
        "kasse letter head --set 'fuss=' --user emil -q",
        f"kasse bank close {SECOND_IBAN} --user emil",
        f"kasse cash terminal 61234567 --desk B1 --iban {SECOND_IBAN} --user emil",
    )
