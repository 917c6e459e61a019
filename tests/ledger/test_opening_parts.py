"""Further lists of a take-over: parties with several IBANs, joint debtors, locks, papers, unclear money."""

import pytest

from ledger.bank.suspense_store import list_cases, show_case
from ledger.book.verify_store import verify
from ledger.items.opening_parts import AccountRow, DebtorRow, LockRow, PartyRow
from ledger.items.opening_parts_store import ACCOUNTS, DEBTORS, LOCKS, PARTIES
from ledger.items.opening_store import OpeningWishes, RefusedOpeningError, import_opening
from ledger.items.staging_store import load_rules
from ledger.people.parties_reader import UnknownPartyError, find_party
from tests.books import act
from tests.ledger.order_lists import IBAN, OTHER_IBAN, codes, item, items, open_difference, source
from tests.ledger.test_opening import BANKS, DAY, balances

NAMELESS = dict.fromkeys(("name", "street", "house_number", "postcode", "town"))
ERIKA = PartyRow(2, "4711", "Erika Musterfrau", "Erika Maria Musterfrau", "Gartenweg", "3", "20999", "Musterstadt")
MAX = PartyRow(3, "4712", "Max Mustermann", birth_date="1981-04-12", vat_id=None)
CLAIM = item("ORDNUNG receivable 100,00", reference="AZ-1", party_number="4711", **NAMELESS)
OTHER = item("ORDNUNG receivable 50,00", reference="AZ-2", party_number="4712", **NAMELESS)
BOOK, SUMS = (*BANKS, "ORDNUNG 2400 150,00"), {"receivables": 15000, "balances": 1265000}


def part(kind, *rows):
    return kind.part([(row, ()) for row in rows], DAY)


def take(store, *parts, rows=(CLAIM, OTHER), book=BOOK, sums=SUMS, name="lists"):
    act(store, "emil")
    wishes = OpeningWishes(DAY, sums, parts=parts)
    return import_opening(
        store, source(name), load_rules(store, DAY), balances(*book), items(store, *rows, day=DAY), wishes
    )


def refused(store, *parts, **more):
    before = store.value("SELECT count(*) FROM entry"), store.value("SELECT count(*) FROM party")
    with pytest.raises(RefusedOpeningError) as error:
        take(store, *parts, **more)
    assert (store.value("SELECT count(*) FROM entry"), store.value("SELECT count(*) FROM party")) == before
    return [finding for finding in error.value.findings if finding.severity == "error"]


def test_items_belong_to_the_parties_of_their_numbers(store):
    done = take(store, part(PARTIES, ERIKA, MAX))
    assert done.parts == {"parties": 2}
    found = store.all("SELECT i.reference, p.name, p.legal_name, p.birth_date FROM item i JOIN party p ON p.id = i.party "
                      "ORDER BY i.reference")  # fmt: skip
    assert found == [
        ("AZ1", "Erika Musterfrau", "Erika Maria Musterfrau", None), ("AZ2", "Max Mustermann", None, "1981-04-12"),
    ]  # fmt: skip
    assert open_difference(store) == []
    assert verify(store).findings == ()


def test_a_former_number_is_asked_for_with_alt(store):
    take(store, part(PARTIES, ERIKA, MAX))
    assert find_party(store, "alt:4712") == find_party(store, "Max Mustermann")
    assert find_party(store, " ALT: 4711") == find_party(store, "Erika Musterfrau")
    with pytest.raises(UnknownPartyError):
        find_party(store, "alt:4713")


def test_a_party_that_the_book_knows_is_not_made_twice(store):
    row = item("ORDNUNG receivable 100,00 Erika Musterfrau", reference="AZ-1")
    take(store, part(PARTIES, ERIKA, MAX), rows=(row, OTHER))
    assert store.value("SELECT count(*) FROM party WHERE name = 'Erika Musterfrau'") == 1


