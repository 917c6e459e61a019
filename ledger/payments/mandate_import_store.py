"""Taking over mandates from a former system: a list as a whole, each with its last use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.payments.mandate_forms import NewMandate
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandate_store import note, write
from ledger.payments.mandates import IMPORT_ROLES, MandateLapsedError, lapse_day
from ledger.people.parties_reader import find_party
from ledger.people.party_seals_store import note_marked
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

PURPOSE = "mandates"


class MandateListError(KasseError):
    """A list of mandates with wrong rows."""

    code = "mandate.list"
    template = N_("wrong rows in the list: {count}; nothing was imported")
    hint = N_("mend the rows named and import the list again")


@dataclass(frozen=True, slots=True)
class Source:
    """The file that mandates come from: its name, its hash, its size."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a list: the debtor as written, the mandate but for its debtor, where it stands; or what is wrong."""

    party: str
    mandate: NewMandate | None
    place: Place
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import brought; `new` is false where the file was imported before."""

    count: int
    new: bool
    findings: tuple[KasseError, ...] = ()


def import_mandates(store: Store, source: Source, rows: Iterable[Given], *, today: dt.date) -> Taken:
    """Register all mandates of a list in one unit of work, or none; lapsed ones are taken over with a warning.

    Raises `MandateListError` with a finding for each wrong row, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *IMPORT_ROLES)
    known = known_file(store, PURPOSE, source.sha256)
    if known is not None:
        return Taken(int(known), new=False)
    with store.unit([kasse]):
        findings: list[KasseError] = []
        count = 0
        for row in rows:
            found = take_row(store, row, today)
            findings += found
            count += not any(one.severity == "error" for one in found)
        wrong = [one for one in findings if one.severity == "error"]
        if wrong:
            raise MandateListError(count=len({one.place.row for one in wrong}), findings=tuple(wrong))
        keep_file(store, PURPOSE, sha256=source.sha256, name=source.name, size_bytes=source.size, result=str(count))
        facts: dict[str, Fact] = {"count": count, "sha256": source.sha256}
        record(store, kasse, "mandate.import", f"file:{source.sha256}", facts)
        note_marked(store, "party.account")
    return Taken(count, new=True, findings=tuple(findings))


def take_row(store: Store, row: Given, today: dt.date, *, party: int | None = None) -> list[KasseError]:
    """Register one row and return what is to be noticed; what is wrong with it is returned, not raised.

    `party` is the debtor where the caller knows it; inside a unit that holds the Kasse's office.
    """
    if row.findings or row.mandate is None:
        return list(row.findings)
    try:
        debtor = find_party(store, row.party) if party is None else party
        number = write(store, replace(row.mandate, party=debtor), today)
    except KasseError as error:
        return [error.at(row.place)]
    made = mandate_numbered(store, number)
    note(store, made, "import", {"last_used": made.last_used}, {"reference": made.reference})
    lapsed = lapse_day(made.signed, made.last_used)
    if lapsed >= today.isoformat():
        return []
    warning = _LapsedRowError(mandate=number, day=lapsed, place=row.place)
    return [warning]


class _LapsedRowError(MandateLapsedError):
    """A lapsed mandate in a list: kept for the record, never used."""

    severity = "warning"
