"""What looks wrong with money that goes back, with unclear money, and with collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.audit.checks import Check, Hit, Scope, days_between, within
from ledger.audit.checks_payments import PAID
from ledger.audit.refund_payers_reader import with_payers
from sepa.errors import N_, KasseError

OLD_DAYS, AHEAD_DAYS, NEW_DAYS = 180, 30, 14
_RELEASER = "(SELECT name FROM app_user WHERE id = r.released_by)"


class RefundElsewhereError(KasseError):
    """Money went back to another account than the one it came from."""

    code = "audit.refund_elsewhere"
    template = N_("{amount_cents} came from {paying} and went back to {iban} ({payee})")
    hint = N_("ask for the document that proves the account; see 'kasse item explain {office}/{item}'")
    severity = "warning"


_REFUNDS = f"""
    SELECT f.office, 'item:' || f.office || '/' || CAST(f.item AS TEXT), substr(r.released_at, 1, 10) AS day, f.cents,
           {_RELEASER}, f.item, f.paying_iban, f.iban, f.name, i.kind, i.opened_on, NULL AS order_id, 0
    FROM refund f JOIN item i ON i.office = f.office AND i.id = f.item
    JOIN payment p ON p.item_office = f.office AND p.item = f.item AND p.refund = f.id AND p.state IN {PAID}
    JOIN payment_run r ON r.office = p.office AND r.id = p.run
    WHERE {within("r.released_at", "f.office")}"""
_PAYOUTS = f"""
    SELECT w.office, 'order:' || w.office || '-' || CAST(w.order_id AS TEXT), substr(s.at, 1, 10) AS day,
           o.total_cents, (SELECT name FROM app_user WHERE id = s.by), w.item,
           coalesce((SELECT max(b.counter_iban) FROM suspense_case c
                     JOIN bank_entry b ON b.office = c.office AND b.id = c.entry
                     WHERE c.office = w.office AND c.item = w.item), ''),
           coalesce(o.bank_account, ''), coalesce(n.name, ''), i.kind, i.opened_on, w.order_id,
           (SELECT count(*) FROM suspense_case c JOIN bank_detail d ON d.office = c.office AND d.entry = c.entry
            WHERE c.office = w.office AND c.item = w.item)
    FROM suspense_payout w JOIN cash_order o ON o.office = w.office AND o.id = w.order_id
    JOIN order_step s ON s.office = o.office AND s.order_id = o.id AND s.step = 'accepted'
    JOIN item i ON i.office = w.office AND i.id = w.item LEFT JOIN party n ON n.id = o.party
    WHERE {within("s.at", "w.office")}"""
_BACK = f"{_REFUNDS} UNION ALL {_PAYOUTS} ORDER BY 3, 1, 2"
_COLUMNS = "item paying iban payee item_kind opened order_id parts"
_ELSEWHERE = f"""
    {_REFUNDS} AND (f.paying_iban IS NULL OR f.iban <> f.paying_iban)
    UNION ALL {_PAYOUTS} AND w.kind = 'refund' ORDER BY 3, 1, 2"""


def _elsewhere(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield money that went to none of the accounts that may have paid it; where one is not known, it may be that."""
    del scope
    for hit in hits:
        accounts = hit["accounts"]
        if "" not in accounts and hit["iban"] not in accounts:
            yield _told(hit) | {"paying": ", ".join(accounts)}


def _told(hit: Hit) -> Hit:
    """Return a row without what was only needed to judge it."""
    return {name: value for name, value in hit.items() if name not in {"order_id", "parts", "accounts"}}


class OldSuspenseError(KasseError):
    """Unclear money that nobody had asked for in half a year was paid out."""

    code = "audit.suspense_old"
    template = N_("{amount_cents} that were unclear since {opened} were paid out to {iban} ({payee}), {age} days later")
    hint = N_("see 'kasse item explain {office}/{item}': who asked for it, and with what proof")
    severity = "warning"


