"""What comes back: transfers of ours returned by the payee's bank, bookings undone, money between own accounts."""

import datetime as dt
import json

import pytest

from ledger.bank.collection_back_store import meant_return
from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import release, review
from tests.bankbooks import check_invariants, close_day, item, matches, open_cents, payments, reason, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.payables import payables

TODAY = dt.date(2026, 11, 16)
MEYER = "DE12500105170648489890"


def released(store, text):
    """Release a run over these payables."""
    payables(store, text)
    act(store, "dirk")
    run = propose(store, today=TODAY).run
    review(store, run.number, today=TODAY)
    act(store, "emil")
    release(store, run.number, sum_cents=run.total_cents, today=TODAY)
    return act(store, "import")


@pytest.fixture
def kasse(store):
    """A run over two payables of two offices, released and debited as one."""
    released(store, "BAU 50 2026-11-10 Meyer\nORDNUNG 30 2026-11-10 Schulz")
    message = store.value("SELECT message_id FROM payment_run")
    staged(store, "-80", message_id=message, gvc="191")
    assert post_staged(store).executed == 1
    return store


def ids(store) -> list[str]:
    return [row[0] for row in payments(store)]


def states(store) -> list[str]:
    return [row[1] for row in payments(store)]


def payable(store, office) -> tuple[int, int, str]:
    return store.one("SELECT id, open_cents, due FROM item WHERE kind = 'payable' AND office = :office", office=office)


def fee_rule(store, **more) -> None:
    with store.unit(["KASSE"]):
        values = {
            "id": 9,
            "rank": 90,
            "name": "Entgelt",
            "serves": "return_fee",
            "direction": "debit",
            "max_cents": 500,
        }
        store.insert_one("bank_rule", role="bank_fees", active=1, **(values | more))


def test_a_returned_transfer_opens_its_payable_again_with_the_old_due_date(kasse):
    first, _ = ids(kasse)
    entry = staged(kasse, "50", end_to_end_id=first, return_reason="AC04", gvc="159", day="2026-11-18")
    outcome = post_staged(kasse)
    assert (outcome.returned, outcome.matched, outcome.suspense) == (1, 1, 0)
    number, left, due = payable(kasse, "BAU")
    assert (left, due) == (5000, "2026-11-10")
    assert payable(kasse, "ORDNUNG")[1] == 0
    assert states(kasse) == ["returned", "executed"]
    assert matches(kasse, entry) == [("returned", "BAU", number, 5000)]
    assert kasse.all("SELECT kind, office FROM clearing WHERE payment_day = '2026-11-18'") == [("reset", "BAU")]
    check_invariants(kasse)


def test_a_returned_payable_is_locked_against_the_next_run(kasse):
    staged(kasse, "50", end_to_end_id=ids(kasse)[0], return_reason="AC04", gvc="159")
    post_staged(kasse)
    assert kasse.all("SELECT office, kind, reason, since FROM item_lock") == [
        ("BAU", "payment", "R1-1 AC04", "2026-11-16")
    ]
    act(kasse, "dirk")
    proposal = propose(kasse, today=TODAY)
    assert proposal.run is None
    assert [skipped.why for skipped in proposal.skipped] == ["locked"]


def test_a_return_of_a_payment_of_last_year_is_posted_in_the_new_one(kasse):
    close_day(kasse, "2026-12-31")
    staged(kasse, "30", end_to_end_id=ids(kasse)[1], return_reason="AC01", day="2027-01-04")
    assert post_staged(kasse).returned == 1
    assert payable(kasse, "ORDNUNG")[1] == 3000
    assert kasse.value("SELECT max(posting_day) FROM entry WHERE office = 'ORDNUNG'") == "2027-01-04"
    check_invariants(kasse)


def test_the_id_of_a_return_may_stand_in_its_text(kasse):
    staged(kasse, "50", f"RUECKUEBERWEISUNG EREF+{ids(kasse)[0]} AC04", gvc="159")
    assert post_staged(kasse).returned == 1
    assert states(kasse) == ["returned", "executed"]


def test_what_a_return_costs_goes_by_rule(kasse):
    fee_rule(kasse)
    entry = staged(kasse, "47,50", end_to_end_id=ids(kasse)[0], return_reason="AC04", gvc="159")
    assert post_staged(kasse).returned == 1
    number, left, _ = payable(kasse, "BAU")
    assert left == 5000
    assert matches(kasse, entry) == [("returned", "BAU", number, 5000), ("return_fee", None, None, -250)]
    assert kasse.value("SELECT sum(cents) FROM posting WHERE account = '6700'") == 250
    check_invariants(kasse)


