"""What an auditor asks of cash: who decided about differences of their own desk, who holds cash and orders payments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.audit.checks import IN_OFFICE, Check, Hit, Scope, within
from ledger.cash.desks import NEVER_HOLDS
from ledger.people.parties import match_key
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


class RejectedCountError(KasseError):
    """A count with a difference that another person rejected: the difference was taken back."""

    code = "audit.count_rejected"
    template = N_("{user} rejected count {count} of cash desk {desk}, which was {amount_cents} over or short: {reason}")
    hint = N_("compare it with the next count: 'kasse cash show {desk}'")
    severity = "info"


_REJECTED = f"""
    SELECT d.office, 'count:' || n.desk || '/' || CAST(n.number AS TEXT), substr(n.rejected_at, 1, 10),
           n.counted_cents - n.expected_cents, {_USER.format(who="n.rejected_by")}, n.desk, n.number,
           coalesce(n.reason, '')
    FROM cash_count n JOIN cash_desk d ON d.code = n.desk
    WHERE n.rejected_by IS NOT NULL AND n.counted_cents <> n.expected_cents
      AND {within("n.rejected_at", "d.office")} ORDER BY 3, 2"""


class AcceptedDifferenceError(KasseError):
    """A count with a difference that another person signed: short or over, it is in the books."""

    code = "audit.difference_accepted"
    template = N_("count {count} of cash desk {desk} was {amount_cents} over or short; {user} signed it")
    hint = N_("see what became of it: 'kasse suspense show {case}'")
    severity = "info"


_ACCEPTED = f"""
    SELECT d.office, 'count:' || n.desk || '/' || CAST(n.number AS TEXT), n.day, n.counted_cents - n.expected_cents,
           {_USER.format(who="n.confirmed_by")}, n.desk, n.number, n.item
    FROM cash_count n JOIN cash_desk d ON d.code = n.desk
    WHERE n.confirmed_by IS NOT NULL AND n.counted_cents <> n.expected_cents
      AND {within("n.counted_at", "d.office")} ORDER BY 3, 2"""


class UnsignedCountError(KasseError):
    """A count that nobody but the one who counted has signed, though the day is over or somebody counted again.

    Where there was no difference, a count of that day which was signed later covers it: cash had moved since.
    """

    code = "audit.count_unsigned"
    template = N_(
        "count {count} of cash desk {desk} by {user}, {amount_cents} over or short, was signed by nobody else"
    )
    hint = N_("ask why; see 'kasse cash show {desk}'")
    severity = "warning"


_UNSIGNED = f"""
    SELECT d.office, 'count:' || n.desk || '/' || CAST(n.number AS TEXT), n.day, n.counted_cents - n.expected_cents,
           {_USER.format(who="n.counted_by")}, n.desk, n.number
    FROM cash_count n JOIN cash_desk d ON d.code = n.desk
    WHERE n.confirmed_by IS NULL AND n.rejected_by IS NULL AND {within("n.counted_at", "d.office")}
      AND (n.day < :last OR EXISTS (SELECT 1 FROM cash_count l WHERE l.desk = n.desk AND l.number > n.number))
      AND (n.counted_cents <> n.expected_cents OR NOT EXISTS (SELECT 1 FROM cash_count s WHERE s.desk = n.desk
          AND s.day = n.day AND s.number > n.number AND s.confirmed_by IS NOT NULL))
    ORDER BY 3, 2"""


class OtherPayeeError(KasseError):
    """Cash paid to another person than the one whom it was owed to, without a word why."""

    code = "audit.cash_other_payee"
    template = N_(
        "{user} paid {amount_cents} with receipt {receipt} to {payee}, it was owed to {party}, and nothing is said why"
    )
    hint = N_("ask for the power of attorney; see 'kasse cash receipt {receipt}'")
    severity = "warning"


_OTHER_PAYEE = f"""
    SELECT l.office, 'receipt:' || r.desk || '-' || CAST(r.year AS TEXT) || '-' || CAST(r.number AS TEXT), r.day,
           sum(l.cents), {_USER.format(who="r.made_by")},
           r.desk || '-' || CAST(r.year AS TEXT) || '-' || CAST(r.number AS TEXT), r.person, p.name,
           coalesce(p.legal_name, '')
    FROM cash_receipt r
    JOIN cash_receipt_line l ON l.desk = r.desk AND l.year = r.year AND l.number = r.number AND l.kind = 'paid'
    JOIN item i ON i.office = l.office AND i.id = l.item JOIN party p ON p.id = i.party
    WHERE r.kind = 'pay' AND r.words = '' AND r.person <> '' AND p.name <> r.person
      AND {within("r.made_at", "l.office")}
      AND NOT EXISTS (SELECT 1 FROM cash_receipt c WHERE c.desk = r.desk AND c.cancels_year = r.year
        AND c.cancels = r.number)
    GROUP BY l.office, r.desk, r.year, r.number, r.day, r.made_by, r.person, p.name, p.legal_name ORDER BY 3, 2"""


def _other(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield receipts signed by somebody whose name is not the payee's in any writing."""
    del scope
    for hit in hits:
        if match_key(str(hit["payee"])) not in {match_key(str(hit[name])) for name in ("party", "legal_name")}:
            yield hit


CHECKS = (
    Check(OwnDifferenceError, "desk", _DIFFERENCE,
          N_("somebody decided about differences of cash they held or counted"), "§ 77 LHO"),
    Check(HolderOrdersError, "desk role", _HOLDER,
          N_("somebody who orders payments holds cash"), "§ 77 LHO; § 34 (3) KommHV-Doppik"),
    Check(RejectedCountError, "desk count reason", _REJECTED,
          N_("a count of cash was rejected, its difference taken back"), "§ 78 BHO"),
    Check(AcceptedDifferenceError, "desk count case", _ACCEPTED,
          N_("a count of cash found too little or too much, and it was booked"), "§ 78 BHO"),
    Check(UnsignedCountError, "desk count", _UNSIGNED,
          N_("a count of cash without a second signature"), "§ 78 BHO"),
    Check(OtherPayeeError, "receipt payee party legal_name", _OTHER_PAYEE,
          N_("cash was paid to another person than the payee, without a word why"), "§ 362 BGB", _other),
)  # fmt: skip
"""The checks of cash."""
