"""A letter's whole text as data: composed once from its rows and kept, so that it can be printed again for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from enforcement.letters_facts import CHARGES, FEES, RELIEFS, Frame, LetterClaim, LetterFacts
from enforcement.letters_paper import Paper
from enforcement.letters_ranks import ranks_in_words
from enforcement.letters_remedy_parts import remedy_blocks
from enforcement.letters_text import Piece, Wording, filled, kept
from sepa.calendar import previous_target_day
from sepa.epcqr import QrPayment, payload
from sepa.errors import KasseError
from sepa.identifiers import format_iban
from sepa.money import german

LAYOUT = 1
"""How letters look: the number of the layout in `kasse_cli/documents`; content keeps the one it was made for."""
Content = dict[str, Any]


def compose(facts: LetterFacts, frame: Frame, made_at: str) -> tuple[Content, int]:
    """Return the letter as data, and how many characters could not be printed as they are."""
    paper, mark = Paper(), facts.reference or f"Brief {facts.number}"
    values = {name: paper.plain(text) for name, text in _values(facts, frame, paper).items()}
    subject = filled(frame.wording.subject, values)
    blocks = [*_blocks(facts, frame, frame.wording, values, paper)]
    plain = [*_blocks(facts, frame, frame.plain, values, paper)] if frame.plain is not None else []
    content: Content = {
        "layout": LAYOUT,
        "number": facts.number,
        "kind": facts.kind_name,
        "made_at": made_at,
        "window": not facts.kind.internal,
        "head": [paper.plain(line) for line in _lines(frame.head, "kopf")],
        "sender": paper.plain(frame.head.get("absender", "").replace("\n", " · ")),
        "remarks": [paper.plain(line) for line in _remarks(facts)],
        "address": facts.addressee.lines(paper),
        "information": information("Unser Zeichen", mark, frame.head, frame.planned_on, paper),
        "subject": paper.wrapped(subject),
        "blocks": blocks,
        "plain": plain,
        "foot": [paper.plain(line) for line in _lines(frame.head, "fuss")],
        "mark": mark,
        "term_end": frame.term_end,
        "sum_cents": facts.sum_cents,
    }
    return content, paper.lost


def _lines(head: Mapping[str, str], key: str) -> list[str]:
    return [line for line in head.get(key, "").split("\n") if line]


def _remarks(facts: LetterFacts) -> list[str]:
    if facts.way == "service":
        return ["Gegen Zustellungsnachweis"]
    return []


def information(label: str, mark: str, head: Mapping[str, str], iso: str, paper: Paper) -> list[list[str]]:
    """Return the information block: what the receiver needs to answer, and the day of the letter."""
    rows = [
        (label, mark),
        ("Auskunft gibt", head.get("auskunft", "")),
        ("Telefon", head.get("telefon", "")),
        ("E-Mail", head.get("email", "")),
        ("Sprechzeiten", head.get("sprechzeiten", "").replace("\n", ", ")),
        ("Datum", day(iso)),
    ]
    return [[label, paper.wrapped(value)] for label, value in rows if value]


def day(iso: str | None) -> str:
    """Return a day as German letters write it, '' for none."""
    return dt.date.fromisoformat(iso).strftime("%d.%m.%Y") if iso else ""


def _money(cents: int) -> str:
    return german(cents) if cents else ""


def _values(facts: LetterFacts, frame: Frame, paper: Paper) -> dict[str, str]:
    """Return the value of every placeholder, '' for those that this letter has none for."""
    amounts = sums(facts)
    term = f"bis zum {day(frame.term_end)}" if frame.term_end else frame.term_words and f"{frame.term_words} {_AFTER}"
    values = {
        "name": facts.debtor.name,
        "empfaenger": facts.addressee.name,
        "anschrift": facts.debtor.in_line(paper),
        "kassenzeichen": facts.reference or "",
        "brief": str(facts.number),
        "betrag": german(facts.sum_cents),
        "hauptforderung": german(amounts["claim"]),
        "zuschlaege": _money(amounts["charge"]),
        "gebuehren": _money(amounts["fee"]),
        "verzugspauschale": _money(facts.lump_cents),
        "verzugsrecht": frame.default_norm if amounts["charge"] else "",
        "datum": day(frame.planned_on),
        "stichtag": day(facts.day),
        "zahlungsstand": day(_paid_until(facts.day)),
        "abgezogen": _money(sum(claim.settled_cents for claim in facts.claims)),
        "vollstreckbar": "ja" if frame.enforced else "",
        "gerichtlich": "ja" if frame.court else "",
        "gesamtschuldner": ", ".join(facts.joint),
        "mehrere_posten": str(len(facts.claims)) if len(facts.claims) > 1 else "",
        "frist": term or "umgehend",
        "frist_tag": day(frame.term_end),
        "rechtsgrund": frame.step_norm,
        "bekanntgabe": frame.notice_norm,
        "rechtsbehelfsfrist": frame.remedy_words,
        "kasse": frame.payee.name,
        "iban": format_iban(frame.payee.iban),
        "nachrang": _money(sum(cents for _, cents in frame.ranks)),
        "rangstellen": ranks_in_words(frame.ranks),
        "behoerde": frame.head.get("behoerde", "").replace("\n", ", ") or frame.payee.name,
    }
    return values | _relief_values(facts)


_AFTER = "nach Erhalt dieses Schreibens"


def _paid_until(iso: str) -> str:
    """Return the last bank day that the book is complete for when a letter of a day is proposed."""
    return previous_target_day(dt.date.fromisoformat(iso) - dt.timedelta(days=1)).isoformat()


def _relief_values(facts: LetterFacts) -> dict[str, str]:
    relief = facts.relief
    if relief is None:
        return {}
    of_court = relief.kind == "insolvenz"
    return {
        "beginn": day(relief.first_day),
        "ende": day(relief.last_day),
        "wiedervorlage": day(relief.watch_day),
        "art": RELIEFS.get(relief.kind, relief.kind),
        "grund": relief.reason,
        "entscheidung": relief.decided_reason or "",
        "aktenzeichen": (relief.document if of_court else relief.reference) or "",
        "unterlage": "" if of_court else relief.document or "",
        "raten_anzahl": str(len(relief.instalments) or ""),
        "erstattung": _money(relief.paid_cents),
        "zinsen": _money(sum(one.interest_cents for one in relief.instalments)),
    }


def sums(facts: LetterFacts) -> dict[str, int]:
    """Return what the letter demands, by column: claims, charges, fees."""
    found = {"claim": 0, "charge": sum(one.charge_cents for one in facts.claims), "fee": 0}
    for claim in facts.claims:
        found[claim.column] += claim.open_cents
    found["fee"] += sum(fee.cents for fee in facts.fees)
    return found


def _blocks(
    facts: LetterFacts, frame: Frame, wording: Wording, values: Mapping[str, str], paper: Paper
) -> Iterator[Content]:
    for piece in kept(wording, values):
        if piece.kind == "block":
            yield from _block(piece.lines[0], facts, frame, values, paper)
        else:
            yield paragraph(piece, values, paper)


def paragraph(piece: Piece, values: Mapping[str, str], paper: Paper) -> Content:
    """Return a paragraph, heading or list of a wording with its placeholders filled in."""
    lines = [paper.wrapped(filled(line, values)) for line in piece.lines]
    if piece.kind == "heading":
        return {"block": "heading", "text": " ".join(lines)}
    if piece.kind == "list":
        return {"block": "list", "entries": lines}
    return {"block": "paragraph", "lines": lines}


def _block(name: str, facts: LetterFacts, frame: Frame, values: Mapping[str, str], paper: Paper) -> Iterator[Content]:
    if name == "posten":
        yield claims_table(facts, paper)
    elif name == "zahlung":
        yield _payment(facts, frame, paper)
    elif name == "raten" and facts.relief is not None:
        yield _instalments(facts)
    elif name == "rechtsbehelf":
        yield from remedy_blocks(frame.remedies, values, paper, lambda one, own: _blocks(facts, frame, one, own, paper))
    elif name == "unterschrift":
        yield signature(frame.head, frame.payee.name, paper)
    elif name == "neue_seite":
        yield {"block": "page"}


def signature(head: Mapping[str, str], kasse: str, paper: Paper) -> Content:
    """Return the greeting and signature of a letterhead."""
    greeting = head.get("unterschrift") or f"Mit freundlichen Grüßen\n\n{kasse}"
    return {"block": "signature", "lines": [paper.plain(line) for line in greeting.split("\n")]}


def claims_table(facts: LetterFacts, paper: Paper) -> Content:
    """Return the table of claims: a row for each, columns only where there is something in them, and the sum."""
    total = sums(facts)
    columns = ["claim", *(name for name in ("charge", "fee") if total[name])]
    heads = {"claim": "Betrag", "charge": _charge_head(facts), "fee": "Kosten" if facts.lump_cents else "Gebühren"}
    rows = [[*_named(claim, paper), *_amounts(claim, columns)] for claim in facts.claims]
    for fee in facts.fees:
        cells = [german(fee.cents) if name == "fee" else "" for name in columns]
        rows.append(["", f"{FEES[fee.kind]} ({paper.plain(fee.norm)})", "", *cells, german(fee.cents)])
    rows.append(["Summe in EUR", "", "", *(german(total[name]) for name in columns), german(sum(total.values()))])
    if len(columns) == 1:
        rows = [row[:-1] for row in rows]
    head = ["Kassenzeichen", "Forderung", "Fällig am", *(heads[name] for name in columns), "Zusammen"]
    head = head[: len(rows[0])]
    right = list(range(3, len(head)))
    return {"block": "grid", "head": head, "rows": rows, "right": right, "wide": 1, "total": True}


def _charge_head(facts: LetterFacts) -> str:
    kinds = {one.charge_kind for one in facts.claims if one.charge_cents}
    kinds |= {one.claim_kind for one in facts.claims if one.column == "charge"}
    if kinds == {"saeumniszuschlag"}:
        return "Zuschläge"
    return "Zuschläge, Zinsen" if "saeumniszuschlag" in kinds else "Zinsen"


def _named(claim: LetterClaim, paper: Paper) -> tuple[str, str, str]:
    side = CHARGES.get(claim.claim_kind or "") or (FEES.get(claim.claim_kind or "") if claim.main_item else None)
    words = side or claim.purpose or "Forderung"
    if claim.settled_cents:
        words = f"{words} (ursprünglich {german(claim.amount_cents)})"
    return paper.cell(claim.reference), paper.cell(words), day(claim.due)


def _amounts(claim: LetterClaim, columns: Sequence[str]) -> list[str]:
    cents = {name: claim.open_cents if claim.column == name else 0 for name in columns}
    if "charge" in cents:
        cents["charge"] += claim.charge_cents
    return [_money(cents[name]) for name in columns] + [german(claim.open_cents + claim.charge_cents)]


def _instalments(facts: LetterFacts) -> Content:
    assert facts.relief is not None
    parts = facts.relief.instalments
    interest = sum(one.interest_cents for one in parts)
    rows = [
        [f"{at}. Rate", day(one.due), german(one.cents), german(one.interest_cents),
         german(one.cents + one.interest_cents)]
        for at, one in enumerate(parts, 1)
    ]  # fmt: skip
    whole = sum(one.cents for one in parts)
    rows.append(["Summe in EUR", "", german(whole), german(interest), german(whole + interest)])
    head = ["Rate", "Fällig am", "Betrag", "Zinsen", "Zusammen"]
    if not interest:
        head, rows = head[:3], [row[:3] for row in rows]
    right = list(range(2, len(head)))
    return {"block": "grid", "head": head, "rows": rows, "right": right, "wide": 0, "total": True}


def _payment(facts: LetterFacts, frame: Frame, paper: Paper) -> Content:
    """Return how to pay, with the text of the code for banking apps; none where a code cannot say it."""
    (what, cents), (when, until) = _due(facts), _until(facts, frame)
    rows = [
        [what, f"{german(cents)} EUR"],
        *([[when, day(until)]] if until else []),
        ["Empfänger", paper.wrapped(frame.payee.name)],
        ["IBAN", format_iban(frame.payee.iban)],
        *([["BIC", frame.payee.bic]] if frame.payee.bic else []),
        ["Verwendungszweck", facts.reference or ""],
    ]
    words = f"QR-Code zum Überweisen von {german(cents)} EUR"
    return {"block": "payment", "rows": rows, "qr": _code(facts, frame, cents), "words": words}


def _due(facts: LetterFacts) -> tuple[str, int]:
    """Return what is to be paid next: of a plan its first instalment, else the whole sum."""
    if facts.kind_name == "ratenplan" and facts.relief is not None and facts.relief.instalments:
        first = facts.relief.instalments[0]
        return "Erste Rate", first.cents + first.interest_cents
    return "Betrag", facts.sum_cents


def _until(facts: LetterFacts, frame: Frame) -> tuple[str, str | None]:
    """Return by when it is to be paid, in words and as a day; none where only the service tells."""
    if facts.relief is not None and facts.kind_name == "ratenplan" and facts.relief.instalments:
        return "Fällig am", facts.relief.instalments[0].due
    if facts.relief is not None and facts.kind_name == "stundung":
        return "Fällig am", facts.relief.last_day
    return "Zahlbar bis", frame.term_end


def _code(facts: LetterFacts, frame: Frame, cents: int) -> str:
    if not facts.reference or not cents:
        return ""
    payee = frame.payee
    try:
        return payload(QrPayment(payee.name, payee.iban, cents, remittance=facts.reference, bic=payee.bic))
    except KasseError:  # a sum or name that no transfer form takes: the letter goes out without a code
        return ""
