"""Payments beyond the EEA say who pays from where and to which bank; payments say what they are for (ISO 20022)."""

import datetime as dt
import hashlib

import pytest

from ledger.book.verify_store import verify
from ledger.items.opening_parts import AccountRow, account_row
from ledger.items.opening_parts_store import ACCOUNTS, PARTIES
from ledger.items.order_change_store import change_order
from ledger.items.orders_reader import show_order
from ledger.items.standing_store import change_schedule, run_standing
from ledger.payments.attachment_store import NewAttachment
from ledger.payments.collection_policy import MinimumError
from ledger.payments.collection_policy_store import configure
from ledger.payments.export_store import note_export
from ledger.payments.payer_store import payer_address, set_payer_address
from ledger.payments.profiles_store import set_profile
from ledger.payments.propose_store import propose
from ledger.payments.recall_store import ask_recall, recall_file
from ledger.payments.runs_reader import payments, run_named
from ledger.payments.steps_store import release, review
from ledger.people.parties_change_store import add_party, change_party
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.parties_reader import show_party
from ledger.people.party_values import BicAloneError, NothingToChangeError, PartyChange
from ledger.people.users import NotAllowedError
from sepa.errors import KasseError
from sepa.identifiers import InvalidBicError
from tests.attacks import attacked, unbound_rows
from tests.books import MAIN_IBAN, act
from tests.ledger import test_opening_parts
from tests.ledger.order_lists import DAY, IBAN, accepted, checked, codes, row, take
from tests.ledger.payables import attached, known_account, payables
from tests.ledger.test_opening_parts import CLAIM, ERIKA, MAX, OTHER
from tests.ledger.test_order_changes import through
from tests.ledger.test_payments_export import texts, written
from tests.sepa.oracles import schema_errors

pytestmark = pytest.mark.engines
MONDAY = dt.date(2026, 11, 16)
LATER = dt.date(2026, 12, 31)
SWISS, BRITISH = "CH9300762011623852957", "GB29NWBK60161331926819"
BIC = "KBZHCH22XXX"
HALL = {"street": "Große Straße", "house_number": "1", "postcode": "20999", "town": "Musterstadt"}
ABROAD = f"KASSE 1,00 2026-11-10 Frei {SWISS} | Gutachten"
AT_HOME = "KASSE 2,00 2026-11-10 Meyer | Miete"
ADDRESS = "PmtInf/Dbtr/PstlAdr"


def at_the_hall(store, **parts):
    return set_payer_address(act(store, "root"), HALL | parts)


def proposed(store, text=ABROAD):
    payables(store, text)
    return propose(act(store, "dirk"), today=MONDAY)


def paid(store, text=ABROAD):
    run = proposed(store, text).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    act(store, "dirk")
    return written(store, run.number)


def said(found):
    return [one.code for one in found.findings if one.code != "payment.new_iban"]


def known(store, iban=SWISS, bic=BIC, name="Frei"):
    """Note the account of a payee by hand, with the BIC of its bank."""
    known_account(store, name, iban)
    number = store.value("SELECT party FROM party_account WHERE iban = :iban", iban=iban)
    change_party(act(store, "dirk"), int(number), PartyChange(iban=iban, bic=bic), DAY)
    return int(number)


def test_what_a_bank_beyond_the_eea_asks_for_goes_with_the_payment(store):
    """Regulation (EU) 2023/1113 Art. 4: name, account and address of the payer; in letters that all banks take."""
    at_the_hall(store)
    known(store)
    file = paid(store)
    assert schema_errors("pain.001.001.09", file) == []
    parts = [texts(file, f"{ADDRESS}/{tag}") for tag in ("StrtNm", "BldgNb", "PstCd", "TwnNm", "Ctry", "AdrLine")]
    assert parts == [["Grosse Strasse"], ["1"], ["20999"], ["Musterstadt"], ["DE"], []]
    assert texts(file, "CdtrAgt/FinInstnId/BICFI") == [BIC]
    assert payments(store, run_named(store, 1))[0].creditor_bic == BIC


