"""The letter before a direct debit (Vorabankündigung) as data, in the office's own wording and letterhead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from enforcement.letters_content import LAYOUT, Content, day, information, paragraph, signature
from enforcement.letters_paper import Addressee, Paper
from enforcement.letters_text import WORDS, Wording, filled, kept
from ledger.payments.collection_notices import Notice
from sepa.debits import Scheme
from sepa.identifiers import format_iban
from sepa.money import german

NOTICE = "vorabankuendigung"
"""The name of its wording."""
SCHEMES: Mapping[Scheme, str] = {"CORE": "SEPA-Basislastschrift", "B2B": "SEPA-Firmenlastschrift"}


def compose_notice(notice: Notice, wording: Wording, plain: Wording | None, head: Mapping[str, str]) -> Content:
    """Return the letter as data: creditor and identifier, mandate, account, sums and days (EPC016-06)."""
    paper = Paper()
    given = Addressee(notice.debtor, notice.street, notice.house_number, notice.postcode, notice.town, notice.country)
    values = {
        name: paper.plain(text) for name, text in (dict.fromkeys(WORDS, "") | _values(notice, given, paper)).items()
    }
    mark = notice.mandate_reference
    return {
        "layout": LAYOUT,
        "number": notice.number,
        "kind": NOTICE,
        "made_at": f"{notice.sent_on}T00:00:00+00:00",
        "window": True,
        "head": [paper.plain(line) for line in head.get("kopf", notice.creditor_name).split("\n") if line],
        "sender": paper.plain(head.get("absender", notice.creditor_name).replace("\n", " · ")),
        "remarks": [],
        "address": given.lines(paper),
        "information": information("Mandat", mark, head, notice.sent_on, paper),
        "subject": paper.wrapped(filled(wording.subject, values)),
        "blocks": [*_blocks(notice, wording, values, head, paper)],
        "plain": [*_blocks(notice, plain, values, head, paper)] if plain is not None else [],
        "foot": [paper.plain(line) for line in head.get("fuss", "").split("\n") if line],
        "mark": mark,
        "term_end": None,
        "sum_cents": notice.total_cents,
    }


def _values(notice: Notice, given: Addressee, paper: Paper) -> dict[str, str]:
    return {
        "name": notice.debtor,
        "empfaenger": notice.debtor,
        "anschrift": given.in_line(paper),
        "betrag": german(notice.total_cents),
        "datum": day(notice.sent_on),
        "kasse": notice.creditor_name,
        "brief": str(notice.number or ""),
        "glaeubiger_id": notice.creditor_id,
        "mandatsreferenz": notice.mandate_reference,
        "kontoinhaber": notice.holder,
        "mehrere_tage": str(len(notice.days)) if 1 < len(notice.days) < len(notice.lines) else "",
    }


def _blocks(
    notice: Notice, wording: Wording, values: Mapping[str, str], head: Mapping[str, str], paper: Paper
) -> Iterator[Content]:
    for piece in kept(wording, values):
        if piece.kind != "block":
            yield paragraph(piece, values, paper)
        elif piece.lines[0] == "unterschrift":
            yield signature(head, notice.creditor_name, paper)
        elif piece.lines[0] == "neue_seite":
            yield {"block": "page"}
        elif piece.lines[0] in _PARTS:
            yield _PARTS[piece.lines[0]](notice, paper)


def _collections(notice: Notice, paper: Paper) -> Content:
    rows = [
        [day(one.collection_day), paper.cell(one.reference), paper.cell(one.purpose or "Forderung"), german(one.cents)]
        for one in notice.lines
    ]
    rows.append(["Summe in EUR", "", "", german(notice.total_cents)])
    return _grid(["Einzug am", "Kassenzeichen", "Wofür", "Betrag"], rows, 2)


def _days(notice: Notice, paper: Paper) -> Content:
    del paper
    rows = [[day(one.collection_day), german(one.cents)] for one in notice.days]
    rows.append(["Summe in EUR", german(notice.total_cents)])
    return _grid(["Einzug am", "Betrag"], rows, 1)


def _grid(head: list[str], rows: list[list[str]], wide: int) -> Content:
    return {"block": "grid", "head": head, "rows": rows, "right": [len(head) - 1], "wide": wide, "total": True}


def _mandate(notice: Notice, paper: Paper) -> Content:
    rows = (
        ("Gläubiger", notice.creditor_name),
        ("Gläubiger-Identifikationsnummer", notice.creditor_id),
        ("Mandatsreferenz", notice.mandate_reference),
        ("Art der Lastschrift", SCHEMES[notice.scheme]),
        ("Kontoinhaber", notice.holder),
        ("IBAN", format_iban(notice.iban)),
    )
    return {"block": "facts", "rows": [[label, paper.wrapped(text)] for label, text in rows]}


_PARTS = {"einzuege": _collections, "tagessummen": _days, "mandat": _mandate}
