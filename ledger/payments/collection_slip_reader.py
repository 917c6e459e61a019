"""The Begleitzettel of a collection run: what is handed to the bank, on one sheet, for two signatures."""

from __future__ import annotations

import datetime as dt

from ledger.documents import Document, Facts, Grid, Heading, Paragraph, Signatures
from ledger.payments.collection_reader import collections, run_named
from ledger.payments.collection_runs import CollectionRun, check_step
from ledger.payments.profiles_store import profile_of
from ledger.store.engines import Store
from sepa.calendar import kasse_time
from sepa.money import german
from sepa.profiles import OrderType

_SCHEMES = {"CORE": "SEPA-Basislastschrift (CORE)", "B2B": "SEPA-Firmenlastschrift (B2B)"}


def slip_of(store: Store, number: int) -> Document:
    """Return the sheet of a released collection run; raises `UnknownRunError`, `RunStateError`."""
    run = run_named(store, number)
    check_step(run, "export")
    name = store.value("SELECT name FROM bank_account WHERE iban = :iban", iban=run.iban)
    sums: dict[str, tuple[int, int]] = {}
    for one in collections(store, run):
        count, cents = sums.get(one.sequence, (0, 0))
        sums[one.sequence] = (count + 1, cents + one.amount_cents)
    return slip(run, sums, str(name), order_of(store, run))


def order_of(store: Store, run: CollectionRun) -> OrderType:
    """Return how the file of a run is handed to the bank of its account."""
    return profile_of(store, run.iban).order_type("core" if run.scheme == "CORE" else "b2b")


def slip(run: CollectionRun, sums: dict[str, tuple[int, int]], bank_name: str, order: OrderType) -> Document:
    """Return the sheet that goes with the file; `sums` has count and cents by sequence (FRST, RCUR, FNAL, OOFF)."""
    head = Facts(
        (
            ("Gläubiger", run.creditor_name),
            ("Konto", f"{run.iban} ({bank_name})"),
            ("Fälligkeit", _day(run.collection_day)),
            ("Verfahren", _SCHEMES[run.scheme]),
            ("Auftragsart", f"{order.ebics} (EBICS 3.0: {order.btf})"),
            ("Lastschriften", str(run.count)),
            ("Summe", f"{german(run.total_cents)} EUR"),
            ("Listenhash", run.list_hash),
            ("Vorgeschlagen", _who(run.created_by, run.created_at)),
            ("Geprüft", _who(run.reviewed_by, run.reviewed_at)),
            ("Freigegeben", _who(run.released_by, run.released_at)),
        )
    )
    rows = tuple((name, str(count), f"{german(cents)} EUR") for name, (count, cents) in sorted(sums.items()))
    file = Facts(
        (("Nachrichten-ID", run.message_id or "-"), ("SHA-256", run.file_sha256 or "noch nicht geschrieben")),
    )
    note = Paragraph(
        "Vor der Freigabe bei der Bank sind Anzahl, Summe und SHA-256 der Datei mit diesem Zettel zu vergleichen. "
        "Die Datei wird nur einmal übertragen."
    )
    blocks = (
        head, Heading("Datei"), file, Grid(("Sequenz", "Lastschriften", "Summe"), rows, frozenset({1, 2})), note,
        Signatures(("Datum, erste Unterschrift", "Datum, zweite Unterschrift")),
    )  # fmt: skip
    title = f"Begleitzettel zum Lastschrifteinzug {run.number}"
    return Document("slip", title, blocks, footer=f"{run.creditor_name}, Lastschrifteinzug {run.number}")


def _day(day: str) -> str:
    return dt.date.fromisoformat(day).strftime("%d.%m.%Y")


def _who(name: str | None, at: str | None) -> str:
    return f"{name}, {kasse_time(at):%d.%m.%Y %H:%M} Uhr" if name and at else "-"
