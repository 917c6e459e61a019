"""Which payments of a run go into which file: by name check (VoP), by what the bank takes; one batch in each file.

A file that opts out of the name check holds verified payees only and never a single payment (Art. 5c of Regulation (EU)
260/2012 knows the opt-out for bulk files alone); new accounts, refunds and high amounts are checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sepa.profiles import OrderType, Profile
from sepa.text import Charset


class Routed(NamedTuple):
    """One payment on its way into a file: its line, its cents, whether the payee's name must be checked."""

    line: int
    cents: int
    check: bool


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file to be: its number, how it is handed over, its lines and their sum."""

    number: int
    kind: str
    name_check: bool
    order: OrderType
    lines: tuple[int, ...]
    total_cents: int


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file of a released run as it stands."""

    run: int
    number: int
    state: str
    message_id: str
    kind: str
    name_check: bool
    profile: str
    charset: str
    ebics: str
    btf: str
    count: int
    total_cents: int
    created_stamp: str
    sha256: str | None
    exported_at: str | None

    @property
    def letters(self) -> Charset:
        """The characters that the bank takes, as its profile said at the release."""
        return "epc" if self.charset == "epc" else "dk"


def plan(payments: Sequence[Routed], profile: Profile, *, instant: bool) -> list[FilePlan]:
    """Return the files that the payments become, checked ones first; a lone unchecked payment joins the checked."""
    checked = [one for one in payments if one.check or profile.vop == "opt-in"]
    plain = [one for one in payments if not (one.check or profile.vop == "opt-in")]
    if len(plain) == 1:
        checked, plain = sorted([*checked, *plain]), []
    kind = "instant" if instant else "transfer"
    limit = min(profile.payments_per_file, profile.payments_per_batch)
    parts = [(True, part) for part in _parts(checked, limit)] + [(False, part) for part in _parts(plain, limit)]
    return [
        FilePlan(
            number,
            kind,
            check,
            order_of(profile, kind, check=check),
            tuple(one.line for one in part),
            sum(one.cents for one in part),
        )
        for number, (check, part) in enumerate(parts, 1)
    ]


def _parts(payments: Sequence[Routed], limit: int) -> Iterator[Sequence[Routed]]:
    """Yield the payments in parts of nearly the same size, none above the limit, none of a single one without need."""
    count = -(-len(payments) // limit)
    for index in range(count):
        yield payments[index * len(payments) // count : (index + 1) * len(payments) // count]


def order_of(profile: Profile, kind: str, *, check: bool) -> OrderType:
    """Return how the bank takes such a file; a bank without an order type of its own for checks has one for all."""
    key = f"{kind}-vop" if check else kind
    return profile.orders[key] if key in profile.orders else profile.orders[kind]


def file_message_id(message: str, number: int, count: int) -> str:
    """Return the id of one file: that of the run where it is the only one."""
    return message if count == 1 else f"{message}-F{number}"
