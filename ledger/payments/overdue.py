"""Payments that are lost on the way, as findings: released and not written, written and not booked, undecided names."""

from __future__ import annotations

from sepa.errors import N_, KasseError

OVERDUE_DAYS = 2
"""So many TARGET days after its execution day what was written should stand on a statement."""
VOP_SINCE_DAYS = 60
"""Names of payments that were due longer ago are not looked at any more: nothing comes back after that."""


class UnreleasedPaymentsError(KasseError):
    """A run to be paid on a day that is being closed, which nobody has released."""

    code = "payment.unreleased"
    template = N_("run {run} is to be paid on {day} and is not released: payments: {count}, together {sum_cents}")
    hint = N_("have it released before the day is closed; afterwards give it another day: 'kasse payment change {run}'")
    severity = "warning"


class UnreleasedCollectionsError(KasseError):
    """A collection run for a day that is being closed, which nobody has released."""

    code = "collection.unreleased"
    template = N_("collection run {run} is for {day} and is not released: collections: {count}, together {sum_cents}")
    hint = N_("give it another day with 'kasse collection change {run}', or up with 'kasse collection discard {run}'")
    severity = "warning"


class NotWrittenError(KasseError):
    """A released run of which a file was never written, and its execution day is over."""

    code = "payment.not_written"
    template = N_("run {run} was to be paid on {day} and is not written: payments: {count}, together {sum_cents}")
    hint = N_("write it with 'kasse payment export {run} --out FILE', or give it up with 'kasse payment void {run}'")
    severity = "warning"


class NotOnStatementError(KasseError):
    """Payments in a file that no statement shows, days after their execution day."""

    code = "payment.not_on_statement"
    template = N_("run {run} was to be paid on {day} and is on no statement: payments: {count}, together {sum_cents}")
    hint = N_(
        "ask the bank whether it has the file; a debit that waits is taken with 'kasse payment booked {run} --case'"
    )
    severity = "warning"


class UndecidedNamesError(KasseError):
    """Names that the bank could not confirm wait for a decision, and the execution day is there."""

    code = "payment.names_undecided"
    template = N_("names of run {run} to decide: {count}; it was to be paid on {day}")
    hint = N_("decide with 'kasse payment vop list'; until then the order waits at the bank, or lapses there")
    severity = "warning"


class ExecutedUndecidedError(KasseError):
    """The bank has paid although nobody accepted the names that it could not confirm."""

    code = "payment.executed_undecided"
    template = N_("run {run} is executed although names were not accepted by two people: {count}")
    hint = N_(
        "see 'kasse payment vop list' and ask the payees; what is wrong is called back with 'kasse payment recall'"
    )
    severity = "warning"
