"""What the book knows of cash, cheques and card payments that a bank entry may be, and what happens to them."""

from __future__ import annotations

from typing import NamedTuple

ARRIVED, CARDS_CLEARED, CHEQUE_BOUNCED = "cash_arrived", "cards_cleared", "cheque_bounced"


class OwnTransport(NamedTuple):
    """Cash or cheques under way to or from the entry's account; `cents` signed as on the bank account.

    `office` is the Kasse's, `alike`: the amount is the entry's and the bank says that it is cash or cheques.
    """

    seq: int
    line: int
    office: str
    number: int
    reference: str
    bag: str | None
    cents: int
    day: str
    alike: int


class OwnCheque(NamedTuple):
    """One part of what a cheque paid that was handed in: an item that it settled, or one that it made.

    `cents` is the whole cheque; `office`, `item`, `account` and what follows are of the part.
    """

    seq: int
    line: int
    desk: str
    year: int
    number: int
    cheque: str
    cents: int
    day: str
    part: int
    kind: str
    part_cents: int
    clearing: int | None
    office: str
    item: int
    account: str
    open_cents: int
    amount_cents: int
    party: int | None
    profile: str | None
    claim_kind: str | None
    due: str
    reference: str | None

    @property
    def key(self) -> tuple[str, int, int]:
        """The receipt: desk, year, number."""
        return self.desk, self.year, self.number
