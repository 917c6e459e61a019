"""The parts of a collective credit one by one: each is paid back or assigned alone, and the desk knows what is left."""

import pytest

from ledger.bank.candidates_store import candidates_of
from ledger.bank.movements_reader import heads_of, movements
from ledger.bank.parts import UnclearPart, part_by_amounts, part_meant
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import PartTooMuchError, Wish
from ledger.bank.suspense_assign_store import SplitListError, SplitPartSumError, SplitSumError
from ledger.bank.suspense_decisions import Assign, BoundCaseError, Forward, Refund, Split, Undo, UndoBatch
from ledger.bank.suspense_desk_store import DecisionList, decide
from ledger.bank.suspense_hints_store import suspense_hints
from ledger.bank.suspense_parts_store import ClarifiedPartError, NoPartsError, UnknownPartError
from ledger.bank.suspense_payers_store import CollectivePayerError, UnknownPartPayerError
from ledger.bank.suspense_payout_store import PayerOwesError
from ledger.bank.suspense_store import list_cases, show_case
from ledger.bank.suspense_undo import PendingBatchError, UndoneBatchError
from ledger.book.verify_store import verify
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide as decide_orders
from ledger.people.users import NotAllowedError
from ledger.people.users_store import grant
from tests.bankbooks import check_invariants, item, open_cents, reference, staged
from tests.books import act

URSEL, ZORA = "DE89370400440532013000", "DE02500105170137075030"
DAY = "2026-11-18"


@pytest.fixture
def desk(store):
    """A collective credit: Max pays a part of his claim, Ursel 150.00, Zora 50.00, Kevin without an account 40.00."""
    act(store, "import")
    store.claim = item(store, "185", reference(store, 1), office="BAU", name="Max Mustermann")
    store.dog = item(store, "150", reference(store, 2), name="Ursel Unbekannt")
    store.market = item(store, "50", reference(store, 3), office="BAU", name="Gerda Gross")
    parts = (
        {"amount": "100", "remittance": reference(store, 1), "name": "Max Mustermann"},
        {"amount": "150", "remittance": "Hundesteuer Bello", "name": "Unbekannte Ursel", "counter_iban": URSEL},
        {"amount": "50", "remittance": "Marktgebuehr", "name": "Zweite Zora", "counter_iban": ZORA},
        {"amount": "40", "remittance": "Danke", "name": "Kevin Dritte"},
    )
    store.bank = staged(store, "340", "", details=parts)
    post_staged(store)
    store.case = store.value("SELECT item FROM suspense_case")
    yield act(store, "clara")
    check_invariants(store)
    assert verify(store).findings == ()


def take(store, *decisions):
    return decide(act(store, "clara"), decisions, day=DAY).done


def left(store) -> list[tuple]:
    """Return of each part what is left of it, and its state."""
    return [(part.line, part.left_cents, part.state) for part in show_case(store, store.case).parts]


def step(store, user, verb, order="KASSE-1", **more):
    choice = Choice(numbers=((order.rpartition("-")[0], int(order.rpartition("-")[2])),))
    return decide_orders(act(store, user), verb, choice, day=DAY, **more)


ALL = [(1, 0, "decided"), (2, 15000, "unclear"), (3, 5000, "unclear"), (4, 4000, "unclear")]


def test_the_payer_of_one_part_gets_its_money_back_and_no_other(desk):
    (done,) = take(desk, Refund(desk.case, "nicht für uns", part=3))
    assert (done.order, done.bound_cents, done.left_cents, done.parts) == ("KASSE-1", 5000, 24000, (3,))
    row = desk.one("SELECT total_cents, bank_account, purpose FROM cash_order WHERE office = 'KASSE'")
    assert row[:2] == (5000, ZORA)
    assert "Marktgebuehr" in row[2]
    assert "Bello" not in row[2]
    assert left(desk) == [*ALL[:2], (3, 5000, "bound"), ALL[3]]
    with pytest.raises(NotAllowedError):
        step(desk, "clara", "certified")
    grant(act(desk, "root"), "emil", [("*", "cashier")])
    for user, verb in (("anna", "certified"), ("bernd", "approved"), ("emil", "accepted")):
        step(desk, user, verb)
    assert left(desk) == [*ALL[:2], (3, 0, "clarified"), ALL[3]]
    case = show_case(desk, desk.case)
    assert (case.open_cents, case.bound_cents, case.name) == (19000, 0, "Unbekannte Ursel; Kevin Dritte")
    with pytest.raises(ClarifiedPartError):
        take(desk, Refund(desk.case, "noch einmal", part=3))
    take(desk, Undo(desk.case, "doch für uns", last=True))
    assert left(desk) == ALL


