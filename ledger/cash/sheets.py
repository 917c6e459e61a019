"""Sheets of a desk, in German: the receipt (Quittung) that payer or payee gets, and the protocol of a count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ledger.cash.count_store import CountDone
from ledger.cash.desks import Desk
from ledger.cash.receipts import Part, Receipt
from ledger.cash.transport_reader import Cheque
from ledger.documents import Block, Document, Facts, Grid, Heading, Paragraph, Signatures
from sepa.money import german

_TITLES = {"take": "Quittung", "pay": "Auszahlungsquittung", "cancel": "Stornoquittung"}
_TENDERS = {"cash": "bar", "card": "mit Karte", "cheque": "mit Scheck"}
_PARTS = {
    "settled": "Forderung", "paid": "Auszahlung", "credit": "Guthaben", "suspense": "zur Klärung verwahrt",
}  # fmt: skip
_RESERVE = (
    "Der Scheck wird unter dem Vorbehalt der Einlösung angenommen (Eingang vorbehalten). Die Zahlung gilt drei Tage "
    "nach Eingang des Schecks als bewirkt (§ 224 Abs. 2 Nr. 1 AO). Wird er nicht eingelöst, lebt die Forderung mit "
    "ihrer alten Fälligkeit wieder auf; die Kosten der Rückgabe kommen hinzu."
)


def receipt_sheet(receipt: Receipt, desk: Desk, town: str) -> Document:
    """Return a receipt as a sheet: amount in figures, what it is for, desk, officer, number."""
    amount = f"{german(abs(receipt.amount_cents))} EUR"
    rows = [("Nummer", receipt.number), ("Betrag", amount), ("Datum", _day(receipt.day))]
    rows += [("Zahlungsweg", _tender(receipt)), *_person(receipt)]
    if receipt.cancels is not None:
        rows.append(("Storniert", receipt.cancels))
    if receipt.words:
        rows.append(("Grund" if receipt.kind == "cancel" else "Vermerk", receipt.words))
    rows += [("Kasse", f"{desk.name} ({desk.code})"), ("Kassenverwalter", receipt.officer), ("Buchung", receipt.entry)]
    blocks: list[Block] = [Facts(tuple(rows))]
    if receipt.parts:
        body = tuple(_part(part) for part in receipt.parts)
        blocks += [Heading("Wofür"), Grid(("Art", "Kassenzeichen", "Zweck", "Betrag"), body, frozenset({3}))]
    blocks += _closing(receipt, amount)
    title = f"{_TITLES[receipt.kind]} {receipt.number}"
    return Document("receipt", title, tuple(blocks), footer=f"{town}, {title}")


def _person(receipt: Receipt) -> list[tuple[str, str]]:
    if not receipt.person:
        return []
    return [("Empfangen von" if receipt.amount_cents > 0 else "Gezahlt an", receipt.person)]


def _tender(receipt: Receipt) -> str:
    more = receipt.cheque and f"Nummer {receipt.cheque}"
    more = more or (receipt.terminal and f"Terminal {receipt.terminal}")
    return f"{_TENDERS[receipt.tender]}{f', {more}' if more else ''}"


def _part(part: Part) -> tuple[str, str, str, str]:
    name = part.reference or f"{part.office}/{part.item}"
    return _PARTS[part.kind], name, part.purpose or "", f"{german(part.amount_cents)} EUR"


def _closing(receipt: Receipt, amount: str) -> list[Block]:
    """Return what is said below, and who signs: the officer for money taken, the payee for money paid."""
    if receipt.kind == "pay":
        return [Paragraph(f"{amount} bar erhalten."), Signatures(("Datum, Unterschrift des Empfängers",))]
    if receipt.kind == "cancel":
        text = f"Die Quittung {receipt.cancels} ist durch diese Gegenquittung aufgehoben."
        return [Paragraph(text), Signatures(("Datum, Unterschrift Kasse", "Datum, Unterschrift des Einzahlers"))]
    blocks: list[Block] = [Paragraph(_RESERVE)] if receipt.tender == "cheque" else []
    if receipt.cancelled_by is not None:
        blocks.append(Paragraph(f"Storniert durch {receipt.cancelled_by}."))
    return [*blocks, Signatures(("Datum, Unterschrift Kasse",))]


def count_sheet(
    count: CountDone,
    desk: Desk,
    pieces: Mapping[int, int],
    cheques: Sequence[Cheque],
    signed: tuple[str, str | None, str | None],
) -> Document:
    """Return the protocol of a count: notes and coins, Soll, Ist, difference, cheques in the drawer, two persons."""
    rows = tuple(
        (str(number), f"{german(value)} EUR", f"{german(value * number)} EUR")
        for value, number in sorted(pieces.items(), reverse=True)
    )
    facts = [
        ("Kasse", f"{desk.name} ({desk.code})"), ("Tag", _day(count.day)), ("Soll", _eur(count.expected_cents)),
        ("Ist", _eur(count.counted_cents)), ("Unterschied", _eur(count.difference_cents)),
    ]  # fmt: skip
    if count.case is not None:
        what = "Verwahrung" if count.difference_cents > 0 else "Vorschuss"
        facts.append(("Gebucht als", f"{what}, Fall {count.case}"))
    facts += [("Gezählt von", signed[0]), ("Bestätigt von", signed[1] or "–")]
    if signed[2] is not None:
        facts.append(("Verworfen von", signed[2]))
    blocks: list[Block] = [Facts(tuple(facts)), Heading("Noten und Münzen")]
    blocks.append(Grid(("Stück", "Wert", "Summe"), rows, frozenset({0, 1, 2})) if rows else Paragraph("Keine."))
    if cheques:
        held = tuple((one.receipt, one.cheque, _eur(one.amount_cents)) for one in cheques)
        blocks += [Heading("Schecks"), Grid(("Quittung", "Nummer", "Betrag"), held, frozenset({2}))]
    blocks.append(Signatures(("Datum, erste Unterschrift", "Datum, zweite Unterschrift")))
    title = f"Kassensturz {desk.code}/{count.number}"
    return Document("count", title, tuple(blocks), footer=title)


def _eur(cents: int) -> str:
    return f"{german(cents)} EUR"


def _day(day: str) -> str:
    return dt.date.fromisoformat(day).strftime("%d.%m.%Y")