UNCLEAR = {
    "less than was paid, no rule for fees": ("47,50", {}),
    "more than was paid": ("50,01", {}),
    "on another account": ("50", {"iban": SECOND_IBAN}),
    "an id that is not ours": ("50", {"end_to_end_id": "BAU-R9-1"}),
    "no id": ("50", {"end_to_end_id": "NOTPROVIDED"}),
}


UNSAID = {
    "in its field, beside the reference of a debt": ("{id}", "RUECKUEBERWEISUNG Ihre Zahlung zu {ref}"),
    "in the text, beside the reference of a debt": (None, "RETOURE {id} {ref}"),
    "in the text alone": ("NOTPROVIDED", "RETOURE EREF+{id}"),
}


@pytest.mark.parametrize(("end_to_end", "text"), UNSAID.values(), ids=UNSAID)
def test_a_transfer_of_ours_that_comes_back_without_a_code_pays_no_claim(kasse, end_to_end, text):
    (sent, _), ref = ids(kasse), reference(kasse, 50)
    debt = item(kasse, "50", ref, office="ORDNUNG")
    said = {"end_to_end_id": end_to_end and end_to_end.format(id=sent), "gvc": "166"}
    entry = staged(kasse, "50", text.format(id=sent, ref=ref), day="2026-11-18", **said)
    post_staged(kasse)
    assert (open_cents(kasse, debt), reason(kasse, entry)) == (5000, "return")
    evidence = json.loads(kasse.value("SELECT evidence FROM bank_match WHERE entry = :entry", entry=entry))
    assert (evidence["run"], evidence["payment"]) == (1, 1)
    assert states(kasse) == ["executed", "executed"]


def test_an_id_of_another_kasse_that_looks_like_ours_stops_nothing(kasse):
    debt = item(kasse, "50", reference(kasse, 50), office="ORDNUNG")
    staged(kasse, "50", reference(kasse, 50), end_to_end_id="KASSE-R99-1", gvc="166", day="2026-11-18")
    post_staged(kasse)
    assert open_cents(kasse, debt) == 0


@pytest.mark.parametrize(("amount", "more"), UNCLEAR.values(), ids=UNCLEAR)
def test_a_return_that_does_not_fit_waits_for_a_person(kasse, amount, more):
    entry = staged(kasse, amount, **({"end_to_end_id": ids(kasse)[0], "return_reason": "AC04", "gvc": "159"} | more))
    outcome = post_staged(kasse)
    assert (outcome.returned, outcome.suspense, reason(kasse, entry)) == (0, 1, "return")
    assert states(kasse) == ["executed", "executed"]
    check_invariants(kasse)


@pytest.mark.parametrize(("amount", "gvc", "meant"), [("50", "159", None), ("-50", "116", None), ("49", "159", "1-1")])
def test_only_money_by_which_a_payment_can_come_back_is_taken_for_that(kasse, amount, gvc, meant):
    first, _ = ids(kasse)
    if meant is None:
        staged(kasse, "50", end_to_end_id=first, return_reason="AC04", gvc="159", day="2026-11-18")
        post_staged(kasse)
    entry = staged(kasse, amount, end_to_end_id=first, return_reason="AC04", gvc=gvc, day="2026-11-19")
    post_staged(kasse)
    assert reason(kasse, entry) == "return"
    kind = "suspense" if not amount.startswith("-") else "advance"
    found = meant_return(kasse, "KASSE", entry, kind)
    assert (found.name if found else None) == meant


def test_a_payment_comes_back_once(kasse):
    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        staged(kasse, "50", end_to_end_id=ids(kasse)[0], return_reason="AC04", day=day)
        if day == "2026-11-18":
            assert post_staged(kasse).returned == 1
    assert post_staged(kasse).returned == 0
    assert payable(kasse, "BAU")[1] == 5000
    check_invariants(kasse)


def test_a_payment_may_go_out_and_come_back_in_one_statement(store):
    released(store, "BAU 50 2026-11-10 Meyer")
    (only,) = ids(store)
    staged(store, "-50", end_to_end_id=only)
    staged(store, "50", end_to_end_id=only, return_reason="AC04")
    outcome = post_staged(store)
    assert (outcome.executed, outcome.returned) == (1, 1)
    assert states(store) == ["returned"]
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '2880'") == 0
    check_invariants(store)


def test_a_return_before_its_debit_waits_for_a_person(store):
    released(store, "BAU 50 2026-11-10 Meyer")
    entry = staged(store, "50", end_to_end_id=ids(store)[0], return_reason="AC04")
    post_staged(store)
    assert reason(store, entry) == "return"
    assert states(store) == ["released"]


