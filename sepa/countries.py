"""Which countries belong to SEPA, and what a payment to them needs (EPC409-09)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("sepa").joinpath("countries.toml").read_text(encoding="utf-8"))


@cache
def eea_countries() -> frozenset[str]:
    """Return the IBAN country codes of the European Economic Area within SEPA."""
    return frozenset(_data()["eea"].split())


@cache
def sepa_countries() -> frozenset[str]:
    """Return the IBAN country codes that euro payments reach through SEPA (EPC409-09)."""
    return eea_countries() | frozenset(_data()["outside_eea"].split())


def agree(iban_country: str, bic_country: str) -> bool:
    """Tell whether a bank with that BIC country may keep accounts with that IBAN country."""
    territories: dict[str, str] = _data()["territories"]
    return iban_country == bic_country or bic_country in territories.get(iban_country, "").split()
