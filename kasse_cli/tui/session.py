"""A sitting at the clarification desk: the cases to work on, where one is, what was decided, without any screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kasse_cli.i18n import sentence
from kasse_cli.unclear_hints import hints
from ledger.bank.candidates_store import candidates_of
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import list_cases, show_case
from ledger.bank.suspense_worklist import Filter
from ledger.people.users import NotAllowedError

if TYPE_CHECKING:
    from ledger.bank.candidates import Candidate
    from ledger.bank.suspense_decisions import Decision, Done
    from ledger.bank.suspense_store import CaseDetails
    from ledger.bank.suspense_worklist import WorkCase
    from ledger.items.settlement import Order
    from ledger.store.engines import Store

MOVES = frozenset({"assign", "split", "forward"})
"""Decisions that `undo last` takes back."""
DECIDES = MOVES | {"refund"}
"""What says where money goes; who reserves a case, lays it aside or writes something down has decided nothing."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one is: the place in the list, how many there are, and what is still unclear of money in and out."""

    place: int
    count: int
    in_cents: int
    out_cents: int
    decided: int


@dataclass(slots=True)
class Session:
    """The cases that fit the filter, oldest first, and the one that is looked at; each decision is a unit of work.

    `clock` gives the UTC time stamp of a decision, `day` is the day it is posted on.
    """

    store: Store
    day: str
    clock: Callable[[], str]
    office: str | None = None
    note_refusal: Callable[[NotAllowedError], None] = lambda _error: None
    wanted: Filter = field(default_factory=lambda: Filter(resting=False, bound=False))
    cases: list[WorkCase] = field(default_factory=list)
    at: int = 0
    orders: Mapping[str, Order] | None = None
    moved: list[tuple[str, int]] = field(default_factory=list)
    decided: int = 0

    def load(self) -> None:
        """Read the list anew and stay at the case, or at the one that took its place."""
        before = self.current
        with self.store.snapshot():
            self.cases = list(list_cases(self.store, self.day, office=self.office, wanted=self.wanted))
        places = {(case.office, case.number): at for at, case in enumerate(self.cases)}
        if before is not None:
            self.at = places.get((before.office, before.number), self.at)
        self.at = min(self.at, max(0, len(self.cases) - 1))

    def filter_by(self, wanted: Filter) -> None:
        """Show the cases that fit, from the first one."""
        self.wanted = wanted
        self.at = 0
        self.cases = []
        self.load()

    @property
    def current(self) -> WorkCase | None:
        """The case that is looked at, None where nothing is on the list."""
        return self.cases[self.at] if self.cases else None

    @property
    def progress(self) -> Progress:
        """How far one is."""
        left = {"suspense": 0, "advance": 0}
        for case in self.cases:
            left[case.kind] += case.amount_cents
        place = self.at + 1 if self.cases else 0
        return Progress(place, len(self.cases), left["suspense"], left["advance"], self.decided)

    def step(self, by: int) -> None:
        """Go forward or back; past the last case is the first one again."""
        if self.cases:
            self.at = (self.at + by) % len(self.cases)

    def details(self) -> tuple[CaseDetails, Sequence[Candidate]] | None:
        """Return all that is known about the current case, and what it may be for."""
        case = self.current
        if case is None:
            return None
        with self.store.snapshot():
            known = show_case(self.store, case.number, office=case.office)
            return known, candidates_of(self.store, known)

    def hints(self, known: CaseDetails) -> tuple[str, ...]:
        """Return what may stand behind the case besides open items, and how to take it as that."""
        with self.store.snapshot():
            return tuple(sentence(one.template, one.fields) for one in hints(self.store, known))

    def rehearse(self, decision: Decision) -> Done:
        """Return what a decision would do, having undone it; raises what it would be refused with."""
        with self.store.rehearsal():
            return decide(self.store, [decision], day=self.day, orders=self.orders).done[-1]

    def take(self, decision: Decision) -> Done:
        """Take a decision, one unit of work, and read the list anew."""
        self.store.now = self.clock()
        try:
            done = decide(self.store, [decision], day=self.day, orders=self.orders).done[-1]
        except NotAllowedError as error:
            self.note_refusal(error)
            raise
        key = done.office, done.number
        if done.verb in DECIDES:
            self.decided += 1
        if done.verb in MOVES and done.entry is not None:
            self.moved.append(key)
        elif done.verb == "undo" and key in self.moved:
            self.moved.reverse()
            self.moved.remove(key)
            self.moved.reverse()
            self.decided -= 1
        self.load()
        if done.verb == "undo":
            places = [at for at, case in enumerate(self.cases) if (case.office, case.number) == key]
            self.at = places[0] if places else self.at
        return done

    def last_moved(self) -> tuple[str, int] | None:
        """Return the case whose last step `undo` takes back: that of the last decision here, else the current one."""
        if self.moved:
            return self.moved[-1]
        return (self.current.office, self.current.number) if self.current else None

    def search(self, text: str) -> None:
        """Show the cases with that text."""
        self.filter_by(replace(self.wanted, text=text))
