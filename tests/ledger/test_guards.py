"""Invariants 1, 2 and 8 against plain SQL: what a stranger with a SQL client can and cannot do to a book."""

import sqlite3

import pytest

from ledger.book.entry import ClosedPeriodError
from ledger.book.store import Poster, insert_all, post
from ledger.book.verify_store import verify
from ledger.events.store import record
from ledger.items.store import NewClearing, NewItem, clear, insert_items
from ledger.store.access import is_server
from ledger.store.failures import RefusedByBookError
from tests.books import entry, opened

pytestmark = pytest.mark.engines

COPIED = """office, 9, year, 9, kind, source, transaction_id, posting_day, bank_day, value_day, payment_day, recorded_at,
    recorded_by, reverses, posting_count, text_hash, canonical, hash"""
UNCHAINED = [
    f"INSERT INTO entry SELECT {COPIED.replace('office, 9, year, 9', place)} FROM entry WHERE position = {copied}"
    for place, copied in (("office, 3, year, 3", 2), ("'BAU', 1, year, 1", 1), ("'ZOO', 1, year, 1", 1))
]
ATTACKS = [
    "UPDATE entry SET posting_day = '2026-11-17'",
    "UPDATE entry SET hash = canonical WHERE position = 1",
    "UPDATE posting SET cents = cents * 2",
    "UPDATE posting SET account = '4810' WHERE account = '3000'",
    "UPDATE entry_text SET text = 'anders'",
    "UPDATE event SET action = 'nothing'",
    "UPDATE item SET amount_cents = 1",
    "UPDATE account SET role = 'suspense' WHERE number = '2800'",
    "DELETE FROM entry",
    "DELETE FROM posting WHERE line = 1",
    "DELETE FROM entry_text",
    "DELETE FROM event",
    "DELETE FROM item",
    "DELETE FROM clearing",
    "UPDATE clearing_line SET cents = 1",
    "DELETE FROM app_user",
    "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', 1, 9, '2800', 100)",
    "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', 3, 1, '9999', 100)",
    "INSERT INTO posting (office, position, line, account, cents) VALUES ('ZOO', 1, 1, '2800', 100)",
    "INSERT INTO entry_text (office, position, salt, text) VALUES ('KASSE', 2, 'x', 'y')",
    f"INSERT INTO entry SELECT {COPIED} FROM entry WHERE position = 2",
    *UNCHAINED,
    *(f"UPDATE item SET due = '{day}'" for day in ("2026/11/16", "2026-11-160", "2026-1-16", "16.11.2026")),
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE position = 1",
    "INSERT OR REPLACE INTO posting SELECT office, position, line, account, cents * 2, item, dimensions FROM posting",
    "INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 1",
    "INSERT OR REPLACE INTO app_user SELECT id, 'mallory', locked, created_at FROM app_user WHERE id = 1",
    "INSERT OR REPLACE INTO app_user SELECT 99, name, locked, created_at FROM app_user WHERE id = 1",
    "UPDATE OR REPLACE posting SET position = 1 WHERE position = 2",
    *(f"UPDATE OR REPLACE entry SET {name} = 2 WHERE {name} = 1" for name in ("rowid", "_ROWID_", '"oid"')),
    "UPDATE OR REPLACE event SET rowid = 1 WHERE rowid = 2",
    "UPDATE item SET rowid = 99",
    "UPDATE OR REPLACE app_user SET name = (SELECT name FROM app_user WHERE id = 1) WHERE id = 2",
]
ONLY_POSTGRES = ["TRUNCATE entry CASCADE", "TRUNCATE posting", "TRUNCATE event"]


@pytest.fixture
def attacked(book):
    """A book with two entries, and a plain connection of its engine as an attacker has it."""
    store = opened(book)
    with store.unit(["KASSE"]):
        made = entry("2800 5,00", "4810 -5,00 #1", text="Eins"), entry("4810 5,00 #1", "3000 -5,00", text="Zwei")
        post(store, made)
        insert_items(store, [NewItem("KASSE", 1, "credit", "4810", 500, "2026-11-16", "2026-11-16", 1)])
        clear(store, [NewClearing("KASSE", "assign", 2, "2026-11-16", "2026-11-16", ((1, 500),))])
        record(store, "KASSE", "test", None, {"n": 1}, {"name": "Erika"})
        record(store, "KASSE", "test", None, {"n": 2})
    store.close()
    if is_server(book):
        import psycopg

        connection = psycopg.connect(book, autocommit=True)
    else:
        connection = sqlite3.connect(book, isolation_level=None)
    yield book, connection
    connection.close()


