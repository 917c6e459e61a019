"""Whether a file that is written still goes to the bank in time, or only repeats what the bank has worked on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from ledger.payments.files import PaymentFile, order_of
from ledger.payments.profiles_store import profile_of
from ledger.payments.runs import Run
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.profiles.findings import AfterCutOffError

_WORKED_ON = """
    SELECT count(*) FROM payment
    WHERE office = :office AND run = :run AND file = :file AND state NOT IN ('released', 'exported')"""


class CopyOnlyError(KasseError):
    """A file again of which the bank has paid, refused or given back something."""

    code = "payment.copy"
    template = N_(
        "file {file} of run {run} is a copy for the files only: {count} of its payments are executed or refused"
    )
    hint = N_("do not hand it to the bank, what it has paid would be paid once more")
    severity = "warning"


class LateFileError(KasseError):
    """A file whose execution day is over."""

    code = "payment.late_file"
    template = N_("file {file} of run {run} asks for {day}, that day is over: the bank pays later, or refuses it")
    hint = N_(
        "hand it to the bank today if your bank takes it, else give it up with 'kasse payment void {run} --reason …' "
        "and propose anew"
    )
    severity = "warning"


def file_findings(
    store: Store, run: Run, files: Iterable[PaymentFile], today: dt.date, time: dt.time | None = None
) -> Iterator[KasseError]:
    """Yield what whoever holds these files must know before they are handed on; `today` is the day of the command.

    `time` is the local time, for the hour until which the bank takes files for the same day.
    """
    day, profile = dt.date.fromisoformat(run.execution_day), profile_of(store, run.iban)
    for file in files:
        count = store.value(_WORKED_ON, office=run.office, run=run.number, file=file.number)
        hour = order_of(profile, file.kind, check=file.name_check).cut_off
        if count:
            yield CopyOnlyError(file=file.number, run=run.number, count=count)
        elif day < today:
            yield LateFileError(file=file.number, run=run.number, day=day)
        elif day == today and time is not None and hour is not None and time > hour:
            yield AfterCutOffError(hour=f"{hour:%H:%M}")
