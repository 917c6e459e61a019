"""Take-over of balances and open items: agreed to the cent or not at all (invariant 4)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.entry import ClosedPeriodError
from ledger.items import opening_write_store
from ledger.items.opening import BalanceRow
from ledger.items.opening_store import OpeningDoneError, OpeningWishes, RefusedOpeningError, import_opening
from ledger.items.staging_store import load_rules
from ledger.people.users import NotAllowedError
from sepa.errors import Place
from sepa.money import parse_amount, plain
from tests.books import act
from tests.examples import few
from tests.ledger.order_lists import codes, item, items, open_difference, row, source, take

DAY = "2026-11-15"
BANKS = ("KASSE 2800 12.500,00", "KASSE 2801 0,00")
CLAIM = item("ORDNUNG receivable 100,00 Erika Musterfrau", reference="AZ-4711")
PAID = CLAIM._replace(name="Max", amount_cents=12550, reference="AZ-4712", dunning_level=2, dunned_on="2026-05-01")
DEBT = item("BAU payable 20,00 Papierhaus", reference="RE 17")
BOOK = (*BANKS, "KASSE 3000 -12.500,00", "ORDNUNG 2400 200,00", "BAU 4400 -20,00")
SUMS = {"receivables": 20000, "payables": 2000, "balances": 18000}
TABLES = ("entry", "posting", "item", "clearing", "party", "source_file", "event", "suspense_case")


def balances(*lines):
    given = [line.split() for line in lines]
    return [
        BalanceRow(office, account, parse_amount(amount), Place(row=seq))
        for seq, (office, account, amount) in enumerate(given, 2)
    ]


def counts(store):
    return {table: store.value(f"SELECT count(*) FROM {table}") for table in TABLES}


def take_over(store, *rows, book=BOOK, sums=SUMS, user="emil", name="opening", **wishes):
    act(store, user)
    given = OpeningWishes(wishes.pop("day", DAY), sums, **wishes)
    checked = items(store, *rows, day=DAY)
    return import_opening(store, source(name), load_rules(store, DAY), balances(*book), checked, given)


def refused(store, *rows, **more):
    before = counts(store)
    with pytest.raises(RefusedOpeningError) as error:
        take_over(store, *rows, **more)
    assert counts(store) == before
    return error.value.findings


def balance(store, office, account):
    sql = "SELECT coalesce(sum(cents), 0) FROM posting WHERE office = :office AND account = :account"
    return int(store.value(sql, office=office, account=account))


def test_balances_and_items_are_taken_over(store):
    done = take_over(store, CLAIM, PAID, DEBT)
    assert [(part.office, part.items, part.items_cents, part.balances, part.entries) for part in done.offices] == [
        ("BAU", 1, -2000, 1, 1), ("KASSE", 0, 0, 3, 1), ("ORDNUNG", 2, 20000, 1, 1),
    ]  # fmt: skip
    assert (done.new, done.sums) == (True, SUMS)
    assert open_difference(store) == []
    assert [balance(store, *account.split()) for account in ("KASSE 2800", "KASSE 3000", "KASSE 8000")] == [
        1250000, -1250000, 0,
    ]  # fmt: skip
    assert (balance(store, "ORDNUNG", "8000"), balance(store, "BAU", "8000")) == (-20000, 2000)
    assert {kind for (kind,) in store.rows("SELECT DISTINCT kind FROM entry")} == {"opening"}


def test_an_item_keeps_what_was_demanded_paid_and_dunned(store):
    take_over(store, PAID._replace(original_due="2025-12-01"), book=(*BANKS, "ORDNUNG 2400 100,00"),
              sums={"receivables": 10000, "balances": 1260000})  # fmt: skip
    found = store.one(
        "SELECT amount_cents, open_cents, due, original_due, dunning_level, dunned_on, reference, foreign_reference, opened_on "
        "FROM item"
    )
    assert found == (12550, 10000, "2026-03-01", "2025-12-01", 2, "2026-05-01", "AZ4712", 1, DAY)
    assert store.all("SELECT kind, payment_day FROM clearing") == [("opening", DAY)]
    assert store.value("SELECT cents FROM clearing_line") == 2550
    assert store.all("SELECT cents FROM posting WHERE item = 1 ORDER BY line") == [(12550,), (-2550,)]


def test_the_same_lists_again_bring_nothing_new(store):
    take_over(store, CLAIM, PAID, DEBT)
    before = counts(store)
    assert not take_over(store, CLAIM, PAID, DEBT).new
    assert counts(store) == before


def test_an_office_is_taken_over_once(store):
    take_over(store, CLAIM, PAID, DEBT)
    before = counts(store)
    with pytest.raises(OpeningDoneError):
        take_over(store, CLAIM._replace(reference="AZ-9"), book=(*BANKS, "ORDNUNG 2400 100,00"),
                  sums={"receivables": 10000, "balances": 1260000}, name="mended")  # fmt: skip
    assert counts(store) == before


def test_a_dry_run_checks_and_changes_nothing(store):
    before = counts(store)
    assert take_over(store, CLAIM, PAID, DEBT, dry_run=True).sums == SUMS
    assert refused(store, CLAIM, dry_run=True)
    assert counts(store) == before


@pytest.mark.parametrize("user", ["anna", "bernd", "clara", "dirk", "import"])
def test_only_the_head_of_the_kasse_or_an_admin_takes_over(store, user):
    with pytest.raises(NotAllowedError):
        take_over(store, CLAIM, PAID, DEBT, user=user)


@pytest.mark.parametrize("user", ["emil", "frida", "root"])
def test_head_and_admin_take_over(store, user):
    assert take_over(store, CLAIM, PAID, DEBT, user=user).new


# controls

CONTROLS = [
    pytest.param({"receivables": 20000, "payables": 2000}, ["opening.control_missing"], id="a control is missing"),
    pytest.param({}, ["opening.control_missing"] * 3, id="all are missing"),
    pytest.param(SUMS | {"receivables": 19999}, ["opening.control_differs"], id="a cent less"),
    pytest.param(SUMS | {"payables": -2000}, ["opening.control_differs"], id="the wrong sign"),
    pytest.param(SUMS | {"credits": 1}, ["opening.control_differs"], id="a control of a list that is empty"),
    pytest.param(SUMS | {"claims": 1}, ["opening.control_unknown"], id="an unknown control"),
]


@pytest.mark.parametrize(("sums", "expected"), CONTROLS)
def test_lists_agree_with_their_controls_to_the_cent(store, sums, expected):
    assert codes(refused(store, CLAIM, PAID, DEBT, sums=sums)) == expected


def test_a_control_of_zero_may_stand_for_an_empty_list(store):
    assert take_over(store, CLAIM, PAID, DEBT, sums=SUMS | {"credits": 0, "advances": 0}).new


BAD_BOOKS = [
    pytest.param({"ORDNUNG 2400 200,00": "ORDNUNG 2400 200,01"}, 1, ["opening.items_differ"], id="a cent more"),
    pytest.param({"ORDNUNG 2400 200,00": "ORDNUNG 2400 -200,00"}, -40000, ["opening.items_differ"], id="the wrong sign"),
    pytest.param({"ORDNUNG 2400 200,00": "ORDNUNG 3000 200,00"}, 0, ["opening.items_differ"], id="no balance for items"),
    pytest.param({"BAU 4400 -20,00": "BAU 4810 -20,00"}, 0, ["opening.items_differ"] * 2, id="another control account"),
    pytest.param({"KASSE 2801 0,00": "KASSE 3000 0,00"}, 0, ["opening.balance_twice"], id="an account twice"),
    pytest.param({"KASSE 2801 0,00": "BAU 3000 0,00"}, 0, ["opening.bank_missing"], id="a bank account is missing"),
    pytest.param({"KASSE 2801 0,00": "KASSE 2999 0,00"}, 0, ["account.unknown"], id="an unknown account"),
    pytest.param({"KASSE 3000 -12.500,00": "KASSE 8000 -12.500,00"}, 0, ["opening.contra"], id="the opening account"),
    pytest.param({"KASSE 3000 -12.500,00": "KASSE 2690.BAU -12.500,00"}, 0, ["opening.transfers"],
                 id="Verrechnung that does not cancel out"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "more", "expected"), BAD_BOOKS)
def test_balances_agree_with_the_book_and_the_items(store, change, more, expected):
    book = [change.get(line, line) for line in BOOK]
    sums = SUMS | {"balances": 18000 + more}
    findings = refused(store, CLAIM, PAID, DEBT, book=book, sums=sums)
    assert codes(findings) == expected


def test_verrechnung_balances_that_cancel_out_are_taken_over(store):
    book = (*BANKS, "KASSE 2690.BAU 50,00", "BAU 2690.KASSE -50,00")
    assert take_over(store, book=book, sums={"balances": 1250000}).new


def test_a_closed_account_takes_no_balance(store):
    store.execute("UPDATE account SET closed_on = '2026-11-01' WHERE office = 'KASSE' AND number = '3000'")
    assert codes(refused(store, CLAIM, PAID, DEBT)) == ["account.closed"]


def test_a_closed_day_takes_no_opening(store):
    with store.unit(["KASSE"]):
        store.insert_one(
            "closing", kind="day", period=DAY, year=2026, number=1, last_day=DAY, closed_by=1, closed_at=store.now,
            book_head=b"x", heads="", protocol="",
        )  # fmt: skip
    before = counts(store)
    with pytest.raises(ClosedPeriodError):
        take_over(store, CLAIM, PAID, DEBT)
    assert counts(store) == before


# items

BAD_ITEMS = [
    pytest.param({"office": None}, "order.missing", id="no office"),
    pytest.param({"kind": None}, "order.missing", id="no kind"),
    pytest.param({"name": None}, "order.missing", id="no name"),
    pytest.param({"open_cents": None, "amount_cents": 5}, "order.missing", id="no open amount"),
    pytest.param({"due": None}, "order.missing", id="no due day"),
    pytest.param({"open_cents": 0}, "order.amount", id="nothing open"),
    pytest.param({"open_cents": -1}, "order.amount", id="less than nothing open"),
    pytest.param({"amount_cents": 9999}, "opening.open_above_original", id="more open than demanded"),
    pytest.param({"original_due": "2036-01-01"}, "opening.original_due", id="first due after it is due"),
    pytest.param({"kind": "suspense", "due": "2027-10-07"}, "opening.day", id="came after the key day"),
    pytest.param({"office": "ZOO"}, "office.unknown", id="unknown office"),
    pytest.param({"gl_account": "4400"}, "opening.control_account", id="a control account of another kind"),
    pytest.param({"gl_account": "5100"}, "opening.control_account", id="no control account"),
    pytest.param({"gl_account": "9999"}, "account.unknown", id="unknown account"),
    pytest.param({"dunning_level": 10}, "opening.dunning_level", id="dunning level 10"),
    pytest.param({"dunning_level": -1}, "opening.dunning_level", id="dunning level -1"),
    pytest.param({"reference": "Ä 1"}, "opening.reference", id="a reference nobody can quote"),
    pytest.param({"postcode": "1067"}, "order.postcode", id="a lost leading zero"),
    pytest.param({"main_reference": "AZ-9"}, "order.main_reference", id="a main claim nobody knows"),
    pytest.param({"bank_account": "DE00120300000000000036"}, "iban.check_digits", id="alias check digits"),
]


@pytest.mark.parametrize(("change", "code"), BAD_ITEMS)
def test_a_bad_item_keeps_everything_out(store, change, code):
    findings = refused(store, CLAIM._replace(**change), PAID, DEBT)
    assert code in codes(findings)
    assert next(finding for finding in findings if finding.code == code).place.row == 2


def test_a_reference_that_the_book_has_is_refused(store):
    take(store, row("ORDNUNG receivable 1,00 Erika", reference="AZ4711", reference_foreign=1))
    assert codes(refused(store, CLAIM, PAID, DEBT)) == ["order.reference_known"]


@pytest.mark.parametrize(
    ("change", "warnings"),
    [({}, 0), ({"name": "Max"}, 1), ({"office": "BAU"}, 1), ({"kind": "credit"}, 0)],
    ids=["parts of one claim", "another person", "another office", "another kind"],
)
def test_a_shared_reference_is_a_warning_where_it_cannot_decide(store, change, warnings):
    second = CLAIM._replace(**change)
    kinds = {"receivable": "2400 100,00", "credit": "4810 -100,00"}
    book = (*BANKS, "ORDNUNG 2400 100,00", f"{second.office} {kinds[second.kind]}")
    if second.office == "ORDNUNG" and second.kind == "receivable":
        book = (*BANKS, "ORDNUNG 2400 200,00")
    sums = {"balances": sum(row.amount_cents for row in balances(*book))}
    sums |= {"receivables": 10000, "credits": 10000} if second.kind == "credit" else {"receivables": 20000}
    assert (
        codes(take_over(store, CLAIM, second, book=book, sums=sums).findings) == ["opening.reference_shared"] * warnings
    )


def test_every_kind_of_item_finds_its_control_account(store):
    rows = [
        item("ORDNUNG receivable 1,00 Erika"),
        item("ORDNUNG receivable 2,00 Erika", profile="private"),
        item("ORDNUNG payable 4,00 Papierhaus"),
        item("ORDNUNG credit 8,00 Erika"),
        item("KASSE suspense 16,00", name=None),
        item("KASSE advance 32,00", name=None),
    ]
    book = (
        *BANKS, "ORDNUNG 2400 1,00", "ORDNUNG 2410 2,00", "ORDNUNG 4400 -4,00", "ORDNUNG 4810 -8,00", "KASSE 4800 -16,00",
        "KASSE 2600 32,00",
    )  # fmt: skip
    sums = {
        "receivables": 300,
        "payables": 400,
        "credits": 800,
        "suspense": 1600,
        "advances": 3200,
        "balances": 1250700,
    }
    take_over(store, *rows, book=book, sums=sums)
    assert open_difference(store) == []
    found = store.all("SELECT kind, account, side, open_cents FROM item ORDER BY open_cents")
    assert found == [
        ("receivable", "2400", "D", 100), ("receivable", "2410", "D", 200), ("payable", "4400", "C", 400),
        ("credit", "4810", "C", 800), ("suspense", "4800", "C", 1600), ("advance", "2600", "D", 3200),
    ]  # fmt: skip
    assert store.all("SELECT reason FROM suspense_case") == [("opening",), ("opening",)]


def test_a_receivable_without_a_reference_gets_one(store):
    rows = [CLAIM._replace(reference=None), PAID]
    take_over(store, *rows, book=(*BANKS, "ORDNUNG 2400 200,00"), sums={"receivables": 20000, "balances": 1270000})
    found = store.all("SELECT reference, foreign_reference FROM item ORDER BY id")
    assert len(found[0][0]) == 13
    assert [foreign for _, foreign in found] == [0, 1]


def test_side_claims_find_their_main_claim_whatever_the_order(store, monkeypatch):
    monkeypatch.setattr(opening_write_store, "ENTRIES_AT_ONCE", 1)
    side = CLAIM._replace(main_reference="AZ-4711", reference="AZ-S", open_cents=500, claim_kind="mahngebuehr")
    take_over(
        store, side, CLAIM, book=(*BANKS, "ORDNUNG 2400 105,00"), sums={"receivables": 10500, "balances": 1260500}
    )
    assert store.one("SELECT s.open_cents, m.reference FROM item s JOIN item m ON m.office = s.office AND m.id = s.main_item") == (
        500, "AZ4711",
    )  # fmt: skip


OPEN = st.lists(
    st.tuples(
        st.sampled_from(["ORDNUNG", "BAU"]),
        st.sampled_from(["receivable", "payable", "credit"]),
        st.integers(1, 10**9),
        st.integers(0, 10**6),
    ),
    max_size=12,
)


CODES = itertools.count(1)


def new_office(store):
    """Give the book one more office with the accounts of BAU: an office is taken over once."""
    code = f"X{next(CODES)}"
    with store.unit():
        store.insert_one("office", code=code, name=code, is_kasse=0, genesis=b"g" * 32)
        store.insert_one("head", office=code, position=0, hash=b"g" * 32, event_position=0, event_hash=b"g" * 32)
        store.execute(
            """INSERT INTO account (office, number, name, kind, role, opened_on) SELECT CAST(:code AS TEXT), number, name,
               kind, role, opened_on FROM account WHERE office = 'BAU' AND (role IS NULL OR role <> 'verrechnung')""",
            code=code,
        )
    return code


@few(20)
@given(OPEN, st.integers(1, 4), st.integers(1, 3))
def test_items_sum_to_their_control_accounts_whatever_is_taken_over(store, drawn, per_entry, at_once):
    """Invariant 4, in any number of entries and steps."""
    offices = {office: new_office(store) for office in ("ORDNUNG", "BAU")}
    accounts = {"receivable": ("2400", 1), "payable": ("4400", -1), "credit": ("4810", -1)}
    rows, sums, book = [], {"balances": 0}, dict.fromkeys(("KASSE 2800", "KASSE 2801"), 0)
    for office, kind, cents, paid in drawn:
        account, sign = accounts[kind]
        amount = f"{cents // 100}.{cents % 100:02d}"
        rows.append(item(f"{offices[office]} {kind} {amount} Person", amount_cents=cents + paid))
        sums[f"{kind}s"] = sums.get(f"{kind}s", 0) + cents
        sums["balances"] += sign * cents
        key = f"{offices[office]} {account}"
        book[key] = book.get(key, 0) + sign * cents
    lines = [f"{account} {plain(cents)}" for account, cents in book.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening_write_store, "ITEMS_PER_ENTRY", per_entry)
        patch.setattr(opening_write_store, "ENTRIES_AT_ONCE", at_once)
        take_over(store, *rows, book=lines, sums=sums, name=f"opening {next(CODES)}")
    assert open_difference(store) == []
    wrong = """SELECT i.office, i.id FROM item i WHERE NOT EXISTS (
        SELECT 1 FROM posting p WHERE p.office = i.office AND p.position = i.position AND p.item = i.id)"""
    assert store.all(wrong) == []
    opened = sum(
        store.value("SELECT count(*) FROM item WHERE office = :office", office=code) for code in offices.values()
    )
    assert opened == len(drawn)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7])
def test_an_entry_carries_so_many_items_and_no_more(store, monkeypatch, count):
    monkeypatch.setattr(opening_write_store, "ITEMS_PER_ENTRY", 3)
    rows = [item("ORDNUNG receivable 1,00 Erika", reference=f"AZ-{at}") for at in range(count)]
    sums = {"receivables": 100 * count, "balances": 100 * count}
    done = take_over(store, *rows, book=("KASSE 2800 0,00", "KASSE 2801 0,00", f"ORDNUNG 2400 {count},00"), sums=sums)
    assert done.offices[1].entries == -(-count // 3)
