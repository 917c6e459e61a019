"""Every list of kasse stands side by side on a terminal of 80 columns, in both languages, with values as towns have them."""

import importlib
import pkgutil

import pytest

import kasse_cli
from kasse_cli.columns import Column
from kasse_cli.commands.suspense.looking import _columns
from kasse_cli.i18n import _, set_language
from kasse_cli.layout import chosen, gap, strip
from kasse_cli.results import Table
from kasse_cli.tables import _amounts_below, fitted, for_person
from ledger.bank.suspense_worklist import WorkCase

FILES_ONLY = {
    "kasse_cli.feeds:ASSIGNMENTS", "kasse_cli.letter_files:LIST", "kasse_cli.commands.dunning:ITEMS",
    "kasse_cli.audit_pages:FINDINGS", "kasse_cli.audit_pages:DEPUTIES",
}  # fmt: skip
"""Lists that no terminal sees: exports, the list of a print shop, parts of a report with a layout of its own."""
FITTED = {"kasse_cli.commands.sepa.summary:_SUMMARY"}  # loses its columns by what the files hold
VALUES = {
    "cents": 123_456_789,
    "day": "2026-11-21",
    "count": 1234,
    "permille": 1000,
    "flag": False,
    "object": "letter:1234",
    "number": "3.10",
}
TEXTS = {
    "iban": "DE22120300000001000001", "reference": "1000000047112", "office": "ORDNUNG", "account": "2690.KASSE",
    "entry": "ORDNUNG-2026-123", "order": "ORDNUNG-123", "item": "ORDNUNG/1234", "_at": "2026-11-21T17:00:00Z",
    "name": "Nordlicht Veranstaltungen UG", "party": "Nordlicht Veranstaltungen UG", "debtor": "Nora Brandt-Großkopf",
    "purpose": "Baugenehmigung Lindenallee 17a", "text": "Baugenehmigung Lindenallee 17a", "by": "frida",
}  # fmt: skip


def lists():
    """Return the columns of every list that stands in a module, by where it stands."""
    found = {}
    for module in pkgutil.walk_packages(kasse_cli.__path__, "kasse_cli."):
        if "migrations" not in module.name and "tui" not in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, tuple) and value and all(isinstance(one, Column) for one in value):
                    found.setdefault(id(value), (f"{module.name}:{name}", value))
    return {place: columns for place, columns in found.values() if place not in FILES_ONLY | FITTED}


def sample(column):
    if column.kind == "word":
        return max(column.words, key=len) if column.words else "accepted"
    text = next((text for part, text in TEXTS.items() if part in column.key), "zwei Worte")
    return VALUES.get(column.kind, text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_list_stands_side_by_side(language):
    set_language(language)
    try:
        wide = [place for place, columns in lists().items() if not stands(columns)]
    finally:
        set_language("en")
    assert wide == []


@pytest.mark.parametrize("lang", ["en", "de"])
def test_unclear_money_stands_side_by_side_with_long_words_and_large_amounts(lang):
    set_language(lang)
    columns = _columns(["advance", "suspense"], held=False)
    case = WorkCase(
        "KASSE", 12, "suspense", "2026-11-26", 121800, "Grundstücksverwaltungsgesellschaft mbH", None,
        "Kraftfahrzeugsteuerrückerstattungsanspruch 2026", 13, "no_reference", None,
    )  # fmt: skip
    try:
        text = fitted(Table("cases", columns, [case, case]), 80, colour=False)
    finally:
        set_language("en")
    head, *rows = text.splitlines()
    assert head.split()[:2] == (["Case", "Kind"] if lang == "en" else ["Fall", "Art"])
    assert max(map(len, rows)) <= 80
    assert lang == "en" or "Tage" in text.partition("(")[2], "what is left out is named"


def stands(columns):
    strips = [strip(one, _(one.label), [for_person(sample(one), one)]) for one in columns if one.shown]
    shapes = (strips, _amounts_below(strips))
    return any(shape and gap([shape[i] for i in chosen(shape, 80)], 80) for shape in shapes)


def test_the_lists_are_found():
    assert len(lists()) > 100
