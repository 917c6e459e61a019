"""Deputies beyond orders: who acts for an absent person is bound like both, and every step says for whom it was."""

import datetime as dt

import pytest

from kasse_cli.closing_pages import closing_document
from kasse_cli.event_words import who_text
from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.book.closing_service import close_day, confirm_day
from ledger.book.verify_store import verify
from ledger.events.store import record
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import release, review
from ledger.people.duties import DeputyPairError, RolePairError, deputy_roles
from ledger.people.duties_store import name_deputy
from ledger.people.users import (
    ROLES,
    NotAllowedError,
    OwnWorkError,
    TwoPrincipalsError,
    UnknownRoleError,
    acted_for,
    add_user,
    require,
)
from ledger.people.users_store import grant
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.fraud_cases import owner
from tests.ledger.payables import payables

MONDAY = dt.date(2026, 11, 16)
DAY, EVER = "2026-11-16", "2026-12-31"
QUIET = {MAIN_IBAN: "kein Auszug", SECOND_IBAN: "kein Auszug"}


@pytest.fixture
def town(store):
    """A book with payables to pay, and vera, who has a role elsewhere only."""
    with store.unit(["KASSE"]):
        add_user(store, "vera", [("BAU", "enforcement")])
        add_user(store, "otto", [("*", "payments"), ("*", "releaser"), ("*", "head")])
    payables(store, "ORDNUNG 100,00 2026-11-10 Meyer | Miete\nKASSE 19,99 2026-11-12 Schulz | Auslagen")
    return store


def deputy(store, principal, role, name="vera", office="*"):
    name_deputy(by(store, "root"), principal, name, office=office, role=role, since=DAY, until=EVER)


def by(store, user):
    """Act as somebody, a minute later."""
    store.now = f"{store.now[:14]}{int(store.now[14:16]) + 1:02d}:00Z"
    return act(store, user)


