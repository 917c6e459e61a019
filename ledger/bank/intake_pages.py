"""A statement, or a page of one, while its file is read."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field

from ledger.bank.continuity_order import StatementLink
from ledger.bank.intake_bags import Bag
from ledger.bank.intake_sheets import Sheet, identity
from sepa.errors import KasseError, Place
from sepa.statements import Balance, Closed, Opened

_VERSIONED = re.compile(r"(camt\.[0-9]{3})\.[0-9.]+")


@dataclass(slots=True)
class Page:
    """A statement, or a page of one, while its file is read; `index` counts within the file.

    `last` is whether no page follows: of MT940 only its end tells.
    """

    index: int
    opened: Opened
    iban: str
    office: str
    place: Place
    entries: int = 0
    credit_cents: int = 0
    debit_cents: int = 0
    pending: int = 0
    zero: int = 0
    without_day: int = 0
    days: set[str] = field(default_factory=set)
    opening: Balance | None = None
    closing: Balance | None = None
    findings: list[KasseError] = field(default_factory=list)
    last: bool = True

    @property
    def message(self) -> str:
        """The format it is in, without version."""
        versioned = _VERSIONED.fullmatch(self.opened.message)
        return versioned[1] if versioned else self.opened.message

    @property
    def closing_day(self) -> str:
        """The day the statement is of: of its closing balance, else the end of its period, else its last entry."""
        if self.closing is not None and self.closing.day is not None:
            return self.closing.day.isoformat()
        if self.opened.to_day is not None:
            return self.opened.to_day.isoformat()
        return max(self.days, default="")

    @property
    def number(self) -> int:
        """The number of the page within its statement."""
        return self.opened.page or 1

    @property
    def single(self) -> bool:
        """Whether it is a whole statement."""
        return self.number == 1 and self.last

    @property
    def identity(self) -> Hashable:
        """What it shares with the other pages and issues of its statement."""
        return identity(self.opened.id, self.opened.electronic_number, self.closing_day, single=self.single)

    def sheet(self, number: int, entries: Bag) -> Sheet:
        """Return the page as it is compared with others, under a number."""
        return Sheet(
            number=number,
            identity=self.identity,
            page=self.number,
            last=self.last,
            opening_cents=None if self.opening is None else self.opening.amount_cents,
            closing_cents=None if self.closing is None else self.closing.amount_cents,
            entries=entries,
            name=self.opened.id,
            created=self.opened.created,
        )

    def link(self, number: int, *, part: bool) -> StatementLink:
        """Return the page as a link of its account's chain, under a number."""
        return StatementLink(
            number=number,
            iban=self.iban,
            statement_id=self.opened.id,
            electronic_number=self.opened.electronic_number,
            page=self.number,
            last_page=self.last,
            opening_cents=None if self.opening is None else self.opening.amount_cents,
            closing_cents=None if self.closing is None else self.closing.amount_cents,
            closing_day=self.closing_day,
            sum_cents=self.credit_cents - self.debit_cents,
            part=part,
            message=self.message,
        )


def booked_balances(opened: Opened, closed: Closed) -> tuple[Balance | None, Balance | None]:
    """Return opening and closing balance of a statement or page; interim ones (ITBD) stand between pages.

    A page in the middle has two interim balances, the first page an interim one at its end, the last page one at
    its beginning.
    """
    interim = [balance for balance in closed.balances if balance.code == "ITBD"]
    opening, closing = closed.balance("OPBD", "PRCD"), closed.balance("CLBD")
    later_page = (opened.page or 1) > 1
    if opening is None and later_page and interim and (len(interim) > 1 or closing is not None):
        opening = interim[0]
    if closing is None and not opened.last_page and interim and (len(interim) > 1 or opening is not None):
        closing = interim[-1] if interim[-1] is not opening else None
    return opening, closing
