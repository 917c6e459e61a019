"""What came back without an id of ours is proposed with all that speaks for it, and nothing is decided by that."""

import time

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk_store import take_return
from ledger.bank.suspense_came_back import Back, Out, may_be, stands_in
from ledger.bank.suspense_came_back_store import may_have_come_back
from ledger.bank.suspense_decisions import Forward
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import show_case
from tests.bankbooks import check_invariants, staged
from tests.books import SECOND_IBAN, act
from tests.ledger.collection_texts import claims, credited, exported, ready
from tests.ledger.mandate_texts import mandate
from tests.ledger.payables import IBANS
from tests.ledger.test_matching_returns import fee_rule, payable, released, states

MEYER, SCHULZ = IBANS["Meyer"], IBANS["Schulz"]
NUMBER = "RE-2026/0471"


@pytest.fixture
def kasse(store):
    """A run over an invoice of Meyer and one of Schulz, released and debited as one."""
    released(
        store,
        f"BAU 50 2026-11-10 Meyer {MEYER} {NUMBER} | Dachziegel\n"
        f"ORDNUNG 30 2026-11-10 Schulz {SCHULZ} 88123 | Wartung Aufzug Rathaus",
    )
    staged(store, "-80", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    assert post_staged(store).executed == 1
    yield store
    check_invariants(store)


def unclear(store, amount, text="", **more):
    """Return the details of the case that a bank entry becomes: nothing else is done with it."""
    more = {"gvc": "159", "day": "2026-11-20", "name": None} | more
    entry = staged(act(store, "import"), amount, text, **more)
    post_staged(store)
    number = store.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=entry)
    return show_case(act(store, "clara"), number)


def found(store, amount, text="", **more) -> list[tuple]:
    return [
        (one.name, one.fee_cents, one.score, one.evidence)
        for one in may_have_come_back(store, unclear(store, amount, text, **more))
    ]