def test_a_return_code_of_a_debit_waits_for_a_person(store):
    act(store, "import")
    entry = staged(store, "-50", gvc="109", end_to_end_id="X")
    post_staged(store)
    assert reason(store, entry) == "return"


# bookings that the bank undoes

PAYER = {"counter_iban": MEYER, "name": "Meyer"}


def test_a_booking_undone_opens_what_it_had_settled(store):
    act(store, "import")
    number = item(store, "50", reference(store, 1))
    first = staged(store, "50", reference(store, 1), **PAYER)
    post_staged(store)
    entry = staged(store, "-50", reference(store, 1), reversal=1, day="2026-11-18", **PAYER)
    assert post_staged(store).returned == 1
    assert open_cents(store, number) == 5000
    assert matches(store, entry) == [("reversal", "ORDNUNG", number, -5000)]
    evidence = store.value("SELECT evidence FROM bank_match WHERE entry = :entry", entry=entry)
    assert json.loads(evidence) == {"rule": "reference", "undoes": f"KASSE/{first}"}
    check_invariants(store)


def test_a_booking_undone_takes_surplus_and_suspense_back(store):
    act(store, "import")
    number = item(store, "50", reference(store, 1))
    staged(store, "60", reference(store, 1), **PAYER)
    staged(store, "7", "Danke", **PAYER)
    post_staged(store)
    staged(store, "-60", "", reversal=1, day="2026-11-18", **PAYER)
    staged(store, "-7", "", reversal=1, day="2026-11-18", **PAYER)
    outcome = post_staged(store)
    assert (outcome.matched, outcome.advances) == (2, 0)
    assert open_cents(store, number) == 5000
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind IN ('credit', 'suspense')") == 0
    check_invariants(store)


def test_a_booking_undone_on_the_first_of_all_days_is_unclear(store):
    """A wrong day of the bank must not stop everything that waits with it."""
    entry = staged(act(store, "import"), "-7", "", reversal=1, day="0001-01-02", **PAYER)
    post_staged(store)
    assert reason(store, entry) == "reversal"


NOT_UNDONE = {
    "two alike": ([("50", {}), ("50", {})], "-50"),
    "another amount": ([("50", {})], "-49"),
    "another payer": ([("50", {"counter_iban": MAIN_IBAN, "iban": SECOND_IBAN})], "-50"),
    "long ago": ([("50", {"day": "2026-06-01"})], "-50"),
    "nothing": ([], "-50"),
}


@pytest.mark.parametrize(("before", "amount"), NOT_UNDONE.values(), ids=NOT_UNDONE)
def test_what_is_undone_must_be_one_booking(store, before, amount):
    act(store, "import")
    for cents, more in before:
        staged(store, cents, "Danke", **(PAYER | more))
    post_staged(store)
    entry = staged(store, amount, "Danke", reversal=1, day="2026-11-18", **PAYER)
    post_staged(store)
    assert reason(store, entry) == "reversal"
    check_invariants(store)


ANOTHER = {
    "no IBAN and no id on either side": (
        {"name": "Nguyen Thi Lan"}, {"name": "Hans Fremd", "remittance": "Storno Scheck 4711"},
    ),
    "NOTPROVIDED on either side": (
        {"name": "Nguyen Thi Lan", "end_to_end_id": "NOTPROVIDED"},
        {"name": "Hans Fremd", "remittance": "Storno Scheck", "end_to_end_id": "NOTPROVIDED"},
    ),
    "the same name, another text": ({"name": "Lan"}, {"name": "Lan", "remittance": "Storno Scheck 4711"}),
    "the same account, another reference": (PAYER, PAYER | {"remittance": "Storno KZ {2}"}),
}  # fmt: skip


@pytest.mark.parametrize(("first", "then"), ANOTHER.values(), ids=ANOTHER)
def test_a_booking_undone_shows_a_sign_of_the_one_it_undoes(store, first, then):
    act(store, "import")
    number = item(store, "20", reference(store, 1))
    item(store, "310", reference(store, 2))
    staged(store, "20", reference(store, 1), **first)
    post_staged(store)
    then = then | {"remittance": then.get("remittance", "").format(*(reference(store, one) for one in range(3)))}
    entry = staged(store, "-20", reversal=1, day="2026-11-18", **then)
    post_staged(store)
    assert reason(store, entry) == "reversal"
    assert open_cents(store, number) == 0
    check_invariants(store)


SIGNS = {
    "the account": PAYER,
    "the EndToEndId": {"name": "Lan", "end_to_end_id": "RG-17"},
    "the bank's reference": {"name": "Lan", "servicer_reference": "2026-11-16/7"},
    "name and text": {"name": "Lan", "remittance": "KZ {1}"},
}


