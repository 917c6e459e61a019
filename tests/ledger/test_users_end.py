"""Users are one person however they are typed; rights end, but never the last one who can give them."""

import json
import re

import pytest

from ledger.people.users import (
    LockedUserError,
    NotAllowedError,
    OwnRolesError,
    UserNameError,
    user_id,
)
from ledger.people.users_end_store import LastAdminError, UserNotFoundError, lock, revoke, unlock
from ledger.people.users_store import grant, list_users
from tests.books import act

ADMIN = ("*", "admin")


def rights(store, name):
    return [(row.office, row.role) for row in list_users(store) if row.name == name]


@pytest.mark.parametrize("typed", ["Anna", " anna", "ANNA ", "anna\u00a0"])
def test_case_and_blanks_make_no_second_person(store, typed):
    before = len(list_users(store))
    done = grant(store, typed, [("ORDNUNG", "certifier")])
    assert (done.name, done.new, len(list_users(store))) == ("anna", False, before)
    assert user_id(store, typed) == user_id(store, "anna")


def test_a_new_name_is_kept_without_blanks(store):
    assert grant(store, "  Gerda   Groß ", [("BAU", "approver")]).name == "Gerda Groß"
    assert user_id(store, "GERDA GROSS") == user_id(store, "gerda groß")


@pytest.mark.parametrize("name", ["", "  ", "...", "a\u200bb", "a\x00"])
def test_what_nobody_can_read_is_no_name(store, name):
    with pytest.raises(UserNameError):
        grant(store, name, [("BAU", "approver")])


def test_a_locked_user_cannot_act_until_unlocked(store):
    assert lock(store, "Clara", reason="im Ruhestand").new
    assert not lock(store, "clara").new
    with pytest.raises(LockedUserError):
        user_id(store, "clara")
    assert unlock(store, "clara").new
    assert user_id(store, "clara")
    actions = store.all("SELECT action FROM event WHERE action LIKE 'user.%lock' ORDER BY position")
    assert actions == [("user.lock",), ("user.unlock",)]


def test_revoked_rights_are_gone_and_noted(store):
    done = revoke(store, "clara", [("*", "cashier"), ("BAU", "head")])
    assert done.grants == (("*", "cashier"),)
    assert rights(store, "clara") == [("*", "clerk")]
    assert not revoke(store, "clara", [("*", "cashier")]).new
    (facts,) = store.one("SELECT facts FROM event WHERE action = 'user.revoke'")
    assert json.loads(facts)["roles"] == "*:cashier"
    assert re.fullmatch("user_role/4/\\*/cashier=[0-9a-f]{16}>-", json.loads(facts)["seal"])
    assert grant(store, "clara", [("*", "cashier")]).new


OWN = {
    "give": lambda store: grant(store, "ROOT", [("*", "releaser")]),
    "take": lambda store: revoke(store, "root", [ADMIN]),
    "lock": lambda store: lock(store, "root"),
    "unlock": lambda store: unlock(store, "root"),
}


@pytest.mark.parametrize("step", OWN)
def test_nobody_changes_their_own_rights(store, step):
    with pytest.raises(OwnRolesError):
        OWN[step](store)
    assert rights(store, "root") == [ADMIN]


LAST = {"lock": lambda store: lock(store, "root"), "take": lambda store: revoke(store, "root", [ADMIN])}


@pytest.mark.parametrize("step", LAST)
def test_the_last_who_gives_rights_everywhere_stays(store, step):
    grant(store, "gerda", [ADMIN])
    grant(store, "heinz", [("KASSE", "admin")])
    lock(store, "gerda")
    act(store, "gerda")  # locked meanwhile, as a process that was open before
    with pytest.raises(LastAdminError):
        LAST[step](store)
    unlock(act(store, "root"), "gerda")
    assert LAST[step](act(store, "gerda")).new


CLERK = {
    "lock": lambda store: lock(store, "anna"),
    "unlock": lambda store: unlock(store, "anna"),
    "take": lambda store: revoke(store, "anna", [("BAU", "certifier")]),
}


@pytest.mark.parametrize("step", CLERK)
def test_only_an_admin_ends_rights(store, step):
    act(store, "clara")
    with pytest.raises(NotAllowedError):
        CLERK[step](store)


def test_an_unknown_user_is_refused(store):
    with pytest.raises(UserNotFoundError):
        lock(store, "mallory")
