"""A bank account closes when nothing points at it any more: each use is named with what to do, and nothing is lost."""

import pytest

from enforcement.letters_account_reader import texts_naming
from enforcement.letters_head_store import set_letterhead
from enforcement.letters_templates_store import take_template, template_of
from ledger.bank.bank_accounts import NewBankAccount
from ledger.bank.bank_accounts_store import add_bank_account, close_bank_account, list_bank_accounts
from ledger.bank.bank_accounts_use import BankUsedError, LastCollectingError
from ledger.bank.posting_store import post_staged
from ledger.bank.rules_desk import Wanted
from ledger.bank.rules_store import add_rule
from ledger.book.verify_store import verify
from ledger.cash.desks_reader import find_desk
from ledger.cash.take_back_store import take_back_transport
from ledger.cash.take_store import Payment, take
from ledger.cash.terminals_store import TerminalPlan, end_terminal, put_terminal, terminals_of
from ledger.cash.transport_store import deposit
from ledger.payments.propose_store import propose
from sepa.identifiers import format_iban
from tests.bankbooks import item, matches, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.cashbooks import check, desk
from tests.ledger.test_bank_accounts import DAY, NEW, WAGES

TODAY = "2026-11-16"
TERMINAL = "61234567"


@pytest.fixture
def town(store):
    desk(store)
    return act(store, "emil")


def closed(store, iban=SECOND_IBAN, **more) -> bool:
    return close_bank_account(act(store, "emil"), iban, TODAY, **more).new


def kept_open(store, *codes: str, **more) -> BankUsedError:
    """Check that closing is refused, by these findings, and that nothing changed."""
    before = list_bank_accounts(store)
    with pytest.raises(BankUsedError) as refused:
        closed(store, **more)
    assert [one.code for one in refused.value.findings] == list(codes)
    assert refused.value.fields["count"] == len(codes)
    assert list_bank_accounts(store) == before
    return refused.value


def test_a_card_terminal_is_moved_to_another_account_or_ended_first(town):
    put_terminal(town, "B1", TerminalPlan(TERMINAL, "Girocard AG", SECOND_IBAN, fee_ppm=2500, fee_each_cents=8))
    (finding,) = kept_open(town, "bank.used_terminal").findings
    assert (finding.fields["terminal"], finding.fields["desk"]) == (TERMINAL, "B1")
    moved = put_terminal(town, "B1", TerminalPlan(TERMINAL, iban=MAIN_IBAN))
    assert (moved.iban, moved.acquirer, moved.fee_ppm, moved.fee_each_cents) == (MAIN_IBAN, "Girocard AG", 2500, 8)
    assert closed(town)
    assert verify(town).findings == ()


def test_an_ended_terminal_holds_nothing_up(town):
    put_terminal(town, "B1", TerminalPlan(TERMINAL, "Girocard AG", SECOND_IBAN))
    end_terminal(town, "B1", TERMINAL)
    assert closed(town)


def test_what_the_acquirer_owes_is_expected_on_the_account_named_now(town):
    put_terminal(town, "B1", TerminalPlan(TERMINAL, "Girocard AG", SECOND_IBAN))
    take(act(town, "dirk"), "B1", [], cents=5000, payment=Payment("card", TERMINAL, payer="Erika"))
    put_terminal(act(town, "emil"), "B1", TerminalPlan(TERMINAL, iban=MAIN_IBAN))
    assert closed(town)
    act(town, "import")
    number = staged(town, "50", f"Karten {TERMINAL}", day="2026-11-17", iban=MAIN_IBAN)
    post_staged(town)
    assert [match[0] for match in matches(town, number)] == ["card_day"]
    check(town)


def test_a_change_of_a_terminal_keeps_what_it_does_not_name(town):
    put_terminal(town, "B1", TerminalPlan(TERMINAL, "Girocard AG", SECOND_IBAN, MAIN_IBAN, 2500, 8))
    put_terminal(town, "B1", TerminalPlan(TERMINAL, fee_ppm=0))
    (one,) = terminals_of(town, find_desk(town, "B1", TODAY))
    assert (one.acquirer, one.iban, one.acquirer_iban, one.fee_ppm, one.fee_each_cents) == (
        "Girocard AG", SECOND_IBAN, MAIN_IBAN, 0, 8,
    )  # fmt: skip


def test_cash_under_way_arrives_or_is_taken_back_first(town):
    take(act(town, "dirk"), "B1", [], cents=9000, payment=Payment(payer="Erika"))
    done = deposit(town, "B1", 9000, iban=SECOND_IBAN)
    (finding,) = kept_open(town, "bank.used_transport").findings
    assert (finding.fields["reference"], finding.fields["amount_cents"]) == (done.transport.reference, 9000)
    take_back_transport(act(town, "emil"), done.transport.reference, "Bank schließt das Konto")
    assert closed(town)


def test_a_payable_to_the_account_is_named(town):
    number = item(act(town, "import"), "70", kind="payable", bank_account=SECOND_IBAN)
    (finding,) = kept_open(town, "bank.used_payable").findings
    assert (finding.fields["office"], finding.fields["item"], finding.fields["open_cents"]) == ("ORDNUNG", number, 7000)


def test_a_run_that_pays_to_the_account_is_named(town):
    item(act(town, "import"), "70", kind="payable", bank_account=SECOND_IBAN)
    propose(act(town, "dirk"), today=DAY, iban=MAIN_IBAN)
    (_, finding) = kept_open(town, "bank.used_payable", "bank.used_run").findings
    assert (finding.fields["office"], finding.fields["run"], finding.fields["line"]) == ("KASSE", 1, 1)


def test_the_last_account_that_debtors_pay_to_stays_open(town):
    """Letters would name the account for wages, whose statements dunning does not wait for."""
    assert closed(town)
    add_bank_account(town, WAGES)
    with pytest.raises(LastCollectingError):
        closed(town, MAIN_IBAN)
    add_bank_account(town, NewBankAccount("DE89370400440532013000", "Gebühren", DAY))
    assert closed(town, MAIN_IBAN)
    assert closed(town, NEW)


def test_letterheads_and_wordings_that_name_the_account_are_changed_first(town):
    set_letterhead(town, {"fuss": f"Bank | IBAN {format_iban(SECOND_IBAN)}"})
    set_letterhead(town, {"fuss": f"IBAN {SECOND_IBAN.lower()}"}, "BAU")
    text = template_of(town, "mahnung").text
    assert take_template(town, "mahnung", f"{text}\nZahlen Sie auf {format_iban(SECOND_IBAN)}.\n").fresh
    refused = kept_open(town, "bank.named", "bank.named", "bank.named", naming=texts_naming)
    assert [(one.fields["where"], one.fields["office"]) for one in refused.findings] == [
        ("letter head fuss", "*"), ("letter head fuss", "BAU"), ("letter template mahnung", "*"),
    ]  # fmt: skip
    set_letterhead(town, {"fuss": "Bank"})
    set_letterhead(town, {"fuss": ""}, "BAU")
    take_template(town, "mahnung", text)
    assert closed(town, naming=texts_naming), "only the wording in force counts"


def test_rules_that_ask_for_the_account_are_told_and_still_serve(town):
    add_rule(town, Wanted("Entgelte Nebenkonto", "debit", gvc="808", iban=SECOND_IBAN, purpose="fees"))
    done = close_bank_account(town, SECOND_IBAN, TODAY)
    assert [(one.code, one.severity) for one in done.findings] == [("bank.rule", "info")]