def test_a_party_has_several_ibans(store):
    rows = (
        AccountRow(2, "4711", IBAN, None, None, None),
        AccountRow(3, "4711", OTHER_IBAN, "third_party", "2020-01-01", "2026-05-31"),
    )
    done = take(store, part(PARTIES, ERIKA, MAX), part(ACCOUNTS, *rows))
    assert done.parts["accounts"] == 2
    assert store.all("SELECT iban, kind, source, since, until FROM party_account ORDER BY iban") == [
        (IBAN, "own", "opening", DAY, None), (OTHER_IBAN, "third_party", "opening", "2020-01-01", "2026-05-31"),
    ]  # fmt: skip


def test_an_iban_in_an_item_and_in_the_list_is_one(store):
    row = CLAIM._replace(bank_account=IBAN)
    take(store, part(PARTIES, ERIKA, MAX), part(ACCOUNTS, AccountRow(2, "4711", IBAN, "guardian")), rows=(row, OTHER))
    assert store.all("SELECT iban, kind FROM party_account") == [(IBAN, "guardian")]


def test_joint_debtors_owe_the_claim_too(store):
    third = PartyRow(4, "4713", "Ayşe Yılmaz", town="Musterstadt")
    rows = (DebtorRow(2, "ORDNUNG", "AZ1", "4712"), DebtorRow(3, "ORDNUNG", "AZ1", "4713"))
    same = DebtorRow(4, "ORDNUNG", "AZ1", "4711")
    done = take(store, part(PARTIES, ERIKA, MAX, third), part(DEBTORS, *rows, same))
    assert (done.parts["debtors"], codes(done.findings)) == (2, ["opening.debtor_same"])
    names = store.all("SELECT p.name FROM item_debtor d JOIN party p ON p.id = d.party ORDER BY p.id")
    assert names == [("Max Mustermann",), ("Ayşe Yılmaz",)]


def test_locks_of_items_and_of_parties(store):
    rows = (
        LockRow(2, None, "ORDNUNG", "AZ1", "dunning", "2026-01-01", "2026-12-31", "Widerspruch"),
        LockRow(3, None, "ORDNUNG", "AZ1", "enforcement"),
        LockRow(4, "4712", lock="dunning", reason="Insolvenz"),
    )
    done = take(store, part(PARTIES, ERIKA, MAX), part(LOCKS, *rows))
    assert done.parts["locks"] == 3
    assert store.all("SELECT kind, reason, since, until FROM item_lock ORDER BY id") == [
        ("dunning", "Widerspruch", "2026-01-01", "2026-12-31"), ("enforcement", "übernommen", DAY, None),
    ]  # fmt: skip
    assert store.all("SELECT p.name, k.kind, k.reason FROM party_lock k JOIN party p ON p.id = k.party") == [
        ("Max Mustermann", "dunning", "Insolvenz"),
    ]  # fmt: skip


BOTH = (PARTIES, ERIKA, MAX)
BAD_PARTS = [
    pytest.param(((PARTIES, ERIKA),), ["opening.party"], id="an item of nobody in the list"),
    pytest.param(((*BOTH, MAX._replace(seq=4)),), ["opening.party_twice"], id="a number twice"),
    pytest.param(((PARTIES, ERIKA, MAX._replace(name=" ")),), ["party.name"], id="no name"),
    pytest.param(((PARTIES, ERIKA, MAX._replace(birth_date="2027-01-01")),), ["order.future"], id="not born yet"),
    pytest.param((BOTH, (ACCOUNTS, AccountRow(2, "9", IBAN))), ["opening.party"], id="an IBAN of nobody"),
    pytest.param((BOTH, (ACCOUNTS, AccountRow(2, "4711", "DE00120300000000202051"))), ["iban.check_digits"],
                 id="a wrong IBAN"),
    pytest.param((BOTH, (ACCOUNTS, AccountRow(2, "4711", IBAN, None, "2026-02-01", "2026-01-01"))),
                 ["opening.account_days"], id="an IBAN that ends before it begins"),
    pytest.param((BOTH, (DEBTORS, DebtorRow(2, "BAU", "AZ1", "4711"))), ["opening.item"], id="a claim of another office"),
    pytest.param((BOTH, (LOCKS, LockRow(2, None, "ORDNUNG", "AZ9", "dunning"))), ["opening.item"],
                 id="a lock of no item"),
    pytest.param((BOTH, (LOCKS, LockRow(2, "4711", "ORDNUNG", "AZ1", "dunning"))), ["opening.lock_what"],
                 id="a lock of both"),
    pytest.param((BOTH, (LOCKS, LockRow(2, lock="dunning"))), ["opening.lock_what"], id="a lock of neither"),
    pytest.param((BOTH, (LOCKS, LockRow(2, "4711", lock="dunning", until="2026-11-14"))), ["lock.days"],
                 id="a lock that is over"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), BAD_PARTS)
