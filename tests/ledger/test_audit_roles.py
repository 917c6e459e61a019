"""The audit names decisions by who held no role for them at that time, never those of a role that ended later."""

import pytest

from enforcement import dunning_release_store, law_change_store, letters, relief_audit
from enforcement.relief_grant_store import DECIDERS
from enforcement.relief_propose_store import PROPOSERS
from ledger.audit import checks_roles, deeds
from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.audit.deeds import DEEDS
from ledger.bank.suspense_decisions import Hold
from ledger.bank.suspense_desk_store import decide
from ledger.book.closing_service import CLOSERS
from ledger.cash import cancel_store, count_store, reject_store
from ledger.events.store import record
from ledger.items import joint_debtors_store
from ledger.payments import collection_runs, redirect, refunds, runs, set_off, vop
from ledger.people import parties_merge_store
from ledger.people.duties_store import name_deputy
from ledger.people.users import ROLES
from ledger.people.users_end_store import revoke
from ledger.people.users_store import grant
from tests.books import act
from tests.ledger.fraud_cases import FIRST, Town, owner

CHECKS = (*checks_roles.CHECKS, *relief_audit.CHECKS)
SAME = {
    **{f"payment.{step}": runs.ROLES[step] for step in ("propose", "review", "change", "release", "export", "discard")},
    **{f"collection.{step}": collection_runs.ROLES[step] for step in ("propose", "review", "change", "release")},
    "cash.cancel": cancel_store.ROLES,
    "cash.confirm": count_store.WITNESSES,
    "cash.reject_count": reject_store.ROLES,
    "day.close": CLOSERS,
    "item.set_off": set_off.ROLES,
    "party.merge_confirm": parties_merge_store.ROLES,
    "payee.confirm": redirect.CONFIRM_ROLES,
    "refund.approve": refunds.APPROVE_ROLES,
    "refund.ask": refunds.ASK_ROLES,
    "vop.rule_confirm": vop.CONFIRM_ROLES,
}
OF_RELIEF = {
    "dunning.release": dunning_release_store.RELEASERS,
    "law.release": law_change_store.RELEASERS,
    "letter.release": letters.RELEASERS,
    "relief.grant": DECIDERS,
    "relief.propose": PROPOSERS,
}


@pytest.mark.parametrize("action", [*SAME, *OF_RELIEF])
def test_an_audit_asks_for_the_roles_that_the_services_ask_for(action):
    known = {**DEEDS, **relief_audit.DEEDS}
    assert set(known[action]) == set((SAME | OF_RELIEF)[action])


def test_joint_debtors_are_made_by_these_roles_and_by_who_accepts_or_takes_over():
    assert set(joint_debtors_store.ROLES) < set(DEEDS["item.joint"])


def test_only_roles_that_there_are_are_asked_for():
    asked = {role for known in (DEEDS, deeds.STEPS, relief_audit.DEEDS) for roles in known.values() for role in roles}
    assert asked <= set(ROLES)


@pytest.fixture
def town(store):
    made = Town(store)
    made.unclear("12,00", "Edda Unklar", 36)
    made.later()
    return made


def found(town):
    """What the audit says of roles, in short."""
    report = audit(town.by("root"), Scope(FIRST, town.day), checks=CHECKS)
    return [
        "{user} {step} {office} {count}".format(**one.fields)
        for one in report.findings
        if isinstance(one, checks_roles.RoleUnknownError)
    ]


def review(town):
    town.order("BAU payable 20,00 Maler", 50)
    town.pay()


def certify(town):
    town.order("BAU payable 21,00 Maler", 50, steps=("anna",))


def put_off(town):
    case = town.store.value("SELECT min(item) FROM suspense_case")
    decide(town.by("dirk"), [Hold(case, f"2027-01-{town.day[-2:]}", "Rückfrage")], day=town.day)


def noted(action, user):
    """Log a decision as a program of one's own would: the rest of it does not matter here."""

    def note(town):
        store = town.by(user)
        with store.unit(["KASSE"]):
            record(store, "KASSE", action)

    return note


DONE = {
    "a run reviewed": ("dirk", "payments", review, ["dirk payment.propose KASSE 1", "dirk payment.review KASSE 1"]),
    "a run released": ("emil", "releaser", review, ["emil payment.release KASSE 1"]),
    "an order certified": ("anna", "certifier", certify, ["anna certified BAU 1"]),
    "unclear money decided": ("dirk", "clerk", put_off, ["dirk suspense.hold KASSE 1"]),
    "an entry posted": ("clara", "clerk", noted("journal.post", "clara"), ["clara journal.post KASSE 1"]),
    "a day confirmed": ("emil", "head", noted("day.confirm", "emil"), ["emil day.confirm KASSE 1"]),
    "cash confirmed": ("emil", "head", noted("cash.hand_over", "emil"), ["emil cash.hand_over KASSE 1"]),
    "a relief granted": ("emil", "head", noted("relief.grant", "emil"), ["emil relief.grant KASSE 1"]),
    "a role given": ("root", "admin", noted("user.add", "root"), None),
}


def places(town, user, role):
    sql = "SELECT r.office FROM user_role r JOIN app_user u ON u.id = r.user_id WHERE u.name = :user AND r.role = :role"
    return [office for (office,) in town.store.rows(sql, user=user, role=role)]


@pytest.mark.parametrize("what", [what for what, case in DONE.items() if case[3]])
def test_a_role_given_back_past_the_log_is_named(town, what):
    user, role, deed, expected = DONE[what]
    offices = places(town, user, role)
    assert offices
    deed(town)
    town.later()
    revoke(town.by("root"), user, [(office, role) for office in offices])
    assert found(town) == [], "what was done with the role stays silent"
    town.later()
    who, text = town.user(user), "INSERT INTO user_role (user_id, office, role) VALUES (:who, :office, :role)"
    for office in offices:
        owner(town.store, text, "user_role", who=who, office=office, role=role)
    deed(town)
    for office in offices:
        gone = "DELETE FROM user_role WHERE user_id = :who AND office = :office AND role = :role"
        owner(town.store, gone, "user_role", who=who, office=office, role=role)
    assert found(town) == expected
    town.later()
    grant(town.by("root"), user, [(office, role) for office in offices], exception="Vertretung")
    town.later()
    deed(town)
    assert found(town) == expected, "a role given again counts from then on"


def test_somebody_without_any_right_who_gives_roles_is_named(town):
    noted("user.limit", "anna")(town)
    assert found(town) == ["anna user.limit KASSE 1"]


def test_who_stands_in_for_somebody_acts_with_the_roles_of_that_person(town):
    grant(town.by("root"), "nina", [("BAU", "enforcement")])
    name_deputy(town.by("root"), "emil", "nina", office="*", role="releaser", since=town.day, until="2099-12-31")
    town.order("BAU payable 22,00 Maler", 51)
    town.pay("nina")
    assert found(town) == []
    assert (
        town.store.value("SELECT count(*) FROM event WHERE on_behalf IS NOT NULL AND action = 'payment.release'") == 1
    )


def test_an_audit_of_one_office_sees_the_roles_given_in_the_kasse(town):
    certify(town)
    report = audit(town.by("root"), Scope(FIRST, town.day, "BAU"), checks=CHECKS)
    assert [one for one in report.findings if one.code == "audit.role_unknown"] == []
    assert act(town.store, "root")
