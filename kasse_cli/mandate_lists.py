"""Lists of mandates: the columns they have, an empty one to fill in, reading one."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.i18n import _
from kasse_cli.orders_columns import ListColumn
from kasse_cli.orders_template import write_list
from kasse_cli.spreadsheets import (
    Row,
    Table,
    cell_choice,
    cell_count,
    cell_day,
    cell_iban,
    cell_reference,
    cell_text,
    optional,
    read_table,
    take,
)
from kasse_cli.spreadsheets.rows import Value
from kasse_cli.spreadsheets.sources import open_source
from ledger.payments.mandate_forms import Covers, NewMandate
from ledger.payments.mandate_import_store import Given, Source, Taken, import_mandates
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store

_CHUNK_BYTES = 1 << 20
_USAGES = {"recurrent": "recurrent", "wiederkehrend": "recurrent", "once": "once", "einmalig": "once"}
_SCHEMES = {"CORE": "CORE", "Basis": "CORE", "B2B": "B2B", "Firmen": "B2B"}
_SEQUENCES = {name: name for name in ("FRST", "RCUR", "OOFF", "FNAL")}
COLUMNS = (
    ListColumn(
        "debtor",
        ("Zahlungspflichtiger", "Personenkonto", "Schuldner"),
        cell_text,
        N_("the number of the debtor in the book, or the name where only one has it"),
    ),
    ListColumn(
        "reference", ("Mandatsreferenz", "Mandat"), cell_reference, N_("the mandate reference as the bank knows it")
    ),
    ListColumn("iban", ("IBAN",), cell_iban, N_("the account that is debited")),
    ListColumn("bic", ("BIC",), cell_text, N_("needed outside the European Economic Area")),
    ListColumn("holder", ("Kontoinhaber",), cell_text, N_("the holder of the account, if not the debtor")),
    ListColumn(
        "signed",
        ("Unterschrieben am", "Unterschriftsdatum", "Mandat vom"),
        cell_day,
        N_("the day of the signature; of converted Einzugsermächtigungen the day of the conversion notice"),
        "day",
    ),
    ListColumn(
        "scheme",
        ("Art", "Verfahren"),
        cell_choice(_SCHEMES),
        N_("CORE or B2B; blank is CORE"),
        choices=(("CORE", "CORE"), ("B2B", "B2B")),
    ),
    ListColumn(
        "usage",
        ("Nutzung",),
        cell_choice(_USAGES),
        N_("recurrent or once; blank is recurrent"),
        choices=(("recurrent", "wiederkehrend"), ("once", "einmalig")),
    ),
    ListColumn(
        "last_used",
        ("Letzte Nutzung", "zuletzt genutzt"),
        cell_day,
        N_("the day of the last collection by the former system; 36 months later the mandate lapses"),
        "day",
    ),
    ListColumn(
        "sequence",
        ("Letzte Sequenz", "Sequenz"),
        cell_choice(_SEQUENCES),
        N_("the sequence type of the last collection, where the day is not known"),
    ),
    ListColumn("creditor_id", ("Gläubiger-ID",), cell_text, N_("blank is that of the book")),
    ListColumn("office", ("Amt", "Dienststelle"), cell_text, N_("only claims of this office")),
    ListColumn("claim_kinds", ("Forderungsarten",), cell_text, N_("only these kinds of claims, with blanks between")),
    ListColumn("covers", ("Kassenzeichen",), cell_reference, N_("only this Kassenzeichen")),
    ListColumn("document", ("Beleg", "Dokument"), cell_text, N_("where the paper is")),
    ListColumn(
        "notice_days", ("Vorabankündigung Tage",), cell_count, N_("agreed days between announcement and debit"), "count"
    ),
    ListColumn(
        "confirmed_on", ("Bestätigt am",), cell_day, N_("of a B2B mandate: when the debtor's bank confirmed it"), "day"
    ),
)
NEEDED = ("debtor", "reference", "iban", "signed")
EXAMPLES: tuple[dict[str, Value], ...] = (
    {
        "debtor": "Erika Musterfrau", "reference": "ALT-4711", "iban": "DE02120300000000202051",
        "signed": dt.date(2019, 5, 3), "scheme": "CORE", "usage": "recurrent", "last_used": dt.date(2026, 8, 15),
    },
)  # fmt: skip


def mandate_template(path: Path) -> None:
    """Write an empty list of mandates; raises `FileWriteError`."""
    write_list(path, _("Mandates"), COLUMNS, NEEDED, EXAMPLES)


def run_import(call: Call, store: Store, path: Path) -> Taken:
    """Import a list of mandates and return what became of it; a trial changes nothing."""
    from contextlib import nullcontext

    content = io.BytesIO(call.stdin()) if str(path) == "-" else None
    source = _source(path, content)
    names = {column.key: column.names for column in COLUMNS}
    if content is not None:
        content.seek(0)
    table = read_table(path, names, required=NEEDED, stdin=content)
    with store.rehearsal() if call.dry_run else nullcontext():
        return import_mandates(store, source, given_mandates(table), today=call.today)


def given_mandates(table: Table) -> Iterator[Given]:
    """Yield the mandates of a list, or what is wrong with each."""
    return (_given(row) for row in table)


def _source(path: Path, content: io.BytesIO | None) -> Source:
    digest, size = sha256(), 0
    with open_source(path, content).stream as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Source(path.name, digest.hexdigest(), size)


def _given(row: Row) -> Given:
    findings: list[KasseError] = list(row.findings)
    values = {column.key: take(findings, _reader(column), row[column.key]) for column in COLUMNS}
    if findings:
        return Given("", None, row.place, tuple(findings))
    try:
        return Given(str(values["debtor"]), _mandate(values), row.place)
    except KasseError as error:
        return Given("", None, row.place, tuple(one.at(row.place) for one in error.findings or (error,)))


def _reader(column: ListColumn) -> Any:
    return column.read if column.key in NEEDED else optional(column.read)


def _mandate(values: Mapping[str, Any]) -> NewMandate:
    """Return the mandate of a row; one that was collected by, on an unknown day, counts from its signature."""
    used = values["last_used"]
    if used is None and values["sequence"] in {"RCUR", "OOFF", "FNAL"}:
        used = values["signed"]
    return NewMandate(
        0,
        values["iban"],
        values["signed"],
        values["reference"],
        values["scheme"] or "CORE",
        values["usage"] or ("once" if values["sequence"] == "OOFF" else "recurrent"),
        values["holder"] or "",
        values["bic"] or "",
        values["creditor_id"] or "",
        Covers(values["office"], tuple((values["claim_kinds"] or "").split()), values["covers"]),
        values["document"],
        None,
        values["notice_days"],
        values["confirmed_on"],
        used,
    )
