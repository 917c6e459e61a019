"""What closing a day asks of cash desks (§ 72 BayKommHV as a model: Ist at the end of the day beside the Soll)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.cash.desks import Desk
from sepa.errors import N_, KasseError

STATES = (N_("counted"), N_("uncounted"), "not_open", "no_banking_day", N_("fund"))
"""How a desk stands in the protocol of a day; not open is what somebody noted."""


class UncountedDayError(KasseError):
    """A desk that was open and that nobody counted after its last movement."""

    code = "closing.cash_uncounted"
    template = N_("cash desk {desk} has {balance_cents} and was not counted on {day}")
    hint = N_("count it with 'kasse cash count {desk}', or note that it was shut with 'kasse cash not-open {desk} "
              "--reason …'; --on gives the day")  # fmt: skip


class UnsignedCountError(KasseError):
    """A count with one signature."""

    code = "closing.cash_unsigned"
    template = N_("count {number} of cash desk {desk} on {day} has one signature")
    hint = N_("another person runs 'kasse cash confirm {desk}'")


class SkippedDayFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """Days on which a desk was open, that are closed along with a later one, and on which nobody counted."""

    code = "closing.cash_skipped"
    template = N_("cash desk {desk} was open and not counted on {count} days from {day} to {last}")
    hint = N_("count each desk at the end of each day; the later count covers it")
    severity = "warning"


def skipped(desk: Desk, days: Sequence[str], counts: Sequence[Sequence[object]]) -> Iterator[KasseError]:
    """Yield those of the days, in order, on which no count was made, as one finding."""
    counted = {row[1] for row in counts}
    missed = [day for day in days if day not in counted]
    if missed:
        yield SkippedDayFinding(desk=desk.code, day=missed[0], last=missed[-1], count=len(missed))
