"""A set-off that was declared by mistake is taken back by another person; an audit notes both."""

import pytest

from enforcement.proofs import PROOFS
from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.suspense_undo import NotOfDeskError
from ledger.book.journal import parse_entry_number
from ledger.book.reversal import OwnCommandError
from ledger.book.reversal_store import reverse
from ledger.book.verify_store import verify
from ledger.payments.set_off import NotSetOffError, SetOffUndoReasonError
from ledger.payments.set_off_reader import candidates
from ledger.payments.set_off_store import set_off
from ledger.payments.set_off_undo_store import undo_set_off
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.books import act
from tests.ledger.order_lists import DAY, open_difference
from tests.ledger.test_order_changes import balances
from tests.ledger.test_set_off import CREDIT, town

__all__ = ["town"]
YEAR = Scope("2026-01-01", "2027-12-31")
OPEN = "SELECT office, id, open_cents FROM item ORDER BY office, id"


def proven(store):
    return [(one.code, one.fields) for one in verify(act(store, "emil"), proofs=PROOFS).findings]


def undone(store, entry, user="emil", reason="Forderung ist bestritten"):
    return undo_set_off(act(store, user), entry, reason=reason, day=DAY)


def test_both_sides_are_open_again_and_nothing_is_deleted(town):
    before, books, found = town.all(OPEN), balances(town), proven(town)
    entry = set_off(act(town, "clara"), [CREDIT], day=DAY).entries[0]
    clearings = town.value("SELECT count(*) FROM clearing")
    done = undone(town, entry)
    assert (done.new, len(done.entries), town.all(OPEN), balances(town)) == (True, 2, before, books)
    assert sorted(done.items) == [("BAU", 1, 4000), ("ORDNUNG", 2, 4000)]
    assert town.value("SELECT count(*) FROM clearing") == clearings + 2
    assert open_difference(town) == []
    assert [one.cents for one in candidates(town, DAY)] == [4000]
    assert proven(town) == found


def test_it_is_undone_from_either_entry_and_once_only(town):
    first, second = set_off(town, [CREDIT], day=DAY).entries
    assert undone(town, second).new
    again = undone(town, first)
    assert (again.new, again.items) == (False, ())
    assert set_off(act(town, "clara"), [CREDIT], day=DAY).entries


def test_another_person_undoes_it_with_a_reason(town):
    entry = set_off(town, [CREDIT], day=DAY).entries[0]
    for user, reason, error in (
        ("clara", "Irrtum", OwnWorkError),
        ("emil", " ", SetOffUndoReasonError),
        ("anna", "Irrtum", NotAllowedError),
    ):
        with pytest.raises(error):
            undone(town, entry, user, reason)
    with pytest.raises(NotSetOffError):
        undone(town, "BAU-2026-1")


def test_the_ways_that_do_not_undo_it_name_the_one_that_does(town):
    entry = set_off(town, [CREDIT], day=DAY).entries[0]
    with pytest.raises(OwnCommandError) as error:
        reverse(act(town, "clara"), parse_entry_number(entry), reason="Irrtum", day=DAY)
    assert "payment set-off-undo {number}" in error.value.hint
    assert "payment set-off-undo {entry}" in NotOfDeskError.hint


def test_an_audit_notes_who_set_off_alone_and_who_took_it_back(town):
    entry = set_off(town, [CREDIT], day=DAY).entries[0]
    undone(town, entry)
    found = {one.code: one for one in audit(town, YEAR).findings if one.code.startswith("audit.set_off")}
    said, back = found["audit.set_off"], found["audit.set_off_undone"]
    assert (said.severity, back.severity) == ("info", "info")
    wanted = ("user", "item", "amount_cents", "offices")
    assert [said.fields[name] for name in wanted] == ["clara", "ORDNUNG/2", 4000, 2]
    assert [back.fields[name] for name in ("user", "declared_by", "words")] == [
        "emil", "clara", "Forderung ist bestritten",
    ]  # fmt: skip
