"""Collection runs (Lastschriftläufe) as values: their states as a table, their identifiers, what a person saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.debits import Scheme, Sequence
from sepa.errors import N_, KasseError

Step = Literal["review", "change", "release", "export", "discard", "void"]
RunState = Literal["proposed", "reviewed", "released", "exported", "executed", "discarded", "voided"]
STEPS: dict[Step, tuple[tuple[RunState, ...], RunState]] = {
    "review": (("proposed", "reviewed"), "reviewed"),
    "change": (("proposed", "reviewed"), "proposed"),
    "release": (("reviewed",), "released"),
    "export": (("released", "exported", "executed"), "exported"),
    "discard": (("proposed", "reviewed"), "discarded"),
    "void": (("released", "exported"), "voided"),
}
"""Each step: from which states of the run it may be taken, and to which it leads."""
ROLES: dict[Step | Literal["propose", "announce", "ask"], tuple[str, ...]] = {
    "announce": ("payments", "machine"),
    "propose": ("payments", "machine"),
    "review": ("payments",),
    "change": ("payments",),
    "release": ("releaser",),
    "export": ("payments",),
    "discard": ("payments", "releaser"),
    "void": ("payments", "releaser"),
    "ask": ("payments",),
}
"""Who may take each step, in the office that the collecting account belongs to."""
Why = Literal[
    "reserved", "locked", "suspense", "suspended", "revoked", "ended", "lapsed", "unconfirmed", "unsigned",
    "not-covered", "not-announced", "announced", "small", "returned", "waits", "used", "rule",
]  # fmt: skip
WORDS = (
    N_("proposed"), N_("reviewed"), N_("released"), N_("exported"), N_("executed"), N_("discarded"), N_("voided"),
    N_("collected"), N_("rejected"), N_("recalled"), N_("returned"), N_("reversed"), N_("locked"),
    N_("suspense"), N_("not-covered"), N_("not-announced"), N_("announced"), N_("small"), N_("waits"), N_("used"),
    N_("rule"),
)  # fmt: skip


class UnknownRunError(KasseError):
    """A run that the book does not have."""

    code = "collection.unknown"
    template = N_("there is no collection run {run}")
    hint = N_("see 'kasse collection list'")


class RunStateError(KasseError):
    """A step that the state of the run does not allow."""

    code = "collection.state"
    template = N_("collection run {run} is {state}, this step needs: {needed}")
    hint = N_("see 'kasse collection show {run}' for what was done with it")


class RunChangedError(KasseError):
    """The list is not the one that was proposed and reviewed."""

    code = "collection.list_changed"
    template = N_("the collections of run {run} are not those that were reviewed")
    hint = N_("nothing was collected; have the book verified with 'kasse journal verify' and tell the Kassenleitung")


class RunSumError(KasseError):
    """The control sum is not the sum of the run."""

    code = "collection.sum"
    template = N_("the control sum {given_cents} is not that of run {run} with its {count} collections")
    hint = N_("add the list up again, see 'kasse collection show {run}'; nothing was collected")


class ItemChangedError(KasseError):
    """An item is not open any more as it was when the run was proposed."""

    code = "collection.item_changed"
    template = N_("item {item} of office {office} is open with {open_cents}, the run would collect {collect_cents}")
    hint = N_("take it out with 'kasse collection change'; the next proposal collects what is open then")


class ClaimLockedError(KasseError):
    """A claim of an open run that was locked since it was proposed."""

    code = "collection.claim_locked"
    template = N_("item {item} of office {office} is locked, it may not be collected")
    hint = N_("see 'kasse item show {office}/{item}'; take it out: 'kasse collection change {run} --without LINE'")
    severity = "warning"


class ClaimPaidError(KasseError):
    """A claim of an open run for which money may have come meanwhile."""

    code = "collection.claim_paid"
    template = N_("item {item} of office {office} may be paid by money that lies in suspense")
    hint = N_("see 'kasse suspense list'; take it out: 'kasse collection change {run} --without LINE'")
    severity = "warning"


class MandateChangedError(KasseError):
    """A mandate was changed or ended since the run was proposed."""

    code = "collection.mandate_changed"
    template = N_("mandate {mandate} of {name} is not what it was when the run was proposed")
    hint = N_("take it out with 'kasse collection change'; the next proposal collects it as the mandate is then")


class ListChangedError(KasseError):
    """Items or mandates of a run have changed since it was proposed."""

    code = "collection.items_changed"
    template = N_("{count} items or mandates of run {run} have changed since it was proposed")
    hint = N_(
        "nothing was collected; take them out with 'kasse collection change {run} --without LINE --reason …', "
        "or give the run up with 'kasse collection discard {run}'"
    )


class TooLateError(KasseError):
    """The bank cannot collect on the day of the run any more."""

    code = "collection.too_late"
    template = N_("run {run} cannot be collected on {day} any more, the earliest day is {earliest}")
    hint = N_("move it with 'kasse collection change {run} --day {earliest} --reason …' and have it reviewed again")


class LateFileError(KasseError):
    """A file that the bank may not take in time."""

    code = "collection.late_file"
    template = N_("the bank may not collect run {run} on {day}: sent now, the earliest day is {earliest}")
    hint = N_("send it at once and ask the bank; a file it never got is taken back with 'kasse collection void {run}'")
    severity = "warning"


class FileDiffersError(KasseError):
    """A file written again is not the one that was exported first (invariant 7)."""

    code = "collection.file_differs"
    template = N_("the file of run {run} would not be the one exported before: {found} instead of {stored}")
    hint = N_("nothing was written; use the first file, or ask your bank whether it has it")


class VoidError(KasseError):
    """A run of which the bank has booked something."""

    code = "collection.void"
    template = N_("run {run} cannot be void: the bank has booked or answered {count} of its collections")
    hint = N_("the bank got the file; what it has not collected is recalled with 'kasse collection recall'")


class NoCollectingAccountError(KasseError):
    """No bank account to collect to."""

    code = "collection.account"
    template = N_("there is no open bank account {iban} to collect to")
    hint = N_("the accounts of the Kasse are: {known}")


class DayMovedError(KasseError):
    """The day that was asked for cannot be met."""

    code = "collection.day_moved"
    template = N_("{wanted} cannot be met, the collection is on {day}")
    hint = N_("a file is with the bank one TARGET day before, and TARGET is closed on weekends and some holidays")
    severity = "info"


class DayFarError(KasseError):
    """A day of collection that is too far ahead."""

    code = "collection.day_far"
    template = N_("{day} is {days} days ahead, banks take files at most {most} days before")
    hint = N_("propose the run later, or give an earlier --day")


class NotAnnouncedError(KasseError):
    """Claims that could be collected if the debtors had been told in time."""

    code = "collection.not_announced"
    template = N_("claims that were not announced {days} days before: {count}, together {sum_cents}")
    hint = N_("write the letters with 'kasse collection announce', or set an agreed time with 'kasse mandate amend'")
    severity = "warning"


class NoMandateError(KasseError):
    """Due claims of debtors without any mandate, as a number."""

    code = "collection.no_mandate"
    template = N_("due claims of debtors without a mandate: {count}, together {sum_cents}")
    hint = N_("nothing to do: they pay by themselves or are dunned")
    severity = "info"


class NoDebtorAddressError(KasseError):
    """A collection from outside the EEA without the debtor's address."""

    code = "collection.address"
    template = N_("a collection from {country} needs the address of {name}")
    hint = N_("add town and country of the debtor")