def attacks_for(book):
    return ATTACKS + (ONLY_POSTGRES if is_server(book) else ONLY_SQLITE)


def refused(connection, sql):
    """Return what the database says when it refuses, or '' where it lets the statement pass."""
    try:
        connection.execute(sql)
    except Exception as error:  # noqa: BLE001 - both drivers, each with its own classes
        return str(error)
    return ""


def test_plain_sql_changes_nothing(attacked):
    book, connection = attacked
    passed = [sql for sql in attacks_for(book) if not refused(connection, sql)]
    assert passed == []
    found = checked(book)
    assert (found.entries, found.findings) == (2, ())


def test_an_entry_carries_the_hash_before_it_or_the_genesis_of_its_office(attacked):
    _, connection = attacked
    assert [sql for sql in UNCHAINED if "hash" not in refused(connection, sql)] == []


def checked(book, **options):
    store = opened(book)
    try:
        return verify(store, **options)
    finally:
        store.close()


def test_an_orphan_posting_is_refused_or_named(attacked):
    book, connection = attacked
    sql = "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', 7, 1, '2800', 100)"
    if is_server(book):
        with pytest.raises(Exception, match="a posting needs its entry"):
            connection.execute(sql)
        return
    connection.execute(sql)  # sqlite3 leaves foreign keys off unless the client asks for them
    assert next(f.code for f in checked(book).findings) == "verify.orphan"


ORPHAN = "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', {}, {}, '2800', 100)"
ORPHANS = {
    "after the last entry": [ORPHAN.format(3, 1)],
    "without a first line": [ORPHAN.format(3, 2)],
    "before the first entry": [ORPHAN.format(0, 1).replace("KASSE", "BAU").replace("2800", "2400")],
    "with its head away meanwhile": [
        "CREATE TEMPORARY TABLE kept AS SELECT * FROM head WHERE office = 'KASSE'",
        "DELETE FROM head WHERE office = 'KASSE'",
        ORPHAN.format(3, 1),
        "INSERT INTO head SELECT * FROM kept",
    ],
    "with its head away afterwards": [ORPHAN.format(3, 1), "DELETE FROM head WHERE office = 'KASSE'"],
    "whose head says so": [ORPHAN.format(3, 1), "UPDATE head SET position = 3 WHERE office = 'KASSE'"],
    "asked for at once": [ORPHAN.format(3, 1), "SET CONSTRAINTS ALL IMMEDIATE"],
}


