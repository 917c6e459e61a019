"""What looks wrong with relief: own work, decisions without a role, and what was written off in parts below a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ledger.audit.checks import Check, Hit, Scope, days_between
from ledger.audit.checks_duties import OwnWorkFoundError, both_steps
from ledger.audit.checks_roles import RoleUnknownError, role_check
from ledger.audit.deeds import Deeds
from sepa.errors import N_, KasseError

SERIES_DAYS = 365


class ReliefSeriesError(KasseError):
    """Several decisions for one debtor, each within what a person may grant, together above it."""

    code = "audit.relief_series"
    template = N_(
        "{user} wrote off or waived for {debtor} within a year {count} times, each up to {limit_cents}, together "
        "{amount_cents}: {reliefs}"
    )
    hint = N_("see 'kasse relief show {relief}' and the others: who should have decided about the whole")
    severity = "warning"


_SERIES = """
    SELECT '', 'relief:' || CAST(r.id AS TEXT), substr(r.decided_at, 1, 10), r.sum_cents, u.name, r.id, n.id AS debtor_id,
           n.name, l.max_cents, r.decided_by, r.kind
    FROM relief r JOIN app_user u ON u.id = r.decided_by
    JOIN party p ON p.id = r.party JOIN party n ON n.id = coalesce(p.merged_into, p.id)
    JOIN relief_limit l ON l.user_id = r.decided_by AND l.kind = (
        CASE WHEN EXISTS (SELECT 1 FROM relief_limit m WHERE m.user_id = r.decided_by AND m.kind = r.kind)
             THEN r.kind ELSE '*' END)
    WHERE r.kind IN ('niederschlagung_befristet', 'niederschlagung_unbefristet', 'erlass')
      AND r.state NOT IN ('proposed', 'refused', 'withdrawn') AND l.max_cents IS NOT NULL
      AND r.sum_cents <= l.max_cents AND r.decided_at >= :since AND r.decided_at < :next
      AND (CAST(:office AS TEXT) IS NULL OR EXISTS (
          SELECT 1 FROM relief_item i WHERE i.relief = r.id AND i.office = :office))
    ORDER BY r.decided_by, debtor_id, r.decided_at, r.id"""  # noqa: E501


def _series(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield each debtor for whom one person's decisions of a year together pass that person's limit."""
    for _, own in groupby(hits, key=lambda hit: (hit["decider"], hit["debtor_id"])):
        found = list(own)
        last = found[-1]
        year = [one for one in found if days_between(one["day"], last["day"]) <= SERIES_DAYS]
        together = sum(int(one["amount_cents"]) for one in year)
        if len(year) > 1 and together > int(last["limit_cents"]) and str(last["day"]) >= scope.first:
            names = ", ".join(str(one["relief"]) for one in year)
            yield last | {"amount_cents": together, "count": len(year), "reliefs": names}


class OwnReliefError(OwnWorkFoundError):
    """Relief, or a dunning run, proposed and decided by one person."""

    code = "audit.own_relief"


_OWN = " UNION ALL ".join(
    both_steps(*row)
    for row in (
        ("relief", "'relief:' || CAST(t.id AS TEXT)", "t.decided_by", "t.decided_at", "t.proposed_by", "t.sum_cents",
         "'*'", "proposed", "decided"),
        ("dunning_run", "'dunning:' || CAST(t.id AS TEXT)", "t.released_by", "t.released_at", "t.made_by",
         "t.sum_cents", "'*'", "proposed", "released"),
    )
)  # fmt: skip
_DECIDERS, _PROPOSERS = ("enforcement", "head"), ("enforcement", "clerk", "head")
DEEDS: Deeds = {
    "dunning.release": _DECIDERS,
    "law.release": ("head",),
    "letter.release": _DECIDERS,
    "relief.end": _DECIDERS,
    "relief.grant": _DECIDERS,
    "relief.limit": ("admin",),
    "relief.propose": _PROPOSERS,
    "relief.refuse": _DECIDERS,
    "relief.small": _PROPOSERS,
}
"""Decisions of enforcement, and the roles of which the person must have held one."""


class RoleOfReliefError(RoleUnknownError):
    """Relief, dunning, a letter or law decided without a role for it at that time."""

    code = "audit.relief_role"


CHECKS = (
    Check(OwnReliefError, "step state", _OWN,
          N_("relief or a dunning run proposed and decided by one person"), "§ 77 LHO"),
    role_check(RoleOfReliefError, DEEDS,
               N_("relief, dunning, letters or law decided without a role for it at that time")),
    Check(ReliefSeriesError, "relief debtor_id debtor limit_cents decider action", _SERIES,
          N_("written off or waived for one debtor within a year in parts, each within the limit of who decided,"
             " together above it"), "§ 59 LHO; §§ 227, 261 AO", _series),
)  # fmt: skip
