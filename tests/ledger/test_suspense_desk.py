"""The clarification desk: every decision is one unit of work, leaves a trace, and can be taken back by reset."""

import datetime as dt

import pytest

from ledger.bank.counter_cases_store import counter_cases
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import (
    AssignedTooMuchError,
    ClearedCaseError,
    NoAmountError,
    TwiceNamedError,
    UnknownCaseError,
    Wish,
)
from ledger.bank.suspense_assign_store import SplitListError, SplitSumError
from ledger.bank.suspense_decisions import (
    Assign,
    BoundCaseError,
    Forward,
    Hold,
    Note,
    Refund,
    RefusedDecisionsError,
    Release,
    Reserve,
    ReservedCaseError,
    Split,
    Undo,
    UndoBatch,
    UndoEntry,
)
from ledger.bank.suspense_desk_store import DecisionList, decide
from ledger.bank.suspense_forward_store import ForwardAdvanceError, ForwardWhereError
from ledger.bank.suspense_payers_store import CollectivePayerError, UnknownPayerError
from ledger.bank.suspense_payout_store import PayerOwesError, PaymentServiceError, RefundAdvanceError
from ledger.bank.suspense_store import find_case, show_case
from ledger.bank.suspense_undo import (
    MatchKindError,
    NothingMatchedError,
    NothingToUndoError,
    NotOfDeskError,
    OpenedAgainError,
    PaidOutError,
    PendingPayoutError,
    UndoneBatchError,
    UndoneEntryError,
    UnknownStepBatchError,
)
from ledger.bank.suspense_work_store import HoldDayError, NoClerkError, NoWordsError, TooManyWordsError
from ledger.book.entry import UnknownAccountError
from ledger.book.journal import parse_entry_number
from ledger.book.reversal import OwnCommandError, SettledItemError
from ledger.book.reversal_store import reverse
from ledger.book.verify_store import verify
from ledger.items.order_change_store import change_order
from ledger.items.order_changes import PayoutOrderError
from ledger.items.order_coding import KeptAccountError
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide as decide_orders
from ledger.payments.propose_store import propose
from ledger.people.users import NotAllowedError
from ledger.people.users_store import grant
from sepa.errors import Place
from tests.bankbooks import check_invariants, close_day, item, open_cents, party, reference, staged
from tests.books import SECOND_IBAN, act, told

TODAY = "2026-11-18"
JOBCENTER, ERIKA = "DE75512108001245126199", "DE89370400440532013000"


@pytest.fixture
def desk(store):
    """A clerk with 100.00 of the Jobcenter and 60.00 of Erika in suspense, 80.00 paid out, and debts in two offices."""
    act(store, "import")
    store.refs = [reference(store, number) for number in range(6)]
    store.dog = item(store, "50", store.refs[1], name="Erika Muster", iban=ERIKA, due="2026-09-03")
    store.house = item(store, "30", store.refs[2], office="BAU", name="Adam Muster")
    store.tax = item(store, "70", store.refs[3], name="Eva Muster")
    store.power = item(store, "80", "RE4711", office="BAU", kind="payable", foreign_reference=True)
    staged(store, "100", "Sammelzahlung", name="Jobcenter", counter_iban="DE02120300000000202051", day="2026-11-16")
    staged(store, "60", "Danke", name="Max Unbekannt", counter_iban="DE02500105170137075030", day="2026-11-16")
    staged(store, "-80", "Abbuchung", name="Stadtwerke", gvc="999", day="2026-11-16")
    assert post_staged(store).posted == 3
    store.many, store.one_payer = (row[0] for row in store.all(_CASES, kind="suspense"))
    (store.advance,) = (row[0] for row in store.all(_CASES, kind="advance"))
    yield act(store, "clara")
    check_invariants(store)
    assert verify(store).findings == ()


_CASES = "SELECT i.id FROM item i WHERE i.kind = :kind AND i.office = 'KASSE' ORDER BY i.amount_cents DESC"


def take(store, *decisions, listed=None, day=TODAY):
    return decide(store, decisions, day=day, listed=listed)


def left(store, number) -> tuple[int, int]:
    case = find_case(store, "KASSE", number)
    return case.open_cents, case.free_cents


def events(store, number) -> list[str]:
    sql = "SELECT action FROM event WHERE office = 'KASSE' AND object = :what ORDER BY position"
    return [action for (action,) in store.rows(sql, what=f"item:{number}")]


def rules(store, number) -> list[tuple]:
    sql = """SELECT m.rule, m.item_office, m.item, m.cents FROM bank_match m
             JOIN suspense_case c ON c.office = m.office AND c.entry = m.entry WHERE c.item = :item ORDER BY m.line"""
    return store.all(sql, item=number)


