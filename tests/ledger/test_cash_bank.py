"""Cash and the bank: what desks bring is under way until the statement shows it; cards less fees; cheques that bounce."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.book.verify_store import verify
from ledger.cash.bounce_store import bounce as note_bounce
from ledger.cash.bouncing import BounceSumError, NoChequeError
from ledger.cash.cancel_store import cancel
from ledger.cash.cancelling import ArrivedError, ClearedCardError, PresentedChequesError, TransportLabelError
from ledger.cash.cards import CardDay, FeeRateError, clearing_of, fees_of, rate_ppm, stated_fee
from ledger.cash.desks import NotAFundError, NotEnoughCashError, NotHolderError
from ledger.cash.desks_reader import find_desk
from ledger.cash.receipts import Label
from ledger.cash.take_back_store import take_back_transport
from ledger.cash.take_store import Payment, take
from ledger.cash.terminals_store import (
    TerminalExistsError,
    TerminalPlan,
    UnknownBankAccountError,
    end_terminal,
    put_terminal,
    terminal_days,
)
from ledger.cash.transport_reader import cheques_of, late_transports, transports_of
from ledger.cash.transport_store import accept, deposit, deposit_cheques, transfer, withdraw
from ledger.cash.transports import (
    FullFundError,
    NoChequesError,
    NoIncomingError,
    NothingIncomingError,
    NothingToBringError,
    SameDeskError,
)
from ledger.payments.collection_policy_store import configure
from ledger.people.users import OwnWorkError
from tests.bankbooks import item, matches, open_cents, reason, reference, staged
from tests.books import SECOND_IBAN, act
from tests.cashbooks import DAY, check, desk, fund, held

NEXT = "2026-11-17"
TERMINAL = "61234567"
ERIKA = Payment(payer="Erika Muster")


@pytest.fixture
def town(store):
    """A desk with 100.00 held by dirk; Erika owes 50.00 (a dog) and 30.00 (a house)."""
    act(store, "import")
    store.dog = item(store, "50", reference(store, 1), name="Erika Muster", profile="fee")
    erika = store.value("SELECT max(id) FROM party")
    store.house = item(store, "30", reference(store, 2), office="BAU", person=erika)
    desk(store)
    take(store, "B1", [], cents=10000, payment=ERIKA)
    return store


def booked(store, amount: str, text: str = "", **more) -> int:
    """Let the bank book an entry, reconcile it as the machine does, and go on as before."""
    user = store.user
    act(store, "import")
    number = staged(store, amount, text, day=more.pop("day", NEXT), **more)
    post_staged(store)
    store.user = user
    return number


def states(store) -> list[str]:
    return [one.state for one in transports_of(store, find_desk(store, "B1", DAY), every=True)]


def test_cash_is_under_way_until_the_bank_shows_it(town):
    done = deposit(town, "B1", 8000)
    assert (done.transport.reference, done.balance_cents) == ("KASSE-T1", 2000)
    check(town)
    entry = booked(town, "80", "Einzahlung KASSE-T1 Danke")
    assert matches(town, entry) == [("cash_transport", None, None, 8000)]
    assert states(town) == ["there"]
    check(town)
    assert verify(act(town, "root")).findings == ()


CREDITS = {
    "a cash credit of the amount": ("80", "SB-Einzahlung", {"gvc": "082"}, None),
    "a cash credit by its ISO code": ("80", "SB-Einzahlung", {"code": "PMNT-CNTR-CDPT"}, None),
    "the number of the bag": ("80", "Safebag SB-778899 Filiale", {}, None),
    "the same amount, but a transfer": ("80", "Spende", {"gvc": "166"}, "no_reference"),
    "named with another amount": ("79,50", "Einzahlung KASSE-T1", {}, "amount"),
    "a longer number": ("80", "Einzahlung KASSE-T11", {}, "no_reference"),
    "another account": ("80", "Einzahlung KASSE-T1", {"iban": SECOND_IBAN}, "no_reference"),
    "before it was brought": ("80", "Einzahlung KASSE-T1", {"day": "2026-11-15"}, "no_reference"),
}


@pytest.mark.parametrize(("amount", "text", "more", "why"), CREDITS.values(), ids=CREDITS)
def test_what_clears_a_deposit(town, amount, text, more, why):
    deposit(town, "B1", 8000, bag="SB-778899")
    entry = booked(town, amount, text, **more)
    assert reason(town, entry) == why
    assert states(town) == ["there" if why is None else "under_way"]
    check(town)


def test_cash_that_a_debtor_pays_in_at_the_bank_is_no_deposit_of_the_desk(town):
    deposit(town, "B1", 5000)
    paid = booked(town, "50", f"Bareinzahlung {reference(town, 1)}", gvc="082", name="Erika Muster")
    assert (matches(town, paid)[0][0], open_cents(town, town.dog), states(town)) == ("reference", 0, ["under_way"])
    booked(town, "50", f"SB-Einzahlung KASSE-T1 {reference(town, 2)}", gvc="082")
    assert states(town) == ["there"]
    check(town)


def test_two_deposits_of_one_amount_are_told_apart_by_name_only(town):
    deposit(town, "B1", 3000)
    deposit(town, "B1", 3000)
    unnamed = booked(town, "30", "SB-Einzahlung", gvc="082")
    assert reason(town, unnamed) == "ambiguous"
    booked(town, "30", "SB-Einzahlung KASSE-T2", gvc="082")
    assert states(town) == ["under_way", "there"]
    booked(town, "30", "SB-Einzahlung", gvc="082")  # only one is left
    assert states(town) == ["there", "there"]
    check(town)


def test_two_credits_of_one_statement_do_not_clear_the_same_deposit(town):
    deposit(town, "B1", 3000)
    act(town, "import")
    staged(town, "30", "KASSE-T1", day=NEXT)
    second = staged(town, "30", "KASSE-T1", day=NEXT)
    post_staged(town)
    assert reason(town, second) == "no_reference"
    check(town)


def test_cash_from_the_bank_is_cleared_by_the_debit(town):
    done = withdraw(town, "B1", 20000)
    assert done.balance_cents == 30000
    check(town)
    entry = booked(town, "-200", "Auszahlung", gvc="083")
    assert matches(town, entry) == [("cash_transport", None, None, -20000)]
    assert states(town) == ["there"]
    check(town)


def test_what_cannot_be_moved(town):
    for error, call in (
        (NotEnoughCashError, lambda: deposit(town, "B1", 10001)),
        (NothingToBringError, lambda: deposit(town, "B1", 0)),
        (UnknownBankAccountError, lambda: deposit(town, "B1", 100, iban="DE02120300000000202051")),
        (NoChequesError, lambda: deposit_cheques(town, "B1")),
        (SameDeskError, lambda: transfer(town, "B1", "B1", 100)),
        (NotAFundError, lambda: withdraw(town, "B1", None)),
        (NothingIncomingError, lambda: accept(town, "B1")),
        (NoIncomingError, lambda: accept(town, "B1", "KASSE-T99")),
    ):
        with pytest.raises(error):
            call()
    assert (held(town), states(town)) == (10000, [])


def test_a_fund_is_filled_by_a_desk_and_accepted_by_its_holder(town):
    fund(town, holder="clara", fixed_cents=6000)
    act(town, "dirk")
    assert transfer(town, "B1", "H1", None).transport.amount_cents == 6000
    with pytest.raises(FullFundError):
        transfer(town, "B1", "H1", None)
    with pytest.raises(NotHolderError):
        accept(town, "H1")
    check(town)
    assert accept(act(town, "clara"), "H1").balance_cents == 6000
    assert (held(town), held(town, "H1")) == (4000, 6000)
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_what_never_left_is_taken_back_by_another_person(town):
    deposit(town, "B1", 8000)
    with pytest.raises(TransportLabelError):
        take_back_transport(act(town, "clara"), "KASSE-T9", "Schalter zu")
    assert take_back_transport(town, "kasse-t1", "Schalter zu").balance_cents == 10000
    assert states(town) == ["taken_back"]
    with pytest.raises(ArrivedError):
        take_back_transport(town, "KASSE-T1", "Schalter zu")
    check(town)
    entry = booked(town, "80", "KASSE-T1")
    assert reason(town, entry) == "no_reference"


def test_nobody_takes_back_the_own_transport(town):
    desk(town, "B2", holder="clara")
    take(town, "B2", [], cents=500, payment=ERIKA)
    deposit(town, "B2", 500)
    with pytest.raises(OwnWorkError):
        take_back_transport(town, "KASSE-T1", "Schalter zu")


def test_cash_under_way_for_long_is_named(town):
    deposit(town, "B1", 8000)
    assert list(late_transports(town, "2026-11-23")) == []
    assert [finding.fields["reference"] for finding in late_transports(town, "2026-11-24")] == ["KASSE-T1"]


def cards(town, *wishes, day=DAY, **terms):
    """Take the wishes by card on a day."""
    put_terminal(act(town, "emil"), "B1", TerminalPlan(TERMINAL, "Girocard AG", **terms))
    town.today = day
    act(town, "dirk")
    for wish in wishes:
        take(town, "B1", [wish], payment=Payment("card", TERMINAL, payer="Erika"))


def test_a_card_day_is_cleared_less_the_fee_of_its_terms(town):
    cards(town, Wish(reference(town, 1)), Wish(reference(town, 2)), fee_ppm=2500, fee_each_cents=8)
    check(town)
    fee = 80_00 * 25 // 10000 + 2 * 8
    assert fee == 36
    entry = booked(town, "79,64", f"KARTENUMSATZ TID {TERMINAL} 16.11.26", gvc="198")
    assert [row[0] for row in matches(town, entry)] == ["card_day", "card_fee"]
    assert [row[3] for row in matches(town, entry)] == [8000, -36]
    assert terminal_days(town, find_desk(town, "B1", DAY)) == []
    assert town.value("SELECT sum(cents) FROM posting WHERE account = '6700'") == 36
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_the_number_of_a_terminal_inside_a_reference_is_not_the_terminal(town):
    put_terminal(act(town, "emil"), "B1", TerminalPlan("0000000", "Girocard AG"))
    act(town, "dirk")
    take(town, "B1", [Wish(reference(town, 1))], payment=Payment("card", "0000000", payer="Erika"))
    act(town, "import")
    cat = item(town, "50", reference(town, 3), name="Otto Groß")
    entry = booked(town, "50", reference(town, 3))
    assert (matches(town, entry)[0][0], open_cents(town, cat)) == ("reference", 0)
    assert len(terminal_days(act(town, "dirk"), find_desk(town, "B1", DAY))) == 1
    check(town)


NETS = {
    "the fee that the text states": ("79,55", f"TID {TERMINAL} BRUTTO 80,00 ENTGELT 0,45", None),
    "the whole sum, fees charged apart": ("80", f"TID {TERMINAL}", None),
    "a cent less": ("79,78", f"TID {TERMINAL}", "amount"),
    "rounded for each payment": ("79,79", f"TID {TERMINAL}", None),
    "a cent more": ("80,01", f"TID {TERMINAL}", "amount"),
    "a stated fee that does not sum": ("79,60", f"TID {TERMINAL} ENTGELT 0,45", "amount"),
    "another terminal": ("79,80", "TID 99999999", "no_reference"),
}


@pytest.mark.parametrize(("amount", "text", "why"), NETS.values(), ids=NETS)
def test_gross_less_fee_must_be_the_credit(town, amount, text, why):
    cards(town, Wish(reference(town, 1)), Wish(reference(town, 2)), fee_ppm=2500)
    entry = booked(town, amount, text)
    assert reason(town, entry) == why
    assert len(terminal_days(town, find_desk(town, "B1", DAY))) == (0 if why is None else 1)
    check(town)


def test_a_weekend_is_credited_at_once(town):
    cards(town, Wish(reference(town, 1), 1000), day=DAY, fee_ppm=10000)
    cards(town, Wish(reference(town, 1), 2000), day=NEXT, fee_ppm=10000)
    cards(town, Wish(reference(town, 1), 500), day="2026-11-18", fee_ppm=10000)
    entry = booked(town, "29,70", f"TID {TERMINAL}", day="2026-11-19")
    assert [row[3] for row in matches(town, entry)] == [1000, 2000, -30]
    booked(town, "4,95", f"TID {TERMINAL}", day="2026-11-20")
    assert terminal_days(town, find_desk(town, "B1", DAY)) == []
    check(town)


def test_days_of_one_sum_are_not_guessed(town):
    cards(town, Wish(reference(town, 1), 1000), day=DAY)
    cards(town, Wish(reference(town, 1), 1000), day=NEXT)
    entry = booked(town, "10", f"TID {TERMINAL}", day="2026-11-18")
    assert reason(town, entry) == "ambiguous"
    check(town)


def test_a_card_payment_that_was_credited_is_not_taken_back(town):
    cards(town, Wish(reference(town, 1)))
    label = town.one("SELECT desk, year, number FROM cash_receipt WHERE tender = 'card'")
    booked(town, "50", f"TID {TERMINAL}")
    with pytest.raises(ClearedCardError):
        cancel(act(town, "clara"), Label(*label), "doppelt")
    late = take(act(town, "dirk"), "B1", [Wish(reference(town, 2))], payment=Payment("card", TERMINAL))
    assert town.value("SELECT count(*) FROM cash_batch") == 2  # a day that was paid takes nothing more
    assert late.receipt.terminal == TERMINAL
    check(town)


def test_a_terminal_belongs_to_one_desk_and_may_end(town):
    cards(town)
    desk(town, "B2", holder="clara")
    with pytest.raises(TerminalExistsError):
        put_terminal(act(town, "emil"), "B2", TerminalPlan(TERMINAL, "Girocard AG"))
    assert end_terminal(town, "B1", TERMINAL).closed_on == DAY
    with pytest.raises(TerminalExistsError):
        put_terminal(town, "B1", TerminalPlan(TERMINAL, "Girocard AG"))


def test_rates_and_fees_are_read():
    assert (rate_ppm("0,25"), rate_ppm("1.5 %"), rate_ppm("0")) == (2500, 15000, 0)
    for text in ("", "11", "0,00001", "-1"):
        with pytest.raises(FeeRateError):
            rate_ppm(text)
    assert stated_fee("Entgelt 1.234,56 EUR") == 123456
    assert stated_fee("Gebühr 0,30 Gebühr 0,40") is None
    one = CardDay(1, 0, "KASSE", 1, TERMINAL, DAY, 333, 2, 2, 2500, 10)
    assert fees_of([one]) == {21, 22}
    assert clearing_of([one], 312, None)[0].fee_cents == 21


def bounce(town, amount="-50", text="SCHECKRUECKGABE 0004711", **more) -> int:
    return booked(town, amount, text, gvc="111", day="2026-11-20", **more)


def test_a_cheque_is_credited_under_reserve_and_may_bounce(town):
    cheque = Payment("cheque", cheque="0004711", payer="Erika")
    take(town, "B1", [Wish(reference(town, 1))], payment=cheque)
    deposit_cheques(town, "B1")
    booked(town, "50", "Scheckeinreichung E.v. KASSE-T1", gvc="170")
    assert [one.state for one in cheques_of(town, find_desk(town, "B1", DAY), every=True)] == ["credited"]
    check(town)
    due = town.value("SELECT due FROM item WHERE office = 'ORDNUNG' AND id = :id", id=town.dog)
    entry = bounce(town, "-53")
    assert [row[0] for row in matches(town, entry)] == ["cheque_bounced", "cheque_fee"]
    assert open_cents(town, town.dog) == 5000
    assert town.value("SELECT due FROM item WHERE office = 'ORDNUNG' AND id = :id", id=town.dog) == due
    assert town.value("SELECT state FROM cash_cheque") == "bounced"
    assert town.value("SELECT payment_day FROM clearing WHERE kind = 'reset'") == "2026-11-20"
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_the_fee_of_a_cheque_may_be_a_claim_beside(town):
    configure(act(town, "emil"), {"fee.fee": "item"})
    act(town, "dirk")
    take(town, "B1", [Wish(reference(town, 1))], payment=Payment("cheque", cheque="0004711"))
    deposit_cheques(town, "B1")
    bounce(town, "-53")
    beside = town.one("SELECT open_cents, main_item, kind FROM item WHERE main_item IS NOT NULL")
    assert beside == (300, town.dog, "receivable")
    check(town)


def test_a_cheque_for_several_things_comes_back_whole(town):
    cheque = Payment("cheque", cheque="0004711", payer="Erika")
    take(town, "B1", [Wish(reference(town, 1)), Wish(reference(town, 2))], cents=9000, payment=cheque)
    deposit_cheques(town, "B1")
    bounce(town, "-90")
    assert (open_cents(town, town.dog), open_cents(town, town.house, "BAU")) == (5000, 3000)
    assert town.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 0
    check(town)


UNCLEAR = {
    "another number and amount": ("-17", "SCHECKRUECKGABE 0009999"),
    "less than the cheque": ("-49", "SCHECKRUECKGABE 0004711"),
    "a fee that no bank takes": ("-99", "SCHECKRUECKGABE 0004711"),
}


@pytest.mark.parametrize(("amount", "text"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_does_not_fit_is_left_to_a_person(town, amount, text):
    take(town, "B1", [Wish(reference(town, 1))], payment=Payment("cheque", cheque="0004711"))
    deposit_cheques(town, "B1")
    entry = bounce(town, amount, text)
    assert reason(town, entry) == "return"
    assert open_cents(town, town.dog) == 0
    check(town)


def test_a_cheque_bounces_once(town):
    take(town, "B1", [Wish(reference(town, 1))], payment=Payment("cheque", cheque="0004711"))
    deposit_cheques(town, "B1")
    with pytest.raises(PresentedChequesError):
        take_back_transport(act(town, "clara"), "KASSE-T1", "nie hingebracht")
    bounce(town)
    assert reason(town, bounce(town)) == "return"
    check(town)


@pytest.mark.parametrize(("amount", "fee"), [("-50", 0), ("-53", 300)])
def test_a_bounced_cheque_that_nobody_could_tell_is_noted_by_hand(town, amount, fee):
    for number, cheque in ((1, "0004711"), (1, "0004712")):
        take(town, "B1", [Wish(reference(town, number), 2500)], cents=5000, payment=Payment("cheque", cheque=cheque))
    deposit_cheques(town, "B1")
    case = town.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=bounce(town, amount, "RUECKGABE"))
    done = note_bounce(act(town, "clara"), Label("B1", 2026, 2), case)
    assert (done.amount_cents, done.fee_cents) == (5000, fee)
    states = [one.state for one in cheques_of(town, find_desk(town, "B1", DAY), every=True)]
    assert states == ["bounced", "presented"]
    assert open_cents(town, town.dog) == 2500
    check(town)
    with pytest.raises(NoChequeError):
        note_bounce(town, Label("B1", 2026, 1), unclear(town, "-25"))
    with pytest.raises(BounceSumError):
        note_bounce(town, Label("B1", 2026, 3), unclear(town, "-26"))
    assert verify(act(town, "root")).findings == ()


def unclear(town, amount: str) -> int:
    """Let the bank book a debit that says nothing, and return its case."""
    entry = booked(town, amount, "Belastung", day="2026-11-20")
    act(town, "clara")
    return town.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=entry)
