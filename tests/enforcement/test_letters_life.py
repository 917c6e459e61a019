"""The life of a letter: printed for a day, posted with notice and term by law, served, returned, cancelled."""

import contextlib
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.letters import (
    ChangedFileError,
    InternalLetterError,
    LetterStateError,
    NoProofError,
    NoReturnReasonError,
    NotPrintedError,
    PlannedDayError,
    PostingDayError,
    RunLetterError,
    UnknownLetterError,
    UnknownTaskError,
    UnreleasedRunLetterError,
)
from enforcement.letters_head_store import set_letterhead
from enforcement.letters_make_store import LetterLine, NewLetter, cancel_letter, make_letter, release_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import note_files, print_letters
from enforcement.letters_prints import SentLetterError
from enforcement.letters_reader import find_letter, letters, tasks
from enforcement.letters_relief_store import NoReliefLetterError, UnknownReliefLetterError, letter_of_relief
from enforcement.letters_return_store import finish_task, serve, take_return
from enforcement.proofs import PROOFS
from ledger.bank.bank_accounts_store import close_bank_account
from ledger.book.verify_store import verify
from ledger.items.locks_store import active_locks
from ledger.people.parties_change_store import change_party
from ledger.people.party_values import PartyChange
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.identifiers import format_iban
from tests.bankbooks import OFFICES, item, party, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act, told
from tests.enforcement.test_dunning import statement
from tests.examples import few

DAY = dt.date(2026, 11, 24)
LATER = dt.date(2026, 12, 10)
ADDRESS = (
    "UPDATE party SET street = 'Am Markt', house_number = '1', postcode = '20095', town = 'Hamburg' WHERE id = :id"
)


def debtor(store, name, **more):
    with store.unit(OFFICES):
        number = party(store, name)
        store.execute(ADDRESS, id=number)
        for column, value in more.items():
            store.execute(f"UPDATE party SET {column} = :value WHERE id = :id", value=value, id=number)
        told(store, number)
    return number


def proposed_run(store):
    """Erika owes a Hamburg fee (a demand interrupts), Max a fine (it does not); clara proposed."""
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    store.today = DAY.isoformat()
    act(store, "clara")
    erika, max_ = debtor(store, "Erika Musterfrau"), debtor(store, "Max Mustermann")
    item(store, "1.000,00", reference(store, 1), person=erika, profile="fee", due="2026-06-01", claim_kind="fee",
         purpose="Genehmigung")  # fmt: skip
    item(store, "80", reference(store, 2), person=max_, profile="fine", office="BAU", purpose="Falschparken")
    return propose(store, DAY)


def released_run(store):
    """Return the run after emil released it."""
    made = proposed_run(store)
    release(act(store, "emil"), made.run)
    store.today = LATER.isoformat()
    return made.run


@pytest.fixture
def run(store):
    return released_run(store)


def printed(store, *numbers, day=DAY, **how):
    done = print_letters(store, numbers, planned_on=day, **how)
    note_files(store, done.letters, {one.letter: f"{one.letter:064d}" for one in done.letters})
    return done


def events(store):
    sql = "SELECT office, item, kind, day, source, withdrawn_at IS NULL FROM claim_event ORDER BY office, item, id"
    return [(*row[:5], bool(row[5])) for row in store.rows(sql)]


def sound(store):
    return [finding.code for finding in verify(store, proofs=PROOFS).findings]


def test_a_posted_letter_counts_as_given_by_law_and_interrupts_where_the_law_says(store, run):
    printed(store, 1, 2)
    done = post_letters(store, [1, 2], day=DAY)
    # posted on Tuesday 24 November, fourth day Saturday 28, moved to Monday 30 (§ 41 (2) VwVfG); one week more
    assert [(one.deemed_on, one.term_end, one.demands) for one in done.letters] == [
        ("2026-11-30", "2026-12-07", 1),
        ("2026-11-30", "2026-12-07", 0),
    ]
    assert events(store) == [("ORDNUNG", 1, "demand", "2026-11-24", "letter:1", True)]
    assert find_letter(store, 1).state == "posted"
    assert post_letters(store, [1, 2], day=DAY).already == 2, "again is nothing new"
    assert len(events(store)) == 1
    assert sound(store) == []


