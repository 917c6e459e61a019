"""Where the money of a credit came from: the account of a bank entry, of a collective entry that of the part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ledger.bank.parts import lines_of
from ledger.bank.unclear_parts_store import PART
from ledger.payments.refund_payer import Brought, Payer, Said, payer_among, standing, without_others
from ledger.store.engines import Row, Store

_BROUGHT = """
    SELECT m.office, m.entry, m.cents, m.rule, m.evidence, j.office, j.id FROM {items}
    JOIN bank_match m ON m.item_office = j.office AND m.item = j.id
    WHERE {where} AND m.rule <> 'clarify' ORDER BY m.office, m.entry, m.line"""
_ITSELF = _BROUGHT.format(items="item j", where="j.office = :office AND j.id = :item")
_LOWERED = _BROUGHT.format(
    items="""item i JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    JOIN item j ON j.office = o.office AND j.order_id = o.changes""",
    where="i.office = :office AND i.id = :item",
)
_MAIN = _BROUGHT.format(
    items="item i JOIN item j ON j.office = i.office AND j.id = i.main_item",
    where="i.office = :office AND i.id = :item AND i.kind = 'credit'",
)
_WHOLE = "SELECT bank_day, counter_iban, name, remittance FROM bank_entry WHERE office = :office AND id = :entry"
_PARTS = """
    SELECT line, counter_iban, name, coalesce(remittance, creditor_reference, end_to_end_id) FROM bank_detail
    WHERE office = :office AND entry = :entry ORDER BY line"""
_LEFT = "SELECT evidence FROM bank_match WHERE office = :office AND entry = :entry AND rule = 'clarify'"
_OWN = """
    SELECT a.iban FROM item i JOIN party_account a ON a.party = i.party AND a.kind = 'own'
    WHERE i.office = :office AND i.id = :item"""
_OTHERS = """
    SELECT a.iban FROM item i
    JOIN (SELECT office, item, party FROM item_debtor UNION SELECT office, id, party FROM item) d
        ON d.office = i.office AND d.item = i.main_item AND d.party <> i.party
    JOIN party_account a ON a.party = d.party AND a.kind = 'own' AND a.until IS NULL
    WHERE i.office = :office AND i.id = :item"""
_FROM_A_CASE = frozenset({"assigned", "later"})


def payer_of_credit(store: Store, office: str, item: int) -> Payer:
    """Return where the money of a credit came from.

    Its own bank entry says so, else that of the claim whose order was lowered, else that of the claim that is its main
    item: of that an own account of the credit's person goes first, and one of another who owes the claim too does not
    count. Of several entries the newest counts. Of a collective entry only the part counts that its match, or the step
    of a case, names; where none does, each part that may have been meant.
    """
    for sql in (_ITSELF, _LOWERED, _MAIN):
        rows = standing(_brought(row) for row in store.all(sql, office=office, item=item))
        of_main = sql == _MAIN and bool(rows)
        own, others = (_accounts(store, one, office, item) if of_main else set() for one in (_OWN, _OTHERS))
        entries = sorted({(row.office, row.entry) for row in rows})
        every = {entry: _said(store, entry, [row for row in rows if (row.office, row.entry) == entry], own)
                 for entry in entries}  # fmt: skip
        said = without_others(every, others)
        if said:
            newest = max(said, key=lambda entry: (_has_own(said[entry]), said[entry][0].bank_day, entry))
            return payer_among(said[newest], f"{newest[0]}/{newest[1]}")
    return Payer()


def _accounts(store: Store, sql: str, office: str, item: int) -> set[str]:
    return {iban for (iban,) in store.rows(sql, office=office, item=item)}


def payers_of_item(store: Store, office: str, item: int) -> list[tuple[Brought, list[Said]]]:
    """Return what bank entries brought for an item and still stands, each with what the bank said of who paid it.

    Of a collective entry that is its part, or each part that may have been meant.
    """
    rows = standing(_brought(row) for row in store.all(_ITSELF, office=office, item=item))
    return [(row, _said(store, (row.office, row.entry), [row], set())) for row in rows]


def _has_own(said: Sequence[Said]) -> bool:
    return any(one.own for one in said)


def _brought(row: Row) -> Brought:
    """Return what a match did; what the bank itself took back is told of the entry that it undid."""
    office, entry, cents, rule, evidence, *item = row
    known = json.loads(evidence or "{}")  # an erasure leaves none
    if "undoes" in known:
        office, _, number = str(known["undoes"]).rpartition("/")
        entry = int(number)
    part = known.get(PART)
    return Brought(office, int(entry), int(cents), rule, None if part is None else int(part), (item[0], int(item[1])))


def _said(store: Store, entry: tuple[str, int], rows: Iterable[Brought], own: set[str]) -> list[Said]:
    """Return what the bank said of the money that an entry brought: one for each part that may be meant."""
    where: dict[str, str | int] = {"office": entry[0], "entry": entry[1]}
    day, account, payer, words = store.one(_WHOLE, **where) or ("", None, None, None)
    parts = store.all(_PARTS, **where)
    if not parts:
        return [Said(account, payer, day, words, own=account in own)]
    lines = {line for row in rows for line in _lines(store, where, row, [part[0] for part in parts])}
    return [
        Said(iban or account, name, day, text, line, own=(iban or account) in own)
        for line, iban, name, text in parts
        if line in lines
    ]


def _lines(store: Store, where: dict[str, str | int], row: Brought, every: Sequence[int]) -> Iterable[int]:
    """Return the parts that may have brought what a match did: the one it names, else those of the case, else all."""
    if row.part is not None and row.part in every:
        return [row.part]
    if row.rule not in _FROM_A_CASE:
        return every
    unclear = [lines_of(evidence) for (evidence,) in store.all(_LEFT, **where)]
    named = {line for lines in unclear if lines is not None for line in lines}
    return every if None in unclear or not named.intersection(every) else named
