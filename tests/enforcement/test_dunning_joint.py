"""Joint debtors are each dunned for the whole, and it is charged once; side claims of what was taken off wait."""

import datetime as dt

import pytest

from enforcement.dunning_reader import find_run
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.dunning_undo_store import undo
from enforcement.letters_make_store import cancel_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import note_files, print_letters
from enforcement.letters_return_store import finish_task, take_return
from enforcement.proofs import PROOFS
from enforcement.relief import MainClaimError, ReliefStateError
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as wish_for
from enforcement.relief_rules import JointDischargeError
from ledger.bank.posting_store import post_staged
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock, place_party_lock
from ledger.items.party_account_store import party_account
from ledger.items.store import NewClearing, clear, posting_for
from tests.bankbooks import OFFICES, check_invariants, item, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import wish

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def kasse(store):
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    store.today = DAY.isoformat()
    return act(store, "clara")


@pytest.fixture
def couple(kasse):
    """Erika owes one fee with Max and Jo, and one alone."""
    people = [debtor(kasse, name) for name in ("Erika", "Max", "Jo")]
    for number, amount in ((1, "1.000,00"), (2, "2.000,00")):
        item(
            kasse, amount, reference(kasse, number), person=people[0], profile="fee", due="2026-06-01", claim_kind="fee"
        )
    join_debtors(kasse, [("ORDNUNG", 1)], people[1:], "2026-01-01")
    return people


def letters(store):
    sql = "SELECT id, party, copy_of, sum_cents, fee_cents, state FROM letter ORDER BY id"
    return store.all(sql)


def sound(store):
    check_invariants(store)
    return [finding.code for finding in verify(store, proofs=PROOFS).findings]


def printed(store, *numbers):
    done = print_letters(store, numbers, planned_on=DAY)
    note_files(store, done.letters, {one.letter: f"{one.letter:064d}" for one in done.letters})
    return done.letters


def test_everybody_gets_a_letter_and_fees_are_booked_once(kasse, couple):
    erika, max_, jo = couple
    made = propose(kasse, DAY)
    assert (made.letters, made.items, made.open_cents, made.fee_cents) == (3, 2, 3000_00, 3_10)
    charge = kasse.value("SELECT charge_cents FROM letter_item WHERE letter = 1 AND item = 1")
    assert [row[:5] for row in letters(kasse)] == [
        (1, erika, None, made.sum_cents, 3_10),
        (2, max_, 1, 1000_00 + charge, 0),
        (3, jo, 1, 1000_00 + charge, 0),
    ]
    done = release(act(kasse, "emil"), made.run, given_cents=made.sum_cents)
    assert (done.letters, done.taken_out, done.fee_cents) == (3, 0, made.charge_cents + 3_10)
    assert sound(kasse) == []
    assert kasse.value("SELECT count(*) FROM item") == 5, "two claims, their charges, one fee"


def test_a_fee_on_the_joint_claim_is_told_to_all(kasse, couple):
    del couple
    kasse.execute("UPDATE item SET due = '2026-11-20' WHERE id = 2")
    made = propose(kasse, DAY)
    assert {row[3:5] for row in letters(kasse)} == {(made.sum_cents, 3_10)}
    release(act(kasse, "emil"), made.run)
    first, second, _ = (one.data() for one in printed(kasse, 1, 2, 3))
    assert first["sum_cents"] == second["sum_cents"]
    tables = [next(part for part in one["blocks"] if part["block"] == "grid") for one in (first, second)]
    assert tables[0] == tables[1]
    said = " ".join(line for part in second["blocks"] if part["block"] == "paragraph" for line in part["lines"])
    assert "gemeinsam mit Erika, Jo als Gesamtschuldner" in said


def test_money_with_the_letter_of_a_joint_debtor_pays_what_he_owes(kasse, couple):
    del couple
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    named, cents = kasse.one("SELECT reference, sum_cents FROM letter WHERE id = 2")
    staged(kasse, f"{cents // 100},{cents % 100:02d}", named, day=DAY.isoformat())
    post_staged(act(kasse, "clara"))
    left = kasse.all("SELECT id, claim_kind FROM item WHERE kind = 'receivable' AND open_cents > 0 ORDER BY claim_kind")
    assert [kind for _, kind in left] == ["fee", "mahngebuehr", "saeumniszinsen"], "of the claim that Erika owes alone"
    assert kasse.value("SELECT open_cents FROM item WHERE id = 1 AND office = 'ORDNUNG'") == 0
    assert sound(kasse) == []