# reserve, release, hold, note


def test_a_reserved_case_is_left_to_its_clerk(desk):
    assert take(desk, Reserve(desk.many)).done[0].new
    assert not take(desk, Reserve(desk.many)).done[0].new
    act(desk, "dirk")
    wish = (Wish(desk.refs[1]),)
    for decision in (
        Assign(desk.many, wish),
        Hold(desk.many, "2026-12-01", "x"),
        Reserve(desk.many),
        Release(desk.many),
    ):
        with pytest.raises(ReservedCaseError):
            take(desk, decision)
    take(desk, Note(desk.many, "Clara ist krank"))
    take(desk, Reserve(desk.many, take_over=True, reason="Vertretung"))
    take(desk, Release(desk.many))
    assert events(desk, desk.many) == [f"suspense.{verb}" for verb in ("reserve", "note", "reserve", "release")]
    facts = desk.value("SELECT facts FROM event WHERE action = 'suspense.reserve' ORDER BY position DESC")
    clara, dirk = (desk.value("SELECT id FROM app_user WHERE name = :n", n=name) for name in ("clara", "dirk"))
    assert facts == f'{{"before":{clara},"owner":{dirk}}}'


def test_only_a_clerk_gets_a_case(desk):
    take(desk, Reserve(desk.many, owner="dirk"))
    assert find_case(desk, "KASSE", desk.many).owner_name == "dirk"
    with pytest.raises(NoClerkError):
        take(desk, Reserve(desk.one_payer, owner="anna"))
    with pytest.raises(NotAllowedError):
        take(act(desk, "anna"), Note(desk.many, "x"))


def test_a_case_rests_until_a_day_and_is_taken_up_again(desk):
    take(desk, Hold(desk.many, "2026-12-01", "Jobcenter angeschrieben"))
    assert find_case(desk, "KASSE", desk.many).hold_until == "2026-12-01"
    take(desk, Hold(desk.many, None))
    assert find_case(desk, "KASSE", desk.many).hold_until is None
    assert events(desk, desk.many) == ["suspense.hold", "suspense.resume"]
    for until, reason, error in ((TODAY, "x", HoldDayError), ("2026-12-01", " ", NoWordsError)):
        with pytest.raises(error):
            take(desk, Hold(desk.many, until, reason))
    for text, error in (("", NoWordsError), ("x" * 2001, TooManyWordsError)):
        with pytest.raises(error):
            take(desk, Note(desk.many, text))


def test_words_stand_outside_the_chain(desk):
    take(desk, Note(desk.many, "Frau Muster hat angerufen"))
    facts = desk.value("SELECT facts FROM event WHERE action = 'suspense.note'")
    assert "Muster" not in facts
    assert "Frau Muster hat angerufen" in desk.value("SELECT max(details) FROM event_details")


# split


def rows(desk, *pairs) -> tuple[Wish, ...]:
    return tuple(
        Wish(desk.refs[ref] if isinstance(ref, int) else ref, cents, Place(row=number))
        for number, (ref, cents) in enumerate(pairs, 2)
    )


def test_an_advice_list_spreads_the_money_of_a_payer_for_many(desk):
    done = take(desk, Split(desk.many, rows(desk, (1, 3000), (2, 3000), (3, 3500), (1, 500)), payer_kind="authority"))
    assert (done.done[0].settled_cents, done.done[0].left_cents) == (10000, 0)
    assert [open_cents(desk, desk.dog), open_cents(desk, desk.house, "BAU"), open_cents(desk, desk.tax)] == [
        1500, 0, 3500
    ]  # fmt: skip
    kinds = desk.all("SELECT DISTINCT kind FROM party_account WHERE iban = 'DE02120300000000202051'")
    assert kinds == [("authority",)]
    assert desk.value("SELECT count(*) FROM party_account WHERE iban = 'DE02120300000000202051'") == 3
    assert len(desk.all("SELECT DISTINCT position FROM clearing WHERE kind = 'assign' AND office = 'KASSE'")) == 1


def test_an_account_that_pays_for_others_is_no_evidence(desk):
    act(desk, "import")
    iban = "DE02120300000000202051"
    person = desk.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=desk.tax)
    with desk.unit(["KASSE"]):
        desk.insert_one("party_account", party=person, iban=iban, kind="own", source="t", since=TODAY)
        told(desk, person)
    take(act(desk, "clara"), Split(desk.many, rows(desk, (3, 7000)), leave_rest=True, payer_kind="authority"))
    assert desk.all("SELECT kind FROM party_account WHERE iban = :iban", iban=iban) == [("authority",)]