def test_a_letter_is_composed_once_and_kept(store, run):
    first = printed(store, 1).letters[0]
    content = first.data()
    assert content["address"] == ["Erika Musterfrau", "Am Markt 1", "20095 Hamburg"]
    assert content["term_end"] == "2026-12-07"
    with store.unit(OFFICES):
        store.execute("UPDATE party SET street = 'Neuer Weg' WHERE name = 'Erika Musterfrau'")
    again = print_letters(store, [1], planned_on=LATER).letters[0]
    assert (again.content, again.planned_on, again.fresh) == (first.content, "2026-11-24", False)
    anew = printed(store, 1, day=LATER, anew=True).letters[0]
    assert (anew.number, anew.data()["address"][1], anew.planned_on) == (2, "Neuer Weg 1", "2026-12-10")
    post_letters(store, [1], day=LATER)
    assert find_letter(store, 1).content_sha256 == anew.content_sha256
    with pytest.raises(SentLetterError):
        print_letters(store, [1], planned_on=LATER, anew=True)
    copy = print_letters(store, [1], planned_on=LATER).letters[0]
    assert (copy.content, copy.sent, anew.sent) == (anew.content, True, False)


def heads_missing(prints):
    return [one.fields["parts"] for one in prints.findings if one.code == "letter.head_missing"]


def test_a_letterhead_without_a_sender_is_said_once_for_all_letters(store, run):
    assert heads_missing(print_letters(store, [1, 2], planned_on=DAY)) == ["kopf, absender, telefon, email"]
    assert heads_missing(print_letters(store, [1, 2], planned_on=DAY)) == [], "nothing was composed"
    set_letterhead(act(store, "emil"), {"kopf": "Stadt", "absender": "Stadtkasse", "email": "kasse@stadt.example"})
    assert heads_missing(print_letters(store, [1, 2], planned_on=DAY, anew=True)) == []
    set_letterhead(store, {"absender": ""})
    assert heads_missing(print_letters(store, [1], planned_on=DAY, anew=True)) == ["absender"]


def test_the_same_print_anew_is_the_same_print(store, run):
    printed(store, 1)
    assert not printed(store, 1, anew=True).letters[0].fresh
    assert store.value("SELECT count(*) FROM letter_print") == 1


def test_no_letter_was_posted_before_it_was_printed(store, run):
    store.now = "2026-11-24T09:00:00Z"
    printed(store, 1, day=dt.date(2026, 11, 25))
    with pytest.raises(PostingDayError) as error:
        post_letters(store, [1], day=dt.date(2026, 11, 23))
    assert error.value.fields["first"] == DAY
    assert len(post_letters(store, [1], day=DAY).letters) == 1, "earlier than planned"


def test_a_letter_that_was_printed_for_a_day_before_was_posted_from_that_day_on(store, run):
    store.now, store.today = "2026-11-26T09:00:00Z", DAY.isoformat()
    printed(store, 1)
    store.today = "2026-11-26"
    with pytest.raises(PostingDayError) as error:
        post_letters(store, [1], day=DAY - dt.timedelta(days=1))
    assert error.value.fields["first"] == DAY
    (done,) = post_letters(store, [1], day=DAY).letters
    assert done.posted_on == DAY.isoformat()


def test_a_letter_that_nobody_released_says_whose_step_is_missing(store):
    made = proposed_run(store)
    for step in (lambda: printed(store, 1), lambda: post_letters(store, [1], day=DAY)):
        with pytest.raises(UnreleasedRunLetterError) as error:
            step()
        assert error.value.fields == {"letter": 1, "run": made.run}