def test_who_is_locked_gets_no_copy(kasse, couple):
    with kasse.unit(OFFICES):
        place_party_lock(kasse, couple[1], "dunning", "Betreuung", Span("2026-11-01"))
    assert propose(kasse, DAY).letters == 2
    assert couple[1] not in {row[1] for row in letters(kasse)}


def gone(store, kind, party):
    """Note the death or insolvency of a debtor, as two people do."""
    made = wish_for(act(store, "clara"), wish(kind, party=party, first=dt.date(2026, 11, 20)))
    grant(act(store, "emil"), made.number)
    act(store, "clara")


def test_what_is_charged_stays_with_its_claim_though_the_first_is_dead(kasse, couple):
    """The next letter of whoever is asked instead demands the claim and what was charged on it, together."""
    erika, max_, jo = couple
    gone(kasse, "tod", erika)
    run = propose(kasse, DAY).run
    release(act(kasse, "emil"), run)
    assert kasse.all("SELECT DISTINCT party FROM item WHERE main_item = 1") == [(erika,)]
    posted = [number for number, *_ in letters(kasse)]
    printed(kasse, *posted)
    post_letters(kasse, posted, day=DAY)
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2027-01-04", number=2)
    act(kasse, "clara").today = "2027-01-05"
    run = propose(kasse, dt.date(2027, 1, 5)).run
    sql = """SELECT l.party, count(*) FROM letter l JOIN letter_item x ON x.letter = l.id
             WHERE l.run = :run GROUP BY l.party ORDER BY l.party"""
    assert kasse.all(sql, run=run) == [(max_, 3), (jo, 3)], "the claim, its fee and its interest in one letter"
    assert sound(kasse) == []


def test_who_joined_after_the_mahnung_gets_one_and_no_announcement(kasse, couple):
    """§ 259 AO, § 30 (1) no. 2 HmbVwVG: nobody is announced enforcement who was never dunned."""
    _, max_, jo = couple
    run = propose(kasse, DAY).run
    release(act(kasse, "emil"), run)
    posted = [number for number, *_ in letters(kasse)]
    printed(kasse, *posted)
    post_letters(kasse, posted, day=DAY)
    act(kasse, "clara").today = "2026-12-01"
    take_return(kasse, 3, day=dt.date(2026, 12, 1), reason="verzogen")
    finish_task(kasse, 1, note="wohnt doch dort")
    late = debtor(kasse, "Nele")
    join_debtors(kasse, [("ORDNUNG", 1)], [late], "2026-12-01")
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2027-01-04", number=2)
    kasse.today = "2027-01-05"
    run = propose(kasse, dt.date(2027, 1, 5)).run
    sql = "SELECT party, kind FROM letter WHERE run = :run AND copy_of IS NOT NULL ORDER BY party"
    assert kasse.all(sql, run=run) == [(max_, "ankuendigung"), (jo, "mahnung"), (late, "mahnung")]
    release(act(kasse, "emil"), run)
    fresh = [number for (number,) in kasse.rows("SELECT id FROM letter WHERE run = :run ORDER BY id", run=run)]
    done = print_letters(kasse, fresh, planned_on=dt.date(2027, 1, 5))
    titles = [one.data()["kind"] for one in done.letters]
    assert titles == ["ankuendigung", "ankuendigung", "mahnung", "mahnung"]
    assert sound(kasse) == []


def test_who_is_asked_next_and_joined_after_the_mahnung_gets_one_too(kasse, couple):
    run = propose(kasse, DAY).run
    release(act(kasse, "emil"), run)
    posted = [number for number, *_ in letters(kasse)]
    printed(kasse, *posted)
    post_letters(kasse, posted, day=DAY)
    late = debtor(act(kasse, "clara"), "Nele")
    join_debtors(kasse, [("ORDNUNG", 1)], [late], DAY.isoformat())
    for party in couple:
        gone(kasse, "tod", party)
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2027-01-04", number=2)
    kasse.today = "2027-01-05"
    run = propose(kasse, dt.date(2027, 1, 5)).run
    assert kasse.all("SELECT party, kind FROM letter WHERE run = :run", run=run) == [(late, "mahnung")]


