"""Set-offs and those that were taken back: one person does each, over the items of several offices."""

from __future__ import annotations

from ledger.audit.checks import Check, within
from sepa.errors import N_, KasseError


class SetOffFinding(KasseError):  # noqa: N818 - a note that stops nothing
    """A set-off, which one person declares alone."""

    code = "audit.set_off"
    template = N_("{user} set off {amount_cents} of item {item} by entry {entry}, in {offices} offices")
    hint = N_("see 'kasse journal show {entry}' and the declaration; one that does not hold is taken back with "
              "'kasse payment set-off-undo {entry}'")  # fmt: skip
    severity = "info"


class SetOffUndoneFinding(KasseError):  # noqa: N818 - a note that stops nothing
    """A set-off that another person took back."""

    code = "audit.set_off_undone"
    template = N_("{user} took back the set-off {entry} of {amount_cents} that {declared_by} had declared: {words}")
    hint = N_("see 'kasse journal show {entry}'; was the payee told that the declaration does not hold")
    severity = "info"


_NUMBER = "{e}.office || '-' || CAST({e}.year AS TEXT) || '-' || CAST({e}.number AS TEXT)"
_USER = "(SELECT name FROM app_user WHERE id = {who})"
_LINES = """clearing c JOIN entry e ON e.office = c.office AND e.position = c.position
    JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
      AND e.source = 'item:' || l.office || '/' || CAST(l.item AS TEXT)"""
_OFFICES = "(SELECT count(DISTINCT x.office) FROM entry x WHERE x.transaction_id = e.transaction_id)"
_DECLARED = f"""
    SELECT e.office, e.source, e.posting_day, l.cents, {_USER.format(who="e.recorded_by")}, {_NUMBER.format(e="e")},
           substr(e.source, 6), CASE WHEN e.transaction_id IS NULL THEN 1 ELSE {_OFFICES} END
    FROM {_LINES} WHERE c.kind = 'setoff' AND {within("e.recorded_at", "e.office")}
    ORDER BY e.recorded_at, e.office, e.position"""
_UNDONE = f"""
    SELECT e.office, e.source, r.posting_day, l.cents, {_USER.format(who="r.recorded_by")}, {_NUMBER.format(e="e")},
           {_USER.format(who="e.recorded_by")}, coalesce(t.text, '')
    FROM {_LINES} JOIN entry r ON r.office = e.office AND r.reverses = e.position
    LEFT JOIN entry_text t ON t.office = r.office AND t.position = r.position
    WHERE c.kind = 'setoff' AND {within("r.recorded_at", "r.office")} ORDER BY r.recorded_at, r.office, r.position"""
CHECKS = (
    Check(SetOffFinding, "entry item offices", _DECLARED,
          N_("set-offs, each declared by one person alone, over the items of all offices"), "§§ 387, 388 BGB"),
    Check(SetOffUndoneFinding, "entry declared_by words", _UNDONE,
          N_("set-offs that were taken back, by whom and why"), "§§ 388, 390 BGB"),
)  # fmt: skip
