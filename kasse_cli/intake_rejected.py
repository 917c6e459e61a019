"""Files in the reject folder: which may be tried again, which the bank replaced since, which wait for somebody."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kasse_cli.inbox import Delivery, NotMovedError, mark_replaced, shown
from kasse_cli.inbox_units import Unit
from ledger.bank.formats import NotLeadingError, NotPostedError, ToldBeforeError
from ledger.bank.intake_days_store import FutureStatementError
from ledger.bank.intake_joins import NotContinuedError, NotTakenOverError
from ledger.bank.intake_sheets import PagesOverlapError
from ledger.bank.merge import AmbiguousStatementsError, UnconnectedStatementsError
from ledger.bank.refused_reader import Refusal, last_refusal
from ledger.bank.replaced_reader import replacements
from sepa.errors import N_, KasseError, Severity

if TYPE_CHECKING:
    from ledger.store.engines import Store

EARLY = (
    UnconnectedStatementsError, AmbiguousStatementsError, PagesOverlapError, NotContinuedError, NotTakenOverError,
    FutureStatementError,
)  # fmt: skip
"""Errors of a file that may go away when other files are taken, or when the clock of this computer is right again."""
_EARLY = frozenset(error.code for error in EARLY)
_LEFT_OUT = frozenset(error.code for error in (NotPostedError, NotLeadingError, ToldBeforeError))


_BLOCK = 1 << 20
_MESSAGE = b"MsgId>"
"""What the beginning of a file must have, to be that of one message and no other."""


class NothingTakenError(KasseError):
    """No file of a call could be taken."""

    code = "statement.nothing_taken"
    template = N_("no file could be taken, broken: {count}")
    hint = N_("see the findings; the book is unchanged")


class BeginningError(KasseError):
    """A rejected file that broke off, and is the beginning of one that came whole."""

    code = "inbox.beginning"
    template = N_("this file broke off: it is the beginning of {file}, which was taken")
    hint = N_("nothing is to be done: this file is not needed any more")
    severity: Severity = "info"


@dataclass(slots=True)
class Settled:
    """Names of rejected files: those that were replaced, and those that wait; and what could not be marked."""

    replaced: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    stuck: list[KasseError] = field(default_factory=list)


def refused_units(store: Store, delivery: Delivery) -> Iterator[tuple[Unit, Refusal]]:
    """Yield the units of a rejected file that were refused, with how they were last; raises what cannot be opened."""
    for unit in delivery.units():
        if unit.fault is not None:
            raise unit.fault
        refused = last_refusal(store, unit.sha256) if not unit.beside() else None
        if refused is not None and refused.code not in _LEFT_OUT:
            yield unit, refused


def may_be_cured(refused: Refusal) -> bool:
    """Whether another try may end differently; what is broken in itself is never tried again, so nothing goes round."""
    return refused.taken or (refused.code in _EARLY and refused.others_since)


def beginnings(rejected: Iterable[Delivery], whole: Delivery) -> dict[str, str]:
    """Return which rejected files are the beginning of one that was taken: their names in the folder, and its name.

    A file that was rejected while somebody still copied it may break off before any statement in it can be read.
    """
    found = {}
    for one in rejected:
        with contextlib.suppress(OSError, KasseError):
            if _begins(one, whole):
                found[one.path.name] = whole.name
    return found


def _begins(one: Delivery, whole: Delivery) -> bool:
    with one.opened() as part, whole.opened() as other:
        head = part.read(_BLOCK)
        if head.count(_MESSAGE) < 2 or other.read(len(head)) != head:  # a tag that begins, and one that ends
            return False
        while block := part.read(_BLOCK):
            if other.read(len(block)) != block:
                return False
        return bool(other.read(1))


def settle(store: Store, rejected: Iterable[Delivery], wholes: Mapping[str, str], *, marks: bool) -> Settled:
    """Tell the rejected files that the bank replaced from those that wait; say so beside them where it `marks`.

    `wholes` are what `beginnings` found.
    """
    settled = Settled()
    for delivery in rejected:
        whole = wholes.get(delivery.path.name)
        why = [BeginningError(file=whole)] if whole is not None else _replaced(store, delivery)
        try:
            if why and marks:
                mark_replaced(delivery, why)
        except NotMovedError as error:
            settled.stuck.append(error)
            why = []
        (settled.replaced if why else settled.rejected).append(shown(delivery.path.name))
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