@pytest.mark.parametrize("dead", [False, True])
def test_what_is_left_of_a_paid_claim_is_asked_of_all_who_owed_it(kasse, couple, dead):
    """Interest and fees are owed jointly like their claim (§ 421 BGB)."""
    erika, max_, jo = couple
    staged(kasse, "1.000,00", reference(kasse, 1), day="2026-11-20")
    post_staged(kasse)
    item(kasse, "90,00", person=erika, profile="fee", due="2026-07-01", main_item=1, claim_kind="mahngebuehr")
    if dead:
        gone(kasse, "tod", erika)
    run = propose(kasse, DAY).run
    sql = """SELECT l.party FROM letter l JOIN letter_item x ON x.letter = l.id
             WHERE l.run = :run AND x.item = 3 ORDER BY l.id"""
    assert [party for (party,) in kasse.all(sql, run=run)] == [*(() if dead else (erika,)), max_, jo]


def test_the_account_of_each_holds_what_hangs_on_the_claim(kasse, couple):
    erika, max_, _ = couple
    side = item(kasse, "9,00", person=erika, profile="fee", due="2026-07-01", main_item=1, claim_kind="mahngebuehr")
    item(kasse, "5,00", kind="credit", person=erika, main_item=1)
    page = party_account(kasse, max_, kasse.today)
    assert (page.owes_cents, page.gets_cents) == (1009_00, 0), "her credit is hers"
    assert {one.item: one.joint for one in page.items} == {1: "Erika, Jo", side: "Erika, Jo"}
    assert {one.item: one.joint for one in party_account(kasse, erika, kasse.today).items}[side] == "Jo, Max"


@pytest.mark.parametrize("kind", ["insolvenz", "tod"])
def test_the_others_are_dunned_though_the_first_is_insolvent_or_dead(kasse, couple, kind):
    """§ 425 BGB, § 43 InsO: what befalls one of joint debtors does not keep the Kasse from asking the others."""
    erika, max_, jo = couple
    item(kasse, "7,00", reference(kasse, 1), person=erika, profile="fee", due="2026-07-01", main_item=1,
         claim_kind="mahngebuehr")  # fmt: skip
    gone(kasse, kind, erika)
    made = propose(kasse, DAY)
    run = kasse.all("SELECT party, copy_of, sum_cents - fee_cents FROM letter WHERE run = :run ORDER BY id",
                    run=made.run)  # fmt: skip
    assert [(party, bool(copy), cents) for party, copy, cents in run] == [(max_, False, 102759), (jo, True, 102759)]
    left = dict(kasse.all("SELECT item, why FROM dunning_skip WHERE run = :run", run=made.run))
    assert left[2] == "locked", "what she owes alone"
    assert 1 not in left
    release(act(kasse, "emil"), made.run)
    assert sound(kasse) == []


def test_the_discharge_of_one_ends_nothing_that_others_owe(kasse, couple):
    """§ 301 (2) InsO: rights against joint debtors stay; what she owes alone is written off."""
    gone(kasse, "insolvenz", couple[0])
    act(kasse, "emil").today = "2029-12-03"
    with pytest.raises(JointDischargeError):
        end(kasse, 1, reason="Restschuldbefreiung", way="discharged")
    end(kasse, 1, reason="Restschuldbefreiung", way="discharged", keep=[("ORDNUNG", 1)])
    assert [bool(cents) for (cents,) in kasse.all("SELECT open_cents FROM item WHERE id IN (1, 2) ORDER BY id")] == [
        True, False,
    ]  # fmt: skip
    assert sound(kasse) == []


def test_the_others_are_dunned_though_the_first_is_locked(kasse, couple):
    erika, max_, jo = couple
    with kasse.unit(OFFICES):
        place_party_lock(kasse, erika, "dunning", "Brief zurück: 1, verzogen", Span("2026-11-01"))
    made = propose(kasse, DAY)
    assert [(party, bool(copy)) for _, party, copy, *_ in letters(kasse)] == [(max_, False), (jo, True)]
    assert made.skipped == 1
    assert sound(kasse) == []


def test_nobody_is_dunned_for_a_claim_that_is_locked(kasse, couple):
    with kasse.unit(OFFICES):
        place_item_lock(kasse, "ORDNUNG", 1, "dunning", "Widerspruch", Span("2026-11-01"))
    propose(kasse, DAY)
    assert [party for _, party, *_ in letters(kasse)] == [couple[0]], "the other one, alone"


