"""Money of a claim that a direct debit collected too: who pays it back is told that the debit can still come back."""

import pytest

from ledger.bank.collection_back import Meant, PartBackError
from ledger.bank.collection_back_store import meant_return, take_collection_return
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_decisions import Refund
from ledger.bank.suspense_desk_store import decide
from ledger.payments.collection_back_reader import may_come_back
from sepa.money import plain
from tests.bankbooks import reference, staged
from tests.books import act
from tests.ledger.collection_texts import claim, credited, exported, ready, released, returned
from tests.ledger.mandate_texts import mandate

PAYER = "DE89370400440532013000"
RETURNABLE, UNAUTHORISED, WAY = "refund.debit_may_return", "refund.debit_unauthorised", "refund.debit_under_way"


def collected(store, how=None):
    """A claim of 100.00 of which a direct debit of 17 November is so far; its mandate is on another account."""
    ready(store)
    key = reference(store, 1)
    claim(store, f"ORDNUNG 100,00 2026-10-01 Meyer {key}")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = (how or exported)(store)
    return run, key


def refunded(store, text, day="2026-11-24", iban=PAYER):
    """Somebody transfers 100.00, and a clerk pays it back; return what the clerk is told, and the bank entry."""
    entry = staged(act(store, "import"), "100,00", text, name="Meyer", counter_iban=iban, day=day)
    post_staged(act(store, "clara"))
    case = store.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=entry)
    return decide(act(store, "clara"), [Refund(case, "doppelt", despite_debts=True)], day=day).done[0].findings


SO_FAR = {
    "released": (released, WAY),
    "written": (exported, WAY),
}


@pytest.mark.parametrize("case", SO_FAR)
def test_a_debit_under_way_is_named(store, case):
    how, code = SO_FAR[case]
    _, key = collected(store, how)
    assert [one.code for one in refunded(store, key)] == [code]


def test_a_collected_one_can_come_back_for_eight_weeks(store):
    """§ 675x Abs. 4 BGB: eight weeks from 17 November 2026."""
    run, key = collected(store)
    credited(store, run)
    (told,) = refunded(store, f"Gebühr {key}")
    assert (told.code, told.fields["until"], told.severity) == (RETURNABLE, "2027-01-12", "warning")
    days = {"2027-01-12": RETURNABLE, "2027-01-13": UNAUTHORISED, "2027-12-17": UNAUTHORISED, "2027-12-18": None}
    for day, code in days.items():
        found = [one.code for one in may_come_back(store, day, references=[key])]
        assert found == ([code] if code else []), day


def test_the_debited_account_with_the_amount_is_the_same_claim(store):
    run, _ = collected(store)
    credited(store, run)
    debited = store.value("SELECT iban FROM mandate")
    assert [one.code for one in refunded(store, "ohne Worte", iban=debited)] == [RETURNABLE]
    assert not list(may_come_back(store, "2026-11-24", iban=debited, cents=9999))


def test_what_came_back_or_is_another_claim_says_nothing(store):
    run, key = collected(store)
    credited(store, run)
    assert not list(may_come_back(store, "2026-11-24", references=[reference(store, 2)], iban=PAYER, cents=10000))
    returned(store, run)
    assert not list(may_come_back(store, "2026-11-25", references=[key]))


def test_a_part_of_a_debit_is_no_return_and_the_desk_says_so(store):
    run, _ = collected(store)
    credited(store, run)
    entry = staged(store, plain(-6000), end_to_end_id="KASSE-L1-1", return_reason="MD06", gvc="109", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert meant_return(store, "KASSE", entry, "advance") == Meant("collection", "1-1", 10000)
    assert meant_return(store, "KASSE", entry, "suspense") is None, "money received takes no collection back"
    case = store.value("SELECT id FROM item WHERE kind = 'advance'")
    with pytest.raises(PartBackError):
        take_collection_return(act(store, "dirk"), 1, 1, case, day="2026-11-24")
