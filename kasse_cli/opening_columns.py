"""The lists of a take-over beside items and balances: their names, their columns, what the template says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kasse_cli import mandate_lists
from kasse_cli.i18n import language
from kasse_cli.orders_columns import (
    BIC,
    ITEM_COLUMNS,
    ITEM_NEEDED,
    OFFICE,
    PARTY,
    PARTY_NUMBER,
    REFERENCE,
    TAKEN_OVER,
    ListColumn,
)
from kasse_cli.spreadsheets import Cell, cell_amount_cents, cell_choice, cell_day, cell_flag, cell_iban, cell_text
from kasse_cli.spreadsheets.rows import Value
from ledger.items.kassenzeichen import compact
from ledger.items.order_rules import tidy
from sepa.errors import N_


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list of a take-over: its English and German name, columns, those every row needs, examples."""

    key: str
    german: str
    columns: tuple[ListColumn, ...]
    needed: tuple[str, ...]
    about: str
    examples: tuple[Mapping[str, Value], ...] = ()

    @property
    def names(self) -> tuple[str, str]:
        """The names that a file or a sheet of it may have."""
        return self.key, self.german

    @property
    def title(self) -> str:
        """Its name in the language of this run."""
        return self.german if language() == "de" else self.key


def _text(cell: Cell) -> str:
    return tidy(cell_text(cell))


def _day(cell: Cell) -> str:
    return cell_day(cell).isoformat()


def _reference(cell: Cell) -> str:
    return compact(str(REFERENCE[0].read(cell)))


def _flag(cell: Cell) -> int:
    return int(cell_flag(cell))