def test_a_letter_posted_too_late_for_its_printed_term_is_refused(store, run):
    with pytest.raises(NotPrintedError):
        post_letters(store, [1], day=DAY)
    printed(store, 1)
    with pytest.raises(PlannedDayError):
        post_letters(store, [1], day=dt.date(2026, 11, 25))
    for day in (dt.date(2026, 11, 15), dt.date(2026, 12, 11)):
        with pytest.raises(PostingDayError):
            post_letters(store, [1], day=day)
    with pytest.raises(ChangedFileError):
        post_letters(store, [1], day=DAY, files={1: ("brief-000001.pdf", "ff" * 32)})
    assert find_letter(store, 1).state == "released"


def test_a_longer_printed_term_holds(store, run):
    printed(store, 1, day=dt.date(2026, 11, 27))
    (done,) = post_letters(store, [1], day=DAY).letters
    assert (done.deemed_on, done.term_end) == ("2026-11-30", "2026-12-08")


@pytest.mark.parametrize(
    ("received", "deemed", "term"),
    [
        ("2026-11-26", "2026-11-30", "2026-12-07"),
        ("2026-12-03", "2026-12-03", "2026-12-10"),
    ],
    ids=["earlier receipt does not help (§ 122 (2) AO)", "later receipt counts"],
)
def test_a_proof_of_receipt_moves_notice_only_to_later(store, run, received, deemed, term):
    printed(store, 1)
    post_letters(store, [1], day=DAY)
    done = serve(store, 1, day=dt.date.fromisoformat(received), proof="Antwort des Schuldners")
    assert (done.deemed_on, done.term_end) == (deemed, term)
    assert find_letter(store, 1).state == "served"


def test_a_returned_letter_stops_the_clock_locks_and_opens_a_task(store, run):
    printed(store, 1)
    post_letters(store, [1], day=DAY)
    with pytest.raises(NoReturnReasonError):
        take_return(store, 1, day=LATER, reason=" ")
    done = take_return(store, 1, day=dt.date(2026, 12, 2), reason="unbekannt verzogen")
    assert (done.withdrawn, done.task, [one.code for one in done.findings]) == (1, 1, ["letter.fees_stay"])
    assert [row[-1] for row in events(store)] == [False]
    party_of = find_letter(store, 1).party_number
    assert active_locks(store, "dunning", "2026-12-02").parties == frozenset({party_of})
    assert store.value("SELECT dunning_level FROM item WHERE office = 'ORDNUNG' AND id = 1") == 0
    (task,) = tasks(store)
    assert (task.letter, task.party, task.address) == (1, "Erika Musterfrau", "Am Markt 1, 20095 Hamburg")
    ended = finish_task(store, task.task, note="Meldeamt: Neuer Weg 7", inquiry=dt.date(2026, 12, 3))
    assert (ended.lifted, ended.inquiries) == (True, 1)
    assert [(one.code, one.fields) for one in ended.findings] == [("letter.address_stays", {"party": party_of})]
    assert events(store)[-1][2:4] == ("inquiry", "2026-12-03")
    assert active_locks(store, "dunning", LATER.isoformat()).parties == frozenset()
    assert tasks(store) == []
    assert len(tasks(store, done=True)) == 1
    with pytest.raises(UnknownTaskError):
        finish_task(store, task.task, note="noch einmal")
    assert sound(store) == []


def test_who_wrote_the_new_address_first_is_told_nothing(store, run):
    printed(act(store, "clara"), 1)
    post_letters(store, [1], day=DAY)
    done = take_return(store, 1, day=LATER, reason="verzogen")
    new = PartyChange({"street": "Neuer Weg", "house_number": "7"})
    change_party(store, find_letter(store, 1).party_number, new, LATER.isoformat())
    assert finish_task(store, done.task, note="Meldeamt").findings == ()


