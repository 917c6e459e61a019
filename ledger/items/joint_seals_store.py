"""Seals of who owes jointly: a copy of each row as it stood after a step, bound by the event log.

Whoever is put into `item_debtor` or `order_debtor` gets letters and may be enforced against. The rows move when
persons are merged, so that no chain holds them; the copies are never changed, and `journal verify` compares the rows
with their last ones. A row that is not as last sealed stays unsealed: no honest change vouches for what was written
past the event log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Literal

from ledger.events.bound import Bound, unbound
from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.items.orders import order_number
from ledger.items.staging_store import drop, text_type
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

FACT = "joint_seals"
"""The fact of an event that binds the seals of its step: `FIRST-LAST:HASH`."""
MOST = 100
Kind = Literal["item", "order"]
_COLUMNS = "id, kind, office, number, party, since, released_on, standing"
_ITEMS = "SELECT 'item' AS kind, office, item AS number, party, since, released_on FROM item_debtor"
_ORDERS = """SELECT 'order' AS kind, office, order_id AS number, party, CAST(NULL AS TEXT) AS since,
    CAST(NULL AS TEXT) AS released_on FROM order_debtor"""
_ROWS = {"item": _ITEMS, "order": _ORDERS}
_SAME = "{one}.office = {other}.office AND {one}.number = {other}.number AND {one}.party = {other}.party"
_SEAL = f"""
    INSERT INTO joint_seal ({_COLUMNS})
    SELECT CAST(:before AS BIGINT) + row_number() OVER (ORDER BY m.office, m.number, m.party), CAST(:kind AS TEXT),
        m.office, m.number, m.party, d.since, d.released_on, CASE WHEN d.party IS NULL THEN 0 ELSE 1 END
    FROM joint_to_seal m LEFT JOIN ({{rows}}) d ON {_SAME.format(one="d", other="m")}"""
# who was merged since an order named them owes as the one they became; nobody owes twice
_BECAME = """
    UPDATE joint_named SET party = (SELECT p.merged_into FROM party p WHERE p.id = joint_named.party)
    WHERE EXISTS (SELECT 1 FROM party p WHERE p.id = joint_named.party AND p.merged_into IS NOT NULL)"""
_FRESH = """
    INSERT INTO joint_to_seal SELECT DISTINCT n.office, n.number, n.party FROM joint_named n
    JOIN item i ON i.office = n.office AND i.id = n.number
    WHERE (i.party IS NULL OR i.party <> n.party) AND NOT EXISTS (
        SELECT 1 FROM item_debtor d WHERE d.office = n.office AND d.item = n.number AND d.party = n.party)"""
_JOIN = """INSERT INTO item_debtor (office, item, party, since)
    SELECT office, number, party, CAST(:day AS TEXT) FROM joint_to_seal ORDER BY office, number, party"""
_LAST = f"""(SELECT {_COLUMNS} FROM joint_seal s WHERE s.kind = :kind AND s.id = (
    SELECT max(n.id) FROM joint_seal n WHERE n.kind = s.kind AND {_SAME.format(one="n", other="s")}))"""
_UNLIKE = """(coalesce(l.since, '') <> coalesce(d.since, '') OR coalesce(l.released_on, '') <>
    coalesce(d.released_on, ''))"""
# the rows of two persons that are as last sealed, and where the second will owe after a merge
_SOUND = f"""
    INSERT INTO joint_to_seal SELECT d.office, d.number, d.party FROM ({_ITEMS}) d
    JOIN {_LAST} l ON {_SAME.format(one="l", other="d")}
    WHERE d.party IN (:source, :target) AND l.standing = 1 AND NOT {_UNLIKE}"""
_MOVED = """
    INSERT INTO joint_to_seal SELECT DISTINCT m.office, m.number, CAST(:target AS BIGINT) FROM joint_to_seal m
    WHERE m.party = :source AND NOT EXISTS (SELECT 1 FROM item_debtor d WHERE d.office = m.office
        AND d.item = m.number AND d.party = :target) AND NOT EXISTS (SELECT 1 FROM item i WHERE i.office = m.office
        AND i.id = m.number AND i.party = :target)"""
_DOUBLE = """(party = :source AND EXISTS (SELECT 1 FROM item_debtor d WHERE d.office = item_debtor.office
        AND d.item = item_debtor.item AND d.party = :target))
    OR (party IN (:source, :target) AND EXISTS (SELECT 1 FROM item i WHERE i.office = item_debtor.office
        AND i.id = item_debtor.item AND i.party = :target))"""
_RELEASE = f"""
    UPDATE item_debtor SET released_on = CAST(:day AS TEXT) WHERE party IN (:source, :target) AND released_on IS NULL
    AND ({_DOUBLE})"""
_MOVE = f"UPDATE item_debtor SET party = :target WHERE party = :source AND NOT ({_DOUBLE})"
_NEW_ORDERS = """
    INSERT INTO joint_to_seal SELECT d.office, d.order_id, d.party FROM staged_order o
    JOIN order_debtor d ON d.office = o.office AND d.order_id = o.id"""
_FOLLOW = """
    INSERT INTO joint_to_seal SELECT CAST(:office AS TEXT), CAST(:number AS BIGINT), f.party FROM (
        SELECT party FROM order_debtor WHERE office = :office AND order_id = :root
        UNION SELECT d.party FROM item i JOIN item_debtor d ON d.office = i.office AND d.item = i.id
        WHERE i.office = :office AND i.order_id = :root AND d.released_on IS NULL
          AND (CAST(:due AS TEXT) IS NULL OR i.original_due = :due)) f
    WHERE f.party <> :party"""
_WRONG = f"""
    SELECT d.office, d.number, d.party, 'added' FROM ({{rows}}) d
    LEFT JOIN {_LAST} l ON {_SAME.format(one="l", other="d")} WHERE l.id IS NULL OR l.standing = 0
    UNION ALL
    SELECT d.office, d.number, d.party, 'changed' FROM ({{rows}}) d
    JOIN {_LAST} l ON {_SAME.format(one="l", other="d")} WHERE l.standing = 1 AND {_UNLIKE}
    UNION ALL
    SELECT l.office, l.number, l.party, 'removed' FROM {_LAST} l
    LEFT JOIN ({{rows}}) d ON {_SAME.format(one="d", other="l")} WHERE l.standing = 1 AND d.party IS NULL
    ORDER BY 1, 2, 3"""


class JointDebtorError(KasseError):
    """Somebody owes an item jointly, or does no longer, and no event tells of it."""

    code = "verify.joint_debtor"
    template = N_("joint debtor {party} of item {name}: {state} past the event log")
    hint = N_(
        "see 'kasse item show {name}' and 'kasse party show {party}'; send this person nothing and enforce nothing for "
        "this item, keep this book as it is, compare it with the last backup, and inform the audit office"
    )


class JointOrderError(KasseError):
    """Somebody is named as a joint debtor in an order, or is no longer, and no event tells of it."""

    code = "verify.joint_order"
    template = N_("joint debtor {party} of order {name}: {state} past the event log")
    hint = N_(
        "see 'kasse order show {name}' and 'kasse party show {party}'; accept nothing of it, keep this book as it is, "
        "compare it with the last backup, and inform the audit office"
    )


class JointSealError(KasseError):
    """The seals of who owes jointly are not those that an event bound."""

    code = "verify.joint_seals"
    template = N_("seals of joint debtors {row}: {state} past the event log")
    hint = N_("keep this book as it is, compare it with the last backup, and inform the audit office")


def join(store: Store, rows: str, day: str, **values: object) -> int:
    """Let those whom a statement yields as office, item, party owe jointly from a day on; return how many are new.

    One event tells of all of them, with their seals; inside a unit of work that holds the offices.
    """
    stage(store, "joint_named", "joint_to_seal")
    count = store.execute(f"INSERT INTO joint_named {rows}", **values)
    if count:
        store.execute(_BECAME)
        count = store.execute(_FRESH)
    if count:
        store.execute(_JOIN, day=day)
        office = store.value("SELECT min(office) FROM joint_to_seal")
        facts: dict[str, Fact] = {"joint": count, "since": day}
        record(store, office, "item.joint", None, facts | seal_staged(store, "item"))
    drop(store, "joint_named", "joint_to_seal")
    return count


def stage(store: Store, *tables: str) -> None:
    """Make temporary tables of office, number and party; what stands in `joint_to_seal` is sealed next."""
    drop(store, *tables)
    kind = text_type(store)
    for table in tables:
        store.execute(f"CREATE TEMPORARY TABLE {table} (office {kind}, number BIGINT, party BIGINT)")


def seal_new_orders(store: Store) -> dict[str, Fact]:
    """Return the fact that binds the joint debtors of the orders in `staged_order`, for `record`."""
    stage(store, "joint_to_seal")
    store.execute(_NEW_ORDERS)
    facts = seal_staged(store, "order")
    drop(store, "joint_to_seal")
    return facts


def seal_staged(store: Store, kind: Kind) -> dict[str, Fact]:
    """Return the fact that binds the seals of the staged rows as they stand now, for `record`; nothing without any."""
    count = int(store.value("SELECT count(*) FROM joint_to_seal"))
    if not count:
        return {}
    first = take_ids(store, BOOK, "joint_seal", count)
    store.execute(_SEAL.format(rows=_ROWS[kind]), kind=kind, before=first - 1)
    last = first + count - 1
    written = store.stream(f"SELECT {_COLUMNS} FROM joint_seal WHERE id BETWEEN :first AND :last ORDER BY id",
                           first=first, last=last)  # fmt: skip
    return {FACT: Bound(first, last, hash_of(written)).text}


def hash_of(seals: Iterable[Row]) -> str:
    """Return the hash over seals; rows are hashed as Python writes tuples in ASCII."""
    digest = sha256()
    for row in seals:
        digest.update(ascii(tuple(row)).encode())
    return digest.hexdigest()


def follow_joint(
    store: Store, office: str, number: int, root: int, party: int | None, due: str | None
) -> dict[str, Fact]:
    """Name in an order who owes jointly what it adds to or goes on with, and return the fact for `record`.

    They stand in the order `root`, or were named since at its items, of which `due` chooses one. `party` is the first
    debtor.
    """
    if party is None:
        return {}
    stage(store, "joint_to_seal")
    count = store.execute(_FOLLOW, office=office, number=number, root=root, due=due, party=party)
    if count:
        store.execute("INSERT INTO order_debtor (office, order_id, party) SELECT * FROM joint_to_seal")
    facts = seal_staged(store, "order")
    drop(store, "joint_to_seal")
    return facts


def merge_joint(store: Store, source: int, target: int, day: str) -> dict[str, Fact]:
    """Let a person owe jointly what another one did that becomes part of it, and return the fact for `record`.

    Where it owes anyway, jointly or as the first debtor, the other row ends on that day. Items have moved before.
    """
    stage(store, "joint_to_seal")
    store.execute(_SOUND, kind="item", source=source, target=target)
    store.execute(_MOVED, source=source, target=target)
    store.execute(_RELEASE, source=source, target=target, day=day)
    store.execute(_MOVE, source=source, target=target)
    facts = seal_staged(store, "item")
    drop(store, "joint_to_seal")
    return facts


def wrong_joint(store: Store, told: Iterable[str]) -> Iterator[KasseError]:
    """Yield who was made, changed or taken away as a joint debtor past the event log, and seals that were.

    `told` are the facts of all events that bind seals.
    """
    seals = store.stream(f"SELECT {_COLUMNS} FROM joint_seal ORDER BY id")
    for row, state in islice(unbound(seals, told, hash_of), MOST):
        yield JointSealError(row=row, state=state)
    for office, number, party, state in islice(store.rows(_WRONG.format(rows=_ITEMS), kind="item"), MOST):
        yield JointDebtorError(name=item_name(office, number), office=office, party=party, state=state)
    for office, number, party, state in islice(store.rows(_WRONG.format(rows=_ORDERS), kind="order"), MOST):
        yield JointOrderError(name=order_number(office, number), office=office, party=party, state=state)