@pytest.mark.parametrize("book", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statements", ORPHANS.values(), ids=ORPHANS.keys())
def test_no_transaction_of_the_server_leaves_an_orphan_posting(attacked, statements):
    book, connection = attacked
    with pytest.raises(Exception, match="a posting needs its entry"):
        run_at_once(connection, statements)
    assert checked(book).findings == ()


def run_at_once(connection, statements):
    """Run statements in one transaction."""
    with connection.transaction():
        for sql in statements:
            connection.execute(sql)


DANGLING = {
    "item": """INSERT INTO item (office, id, kind, side, account, foreign_reference, amount_cents, open_cents, due,
               original_due, opened_on, position, dunning_level)
               VALUES ('KASSE', 4711, 'receivable', 'D', '0815', 0, 5, 5, '2026-11-16', '2026-11-16', '2026-11-16', 1, 0)""",
    "clearing": """INSERT INTO clearing (office, id, kind, position, posting_day, payment_day)
                   VALUES ('KASSE', 4711, 'bank', 4711, '2026-11-16', '2026-11-16')""",
    "clearing_line": "INSERT INTO clearing_line (office, clearing, line, item, cents) VALUES ('KASSE', 4711, 1, 4711, 5)",
    "bank_match": "INSERT INTO bank_match (office, entry, line, rule, cents) VALUES ('KASSE', 4711, 1, 'rule', 5)",
    "suspense_case": "INSERT INTO suspense_case (office, item, entry, reason) VALUES ('KASSE', 4711, NULL, 'unknown')",
    "posting": """INSERT INTO posting (office, position, line, account, cents)
                  VALUES ('KASSE', 4711, 1, '2800', 5), ('KASSE', 4711, 2, '4800', -5)""",
    "cash_order": """INSERT INTO cash_order (office, id, batch, kind, state, party, total_cents, due, purpose,
                     foreign_reference) VALUES ('KASSE', 1, 4711, 'payable', 'created', 4711, 5, '2026-11-16', 'x', 0)""",
    "cash_order_line": """INSERT INTO cash_order_line (office, order_id, line, gl_account, amount_cents)
                          VALUES ('KASSE', 4711, 1, '6100', 5)""",
    "order_step": """INSERT INTO order_step (office, order_id, step, by, at, exception, seen_count, seen_cents, seen_hash)
                     VALUES ('KASSE', 4711, 'created', 1, 'x', 0, 1, 5, CAST('h' AS {bytes}))""",
    "party_account": """INSERT INTO party_account (party, iban, kind, source, since)
                        VALUES (4711, 'DE02120300000000202051', 'own', 'letter', '2026-11-16')""",
    "payment": """INSERT INTO payment (office, run, line, item_office, item, cents, end_to_end_id, creditor_name,
                  creditor_iban, remittance, state, active)
                  VALUES ('KASSE', 4711, 1, 'KASSE', 4711, 5, 'E', 'M', 'DE02120300000000202051', '', 'proposed', 1)""",
    "second line": "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', 4711, 2, '2800', 5)",
}


@pytest.mark.parametrize("sql", DANGLING.values(), ids=DANGLING)
def test_what_refers_to_nothing_is_refused(store, sql):
    with pytest.raises((sqlite3.IntegrityError, RefusedByBookError)), store.unit(["KASSE"]):
        store.execute(sql.replace("{bytes}", "BYTEA" if store.engine.name == "postgresql" else "BLOB"))


def test_an_order_waits_until_it_is_decided_and_no_longer(store):
    with store.unit(["KASSE"]):
        store.insert_one("party", id=1, name="M", match_key="m", created_at="x")
        store.insert_one(
            "order_batch", id=1, source="x", count=1, total_cents=5, list_hash=b"h", created_by=1, created_at="x"
        )
        store.insert_one(
            "cash_order", office="KASSE", id=1, batch=1, kind="payable", state="created", party=1, total_cents=5,
            due="2026-11-16", purpose="x", foreign_reference=0,
        )  # fmt: skip
    for change in ("waiting = 0", "waiting = 0, state = 'certified'", "state = 'objected'"):
        with pytest.raises(Exception, match="waiting"), store.unit(["KASSE"]):
            store.execute(f"UPDATE cash_order SET {change}")


def post_unchecked(store, draft):
    """Post without the writer's own look at the calendar, as a client that skips it."""
    poster = Poster(store)
    poster.closed = ""
    poster.expect(1)
    poster.draft(draft)
    insert_all(store, poster.take())


def test_a_closed_day_refuses_an_entry_that_is_right_in_all_else(attacked):
    book, connection = attacked
    connection.execute(
        "INSERT INTO closing (kind, period, year, number, last_day, closed_by, closed_at, book_head, heads, protocol)"
        " SELECT 'day', '2026-11-16', 2026, 1, '2026-11-16', 1, 'x', hash, '{}', '' FROM entry WHERE position = 1"
    )
    store = opened(book)
    with pytest.raises(ClosedPeriodError), store.unit(["KASSE"]):
        post(store, [entry("2800 1", "3000 -1")])
    with pytest.raises(RefusedByBookError) as caught, store.unit(["KASSE"]):
        post_unchecked(store, entry("2800 1", "3000 -1"))
    assert caught.value.fields["reason"] == "the posting day is closed"
    store.close()


OWNER_ATTACKS = [
    ("posting", "UPDATE posting SET cents = cents + sign", "verify.entry"),
    ("posting", "UPDATE posting SET line = line + 4 WHERE position = 2", "verify.entry"),
    ("entry", "UPDATE entry SET payment_day = '2026-01-01' WHERE position = 2", "verify.entry"),
    ("entry_text", "UPDATE entry_text SET text = 'anders' WHERE position = 1", "verify.text"),
    ("entry", "DELETE FROM entry WHERE position = 2", "verify.orphan"),
    ("event", "UPDATE event SET at = '2020' WHERE position = 1", "verify.event"),
    ("month_balance", "UPDATE month_balance SET debit_cents = 0", "verify.month_balance"),
    ("head", "UPDATE head SET position = 1 WHERE office = 'KASSE'", "verify.head"),
]


@pytest.mark.parametrize(
    ("table", "sql", "code"), OWNER_ATTACKS, ids=[f"{t}-{c}-{n}" for n, (t, _, c) in enumerate(OWNER_ATTACKS, 1)]
)
def test_what_the_owner_forges_is_named(attacked, table, sql, code):
    book, connection = attacked
    sql = sql.replace("sign", "CASE WHEN line = 1 THEN 1 ELSE -1 END")
    if is_server(book):
        connection.execute("SET session_replication_role = replica")
    else:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
    connection.execute(sql)
    codes = {finding.code for finding in checked(book).findings}
    assert code in codes
    assert is_server(book) or table in {"month_balance", "head"} or "verify.guard" in codes


def test_guards_read_by_the_key_though_the_book_was_small_when_they_were_planned(book):
    if not is_server(book):
        pytest.skip("SQLite plans each statement anew")
    store = opened(book)
    with store.unit(["BAU", "KASSE"]):  # an office has one row, the server counts: any of its indexes is as good
        post(store, [entry("2890 1", "3000 -1", office=office) for office in ("BAU", "KASSE")])
    for table in ("entry", "posting", "event", "account"):
        store.execute(f"ANALYZE {table}")
    for _ in range(40):
        with store.unit(["KASSE"]):
            post(store, [entry("2800 1,00", "3000 -1,00") for _ in range(5)])
    store.value("SELECT pg_stat_force_next_flush()")
    read = dict(
        store.all("""SELECT relname, sum(seq_tup_read) + sum(idx_tup_fetch) FROM pg_stat_user_tables
                     WHERE relname IN ('entry', 'posting', 'event') GROUP BY relname""")
    )
    store.close()
    per_entry = 200 * 100  # rows read where one guard reads the whole table for each of the entries
    assert {table: rows for table, rows in read.items() if rows > per_entry / 3} == {}


def test_a_dropped_guard_is_named(attacked):
    book, connection = attacked
    target = "guard_entry_delete ON entry" if is_server(book) else "guard_entry_delete"
    connection.execute(f"DROP TRIGGER {target}")
    assert [f.fields["guard"] for f in checked(book).findings] == ["guard_entry_delete"]


def test_a_disabled_guard_is_named(attacked):
    book, connection = attacked
    if not is_server(book):
        connection.execute("DROP TRIGGER guard_entry_delete")
        connection.execute("CREATE TRIGGER guard_entry_delete BEFORE DELETE ON entry WHEN 0 BEGIN SELECT 1; END")
    else:
        connection.execute("ALTER TABLE entry DISABLE TRIGGER guard_entry_delete")
    assert [f.fields["guard"] for f in checked(book).findings] == ["guard_entry_delete"]


def test_a_head_kept_outside_proves_the_past(store):
    with store.unit(["KASSE"]):
        post(store, [entry("2800 5,00", "3000 -5,00")])
    printed = verify(store).head
    with store.unit(["KASSE", "BAU"]):
        post(store, [entry("2800 1,00", "3000 -1,00"), entry("2890 1", "3000 -1", office="BAU")])
    assert verify(store, against=printed).findings == ()
    other = verify(store, against="ab" * 32).findings
    assert [finding.code for finding in other] == ["verify.against"]


def test_an_owner_who_writes_the_chain_anew_is_caught_by_a_printed_head(tmp_path, sqlite_template):
    from tests.books import sqlite_copy

    heads = []
    for amount in ("5,00", "500,00"):  # the second book is the forgery: same history but for the amount
        folder = tmp_path / amount
        folder.mkdir()
        with sqlite_copy(sqlite_template, folder) as location:
            store = opened(location)
            with store.unit(["KASSE"]):
                post(store, [entry(f"2800 {amount}", f"3000 -{amount}")])
            heads.append(verify(store).head)
            forged = store
    assert [f.code for f in verify(forged, against=heads[0]).findings] == ["verify.against"]