def test_an_office_is_told_whose_part_was_assigned(desk):
    before = heads_of(desk, ["KASSE", "ORDNUNG"])
    take(desk, Assign(desk.case, (Wish(f"ORDNUNG/{desk.dog}", 15000, part=2),)))
    told = movements(desk, before, heads_of(desk, ["KASSE", "ORDNUNG"]))
    assert {(one.office, one.name, one.payer_account) for one in told} == {
        ("KASSE", "Unbekannte Ursel", URSEL),
        ("ORDNUNG", "Unbekannte Ursel", URSEL),
    }


def test_an_objected_refund_of_a_part_frees_it(desk):
    take(desk, Refund(desk.case, "nicht für uns", part=2))
    with pytest.raises(BoundCaseError):
        take(desk, Refund(desk.case, "nicht für uns", part=2))
    step(desk, "anna", "objected", reason="gehört uns")
    assert left(desk) == ALL


@pytest.mark.parametrize(
    ("part", "cents", "error"),
    [
        (None, None, CollectivePayerError), (9, None, UnknownPartError), (1, None, UnknownPartError),
        (4, None, UnknownPartPayerError), (3, 5001, PartTooMuchError),
    ],
)  # fmt: skip
def test_what_is_not_that_part_is_not_paid_back(desk, part, cents, error):
    with pytest.raises(error):
        take(desk, Refund(desk.case, "zurück", cents, part=part))
    assert left(desk) == ALL


def test_only_clerks_pay_a_part_back(desk):
    with pytest.raises(NotAllowedError):
        decide(act(desk, "anna"), [Refund(desk.case, "zurück", part=3)], day=DAY)


def test_a_part_is_paid_back_in_two_halves_and_never_more_than_is_left(desk):
    take(desk, Refund(desk.case, "Hälfte", 3000, part=3))
    with pytest.raises(PartTooMuchError):
        take(desk, Refund(desk.case, "zu viel", 2001, part=3))
    take(desk, Refund(desk.case, "Rest", part=3))
    assert [row[0] for row in desk.all("SELECT total_cents FROM cash_order ORDER BY id")] == [3000, 2000]
    assert left(desk)[2] == (3, 5000, "bound")


def test_what_the_payer_of_a_part_owes_comes_first(desk):
    item(desk, "12", reference(desk, 5), name="Zora Zweite", iban=ZORA)
    act(desk, "clara")
    with pytest.raises(PayerOwesError):
        take(desk, Refund(desk.case, "zurück", part=3))
    (done,) = take(desk, Refund(desk.case, "zurück", None, True, part=3))
    assert done.bound_cents == 5000


def test_the_only_part_left_needs_no_number(desk):
    take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=2),)))
    take(desk, Forward(desk.case, "durchlaufend", part=4))
    (done,) = take(desk, Refund(desk.case, "zurück"))
    assert (done.parts, done.bound_cents) == ((3,), 5000)
    assert desk.value("SELECT bank_account FROM cash_order") == ZORA


def test_a_case_of_one_part_is_paid_back_to_its_payer(store):
    act(store, "import")
    item(store, "100", reference(store, 1), name="Max Mustermann")
    known = {"amount": "100", "remittance": reference(store, 1), "name": "Max Mustermann"}
    staged(store, "150", "", details=(known, {"amount": "50", "name": "Zweite Zora", "counter_iban": ZORA}))
    post_staged(store)
    case = store.value("SELECT item FROM suspense_case")
    (done,) = take(store, Refund(case, "zurück"))
    assert (done.bound_cents, store.value("SELECT bank_account FROM cash_order")) == (5000, ZORA)


def test_money_without_parts_has_none(store):
    staged(act(store, "import"), "50", "Danke", name="Zora", counter_iban=ZORA)
    post_staged(store)
    case = store.value("SELECT item FROM suspense_case")
    with pytest.raises(NoPartsError):
        take(store, Refund(case, "zurück", part=1))


