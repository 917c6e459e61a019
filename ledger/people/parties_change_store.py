"""Parties added and changed by hand; every change is an event, whose old and new values can be erased."""

from __future__ import annotations

import datetime as dt

from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.parties import address_key, match_key
from ledger.people.parties_reader import party_name
from ledger.people.parties_store import whole_bic
from ledger.people.party_seals_store import mark, mark_fresh, seal_marked
from ledger.people.party_values import (
    ACCOUNT_KINDS,
    FIELDS,
    ROLES,
    AccountKindError,
    AccountUnknownError,
    BicAloneError,
    MergedPartyError,
    NothingToChangeError,
    PartyChange,
    PartyNameError,
)
from ledger.people.users import NotAllowedError, user_name
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.fields import bic_problem, refuse
from sepa.identifiers import parse_iban

_HELD = "SELECT DISTINCT role FROM user_role WHERE user_id = :id"
_ONE = "SELECT id AS party FROM party WHERE id = :number"
_ACCOUNT = "SELECT kind, until FROM party_account WHERE party = :party AND iban = :iban"
_KNOWN, _GIVEN = "coalesce(bic, '')", "CAST(:bic AS TEXT)"
_DIFFERS = f"iban = :iban AND {whole_bic(_KNOWN)} <> {whole_bic(_GIVEN)}"
_OTHER_BIC = f"SELECT party FROM party_account WHERE {_DIFFERS}"
_BIC = f"UPDATE party_account SET bic = nullif({_GIVEN}, '') WHERE {_DIFFERS}"


def add_party(store: Store, wanted: PartyChange, day: str) -> int:
    """Add a party and return its number.

    Raises `PartyNameError`, `AccountKindError`, `BicAloneError`, `NotAllowedError`, what IBAN or BIC is wrong with.
    """
    name = (wanted.fields.get("name") or "").strip()
    if not name:
        raise PartyNameError
    _check_bic(wanted)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        _check_right(store)
        number = take_ids(store, BOOK, "party")
        values = {key: value for key, value in wanted.fields.items() if key in FIELDS and value}
        keys = _keys(values)
        store.insert_one("party", id=number, created_at=store.now, **values, **keys)
        mark_fresh(store, _ONE, number=number)
        if wanted.iban:
            _add_account(store, number, wanted, day)
            _note_bic(store, wanted)
        facts: dict[str, Fact] = {"fields": ",".join(sorted(values)), **seal_marked(store)}
        record(store, kasse, "party.add", f"party:{number}", facts, dict(values))
    return number


def change_party(store: Store, number: int, wanted: PartyChange, day: str) -> tuple[str, ...]:
    """Change what is known of a party and return the names of the fields that changed.

    A BIC is noted for the account wherever the book has it. Raises `NothingToChangeError`, `MergedPartyError`,
    `PartyNameError`, `AccountKindError`, `AccountUnknownError`, `BicAloneError`, `InvalidBicError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    _check_bic(wanted)
    with store.unit([kasse]):
        _check_right(store)
        _check_not_merged(store, number)
        row = store.one(f"SELECT {', '.join(FIELDS)} FROM party WHERE id = :id", id=number)
        assert row is not None, "the caller has found the party"
        mark(store, _ONE, number=number)
        old = dict(zip(FIELDS, row, strict=True))
        new = {key: value for key, value in wanted.fields.items() if key in FIELDS and value != old[key]}
        if "name" in new and not (new["name"] or "").strip():
            raise PartyNameError
        if new:
            values = new | _keys({key: value for key, value in (old | new).items() if value})
            sets = ", ".join(f"{key} = CAST(:{key} AS TEXT)" for key in values)
            store.execute(f"UPDATE party SET {sets} WHERE id = :id", id=number, **values)
        changed = [*new, *_accounts(store, number, wanted, day)]
        if not changed:
            raise NothingToChangeError(party=party_name(store, number))
        details: dict[str, Fact] = {f"old_{key}": old[key] for key in new} | {f"new_{key}": new[key] for key in new}
        details |= {"iban": wanted.iban, "bic": wanted.bic, "end_iban": wanted.end_iban}
        facts: dict[str, Fact] = {"fields": ",".join(sorted(changed)), **seal_marked(store)}
        record(store, kasse, "party.change", f"party:{number}", facts, details)
    return tuple(changed)


def _accounts(store: Store, number: int, wanted: PartyChange, day: str) -> list[str]:
    changed = []
    if wanted.iban:
        changed += ["iban"] if _add_account(store, number, wanted, day) else []
        changed += ["bic"] if _note_bic(store, wanted) else []
    if wanted.end_iban:
        _end_account(store, number, parse_iban(wanted.end_iban), day)
        changed.append("end_iban")
    return changed


def _add_account(store: Store, number: int, wanted: PartyChange, day: str) -> bool:
    if wanted.iban_kind not in ACCOUNT_KINDS:
        raise AccountKindError(kind=wanted.iban_kind, kinds=", ".join(ACCOUNT_KINDS))
    iban = parse_iban(wanted.iban or "")
    row = store.one(_ACCOUNT, party=number, iban=iban)
    if row is None:
        store.insert_one(
            "party_account", party=number, iban=iban, kind=wanted.iban_kind, source=wanted.iban_source, since=day
        )
        return True
    if (row[0], row[1]) == (wanted.iban_kind, None):
        return False
    store.execute(
        "UPDATE party_account SET kind = :kind, until = NULL WHERE party = :party AND iban = :iban",
        kind=wanted.iban_kind,
        party=number,
        iban=iban,
    )
    return True


def _note_bic(store: Store, wanted: PartyChange) -> bool:
    """Note the BIC of the account's bank wherever the book has the account; return whether it was another one."""
    if wanted.bic is None:
        return False
    values = {"iban": parse_iban(wanted.iban or ""), "bic": wanted.bic}
    mark(store, _OTHER_BIC, **values)
    return bool(store.execute(_BIC, **values))


def _end_account(store: Store, number: int, iban: str, day: str) -> None:
    last = (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
    done = store.execute(
        """UPDATE party_account SET until = CASE WHEN since > :last THEN since ELSE CAST(:last AS TEXT) END
           WHERE party = :party AND iban = :iban AND until IS NULL""",
        last=last,
        party=number,
        iban=iban,
    )
    if not done:
        raise AccountUnknownError(party=party_name(store, number), iban=iban)


def _keys(values: dict[str, str | None] | dict[str, str]) -> dict[str, str]:
    address = (values.get("street"), values.get("house_number"), values.get("postcode"), values.get("town"))
    return {"match_key": match_key(values.get("name") or ""), "address_key": address_key(*address)}


def _check_bic(wanted: PartyChange) -> None:
    if wanted.bic and not wanted.iban:
        raise BicAloneError(bic=wanted.bic)
    refuse((bic_problem(wanted.bic or ""),))


def _check_right(store: Store) -> None:
    held = {role for (role,) in store.rows(_HELD, id=store.user)}
    if not held.intersection(ROLES):
        raise NotAllowedError(user=user_name(store, store.user), office=kasse_office(store), role=" / ".join(ROLES))


def _check_not_merged(store: Store, number: int) -> None:
    target = store.value("SELECT merged_into FROM party WHERE id = :id", id=number)
    if target is not None:
        raise MergedPartyError(party=number, target=target)
