"""What is wrong with a staged list as a whole: against itself and against the book, one statement for each question."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.items.orders import COLUMN_OF, OrderRow, order_number
from ledger.people.parties_store import whole_bic
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

PER_LINE = frozenset(
    {"seq", "head", "amount_cents", "purpose", "gl_account", "cost_object", "open_cents", "match_key", "address_key",
     "party_key", "product", "budget_year"}
)  # fmt: skip
"""Fields in which the lines of one order may differ."""
SHARED = tuple(name for name in OrderRow._fields if name not in PER_LINE)
JOINT = ("office", "amount_cents", "due", "purpose", "order_key")  # what makes rows of a group one claim
TOLD = (
    "reference", "gl_account", "profile", "claim_kind", "period_from", "period_to", "main_reference", "cost_object",
    "product", "budget_year", "every_months", "last_due",
)  # fmt: skip
"""What the first row of a joint claim says of it: another row may leave it out, but not say something else."""


class RepeatedReferenceError(KasseError):
    """Two orders of one list have the same reference."""

    code = "order.reference_repeated"
    template = N_("the reference {reference} stands in row {row} too")
    hint = N_("give each order its own reference; rows with one order_key are lines of one order")


class KnownReferenceError(KasseError):
    """An order or item of the book has the reference already."""

    code = "order.reference_known"
    template = N_("the reference {reference} is taken: {owner}")
    hint = N_("leave the reference blank to get a new one, or look whether the order is in the book already")


class UnknownMainReferenceError(KasseError):
    """The main claim that a side claim names is neither in the book nor in the list."""

    code = "order.main_reference"
    template = N_("no claim of office {office} has the reference {reference}")
    hint = N_("correct main_reference, or take the main claim in first")


class OtherBicError(KasseError):
    """Another BIC than the one that is known of the account's bank."""

    code = "order.bic_other"
    template = N_("the bank of {iban} is known by the BIC {known}, not {bic}")
    hint = N_("leave bic blank, or correct it with 'kasse party change PARTY --iban {iban} --bic BIC'")


class MixedOrderError(KasseError):
    """Rows of one order that contradict each other."""

    code = "order.mixed"
    template = N_("rows of the order {order_key} differ in {column}: row {row}")
    hint = N_("lines of one order have the same office, kind, party, due day and reference; or give another order_key")


class MixedGroupError(KasseError):
    """Rows of one joint claim (§ 421 BGB) that contradict each other."""

    code = "order.mixed_group"
    template = N_("rows of the joint claim {joint_group} differ in {column}: row {row}")
    hint = N_("joint debtors owe one claim: the same office, amount, due day and purpose in each row, no order_key, "
              "no other reference or coding; or give another joint_group")  # fmt: skip


class SuspectedDuplicateError(KasseError):
    """The same payee, amount and reference, or the same party, amount, due day and purpose, once more."""

    code = "order.duplicate"
    severity = "warning"
    template = N_("perhaps the same as the order {order}")
    hint = N_("compare the two; object to one of them if it is a duplicate")


class SuspectedRepetitionError(KasseError):
    """The same once more within one list."""

    code = "order.repetition"
    severity = "warning"
    template = N_("perhaps the same as row {row}")
    hint = N_("compare the two; object to one of them if it is a duplicate")


_OWN = "s.kind = 'receivable' AND s.reference IS NOT NULL AND s.bad = 0 AND s.joint_of IS NULL"
_REPEATED = f"""
    SELECT s.seq, s.reference, (SELECT min(o.seq) FROM staged_row o WHERE o.reference = s.reference
        AND o.kind = 'receivable' AND o.head <> s.head AND o.bad = 0 AND o.joint_of IS NULL)
    FROM staged_row s WHERE {_OWN} AND s.reference IN (
        SELECT reference FROM staged_row WHERE kind = 'receivable' AND reference IS NOT NULL AND bad = 0
        AND seq = head AND joint_of IS NULL GROUP BY reference HAVING count(*) > 1) ORDER BY s.seq"""
