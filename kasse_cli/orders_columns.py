"""The columns of lists of orders and open items: their names, how their cells are read, what the template says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kasse_cli.columns import Kind
from kasse_cli.i18n import language
from kasse_cli.order_words import CHOICES, OTHER_WORDS, PAYABLE_WORDS, PROFILES, RECEIVABLE_WORDS
from kasse_cli.params import parse_day
from kasse_cli.spreadsheets import (
    Cell,
    cell_amount_cents,
    cell_choice,
    cell_count,
    cell_day,
    cell_flag,
    cell_iban,
    cell_reference,
    cell_text,
)
from kasse_cli.spreadsheets.cells import told_in_words
from ledger.items.order_rules import tidy
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

FIELDS = {
    "every": "every_months",
    "lock": "lock_kind",
    "amount": "amount_cents",
    "original_amount": "amount_cents",
    "open_amount": "open_cents",
    "party": "party_number",
}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its stable key, the field it fills, the names understood, its reader, what people are told.

    The first name heads German templates, the key English ones; `choices` are (English, German) words, in an `open`
    list others are taken, too.
    """

    key: str
    names: tuple[str, ...]
    read: Callable[[Cell], Any]
    explanation: str
    kind: Kind = "text"
    choices: tuple[tuple[str, str], ...] = ()
    open: bool = False

    def __post_init__(self) -> None:
        if self.choices and not self.open:
            object.__setattr__(self, "read", told_in_words(self.read, self.choices))

    @property
    def target(self) -> str:
        """The field of a row that the column fills."""
        return FIELDS.get(self.key, self.key)

    @property
    def heading(self) -> str:
        """The name of the column in the language of this run."""
        return self.names[0] if language() == "de" else self.key


def _text(cell: Cell) -> str:
    return tidy(cell_text(cell))


def _office(cell: Cell) -> str:
    return _text(cell).upper()


def _reference(cell: Cell) -> str:
    return tidy(cell_reference(cell))


def _day(cell: Cell) -> str:
    return cell_day(cell).isoformat()


def _plain_reference(text: str) -> str | None:
    return None if "E" in text or "e" in text else tidy(text)  # 1,23E+12 is a number that lost its digits


def _plain_amount(text: str) -> int | None:
    try:
        return parse_amount(text)
    except KasseError:
        return None


@lru_cache(maxsize=4096)
def _plain_day(text: str) -> str | None:
    try:
        day = parse_day(text)
    except KasseError:
        return None
    return day.isoformat() if 1900 <= day.year < 2200 else None


PLAIN: dict[Callable[[Cell], Any], Callable[[str], Any]] = {
    _text: tidy,
    _office: lambda text: tidy(text).upper(),
    _reference: _plain_reference,
    _day: _plain_day,
    cell_amount_cents: _plain_amount,
}
"""The same readers for a text, without a place for what is wrong with it: None leaves it to the full reader."""


def _flag(cell: Cell) -> int:
    return int(cell_flag(cell))


def _words(**more: tuple[str, ...]) -> Callable[[Cell], str]:
    groups = {"receivable": RECEIVABLE_WORDS, "payable": PAYABLE_WORDS, **more}
    return cell_choice({word: kind for kind, words in groups.items() for word in words})