def test_neither_address_nor_bic_is_missed_once_the_book_knows_them(store):
    at_the_hall(store)
    known(store)
    found = proposed(store)
    assert said(found) == []
    assert [one for one in said(review(store, found.run.number, today=MONDAY)) if one.startswith(("addr", "bic"))] == []


def test_what_is_missing_is_said_with_the_command_that_mends_it(store):
    found = proposed(store)
    assert said(found) == ["address.needed", "bic.advisable"]
    hints = [one.hint for one in found.findings if one.code in said(found)]
    assert ["kasse payment profile" in hints[0], "kasse party change" in hints[1]] == [True, True]


def test_within_the_eea_the_file_names_neither_address_nor_bic(store):
    """Regulation (EU) 260/2012 Art. 5 (7): no bank asks for the BIC; 2023/1113 Art. 5: name and account are enough."""
    at_the_hall(store)
    known(store, iban="DE45120300000000000002", bic="BYLADEM1001", name="Schulz")
    file = paid(store, "KASSE 2,00 2026-11-10 Schulz | Miete")
    assert texts(file, "Dbtr/PstlAdr/TwnNm") + texts(file, "CdtrAgt/FinInstnId/BICFI") == []
    assert run_named(store, 1).debtor_address == ""


def test_the_file_is_the_same_after_the_kasse_moved_and_the_bank_changed_its_bic(store):
    at_the_hall(store)
    party = known(store)
    first = paid(store)
    at_the_hall(store, street="Neuer Weg", house_number="2")
    change_party(act(store, "dirk"), party, PartyChange(iban=SWISS, bic="POFICHBEXXX"), DAY)
    assert written(act(store, "dirk"), 1) == first


def test_what_is_not_named_of_an_address_stays(store):
    at_the_hall(store)
    assert payer_address(store).street == "Große Straße"
    whole = set_payer_address(store, {"street": "Markt"})
    assert (whole.street, whole.house_number, whole.town, whole.country) == ("Markt", "1", "Musterstadt", "DE")


WRONG = {"no town": {"street": "Markt"}, "no country": {"country": "D"}, "too long": {"house_number": "1" * 17}}


@pytest.mark.parametrize("case", WRONG)
def test_an_address_that_no_bank_takes_is_refused(store, case):
    if case != "no town":
        at_the_hall(store)
    before = payer_address(store)
    with pytest.raises(KasseError):
        set_payer_address(act(store, "root"), WRONG[case])
    assert payer_address(store) == before


def test_only_who_answers_for_the_books_sets_the_address(store):
    with pytest.raises(NotAllowedError):
        set_payer_address(act(store, "dirk"), HALL)


ATTACKS = {
    "another bank": ("payment", "UPDATE payment SET creditor_bic = 'POFICHBEXXX'", "verify.run_list"),
    "no bank": ("payment", "UPDATE payment SET creditor_bic = ''", "verify.run_list"),
    "another purpose": ("payment", "UPDATE payment SET purpose = 'SALA'", "verify.run_list"),
    "another address": ("payment_run", "UPDATE payment_run SET debtor_address = ''", "verify.run_list"),
    "another bank of the payee": (
        "party_account", "UPDATE party_account SET bic = 'POFICHBEXXX'", "verify.master"),
    "no bank of the payee": ("party_account", "UPDATE party_account SET bic = NULL", "verify.master"),
    "an address past the log": (
        "setting", "UPDATE setting SET value = '[]' WHERE key = 'payer_address'", "verify.master"),
}  # fmt: skip


def test_verify_names_what_was_changed_past_the_log(store):
    def found(book):
        return {one.code for one in verify(book).findings}

    at_the_hall(store)
    known(store)
    paid(store)
    assert found(store) == set()
    unbound_rows(store)
    seen = {name: attacked(store, table, sql, found) for name, (table, sql, _) in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if ATTACKS[name][2] not in codes} == {}


def swiss(**more):
    return row("BAU payable 9,00 Frei", **{"bank_account": SWISS, "bic": BIC} | more)


