"""With psql a person can do nothing that the rules forbid them, and sign as no one else (invariant 6)."""

import datetime as dt
import os
import re
from hashlib import sha256

import psycopg
import pytest

from enforcement.relief_limits_store import set_limit
from kasse_cli.wiring import table_rights
from ledger.access.store import roles
from ledger.book.chain import book_head
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.cash.desks_store import change_desk
from ledger.events.store import record
from ledger.items.leitweg_store import route_leitweg
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide
from ledger.payments.mandate_forms import Covers, NewMandate, NewValues
from ledger.payments.mandate_steps_store import amend
from ledger.payments.mandate_store import add as add_mandate
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import release, review
from ledger.payments.vop_store import end_rule
from ledger.people.duties_store import name_deputy
from ledger.people.parties_change_store import add_party, change_party
from ledger.people.party_values import FIELDS, ROLES, PartyChange
from ledger.people.users import add_user
from ledger.store.failures import RefusedByBookError
from tests import books
from tests.books import act, entry
from tests.cashbooks import desk
from tests.ledger.order_lists import DAY, accepted, row, step, take
from tests.rolebooks import granted, login, opened

MONDAY = dt.date(2026, 11, 16)
IBAN = "DE02120300000000202051"
CREDITOR = "DE98ZZZ09999999999"
OFFICES = ("BAU", "ORDNUNG")
DENIED, OWNER = "permission denied", "must be owner|permission denied"
ROWS, NAME = "row-level security", "one's own name"


def prepare(store):
    """Orders in every state, a proposed and a released run, a closed day."""
    with store.unit(["KASSE"]):
        add_user(store, "gerda", [("*", "audit")])
        add_user(store, "hans", [("BAU", "certifier")])
        add_user(store, "ines", [("*", "certifier"), ("*", "approver"), ("*", "cashier")])
        add_user(store, "nina", [("BAU", "enforcement")])
        for role in ROLES:
            add_user(store, f"only_{role}", [("*", role)])
    name_deputy(store, "frida", "nina", office="*", role="releaser", since="2020-01-01", until="2099-12-31")
    for number, user in ((1, "frida"), (2, "emil")):
        made = {"id": number, "made_by": act(store, user).user, "made_at": store.now}
        store.insert_one("vop_rule", iban_prefix=f"DE9{number}", reason="Konto der Landeskasse", **made)
        with store.unit(["KASSE"]):
            record(store, "KASSE", "vop.rule", f"vop_rule:{number}")
    later = row("BAU payable 30,00 Malerin", due="2027-03-01")
    accepted(store, row("ORDNUNG payable 89,00 Papierhaus"), row("BAU receivable 40,00 Erika Musterfrau"), later)
    take(store, row("ORDNUNG receivable 125,50 Max Muster"), name="zwei.xlsx")
    take(store, row("ORDNUNG payable 10,00 Schreiner"), row("BAU payable 11,00 Maler"), name="drei.xlsx")
    step(store, "anna", "certified", 3)
    take(store, row("ORDNUNG payable 12,00 Gärtner"), name="vier.xlsx")
    step(store, "anna", "certified", 4)
    step(store, "bernd", "approved", 4)
    take(store, row("ORDNUNG payable 13,00 Schlosser"), name="fünf.xlsx")
    step(store, "ines", "certified", 5)
    act(store, "dirk")
    run = propose(store, today=MONDAY, due_until=dt.date(2026, 12, 1)).run
    review(store, run.number, today=MONDAY)
    insert_closing(store)
    desk(store)
    act(store, "root")


def insert_closing(store):
    """Close a day: what is dated before takes no posting any more."""
    columns = (
        "kind",
        "period",
        "year",
        "number",
        "last_day",
        "closed_by",
        "closed_at",
        "book_head",
        "heads",
        "protocol",
    )
    head = book_head([])
    row = ("day", "2026-11-03", 2026, 1, "2026-11-03", store.user, store.now, head, '{"heads":""}', "{}")
    with store.unit(["KASSE"]):
        record(store, "KASSE", "day.close", "day:2026-11-03", {"sha256": sha256(b"{}").hexdigest()})
        store.insert("closing", columns, [row])


@pytest.fixture(scope="module")
def location(postgres_server, postgres_template):
    name = f"kasse_attacked_{os.getpid()}"
    with granted(postgres_server, postgres_template, name, prepare) as found:
        yield found


