"""Each action that the event log records has words, found by reading the code that records it."""

import ast
import re
from pathlib import Path

import pytest

from kasse_cli.event_words import OBJECTS, VERBS, action_text
from kasse_cli.i18n import set_language

ROOT = Path(__file__).parents[2]
ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def first_texts(call):
    """Yield the actions, or beginnings of actions, that a call of `record` names."""
    for argument in call.args[1:3]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and ACTION.fullmatch(argument.value):
            yield argument.value
        elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
            yield str(argument.values[0].value)


def recorded():
    for package in ("ledger", "enforcement", "kasse_cli"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