LISTED = {
    "of its bank": ({}, []),
    "ISO 9362": ({"bic": "KBZH"}, ["bic.invalid"]),
    "of another country": ({"bic": "BYLADEM1001"}, ["bic.country"]),
    "EPC409-09: a territory": ({"bank_account": BRITISH, "bic": "NWBKGB2LXXX"}, []),
    "of no account": ({"bank_account": None}, ["order.missing", "order.bic_alone"]),
}


@pytest.mark.parametrize("case", LISTED)
def test_a_bic_of_a_list_is_checked(store, case):
    changes, expected = LISTED[case]
    (found,) = checked(store, swiss(gl_account="6100", **changes))
    assert codes(found.findings) == expected


def bics(store):
    return store.all("SELECT iban, bic FROM party_account ORDER BY party, iban")


def test_a_bic_of_a_list_is_kept_with_the_account_and_paid_with(store):
    accepted(store, swiss(due="2026-11-16"))
    assert bics(store) == [(SWISS, BIC)]
    assert show_order(store, "BAU", 1).facts["bic"] == BIC
    run = propose(act(store, "dirk"), today=MONDAY).run
    assert [one.creditor_bic for one in payments(store, run)] == [BIC]
    assert verify(store).findings == ()


def test_a_bic_that_comes_later_is_noted_with_the_account_the_book_has(store):
    take(store, swiss(bic=None), name="1")
    assert bics(store) == [(SWISS, None)]
    take(store, swiss(purpose="Zweite"), name="2")
    assert bics(store) == [(SWISS, BIC)]
    assert verify(store).findings == ()


def test_another_bic_of_an_account_is_refused_in_a_list_and_against_the_book(store):
    twice = take(store, swiss(), swiss(bic="POFICHBEXXX"), name="1", partial=True, keep_rejects=lambda *_: None)
    assert [one.code for one in twice.findings if one.severity == "error"] == ["order.bic_other"]
    later = take(store, swiss(bic="POFICHBEXXX", purpose="x"), swiss(purpose="y"), name="2", partial=True,
                 keep_rejects=lambda *_: None)  # fmt: skip
    assert [one.fields["known"] for one in later.findings if one.code == "order.bic_other"] == [BIC]
    assert bics(store) == [(SWISS, BIC)]


def test_a_bic_by_hand_is_noted_wherever_the_book_has_the_account(store):
    first = add_party(act(store, "dirk"), PartyChange({"name": "Frei"}, SWISS), DAY)
    second = add_party(store, PartyChange({"name": "Frei & Co"}, SWISS, bic=BIC), DAY)
    assert [show_party(store, one).accounts[0].bic for one in (first, second)] == [BIC, BIC]
    assert change_party(store, first, PartyChange(iban=SWISS, bic=""), DAY) == ("bic",)
    assert bics(store) == [(SWISS, None)] * 2
    with pytest.raises(NothingToChangeError):
        change_party(store, first, PartyChange(iban=SWISS, bic=""), DAY)
    assert verify(store).findings == ()


@pytest.mark.parametrize(("first", "second"), [("KBZHCH22", "KBZHCH22XXX"), ("KBZHCH22XXX", "KBZHCH22")])
def test_a_bank_without_a_branch_is_the_same_in_both_writings(store, first, second):
    """ISO 9362: XXX stands for the bank as a whole; what was given first stays, a branch is another BIC."""
    listed = take(store, swiss(bic=first), swiss(bic=second), name="1")
    later = take(store, swiss(bic=second, purpose="x"), name="2")
    assert [one.code for one in (*listed.findings, *later.findings) if one.code == "order.bic_other"] == []
    kept = max(first, second)
    assert bics(store) == [(SWISS, kept)]
    number = int(store.value("SELECT max(party) FROM party_account"))
    for same in (first, second):
        with pytest.raises(NothingToChangeError):
            change_party(act(store, "dirk"), number, PartyChange(iban=SWISS, bic=same), DAY)
    assert change_party(store, number, PartyChange(iban=SWISS, bic="KBZHCH22123"), DAY) == ("bic",)
    assert verify(store).findings == ()


