"""What a proposal pays: discounts, set-off first, rights of others in the payee's money, limits."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.items.locks_store import lift_items
from ledger.payments.attachment_store import NewAttachment, add_attachment, confirm_attachment, declare, end_attachment
from ledger.payments.attachments import (
    Attachment,
    AttachmentAccountError,
    AttachmentDocumentError,
    AttachmentEndedError,
    AttachmentHeldError,
    AttachmentIbanError,
    AttachmentKindError,
    AttachmentRankError,
    AttachmentReasonError,
    AttachmentServedError,
    AttachmentSumError,
    AttachmentTextError,
    AttachmentTwiceError,
    reminders,
    spread,
)
from ledger.payments.attachments_reader import attachments
from ledger.payments.change_store import change
from ledger.payments.discount import Term, best, misread, terms, without_terms
from ledger.payments.life_reader import life
from ledger.payments.propose_store import propose
from ledger.payments.runs import ItemsChangedError, TextChangedError
from ledger.payments.runs_reader import payments, run_named
from ledger.payments.set_off import NothingToSetOffError, SetOffReservedError
from ledger.payments.set_off_reader import candidates
from ledger.payments.set_off_store import set_off
from ledger.payments.steps import DiscountsOverError
from ledger.payments.steps_store import release, review
from ledger.payments.void_store import void
from ledger.payments.warnings import LockedSinceError, NewIbanError, condensed, weighed
from ledger.payments.warnings_reader import fresh_accounts
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.errors import Place
from sepa.identifiers import make_iban
from tests.bankbooks import item, staged
from tests.books import act
from tests.ledger.order_lists import accepted, row, told_of
from tests.ledger.payables import IBANS, attached, known_account, party, payables

MONDAY = dt.date(2026, 11, 16)
CREDITOR = make_iban("DE", "120300000000000099")
DAY = dt.date

TERMS = {
    "XRechnung BT-20": ("#SKONTO#TAGE=14#PROZENT=2.25#", (Term(14, 225),)),
    "with a base": ("x #SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=357.93#", (Term(7, 300, 35793),)),
    "two steps": ("#SKONTO#TAGE=7#PROZENT=3.00##SKONTO#TAGE=14#PROZENT=2.00#", (Term(7, 300), Term(14, 200))),
    "none": ("Rechnung 17", ()),
}


@pytest.mark.parametrize("case", TERMS)
def test_terms_are_read_as_xrechnung_writes_them(case):
    text, expected = TERMS[case]
    assert terms(text) == expected
    assert "SKONTO" not in without_terms(text)


@pytest.mark.parametrize("text", ["#SKONTO#TAGE=14#PROZENT=2,25#", "#SKONTO#PROZENT=2.00#TAGE=14#", "#SKONTO#"])
def test_terms_in_another_form_are_noticed_not_guessed(text):
    assert terms(text) == ()
    assert misread(text)


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        (DAY(2026, 11, 8), (300, DAY(2026, 11, 8))),
        (DAY(2026, 11, 9), (200, DAY(2026, 11, 15))),
        (DAY(2026, 11, 16), None),
    ],
)
def test_the_best_discount_of_a_day_counts_from_the_invoice(paid_on, expected):
    known = terms("#SKONTO#TAGE=7#PROZENT=3.00##SKONTO#TAGE=14#PROZENT=2.00#")
    assert best(known, DAY(2026, 11, 1), paid_on, 10_000) == expected


@given(st.integers(1, 10**9), st.integers(0, 9999))
def test_a_discount_is_never_more_than_the_amount(cents, points):
    assert 0 <= Term(14, points).cents(cents) <= cents


@pytest.fixture
def invoices(store, monkeypatch):
    """Payables that know their order."""
    import tests.ledger.payables as made

    original = made.NewItem
    monkeypatch.setattr(made, "NewItem", lambda *args, **more: original(*args, order_id=args[1], **more))
    return store


def through(store, run, today=MONDAY):
    review(store, run.number, today=today)
    return release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=today)


def account(store):
    return store.value("SELECT min(number) FROM account WHERE office = 'BAU' AND kind = 'expense' AND number > '6100'")


def discounted(store, second):
    """An invoice of two accounts with a discount that holds until the 19th."""
    made = payables(store, "BAU 100,00 2026-11-30 Meyer | Rechnung 7 #SKONTO#TAGE=14#PROZENT=2.00#")
    with store.unit(office_codes(store)):
        store.insert_one(
            "order_batch", id=1, source="t", count=1, total_cents=1, list_hash=b"h", created_by=1, created_at=store.now
        )
        store.insert_one(
            "cash_order", office="BAU", id=1, batch=1, kind="payable", state="created", party=1, total_cents=10000,
            due="2026-11-30", purpose="Rechnung 7 #SKONTO#TAGE=14#PROZENT=2.00#", foreign_reference=0,
            notice_date="2026-11-05",
        )  # fmt: skip
        for line, gl, cents in ((1, "6100", 6667), (2, second, 3333)):
            store.insert_one("cash_order_line", office="BAU", order_id=1, line=line, gl_account=gl, amount_cents=cents)
        told_of(store, "BAU", 1, 1)
    assert made == [("BAU", 1)]


def test_a_discount_is_taken_before_it_is_lost_and_lowers_the_expense(invoices):
    store = invoices
    second = account(store)
    discounted(store, second)
    early = propose(act(store, "dirk"), today=MONDAY, trial=True)
    assert early.run is None, "due on the 30th, the discount holds until the 19th"
    found = propose(store, today=MONDAY, due_until=dt.date(2026, 11, 19))
    (payment,) = payments(store, found.run)
    assert (payment.amount_cents, payment.discount_cents, payment.remittance) == (9800, 200, "Rechnung 7")
    assert "payment.discount" in {one.code for one in found.findings}
    through(store, found.run)
    assert store.value("SELECT open_cents FROM item") == 0
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '2880'") == -9800
    kept = dict(
        store.all("SELECT account, cents FROM posting WHERE account IN ('6100', :second) AND cents < 0", second=second)
    )
    assert kept == {"6100": -133, second: -67}
    void(act(store, "dirk"), 1, reason="x")
    void(act(store, "frida"), 1, reason="")
    assert store.value("SELECT open_cents FROM item") == 10000
    assert verify(store).findings == ()


def kept_and_another(store):
    """A run of two payments, the first with a discount that holds until the 19th."""
    discounted(store, account(store))
    payables(store, "BAU 50,00 2026-11-17 Schulz | b")
    found = propose(act(store, "dirk"), today=MONDAY, due_until=dt.date(2026, 11, 19)).run
    assert [one.discount_cents for one in payments(store, found)] == [0, 200]
    return found


def test_a_run_is_not_moved_beyond_the_day_of_a_discount_that_it_keeps_off(invoices):
    store = invoices
    run = kept_and_another(store)
    with pytest.raises(DiscountsOverError) as refused:
        change(store, run.number, day=dt.date(2026, 12, 10), reason="x", today=MONDAY)
    assert [(one.fields["line"], one.fields["day"]) for one in refused.value.findings] == [(2, dt.date(2026, 11, 19))]
    assert run_named(store, run.number) == run
    moved = change(store, run.number, day=dt.date(2026, 12, 10), without=[2], reason="x", today=MONDAY)
    assert (moved.execution_day, moved.total_cents) == ("2026-12-10", 5000)
    assert propose(store, today=MONDAY, due_until=dt.date(2026, 11, 19)).run.total_cents == 9800


def test_a_run_is_moved_up_to_the_last_day_of_its_discounts_and_the_reviewer_reads_it(invoices):
    store = invoices
    run = kept_and_another(store)
    moved = change(store, run.number, day=dt.date(2026, 11, 19), reason="x", today=MONDAY)
    assert (moved.execution_day, moved.total_cents) == ("2026-11-19", 14800)
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    said = [(one.fields["day"], one.place.payment) for one in seen.findings if one.code == "payment.discount"]
    assert said == [(dt.date(2026, 11, 19), f"KASSE-R{run.number}-2")]


def test_a_discount_without_an_invoice_day_is_left_to_a_person(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung #SKONTO#TAGE=14#PROZENT=2.00#")
    found = propose(act(store, "dirk"), today=MONDAY)
    assert found.run.total_cents == 10000
    assert "payment.discount_unreadable" in {one.code for one in found.findings}


def test_limits_of_count_and_sum_leave_the_rest_for_the_next_run(store):
    payables(
        store, "KASSE 5,00 2026-11-10 Meyer | a\nKASSE 7,00 2026-11-11 Schulz | b\nKASSE 4,00 2026-11-12 Meyer | c"
    )
    found = propose(act(store, "dirk"), today=MONDAY, limit_cents=1000)
    assert (found.run.total_cents, found.left) == (900, 1)


def debtor(store, amount, name="Meyer", due="2026-11-01", office="ORDNUNG"):
    with store.unit(office_codes(store)):
        person = party(store, name)
    return item(store, amount, "4711", office=office, due=due, person=person)


def test_who_owes_something_due_is_proposed_for_set_off_first(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung\nBAU 1,00 2026-11-10 Schulz | x")
    debtor(store, "30")
    debtor(store, "500", due="2026-12-24")
    found = propose(act(store, "dirk"), today=MONDAY)
    assert [(one.why, one.payee) for one in found.skipped] == [("set-off", "Meyer")]
    (owing,) = [one for one in found.findings if one.code == "payment.set_off_first"]
    assert owing.fields["owed_cents"] == 3000
    assert [(one.office, one.item, one.cents) for one in candidates(store, "2026-11-16")] == [("BAU", 1, 3000)]
    done = set_off(store, [("BAU", 1)], day="2026-11-16")
    assert done.done[0].left_cents == 7000
    assert "Aufrechnung" in done.letters[0].title
    assert store.value("SELECT open_cents FROM item WHERE office = 'BAU' AND id = 1") == 7000
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind = 'receivable' AND due < '2026-12-01'") == 0
    with pytest.raises(NothingToSetOffError):
        set_off(store, [("BAU", 1)], day="2026-11-16")
    rest = propose(store, today=MONDAY)
    assert [p.amount_cents for p in payments(store, rest.run)] == [7000]
    assert verify(store).findings == ()


def test_a_creditor_does_not_wait_for_a_set_off_that_the_law_excludes(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    debtor(store, "30", due="2026-11-12")
    served(store, creditor_iban=CREDITOR)
    found = propose(act(store, "dirk"), today=MONDAY)
    assert [(one.creditor_name, one.amount_cents) for one in payments(store, found.run)] == [("Inkasso Nord", 10000)]
    debtor(store, "30", name="Schulz", due="2026-11-01")
    payables(store, "BAU 50,00 2026-11-10 Schulz | Rechnung")
    assert [one.why for one in propose(store, today=MONDAY).skipped if one.payee == "Schulz"] == ["set-off"]


def test_a_set_off_can_be_waived_and_never_touches_what_a_run_holds(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    debtor(store, "30")
    found = propose(act(store, "dirk"), today=MONDAY, set_off=False)
    assert found.run.total_cents == 10000
    with pytest.raises(SetOffReservedError):
        set_off(store, [("BAU", 1)], day="2026-11-16")


def claim(rank, cents, number=1, pays=True, paid=0):
    return Attachment(
        number, 1, "P", "garnishment", "G", CREDITOR if pays else None, "M", rank, "2026-11-01", cents, pays, None, None,
        None, paid,
    )  # fmt: skip


SPREAD = {
    "§ 804 Abs. 3 ZPO: the earlier rank first": (100, [claim(2, 80, 1), claim(1, 50, 2)], (0, [(2, 50), (1, 50)])),
    "more than is asked for": (100, [claim(1, 30)], (70, [(1, 30)])),
    "everything": (100, [claim(1, None)], (0, [(1, 100)])),
    "paid in full before": (100, [claim(1, 50, paid=50)], (100, [])),
    "partly paid before": (100, [claim(1, 50, paid=20)], (70, [(1, 30)])),
    "§ 853 ZPO: one rank shares": (60, [claim(1, 90, 1), claim(1, 30, 2)], (0, [(1, 45), (2, 15)])),
    "cents that do not divide": (10, [claim(1, 10, n) for n in (1, 2, 3)], (0, [(1, 4), (2, 3), (3, 3)])),
    "enough for one rank, not for the next": (
        100,
        [claim(1, 30, 1), claim(1, 50, 2), claim(2, 40, 3)],
        (0, [(1, 30), (2, 50), (3, 20)]),
    ),
}


@pytest.mark.parametrize("case", SPREAD)
def test_rights_of_others_take_by_rank(case):
    cents, held, (left, taken) = SPREAD[case]
    found = spread(cents, held)
    assert (found[0], [(one.attachment.number, one.cents) for one in found[1]]) == (left, taken)


def served(store, **more):
    given = {"kind": "garnishment", "creditor": "Inkasso Nord", "served_on": dt.date(2026, 11, 2), "text": "M 12/26"}
    return attached(store, "BAU/1", NewAttachment(**{"document": "Akte 1"} | given | more))


def test_a_garnishment_is_paid_out_of_what_the_payee_gets(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    made = served(store, creditor_iban=CREDITOR, sum_cents=6000)
    found = propose(act(store, "dirk"), today=MONDAY)
    assert [(p.creditor_name, p.creditor_iban == CREDITOR, p.amount_cents, p.part) for p in payments(store, found.run)] == [
        ("Inkasso Nord", True, 6000, 1), ("Meyer", False, 4000, 0),
    ]  # fmt: skip
    assert payments(store, found.run)[0].remittance == "M 12/26 Meyer"
    through(store, found.run)
    assert store.value("SELECT open_cents FROM item") == 0
    assert [(one.paid_cents, one.left_cents) for one in attachments(store)] == [(6000, 0)]
    payables(store, "BAU 50,00 2026-11-10 Meyer | Rechnung 2")
    assert propose(act(store, "dirk"), today=MONDAY).run.total_cents == 5000
    assert made.rank == 1
    assert verify(store).findings == ()


def test_what_was_served_earlier_goes_first_whenever_it_is_typed(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    later = served(store, creditor_iban=CREDITOR, sum_cents=9000, served_on=dt.date(2026, 11, 5))
    assert later.rank == 1
    first = served(store, creditor="Bank Süd", kind="assignment", creditor_iban=IBANS["Schulz"], sum_cents=6000)
    assert [(one.number, one.rank) for one in attachments(store)] == [(first.number, 1), (later.number, 2)]
    run = propose(act(store, "dirk"), today=MONDAY).run
    assert [(p.creditor_name, p.amount_cents) for p in payments(store, run)] == [
        ("Bank Süd", 6000),
        ("Inkasso Nord", 4000),
    ]


def test_the_rank_of_papers_of_one_day_must_be_said(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=9000)
    with pytest.raises(AttachmentRankError):
        served(store, creditor="Bank Süd", creditor_iban=IBANS["Schulz"], sum_cents=3000)
    served(store, creditor="Bank Süd", creditor_iban=IBANS["Schulz"], sum_cents=3000, rank=1)
    run = propose(act(store, "dirk"), today=MONDAY).run
    assert [p.amount_cents for p in payments(store, run)] == [7500, 2500]


def test_the_reviewer_sees_whose_right_was_ended_by_one_person(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=6000)
    end_attachment(act(store, "clara"), 1, reason="erledigt", day=MONDAY)
    run = propose(act(store, "dirk"), today=MONDAY).run
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    (said,) = [one for one in seen.findings if one.code == "payment.freed"]
    assert (said.fields["user"], said.fields["reason"], said.place.payment) == ("clara", "erledigt", "KASSE-R1-1")
    assert "attachment ended" in seen.payments[0].warnings


def test_the_reviewer_sees_what_a_payee_came_to_owe_since_the_proposal(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    run = propose(act(store, "dirk"), today=MONDAY).run
    item(store, "15", "X-1", person=store.value("SELECT party FROM item"), due="2026-11-12")
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    assert [one.fields["owed_cents"] for one in seen.findings if one.code == "payment.owes"] == [1500]


def test_letters_are_a_note_where_the_account_was_paid_before_and_never_drown_the_rest():
    letters = [TextChangedError(was="ı", now="i", place=Place(payment=f"P{n}", field="name")) for n in range(9)]
    fresh = NewIbanError(name="N", iban=CREDITOR, place=Place(payment="P8"))
    locked = LockedSinceError(office="BAU", item=1, reason="x", run=1, line=3, place=Place(payment="P2"))
    found = condensed(weighed([*letters, fresh, locked]), 1)
    assert [(one.code, one.severity) for one in found[:2]] == [
        ("payment.locked_since", "warning"), ("payment.new_iban", "warning"),
    ]  # fmt: skip
    assert [one.severity for one in weighed(letters)] == ["info"] * 9
    assert len(found) == 2 + 3 + 1


def test_the_reviewer_sees_whose_right_takes_part_of_a_payment(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung\nBAU 50,00 2026-11-10 Schulz | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=6000)
    run = propose(act(store, "dirk"), today=MONDAY).run
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    said = [(one.place.payment, one.fields["taken_cents"]) for one in seen.findings if one.code == "payment.attached"]
    assert said == [(f"KASSE-R{run.number}-1", 6000), (f"KASSE-R{run.number}-2", 6000)]
    assert ["attached" in one.warnings for one in seen.payments] == [True, True, False]
    found = [[one.fields["creditor"] for one in life(store, run.number, line).rights] for line in (1, 2, 3)]
    assert found == [["Inkasso Nord"], ["Inkasso Nord"], []]


def test_the_reviewer_sees_what_is_only_held_back(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, sum_cents=6000)
    run = propose(act(store, "dirk"), today=MONDAY).run
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    said = [
        (one.fields["taken_cents"], one.fields["number"]) for one in seen.findings if one.code == "payment.attached"
    ]
    assert (run.total_cents, said, "attached" in seen.payments[0].warnings) == (4000, [(6000, 1)], True)


def test_one_person_alone_sends_no_money_to_somebody_elses_account(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    new = NewAttachment("assignment", "Clara Kasse", dt.date(2026, 11, 2), "M 1", CREDITOR, 6000, document="Akte 1")
    made, _ = add_attachment(act(store, "clara"), "BAU/1", new)
    assert (made.pays, made.waits) == (False, True)
    assert [one.code for one in reminders([made])] == ["attachment.waits"]
    found = propose(act(store, "dirk"), today=MONDAY, trial=True)
    assert found.run.total_cents == 4000
    assert "payment.attached" in [one.code for one in found.findings]
    with pytest.raises(NotAllowedError):
        confirm_attachment(act(store, "clara"), 1, iban=CREDITOR)
    with pytest.raises(AttachmentAccountError):
        confirm_attachment(act(store, "emil"), 1, iban=CREDITOR)
    known_account(store, "Clara Kasse", CREDITOR)
    with pytest.raises(AttachmentIbanError):
        confirm_attachment(act(store, "emil"), 1, iban=IBANS["Schulz"])
    assert [confirm_attachment(act(store, "emil"), 1, iban=CREDITOR)[1] for _ in range(2)] == [True, False]
    assert propose(act(store, "dirk"), today=MONDAY).run.total_cents == 10000


def test_who_took_up_an_attachment_does_not_confirm_it(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    new = NewAttachment("garnishment", "Inkasso", dt.date(2026, 11, 2), "M 1", CREDITOR, document="Akte 1")
    add_attachment(act(store, "frida"), "BAU/1", new)
    known_account(store, "Inkasso", CREDITOR)
    with pytest.raises(OwnWorkError):
        confirm_attachment(act(store, "frida"), 1, iban=CREDITOR)
    end_attachment(store, 1, reason="aufgehoben", day=MONDAY)
    with pytest.raises(AttachmentEndedError):
        confirm_attachment(act(store, "emil"), 1, iban=CREDITOR)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"document": None}, AttachmentDocumentError),
        ({"document": " "}, AttachmentDocumentError),
        ({"text": " "}, AttachmentTextError),
        ({"sum_cents": 0}, AttachmentSumError),
        ({"sum_cents": -500}, AttachmentSumError),
        ({"served_on": dt.date(2026, 12, 24)}, AttachmentServedError),
        ({"kind": "loan"}, AttachmentKindError),
    ],
)
def test_what_no_paper_says_is_refused(store, wrong, error):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    with pytest.raises(error):
        served(store, **wrong)
    assert attachments(store) == []


def test_the_same_paper_is_taken_up_and_paid_once(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=3000)
    again = NewAttachment(
        "garnishment", "INKASSO NORD", dt.date(2026, 11, 2), "m 12/26 ", CREDITOR, 3000, document="Akte 2"
    )
    made, new = add_attachment(act(store, "dirk"), "BAU/1", again)
    assert (made.number, new, len(attachments(store))) == (1, False, 1)
    with pytest.raises(AttachmentTwiceError):
        add_attachment(store, "BAU/1", replace(again, sum_cents=4000))
    run = propose(store, today=MONDAY, trial=True).run
    assert run.count == 2
    end_attachment(store, 1, reason="falscher Betrag", day=MONDAY)
    assert add_attachment(store, "BAU/1", replace(again, sum_cents=4000))[1]


def test_what_is_only_held_back_is_not_confirmed(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store)
    with pytest.raises(AttachmentHeldError):
        confirm_attachment(act(store, "emil"), 1, iban=CREDITOR)


def test_a_seizure_without_transfer_holds_the_money_back(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, sum_cents=None)
    found = propose(act(store, "dirk"), today=MONDAY)
    assert (found.run, [one.why for one in found.skipped]) == (None, ["attached"])
    end_attachment(act(store, "clara"), 1, reason="Vorpfändung verfallen", day=MONDAY)
    assert propose(act(store, "dirk"), today=MONDAY).run.total_cents == 10000
    with pytest.raises(AttachmentEndedError):
        end_attachment(act(store, "clara"), 1, reason="x", day=MONDAY)


def test_a_garnishment_served_after_the_proposal_stops_the_release(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    store.now = "2026-11-16T09:00:00Z"
    served(store, creditor_iban=CREDITOR)
    with pytest.raises(ItemsChangedError) as refused:
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert [one.code for one in refused.value.findings] == ["payment.attached_since"]


def test_a_garnishment_that_ended_after_the_proposal_is_not_paid_any_more(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=6000)
    run = propose(act(store, "dirk"), today=MONDAY).run
    end_attachment(act(store, "clara"), 1, reason="aufgehoben", day=MONDAY)
    seen = review(act(store, "dirk"), run.number, today=MONDAY)
    assert [one.warnings[:1] for one in seen.payments] == [("attachment ended",)] * 2, "the payee's part was freed too"
    with pytest.raises(ItemsChangedError) as refused:
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert [(one.code, one.place.payment) for one in refused.value.findings] == [
        ("payment.attachment_ended", f"KASSE-R{run.number}-1")
    ]
    change(act(store, "dirk"), run.number, without=[1], reason="aufgehoben", today=MONDAY)
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=4000, today=MONDAY)
    assert store.value("SELECT open_cents FROM item") == 6000, "it is the payee's in the next run"


def test_our_declaration_is_due_two_weeks_after_service(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    made = served(store)
    assert made.declaration_due == "2026-11-16", "§ 840 Abs. 1 ZPO"
    assert [one.code for one in reminders([made])] == ["attachment.declaration"]
    done, new = declare(store, 1, MONDAY)
    assert (done.declaration_due, new, reminders([done])) == (None, True, [])
    assert not declare(store, 1, MONDAY)[1]
    assert served(store, kind="assignment", text="Z 7", rank=2).declaration_due is None
    with pytest.raises(AttachmentReasonError):
        end_attachment(store, 1, reason="", day=MONDAY)


def test_a_discount_taken_stays_taken_when_the_payment_comes_back(invoices):
    store = invoices
    discounted(store, account(store))
    run = through(store, propose(act(store, "dirk"), today=MONDAY, due_until=dt.date(2026, 11, 19)).run).run
    staged(act(store, "import"), "-98,00", message_id=run.message_id, gvc="191")
    staged(store, "98,00", end_to_end_id="KASSE-R1-1", return_reason="AC04", gvc="159", day="2026-11-18")
    outcome = post_staged(store)
    assert (outcome.executed, outcome.returned) == (1, 1)
    lift_items(act(store, "clara"), [("BAU", 1)], "payment", "geklärt", "2026-11-16")
    again = propose(act(store, "dirk"), today=MONDAY, due_until=dt.date(2026, 11, 30))
    assert again.run.total_cents == 9800
    assert not [one for one in again.findings if one.code.startswith("payment.discount")]
    assert verify(store).findings == ()


BARRED = {
    "§ 392 BGB: all of it is the creditor's": (10000, [10000], []),
    "more is attached than is paid": (90000, [10000], []),
    "what is left beyond the attached sum waits for the set-off": (6000, [], ["set-off"]),
}


@pytest.mark.parametrize("case", BARRED)
def test_money_of_others_does_not_wait_for_a_set_off_that_the_law_excludes(store, case):
    """Our claim fell due after the service: only what is left of the payable can be set off."""
    attached_cents, paid, why = BARRED[case]
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    served(store, creditor_iban=CREDITOR, sum_cents=attached_cents)
    owing(store, "70,00")
    found = propose(act(store, "dirk"), today=MONDAY, trial=True)
    assert [line.total_cents for line in (found.run,) if line] == paid
    assert [one.why for one in found.skipped] == why


def test_an_attached_sum_counts_once_over_all_payables_of_the_payee(store):
    payables(store, "BAU 50,00 2026-11-10 Meyer | 1\nBAU 50,00 2026-11-10 Meyer | 2\nBAU 50,00 2026-11-10 Meyer | 3")
    served(store, creditor_iban=CREDITOR, sum_cents=7000)
    owing(store, "500,00")
    day = MONDAY.isoformat()
    assert [(one.item, one.cents, len(one.attachments)) for one in candidates(store, day)] == [
        (2, 3000, 1),
        (3, 5000, 0),
    ]
    found = propose(act(store, "dirk"), today=MONDAY)
    assert [(one.item, one.amount_cents) for one in payments(store, found.run)] == [(1, 5000)]
    assert [(one.item, one.why) for one in found.skipped] == [(2, "set-off"), (3, "set-off")]
    done = set_off(act(store, "dirk"), [("BAU", 2), ("BAU", 3)], day=day).done
    assert [one.cents for one in done] == [3000, 5000]
    (rest,) = payments(store, propose(act(store, "dirk"), today=MONDAY).run)
    assert (rest.creditor_name, rest.amount_cents) == ("Inkasso Nord", 2000)
    assert verify(store).findings == ()


def owing(store, amount):
    """Let Meyer owe the city something that fell due after the service, and later than what he gets."""
    person = store.value("SELECT id FROM party WHERE name = 'Meyer'")
    return item(store, amount, "9911", due="2026-11-12", person=person)


def test_many_payments_to_one_account_are_warned_of_one_by_one(store):
    """The account is asked about once; the warning stands at each payment."""
    payables(store, "\n".join(f"BAU {number},00 2026-11-10 Meyer | Rechnung {number}" for number in range(1, 9)))
    found = propose(act(store, "dirk"), today=MONDAY)
    new = [
        one.place.payment
        for one in review(store, found.run.number, today=MONDAY).findings
        if one.code == "payment.new_iban"
    ]
    assert new == [f"KASSE-R{found.run.number}-{number}" for number in range(1, 9)]
    of_run = {"office": found.run.office, "run": found.run.number}
    with store.snapshot():
        assert list(fresh_accounts(store, of_run).values()) == [None]


def test_the_steps_of_an_order_stand_in_their_order_though_all_were_taken_at_one_moment(store):
    accepted(store, row("ORDNUNG payable 20,00 Meyer", due="2026-11-10"))
    run = propose(act(store, "dirk"), today=MONDAY).run
    stations = life(store, run.number, 1).stations
    assert len({one.at for one in stations[:4]}) == 1
    assert [one.what for one in stations[:5]] == [
        "order created", "order certified", "order approved", "order accepted", "proposed",
    ]  # fmt: skip