def test_a_list_of_refunds_that_wait_says_which_orders_are_to_be_objected_to(desk):
    rows = [Refund(desk.case, "zurück", part=2), Refund(desk.case, "zurück", part=3)]
    listed = DecisionList("refund", "back.csv", "ab")
    batch = decide(desk, rows, day=DAY, listed=listed).batch
    with pytest.raises(PendingBatchError) as refused:
        take(desk, UndoBatch(batch, "doch nicht"))
    assert refused.value.fields == {"batch": batch, "orders": "KASSE-1 KASSE-2"}
    for order in ("KASSE-1", "KASSE-2"):
        step(desk, "anna", "objected", order, reason="doch nicht")
    with pytest.raises(UndoneBatchError):
        take(desk, UndoBatch(batch, "doch nicht"))
    assert left(desk) == ALL


def test_what_is_assigned_for_a_part_is_taken_off_that_part(desk):
    (done,) = take(desk, Assign(desk.case, (Wish(reference(desk, 3), part=2),)))
    assert (done.settled_cents, done.parts, done.by_amount) == (5000, (2,), False)
    assert left(desk) == [ALL[0], (2, 10000, "unclear"), *ALL[2:]]
    take(desk, Undo(desk.case, "doch nicht", last=True))
    assert left(desk) == ALL


def test_an_assignment_never_takes_more_than_its_part_has(desk):
    (done,) = take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=3),)))
    assert (done.settled_cents, open_cents(desk, desk.dog)) == (5000, 10000)
    assert left(desk)[2] == (3, 0, "clarified")
    with pytest.raises(ClarifiedPartError):
        take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=3),)))
    with pytest.raises(PartTooMuchError):
        take(desk, Assign(desk.case, (Wish(reference(desk, 2), 4001, part=4),)))


def test_a_surplus_of_a_part_is_what_that_part_has(desk):
    (done,) = take(desk, Assign(desk.case, (Wish(reference(desk, 3), part=2),), surplus=True))
    assert (done.settled_cents, done.surplus_cents, done.left_cents) == (5000, 10000, 9000)
    assert left(desk)[1] == (2, 0, "clarified")
    take(desk, Undo(desk.case, "doch nicht"))
    assert left(desk) == ALL


def test_an_amount_tells_its_part_where_it_is_the_only_one(desk):
    (done,) = take(desk, Assign(desk.case, (Wish(reference(desk, 2)),)))
    assert (done.parts, done.by_amount) == ((2,), True)
    assert left(desk) == [ALL[0], (2, 0, "clarified"), *ALL[2:]]
    assert show_case(desk, desk.case).name == "Zweite Zora; Kevin Dritte"
    with desk.snapshot():
        (listed,) = list_cases(desk, DAY)
    assert (listed.name, listed.amount_cents) == ("Zweite Zora; Kevin Dritte", 9000)


def test_an_amount_tells_nothing_against_the_name_of_another_part(desk):
    item(desk, "40", reference(desk, 4), name="Zora Zweite")
    (done,) = take(desk, Assign(desk.case, (Wish(reference(desk, 4)),)))
    assert done.parts == ()
    assert left(desk) == ALL, "Kevin's 40.00 are as much, but Zora owed it"


def test_the_rows_of_a_list_say_their_parts_each(desk):
    wishes = (Wish(reference(desk, 2), 10000, part=2), Wish(reference(desk, 3), 4000, part=3))
    (done,) = take(desk, Split(desk.case, wishes, leave_rest=True))
    assert done.parts == (2, 3)
    assert left(desk) == [ALL[0], (2, 5000, "unclear"), (3, 1000, "unclear"), ALL[3]]
    with pytest.raises(SplitListError):
        take(desk, Split(desk.case, (Wish(reference(desk, 2), 5000, part=3),), leave_rest=True))
    take(desk, Undo(desk.case, "Liste vom Vormonat"))
    assert left(desk) == ALL


def test_a_list_about_one_part_proves_what_that_part_holds(desk):
    with pytest.raises(SplitPartSumError) as short:
        take(desk, Split(desk.case, (Wish(reference(desk, 2), 14000, part=2),)))
    assert (short.value.fields["open_cents"], short.value.fields["parts"]) == (15000, "2")
    several = (Wish(reference(desk, 2), 14000, part=2), Wish(reference(desk, 3), 4000, part=3))
    with pytest.raises(SplitPartSumError) as short:
        take(desk, Split(desk.case, several))
    assert (short.value.fields["open_cents"], short.value.fields["parts"]) == (20000, "2, 3")
    with pytest.raises(SplitSumError):  # a row without a part: the whole case is to be proven
        take(desk, Split(desk.case, (Wish(reference(desk, 2), 15000), Wish(reference(desk, 3), 5000, part=3))))
    (done,) = take(desk, Split(desk.case, (Wish(reference(desk, 2), 15000, part=2),)))
    assert (done.settled_cents, done.left_cents, done.parts) == (15000, 9000, (2,))