@pytest.mark.parametrize(
    ("more", "error"), [({"bic": BIC}, BicAloneError), ({"iban": SWISS, "bic": "X"}, InvalidBicError)]
)
def test_a_bic_by_hand_is_checked(store, more, error):
    with pytest.raises(error):
        add_party(act(store, "dirk"), PartyChange({"name": "Frei"}, **more), DAY)
    assert store.value("SELECT count(*) FROM party") == 0


def test_a_merge_keeps_the_bic(store):
    target = add_party(act(store, "dirk"), PartyChange({"name": "Frei"}), DAY)
    source = add_party(store, PartyChange({"name": "Frei"}, SWISS, bic=BIC), DAY)
    merge = propose_merge(store, source, target, reason="dieselbe").number
    decide_merge(act(store, "clara"), merge, confirm=True)
    assert [(one.iban, one.bic) for one in show_party(store, target).accounts] == [(SWISS, BIC)]


def test_a_take_over_brings_bics_with_accounts_and_items(store):
    accounts = test_opening_parts.part(ACCOUNTS, AccountRow(2, "4711", SWISS, bic=BIC))
    claim = OTHER._replace(bank_account=BRITISH, bic="NWBKGB2LXXX")
    test_opening_parts.take(store, test_opening_parts.part(PARTIES, ERIKA, MAX), accounts, rows=(CLAIM, claim))
    assert bics(store) == [(SWISS, BIC), (BRITISH, "NWBKGB2LXXX")]
    assert verify(store).findings == ()


def test_a_take_over_with_a_bic_that_is_none_or_another_is_refused(store):
    add_party(act(store, "dirk"), PartyChange({"name": "Frei"}, BRITISH, bic="NWBKGB2LXXX"), DAY)
    parties = test_opening_parts.part(PARTIES, ERIKA, MAX)
    other = OTHER._replace(bank_account=BRITISH, bic="BARCGB22XXX")
    assert codes(test_opening_parts.refused(store, parties, rows=(CLAIM, other))) == ["order.bic_other"]
    for bic, code in (("KBZH", "bic.invalid"), ("BYLADEM1001", "bic.country")):
        _, faults = account_row(AccountRow(2, "4711", SWISS, bic=bic), DAY)
        assert codes(faults) == [code]


@pytest.mark.engines
def test_a_take_over_of_accounts_has_one_bic_for_each(store):
    """Of two the run would take any."""
    add_party(act(store, "dirk"), PartyChange({"name": "Frei"}, BRITISH), DAY)
    add_party(store, PartyChange({"name": "Frei"}, SWISS, bic=BIC), DAY)
    parties = test_opening_parts.part(PARTIES, ERIKA, MAX)
    for iban, known, given in ((SWISS, "POFICHBEXXX", BIC), (BRITISH, "BARCGB22XXX", "NWBKGB2LXXX")):
        rows = (AccountRow(2, "4711", iban, bic=known), AccountRow(3, "4712", iban, bic=given))
        other = test_opening_parts.part(ACCOUNTS, *rows)
        assert set(codes(test_opening_parts.refused(store, parties, other))) == {"order.bic_other"}
    accounts = test_opening_parts.part(ACCOUNTS, AccountRow(2, "4711", BRITISH, bic="NWBKGB2LXXX"))
    test_opening_parts.take(store, parties, accounts)
    assert bics(store) == [(BRITISH, "NWBKGB2LXXX"), (SWISS, BIC), (BRITISH, "NWBKGB2LXXX")]
    assert verify(store).findings == ()


BENEFIT = row("BAU payable 9,00 Meyer", purpose_code="SSBE", due="2026-11-16")
RENT = row("ORDNUNG payable 75,50 Meyer", purpose_code="RENT", due="2026-02-15", every_months=1)


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        ("BAU payable 9,00 Meyer", "SSBE", []),
        ("BAU payable 9,00 Meyer", "ZZZZ", ["order.purpose_code"]),
        ("BAU payable 9,00 Meyer", "ssbe", ["order.purpose_code"]),
        ("BAU receivable 9,00 Meyer", "SSBE", ["order.purpose_code"]),
    ],
    ids=["ISO 20022", "not in the ISO list", "small letters", "a claim"],
)
def test_a_purpose_code_is_one_of_the_iso_list(store, line, code, expected):
    (found,) = checked(store, row(line, gl_account="6100", purpose_code=code))
    assert codes(found.findings) == expected