def _old(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for hit in hits:
        age = days_between(hit["opened"], hit["day"])
        if hit["item_kind"] == "suspense" and age > OLD_DAYS:
            yield _told(hit) | {"age": age}


class YoungerClaimError(KasseError):
    """Old unclear money was put on a claim that did not exist when the money came."""

    code = "audit.suspense_younger"
    template = N_("{amount_cents} that came on {came} were put on item {target}, a claim made only on {made}")
    hint = N_("see 'kasse item explain {office}/{item}': why is it the money of this debtor")
    severity = "warning"


_YOUNGER = f"""
    SELECT c.office, 'item:' || c.office || '/' || CAST(c.item AS TEXT), substr(max(k.at), 1, 10), m.cents,
           max(u.name), c.item, b.bank_day,
           t.office || '/' || CAST(t.id AS TEXT), t.opened_on
    FROM suspense_step k JOIN app_user u ON u.id = k.by JOIN suspense_case c ON c.office = k.office AND c.item = k.item
    JOIN bank_entry b ON b.office = c.office AND b.id = c.entry
    JOIN bank_match m ON m.office = c.office AND m.entry = c.entry AND m.rule = 'assigned' AND m.cents = k.cents
    JOIN item t ON t.office = m.item_office AND t.id = m.item AND t.opened_on > b.bank_day
    WHERE k.kind = 'assigned' AND b.bank_day <= :old AND {within("k.at", "c.office")}
      AND NOT EXISTS (SELECT 1 FROM suspense_step u WHERE u.office = k.office AND u.item = k.item
                      AND u.undoes = k.line)
    GROUP BY c.office, c.item, m.line, m.cents, b.bank_day, t.office, t.id, t.opened_on ORDER BY 3, 1, 2"""


def _younger(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for hit in hits:
        old = days_between(hit["came"], hit["day"]) > OLD_DAYS
        if old and days_between(hit["came"], hit["made"]) > AHEAD_DAYS:
            yield hit


class MandateChangedError(KasseError):
    """A mandate got another account shortly before it was used."""

    code = "audit.mandate_changed"
    template = N_(
        "mandate {mandate} got the account {iban} on {changed}, collection run {run} took {amount_cents} from it"
    )
    hint = N_("see 'kasse mandate show {mandate}': is the account the debtor's, is the change signed")
    severity = "warning"


_MANDATES = f"""
    SELECT c.office, 'collection_run:' || CAST(c.run AS TEXT) || '/' || CAST(c.line AS TEXT),
           substr(r.released_at, 1, 10), c.cents, max(u.name), c.run, c.mandate,
           c.debtor_iban, substr(max(e.at), 1, 10),
           CASE WHEN EXISTS (SELECT 1 FROM mandate d JOIN party_account a ON a.party = d.party AND a.kind = 'own'
                             WHERE d.id = c.mandate AND a.iban = c.debtor_iban) THEN 1 ELSE 0 END,
           (SELECT min(l.at) FROM event l WHERE l.object = 'mandate:' || CAST(c.mandate AS TEXT)
            AND l.action = 'mandate.amend' AND l.facts LIKE '%iban%' AND l.at > r.released_at)
    FROM collection_run r JOIN collection c ON c.office = r.office AND c.run = r.id
      AND c.state IN ('released', 'exported', 'collected')
    JOIN event e ON e.object = 'mandate:' || CAST(c.mandate AS TEXT) AND e.action = 'mandate.amend'
      AND e.facts LIKE '%iban%' AND e.at <= r.released_at AND e.at >= :near
    JOIN app_user u ON u.id = e.by
    WHERE {within("r.released_at", "c.office")}
    GROUP BY c.office, c.run, c.line, r.released_at, c.cents, c.mandate, c.debtor_iban ORDER BY c.run, c.line"""


def _unsure(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield collections after a change that is not the debtor's own account, or that was soon changed back."""
    del scope
    for hit in hits:
        near = days_between(hit["changed"], hit["day"]) <= NEW_DAYS
        back = hit["again"] is not None and days_between(hit["day"], hit["again"]) <= AHEAD_DAYS
        if near and (not hit["own"] or back):
            yield hit


CHECKS = (
    Check(RefundElsewhereError, _COLUMNS, _ELSEWHERE,
          N_("money paid back to another account than the one it came from"), "VV § 70 LHO", _elsewhere, with_payers),
    Check(OldSuspenseError, _COLUMNS, _BACK,
          N_("unclear money paid out more than 180 days after it came"), "§ 71 LHO", _old),
    Check(YoungerClaimError, "item came target made", _YOUNGER,
          N_("old unclear money put on a claim made more than 30 days after the money came"), "§ 71 LHO", _younger),
    Check(MandateChangedError, "run mandate iban changed own again", _MANDATES,
          N_("a mandate's account changed up to 14 days before a collection, to an account not known as the debtor's,"
             " or changed back afterwards"), "SEPA CORE Rulebook AT-24", _unsure),
)  # fmt: skip
