"""Matching and posting of bank entries: invariants 3, 4, 5, 9, 10 and 11 on both engines."""

import json

import pytest

from ledger.bank import posting_rows_store, posting_store
from ledger.bank.match_store import Scope
from ledger.bank.posting_store import post_staged
from ledger.people.users import NotAllowedError
from sepa.identifiers import make_rf
from tests.bankbooks import check_invariants, close_day, item, matches, open_cents, party, reason, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act

PAYER = "DE89370400440532013000"


@pytest.fixture
def kasse(store):
    """A book in which the import job acts."""
    return act(store, "import")


def test_a_reference_with_check_digit_decides_alone(kasse):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    entry = staged(kasse, "50", f"KZ {ref}", name="Somebody Else")
    outcome = post_staged(kasse)
    assert (outcome.posted, outcome.matched, outcome.suspense, outcome.findings) == (1, 1, 0, [])
    assert open_cents(kasse, number) == 0
    assert matches(kasse, entry) == [("reference", "ORDNUNG", number, 5000)]
    check_invariants(kasse)


def test_two_offices_get_linked_entries_over_their_verrechnung(kasse):
    ref = reference(kasse, 17)
    item(kasse, "50", ref, office="BAU")
    staged(kasse, "50", ref, name="Erika Mustermann")
    post_staged(kasse)
    rows = kasse.all(
        """SELECT e.office, e.kind, e.transaction_id, e.posting_day, e.bank_day, e.value_day, e.payment_day, p.account, p.cents
           FROM entry e JOIN posting p ON p.office = e.office AND p.position = e.position
           WHERE e.kind = 'bank' ORDER BY e.office, p.line"""
    )
    day = "2026-11-16"
    assert [row[:2] + row[7:] for row in rows] == [
        ("BAU", "bank", "2400", -5000),
        ("BAU", "bank", "2690.KASSE", 5000),
        ("KASSE", "bank", "2800", 5000),
        ("KASSE", "bank", "2690.BAU", -5000),
    ]
    assert {row[2:7] for row in rows} == {("KASSE-1", day, day, day, day)}
    assert kasse.value("SELECT text FROM entry_text WHERE office = 'KASSE'") == f"Erika Mustermann: {ref}"
    check_invariants(kasse)


def test_the_payment_day_is_the_day_of_credit_not_the_value_day(kasse):
    """§ 224 (2) no. 2 AO; FG Niedersachsen VI 651/93: booked on 18 May with value day 17 May is paid on 18 May."""
    ref = reference(kasse, 17)
    item(kasse, "50", ref)
    staged(kasse, "50", ref, day="2026-11-18", value_day="2026-11-17")
    post_staged(kasse)
    assert kasse.all("SELECT DISTINCT payment_day FROM clearing") == [("2026-11-18",)]
    assert kasse.all("SELECT DISTINCT bank_day, value_day, payment_day FROM entry WHERE kind = 'bank'") == [
        ("2026-11-18", "2026-11-17", "2026-11-18")
    ]


def test_a_part_payment_leaves_the_rest_open(kasse):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    staged(kasse, "20", ref)
    assert post_staged(kasse).matched == 1
    assert open_cents(kasse, number) == 3000
    check_invariants(kasse)


def test_a_surplus_becomes_a_credit_of_the_person_in_the_office_of_the_item(kasse):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref, office="BAU")
    entry = staged(kasse, "60", ref)
    outcome = post_staged(kasse)
    assert (outcome.matched, outcome.surpluses) == (1, 1)
    credit = kasse.one("SELECT office, id, account, open_cents, party, reference FROM item WHERE kind = 'credit'")
    debtor = kasse.value("SELECT party FROM item WHERE office = 'BAU' AND id = :id", id=number)
    assert credit == ("BAU", number + 1, "4810", 1000, debtor, ref)
    assert matches(kasse, entry) == [("reference", "BAU", number, 5000), ("surplus", "BAU", number + 1, 1000)]
    check_invariants(kasse)


