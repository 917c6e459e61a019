"""A list of payments from Excel or CSV as orders: each cell read, each text cleaned, each fault with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from kasse_cli.spreadsheets import (
    Row,
    Table,
    cell_amount_cents,
    cell_day,
    cell_flag,
    cell_iban,
    cell_reference,
    cell_text,
)
from sepa.debits import Amendment, Collection, Mandate, Scheme, Sequence
from sepa.errors import KasseError
from sepa.pain_orders import Problems
from sepa.payments import Address, Party, Transfer
from sepa.profiles import Profile, TransferOrder
from sepa.profiles.debits import CollectionOrder
from sepa.text import clean

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": (
        *("Name", "Empfänger", "Empfängername", "Zahlungsempfänger", "Zahlungspflichtiger", "Kontoinhaber"),
        *("Payee", "Debtor"),
    ),
    "iban": ("IBAN", "Konto", "Bankverbindung", "account"),
    "bic": ("BIC",),
    "amount": ("Betrag", "Summe"),
    "text": ("Verwendungszweck", "Zweck", "remittance"),
    "reference": ("Referenz", "RF-Referenz", "creditor_reference"),
    "end_to_end_id": ("End-to-End-Id", "EndToEndId", "Kassenzeichen", "id"),
    "purpose": ("Zweckcode", "Purpose Code"),
    "day": (
        *("Ausführung", "Ausführungsdatum", "Ausführungstag", "Fälligkeit", "Fälligkeitsdatum", "fällig am"),
        *("Datum", "Tag", "Date", "execution_day", "due_day", "due"),
    ),
    "instant": ("Echtzeit", "Sofort"),
    "street": ("Straße", "Strasse"),
    "house_number": ("Hausnummer", "Haus-Nr."),
    "postcode": ("PLZ", "Postleitzahl"),
    "town": ("Ort", "Stadt"),
    "country": ("Land",),
    "mandate_id": ("Mandatsreferenz", "Mandat", "mandate"),
    "signed": ("Unterschrieben am", "Mandatsdatum", "Unterschriftsdatum"),
    "sequence": ("Sequenz", "Sequenztyp"),
    "old_mandate_id": ("Alte Mandatsreferenz", "Bisherige Mandatsreferenz"),
    "old_creditor_id": ("Alte Gläubiger-ID", "Bisherige Gläubiger-ID"),
    "old_creditor_name": ("Alter Gläubigername", "Bisheriger Gläubigername"),
    "old_iban": ("Alte IBAN", "Bisherige IBAN"),
    "account_changed": ("SMNDA", "Kontowechsel"),
}
NEEDED = ("name", "iban", "amount")
_READERS: dict[str, Callable[[Any], Any]] = {
    "iban": cell_iban,
    "bic": cell_iban,
    "amount": cell_amount_cents,
    "reference": cell_reference,
    "end_to_end_id": cell_reference,
    "mandate_id": cell_reference,
    "day": cell_day,
    "signed": cell_day,
    "instant": cell_flag,
    "old_mandate_id": cell_reference,
    "old_creditor_id": cell_iban,
    "old_iban": cell_iban,
    "account_changed": cell_flag,
}
_CLEANED = frozenset(("name", "text", "street", "town", "old_creditor_name"))
_ADDRESS = ("street", "house_number", "postcode", "town", "country")
_COLUMN_OF = {
    "remittance": "text",
    "creditor_reference": "reference",
    "execution_day": "day",
    "due_day": "day",
    "original_mandate_id": "old_mandate_id",
    "original_creditor_id": "old_creditor_id",
    "original_creditor_name": "old_creditor_name",
    "original_iban": "old_iban",
}


@dataclass(frozen=True, slots=True)
class Own:
    """The account that pays or is credited, what holds for all rows, and the bank's profile."""

    party: Party
    day: dt.date
    base_id: str
    profile: Profile
    creditor_id: str = ""
    scheme: Scheme = "CORE"