BALANCE_COLUMNS = (
    OFFICE,
    ListColumn(
        "account", ("Sachkonto", "Konto", "IBAN"), _text, N_("the account's number, or the IBAN of a bank account")
    ),
    ListColumn(
        "amount", ("Saldo", "Betrag"), cell_amount_cents, N_("the balance in euros: debit positive, credit negative"),
        "cents",
    ),
)  # fmt: skip
BALANCE_NEEDED = ("office", "account", "amount")
_ACCOUNT_WORDS = {
    "own": ("own", "eigenes"), "third_party": ("third_party", "Dritter"), "guardian": ("guardian", "Betreuer"),
    "authority": ("authority", "Behörde"), "payment_service": ("payment_service", "Zahlungsdienst"),
}  # fmt: skip
_kind_of_account = cell_choice({word: kind for kind, words in _ACCOUNT_WORDS.items() for word in words})
_PLAN_WORDS = {"ratenplan": "ratenplan", "Ratenzahlung": "ratenplan", "stundung": "stundung"}
_SINCE = ("Gültig ab", "ab", "von")
_UNTIL = ("Gültig bis", "bis")
ITEM_REFERENCE = ListColumn(
    "reference", ("Kassenzeichen", "Referenz"), _reference, N_("the Kassenzeichen of the items, as their list has it")
)
PARTIES = ListKind(
    "parties", "personen",
    (
        PARTY_NUMBER,
        *PARTY[:1],
        ListColumn("legal_name", ("Rechtlicher Name", "Kontoinhaber"), _text,
                   N_("the name of the account holder, where it is another")),
        *(column for column in PARTY[1:] if column.key != "bank_account"),
        ListColumn("vat_id", ("USt-IdNr", "Umsatzsteuer-ID"), _text, N_("of companies")),
    ),
    ("party", "name"),
    N_("who owes and who is paid, with the numbers of the old system"),
    (
        {"party": "47110815", "name": "Erika Musterfrau", "street": "Gartenweg", "house_number": "3",
         "postcode": "20999", "town": "Musterstadt", "birth_date": dt.date(1981, 4, 12)},
    ),
)  # fmt: skip
ACCOUNTS = ListKind(
    "accounts", "bankverbindungen",
    (
        PARTY_NUMBER,
        ListColumn("bank_account", ("IBAN", "Bankverbindung"), cell_iban, N_("one IBAN of the person; a row for each")),
        ListColumn("account_kind", ("Art",), _kind_of_account, N_("whose account it is; blank is own"),
                   choices=tuple((english, words[1]) for english, words in _ACCOUNT_WORDS.items())),
        ListColumn("since", _SINCE, _day, N_("since when it is used; blank is the day of the take-over"), "day"),
        ListColumn("until", _UNTIL, _day, N_("the last day it was used; blank is until now"), "day"),
        BIC,
    ),
    ("party", "bank_account"),
    N_("the IBANs of persons, several each; only those of the kind own prove who paid"),
    ({"party": "47110815", "bank_account": "DE02120300000000202051", "account_kind": "own"},),
)  # fmt: skip
DEBTORS = ListKind(
    "debtors",
    "gesamtschuldner",
    (OFFICE, ITEM_REFERENCE, PARTY_NUMBER),
    ("office", "reference", "party"),
    N_("who owes a claim jointly with its first debtor"),
    ({"office": "ORDNUNG", "reference": "4711-0815", "party": "47110816"},),
)
_LOCK = next(column for column in TAKEN_OVER if column.key == "lock")
LOCKS = ListKind(
    "locks", "sperren",
    (
        PARTY_NUMBER, OFFICE, ITEM_REFERENCE, _LOCK,
        ListColumn("since", _SINCE, _day, N_("its first day; blank is the day of the take-over"), "day"),
        ListColumn("until", _UNTIL, _day, N_("its last day; blank is until lifted"), "day"),
        ListColumn("reason", ("Grund", "Sperrgrund"), _text, N_("why it is locked")),
    ),
    ("lock",),
    N_("what must not happen to a person (party alone) or to items (office and reference)"),
    ({"party": "47110815", "lock": "dunning", "reason": "Insolvenzantrag gestellt"},),
)  # fmt: skip
EVENTS = ListKind(
    "events", "ereignisse",
    (
        OFFICE, ITEM_REFERENCE,
        ListColumn("event", ("Ereignis", "Art"), _text, N_("what happened in law, a word of 'kasse limitation show'")),
        ListColumn("day", ("Tag", "am"), _day, N_("its day, or the first day of what lasts"), "day"),
        ListColumn("until", _UNTIL, _day, N_("the last day of what lasted"), "day"),
        ListColumn("ongoing", ("Dauert an",), _flag, N_("yes, if it goes on")),
        ListColumn("amount", ("Betrag",), cell_amount_cents, N_("the part of the claim it concerns; blank is all"),
                   "cents"),
        ListColumn("note", ("Bemerkung", "Notiz"), _text, N_("document or file number")),
    ),
    ("office", "reference", "event", "day"),
    N_("what interrupted or suspended limitation, and days that it counts from (assessed, final)"),
    ({"office": "ORDNUNG", "reference": "4711-0815", "event": "measure", "day": dt.date(2025, 5, 2)},),
)  # fmt: skip
PLANS = ListKind(
    "plans", "ratenplaene",
    (
        ListColumn("plan", ("Plan", "Plannummer"), _text, N_("the same word in all rows of one plan")),
        ListColumn("kind", ("Art",), cell_choice(_PLAN_WORDS), N_("ratenplan or stundung; blank is ratenplan"),
                   choices=(("ratenplan", "ratenplan"), ("stundung", "stundung"))),
        OFFICE,
        ListColumn("claims", ("Kassenzeichen", "Forderungen"), _text,
                   N_("the Kassenzeichen of the claims it pays, with blanks between; only in its first row")),
        ListColumn("granted_on", ("Bewilligt am",), _day, N_("the day it was granted; limitation counts it"), "day"),
        ListColumn("due", ("Fälligkeit", "fällig am"), _day, N_("the day of one instalment still to come"), "day"),
        ListColumn("amount", ("Rate", "Betrag"), cell_amount_cents, N_("what is paid of the claims"), "cents"),
        ListColumn("interest", ("Zinsen",), cell_amount_cents, N_("interest paid with it, if it is an item too"),
                   "cents"),
        ListColumn("plan_reference", ("Kassenzeichen des Plans",), _text, N_("what the debtor quotes for instalments")),
        ListColumn("reason", ("Grund",), _text, N_("why it was granted")),
        ListColumn("document", ("Beleg", "Aktenzeichen"), _text, N_("where the papers are")),
    ),
    ("plan", "due", "amount"),
    N_("instalments still to come, a row for each; they sum to what is open of the claims"),
    (
        {"plan": "RP-17", "office": "ORDNUNG", "claims": "4711-0815", "granted_on": dt.date(2026, 9, 1),
         "due": dt.date(2026, 12, 1), "amount": 2500},
        {"plan": "RP-17", "due": dt.date(2027, 1, 2), "amount": 2500},
    ),
)  # fmt: skip
MANDATES = ListKind(
    "mandates", "mandate", mandate_lists.COLUMNS, mandate_lists.NEEDED,
    N_("direct debit mandates with their last use"), mandate_lists.EXAMPLES,
)  # fmt: skip
_PERSON: dict[str, Value] = {
    "name": "Erika Musterfrau", "street": "Gartenweg", "house_number": "3", "postcode": "20999", "town": "Musterstadt",
}  # fmt: skip
ITEMS = ListKind(
    "items", "posten", ITEM_COLUMNS, ITEM_NEEDED,
    N_("everything that is open: claims, debts, credits, unclear money (Verwahrung), Vorschüsse"),
    (
        {"office": "ORDNUNG", "kind": "receivable", **_PERSON, "due": dt.date(2026, 12, 15), "profile": "fee",
         "open_amount": 5000, "original_amount": 12550, "reference": "4711-0815", "reference_foreign": "x",
         "original_due": dt.date(2026, 3, 1), "dunning_level": 1, "dunned_on": dt.date(2026, 4, 1)},
        {"office": "KASSE", "kind": "suspense", "name": "M. Muster", "bank_account": "DE02120300000000202051",
         "open_amount": 4250, "due": dt.date(2026, 10, 7), "purpose": "Rechnung 4712", "owner": "dirk"},
    ),
)  # fmt: skip
BALANCES = ListKind(
    "balances", "salden", BALANCE_COLUMNS, BALANCE_NEEDED,
    N_("the balance of every account, bank accounts and control accounts too"),
    (
        {"office": "KASSE", "account": "DE02120300000000202051", "amount": 1250000},
        {"office": "KASSE", "account": "3000", "amount": -1250000},
    ),
)  # fmt: skip
KINDS: Sequence[ListKind] = (BALANCES, ITEMS, PARTIES, ACCOUNTS, DEBTORS, LOCKS, EVENTS, PLANS, MANDATES)
