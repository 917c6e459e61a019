"""Who is due for a dunning letter: the days of the law, nobody who may have paid, everybody else (§ 4 no. 5)."""

import datetime as dt

import pytest

from enforcement.charges import Claim, Payment, accrue
from enforcement.dunning import IncompleteError
from enforcement.dunning_claims import Due, Overdue
from enforcement.dunning_reader import letter_items, letters, runs, skipped
from enforcement.dunning_rules import Rulebook
from enforcement.dunning_runs import OpenRunError
from enforcement.dunning_store import propose as service
from enforcement.dunning_undo_store import discard
from enforcement.law import packaged_law
from enforcement.limitation import LimitationEvent
from ledger.book.creation import UnknownOfficeError
from ledger.people.users import NotAllowedError
from ledger.store.counters import BOOK, take_ids
from tests.bankbooks import OFFICES, close_day, item, party, reference, seal_written, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act

TUESDAY = dt.date(2026, 11, 24)


def statement(store, iban, day, opening=0, closing=0, number=1):
    with store.unit(["KASSE"]):
        known = take_ids(store, BOOK, "statement")
        store.insert_one(
            "statement", id=known, iban=iban, message="camt.053", statement_id=f"{number}",
            electronic_number=number, page=1, last_page=1, file_sha256="00", opening_cents=opening, opening_day=day,
            closing_cents=closing, closing_day=day, entry_count=0, credit_cents=max(closing - opening, 0),
            debit_cents=max(opening - closing, 0),
        )  # fmt: skip
        seal_written(store, [known])


@pytest.fixture
def kasse(store):
    """A book whose accounts are complete up to Monday, 2026-11-23."""
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    return act(store, "clara")


def person(store, name, **fields):
    with store.unit(OFFICES):
        number = party(store, name)
        given = {"street": "Lange Straße", "house_number": "1", "postcode": "20095", "town": "Hamburg"} | fields
        marks = ", ".join(f"{key} = :{key}" for key in given)
        store.execute(f"UPDATE party SET {marks} WHERE id = :id", id=number, **given)
    return number


def propose(store, day=TUESDAY, **how):
    """Propose and read back: the letters, the items of each, what was left out; the run is discarded again."""
    made = service(store, day, **how)
    with store.snapshot():
        run = Run(
            made, list(letters(store, made.run)), list(letter_items(store, made.run)), list(skipped(store, made.run))
        )
    if made.letters:
        discard(store, made.run)
    return run


class Run:
    def __init__(self, made, letters, items, skipped):
        self.made, self.letters, self.items, self.skipped = made, letters, items, skipped

    @property
    def whys(self):
        return {one.item: one.why for one in self.skipped}


def test_debtors_come_with_all_their_items(kasse):
    erika, max_ = person(kasse, "Erika Musterfrau"), person(kasse, "Max Mustermann")
    item(kasse, "50", reference(kasse, 1), person=erika, due="2026-11-13")
    item(kasse, "20", reference(kasse, 2), person=erika, due="2026-10-01", office="BAU", dunning_level=1)
    item(kasse, "99", reference(kasse, 3), person=max_, due="2026-11-13", dunned_on="2026-11-13", dunning_level=1)
    found = propose(kasse)
    assert (found.made.letters, found.made.items, found.made.sum_cents) == (2, 3, 16900)
    first, second = found.letters
    assert (first.party, first.address, first.count, first.sum_cents, first.oldest_due, first.level) == (
        "Erika Musterfrau", "Lange Straße 1, 20095 Hamburg", 2, 7000, "2026-10-01", 2,
    )  # fmt: skip
    of_first = [one for one in found.items if one.letter == first.letter]
    assert [(one.office, one.reference, one.open_cents, one.level, one.days_overdue) for one in of_first] == [
        ("BAU", reference(kasse, 2), 2000, 2, 54),
        ("ORDNUNG", reference(kasse, 1), 5000, 1, 11),
    ]
    assert (second.party, second.level) == ("Max Mustermann", 2)
    assert found.skipped == []