def test_two_payments_of_one_item_in_one_batch_know_of_each_other(kasse):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    later = staged(kasse, "40", ref, day="2026-11-17")
    first = staged(kasse, "30", ref)
    last = staged(kasse, "5", ref, day="2026-11-18")
    outcome = post_staged(kasse)
    assert (outcome.matched, outcome.suspense) == (2, 1)
    assert matches(kasse, first) == [("reference", "ORDNUNG", number, 3000)]
    assert matches(kasse, later)[0] == ("reference", "ORDNUNG", number, 2000)
    assert [row[0] for row in matches(kasse, later)] == ["reference", "surplus"]
    assert reason(kasse, last) == "closed"
    check_invariants(kasse)


@pytest.mark.parametrize(("due", "told"), [("2026-10-01", True), ("2027-03-01", False)])
def test_an_overpayment_of_somebody_who_owes_just_that_is_told(kasse, due, told):
    with kasse.unit(["KASSE"]):
        eva = party(kasse, "Eva Muster", PAYER)
    item(kasse, "50", reference(kasse, 1), person=eva)
    other = item(kasse, "33", reference(kasse, 2), person=eva, due=due)
    staged(kasse, "83", reference(kasse, 1))
    findings = post_staged(kasse).findings
    assert [one.code for one in findings] == ["bank.payer_still_owes"] * told
    for one in findings:
        assert (one.fields["credit_cents"], one.fields["reference"]) == (3300, reference(kasse, 2))
    assert open_cents(kasse, other) == 3300


CREDITS = {
    "no number at all": ("50", "Danke", "no_reference"),
    "a wrong digit": ("50", "0000000000013", "no_reference"),
    "a valid number the book does not have": ("50", "{9}", "unknown"),
    "a paid one": ("50", "{3}", "closed"),
    "two, not their sum": ("60", "{1} {2}", "several"),
    "two, one of them paid, another amount": ("10", "{1} {3}", "several"),
    "inside a longer run, another amount": ("49", "2026 {1}", "unproven"),
    "two persons owe it": ("40", "{4}", "ambiguous"),
    "two persons owe it, their sum": ("60", "{4}", "ambiguous"),
    "two persons owe it, another beside it, their sum": ("110", "{4} {1}", "several"),
    "a foreign number, another amount": ("49", "Rechnung HH-2026-4711", "unproven"),
    "a foreign number, the amount alone": ("50", "Rechnung HH-2026-4711", "unproven"),
}


@pytest.fixture
def debts(kasse):
    """Items by their running number: 1 and 2 open over 50 and 30, 3 paid, 4 owed by two people."""
    item(kasse, "50", reference(kasse, 1), name="Erika Mustermann")
    item(kasse, "30", reference(kasse, 2), office="BAU")
    item(kasse, "30", reference(kasse, 3))
    item(kasse, "30", reference(kasse, 4), name="Eva")
    item(kasse, "30", reference(kasse, 4), name="Adam")
    item(kasse, "50", "HH20264711", foreign_reference=True, name="Dr. Jörg Weiß", iban=PAYER)
    staged(kasse, "30", reference(kasse, 3))
    post_staged(kasse)
    return kasse


@pytest.mark.parametrize(("amount", "text", "why"), CREDITS.values(), ids=CREDITS)
def test_what_is_unclear_becomes_suspense_with_its_reason(debts, amount, text, why):
    refs = [reference(debts, number) for number in range(10)]
    entry = staged(debts, amount, text.format(*refs), name="Unknown Payer")
    outcome = post_staged(debts)
    assert (outcome.suspense, outcome.matched, dict(outcome.reasons)) == (1, 0, {why: 1})
    assert reason(debts, entry) == why
    kind, account, cents = debts.one(
        """SELECT i.kind, i.account, i.open_cents FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
           WHERE c.entry = :entry""",
        entry=entry,
    )
    assert (kind, account, cents) == ("suspense", "4800", int(amount) * 100)
    check_invariants(debts)


