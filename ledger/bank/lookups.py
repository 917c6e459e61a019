"""What the rungs know of the book: one table of named SQL statements over the keys of the staged entries.

Each lookup fills a temporary table of its own; `Case.found` holds its rows by its name. Keys are rows of `match_key`
(seq, line, key, strong, place, iban, cents): references in texts, identifiers that may be ours, accounts, names.
"""

from __future__ import annotations

from ledger.bank.lookup import Lookup, Statement
from ledger.bank.lookups_cash import CASH_LOOKUPS
from ledger.bank.lookups_collections import COLLECTION_LOOKUPS
from ledger.bank.matching import OwnDebt, OwnPayment, OwnRun, Target, Undone
from ledger.bank.names import Namesake
from ledger.payments.refund_sql import BOUND_CENTS
from sepa.identifiers.ids import NOT_PROVIDED

_TARGET_COLUMNS = """seq BIGINT, line BIGINT, key TEXT, strong INTEGER, place TEXT, office TEXT, item BIGINT,
    account TEXT, open_cents BIGINT, party BIGINT, profile TEXT, claim_kind TEXT, due TEXT, foreign_number INTEGER,
    match_key TEXT, own_iban INTEGER"""
_ITEM = "i.office, i.id, i.account, i.open_cents, i.party, i.profile, i.claim_kind, i.due"
_OWN = """coalesce((SELECT 1 FROM party_account a WHERE a.party = i.party AND a.iban = k.iban
    AND a.kind = 'own' AND a.until IS NULL LIMIT 1), 0)"""
"""With EXISTS a server would read all accounts of the book, whatever the number of keys."""
_SORTED = """(SELECT * FROM match_key WHERE strong = 1 AND place IN ('text', 'structured')
    ORDER BY key LIMIT 9223372036854775807)"""
"""In order, what lies side by side is read at once; without the limit the order would be left out."""
REFERENCES = frozenset({"text", "structured", "end_to_end", "inside"})
"""Where a reference was found; `inside`: among other numbers of a text."""

