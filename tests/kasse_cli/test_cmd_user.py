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
