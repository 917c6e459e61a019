"""What looks wrong with payments: accounts changed for one payment, invoices paid twice, locks lifted for a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ledger.audit.checks import Check, Hit, Scope, days_between, moved, plain_reference, within
from sepa.errors import N_, KasseError

NEW_DAYS, SWITCHED_PAYMENTS, LIFTED_DAYS = 14, 3, 3
PAID = "('released', 'exported', 'executed')"
_OBJECT = "'run:' || CAST(p.run AS TEXT) || '/' || CAST(p.line AS TEXT)"
_DAY = "substr(r.released_at, 1, 10)"
_NAMES = "(SELECT name FROM app_user WHERE id = {who})"
_HEAD = f"p.item_office, {_OBJECT}, {_DAY}, p.cents, {_NAMES.format(who='r.released_by')}"
_PAYMENTS = f"""
    FROM payment_run r
    JOIN payment p ON p.office = r.office AND p.run = r.id AND p.state IN {PAID}
    JOIN item i ON i.office = p.item_office AND i.id = p.item"""
_PERIOD = within("r.released_at", "p.item_office")
_CONFIRMED = """EXISTS (SELECT 1 FROM payment q JOIN payment_answer w ON w.office = q.office AND w.run = q.run
        AND w.line = q.line WHERE q.creditor_iban = p.creditor_iban AND q.creditor_name = p.creditor_name
        AND w.status = 'RCVC')"""


class NewAccountError(KasseError):
    """An account was added to a payee who had another one, and was paid to at once."""

    code = "audit.account_new"
    template = N_(
        "run {run} paid {amount_cents} for {payee} to {iban}, which was added on {since}; {before} was known before"
    )
    hint = N_("see 'kasse party show {party}' for who changed it, and ask the payee on a way known from before")
    severity = "warning"


_NEW = f"""
    SELECT {_HEAD}, p.run, i.party, p.creditor_name, p.creditor_iban, a.since, max(b.iban)
    {_PAYMENTS}
    JOIN party_account a ON a.party = i.party AND a.iban = p.creditor_iban AND a.since >= :near
    JOIN party_account b ON b.party = a.party AND b.kind = 'own' AND b.since < a.since
    WHERE {_PERIOD} AND p.part = 0 AND NOT {_CONFIRMED}
    GROUP BY p.item_office, p.run, p.line, r.released_at, p.cents, r.released_by, i.party, p.creditor_name,
        p.creditor_iban, a.since ORDER BY p.run, p.line"""


def _soon(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for hit in hits:
        if 0 <= days_between(hit["since"], hit["day"]) <= NEW_DAYS:
            yield hit


class OwnChangeError(KasseError):
    """Who changed a payee's account approved the order or released the run that paid to it."""

    code = "audit.account_own_change"
    template = N_(
        "{user} changed the accounts of {payee} on {changed} and then approved or released what run {run} paid to "
        "{iban}: {amount_cents}"
    )
    hint = N_("see 'kasse party show {party}' and 'kasse payment show {run}'; compare the account with the paper")
    severity = "warning"


_CHANGED = """CASE WHEN e.action = 'party.change' THEN CAST(substr(e.object, 7) AS BIGINT) END"""
_OWN_CHANGE = f"""
    SELECT p.item_office, {_OBJECT}, {_DAY}, p.cents, {_NAMES.format(who="e.by")}, p.run, i.party, p.creditor_name,
           p.creditor_iban, substr(max(e.at), 1, 10)
    FROM event e
    JOIN item i ON i.party = {_CHANGED}
    JOIN payment p ON p.item_office = i.office AND p.item = i.id AND p.state IN {PAID}
    JOIN payment_run r ON r.office = p.office AND r.id = p.run AND r.released_at >= e.at
    JOIN party_account a ON a.party = i.party AND a.iban = p.creditor_iban AND a.since >= :near
    WHERE e.action = 'party.change' AND e.facts LIKE '%iban%' AND e.at >= :near AND e.at < :next AND {_PERIOD}
      AND (r.released_by = e.by OR EXISTS (
          SELECT 1 FROM order_step s WHERE s.office = i.office AND s.order_id = i.order_id AND s.step = 'approved'
          AND s.by = e.by))
    GROUP BY p.item_office, p.run, p.line, r.released_at, p.cents, e.by, i.party, p.creditor_name, p.creditor_iban
    ORDER BY p.run, p.line"""


class SwitchedAccountError(KasseError):
    """A payee was paid to another account for a moment, before and after to the usual one."""

    code = "audit.account_switched"
    template = N_("{payee} was paid {amount_cents} to {iban} by run {run}, before and after that to {before}")
    hint = N_("see 'kasse payment show {run}'; ask the payee whether the money has come")
    severity = "warning"


_PAID_SINCE = f"""{_PAYMENTS} JOIN party n ON n.id = i.party
        WHERE r.released_at >= :since AND r.released_at < :next
          AND (CAST(:office AS TEXT) IS NULL OR p.item_office = :office)
          AND p.part = 0 AND p.refund IS NULL AND i.kind = 'payable' AND n.match_key <> ''"""
