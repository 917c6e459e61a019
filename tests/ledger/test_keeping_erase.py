"""What must be kept is kept, what may go goes for good, and `verify` stays whole."""

from pathlib import Path

import pytest

import kasse_cli.schema
from kasse_cli.wiring import personal_data
from ledger.book.verify_store import verify
from ledger.items.order_changes import ErasedPersonError
from ledger.items.orders_reader import list_orders, show_order
from ledger.keeping.erase_store import decide_erasure, propose_erasure, purge
from ledger.keeping.erasing import (
    AlreadyErasedError,
    FutureErasureError,
    RestrictedPartyError,
    StillKeptError,
    StillNeededError,
    StillOpenError,
    UnknownErasureError,
)
from ledger.keeping.layout_store import layouts
from ledger.keeping.restriction_store import lift, restrict
from ledger.keeping.retention import retention
from ledger.keeping.retention_store import blanked_columns, kind_rows, person_rows, weighed
from ledger.people.parties_reader import find_party, list_parties
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.store.failures import RefusedByBookError
from tests.books import act
from tests.ledger.keeping_books import ERIKA, MAX, filled, later
from tests.ledger.order_lists import accepted, take
from tests.ledger.order_lists import row as listed
from tests.ledger.test_order_changes import change
from tests.ledger.test_order_changes import settle as paid

pytestmark = pytest.mark.engines

ALLOWED = dict(kasse_cli.schema.permitted_changes())
WHERE = personal_data()


def states(store, day):
    with weighed(store, WHERE, day):
        return {row.name: (row.state, row.until) for row in person_rows(store, day)}


def erased(store, **scope):
    """Let emil propose and frida confirm."""
    number = propose_erasure(act(store, "emil"), WHERE, ALLOWED, "Antrag", **scope).number
    return decide_erasure(act(store, "frida"), WHERE, ALLOWED, number, confirm=True)


def texts(store):
    """Every text and byte of every table, as one string."""
    found = []
    for table in layouts(store):
        for row in store.rows(f"SELECT * FROM {table.name}"):
            found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


@pytest.mark.parametrize(
    ("day", "name", "years", "last"),
    [
        ("2024-12-31", "voucher", 10, "2013-12-31"),
        ("2025-01-01", "voucher", 8, "2016-12-31"),
        ("2026-11-20", "voucher", 8, "2017-12-31"),
        ("2026-12-31", "book", 10, "2015-12-31"),
        ("2027-01-01", "book", 10, "2016-12-31"),
        ("2026-11-20", "letter", 6, "2019-12-31"),
    ],
    ids=str,
)
def test_periods_run_from_the_end_of_the_year(day, name, years, last):
    """§ 147 (3), (4) AO, § 257 (4), (5) HGB; BEG IV for vouchers from 2025 on."""
    rule = retention().classes[name]
    assert (rule.on(day).years, rule.last_day(day)) == (years, last)


def test_every_table_with_erasable_columns_has_a_kind():
    kinds = {kind.table: kind for kind in WHERE.all()}
    assert {table for table, changes in ALLOWED.items() if changes.erasable} <= set(kinds)
    for table, kind in kinds.items():
        assert blanked_columns(kind, ALLOWED[table]) or ALLOWED[table].rows_erasable, table


def test_a_person_is_used_then_restricted_then_erasable(store):
    filled(store)
    assert states(store, "2027-12-31")["Erika Musterfrau"][0] == "used"
    assert states(store, "2028-01-01")["Erika Musterfrau"] == ("restrict", "2036-12-31")
    assert states(store, "2036-12-31")["Erika Musterfrau"][0] == "restrict"
    assert states(store, "2037-01-01")["Erika Musterfrau"][0] == "erase"
    assert states(store, "2037-01-01")["Max Schuldner"][0] == "used", "he still owes"


def test_what_may_go_is_counted_by_kind(store):
    filled(store)
    rows = {row.kind: row for row in kind_rows(store, WHERE, ALLOWED, "2035-01-01")}
    bank, words = rows["bank_entry"], rows["entry_text"]
    assert (bank.count, bank.erasable, bank.needed, bank.years) == (2, 1, 1, 8)
    assert (words.erasable, words.years) == (0, 10)


def test_an_erased_person_is_nowhere_and_the_books_are_whole(store):
    erika, _ = filled(store)
    before = verify(store)
    assert (before.findings, before.erased_texts) == ((), 0)
    done = erased(later(store, "2037-01-01"), party=erika)
    assert (done.state, done.persons) == ("done", 1)
    assert done.texts > 0
    after = verify(store)
    assert (after.findings, after.head) == ((), before.head)
    assert after.erased_texts == done.texts + done.details
    everything = texts(store)
    assert [word for word in ERIKA if word in everything] == []
    assert [word for word in MAX if word not in everything] == []
    assert states(store, "2037-01-01")["(gelöscht)"][0] == "erased"


