"""Steps of a mandate: amended, confirmed, suspended, resumed, revoked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.store import Fact
from ledger.payments.mandate_forms import Done, NewValues, check_account
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandate_store import note, note_account, noticed, take_reference, update
from ledger.payments.mandate_use_store import end_used
from ledger.payments.mandates import (
    ROLES,
    Mandate,
    MandateLapsedError,
    MandateStateError,
    NoReasonError,
    NotBusinessMandateError,
    NothingAmendedError,
    State,
)
from ledger.people.party_seals_store import note_marked
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.identifiers import bic_key, parse_creditor_id, parse_iban, parse_identifier

_LAST_AMENDMENT = "SELECT coalesce(max(number), 0) FROM mandate_amendment WHERE mandate = :mandate"


def amend(store: Store, number: int, values: NewValues, *, today: dt.date) -> Done:
    """Change a mandate and return it; what the debtor's bank must know goes with the next collection.

    A B2B mandate must be confirmed again after its account or reference changed. Raises `NothingAmendedError`,
    `MandateStateError`, `MandateLapsedError`, `MandateExistsError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        old = mandate_numbered(store, number)
        check_state(old, "active", "suspended")
        if old.lapses_on < today.isoformat():
            raise MandateLapsedError(mandate=number, day=old.lapses_on)
        changed = _changed(store, old, values)
        if not changed:
            raise NothingAmendedError(mandate=number)
        if {"reference", "creditor_id"} & changed.keys():
            creditor, reference = str(changed.get("creditor_id", old.creditor_id)), changed.get("reference")
            take_reference(store, creditor, str(reference or old.reference), number, today.isoformat())
        _tell(store, old, changed)
        if old.scheme == "B2B" and {"iban", "reference", "creditor_id"} & changed.keys():
            changed["confirmed_on"] = None
        update(store, number, changed)
        if "iban" in changed:
            holder = values.holder or old.debtor_name
            bic = str(changed.get("bic") or "")
            note_account(store, old.party, str(changed["iban"]), today.isoformat(), holder=holder, bic=bic)
        mandate = mandate_numbered(store, number)
        note(store, mandate, "amend", {"fields": " ".join(sorted(changed))}, _before_after(old, changed))
        note_marked(store, "party.account")
    return Done(mandate, findings=tuple(noticed(mandate)))


def _changed(store: Store, old: Mandate, values: NewValues) -> dict[str, Fact]:
    iban = parse_iban(values.iban) if values.iban else old.iban
    bic = values.bic.upper() if values.bic else None if iban != old.iban else old.bic
    check_account(iban, bic or "")
    wanted: dict[str, Fact] = {
        "reference": parse_identifier(values.reference) if values.reference else old.reference,
        "iban": iban,
        "bic": bic,
        "debtor_name": values.holder or old.debtor_name,
        "creditor_id": parse_creditor_id(values.creditor_id) if values.creditor_id else old.creditor_id,
        "document": old.document if values.document is None else values.document,
        "document_sha256": old.document_sha256 if values.document_sha256 is None else values.document_sha256,
        "notice_days": old.notice_days if values.notice_days is None else values.notice_days,
        "final": old.final if values.final is None else values.final,
    }
    if values.covers is not None:
        check_office(store, values.covers.office)
        wanted["office"] = values.covers.office
        wanted["claim_kinds"] = " ".join(sorted(values.covers.claim_kinds)) or None
        wanted["covers_reference"] = values.covers.reference
    if iban == old.iban and bic_key(bic) == bic_key(old.bic):
        del wanted["bic"]  # the same bank in other writing
    return {name: value for name, value in wanted.items() if getattr(old, name) != value}


def _tell(store: Store, old: Mandate, changed: Mapping[str, Fact]) -> None:
    """Note what the debtor's bank must be told: only a mandate that a bank has seen is amended there (EPC130-08)."""
    if not old.known_to_bank:
        return
    number = int(store.value(_LAST_AMENDMENT, mandate=old.number))
    for name in ("reference", "iban", "creditor_id"):
        if name in changed:
            number += 1
            store.insert_one(
                "mandate_amendment", mandate=old.number, number=number, field=name, old=getattr(old, name),
                new=changed[name], at=store.now, by=store.user,
            )  # fmt: skip


def confirm(store: Store, number: int, *, day: dt.date) -> Done:
    """Note that the debtor's bank has confirmed a B2B mandate; a second time changes nothing.

    Raises `NotBusinessMandateError`, `MandateStateError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        old = mandate_numbered(store, number)
        check_state(old, "active", "suspended")
        if old.scheme != "B2B":
            raise NotBusinessMandateError(mandate=number)
        if old.confirmed_on is not None:
            return Done(old, new=False)
        update(store, number, {"confirmed_on": day.isoformat()})
        mandate = mandate_numbered(store, number)
        note(store, mandate, "confirm", {"confirmed_on": day.isoformat()}, None)
    return Done(mandate)


def suspend(store: Store, number: int, reason: str, *, until: dt.date | None = None) -> Done:
    """Stop using a mandate for a while: until it is resumed, or until the day before `until`."""
    resume_on = until.isoformat() if until else None
    return _step(store, number, "suspend", reason, resume_on=resume_on)


def resume(store: Store, number: int, reason: str) -> Done:
    """Use a suspended mandate again; one that has lapsed meanwhile stays lapsed."""
    return _step(store, number, "resume", reason)


def revoke(store: Store, number: int, reason: str) -> Done:
    """End a mandate for ever: the debtor took it back, or it must not be used any more."""
    return _step(store, number, "revoke", reason)


Move = Literal["suspend", "resume", "revoke"]
_MOVES: dict[Move, tuple[tuple[State, ...], State]] = {
    "suspend": (("active",), "suspended"),
    "resume": (("suspended",), "active"),
    "revoke": (("active", "suspended", "ended"), "revoked"),
}
"""Each step: from which states, and to which."""


def _step(store: Store, number: int, move: Move, reason: str, resume_on: str | None = None) -> Done:
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    if not reason.strip():
        raise NoReasonError
    with store.unit([kasse]):
        old = mandate_numbered(store, number)
        if old.state == _MOVES[move][1] and old.resume_on == resume_on:
            return Done(old, new=False)
        return Done(move_to(store, old, move, reason, resume_on))


def move_to(store: Store, old: Mandate, move: Move, reason: str, resume_on: str | None = None) -> Mandate:
    """Take a step with a mandate and note it; inside a unit that holds the Kasse's office.

    Raises `MandateStateError`.
    """
    needed, state = _MOVES[move]
    check_state(old, *needed)
    update(store, old.number, {"state": state, "state_reason": reason or None, "resume_on": resume_on})
    if move == "resume":
        end_used(store, old.number)
    mandate = mandate_numbered(store, old.number)
    note(store, mandate, move, {"resume_on": resume_on}, {"reason": reason})
    return mandate


def check_state(mandate: Mandate, *needed: State) -> None:
    """Check that a mandate is in one of the states.

    Raises `MandateStateError`.
    """
    if mandate.state not in needed:
        raise MandateStateError(mandate=mandate.number, state=mandate.state, needed=" / ".join(needed))


def _before_after(old: Mandate, changed: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name: f"{getattr(old, name)} → {value}" for name, value in changed.items()}
