"""What a file lacks for one bank: the rules that a profile adds to the common ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sepa.calendar import previous_target_day
from sepa.debits import DirectDebitMessage
from sepa.debits import counted as counted_debits
from sepa.errors import N_, KasseError, Place
from sepa.payments import CreditTransferMessage, Totals, counted
from sepa.profiles.profile import Kind, Profile
from sepa.text import Charset

_COMMON_DAYS = 15  # DK Anlage 3; `sepa.rules.odd` warns of these


class TooManyPaymentsError(KasseError):
    """More payments in a file than the bank takes."""

    code = "profile.payments"
    template = N_("the file holds {count} payments, the bank takes {limit}")
    hint = N_("split it; kasse does so when it writes the file by the bank's profile")


class SeveralDaysError(KasseError):
    """Several days in a file for a bank that takes one."""

    code = "profile.days"
    template = N_("the file has {count} execution days, the bank takes one")
    hint = N_("write one file for each day")


class SeveralAccountsError(KasseError):
    """Several accounts in a file for a bank that takes one."""

    code = "profile.accounts"
    template = N_("the file pays from {count} accounts, the bank takes one")
    hint = N_("write one file for each account")


class WiderCharsetError(KasseError):
    """A file in a wider character set than the bank takes."""

    code = "profile.charset"
    template = N_("the file may hold umlauts, the bank takes basic Latin letters only")
    hint = N_("have the texts cleaned for the character set epc")


class KindsMixedError(KasseError):
    """Instant and other transfers in one file."""

    code = "profile.kinds"
    template = N_("instant and other transfers stand in one file")
    hint = N_("write them into two files, they have different order types")


class SingleOptOutError(KasseError):
    """A file with a single payment that opts out of the check of the payee's name."""

    code = "profile.single_opt_out"
    severity = "warning"
    template = N_("a file with one payment opts out of the check of the payee's name")
    hint = N_("the law knows the opt-out for bulk only, some banks reject it: use the order type with check")


class AfterCutOffError(KasseError):
    """A file for the same day after the bank's hour."""

    code = "profile.cut_off"
    severity = "warning"
    template = N_("the bank takes files for the same day until {hour} o'clock")
    hint = N_("the payments will be executed on the next TARGET day")


class SeveralSequencesError(KasseError):
    """Several sequence types in a file for a bank that takes one."""

    code = "profile.one_sequence"
    template = N_("the file has the sequence types {values}, the bank takes one in a file")
    hint = N_("write one file for each; kasse does so when it writes the file by the bank's profile")


class SequenceNotTakenError(KasseError):
    """A sequence type that the bank does not take."""

    code = "profile.sequence"
    template = N_("the bank does not take the sequence type {value}, only {allowed}")
    hint = N_("RCUR will do for the first collection as well")


class DebitCutOffError(KasseError):
    """Collections handed over after the bank's hour on the last day for them."""

    code = "profile.cut_off_debit"
    severity = "warning"
    template = N_("the bank takes collections due on {day} until {hour} o'clock of this day")
    hint = N_("give a later due day, and tell the debtors")


class DaysAheadError(KasseError):
    """A day further ahead than the bank takes."""

    code = "profile.days_ahead"
    severity = "warning"
    template = N_("the day {day} is {days} days ahead, the bank takes files {limit} days ahead")
    hint = N_("send the file later")


@dataclass(frozen=True, slots=True)
class Heads:
    """What a bank's profile looks at in a file: its kinds, days, accounts, sequence types, and how many payments."""

    kinds: frozenset[Kind]
    count: int
    days: frozenset[date]
    accounts: frozenset[str]
    charset: Charset
    sequences: frozenset[str] = frozenset()

    @property
    def debits(self) -> bool:
        """Whether the file collects."""
        return bool(self.kinds & {"core", "b2b"})