@dataclass(slots=True)
class ReadList:
    """What a list became: orders, faults, changes of texts, and the cell of each payment."""

    debits: bool
    transfers: list[TransferOrder] = field(default_factory=list)
    collections: list[CollectionOrder] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    changes: list[dict[str, object]] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many orders there are."""
        return len(self.transfers) + len(self.collections)

    def placed(self, finding: KasseError) -> KasseError:
        """Return a finding over the whole with sheet, row and column of its payment."""
        row = self.rows.get(finding.place.payment or "")
        return finding if row is None else in_row(finding, row)


def read_list(table: Table, own: Own) -> ReadList:
    """Return what the rows become; a list with a mandate column collects, any other pays."""
    found = ReadList(debits="mandate_id" in table)
    found.findings += table.findings
    for row in table:
        found.findings += row.findings
        problems = Problems()
        values = _values(row, own, found, problems)
        if not problems.found:
            _order(values, own, found, problems)
        found.rows.setdefault(str(values.get("end_to_end_id") or ""), row)
        found.findings += (in_row(problem, row) for problem in problems.found)
    return found


def in_row(finding: KasseError, row: Row) -> KasseError:
    """Return the finding with file, sheet, row and the column's name in the list."""
    place = finding.place
    key = _COLUMN_OF.get(place.field or "", place.field or "")
    position = row.heading.positions.get(key)
    column = place.column or (None if position is None else row.heading.names[position])
    located = replace(place, column=column).within(row.place)
    return type(finding)(place=located, findings=finding.findings, **finding.fields)


def _values(row: Row, own: Own, found: ReadList, problems: Problems) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in COLUMNS:
        cell = row[key]
        if cell.empty:
            continue
        value = problems.made(_READERS.get(key, cell_text), cell)
        values[key] = _cleaned(key, value, row, own, found) if key in _CLEANED and value else value
    values["end_to_end_id"] = values.get("end_to_end_id") or f"{own.base_id}-{row.number}"
    for key in NEEDED:
        if row[key].empty:
            problems.made(cell_text, row[key])
    return values


def _cleaned(key: str, text: str, row: Row, own: Own, found: ReadList) -> str:
    """Return the text in characters the bank takes, having noted what was changed."""
    done = clean(text, own.profile.charset)
    if done.changes:
        column = row.heading.names[row.heading.positions[key]]
        found.changes.append({"row": row.number, "column": column, "was": text, "now": done.text})
    return done.text


def _order(values: dict[str, Any], own: Own, found: ReadList, problems: Problems) -> None:
    address = _address(values, problems)
    party = problems.made(Party, values["name"], values["iban"], values.get("bic") or "", address)
    day = values.get("day") or own.day
    common: dict[str, Any] = {
        "end_to_end_id": values["end_to_end_id"],
        "amount_cents": values["amount"],
        "remittance": values.get("text") or "",
        "creditor_reference": values.get("reference") or "",
        "purpose": values.get("purpose") or "",
    }
    party_or_own = party or own.party  # so that what else is wrong with the row is found as well
    if not found.debits:
        made = problems.made(Transfer, **common, creditor=party_or_own)
        if made and party:
            found.transfers.append(TransferOrder(own.party, day, made, bool(values.get("instant"))))
        return
    mandate = _mandate(values, problems)
    collection = problems.made(Collection, **common, mandate=mandate, debtor=party_or_own) if mandate else None
    if collection and party:
        sequence = cast("Sequence", values.get("sequence") or "RCUR")
        found.collections.append(CollectionOrder(own.party, own.creditor_id, day, collection, sequence, own.scheme))


def _mandate(values: dict[str, Any], problems: Problems) -> Mandate | None:
    signed = values.get("signed")
    if signed is None:
        problems.day("", "signed")
        return None
    was = Amendment(
        mandate_id=values.get("old_mandate_id") or "",
        creditor_id=values.get("old_creditor_id") or "",
        creditor_name=values.get("old_creditor_name") or "",
        iban=values.get("old_iban") or "",
        other_account=bool(values.get("account_changed")),
    )
    amendment = None if was == Amendment() else was
    return problems.made(Mandate, values.get("mandate_id") or "", signed, amendment)


def _address(values: dict[str, Any], problems: Problems) -> Address | None:
    given = {key: values[key] for key in _ADDRESS if values.get(key)}
    return problems.made(Address, **({"town": "", "country": "DE"} | given)) if given.keys() - {"country"} else None
