"""What `journal verify` may find: each a finding of its own, so that its sentence can be whole."""

from __future__ import annotations

from sepa.errors import N_, KasseError

_ADVICE = N_("keep this book as it is, compare it with the last backup and printed head, and inform the audit office")


class BrokenChainError(KasseError):
    """An entry does not follow the one before it."""

    code = "verify.chain"
    template = N_("the chain of office {office} breaks at entry {position}: the one before is missing or was changed")
    hint = _ADVICE


class WrongHashError(KasseError):
    """An entry does not have the hash of its content."""

    code = "verify.hash"
    template = N_("entry {position} of office {office} does not have the hash of its content")
    hint = _ADVICE


class BrokenEventChainError(KasseError):
    """An event does not follow the one before it, or does not have the hash of its content."""

    code = "verify.event"
    template = N_("the event log of office {office} breaks at event {position}")
    hint = _ADVICE


class AlteredEntryError(KasseError):
    """The columns or postings of an entry differ from what was hashed."""

    code = "verify.entry"
    template = N_("entry {position} of office {office} differs from what was hashed")
    hint = _ADVICE


class AlteredTextError(KasseError):
    """The text of an entry is not the one that was hashed."""

    code = "verify.text"
    template = N_("the text of entry {position} of office {office} was changed")
    hint = _ADVICE


class AlteredDetailsError(KasseError):
    """The details of an event are not the ones that were hashed."""

    code = "verify.details"
    template = N_("the details of event {position} of office {office} were changed")
    hint = _ADVICE


class NumberGapError(KasseError):
    """Entry numbers are not gapless."""

    code = "verify.number"
    template = N_("office {office} has entry number {number} in {year} where {expected} was expected")
    hint = _ADVICE


class UnbalancedPostingsError(KasseError):
    """The postings of an entry do not sum to zero."""

    code = "verify.unbalanced"
    template = N_("the postings of entry {position} of office {office} sum to {difference_cents} instead of zero")
    hint = _ADVICE


class UnbalancedOfficesError(KasseError):
    """All Verrechnung accounts together are not zero."""

    code = "verify.verrechnung"
    template = N_("the Verrechnung accounts together are {difference_cents} instead of zero")
    hint = _ADVICE


class OrphanError(KasseError):
    """A row hangs on an entry that does not exist."""

    code = "verify.orphan"
    template = N_("{table} of office {office} has rows at position {position} without an entry")
    hint = _ADVICE


class WrongHeadError(KasseError):
    """The stored end of a chain of entries is not the computed one."""

    code = "verify.head"
    template = N_("the stored head of office {office} is not the computed one")
    hint = _ADVICE


class WrongEventHeadError(KasseError):
    """The stored end of a chain of events is not the computed one."""

    code = "verify.event_head"
    template = N_("the stored head of the event log of office {office} is not the computed one")
    hint = _ADVICE


class MonthBalanceError(KasseError):
    """A kept month balance differs from the postings."""

    code = "verify.month_balance"
    template = N_("account and month {name} of office {office}: kept {stored_cents}, recomputed {computed_cents}")
    hint = _ADVICE


class OpenAmountError(KasseError):
    """What is kept as open differs from amount and clearings."""

    code = "verify.open_amount"
    template = N_("item {name} of office {office}: kept as open {stored_cents}, recomputed {computed_cents}")
    hint = _ADVICE


class ControlAccountError(KasseError):
    """A control account differs from the sum of its open items (invariant 4)."""

    code = "verify.control_account"
    template = N_("control account {name} of office {office} holds {stored_cents}, its open items {computed_cents}")
    hint = _ADVICE


class BankEntryError(KasseError):
    """A bank entry differs from what was posted for it (invariant 3)."""

    code = "verify.bank_entry"
    template = N_("bank entry {name} of office {office} is {stored_cents}, posted {computed_cents}")
    hint = _ADVICE


class StagedEntryError(KasseError):
    """A bank entry waits to be posted although it was decided on before."""

    code = "verify.staged_entry"
    template = N_("bank entry {entry} of office {office} waits to be posted, but was posted before")
    hint = _ADVICE


class RunEvidenceError(KasseError):
    """A payment run is not what the event log says of it."""

    code = "verify.payment_run"
    template = N_("payment run {run} of office {office}: its {column} is '{held}', the event log says '{expected}'")
    hint = _ADVICE


class DamagedGuardError(KasseError):
    """A guard of the database is missing, changed or switched off."""

    code = "verify.guard"
    template = N_("the guard {guard} of the database is missing or was changed")
    hint = _ADVICE


class OtherGuardsError(KasseError):
    """The guards are those that another version of kasse made, and nobody has changed them since."""

    code = "verify.guard_version"
    template = N_("the guards of the database are as kasse {version} made them on {day}, this is kasse {known}")
    hint = N_("nothing was tampered with: work with that version, or bring the book up with 'kasse db upgrade'")
    severity = "warning"


class ChangedSinceError(KasseError):
    """A chain does not run through the head that was kept outside."""

    code = "verify.since"
    template = N_("entry {position} of office {office} is missing or not the one of the head kept outside, of {at}")
    hint = _ADVICE


class EventsChangedSinceError(KasseError):
    """The event log does not run through the head that was kept outside."""

    code = "verify.events_since"
    template = N_("event {position} of office {office} is missing or not the one of the head kept outside, of {at}")
    hint = _ADVICE


class ChangedClosingError(KasseError):
    """A closing is not what was written when the day, month or year was closed."""

    code = "verify.closing"
    template = N_("the closing of {kind} {period} was changed: its {part} is not what was written")
    hint = _ADVICE


class UnknownHeadError(KasseError):
    """The head to compare with belongs to no state of this book."""

    code = "verify.against"
    template = N_("no state of this book has the head {head}")
    hint = N_("check the typing; if it is right, the book was written anew since that head was printed")
