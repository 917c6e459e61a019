"""What looks wrong with rights: steps by persons to whom the event log never gave the role."""

from __future__ import annotations

from ledger.audit.checks import Check, within
from sepa.errors import N_, KasseError

_ROLES = {"certified": "certifier", "approved": "approver", "accepted": "cashier"}


class RoleUnknownError(KasseError):
    """Somebody took steps without ever having been given the role, as far as the event log knows."""

    code = "audit.role_unknown"
    template = N_("{user} took the step {step} from {day} on (orders: {count}); the event log knows no role for it")
    hint = N_("somebody gave the role past kasse: see 'kasse user list', and run 'kasse journal verify'")
    severity = "error"


# accepting is a right in the Kasse, whatever the order's office
_ROLE = " ".join(f"WHEN '{step}' THEN '{role}'" for step, role in _ROLES.items())
_FACTS = """replace(e.facts, '"', ' ')"""
_UNKNOWN = f"""
    SELECT w.office, 'user:' || CAST(w.who AS TEXT), substr(w.at, 1, 10), CAST(NULL AS BIGINT),
           (SELECT name FROM app_user WHERE id = w.who), w.step, w.steps
    FROM (
        SELECT t.office AS office, t.step AS step, coalesce(t.on_behalf, t.by) AS who, min(t.at) AS at,
               count(*) AS steps, ':' || CASE t.step {_ROLE} END AS role
        FROM order_step t WHERE t.step IN ('certified', 'approved', 'accepted') AND {within("t.at", "t.office")}
        GROUP BY t.office, t.step, coalesce(t.on_behalf, t.by)) w
    WHERE NOT EXISTS (
        SELECT 1 FROM event e WHERE e.object = 'user:' || CAST(w.who AS TEXT) AND e.action = 'user.add' AND e.at <= w.at
        AND ({_FACTS} LIKE '% *' || w.role || '%' OR {_FACTS} LIKE '% ' || w.office || w.role || '%'
             OR (w.step = 'accepted' AND {_FACTS} LIKE '%' || w.role || '%')))
    ORDER BY w.office, w.step, w.who"""

CHECKS = (
    Check(RoleUnknownError, "step count", _UNKNOWN,
          N_("steps of an order by persons who were never given the role for them"), "§ 77 LHO"),
)  # fmt: skip
