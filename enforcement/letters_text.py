"""The wording of letters: plain text with placeholders that an office edits, read, checked and filled in.

    Betreff: Mahnung
    # a line for the office itself
    [wenn gebuehren] Für diese Mahnung haben wir {gebuehren} EUR erhoben.
    == Überschrift
    - Punkt einer Liste
    {posten}

Paragraphs are parted by blank lines. `[wenn NAME]` and `[ohne NAME]` before a paragraph keep it only where the
placeholder has a value, or has none. A block such as `{posten}` stands alone. `{{` and `}}` are braces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from enforcement.letters import KINDS, PLAIN_PAGE, UnknownLetterKindError
from sepa.errors import N_, KasseError, Place

BLOCKS: Mapping[str, str] = {
    "posten": N_("the table of claims with the sum"),
    "zahlung": N_("sum, account and reference, with the code for banking apps"),
    "raten": N_("the table of instalments"),
    "einzuege": N_("the table of collections before a direct debit, with the sum"),
    "tagessummen": N_("what is collected together on each day"),
    "mandat": N_("creditor, mandate and account of a direct debit"),
    "rechtsbehelf": N_("the remedy by the law of the claim"),
    "unterschrift": N_("the greeting and signature of the letterhead"),
    "neue_seite": N_("what follows begins on a new page"),
}
"""What a paragraph of its own may be, and what it is."""
WORDS: Mapping[str, str] = {
    "name": N_("name of the debtor"),
    "anschrift": N_("address of the debtor in one line"),
    "kassenzeichen": N_("the reference of the letter"),
    "brief": N_("the number of the letter"),
    "betrag": N_("the whole sum"),
    "hauptforderung": N_("the sum of the claims themselves"),
    "zuschlaege": N_("surcharges and interest; empty where there are none"),
    "gebuehren": N_("fees and lump sums for default; empty where there are none"),
    "verzugspauschale": N_("lump sums for default (§ 288 (5) BGB); empty where there are none"),
    "verzugsrecht": N_("the norm of interest where the debtor of a claim is no consumer; empty where there is none"),
    "datum": N_("the day of the letter"),
    "stichtag": N_("the day up to which charges are reckoned"),
    "zahlungsstand": N_("the bank day up to which payments are taken into account"),
    "abgezogen": N_("what was paid, set off or taken off the claims before; empty where there is nothing"),
    "vollstreckbar": N_("ja where a claim is enforced without a court; empty where none is"),
    "gerichtlich": N_("ja where a claim needs the judgment of a court first; empty where none does"),
    "gesamtschuldner": N_("who else owes the claims; empty where nobody does"),
    "mehrere_posten": N_("how many claims the letter is about; empty where it is one"),
    "frist": N_("the last day of the term, or the term in words"),
    "frist_tag": N_("the last day of the term; empty where only the service fixes it"),
    "rechtsgrund": N_("the norm of this step"),
    "kasse": N_("the name of the Kasse"),
    "iban": N_("the account of the Kasse"),
    "behoerde": N_("where a remedy is lodged"),
    "rechtsbehelfsfrist": N_("the term of the remedy in words; empty where there is none"),
    "bekanntgabe": N_("the norm of notice by post"),
    "beginn": N_("first day of a relief, of death or of insolvency"),
    "ende": N_("last day of a relief"),
    "wiedervorlage": N_("the day on which a Niederschlagung is looked at again"),
    "art": N_("the kind of relief in words"),
    "grund": N_("the reason of a proposal, for the file"),
    "entscheidung": N_("the reason of a decision, for the debtor"),
    "aktenzeichen": N_("the reference of a relief; of an insolvency the court and its number"),
    "unterlage": N_("the document of a relief; empty for an insolvency"),
    "raten_anzahl": N_("number of instalments"),
    "erstattung": N_("what is given back of what was paid; empty where nothing is"),
    "zinsen": N_("interest of the instalments; empty where there is none"),
    "nachrang": N_("the sum of subordinate claims; empty where there is none"),
    "rangstellen": N_("the rank of each part of them; empty where there is none"),
    "glaeubiger_id": N_("the creditor identifier of direct debits"),
    "mandatsreferenz": N_("the reference of the mandate"),
    "kontoinhaber": N_("who owns the account that is debited"),
    "mehrere_tage": N_("on how many days is collected; empty where sums by day say nothing more"),
    "empfaenger": N_("who gets the letter"),
}
"""What may stand in the text, and what it is; amounts come as 1.234,56, days as 21.11.2026."""
REMEDY = "rechtsbehelf-"
"""Before the name of a remedy: its wording."""
SUBJECT = "Betreff:"
_PLACE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
_UNSEEN_BUT_MEANT = "\t\u00ad\u200c\u200d\ufeff"  # tab, soft hyphen, joiners, byte order mark
_CONDITION = re.compile(r"\[(wenn|ohne) ([^\]\n]*)\]\s*")
_LONE = re.compile(r"\{(\w+)\}")
LineKind = Literal["paragraph", "heading", "list", "block"]


class WordingPlaceholderError(KasseError):
    """A placeholder that letters do not have."""

    code = "wording.placeholder"
    template = N_("there is no placeholder {name}")
    hint = N_("perhaps {near}; see all with 'kasse letter template placeholders'")


class WordingBraceError(KasseError):
    """A brace that belongs to no placeholder."""

    code = "wording.brace"
    template = N_("a brace stands alone: {text}")
    hint = N_("write a placeholder in one pair of braces, and braces of the text twice")


class WordingBlockError(KasseError):
    """A block in the middle of a paragraph."""

    code = "wording.block"
    template = N_("{name} must stand alone, with blank lines around it")
    hint = N_("give it a paragraph of its own")


class WordingSubjectError(KasseError):
    """A wording without a subject line, or with it where none belongs."""

    code = "wording.subject"
    template = N_("the first line must be 'Betreff: …'")
    hint = N_("begin the file with the subject of the letter")


class WordingMissingError(KasseError):
    """A wording that leaves out what its kind of letter must say."""

    code = "wording.missing"
    template = N_("the wording of {kind} lacks {name}")
    hint = N_("add it as a paragraph of its own")


class WordingSignError(KasseError):
    """A sign in a wording that nobody sees: a control character, or one that turns the direction of writing."""

    code = "wording.sign"
    template = N_("line {line} has a sign that cannot be printed: {sign}")
    hint = N_("delete it; it often comes along when text is copied from elsewhere")


class WordingEmptyError(KasseError):
    """A wording without text."""

    code = "wording.empty"
    template = N_("the wording of {kind} is empty")
    hint = N_("see 'kasse letter template show {kind}' for the one in force")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list or block of a wording, the line it begins in, and its conditions.

    Conditions are pairs of a placeholder and whether it must have a value.
    """

    kind: LineKind
    lines: tuple[str, ...]
    line: int
    conditions: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording as it was read: what it is for, its subject, its pieces."""

    kind: str
    subject: str
    pieces: tuple[Piece, ...]


def wording_kinds(remedies: Iterator[str] | tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return everything that has a wording: the kinds of letters, their plain pages, the remedies."""
    plain = (name + PLAIN_PAGE for name, kind in KINDS.items() if not kind.internal and not kind.to_other)
    return (*KINDS, *plain, *(REMEDY + name for name in remedies))


