"""Relief from proposal to its end in the books: due days, levels, locks, events, accounts, and two persons."""

import datetime as dt
from dataclasses import replace

import pytest

from enforcement import relief_reader
from enforcement.law import Law, packaged_law
from enforcement.proofs import PROOFS
from enforcement.relief import (
    InstalmentSumError,
    NoInstalmentsError,
    NothingOwedError,
    ReliefChangedError,
    ReliefConflictError,
    ReliefDayMissingError,
    ReliefDaysError,
    ReliefEndError,
    ReliefLimitError,
    ReliefReasonError,
    ReliefStateError,
    Schedule,
    SeveralDebtorsError,
    UnknownReliefError,
    UnknownReliefKindError,
    Wish,
    relief_kind,
)
from enforcement.relief_end_store import end, end_settled
from enforcement.relief_grant_store import grant, refuse, withdraw
from enforcement.relief_propose_store import PartReliefError, ReliefAmountError, propose
from enforcement.relief_reader import find_relief
from enforcement.relief_written_off_reader import WrittenOff, written_off
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as Assigned
from ledger.bank.suspense_decisions import Assign
from ledger.bank.suspense_desk_store import decide
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.bankbooks import OFFICES, check_invariants, item, party, reference, staged
from tests.books import act

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def kasse(store):
    store.today = TODAY.isoformat()
    return act(store, "clara")


def debtor(store, name="Erika"):
    with store.unit(OFFICES):
        return party(store, name)


def fee(store, amount="1.000,00", *, person=None, due="2026-06-01", number=1, **more):
    values = {"profile": "fee", "claim_kind": "fee", "dunning_level": 1, "dunned_on": "2026-07-01"} | more
    return item(store, amount, reference(store, number), person=person or debtor(store), due=due, **values)


def later_law():
    """Return the law as if the base rate of 2026 held on."""
    law, packaged = Law(), packaged_law()
    known = replace(packaged.figures["basiszins"], known_until=dt.date(2027, 12, 31))
    law._parsed["figures"] = {**packaged.figures, "basiszins": known}
    return law


def wish(kind, *items, first=TODAY, reason="Antrag vom 20.11.", office="ORDNUNG", **more):
    return Wish(relief_kind(kind), reason, first, tuple((office, number) for number in items), **more)


def three_rates(*items, **more):
    return wish("ratenplan", *items, schedule=Schedule(first=dt.date(2026, 12, 15), count=3), **more)


def granted(store, wanted):
    made = propose(act(store, "clara"), wanted)
    return grant(act(store, "emil"), made.number)


def items(store):
    sql = "SELECT office, id, claim_kind, amount_cents, open_cents, due, dunning_level, dunned_on FROM item ORDER BY office, id"
    return store.all(sql)


def locks(store):
    sql = "SELECT item, kind, until, lifted_on FROM item_lock ORDER BY item, kind"
    return store.all(sql)


def events(store):
    sql = "SELECT item, kind, day, until, ongoing, withdrawn_by IS NOT NULL FROM claim_event ORDER BY item, id"
    return [(*row[:5], bool(row[5])) for row in store.all(sql)]


def balance(store, role):
    sql = """SELECT coalesce(sum(p.cents), 0) FROM posting p JOIN account a ON a.office = p.office AND a.number = p.account
             WHERE a.role = :role"""
    return store.value(sql, role=role)


def sound(store):
    check_invariants(store)
    found = [finding.code for finding in verify(store, proofs=PROOFS).findings]
    return [code for code in found if code != "verify.item_dunning"]  # `fee` has claims dunned that nobody wrote to