def test_taking_back_a_case_names_every_entry_and_part(desk):
    take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=2),)))
    take(desk, Assign(desk.case, (Wish(reference(desk, 3), part=3),)))
    (done,) = take(desk, Undo(desk.case, "beides falsch"))
    mirrors = desk.all(
        "SELECT e.office, e.year, e.number FROM suspense_step s JOIN entry e ON e.office = s.office "
        "AND e.position = s.position WHERE s.kind = 'undone' ORDER BY s.line"
    )
    assert len(mirrors) == 2
    named = ", ".join(f"{office}-{year}-{number}" for office, year, number in mirrors)
    assert (done.settled_cents, done.parts, done.entry) == (-20000, (2, 3), named)


def test_whose_account_it_is_is_remembered_for_each_part(desk):
    take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=2),), payer_kind="own"))
    sql = "SELECT p.name FROM party_account a JOIN party p ON p.id = a.party WHERE a.iban = :iban AND a.kind = 'own'"
    assert desk.all(sql, iban=URSEL) == [("Ursel Unbekannt",)]


def test_a_clarified_part_proposes_nothing_and_keeps_nobody_from_dunning(desk):
    other = item(desk, "7", reference(desk, 6), name="Unbekannte Ursel")
    assert (other, "name") in {(hint.item, hint.why) for hint in suspense_hints(desk)}
    take(desk, Assign(desk.case, (Wish(reference(desk, 2), part=2),)))
    assert other not in {one.item for one in candidates_of(desk, show_case(desk, desk.case))}
    assert {hint.item for hint in suspense_hints(desk) if hint.office == "ORDNUNG"} == set()
    take(desk, Undo(desk.case, "doch nicht"))
    assert other in {hint.item for hint in suspense_hints(desk)}


def test_a_candidate_names_the_part_that_speaks_for_it(desk):
    found = {one.item: one.part for one in candidates_of(desk, show_case(desk, desk.case)) if one.office == "ORDNUNG"}
    assert found == {desk.dog: 2}


def part(line, cents, name=None, text=None, **more):
    return UnclearPart(line, cents, name, None, text, left_cents=more.pop("left", cents), **more)


TWO = (part(1, 150, "Ursel Unbekannt"), part(2, 50, "Zora Zweite"))
AMOUNTS = {
    "one part": (TWO, [50], [None], (2,)),
    "each its own": (TWO, [50, 150], [None, None], (2, 1)),
    "one of two": (TWO, [50, 7], [None, None], (2, None)),
    "all together one part": ((part(1, 150), part(2, 60)), [100, 50], [None, None], (1, 1)),
    "together one part, and alone another": (TWO, [100, 50], [None, None], (None, None)),
    "two parts of the same amount": ((part(1, 50), part(2, 50)), [50], [None], (None,)),
    "no part has that": (TWO, [51], [None], (None,)),
    "another part has the debtor's name": (TWO, [50], ["Ursel Unbekannt"], (None,)),
    "it has the debtor's name itself": (TWO, [50], ["Zora Zweite"], (2,)),
    "the same part twice": (TWO, [50, 50], [None, None], (None, None)),
    "what an order has is not free": ((*TWO[:1], part(2, 50, bound_cents=50)), [50], [None], (None,)),
    "a case of one part": (TWO[:1], [150], [None], (None,)),
}


@pytest.mark.parametrize(("parts", "shares", "debtors", "expected"), AMOUNTS.values(), ids=AMOUNTS)
def test_amounts_tell_parts_where_they_can(parts, shares, debtors, expected):
    assert part_by_amounts(parts, shares, debtors) == expected


def test_a_part_speaks_for_an_item_by_reference_then_name_then_amount():
    parts = (part(1, 50, "Eva Eck", "KZ 4711-0"), part(2, 50, "Adam Muster"), part(3, 60))
    assert part_meant(parts, "47110", "Adam Muster", 60) == 1
    assert part_meant(parts, "1", "Adam Muster", 60) == 2
    assert part_meant(parts, "99", None, 60) == 3
    assert part_meant(parts, "99", None, 50) is None
    assert part_meant(parts, None, None, 7) is None
