"""Mandates (SEPA-Lastschriftmandate) as values: what they cover, whether they may be used, what changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sepa.calendar import add_months
from sepa.debits import Amendment, Scheme
from sepa.debits import Sequence as SequenceType
from sepa.errors import N_, KasseError

Usage = Literal["recurrent", "once"]
State = Literal["active", "suspended", "revoked", "ended"]
Unusable = Literal["suspended", "revoked", "ended", "lapsed", "unconfirmed", "unsigned"]
LAPSE_MONTHS = 36
"""A mandate that is not used for so long must be cancelled by the creditor (EPC016-06, EPC222-07)."""
ROLES = ("clerk", "payments")
IMPORT_ROLES = (*ROLES, "machine")
WORDS = (
    N_("active"), N_("suspended"), N_("revoked"), N_("ended"), N_("lapsed"), N_("unconfirmed"), N_("unsigned"),
    N_("recurrent"), N_("once"),
)  # fmt: skip


class UnknownMandateError(KasseError):
    """No mandate has that number or reference."""

    code = "mandate.unknown"
    template = N_("there is no mandate {text}")
    hint = N_("see 'kasse mandate list' for numbers and references")


class AmbiguousMandateError(KasseError):
    """A reference that mandates of two creditor identifiers have."""

    code = "mandate.ambiguous"
    template = N_("several mandates have the reference {text}: {numbers}")
    hint = N_("give the number of one of them")


class MandateExistsError(KasseError):
    """A mandate reference that was used before under this creditor identifier."""

    code = "mandate.exists"
    template = N_("mandate {mandate} has or had the reference {reference} already")
    hint = N_("a reference names one mandate for ever, whatever its case and spaces; give another one")


class MandateStateError(KasseError):
    """A step that the state of the mandate does not allow."""

    code = "mandate.state"
    template = N_("mandate {mandate} is {state}, this step needs: {needed}")
    hint = N_("see 'kasse mandate show {mandate}' for what was done with it")


class NoCreditorIdError(KasseError):
    """The book does not know under which creditor identifier it collects."""

    code = "mandate.creditor_id"
    template = N_("the book has no creditor identifier (Gläubiger-ID)")
    hint = N_("set it once with 'kasse collection setup --creditor-id …', or give --creditor-id")


class MandateSignedError(KasseError):
    """A day of signature that is still to come."""

    code = "mandate.signed_later"
    template = N_("the mandate cannot have been signed on {signed}: that day is still to come")
    hint = N_("check the date of signature; without a signed mandate nothing may be collected")


class MandateBicError(KasseError):
    """An account outside the European Economic Area without its BIC."""

    code = "mandate.bic"
    template = N_("an account in {country} needs its BIC")
    hint = N_("ask the debtor for the BIC and give it with --bic")


class MandateLapsedError(KasseError):
    """A mandate that was not used for 36 months."""

    code = "mandate.lapsed"
    template = N_("mandate {mandate} has lapsed on {day}: it was not used for 36 months")
    hint = N_("ask the debtor for a new mandate; a lapsed one is never revived")


class NotBusinessMandateError(KasseError):
    """The confirmation of the debtor's bank for a mandate that needs none."""

    code = "mandate.not_b2b"
    template = N_("mandate {mandate} is of the scheme CORE and needs no confirmation")
    hint = N_("only B2B mandates are confirmed by the debtor's bank")


class NothingAmendedError(KasseError):
    """An amendment without a change."""

    code = "mandate.nothing_amended"
    template = N_("mandate {mandate} would not change")
    hint = N_("name what is new, such as --iban, --bic, --name or --reference")


class NoReasonError(KasseError):
    """A step that needs a reason has none."""

    code = "mandate.reason"
    template = N_("this step needs a reason")
    hint = N_("give one with --reason: who looks at it in a year must understand it")


class LapseSoonError(KasseError):
    """A mandate that lapses within three months unless it is used."""

    code = "mandate.lapses_soon"
    template = N_("mandate {mandate} lapses after {day} unless it is used before")
    hint = N_("collect by it, or ask the debtor for a new one in time")
    severity = "info"


class DebtorDiffersError(KasseError):
    """The holder of the account is not the debtor of the claims."""

    code = "mandate.other_holder"
    template = N_("the account is held by {holder}, the claims are owed by {party}")
    hint = N_("collections name the debtor as well; make sure that the holder of the account has signed")
    severity = "info"


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as it stands; days are ISO text. `lapses_on` is the last day on which it may still be used."""

    number: int
    creditor_id: str
    reference: str
    scheme: Scheme
    usage: Usage
    party: int
    party_name: str
    debtor_name: str
    iban: str
    bic: str | None
    signed: str
    document: str | None
    document_sha256: str | None
    office: str | None
    claim_kinds: str | None
    covers_reference: str | None
    notice_days: int | None
    state: State
    state_reason: str | None
    resume_on: str | None
    final: bool
    confirmed_on: str | None
    last_used: str | None
    uses: int
    used_before: str | None
    valid_from: str
    lapses_on: str

    @property
    def known_to_bank(self) -> bool:
        """Whether the debtor's bank has seen a collection by this mandate."""
        return bool(self.uses) or self.used_before is not None


