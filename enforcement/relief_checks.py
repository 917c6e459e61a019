"""What is to be done about relief that was granted, as findings: nothing of it is done without a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from enforcement.deadlines import deadline_of
from enforcement.law import Law
from enforcement.profiles import Profile
from enforcement.relief_reader import Relief
from sepa.errors import N_, KasseError

GRACE = "ratenzahlung_ausfall"
"""The grace of plans about claims of several laws, or of none: § 802b (3) ZPO as a model."""


class FailedPlanError(KasseError):
    """A plan of which an instalment is missing for longer than the grace of its law."""

    code = "relief.plan_failed"
    template = N_("plan {relief} of {party}: {behind_cents} are missing, the instalment of {due} could be late until "
                  "{last} ({norm})")  # fmt: skip
    hint = N_("let it fail with 'kasse relief end {relief} --failed', or leave it to the debtor for a while")
    severity = "warning"


class WatchDayError(KasseError):
    """A relief that was to be looked at again."""

    code = "relief.watch"
    template = N_("relief {relief} ({kind}) of {party} is to be looked at since {day}, open are {open_cents}")
    hint = N_("lift it with 'kasse relief end {relief}', or put the day off with 'kasse relief watch {relief}'")
    severity = "warning"


class RunOutError(KasseError):
    """A relief whose last day is over, with something still open."""

    code = "relief.run_out"
    template = N_("relief {relief} ({kind}) of {party} ran out on {day}, open are {open_cents}")
    hint = N_("close it with 'kasse relief end {relief}'; dunning goes on by itself")
    severity = "warning"


class SettledReliefError(KasseError):
    """A relief of which nothing is open any more."""

    code = "relief.settled"
    template = N_("relief {relief} ({kind}) of {party}: nothing is open any more")
    hint = N_("'kasse relief end --settled' closes all of them and dissolves their allowances")
    severity = "warning"


class PaidWrittenDownError(KasseError):
    """A claim written down on which money came in."""

    code = "relief.paid"
    template = N_("relief {relief} of {party}: of {sum_cents} written down only {open_cents} are open")
    hint = N_("lift it with 'kasse relief end {relief}' and propose again for the rest, if there is still reason to")
    severity = "warning"


class HeirsUnknownError(KasseError):
    """A debtor who died: somebody has to find the heirs."""

    code = "relief.heirs"
    template = N_("{party} died on {day}: find out who is the heir, open are {open_cents} (relief {relief})")
    hint = N_("ask the probate court; 'kasse relief end {relief}' when somebody accepted the estate")
    severity = "warning"


class NotFiledError(KasseError):
    """An insolvency in which the claims were not filed yet."""

    code = "relief.not_filed"
    template = N_("insolvency of {party} opened on {day}: the claims are not filed (relief {relief})")
    hint = N_("see the sum with 'kasse relief show {relief}', then 'kasse relief filed {relief}' (§§ 28, 174 InsO)")
    severity = "warning"


class InsolventPaidError(KasseError):
    """Money since the opening on claims of before it: it may belong to the estate (§§ 80-82, 87 InsO)."""

    code = "relief.insolvent_paid"
    template = N_("insolvency of {party}: {paid_cents} came since the opening on {day} and paid claims of before it "
                  "(relief {relief})")  # fmt: skip
    hint = N_(
        "paid by {party} it may belong to the estate: ask the administrator; 'kasse item explain' names the entry, "
        "'kasse suspense undo --entry' takes it back; a share from the estate stays: 'kasse relief watch {relief}'"
    )
    severity = "warning"


class SideClaimsLeftError(KasseError):
    """Side claims of a claim that was taken off as a whole."""

    code = "relief.side_claims"
    template = N_("{item} of {party} was taken off; its side claims are open still: {sides}, together {open_cents}")
    hint = N_(
        "if they are not owed either: 'kasse relief propose absetzung ITEM'; Säumniszuschläge that had arisen stay "
        "(§ 240 Abs. 1 Satz 4 AO)"
    )
    severity = "warning"


class OverchargedError(KasseError):
    """Charges for paying late on what an order took off later, or for days that were deferred or set off afterwards."""

    code = "relief.overcharged"
    template = N_(
        "{item} of {party} was reduced, deferred or set off since: {demanded_cents} were demanded for paying it late, "
        "{owed_cents} are owed by now"
    )
    hint = N_("take off what is too much: 'kasse relief propose absetzung ITEM --amount …'; what is paid of it: --paid")
    severity = "warning"


class LumpCreditedError(KasseError):
    """A lump sum for default beside costs of legal pursuit that came later: it is credited against them."""

    code = "relief.lump_credited"
    template = N_(
        "{item} of {party}: costs of legal pursuit of {costs_cents} stand beside the lump sum for default, which is "
        "credited against them: {over_cents} of it are too much (§ 288 (5) sentence 3 BGB)"
    )
    hint = N_("take them off: 'kasse relief propose absetzung {item} --amount …'; what is paid of it: --paid")
    severity = "warning"


def findings(relief: Relief, profile: Profile | None, day: dt.date, *, land: str, law: Law) -> list[KasseError]:
    """Return what a granted relief that did not end its claims wants a person to do on a day."""
    look = _LOOKS.get(relief.row.kind)
    if look is not None:
        return look(relief, day)
    if not relief.row.open_cents:
        return [_made(SettledReliefError, relief, None)]
    failed = _failed(relief, profile, day, land, law)
    last = relief.row.last_day
    over = last is not None and last < day.isoformat() and not relief.plan[1:]
    return [failed] if failed else [_made(RunOutError, relief, last)] if over else []


def _made(error: type[KasseError], relief: Relief, day: str | None) -> KasseError:
    row = relief.row
    when = dt.date.fromisoformat(day) if day else None
    return error(relief=row.number, kind=row.kind, party=row.party, open_cents=row.open_cents,
                 sum_cents=row.sum_cents, day=when)  # fmt: skip


def _written_down(relief: Relief, day: dt.date) -> list[KasseError]:
    row = relief.row
    if not row.open_cents:
        return [_made(SettledReliefError, relief, None)]
    watched = row.watch_day is not None and row.watch_day <= day.isoformat()
    found = [_made(WatchDayError, relief, row.watch_day)] if watched else []
    return [*found, _made(PaidWrittenDownError, relief, None)] if row.open_cents < row.sum_cents else found


def _dead(relief: Relief, day: dt.date) -> list[KasseError]:
    del day
    return [_made(HeirsUnknownError, relief, relief.row.first_day)] if relief.row.open_cents else []


def _insolvent(relief: Relief, day: dt.date) -> list[KasseError]:
    del day
    return [_made(NotFiledError, relief, relief.row.first_day)] if relief.row.filed_on is None else []


_LOOKS: Mapping[str, Callable[[Relief, dt.date], list[KasseError]]] = {
    "niederschlagung_befristet": _written_down,
    "tod": _dead,
    "insolvenz": _insolvent,
}


def _failed(relief: Relief, profile: Profile | None, day: dt.date, land: str, law: Law) -> KasseError | None:
    """Return the failure of a plan: an instalment is missing for longer than the grace that the law leaves."""
    if not relief.plan[1:] and relief.row.kind != "ratenplan":
        return None
    now = relief.standing(day)
    if now.unpaid is None:
        return None
    rule = profile.relief.grace if profile and profile.relief.grace else GRACE
    grace = deadline_of(rule, now.unpaid.due, land=land, law=law)
    if grace.end >= day:
        return None
    return FailedPlanError(
        relief=relief.number, party=relief.row.party, behind_cents=now.behind_cents, due=now.unpaid.due,
        last=grace.end, norm=grace.norm,
    )  # fmt: skip