_SWITCHED = f"""
    SELECT office, object, day, cents, releaser, run, match_key, party, address_key, birth_date, payee, iban
    FROM (SELECT p.item_office AS office, {_OBJECT} AS object, {_DAY} AS day, p.cents AS cents,
                 {_NAMES.format(who="r.released_by")} AS releaser, p.run AS run, n.match_key AS match_key,
                 n.id AS party, n.address_key AS address_key, n.birth_date AS birth_date, p.creditor_name AS payee,
                 p.creditor_iban AS iban, r.released_at AS at, p.line AS line,
                 min(p.creditor_iban) OVER own AS lowest, max(p.creditor_iban) OVER own AS highest
          {_PAID_SINCE} WINDOW own AS (PARTITION BY n.match_key)) paid
    WHERE lowest <> highest ORDER BY match_key, at, run, line"""


def _there_and_back(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    for _, own in groupby(hits, key=lambda hit: hit["match_key"]):
        spans = [list(span) for _, span in groupby(own, key=lambda hit: hit["iban"])]
        times: dict[object, int] = {}
        for span in spans:
            times[span[0]["iban"]] = times.get(span[0]["iban"], 0) + 1
        for before, span, after in zip(spans, spans[1:], spans[2:], strict=False):
            alone = times[span[0]["iban"]] == 1 and len(span) <= SWITCHED_PAYMENTS
            if alone and before[0]["iban"] == after[0]["iban"] and _one_person(before[-1], span[0]):
                shown = (hit | {"before": before[0]["iban"]} for hit in span)
                yield from (hit for hit in shown if str(hit["day"]) >= scope.first)


def _one_person(one: Hit, other: Hit) -> bool:
    """Return whether nothing says that two parties of one name are two people."""
    if one["party"] == other["party"]:
        return True
    known = ((one[name], other[name]) for name in ("address_key", "birth_date"))
    return all(not a or not b or a == b for a, b in known)


class OtherAccountError(KasseError):
    """A payment went to another account than its order, refund or attachment names, and nobody redirected it."""

    code = "audit.account_other"
    template = N_("run {run} paid {amount_cents} for {payee} to {iban}, but {expected} was ordered")
    hint = N_("see 'kasse payment show {run}'; keep this book as it is and inform the audit office")
    severity = "error"


_EXPECTED = """CASE WHEN p.refund IS NOT NULL THEN f.iban WHEN p.attachment IS NOT NULL THEN a.creditor_iban
        ELSE coalesce(nullif(o.bank_account, ''), i.bank_account) END"""
_OTHER = f"""
    SELECT {_HEAD}, p.run, p.creditor_name, p.creditor_iban, {_EXPECTED}
    {_PAYMENTS}
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN refund f ON f.office = p.item_office AND f.item = p.item AND f.id = p.refund
    LEFT JOIN attachment a ON a.id = p.attachment
    WHERE {_PERIOD} AND p.creditor_iban <> '' AND {_EXPECTED} <> '' AND p.creditor_iban <> {_EXPECTED}
      AND NOT EXISTS (
        SELECT 1 FROM payee_account g WHERE g.office = p.item_office AND g.item = p.item AND g.iban = p.creditor_iban
        AND g.confirmed_by IS NOT NULL)
    ORDER BY p.run, p.line"""


class EndedAccountError(KasseError):
    """A payment went to an account that its payee no longer has."""

    code = "audit.account_ended"
    template = N_("run {run} paid {amount_cents} for {payee} to {iban}, which ended on {until}")
    hint = N_("see 'kasse party show {party}'; ask the bank where the money is")
    severity = "warning"


_ENDED = f"""
    SELECT {_HEAD}, p.run, i.party, p.creditor_name, p.creditor_iban, a.until
    {_PAYMENTS} JOIN party_account a ON a.party = i.party AND a.iban = p.creditor_iban AND a.until < {_DAY}
    WHERE {_PERIOD} AND p.part = 0 ORDER BY p.run, p.line"""


class PaidTwiceError(KasseError):
    """One invoice was paid twice."""

    code = "audit.invoice_twice"
    template = N_("{payee} was paid {amount_cents} for {reference} by run {run}, and before by run {other}")
    hint = N_("see 'kasse payment show {other}' and 'kasse payment show {run}'; claim back what was paid twice")
    severity = "warning"


_TWICE = f"""
    SELECT office, object, day, cents, releaser, run, match_key, amount, payee, coalesce(reference, ''), purpose, due,
           coalesce((SELECT max(x.number) FROM order_invoice x WHERE x.office = paid.office
                     AND x.order_id = paid.order_id), ''),
           CASE WHEN EXISTS (SELECT 1 FROM standing_item t WHERE t.office = paid.office AND t.item = paid.item)
                THEN 1 ELSE 0 END
    FROM (SELECT p.item_office AS office, {_OBJECT} AS object, {_DAY} AS day, p.cents AS cents,
                 {_NAMES.format(who="r.released_by")} AS releaser, p.run AS run, p.line AS line,
                 n.match_key AS match_key, i.amount_cents AS amount, p.creditor_name AS payee,
                 i.reference AS reference, coalesce(i.purpose, '') AS purpose, i.due AS due, i.order_id AS order_id,
                 i.id AS item, count(*) OVER (PARTITION BY n.match_key, i.amount_cents) AS alike
          {_PAID_SINCE}) paid
    WHERE alike > 1 ORDER BY match_key, amount, run, line"""


def _same_invoice(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield each payment of the period that names the same as an earlier one; what comes every month is left out."""
    for _, own in groupby(hits, key=lambda hit: (hit["match_key"], hit["amount"])):
        before: dict[object, list[Hit]] = {}
        twice = []
        for hit in own:
            names = _names(hit)
            earlier = next((before[name] for name in names if name in before), [])
            if earlier and hit["day"] >= scope.first and not hit["standing"]:
                shown = hit["reference"] or hit["invoice"] or hit["purpose"]
                twice.append((earlier, hit | {"other": earlier[-1]["run"], "reference": shown}))
            for name in names:
                before.setdefault(name, []).append(hit)
        yield from (hit for earlier, hit in twice if not _monthly(earlier))


def _names(hit: Hit) -> list[object]:
    """Return what names the invoice: its number and reference, else words and day together."""
    named = [plain_reference(hit[key]) for key in ("invoice", "reference")]
    return [name for name in named if name] or [(plain_reference(hit["purpose"]), hit["due"])]


def _monthly(alike: list[Hit]) -> bool:
    """Return whether what names the same comes regularly: three times or more, each in a month of its own."""
    months = {hit["due"][:7] for hit in alike}
    return len(alike) > 2 and len(months) == len(alike) and not alike[0]["invoice"]


class LiftedLockError(KasseError):
    """A lock against payment was lifted shortly before, by somebody who took a step of the run."""

    code = "audit.lock_lifted"
    template = N_(
        "{user} lifted the lock '{reason}' on {lifted} and took a step of run {run}, which paid {amount_cents}"
    )
    hint = N_("see 'kasse item show {office}/{item}' and 'kasse payment show {run}': why was it locked, why not now")
    severity = "warning"


_LIFTED = f"""
    SELECT p.item_office, {_OBJECT}, {_DAY}, p.cents, {_NAMES.format(who="l.lifted_by")}, p.run, p.item, l.reason,
           substr(l.lifted_at, 1, 10)
    {_PAYMENTS}
    JOIN (SELECT office, item, 0 AS party, reason, made_by, lifted_by, lifted_at FROM item_lock
          WHERE kind = 'payment' AND lifted_at >= :near AND lifted_at < :next) l
      ON l.office = i.office AND l.item = i.id AND l.lifted_at <= r.released_at
    WHERE {_PERIOD} AND l.lifted_by IN (r.created_by, r.released_by) AND l.made_by <> l.lifted_by
      AND NOT EXISTS (SELECT 1 FROM payee_account g WHERE g.office = i.office AND g.item = i.id
                      AND g.confirmed_at = l.lifted_at)
    ORDER BY p.run, p.line"""


def _lifted_soon(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for hit in hits:
        if moved(str(hit["lifted"]), LIFTED_DAYS) >= str(hit["day"]):
            yield hit


CHECKS = (
    Check(NewAccountError, "run party payee iban since before", _NEW,
          N_("an account added to a known payee up to 14 days before a payment to it, not confirmed by the bank"),
          "VV § 70 LHO; § 42 KomHKVO", _soon),
    Check(OwnChangeError, "run party payee iban changed", _OWN_CHANGE,
          N_("the payee's account changed by somebody who approved or released the payment"), "§ 77 LHO"),
    Check(SwitchedAccountError, "run match_key party address_key birth_date payee iban", _SWITCHED,
          N_("a payee paid to another account for up to three payments, before and after to the usual one"),
          "VV § 70 LHO", _there_and_back),
    Check(OtherAccountError, "run payee iban expected", _OTHER,
          N_("paid to another account than the order names, without two people who redirected it"), "VV § 70 LHO"),
    Check(EndedAccountError, "run party payee iban until", _ENDED,
          N_("paid to an account that had ended"), "VV § 70 LHO"),
    Check(PaidTwiceError, "run match_key amount payee reference purpose due invoice standing", _TWICE,
          N_("the same invoice of the same payee paid twice, to whatever account"), "§ 34 LHO", _same_invoice),
    Check(LiftedLockError, "run item reason lifted", _LIFTED,
          N_("a lock against payment lifted up to three days before, by somebody who took a step of the run"),
          "§ 77 LHO", _lifted_soon),
)  # fmt: skip