class Change(NamedTuple):
    """An amendment that the debtor's bank has not been told: which field, what it was, what it is."""

    field: str
    old: str
    new: str


def lapse_day(signed: str, last_used: str | None) -> str:
    """Return the last day on which a mandate may be used: 36 months after its last use, else its signature.

    >>> lapse_day("2020-05-01", "2023-11-30")
    '2026-11-30'
    """
    return add_months(dt.date.fromisoformat(last_used or signed), LAPSE_MONTHS).isoformat()


def unusable(mandate: Mandate, day: str) -> Unusable | None:
    """Return why a mandate cannot be used for a collection on a day, None where it can.

    A B2B mandate must be confirmed by the debtor's bank first (EPC222-07).
    """
    resumed = mandate.state == "suspended" and mandate.resume_on is not None and mandate.resume_on <= day
    if mandate.state != "active" and not resumed:
        return mandate.state
    if mandate.signed > day:
        return "unsigned"
    if mandate.lapses_on < day:
        return "lapsed"
    if mandate.scheme == "B2B" and (mandate.confirmed_on is None or mandate.confirmed_on > day):
        return "unconfirmed"
    return None


def state_on(mandate: Mandate, day: str) -> str:
    """Return the state as a person sees it on a day: that of the book, or why it cannot be used."""
    return unusable(mandate, day) or "active"


def coverage(mandate: Mandate, office: str, claim_kind: str | None, references: Iterable[str]) -> int:
    """Return how closely a mandate covers a claim of its party: 0 not at all, else the higher the closer."""
    score = 1
    if mandate.office is not None:
        if mandate.office != office:
            return 0
        score += 1
    if mandate.claim_kinds is not None:
        if (claim_kind or "") not in mandate.claim_kinds.split():
            return 0
        score += 2
    if mandate.covers_reference is not None:
        if mandate.covers_reference not in references:
            return 0
        score += 4
    return score


def best_mandate(mandates: Sequence[Mandate], day: str, claim: tuple[str, str | None, Iterable[str]]) -> Mandate | None:
    """Return the mandate to collect a claim by: the closest, usable before not, then the one signed last.

    `claim` is office, kind of claim, and the references it is known under.
    """
    office, kind, references = claim
    known = tuple(references)
    covering = [(coverage(mandate, office, kind, known), mandate) for mandate in mandates]
    fitting = [(score, mandate) for score, mandate in covering if score]
    if not fitting:
        return None
    return max(fitting, key=lambda one: (unusable(one[1], day) is None, one[0], one[1].signed, one[1].number))[1]


def amendment(changes: Sequence[Change]) -> Amendment | None:
    """Return what the next collection must tell of the changes since the last one, the oldest value of each field.

    An account at another bank, or moved twice, is told as SMNDA; one at the same bank by its old IBAN (EPC130-08).
    """
    first: dict[str, str] = {}
    for change in changes:
        first.setdefault(change.field, change.old)
    now = {change.field: change.new for change in changes}
    first = {field: old for field, old in first.items() if old != now[field]}
    if not first:
        return None
    old_iban = first.get("iban", "")
    moved = bool(old_iban) and not same_bank(old_iban, now["iban"])
    return Amendment(
        mandate_id=first.get("reference", ""),
        creditor_id=first.get("creditor_id", ""),
        creditor_name=first.get("creditor_name", ""),
        iban="" if moved else old_iban,
        other_account=moved,
    )


def same_bank(one: str, other: str) -> bool:
    """Tell whether two German IBANs have the same bank code; of other countries only equal accounts are sure.

    >>> same_bank("DE02120300000000202051", "DE18120300000000000003")
    True
    """
    return one == other or (one[:2] == other[:2] == "DE" and one[4:12] == other[4:12])


def sequence_of(mandate: Mandate, *, first: bool, last: bool) -> SequenceType:
    """Return the sequence type of a collection; `first` and `last` are those of the mandate in its run.

    One-off mandates have OOFF; FRST is for a mandate that no bank has seen; FNAL was asked for (EPC130-08).
    """
    if mandate.usage == "once":
        return "OOFF"
    if mandate.final and last:
        return "FNAL"
    return "RCUR" if mandate.known_to_bank or not first else "FRST"