PLAIN_DAYS = {  # a claim without a law of its own: ten days, counted to a working day (§ 193 BGB)
    "the tenth day is a working Monday": ("2026-11-13", "2026-11-24", True),
    "on the tenth day itself nobody is dunned": ("2026-11-13", "2026-11-23", False),
    "the time that ends on a Sunday ends on Monday": ("2026-11-12", "2026-11-23", False),
    "Reformationstag is a holiday in Hamburg": ("2025-10-21", "2025-11-03", False),
    "after it and its weekend": ("2025-10-21", "2025-11-04", True),
    "Christmas": ("2026-12-15", "2026-12-28", False),
}


@pytest.mark.parametrize("case", PLAIN_DAYS)
def test_the_waiting_time_of_a_claim_without_a_law(case):
    due, day, expected = PLAIN_DAYS[case]
    found = decided(due=due, day=day, profile=None)
    assert isinstance(found, Due) is expected
    if not expected:
        assert (found.why, found.until >= day) == ("waiting", True)


def decided(*, due="2026-10-01", day="2026-11-24", land="HH", events=None, **row):
    """Return what the rules say of one claim; unnamed fields are those of a plain claim of 100,00."""
    values = dict.fromkeys(Overdue._fields) | {
        "office": "BAU", "item": 1, "due": due, "original_due": due, "amount_cents": 10000, "open_cents": 10000,
        "level": 0, "number": 1, "demanded_cents": 0, "letter_open": 0, "profile": "tax",
    }  # fmt: skip
    book = Rulebook(dt.date.fromisoformat(day), land, packaged_law(), events=events or {})
    return book.decide(Overdue(**(values | row)))


