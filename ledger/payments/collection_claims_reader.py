"""What a proposal of collections looks at: due claims of debtors with a mandate, and what the book knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.items.locks_store import locked
from ledger.payments.collection_policy import Policy
from ledger.payments.collection_sieve import Announced, CameBack, Claim, ItemKey, Known
from ledger.payments.mandate_reader import mandates, untold
from ledger.payments.mandates import Mandate
from ledger.store.engines import Store

_DUE = "i.kind = 'receivable' AND i.open_cents > 0 AND i.due <= :until"
_OFFICE = "(CAST(:office AS TEXT) IS NULL OR i.office = :office)"
_MANDATED = "EXISTS (SELECT 1 FROM mandate m WHERE m.party = i.party)"
_CLAIMS = f"""
    SELECT i.office, i.id, i.open_cents, i.due, i.reference, h.reference, i.main_item, i.purpose, i.claim_kind, i.party,
           coalesce(p.legal_name, p.name), p.street, p.house_number, p.postcode, p.town, p.country,
           coalesce(o.notice_date, f.notice_date),
           CASE WHEN {locked("payment")} OR {locked("dunning")} THEN 1 ELSE 0 END, a.run
    FROM item i
    JOIN party p ON p.id = i.party
    LEFT JOIN item h ON h.office = i.office AND h.id = i.main_item
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id
    LEFT JOIN collection_item a ON a.item_office = i.office AND a.item = i.id AND a.active = 1"""
_TO_COLLECT = f"""{_CLAIMS}
    WHERE {_DUE} AND {_OFFICE} AND {_MANDATED}
    ORDER BY i.party, i.office, coalesce(i.main_item, i.id), i.id"""
_OF_RUN = f"""{_CLAIMS}
    WHERE EXISTS (SELECT 1 FROM collection_item n WHERE n.office = :office AND n.run = :run AND n.active = 1
                  AND n.item_office = i.office AND n.item = i.id) ORDER BY i.office, i.id"""
_WITHOUT = f"""
    SELECT count(*), coalesce(sum(i.open_cents), 0) FROM item i WHERE {_DUE} AND {_OFFICE} AND NOT {_MANDATED}"""
_ANNOUNCED = """
    SELECT l.office, l.item, n.mandate, l.cents, n.sent_on, l.collection_day
    FROM collection_notice_line l JOIN collection_notice n ON n.id = l.notice
    WHERE l.collection_day >= :oldest ORDER BY l.notice, l.line"""
_CAME_BACK = """
    SELECT p.item_office, p.item, c.return_reason, c.ended_on
    FROM collection c JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    WHERE c.state IN ('returned', 'reversed')
       OR c.state = 'rejected' AND NOT EXISTS (
          SELECT 1 FROM collection_report r WHERE r.office = c.office AND r.run = c.run AND r.kind = 'status'
            AND r.status = 'RJCT' AND coalesce(r.reason, '-') = coalesce(c.return_reason, '-'))
    ORDER BY c.ended_on, c.run, c.line"""


def claims(store: Store, until: str, day: str, office: str | None = None) -> Iterator[Claim]:
    """Yield the receivables due until a day whose debtors have a mandate, debtor by debtor; locks are those of `day`.

    Inside `snapshot` or a unit.
    """
    return (Claim(*row) for row in store.stream(_TO_COLLECT, until=until, day=day, office=office))


def claims_of(store: Store, office: str, run: int, day: str) -> dict[ItemKey, Claim]:
    """Return by item the claims that an open run has reserved; locks are those of `day`."""
    rows = store.all(_OF_RUN, office=office, run=run, day=day)
    return {(claim.office, claim.item): claim for claim in (Claim(*row) for row in rows)}


def without_mandate(store: Store, until: str, office: str | None = None) -> tuple[int, int]:
    """Return how many receivables due until a day have a debtor without any mandate, and their sum in cents."""
    row = store.one(_WITHOUT, until=until, office=office)
    assert row is not None, "a count has a row"
    return int(row[0]), int(row[1])


def known(store: Store, policy: Policy, oldest: str, named: Collection[ItemKey] = ()) -> Known:
    """Return what the book knows beside the claims; announcements for days before `oldest` do not count any more."""
    by_party: defaultdict[int, list[Mandate]] = defaultdict(list)
    for mandate in mandates(store):
        by_party[mandate.party].append(mandate)
    announced: defaultdict[ItemKey, list[Announced]] = defaultdict(list)
    for office, item, *told in store.rows(_ANNOUNCED, oldest=oldest):
        announced[office, item].append(Announced(*told))
    return Known(policy, by_party, untold(store), announced, came_back(store), may_be_paid_by(store), named)


def came_back(store: Store) -> dict[ItemKey, CameBack]:
    """Return by item how often its collections came back, were refused or given back, with the last reason and day.

    A refusal of the file as a whole says nothing about the claims in it.
    """
    found: dict[ItemKey, CameBack] = {}
    for office, item, reason, ended_on in store.rows(_CAME_BACK):
        before = found.get((office, item))
        found[office, item] = CameBack(before.times + 1 if before else 1, reason or "", ended_on)
    return found
