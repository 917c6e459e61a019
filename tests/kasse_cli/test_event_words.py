"""Each action that the event log records has words, found by reading the code that records it."""

import ast
import re

import pytest

from kasse_cli.event_words import OBJECTS, VERBS, action_text
from kasse_cli.i18n import sentence, set_language
from kasse_cli.object_words import OBJECTS as NAMED
from kasse_cli.object_words import object_text
from tests.sources import nodes

ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def first_texts(call):
    """Yield the actions, or beginnings of actions, that a call of `record` names."""
    for argument in call.args[1:3]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and ACTION.fullmatch(argument.value):
            yield argument.value
        elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
            yield str(argument.values[0].value)


def recorded():
    for path, node in nodes("ledger", "enforcement", "kasse_cli"):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
            yield from ((path.name, text) for text in first_texts(node) if "." in text and ":" not in text)


def test_each_action_of_the_code_has_words():
    found = set(recorded())
    assert len(found) > 120
    unknown = [(where, action) for where, action in sorted(found) if not known(action)]
    assert unknown == []


def known(action):
    """Return whether an action, or the beginning of several, has words."""
    object_, _dot, verb = action.partition(".")
    whole = ACTION.fullmatch(action) and not verb.endswith("_")
    return object_ in OBJECTS and (verb in VERBS if whole else any(name.startswith(verb) for name in VERBS))


@pytest.mark.parametrize(
    ("action", "english", "german"),
    [
        ("letter.make", "letter: made", "Schreiben: erstellt"),
        ("refused", "refused", "abgelehnt"),
        ("suspense.reserve", "unclear money: reserved for somebody", "ungeklärtes Geld: reserviert"),
        (
            "suspense.again",
            "unclear money: clarified by what came later",
            "ungeklärtes Geld: geklärt durch später Gekommenes",
        ),
        ("suspense.forward_list", "unclear money: forwarded by list", "ungeklärtes Geld: nach Liste weitergeleitet"),
        ("unheard.zz", "unheard: zz", "unheard: zz"),
    ],
)
def test_actions_in_words(action, english, german):
    assert action_text(action) == english
    set_language("de")
    try:
        assert action_text(action) == german
    finally:
        set_language("en")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("letter:7", "letter 7"), ("letter 7", "letter 7"), ("suspense:KASSE/1", "case KASSE/1"),
        ("bank:KASSE/12", "bank entry KASSE/12"), ("dunning run 3", "dunning run 3"), ("run:3", "payment run 3"),
        ("law_change:2", "change of the law 2"), ("day 2026-11-20", "closing of the day 2026-11-20"),
        ("opening", "take-over"), ("BAU/17", "BAU/17"), ("Vermerk 3", "Vermerk 3"), ("strange:1", "strange:1"), ("", ""),
    ],
)  # fmt: skip
def test_objects_have_words(name, words):
    assert object_text(name) == words
    assert sentence("{what}", {"what": name}) == words


def test_sentences_show_days_and_steps_of_a_program_in_words():
    assert sentence("{action}", {"action": "order.certify"}) == "order: certified"
    set_language("de")
    try:
        assert object_text("day 2026-11-20").endswith("20.11.2026")
        assert sentence("{role}", {"role": "head / clerk"}) == "Kassenleitung (head) / Sachbearbeitung (clerk)"
    finally:
        set_language("en")
    assert sentence("{role}", {"role": "payments / enforcement"}) == "payments / enforcement"


def kept_apart():
    """Yield how the steps that nobody takes twice call what they are about: `dunning run {number}`."""
    for path, node in nodes("ledger", "enforcement"):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_apart":
            what = node.args[2]
            if isinstance(what, ast.JoinedStr) and isinstance(what.values[0], ast.Constant):
                yield path.name, str(what.values[0].value).strip(" :")


def test_what_nobody_does_twice_has_words():
    found = list(kept_apart())
    assert len(found) > 15
    assert [(name, what) for name, what in found if what not in NAMED] == []
