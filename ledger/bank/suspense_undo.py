"""Undoing: what was decided with bank money is taken back by mirror entries, never by deletion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.book.entry import OWN_KINDS, Posting
from sepa.errors import N_, KasseError

UNDOABLE = frozenset({
    "reference", "evidence", "account", "direct_debit", "rule", "surplus", "clarify", "reversal",
})  # fmt: skip
"""Rules of the ladder that move items and accounts only; a return, a run or a transfer has more behind it."""
HAND_KINDS = OWN_KINDS - {"clearing", "order"}
"""Kinds of entries that no step of the desk leads to; an order does where it pays a case out."""


class NothingToUndoError(KasseError):
    """A case of which nothing was decided, or everything was taken back."""

    code = "suspense.nothing_to_undo"
    template = N_("nothing was decided about case {number} that could be taken back")
    hint = N_("see 'kasse suspense show {number}' for what became of it")


class PendingPayoutError(KasseError):
    """The money is on its way into an order."""

    code = "suspense.payout_pending"
    template = N_("the order {order} pays the money of case {number} out and is not accepted yet")
    hint = N_("have it objected to with 'kasse order object {order} --reason …'; the money is free again then")


class PaidOutError(KasseError):
    """A payment run holds or has paid what pays the money out."""

    code = "suspense.paid_out"
    template = N_("case {number} was paid out by entry {entry}: a payment run holds it or has paid it")
    hint = N_("take it out of the run while that is not released; what was paid comes back as a return, or not at all")


class CollectedCaseError(KasseError):
    """Money that was taken as the credit of a collection run."""

    code = "suspense.collected"
    template = N_("case {number} was taken as the credit of a collection run by entry {entry}")
    hint = N_("what was not collected after all comes back as a return of the bank; see 'kasse collection list'")


class ExecutedCaseError(KasseError):
    """Money that was taken as the debit of a payment run."""

    code = "suspense.executed"
    template = N_("case {number} was taken as the debit of a payment run by entry {entry}")
    hint = N_("if that was a mistake, two people take it back: 'kasse payment booked RUN --case {number} --undo'; "
              "'kasse payment list' has the runs")  # fmt: skip


class ReturnedCaseError(KasseError):
    """Money that was taken as a payment of ours coming back."""

    code = "suspense.returned"
    template = N_("case {number} was taken as a payment that came back by entry {entry}")
    hint = N_("its item is open again and locked; see 'kasse payment search --state returned' and pay what is right")


class CollectionCameBackError(KasseError):
    """Money that was taken as a collection of ours coming back."""

    code = "suspense.collection_returned"
    template = N_("case {number} was taken as a collection that came back by entry {entry}")
    hint = N_("that stays: its claims are open again as after any return, and the mandate followed the reason; "
              "'kasse collection returns' has it, 'kasse mandate resume' lets the mandate be used again")  # fmt: skip


class CreditUnderWayError(KasseError):
    """The money to be taken back became a credit, as its claim was cancelled since, and that is being paid out."""

    code = "suspense.credit_under_way"
    template = N_("the money of entry {entry} became credit {office}/{item} since, which is being paid out")
    hint = N_("see 'kasse item show {office}/{item}'; take it out of its run, or have its refund objected to, then "
              "try again")  # fmt: skip


class NotOfDeskError(KasseError):
    """An entry that neither the desk nor the matching wrote."""

    code = "suspense.not_of_desk"
    template = N_("entry {entry} is of kind {kind}: only what was assigned or matched to items and accounts is taken "
                  "back here")  # fmt: skip
    hint = N_("see 'kasse journal show {entry}' for what it is; manual entries are undone with 'kasse journal "
              "reverse', a set-off with 'kasse payment set-off-undo {entry}'")  # fmt: skip


class UndoneEntryError(NotOfDeskError):
    """An entry of the desk that was taken back already."""

    code = "suspense.entry_undone"
    template = N_("entry {entry} was taken back already, by entry {by}")
    hint = N_("see 'kasse suspense show {number}' for what became of case {number}")


class MatchKindError(KasseError):
    """A match that more hangs on than items and accounts."""

    code = "suspense.match_kind"
    template = N_("entry {entry} was matched as {rule}: payments or another account of ours hang on it")
    hint = N_("nothing was taken back; 'kasse journal show {entry}' says what it is, the run or the other account what "
              "can be done")  # fmt: skip


class NothingMatchedError(KasseError):
    """A bank entry whose money is all unclear, or was made so."""

    code = "suspense.nothing_matched"
    template = N_("entry {entry} has nothing that was matched and could be taken back")
    hint = N_("the money of this entry is in clarification: see 'kasse suspense list'")


class OpenedAgainError(NothingMatchedError):
    """A bank entry that settled what another one has opened again: the bank undid it."""

    code = "suspense.opened_again"
    template = N_("what entry {entry} had settled was opened again by entry {by}")
    hint = N_("take {by} back first with 'kasse suspense undo --entry {by}', or withdraw the statement that tells it")


class UnknownStepBatchError(KasseError):
    """No list of decisions has the number."""

    code = "suspense.batch_unknown"
    template = N_("there is no list of decisions {batch}")
    hint = N_("the number of a list stands in what its command printed, and in 'kasse suspense show'")


class UndoneBatchError(KasseError):
    """A list of which nothing stands any more, or which moved no money."""

    code = "suspense.batch_undone"
    template = N_("the list {batch} moved no money that could be taken back")
    hint = N_("its decisions were taken back already, or were notes, holds and reservations")


class PendingBatchError(KasseError):
    """A list whose decisions are orders that are not accepted yet."""

    code = "suspense.batch_pending"
    template = N_("the list {batch} made orders that are not accepted yet: {orders}")
    hint = N_("have each objected to with 'kasse order object ORDER --reason …'; its money is free again then")


@dataclass(frozen=True, slots=True)
class BankLine:
    """A posting of a bank entry's transaction, with the role of its account."""

    office: str
    posting: Posting
    role: str | None


def decided_lines(lines: Iterable[BankLine], unclear: Sequence[tuple[str, int]]) -> Iterator[BankLine]:
    """Yield the postings that say where the money went: not the bank's, not between offices, not what is unclear."""
    for line in lines:
        waiting = line.posting.item is not None and (line.office, line.posting.item) in unclear
        if line.role not in {"bank", "verrechnung"} and not waiting:
            yield line


def mirrored(lines: Iterable[BankLine]) -> dict[str, list[Posting]]:
    """Return the postings that take these back, by office."""
    found: defaultdict[str, list[Posting]] = defaultdict(list)
    for line in lines:
        posting = line.posting
        found[line.office].append(Posting(posting.account, -posting.cents, posting.item, posting.dimensions))
    return dict(found)