def test_a_plan_defers_claims_with_late_charges_and_interest_of_its_own(kasse):
    claim = fee(kasse)
    made = propose(kasse, three_rates(claim))
    # § 19 GebG: 4.27 % from 2 June to 23 November; § 21 (2) GebG: 3.52 % (1.52 + 2) on what is left, from 24 November
    assert made.late_cents == round(1000_00 * 4.27 / 100 * 175 / 365)
    assert sum(one.cents for one in made.instalments) == made.claim_cents + made.late_cents == 102047
    assert [(one.due.isoformat(), one.cents, one.interest_cents) for one in made.instalments] == [
        ("2026-12-15", 34015, 212), ("2027-01-15", 34015, 204), ("2027-02-15", 34017, 101),
    ]  # fmt: skip
    assert kasse.value("SELECT count(*) FROM item") == 1, "a proposal books nothing"
    done = grant(act(kasse, "emil"), made.number, reason="bewilligt")
    assert (done.late_cents, done.interest_cents) == (2047, 517)
    assert items(kasse) == [
        ("ORDNUNG", 1, "fee", 100000, 100000, "2027-02-15", 0, None),
        ("ORDNUNG", 2, "saeumniszinsen", 2047, 2047, "2026-12-15", 0, None),
        ("ORDNUNG", 3, "stundungszinsen", 212, 212, "2026-12-15", 0, None),
        ("ORDNUNG", 4, "stundungszinsen", 204, 204, "2027-01-15", 0, None),
        ("ORDNUNG", 5, "stundungszinsen", 101, 101, "2027-02-15", 0, None),
    ]
    assert kasse.value("SELECT original_due FROM item WHERE id = 1") == "2026-06-01"
    assert events(kasse) == [(1, "deferral", "2026-11-24", "2027-02-15", 0, False)]
    assert locks(kasse) == [(1, "enforcement", "2027-02-15", None)]
    assert sound(kasse) == []


def test_one_payment_pays_several_instalments_by_their_days(kasse):
    done = granted(kasse, three_rates(fee(kasse)))
    staged(act(kasse, "clara"), "500", f"Rate {done.reference}", day="2026-12-14")
    assert post_staged(kasse).matched == 1
    plan = find_relief(kasse, done.number)
    assert [one.missing_cents for one in plan.instalments] == [0, 34227 + 34219 - 50000, 34118]
    standing = plan.standing(dt.date(2027, 1, 15))
    assert (standing.behind_cents, standing.unpaid.due) == (18446, dt.date(2027, 1, 15))
    assert sound(kasse) == []


def test_a_plan_that_is_paid_is_ended_by_the_next_look(kasse):
    done = granted(kasse, three_rates(fee(kasse)))
    total = (102047 + 517) / 100
    staged(act(kasse, "clara"), f"{total:.2f}".replace(".", ","), f"alles {done.reference}", day="2026-12-14")
    post_staged(kasse)
    (ended,) = end_settled(act(kasse, "emil"), reason="bezahlt")
    assert (ended.state, ended.restored, ended.interest_off_cents) == ("ended", 0, 0)
    assert end_settled(kasse, reason="bezahlt") == []
    assert sound(kasse) == []


def test_the_end_before_its_time_brings_everything_back(kasse):
    claim = fee(kasse)
    before = items(kasse)
    done = granted(kasse, three_rates(claim))
    kasse.today = "2027-01-20"
    ended = end(kasse, done.number, reason="zwei Raten fehlen", way="failed", law=later_law())
    # 22 days of 3.52 % on 1,000.00, 31 on 680.32, 5 on 340.17 ran: 4.32; what was booked for later comes off
    assert (ended.state, ended.restored) == ("failed", 1)
    assert items(kasse)[0] == before[0]
    interest = kasse.value("SELECT sum(open_cents) FROM item WHERE claim_kind = 'stundungszinsen'")
    assert (interest, ended.interest_off_cents) == (432, 85)
    # 4.52 % (1.52 + 3) of 319.68 for 36 days: 1.43, and of 340.15 for 5: 0.21, since their days
    assert ended.default_cents == 143 + 21
    assert events(kasse) == [
        (1, "deferral", "2026-11-24", "2027-02-15", 0, True),
        (1, "deferral", "2026-11-24", "2027-01-20", 0, False),
    ]
    assert locks(kasse) == [(1, "enforcement", "2027-02-15", "2027-01-20")]
    assert sound(kasse) == []


def test_interest_paid_in_advance_pays_the_claim_when_the_plan_fails(kasse):
    """Money of the debtor pays no interest ahead by itself; somebody assigned it to just that."""
    done = granted(kasse, three_rates(fee(kasse)))
    staged(act(kasse, "clara"), "345", f"Rate {done.reference}", day="2026-12-14")
    staged(kasse, "5,17", "Zinsen", day="2026-12-14")
    post_staged(kasse)
    interest = kasse.all("SELECT id, open_cents FROM item WHERE claim_kind = 'stundungszinsen' ORDER BY id")
    assert sum(cents for _, cents in interest) == 517, "the claim first"
    case = kasse.value("SELECT item FROM suspense_case")
    wishes = tuple(Assigned(f"ORDNUNG/{number}", cents) for number, cents in interest)
    decide(kasse, [Assign(case, wishes)], day="2026-12-15")
    owed = kasse.value("SELECT sum(open_cents) FROM item")
    act(kasse, "emil").today = "2027-02-01"
    ended = end(kasse, done.number, reason="Rate fehlt", way="failed", law=later_law())
    assert ended.interest_off_cents > 0
    assert kasse.value("SELECT sum(open_cents) FROM item") == owed - ended.interest_off_cents + ended.default_cents
    assert sound(kasse) == []


