"""What looks wrong with rights: decisions by persons who did not hold a role for them then, as the event log tells."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from ledger.audit.checks import Check, Hit, Scope, within
from ledger.audit.deeds import DEEDS, STEPS, Deeds, listed
from sepa.errors import N_, KasseError

_COLUMNS = "step count at who facts given"
_TOLD = frozenset({"step", "count", "kind", "number", "office", "object", "day", "amount_cents", "user"})


class RoleUnknownError(KasseError):
    """Somebody decided without a role for it at that time, as far as the event log knows."""

    code = "audit.role_unknown"
    template = N_(
        "{user} took the step {step} without a role for it at that time; times: {count}, first on {day} in {office}"
    )
    hint = N_("somebody gave the role past kasse: see 'kasse user list', and run 'kasse journal verify'")
    severity = "error"


_GIVEN = """
    SELECT e.office AS office, e.object AS object, substr(e.at, 1, 10) AS day, CAST(NULL AS BIGINT) AS cents,
           CAST(NULL AS TEXT) AS name, e.action AS step, 1 AS count, e.at AS at, CAST(0 AS BIGINT) AS who,
           e.facts AS facts, 1 AS given, e.position AS position
    FROM event e WHERE e.action IN ('user.add', 'user.revoke') AND e.at < :next"""
_DONE = """
    SELECT t.office, 'user:' || CAST(t.who AS TEXT), substr(t.at, 1, 10), CAST(NULL AS BIGINT), u.name, t.step,
           t.times, t.at, t.who, CAST(NULL AS TEXT), 0, CAST(0 AS BIGINT)
    FROM ({done}) t LEFT JOIN app_user u ON u.id = t.who"""
_EVENTS = f"""
    SELECT v.office, v.action AS step, v.at, coalesce(v.on_behalf, v.by) AS who, count(*) AS times FROM event v
    WHERE v.action IN ({{actions}}) AND {within("v.at", "v.office")}
    GROUP BY v.office, v.action, v.at, coalesce(v.on_behalf, v.by)"""
_ORDERS = f"""
    SELECT s.office, s.step, s.at, coalesce(s.on_behalf, s.by) AS who, count(*) AS times FROM order_step s
    WHERE s.step IN ({listed(STEPS)}) AND {within("s.at", "s.office")}
    GROUP BY s.office, s.step, s.at, coalesce(s.on_behalf, s.by)"""


@dataclass(slots=True)
class Held:
    """Who held which role in which office, and from when to when; both moments count."""

    kasse: str = ""
    spans: dict[tuple[int, str, str], list[list[str | None]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, hit: Hit) -> None:
        """Take over what an event tells of roles that were given or taken."""
        self.kasse, who = str(hit["office"]), int(str(hit["object"]).partition(":")[2])
        for given in str(json.loads(str(hit["facts"])).get("roles", "")).split():
            office, _, role = given.rpartition(":")
            spans = self.spans[who, office, role]
            if hit["step"] == "user.add":
                spans.append([str(hit["at"]), None])
            elif spans:
                spans[-1][1] = str(hit["at"])

    def had(self, who: int, offices: Iterable[str], roles: Iterable[str], at: str) -> bool:
        """Return whether somebody held one of the roles in one of the offices at a moment."""
        return any(
            str(since) <= at and (until is None or at <= until)
            for role in roles for office in offices for since, until in self.spans.get((who, office, role), ())
        )  # fmt: skip


def without_role(hits: Iterable[Hit], scope: Scope, deeds: Deeds) -> Iterator[Hit]:
    """Yield whoever decided without a role, once for each office and kind of decision; roles come before decisions.

    Certifying and approving are rights in the office itself, all others may be held in the Kasse too.
    """
    del scope
    held, found = Held(), dict[tuple[str, str, int], Hit]()
    for hit in hits:
        if hit["given"]:
            held.take(hit)
            continue
        office, step, who = str(hit["office"]), str(hit["step"]), int(hit["who"])
        offices = (office, "*") if step in ("certified", "approved") else (office, "*", held.kasse)
        if held.had(who, offices, deeds[step], str(hit["at"])):
            continue
        first = found.setdefault((office, step, who), hit | {"count": 0, "user": hit["user"] or who})
        first["count"] += hit["count"]
        first["day"] = min(first["day"], hit["day"])
    for _, one in sorted(found.items()):
        yield {name: value for name, value in one.items() if name in _TOLD}


def role_check(finding: type[KasseError], deeds: Deeds, meaning: str, more: Sequence[str] = ()) -> Check:
    """Return the check that compares decisions with the roles held then; `more` are decisions beside the event log."""
    done = " UNION ALL ".join((_EVENTS.format(actions=listed(deeds)), *more))
    sql = f"{_GIVEN} UNION ALL {_DONE.format(done=done)} ORDER BY given DESC, at, position"
    judge: Callable[[Iterable[Hit], Scope], Iterator[Hit]] = partial(without_role, deeds={**deeds, **STEPS})
    return Check(finding, f"{_COLUMNS} position", sql, meaning, "§ 77 LHO", judge)


CHECKS = (
    role_check(
        RoleUnknownError, DEEDS, N_("decisions by persons who did not hold a role for them at that time"), (_ORDERS,)
    ),
)
