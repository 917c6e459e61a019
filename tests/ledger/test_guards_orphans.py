"""No posting without its entry, none added to a written one: transactions of a PostgreSQL server, one or two at once."""

import time
from contextlib import contextmanager
from threading import Thread

import pytest

import ledger.store.postgres as postgres_store
from ledger.book.store import post
from ledger.book.verify_store import verify
from tests.books import entry, opened

pytestmark = pytest.mark.engines
server_only = pytest.mark.parametrize("book", ["postgresql"], indirect=True)

LINE = "INSERT INTO posting (office, position, line, account, cents) VALUES ('KASSE', {}, {}, '2800', {})"
ORPHAN = LINE.format(3, 1, 100)
LINES = LINE.format(3, 1, 100), LINE.format(3, 2, -100)
ENTRY = """INSERT INTO entry SELECT office, 3, year, 3, kind, source, transaction_id, posting_day, bank_day, value_day,
    payment_day, recorded_at, recorded_by, reverses, 2, text_hash, hash || substr(canonical, 33),
    sha256(hash || substr(canonical, 33)) FROM entry WHERE office = 'KASSE' AND position = 2"""
TWO_OFFICES = """INSERT INTO posting (office, position, line, account, cents) VALUES
    ('KASSE', 3, 1, '2800', 100), ('KASSE', 3, 2, '2800', -100), ('BAU', 1, 1, '2400', 100)"""
MERGED = """MERGE INTO posting USING (SELECT 3 AS n) s ON false WHEN NOT MATCHED THEN
    INSERT (office, position, line, account, cents) VALUES ('KASSE', s.n, 1, '2800', 100)"""
DEFERRED = """CREATE CONSTRAINT TRIGGER last AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION pg_temp.insert_it()"""
INSERTS = "CREATE FUNCTION pg_temp.insert_it() RETURNS {} LANGUAGE plpgsql AS $$ BEGIN {}; RETURN NULL; END $$"
NEEDED = {
    "in a savepoint that stays": ["SAVEPOINT a", ORPHAN, "RELEASE a"],
    "once more after a savepoint": ["SAVEPOINT a", ORPHAN, "ROLLBACK TO a", ORPHAN],
    "whose entry was undone": [*LINES, "SAVEPOINT a", ENTRY, "ROLLBACK TO a"],
    "whose entry was asked for and undone": [
        *LINES, "SAVEPOINT a", ENTRY, "SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK TO a",
    ],
    "after a question too early": ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED", ORPHAN],
    "of one of two offices": [TWO_OFFICES, ENTRY],
    "by MERGE": [MERGED],
    "beside temporary tables": [
        "CREATE TEMPORARY TABLE head AS SELECT * FROM public.head",
        "CREATE TEMPORARY TABLE entry AS SELECT office, position + 1 AS position FROM public.entry",
        "SET LOCAL search_path = pg_temp, public",
        ORPHAN,
    ],
    "as the cursor is kept": [INSERTS.format("integer", ORPHAN), "DECLARE c CURSOR WITH HOLD FOR SELECT pg_temp.insert_it()"],
    "as others are asked": [
        "CREATE TEMPORARY TABLE t (n integer)",
        INSERTS.format("trigger", ORPHAN),
        DEFERRED,
        "INSERT INTO t VALUES (1)",
    ],
    "where no head can be touched": ["CREATE RULE still AS ON UPDATE TO head DO INSTEAD NOTHING", ORPHAN],
}  # fmt: skip
UNNUMBERED = {"2 and 3": (2, 3), "1 and 3": (1, 3), "0 and 1": (0, 1), "-1 and 2": (-1, 2)}


@pytest.fixture
def connection(book):
    """A plain connection to a book with two entries."""
    import psycopg

    store = opened(book)
    with store.unit(["KASSE"]):
        post(store, [entry("2800 5,00", "3000 -5,00", text=text) for text in ("Eins", "Zwei")])
    store.close()
    with psycopg.connect(book, autocommit=True) as connection:
        yield connection


def together(connection, statements):
    with connection.transaction():
        for sql in statements:
            connection.execute(sql)


def codes(book):
    store = opened(book)
    try:
        return [finding.code for finding in verify(store).findings]
    finally:
        store.close()