def test_copies_go_where_the_first_letter_goes(kasse, couple):
    del couple
    made = propose(kasse, DAY)
    kasse.execute("UPDATE item SET dunning_level = 1 WHERE id = 2")
    assert release(act(kasse, "emil"), made.run).taken_out == 3
    assert sound(kasse) == ["verify.item_dunning"], "no letter did that"


def test_undone_and_cancelled_with_their_copies(kasse, couple):
    del couple
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    assert cancel_letter(kasse, 1, reason="falsch").entries == 1
    assert {row[5] for row in letters(kasse)} == {"cancelled"}
    kasse.today = "2026-11-25"
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2026-11-24", number=2)
    again = propose(act(kasse, "clara"), dt.date(2026, 11, 25))
    release(act(kasse, "emil"), again.run)
    assert undo(kasse, again.run, reason="doch nicht").letters == 3
    assert find_run(kasse, again.run).state == "undone"
    assert sound(kasse) == []


def test_the_level_stays_where_one_of_them_got_the_letter(kasse, couple):
    del couple
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    printed(kasse, 1, 2, 3)
    post_letters(kasse, [1, 2, 3], day=DAY)
    kasse.today = "2026-12-01"
    take_return(kasse, 3, day=dt.date(2026, 11, 30), reason="verzogen")
    take_return(kasse, 1, day=dt.date(2026, 11, 30), reason="verzogen")
    assert kasse.all("SELECT dunning_level FROM item WHERE main_item IS NULL ORDER BY id") == [(1,), (1,)]


def taken_off(store, number, cents):
    """Take a claim off as the acceptance of a cancelling order does."""
    with store.unit(OFFICES):
        lines = (Posting("5100", cents), posting_for("D", "2400", number, cents))
        (entry,) = post(store, [Draft("ORDNUNG", "order", store.today, lines)])
        clear(
            store, [NewClearing("ORDNUNG", "reduction", entry.position, store.today, store.today, ((number, cents),))]
        )


def test_side_claims_of_a_claim_that_was_taken_off(kasse):
    erika = debtor(kasse, "Erika")
    main = item(kasse, "50", reference(kasse, 1), person=erika, profile="fee", claim_kind="fee")
    fee = item(kasse, "30", person=erika, profile="fee", main_item=main, claim_kind="mahngebuehr", due="2026-10-20")
    taken_off(kasse, main, 50_00)
    assert propose(kasse, DAY).whys == (("main_cancelled", 1),)
    (left,) = check(act(kasse, "emil"), DAY)
    assert (left.code, left.fields["sides"], left.fields["open_cents"]) == (
        "relief.side_claims",
        f"ORDNUNG/{fee}",
        30_00,
    )
    made = wish_for(act(kasse, "clara"), wish("absetzung", fee))
    assert check(kasse, DAY) == ()
    done = grant(act(kasse, "emil"), made.number)
    assert done.written_off_cents == 30_00
    balance = "SELECT sum(cents) FROM posting WHERE office = 'ORDNUNG' AND account = '5700'"
    assert kasse.value(balance) == 30_00, "less income, no expense"
    assert sound(kasse) == []
    assert end(act(kasse, "frida"), made.number, reason="doch").state == "lifted"
    assert kasse.value("SELECT open_cents FROM item WHERE id = :id AND office = 'ORDNUNG'", id=fee) == 30_00
    with pytest.raises(ReliefStateError):
        end(kasse, made.number, reason="noch einmal")


def test_a_paid_claim_leaves_its_side_claims_to_dunning(kasse):
    erika = debtor(kasse, "Erika")
    main = item(kasse, "50", reference(kasse, 1), person=erika, profile="fee", claim_kind="fee")
    item(kasse, "30", person=erika, profile="fee", main_item=main, claim_kind="mahngebuehr", due="2026-10-20")
    staged(kasse, "50", reference(kasse, 1), day="2026-11-20")
    post_staged(kasse)
    assert propose(kasse, DAY).letters == 1
    assert check(kasse, DAY) == ()


def test_a_claim_itself_is_not_taken_off_like_a_fee(kasse):
    number = item(kasse, "50", reference(kasse, 1), person=debtor(kasse, "Erika"), profile="fee", claim_kind="fee")
    with pytest.raises(MainClaimError):
        wish_for(kasse, wish("absetzung", number))