_KNOWN_ORDER = f"""
    SELECT s.seq, s.reference, o.office, o.id FROM staged_row s JOIN cash_order o ON o.reference = s.reference
    WHERE {_OWN} AND o.kind = 'receivable' AND o.state <> 'objected' ORDER BY s.seq"""
_KNOWN_ITEM = f"""
    SELECT s.seq, s.reference, i.office, i.id FROM staged_row s JOIN item i ON i.reference = s.reference
    WHERE {_OWN} AND i.kind = 'receivable' AND i.order_id IS NULL ORDER BY s.seq"""
_MAIN = """
    SELECT s.seq, s.main_reference, s.office FROM staged_row s WHERE s.main_reference IS NOT NULL AND s.bad = 0
    AND NOT EXISTS (SELECT 1 FROM item i WHERE i.reference = s.main_reference AND i.office || '' = s.office)
    AND NOT EXISTS (SELECT 1 FROM cash_order o WHERE o.reference = s.main_reference AND o.office || '' = s.office)
    AND (s.office, s.main_reference) NOT IN (
        SELECT office, reference FROM staged_row WHERE office IS NOT NULL AND reference IS NOT NULL)
    ORDER BY s.seq"""
_SAME_PAYMENT = """
    SELECT s.seq, o.office, o.id FROM staged_row s JOIN cash_order o
    ON o.bank_account = s.bank_account AND o.reference = s.reference
    WHERE s.kind = 'payable' AND s.bad = 0 AND s.seq = s.head AND o.kind = 'payable' AND o.state <> 'objected'
    AND o.total_cents = (SELECT sum(t.amount_cents) FROM staged_row t WHERE t.head = s.seq) ORDER BY s.seq"""
_SAME_CLAIM = """
    SELECT s.seq, o.office, o.id FROM staged_row s JOIN cash_order o
    ON o.party = s.party AND o.kind = s.kind AND o.due = s.due AND o.purpose = s.purpose
    WHERE s.bad = 0 AND s.seq = s.head AND o.state <> 'objected'
    AND o.total_cents = (SELECT sum(t.amount_cents) FROM staged_row t WHERE t.head = s.seq) ORDER BY s.seq"""
_SAME_IN_LIST = """
    SELECT seq, first_seq FROM (
        SELECT seq, head, bad, party_key, min(seq) OVER (PARTITION BY {same}) AS first_seq FROM staged_row
        WHERE bad = 0 AND seq = head AND party_key IS NOT NULL{only}) AS grouped
    WHERE seq <> first_seq ORDER BY seq"""
_LIST_PAYMENTS = _SAME_IN_LIST.format(
    same="bank_account, amount_cents, reference", only=" AND kind = 'payable' AND reference IS NOT NULL"
)
_LIST_CLAIMS = _SAME_IN_LIST.format(same="party_key, kind, amount_cents, due, purpose", only="")


STAGED = "staged_row"
_OTHER_BIC = f"""
    SELECT s.seq, s.bic, s.bank_account, coalesce(
        (SELECT max(a.bic) FROM party_account a
         WHERE a.iban = s.bank_account AND {whole_bic("a.bic")} <> {whole_bic("s.bic")}),
        (SELECT max(o.bic) FROM {{table}} o
         WHERE o.bank_account = s.bank_account AND {whole_bic("o.bic")} < {whole_bic("s.bic")})) AS known
    FROM {{table}} s WHERE s.bic IS NOT NULL{{only}} ORDER BY s.seq"""


def list_errors(store: Store) -> Iterator[KasseError]:
    """Yield what keeps rows of the staged list out of the book."""
    yield from _mixed(store)
    yield from _mixed_groups(store)
    for seq, reference, other in store.all(_REPEATED):
        yield RepeatedReferenceError(reference=reference, row=other, place=_place(seq, "reference", reference))
    yield from known_references(store)
    yield from unknown_mains(store)
    yield from other_bics(store)


def known_references(store: Store) -> Iterator[KasseError]:
    """Yield references that the book has already."""
    for sql, owner in ((_KNOWN_ORDER, order_number), (_KNOWN_ITEM, _item)):
        for seq, reference, office, number in store.all(sql):
            place = _place(seq, "reference", reference)
            yield KnownReferenceError(reference=reference, owner=owner(office, number), place=place)


