"""What can be noted by hand about the limitation of a claim, and what is wrong with a note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.limitation_rules import LimitationRule
from enforcement.limitation_watch import NOTED_FACTS
from sepa.errors import N_, KasseError

ROLES = ("enforcement", "clerk", "head")
"""Who notes and withdraws events."""
COMMON = ("force_majeure",)
"""Events that are the same for all who owe a claim."""


@dataclass(frozen=True, slots=True)
class Note:
    """An event as it is noted: on a day, until another or still going on, of the claim or of a part of it.

    `debtor` is the party whom it concerns where several owe the claim.
    """

    kind: str
    day: dt.date
    until: dt.date | None = None
    ongoing: bool = False
    amount_cents: int | None = None
    debtor: int | None = None


def kinds(rule: LimitationRule) -> tuple[str, ...]:
    """Return what can be noted by hand about a claim under a rule: its events, and the days that it counts from."""
    facts = (name for name in (rule.counted_from, *rule.not_before) if name in NOTED_FACTS)
    return tuple(dict.fromkeys((*rule.restart, *rule.suspend, *rule.becomes, *facts)))


def check_note(note: Note, rule: LimitationRule, item: str, claim_cents: int, today: str) -> None:
    """Refuse a note that the law of the claim or the calendar does not bear.

    Raises `NoKindError`, `NotedDaysError`, `NotedAmountError`.
    """
    known = kinds(rule)
    if note.kind not in known:
        raise NoKindError(item=item, rule=rule.norm, kind=note.kind, kinds=", ".join(known))
    fact = note.kind in NOTED_FACTS
    wrong = note.until is not None and (note.until < note.day or note.ongoing)
    if wrong or note.day.isoformat() > today or (fact and (note.until or note.ongoing)):
        raise NotedDaysError(day=note.day, until=note.until or note.day, today=dt.date.fromisoformat(today))
    if note.amount_cents is not None and (fact or not 0 < note.amount_cents <= claim_cents):
        raise NotedAmountError(amount_cents=note.amount_cents, item=item, claim_cents=claim_cents)


def check_debtor(note: Note, item: str, debtors: Mapping[int, str]) -> None:
    """Refuse a note about somebody who does not owe the claim, and one that names none of several debtors.

    What happens between the creditor and one of joint debtors acts for and against that one alone (§ 425 BGB, § 44 (2)
    AO); days of the claim itself and force majeure are the same for all. Raises `NotedDebtorError`.
    """
    alike = note.kind in NOTED_FACTS or note.kind in COMMON
    wrong = note.debtor not in debtors if note.debtor is not None else len(debtors) > 1 and not alike
    if wrong:
        names = ", ".join(f"{name} ({number})" for number, name in sorted(debtors.items()))
        raise NotedDebtorError(item=item, debtors=names or "–")


class NotedDebtorError(KasseError):
    """An event that does not say whom of several debtors it concerns, or names somebody else."""

    code = "limitation.debtor"
    template = N_("{item} is owed by {debtors}: whom does the event concern?")
    hint = N_("name one of them with --debtor; note it once for each whom it concerns")


class NoKindError(KasseError):
    """An event that the law of the claim does not know."""

    code = "limitation.kind"
    template = N_("the limitation of {item} ({rule}) does not know {kind}")
    hint = N_("it knows: {kinds}")
    exit_code = 2


class NoRuleError(KasseError):
    """A claim whose limitation is not known."""

    code = "limitation.no_rule"
    template = N_("{item} has no law of limitation ({state})")
    hint = N_("the profile of its order says which law holds; 'kasse law rates list --kind profiles' shows those known")


class SideClaimError(KasseError):
    """A side claim has no limitation of its own."""

    code = "limitation.side"
    template = N_("{item} is a side claim: it falls with {main}")
    hint = N_("note it at the main claim: {main}")


class NoClaimError(KasseError):
    """Only what is owed to us becomes time-barred."""

    code = "limitation.no_claim"
    template = N_("{item} is no claim of ours")
    hint = N_("give the reference of a receivable, or OFFICE/NUMBER as 'kasse report open-items' shows it")


class NotedDaysError(KasseError):
    """Days of an event that cannot be."""

    code = "limitation.days"
    template = N_("an event of {day} until {until} cannot be noted on {today}")
    hint = N_("it began at the latest today, and does not end before it began")


class NotedAmountError(KasseError):
    """An event that concerns more than the claim."""

    code = "limitation.amount"
    template = N_("the event concerns {amount_cents}, the claim {item} is {claim_cents}")
    hint = N_("leave --amount away where it concerns the whole claim")


class NotedReasonError(KasseError):
    """An event without words."""

    code = "limitation.reason"
    template = N_("what is noted about limitation needs a reason")
    hint = N_("give one with --reason: document, file number, who said it")


class UnknownEventError(KasseError):
    """The claim has no such event."""

    code = "limitation.unknown"
    template = N_("{item} has no event {number}")
    hint = N_("see 'kasse limitation show {item}'")


class OwnedEventError(KasseError):
    """An event that a letter or a relief wrote is taken back with it."""

    code = "limitation.owned"
    template = N_("event {number} of {item} was made by {source}")
    hint = N_("take that back: 'kasse letter return' or 'kasse relief end'")