def read_wording(kind: str, text: str, known: tuple[str, ...] = ()) -> tuple[Wording | None, tuple[KasseError, ...]]:
    """Return the wording of a text and everything that is wrong with it; raises `UnknownLetterKindError`."""
    if kind not in (known or wording_kinds()):
        raise UnknownLetterKindError(kind=kind, kinds=", ".join(known or wording_kinds()))
    whole = kind in KINDS
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    numbered = [(at, line) for at, line in enumerate(lines, 1) if not line.startswith("#")]
    subject, body = _subject(numbered)
    pieces = tuple(_pieces(body))
    wrong = [error for at, line in numbered for error in _wrong(line, at)]
    wrong += [error for piece in pieces for error in _misplaced(piece)]
    if whole and not subject:
        first = numbered[0][0] if numbered else 1
        wrong.insert(0, WordingSubjectError(line=first, place=Place(line=first)))
    if not pieces:
        wrong.append(WordingEmptyError(kind=kind))
    wrong += _missing(kind, pieces) if whole and pieces else []
    return (None, tuple(wrong)) if wrong else (Wording(kind, subject, pieces), ())


def _subject(lines: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """Return the subject and the lines behind it."""
    for position, (_, line) in enumerate(lines):
        if line.startswith(SUBJECT):
            return line.removeprefix(SUBJECT).strip(), lines[position + 1 :]
        if line.strip():
            break
    return "", lines


def _pieces(lines: list[tuple[int, str]]) -> Iterator[Piece]:
    held: list[tuple[int, str]] = []
    for at, line in [*lines, (0, "")]:
        if line.strip():
            held.append((at, line.rstrip()))
        elif held:
            yield _piece(held)
            held = []


def _piece(held: list[tuple[int, str]]) -> Piece:
    line, conditions = held[0][0], []
    texts = [text for _, text in held]
    while found := _CONDITION.match(texts[0]):
        conditions.append((found[2].strip(), found[1] == "wenn"))
        texts[0] = texts[0][found.end() :]
        if not texts[0] and len(texts) > 1:
            texts = texts[1:]
    kind: LineKind = "paragraph"
    if len(texts) == 1 and (lone := _LONE.fullmatch(texts[0].strip())) and lone[1] in BLOCKS:
        kind, texts = "block", [lone[1]]
    elif texts[0].startswith("== "):
        kind, texts = "heading", [" ".join(text.removeprefix("== ") for text in texts)]
    elif all(text.startswith("- ") for text in texts):
        kind, texts = "list", [text.removeprefix("- ") for text in texts]
    return Piece(kind, tuple(texts), line, tuple(conditions))


def _wrong(text: str, line: int) -> Iterator[KasseError]:
    """Yield unknown placeholders, lone braces and conditions on nothing of a line."""
    place = Place(line=line)
    for found in _PLACE.finditer(text):
        if found[1] is not None and found[1] not in WORDS and found[1] not in BLOCKS:
            yield WordingPlaceholderError(line=line, name=f"{{{found[1]}}}", near=_near(found[1]), place=place)
        elif found[0] in {"{", "}"}:
            yield WordingBraceError(line=line, text=text.strip()[:60], place=place)
    for sign in sorted(set(text)):
        if unicodedata.category(sign) in {"Cc", "Cf"} and sign not in _UNSEEN_BUT_MEANT:
            yield WordingSignError(line=line, sign=f"U+{ord(sign):04X}", place=place)
    for found in _CONDITION.finditer(text):
        if found[2].strip() not in WORDS:
            yield WordingPlaceholderError(line=line, name=found[0].strip(), near=_near(found[2]), place=place)


def _near(name: str) -> str:
    """Return the placeholder that is spelt most like a name."""
    (nearest,) = get_close_matches(name.strip().lower(), (*WORDS, *BLOCKS), n=1, cutoff=0)
    return f"{{{nearest}}}"


def _misplaced(piece: Piece) -> Iterator[KasseError]:
    if piece.kind == "block":
        return
    for offset, text in enumerate(piece.lines):
        for found in _PLACE.finditer(text):
            if found[1] in BLOCKS:
                line = piece.line + offset
                yield WordingBlockError(line=line, name=found[0], place=Place(line=line))


def _missing(kind: str, pieces: tuple[Piece, ...]) -> list[KasseError]:
    blocks = {piece.lines[0] for piece in pieces if piece.kind == "block"}
    return [WordingMissingError(kind=kind, name=f"{{{name}}}") for name in KINDS[kind].needs if name not in blocks]


def kept(wording: Wording, values: Mapping[str, str]) -> Iterator[Piece]:
    """Yield the pieces whose conditions hold for these values."""
    for piece in wording.pieces:
        if all(bool(values.get(name)) == wanted for name, wanted in piece.conditions):
            yield piece


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders replaced; what is put in is never read again.

    >>> filled("{{x}} {betrag} EUR", {"betrag": "1,00 {name}"})
    '{x} 1,00 {name} EUR'
    """

    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return values.get(found[1], "")

    return _PLACE.sub(value, text)
