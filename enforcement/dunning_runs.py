"""Dunning runs as values, and what may be done to them."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

STATES = (N_("proposed"), N_("released"), N_("discarded"), N_("undone"))
ROLES = ("enforcement", "clerk", "machine")
"""Who proposes a run and discards a proposal."""


class OpenRunError(KasseError):
    """A proposal that waits to be released: a second one would name the same claims."""

    code = "dunning.open_run"
    template = N_("dunning run {run} of {day} waits to be released")
    hint = N_("look at it with 'kasse dunning show {run}', then release or discard it, or give --replace")


class UnreleasedRunError(KasseError):
    """A proposal of a day that is being closed: its release would be posted on that day."""

    code = "dunning.unreleased"
    template = N_("dunning run {run} of {day} waits to be released: letters {letters}, together {sum_cents}")
    hint = N_("have it released before the day is closed; afterwards: kasse dunning release {run} --on {next}")
    severity = "warning"


class UnknownRunError(KasseError):
    """No such dunning run."""

    code = "dunning.unknown_run"
    template = N_("there is no dunning run {run}")
    hint = N_("see 'kasse dunning list'")


class RunStateError(KasseError):
    """A step that a run in its state does not take."""

    code = "dunning.state"
    template = N_("dunning run {run} is {state}")
    hint = N_("see 'kasse dunning show {run}'")


class RunTooOldError(KasseError):
    """A proposal that lies too long for its waiting times, charges and what was paid since."""

    code = "dunning.too_old"
    template = N_("dunning run {run} is of {day}; its letters may go out up to {last}")
    hint = N_("discard it with 'kasse dunning discard {run}' and propose again")


class RunSumError(KasseError):
    """A control sum that is not that of the run."""

    code = "dunning.sum"
    template = N_("the control sum {given_cents} is not that of the run: {sum_cents} in {letters} letters")
    hint = N_("compare with 'kasse dunning show {run}' before you release it")


class ChangedLetterError(KasseError):
    """A letter that was taken out at the release: something about its claims changed since it was proposed."""

    code = "dunning.changed"
    template = N_("letter {letter} to {party} was taken out: paid, locked or changed since the proposal")
    hint = N_("propose again tomorrow; nothing is lost")
    severity = "warning"


class PostedLetterError(KasseError):
    """A run whose letters have left the house."""

    code = "dunning.posted"
    template = N_("letters of dunning run {run} are posted already: {count}")
    hint = N_(
        "a posted letter cannot be undone; write to the debtor; 'kasse relief propose absetzung' takes its fees off"
    )


@dataclass(frozen=True, slots=True)
class RunRow:
    """A dunning run as lists show it."""

    number: int
    state: str
    day: str
    office: str | None
    letters: int
    items: int
    skipped: int
    sum_cents: int
    charge_cents: int
    fee_cents: int
    made_by: str
    made_at: str
    released_by: str | None
    released_at: str | None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of a run as lists show it; `address` is the debtor's in one line, '' where there is none."""

    letter: int
    state: str
    kind: str
    way: str
    level: int
    party_number: int
    party: str
    address: str
    count: int
    oldest_due: str
    open_cents: int
    charge_cents: int
    fee_cents: int
    sum_cents: int
    reference: str | None


@dataclass(frozen=True, slots=True)
class LetterItemRow:
    """An item of a letter with its debtor, for lists with one line an item."""

    letter: int
    kind: str
    party_number: int
    party: str
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    office: str
    item: int
    reference: str | None
    purpose: str | None
    profile: str | None
    due: str
    days_overdue: int
    amount_cents: int
    open_cents: int
    charge_cents: int
    level: int
    limitation_end: str | None


@dataclass(frozen=True, slots=True)
class SkipRow:
    """An overdue claim that a run left out, why, and until when where a day says so."""

    office: str
    item: int
    reference: str | None
    party_number: int | None
    party: str | None
    due: str
    open_cents: int
    why: str
    until: str | None
