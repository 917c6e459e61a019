"""What keeps master data honest: each change notes in the chained event log what the row is from then on.

The rows of these tables may change, so that no chain holds them: what an account is for, who may do what and for
whom, which account is the bank's. A seal is a short hash of a row; the last one told of a row must fit it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from ledger.events.store import Fact

FACT = "seal"
"""The fact of an event that holds seals."""
GONE = "-"
"""The seal of a row that was taken away."""
_DIGITS = 16
_json: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table whose rows are sealed: its key, and the columns that count; none of them is personal."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


SEALED: Mapping[str, Sealed] = {
    "account": Sealed(("office", "number"), ("name", "kind", "role", "opened_on", "closed_on")),
    "app_user": Sealed(("id",), ("locked", "created_at")),
    "approval_limit": Sealed(("user_id", "office"), ("max_cents",)),
    "bank_account": Sealed(
        ("iban",), ("office", "account", "name", "bic", "collects", "statements", "opened_on", "closed_on")
    ),
    "bank_rule": Sealed(
        ("id",),
        ("rank", "serves", "gvc", "direction", "iban", "min_cents", "max_cents", "role", "office", "account", "active"),
    ),
    "cash_desk": Sealed(
        ("code",),
        ("office", "kind", "name", "account", "limit_cents", "single_cents", "fixed_cents", "settle_days", "opened_on",
         "opened_by", "closed_on", "closed_by"),
    ),
    "cash_holder": Sealed(("desk", "line"), ("user_id", "since", "until", "made_by", "made_at")),
    "cash_terminal": Sealed(
        ("code",),
        ("desk", "acquirer", "acquirer_iban", "iban", "fee_ppm", "fee_each_cents", "opened_on", "closed_on"),
    ),
    "deputy": Sealed(
        ("id",),
        ("principal", "deputy", "office", "role", "since", "until", "made_by", "made_at", "ended_on", "ended_by"),
    ),
    "dimension_value": Sealed(("dimension", "value", "office"), ("name", "opened_on", "closed_on")),
    "general_order": Sealed(("office", "order_id"), ("scheme", "amounts", "first_day", "ended_on")),
    "law_change": Sealed(
        ("id",), ("state", "proposed_by", "proposed_at", "released_by", "released_at", "ended_by", "ended_at")
    ),
    "law_file": Sealed(("id",), ("name", "version", "change", "text", "sha256", "made_by", "made_at")),
    "leitweg_office": Sealed(("leitweg",), ("office",)),
    "office": Sealed(("code",), ("name", "is_kasse", "genesis")),
    "reference_scheme": Sealed(("code",), ("pattern", "length", "method", "prefix", "issues", "active")),
    "relief_limit": Sealed(("user_id", "kind"), ("max_cents",)),
    "setting": Sealed(("key",), ("value",)),
    "standing_order": Sealed(("office", "order_id"), ("months", "first_due", "last_due", "ended_on")),
    "statement_skip": Sealed(
        ("iban", "line"),
        ("message", "year", "first_number", "last_number", "state", "made_by", "made_at", "ended_by", "ended_at"),
    ),
    "user_role": Sealed(("user_id", "office", "role"), ()),
}  # fmt: skip
"""By table. Whoever changes the columns of one seals every row anew in the revision of the schema."""


def name_of(table: str, key: Iterable[object]) -> str:
    """Return what a row is called in a seal, without blanks or '='.

    >>> name_of("setting", ("letterhead::frist tage",))
    'setting/letterhead::frist%20tage'
    """
    return "/".join((table, *(quote(str(part), safe=":*") for part in key)))


def digest(values: Iterable[object]) -> str:
    """Return the seal of what the columns of a row hold: texts, numbers, bytes, nothing."""
    text = json.dumps([*values], ensure_ascii=False, default=lambda value: bytes(value).hex())
    return sha256(text.encode()).hexdigest()[:_DIGITS]


def joined(values: Sequence[object], sign: str) -> str:
    """Return values as one text that no others have; JSON takes three times as long and is kept for odd ones."""
    text = sign.join([one if one.__class__ is str else "" if one is None else str(one) for one in values])
    return text if text.count(sign) == len(values) - 1 else _json(values)


def packed(seals: Mapping[str, tuple[str, str]], fact: str = FACT) -> dict[str, Fact]:
    """Return what rows were and are as the fact of an event, nothing where there are none.

    >>> packed({"setting/land": ("-", "ab"), "setting/rate": ("ab", "cd")})
    {'seal': 'setting/land=ab setting/rate=ab>cd'}
    """
    told = (f"{name}={now if was == GONE else f'{was}>{now}'}" for name, (was, now) in sorted(seals.items()))
    return {fact: " ".join(told)} if seals else {}


def unpacked(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, seal before and seal since of each row of a fact."""
    for part in text.split():
        name, _, value = part.rpartition("=")
        was, _, now = value.rpartition(">")
        yield name, was or GONE, now


def differing(found: Mapping[str, str], told: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows that are not as they were told: their name, and 'changed', 'added' or 'removed'.

    Each step must begin where another one ended, and the row stand where the last one ended: whoever changes a row past
    the log breaks that, and no later step mends it. The order of the steps, which stand in the chains of several
    offices, does not matter: they form a way from nothing to the row.
    """
    ways: dict[str, Counter[str]] = defaultdict(Counter)
    for text in told:
        for name, was, now in unpacked(text):
            ways[name].subtract((was,))
            ways[name].update((now,))
    for name in sorted(found.keys() | ways.keys()):
        here, way = found.get(name, GONE), ways[name]
        way.subtract((here,))
        way.update((GONE,))
        off = {seal: count for seal, count in way.items() if count}
        if off:
            lost = len(off) == 2 and here == GONE and off.get(GONE) == -1
            yield name, "removed" if lost else "added" if off == {here: -1, GONE: 1} else "changed"


def columns_of(shape: Sealed) -> Sequence[str]:
    """Return the columns that are read, the key first."""
    return (*shape.key, *shape.columns)