TARGETS = Lookup(
    "target", _TARGET_COLUMNS, Target, "seq, line, key, office, item",
    (
        Statement(
            f"""INSERT INTO match_target
                SELECT k.seq, k.line, k.key, k.strong, k.place, {_ITEM}, 0, p.match_key,
                       CASE WHEN i.open_cents = k.cents THEN 0 ELSE {_OWN} END
                FROM {_SORTED} k
                LEFT JOIN item i ON i.reference = k.key AND i.kind = 'receivable' AND i.foreign_reference = 0
                LEFT JOIN party p ON p.id = i.party""",
            frozenset({"text", "structured"}),
        ),
        Statement(
            f"""INSERT INTO match_target
                SELECT k.seq, k.line, k.key, k.strong, k.place, {_ITEM}, i.foreign_reference, p.match_key, {_OWN}
                FROM match_key k
                JOIN item i ON i.reference = k.key AND i.kind = 'receivable'
                LEFT JOIN party p ON p.id = i.party
                WHERE k.strong = 0 AND k.place IN ('text', 'structured', 'end_to_end', 'inside')""",
            REFERENCES,
        ),
        Statement(
            f"""INSERT INTO match_target
                SELECT k.seq, k.line, k.key, k.strong, k.place, {_ITEM}, 1, p.match_key, {_OWN}
                FROM match_key k
                JOIN item i ON i.reference = k.key AND i.kind = 'receivable' AND i.foreign_reference = 1
                LEFT JOIN party p ON p.id = i.party
                WHERE k.strong = 1 AND k.place IN ('text', 'structured', 'end_to_end', 'inside')""",
            REFERENCES,
            "SELECT 1 FROM item WHERE foreign_reference = 1 LIMIT 1",
        ),
        Statement(
            f"""INSERT INTO match_target
                SELECT k.seq, k.line, k.key, 2 * k.strong, k.place, {_ITEM}, 0, p.match_key, {_OWN}
                FROM match_key k
                JOIN reference_target_item t ON t.reference = k.key
                JOIN item i ON i.office = t.office AND i.id = t.item AND i.kind = 'receivable'
                LEFT JOIN party p ON p.id = i.party
                WHERE k.place IN ('text', 'structured', 'end_to_end', 'inside')""",
            REFERENCES,
            "SELECT 1 FROM reference_target_item LIMIT 1",
        ),
        Statement(
            f"""INSERT INTO match_target
                SELECT k.seq, k.line, k.key, k.strong, k.place, {_ITEM}, 0, p.match_key, {_OWN}
                FROM match_key k
                JOIN reference_target t ON t.reference = k.key AND t.kind = 'party'
                JOIN item i ON i.party = t.number AND i.kind = 'receivable'
                LEFT JOIN party p ON p.id = i.party
                WHERE k.place IN ('text', 'structured', 'end_to_end', 'inside')""",
            REFERENCES,
            "SELECT 1 FROM reference_target WHERE kind = 'party' LIMIT 1",
        ),
        Statement(
            """INSERT INTO match_target
               SELECT t.seq, t.line, t.key, t.strong, t.place, s.office, s.id, s.account, s.open_cents, s.party,
                      s.profile, s.claim_kind, s.due, t.foreign_number, t.match_key, t.own_iban
               FROM match_target t
               JOIN item s ON s.office = t.office AND s.main_item = t.item AND s.kind = 'receivable'
               WHERE s.reference IS NULL OR s.reference <> t.key""",
            REFERENCES,
            "SELECT 1 FROM item WHERE main_item IS NOT NULL LIMIT 1",
        ),
    ),
)  # fmt: skip
NAMESAKES = Lookup(
    "namesake", "seq BIGINT, line BIGINT, match_key TEXT", Namesake, "seq, line, match_key",
    (
        Statement(
            """INSERT INTO match_namesake
               SELECT DISTINCT t.seq, t.line, t.match_key FROM match_target t
               WHERE (t.strong = 0 OR t.foreign_number = 1) AND t.match_key <> ''
                 AND EXISTS (SELECT 1 FROM party p WHERE p.match_key = t.match_key AND p.id <> t.party
                             AND p.merged_into IS NULL)""",
            REFERENCES,
        ),
    ),
)  # fmt: skip
PAYMENTS = Lookup(
    "payment",
    """seq BIGINT, line BIGINT, office TEXT, run BIGINT, number BIGINT, cents BIGINT, state TEXT, iban TEXT,
       item_office TEXT, item BIGINT, account TEXT, paid_cents BIGINT, file BIGINT""",
    OwnPayment, "seq, line, office, run, number",
    (
        Statement(
            """INSERT INTO match_payment
               SELECT DISTINCT k.seq, k.line, p.office, p.run, p.line, p.cents, p.state, r.iban, p.item_office, p.item,
                      i.account, i.amount_cents - i.open_cents, coalesce(p.file, 0)
               FROM match_key k JOIN payment p ON p.end_to_end_id = k.key
               JOIN payment_run r ON r.office = p.office AND r.id = p.run
               JOIN item i ON i.office = p.item_office AND i.id = p.item
               WHERE k.place = 'payment'""",
            frozenset({"payment"}),
        ),
    ),
)  # fmt: skip
_PAID_OF = "FROM payment p WHERE p.office = r.office AND p.run = r.id {file} AND p.state IN"
_PAYS = f"""coalesce((SELECT sum(p.cents) {_PAID_OF} ('released', 'exported')), 0), {{number}},
                      coalesce((SELECT sum(p.cents) {_PAID_OF} ('voided', 'rejected')), 0)"""