BAD_LISTS = {
    "an unknown reference": ([("9999999999991", 100), (1, 5000)], SplitListError, [2]),
    "more than is open, and a paid one": ([(1, 5001), (2, 3000), ("RE4711", 100)], SplitListError, [2, 4]),
    "twice more than is open": ([(1, 3000), (1, 3000)], SplitListError, [3]),
    "nothing in a row": ([(1, 0), (2, -5)], SplitListError, [2, 3]),
    "less than the case holds": ([(1, 5000)], SplitSumError, []),
}


@pytest.mark.parametrize(("pairs", "error", "places"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_an_advice_list_is_applied_whole_or_not_at_all(desk, pairs, error, places):
    before = desk.all("SELECT office, position, event_position FROM head ORDER BY office")
    with pytest.raises(error) as refused:
        take(desk, Split(desk.many, rows(desk, *pairs)))
    assert [finding.place.row for finding in refused.value.findings] == places
    assert desk.all("SELECT office, position, event_position FROM head ORDER BY office") == before


def test_what_a_list_leaves_is_left_on_purpose_only(desk):
    with pytest.raises(SplitSumError):
        take(desk, Split(desk.one_payer, rows(desk, (1, 5000), (3, 2000)), leave_rest=True))
    take(desk, Split(desk.many, rows(desk, (1, 5000)), leave_rest=True))
    assert left(desk, desk.many) == (5000, 5000)


# forward


@pytest.mark.parametrize(
    "decision",
    [
        lambda desk, target: Split(desk.many, rows(desk, (target, 5000), (target, 3000)), leave_rest=True),
        lambda desk, target: Assign(desk.many, (Wish(target, 5000), Wish(target, 3000))),
    ],
    ids=["split", "assign"],
)
def test_money_paid_out_that_a_payer_pays_back_tells_of_it_once(desk, decision):
    target = f"KASSE/{desk.advance}"
    take(desk, decision(desk, target))
    steps = "SELECT kind, cents FROM suspense_step WHERE item = :item ORDER BY line"
    assert desk.all(steps, item=desk.advance) == [("assigned", 8000)]
    assert ("assigned", "KASSE", desk.many, -8000) in rules(desk, desk.advance)
    take(desk, Undo(desk.advance, reason="falsch"))
    assert [left(desk, number) for number in (desk.advance, desk.many)] == [(8000, 8000), (10000, 10000)]
    assert desk.all(steps, item=desk.advance) == [("assigned", 8000), ("undone", 8000)]


def test_an_advice_list_leaves_money_paid_out_to_its_clerk(desk):
    take(act(desk, "dirk"), Reserve(desk.advance))
    act(desk, "clara")
    with pytest.raises(ReservedCaseError):
        take(desk, Split(desk.many, rows(desk, (f"KASSE/{desk.advance}", 5000)), leave_rest=True))
    assert left(desk, desk.advance) == (8000, 8000)


def test_money_for_another_office_is_booked_there(desk):
    done = take(desk, Forward(desk.many, "Kaution", to_office="BAU", account="5900", cents=4000)).done[0]
    assert (done.settled_cents, done.left_cents) == (4000, 6000)
    assert rules(desk, desk.many)[-1] == ("forwarded", None, None, 4000)
    assert _balance(desk, "BAU", "5900") == -4000
    take(desk, Undo(desk.many, "doch unser Geld"))
    assert (_balance(desk, "BAU", "5900"), left(desk, desk.many)) == (0, (10000, 10000))


def test_money_for_another_authority_is_in_transit_or_paid_by_an_order(desk):
    take(desk, Forward(desk.many, "Beitragsservice", cents=2500))
    assert _balance(desk, "KASSE", "4820") == -2500
    done = take(desk, Forward(desk.many, "für Kiel", payee="Landeskasse Kiel", iban="DE02200505501015871393")).done[0]
    assert left(desk, desk.many) == (7500, 0)
    _accept(desk, done.order)
    assert left(desk, desk.many) == (0, 0)
    payable = desk.one("SELECT kind, bank_account, open_cents FROM item WHERE office = 'KASSE' AND kind = 'payable'")
    assert payable == ("payable", "DE02200505501015871393", 7500)


FORWARDS = {
    "an account without an office": ({"account": "5900"}, ForwardWhereError),
    "an office without an account": ({"to_office": "BAU"}, ForwardWhereError),
    "a payee without an account": ({"payee": "Kiel"}, ForwardWhereError),
    "two places": (
        {"to_office": "BAU", "account": "5900", "payee": "K", "iban": "DE02200505501015871393"}, ForwardWhereError,
    ),
    "no such account": ({"to_office": "BAU", "account": "9999"}, UnknownAccountError),
    "a control account": ({"to_office": "BAU", "account": "2400"}, KeptAccountError),
    "the bank": ({"to_office": "KASSE", "account": "2800"}, KeptAccountError),
    "more than there is": ({"cents": 10001}, AssignedTooMuchError),
    "nothing": ({"cents": 0}, NoAmountError),
    "no reason": ({"reason": " "}, NoWordsError),
}  # fmt: skip


@pytest.mark.parametrize(("more", "error"), FORWARDS.values(), ids=FORWARDS)
def test_money_goes_on_to_one_place_only(desk, more, error):
    with pytest.raises(error):
        take(desk, Forward(desk.many, **({"reason": "weiter"} | more)))


def test_an_advance_is_booked_as_an_expense_or_not_passed_on(desk):
    with pytest.raises(ForwardAdvanceError):
        take(desk, Forward(desk.advance, "weiter"))
    take(desk, Forward(desk.advance, "Strom Rathaus", to_office="BAU", account="6100"))
    assert (_balance(desk, "BAU", "6100"), left(desk, desk.advance)) == (8000, (0, 0))
    take(desk, Undo(desk.advance, "falsches Amt"))
    assert (_balance(desk, "BAU", "6100"), left(desk, desk.advance)) == (0, (8000, 8000))


def _balance(store, office, account) -> int:
    """What is on an account besides the openings that tests book there."""
    sql = """SELECT coalesce(sum(p.cents), 0) FROM posting p JOIN entry e ON e.office = p.office
             AND e.position = p.position WHERE p.office = :office AND p.account = :account"""
    return store.value(sql, office=office, account=account) - {"6100": 8000}.get(account, 0)


# refund


def _accept(store, order) -> None:
    office, number = order.split("-")
    choice = Choice(numbers=((office, int(number)),))
    _grant(store, "emil", "cashier")
    for user, step in (("anna", "certified"), ("bernd", "approved"), ("emil", "accepted")):
        decide_orders(act(store, user), step, choice, day=TODAY)
    act(store, "clara")


def _grant(store, user, role) -> None:
    grant(act(store, "root"), user, [("*", role)])


def test_money_goes_back_to_its_account_by_an_order_of_others(desk):
    done = take(desk, Refund(desk.one_payer, "gehört uns nicht")).done[0]
    assert (done.order, left(desk, desk.one_payer)) == ("KASSE-1", (6000, 0))
    order = desk.one("SELECT kind, state, bank_account, total_cents, purpose FROM cash_order WHERE office = 'KASSE'")
    words = "Rückzahlung Ihrer Zahlung vom 16.11.2026 Danke"
    assert order == ("payable", "created", "DE02500105170137075030", 6000, words)
    with pytest.raises(BoundCaseError):
        take(desk, Assign(desk.one_payer, (Wish(desk.refs[1]),)))
    with pytest.raises(PendingPayoutError):
        take(desk, Undo(desk.one_payer, "doch nicht"))
    _accept(desk, "KASSE-1")
    assert left(desk, desk.one_payer) == (0, 0)
    assert rules(desk, desk.one_payer)[-1][0] == "paid_out"
    with pytest.raises(ClearedCaseError):
        take(desk, Assign(desk.one_payer, (Wish(desk.refs[1]),)))


def test_an_accepted_refund_is_taken_back_until_a_run_holds_it(desk):
    take(desk, Refund(desk.one_payer, "gehört uns nicht"))
    _accept(desk, "KASSE-1")
    with pytest.raises(PayoutOrderError):
        change_order(act(desk, "anna"), "KASSE", 1, reason="doch unser", day=TODAY, to_cents=0)
    take(act(desk, "clara"), Undo(desk.one_payer, "doch unser"))
    assert left(desk, desk.one_payer) == (6000, 6000)
    assert desk.value("SELECT open_cents FROM item WHERE office = 'KASSE' AND kind = 'payable'") == 0
    take(desk, Refund(desk.one_payer, "doch nicht unser"))
    _accept(desk, "KASSE-2")
    propose(act(desk, "dirk"), today=dt.date.fromisoformat(TODAY))
    with pytest.raises(PaidOutError):
        take(act(desk, "clara"), Undo(desk.one_payer, "zu spät"))
    assert left(desk, desk.one_payer) == (0, 0)


def test_an_objection_frees_the_money(desk):
    take(desk, Refund(desk.one_payer, "gehört uns nicht", cents=2000))
    assert left(desk, desk.one_payer) == (6000, 4000)
    choice = Choice(numbers=(("KASSE", 1),))
    decide_orders(act(desk, "anna"), "objected", choice, day=TODAY, reason="gehört dem Bauamt")
    act(desk, "clara")
    assert left(desk, desk.one_payer) == (6000, 6000)


def test_what_the_payer_owes_comes_before_a_refund(desk):
    staged(act(desk, "import"), "25", "zu viel", name="Erika Muster", counter_iban=ERIKA)
    with desk.unit(["KASSE"]):
        desk.execute("UPDATE party_account SET kind = 'guardian' WHERE iban = :iban", iban=ERIKA)
    post_staged(desk)
    number = desk.value("SELECT max(id) FROM item WHERE kind = 'suspense'")
    with desk.unit(["KASSE"]):
        desk.execute("UPDATE party_account SET kind = 'own' WHERE iban = :iban", iban=ERIKA)
    act(desk, "clara")
    with pytest.raises(PayerOwesError) as refused:
        take(desk, Refund(number, "zu viel"))
    assert refused.value.fields["reference"] == desk.refs[1]
    assert take(desk, Refund(number, "zu viel", despite_debts=True)).done[0].order == "KASSE-1"


def test_the_debt_of_another_who_has_the_account_is_only_a_warning(desk):
    staged(act(desk, "import"), "25", "zu viel", name="Paul Berg", counter_iban=ERIKA)
    post_staged(desk)
    number = desk.value("SELECT max(id) FROM item WHERE kind = 'suspense'")
    (finding,) = take(act(desk, "clara"), Refund(number, "zu viel")).done[0].findings
    assert (finding.code, finding.fields["reference"]) == ("suspense.other_holder_owes", desk.refs[1])


def test_somebody_of_the_same_name_is_a_warning(desk):
    item(desk, "70", name="Max Unbekannt")
    (finding,) = take(desk, Refund(desk.one_payer, "x")).done[0].findings
    assert (finding.code, finding.fields["owed_cents"]) == ("suspense.namesake_owes", 7000)


def test_money_goes_back_to_no_other_account(desk):
    act(desk, "import")
    staged(desk, "5", "bar", name="Max")
    staged(desk, "6", "Sammler", counter_iban=ERIKA, details=[("4", "a"), ("2", "b")])
    staged(desk, "7", "über einen Dienst", counter_iban="DE02300209000106531065")
    post_staged(desk)
    with desk.unit(["KASSE"]):
        party(desk, "Bezahldienst", "DE02300209000106531065", "payment_service")
    act(desk, "clara")
    cash, bulk, service = (row[0] for row in desk.all("SELECT id FROM item WHERE kind = 'suspense' ORDER BY id")[2:])
    for number, error in (
        (cash, UnknownPayerError), (bulk, CollectivePayerError), (service, PaymentServiceError),
        (desk.advance, RefundAdvanceError), (99, UnknownCaseError),
    ):  # fmt: skip
        with pytest.raises(error):
            take(desk, Refund(number, "zurück"))
    with pytest.raises(NoWordsError):
        take(desk, Refund(desk.one_payer, ""))


# undo


def test_a_wrong_assignment_is_taken_back_by_reset(desk):
    first = take(desk, Assign(desk.many, (Wish(desk.refs[2]),))).done[0]
    second = take(desk, Assign(desk.many, (Wish(desk.refs[1]),), surplus=True)).done[0]
    assert (left(desk, desk.many), second.surplus_cents) == ((0, 0), 2000)
    done = take(desk, Undo(desk.many, "falscher Hund", last=True), day="2026-11-20").done[0]
    assert (left(desk, desk.many), done.settled_cents) == ((7000, 7000), -7000)
    due, dog = desk.one("SELECT due, open_cents FROM item WHERE office = 'ORDNUNG' AND id = :id", id=desk.dog)
    assert (due, dog) == ("2026-09-03", 5000)
    assert desk.all("SELECT open_cents FROM item WHERE kind = 'credit'") == [(0,)]
    days = desk.all(
        "SELECT kind, posting_day, payment_day FROM clearing WHERE posting_day = '2026-11-20' ORDER BY kind"
    )
    assert set(days) == {("reset", "2026-11-20", "2026-11-16"), ("reversal", "2026-11-20", "2026-11-20")}
    take(desk, UndoEntry(first.entry, "auch falsch"))
    assert left(desk, desk.many) == (10000, 10000)
    assert [(rule, cents) for rule, _, _, cents in rules(desk, desk.many)] == [
        ("clarify", 10000), ("assigned", 3000), ("assigned", 5000), ("assigned", 2000),
        ("unassigned", -5000), ("unassigned", -2000), ("unassigned", -3000),
    ]  # fmt: skip
    for decision, error in (
        (Undo(desk.many, "x"), NothingToUndoError),
        (UndoEntry(first.entry, "x"), UndoneEntryError),
    ):
        with pytest.raises(error):
            take(desk, decision)
    take(desk, Assign(desk.many, (Wish(desk.refs[1]),)))
    assert take(desk, Undo(desk.many, "wieder")).done[0].left_cents == 10000


def test_what_followed_must_be_undone_first(desk):
    take(desk, Assign(desk.many, (Wish(desk.refs[1]),), surplus=True))
    credit = desk.one("SELECT office, id FROM item WHERE kind = 'credit'")
    with desk.unit(["ORDNUNG"]):
        from ledger.book.store import post
        from ledger.items.store import NewClearing, clear
        from tests.books import entry

        lines = (f"4810 10,00 #{credit[1]}", "5100 -10,00")
        (posted,) = post(desk, [entry(*lines, office="ORDNUNG", day=TODAY)])
        clear(desk, [NewClearing("ORDNUNG", "setoff", posted.position, TODAY, TODAY, ((credit[1], 1000),))])
    with pytest.raises(SettledItemError):
        take(desk, Undo(desk.many, "falsch"))
    assert left(desk, desk.many) == (0, 0)


def test_undoing_posts_on_the_first_open_day(desk):
    take(desk, Assign(desk.many, (Wish(desk.refs[1]),)))
    close_day(desk, "2026-11-25")
    take(desk, Undo(desk.many, "falsch"), day="2026-11-20")
    assert desk.value("SELECT posting_day FROM entry WHERE kind = 'reversal' AND office = 'KASSE'") == "2026-11-26"


def test_an_automatic_match_becomes_a_case(desk):
    act(desk, "import")
    entry = staged(desk, "35", desk.refs[2], name="Adam Muster", counter_iban=ERIKA, day="2026-11-17")
    assert post_staged(desk).matched == 1
    number = desk.one(
        "SELECT e.year, e.number FROM entry e JOIN bank_entry b ON b.office = e.office AND b.position = e.position "
        "WHERE b.id = :id",
        id=entry,
    )
    name = f"KASSE-{number[0]}-{number[1]}"
    assert (open_cents(desk, desk.house, "BAU"), desk.value("SELECT open_cents FROM item WHERE kind = 'credit'")) == (
        0, 500,
    )  # fmt: skip
    act(desk, "clara")
    with pytest.raises(NoWordsError):
        take(desk, UndoEntry(name, " "))
    done = take(desk, UndoEntry(name, "Namensvetter")).done[0]
    assert (done.left_cents, open_cents(desk, desk.house, "BAU")) == (3500, 3000)
    case = find_case(desk, "KASSE", done.number)
    assert (case.reason, case.entry, case.payment_day) == ("undone", entry, "2026-11-17")
    assert desk.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 0
    with pytest.raises(NothingMatchedError):
        take(desk, UndoEntry(name, "noch einmal"))
    take(desk, Assign(done.number, (Wish(desk.refs[3]),)))
    assert desk.all("SELECT payment_day FROM clearing WHERE kind = 'assign' AND office = 'ORDNUNG'") == [
        ("2026-11-17",)
    ]  # fmt: skip
    take(desk, Undo(done.number, "auch falsch"))


def test_a_fee_booked_by_a_rule_becomes_an_advance(desk):
    act(desk, "import")
    staged(desk, "-4,50", "Abschluss", gvc="805")
    post_staged(desk)
    number = desk.one("SELECT office, year, number FROM entry WHERE office = 'KASSE' ORDER BY position DESC LIMIT 1")
    done = take(act(desk, "clara"), UndoEntry("{}-{}-{}".format(*number), "keine Gebühr")).done[0]
    case = find_case(desk, "KASSE", done.number)
    assert (case.kind, case.open_cents) == ("advance", 450)


def test_what_more_hangs_on_is_not_taken_back_here(desk):
    act(desk, "import")
    staged(desk, "-15", "Umbuchung", counter_iban=SECOND_IBAN, gvc="117")
    post_staged(desk)
    number = desk.one("SELECT office, year, number FROM entry WHERE office = 'KASSE' ORDER BY position DESC LIMIT 1")
    with pytest.raises(MatchKindError) as refused:
        take(act(desk, "clara"), UndoEntry("{}-{}-{}".format(*number), "x"))
    assert refused.value.fields["rule"] == "transfer"


def test_the_journal_names_the_command_that_mends(desk):
    done = take(desk, Assign(desk.many, (Wish(desk.refs[1]),))).done[0]
    with pytest.raises(OwnCommandError) as refused:
        reverse(desk, parse_entry_number(done.entry), reason="x", day=TODAY)
    assert "kasse suspense undo --entry" in refused.value.hint


def test_entries_of_others_are_left_alone(desk):
    entry = desk.one("SELECT office, year, number FROM entry WHERE kind = 'order' AND office = 'BAU' LIMIT 1")
    with pytest.raises(NotOfDeskError):
        take(desk, UndoEntry("{}-{}-{}".format(*entry), "x"))
    unclear = desk.one(
        """SELECT e.office, e.year, e.number FROM entry e JOIN item i ON i.office = e.office
           AND i.position = e.position WHERE i.id = :id AND i.office = 'KASSE'""",
        id=desk.many,
    )
    with pytest.raises(NothingMatchedError):
        take(desk, UndoEntry("{}-{}-{}".format(*unclear), "x"))


# lists


def listed(verb="assign", sha="aa") -> DecisionList:
    return DecisionList(verb, "liste.csv", sha)


def test_a_list_is_taken_once_and_undone_as_a_whole(desk):
    decisions = (
        Assign(desk.many, (Wish(desk.refs[1], 5000),)), Assign(desk.one_payer, (Wish(desk.refs[3], 6000),)),
        Assign(desk.advance, (Wish("RE4711", 8000),)),
    )  # fmt: skip
    done = take(desk, *decisions, listed=listed())
    assert (done.batch, len(done.done), done.new) == (1, 3, True)
    again = take(desk, *decisions, listed=listed())
    assert (again.batch, again.new, again.done) == (1, False, ())
    undone = take(desk, UndoBatch(1, "falsche Liste"))
    assert len(undone.done) == 3
    assert [left(desk, n)[0] for n in (desk.many, desk.one_payer, desk.advance)] == [10000, 6000, 8000]
    for batch, error in ((1, UndoneBatchError), (9, UnknownStepBatchError)):
        with pytest.raises(error):
            take(desk, UndoBatch(batch, "x"))
    assert take(desk, *decisions, listed=listed()).batch == 2


def test_a_list_is_taken_whole_or_not_at_all(desk):
    decisions = (
        Hold(desk.many, "2026-12-01", "wartet", place=Place(row=2)),
        Hold(desk.one_payer, TODAY, "wartet", place=Place(row=3)),
        Note(99, "gibt es nicht", place=Place(row=4)),
    )
    with pytest.raises(RefusedDecisionsError) as refused:
        take(desk, *decisions, listed=listed("hold"))
    assert [(f.code, f.place.row) for f in refused.value.findings] == [
        ("suspense.hold_day", 3), ("suspense.unknown", 4)
    ]  # fmt: skip
    assert find_case(desk, "KASSE", desk.many).hold_until is None
    assert desk.value("SELECT count(*) FROM suspense_batch") == 0


def entry_number(store, bank_entry) -> str:
    """Return the number of the entry that a bank entry became."""
    sql = """SELECT e.office, e.year, e.number FROM entry e
             JOIN bank_entry b ON b.office = e.office AND b.position = e.position WHERE b.id = :id"""
    return "{}-{}-{}".format(*store.one(sql, id=bank_entry))


def undone_booking(desk, text="Storno"):
    """Let the bank undo the payment of Adam's claim, and return the bank entry that does."""
    act(desk, "import")
    payer = {"name": "Adam Muster", "counter_iban": ERIKA}
    staged(desk, "30", desk.refs[2], day="2026-11-17", **payer)
    post_staged(desk)
    entry = staged(desk, "-30", text, reversal=1, day="2026-11-18", **payer)
    assert post_staged(desk).returned == 1
    assert open_cents(desk, desk.house, "BAU") == 3000
    act(desk, "clara")
    return entry


def test_a_booking_that_was_undone_by_mistake_is_taken_back(desk):
    number = entry_number(desk, undone_booking(desk))
    done = take(desk, UndoEntry(number, "nicht diese")).done[0]
    assert open_cents(desk, desk.house, "BAU") == 0
    case = find_case(desk, "KASSE", done.number)
    assert (case.kind, case.open_cents, case.reason) == ("advance", 3000, "undone")
    with pytest.raises(NothingMatchedError):
        take(desk, UndoEntry(number, "noch einmal"))
    check_invariants(desk)
    assert verify(desk).findings == ()


def test_a_payment_that_stands_again_is_taken_back_too(desk):
    by, number = entry_number(desk, back := undone_booking(desk)), entry_number(desk, back - 1)
    with pytest.raises(OpenedAgainError) as error:
        take(desk, UndoEntry(number, "nicht für Adam"))
    assert error.value.fields["by"].rpartition("-")[0] == "BAU-2026"
    take(desk, UndoEntry(by, "nicht diese"))
    done = take(desk, UndoEntry(number, "nicht für Adam")).done[0]
    assert open_cents(desk, desk.house, "BAU") == 3000
    assert (find_case(desk, "KASSE", done.number).kind, left(desk, done.number)) == ("suspense", (3000, 3000))
    with pytest.raises(NothingMatchedError):
        take(desk, UndoEntry(number, "noch einmal"))


def test_a_booking_undone_stays_where_its_claim_was_paid_since(desk):
    number = entry_number(desk, undone_booking(desk))
    take(desk, Assign(desk.many, (Wish(desk.refs[2], 1000),)))
    with pytest.raises(SettledItemError):
        take(desk, UndoEntry(number, "nicht diese"))
    assert open_cents(desk, desk.house, "BAU") == 2000


def steps(store, number) -> list[tuple[str, int]]:
    sql = "SELECT kind, cents FROM suspense_step WHERE office = 'KASSE' AND item = :item ORDER BY line"
    return [tuple(row) for row in store.rows(sql, item=number)]


@pytest.mark.parametrize("from_advance", [True, False])
@pytest.mark.parametrize("undo_advance", [True, False])
def test_money_paid_out_and_money_received_clear_each_other_in_both_cases(desk, from_advance, undo_advance):
    number, other = (desk.advance, desk.many) if from_advance else (desk.many, desk.advance)
    done = take(desk, Assign(number, (Wish(f"KASSE/{other}"),))).done[0]
    assert (done.number, done.settled_cents, done.left_cents) == (number, 8000, 0 if from_advance else 2000)
    assert [(item, cents) for _, item, cents in done.items] == [(other, 8000)]
    for case in (number, other):
        assert steps(desk, case) == [("assigned", 8000)]
        assert events(desk, case)[-1] in {"suspense.assign", "advance.assign"}
    assert verify(desk).findings == ()
    take(desk, Undo(desk.advance if undo_advance else desk.many, "doch nicht"))
    assert (left(desk, desk.many), left(desk, desk.advance)) == ((10000, 10000), (8000, 8000))
    for case in (number, other):
        assert steps(desk, case) == [("assigned", 8000), ("undone", 8000)]
        assert events(desk, case)[-1].endswith(".undo")


@pytest.mark.parametrize("from_advance", [True, False])
@pytest.mark.parametrize("reserved_advance", [True, False])
def test_either_case_may_be_reserved_by_another_clerk(desk, from_advance, reserved_advance):
    number, other = (desk.advance, desk.many) if from_advance else (desk.many, desk.advance)
    act(desk, "dirk")
    take(desk, Reserve(desk.advance if reserved_advance else desk.many))
    act(desk, "clara")
    with pytest.raises(ReservedCaseError):
        take(desk, Assign(number, (Wish(f"KASSE/{other}"),)))
    take(act(desk, "dirk"), Assign(number, (Wish(f"KASSE/{other}"),)))
    with pytest.raises(ReservedCaseError):
        take(act(desk, "clara"), Undo(number, "doch nicht"))


def test_a_case_that_is_as_much_the_other_way_is_named(desk):
    act(desk, "import")
    staged(desk, "80", "Storno Abbuchung", name="Bank", day="2026-11-17")
    staged(desk, "80", "anderes Konto", name="Bank", day="2026-11-17", iban=SECOND_IBAN)
    post_staged(desk)
    act(desk, "clara")
    same = desk.value("SELECT max(item) - 1 FROM suspense_case")
    assert counter_cases(desk, show_case(desk, desk.advance)) == (("KASSE", same),)
    assert counter_cases(desk, show_case(desk, same)) == (("KASSE", desk.advance),)
    assert counter_cases(desk, show_case(desk, desk.many)) == ()


def test_an_item_named_twice_is_called_that(desk):
    with pytest.raises(TwiceNamedError) as refused:
        take(desk, Assign(desk.many, (Wish(desk.refs[2]), Wish("BAU/1"))))
    assert refused.value.fields["reference"] == "BAU/1"


def test_what_an_order_binds_is_unclear_until_it_is_accepted(desk):
    done = take(desk, Refund(desk.one_payer, "zurück", cents=2000)).done[0]
    assert (done.left_cents, done.bound_cents) == (6000, 2000)
    noted = take(desk, Note(desk.one_payer, "Anruf")).done[0]
    assert (noted.left_cents, noted.bound_cents) == (6000, 2000)


def test_an_objection_to_the_order_stands_in_the_history_of_the_case(desk):
    order = take(desk, Refund(desk.one_payer, "zurück")).done[0].order
    choice = Choice(numbers=(("KASSE", 1),))
    decide_orders(act(desk, "anna"), "objected", choice, day=TODAY, reason="falscher Empfänger")
    last = show_case(act(desk, "clara"), desk.one_payer).history[-1]
    assert (last.what, last.by, last.words, last.facts) == ("objected", "anna", "falscher Empfänger", {"order": order})
