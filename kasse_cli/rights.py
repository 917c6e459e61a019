"""Which role each command needs, as data: shown in its help and by `kasse user rights`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def rights() -> Mapping[str, tuple[str, ...]]:
    """Return by command, `order certify`, the roles of which one is needed; commands without are not there."""
    text = (files("kasse_cli") / "rights.toml").read_text(encoding="utf-8")
    return {
        f"{noun} {verb}".strip(): tuple(roles)
        for noun, verbs in tomllib.loads(text).items()
        for verb, roles in verbs.items()
    }


def needed(command: str) -> tuple[str, ...]:
    """Return the roles of which a command needs one, or none where everybody may give it."""
    return rights().get(command, ())