TEXT = f"RUECKUEBERWEISUNG Rechnung {NUMBER} Konto erloschen"
ALL = ("invoice number", "account", "name", "amount", "marked as a return")
PROPOSED = {
    "all speaks for it": ("50", TEXT, {"name": "Meyer GmbH", "counter_iban": MEYER}, (0, 100, ALL)),
    "the account alone": ("50", TEXT, {"counter_iban": MEYER}, (0, 100, (*ALL[:2], *ALL[3:]))),
    "the name alone": ("50", TEXT, {"name": "MEYER"}, (0, 90, (ALL[0], *ALL[2:]))),
    "the bank names nobody": ("50", TEXT, {}, (0, 70, (ALL[0], *ALL[3:]))),
    "a payee who sends it back": (
        "50", f"falsch ueberwiesen {NUMBER}", {"gvc": "166", "counter_iban": MEYER}, (0, 90, (*ALL[:2], ALL[3])),
    ),
    "a number cut by the bank": ("50", "RETOURE RE-20\n26/04 71", {"counter_iban": MEYER}, (0, 100, (*ALL[:2], *ALL[3:]))),
    "a fee that the text names": (
        "47,50", f"{TEXT} ENTGELT 2,50 EUR", {"counter_iban": MEYER},
        (250, 90, ("invoice number", "account", "amount but for a fee", "marked as a return")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROPOSED)
def test_a_return_that_names_our_invoice_is_proposed(kasse, case):
    amount, text, more, (fee, score, evidence) = PROPOSED[case]
    assert found(kasse, amount, text, **more) == [("1-1", fee, score, evidence)]
    assert states(kasse) == ["executed", "executed"]
    assert payable(kasse, "BAU")[1] == 0


NOT = {
    "another amount": ("49", TEXT, {"counter_iban": MEYER}),
    "more than was paid": ("52,50", f"{TEXT} 2,50", {"counter_iban": MEYER}),
    "less, and nobody says why": ("47,50", TEXT, {"counter_iban": MEYER}),
    "another account, another name": ("50", TEXT, {"name": "Fremder Mann", "counter_iban": SCHULZ}),
    "nobody named, and no return": ("50", TEXT, {"gvc": "166"}),
    "no number": ("50", "RUECKUEBERWEISUNG", {"counter_iban": MEYER, "name": "Meyer"}),
    "the number within a longer one": ("50", "RETOURE RE-2026/04715", {"counter_iban": MEYER}),
    "another account of ours": ("50", TEXT, {"counter_iban": MEYER, "iban": SECOND_IBAN}),
    "long after": ("50", TEXT, {"counter_iban": MEYER, "day": "2027-03-01"}),
    "before it left": ("50", TEXT, {"counter_iban": MEYER, "day": "2026-11-09"}),
    "money paid out": ("-50", TEXT, {"counter_iban": MEYER}),
    "a pattern of a regular expression": ("50", "RETOURE .*+?[(", {"counter_iban": MEYER}),
}


@pytest.mark.parametrize("case", NOT)
def test_what_does_not_fit_is_not_proposed(kasse, case):
    amount, text, more = NOT[case]
    assert found(kasse, amount, text, **more) == []


def test_a_fee_that_a_rule_of_the_kasse_takes_is_one(kasse):
    fee_rule(kasse)
    assert found(kasse, "47,50", TEXT, counter_iban=MEYER)[0][:2] == ("1-1", 250)
    assert found(kasse, "44", TEXT, counter_iban=MEYER) == []


def test_the_whole_purpose_speaks_for_a_payment_too(kasse):
    text = "RUECKUEBERWEISUNG Wartung Aufzug  Rathaus"
    purpose = kasse.value("SELECT remittance FROM payment WHERE line = 2")
    assert found(kasse, "30", f"RETOURE {purpose}", counter_iban=SCHULZ)[0][0] == "1-2"
    assert "88123" in purpose or found(kasse, "30", text, counter_iban=SCHULZ)[0][3][0] == "purpose"


def test_what_is_proposed_is_taken_and_then_never_proposed_again(kasse):
    details = unclear(kasse, "47,50", f"{TEXT} 2,50", counter_iban=MEYER)
    (one,) = may_have_come_back(kasse, details)
    run, _, line = one.name.partition("-")
    take_return(act(kasse, "dirk"), [(int(run), int(line))], details.number, day="2026-11-20", fee_cents=one.fee_cents)
    assert states(kasse) == ["returned", "executed"]
    assert found(kasse, "50", TEXT, counter_iban=MEYER) == []


def test_what_is_decided_already_is_not_asked_about(kasse):
    details = unclear(kasse, "50", TEXT, counter_iban=MEYER)
    decide(act(kasse, "clara"), [Forward(details.number, "weg", to_office="BAU", account="5900")], day="2026-11-20")
    assert may_have_come_back(kasse, show_case(kasse, details.number)) == ()


def test_two_payments_alike_are_both_proposed_and_none_is_preferred(store):
    line = f"BAU 50 2026-11-10 Meyer {MEYER} {NUMBER} | Dachziegel"
    released(store, f"{line}\n{line}")
    staged(store, "-100", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    post_staged(store)
    same = found(store, "50", TEXT, counter_iban=MEYER)
    assert [one[0] for one in same] == ["1-1", "1-2"]
    assert same[0][1:] == same[1][1:]


def test_each_return_among_several_of_one_entry_is_read_alone(kasse):
    own = {"amount": "50", "remittance": TEXT, "counter_iban": MEYER}
    other = {"amount": "30", "remittance": "RETOURE RG 88123", "counter_iban": SCHULZ}
    first = unclear(kasse, "80", "", details=(own, other))
    numbers = [number for (number,) in kasse.all("SELECT item FROM suspense_case ORDER BY item")]
    assert first.number in numbers
    shown = [show_case(kasse, number) for number in numbers]
    assert [[one.name for one in may_have_come_back(kasse, case)] for case in shown] == [["1-1"], ["1-2"]]


def collected(store):
    """Return a book with a collection of 100.00 from Meyer and one from Schulz, both credited."""
    ready(store)
    claims(store, "ORDNUNG 100,00 2026-10-01 Meyer 4711-0815\nBAU 250,50 2026-10-02 Schulz 4711-0816")
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-03-01 last_used=2026-08-15")
    (run,) = exported(store)
    credited(store, run)
    return store.value("SELECT debtor_iban FROM collection WHERE line = 1")


def test_a_collection_that_came_back_without_its_id_is_proposed(store):
    iban = collected(store)
    text = "RUECKLASTSCHRIFT 4711 0815 ENTGELT 3,00"
    more = {"gvc": "109", "counter_iban": iban, "day": "2026-11-24"}
    ((name, fee, score, evidence),) = found(store, "-103", text, **more)
    assert (name, fee, evidence[:2]) == ("1-1", 300, ("invoice number", "account"))
    assert score < 100
    assert found(store, "-100", text, **more)[0][1] == 0
    assert found(store, "-99", text, **more) == []
    assert found(store, "100", text, **more) == []


HOSTILE = [
    "RE" * 5000,
    "RE-" * 5000,
    "0 " * 20_000,
    "-" * 50_000,
    "R" + "-" * 50_000,
    "\0'; DROP TABLE item; --",
    "\u202e\ufdfa" * 999,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_slow_or_breaks_anything(text):
    outs = [
        Out("payment", 1, line, 5000, "2026-11-16", "Meyer", MEYER, (NUMBER, "0" * 30), "R" * 140) for line in range(99)
    ]
    began = time.monotonic()
    assert may_be(Back(5000, ("Meyer",), frozenset([MEYER]), text, True), outs, lambda _: True) is not None
    assert time.monotonic() - began < 5


def test_nothing_stands_in_a_text_by_being_nothing():
    assert not stands_in("--", "--")