OFFICE = ListColumn("office", ("Amt", "Dienststelle", "Buchungskreis"), _office, N_("the office's code in the book"))
KIND = ListColumn(
    "kind", ("Art", "Anordnungsart"), _words(), N_("whether money comes in (receivable) or goes out (payable)"),
    choices=CHOICES,
)  # fmt: skip
PARTY = (
    ListColumn(
        "name", ("Name", "Zahlungspflichtiger", "Empfänger", "Schuldner", "Firma"), _text,
        N_("first name and surname or company; for a payable the account holder, at most 70 characters"),
    ),
    ListColumn("street", ("Straße", "Strasse"), _text, N_("needed for a receivable; the house number may stand here")),
    ListColumn("house_number", ("Hausnummer", "Haus-Nr.", "Hausnr", "Nr"), _text, N_("the number of the house")),
    ListColumn("postcode", ("PLZ", "Postleitzahl"), _text, N_("five digits in Germany, needed for a receivable there")),
    ListColumn("town", ("Ort", "Stadt", "Wohnort"), _text, N_("needed for a receivable")),
    ListColumn("country", ("Land", "Staat"), _text, N_("two letters such as DE or AT; blank is Germany")),
    ListColumn("birth_date", ("Geburtsdatum", "geboren am"), _day, N_("tells people of one name apart"), "day"),
    ListColumn(
        "bank_account", ("IBAN", "Bankverbindung", "Konto"), cell_iban, N_("the IBAN; needed for a payable"),
    ),
)  # fmt: skip
AMOUNT = ListColumn("amount", ("Betrag", "Summe"), cell_amount_cents, N_("in euros, above zero"), "cents")
DUE = ListColumn(
    "due", ("Fälligkeit", "Fällig", "fällig am", "Fälligkeitsdatum"), _day,
    N_("the day the money is due; it may lie in the past"), "day",
)  # fmt: skip
REFERENCE = (
    ListColumn(
        "reference", ("Kassenzeichen", "Referenz", "Rechnungsnummer"), _reference,
        N_("receivable: blank gives a new Kassenzeichen; payable: the payee's own number, at most 35 characters"),
    ),
    ListColumn(
        "reference_foreign", ("Kassenzeichen fremd", "fremdes Kassenzeichen"), _flag,
        N_("yes, if the Kassenzeichen was given by another system and follows no scheme of this book"),
    ),
)  # fmt: skip
CODING = (
    ListColumn(
        "purpose", ("Verwendungszweck", "Grund", "Zweck", "Betreff"), _text, N_("what it is for; letters print it")
    ),
    ListColumn("gl_account", ("Sachkonto", "Kontierung"), _text, N_("blank takes the default of the profile or kind")),
    ListColumn(
        "profile", ("Profil", "Rechtsprofil"), _text,
        N_("the law that governs the claim; 'kasse law rates list --kind profiles' explains the names"),
        choices=tuple((name, name) for name in PROFILES), open=True,
    ),
    ListColumn(
        "claim_kind", ("Forderungsart",), _text, N_("the kind of claim, for charges and the order of settlement")
    ),
)  # fmt: skip
LAW = (
    ListColumn("notice_date", ("Bescheiddatum", "Bescheid vom"), _day, N_("the date of the notice"), "day"),
    ListColumn("served_on", ("Zugestellt", "zugestellt am", "Bekanntgabe"), _day, N_("when it was served"), "day"),
    ListColumn("final_on", ("Bestandskraft", "bestandskräftig am", "rechtskräftig am"), _day,
               N_("since when it cannot be contested"), "day"),
    ListColumn("enforceable", ("Vollstreckbar",), _flag, N_("whether it can be enforced: yes or no")),
    ListColumn("debt_reason", ("Schuldgrund",), _text, N_("the reason of the debt, for enforcement")),
    ListColumn("period_from", ("Zeitraum von",), _day, N_("the first day it is for"), "day"),
    ListColumn("period_to", ("Zeitraum bis",), _day, N_("the last day it is for"), "day"),
    ListColumn("joint_group", ("Gesamtschuldner",), _text,
               N_("a word of your own, such as G1, in the rows of all joint debtors of a claim; office, amount, due "
                  "day and purpose are the same in these rows")),
    ListColumn("main_reference", ("Hauptforderung",), _reference,
               N_("of a side claim: the Kassenzeichen of its main claim")),
    ListColumn("cost_object", ("Kostenstelle", "Kostenträger"), _text,
               N_("the cost object of the line, from the list of the book if it keeps one")),
    ListColumn("product", ("Produkt",), _text, N_("the product of the line, likewise")),
    ListColumn("budget_year", ("Haushaltsjahr",), _text, N_("the budget year of the line, likewise")),
    ListColumn("document", ("Beleg", "Aktenzeichen", "Dokument"), _text, N_("where the papers are")),
)  # fmt: skip
ORDER_KEY = ListColumn(
    "order_key", ("Anordnungsschlüssel", "Schlüssel"), _text,
    N_("the same text in several rows makes them lines of one order; they differ in amount and coding only"),
)  # fmt: skip
_INTERVAL_WORDS: dict[str, int] = {
    word: months
    for months, words in {
        1: ("monthly", "monatlich", "1"), 2: ("every second month", "zweimonatlich", "2"),
        3: ("quarterly", "vierteljährlich", "quartalsweise", "3"), 6: ("half-yearly", "halbjährlich", "6"),
        12: ("yearly", "jährlich", "12"),
    }.items()
    for word in words
}  # fmt: skip
_interval = cell_choice({word: word for word in _INTERVAL_WORDS})


def _months(cell: Cell) -> int:
    return _INTERVAL_WORDS[_interval(cell)]


SCHEDULE = (
    ListColumn(
        "every", ("Turnus", "Rhythmus"), _months, N_("makes it a standing order: how often the amount falls due"),
        choices=(("monthly", "monatlich"), ("every second month", "zweimonatlich"), ("quarterly", "vierteljährlich"),
                 ("half-yearly", "halbjährlich"), ("yearly", "jährlich")),
    ),
    ListColumn("last_due", ("Letzte Fälligkeit", "befristet bis"), _day,
               N_("of a standing order: the last day it may fall due"), "day"),
)  # fmt: skip
_way = cell_choice(
    {"direct debit": "direct_debit", "Lastschrift": "direct_debit", "direct_debit": "direct_debit",
     "SEPA-Lastschrift": "direct_debit", "Abbuchung": "direct_debit", "transfer": "", "Überweisung": ""}
)  # fmt: skip