def pay(store, proposer, releaser):
    """Propose and review a run by one person, release it by another."""
    run = propose(by(store, proposer), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    return release(by(store, releaser), run.number, sum_cents=run.total_cents, today=MONDAY)


def close(store, first, second):
    close_day(by(store, first), DAY, today=EVER, reasons=QUIET)
    return confirm_day(by(store, second), DAY)


def acted(store, action):
    sql = """SELECT u.name, p.name FROM event e JOIN app_user u ON u.id = e.by LEFT JOIN app_user p ON p.id = e.on_behalf
             WHERE e.action = :action"""
    return store.all(sql, action=action)


RUNS = {
    "releases for the absent": (("emil", "releaser"), "dirk", "vera", True),
    "proposes for the absent": (("dirk", "payments"), "vera", "emil", True),
    "proposes for who releases then": (("otto", "payments"), "vera", "otto", False),
    "releases for who proposed": (("frida", "releaser"), "frida", "vera", False),
    "has no right at all": (("emil", "head"), "dirk", "vera", False),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_deputy_and_runs(town, name):
    (principal, role), proposer, releaser, works = RUNS[name]
    deputy(town, principal, role)
    if works:
        pay(town, proposer, releaser)
        assert verify(town).findings == ()
    else:
        with pytest.raises(NotAllowedError):
            pay(town, proposer, releaser)
    released = acted(town, "payment.release")
    assert released == ([(releaser, principal if releaser == "vera" else None)] if works else [])


DAYS = {
    "closes for the absent": (("clara", "clerk"), "vera", "emil", True),
    "confirms for the absent": (("emil", "head"), "frida", "vera", True),
    "closes for who confirms then": (("otto", "head"), "vera", "otto", False),
    "confirms for who closed": (("frida", "head"), "frida", "vera", False),
}


@pytest.mark.parametrize("name", DAYS)
def test_a_deputy_and_days(town, name):
    (principal, role), first, second, works = DAYS[name]
    deputy(town, principal, role)
    if works:
        done = close(town, first, second)
        assert done.confirmed_by == second
        assert (done.closed_for, done.confirmed_for) == ((principal, None) if first == "vera" else (None, principal))
        signatures = closing_document(done).blocks[-1]
        assert [f"acting for {principal}" in label for label in signatures.labels] == [
            first == "vera",
            second == "vera",
        ]
    else:
        with pytest.raises(OwnWorkError):
            close(town, first, second)


def test_an_own_right_goes_before_that_of_an_absent_person(town):
    deputy(town, "frida", "releaser", "emil")
    pay(town, "dirk", "emil")
    assert acted(town, "payment.release") == [("emil", None)]


def test_nobody_stands_in_for_somebody_who_lost_the_right(town):
    deputy(town, "emil", "releaser")
    town.execute("UPDATE app_user SET locked = 1 WHERE name = 'emil'")
    with pytest.raises(NotAllowedError):
        pay(town, "dirk", "vera")


def test_entries_and_histories_tell_for_whom_somebody_acted(town):
    deputy(town, "emil", "releaser")
    pay(town, "dirk", "vera")
    vera, emil = (town.value("SELECT id FROM app_user WHERE name = :name", name=name) for name in ("vera", "emil"))
    entries = town.all("SELECT recorded_at FROM entry WHERE recorded_by = :vera", vera=vera)
    assert {acted_for(town, vera, at) for (at,) in entries} == {"emil"}
    assert acted_for(town, emil, town.now) is None
    assert who_text("vera", "emil") == "vera, acting for emil"
    assert who_text("vera", None) == "vera"


def test_one_step_is_never_taken_for_two_people(town):
    deputy(town, "emil", "head")
    deputy(town, "anna", "certifier", office="BAU")
    require(by(town, "vera"), "KASSE", "head")
    with pytest.raises(TwoPrincipalsError):
        require(town, "BAU", "certifier")
    require(by(town, "vera"), "BAU", "certifier")


@pytest.mark.parametrize("role", sorted(set(ROLES) - set(deputy_roles())))
def test_roles_without_a_deputy(town, role):
    with pytest.raises(UnknownRoleError):
        deputy(town, "root", role)


PAIRS = [("emil", "head", "bernd"), ("emil", "releaser", "bernd"), ("emil", "releaser", "anna"), ("dirk", "payments", "bernd"),
         ("bernd", "approver", "clara")]  # fmt: skip


@pytest.mark.parametrize(("principal", "role", "name"), PAIRS)
def test_a_deputy_never_joins_a_forbidden_pair(town, principal, role, name):
    with pytest.raises(DeputyPairError):
        deputy(town, principal, role, name, office="KASSE")


def test_for_whom_somebody_acted_cannot_be_changed_unseen(town):
    deputy(town, "emil", "releaser")
    pay(town, "dirk", "vera")
    owner(town, "UPDATE event SET on_behalf = NULL WHERE action = 'payment.release'", "event")
    assert "verify.event" in {one.code for one in verify(town).findings}


def test_an_audit_names_who_acted_for_somebody_without_being_the_deputy(town):
    by(town, "vera").principal = int(town.value("SELECT id FROM app_user WHERE name = 'emil'"))
    with town.unit(["KASSE"]):
        record(town, "KASSE", "payment.release", "run:7")
    report = audit(act(town, "emil"), Scope("2026-01-01", "2026-12-31"))
    assert [one.code for one in report.findings if one.code == "audit.deputy_void"] == ["audit.deputy_void"]


def test_an_audit_names_work_of_both_persons_whoever_wrote_it(town):
    run = propose(by(town, "dirk"), today=MONDAY).run
    review(town, run.number, today=MONDAY)
    by(town, "frida").principal = int(town.value("SELECT id FROM app_user WHERE name = 'dirk'"))
    with town.unit(["KASSE"]):
        record(town, "KASSE", "payment.release", "run:1")
    values = {"state": "released", "by": town.user, "now": town.now}
    sql = "UPDATE payment_run SET state = :state, released_by = :by, released_at = :now"
    owner(town, sql, "payment_run", **values)
    report = audit(act(town, "emil"), Scope("2026-01-01", "2026-12-31"))
    assert "audit.own_work" in {one.code for one in report.findings}


PAIRED = [("clara", "approver"), ("emil", "approver"), ("bernd", "clerk"), ("import", "releaser"), ("dirk", "releaser"),
          ("emil", "clerk"), ("gerd", "cashier")]  # fmt: skip


@pytest.mark.parametrize(("name", "role"), PAIRED)
def test_roles_that_must_stay_apart_meet_by_a_logged_exception_only(town, name, role):
    grant(by(town, "root"), "gerd", [("*", "audit")])
    with pytest.raises(RolePairError):
        grant(by(town, "root"), name, [("BAU", role)])
    assert grant(town, name, [("BAU", role)], exception="niemand sonst").new
    assert len(acted(town, "user.join_roles")) == 1
    report = audit(by(town, "gerd" if name != "gerd" else "emil"), Scope("2026-01-01", "2026-12-31"))
    assert name in {one.fields["user"] for one in report.findings if one.code == "audit.roles_joined"}


def test_a_deputy_named_twice_is_one(town):
    deputy(town, "emil", "releaser")
    deputy(town, "emil", "releaser")
    assert town.value("SELECT count(*) FROM deputy") == 1