RUNS = Lookup(
    "run",
    "seq BIGINT, line BIGINT, office TEXT, run BIGINT, iban TEXT, open_cents BIGINT, file BIGINT, given_up BIGINT",
    OwnRun, "seq, run, file",
    (
        Statement(
            f"""INSERT INTO match_run
               SELECT k.seq, 0, r.office, r.id, r.iban, {_PAYS.format(file="AND p.file = f.number", number="f.number")}
               FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'run') k
               JOIN payment_file f ON f.message_id = k.key
               JOIN payment_run r ON r.office = f.office AND r.id = f.run""",
            frozenset({"run"}),
        ),
        Statement(
            f"""INSERT INTO match_run
               SELECT k.seq, 0, r.office, r.id, r.iban, {_PAYS.format(file="", number="0")}
               FROM (SELECT DISTINCT seq, key FROM match_key WHERE place = 'run') k
               JOIN payment_run r ON r.message_id = k.key
               WHERE NOT EXISTS (SELECT 1 FROM payment_file f WHERE f.office = r.office AND f.run = r.id)""",
            frozenset({"run"}),
        ),
    ),
    whole=True,
)  # fmt: skip
TWINS = Lookup(
    "twin", _TARGET_COLUMNS, Target, "seq, line, key, office, item",
    (
        Statement(
            f"""INSERT INTO match_twin
                SELECT k.seq, k.line, k.key, k.strong, k.place, {_ITEM}, 0, p.match_key, {_OWN}
                FROM match_key k
                JOIN item i ON i.reference = k.key AND i.kind = 'receivable' AND i.foreign_reference = 0
                     AND i.open_cents > 0
                LEFT JOIN party p ON p.id = i.party
                WHERE k.place = 'twin'""",
            frozenset({"twin"}),
        ),
    ),
)  # fmt: skip
ACCOUNTS = Lookup(
    "account", f"{_TARGET_COLUMNS}, joint INTEGER, purpose TEXT", OwnDebt, "seq, line, office, item",
    (
        Statement(
            f"""INSERT INTO match_account
                SELECT k.seq, k.line, k.key, 0, 'account', {_ITEM}, 0, p.match_key, 1,
                       CASE WHEN EXISTS (SELECT 1 FROM party_account x WHERE x.iban = k.iban AND x.kind = 'own'
                           AND x.until IS NULL AND x.party <> w.party) THEN 1 ELSE 0 END, i.purpose
                FROM match_key k
                JOIN party_account w ON w.iban = k.iban AND w.kind = 'own' AND w.until IS NULL
                JOIN item i ON i.party = w.party AND i.kind = 'receivable' AND i.open_cents = k.cents
                JOIN party p ON p.id = w.party
                WHERE k.place = 'account'""",
            frozenset({"account"}),
        ),
    ),
)  # fmt: skip
PAYABLES = Lookup(
    "payable", _TARGET_COLUMNS, Target, "seq, line, office, item",
    (
        Statement(
            f"""INSERT INTO match_payable
                SELECT k.seq, k.line, k.key, 0, 'account', {_ITEM}, 0, p.match_key,
                       CASE WHEN i.bank_account = k.iban OR {_OWN} = 1 THEN 1 ELSE 0 END
                FROM match_key k
                JOIN item i ON i.paid_by = 'direct_debit' AND i.kind = 'payable' AND i.open_cents = -k.cents
                JOIN party p ON p.id = i.party
                WHERE k.place = 'supplier' AND (p.match_key = k.key OR i.bank_account = k.iban OR {_OWN} = 1)""",
            frozenset({"supplier"}),
            "SELECT 1 FROM item WHERE paid_by IS NOT NULL LIMIT 1",
        ),
    ),
)  # fmt: skip
_SAME_BOOKING = f"""e.counter_iban <> '' OR e.end_to_end_id NOT IN ('', '{NOT_PROVIDED}')
                         OR (o.servicer_reference = e.servicer_reference AND e.servicer_reference <> '')
                         OR (o.name = e.name AND o.remittance = e.remittance AND e.name <> '' AND e.remittance <> '')"""
"""What says that a booking is the one undone, where IBAN and EndToEndId are the same: two that lack both are not."""
UNDONE = Lookup(
    "undone",
    """seq BIGINT, line BIGINT, entry_office TEXT, entry BIGINT, rule TEXT, office TEXT, item BIGINT, cents BIGINT,
       kind TEXT, account TEXT, open_cents BIGINT, amount_cents BIGINT, said TEXT, clearing BIGINT""",
    Undone, "seq, entry_office, entry, item",
    (
        Statement(
            f"""INSERT INTO match_undone
               SELECT k.seq, 0, o.office, o.id, b.rule, b.item_office, b.item, b.cents, i.kind, i.account,
                      i.open_cents - ({BOUND_CENTS}), i.amount_cents,
                      coalesce(o.remittance, '') || ' ' || coalesce(b.evidence, ''),
                      (SELECT max(c.id) FROM clearing_line l
                       JOIN clearing c ON c.office = l.office AND c.id = l.clearing
                       JOIN entry x ON x.office = c.office AND x.position = c.position
                       WHERE l.office = b.item_office AND l.item = b.item AND c.kind = 'bank'
                         AND x.source = 'bank:' || o.office || '/' || CAST(o.id AS TEXT)
                         AND NOT EXISTS (SELECT 1 FROM clearing r WHERE r.office = c.office AND r.resets = c.id))
               FROM match_key k
               JOIN match_entry m ON m.seq = k.seq JOIN bank_entry e ON e.office = m.office AND e.id = m.id
               JOIN bank_entry o ON o.iban = e.iban AND o.bank_day BETWEEN k.key AND e.bank_day
                    AND o.amount_cents = -e.amount_cents AND o.state = 'posted' AND o.reversal = 0
                    AND coalesce(o.counter_iban, '') = coalesce(e.counter_iban, '')
                    AND coalesce(o.end_to_end_id, '') = coalesce(e.end_to_end_id, '')
                    AND ({_SAME_BOOKING})
               JOIN bank_match b ON b.office = o.office AND b.entry = o.id
               LEFT JOIN item i ON i.office = b.item_office AND i.id = b.item
               WHERE k.place = 'reversal'""",
            frozenset({"reversal"}),
        ),
    ),
)  # fmt: skip
LOOKUPS: tuple[Lookup, ...] = (
    TARGETS,
    NAMESAKES,
    PAYMENTS,
    RUNS,
    TWINS,
    ACCOUNTS,
    PAYABLES,
    UNDONE,
    *COLLECTION_LOOKUPS,
    *CASH_LOOKUPS,
)
"""All of them; a room that brings rungs of its own adds its row."""
