"""What a file lacks for one bank: the rules that a profile adds to the common ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from sepa.errors import N_, KasseError, Place
from sepa.payments import CreditTransferMessage, Totals, counted
from sepa.profiles.profile import Kind, Profile


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


def check(message: CreditTransferMessage, profile: Profile, at: datetime) -> Iterator[KasseError]:
    """Yield what a file of credit transfers lacks for a bank when it is handed over at that time."""
    totals = sum((batch.totals for batch in counted(message).batches if batch.totals), Totals())
    days = {batch.execution_day for batch in message.batches}
    accounts = {batch.debtor.iban for batch in message.batches}
    kinds: set[Kind] = {"instant" if batch.instant else "transfer" for batch in message.batches}
    if totals.count > profile.payments_per_file:
        yield TooManyPaymentsError(count=totals.count, limit=profile.payments_per_file)
    if profile.one_date_per_file and len(days) > 1:
        yield SeveralDaysError(count=len(days))
    if profile.one_account_per_file and len(accounts) > 1:
        yield SeveralAccountsError(count=len(accounts))
    if (profile.charset, message.charset) == ("epc", "dk"):
        yield WiderCharsetError()
    if len(kinds) > 1:
        yield KindsMixedError()
    if totals.count == 1 and profile.vop == "opt-out":
        yield SingleOptOutError()
    yield from _cut_off_findings(message, profile, at, kinds)


def _cut_off_findings(
    message: CreditTransferMessage, profile: Profile, at: datetime, kinds: set[Kind]
) -> Iterator[KasseError]:
    for kind in sorted(kinds):
        hour: time | None = profile.order_type(kind).cut_off
        late = hour is not None and at.time() > hour
        if late and any(batch.execution_day == at.date() for batch in message.batches):
            yield AfterCutOffError(hour=f"{hour:%H:%M}", place=Place(field="execution_day"))
