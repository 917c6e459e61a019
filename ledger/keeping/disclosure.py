"""Everything the book holds of one person, as values and as a document to read (Art. 15 DSGVO)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.documents import Block, Document, Facts, Grid, Heading, Paragraph
from ledger.keeping.retention import retention
from sepa.calendar import kasse_time
from sepa.money import german

ROLES = ("clerk", "enforcement", "head", "audit", "admin")
SHARED = frozenset({"bank_entry", "bank_detail", "bank_match", "bank_notice", "bank_notice_detail", "entry_text"})
"""Tables whose rows may speak of several persons at once: their words are left out where they do."""
TOLD_BY_OTHERS = frozenset({"party_seal"})
"""Tables that hold nothing but hashes of what is told anyway."""
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What was found of a person: rows by table, what happened and who looked, and how many shared words stayed out."""

    party: int
    name: str
    day: str
    kasse: str
    rows: Rows
    events: Sequence[Mapping[str, Any]]
    letters: Sequence[tuple[int, str]]
    left_out: int

    def data(self) -> dict[str, Any]:
        """Return everything as data for a file."""
        return {
            "party": self.party, "name": self.name, "day": self.day, "held_by": self.kasse,
            "rows": {table: list(rows) for table, rows in self.rows.items() if rows}, "events": list(self.events),
            "letters": [f"brief-{number:06d}.pdf" for number, _ in self.letters], "words_left_out": self.left_out,
        }  # fmt: skip


GRIDS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("party_account", "Bankverbindungen",
     (("iban", "IBAN"), ("bic", "BIC"), ("kind", "Art"), ("source", "Herkunft"), ("since", "seit"), ("until", "bis"))),
    ("cash_order", "Anordnungen",
     (("office", "Amt"), ("id", "Nr."), ("purpose", "Zweck"), ("total_cents", "Betrag"), ("due", "fällig"))),
    ("item", "Forderungen und Guthaben",
     (("office", "Amt"), ("reference", "Kassenzeichen"), ("purpose", "Zweck"), ("amount_cents", "Betrag"),
      ("open_cents", "offen"), ("due", "fällig"))),
    ("clearing_line", "Zahlungen und Verrechnungen",
     (("payment_day", "Tag"), ("kind", "Art"), ("reference", "Kassenzeichen"), ("cents", "Betrag"))),
    ("bank_entry", "Bankbuchungen",
     (("bank_day", "Tag"), ("amount_cents", "Betrag"), ("name", "Name"), ("counter_iban", "IBAN"),
      ("remittance", "Verwendungszweck"))),
    ("payment", "Auszahlungen",
     (("cents", "Betrag"), ("creditor_name", "Empfänger"), ("creditor_iban", "IBAN"), ("remittance", "Text"))),
    ("cash_receipt", "Quittungen der Barkasse",
     (("day", "Tag"), ("cents", "Betrag"), ("person", "Name"), ("words", "Text"))),
    ("mandate", "Lastschriftmandate",
     (("reference", "Mandat"), ("debtor_name", "Kontoinhaber"), ("iban", "IBAN"), ("signed", "erteilt"),
      ("state", "Stand"))),
    ("letter", "Briefe", (("day", "Tag"), ("kind", "Art"), ("state", "Stand"), ("sum_cents", "Summe"))),
    ("relief", "Stundungen, Ratenpläne, Erlasse",
     (("kind", "Art"), ("state", "Stand"), ("first_day", "ab"), ("last_day", "bis"), ("reason", "Grund"))),
    ("attachment", "Pfändungen und Abtretungen",
     (("kind", "Art"), ("creditor", "Gläubiger"), ("served_on", "zugestellt"), ("ended_on", "beendet"))),
    ("party_lock", "Sperren", (("kind", "Art"), ("reason", "Grund"), ("since", "seit"), ("until", "bis"))),
)  # fmt: skip
MASTER = (
    ("id", "Personennummer"), ("name", "Name"), ("legal_name", "Kontoinhaber"), ("street", "Straße"),
    ("house_number", "Hausnummer"), ("postcode", "Postleitzahl"), ("town", "Ort"), ("country", "Land"),
    ("birth_date", "Geburtstag"), ("vat_id", "USt-IdNr."), ("created_at", "erfasst am"),
)  # fmt: skip
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}:[0-9]{2})[:0-9.]*Z)?")
GERMAN = {
    "opening": "Übernahme", "bank": "Zahlung", "assign": "Zuordnung", "run": "Zahllauf", "setoff": "Aufrechnung",
    "reduction": "Minderung", "relief": "Erlass oder Niederschlagung", "reset": "Rücknahme", "reversal": "Storno",
    "cash": "bar", "own": "eigenes",
    "third_party": "fremdes", "guardian": "Betreuer", "authority": "Behörde", "payment_service": "Zahlungsdienst",
    "active": "gültig", "suspended": "ausgesetzt", "revoked": "widerrufen", "ended": "beendet", "made": "entworfen",
    "released": "freigegeben", "posted": "versandt", "served": "zugestellt", "returned": "zurückgekommen",
    "cancelled": "zurückgezogen", "proposed": "vorgeschlagen", "granted": "bewilligt", "refused": "abgelehnt",
    "withdrawn": "zurückgenommen", "failed": "gescheitert", "lifted": "aufgehoben", "garnishment": "Pfändung",
    "assignment": "Abtretung", "dunning": "Mahnsperre", "enforcement": "Vollstreckungssperre",
    "mahnung": "Mahnung", "ankuendigung": "Vollstreckungsankündigung", "stundung": "Stundung",
    "ratenplan": "Ratenplan", "erlass": "Erlass", "tod": "Todesfall", "insolvenz": "Insolvenz",
}  # fmt: skip
"""What people read for kinds and states; German like everything that goes to persons."""
PURPOSE = (
    "Die Daten werden verarbeitet, um Forderungen und Verbindlichkeiten der Körperschaft zu buchen, einzuziehen, zu "
    "zahlen und zu prüfen (Art. 6 Abs. 1 Buchst. c und e DSGVO). Empfänger sind die anordnenden Ämter, die "
    "beteiligten Banken und, soweit vollstreckt wird, die dafür zuständigen Stellen."
)
ORIGIN = (
    "Die Daten stammen, soweit sie nicht bei der Person selbst erhoben wurden, aus Anordnungen, Listen und Bescheiden "
    "der Ämter, aus Rechnungen, aus Kontoauszügen und Meldungen der Banken (Zahlungen, Kontoverbindungen), aus "
    "Auskünften anderer Behörden und aus dem Bestand, der aus einem früheren Verfahren übernommen wurde (Art. 15 "
    "Abs. 1 Buchst. g DSGVO). Bei Kontoverbindungen steht ihre Herkunft dabei."
)
KEPT = (
    "Bücher werden {book}, Belege {voucher} und Briefe {letter} Jahre nach dem Ende des Kalenderjahres aufbewahrt, "
    "offene Vorgänge länger; danach werden die Daten gelöscht. Bis dahin kann ihre Verarbeitung eingeschränkt werden "
    "(Art. 17 Abs. 3 Buchst. b, Art. 18 DSGVO)."
)
RIGHTS = (
    "Es bestehen Rechte auf Berichtigung, Löschung, Einschränkung der Verarbeitung und Widerspruch (Art. 16 bis 18 "
    "und 21 DSGVO) sowie auf Beschwerde bei der Aufsichtsbehörde für den Datenschutz (Art. 77 DSGVO). Eine "
    "automatisierte Entscheidung im Einzelfall (Art. 22 DSGVO) findet nicht statt."
)


