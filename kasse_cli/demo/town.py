"""Musterstadt and its people, all invented; account numbers have right check digits and lead nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import date

from sepa.identifiers.iban import make_iban

MONDAY = date(2026, 11, 16)
TAKEN_OVER = date(2026, 11, 15)
OPENING_CENTS = 12_500_000


def account(number: int) -> str:
    """Return the n-th invented account number of the demo."""
    return make_iban("DE", f"12030000{number:010d}")


TOWN_ACCOUNT = account(1_000_001)
OFFICES = (("KASSE", "Stadtkasse"), ("ORDNUNG", "Ordnungsamt"), ("BAU", "Bauamt"))
STAFF = (
    ("anna", (("ORDNUNG", "certifier"), ("BAU", "certifier"))),
    ("bernd", (("ORDNUNG", "approver"), ("BAU", "approver"))),
    ("clara", (("*", "cashier"), ("*", "clerk"))),
    ("dirk", (("*", "payments"), ("*", "clerk"))),
    ("emil", (("*", "releaser"), ("*", "head"))),
    ("frida", (("*", "head"),)),
    ("fachverfahren", (("*", "machine"),)),
)
LETTERHEAD = (
    ("kopf", "Stadt Musterstadt|Stadtkasse"),
    ("absender", "Stadtkasse Musterstadt, Rathausplatz 1, 20999 Musterstadt"),
    ("telefon", "040 1234-0"),
    ("email", "stadtkasse@musterstadt.example"),
    ("sprechzeiten", "montags bis freitags 9 bis 12 Uhr"),
)
"""Part and text of what stands on the letters of the town; | begins a new line."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone the town deals with."""

    name: str
    street: str
    house_number: str
    iban: str
    postcode: str = "20999"
    town: str = "Musterstadt"


ERIKA = Person("Erika Musterfrau", "Gartenweg", "3", account(2_000_001))
MAX = Person("Max Mustermann", "Lindenallee", "17a", account(2_000_002))
AYSE = Person("Ayşe Yılmaz", "Hafenstraße", "8", account(2_000_003))
BAKERY = Person("Bäckerei Sonnenschein GmbH", "Marktplatz", "1", account(2_000_004))
JUERGEN = Person("Jürgen Großkopf", "Am Deich", "22", account(2_000_005))
LAN = Person("Nguyen Thi Lan", "Schulstraße", "5", account(2_000_006))
PIOTR = Person("Piotr Kowalski", "Werftgasse", "11", account(2_000_007))
HEINZ = Person("Heinz Altmann", "Mühlenkamp", "40", account(2_000_008))
SABINE = Person("Sabine Kleinschmidt", "Rosenweg", "2", account(2_000_009))
NORTH = Person("Nordlicht Veranstaltungen UG", "Speicherstraße", "9", account(2_000_010))
UTILITY = Person("Stadtwerke Musterstadt GmbH", "Energieweg", "1", account(3_000_001))
PAPER = Person("Papierhaus Müller & Söhne KG", "Gewerbering", "14", account(3_000_002))
JANITOR = Person("Hausmeisterdienst Özdemir", "Kirchplatz", "6", account(3_000_003))


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One row of the order list; rows with the same key are one order."""

    office: str
    kind: str
    person: Person
    cents: int
    due: str
    purpose: str
    profile: str = ""
    gl_account: str = ""
    reference: str = ""
    key: str = ""


ORDERS = (
    OrderLine("ORDNUNG", "receivable", ERIKA, 3500, "2026-11-30", "Verwarnungsgeld Parken Marktplatz", "fine"),
    OrderLine("BAU", "receivable", MAX, 48000, "2026-11-20", "Baugenehmigung Lindenallee 17a", "fee"),
    OrderLine("ORDNUNG", "receivable", AYSE, 6250, "2026-11-18", "Gewerbeanmeldung", "fee"),
    OrderLine("ORDNUNG", "receivable", BAKERY, 18000, "2026-11-25", "Sondernutzung Außengastronomie", "fee", key="A1"),
    OrderLine("ORDNUNG", "receivable", BAKERY, 6000, "2026-11-25", "Verwaltungsgebühr", "fee", "5900", key="A1"),
    OrderLine("BAU", "receivable", JUERGEN, 125000, "2026-11-27", "Erschließungsbeitrag Am Deich", "fee"),
    OrderLine("ORDNUNG", "receivable", LAN, 2000, "2026-12-01", "Führungszeugnis", "fee"),
    OrderLine("BAU", "receivable", PIOTR, 31000, "2026-11-23", "Gerüstgenehmigung Werftgasse", "fee"),
    OrderLine("BAU", "payable", UTILITY, 234567, "2026-11-18", "Strom Bauhof Oktober", reference="RE-2026-10077"),
    OrderLine("ORDNUNG", "payable", PAPER, 18990, "2026-11-17", "Papier und Umschläge", reference="118-2026"),
    OrderLine("BAU", "payable", JANITOR, 64000, "2026-11-30", "Winterdienst November", reference="2026/77"),
)


@dataclass(frozen=True, slots=True)
class OldItem:
    """An open item of the system that kasse takes over from."""

    office: str
    person: Person
    original_cents: int
    open_cents: int
    due: str
    reference: str
    purpose: str
    dunning_level: int = 0


OLD_ITEMS = (
    OldItem("ORDNUNG", HEINZ, 15000, 9000, "2026-10-01", "GA20260815", "Bußgeld Lärm", 1),
    OldItem("ORDNUNG", SABINE, 7500, 7500, "2026-10-20", "GA20260902", "Gebühr Hundehaltung"),
    OldItem("BAU", NORTH, 190000, 190000, "2026-11-02", "BA20260044", "Gebühr Festzelt"),
)


FINED = Person("Nora Brandt", "Elbweg", "17a", account(2_000_011))
FINE_REFERENCE = "1000000047112"
FINE_LIST = f"""Amt;Art;Name;Straße;Hausnummer;PLZ;Ort;Betrag;Fälligkeit;Kassenzeichen;Verwendungszweck;Profil
ORDNUNG;Forderung;{FINED.name};{FINED.street};{FINED.house_number};{FINED.postcode};{FINED.town};240,00;02.11.2026;\
{FINE_REFERENCE};Bußgeld Rotlicht;fine
"""
FINE_PAID_ON = dt.date(2026, 11, 23)


def old_receivables() -> dict[str, int]:
    """Return what is open in the old system, in cents by office."""
    return {
        office: sum(item.open_cents for item in OLD_ITEMS if item.office == office)
        for office in {item.office for item in OLD_ITEMS}
    }
