"""Charts of accounts as data: which accounts an office starts with, and what the books use them for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from sepa.errors import N_, NOWHERE, Place

AccountKind = Literal["asset", "liability", "equity", "income", "expense", "statistic"]
KINDS: tuple[AccountKind, ...] = ("asset", "liability", "equity", "income", "expense", "statistic")
KIND_WORDS = (N_("asset"), N_("liability"), N_("equity"), N_("income"), N_("expense"), N_("statistic"))
"""The kinds of accounts, so that people read them in their language."""
CONTROL_ROLES = {
    "receivable": "D", "receivable_private": "D", "advance": "D", "shortage": "D", "payable": "C", "suspense": "C",
    "credit": "C",
}  # fmt: skip
"""Roles of control accounts and the side of their open items: invariant 4 compares the two."""
CASH_ROLES = ("cash", "imprest", "transit_cash", "transit_card", "cheques")
"""Roles of accounts for cash in desks and on its way: receipts, counts and transports explain their balances."""
VERRECHNUNG, BANK = "verrechnung", "bank"
VERRECHNUNG_PREFIX, BANK_PREFIX = "2690", "28"
ORDER_KINDS = ("receivable", "payable")
"""Kinds of orders that have a default coding; every other word a chart codes by is a profile."""


@dataclass(frozen=True, slots=True)
class Role:
    """What the books use an account for: the kinds it may have, and whether every office needs one."""

    kinds: tuple[AccountKind, ...]
    needed: bool = True


ROLES: Mapping[str, Role] = {
    "receivable": Role(("asset",)),
    "receivable_private": Role(("asset",)),
    "advance": Role(("asset",)),
    "payable": Role(("liability",)),
    "suspense": Role(("liability",)),
    "credit": Role(("liability",)),
    "transit_out": Role(("asset", "liability")),
    "transit_in": Role(("asset", "liability")),
    "transit_own": Role(("asset", "liability")),
    "charges": Role(("income",)),
    "bank_fees": Role(("expense", "income")),
    "bank_interest": Role(("expense", "income")),
    "opening": Role(("equity",)),
    "result": Role(("equity",), needed=False),
    "shortage": Role(("asset",), needed=False),
    "pass_through": Role(("liability", "asset"), needed=False),
    "allowance": Role(("asset", "liability"), needed=False),
    "allowance_release": Role(("income",), needed=False),
    "allowance_expense": Role(("expense",), needed=False),
    "write_off": Role(("expense",), needed=False),
    "remission": Role(("expense",), needed=False),
    "cash": Role(("asset",), needed=False),
    "imprest": Role(("asset",), needed=False),
    "transit_cash": Role(("asset",), needed=False),
    "transit_card": Role(("asset",), needed=False),
    "cheques": Role(("asset",), needed=False),
}
"""Roles that a chart gives; accounts of banks and of Verrechnung are made with bank accounts and offices."""
ROLE_WORDS = (
    N_("receivable"), N_("receivable_private"), N_("advance"), N_("payable"), N_("suspense"), N_("credit"),
    N_("transit_out"), N_("transit_in"), N_("transit_own"), N_("charges"), N_("bank_fees"), N_("bank_interest"),
    N_("opening"), N_("shortage"), N_("pass_through"), N_("allowance"), N_("allowance_release"),
    N_("allowance_expense"), N_("write_off"), N_("remission"), N_("bank"), N_("verrechnung"), N_("cash"), N_("result"),
    N_("imprest"), N_("transit_cash"), N_("transit_card"), N_("cheques"),
)  # fmt: skip
"""The roles of accounts, so that people read them in their language."""


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


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of a chart as somebody wrote it, unchecked; `coded` are the orders coded to it where nothing is said."""

    number: str
    name: str
    kind: str
    role: str | None = None
    coded: tuple[str, ...] = ()
    place: Place = NOWHERE


def load_chart(name: str = "vkr") -> Chart:
    """Return a chart that comes with kasse."""
    return chart_of(toml_rows((files("ledger") / "charts" / f"{name}.toml").read_text(encoding="utf-8")))


def toml_rows(text: str) -> list[ChartRow]:
    """Return the rows of a chart written as TOML; raises `tomllib.TOMLDecodeError`.

    An account is a table `[[account]]` with number, name, kind and perhaps role; `[defaults]` and `[profiles]` name
    the account for a kind of order or a profile.
    """
    data = tomllib.loads(text)
    coded: dict[str, tuple[str, ...]] = {}
    for word, number in {**data.get("defaults", {}), **data.get("profiles", {})}.items():
        coded[str(number)] = (*coded.get(str(number), ()), word)
    rows = []
    for account in data.get("account", ()):
        number, role = str(account.get("number", "")), account.get("role")
        kind, name = str(account.get("kind", "")), str(account.get("name", ""))
        place = Place(field="account", value=number)
        rows.append(ChartRow(number, name, kind, str(role) if role else None, coded.pop(number, ()), place))
    return [*rows, *(ChartRow(number, "", "", None, words) for number, words in coded.items())]


def chart_of(rows: Iterable[ChartRow]) -> Chart:
    """Return the chart of rows that `check_chart` found nothing wrong with."""
    accounts: list[ChartAccount] = []
    coding: dict[str, str] = {}
    for row in rows:
        kind = next(kind for kind in KINDS if kind == row.kind)
        accounts.append(ChartAccount(row.number, row.name, kind, row.role))
        coding |= dict.fromkeys(row.coded, row.number)
    defaults = {word: number for word, number in coding.items() if word in ORDER_KINDS}
    return Chart(tuple(accounts), defaults, {word: n for word, n in coding.items() if word not in ORDER_KINDS})


def verrechnung_account(other: str) -> str:
    """Return the number of the Verrechnung account with another office."""
    return f"{VERRECHNUNG_PREFIX}.{other}"


def verrechnung_name(other: str) -> str:
    """Return the name of the Verrechnung account with an office of that name."""
    return f"Verrechnung mit {other}"


def bank_account_number(index: int) -> str:
    """Return the number of the Kasse's n-th bank account in the books: 2800, 2801, …, at most 80."""
    return f"{BANK_PREFIX}{index:02d}"
