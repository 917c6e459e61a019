"""A statement that should never have been taken: asked for by one person, confirmed by another, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ledger.bank.suspense_decisions import DESK_RULES
from ledger.bank.suspense_undo import UNDOABLE
from sepa.errors import N_, KasseError, Severity

State = Literal["asked", "done", "dropped"]
FREE = UNDOABLE | {"transfer"}
"""What can be taken back with its statement: the other leg of a transfer stays in money between own accounts."""
TAKEN_BACK = frozenset({"clarify", "undone", *DESK_RULES})
"""What says of a bank entry that its money is or was unclear; every other rule moved it and is undone first."""


class WithdrawnStatementError(KasseError):
    """A statement that was withdrawn before."""

    code = "statement.is_withdrawn"
    template = N_("statement {number} was withdrawn on {day}")
    hint = N_("nothing of it counts any more; import the corrected file of the bank")


class NoticeNotWithdrawnError(KasseError):
    """A report or advice, of which nothing was posted."""

    code = "statement.nothing_posted"
    template = N_("statement {number} is {message}: nothing of it was ever posted")
    hint = N_("only what was posted is withdrawn; a report is shown and counts for nothing")


class WithdrawReasonError(KasseError):
    """A withdrawal without a reason."""

    code = "statement.withdraw_reason"
    template = N_("withdrawing statement {number} needs a reason")
    hint = N_("say with --reason why it is wrong, such as what the bank wrote")


class NotAskedError(KasseError):
    """A withdrawal is confirmed or dropped that nobody asked for."""

    code = "statement.withdraw_not_asked"
    template = N_("nobody has asked to withdraw statement {number}")
    hint = N_("ask for it with 'kasse statement withdraw {number} --reason …'; another person confirms it")


class WaitingWithdrawalError(KasseError):
    """A withdrawal that was asked for and waits for a second person."""

    code = "statement.withdraw_waits"
    template = N_("account {account}: {user} asked on {day} to withdraw statement {number}; nobody has decided yet")
    hint = N_(
        "another person confirms it with 'kasse statement withdraw {number} --confirm', or drops it with "
        "'kasse statement withdraw {number} --drop'"
    )
    severity: Severity = "warning"


class HangingEntryError(KasseError):
    """A booking of the statement on which more hangs than items and accounts."""

    code = "statement.entry_hangs"
    template = N_("bank entry {entry} of {day} over {amount_cents} was matched as {rule}")
    hint = N_("another booking hangs on it; 'kasse statement show' has both")


class HangingPaymentError(HangingEntryError):
    """A booking that executed our payments, or brought them back."""

    template = N_("bank entry {entry} of {day} over {amount_cents} was matched as {rule}: payment run {run}")
    hint = N_("see 'kasse payment show {run}' for what became of its payments since")


class HangingCollectionError(HangingEntryError):
    """A booking that credited our collections, or took them back."""

    template = N_("bank entry {entry} of {day} over {amount_cents} was matched as {rule}: collection {run}")
    hint = N_("see 'kasse collection show {run}' for what became of it since")


class KeptEntryError(KasseError):
    """A booking of a withdrawn statement that stayed, and that no statement tells any more."""

    code = "statement.entry_kept"
    template = N_("account {account}: bank entry {entry} of {day} over {amount_cents} stands in no statement any more")
    hint = N_(
        "its statement was withdrawn, the payments that hang on it were not; import the right statement of that day. "
        "Where the bank says it never booked it, have it say so by a booking of its own"
    )
    severity: Severity = "warning"


class StatementHangsError(KasseError):
    """Bookings of a statement on which too much hangs to take them back."""

    code = "statement.hangs"
    template = N_("statement {number} cannot be withdrawn: on bookings of it payments or collections hang: {count}")
    hint = N_(
        "nothing was changed; where the right statement has these bookings too, withdraw the others with --keep, and "
        "what hangs on them stays. Else have the bank undo them by bookings of its own, they are recognised"
    )


class MoneyMovedError(KasseError):
    """Money of a booking that is no longer where it could be taken back from."""

    code = "statement.money_moved"
    template = N_("of bank entry {entry} over {amount_cents} only {left_cents} are unclear")
    hint = N_("nothing was changed; see 'kasse suspense list' and take back what was done with it first")


class WithdrawnFileError(KasseError):
    """A file that was withdrawn comes again."""

    code = "statement.file_withdrawn"
    template = N_("this file was withdrawn on {day}")
    hint = N_("the same file is not taken again; import the corrected one of the bank")


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """A booking that no other statement tells.

    `rules` are what was decided about it, `run` and `collection` the number of the run of ours that hangs on it,
    `mark` is the same for identical bookings of a day.
    """

    office: str
    id: int
    state: str
    amount_cents: int
    position: int | None
    bank_day: str
    account: str
    rules: frozenset[str]
    mark: bytes = b""
    run: int | None = None
    collection: int | None = None

    @property
    def name(self) -> str:
        """How people name it."""
        return f"{self.office}/{self.id}"

    @property
    def hangs_on(self) -> str:
        """The rule that more hangs on than items and accounts, '' where there is none."""
        return min(self.rules - FREE - TAKEN_BACK, default="")

    @property
    def finding(self) -> HangingEntryError:
        """What is to be said where more hangs on it."""
        kind = HangingPaymentError if self.run else HangingCollectionError if self.collection else HangingEntryError
        number = self.run or self.collection or 0
        return kind(entry=self.name, day=self.bank_day, amount_cents=self.amount_cents, rule=self.hangs_on, run=number)

    @property
    def matched(self) -> bool:
        """Whether what was matched by itself still stands."""
        return "undone" not in self.rules and bool(self.rules - TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What withdrawing a statement takes back; `entries` are bookings that no other statement tells, less those `kept`.

    `pages` are the numbers of its pages, `steps` what the desk had decided, `matches` what was matched by itself.
    """

    number: int
    account: str
    statement_id: str
    day: str | None
    pages: tuple[int, ...]
    state: State
    entries: int
    posted: int
    sum_cents: int
    matches: int
    reason: str
    kept: int = 0


def check_free(number: int, entries: Iterable[ToldEntry]) -> None:
    """Refuse where payments, collections or other accounts hang on a booking; raises `StatementHangsError`."""
    hanging = tuple(one.finding for one in entries if one.hangs_on)
    if hanging:
        raise StatementHangsError(number=number, count=len(hanging), findings=hanging)


def split_kept(entries: Iterable[ToldEntry]) -> tuple[list[ToldEntry], list[ToldEntry]]:
    """Return the bookings that can be taken back, and those that stay: what hangs, with bookings identical to it."""
    told = list(entries)
    marks = {(one.account, one.bank_day, one.mark) for one in told if one.hangs_on}
    kept = [one for one in told if (one.account, one.bank_day, one.mark) in marks]
    return [one for one in told if one not in kept], kept