def test_a_lock_that_a_person_set_stays(store, run):
    from ledger.items.locks import Span
    from ledger.items.locks_store import lock_party

    party_of = find_letter(store, 1).party_number
    printed(act(store, "clara"), 1)
    lock_party(store, party_of, "dunning", "Widerspruch", Span("2026-11-24"))
    post_letters(store, [1], day=DAY)
    done = take_return(store, 1, day=LATER, reason="verzogen")
    assert not finish_task(store, done.task, note="gefunden").lifted
    assert active_locks(store, "dunning", LATER.isoformat()).parties == frozenset({party_of})


def test_a_cancelled_letter_takes_its_fees_back(store, run):
    done = cancel_letter(store, 1, reason="heute gezahlt")
    assert (done.state, done.entries) == ("cancelled", 1)
    assert store.all("SELECT open_cents FROM item WHERE office = 'ORDNUNG' AND main_item IS NOT NULL") == [(0,), (0,)]
    assert store.value("SELECT dunning_level FROM item WHERE office = 'ORDNUNG' AND id = 1") == 0
    assert [one.state for one in _all(store)] == ["cancelled", "released"]
    assert sound(store) == []


def _all(store):
    with store.snapshot():
        return list(letters(store))


def decision(store, kind="stundung", **more):
    """A letter made by clara about a relief of Erika."""
    with act(store, "clara").unit(OFFICES):
        person = store.value("SELECT id FROM party WHERE name = 'Erika Musterfrau'")
        store.insert_one(
            "relief", id=1, kind=kind if kind in {"stundung", "ratenplan"} else "niederschlagung_unbefristet",
            state="proposed", party=person, first_day="2026-11-24", last_day="2027-03-31", sum_cents=100000,
            reason="Arbeitslos seit Mai", proposed_by=store.user, proposed_at=store.now,
        )  # fmt: skip
        if kind == "ratenplan":
            for line, (due, cents) in enumerate((("2027-01-04", 60000), ("2027-02-01", 40000)), 1):
                store.insert_one(
                    "relief_instalment", relief=1, line=line, due=due, cents=cents, interest_cents=250 * line
                )
        line = LetterLine("ORDNUNG", 1, 100000)
        return make_letter(store, NewLetter(kind, person, (line,), "2026-11-24", profile="fee", relief=1, **more))


def test_a_decision_is_released_by_another_person_and_tells_its_remedy(store, run):
    number = decision(store)
    with pytest.raises(NotAllowedError):
        release_letter(act(store, "anna"), number)
    store.insert_one("user_role", user_id=act(store, "clara").user, office="*", role="enforcement")
    with pytest.raises(OwnWorkError):
        release_letter(store, number)
    with pytest.raises(LetterStateError):
        print_letters(store, [number], planned_on=DAY)
    done = release_letter(act(store, "emil"), number)
    assert done.reference
    text = json.dumps(printed(store, number).letters[0].data(), ensure_ascii=False)
    assert "Rechtsbehelfsbelehrung" in text
    assert "innerhalb eines Monats nach Bekanntgabe Widerspruch" in text
    assert "31.03.2027" in text
    (posted,) = post_letters(store, [number], day=DAY).letters
    assert (posted.deemed_on, posted.term_end, posted.demands) == ("2026-11-30", "2026-12-30", 0)
    with pytest.raises(RunLetterError):
        release_letter(store, 2)


