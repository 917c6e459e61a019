"""Commands named in messages, help pages and documents: each one exists, with the options it is shown with."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kasse_cli.lazy import NOUNS, Noun, load, present
from tests.sources import nodes

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"['`](kasse [a-z][^'`]*)['`]")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]


def code_texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the program with its place."""
    for path, node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def named_commands() -> list[tuple[str, str]]:
    found = [(place, command) for place, text in code_texts() for command in NAMED.findall(text)]
    for page in PAGES:
        text = page.read_text("utf-8")
        found += [(str(page.relative_to(ROOT)), command) for command in re.findall(r"`(kasse [a-z][^`]*)`", text)]
    return found


@cache
def nouns_by_name() -> dict[str, Noun]:
    return {name: noun for noun in present(NOUNS) for name in (noun.name, noun.alias)}


def problem(command: str) -> str:
    """Return what is wrong with a command as it is written, '' where it could be typed."""
    words = [word for word in shlex.split(command.replace("…", " ").replace("\n", " "), posix=True)[1:] if word]
    nouns = nouns_by_name()
    if not words or words[0].startswith("-") or words[0].isupper():
        return ""
    if words[0] not in nouns:
        return f"no command {words[0]}"
    noun, rest = nouns[words[0]], words[1:]
    target = load(noun)
    name = noun.name
    while hasattr(target, "commands") and rest and not rest[0].startswith("-"):
        if rest[0] == "{verb}":  # one of several, filled in where it is said
            return ""
        verbs, rest = rest[0].split("|"), rest[1:]
        missing = [verb for verb in verbs if verb not in target.commands]
        if missing:
            return f"no verb {missing[0]} of {name}"
        target, name = target.commands[verbs[0]], f"{name} {verbs[0]}"
    if not hasattr(target, "commands"):
        known = {name for param in target.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}
        unknown = [
            word for word in rest if word.startswith("--") and word.partition("=")[0].strip("[],.;:)") not in known
        ]
        return f"no option {unknown[0]}" if unknown else ""
    return ""


def test_commands_named_in_texts_exist():
    wrong = [f"{place}: {command}: {found}" for place, command in named_commands() if (found := problem(command))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "command",
    [
        "kasse nothing",
        "kasse order forget",
        "kasse order list --never",
        "kasse payment refund ORDNUNG/29",
        "kasse payment refund {item}",
        "kasse order kind forget 3",
    ],
)
def test_a_command_that_does_not_exist_is_found_out(command):
    assert problem(command)