def test_a_deferral_that_runs_out_leaves_the_new_due_day(kasse):
    done = granted(kasse, wish("stundung", fee(kasse), last=dt.date(2027, 3, 31)))
    kasse.today = "2027-04-10"
    ended = end(kasse, done.number, reason="abgelaufen")
    assert (ended.state, ended.restored, items(kasse)[0][5:]) == ("ended", 0, ("2027-03-31", 0, None))
    assert events(kasse) == [(1, "deferral", "2026-11-24", "2027-03-31", 0, False)]


def test_a_stay_stops_enforcement_but_not_the_charges(kasse):
    claim = fee(kasse)
    before = items(kasse)
    done = granted(kasse, wish("aufschub", claim))
    assert items(kasse) == before
    assert locks(kasse) == [(claim, "dunning", None, None), (claim, "enforcement", None, None)]
    assert events(kasse) == [(claim, "stay", "2026-11-24", None, 1, False)]
    kasse.today = "2026-12-24"
    end(kasse, done.number, reason="Aufschub vorbei")
    assert {row[3] for row in locks(kasse)} == {"2026-12-24"}
    assert events(kasse) == [(claim, "stay", "2026-11-24", "2026-12-24", 1, False)]


def test_interest_of_a_suspended_execution_only_where_it_was_lost(kasse):
    tax = fee(kasse, "10.030,00", profile="tax", claim_kind="tax", due="2026-01-15")
    done = granted(kasse, wish("aussetzung", tax, first=dt.date(2026, 11, 24)))
    act(kasse, "emil").today = "2027-05-23"
    ended = end(kasse, done.number, reason="Einspruch zurückgewiesen", lost=True)
    assert ended.interest_cents == 30000, "law.md 2.3: 0.5 % for six full months of 10,000"
    assert items(kasse)[-1][2] == "aussetzungszinsen"
    assert sound(kasse) == []


@pytest.mark.parametrize(("paid", "cents"), [("10.030,00", 200_00), ("5.000,00", 250_00)])
def test_what_is_paid_while_execution_is_suspended_bears_interest_until_then(kasse, paid, cents):
    """§ 237 AO: four full months of what was paid on 24 March, six of the rest."""
    tax = fee(kasse, "10.030,00", profile="tax", claim_kind="tax", due="2026-01-15")
    done = granted(kasse, wish("aussetzung", tax, first=dt.date(2026, 11, 24)))
    act(kasse, "clara").today = "2027-03-24"
    staged(kasse, paid, kasse.value("SELECT reference FROM item WHERE id = :id", id=tax), day="2027-03-24")
    assert post_staged(kasse).matched == 1
    act(kasse, "emil").today = "2027-05-23"
    assert end_settled(kasse, reason="bezahlt") == [], "a person says whether it was lost"
    ended = end(kasse, done.number, reason="Einspruch zurückgewiesen", lost=True)
    assert (ended.interest_cents, [one.code for one in ended.findings]) == (cents, ["law.open_point"])
    assert sound(kasse) == []


def test_a_claim_not_pursued_for_now_stays_open_with_an_allowance_against_it(kasse):
    claim = fee(kasse)
    with pytest.raises(ReliefDayMissingError):
        wish("niederschlagung", claim)
    done = granted(kasse, wish("niederschlagung", claim, watch=dt.date(2027, 11, 24)))
    assert (done.written_down_cents, items(kasse)[0][4]) == (100000, 100000)
    assert (balance(kasse, "allowance"), balance(kasse, "allowance_expense")) == (-100000, 100000)
    assert (events(kasse), len(locks(kasse))) == ([], 2), "limitation goes on, dunning and enforcement do not"
    assert sound(kasse) == []
    ended = end(kasse, done.number, reason="neuer Arbeitgeber")
    assert (ended.state, ended.released_cents) == ("lifted", 100000)
    assert (balance(kasse, "allowance"), balance(kasse, "allowance_release")) == (0, -100000)
    assert sound(kasse) == []