@pytest.mark.parametrize(
    ("kind", "steps", "made"),
    [
        ("stundung", ("granted",), "stundung"),
        ("stundung", ("granted", "failed"), "widerruf"),
        ("stundung", ("refused",), "ablehnung"),
        ("ratenplan", ("granted",), "ratenplan"),
        ("niederschlagung", ("granted",), "niederschlagung"),
    ],
)
def test_a_relief_tells_itself_once(store, run, kind, steps, made):
    by_hand = decision(store, kind)
    cancel_letter(act(store, "emil"), by_hand, reason="von Hand")
    with act(store, "clara").unit(OFFICES):
        store.insert_one(
            "relief_item", relief=1, line=1, office="ORDNUNG", item=1, part="claim", cents=90000,
            due_before="2026-06-01", level_before=1,
        )  # fmt: skip
        for step in steps:
            store.execute("UPDATE relief SET state = :state WHERE id = 1", state=step)
    done = letter_of_relief(store, 1, day="2026-11-24")
    assert (done.kind, done.fresh) == (made, True)
    assert letter_of_relief(store, 1, day="2026-11-24").fresh is False
    release_letter(act(store, "emil"), done.letter)
    content = printed(store, done.letter).letters[0].data()
    assert content["sum_cents"] == (100000 if made == "widerruf" else 90000), "a withdrawal demands what is open now"


def test_a_relief_that_nobody_decided_has_no_letter(store, run):
    decision(store)
    with pytest.raises(NoReliefLetterError):
        letter_of_relief(store, 1, day="2026-11-24")
    with pytest.raises(UnknownReliefLetterError):
        letter_of_relief(store, 9, day="2026-11-24")


def test_formal_service_waits_for_its_proof(store, run):
    number = decision(store, way="service")
    release_letter(act(store, "emil"), number)
    content = printed(store, number).letters[0].data()
    assert (content["remarks"], content["term_end"]) == (["Gegen Zustellungsnachweis"], None)
    (posted,) = post_letters(store, [number], day=DAY).letters
    assert (posted.deemed_on, posted.term_end) == (None, None)
    with pytest.raises(NoProofError):
        serve(store, number, day=LATER, proof="")
    done = serve(store, number, day=dt.date(2026, 11, 27), proof="Postzustellungsurkunde")
    assert (done.deemed_on, done.term_end) == ("2026-11-27", "2026-12-28")


def test_a_note_for_the_file_is_printed_and_never_posted(store, run):
    number = decision(store, "niederschlagung")
    release_letter(act(store, "emil"), number)
    assert not printed(store, number).letters[0].data()["window"]
    with pytest.raises(InternalLetterError):
        post_letters(store, [number], day=DAY)


def test_a_letter_abroad_has_no_fiction_where_the_law_has_none(store, run):
    with store.unit(OFFICES):
        store.execute("UPDATE party SET country = 'AT' WHERE name = 'Erika Musterfrau'")
    content = printed(store, 1).letters[0].data()
    assert content["address"][-1] == "ÖSTERREICH"
    assert content["term_end"] is None
    assert "innerhalb einer Woche nach Erhalt dieses Schreibens" in json.dumps(content, ensure_ascii=False)
    (posted,) = post_letters(store, [1], day=DAY).letters
    assert (posted.deemed_on, posted.term_end) == (None, None)
    assert serve(store, 1, day=LATER, proof="Rückschein").term_end == "2026-12-17"


def test_without_an_address_nothing_is_printed(store, run):
    with store.unit(OFFICES):
        store.execute("UPDATE party SET town = NULL WHERE name = 'Erika Musterfrau'")
    done = print_letters(store, [1, 2], planned_on=DAY)
    assert [one.letter for one in done.letters] == [2]
    assert "letter.no_address" in [one.code for one in done.findings]


def test_unknown_letters_are_named(store, run):
    with pytest.raises(UnknownLetterError):
        print_letters(store, [99], planned_on=DAY)
    with pytest.raises(UnknownLetterError):
        post_letters(store, [99], day=DAY)


LetterError = (
    LetterStateError, NotPrintedError, PlannedDayError, UnknownTaskError,
)  # fmt: skip
STEPS = {
    "print": printed,
    "anew": lambda store, n: printed(store, n, day=LATER, anew=True),
    "post": lambda store, n: post_letters(store, [n], day=DAY),
    "post later": lambda store, n: post_letters(store, [n], day=LATER),
    "serve": lambda store, n: serve(store, n, day=LATER, proof="PZU"),
    "return": lambda store, n: take_return(store, n, day=LATER, reason="verzogen"),
    "cancel": lambda store, n: cancel_letter(store, n, reason="falsch"),
    "found": lambda store, n: finish_task(store, n, note="gefunden"),
}


