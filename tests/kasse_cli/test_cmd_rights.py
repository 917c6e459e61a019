"""Every command that changes the book names the right it needs, and its service demands that right (invariant 6)."""

import ast
import inspect
from functools import cache

import pytest

from kasse_cli.lazy import NOUNS, load, present
from kasse_cli.rights import needed, rights
from ledger.people.users import ROLES
from tests.kasse_cli.reach import places, reached, words

HOLDER = "holder"
"""Who holds the cash desk, whatever their role."""
FREE = {
    "book create": "whoever makes a book is its first user",
    "book restore": "makes a new book from a backup",
    "demo": "makes a book of its own",
    "journal verify": "notes which head was found; anybody may verify",
}
"""Commands that write without a right, and why."""
NOTES = {
    ("ledger.book.journal_gaps_store", "note_aborted"),
    ("ledger.book.verify_store", "_note"),
    ("ledger.keeping.restriction_store", "check_sight"),
    ("ledger.items.party_account_store", "party_account"),
}
"""Units that note what was read or refused."""


def commands():
    def leaves(names, command):
        children = getattr(command, "commands", None)
        if children is None:
            yield " ".join(names), inspect.unwrap(command.callback)
        for name, child in (children or {}).items():
            yield from leaves([*names, name], child)

    for noun in present(NOUNS):
        yield from leaves([noun.name], load(noun))


COMMANDS = {name: (function.__module__, function.__name__) for name, function in commands()}


@cache
def roles_in(place):
    """Return the roles that a text demands, or names in a constant that may be demanded."""
    statement = places()[place]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return words(statement) & set(ROLES)
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    asked = [node for node in calls if getattr(node.func, "id", "") in {"require", "require_whole", "acting"}]
    return {word for node in asked for argument in node.args for word in words(argument)} & set(ROLES)


@cache
def opens_unit(place):
    """Return whether a text opens a unit of work."""
    calls = (node for node in ast.walk(places()[place]) if isinstance(node, ast.Call))
    return any(isinstance(node.func, ast.Attribute) and node.func.attr == "unit" for node in calls)


def demanded(place):
    """Return the roles that stand in the demands which the command can reach."""
    return {role for one in reached(place) if one != ("ledger.people.users", "ROLES") for role in roles_in(one)}


def changes(place):
    """Return the services that the command reaches which open a unit of work."""
    return {
        one
        for one in reached(place)
        if not one[0].startswith(("ledger.store", "kasse_cli")) and one not in NOTES and opens_unit(one)
    }


def test_the_table_names_commands_and_roles():
    assert rights().keys() <= COMMANDS.keys()
    assert {role for roles in rights().values() for role in roles} <= {*ROLES, HOLDER}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_who_may_give_a_command_is_said(command):
    place = COMMANDS[command]
    writes = changes(place)
    if command in FREE or not writes:
        assert command not in FREE or not needed(command)
        return
    assert needed(command), f"{command} changes the book by {sorted(writes)[:3]}"
    assert set(needed(command)) - {HOLDER} <= demanded(place), "a role that no service demands"
