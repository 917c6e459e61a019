"""Who may take which step with an order, and what is refused (invariant 6: nobody acts on their own work)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.items.orders import order_number
from sepa.errors import N_, KasseError

Step = Literal["certified", "approved", "accepted", "objected"]
WAITING: dict[str, tuple[str, ...]] = {
    "certified": ("created",),
    "approved": ("certified",),
    "accepted": ("approved",),
    "objected": ("created", "certified", "approved"),
}
"""The states in which an order waits for a step."""
NEXT_ROLE = {"created": "certifier", "certified": "approver", "approved": "cashier"}
"""Whose turn it is in a state; the same person may object. The cashier is one of the Kasse."""


class UnknownOrderError(KasseError):
    """No order has the number."""

    code = "order.unknown"
    template = N_("there is no order {order}")
    hint = N_("see 'kasse order list'")


class UnknownBatchError(KasseError):
    """No list of orders has the number."""

    code = "order.batch_unknown"
    template = N_("there is no batch {batch}")
    hint = N_("'kasse order list' shows the batch of each order")


class OrderStateError(KasseError):
    """The order does not wait for this step."""

    code = "order.state"
    template = N_("the order {order} is in the state {state}, this step needs {needed}")
    hint = N_("the steps are: import, certify, approve, accept; each by another person")


class NothingWaitsError(KasseError):
    """No order of the batch waits for this step."""

    code = "order.nothing_waits"
    template = N_("no order of batch {batch} waits for this step; it needs the state {needed}")
    hint = N_("the steps are: import, certify, approve, accept; each by another person")


class ControlSumMissingError(KasseError):
    """Many orders at once, and nobody said what they should sum to."""

    code = "order.sum_missing"
    template = N_("a batch needs its control sum")
    hint = N_("add up the list that you have checked and give the sum with --sum")


class ControlSumError(KasseError):
    """What the person has seen is not what would be decided."""

    code = "order.sum"
    template = N_("the control sum {given_cents} is not that of the orders ({count})")
    hint = N_("add up the list once more; 'kasse order list' shows the orders that wait")


class DoneSumError(ControlSumError):
    """A step that was done with a batch before, and a control sum that is not that of what was decided."""

    code = "order.sum_done"
    template = N_(
        "the control sum {given_cents} is not that of batch {batch}: with its orders ({count}, together {sum_cents}) "
        "this step was done before"
    )
    hint = N_("nothing was changed; see 'kasse order list --batch {batch}' for what was decided")


class ReasonMissingError(KasseError):
    """An objection without a word why."""

    code = "order.reason"
    template = N_("an objection needs a reason")
    hint = N_("give it with --reason")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which orders a person means: all of a batch that wait (perhaps of one office only), or single ones."""

    batch: int | None = None
    numbers: tuple[tuple[str, int], ...] = ()
    office: str | None = None

    @property
    def name(self) -> str | None:
        """How the event log names them."""
        if self.batch is not None:
            return f"batch:{self.batch}"
        return f"order:{order_number(*self.numbers[0])}" if len(self.numbers) == 1 else None


@dataclass(frozen=True, slots=True)
class MadeCredit:
    """A credit that an acceptance made of what was paid already: its item, and cents to pay back or set off."""

    item: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class OfficePart:
    """What a decision did in one office; entries and credits only where it was an acceptance."""

    office: str
    count: int
    sum_cents: int
    first_entry: str | None = None
    last_entry: str | None = None
    credits: tuple[MadeCredit, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: count, sum and hash of the list as seen; `new` is false where it had been done before.

    `findings` warn of orders that together pass a limit which each of them keeps.
    """

    step: str
    new: bool
    count: int = 0
    sum_cents: int = 0
    list_hash: str = ""
    offices: tuple[OfficePart, ...] = ()
    findings: tuple[KasseError, ...] = ()
