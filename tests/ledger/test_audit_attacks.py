"""What an owner of the database does with plain SQL, and what finds it: verify alone, or a head kept outside."""

import json

import pytest

from ledger.book import guards_made_store
from ledger.book.chain import book_head, entry_bytes, event_hash
from ledger.book.closing_service import close_day
from ledger.book.printed_head import HeadFileError, head_text, read_head
from ledger.book.store import post
from ledger.book.verify_store import printed_head, verify
from ledger.events.store import record
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import release, review
from sepa.identifiers import make_iban
from tests.books import act, entry
from tests.ledger.fraud_cases import owner
from tests.ledger.payables import payables
from tests.ledger.test_verify_steps import MONDAY

pytestmark = pytest.mark.engines

MINE = make_iban("DE", "120300000000009999")


def codes(store, against=None):
    return {finding.code for finding in verify(store, against=against).findings} - {"verify.guard"}


@pytest.fixture
def books(store):
    """Two entries of two months, and the head printed after them: with both chains, and as typed from paper."""
    for day in ("2026-10-30", "2026-11-16"):
        with store.unit(["KASSE"]):
            post(store, [entry("6100 5,00", "5900 -5,00", day=day)])
            record(store, "KASSE", "journal.post", None, {"count": 1})
    store.kept = read_head(head_text(printed_head(store)))
    store.typed = verify(store).head
    assert (codes(store), codes(store, store.kept), codes(store, store.typed)) == (set(), set(), set())
    return store


def set_head(store, **values):
    given = ", ".join(f"{name} = :{name}" for name in values)
    owner(store, f"UPDATE head SET {given} WHERE office = 'KASSE'", **values)


def cut_last_entry(store):
    """Delete the last entry with all that tells of it, and end the chain before it."""
    first = store.value("SELECT hash FROM entry WHERE office = 'KASSE' AND position = 1")
    for table in ("posting", "entry"):
        owner(store, f"DELETE FROM {table} WHERE office = 'KASSE' AND position = 2", table)
    owner(store, "DELETE FROM month_balance WHERE month = '2026-11'", "month_balance")
    set_head(store, position=1, hash=first)


def rewrite_last_entry(store):
    """Change an account in the last entry and write hash, balances and chain anew."""
    fields = store.one(
        """SELECT office, position, year, number, kind, source, transaction_id, posting_day, bank_day, value_day,
           payment_day, recorded_at, recorded_by, reverses FROM entry WHERE office = 'KASSE' AND position = 2"""
    )
    owner(store, "UPDATE posting SET account = '6200' WHERE position = 2 AND account = '6100'", "posting")
    lines = store.all("SELECT account, cents, item, dimensions FROM posting WHERE position = 2 ORDER BY line")
    first = bytes(store.value("SELECT hash FROM entry WHERE office = 'KASSE' AND position = 1"))
    from hashlib import sha256

    canonical = entry_bytes(first, fields, None, lines)
    value = sha256(canonical).digest()
    owner(store, "UPDATE entry SET canonical = :c, hash = :h WHERE position = 2", "entry", c=canonical, h=value)
    owner(store, "UPDATE month_balance SET account = '6200' WHERE month = '2026-11' AND account = '6100'",
          "month_balance")  # fmt: skip
    set_head(store, hash=value)


def cut_events(store):
    """Delete the end of the event log, and end its chain before it."""
    last = store.kept.offices["KASSE"].event_position - 1
    value = store.value("SELECT hash FROM event WHERE office = 'KASSE' AND position = :last", last=last)
    owner(store, "DELETE FROM event WHERE office = 'KASSE' AND position > :last", "event", last=last)
    set_head(store, event_position=last, event_hash=value)


def rewrite_event(store):
    """Sign the last event before the printed head with another name, and write all hashes after it anew."""
    start = store.kept.offices["KASSE"].event_position
    owner(store, "UPDATE event SET by = 7 WHERE office = 'KASSE' AND position = :start", "event", start=start)
    value = bytes(store.value("SELECT hash FROM event WHERE office = 'KASSE' AND position = :p", p=start - 1))
    sql = """SELECT office, position, at, by, action, object, facts, details_hash FROM event
             WHERE office = 'KASSE' AND position >= :start ORDER BY position"""
    for *fields, details in store.all(sql, start=start):
        value = event_hash(value, fields, details)
        owner(store, "UPDATE event SET hash = :h WHERE office = 'KASSE' AND position = :p", h=value, p=fields[1])
    set_head(store, event_hash=value)