MERGE = (
    "INSERT INTO party_merge (id, source, target, reason, state, proposed_by, proposed_at) "
    "SELECT 1, 1, 2, 'x', 'proposed', id, '2026-11-16T05:00:00Z' FROM app_user WHERE name = 'clara'"
)
STEP = (
    "INSERT INTO order_step (office, order_id, step, by, on_behalf, at, exception, seen_count, seen_cents, seen_hash) "
    "VALUES ('{office}', {order}, '{step}', {by}, NULL, '2026-11-16T05:00:00Z', {exception}, 1, 1, '\\x00')"
)
EVENT = (
    "INSERT INTO event (office, position, at, by, action, facts, hash) SELECT 'KASSE', max(position) + 1, "
    "'2026-11-16T05:00:00Z', {by}, 'payment.release', '{{}}', '\\x00' FROM event WHERE office = 'KASSE'"
)
ME, OTHER = "access_actor()", "(SELECT id FROM app_user WHERE name = 'bernd')"
"""Numbers of users, in the words of an attacker."""


def steps(step, order, *, by=ME, office="ORDNUNG", exception=0):
    return STEP.format(step=step, order=order, by=by, office=office, exception=exception)


POSTED_TO = (
    "UPDATE account SET {} WHERE kind = '{}' AND EXISTS (SELECT 1 FROM posting p WHERE p.account = account.number)"
)
LINE = (
    "INSERT INTO payment (office, run, line, item_office, item, cents, end_to_end_id, creditor_name, creditor_iban, "
    "remittance, state, active) SELECT 'KASSE', 1, 99, office, id, 1, 'X', 'Mallory', 'DE02120300000000202051', '', "
    "'proposed', 1 FROM item WHERE office = 'BAU' AND kind = 'payable'"
)
CONFIRM = "UPDATE vop_rule SET confirmed_by = access_actor(), confirmed_at = '2026-11-16T05:00:00Z' WHERE id = {rule}"
BEHALF = (
    "INSERT INTO event (office, position, at, by, on_behalf, action, facts, hash) SELECT 'BAU', 99, "
    f"'2026-11-16T05:00:00Z', {ME}, {OTHER}, 'payment.release', '{{}}', '\\x00'"
)
CLOSING = (
    "INSERT INTO closing (kind, period, year, number, last_day, closed_by, closed_at, book_head, heads, protocol) "
    f"VALUES ('day', '{{day}}', 2026, {{number}}, '{{day}}', {ME}, '2026-11-16T05:00:00Z', '\\x00', '{{{{}}}}', '{{{{}}}}')"
)
HOLDER = (
    "INSERT INTO cash_holder (desk, line, user_id, since, made_by, made_at) "
    f"VALUES ('B1', 2, {{user}}, '2026-11-16', {ME}, '2026-11-16T05:00:00Z')"
)
COUNT = (
    "INSERT INTO cash_count (desk, number, day, expected_cents, counted_cents, remark, counted_by, counted_at, "
    f"seen_position) VALUES ('B1', 1, '2026-11-16', 0, 0, '', {ME}, '2026-11-16T05:00:00Z', 0)"
)
CLARA = "(SELECT id FROM app_user WHERE name = 'clara')"
DEPUTY = (
    "INSERT INTO deputy (id, principal, deputy, office, role, since, until, made_by, made_at) VALUES (99, {principal}, "
    f"{{deputy}}, '*', '{{role}}', '2026-01-01', '2099-12-31', {ME}, '2026-11-16T05:00:00Z')"
)
ATTACKS = {
    # books that are closed for ever, cash that others hold
    "close the book for ever": ("clara", [CLOSING.format(day="2099-12-31", number=2)], "lies not ahead"),
    "close a day without a protocol": ("clara", [CLOSING.format(day="2026-11-04", number=2)], "lies not ahead"),
    "take a desk for myself": ("emil", [HOLDER.format(user=ME)], "nobody takes a desk"),
    "give a desk to who orders payments": ("emil", [HOLDER.format(user=OTHER)], "nobody takes a desk"),
    "count the desk of another": ("clara", [COUNT], "counted by its holder"),
    "use numbers up": ("dirk", ["UPDATE counter SET last = 999999999"], "goes on by"),
    "turn numbers back": ("dirk", ["UPDATE counter SET last = 0 WHERE last > 0"], "goes on by"),
    # in another's name
    "sign a step as another": ("anna", [steps("certified", 2, by=OTHER)], NAME),
    "sign a step as nobody": ("anna", [steps("certified", 2, by="0")], NAME),
    "log an event as another": ("dirk", [EVENT.format(by=OTHER)], NAME),
    "release a run as another": (
        "emil",
        [f"UPDATE payment_run SET state = 'released', released_by = {OTHER} WHERE id = 1"],
        NAME,
    ),
    "take a file in as another": (
        "clara",
        [f"INSERT INTO source_file VALUES ('ff', 'order', 'x', 1, {OTHER}, '2026-11-16T05:00:00Z', '{{}}')"],
        NAME,
    ),
    # own work and steps without the role
    "approve what I certified": ("ines", [steps("approved", 5)], "duplicate key"),
    "approve what I certified, by exception": ("ines", [steps("approved", 5, exception=1)], "own work"),
    "accept what I certified, by exception": ("ines", [steps("accepted", 4, exception=1)], "no exception"),
    "approve without the role": ("anna", [steps("approved", 5)], "another role"),
    "certify what I may not": ("dirk", [steps("certified", 2)], f"{DENIED}|another role"),
    "approve without certification": ("bernd", [steps("approved", 2)], "does not wait"),
    "act in another office": ("hans", [steps("certified", 2)], ROWS),
    "approve without a step": ("bernd", ["UPDATE cash_order SET state = 'approved' WHERE id = 3"], "signed step"),
    "claim the exception of small offices": ("import", [steps("certified", 2, exception=1)], "another person"),
    "release a run as its maker": (
        "dirk",
        [f"UPDATE payment_run SET state = 'released', released_by = {ME} WHERE id = 1"],
        f"{DENIED}|needs the role",
    ),
    "release a run without a name": ("emil", ["UPDATE payment_run SET state = 'released' WHERE id = 1"], "released_by"),
    "add a line to a reviewed run": (
        "dirk",
        [LINE],
        "takes no more rows",
    ),
    "confirm as the deputy of the person who asked": ("nina", [CONFIRM.format(rule=1)], "own work"),
    "act for somebody without being the deputy": ("nina", [BEHALF], "being the deputy"),
    "name myself a deputy": ("emil", [DEPUTY.format(principal=OTHER, deputy=ME, role="approver")], "by their own word"),
    "let staff of the Kasse approve": (
        "emil",
        [DEPUTY.format(principal=OTHER, deputy=CLARA, role="approver")],
        "by their own word",
    ),
    "give a claim to a person by a merge that waits": (
        "clara",
        [MERGE, "UPDATE item SET party = 2 WHERE party = 1"],
        "stays with",
    ),
    "make a person part of another by a merge that waits": (
        "clara",
        [MERGE, "UPDATE party SET merged_into = 2 WHERE id = 1"],
        "two people signed",
    ),
    "take a claim from its debtor": ("clara", ["UPDATE item SET party = NULL WHERE party IS NOT NULL"], "stays with"),
    "change whose book it is": ("emil", ["UPDATE setting SET value = 'XX' WHERE key = 'land'"], "what makes the book"),
    "make income an asset": ("emil", [POSTED_TO.format("kind = 'asset'", "income")], "the account is in use"),
    "make income a bank": ("emil", [POSTED_TO.format("role = 'bank'", "income")], "the account is in use"),
    # rights of one's own
    "make myself a releaser": ("dirk", [f"INSERT INTO user_role VALUES ({ME}, '*', 'releaser')"], DENIED),
    "make myself approver as admin": (
        "root",
        [f"INSERT INTO user_role VALUES ({ME}, '*', 'approver')"],
        "themselves",
    ),
    "take the name of another": ("root", [f"UPDATE app_user SET name = 'x' WHERE id = {OTHER}"], DENIED),
    "raise my limit": ("bernd", [f"INSERT INTO approval_limit VALUES ({ME}, '*', NULL)"], DENIED),
    "end the login rule": (
        "dirk",
        ["UPDATE setting SET value = 'declared' WHERE key = 'identity'"],
        f"{DENIED}|{ROWS}|no row",
    ),
    # what is written is written
    "change an entry": ("dirk", ["UPDATE entry SET posting_day = '2026-11-15'"], DENIED),
    "change a posting": ("dirk", ["UPDATE posting SET cents = 1"], DENIED),
    "delete an event": ("dirk", ["DELETE FROM event"], DENIED),
    "truncate": ("dirk", ["TRUNCATE entry CASCADE"], DENIED),
    "truncate events": ("emil", ["TRUNCATE event"], DENIED),
    # the rules themselves
    "disable a trigger": ("dirk", ["ALTER TABLE event DISABLE TRIGGER ALL"], OWNER),
    "drop a trigger": ("dirk", ["DROP TRIGGER guard_entry_update ON entry"], OWNER),
    "drop a signature": ("dirk", ["DROP TRIGGER access_event_insert ON event"], OWNER),
    "drop a row rule": ("dirk", ["DROP POLICY access_read ON item"], OWNER),
    "switch row rules off": ("dirk", ["ALTER TABLE item DISABLE ROW LEVEL SECURITY"], OWNER),
    "read without row rules": (
        "anna",
        ["SET row_security = off", "SELECT * FROM item"],
        "row-level security|row security",
    ),
    "add a trigger": ("dirk", ["CREATE TRIGGER mine BEFORE INSERT ON event EXECUTE FUNCTION guard_refuse()"], DENIED),
    "add a rule": ("dirk", ["CREATE RULE mine AS ON INSERT TO event DO INSTEAD NOTHING"], OWNER),
    "replace a function": (
        "dirk",
        ["CREATE OR REPLACE FUNCTION access_actor() RETURNS bigint LANGUAGE sql AS 'SELECT 5::bigint'"],
        f"{DENIED}|must be owner",
    ),
    "skip triggers": ("dirk", ["SET session_replication_role = replica"], DENIED),
    "drop the table": ("dirk", ["DROP TABLE event_details"], OWNER),
    "give rights on": (
        "dirk",
        ["GRANT INSERT ON payment_run TO anna", "SELECT 1 / has_table_privilege('anna', 'payment_run', 'INSERT')::int"],
        "zero",
    ),
    "drop all I own": ("dirk", ["REASSIGN OWNED BY postgres TO dirk"], DENIED),
    # to be somebody else
    "become another": ("dirk", ["SET SESSION AUTHORIZATION emil"], DENIED),
    "take another's role": ("dirk", ["SET ROLE emil"], DENIED),
    "take the owner's role": ("dirk", ["SET ROLE {database}_owner"], DENIED),
    "take a group's role": ("dirk", ["SET ROLE {database}_releaser"], DENIED),
    "join a group": ("dirk", ["GRANT {database}_releaser TO dirk"], f"{DENIED}|admin option|permission"),
    "make a login": ("root", ["CREATE ROLE mallory LOGIN SUPERUSER"], DENIED),
    "change another's password": ("root", ["ALTER ROLE emil PASSWORD 'x'"], DENIED),
    # ways around the tables
    "make a schema": ("dirk", ["CREATE SCHEMA pretend"], DENIED),
    "make a table": ("dirk", ["CREATE TABLE public.closing2 (a int)"], DENIED),
    "make an extension": ("dirk", ["CREATE EXTENSION dblink"], f"{DENIED}|not available"),
    "read a file": ("dirk", ["SELECT pg_read_file('/etc/passwd')"], DENIED),
    "run a program": ("dirk", ["COPY item TO PROGRAM 'cat'"], f"{DENIED}|superuser|privileges"),
    "copy to a file": ("dirk", ["COPY item TO '/tmp/item'"], f"{DENIED}|superuser|privileges"),
    "copy into a table with row rules": ("dirk", ["COPY event FROM STDIN"], "row-level security"),
    "import a large object": ("dirk", ["SELECT lo_import('/etc/passwd')"], DENIED),
    "export a large object": ("dirk", ["SELECT lo_export(1, '/tmp/x')"], DENIED),
    "change the settings of the database": ("dirk", ["ALTER DATABASE {database} SET search_path = pg_temp"], OWNER),
    "change the settings of the server": ("dirk", ["SELECT pg_reload_conf()"], DENIED),
    # audit writes nothing
    "write as an auditor": ("gerda", ["UPDATE item SET open_cents = 0"], DENIED),
    "post as an auditor": (
        "gerda",
        ["INSERT INTO posting (office, position, line, account, cents) VALUES ('BAU', 99, 1, '2400', 1)"],
        DENIED,
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(location, attack):
    user, statements, expected = ATTACKS[attack]
    database = location.partition("?")[0].rpartition("/")[2]
    script = "; ".join([*statements, "SET CONSTRAINTS ALL IMMEDIATE"]).replace("{database}", database)
    with psycopg.connect(login(location, user)) as connection:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(script)
        connection.rollback()
    assert re.search(expected, str(refused.value)), refused.value


def test_nobody_sees_the_items_of_another_office(location):
    with psycopg.connect(login(location, "hans")) as connection:
        for table in ("cash_order", "cash_order_line", "order_step", "item", "entry", "posting"):
            if connection.execute("SELECT has_table_privilege(%s, 'SELECT')", [table]).fetchone()[0]:
                offices = connection.execute(f"SELECT DISTINCT office FROM {table}").fetchall()
                assert offices in ([], [("BAU",)]), table


def test_a_temporary_table_does_not_stand_before_the_books_own(location):
    """The guards look for the last closed day in `closing`: a table of that name must not deceive them."""
    store = opened(location, "dirk")
    shadow = "CREATE TEMPORARY TABLE {0} AS SELECT * FROM public.{0} WITH NO DATA"
    for table in ("closing", "app_user", "user_role"):
        store.execute(shadow.format(table))
    store.execute(
        "INSERT INTO pg_temp.app_user SELECT id, session_user, 0, '' FROM public.app_user WHERE name = 'emil'"
    )
    assert store.value("SELECT name FROM public.app_user WHERE id = public.access_actor()") == "dirk"
    with pytest.raises(RefusedByBookError, match="closed"), store.unit(["KASSE"]):
        post(store, [entry("2800 5,00", "4800 -5,00", day="2026-11-02")])
    store.close()


def test_the_book_is_whole_after_all_attacks(location):
    store = books.opened(location)
    act(store, str(store.value("SELECT session_user::text")))
    assert verify(store).findings == ()
    assert [finding.code for finding in roles(store, table_rights()).findings] == ["roles.administrator"]
    store.close()


def test_people_bound_by_the_database_do_their_work(location):
    """The refusals above are not there because nothing is possible."""
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        store = opened(location, user)
        choice = Choice(numbers=(("ORDNUNG", 2),))
        assert decide(store, name, choice, day=DAY).new
        store.close()
    with psycopg.connect(login(location, "nina")) as connection:
        assert connection.execute(CONFIRM.format(rule=2)).rowcount == 1
    store = opened(location, "emil")
    total = store.value("SELECT total_cents FROM payment_run WHERE id = 1")
    assert release(store, 1, sum_cents=total, today=MONDAY).run.state == "released"
    store.close()


@pytest.mark.parametrize("role", ROLES)
def test_who_changes_a_person_may_change_all_that_is_known_of_them(location, role):
    store = opened(location, f"only_{role}")
    number = add_party(store, PartyChange({"name": f"Neu {role}"}, iban=IBAN), DAY)
    values = {name: ("1980-02-03" if name == "birth_date" else "AT" if name == "country" else "X") for name in FIELDS}
    assert set(change_party(store, number, PartyChange(values), DAY)) == set(FIELDS)
    assert change_party(store, number, PartyChange({}, iban=IBAN, iban_kind="guardian"), DAY) == ("iban",)
    assert change_party(store, number, PartyChange({}, end_iban=IBAN), DAY) == ("end_iban",)
    store.close()


def change_mandate(store):
    number = add_mandate(store, NewMandate(1, IBAN, MONDAY, creditor_id=CREDITOR), today=MONDAY).mandate.number
    covers = Covers(office="BAU", reference="BAU/1")
    values = NewValues(bic="BYLADEM1001", document="Brief", document_sha256="ab" * 32, covers=covers)
    amend(store, number, values, today=MONDAY)


CHANGES = {
    "cash desk": (
        "emil",
        lambda store: change_desk(store, "B1", {"name": "Rathaus", "single_cents": 5000, "settle_days": 9}),
    ),
    "Leitweg-ID": ("bernd", lambda store: [route_leitweg(store, "04011000-1234512345-06", it) for it in OFFICES]),
    "limit of relief": ("root", lambda store: [set_limit(store, "frida", "*", cents) for cents in (100, 200)]),
    "rule of payees": ("emil", lambda store: end_rule(store, 1, day=DAY)),
    "mandate": ("clara", change_mandate),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_services_change_the_database_lets_change(location, what):
    user, change = CHANGES[what]
    store = opened(location, user)
    change(store)
    store.close()
