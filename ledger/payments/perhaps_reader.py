"""Items that the bank may have paid although their payment was given up or refused: an unclear debit names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ledger.payments.perhaps import Perhaps
from ledger.payments.runs import Run
from ledger.payments.unclear_reader import names_in
from ledger.store.engines import Row, Store
from sepa.errors import KasseError, Place

AT_ONCE = 400
"""How many names are asked for at once: a snapshot may not make a temporary table."""
_DEBITS = """
    WITH waiting AS (
        SELECT office, id AS entry, CAST(NULL AS BIGINT) AS number FROM bank_entry WHERE state = 'staged'
        UNION ALL
        SELECT c.office, c.entry, i.id FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
        WHERE i.kind = 'advance' AND i.open_cents > 0 AND c.entry IS NOT NULL)
    SELECT w.number, e.bank_day, -e.amount_cents, e.message_id, e.payment_information_id, e.end_to_end_id,
           e.remittance, d.end_to_end_id, d.remittance
    FROM waiting w JOIN bank_entry e ON e.office = w.office AND e.id = w.entry
    LEFT JOIN bank_detail d ON d.office = e.office AND d.entry = e.id
    WHERE e.amount_cents < 0 ORDER BY e.bank_day, e.id"""
GIVEN_UP = "('voided', 'rejected', 'discarded')"
_BY_PAYMENT = f"""
    SELECT p.end_to_end_id, p.item_office, p.item, p.run, p.line FROM payment p
    WHERE p.end_to_end_id IN ({{names}}) AND p.state IN {GIVEN_UP}"""
_BY_FILE = f"""
    SELECT f.message_id, p.item_office, p.item, p.run, p.line FROM payment_file f
    JOIN payment p ON p.office = f.office AND p.run = f.run AND p.file = f.number
    WHERE f.message_id IN ({{names}}) AND p.state IN {GIVEN_UP}"""
_BY_RUN = f"""
    SELECT r.message_id, p.item_office, p.item, p.run, p.line FROM payment_run r
    JOIN payment p ON p.office = r.office AND p.run = r.id
    WHERE r.message_id IN ({{names}}) AND p.state IN {GIVEN_UP}"""
_OF_RUN = """
    SELECT p.end_to_end_id, p.line, p.item_office, p.item FROM payment p
    WHERE p.office = :office AND p.run = :run AND p.state IN ('proposed', 'released', 'exported') ORDER BY p.line"""
_OURS = re.compile(r"-R[0-9]+(-|$)")


def perhaps_paid(store: Store) -> Mapping[tuple[str, int], Perhaps]:
    """Return the items, as (office, number), that a debit which nobody has assigned yet may have paid (invariant 7).

    It names a payment of the item, or its file, batch or run, that was given up, refused or discarded.
    """
    named = _named(store)
    found: dict[tuple[str, int], Perhaps] = {}
    for sql, keys in ((_BY_PAYMENT, named), (_BY_FILE, _messages(named)), (_BY_RUN, _messages(named))):
        for name, office, item, run, line in _asked(store, sql, keys):
            case, day, cents = keys[name]
            found.setdefault((office, item), Perhaps(run, line, case, day, int(cents)))
    return found


def perhaps_paid_again(store: Store, run: Run) -> Iterator[KasseError]:
    """Yield the payments of a run whose item an unclear debit may have paid before."""
    known = perhaps_paid(store)
    for identifier, line, office, item in store.rows(_OF_RUN, office=run.office, run=run.number) if known else ():
        before = known.get((office, item))
        if before is not None:
            yield before.finding(office, item, Place(payment=identifier), run=run.number, line=line)


_Debit = tuple[int | None, str, int]


def _named(store: Store) -> dict[str, _Debit]:
    """Return what looks like an id of ours in debits that are not settled, each with the first of them."""
    found: dict[str, _Debit] = {}
    for case, day, cents, *texts in store.rows(_DEBITS):
        for name in names_in(texts):
            if _OURS.search(name):
                found.setdefault(name, (case, day, cents))
    return found


def _messages(named: Mapping[str, _Debit]) -> dict[str, _Debit]:
    """Return the same names, and those of files whose batch is named."""
    return {name.removesuffix("-1"): debit for name, debit in named.items()} | dict(named)


def _asked(store: Store, sql: str, names: Iterable[str]) -> Iterator[Row]:
    wanted = sorted(names)
    for start in range(0, len(wanted), AT_ONCE):
        portion = {f"n{index}": name for index, name in enumerate(wanted[start : start + AT_ONCE])}
        yield from store.rows(sql.format(names=", ".join(f":{name}" for name in portion)), **portion)
