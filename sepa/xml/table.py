"""Tables of paths: which elements are read, under which name, and which are known but not carried.

A table is text, one path a line: `path = key` names a text (without `=` the path is the key), `path > name`
one that goes as it is into the field of that name, a trailing `@` takes the currency attribute along, `*`
collects repeated texts as they stand, `{NAME}` collects records by another table, and `- path` is known and
left out. Names are local: the namespace never matters, so that one
table reads every version of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# what an element is to its table; plain numbers, because millions of elements are compared with them
BRANCH: Final = 0
TEXT: Final = 1
AMOUNT: Final = 2
TEXTS: Final = 3
RECORD: Final = 4
LEFT_OUT: Final = 5
UNKNOWN: Final = 6
PLAIN: Final = 7

_REMEMBERED = 1000  # names not in the table that are remembered, so that a hostile file costs no memory


class Children(dict[str, "Field"]):
    """Fields by qualified tag; a tag not met yet is looked up by its local name once."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def __missing__(self, tag: str) -> Field:
        """Return the field of the local name, or one that says unknown."""
        local = local_name(tag)
        found = self.get(local) or Field(path=f"{self.path}{local}", kind=UNKNOWN)
        if len(self) < _REMEMBERED:
            self[tag] = found
        return found


@dataclass(slots=True)
class Field:
    """One element of a table; `path` is where it stands, `key` the name its text gets."""

    path: str
    kind: int = BRANCH
    key: str = ""
    children: Children = field(default_factory=lambda: Children(""))


def local_name(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def table(text: str, parts: Mapping[str, Field] | None = None, *, path: str = "") -> Field:
    """Return the table that the text writes down; `parts` are the tables named in braces."""
    root = Field(path=path, children=Children(f"{path}/" if path else ""))
    for line in text.split("\n"):
        if line.strip():
            _add(root, line, parts or {})
    return root


def _add(root: Field, line: str, parts: Mapping[str, Field]) -> None:
    path, key, kind, part = _parsed(line.split())
    at = root
    for name in path.split("/"):
        at.kind = BRANCH
        step = f"{at.path}/{name}" if at.path else name
        at = at.children.setdefault(name, Field(path=step, children=Children(f"{step}/")))
    assert not at.key, f"twice in a table: {line}"
    at.kind, at.key = kind, key
    if part:
        at.children = parts[part].children


def _parsed(words: list[str]) -> tuple[str, str, int, str]:
    """Split a line into path, key, kind and the part in braces."""
    if words[0] == "-":
        return words[1], "", LEFT_OUT, ""
    path, rest = words[0], words[1:]
    key = rest[1] if rest[:1] in (["="], [">"]) else path
    last = words[-1]
    if rest[:1] == [">"]:
        return path, key, PLAIN, ""
    if last.startswith("{"):
        return path, key, RECORD, last.strip("{}")
    return path, key, {"@": AMOUNT, "*": TEXTS}.get(last, TEXT), ""
