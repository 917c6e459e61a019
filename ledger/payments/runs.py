"""Payment runs (Zahlläufe) as values: their states as a table, their identifiers, what a person saw of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sepa.errors import N_, KasseError, Severity

Step = Literal["review", "change", "release", "export", "discard", "void"]
RunState = Literal["proposed", "reviewed", "released", "exported", "executed", "discarded", "voided", "rejected"]
STEPS: dict[Step, tuple[tuple[RunState, ...], RunState]] = {
    "review": (("proposed", "reviewed"), "reviewed"),
    "change": (("proposed", "reviewed"), "proposed"),
    "release": (("reviewed",), "released"),
    "export": (("released", "exported", "executed"), "exported"),
    "discard": (("proposed", "reviewed"), "discarded"),
    "void": (("released", "exported"), "voided"),
}
"""Each step: from which states of the run it may be taken, and to which it leads."""
ROLES: dict[Step | Literal["propose"], tuple[str, ...]] = {
    "propose": ("payments", "machine"),
    "review": ("payments",),
    "change": ("payments",),
    "release": ("releaser",),
    "export": ("payments",),
    "discard": ("payments", "releaser"),
    "void": ("payments", "releaser"),
}
"""Who may take each step, in the office that the paying account belongs to."""
Why = Literal[
    "no-iban", "no-payee", "reserved", "locked", "collected", "changing", "set-off", "attached", "short", "rule",
    "perhaps-paid"
]  # fmt: skip


class UnknownRunError(KasseError):
    """A run that the book does not have."""

    code = "payment.unknown"
    template = N_("there is no payment run {run}")
    hint = N_("see 'kasse payment list'")


class RunStateError(KasseError):
    """A step that the state of the run does not allow."""

    code = "payment.state"
    template = N_("payment run {run} is {state}, this step needs: {needed}")
    hint = N_("see 'kasse payment show {run}' for what was done with it")


class RunChangedError(KasseError):
    """The list is not the one that was proposed and reviewed."""

    code = "payment.list_changed"
    template = N_("the payments of run {run} are not those that were reviewed")
    hint = N_("nothing was paid; have the book verified with 'kasse journal verify' and tell the Kassenleitung")


class RunPostedError(KasseError):
    """A run that waits for its release is in the books already."""

    code = "payment.posted"
    template = N_("payment run {run} was posted before, by {entry}; it must not be paid twice")
    hint = N_("nothing was paid; have the book verified with 'kasse journal verify' and tell the Kassenleitung")


class RunSumMissingError(KasseError):
    """A release without the control sum."""

    code = "payment.sum_missing"
    template = N_("a release needs the control sum of the run")
    hint = N_("add up the list that you have checked and give the sum with --sum")


class RunSumError(KasseError):
    """The control sum is not the sum of the run."""

    code = "payment.sum"
    template = N_("the control sum {given_cents} is not that of run {run} with its {count} payments")
    hint = N_("add the list up again, see 'kasse payment show {run}'; nothing was paid")


class ItemChangedError(KasseError):
    """An item is not open any more as it was when the run was proposed."""

    code = "payment.item_changed"
    template = N_("item {item} of office {office} is open with {open_cents}, the run would pay {paid_cents}")
    hint = N_("discard the run with 'kasse payment discard' and propose it again")


class ItemsChangedError(KasseError):
    """Some items of a run have changed since it was proposed."""

    code = "payment.items_changed"
    template = N_("{count} items of run {run} have changed since it was proposed")
    hint = N_("discard the run with 'kasse payment discard {run}' and propose it again; nothing was paid")


class LettersNotTakenError(KasseError):
    """A run proposed for a bank that takes more letters than its profile says now."""

    code = "payment.letters"
    template = N_("{count} texts of run {run} have letters that the bank of {iban} does not take by its profile now")
    hint = N_("discard the run with 'kasse payment discard {run}' and propose it again; nothing was paid")


class FileDiffersError(KasseError):
    """A file written again is not the one that was exported first (invariant 7)."""

    code = "payment.file_differs"
    template = N_("the file of run {run} would not be the one exported before: {found} instead of {stored}")
    hint = N_("nothing was written; use the first file, or ask your bank whether it has it")


class NoPayingAccountError(KasseError):
    """No bank account to pay from."""

    code = "payment.account"
    template = N_("there is no open bank account {iban} to pay from")
    hint = N_("the accounts of the Kasse are: {known}")


class NoBankAccountError(KasseError):
    """A payable without an IBAN."""

    code = "payment.no_iban"
    template = N_("item {item} of office {office} over {open_cents} has no bank account to pay to")
    hint = N_("cancel the order and order it again with the IBAN")
    severity = "warning"


class NoPayeeError(KasseError):
    """A payable that belongs to nobody."""

    code = "payment.no_payee"
    template = N_("item {item} of office {office} over {open_cents} has no payee")
    hint = N_("cancel the order and order it again with the payee's name")
    severity = "warning"


class TextChangedError(KasseError):
    """A text is written in letters that the payee's bank takes."""

    code = "payment.text_changed"
    template = N_("written in letters that the bank takes: {was} becomes {now}")
    hint = N_("look whether the payee's bank would still know the name")
    severity: Severity = "warning"


