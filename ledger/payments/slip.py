"""The Begleitzettel of a run: what is handed to the bank, on one sheet, for two signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.documents import Document, Facts, Grid, Heading, Paragraph, Signatures
from ledger.payments.files import PaymentFile
from ledger.payments.runs import Run
from sepa.calendar import kasse_time
from sepa.money import german

_CHECKED = "mit Empfängerprüfung: erst nach dem Prüfbericht der Bank freigeben"
_UNCHECKED = "ohne Empfängerprüfung (Opt-out, geprüfte Sammler)"
_STATES = {"released": "noch nicht geschrieben", "voided": "aufgegeben", "rejected": "von der Bank abgewiesen"}

_ENDED = {"executed": "ausgeführt", "voided": "aufgegeben", "rejected": "von der Bank abgewiesen"}


def slip(run: Run, files: Sequence[PaymentFile], bank_name: str) -> Document:
    """Return the sheet that goes with the files of a released run."""
    head = Facts(
        (
            ("Auftraggeber", run.debtor_name),
            ("Konto", f"{run.iban} ({bank_name})"),
            ("Ausführungstag", _day(run.execution_day)),
            ("Zahlungen", str(run.count)),
            ("Summe", f"{german(run.total_cents)} EUR"),
            ("Listenhash", run.list_hash),
            ("Vorgeschlagen", _who(run.created_by, run.created_at)),
            ("Geprüft", _who(run.reviewed_by, run.reviewed_at)),
            ("Freigegeben", _who(run.released_by, run.released_at)),
        )
    )
    rows = tuple(
        (str(one.number), one.ebics, one.btf, str(one.count), f"{german(one.total_cents)} EUR") for one in files
    )
    overview = Grid(("Datei", "Auftragsart", "BTF (EBICS 3.0)", "Zahlungen", "Summe"), rows, frozenset({3, 4}))
    blocks = [head, Heading("Dateien"), overview, *(block for one in files for block in _file(one))]
    title = f"Begleitzettel zum Zahllauf {run.number}"
    footer = f"{run.debtor_name}, Zahllauf {run.number}"
    if run.state in _ENDED:
        note = Paragraph(f"Dieser Zahllauf ist {_ENDED[run.state]}: keine Datei geht mehr an die Bank.")
        return Document("slip", f"{title} – {_ENDED[run.state]}", (note, *blocks), footer=footer)
    note = Paragraph(
        "Vor der Freigabe bei der Bank sind Anzahl, Summe und SHA-256 jeder Datei mit diesem Zettel zu vergleichen. "
        "Eine Datei wird nur einmal übertragen."
    )
    signatures = Signatures(("Datum, erste Unterschrift", "Datum, zweite Unterschrift"))
    return Document("slip", title, (*blocks, note, signatures), footer=footer)


def _file(file: PaymentFile) -> tuple[Heading, Facts]:
    sha = file.sha256 or ""
    rows = [
        ("Nachrichten-ID", file.message_id),
        ("Zahlungsart", "Echtzeitüberweisung" if file.kind == "instant" else "Überweisung"),
        ("Empfängerprüfung", _CHECKED if file.name_check else _UNCHECKED),
        ("SHA-256", sha or _STATES["released"]),
    ]
    if file.state in {"voided", "rejected"}:
        rows.append(("Stand", _STATES[file.state]))
    return Heading(f"Datei {file.number}", 3), Facts(tuple(rows))


def _day(day: str) -> str:
    return dt.date.fromisoformat(day).strftime("%d.%m.%Y")


def _who(name: str | None, at: str | None) -> str:
    return f"{name}, {kasse_time(at):%d.%m.%Y %H:%M} Uhr" if name and at else "-"