@dataclass(frozen=True, slots=True)
class CollectionRun:
    """A collection run as it stands; `created_by` and the others are names, `file_sha256` is of the exported file.

    `revision` counts its changes; day, count, sum and hash are those of the last one.
    """

    number: int
    office: str
    state: RunState
    scheme: Scheme
    iban: str
    creditor_name: str
    creditor_bic: str | None
    collection_day: str
    single_booking: bool
    charset: str
    count: int
    total_cents: int
    list_hash: str
    created_by: str
    created_at: str
    reviewed_by: str | None = None
    reviewed_at: str | None = None
    released_by: str | None = None
    released_at: str | None = None
    message_id: str | None = None
    created_stamp: str | None = None
    file_sha256: str | None = None
    exported_at: str | None = None
    exported_by: str | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class CollectionView:
    """One collection of a run as people see it; `items` are OFFICE/NUMBER."""

    line: int
    end_to_end_id: str
    mandate: int
    mandate_reference: str
    sequence: Sequence
    amended: bool
    debtor_name: str
    debtor_iban: str
    amount_cents: int
    remittance: str
    items: str
    state: str
    return_reason: str | None
    ended_on: str | None
    fee_cents: int | None
    asked: str | None


def end_to_end_id(office: str, run: int, line: int) -> str:
    """Return the id that comes back with the bank's entries, unique for ever: run numbers are never given twice."""
    return f"{office}-L{run}-{line}"


def message_id(book_id: str, run: int) -> str:
    """Return the id of the run's file, unique for ever and over several books at one bank."""
    return f"KASSE-{book_id[:8]}-L{run:06d}"


def batch_id(message: str, batch: int) -> str:
    """Return the id of a batch of a file (PmtInfId)."""
    return f"{message}-{batch}"


def check_step(run: CollectionRun, step: Step) -> None:
    """Check that the state of the run allows the step.

    Raises `RunStateError`.
    """
    needed, _ = STEPS[step]
    if run.state not in needed:
        raise RunStateError(run=run.number, state=run.state, needed=" / ".join(needed))
