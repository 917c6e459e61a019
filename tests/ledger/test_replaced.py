"""Which issue of a statement replaces a refused file, on both engines: page by page, MT940 too."""

import pytest

from ledger.bank.formats_store import set_format
from ledger.bank.replaced_reader import replacements
from sepa.errors import KasseError
from tests.books import MAIN_IBAN, act
from tests.ledger.statement_texts import statement, take

pytestmark = pytest.mark.engines
WRONG, RIGHT = "16.11. 100,00 | +5,00 Meyer | 106,00", "16.11. 100,00 | +6,00 Meyer | 106,00"
FIRST = {"page": 1, "last_page": False, "codes": ("OPBD", "ITBD"), "named": "S", "number": 1}
SECOND = {"page": 2, "codes": ("ITBD", "CLBD"), "named": "S", "number": 1}


def refused(store, *statements):
    """Have a file refused; return what it holds."""
    with pytest.raises(KasseError):
        take(store, *statements, sha="f" * 64)
    return [value for one in statements for value in one]


def files(store, values):
    return [one.fields["file"] for one in replacements(store, "f" * 64, iter(values))]


def test_an_issue_that_was_taken_since_replaces_a_refused_one(store):
    act(store, "import")
    values = refused(store, statement(WRONG, named="A"))
    assert files(store, values) == []
    take(store, statement(RIGHT, named="A"), name="a.xml")
    assert files(store, values) == ["a.xml"]
    store.execute("UPDATE statement SET withdrawn_on = '2026-11-21' WHERE withdrawn_on IS NULL")
    assert files(store, values) == [], "what was withdrawn replaces nothing"


def test_a_page_is_replaced_by_the_same_page(store):
    act(store, "import")
    first = statement(RIGHT, **FIRST)
    values = refused(store, first, statement("16.11. 106,00 | +1,00 Adam | 109,00", **SECOND))
    take(store, first, name="1.xml")
    assert files(store, values) == []
    take(store, statement("16.11. 106,00 | +1,00 Adam | 107,00", **SECOND), name="2.xml")
    assert files(store, values) == ["1.xml", "2.xml"]


def test_references_of_mt940_that_come_again_every_day_name_no_message(store):
    act(store, "emil")
    set_format(store, MAIN_IBAN, "MT940")
    act(store, "import")
    values = refused(store, statement(WRONG, message="MT940", named="STARTUMS"))

    def broken_off():
        yield from values[:2]
        raise KasseError

    take(store, statement(RIGHT, message="MT940", named="STARTUMS"), name="a.sta")
    assert files(store, values) == ["a.sta"]
    assert files(store, broken_off()) == [], "nobody knows what else was in it"