def heads_of(message: CreditTransferMessage | DirectDebitMessage) -> Heads:
    """Return what a profile looks at in a message of ours."""
    if isinstance(message, CreditTransferMessage):
        kinds: set[Kind] = {"instant" if batch.instant else "transfer" for batch in message.batches}
        totals = sum((batch.totals for batch in counted(message).batches if batch.totals), Totals())
        days = frozenset(batch.execution_day for batch in message.batches)
        accounts = frozenset(batch.debtor.iban for batch in message.batches)
        return Heads(frozenset(kinds), totals.count, days, accounts, message.charset)
    kind: Kind = "core" if message.scheme == "CORE" else "b2b"
    totals = sum((one.totals for one in counted_debits(message).batches if one.totals), Totals())
    return Heads(
        frozenset((kind,)),
        totals.count,
        frozenset(one.due_day for one in message.batches),
        frozenset(one.creditor.iban for one in message.batches),
        message.charset,
        frozenset(one.sequence for one in message.batches),
    )


def check(
    message: CreditTransferMessage | DirectDebitMessage | Heads, profile: Profile, at: datetime
) -> Iterator[KasseError]:
    """Yield what a file lacks for a bank when it is handed over at that time."""
    heads = message if isinstance(message, Heads) else heads_of(message)
    yield from _shape_findings(heads, profile)
    yield from _ahead_findings(heads, profile, at.date())
    if heads.debits:
        yield from _sequence_findings(heads, profile)
    elif heads.count == 1 and profile.vop == "opt-out":
        yield SingleOptOutError()
    yield from _cut_off_findings(heads, profile, at)


def _shape_findings(heads: Heads, profile: Profile) -> Iterator[KasseError]:
    if heads.count > profile.payments_per_file:
        yield TooManyPaymentsError(count=heads.count, limit=profile.payments_per_file)
    if profile.one_date_per_file and len(heads.days) > 1:
        yield SeveralDaysError(count=len(heads.days))
    if profile.one_account_per_file and len(heads.accounts) > 1:
        yield SeveralAccountsError(count=len(heads.accounts))
    if (profile.charset, heads.charset) == ("epc", "dk"):
        yield WiderCharsetError()
    if len(heads.kinds) > 1:
        yield KindsMixedError()


def _ahead_findings(heads: Heads, profile: Profile, on: date) -> Iterator[KasseError]:
    """Yield days beyond the bank's own limit; the common one is asked of every file."""
    limit = profile.max_days_ahead
    for day in sorted(heads.days):
        if limit != _COMMON_DAYS and (day - on).days > limit:
            yield DaysAheadError(day=day, days=(day - on).days, limit=limit, place=Place(value=day.isoformat()))


def _sequence_findings(heads: Heads, profile: Profile) -> Iterator[KasseError]:
    if profile.one_sequence_per_file and len(heads.sequences) > 1:
        yield SeveralSequencesError(values=", ".join(sorted(heads.sequences)))
    for value in sorted(heads.sequences - set(profile.sequences.split()) - {""}):
        place = Place(field="sequence", value=value)
        yield SequenceNotTakenError(value=value, allowed=profile.sequences.replace(" ", ", "), place=place)


def _cut_off_findings(heads: Heads, profile: Profile, at: datetime) -> Iterator[KasseError]:
    """Yield where the bank's hour is over: of the execution day, or of the TARGET day before the due day (D-1)."""
    for kind in sorted(heads.kinds):
        hour: time | None = profile.order_type(kind).cut_off
        if hour is None or at.time() <= hour:
            continue
        if not heads.debits and at.date() in heads.days:
            yield AfterCutOffError(hour=f"{hour:%H:%M}", place=Place(field="execution_day"))
        for day in sorted(heads.days) if heads.debits else ():
            if at.date() == previous_target_day(day - timedelta(days=1)):
                yield DebitCutOffError(day=day, hour=f"{hour:%H:%M}", place=Place(field="due_day"))
