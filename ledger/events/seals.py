"""What keeps master data honest: each change notes in the chained event log what the row is from then on.

The rows of these tables may change, so that no chain holds them: what an account is for, who may do what and for
whom, which account is the bank's. A seal is a short hash of a row; the last one told of a row must fit it.
"""

from __future__ import annotations

import json
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
    "user_role": Sealed(("user_id", "office", "role"), ("until",)),
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


def packed(seals: Mapping[str, str]) -> dict[str, Fact]:
    """Return seals as the fact of an event, nothing where there are none."""
    return {FACT: " ".join(f"{name}={value}" for name, value in sorted(seals.items()))} if seals else {}


def unpacked(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and seal of each row of a fact."""
    for part in text.split():
        name, _, value = part.rpartition("=")
        yield name, value


def last_told(told: Iterable[tuple[str, str]], kasse: str) -> dict[str, str]:
    """Return the last seal of each row, from offices with what their logs tell, in the order of the chains.

    A new book and a new office are told by the Kasse; what an office tells of its rows is later than that.
    """
    last: dict[str, str] = {}
    for _, text in sorted(told, key=lambda row: row[0] != kasse):
        last.update(unpacked(text))
    return last


def differing(found: Mapping[str, str], told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rows that are not as they were told: their name, and 'changed', 'added' or 'removed'."""
    for name in sorted(found.keys() | told.keys()):
        here, said = found.get(name, GONE), told.get(name, GONE)
        if here != said:
            yield name, "removed" if here == GONE else "added" if said == GONE else "changed"


def columns_of(shape: Sealed) -> Sequence[str]:
    """Return the columns that are read, the key first."""
    return (*shape.key, *shape.columns)
