"""Where personal data stand in enforcement, for retention, erasing and the export of one person."""

from __future__ import annotations

from ledger.keeping.personal import ITEM_OF, OPEN, Kind

_LETTER_OPEN = f"""(SELECT DISTINCT l.letter FROM letter_item l
    JOIN {OPEN} o ON o.office = l.office AND o.item = l.item)"""
_LETTER = f"JOIN letter l ON l.id = t.letter LEFT JOIN {_LETTER_OPEN} n ON n.letter = t.letter"
KINDS = (
    Kind(
        "letter", "letter", ("id",), "t.day", "n.letter IS NOT NULL", "t.party",
        f"LEFT JOIN {_LETTER_OPEN} n ON n.letter = t.id",
    ),
    Kind("letter_print", "letter", ("letter", "number"), "l.day", "n.letter IS NOT NULL", "l.party", _LETTER),
    Kind("address_task", "letter", ("id",), "t.opened_on", "t.done_on IS NULL", "t.party"),
    Kind(
        "claim_event", "voucher", ("office", "item", "id"), "t.day", "n.item IS NOT NULL", "w.party",
        f"LEFT JOIN {ITEM_OF} w ON w.office = t.office AND w.item = t.item "
        f"LEFT JOIN {OPEN} n ON n.office = t.office AND n.item = t.item",
    ),
    Kind(
        "relief", "voucher", ("id",), "coalesce(t.ended_on, substr(t.proposed_at, 1, 10))",
        "t.state IN ('proposed', 'granted') AND t.kind NOT IN ('erlass', 'niederschlagung_unbefristet')", "t.party",
    ),
)  # fmt: skip
OBJECTS = (
    "SELECT '', 'letter:' || CAST(id AS TEXT), party FROM letter",
    "SELECT '', 'relief:' || CAST(id AS TEXT), party FROM relief",
)