def other_bics(store: Store, table: str = STAGED) -> Iterator[KasseError]:
    """Yield rows with another BIC than the book, or the list, has for the account."""
    if store.value(f"SELECT 1 FROM {table} WHERE bic IS NOT NULL LIMIT 1") is None:
        return
    only = " AND s.bad = 0" if table == STAGED else ""
    for seq, bic, iban, known in store.all(_OTHER_BIC.format(table=table, only=only)):
        if known is not None:
            yield OtherBicError(bic=bic, iban=iban, known=known, place=_place(seq, "bic", bic))


def unknown_mains(store: Store) -> Iterator[KasseError]:
    """Yield side claims whose main claim nobody knows."""
    for seq, reference, office in store.all(_MAIN):
        place = _place(seq, "main_reference", reference)
        yield UnknownMainReferenceError(office=office, reference=reference, place=place)


def suspected_duplicates(store: Store) -> Iterator[KasseError]:
    """Yield a warning for each order that may be in the book or in the list already; after `find_parties`."""
    suspects: dict[int, KasseError] = {}
    for sql in (_SAME_PAYMENT, _SAME_CLAIM):
        for seq, office, number in store.all(sql):
            suspects.setdefault(seq, SuspectedDuplicateError(order=order_number(office, number), place=Place(row=seq)))
    for sql in (_LIST_PAYMENTS, _LIST_CLAIMS):
        for seq, first in store.all(sql):
            suspects.setdefault(seq, SuspectedRepetitionError(row=first, place=Place(row=seq)))
    for _, finding in sorted(suspects.items()):
        yield finding


def _mixed(store: Store) -> Iterator[KasseError]:
    differs = [f"CASE WHEN {_differ(name)} THEN '{COLUMN_OF.get(name, name)} ' ELSE '' END" for name in SHARED]
    sql = f"""SELECT * FROM (SELECT s.seq, s.head, s.order_key, {" || ".join(differs)} AS differing
              FROM staged_row s JOIN staged_row h ON h.seq = s.head WHERE s.seq <> s.head) AS lines
              WHERE differing <> '' ORDER BY seq"""
    for seq, head, key, differing in store.all(sql):
        for column in differing.split():
            yield MixedOrderError(order_key=key, column=column, row=head, place=Place(row=seq, column=column))


def _mixed_groups(store: Store) -> Iterator[KasseError]:
    """Yield what differs between the rows of a group: it would be several claims, of which each debtor owes one.

    What only the first row keeps would be lost of the others without a word. Rows that are bad are not compared.
    """
    told = {name: f"s.{name} IS NOT NULL AND {_differ(name)}" for name in TOLD}
    names = {name: _differ(name) for name in JOINT} | told
    differs = [f"CASE WHEN {sql} THEN '{COLUMN_OF.get(name, name)} ' ELSE '' END" for name, sql in names.items()]
    sql = f"""WITH claim AS (SELECT joint_group, min(seq) AS first_seq FROM staged_row WHERE bad = 0
                  AND joint_group IS NOT NULL AND kind = 'receivable' AND seq = head GROUP BY joint_group)
              SELECT * FROM (SELECT s.seq, h.seq AS first_seq, s.joint_group, {" || ".join(differs)} AS differing
              FROM claim c JOIN staged_row h ON h.seq = c.first_seq JOIN staged_row s ON s.joint_group = c.joint_group
              WHERE s.seq <> h.seq AND s.seq = s.head AND s.kind = 'receivable' AND s.bad = 0) AS lines
              WHERE differing <> '' ORDER BY seq"""
    for seq, first, group, differing in store.all(sql):
        for column in differing.split():
            yield MixedGroupError(joint_group=group, column=column, row=first, place=Place(row=seq, column=column))


def _differ(name: str) -> str:
    return f"coalesce(CAST(s.{name} AS TEXT), '') <> coalesce(CAST(h.{name} AS TEXT), '')"


def _place(seq: int, column: str, value: str) -> Place:
    return Place(row=seq, column=column, value=value)


def _item(office: str, number: int) -> str:
    return f"{office} #{number}"
