"""What the rungs know of cash: what is under way, card days that acquirers owe, cheques that were handed in.

Nothing of it has keys in a text that is read beforehand: few things are under way at a time, so that each statement
begins with them, and does not run where there are none.
"""

from __future__ import annotations

from ledger.bank.lookup import Lookup, Statement
from ledger.cash.cards import PPM, STANDS, CardDay
from ledger.cash.found import OwnCheque, OwnTransport
from ledger.payments.refund_sql import BOUND_CENTS

_ENTRY, _OF_ENTRY = "match_entry m CROSS JOIN bank_entry e", "e.office = m.office AND e.id = m.id"
# SQLite joins what is CROSS JOINed in the order written: from the staged entries, never from those of all years
_TEXT = "upper(coalesce(e.remittance, ''))"
_CASH = """(e.gvc IN ('082', '083', '170') OR e.code LIKE '%-CNTR-%' OR e.code LIKE '%-RCHQ-%'
    OR e.code LIKE '%-ICHQ-%' OR e.code LIKE '%-LBOX-%')"""
_SIGNED = "CASE WHEN t.kind = 'withdrawal' THEN -t.cents ELSE t.cents END"
_NAMED = f"({_TEXT} LIKE '%' || t.reference || '%' OR {_TEXT} LIKE '%' || upper(t.bag) || '%')"
_ALIKE = f"CASE WHEN e.amount_cents = {_SIGNED} AND {_CASH} THEN 1 ELSE 0 END"

CASH = Lookup(
    "cash",
    """seq BIGINT, line BIGINT, office TEXT, number BIGINT, reference TEXT, bag TEXT, cents BIGINT, day TEXT,
       alike INTEGER""",
    OwnTransport, "seq, number",
    (
        Statement(
            f"""INSERT INTO match_cash
                SELECT m.seq, 0, t.office, t.id, t.reference, t.bag, {_SIGNED}, t.day, {_ALIKE}
                FROM {_ENTRY} CROSS JOIN cash_transport t
                WHERE {_OF_ENTRY} AND t.iban = e.iban AND t.state = 'under_way' AND e.bank_day >= t.day
                  AND ({_ALIKE} = 1 OR {_NAMED})""",
            frozenset(), "SELECT 1 FROM cash_transport WHERE state = 'under_way' AND iban IS NOT NULL LIMIT 1",
        ),
    ),
    whole=True,
)  # fmt: skip
_OWED = f"""
    SELECT b.id, b.terminal, b.day, d.office, t.iban, t.acquirer_iban, t.fee_ppm, t.fee_each_cents,
           sum(r.cents) AS cents,
           sum(CASE WHEN r.cents > 0 THEN 1 ELSE 0 END) AS payments,
           sum(CASE WHEN r.cents > 0 THEN (r.cents * t.fee_ppm + {PPM // 2}) / {PPM} ELSE 0 END) AS single,
           sum(CASE WHEN r.cents < 0 THEN 1 ELSE 0 END) AS refunds,
           sum(CASE WHEN r.cents < 0 THEN -r.cents ELSE 0 END) AS refunded
    FROM cash_batch b JOIN cash_terminal t ON t.code = b.terminal JOIN cash_desk d ON d.code = t.desk
    JOIN cash_receipt r ON r.batch = b.id AND {STANDS}
    WHERE b.bank_entry IS NULL
    GROUP BY b.id, b.terminal, b.day, d.office, t.iban, t.acquirer_iban, t.fee_ppm, t.fee_each_cents"""
CARDS = Lookup(
    "cards",
    """seq BIGINT, line BIGINT, office TEXT, batch BIGINT, terminal TEXT, day TEXT, cents BIGINT, payments BIGINT,
       single_fee_cents BIGINT, fee_ppm BIGINT, fee_each_cents BIGINT, refunds BIGINT, refund_cents BIGINT""",
    CardDay, "seq, terminal, day, batch",
    (
        Statement(
            f"""INSERT INTO match_cards
                SELECT m.seq, 0, o.office, o.id, o.terminal, o.day, o.cents, o.payments, o.single, o.fee_ppm,
                       o.fee_each_cents, o.refunds, o.refunded
                FROM {_ENTRY} CROSS JOIN ({_OWED}) o
                WHERE {_OF_ENTRY} AND e.iban = o.iban AND e.bank_day >= o.day
                  AND (e.counter_iban = o.acquirer_iban OR {_TEXT} LIKE '%' || upper(o.terminal) || '%')""",
            frozenset(), "SELECT 1 FROM cash_batch WHERE bank_entry IS NULL LIMIT 1",
        ),
    ),
    whole=True,
)  # fmt: skip
_OUT = "SELECT 1 FROM cash_cheque WHERE state IN ('presented', 'credited') LIMIT 1"
CHEQUES = Lookup(
    "cheque",
    """seq BIGINT, line BIGINT, desk TEXT, year BIGINT, number BIGINT, cheque TEXT, cents BIGINT, day TEXT, part BIGINT,
       kind TEXT, part_cents BIGINT, clearing BIGINT, office TEXT, item BIGINT, account TEXT, open_cents BIGINT,
       amount_cents BIGINT, party BIGINT, profile TEXT, claim_kind TEXT, due TEXT, reference TEXT""",
    OwnCheque, "seq, desk, year, number, part",
    (
        Statement(
            f"""INSERT INTO match_cheque
                SELECT m.seq, 0, r.desk, r.year, r.number, c.cheque, r.cents, r.day, l.line, l.kind, l.cents,
                       l.clearing, i.office, i.id, i.account, i.open_cents - ({BOUND_CENTS}), i.amount_cents,
                       i.party, i.profile, i.claim_kind, i.due, i.reference
                FROM {_ENTRY} CROSS JOIN cash_transport t
                JOIN cash_cheque c ON c.transport = t.id AND c.state IN ('presented', 'credited')
                JOIN cash_receipt r ON r.desk = c.desk AND r.year = c.year AND r.number = c.number
                JOIN cash_receipt_line l ON l.desk = r.desk AND l.year = r.year AND l.number = r.number
                JOIN item i ON i.office = l.office AND i.id = l.item
                WHERE {_OF_ENTRY} AND t.iban = e.iban AND t.kind = 'cheques' AND e.amount_cents <= -r.cents
                  AND e.bank_day >= r.day""",
            frozenset(), _OUT,
        ),
    ),
    whole=True,
)  # fmt: skip
CASH_LOOKUPS: tuple[Lookup, ...] = (CASH, CARDS, CHEQUES)
