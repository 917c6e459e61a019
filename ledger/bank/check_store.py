"""What `journal verify` asks of rows beside the journal: bank entries, clearings and cases against what was posted."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.items.items_reader import item_name
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

MOST = 100
_HINT = N_(
    "keep this book as it is, compare it with the last backup, and inform the audit office; decide nothing about this "
    "money before"
)


class UnlikePostedError(KasseError):
    """A bank entry names an entry of the journal that was not made of it, or on other days."""

    code = "verify.bank_posted"
    template = N_("bank entry {name}: the journal does not hold the entry it became, or on other days")
    hint = _HINT


class PostedTwiceError(KasseError):
    """A bank entry waits to be posted although the journal holds what it became."""

    code = "verify.bank_again"
    template = N_(
        "bank entry {name} waits to be posted, but the journal holds entry {position} of it: it would count twice"
    )
    hint = _HINT


class MissingReasonError(KasseError):
    """It is not told any more what became of a bank entry, or in part."""

    code = "verify.bank_reason"
    template = N_("bank entry {name}: reasons of what became of it are missing")
    hint = _HINT


class UnlikeClearedError(KasseError):
    """A clearing does not fit the entry it names, or what it resets: its days, its kind, or the items that moved."""

    code = "verify.clearing"
    template = N_(
        "clearing {number} of office {office}: its days, kind, reset or item {name} are not those of its entry"
    )
    hint = _HINT


class LostCaseError(KasseError):
    """Unclear money has no case, or its case names another bank entry than what was decided about that."""

    code = "verify.case"
    template = N_("unclear money {name}: its case is missing or names another bank entry")
    hint = _HINT


class UnlikeStepError(KasseError):
    """Steps of a case are not what the journal says: missing, with another amount, or by another entry."""

    code = "verify.case_step"
    template = N_("case {name}: its steps are not what was posted")
    hint = _HINT


_POSTED = """
    SELECT b.office, b.id FROM bank_entry b LEFT JOIN entry e ON e.office = b.office AND e.position = b.position
    WHERE b.position IS NOT NULL AND (
        e.source IS NULL OR e.source <> 'bank:' || b.office || '/' || CAST(b.id AS TEXT)
        OR e.bank_day IS NULL OR e.bank_day <> b.bank_day OR e.value_day IS NULL OR e.value_day <> b.value_day)"""
_AGAIN = """
    SELECT b.office, b.id, e.position FROM bank_entry b
    JOIN entry e ON e.office = b.office AND e.source = 'bank:' || b.office || '/' || CAST(b.id AS TEXT)
    WHERE b.state = 'staged' AND e.kind IN ('bank', 'execution')
      AND e.posting_day >= (SELECT min(bank_day) FROM bank_entry WHERE state = 'staged')"""
_REASONS = """
    SELECT b.office, b.id FROM bank_entry b
    LEFT JOIN (SELECT office, entry, count(*) AS told, max(line) AS last FROM bank_match GROUP BY office, entry) m
      ON m.office = b.office AND m.entry = b.id
    WHERE b.position IS NOT NULL AND (m.told IS NULL OR m.told <> m.last)"""
_CLEARED = """
    SELECT l.office, l.clearing, l.item FROM clearing_line l
    LEFT JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    LEFT JOIN entry e ON e.office = c.office AND e.position = c.position
    WHERE e.position IS NULL OR e.posting_day <> c.posting_day OR (l.cents < 0 AND c.kind NOT IN ('reset', 'relief'))
       OR (l.cents > 0 AND c.kind = 'reset')
       OR (e.kind = c.kind AND c.kind IN ('bank', 'cash') AND e.payment_day <> c.payment_day)
       OR (e.kind = 'clearing' AND c.kind = 'assign' AND (e.source LIKE 'suspense:%' OR e.source LIKE 'advance:%')
           AND e.payment_day <> c.payment_day)
       OR (c.kind = 'reversal' AND e.kind = 'clearing' AND (e.source LIKE 'cash:%' OR e.source LIKE 'credit:%')
           AND NOT EXISTS (
           SELECT 1 FROM clearing_line g JOIN item k ON k.office = g.office AND k.id = g.item
           WHERE g.office = c.office AND g.clearing = c.id AND k.kind = 'credit' AND k.opened_on = c.payment_day))
       OR NOT EXISTS (SELECT 1 FROM posting p WHERE p.office = c.office AND p.position = c.position
                      AND p.item = l.item)"""
_EMPTY = """
    SELECT c.office, c.id, CAST(NULL AS BIGINT) FROM clearing c WHERE NOT EXISTS (
        SELECT 1 FROM clearing_line l WHERE l.office = c.office AND l.clearing = c.id)"""
# what a clearing is called follows from the entry that it stands with, and what that entry is about
_KINDS = {
    "bank": ("bank", "execution"), "run": ("run", "execution"), "opening": ("opening",), "cash": ("cash",),
    "assign": ("clearing", "order", "execution", "manual"), "setoff": ("clearing", "manual"), "reduction": ("order",),
    "relief": ("relief", "clearing"), "reversal": ("reversal", "clearing"),
    "reset": ("reversal", "clearing", "bank", "execution", "return", "cash"),
}  # fmt: skip
_KIND = " ".join(
    "WHEN '{}' THEN e.kind IN ({})".format(kind, ", ".join(f"'{one}'" for one in entries))
    for kind, entries in _KINDS.items()
)
_MISNAMED = f"""
    SELECT c.office, c.id, CAST(NULL AS BIGINT) FROM clearing c
    JOIN entry e ON e.office = c.office AND e.position = c.position
    WHERE NOT CASE c.kind {_KIND} ELSE 0 = 1 END OR (c.resets IS NOT NULL AND c.kind <> 'reset')
        OR c.resets >= c.id OR (c.kind = 'reset' AND c.resets IS NULL AND e.kind = 'reversal')
        OR (e.kind = 'clearing' AND (c.kind = 'setoff') <> coalesce(e.source LIKE 'item:%', 0 = 1))
        OR (e.kind = 'clearing' AND c.kind IN ('assign', 'relief')
            AND (c.kind = 'relief') <> coalesce(e.source LIKE 'relief:%', 0 = 1))"""
# a reset is the opposite of what it resets, line by line; what a run paid is open again without one
_RESETS = """
    SELECT r.office, r.id, x.item FROM clearing r JOIN clearing_line x ON x.office = r.office AND x.clearing = r.id
    LEFT JOIN clearing_line o ON o.office = r.office AND o.clearing = r.resets AND o.item = x.item
        AND o.cents = -x.cents
    WHERE r.resets IS NOT NULL AND o.item IS NULL
    UNION ALL
    SELECT r.office, r.id, o.item FROM clearing r JOIN clearing_line o ON o.office = r.office AND o.clearing = r.resets
    LEFT JOIN clearing_line x ON x.office = r.office AND x.clearing = r.id AND x.item = o.item AND x.cents = -o.cents
    WHERE r.resets IS NOT NULL AND x.item IS NULL
    UNION ALL
    SELECT r.office, r.id, x.item FROM clearing r JOIN clearing_line x ON x.office = r.office AND x.clearing = r.id
    JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE r.kind = 'reset' AND r.resets IS NULL AND i.side = 'D'"""
_CASES = """
    SELECT i.office, i.id FROM item i LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    WHERE i.kind = 'suspense' AND c.item IS NULL
    UNION ALL
    SELECT c.office, c.item FROM suspense_case c WHERE c.entry IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM bank_match m
        WHERE m.office = c.office AND m.entry = c.entry AND m.item_office = c.office AND m.item = c.item)"""
_STEPS = """
    SELECT s.office, s.item FROM suspense_step s WHERE NOT EXISTS (
        SELECT 1 FROM posting p WHERE p.office = s.office AND p.position = s.position AND p.item = s.item
        AND p.cents IN (s.cents, -s.cents))
    UNION
    SELECT office, item FROM suspense_step GROUP BY office, item HAVING count(*) <> max(line)"""


def unlike_books(store: Store) -> Iterator[KasseError]:
    """Yield what stands beside the journal and contradicts it: changed, gone or turned back past the event log."""
    for office, entry in store.rows(f"{_POSTED} LIMIT {MOST}"):
        yield UnlikePostedError(name=f"{office}/{entry}", office=office)
    for office, entry, position in store.rows(f"{_AGAIN} LIMIT {MOST}"):
        yield PostedTwiceError(name=f"{office}/{entry}", office=office, position=position)
    for office, entry in store.rows(f"{_REASONS} LIMIT {MOST}"):
        yield MissingReasonError(name=f"{office}/{entry}", office=office)
    for sql in (_CLEARED, _EMPTY, _MISNAMED, _RESETS):
        for office, number, item in store.rows(f"{sql} LIMIT {MOST}"):
            yield UnlikeClearedError(
                office=office, number=number, name="-" if item is None else item_name(office, item)
            )
    for office, item in store.rows(f"{_CASES} LIMIT {MOST}"):
        yield LostCaseError(name=item_name(office, item), office=office)
    for office, item in store.rows(f"{_STEPS} LIMIT {MOST}"):
        yield UnlikeStepError(name=item_name(office, item), office=office)