def test_a_bad_row_of_any_list_keeps_everything_out(store, given, expected):
    assert codes(refused(store, *(part(*one) for one in given))) == expected


# what items bring along

PAPERS = {
    "notice_date": "2025-01-07", "served_on": "2025-01-10", "final_on": "2025-02-10", "enforceable": 1,
    "debt_reason": "Beitrag", "period_from": "2024-01-01", "period_to": "2024-12-31", "document": "AZ 17/25",
}  # fmt: skip


def test_a_claim_keeps_the_days_of_its_notice(store):
    row = item("ORDNUNG receivable 150,00 Erika Musterfrau", **PAPERS)
    take(store, rows=(row, item("KASSE suspense 5,00", name=None)), book=(*BOOK, "KASSE 4800 -5,00"),
         sums=SUMS | {"suspense": 500, "balances": 1264500})  # fmt: skip
    assert store.all(f"SELECT {', '.join(PAPERS)} FROM item_facts") == [tuple(PAPERS.values())]


def unclear(store, **changes):
    row = item("KASSE suspense 42,50 M. Muster", due="2026-10-07", purpose="Rechnung AZ1 Danke", bank_account=IBAN,
               **changes)  # fmt: skip
    take(store, part(PARTIES, ERIKA, MAX), rows=(CLAIM, OTHER, row), book=(*BOOK, "KASSE 4800 -42,50"),
         sums=SUMS | {"suspense": 4250, "balances": 1260750})  # fmt: skip


def test_unclear_money_keeps_its_day_its_payer_and_who_works_on_it(store):
    unclear(store, owner="clara", hold_until="2026-12-01")
    with store.snapshot():
        (case,) = list_cases(store, "2026-11-16")
    assert (case.bank_day, case.name, case.bank_account, case.remittance, case.owner, case.hold_until) == (
        "2026-10-07", "M. Muster", IBAN, "Rechnung AZ1 Danke", "clara", "2026-12-01",
    )  # fmt: skip
    shown = show_case(store, case.number)
    assert (shown.reason, shown.bank_day, shown.bank_account) == ("opening", "2026-10-07", IBAN)
    assert store.value("SELECT count(*) FROM party WHERE name = 'M. Muster'") == 0


def test_unclear_money_counts_as_paid_on_the_day_it_came(store):
    from ledger.bank.suspense import Wish
    from ledger.bank.suspense_desk_store import assign

    unclear(store)
    number = store.value("SELECT id FROM item WHERE kind = 'suspense'")
    assign(act(store, "clara"), number, [Wish("AZ1")], day="2026-11-16")
    paid = """SELECT c.payment_day FROM clearing c JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
              JOIN item i ON i.office = l.office AND i.id = l.item WHERE i.reference = 'AZ1'"""
    assert store.value(paid) == "2026-10-07"
    assert open_difference(store) == []


def test_money_of_somebody_unknown_here_is_refused(store):
    row = item("KASSE suspense 42,50", name=None, owner="nobody")
    found = refused(
        store, rows=(row,), book=(*BANKS, "KASSE 4800 -42,50"), sums={"suspense": 4250, "balances": 1245750}
    )
    assert codes(found) == ["user.unknown"]
