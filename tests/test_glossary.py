"""Every German word in the code stands in the glossary, once, with its gloss."""

import ast
import re

from kasse_cli.glossary import GERMAN_PAGES, glossary, parse
from tests.paths import ROOT
from tests.sources import nodes

ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \| ([^|]*)\|")
ENDINGS = re.compile(
    r"(ungen|ung|zuschlag|keit|geld|gebuehr|frist|zeichen|zahllauf|posten|zins|zinsen|recht|schaft|steuer|kosten|"
    r"guthaben|betrag|schuld|kasse|hilfe|bescheid|auftrag|konto|auszug|vermerk|erlass)$"
)
NOT_GERMAN = {"rung"}


def german_terms():
    return list(parse(GERMAN_PAGES[-1].read_text("utf-8")))


def glossary_rows():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [match.groups() for match in map(ROW.fullmatch, text.splitlines()) if match]
    return [row for row in rows if row[0] != "term" and not row[0].startswith("---")]


def german_identifiers():
    found = {}
    for path, node in nodes():
        name = getattr(node, "name", None) or getattr(node, "arg", None)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        for word in re.findall(r"[A-Z]?[a-z]+", name) if isinstance(name, str) else []:
            if ENDINGS.search(word.lower()) and word.lower() not in NOT_GERMAN:
                found.setdefault(word.lower(), path.name)
    return found


def test_each_german_identifier_has_a_line():
    named = {word for row in glossary_rows() for word in re.findall(r"`(\w+)`", row[0])}
    assert {word: place for word, place in german_identifiers().items() if word not in named} == {}


def test_each_term_is_explained_in_german_in_the_same_order():
    assert [term.term for term in german_terms()] == [term.term for term in glossary()]
    assert all(term.german for term in glossary())


def test_each_term_stands_once_with_a_gloss():
    terms = [row[0].strip() for row in glossary_rows()]
    assert len(terms) > 40
    assert len(terms) == len(set(terms))
    assert all(row[1].strip() for row in glossary_rows())