DECIDED = {
    "two, their sum": ("80", "{1} {2}", {}, [5000, 3000]),
    "two, one of them paid, the amount of the other": ("50", "{1} {3}", {}, [5000]),
    "inside a longer run, the amount is right": ("50", "2026 {1}", {}, [5000]),
    "inside a longer run, the name is right": ("20", "2026 {1}", {"name": "MUSTERMANN, ERIKA"}, [2000]),
    "a foreign number, the amount and the name, abbreviated": ("50", "Re HH-2026-4711", {"name": "J. Weiss"}, [5000]),
    "a foreign number, the amount, the text names the debtor": (
        "50",
        "HH-2026-4711 Jörg Weiß",
        {"name": "Amt"},
        [5000],
    ),
    "a foreign number, the name is right": ("20", "HH 2026 4711", {"name": "Weiß Jörg"}, [2000]),
    "a foreign number, the own account": ("20", "HH/2026/4711", {"counter_iban": PAYER}, [2000]),
    "a structured reference": ("50", "", {"creditor_reference": "RF"}, [5000]),
    "the payer's EndToEndId, the amount is right": ("50", "", {"end_to_end_id": "E2E"}, [5000]),
}


@pytest.mark.parametrize(("amount", "text", "more", "settled"), DECIDED.values(), ids=DECIDED)
def test_what_is_clear_settles(debts, amount, text, more, settled):
    refs = [reference(debts, number) for number in range(10)]
    values = {"RF": make_rf(refs[1]), "E2E": refs[1]}
    entry = staged(debts, amount, text.format(*refs), **{key: values.get(value, value) for key, value in more.items()})
    outcome = post_staged(debts)
    assert (outcome.suspense, outcome.matched) == (0, 1)
    assert sorted(row[3] for row in matches(debts, entry)) == sorted(settled)
    check_invariants(debts)


def test_an_account_that_is_not_the_debtors_own_proves_nothing(kasse):
    with kasse.unit(["KASSE"]):
        person = party(kasse, "Jobcenter-Kunde", PAYER, kind="third_party")
    item(kasse, "50", "HH20264711", foreign_reference=True, person=person)
    entry = staged(kasse, "20", "HH-2026-4711", counter_iban=PAYER)
    post_staged(kasse)
    assert reason(kasse, entry) == "unproven"


def test_a_claim_with_side_claims_is_paid_in_the_order_of_the_law(kasse):
    """§ 225 (2) AO: the tax before costs before surcharges; side claims hang on the main item."""
    ref = reference(kasse, 17)
    main = item(kasse, "100", ref, profile="tax", claim_kind="hundesteuer", name="Erika")
    person = kasse.value("SELECT max(id) FROM party")
    surcharge = item(kasse, "3", profile="tax", claim_kind="saeumniszuschlag", person=person, main_item=main)
    fee = item(kasse, "5", ref, profile="tax", claim_kind="mahngebuehr", person=person, main_item=main)
    entry = staged(kasse, "107", ref)
    assert post_staged(kasse).matched == 1
    assert [row[2:] for row in matches(kasse, entry)] == [(main, 10000), (fee, 500), (surcharge, 200)]
    check_invariants(kasse)


def test_evidence_explains_a_match(kasse):
    ref = reference(kasse, 17)
    item(kasse, "50", ref)
    entry = staged(kasse, "50", f"Zahlung {ref}")
    post_staged(kasse)
    evidence = kasse.value("SELECT evidence FROM bank_match WHERE entry = :entry", entry=entry)
    assert json.loads(evidence) == {"reference": ref, "in": "text"}


def test_returns_and_reversals_are_left_to_a_person(kasse):
    ref = reference(kasse, 17)
    item(kasse, "50", ref)
    back = staged(kasse, "50", ref, return_reason="AC04", end_to_end_id="X-1")
    undone = staged(kasse, "-50", ref, reversal=1)
    outcome = post_staged(kasse)
    assert (reason(kasse, back), reason(kasse, undone)) == ("return", "reversal")
    assert (outcome.suspense, outcome.advances) == (1, 1)
    check_invariants(kasse)


