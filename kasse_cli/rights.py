"""Which role each command needs, as data: shown in its help and by `kasse user rights`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kasse_cli.i18n import _, role_text
from sepa.errors import N_

REACH = {
    "all": N_("An admin needs the role in all offices."),
    "rows": N_("An admin needs the role in the Kasse and in each office whose rows are written."),
}
"""What is said of an admin, by the word behind `admin@`: the role reaches only the offices in which it is held."""


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    """Return by command its roles with the word behind each."""
    text = (files("kasse_cli") / "rights.toml").read_text(encoding="utf-8")
    return {
        f"{noun} {verb}".strip(): {role: reach for role, _, reach in (entry.partition("@") for entry in entries)}
        for noun, verbs in tomllib.loads(text).items()
        for verb, entries in verbs.items()
    }


@cache
def rights() -> Mapping[str, tuple[str, ...]]:
    """Return by command, `order certify`, the roles of which one is needed; commands without are not there."""
    return {command: tuple(roles) for command, roles in _table().items()}


def needed(command: str) -> tuple[str, ...]:
    """Return the roles of which a command needs one, or none where everybody may give it."""
    return rights().get(command, ())


def reach(command: str) -> str | None:
    """Return in which offices an admin needs the role, as a word of `REACH`; None where the Kasse or one is enough."""
    return _table().get(command, {}).get("admin") or None


def spoken(command: str) -> str:
    """Return what the help says of who may give a command, '' where everybody may."""
    if not (roles := needed(command)):
        return ""
    said = _(N_("Needs the role: {roles}")).format(roles=role_text(" / ".join(roles)))
    return f"{said}. {_(REACH[offices])}" if (offices := reach(command)) else said
