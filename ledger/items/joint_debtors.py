"""Who owes what jointly, as a piece of SQL: the claim, and its fees and interest with it (§ 421 BGB, § 44 AO)."""

from __future__ import annotations

OWED_JOINTLY = """(
    SELECT d.office, d.item, d.party, d.since, d.released_on FROM item_debtor d
    UNION ALL SELECT s.office, s.id, d.party, d.since, d.released_on FROM item_debtor d
    JOIN item s ON s.office = d.office AND s.main_item = d.item AND s.kind = 'receivable'
    WHERE coalesce(s.party, 0) <> d.party AND NOT EXISTS (
        SELECT 1 FROM item_debtor o WHERE o.office = s.office AND o.item = s.id AND o.party = d.party))"""
"""Items and the parties who owe them besides the first debtor: `office`, `item`, `party`, `since`, `released_on`.

Each party stands beside an item once: not for a fee that is theirs alone, or that they were made to owe by name."""
