"""Lists of decisions for the clarification desk, read from Excel, LibreOffice or CSV, every cell with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.orders_import import chosen_file
from kasse_cli.spreadsheets import (
    Cell,
    Row,
    cell_amount_cents,
    cell_count,
    cell_day,
    cell_iban,
    cell_reference,
    cell_text,
    read_table,
)
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import (
    Assign,
    Decision,
    Forward,
    Hold,
    Note,
    Refund,
    RefusedDecisionsError,
    Release,
    Reserve,
    Undo,
    UndoEntry,
)
from ledger.bank.suspense_desk_store import DecisionList
from sepa.errors import N_, KasseError, Place

if TYPE_CHECKING:
    from kasse_cli.context import Call

Values = Mapping[str, Any]
COLUMNS: dict[str, tuple[tuple[str, ...], Callable[[Cell], Any]]] = {
    "case": (("Fall", "Klärungsfall", "Nummer"), cell_count),
    "office": (("Amt", "Dienststelle", "Buchungskreis"), lambda cell: cell_text(cell).upper()),
    "reference": (("Kassenzeichen", "Referenz", "Aktenzeichen"), cell_reference),
    "amount": (("Betrag", "Summe"), cell_amount_cents),
    "part": (("Teil", "Teilbetrag Nr."), cell_count),
    "reason": (("Grund", "Begründung"), cell_text),
    "until": (("bis", "Wiedervorlage"), lambda cell: cell_day(cell).isoformat()),
    "owner": (("Bearbeiter", "Sachbearbeiter"), cell_text),
    "text": (("Notiz", "Vermerk"), cell_text),
    "to_office": (("an Amt", "Zielamt"), lambda cell: cell_text(cell).upper()),
    "account": (("Sachkonto", "Konto"), cell_text),
    "payee": (("Empfänger", "Behörde"), cell_text),
    "iban": (("Bankverbindung", "Empfängerkonto"), cell_iban),
    "entry": (("Beleg", "Buchung", "Belegnummer"), cell_text),
}
"""By key: the names understood, and how a cell is read."""
NEEDED = {
    "assign": ("case", "reference"), "split": ("reference", "amount"), "reserve": ("case",), "release": ("case",),
    "hold": ("case", "until"), "resume": ("case",), "note": ("case", "text"),
    "forward": ("case",), "refund": ("case",), "undo": ("case",), "undo entry": ("entry",),
}  # fmt: skip
"""By verb: the columns that every row fills."""


class BlankListError(KasseError):
    """A list without a row."""

    code = "suspense.list_blank"
    template = N_("the list has no row below its heading")
    hint = N_("fill it in: {needed}")


@dataclass(slots=True)
class DecisionRows:
    """A list that was read: its rows as values with their places, and its file."""

    listed: DecisionList
    rows: list[tuple[Values, Place]]
    findings: Sequence[KasseError] = field(default_factory=tuple)


def read_rows(
    call: Call, verb: str, path: Path, sheet: str | None, given: Mapping[str, object] | None = None
) -> DecisionRows:
    """Return the rows of a list for a verb; what is `given` for all of them, no row must say.

    Raises `RefusedDecisionsError` with a finding for each cell that cannot be read, `BlankListError`, and what
    `read_table` raises.
    """
    chosen, source = chosen_file(call, path, sheet)
    if chosen.stdin is not None:
        chosen.stdin.seek(0)
    names = {key: known for key, (known, _) in COLUMNS.items()}
    needed = tuple(key for key in NEEDED[verb] if key not in (given or {}))
    table = read_table(chosen.path, names, required=needed, sheet=sheet, stdin=chosen.stdin)
    refused: list[KasseError] = []
    rows: list[tuple[Values, Place]] = [(_values(row, needed, refused), row.place) for row in table]
    if refused:
        raise RefusedDecisionsError(bad=len({f.place.row for f in refused}), count=len(rows), findings=tuple(refused))
    if not rows:
        raise BlankListError(needed=", ".join(needed), place=table.place)
    listed = DecisionList(verb.partition(" ")[0], source.name, _identity(source.sha256, verb, given or {}))
    return DecisionRows(listed, rows, table.findings)


def _identity(sha256: str, verb: str, given: Mapping[str, object]) -> str:
    """Return what a list is known by: its bytes, and for what moves no money the options that were given with it.

    The same cases may rest until another day, or go to another clerk; money that a list moved is never moved again.
    """
    said = [f"{name}={given[name]}" for name in ("owner", "take_over", "until") if given.get(name)]
    if verb not in {"hold", "reserve"} or not said:
        return sha256
    return hashlib.sha256(" ".join([sha256, *said]).encode()).hexdigest()


def _values(row: Row, needed: Sequence[str], refused: list[KasseError]) -> dict[str, Any]:
    refused += [finding for finding in row.findings if finding.severity == "error"]
    values: dict[str, Any] = {}
    for key, (_, read) in COLUMNS.items():
        cell = row[key]
        if cell.empty and key not in needed:
            continue
        try:
            values[key] = read(cell)
        except KasseError as error:
            refused.append(error)
    return values


def has_column(call: Call, path: Path, sheet: str | None, key: str) -> bool:
    """Return whether the list has that column."""
    chosen, _ = chosen_file(call, path, sheet)
    names = {name: known for name, (known, _) in COLUMNS.items()}
    return key in read_table(chosen.path, names, sheet=sheet, stdin=chosen.stdin)


def wishes(rows: DecisionRows) -> tuple[Wish, ...]:
    """Return the rows of an advice list as wishes."""
    return tuple(_wish(values, place) for values, place in rows.rows)


def _wish(values: Values, place: Place) -> Wish:
    return Wish(values["reference"], values.get("amount"), place, values.get("part"))


def decisions(verb: str, rows: DecisionRows, given: Mapping[str, object]) -> list[Decision]:
    """Return the decisions of a list; what is `given` stands for rows that do not say it."""
    if verb == "assign":
        return list(_assignments(rows, given))
    make = _MAKERS[verb]
    return [make({"reason": "", **given, **values}, place) for values, place in rows.rows]


def _assignments(rows: DecisionRows, given: Values) -> Iterator[Assign]:
    """Yield one decision for each case: its rows are the items it pays."""
    cases: dict[tuple[int, str | None], list[tuple[Values, Place]]] = {}
    for values, place in rows.rows:
        cases.setdefault((values["case"], values.get("office", given.get("office"))), []).append((values, place))
    for (case, office), lines in cases.items():
        wanted = tuple(_wish(values, place) for values, place in lines)
        yield Assign(case, wanted, office, bool(given.get("surplus")), given.get("payer_kind"), lines[0][1])


_MAKERS: dict[str, Callable[[Values, Place], Decision]] = {
    "reserve": lambda v, at: Reserve(
        v["case"], v.get("owner"), v.get("office"), bool(v.get("take_over")), v["reason"], at
    ),
    "release": lambda v, at: Release(v["case"], v.get("office"), at),
    "hold": lambda v, at: Hold(v["case"], v["until"], v["reason"], v.get("office"), at),
    "resume": lambda v, at: Hold(v["case"], None, v["reason"], v.get("office"), at),
    "note": lambda v, at: Note(v["case"], v["text"], v.get("office"), at),
    "forward": lambda v, at: Forward(
        v["case"], v["reason"], v.get("to_office"), v.get("account"), v.get("payee"), v.get("iban"), v.get("amount"),
        v.get("office"), at, v.get("part"),
    ),
    "refund": lambda v, at: Refund(
        v["case"], v["reason"], v.get("amount"), bool(v.get("despite")), v.get("office"), at, v.get("part")
    ),
    "undo": lambda v, at: Undo(v["case"], v["reason"], bool(v.get("last")), v.get("office"), at),
    "undo entry": lambda v, at: UndoEntry(v["entry"], v["reason"], at),
}  # fmt: skip
