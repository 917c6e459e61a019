"""The register of mandates: added with a reference that is theirs for ever; every step is an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, setting
from ledger.events.store import Fact, record
from ledger.payments.mandate_forms import Done, NewMandate
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandate_seals_store import seal_mandates
from ledger.payments.mandates import (
    ROLES,
    DebtorDiffersError,
    Mandate,
    MandateExistsError,
    MandateSignedError,
    NoCreditorIdError,
    State,
)
from ledger.people.parties import match_key
from ledger.people.parties_reader import party_name
from ledger.people.parties_store import known_bic
from ledger.people.party_seals_store import mark, note_marked
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError
from sepa.identifiers import mandate_key, parse_creditor_id, parse_iban, parse_identifier
from sepa.identifiers.creditor import creditor_key

_TAKEN = "SELECT mandate FROM mandate_reference WHERE creditor_key = :creditor AND key = :key"
_ACCOUNT = "SELECT 1 FROM party_account WHERE party = :party AND iban = :iban"
SALT_BYTES = 16
FRESH = ("add", "import")
"""Events of mandates that are new."""
CREDITOR_ID = "collection.creditor_id"
"""The setting that holds the creditor identifier of the Kasse."""
COLUMNS = (
    "id", "creditor_id", "reference", "scheme", "usage", "party", "debtor_name", "iban", "bic", "signed", "document",
    "document_sha256", "office", "claim_kinds", "covers_reference", "notice_days", "state", "state_reason", "resume_on",
    "final", "confirmed_on", "last_used", "uses", "used_before", "valid_from", "created_by", "created_at", "salt",
)  # fmt: skip


def add(store: Store, new: NewMandate, *, today: dt.date) -> Done:
    """Register a mandate and return it; without a reference it gets one.

    Raises `MandateExistsError`, `MandateSignedError`, `NoCreditorIdError`, `UnknownOfficeError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        number = write(store, new, today)
        mandate = mandate_numbered(store, number)
        facts: dict[str, Fact] = {"scheme": mandate.scheme, "usage": mandate.usage, "signed": mandate.signed}
        note(store, mandate, "add", facts, _named(mandate))
        note_marked(store, "party.account")
    return Done(mandate, findings=tuple(noticed(mandate)))


def write(store: Store, new: NewMandate, today: dt.date) -> int:
    """Write one mandate and return its number; inside a unit that holds the Kasse's office, before `note_marked`.

    Raises `MandateExistsError`, `MandateSignedError`, `NoCreditorIdError`, `UnknownOfficeError`.
    """
    check_office(store, new.covers.office)
    if new.signed > today:
        raise MandateSignedError(signed=new.signed)
    creditor_id = creditor_of(store, new.creditor_id)
    number = take_ids(store, BOOK, "mandate")
    reference = parse_identifier(new.reference) if new.reference else f"M{number:08d}"
    check_reference(store, creditor_id, reference, number)
    row = _row(store, new, number, creditor_id, reference, today)
    store.insert("mandate", COLUMNS, [row])
    take_reference(store, creditor_id, reference, number, today.isoformat())
    note_account(store, new.party, parse_iban(new.iban), today.isoformat(), holder=new.holder, bic=new.bic.upper())
    return number


def creditor_of(store: Store, given: str = "") -> str:
    """Return the creditor identifier that was given, else that of the book.

    Raises `NoCreditorIdError`, `InvalidCreditorIdError`.
    """
    found = given or setting(store, CREDITOR_ID)
    if not found:
        raise NoCreditorIdError
    return parse_creditor_id(found)


def _row(
    store: Store, new: NewMandate, number: int, creditor_id: str, reference: str, today: dt.date
) -> tuple[object, ...]:
    covers, last = new.covers, new.last_used.isoformat() if new.last_used else None
    state: State = "ended" if new.usage == "once" and last else "active"
    confirmed = new.confirmed_on.isoformat() if new.confirmed_on else None
    valid_from = new.signed if last else today
    return (
        number, creditor_id, reference, new.scheme, new.usage, new.party, new.holder or party_name(store, new.party),
        parse_iban(new.iban), new.bic.upper() or None, new.signed.isoformat(), new.document, new.document_sha256,
        covers.office, " ".join(sorted(covers.claim_kinds)) or None, covers.reference, new.notice_days, state, None,
        None, 0, confirmed, last, 0, last, valid_from.isoformat(), store.user, store.now, store.salt(SALT_BYTES),
    )  # fmt: skip


def check_reference(store: Store, creditor_id: str, reference: str, mandate: int) -> bool:
    """Return whether a mandate would have a reference anew; False where it has or had it itself.

    Raises `MandateExistsError` where it is another's.
    """
    holder = store.value(_TAKEN, creditor=creditor_key(creditor_id), key=mandate_key(reference))
    if holder not in {None, mandate}:
        raise MandateExistsError(mandate=holder, reference=reference)
    return holder is None


def take_reference(store: Store, creditor_id: str, reference: str, mandate: int, day: str) -> None:
    """Give a reference to a mandate for ever; inside a unit that holds the Kasse's office.

    Raises `MandateExistsError`.
    """
    if check_reference(store, creditor_id, reference, mandate):
        creditor, key = creditor_key(creditor_id), mandate_key(reference)
        store.insert_one("mandate_reference", creditor_key=creditor, key=key, mandate=mandate, since=day)


def note_account(store: Store, party: int, iban: str, day: str, *, holder: str = "", bic: str = "") -> None:
    """Note the debtor's own account: money from it is evidence when payments are matched; `note_marked` tells of it.

    The BIC goes with it, unless the book knows one of that account already.
    """
    own = not holder or match_key(holder) == match_key(party_name(store, party))
    if own and not store.value(_ACCOUNT, party=party, iban=iban):
        mark(store, "SELECT id AS party FROM party WHERE id = :party", party=party)
        known = known_bic(store, iban) or bic or None
        store.insert_one("party_account", party=party, iban=iban, kind="own", source="mandate", since=day, bic=known)


def update(store: Store, number: int, values: Mapping[str, Fact]) -> None:
    """Write columns of a mandate; inside a unit that holds the Kasse's office, before `note`.

    What it was before is sealed with another salt, which is gone.
    """
    names = ", ".join(f"{name} = :{name}" for name in (*values, "salt"))
    flags = {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}
    store.execute(
        f"UPDATE mandate SET {names} WHERE id = :mandate", mandate=number, salt=store.salt(SALT_BYTES), **flags
    )


def noticed(mandate: Mandate) -> list[KasseError]:
    """Return what a person should notice about a mandate."""
    if match_key(mandate.debtor_name) == match_key(mandate.party_name):
        return []
    return [DebtorDiffersError(holder=mandate.debtor_name, party=mandate.party_name)]


def _named(mandate: Mandate) -> dict[str, Fact]:
    return {"reference": mandate.reference, "iban": mandate.iban, "holder": mandate.debtor_name}


def note(
    store: Store, mandate: Mandate, action: str, facts: Mapping[str, Fact], details: Mapping[str, Fact] | None
) -> None:
    """Record an event of a mandate, and seal it; inside a unit that holds the Kasse's office."""
    told = {**facts, **seal_mandates(store, mandate.number, fresh=action in FRESH)}
    record(store, kasse_office(store), f"mandate.{action}", f"mandate:{mandate.number}", told, details)
