"""What was erased does not come back with an older backup: a list without personal data takes it out again."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.verify_store import verify
from ledger.keeping.erase_store import decide_erasure, propose_erasure
from ledger.keeping.erasure_list import (
    ErasuresDifferError,
    NotAnErasureListError,
    OtherBookError,
    keys_of,
    list_text,
    packed_rows,
    parse_list,
    spans,
    unpacked_rows,
)
from ledger.keeping.erasure_list_store import erase_again, erasure_list
from ledger.keeping.retention_store import person_rows, weighed
from tests.books import act
from tests.ledger.keeping_books import ERIKA, MAX, filled, later
from tests.ledger.test_keeping_backup import empty, restored, saved
from tests.ledger.test_keeping_erase import ALLOWED, WHERE, erased, texts

NAMES = (*ERIKA, *MAX)


@pytest.fixture
def place(book, request, tmp_path):
    """The location of an empty database of the same engine."""
    yield from empty(request, "postgresql" if book.startswith("postgresql") else "sqlite", tmp_path)


def again(copy, known):
    return erase_again(act(later(copy, "2041-02-01"), "emil"), WHERE, ALLOWED, known, "l.list")


def test_a_person_erased_after_the_backup_is_erased_again(store, place, tmp_path):
    erika, _ = filled(store)
    manifest = saved(store, tmp_path / "b")
    done = erased(later(store, "2037-01-01"), party=erika)
    known = erasure_list(store)
    gone = {name for name in NAMES if name not in texts(store)}
    copy, *_ = restored(tmp_path / "b", place)
    assert not {name for name in NAMES if name not in texts(copy)}
    found = again(copy, known)
    assert (found.decisions, found.persons, found.fields) == (1, 1, done.fields - 1), (
        "all but the reason of the decision"
    )
    assert found.texts + found.details == done.texts + done.details
    assert {name for name in NAMES if name not in texts(copy)} == gone
    proof = verify(copy)
    assert (proof.findings, proof.head) == ((), manifest.head)
    with weighed(copy, WHERE, "2041-02-01"):
        assert {row.state for row in person_rows(copy, "2041-02-01") if row.party == erika} == {"erased"}
    assert again(copy, known).decisions == 0, "the second time there is nothing new"
    assert copy.value("SELECT last FROM counter WHERE name = 'erasure'") == known.decisions[-1].number
    copy.close()


def test_what_went_by_its_period_goes_again_and_what_waited_is_decided(store, place, tmp_path):
    filled(store)
    number = propose_erasure(act(later(store, "2040-01-01"), "emil"), WHERE, ALLOWED, "x", before="2040-01-01").number
    saved(store, tmp_path / "b")
    done = decide_erasure(act(store, "frida"), WHERE, ALLOWED, number, confirm=True)
    assert done.fields > 0
    known = erasure_list(store)
    copy, *_ = restored(tmp_path / "b", place)
    found = again(copy, known)
    assert (found.decisions, found.fields, found.findings) == (1, done.fields, ())
    assert copy.value("SELECT state FROM erasure") == "done"
    assert verify(copy).findings == ()
    copy.close()


def test_persons_with_something_open_in_the_older_book_are_named(store, place, tmp_path):
    _, other = filled(store)
    saved(store, tmp_path / "b")
    erika = erased(later(store, "2037-01-01"), party=1)
    known = erasure_list(store)
    (one,) = known.decisions
    copy, *_ = restored(tmp_path / "b", place)
    found = again(copy, replace(known, decisions=(replace(one, persons=(*one.persons, other)),)))
    assert [(f.code, f.fields["count"]) for f in found.findings] == [("erasures.open", 1)]
    assert erika.state == "done"
    copy.close()


def test_a_list_of_another_book_or_another_life_is_refused(store):
    erika, _ = filled(store)
    erased(later(store, "2037-01-01"), party=erika)
    known = erasure_list(store)
    assert again(store, known).decisions == 0
    with pytest.raises(OtherBookError):
        again(store, replace(known, book_id="ff"))
    other = replace(known.decisions[0], decided_by=99)
    with pytest.raises(ErasuresDifferError):
        again(store, replace(known, decisions=(other,)))


def test_the_list_holds_no_personal_data_and_is_read_as_it_was_written(store):
    erika, _ = filled(store)
    erased(later(store, "2037-01-01"), party=erika)
    known = erasure_list(store)
    text = list_text(known)
    assert [name for name in NAMES if name in text] == []
    assert parse_list(text, "l") == known
    assert "party_account" not in known.decisions[0].rows


CHANGES = {
    "another year": lambda text: text.replace("2037", "2038", 1),
    "cut short": lambda text: text[:-20],
    "a line more": lambda text: "{}\n" + text,
    "empty": lambda _: "",
    "no list": lambda _: "[]\nx",
    "of a later version": lambda _: json.dumps({"kasse_erasures": 2}) + "\nx",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_or_broken_list_is_refused(store, change):
    later(store, "2037-01-01")
    with pytest.raises(NotAnErasureListError):
        parse_list(change(list_text(erasure_list(store))), "l")


KEYS = st.sets(st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 12)) | st.tuples(st.integers(0, 3)))


@given(KEYS)
def test_spans_stand_for_their_keys(keys):
    rows = sorted(keys, key=lambda key: (len(key), key))
    assert list(keys_of(unpacked_rows(packed_rows({"item": spans(rows)}))["item"])) == rows


def test_days_are_keys_too():
    rows = [("B1", dt.date(2026, 11, day).isoformat()) for day in (1, 2)]
    assert list(keys_of(spans(rows))) == rows
