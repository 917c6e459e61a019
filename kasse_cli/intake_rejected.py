"""Files in the reject folder: which may be tried again, which the bank replaced since, which wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kasse_cli.inbox import Delivery, NotMovedError, Unit, mark_replaced
from ledger.bank.formats import NotLeadingError, NotPostedError, ToldBeforeError
from ledger.bank.intake_joins import NotContinuedError, NotTakenOverError
from ledger.bank.intake_sheets import PagesOverlapError
from ledger.bank.merge import AmbiguousStatementsError, UnconnectedStatementsError
from ledger.bank.refused_reader import Refusal, last_refusal
from ledger.bank.replaced_reader import replacements
from sepa.errors import KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

EARLY = (
    UnconnectedStatementsError, AmbiguousStatementsError, PagesOverlapError, NotContinuedError, NotTakenOverError,
)  # fmt: skip
"""Errors of a file that may go away when other files are taken."""
_EARLY = frozenset(error.code for error in EARLY)
_LEFT_OUT = frozenset(error.code for error in (NotPostedError, NotLeadingError, ToldBeforeError))


@dataclass(slots=True)
class Settled:
    """Names of rejected files: those that were replaced, and those that wait; and what could not be marked."""

    replaced: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    stuck: list[KasseError] = field(default_factory=list)


def refused_units(store: Store, delivery: Delivery) -> Iterator[tuple[Unit, Refusal]]:
    """Yield the units of a rejected file that were refused, with how they were last; raises what cannot be opened."""
    for unit in delivery.units():
        refused = last_refusal(store, unit.sha256)
        if refused is not None and refused.code not in _LEFT_OUT:
            yield unit, refused


def may_be_cured(refused: Refusal) -> bool:
    """Whether another try may end differently; what is broken in itself is never tried again, so nothing goes round."""
    return refused.taken or (refused.code in _EARLY and refused.others_since)


def settle(store: Store, rejected: Iterable[Delivery], *, marks: bool) -> Settled:
    """Tell the rejected files that the bank replaced from those that wait; say so beside them where it `marks`."""
    settled = Settled()
    for delivery in rejected:
        why = _replaced(store, delivery)
        try:
            if why and marks:
                mark_replaced(delivery, why)
        except NotMovedError as error:
            settled.stuck.append(error)
            why = []
        (settled.replaced if why else settled.rejected).append(delivery.path.name)
    return settled


def _replaced(store: Store, delivery: Delivery) -> list[KasseError]:
    """Return what replaced a rejected file, nothing where anything in it was neither taken nor replaced."""
    why: list[KasseError] = []
    try:
        for unit, refused in refused_units(store, delivery):
            found = [] if refused.taken else replacements(store, unit.sha256, unit.statements())
            if not found and not refused.taken:
                return []
            why += found
    except KasseError:  # broken in itself, or gone meanwhile
        return []
    return why