@pytest.mark.parametrize(("kind", "role"), [("niederschlagung_unbefristet", "write_off"), ("erlass", "remission")])
def test_a_write_off_settles_the_claim_and_is_lifted_again(kasse, kind, role):
    claim = fee(kasse)
    done = granted(kasse, wish(kind, claim))
    assert (done.written_off_cents, items(kasse)[0][4], balance(kasse, role)) == (100000, 0, 100000)
    assert kasse.all("SELECT kind FROM clearing") == [("relief",)]
    assert sound(kasse) == []
    ended = end(kasse, done.number, reason="Vermögen gefunden")
    assert (ended.state, ended.reopened, items(kasse)[0][4], balance(kasse, role)) == ("lifted", 1, 100000, 0)
    assert sound(kasse) == []


def test_money_on_a_claim_written_off_is_told_with_its_relief(kasse):
    claim = fee(kasse)
    number = kasse.value("SELECT reference FROM item")
    done = granted(kasse, wish("niederschlagung_unbefristet", claim))
    assert list(written_off(kasse, [number, "0"])) == [WrittenOff(number, done.number, "niederschlagung_unbefristet")]
    end(kasse, done.number, reason="zahlt doch")
    assert list(written_off(kasse, [number])) == []


@pytest.mark.parametrize("kind", ["niederschlagung", "erlass"])
def test_money_on_a_claim_that_is_open_or_waived_needs_no_relief_ended(kasse, kind):
    claim = fee(kasse)
    more = {"watch": TODAY + dt.timedelta(days=60)} if kind == "niederschlagung" else {}
    granted(kasse, wish(kind, claim, **more))
    assert list(written_off(kasse, [kasse.value("SELECT reference FROM item")])) == []


@pytest.mark.parametrize("kind", ["niederschlagung", "niederschlagung_unbefristet", "stundung", "aufschub"])
def test_only_what_is_waived_may_be_a_part_of_a_claim(kasse, kind):
    """What nobody could grant is not proposed."""
    first, second = fee(kasse), fee(kasse, person=1, number=2)
    day = TODAY + dt.timedelta(days=60)
    more = {"stundung": {"last": day}, "niederschlagung": {"watch": day}}.get(kind, {})
    with pytest.raises(PartReliefError):
        propose(kasse, wish(kind, first, second, cents=1500_00, **more))
    assert kasse.value("SELECT count(*) FROM relief") == 0
    assert granted(kasse, wish(kind, first, second, cents=1000_00, **more)).items == 1


def test_part_of_a_claim_is_waived_by_the_settlement_order(kasse):
    claim = fee(kasse, "100")
    fee(kasse, "3,10", person=1, claim_kind="mahngebuehr", main_item=claim, number=2)
    done = granted(kasse, wish("erlass", claim, cents=50_00))
    assert done.written_off_cents == 5000
    assert [row[4] for row in items(kasse)] == [10000 - 4690, 0], "the fee of the Mahnung comes first"
    assert sound(kasse) == []


def test_a_fine_is_relieved_by_its_own_events(kasse):
    fine = fee(kasse, "80", profile="fine", claim_kind="bussgeld")
    done = granted(kasse, three_rates(fine))
    assert (done.late_cents, done.interest_cents) == (0, 0), "no charge runs on a fine"
    assert [one[1] for one in events(kasse)] == ["relief"], "§ 34 (4) no. 3 OWiG"


def test_who_decides(kasse):
    made = propose(kasse, three_rates(fee(kasse)))
    with pytest.raises(NotAllowedError):
        grant(act(kasse, "anna"), made.number)
    kasse.insert_one("user_role", user_id=act(kasse, "clara").user, office="*", role="enforcement")
    with pytest.raises(OwnWorkError):
        grant(kasse, made.number)
    with pytest.raises(OwnWorkError):
        refuse(kasse, made.number, reason="nein")
    emil = act(kasse, "emil").user
    kasse.insert_one("relief_limit", user_id=emil, kind="*", max_cents=10**9)
    kasse.insert_one("relief_limit", user_id=emil, kind="ratenplan", max_cents=1000_00)
    with pytest.raises(ReliefLimitError) as refused:
        grant(kasse, made.number)
    assert refused.value.fields["limit_cents"] == 100000
    kasse.execute("UPDATE relief_limit SET max_cents = 102047 WHERE kind = 'ratenplan'")
    assert grant(kasse, made.number).items == 1
    with pytest.raises(ReliefStateError):
        grant(kasse, made.number)


