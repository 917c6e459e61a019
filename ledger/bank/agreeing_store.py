"""Decisions about bank money and payments that take two people: one asks, another with the right to release does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import BoundCaseError
from ledger.bank.suspense_moves_store import case_with_money
from ledger.bank.suspense_store import Case, find_case
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require, same_person, user_name
from ledger.store.engines import Store

_EVENTS = """
    SELECT action, by, at, facts FROM event
    WHERE office = :office AND object = :object AND action IN (:ask, :agree) ORDER BY position DESC"""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided about a run: its office and number, what is to be done, and the facts that must be same."""

    office: str
    run: int
    verb: str
    facts: Mapping[str, Fact]

    @property
    def about(self) -> str:
        """The object of its events."""
        return f"run:{self.run}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether a second person has agreed, who asked, and whether this call was the asking."""

    done: bool
    asked_by: str
    new: bool = True


def asked(store: Store, matter: Matter) -> tuple[int, str] | None:
    """Return who asked for this and when, None where nobody did or it was done since."""
    verbs = {"ask": f"payment.ask_{matter.verb}", "agree": f"payment.agree_{matter.verb}"}
    for action, by, at, facts in store.rows(_EVENTS, office=matter.office, object=matter.about, **verbs):
        if json.loads(facts) == dict(matter.facts):
            return None if action == verbs["agree"] else (int(by), str(at))
    return None


def is_second(store: Store, matter: Matter) -> bool:
    """Return whether another person has asked for this, so that the acting one may agree."""
    before = asked(store, matter)
    return before is not None and not same_person(store, before)


def agree(store: Store, matter: Matter, reason: str = "") -> Agreement:
    """Note that the acting person asks for this, or agrees with who asked; inside a unit.

    Raises `NotAllowedError` where who agrees may not release, `OwnWorkError`.
    """
    before = asked(store, matter)
    details: dict[str, Fact] | None = {"reason": reason} if reason else None
    if before is None or same_person(store, before):
        if before is None:
            record(store, matter.office, f"payment.ask_{matter.verb}", matter.about, matter.facts, details)
        return Agreement(done=False, asked_by=user_name(store, store.user), new=before is None)
    require(store, matter.office, "releaser")
    check_apart(store, matter.office, f"payment run {matter.run}", before)
    record(store, matter.office, f"payment.agree_{matter.verb}", matter.about, matter.facts, details)
    return Agreement(done=True, asked_by=user_name(store, before[0]))


def money_of_case(store: Store, number: int, *more: str, second: bool) -> Case:
    """Return a case of which something can be decided about; who agrees as the second person need not be a clerk.

    Roles in `more` suffice for the first person too.

    Raises what `case_with_money` raises.
    """
    if not second:
        return case_with_money(store, number, None, *more)
    case = find_case(store, kasse_office(store), number)
    if case.open_cents == 0:
        raise ClearedCaseError(number=number)
    if case.free_cents <= 0:
        raise BoundCaseError(number=number, order=case.bound_by or "")
    return case