def test_an_order_of_an_erased_person_is_not_changed(store):
    accepted(store, listed("ORDNUNG receivable 125,50 Erika Musterfrau"))
    paid(store, 12550)
    party = store.value("SELECT party FROM cash_order")
    erased(later(store, "2037-01-01"), party=party)
    for wishes in ({"to_cents": 0, "as_credit": True}, {"to_cents": 20000}):
        with pytest.raises(ErasedPersonError) as refused:
            change(store, day="2037-01-01", **wishes)
    assert refused.value.fields == {"order": "ORDNUNG-1", "party": party}


def test_what_is_erased_is_gone_from_the_files(sqlite_template, tmp_path):
    from tests import books

    with books.sqlite_copy(sqlite_template, tmp_path) as location:
        store = books.opened(location)
        erika, _ = filled(store)

        def found():
            files = [path for path in Path(location).parent.iterdir() if path.name.startswith("kasse.db")]
            content = b"".join(path.read_bytes() for path in files)
            return [word for word in ERIKA if word.encode() in content]

        assert found() == list(ERIKA)
        erased(later(store, "2037-01-01"), party=erika)
        assert purge(store, WHERE)
        assert found() == []
        assert verify(store).findings == ()
        store.close()


def test_the_files_of_a_server_are_written_anew(store):
    erika, _ = filled(store)
    erased(later(store, "2037-01-01"), party=erika)
    assert purge(store, WHERE)
    assert verify(store).findings == ()


def test_bytes_that_others_still_read_are_told(sqlite_template, tmp_path):
    from tests import books

    with books.sqlite_copy(sqlite_template, tmp_path) as location:
        store, other = books.opened(location, wait_seconds=0.1), books.opened(location)
        erika, _ = filled(store)
        with other.snapshot():
            other.value("SELECT count(*) FROM party")
            erased(later(store, "2037-01-01"), party=erika)
            assert not purge(store, WHERE)
        assert purge(store, WHERE)
        store.close()
        other.close()


def test_everything_before_a_day_goes_by_its_own_period(store):
    erika, _ = filled(store)
    later(store, "2040-05-01")
    assert erased(store, before="2035-06-01").persons == 0, "the journal is kept until the end of 2036"
    row = "SELECT count(*) FROM bank_entry WHERE name IS NOT NULL"
    assert store.value(row) == 1, "a voucher of 2026 is kept until the end of 2034; the unclear one is needed"
    assert find_party(store, "Erika Musterfrau") == erika
    assert erased(store, before="2037-01-01").persons == 1
    assert [word for word in ERIKA if word in texts(store)] == []
    again = propose_erasure(act(store, "emil"), WHERE, ALLOWED, "noch einmal", before="2037-01-01")
    assert (again.state, again.new) == ("nothing", False)
    assert verify(store).findings == ()


@pytest.mark.parametrize(
    ("who", "day", "error"),
    [
        ("Max Schuldner", "2037-01-01", StillNeededError),
        ("Erika Musterfrau", "2036-12-31", StillKeptError),
        ("Erika Musterfrau", "2027-01-01", StillKeptError),
    ],
)
def test_what_is_needed_or_kept_is_refused(store, who, day, error):
    filled(store)
    with pytest.raises(error) as refused:
        propose_erasure(act(later(store, day), "emil"), WHERE, ALLOWED, "Antrag", party=find_party(store, who))
    if error is StillKeptError:
        assert refused.value.fields["day"].isoformat() == "2037-01-01"
        assert "AO" in str(refused.value.fields["norm"])


def test_what_is_open_is_named_with_its_amount_and_rows_are_not_counted(store):
    filled(store)
    party = find_party(store, "Max Schuldner")
    owed = store.all("SELECT office, id, open_cents FROM item WHERE party = :p AND open_cents > 0", p=party)
    for refused in (
        lambda: propose_erasure(act(later(store, "2037-01-01"), "emil"), WHERE, ALLOWED, "Antrag", party=party),
        lambda: restrict(act(store, "emil"), party, "Widerspruch"),
    ):
        with pytest.raises((StillNeededError, StillOpenError)) as error:
            refused()
        found = [tuple(one.fields[name] for name in ("office", "item", "open_cents")) for one in error.value.findings]
        assert found == owed
        assert owed
        assert not any(isinstance(value, int) for name, value in error.value.fields.items() if name != "party")


def test_who_owes_jointly_or_has_an_order_under_way_is_not_restricted(store):
    one = listed("ORDNUNG receivable 125,50 Petra Paar", joint_group="Ehe")
    accepted(store, one, one._replace(name="Paul Paar"))
    take(store, listed("BAU payable 12,00 Bote Blitz"), name="zwei.xlsx")
    for name, code in (("Petra Paar", "erase.open_item"), ("Paul Paar", "erase.open_item"),
                       ("Bote Blitz", "erase.order_waits")):  # fmt: skip
        with pytest.raises(StillOpenError) as error:
            restrict(act(store, "emil"), find_party(store, name), "Widerspruch")
        assert [one.code for one in error.value.findings] == [code]


