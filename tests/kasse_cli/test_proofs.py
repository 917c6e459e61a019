"""Whoever verifies a book asks what lies above the ledger, too: every command names an item moved past kasse."""

import pytest

from tests.attacks import without_guards
from tests.bankbooks import item, reference
from tests.books import opened
from tests.kasse_cli.test_db_upgrade import GOOD, next_version  # noqa: F401 - a fixture

DUE = "verify.item_due"
COMMANDS = {
    "journal verify": ("kasse journal verify --json",),
    "book audit": ("kasse book audit --json",),
    "book backup": ("kasse book backup {folder}/a.backup --check --json",),
    "book restore": (
        "kasse book backup {folder}/a.backup --json",
        "kasse book restore {folder}/a.backup --dry-run --json",
    ),
}


@pytest.fixture
def moved(book):
    """A book in which the owner moved the due day of a claim."""
    store = opened(book)
    item(store, "50", reference(store, 1))
    without_guards(store, "item")
    store.execute("UPDATE item SET due = '2027-12-01'")
    store.close()
    return book


def named(shell, book, commands):
    """What the last of these commands finds."""
    for text in commands:
        done = shell(f"{text.format(folder=shell.folder)} --user root --book {book}")
    assert done.code == 3, done.out
    return {one["code"] for one in done.json["findings"]}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_item_moved_past_kasse_is_named(shell, moved, name):
    assert DUE in named(shell, moved, COMMANDS[name])


def test_no_book_with_an_item_moved_past_kasse_is_upgraded(shell, moved, next_version):  # noqa: F811
    next_version(GOOD)
    for more in ("--dry-run", ""):
        assert DUE in named(shell, moved, (f"kasse db upgrade {more} --json",))
