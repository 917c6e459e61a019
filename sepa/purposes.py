"""Purpose codes: which exist, and what the payee's statement shows for them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("sepa").joinpath("codes/purpose.toml").read_text(encoding="utf-8"))


@cache
def purposes() -> frozenset[str]:
    """Return the purpose codes of the ISO list that ships with this version (`Purp/Cd`)."""
    return frozenset(_data()["purpose"].split())


@cache
def category_purposes() -> frozenset[str]:
    """Return the category purpose codes of the ISO list that ships with this version (`CtgyPurp/Cd`)."""
    return frozenset(_data()["category_purpose"].split())


def gvc_of(purpose: str) -> str | None:
    """Return the business transaction code on the payee's statement, where the purpose decides it.

    >>> gvc_of("SALA")
    '153'
    """
    found: dict[str, str] = _data()["gvc"]
    return found.get(purpose)