def disclosure_document(found: Disclosure) -> Document:
    """Return what a person reads: their data by subject, what they are for, how long they are kept, their rights."""
    title = f"Auskunft nach Art. 15 DSGVO: {found.name} (Person {found.party})"
    blocks: list[Block] = [Paragraph(f"{found.kasse}, Stand {_german(found.day)}"), *_master(found.rows)]
    years = {name: one.on(found.day).years for name, one in retention().classes.items()}
    for table, heading, columns in GRIDS:
        if rows := found.rows.get(table):
            blocks += [Heading(heading), _grid(columns, rows)]
    if found.events:
        blocks += [Heading("Vorgänge und Zugriffe"), _grid((("at", "Zeitpunkt"), ("action", "Vorgang"),
                   ("object", "Gegenstand")), found.events)]  # fmt: skip
    if found.left_out:
        blocks.append(Paragraph(f"Texte, die auch andere Personen betreffen, sind ausgelassen: {found.left_out}."))
    blocks += [Heading("Zwecke, Empfänger, Herkunft, Dauer, Rechte"), Paragraph(PURPOSE), Paragraph(ORIGIN)]
    blocks += [Paragraph(KEPT.format(**years)), Paragraph(RIGHTS)]
    return Document("disclosure", title, tuple(blocks), footer=title)


def _master(rows: Rows) -> list[Block]:
    blocks: list[Block] = []
    for row in rows.get("party", ()):
        facts = tuple((label, _german(str(row[key]))) for key, label in MASTER if row.get(key) not in (None, ""))
        blocks += [Heading("Stammdaten"), Facts(facts)]
    return blocks


def _grid(columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]]) -> Grid:
    right = frozenset(place for place, (key, _) in enumerate(columns) if key.endswith("cents"))
    return Grid(
        tuple(label for _, label in columns),
        tuple(tuple(_text(key, row.get(key)) for key, _ in columns) for row in rows),
        right,
    )


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key.endswith("cents"):
        return german(int(value))
    return GERMAN.get(str(value), str(value)) if key in {"kind", "state"} else _german(str(value))


def _german(text: str) -> str:
    """Return a day or moment as it is read in Germany, any other text as it is.

    >>> _german("2026-11-02"), _german("2026-11-02T08:30:00Z"), _german("Weg 3")
    ('02.11.2026', '02.11.2026 09:30', 'Weg 3')
    """
    found = _DAY.fullmatch(text)
    if not found:
        return text
    return f"{kasse_time(text):%d.%m.%Y %H:%M}" if found[4] else f"{found[3]}.{found[2]}.{found[1]}"
