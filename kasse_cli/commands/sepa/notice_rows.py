"""Status reports, answers, reversals and recalls as rows: what the whole, a batch or a payment is said to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from kasse_cli.columns import Column
from kasse_cli.commands.sepa.spool import Spool
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.i18n import language
from sepa.conversion_notices import reason_codes
from sepa.errors import N_
from sepa.reasons import reason
from sepa.statuswords import answer_word, report_word

NOTICE_COLUMNS = (
    Column("path", N_("File"), shown=False),
    Column("original_message_id", N_("Original message"), shown=False),
    Column("level", N_("Level"), "word", minor=True),
    Column("end_to_end_id", N_("End-to-end id")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("name", N_("Name")),
    Column("status", N_("Status code"), shown=False),
    Column("state", N_("Status"), "word"),
    Column("reason", N_("Reason"), minor=True),
    Column("reason_text", N_("Meaning")),
    Column("found_name", N_("Name at the bank"), minor=True),
    Column("information", N_("The bank's words"), minor=True),
    Column("iban", N_("IBAN"), "word", minor=True),
    Column("batch", N_("Batch"), minor=True),
    Column("currency", N_("Currency"), minor=True),
    Column("line", N_("Line"), "count", shown=False),
)
_LEVELS = {"file": N_("file"), "batch": N_("batch"), "payment": N_("payment")}
_REVERSAL, _RECALL = N_("to be given back"), N_("to be recalled")


def notice_columns(files: Iterable[FileRead]) -> tuple[Column, ...]:
    """Return the columns; names at the bank are shown where a report is about them, meanings of reasons where not."""
    found = list(files)
    vop = {bool(file.head.get("vop")) for file in found}
    hidden = {"found_name"} if vop == {False} else {"reason", "reason_text"} if vop == {True} else set()
    return tuple(replace(one, shown=one.shown and one.key not in hidden) for one in NOTICE_COLUMNS)


def notice_rows(file: FileRead, spool: Spool) -> Iterator[dict[str, Any]]:
    """Yield a row for each level of which the file says something."""
    if _speaks(file.head):
        yield _row(file, file.head, "file", "")
    for section in file.sections:
        batch = section.row.get("payment_information_id") or ""
        if _speaks(section.row):
            yield _row(file, section.row, "batch", batch)
        for row in spool.rows(section):
            yield _row(file, row, row.get("level") or "payment", batch or row.get("payment_information_id") or "")


def _speaks(row: dict[str, Any]) -> bool:
    return bool(row.get("status") or row.get("whole"))


def _row(file: FileRead, row: dict[str, Any], level: str, batch: str) -> dict[str, Any]:
    codes = reason_codes(row.get("reasons", []))
    lines = [line for one in row.get("reasons", []) for line in one["information"]]
    asked = row.get("asked_cents")
    original = row.get("original_message_id") or file.head.get("original_message_id")
    return {
        "path": file.path,
        "original_message_id": original,
        "level": _LEVELS[level],
        "batch": batch or None,
        "end_to_end_id": row.get("end_to_end_id") or row.get("instruction_id"),
        "amount_cents": row.get("amount_cents") if asked is None else asked,
        "currency": row.get("currency"),
        "name": row.get("name"),
        "iban": row.get("iban"),
        "status": row.get("status"),
        "state": _state(file, row),
        "reason": " ".join(codes) or None,
        "reason_text": reason_text(codes),
        "found_name": row.get("found_name"),
        "information": " ".join(line for line in lines if line) or None,
        "line": row.get("line"),
    }


def _state(file: FileRead, row: dict[str, Any]) -> str:
    if file.group == "requests":
        return _REVERSAL if file.kind.family == "pain.007" else _RECALL
    return (answer_word if file.group == "answers" else report_word)(row.get("status") or "")


def reason_text(codes: Iterable[str]) -> str | None:
    """Return what reason codes mean, in the language of this run, or None where no list has them."""
    known = [one for code in codes if (one := reason(code)).known]
    return "; ".join(one.german if language() == "de" else one.english for one in known) or None
