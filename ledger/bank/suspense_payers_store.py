"""Payers of many: whose account an IBAN is for the people it pays for, remembered when a clerk says so."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.bank.suspense_store import Case
from ledger.events.store import Fact, record
from ledger.people.party_seals_store import mark, seal_marked
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.identifiers import is_iban

_PAYER = """
    SELECT counter_iban, name, detail_count FROM bank_entry WHERE office = :office AND id = :entry"""
_PARTIES = "SELECT DISTINCT party FROM item WHERE office = :office AND id = :item AND party IS NOT NULL"
_PART = """
    SELECT counter_iban, name FROM bank_detail WHERE office = :office AND entry = :entry AND line = :part"""
_KNOWN = "SELECT kind FROM party_account WHERE party = :party AND iban = :iban"
_CHANGE = "UPDATE party_account SET kind = :kind, until = NULL WHERE party = :party AND iban = :iban"


class UnknownPayerError(KasseError):
    """The bank did not say from which account the money came."""

    code = "suspense.payer_unknown"
    template = N_("the bank names no account from which the money of case {number} came")
    hint = N_("assign or forward it; nothing is paid back to an account that the money did not come from")


class CollectivePayerError(KasseError):
    """A collective entry: many payers stand behind it."""

    code = "suspense.payer_collective"
    template = N_("case {number} is a collective credit of {count} payments: it has no one payer")
    hint = N_(
        "name the part with --part NUMBER, as 'kasse suspense show {number}' has it; what is assigned by the payer's "
        "list goes with 'kasse suspense split {number} --list FILE'"
    )


class UnknownPartPayerError(UnknownPayerError):
    """The bank did not say from which account a part of a collective entry came."""

    code = "suspense.part_payer_unknown"
    template = N_("the bank names no account from which part {part} of case {number} came")


def payer_of(store: Store, case: Case, part: int | None = None) -> tuple[str, str]:
    """Return the IBAN that the money of a case, or of a part of it, came from, and the name beside it.

    Raises `UnknownPayerError` or `CollectivePayerError`.
    """
    if part is not None:
        return _payer_of_part(store, case, part)
    row = store.one(_PAYER, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is not None and row[2] > 1:
        raise CollectivePayerError(number=case.number, count=row[2])
    if row is None or not row[0] or not is_iban(row[0]):
        raise UnknownPayerError(number=case.number)
    return row[0], row[1] or ""


def _payer_of_part(store: Store, case: Case, part: int) -> tuple[str, str]:
    iban, name = store.one(_PART, office=case.office, entry=case.entry, part=part) or (None, None)
    if not iban or not is_iban(iban):
        raise UnknownPartPayerError(number=case.number, part=part)
    return iban, name or ""


def remember_payer(
    store: Store, case: Case, items: Sequence[tuple[str, int]], kind: str, day: str, part: int | None = None
) -> int:
    """Note for the persons of these items whose account the money, or a part of it, came from; return how many are new.

    Only an account of the kind `own` is evidence when money is matched. Raises what `payer_of` raises.
    """
    iban, _ = payer_of(store, case, part)
    parties = {party for office, item in items for (party,) in store.rows(_PARTIES, office=office, item=item)}
    fresh = 0
    for party in sorted(parties):
        known = store.value(_KNOWN, party=party, iban=iban)
        fresh += known != kind
        if known != kind:
            mark(store, "SELECT id AS party FROM party WHERE id = :party", party=party)
        if known is None:
            store.insert_one("party_account", party=party, iban=iban, kind=kind, source="clarification", since=day)
        elif known != kind:
            store.execute(_CHANGE, party=party, iban=iban, kind=kind)
    if fresh:
        facts: dict[str, Fact] = {"kind": kind, "parties": fresh, **seal_marked(store)}
        record(store, case.office, "party.account", f"item:{case.number}", facts)
    return fresh