@server_only
@pytest.mark.parametrize("statements", NEEDED.values(), ids=NEEDED.keys())
def test_no_way_through_a_transaction_leaves_a_posting_without_its_entry(book, connection, statements):
    with pytest.raises(Exception, match="a posting needs its entry"):
        together(connection, statements)
    assert codes(book) == []


@server_only
@pytest.mark.parametrize("numbers", UNNUMBERED.values(), ids=UNNUMBERED.keys())
def test_lines_of_an_entry_are_counted_from_1(connection, numbers):
    first, second = numbers
    with pytest.raises(Exception, match="must be complete"):
        together(connection, [LINE.format(3, first, 100), LINE.format(3, second, -100), ENTRY])


@contextmanager
def waiting(book, sql):
    """Run a statement on another connection that has to wait for this one until the block ends; yield what it says."""
    import psycopg

    said = []

    def run():
        with psycopg.connect(book, autocommit=True) as other:
            started.append(other.info.backend_pid)
            try:
                other.execute(sql)
            except psycopg.Error as error:
                said.append(str(error))

    started, thread = list[int](), Thread(target=run)
    thread.start()
    with psycopg.connect(book, autocommit=True) as watch:
        for _ in range(1000):
            if started and watch.execute("SELECT cardinality(pg_blocking_pids(%s))", started).fetchone()[0]:
                break
            time.sleep(0.01)
        else:
            raise AssertionError("it does not wait")
    yield said
    thread.join()


@server_only
def test_lines_that_waited_for_a_unit_are_not_added_to_its_entry(book, connection):
    late = (
        "INSERT INTO posting (office, position, line, account, cents) "
        "VALUES ('KASSE', 3, 5, '2800', 100), ('KASSE', 3, 6, '2800', -100)"
    )
    store = opened(book)
    unit = store.unit(["KASSE"])
    unit.__enter__()
    post(store, [entry("2800 1,00", "3000 -1,00")])
    with waiting(book, late) as said:
        unit.__exit__(None, None, None)
    store.close()
    assert len(said) == 1
    assert "the entry is sealed" in said[0]
    assert connection.execute("SELECT count(*) FROM posting").fetchone() == (6,)
    assert codes(book) == []


@server_only
def test_a_posting_that_waited_for_a_head_to_be_taken_away_and_put_back_needs_its_entry(book, connection):
    connection.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM head WHERE office = 'KASSE'")
    connection.execute("BEGIN")
    connection.execute("DELETE FROM head WHERE office = 'KASSE'")
    connection.execute("INSERT INTO head SELECT * FROM kept")
    with waiting(book, ORPHAN) as said:
        connection.execute("COMMIT")
    assert len(said) == 1
    assert "a posting needs its entry" in said[0]
    assert codes(book) == []


def touched(store):
    store.value("SELECT pg_stat_force_next_flush()")
    return int(store.value("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'head'"))


@server_only
def test_guards_run_once_for_the_lines_of_an_entry(book):
    store = opened(book)
    before = touched(store)
    with store.unit(["KASSE"]):
        post(store, [entry(*(f"2800 {n},00" for n in range(1, 26)), *(f"3000 -{n},00" for n in range(1, 26)))])
    assert touched(store) - before == 2  # for the postings, and as the end of the chain
    store.close()


BOUNDS = "SELECT array_length(histogram_bounds, 1) FROM pg_stats WHERE tablename = 'posting' AND attname = 'cents'"


@server_only
@pytest.mark.parametrize(("held", "fresh", "bounds"), [(300, 200, 101), (200, 300, 11)], ids=["half", "twice"])
def test_a_table_is_counted_roughly_only_where_a_unit_has_doubled_it(book, monkeypatch, held, fresh, bounds):
    monkeypatch.setattr(postgres_store, "GROWN_ROWS", (150,))
    store = opened(book)
    for count in (held, fresh):
        with store.unit(["KASSE"]):
            post(store, [entry(f"2800 {n},00", f"3000 -{n},00") for n in range(1, count // 2 + 1)])
        if count == held:
            store.execute("ANALYZE posting")
    assert store.value(BOUNDS) == bounds
    store.close()
