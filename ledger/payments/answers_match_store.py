"""Which payment each answer of a bank is about: by its id, in a check of names also by account and name."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.payments.answers import Report
from ledger.store.engines import Store

_TEMPORARY = """
    CREATE TEMPORARY TABLE answered (
        seq BIGINT PRIMARY KEY, end_to_end_id TEXT, status TEXT, reason TEXT, information TEXT, found_name TEXT,
        name TEXT, iban TEXT)"""
_INDEXES = ("CREATE INDEX answered_id ON answered (end_to_end_id)", "CREATE INDEX answered_iban ON answered (iban)")
_TOLD = """EXISTS (SELECT 1 FROM payment_answer k
    WHERE k.office = p.office AND k.run = p.run AND k.line = p.line AND k.report = :report)"""
_COLUMNS = ("seq", "end_to_end_id", "status", "reason", "information", "found_name", "name", "iban")
_INTO = """
    INSERT INTO payment_answer (report, seq, office, run, line, status, reason, information, found_name)"""
_SAID = "p.office, p.run, p.line, a.status, a.reason, a.information, a.found_name"
_OF_FILE = "p.office = :office AND p.run = :run AND p.file = :file"
_KEEP = f"""{_INTO}
    SELECT :report, a.seq, {_SAID} FROM answered a JOIN payment p ON p.end_to_end_id = a.end_to_end_id
    WHERE {_OF_FILE}"""
_UNNAMED = "{one}.end_to_end_id IN ('', 'NOTPROVIDED') AND {one}.iban <> ''"
_SAME_PAYEE = "p.creditor_iban = a.iban AND (a.name = '' OR p.creditor_name = a.name)"
_WEIGHT = "CASE {one}.status WHEN 'RVNM' THEN 3 WHEN 'RVMC' THEN 2 WHEN 'RCVC' THEN 0 ELSE 1 END"
_WORSE = f"""
    SELECT 1 FROM answered b WHERE {_UNNAMED.format(one="b")} AND b.iban = a.iban
      AND (b.name = a.name OR a.name = '' OR b.name = '')
      AND ({_WEIGHT.format(one="b")} > {_WEIGHT.format(one="a")}
           OR {_WEIGHT.format(one="b")} = {_WEIGHT.format(one="a")} AND b.seq < a.seq)"""
_KEEP_BY_PAYEE = f"""{_INTO}
    SELECT :report, :last + row_number() OVER (ORDER BY p.line), {_SAID}
    FROM answered a JOIN payment p ON {_SAME_PAYEE}
    WHERE {_UNNAMED.format(one="a")} AND {_OF_FILE} AND NOT EXISTS ({_WORSE})
      AND NOT {_TOLD}"""
"""A bank that leaves our id out tells payee and account; of several answers about one payee the worst counts."""
_STRANGERS = f"""
    SELECT count(*), min(a.end_to_end_id) FROM answered a
    WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.end_to_end_id = a.end_to_end_id AND {_OF_FILE})
      AND NOT ({_UNNAMED.format(one="a")}
               AND EXISTS (SELECT 1 FROM payment p WHERE {_SAME_PAYEE} AND {_OF_FILE}))"""
_MATCHED = f"""
    INSERT INTO payment_answer (report, seq, office, run, line, status)
    SELECT :report, :last + row_number() OVER (ORDER BY p.line), p.office, p.run, p.line, 'RCVC' FROM payment p
    WHERE {_OF_FILE} AND NOT {_TOLD}"""
_LAST = "SELECT coalesce(max(seq), :count) FROM payment_answer WHERE report = :report AND seq > :count"
_UNCHECKED = f"""
    SELECT count(*) FROM payment p
    WHERE {_OF_FILE} AND p.state IN ('released', 'exported') AND NOT EXISTS (
        SELECT 1 FROM payment_answer a JOIN payment_report r ON r.id = a.report AND r.kind = 'vop'
        WHERE a.office = p.office AND a.run = p.run AND a.line = p.line
          AND a.status IN ('RCVC', 'RVMC', 'RVNM', 'RVNA'))"""


def keep_answers(store: Store, number: int, report: Report, where: Mapping[str, str | int]) -> tuple[int, str | None]:
    """Keep what a report says of the payments of a file, and return how many others it names, and the first id.

    What a complete check of names does not list has matched: only where every answer found its payment, so that none
    of them can be about a payment that would pass for a match. Inside a unit; `where` is office, run and file.
    """
    store.execute(_TEMPORARY)
    for sql in _INDEXES:
        store.execute(sql)
    store.insert("answered", _COLUMNS, report.answers)
    store.execute(_KEEP, report=number, **where)
    store.execute(_KEEP_BY_PAYEE, report=number, last=len(report.answers), **where)
    strangers, first = store.one(_STRANGERS, **where) or (0, None)
    store.execute("DROP TABLE answered")
    if report.complete and not strangers:
        last = int(store.value(_LAST, report=number, count=len(report.answers)))
        store.execute(_MATCHED, report=number, last=last, **where)
    return int(strangers), first


def unchecked(store: Store, office: str, run: int, file: int) -> int:
    """Return of how many payments of a file that are under way no report says how their names were checked."""
    return int(store.value(_UNCHECKED, office=office, run=run, file=file))
