"""What the rungs know of our collections: single ones, what a batch has left, batches that came back whole."""

from __future__ import annotations

from ledger.bank.collected import CollectedRun, OwnCollection
from ledger.bank.lookup import Lookup, Statement

_ITEM = "i.office, i.id, i.account, i.open_cents, i.party, i.profile, i.claim_kind, i.due"
_COLLECTION = f"""c.office, c.run, c.line, c.batch, c.cents, c.state, coalesce(c.asked, ''), r.iban,
    CASE WHEN c.credit_entry IS NULL THEN 0 ELSE 1 END, p.part, p.cents, p.clearing, {_ITEM}, i.amount_cents,
    i.reference"""
_COLLECTED = """JOIN collection_run r ON r.office = c.office AND r.id = c.run
    JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    JOIN item i ON i.office = p.item_office AND i.id = p.item"""
_A_RUN = "SELECT 1 FROM collection_run LIMIT 1"
COLLECTIONS = Lookup(
    "collection",
    """seq BIGINT, line BIGINT, run_office TEXT, run BIGINT, number BIGINT, batch BIGINT, cents BIGINT, state TEXT,
       asked TEXT, iban TEXT, credited INTEGER, part BIGINT, part_cents BIGINT, clearing BIGINT, office TEXT,
       item BIGINT, account TEXT, open_cents BIGINT, party BIGINT, profile TEXT, claim_kind TEXT, due TEXT,
       amount_cents BIGINT, reference TEXT""",
    OwnCollection, "seq, line, run_office, run, number, part",
    (
        Statement(
            f"""INSERT INTO match_collection SELECT k.seq, k.line, {_COLLECTION}
                FROM (SELECT DISTINCT seq, line, key FROM match_key WHERE place = 'payment') k
                JOIN collection c ON c.end_to_end_id = k.key {_COLLECTED}""",
            frozenset({"payment"}), _A_RUN,
        ),
        Statement(
            f"""INSERT INTO match_collection SELECT k.seq, 0, {_COLLECTION}
                FROM (SELECT DISTINCT seq FROM match_key WHERE place = 'mandate') k
                JOIN match_entry m ON m.seq = k.seq JOIN bank_entry e ON e.office = m.office AND e.id = m.id
                JOIN mandate_reference n ON n.key = upper(replace(e.mandate_id, ' ', ''))
                JOIN collection c ON c.mandate = n.mandate AND c.cents <= -e.amount_cents {_COLLECTED}
                WHERE r.iban = e.iban AND c.state IN ('released', 'exported', 'collected')""",
            frozenset({"mandate"}), _A_RUN,
        ),
        Statement(
            f"""INSERT INTO match_collection SELECT k.seq, 0, {_COLLECTION}
                FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'run') k
                JOIN collection_message m ON m.message_id = k.key
                JOIN collection_message_line l ON l.office = m.office AND l.message = m.id
                JOIN collection c ON c.office = l.office AND c.run = l.run AND c.line = l.line {_COLLECTED}
                WHERE m.kind = 'reversal'""",
            frozenset({"run"}), "SELECT 1 FROM collection_message LIMIT 1",
        ),
    ),
)  # fmt: skip
_LEFT = """coalesce((SELECT sum(c.cents) FROM collection c WHERE c.office = r.office AND c.run = r.id
    AND c.credit_entry IS NULL AND c.state IN ('released', 'exported', 'returned', 'reversed'){batch}), 0)"""
COLLECTED = Lookup(
    "collected", "seq BIGINT, line BIGINT, office TEXT, run BIGINT, batch BIGINT, iban TEXT, open_cents BIGINT",
    CollectedRun, "seq, run, batch",
    (
        Statement(
            f"""INSERT INTO match_collected SELECT k.seq, 0, r.office, r.id, b.batch, r.iban,
                    {_LEFT.format(batch=" AND c.batch = b.batch")}
                FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'collected') k
                JOIN collection_run r ON substr(k.key, 1, length(r.message_id) + 1) = r.message_id || '-'
                JOIN (SELECT DISTINCT office, run, batch FROM collection) b ON b.office = r.office AND b.run = r.id
                    AND k.key = r.message_id || '-' || CAST(b.batch AS TEXT)""",
            frozenset({"collected"}), _A_RUN,
        ),
        Statement(
            f"""INSERT INTO match_collected SELECT k.seq, 0, r.office, r.id, 0, r.iban, {_LEFT.format(batch="")}
                FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'collected') k
                JOIN collection_run r ON r.message_id = k.key""",
            frozenset({"collected"}), _A_RUN,
        ),
    ),
    whole=True,
)  # fmt: skip
_WHOLE = f"""INSERT INTO match_batch_back SELECT k.seq, 0, {_COLLECTION}
    FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'run') k
    JOIN collection_run o ON """
_ALL_OF = f"JOIN collection c ON c.office = o.office AND c.run = o.id {_COLLECTED}"
BATCHES_BACK = Lookup(
    "batch_back", COLLECTIONS.columns, OwnCollection, COLLECTIONS.order,
    (
        Statement(
            f"""{_WHOLE} substr(k.key, 1, length(o.message_id) + 1) = o.message_id || '-'
                {_ALL_OF} AND o.message_id || '-' || CAST(c.batch AS TEXT) = k.key""",
            frozenset({"run"}), _A_RUN,
        ),
        Statement(
            f"""{_WHOLE} o.message_id = k.key {_ALL_OF}
                WHERE NOT EXISTS (SELECT 1 FROM match_key b WHERE b.seq = k.seq AND b.place = 'run'
                    AND substr(b.key, 1, length(o.message_id) + 1) = o.message_id || '-')""",
            frozenset({"run"}), _A_RUN,
        ),
    ),
)  # fmt: skip
COLLECTION_LOOKUPS: tuple[Lookup, ...] = (COLLECTIONS, COLLECTED, BATCHES_BACK)
"""All of them."""