def test_fees_go_by_rule_and_other_debits_are_advances(kasse):
    fee = staged(kasse, "-12,50", "Entgelte Oktober", gvc="808")
    interest = staged(kasse, "3,20", "Zinsen", gvc="814")
    other = staged(kasse, "-99", "Abbuchung Stadtwerke", gvc="105", name="Stadtwerke")
    outcome = post_staged(kasse)
    assert (outcome.fees, outcome.matched, outcome.advances, outcome.suspense) == (2, 2, 1, 0)
    accounts = {
        entry: kasse.value(
            """SELECT p.account FROM posting p JOIN bank_entry e ON e.office = p.office AND e.position = p.position
               WHERE e.id = :id AND p.line = 2""",
            id=entry,
        )
        for entry in (fee, interest, other)
    }
    assert accounts == {fee: "6700", interest: "7500", other: "2600"}
    assert reason(kasse, other) == "no_rule"
    check_invariants(kasse)


RULE_BESIDE_REFERENCE = {
    "several, the text": ("60", "Spende {1} {2}", {"pattern": "spende"}, "several"),
    "paid, the text": ("30", "{3} Spende", {"pattern": "spende"}, "closed"),
    "two persons, the text": ("40", "Spende {4}", {"pattern": "spende"}, "ambiguous"),
    "neither amount nor payer, the text": ("20", "Spende {1}", {"pattern": "spende"}, "stranger"),
    "not in the book, the text": ("20", "Spende {9}", {"pattern": "spende"}, "unknown"),
    "paid, amount and kind of booking": ("30", "{3}", {"min_cents": 3000, "max_cents": 3000, "gvc": "166"}, "closed"),
    "paid, the payer's account": ("30", "{3}", {"counter_iban": PAYER}, "rule"),
    "paid, the account of the Kasse and the text": (
        "30",
        "{3} Spende",
        {"iban": MAIN_IBAN, "pattern": "spende"},
        "rule",
    ),
    "an unproven number, the text": ("49", "Spende HH-2026-4711", {"pattern": "spende"}, "rule"),
    "an unproven number, the amount, the text": ("50", "Spende HH-2026-4711", {"pattern": "spende"}, "unproven"),
    "an unproven number, the debtor, the text": (
        "49",
        "Spende HH-2026-4711 Weiß Jörg",
        {"pattern": "spende"},
        "unproven",
    ),
}


@pytest.mark.parametrize(
    ("amount", "text", "asks", "became"), RULE_BESIDE_REFERENCE.values(), ids=RULE_BESIDE_REFERENCE
)
def test_a_rule_that_names_no_account_yields_to_a_sure_reference(debts, amount, text, asks, became):
    with debts.unit(["KASSE"]):
        values = {"id": 50, "rank": 5, "name": "Spenden", "direction": "credit", "role": "pass_through", "active": 1}
        debts.insert_one("bank_rule", **values, **asks)
    text = text.format(*(reference(debts, number) for number in range(10)))
    payer = PAYER if "counter_iban" in asks else None
    entry = staged(debts, amount, text, name="Gönner", gvc="166", counter_iban=payer)
    post_staged(debts)
    if became == "rule":
        assert [row[0] for row in matches(debts, entry)] == ["rule"]
    else:
        assert reason(debts, entry) == became
    check_invariants(debts)


INSTALMENTS = {
    "one of them": ("120", True), "the oldest two": ("240", True), "the last alone": ("90", True),
    "all": ("330", True), "none": ("100", False), "two, not the oldest": ("210", False),
}  # fmt: skip


@pytest.mark.parametrize(("amount", "settled"), INSTALMENTS.values(), ids=INSTALMENTS)
def test_an_amount_of_open_instalments_fits_whoever_pays(kasse, amount, settled):
    with kasse.unit(["KASSE"]):
        someone = party(kasse, "Pächter Kuhn")
    for rate, due in (("120", "2026-08-01"), ("120", "2026-09-01"), ("90", "2026-10-01")):
        item(kasse, rate, reference(kasse, 7), person=someone, due=due)
    entry = staged(kasse, amount, reference(kasse, 7), name="Kuhn")
    post_staged(kasse)
    if settled:
        assert sum(row[3] for row in matches(kasse, entry)) == int(amount) * 100
        assert {row[0] for row in matches(kasse, entry)} == {"reference"}
    else:
        assert reason(kasse, entry) == "stranger"
    check_invariants(kasse)


