"""Restricted persons are named by no command to whoever must not see them; others see them as before."""

import datetime as dt

import pytest

from kasse_cli.lazy import NOUNS, load, present
from kasse_cli.masking import _mask
from kasse_cli.rights import rights
from ledger.keeping.erasing import RESTRICTED_NAME
from ledger.keeping.restriction_store import restrict
from tests import books
from tests.books import act, opened
from tests.ledger.keeping_books import ERIKA_IBAN, filled, later

NAMES = ("Erika Musterfrau", ERIKA_IBAN)
WITHOUT_BOOK = {"demo", "sepa", "law", "help", "config", "iban", "qr"}
WRITING = {"suspense desk", "db upgrade"}
FORMS = ([], ["--json"])
EXACT = (
    "item show ORDNUNG/1", "item explain ORDNUNG/1", "journal list --json", "journal export --hledger -",
    "statement list --json", "report open-items --on 2026-03-01", "order show ORDNUNG-1", "party show 1",
    "party account 1", "suspense list --all",
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book in which Erika is restricted."""
    path = tmp_path_factory.mktemp("masked") / "kasse.db"
    books.make_sqlite_template(path)
    store = opened(str(path))
    party = filled(store)[0]
    restrict(act(later(store, "2028-01-02"), "emil"), party, "Antrag")
    store.close()
    return path


@pytest.fixture
def town(shell, book):
    shell.now = dt.datetime(2028, 1, 3, 9, 30, tzinfo=dt.UTC)
    shell.environ["KASSE_BOOK"] = str(book)
    return shell


def leaves(name, found):
    """Yield each command below a noun that needs no argument."""
    children = getattr(found, "commands", None)
    if children is None and not any(parameter.required for parameter in found.params):
        yield name
    for verb, child in (children or {}).items():
        yield from leaves(f"{name} {verb}", child)


def readers():
    """Return the commands that read a book and need nothing else."""
    nouns = [noun for noun in present(NOUNS) if noun.name not in WITHOUT_BOOK]
    return [line for noun in nouns for line in leaves(noun.name, load(noun)) if line not in {*rights(), *WRITING}]


def told(done, words):
    return [word for word in words if word.casefold() in (done.out + done.err).casefold()]


def test_no_command_names_a_restricted_person_to_a_clerk(town):
    seen = set()
    for line in [*readers(), *EXACT]:
        for form in FORMS if "--" not in line else ([],):
            clerk = town([*line.split(), *form], KASSE_USER="clara")
            assert told(clerk, NAMES) == [], line
        if told(town([*line.split(), *form], KASSE_USER="emil"), NAMES):
            seen.add(line)
    assert {"item show ORDNUNG/1", "party list", "statement list --json"} & seen, seen
    assert len(seen) >= 4, seen


TEXTS = {
    "Erika Musterfrau": "X",
    "Zahlung von MUSTERFRAU, ERIKA am 3.": "Zahlung von X am 3.",
    "an Erika  Musterfrau; DE89 3704 0044 0532 0130 00": "an X; X",
    "Erika Musterfrauen": "Erika Musterfrauen",
    "Frau Musterfrau": "Frau Musterfrau",
    "Papierhaus": "X",
    "beim Papierhaus": "beim Papierhaus",
    "": "",
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_hidden_of_a_text(text):
    assert _mask(["Erika Musterfrau", "Papierhaus"], [ERIKA_IBAN], "X").text(text) == TEXTS[text]


@pytest.mark.parametrize(("language", "word"), [("en", "(restricted)"), ("de", "(eingeschränkt)")])
def test_what_stands_for_a_name_is_in_the_language_of_the_output(town, language, word):
    said = town(["item", "show", "ORDNUNG/1", "--lang", language], KASSE_USER="clara")
    assert word in said.out
    other = {"(restricted)", "(eingeschränkt)"} - {word}
    assert told(said, other) == []
    assert _mask(["Erika Musterfrau"], [], word).text(RESTRICTED_NAME) == word