def invariants(store):
    for one in _all(store):
        posted = one.posted_on is not None
        assert posted == (one.state in {"posted", "served", "returned"})
        assert not posted or (one.content_sha256 and one.pdf_sha256), "what left the house is kept"
        assert one.deemed_on is None or one.deemed_on > (one.posted_on or "")
        assert one.term_end is None or one.term_end > (one.deemed_on or "")
        live = store.value(
            "SELECT count(*) FROM claim_event WHERE letter = :n AND kind = 'demand' AND withdrawn_at IS NULL",
            n=one.letter,
        )
        assert live == (1 if one.letter == 1 and one.state in {"posted", "served"} else 0)
        open_tasks = store.value("SELECT count(*) FROM address_task WHERE letter = :n", n=one.letter)
        assert open_tasks == (1 if one.state == "returned" else 0)
    assert sound(store) == []


@few(15)
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([1, 2])), max_size=7))
def test_any_order_of_steps_keeps_the_letters_sound(sqlite_template, tmp_path_factory, steps):
    from tests import books

    with books.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("life")) as location:
        store = books.opened(location)
        released_run(store)
        for name, number in steps:
            with contextlib.suppress(LetterError):  # a refused step leaves everything as it was
                STEPS[name](store, number)
        invariants(store)
        store.close()


def closes(store, day=LATER):
    """Close the account that letters name, as a head does, while others go on."""
    user, store.today = store.user, day.isoformat()
    assert close_bank_account(act(store, "emil"), MAIN_IBAN, day.isoformat()).new
    store.user = user


def told_to_pay(one) -> list[str]:
    return [iban for iban in (MAIN_IBAN, SECOND_IBAN) if iban in one.content.replace(" ", "")]


def test_a_letter_that_waits_is_composed_anew_once_its_account_is_closed(store, run):
    first, second = printed(store, 1, 2).letters
    assert told_to_pay(first) == [MAIN_IBAN]
    post_letters(store, [2], day=DAY)
    closes(store)
    anew, copy = print_letters(store, [1, 2], planned_on=LATER).letters
    assert (told_to_pay(anew), anew.number, anew.fresh) == ([SECOND_IBAN], 2, True)
    assert (copy.content, copy.sent) == (second.content, True), "what left the house stays as it is"
    note_files(store, [anew], {1: "1" * 64})
    assert len(post_letters(store, [1], day=LATER).letters) == 1
    assert sound(store) == []


def test_a_letter_printed_before_its_account_closed_does_not_leave_the_house(store, run):
    printed(store, 1, 2, day=LATER)
    closes(store)
    done = post_letters(store, [1, 2], day=LATER)
    assert (done.letters, done.already) == ((), 0)
    assert [(one.code, one.fields["iban"]) for one in done.findings] == [("letter.closed_account", MAIN_IBAN)] * 2
    assert find_letter(store, 1).state == "released"


def test_a_letter_that_had_left_the_house_before_its_account_closed_is_noted(store, run):
    printed(store, 1)
    closes(store)
    assert len(post_letters(store, [1], day=DAY).letters) == 1


def test_a_letterhead_with_a_closed_account_is_not_printed(store, run):
    closes(store)
    set_letterhead(act(store, "emil"), {"fuss": f"Bank IBAN {format_iban(MAIN_IBAN)}"})
    done = print_letters(store, [1, 2], planned_on=LATER)
    assert (done.letters, [one.code for one in done.findings if one.code == "letter.closed_account"]) == (
        (), ["letter.closed_account"] * 2,
    )  # fmt: skip
    set_letterhead(store, {"fuss": ""})
    assert [told_to_pay(one) for one in print_letters(store, [1, 2], planned_on=LATER).letters] == [[SECOND_IBAN]] * 2
