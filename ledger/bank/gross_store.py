"""Credits of collections that hold what the bank had refused: taken with the debits that take it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ledger.bank.collected_desk_store import post_credit
from ledger.bank.gross import Batch, Unclear, gross_credit
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_store import find_case
from ledger.payments.collection_bank_store import credit_collections
from ledger.payments.collection_reader import run_named
from ledger.payments.collection_runs import batch_id
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.payments.unclear_reader import names_in
from ledger.store.engines import Store

_A_RUN = "SELECT 1 FROM collection_run LIMIT 1"
_UNTOUCHED = f"""
    SELECT e.iban, i.kind, i.office, i.id, i.open_cents, e.message_id, e.payment_information_id, e.end_to_end_id,
           e.remittance
    FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    JOIN bank_entry e ON e.office = c.office AND e.id = c.entry
    WHERE i.kind IN ('suspense', 'advance') AND i.open_cents > 0 AND i.open_cents = i.amount_cents
      AND i.amount_cents = abs(e.amount_cents) AND e.reversal = 0
      AND c.owner IS NULL AND c.hold_until IS NULL AND c.reason <> 'undone' AND ({BOUND_CENTS}) = 0
      AND NOT EXISTS (SELECT 1 FROM suspense_step s WHERE s.office = c.office AND s.item = c.item)
      AND (e.message_id LIKE 'KASSE-%' OR e.payment_information_id LIKE 'KASSE-%' OR e.end_to_end_id LIKE '%-L%-%')
    ORDER BY e.bank_day, e.id"""
_RUNS = """
    SELECT r.office, r.id, r.message_id FROM collection_run r WHERE r.iban = :iban AND r.message_id IS NOT NULL
      AND EXISTS (SELECT 1 FROM collection c WHERE c.office = r.office AND c.run = r.id AND c.state = 'rejected')
    ORDER BY r.id"""
_COLLECTIONS = """
    SELECT batch, state, cents, end_to_end_id FROM collection
    WHERE office = :office AND run = :run AND credit_entry IS NULL
      AND state IN ('released', 'exported', 'returned', 'reversed', 'rejected') ORDER BY line"""


def take_gross(store: Store, day: str) -> list[int]:
    """Clear credits that hold what the bank refused, with the debits that take it back; return what each was net.

    Ids and sums must prove it, see `gross_credit`, and nobody have touched the money. Inside a unit of work of all
    offices.
    """
    done: list[int] = []
    for iban, (credits_, debits) in _untouched(store).items():
        for batch in _batches(store, iban, credits_):
            found = gross_credit(batch, credits_, debits)
            if found is None:
                continue
            _take(store, batch, found, day)
            done.append(batch.left_cents)
            credits_.remove(found[0])
            for one in found[1]:
                debits.remove(one)
    return done


def _untouched(store: Store) -> dict[str, tuple[list[Unclear], list[Unclear]]]:
    """Return the unclear money of each account that names something of ours: credits, and debits."""
    found: defaultdict[str, tuple[list[Unclear], list[Unclear]]] = defaultdict(lambda: ([], []))
    if store.one(_A_RUN) is None:
        return found
    for iban, kind, office, number, cents, *texts in store.all(_UNTOUCHED):
        found[iban][kind == "advance"].append(Unclear(office, number, cents, names_in(texts)))
    return {iban: both for iban, both in found.items() if all(both)}


def _batches(store: Store, iban: str, credits_: list[Unclear]) -> Iterator[Batch]:
    """Yield the batches of the runs that these credits may be about, then each such run as a whole."""
    names = {name for one in credits_ for name in one.names}
    for office, run, message in store.all(_RUNS, iban=iban):
        if not any(name == message.upper() or name.startswith(f"{message.upper()}-") for name in names):
            continue
        rows = store.all(_COLLECTIONS, office=office, run=run)
        for batch in (*sorted({row[0] for row in rows}), 0):
            within = [row for row in rows if batch in {0, row[0]}]
            name = batch_id(message, batch) if batch else message
            refused = {str(row[3]).upper(): int(row[2]) for row in within if row[1] == "rejected"}
            left = sum(row[2] for row in within if row[1] != "rejected")
            yield Batch(office, run, batch, name.upper(), left, refused)


def _take(store: Store, batch: Batch, found: tuple[Unclear, tuple[Unclear, ...]], day: str) -> None:
    credit, debits = found
    run = run_named(store, batch.run)
    case, *backs = (find_case(store, one.office, one.number) for one in (credit, *debits))
    on = max(day, case.posting_day, *(back.posting_day for back in backs))
    proof: dict[str, str | int] = {"office": batch.office, "collection_run": batch.run, "batch": batch.batch}
    post_credit(store, (case, *backs), run, batch.left_cents, Sitting(on), proof)
    if batch.left_cents:
        assert case.entry is not None, "the credit is the bank's"
        row = (batch.office, batch.run, batch.batch, 0, batch.left_cents, case.office, case.entry)
        credit_collections(store, [row])