def test_limits_for_orders_hold_where_relief_has_none(kasse):
    made = propose(kasse, wish("erlass", fee(kasse)))
    kasse.insert_one("approval_limit", user_id=act(kasse, "emil").user, office="*", max_cents=999_99)
    with pytest.raises(ReliefLimitError):
        grant(kasse, made.number)


def test_a_proposal_is_refused_or_withdrawn_without_a_trace_in_the_books(kasse):
    claim = fee(kasse)
    before = items(kasse)
    first = propose(kasse, wish("erlass", claim))
    with pytest.raises(ReliefReasonError):
        withdraw(kasse, first.number, reason=" ")
    assert withdraw(kasse, first.number, reason="vertippt").state == "withdrawn"
    second = propose(kasse, wish("erlass", claim))
    assert refuse(act(kasse, "emil"), second.number, reason="keine Härte").state == "refused"
    for number in (first.number, second.number):
        with pytest.raises(ReliefStateError):
            grant(kasse, number)
    assert items(kasse) == before
    with pytest.raises(UnknownReliefError):
        grant(kasse, 99)


def test_what_changed_since_the_proposal_is_not_granted(kasse):
    claim = fee(kasse)
    made = propose(kasse, three_rates(claim))
    staged(kasse, "100", reference(kasse, 1), day="2026-11-24")
    post_staged(kasse)
    with pytest.raises(ReliefChangedError):
        grant(act(kasse, "emil"), made.number)
    assert kasse.value("SELECT count(*) FROM item") == 1


def test_one_relief_at_a_time(kasse):
    claim = fee(kasse)
    granted(kasse, wish("niederschlagung", claim, watch=dt.date(2027, 1, 1)))
    with pytest.raises(ReliefConflictError):
        propose(act(kasse, "clara"), wish("erlass", claim))


REFUSED = {
    "instalments that do not add up": (
        lambda claim: three_rates_of(claim, ((dt.date(2026, 12, 1), 1),)), InstalmentSumError,
    ),
    "nothing open": (lambda claim: wish("erlass", claim + 7), NothingOwedError),
    "more waived than owed": (lambda claim: wish("erlass", claim, cents=10**9), ReliefAmountError),
}  # fmt: skip


def three_rates_of(claim, each):
    return wish("ratenplan", claim, schedule=Schedule(each=each))


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused(kasse, case):
    make, error = REFUSED[case]
    claim = fee(kasse)
    with pytest.raises(error):
        propose(kasse, make(claim))
    assert kasse.value("SELECT count(*) FROM relief") == 0


def test_wishes_check_themselves(kasse):
    with pytest.raises(ReliefDaysError):
        wish("stundung", 1, last=dt.date(2026, 1, 1))
    with pytest.raises(NoInstalmentsError):
        wish("ratenplan", 1)
    with pytest.raises(NoInstalmentsError):
        wish("erlass", 1, schedule=Schedule(count=2))
    with pytest.raises(UnknownReliefKindError):
        relief_kind("schenkung")


def test_claims_of_two_persons_need_two_reliefs(kasse):
    first, second = fee(kasse), fee(kasse, person=debtor(kasse, "Max"), number=2)
    with pytest.raises(SeveralDebtorsError):
        propose(kasse, wish("erlass", first, second))


def test_kinds_end_in_their_own_ways(kasse):
    done = granted(kasse, wish("erlass", fee(kasse)))
    for way in ("failed", "discharged", "ended"):
        with pytest.raises(ReliefEndError):
            end(kasse, done.number, reason="falsch", way=way)


@pytest.mark.parametrize("book", ["sqlite"], indirect=True)
def test_a_claim_and_its_side_claims_are_found_without_walking_the_office(store):
    """Without statistics SQLite took the index of all that is open: half a second for each relief of a city."""
    sql = relief_reader._OWED.format(items=relief_reader._WITH_SIDES) + " AND i.office = w.office AND i.id = w.item"
    plan = " ".join(row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", office="BAU", item=1))
    assert "ix_item_open" not in plan