@pytest.mark.parametrize("said", SIGNS.values(), ids=SIGNS)
def test_one_sign_tells_the_booking_that_is_undone(store, said):
    act(store, "import")
    number = item(store, "20", reference(store, 1))
    both = {"remittance": "KZ {1}"} | said
    both["remittance"] = both["remittance"].format(*(reference(store, one) for one in range(3)))
    staged(store, "20", **both)
    post_staged(store)
    staged(store, "-20", reversal=1, day="2026-11-18", **(both if "remittance" in said else both | {"remittance": ""}))
    assert post_staged(store).returned == 1
    assert open_cents(store, number) == 2000
    check_invariants(store)
    assert verify(store).findings == ()


def test_a_booking_is_undone_once(store):
    act(store, "import")
    staged(store, "50", "Danke", **PAYER)
    post_staged(store)
    for day in ("2026-11-17", "2026-11-18"):
        staged(store, "-50", "Danke", reversal=1, day=day, **PAYER)
    outcome = post_staged(store)
    assert (outcome.matched, outcome.advances) == (1, 1)
    third = staged(store, "-50", "Danke", reversal=1, day="2026-11-19", **PAYER)
    post_staged(store)
    assert reason(store, third) == "reversal"
    check_invariants(store)


# money between own accounts


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_transfer_between_own_accounts_is_under_way_until_both_legs_are_there(store, order):
    act(store, "import")
    legs = [("-500", MAIN_IBAN, SECOND_IBAN, "2026-11-16"), ("500", SECOND_IBAN, MAIN_IBAN, "2026-11-18")]
    left = []
    for which in order:
        amount, iban, other, day = legs[which]
        staged(store, amount, "Umbuchung", iban=iban, counter_iban=other, day=day)
        assert post_staged(store).transfers == 1
        left.append(store.value("SELECT sum(cents) FROM posting WHERE account = '2890'"))
    assert left == [50000 if order == (0, 1) else -50000, 0]
    check_invariants(store)


def test_a_transfer_never_pays_the_reference_in_its_text(store):
    act(store, "import")
    number = item(store, "50", reference(store, 1))
    staged(store, "50", reference(store, 1), counter_iban=SECOND_IBAN)
    assert post_staged(store).transfers == 1
    assert open_cents(store, number) == 5000


# what suppliers collect

SUPPLIER = "DE89370400440532013000"


def collected(store, amount="99", **more) -> int:
    values = {"kind": "payable", "office": "KASSE", "name": "Stadtwerke AG", "paid_by": "direct_debit"} | more
    return item(store, amount, **values)


def test_a_suppliers_debit_settles_the_payable_marked_for_it(store):
    act(store, "import")
    number = collected(store, bank_account=SUPPLIER)
    collected(store, "98", bank_account=SUPPLIER)
    entry = staged(store, "-99", "Abschlag Strom", gvc="105", counter_iban=SUPPLIER, name="SW")
    outcome = post_staged(store)
    assert (outcome.matched, outcome.advances, open_cents(store, number, "KASSE")) == (1, 0, 0)
    assert matches(store, entry) == [("direct_debit", "KASSE", number, -9900)]
    check_invariants(store)


DEBITS = {
    "the name instead of the account": ({}, {"name": "STADTWERKE AG"}, None),
    "nobody known": ({}, {"name": "Gaswerk"}, "no_rule"),
    "not marked": ({"paid_by": None, "bank_account": SUPPLIER}, {"counter_iban": SUPPLIER}, "no_rule"),
    "an account that is not the supplier's own": ({}, {"counter_iban": SUPPLIER, "name": "X"}, "no_rule"),
}


@pytest.mark.parametrize(("payable", "more", "why"), DEBITS.values(), ids=DEBITS)
def test_a_suppliers_debit_needs_the_mark_the_amount_and_who(store, payable, more, why):
    act(store, "import")
    number = collected(store, **payable)
    entry = staged(store, "-99", "Abschlag", gvc="105", **more)
    post_staged(store)
    assert reason(store, entry) == why
    assert open_cents(store, number, "KASSE") == (9900 if why else 0)


def test_two_alike_payables_are_not_told_apart(store):
    act(store, "import")
    collected(store, bank_account=SUPPLIER)
    collected(store, bank_account=SUPPLIER)
    entry = staged(store, "-99", "Abschlag", counter_iban=SUPPLIER)
    post_staged(store)
    assert reason(store, entry) == "ambiguous"


def test_what_suppliers_collect_is_in_no_run(store):
    collected(store, bank_account=SUPPLIER, due="2026-11-01")
    act(store, "dirk")
    proposal = propose(store, today=TODAY)
    assert (proposal.run, [skipped.why for skipped in proposal.skipped]) == (None, ["collected"])
