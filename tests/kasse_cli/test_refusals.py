"""Whoever lacks the right is refused by every kind of step, and the refusal is an event (invariant 6)."""

import json

from kasse_cli.rights import needed, rights
from ledger.people.users import add_user
from tests import books

LINES = {
    "account add": "account add 4999 Rest --kind liability",
    "book audit": "book audit",
    "collection announce": "collection announce",
    "collection propose": "collection propose",
    "collection setup": "collection setup --creditor-id DE98ZZZ09999999999",
    "day close": "day close --date 2026-11-13",
    "dimension add": "dimension add kostenstelle 4711 Bauhof",
    "dunning propose": "dunning propose",
    "journal export": "journal export --audit {folder}/neu",
    "limitation watch": "limitation watch",
    "office add": "office add NEU Neuamt",
    "party add": "party add 'Erika Musterfrau'",
    "payment propose": "payment propose",
    "relief limit": "relief limit anna --kind stundung --max 100",
    "rule off": "rule off 1",
    "scheme off": "scheme off standard",
    "user add": "user add neu --office BAU --role clerk",
    "user limit": "user limit bernd --office BAU --max 100",
    "user lock": "user lock anna",
    "user revoke": "user revoke anna --office BAU --role certifier",
    "user unlock": "user unlock anna",
}


def test_the_commands_of_this_test_need_a_right():
    assert LINES.keys() <= rights().keys()


def test_every_step_is_refused_without_its_role_and_noted(shell, book, tmp_path):
    store = books.opened(book)
    with store.unit(["KASSE"]):
        number = add_user(store, "niemand", [("BAU", "approver")])
    wrong = {}
    for name, line in LINES.items():
        done = shell(f"kasse {line.format(folder=tmp_path)} --book '{book}' --user niemand --json")
        errors = [error["code"] for error in done.json["errors"]] if done.out else [done.err]
        noted = store.one("SELECT action, by, facts FROM event WHERE office = 'KASSE' ORDER BY position DESC LIMIT 1")
        known = (noted[0], noted[1], json.loads(noted[2]).get("command"))
        if (done.code, errors, known) != (1, ["right.missing"], ("refused", number, name)):
            wrong[name] = (done.code, errors, known)
    store.close()
    assert not wrong, wrong
    assert all(needed(name) for name in LINES)
