"""Finding items as people name them: by a reference, or by office and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.items.kassenzeichen import compact
from ledger.items.locks import ItemKey
from ledger.items.targets_store import target_of
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_BY_NUMBER = re.compile(r"([A-Z0-9]{1,8})/([0-9]{1,18})")
_MAIN = "SELECT coalesce(main_item, id) FROM item WHERE office = :office AND id = :item"
_BY_REFERENCE = "SELECT office, id FROM item WHERE reference = :reference ORDER BY office, id"


_PAPER = ("notice_date", "served_on", "final_on", "enforceable", "debt_reason", "period_from", "period_to", "document")
_PAPERS = f"""
    SELECT {", ".join(f"coalesce(o.{name}, f.{name})" for name in _PAPER)}
    FROM item i LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id WHERE i.office = :office AND i.id = :item"""

_JOINT = f"""
    SELECT p.id, p.name, j.since, j.released_on FROM {OWED_JOINTLY} j JOIN party p ON p.id = j.party
    WHERE j.office = :office AND j.item = :item ORDER BY p.id"""


@dataclass(frozen=True, slots=True)
class Paper:
    """What an item rests on, from its order or as it was taken over: days of notice, service, Bestandskraft."""

    item: str
    notice_date: str | None
    served_on: str | None
    final_on: str | None
    enforceable: int | None
    debt_reason: str | None
    period_from: str | None
    period_to: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class JointDebtor:
    """Who owes an item besides its first debtor, from and until when."""

    item: str
    party_number: int
    party: str
    since: str
    released_on: str | None


class UnknownItemError(KasseError):
    """Nothing open or settled has that reference or number."""

    code = "item.unknown"
    template = N_("there is no item {text}")
    hint = N_("give a reference or OFFICE/NUMBER, as 'kasse report open-items' shows them")


class SeveralClaimsError(KasseError):
    """The reference of a letter or an account that stands for several claims, where one is meant."""

    code = "item.several"
    template = N_("{reference} stands for several claims: {items}")
    hint = N_("name those that are meant; 'kasse item show {reference}' shows all")


def item_name(office: str, item: int) -> str:
    """Return how people write an item: its office and its number there."""
    return f"{office}/{item}"


def find_items(store: Store, text: str) -> list[ItemKey]:
    """Return the items that a reference or `OFFICE/NUMBER` names, settled ones too.

    The reference of a letter, plan, case or account names its claim with the side claims. Raises `UnknownItemError`,
    `SeveralClaimsError` where it stands for several claims.
    """
    found = _named_alone(store, text)
    if found:
        return found
    target = target_of(store, compact(text))
    if target is None or not target.items:
        raise UnknownItemError(text=text)
    mains = sorted({(office, store.value(_MAIN, office=office, item=item)) for office, item in target.items})
    if len(mains) > 1:
        raise SeveralClaimsError(reference=text, items=", ".join(item_name(*key) for key in mains))
    return list(target.items)


def _named_alone(store: Store, text: str) -> list[ItemKey]:
    match = _BY_NUMBER.fullmatch(text.strip().upper())
    if match is not None:
        key = (match[1], int(match[2]))
        if store.value("SELECT 1 FROM item WHERE office = :office AND id = :id", office=key[0], id=key[1]):
            return [key]
    for reference in dict.fromkeys((text.strip(), compact(text))):
        found = [(office, item) for office, item in store.rows(_BY_REFERENCE, reference=reference)]
        if found:
            return found
    return []


def joint_debtors_of(store: Store, keys: Iterable[ItemKey]) -> Iterator[JointDebtor]:
    """Yield who owes these items besides their first debtors (§ 421 BGB, § 44 AO), those released too."""
    for office, item in keys:
        for row in store.all(_JOINT, office=office, item=item):
            yield JointDebtor(item_name(office, item), *row)


def papers_of(store: Store, keys: Iterable[ItemKey]) -> Iterator[Paper]:
    """Yield what these items rest on, where anything is known of it."""
    for office, item in keys:
        row = store.one(_PAPERS, office=office, item=item)
        if row is not None and any(value is not None for value in row):
            yield Paper(item_name(office, item), *row)
