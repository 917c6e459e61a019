"""Charts of accounts as data: which accounts an office starts with, and what the books use them for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

AccountKind = Literal["asset", "liability", "equity", "income", "expense", "statistic"]
CONTROL_ROLES = {
    "receivable": "D", "receivable_private": "D", "advance": "D", "payable": "C", "suspense": "C", "credit": "C",
}  # fmt: skip
"""Roles of control accounts and the side of their open items: invariant 4 compares the two."""
VERRECHNUNG, BANK = "verrechnung", "bank"
VERRECHNUNG_PREFIX, BANK_PREFIX = "2690", "28"


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An account of a chart: its number, name, kind and role."""

    number: str
    name: str
    kind: AccountKind
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of an office, the default coding by kind of order, and the coding by profile."""

    accounts: tuple[ChartAccount, ...]
    defaults: Mapping[str, str]
    profiles: Mapping[str, str]


def load_chart(name: str = "vkr") -> Chart:
    """Return a chart that comes with kasse."""
    data = tomllib.loads((files("ledger") / "charts" / f"{name}.toml").read_text(encoding="utf-8"))
    accounts = tuple(ChartAccount(**row) for row in data["account"])
    return Chart(accounts, data["defaults"], data["profiles"])


def verrechnung_account(other: str) -> str:
    """Return the number of the Verrechnung account with another office."""
    return f"{VERRECHNUNG_PREFIX}.{other}"


def bank_account_number(index: int) -> str:
    """Return the number of the Kasse's n-th bank account in the books: 2800, 2801, …, at most 80."""
    return f"{BANK_PREFIX}{index:02d}"