def test_the_payees_bank_is_told_what_a_payment_is_for(store):
    accepted(store, BENEFIT, row("BAU payable 8,00 Meyer", due="2026-11-16"))
    assert show_order(store, "BAU", 1).facts["purpose_code"] == "SSBE"
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    file = written(act(store, "dirk"), run.number)
    assert schema_errors("pain.001.001.09", file) == []
    assert texts(file, "Purp/Cd") == ["SSBE"]
    assert [one.purpose_code for one in payments(store, run)] == ["SSBE", ""]


def test_who_has_a_right_to_the_money_is_not_told_what_the_payee_gets_it_for(store):
    """A code such as SSBE says that somebody lives on benefits: nothing that their creditors' bank need know."""
    accepted(store, BENEFIT)
    right = NewAttachment("assignment", "Inkasso", dt.date(2026, 11, 2), "M 1", IBAN, 400, document="Akte 1")
    attached(store, "BAU/1", right)
    run = propose(act(store, "dirk"), today=MONDAY).run
    assert sorted((one.creditor_name, one.purpose_code) for one in payments(store, run)) == [
        ("Inkasso", ""), ("Meyer", "SSBE"),
    ]  # fmt: skip


def codes_paid(store):
    run = propose(act(store, "dirk"), today=MONDAY, due_until=LATER).run
    return [one.purpose_code for one in payments(store, run)]


def test_what_an_increase_adds_is_for_the_same(store):
    accepted(store, BENEFIT)
    (made,) = change_order(act(store, "import"), "BAU", 1, reason="mehr", day=DAY, to_cents=1900)
    through(store, made.number)
    assert codes_paid(store) == ["SSBE", "SSBE"]


def test_a_standing_order_and_what_replaces_it_are_for_the_same(store):
    accepted(store, RENT)
    made = change_schedule(act(store, "import"), "ORDNUNG", 1, reason="Preis", from_day="2026-03-01", to_cents=8000)
    through(store, made.number)
    run_standing(act(store, "clara"), "2026-03-31", day=DAY)
    assert codes_paid(store) == ["RENT", "RENT"]


def test_an_order_whose_purpose_code_was_changed_past_the_log_is_named(store):
    accepted(store, BENEFIT)
    sql = "UPDATE cash_order SET purpose_code = 'SALA'"
    seen = attacked(store, "cash_order", sql, lambda book: {one.code for one in verify(book).findings})
    assert "verify.orders" in seen


LETTERS = {
    "cautious": (b"<AddtlInf>Pruefung</AddtlInf>", True),
    "standard": ("<AddtlInf>Prüfung</AddtlInf>".encode(), False),
}


@pytest.mark.parametrize("profile", LETTERS)
@pytest.mark.parametrize("line", [1, None], ids=["a payment", "a file"])
def test_a_recall_is_written_in_the_letters_of_the_file_it_recalls(store, profile, line):
    words, ascii_only = LETTERS[profile]
    set_profile(act(store, "root"), MAIN_IBAN, profile)
    note_export(store, 1, hashlib.sha256(paid(store, AT_HOME)).hexdigest())
    set_profile(act(store, "root"), MAIN_IBAN, "standard")
    asked = ask_recall(act(store, "dirk"), 1, why="DUPL", line=line, information="Prüfung")
    data = b"".join(recall_file(store, asked, "COBADEFFXXX"))
    assert (words in data, data.isascii()) == (True, ascii_only)


def test_no_collection_is_below_zero(store):
    act(store, "root")
    with pytest.raises(MinimumError):
        configure(store, {"minimum_cents": "-500"})
    assert configure(store, {"minimum_cents": "0"})[0].minimum_cents == 0
