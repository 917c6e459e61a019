"""Joint debtors (Gesamtschuldner, § 421 BGB, § 44 AO): several parties owe one item, paid once it is paid for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.items.joint_seals_store import seal_staged, stage
from ledger.items.locks import ItemKey
from ledger.items.staging_store import drop
from ledger.people.party_values import MergedPartyError
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

ROLES = ("clerk", "enforcement")


class NoReceivableError(KasseError):
    """A joint debtor of what nobody owes."""

    code = "joint.no_receivable"
    template = N_("{item} is no receivable with a debtor")
    hint = N_("joint debtors belong to receivables; see 'kasse report open-items'")


@dataclass(frozen=True, slots=True)
class Joined:
    """Which parties owe an item besides its first debtor; `new` is false where all were known."""

    item: str
    parties: tuple[int, ...]
    new: bool


def join_debtors(store: Store, keys: Sequence[ItemKey], parties: Sequence[int], day: str) -> list[Joined]:
    """Let parties owe items jointly with their first debtor, from a day on.

    Raises `NoReceivableError`, `MergedPartyError`, `NotAllowedError`.
    """
    offices = sorted({office for office, _ in keys})
    with store.unit(offices):
        for office in offices:
            require(store, office, *ROLES)
        _check_merged(store, parties)
        return [_join(store, office, item, parties, day) for office, item in keys]


def _check_merged(store: Store, parties: Sequence[int]) -> None:
    for party in parties:
        target = store.value("SELECT merged_into FROM party WHERE id = :id", id=party)
        if target is not None:
            raise MergedPartyError(party=party, target=target)


def _join(store: Store, office: str, item: int, parties: Sequence[int], day: str) -> Joined:
    row = store.one("SELECT kind, party FROM item WHERE office = :office AND id = :item", office=office, item=item)
    if row is None or row[0] != "receivable" or row[1] is None:
        raise NoReceivableError(item=item_name(office, item))
    sql = "SELECT party FROM item_debtor WHERE office = :office AND item = :item"
    known = {party for (party,) in store.rows(sql, office=office, item=item)} | {row[1]}
    fresh = [party for party in dict.fromkeys(parties) if party not in known]
    store.insert("item_debtor", ("office", "item", "party", "since"), [(office, item, party, day) for party in fresh])
    if fresh:
        stage(store, "joint_to_seal")
        store.insert("joint_to_seal", ("office", "number", "party"), [(office, item, party) for party in fresh])
        facts: dict[str, Fact] = {"parties": " ".join(map(str, fresh)), "since": day}
        record(store, office, "item.joint", f"item:{item}", facts | seal_staged(store, "item"))
        drop(store, "joint_to_seal")
    return Joined(item_name(office, item), tuple(fresh), bool(fresh))