def test_two_people_with_the_right_decide(store):
    erika, _ = filled(store)
    later(store, "2037-01-01")
    with pytest.raises(NotAllowedError):
        propose_erasure(act(store, "clara"), WHERE, ALLOWED, "Antrag", party=erika)
    first = propose_erasure(act(store, "emil"), WHERE, ALLOWED, "Antrag", party=erika)
    again = propose_erasure(store, WHERE, ALLOWED, "Antrag", party=erika)
    assert (again.number, again.new) == (first.number, False)
    with pytest.raises(OwnWorkError):
        decide_erasure(store, WHERE, ALLOWED, first.number, confirm=True)
    assert decide_erasure(act(store, "frida"), WHERE, ALLOWED, first.number, confirm=False).state == "refused"
    with pytest.raises(UnknownErasureError):
        decide_erasure(store, WHERE, ALLOWED, first.number, confirm=True)
    assert "Erika" in texts(store)
    erased(store, party=erika)
    with pytest.raises(AlreadyErasedError):
        propose_erasure(act(store, "emil"), WHERE, ALLOWED, "Antrag", party=erika)
    with pytest.raises(FutureErasureError):
        propose_erasure(store, WHERE, ALLOWED, "zu früh", before="2037-01-02")


ATTACKS = {
    "delete a text": "DELETE FROM entry_text",
    "delete details": "DELETE FROM event_details",
    "blank a name": "UPDATE bank_entry SET name = NULL",
    "change a name": "UPDATE bank_entry SET name = 'Niemand'",
    "delete an account": "DELETE FROM party_account",
    "approve alone": "UPDATE erasure SET state = 'approved', decided_by = proposed_by",
    "approve without a person": "UPDATE erasure SET state = 'approved'",
    "skip the approval": "UPDATE erasure SET state = 'done', decided_by = 99",
    "begin approved": (
        "INSERT INTO erasure (id, state, before, reason, proposed_by, proposed_at, decided_by) "
        "VALUES (99, 'approved', '2020-01-01', '', 1, '', 2)"
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_erased_with_plain_sql(store, attack):
    filled(store)
    propose_erasure(act(later(store, "2040-01-01"), "emil"), WHERE, ALLOWED, "Antrag", before="2037-01-01")
    before = texts(store)
    with pytest.raises(Exception, match=r"final|keeps|step|begin|constraint") as refused:
        store.execute(ATTACKS[attack])
    assert isinstance(refused.value, RefusedByBookError) or "constraint" in str(refused.value)
    assert texts(store) == before


def test_an_approved_erasure_lets_words_go_but_not_change(store):
    filled(store)
    number = propose_erasure(act(later(store, "2040-01-01"), "emil"), WHERE, ALLOWED, "x", before="2037-01-01").number
    sql = "UPDATE erasure SET state = 'approved', decided_by = 99, decided_at = '' WHERE id = :id"

    def attack():
        with store.unit():
            store.execute(sql, id=number)
            store.execute("UPDATE bank_entry SET name = NULL")
            store.execute("UPDATE bank_entry SET remittance = 'Niemand'")

    with pytest.raises(RefusedByBookError, match="final"):
        attack()
    assert "Erika" in texts(store)


def test_orders_of_restricted_persons_are_listed_without_their_names(store):
    erika, _ = filled(store)
    with store.unit(["BAU"]):
        store.insert_one("order_batch", id=99, source="x", count=1, total_cents=1, list_hash=b"", created_by=1,
                         created_at=store.now)  # fmt: skip
        store.insert_one("cash_order", office="BAU", id=1, batch=99, kind="receivable", state="created", party=erika,
                         total_cents=1, due="2026-12-01", purpose="Gebühr", foreign_reference=0)  # fmt: skip
        store.execute("UPDATE cash_order SET state = 'objected', waiting = 0")
    restrict(act(store, "emil"), erika, "Art. 18 DSGVO")
    assert [order.name for order in list_orders(store)] == ["Erika Musterfrau"]
    assert show_order(store, "BAU", 1).order.name == "Erika Musterfrau"
    act(store, "clara")
    assert [order.name for order in list_orders(store)] == ["(eingeschränkt)"]
    with pytest.raises(RestrictedPartyError):
        show_order(store, "BAU", 1)


def test_restricted_data_are_hidden_but_for_those_who_must_see_them(store):
    erika, _ = filled(store)
    assert restrict(act(store, "emil"), erika, "Art. 18 DSGVO")
    assert not restrict(store, erika, "noch einmal")
    assert find_party(store, "Erika Musterfrau") == erika
    looked = "SELECT count(*) FROM event WHERE action = 'party.look_restricted'"
    assert store.value(looked) == 1, "every look is an event"
    assert "Erika Musterfrau" in {row.name for row in list_parties(store)}
    act(store, "clara")
    assert "Erika Musterfrau" not in {row.name for row in list_parties(store)}
    with pytest.raises(RestrictedPartyError):
        find_party(store, str(erika))
    with pytest.raises(NotAllowedError):
        lift(store, erika, "ich will es sehen")
    lift(act(store, "emil"), erika, "neue Forderung")
    assert find_party(act(store, "clara"), str(erika)) == erika
    assert verify(store).findings == ()