RULES = {
    "text pattern": ({"pattern": "stadtwerke"}, True),
    "another text": ({"pattern": "telekom"}, False),
    "amount range": ({"min_cents": 9900, "max_cents": 9900}, True),
    "below the range": ({"min_cents": 9901}, False),
    "above the range": ({"max_cents": 9899}, False),
    "the payee's account": ({"counter_iban": PAYER}, True),
    "another payee": ({"counter_iban": "DE00"}, False),
    "another account of ours": ({"iban": SECOND_IBAN}, False),
    "the other direction": ({"direction": "credit"}, False),
    "not active": ({"active": 0}, False),
}


@pytest.mark.parametrize(("asks", "hit"), RULES.values(), ids=RULES)
def test_a_rule_of_the_kasse_applies_where_all_it_asks_for_holds(kasse, asks, hit):
    rule = {
        "id": 9,
        "rank": 5,
        "name": "Strom",
        "direction": "debit",
        "role": "",
        "account": "6100",
        "active": 1,
    } | asks
    with kasse.unit(["KASSE"]):
        kasse.insert_one("bank_rule", **rule)
    staged(kasse, "-99", "Abschlag Strom", name="Stadtwerke", counter_iban=PAYER)
    assert post_staged(kasse).fees == int(hit)
    check_invariants(kasse)


def test_a_collective_credit_is_matched_part_by_part(kasse):
    one, two = reference(kasse, 1), reference(kasse, 2)
    item(kasse, "50", one)
    item(kasse, "30", two, office="BAU")
    entry = staged(kasse, "90", details=[("50", one), ("30", two), ("4", "Spende"), ("6", "Danke")])
    outcome = post_staged(kasse)
    assert (outcome.posted, outcome.suspense) == (1, 1)
    assert [row[0::3] for row in matches(kasse, entry)] == [("reference", 5000), ("reference", 3000), ("clarify", 1000)]
    check_invariants(kasse)


DETAILS = {
    "parts that do not make the sum": [("50", "{1}"), ("30", "")],
    "a part without an amount": [("50", "{1}"), (None, "")],
    "parts of both signs": [("100", "{1}"), ("-10", "")],
}


@pytest.mark.parametrize("details", DETAILS.values(), ids=DETAILS)
def test_parts_that_contradict_the_entry_are_not_used(kasse, details):
    refs = [reference(kasse, number) for number in range(3)]
    item(kasse, "50", refs[1])
    entry = staged(kasse, "90", details=[(amount, text.format(*refs)) for amount, text in details])
    post_staged(kasse)
    assert reason(kasse, entry) == "details"
    check_invariants(kasse)


def test_an_entry_of_a_closed_day_is_posted_on_the_first_open_day_with_a_finding(kasse):
    ref = reference(kasse, 17)
    item(kasse, "50", ref)
    close_day(kasse, "2026-11-16")
    staged(kasse, "50", ref, day="2026-11-16")
    outcome = post_staged(kasse)
    (finding,) = outcome.findings
    assert (outcome.late, finding.code, finding.severity) == (1, "bank.late", "warning")
    assert finding.fields == {
        "entry": "KASSE-2026-1", "iban": MAIN_IBAN, "amount_cents": 5000, "bank_day": "2026-11-16", "posting_day": "2026-11-17",
    }  # fmt: skip
    assert kasse.all("SELECT DISTINCT posting_day, bank_day, payment_day FROM entry WHERE kind = 'bank'") == [
        ("2026-11-17", "2026-11-16", "2026-11-16")
    ]
    check_invariants(kasse)


