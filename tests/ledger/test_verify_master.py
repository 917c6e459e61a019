"""Verify names master data, signatures and owners of items that were changed past the event log, by whomever."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.law.law_reader import law_texts
from enforcement.law_change_store import propose_law, release_law
from enforcement.relief_limits_store import set_limit as limit_relief
from ledger.bank.rules_desk import Wanted
from ledger.bank.rules_store import add_rule, switch_rule
from ledger.bank.skip_store import skip_numbers
from ledger.book.accounts_close_store import close_account
from ledger.book.dimensions import DimensionRow
from ledger.book.dimensions_store import take_values
from ledger.book.offices_add_store import add_office
from ledger.book.verify_store import verify
from ledger.cash.terminals_store import TerminalPlan, put_terminal
from ledger.events.seals import GONE, SEALED, differing, digest, name_of, packed, unpacked
from ledger.items.general_order_store import make_general_order
from ledger.items.leitweg_store import route_leitweg
from ledger.items.order_change_store import end_order
from ledger.items.schemes_store import add_scheme
from ledger.items.standing_store import change_schedule
from ledger.payments.profiles_store import set_high
from ledger.people.duties_store import end_deputy, name_deputy, set_limit
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.users_end_store import lock, revoke, unlock
from ledger.people.users_store import grant
from tests.attacks import attacked, unbound_rows, without_guards
from tests.books import MAIN_IBAN, act
from tests.cashbooks import desk
from tests.enforcement.test_profiles import TOWN
from tests.ledger.order_lists import accepted, row, take
from tests.ledger.statement_texts import statement
from tests.ledger.statement_texts import take as take_statements
from tests.ledger.test_general_orders import OWI, WARNING
from tests.ledger.test_order_changes import through

pytestmark = pytest.mark.engines

SEALS = st.text("0123456789abcdef", min_size=1) | st.just(GONE)
LATER = "'2026-11-17T01:02:03Z'"
ATTACKS = {
    "account made an asset": ("account", "UPDATE account SET kind = 'asset' WHERE office = 'BAU' AND number = '5900'"),
    "account made a bank": ("account", "UPDATE account SET role = 'bank' WHERE office = 'BAU' AND number = '5900'"),
    "account opened": (
        "account",
        (
            "INSERT INTO account (office, number, name, kind, opened_on) "
            "VALUES ('BAU', '9999', 'Schwarze Kasse', 'asset', '2026-01-01')"
        ),
    ),
    "account taken away": ("account", "DELETE FROM account WHERE office = 'BAU' AND number = '5900'"),
    "user unlocked": ("app_user", "UPDATE app_user SET locked = 0 WHERE name = 'hans'"),
    "limit raised": ("approval_limit", "UPDATE approval_limit SET max_cents = 99999999"),
    "bank account turned": ("bank_account", "UPDATE bank_account SET statements = 'MT940'"),
    "rule switched on": ("bank_rule", "UPDATE bank_rule SET active = 0 WHERE id = 1"),
    "desk without a limit": ("cash_desk", "UPDATE cash_desk SET limit_cents = 99999999"),
    "holder since longer": ("cash_holder", "UPDATE cash_holder SET since = '2020-01-01'"),
    "acquirer changed": ("cash_terminal", "UPDATE cash_terminal SET acquirer_iban = 'DE02120300000000202051'"),
    "deputy named": (
        "deputy",
        (
            "INSERT INTO deputy (id, principal, deputy, office, role, since, until, made_by, made_at) SELECT 99, p.id, d.id,"
            " '*', 'releaser', '2026-01-01', '2099-12-31', p.id, p.created_at FROM app_user p, app_user d "
            "WHERE p.name = 'emil' AND d.name = 'dirk'"
        ),
    ),
    "deputy for longer": ("deputy", "UPDATE deputy SET until = '2099-12-31'"),
    "cost object renamed": ("dimension_value", "UPDATE dimension_value SET name = 'Anderes'"),
    "law in force past its release": ("law_change", "UPDATE law_change SET state = 'refused', released_by = NULL"),
    "a figure of the law": ("law_file", "UPDATE law_file SET text = replace(text, '7.50', '0.50')"),
    "fines expected for longer": (
        "general_order",
        "UPDATE general_order SET ended_on = NULL WHERE ended_on IS NOT NULL",
    ),
    "fines never expected": (
        "general_order",
        "UPDATE general_order SET ended_on = '2020-01-01' WHERE ended_on IS NULL",
    ),
    "invoices to another office": ("leitweg_office", "UPDATE leitweg_office SET office = 'ORDNUNG'"),
    "office renamed": ("office", "UPDATE office SET name = 'Privat' WHERE code = 'BAU'"),
    "references without a digit": ("reference_scheme", "UPDATE reference_scheme SET method = 'none'"),
    "more to be waived": ("relief_limit", "UPDATE relief_limit SET max_cents = NULL"),
    "waived by anybody": (
        "relief_limit",
        "INSERT INTO relief_limit (user_id, kind) SELECT id, '*' FROM app_user WHERE name = 'clara'",
    ),
    "a rent for ever": ("standing_order", "UPDATE standing_order SET ended_on = NULL WHERE order_id = 1"),
    "a rent no more": ("standing_order", "UPDATE standing_order SET ended_on = '2020-01-01' WHERE order_id = 3"),
    "more numbers that the bank never gave": ("statement_skip", "UPDATE statement_skip SET last_number = 9"),
    "a statement that does not exist": (
        "statement_skip",
        (
            "INSERT INTO statement_skip (iban, line, message, year, first_number, last_number, reason, state, made_by, "
            "made_at) SELECT iban, 2, message, year, 5, 5, reason, state, made_by, made_at FROM statement_skip"
        ),
    ),
    "another Land": ("setting", "UPDATE setting SET value = 'XX' WHERE key = 'land'"),
    "high amounts higher": ("setting", "UPDATE setting SET value = '1' WHERE key = 'payment_high_cents'"),
    "a role by hand": (
        "user_role",
        "INSERT INTO user_role (user_id, office, role) SELECT id, '*', 'releaser' FROM app_user WHERE name = 'clara'",
    ),
    "a role taken": ("user_role", "DELETE FROM user_role WHERE role = 'head'"),
}


@pytest.fixture
def town(store):
    """Every kind of master data changed by its command."""
    with store.unit(["KASSE"]):
        from ledger.people.users import add_user

        add_user(store, "hans", [("BAU", "certifier")])
        add_user(store, "gabi", [("BAU", "approver")])
    lock(store, "hans")
    revoke(store, "gabi", [("BAU", "approver")])
    set_limit(store, "bernd", "BAU", 100_00)
    name_deputy(store, "emil", "frida", office="*", role="releaser", since="2026-11-01", until="2026-11-30")
    route_leitweg(store, "04011000-1234512345-06", "BAU")
    desk(store)
    act(store, "emil")
    set_high(store, 5)
    put_terminal(store, "B1", TerminalPlan("61234567", "Acquirer", MAIN_IBAN))
    take_values(store, [DimensionRow("cost_object", "110", "Straßen", "")], day="2026-11-16")
    waits = propose_law(store, law_texts([TOWN]))
    release_law(act(store, "frida"), waits.number or 0)
    act(store, "emil")
    add_rule(store, Wanted(name="Spende", pattern="Spende", office="KASSE", account="5300"), before=1)
    schedules(store)
    first, third = "13.11. 100,00 | 100,00", "17.11. 100,00 | 100,00"
    take_statements(act(store, "clara"), statement(first, number=1), statement(third, number=3))
    skip_numbers(act(store, "emil"), MAIN_IBAN, (2, 2), 2026, "never given")
    act(store, "root")
    limit_relief(store, "emil", "erlass", 100_00)
    limit_relief(store, "emil", "erlass", 200_00)
    add_office(store, "KITA", "Kitas", day="2026-11-16")
    close_account(store, "5900", day="2026-11-16", office="KASSE")
    return store


def schedules(store):
    """A rent that ended, one that goes on, one that follows it; fines of this year, and for ever."""
    accepted(store, row("BAU receivable 90,00 Garten", due="2026-01-31", every_months=1, profile="private"))
    act(store, "import")
    through(store, end_order(store, "BAU", 1, reason="Kündigung", last_day="2026-12-31").number)
    take(store, row("BAU receivable 80,00 Laube", due="2026-01-31", every_months=1, profile="private"), name="2.xlsx")
    through(store, "BAU-3")
    act(store, "import")
    through(store, change_schedule(store, "BAU", 3, reason="Miete", from_day="2027-01-01", to_cents=8500).number)
    act(store, "root")
    add_scheme(store, OWI)
    for last, purpose in (("2026-12-31", "Verwarnung"), (None, "Bußgeld")):
        act(store, "import")
        through(store, make_general_order(store, replace(WARNING, last_day=last, purpose=purpose)).number)


def found(store):
    return {f.fields["table"] for f in verify(store).findings if f.code == "verify.master"}


def test_master_data_changed_past_the_log_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    assert {name: attacked(town, *attack, found) for name, attack in ATTACKS.items()} == {
        name: {table} for name, (table, _) in ATTACKS.items()
    }


def test_every_sealed_table_is_attacked():
    assert {table for table, _ in ATTACKS.values()} == set(SEALED)


def test_a_later_honest_change_does_not_hide_the_row_that_was_changed_before(town):
    town.execute("UPDATE account SET name = 'Anderes' WHERE office = 'BAU' AND number = '5900'")
    unlock(town, "hans")
    switch_rule(act(town, "emil"), 1, active=False)
    end_deputy(act(town, "root"), 1, "2026-11-20")
    (finding,) = verify(town).findings
    assert (finding.fields["row"], finding.fields["state"]) == ("BAU/5900", "changed")


HONEST = {
    # what somebody writes past the log, and what somebody else changes of the same row by command afterwards
    "approval_limit": ("UPDATE approval_limit SET max_cents = 99999999", lambda s: set_limit(s, "bernd", "BAU", 50_00)),
    "app_user": ("UPDATE app_user SET locked = 0 WHERE name = 'hans'", lambda s: lock(s, "hans")),
    "bank_rule": ("UPDATE bank_rule SET account = '5100' WHERE id = 1",
                  lambda s: switch_rule(act(s, "emil"), 1, active=False)),
    "setting": ("UPDATE setting SET value = '1' WHERE key = 'payment_high_cents'",
                lambda s: set_high(act(s, "emil"), 7)),
    "user_role": ("DELETE FROM user_role WHERE role = 'approver' AND office = 'BAU'",
                  lambda s: grant(s, "bernd", [("BAU", "approver")])),
}  # fmt: skip


@pytest.mark.parametrize("table", HONEST)
def test_an_honest_change_of_the_same_row_does_not_vouch_for_what_was_changed_before(town, table):
    statement, honest = HONEST[table]
    without_guards(town, table)
    assert town.execute(statement) > 0
    honest(act(town, "root"))
    assert found(town) == {table}


def test_users_who_changed_names_are_named(store):
    without_guards(store, "app_user")
    anna, bernd = (store.value("SELECT id FROM app_user WHERE name = :name", name=name) for name in ("anna", "bernd"))
    for number, name in ((anna, "x"), (bernd, "anna"), (anna, "bernd")):
        store.execute("UPDATE app_user SET name = :name WHERE id = :id", name=name, id=number)
    swapped = [f.fields for f in verify(store).findings if f.code == "verify.user_name"]
    assert [(f["user"], f["name"], f["before"]) for f in swapped] == [(anna, "bernd", "anna"), (bernd, "anna", "bernd")]


def test_a_signature_that_no_event_vouches_for_is_named(store):
    accepted(store, row("BAU receivable 40,00 Erika Musterfrau"))
    without_guards(store, "order_step")
    store.execute(f"UPDATE order_step SET at = {LATER} WHERE step = 'approved'")
    (finding,) = [f for f in verify(store).findings if f.code == "verify.signature"]
    assert (finding.fields["table"], finding.fields["column"]) == ("order_step", "by")
    assert finding.fields["at"] == LATER.strip("'")


def test_a_claim_given_to_another_person_is_named_and_a_merge_is_not(store):
    accepted(store, row("BAU receivable 40,00 Erika Musterfrau"), row("BAU receivable 50,00 Max Muster"))
    first, second = (party for (party,) in store.all("SELECT party FROM item ORDER BY id"))
    merge = propose_merge(act(store, "clara"), first, second, "dieselbe")
    decide_merge(act(store, "emil"), merge.number, confirm=True)
    assert verify(store).findings == ()
    without_guards(store, "item")
    store.execute("UPDATE item SET party = :party", party=first)
    moved = [f.fields for f in verify(store).findings if f.code == "verify.item_party"]
    assert [(f["name"], f["party"], f["expected"]) for f in moved] == [("BAU/2", first, second)], "1 was made for first"
    store.execute("UPDATE item SET party = NULL")
    moved = [f.fields for f in verify(store).findings if f.code == "verify.item_party"]
    assert [(f["name"], f["party"]) for f in moved] == [("BAU/1", None), ("BAU/2", None)]


def test_an_item_that_names_another_account_than_its_order_is_named(store):
    accepted(store, row("BAU payable 40,00 Malerin"))
    assert verify(store).findings == ()
    without_guards(store, "item")
    store.execute("UPDATE item SET bank_account = 'DE02300209000106531065'")
    (named,) = [f.fields for f in verify(store).findings if f.code == "verify.item_account"]
    assert (named["name"], named["iban"]) == ("BAU/1", "DE02300209000106531065")


CELLS = st.lists(st.none() | st.integers() | st.text('a,\x1f"='), min_size=2, max_size=3)


@given(CELLS, CELLS)
def test_a_seal_tells_rows_apart(one, other):
    assert (digest(one) == digest(other)) == (one == other)


@given(st.dictionaries(st.tuples(st.text(), st.text()), st.tuples(SEALS, SEALS), max_size=5))
def test_seals_are_read_as_they_were_packed(rows):
    seals = {name_of("setting", key): value for key, value in rows.items()}
    assert len(seals) == len(rows)
    assert {name: steps for name, *steps in unpacked(str(packed(seals).get("seal", "")))} == {
        name: list(steps) for name, steps in seals.items()
    }


WAYS = {
    # what each event told of a row, and what it is now: what is said of it
    "as told": (["aa"], "aa", None),
    "never told": ([], "aa", "added"),
    "changed and told": (["aa", "aa>bb"], "bb", None),
    "changed and not told": (["aa"], "bb", "changed"),
    "gone and told": (["aa", "aa>-"], None, None),
    "gone and not told": (["aa"], None, "removed"),
    "come back and not told": (["aa", "aa>-"], "aa", "added"),
    "come back and told": (["aa", "aa>-", "bb"], "bb", None),
    "there and back": (["aa", "aa>bb", "bb>aa"], "aa", None),
    "told by several offices, in whatever order": (["bb>cc", "aa", "aa>bb"], "cc", None),
    "changed before an honest change": (["aa", "xx>bb"], "bb", "changed"),
    "taken back before an honest change": (["aa", "aa>bb", "aa>cc"], "cc", "changed"),
    "taken away before it was made anew": (["aa", "bb"], "bb", "changed"),
    "changed before it was taken away": (["aa", "xx>-"], None, "changed"),
}


@pytest.mark.parametrize("case", WAYS)
def test_no_later_step_mends_a_way_that_was_broken(case):
    told, here, said = WAYS[case]
    found = {} if here is None else {"setting/x": here}
    assert dict(differing(found, [f"setting/x={step}" for step in told])) == ({"setting/x": said} if said else {})