class PurposeOmittedError(KasseError):
    """The purpose does not fit beside the payee's reference."""

    code = "payment.purpose_omitted"
    template = N_("only the reference {reference} goes with the payment, the purpose is too long")
    hint = N_("shorten the purpose of the order if the payee needs it")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Run:
    """A payment run as it stands; `created_by` and the others are names, `reviewed_by` the first who looked.

    `revision` counts its changes; day, count, sum and hash are those of the last one. `file_sha256` is of the file that
    was exported first.
    """

    number: int
    office: str
    state: RunState
    iban: str
    execution_day: str
    count: int
    total_cents: int
    list_hash: str
    debtor_name: str
    single_booking: bool
    instant: bool
    revision: int
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
    debtor_address: str = ""

    def head(self, day: str | None = None) -> tuple[object, ...]:
        """Return what all payments of the run share as its list hash has it, on another day where one is given."""
        shared = (self.number, self.iban, day or self.execution_day, self.debtor_name, self.debtor_address)
        return (*shared, self.single_booking, self.instant)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a run: to whom, for which item, and what became of it."""

    line: int
    end_to_end_id: str
    creditor_name: str
    creditor_iban: str
    amount_cents: int
    remittance: str
    office: str
    item: int
    state: str
    part: int = 0
    discount_cents: int = 0
    attachment: int | None = None
    file: int | None = None
    creditor_bic: str = ""
    purpose_code: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A due payable that the run does not pay, and why; `run` is the one that already has it."""

    office: str
    item: int
    payee: str | None
    reference: str | None
    due: str
    open_cents: int
    why: Why
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a proposal found: the run (None where nothing is to be paid), what is left out, what was noticed.

    `left` counts what waits for a next run because of the limit.
    """

    run: Run | None
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[KasseError, ...] = ()
    left: int = 0


def end_to_end_id(office: str, run: int, line: int) -> str:
    """Return the id that comes back with the bank's answer, unique for ever: run numbers are never given twice."""
    return f"{office}-R{run}-{line}"


def message_id(book_id: str, run: int) -> str:
    """Return the id of the run's file, unique for ever and over several books at one bank."""
    return f"KASSE-{book_id[:8]}-R{run:06d}"


def batch_id(message: str) -> str:
    """Return the id of the only batch of a file (PmtInfId)."""
    return f"{message}-1"


def list_hash(head: tuple[object, ...], lines: Iterable[tuple[object, ...]]) -> bytes:
    """Return the SHA-256 over a run as a person sees it: what its payments share, then every field of every line."""
    digest = sha256(_row(head))
    for line in lines:
        digest.update(_row(line))
    return digest.digest()


def _row(values: tuple[object, ...]) -> bytes:
    return "\x1f".join(map(str, values)).encode() + b"\n"


def check_step(run: Run, step: Step) -> None:
    """Check that the state of the run allows the step.

    Raises `RunStateError`.
    """
    needed, _ = STEPS[step]
    if run.state not in needed:
        raise RunStateError(run=run.number, state=run.state, needed=" / ".join(needed))