def test_the_second_run_finds_nothing_new(kasse):
    staged(kasse, "50", "Danke")
    assert post_staged(kasse).posted == 1
    before = kasse.all("SELECT office, position, hash, event_position FROM head ORDER BY office")
    again = post_staged(kasse)
    assert (again.entries, again.posted) == (0, 0)
    assert kasse.all("SELECT office, position, hash, event_position FROM head ORDER BY office") == before


def _broken_unit(store):
    with store.unit(["KASSE"]):
        store.execute("UPDATE item SET open_cents = 1 WHERE kind = 'receivable'")
        raise NotAllowedError(user="a", office="b", role="c")


def test_a_rehearsal_changes_nothing(kasse):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    staged(kasse, "60", ref)
    heads = kasse.all("SELECT office, position, hash, event_position FROM head ORDER BY office")
    with kasse.rehearsal():
        first = post_staged(kasse)
        assert (first.posted, first.matched, first.surpluses) == (1, 1, 1)
        with pytest.raises(NotAllowedError):
            _broken_unit(kasse)
        assert open_cents(kasse, number) == 0
        assert post_staged(kasse).posted == 0
    assert kasse.all("SELECT office, position, hash, event_position FROM head ORDER BY office") == heads
    assert open_cents(kasse, number) == 5000
    assert post_staged(kasse).posted == 1


@pytest.mark.parametrize(
    ("module", "place"),
    [
        (posting_rows_store, "settle_share"),
        (posting_store, "take_off"),
        (posting_store, "record"),
        (posting_store, "insert_all"),
    ],
)
def test_what_breaks_half_way_leaves_nothing(kasse, module, place, monkeypatch):
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    for cents in range(1, 6):
        staged(kasse, str(cents), ref)
    whole, calls = getattr(module, place), []

    def broken(*args, **kw):
        result = whole(*args, **kw)
        calls.append(result)
        if len(calls) == 2 or place in {"take_off", "record"}:  # these two are called once
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr("ledger.bank.match_store.CHUNK", 2)
    monkeypatch.setattr(module, place, broken)
    with pytest.raises(KeyboardInterrupt):
        post_staged(kasse)
    monkeypatch.undo()
    assert kasse.value("SELECT count(*) FROM bank_entry WHERE state = 'posted'") == 0
    assert kasse.value("SELECT count(*) FROM bank_match") == 0
    assert open_cents(kasse, number) == 5000
    check_invariants(kasse)
    assert post_staged(kasse).posted == 5
    assert open_cents(kasse, number) == 3500
    check_invariants(kasse)


def test_chunks_share_what_is_used_up(kasse, monkeypatch):
    monkeypatch.setattr("ledger.bank.match_store.CHUNK", 2)
    ref = reference(kasse, 17)
    number = item(kasse, "50", ref)
    for _ in range(6):
        staged(kasse, "10", ref)
    outcome = post_staged(kasse)
    assert (outcome.matched, outcome.suspense) == (5, 1)
    assert open_cents(kasse, number) == 0
    check_invariants(kasse)


def test_a_scope_takes_its_own_entries_only(kasse):
    staged(kasse, "1", sha="aa")
    staged(kasse, "2", sha="bb")
    staged(kasse, "3", sha="bb", iban=SECOND_IBAN)
    assert post_staged(kasse, Scope(file_sha256="aa")).credit_cents == 100
    assert post_staged(kasse, Scope(iban=SECOND_IBAN)).credit_cents == 300
    assert post_staged(kasse).credit_cents == 200
    check_invariants(kasse)


def test_posting_needs_the_right(kasse):
    with pytest.raises(NotAllowedError):
        post_staged(act(kasse, "anna"))


def test_one_event_tells_what_was_posted(kasse):
    staged(kasse, "50", sha="cc")
    post_staged(kasse, Scope(file_sha256="cc"))
    action, what, facts = kasse.one(
        "SELECT action, object, facts FROM event WHERE office = 'KASSE' ORDER BY position DESC"
    )
    assert (action, what) == ("bank.post", "file:cc")
    assert json.loads(facts)["credit_cents"] == 5000
