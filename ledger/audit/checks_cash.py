"""What an auditor asks of cash: who decided about differences of their own desk, who holds cash and orders payments."""

from __future__ import annotations

from ledger.audit.checks import IN_OFFICE, Check, within
from ledger.cash.desks import NEVER_HOLDS
from ledger.store.changes import quoted
from sepa.errors import N_, KasseError

_USER = "(SELECT name FROM app_user WHERE id = {who})"


class OwnDifferenceError(KasseError):
    """A person decided about what was short or over in cash they held or counted."""

    code = "audit.difference_own"
    template = N_("{user} decided about {amount_cents} short or over in cash desk {desk}, which {user} held or counted")
    hint = N_("see 'kasse suspense show {number}': another person decides about it")
    severity = "error"


_DIFFERENCE = f"""
    SELECT DISTINCT s.office, 'item:' || CAST(s.item AS TEXT), substr(s.at, 1, 10), s.cents, {_USER.format(who="s.by")},
           n.desk
    FROM suspense_step s JOIN office k ON k.code = s.office AND k.is_kasse = 1
    JOIN suspense_case c ON c.office = s.office AND c.item = s.item AND c.reason IN ('shortage', 'surplus')
    JOIN cash_count n ON n.item = s.item
    LEFT JOIN cash_holder h ON h.desk = n.desk AND h.user_id = s.by AND h.since <= n.day
      AND (h.until IS NULL OR h.until >= n.day)
    WHERE s.kind IN ('assigned', 'forwarded', 'paid_out') AND (s.by = n.counted_by OR h.user_id IS NOT NULL)
      AND {within("s.at", "s.office")} ORDER BY 3, 2"""


class HolderOrdersError(KasseError):
    """A person held cash within the period and has a role that must not be joined with it."""

    code = "audit.holder_role"
    template = N_("{user} holds cash desk {desk} and has the role {role}: nobody who orders payments holds cash")
    hint = N_("hand the desk over with 'kasse cash hand-over {desk}', or take the role with 'kasse user revoke'")
    severity = "warning"


_HOLDER = f"""
    SELECT DISTINCT d.office, 'user:' || CAST(h.user_id AS TEXT), CAST(:last AS TEXT), CAST(NULL AS BIGINT),
           {_USER.format(who="h.user_id")}, d.code, r.role
    FROM cash_holder h JOIN cash_desk d ON d.code = h.desk
    JOIN user_role r ON r.user_id = h.user_id AND r.role IN ({quoted(NEVER_HOLDS)})
    WHERE h.since <= :last AND (h.until IS NULL OR h.until > :first) AND {IN_OFFICE.format(column="d.office")}
    ORDER BY 6, 2, 7"""
CHECKS = (
    Check(OwnDifferenceError, "desk", _DIFFERENCE,
          N_("somebody decided about differences of cash they held or counted"), "§ 77 LHO"),
    Check(HolderOrdersError, "desk role", _HOLDER,
          N_("somebody who orders payments holds cash"), "§ 77 LHO; § 34 (3) KommHV-Doppik"),
)  # fmt: skip
"""The checks of cash."""
