"""`kasse user` as an admin types it."""

import pytest

from tests.books import sqlite_copy


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "root"
    with sqlite_copy(sqlite_template, shell.folder):
        yield shell


def test_users_are_added_and_listed(town):
    town.transcript(
        "user",
        "kasse user add gerda --office ORDNUNG --role certifier",
        "kasse user add gerda --office '*' --role cashier --role clerk",
        "kasse user add gerda --office ORDNUNG --role certifier --office BAU --role approver",
        "kasse user add gerda --office ORDNUNG --role certifier",
        "kasse user list",
        "kasse user add heinz --office ORDNUNG --role boss",
        "kasse user add heinz --office ZOO --role certifier",
        "kasse user add heinz --office ORDNUNG --office BAU --role certifier",
        "kasse user add heinz --office '*' --role admin --user gerda",
        "kasse user add heinz --office bau --role CERTIFIER --json",
        "kasse user list --json",
    )


def test_an_admin_of_one_office_gives_rights_there_only(town):
    town("kasse user add gerda --office BAU --role admin")
    assert town("kasse user add heinz --office BAU --role certifier --user gerda").code == 0
    assert town("kasse user add heinz --office ORDNUNG --role certifier --user gerda").code == 1
    assert town("kasse user add heinz --office '*' --role certifier --user gerda").code == 1


def test_a_new_user_acts_at_once(town):
    assert town("kasse user list --user gerda").code == 1
    town("kasse user add gerda --office BAU --role certifier")
    assert town("kasse user list --user gerda").code == 0


def test_who_says_nothing_where_users_may_be_declared_is_told_how(town):
    del town.environ["KASSE_USER"]
    town.user = "pc17"
    unnamed, unknown = town("kasse user list"), town("kasse user list --user gerda")
    assert (unnamed.code, unknown.code) == (1, 1)
    assert "give --user NAME" in unnamed.err
    assert "kasse user add" not in unnamed.err
    assert "kasse user add gerda" in unknown.err


def test_rights_end_and_users_are_locked(town):
    town.transcript(
        "user-end",
        "kasse user lock Clara --reason 'left the city'",
        "kasse user lock clara",
        "kasse order list --user clara",
        "kasse user unlock clara",
        "kasse user unlock clara --json",
        "kasse user revoke clara --office '*' --role cashier",
        "kasse user revoke clara --office '*' --role cashier",
        "kasse user revoke clara --office '*' --role clerk --json",
        "kasse user lock root",
        "kasse user add root --office '*' --role releaser",
        "kasse user lock mallory",
        "kasse user lock anna --user bernd",
        "kasse user add ' ANNA' --office BAU --role certifier",
    )


def test_nothing_is_dated_far_ahead_of_the_clock(town):
    """The clock stands on 20 November: a week ahead is prepared for holidays, more is a slip of the pen."""
    assert town("kasse user add gerda --office BAU --role certifier --on 2026-11-27").code == 0
    done = town("kasse user add gerda --office BAU --role approver --on 2026-11-28 --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "day.future")
    assert town("kasse report trial-balance --on 2027-11-24").code == 0
    assert town("kasse journal verify --on 2027-11-24").code == 0