def _paid_by(cell: Cell) -> str | None:
    return _way(cell) or None


PAID_BY = ListColumn(
    "paid_by", ("Zahlungsweg", "Zahlweg"), _paid_by,
    N_("of a payable: direct debit where the payee collects it, then it is never paid and needs no IBAN"),
    choices=(("direct debit", "Lastschrift"), ("transfer", "Überweisung")),
)  # fmt: skip
BIC = ListColumn(
    "bic", ("BIC",), cell_iban, N_("the BIC of the account's bank; wanted outside the EEA, as in CH or GB, else blank")
)
PURPOSE_CODE = ListColumn(
    "purpose_code", ("Zweckcode", "Purpose Code"), cell_iban,
    N_("of a payable: what the payee's bank shall know it for, by ISO 20022: SSBE social benefit, SALA salary, PENS"),
)  # fmt: skip
ORDER_COLUMNS = (
    OFFICE, KIND, *PARTY, AMOUNT, DUE, *REFERENCE, *CODING, *LAW, ORDER_KEY, *SCHEDULE, PAID_BY, BIC, PURPOSE_CODE,
)  # fmt: skip
NEEDED = ("office", "kind", "name", "amount", "due", "purpose")

ITEM_KIND = ListColumn(
    "kind", KIND.names, _words(**OTHER_WORDS), N_("what is open: a claim, a debt, a credit or unclear money"),
    choices=(*CHOICES, ("credit", "Guthaben"), ("suspense", "Verwahrung"), ("advance", "Vorschuss")),
)  # fmt: skip
_lock = cell_choice(
    {"dunning": "dunning", "Mahnsperre": "dunning", "payment": "payment", "Zahlsperre": "payment",
     "enforcement": "enforcement", "Vollstreckungssperre": "enforcement"}
)  # fmt: skip
PARTY_NUMBER = ListColumn(
    "party", ("Personenkonto", "Personennummer", "Debitor"), _text,
    N_("the number of the person in the old system, as the list of parties has it; then name and address may be blank"),
)  # fmt: skip
TAKEN_OVER = (
    ListColumn("open_amount", ("Offener Betrag", "offen", "Restbetrag"), cell_amount_cents,
               N_("what is still open, in euros, above zero"), "cents"),
    ListColumn("original_amount", ("Ursprungsbetrag", "Betrag", "amount"), cell_amount_cents,
               N_("what was demanded at first; blank is the open amount"), "cents"),
    ListColumn("due", DUE.names, _day, N_("the day it is due now"), "day"),
    ListColumn("original_due", ("Ursprüngliche Fälligkeit", "erste Fälligkeit"), _day,
               N_("the first due day, if it was put off"), "day"),
    ListColumn("dunning_level", ("Mahnstufe",), cell_count, N_("0 to 9; blank is 0"), "count"),
    ListColumn("dunned_on", ("Gemahnt am", "letzte Mahnung"), _day, N_("the day of the last dunning letter"), "day"),
    ListColumn("lock", ("Sperre",), _lock, N_("what must not happen to it: dunning, payment or enforcement"),
               choices=(("dunning", "Mahnsperre"), ("payment", "Zahlsperre"), ("enforcement", "Vollstreckungssperre"))),
    ListColumn("lock_until", ("Sperre bis",), _day, N_("the last day of the lock; blank is until lifted"), "day"),
    ListColumn("lock_reason", ("Sperrgrund",), _text, N_("why it is locked")),
    ListColumn("owner", ("Bearbeiter", "Sachbearbeitung"), _text,
               N_("of unclear money: the user of this book who works on it")),
    ListColumn("hold_until", ("Ruht bis", "Wiedervorlage"), _day,
               N_("of unclear money: until when nobody need look at it"), "day"),
)  # fmt: skip
CONTROL = ListColumn(
    "gl_account",
    ("Sachkonto", "Abstimmkonto"),
    _text,
    N_("the control account; blank is the one of the kind and profile"),
)
ITEM_COLUMNS = (
    OFFICE, ITEM_KIND, PARTY_NUMBER, *PARTY, *TAKEN_OVER, *REFERENCE, CODING[0], CONTROL, *CODING[2:],
    *(column for column in LAW if column.key not in ("cost_object", "product", "budget_year", "joint_group")),
    BIC,
)  # fmt: skip
ITEM_NEEDED = ("office", "kind", "open_amount", "due")

FINDING = "finding"
REJECT_NAMES = ("Befund",)
"""A column of lists of rejected rows: what was wrong with them; it is not read again."""