CHAINS = {
    cut_last_entry: ({"verify.since"}, {"verify.against"}),
    rewrite_last_entry: ({"verify.since"}, {"verify.against"}),
    cut_events: ({"verify.events_since"}, set()),  # a head typed from paper covers the entries only
    rewrite_event: ({"verify.events_since"}, set()),
}


@pytest.mark.parametrize("attack", CHAINS, ids=lambda attack: attack.__name__)
def test_an_owner_who_writes_a_chain_anew_is_caught_by_what_is_kept_outside(books, attack):
    with_file, typed = CHAINS[attack]
    attack(books)
    assert codes(books) == set(), "nothing in the book itself tells of it"
    assert codes(books, books.kept) == with_file
    assert codes(books, books.typed) == typed


def paid(store):
    payables(store, "KASSE 19,99 2026-11-12 Meyer | Auslagen\nKASSE 5,00 2026-11-12 Schulz | Auslagen")
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)


def closed(store):
    close_day(act(store, "clara"), "2026-01-01", today="2026-11-16")


ROWS = {
    "account of a released payment": (
        paid, "payment", f"UPDATE payment SET creditor_iban = '{MINE}' WHERE line = 1", "verify.run_list"),
    "name of a released payment": (
        paid, "payment", "UPDATE payment SET creditor_name = 'Ich' WHERE line = 1", "verify.run_list"),
    "list hash beside it": (
        paid, "payment", f"UPDATE payment SET creditor_iban = '{MINE}' WHERE line = 2", "verify.run_list"),
    "open amount": (paid, "item", "UPDATE item SET open_cents = 1 WHERE id = 1", "verify.open_amount"),
    "protocol of a closing": (
        closed, "closing", "UPDATE closing SET protocol = replace(protocol, '0', '1')", "verify.closing"),
    "head of a closing": (
        closed, "closing", "UPDATE closing SET book_head = office.genesis FROM office WHERE office.code = 'BAU'",
        "verify.closing"),
    "signature of a closing": (closed, "closing", "UPDATE closing SET closed_by = 1", "verify.closing"),
    "a closing that is gone": (closed, "closing", "DELETE FROM closing", "verify.closing"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_changed_row_is_found_by_verify_alone(store, name):
    prepare, table, sql, code = ROWS[name]
    prepare(store)
    assert codes(store) == set()
    owner(store, sql, table)
    assert code in codes(store)


def test_guards_of_another_version_are_not_called_damage(store, monkeypatch):
    from ledger.book import verify_store
    from ledger.store.changes import Changes

    def newer():
        return {**found, "closing": Changes(("protocol",))}

    found = verify_store.permitted_changes()
    monkeypatch.setattr(verify_store, "permitted_changes", newer)  # this program would make other guards
    (finding,) = verify(store).findings
    assert (finding.code, finding.severity) == ("verify.guard_version", "warning")
    assert finding.fields["version"] == guards_made_store.VERSION
    owner(store, "UPDATE setting SET value = 'x' WHERE key = 'name'", "closing")
    assert {one.code for one in verify(store).findings} == {"verify.guard", "verify.master"}


def test_the_version_of_the_guards_is_that_of_the_program():
    from kasse_cli import __version__

    assert __version__ == guards_made_store.VERSION


def test_whoever_upgrades_notes_the_guards_anew(store):
    with store.unit(["KASSE"]):
        guards_made_store.note_guards(store)
    facts = json.loads(store.value("SELECT facts FROM event WHERE action = 'book.guards'"))
    assert facts == {"guards": guards_made_store.fingerprint(store), "version": guards_made_store.VERSION}


def test_a_head_is_read_as_it_was_written(store):
    head = printed_head(store)
    assert read_head(head_text(head)) == head
    assert head.head == book_head((o, m.position, m.hash) for o, m in head.offices.items()).hex()


BROKEN = {
    "empty": lambda text: "",
    "another file": lambda text: "<xml/>",
    "a line less": lambda text: text.rsplit("\n", 2)[0] + "\n",
    "another position": lambda text: text.replace("entries 0", "entries 1", 1),
    "another head": lambda text: text.replace("head ", "head 0", 2),
    "a line more": lambda text: text + "office X entries 1\n",
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_head_that_was_changed_is_refused(store, change):
    with pytest.raises(HeadFileError):
        read_head(BROKEN[change](head_text(printed_head(store))))