STEPS = {  # profile, fields of the claim, day, what the law says
    "tax: a week after the due day (§ 259 AO)": ({"profile": "tax", "due": "2026-11-02"}, "2026-11-24", "mahnung"),
    "Hamburg: ten days after it": ({"profile": "fee", "due": "2026-11-13"}, "2026-11-23", "waiting"),
    "Hamburg: then": ({"profile": "hamburg-fee", "due": "2026-11-13"}, "2026-11-24", "mahnung"),
    "fine: two weeks after it (§ 95 Abs. 1 OWiG)": ({"profile": "fine", "due": "2026-11-09"}, "2026-11-23", "waiting"),
    "fine: then": ({"profile": "fine", "due": "2026-11-09"}, "2026-11-24", "mahnung"),
    "due on Reformationstag, a Saturday: three days of grace from Monday (§ 108 (3), § 240 (3) AO)": (
        {"profile": "tax", "due": "2026-10-31"}, "2026-11-05", "waiting",
    ),
    "the day after them": ({"profile": "tax", "due": "2026-10-31"}, "2026-11-06", "mahnung"),
    "fine due on Good Friday: two weeks from Tuesday (§ 193 BGB)": (
        {"profile": "fine", "due": "2026-04-03"}, "2026-04-21", "waiting",
    ),
    "Hamburg, due on a Sunday: ten days from Monday": ({"profile": "fee", "due": "2026-11-08"}, "2026-11-19", "waiting"),
    "no law, due on a Sunday: ten days from Monday": ({"profile": None, "due": "2026-11-08"}, "2026-11-19", "waiting"),
    "fine: there is one step": ({"profile": "fine", "level": 1, "dunned_on": "2026-01-05"}, "2026-11-24", "last_step"),
    "the second step counts from the term the letter set": (
        {"profile": "fee", "level": 1, "dunned_on": "2026-11-02", "term_end": "2026-11-24"}, "2026-11-24", "waiting",
    ),
    "the day after that term": (
        {"profile": "fee", "level": 1, "dunned_on": "2026-11-02", "term_end": "2026-11-23"}, "2026-11-24", "ankuendigung",
    ),
    "a letter that is not posted yet": ({"profile": "fee", "level": 1, "letter_open": 1}, "2026-11-24", "letter_open"),
    "a law that is not among the data": ({"profile": "rent"}, "2026-11-24", "law_unknown"),
    "fee means Hamburg's law in Hamburg only": ({"profile": "fee", "land": "NW"}, "2026-11-24", "law_unknown"),
    "a tax of 2020 is extinct since the end of 2025 (§ 232 AO)": ({"profile": "tax", "due": "2020-05-11"}, "2026-11-24", "barred"),
    "a fine of 100,00 after three years (§ 34 Abs. 2 OWiG)": (
        {"profile": "fine", "due": "2022-05-11", "final": "2022-05-02"}, "2026-11-24", "barred",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_the_step_of_a_law(case):
    row, day, expected = STEPS[case]
    found = decided(day=day, **row)
    assert (found.step.kind if isinstance(found, Due) else found.why) == expected


CHARGES = {  # profile, due, open, day, charge: vectors of the calculators, by the bulk way
    "§ 240 AO: two started months of 1 % of 1.200": ("tax", "2026-03-10", 123456, "2026-04-13", 2400),
    "fines bear nothing": ("fine", "2026-03-10", 123456, "2026-11-24", 0),
}


@pytest.mark.parametrize("case", CHARGES)
def test_a_letter_demands_the_charge_until_its_day(case):
    profile, due, cents, day, expected = CHARGES[case]
    found = decided(profile=profile, due=due, amount_cents=cents, open_cents=cents, day=day)
    assert found.charge_cents == expected


BARE = {  # what is no tax or price by itself bears nothing, though it be a claim of its own
    "§ 240 (2) AO": ("tax", ("verspaetungszuschlag", "zwangsgeld", "saeumniszuschlag", "aussetzungszinsen", "mahngebuehr",
                             "pfaendungsgebuehr", "bussgeld")),
    "§ 289 BGB": ("private", ("verzugszinsen", "zinsen")),
    "§ 289 BGB, no consumer": ("private-trade", ("verzugszinsen", "zinsen")),
    "no interest on interest": ("fee", ("saeumniszinsen", "stundungszinsen")),
    "§ 16 (1) BGebG": ("bund", ("saeumniszuschlag",)),
}  # fmt: skip


@pytest.mark.parametrize("case", BARE)
def test_side_claims_that_stand_alone_bear_no_charge(case):
    profile, kinds = BARE[case]
    for kind in kinds:
        found = decided(profile=profile, claim_kind=kind, due="2026-03-10", amount_cents=123456, open_cents=123456)
        assert (kind, found.charge_cents, found.charge_kind) == (kind, 0, None)
    for kind in (None, profile, "gewerbesteuer"):
        assert decided(profile=profile, claim_kind=kind, due="2026-03-10", open_cents=123456).charge_cents > 0


def test_what_was_demanded_before_is_not_demanded_again():
    found = decided(due="2026-03-10", amount_cents=123456, open_cents=123456, day="2026-04-13", demanded_cents=1200)
    assert (found.charge_cents, found.charge_kind) == (1200, "saeumniszuschlag")
    found = decided(due="2026-03-10", amount_cents=123456, open_cents=123456, day="2026-04-13", demanded_cents=9999)
    assert (found.charge_cents, found.charge_kind) == (0, None)


def test_a_payment_in_part_ends_the_charge_on_its_part():
    key = ("BAU", 1)
    whole = decided(due="2026-03-10", amount_cents=100000, open_cents=50000, day="2026-05-12")
    book = Rulebook(dt.date(2026, 5, 12), "HH", packaged_law(), paid={key: (Payment(dt.date(2026, 4, 2), 50000),)})
    row = whole.row
    expected = accrue("saeumniszuschlag_ao", Claim(100000, dt.date(2026, 3, 10), book.paid[key]), book.day).cents
    assert book.decide(row).charge_cents == expected > whole.charge_cents


PRIVATE = {"profile": "private", "due": "2022-05-11"}  # three years from the end of 2022 (§§ 195, 199 BGB)


def test_a_part_payment_begins_the_period_of_a_private_claim_again():
    key = ("BAU", 1)
    assert decided(**PRIVATE).why == "barred"
    paid = {key: (LimitationEvent("payment", dt.date(2025, 3, 3)),)}  # § 212 Abs. 1 Nr. 1 BGB
    assert isinstance(decided(events=paid, **PRIVATE), Due)
    assert decided(events=paid, profile="tax", due="2020-05-11").why == "barred", "§ 231 AO knows no payment"


OLD = {  # claims from before the law that the data knows, by their profile and due day: what dunning says of each
    "its waiting time is over": ({"profile": "amtshilfe", "due": "2012-05-02"}, "ankuendigung"),
    "extinct long ago": ({"profile": "tax", "due": "1998-05-04"}, "barred"),
    "its period was over before the calendar begins": ({"profile": "tax", "due": "1983-05-04"}, "barred"),
    "no law": ({"profile": None, "due": "1990-12-03"}, "mahnung"),
    "a title of 1998: its interest is not known": ({"profile": "private", "due": "1998-05-04"}, "law_unknown"),
}


@pytest.mark.parametrize("case", OLD)
def test_a_claim_older_than_the_law_stops_nobody_else(case):
    row, expected = OLD[case]
    titled = {("BAU", 1): (LimitationEvent("title", dt.date(1998, 6, 1)),)} if row["profile"] == "private" else None
    found = decided(events=titled, **row)
    assert (found.step.kind if isinstance(found, Due) else found.why) == expected


def test_a_run_names_what_it_leaves_out_because_it_is_too_old(kasse):
    old = item(kasse, "100", reference(kasse, 1), person=person(kasse, "Erika"), due="1998-05-04", profile="private")
    new = item(kasse, "90", reference(kasse, 2), person=person(kasse, "Max"), due="2026-11-02", profile="private")
    with kasse.unit(["ORDNUNG"]):
        kasse.insert_one(
            "claim_event", office="ORDNUNG", item=old, id=take_ids(kasse, "ORDNUNG", "claim_event"), kind="title",
            day="1998-06-01", ongoing=0, source="hand", made_by=kasse.user, made_at=kasse.now,
        )  # fmt: skip
    found = propose(kasse)
    assert ([one.item for one in found.items], found.whys) == ([new], {old: "law_unknown"})
    assert "dunning.before_law" in [one.code for one in found.made.findings]
    assert "dunning.law" not in [one.code for one in found.made.findings]


def test_a_noted_day_of_finality_starts_the_clock_of_a_fine():
    noted = {("BAU", 1): (LimitationEvent("final", dt.date(2022, 5, 2)),)}
    assert isinstance(decided(profile="fine", due="2022-05-11"), Due), "no day is known from which to count"
    assert decided(profile="fine", due="2022-05-11", events=noted).why == "barred"


def test_a_side_claim_goes_with_its_main_claim(kasse):
    erika = person(kasse, "Erika")
    main = item(kasse, "50", reference(kasse, 1), person=erika, profile="fee")
    side = item(kasse, "3,10", person=erika, profile="fee", main_item=main, claim_kind="mahngebuehr", due="2026-11-20")
    found = propose(kasse)
    assert [(one.item, one.level) for one in found.items] == [(main, 1), (side, 1)]
    with kasse.unit(OFFICES):
        lock(kasse, main)
    assert propose(kasse).whys == {main: "locked", side: "main_left_out"}


def lock(store, number):
    store.insert_one(
        "item_lock", office="ORDNUNG", item=number, id=1, kind="dunning", reason="Widerspruch", since="2026-11-01",
        made_by=1, made_at=store.now,
    )  # fmt: skip


def test_too_small_for_a_letter(kasse):
    """BMF 02.01.2025: no Mahnung for taxes below 10 EUR, charges included."""
    erika, max_ = person(kasse, "Erika"), person(kasse, "Max")
    small = item(kasse, "9,99", person=erika, profile="tax", due="2026-11-02")
    for amount in ("5", "6"):
        item(kasse, amount, person=max_, profile="tax", due="2026-11-02")
    found = propose(kasse)
    assert found.whys == {small: "small"}
    assert [(one.party, one.count) for one in found.letters] == [("Max", 2)]


def test_one_letter_a_step_and_one_fee_a_schedule(kasse):
    erika = person(kasse, "Erika")
    item(kasse, "50", person=erika, profile="fee")
    item(kasse, "80", person=erika, profile="fine")
    late = item(kasse, "70", person=erika, profile="fee", dunning_level=1, dunned_on="2026-10-05")
    found = propose(kasse)
    assert [(one.kind, one.count, one.fee_cents) for one in found.letters] == [
        ("ankuendigung", 1, 0),
        ("mahnung", 2, 310),
    ]
    assert [one.item for one in found.items if one.kind == "ankuendigung"] == [late]
    assert "law.unconfirmed" in {one.code for one in found.made.findings}, "VKO: the fee since 2023 was not read"


NOT_DUE = {
    "the waiting time is not over": {"due": "2026-11-14"},
    "the last letter is too new": {"due": "2026-01-01", "dunned_on": "2026-11-14", "dunning_level": 1},
    "a payable": {"due": "2026-01-01", "kind": "payable"},
    "money in suspense": {"due": "2026-01-01", "kind": "suspense"},
}


@pytest.mark.parametrize("case", NOT_DUE)
def test_others_are_not_dunned(kasse, case):
    item(kasse, "50", person=person(kasse, "Erika"), **NOT_DUE[case])
    assert propose(kasse).letters == []


def test_what_is_paid_is_not_dunned(kasse):
    item(kasse, "50", person=person(kasse, "Erika"))
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE item SET open_cents = 0")
    assert propose(kasse).letters == []


def test_wait_and_office_choose(kasse):
    item(kasse, "50", person=person(kasse, "Erika"), due="2026-11-20")
    item(kasse, "70", person=person(kasse, "Max"), due="2026-11-20", office="BAU")
    assert propose(kasse).letters == []
    assert [one.party for one in propose(kasse, wait_days=0).letters] == ["Erika", "Max"]
    assert [one.party for one in propose(kasse, wait_days=0, office="BAU").letters] == ["Max"]
    with pytest.raises(UnknownOfficeError):
        service(kasse, TUESDAY, office="X")


SUSPENSE = {
    "its Kassenzeichen is in the text": lambda store: f"Zahlung {reference(store, 7)} danke",
    "a foreign reference is in the text": lambda _: "zu AZ4711X",
}


@pytest.mark.parametrize("case", SUSPENSE)
def test_who_may_have_paid_is_left_out(kasse, case):
    erika = person(kasse, "Erika")
    ref = reference(kasse, 7) if "its" in case else "AZ4711X"
    mine = item(kasse, "50", ref, person=erika, foreign_reference="foreign" in case)
    item(kasse, "20", reference(kasse, 8), person=erika)
    item(kasse, "50", kind="suspense", office="KASSE", purpose=SUSPENSE[case](kasse))
    found = propose(kasse)
    assert [(one.item, one.why, one.party_number) for one in found.skipped] == [(mine, "suspense", erika)]
    assert [letter.sum_cents for letter in found.letters] == [2000]


def test_a_claim_without_a_debtor_is_listed_as_left_out(kasse):
    item(kasse, "50")
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE item SET party = NULL")
    found = propose(kasse)
    assert (list(found.whys.values()), found.letters) == (["no_debtor"], [])


def test_a_credit_of_the_same_person_is_pointed_out(kasse):
    erika = person(kasse, "Erika")
    item(kasse, "50", person=erika)
    item(kasse, "12,34", person=erika, kind="credit", office="BAU")
    found = propose(kasse)
    assert [(one.code, one.fields["credit_cents"]) for one in found.made.findings] == [("dunning.set_off", 1234)]


def test_a_debtor_without_an_address_is_pointed_out(kasse):
    item(kasse, "50", person=person(kasse, "Erika", town=None, street=None, postcode=None, house_number=None))
    assert [one.code for one in propose(kasse).made.findings] == ["dunning.no_address"]


def refused(store, day=TUESDAY):
    with pytest.raises(IncompleteError) as error:
        service(store, day)
    return [(one.code, one.fields["iban"]) for one in error.value.findings]


def test_an_account_without_a_statement_stops_all(store):
    act(store, "clara")
    assert refused(store) == [("dunning.no_statement", MAIN_IBAN), ("dunning.no_statement", SECOND_IBAN)]


def test_an_account_that_lacks_the_last_bank_day_stops_all(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-20")
    statement(store, SECOND_IBAN, "2026-11-23")
    assert refused(store) == [("dunning.account", MAIN_IBAN)]
    assert propose(store, dt.date(2026, 11, 23)).letters == [], "ECB: no bank day between Friday and Monday"
    close_day(store, "2026-11-23")
    assert propose(store).letters == [], "a closing says why the bank sent no statement"


def test_a_gap_stops_all_even_when_the_day_is_closed(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-20", 0, 1000, number=1)
    statement(store, MAIN_IBAN, "2026-11-23", 5000, 5000, number=3)
    statement(store, SECOND_IBAN, "2026-11-23")
    close_day(store, "2026-11-23")
    assert refused(store) == [("dunning.account", MAIN_IBAN)]


def test_an_account_that_collects_nothing_does_not_count(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-23")
    with store.unit(["KASSE"]):
        store.execute("UPDATE bank_account SET closed_on = '2026-10-31' WHERE iban = :iban", iban=SECOND_IBAN)
    assert propose(store).letters == []


def test_an_account_counts_until_the_day_it_was_closed(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-23")
    with store.unit(["KASSE"]):
        store.execute("UPDATE bank_account SET closed_on = '2026-11-24' WHERE iban = :iban", iban=SECOND_IBAN)
    assert refused(store) == [("dunning.no_statement", SECOND_IBAN)], "who paid to it on its last day is not dunned"


def test_entries_that_wait_to_be_posted_stop_all(kasse):
    staged(kasse, "50", day="2026-11-23")
    assert refused(kasse) == [("dunning.staged", MAIN_IBAN)]


def test_a_proposal_books_nothing_and_waits(kasse):
    item(kasse, "50", person=person(kasse, "Erika"))
    before = kasse.all("SELECT * FROM item ORDER BY id"), kasse.value("SELECT count(*) FROM entry")
    made = service(kasse, TUESDAY)
    assert before == (kasse.all("SELECT * FROM item ORDER BY id"), kasse.value("SELECT count(*) FROM entry"))
    facts = kasse.value("SELECT facts FROM event WHERE action = 'dunning.propose'")
    assert '"items":1' in facts
    assert "Erika" not in facts
    with pytest.raises(OpenRunError) as error:
        service(kasse, TUESDAY)
    assert error.value.fields["run"] == made.run


def test_a_run_is_replaced_by_one_that_can_be_made_or_stays(kasse):
    item(kasse, "50", person=person(kasse, "Erika"))
    made = service(kasse, TUESDAY)
    with pytest.raises(IncompleteError):
        service(kasse, dt.date(2026, 12, 24), replace=True)
    with pytest.raises(UnknownOfficeError):
        service(kasse, TUESDAY, office="NIEMAND", replace=True)
    assert [(one.number, one.state) for one in runs(kasse)] == [(made.run, "proposed")]
    again = service(kasse, TUESDAY, replace=True)
    assert (again.letters, again.items, again.whys) == (made.letters, made.items, made.whys) == (1, 1, ())
    assert [(one.number, one.state) for one in runs(kasse)] == [(again.run, "proposed"), (made.run, "discarded")]


def test_a_run_without_letters_waits_for_nobody(kasse):
    item(kasse, "50", person=person(kasse, "Erika"), due="2026-11-20")
    made = service(kasse, TUESDAY)
    assert (made.letters, made.whys) == (0, (("waiting", 1),))
    assert [(one.state, one.skipped) for one in runs(kasse)] == [("discarded", 1)]
    assert service(kasse, TUESDAY).run == made.run + 1


@pytest.mark.parametrize("user", ["anna", "emil"])
def test_only_who_may_see_debtors_proposes(kasse, user):
    with pytest.raises(NotAllowedError):
        service(act(kasse, user), TUESDAY)
