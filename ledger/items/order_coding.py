"""The coding of a row (Kontierung): its account, its cost object, its reference in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.book.chart import BANK, CASH_ROLES, CONTROL_ROLES, VERRECHNUNG
from ledger.book.entry import ClosedAccountError, UnknownAccountError
from ledger.items.kassenzeichen import compact
from ledger.items.orders import OrderRow, Rules, at
from sepa.errors import N_, KasseError

KEPT_ROLES = frozenset(
    {
        *CONTROL_ROLES,
        BANK,
        VERRECHNUNG,
        "transit_out",
        "transit_in",
        "transit_own",
        "opening",
        "result",
        *CASH_ROLES,
    }
)
"""Roles of accounts whose balance other records explain: no order codes to them."""
DIMENSION_OF = {"cost_object": "kostenstelle", "product": "produkt", "budget_year": "haushaltsjahr"}
"""Columns of a row by the dimension of the posting that they become."""
_COST_OBJECT = re.compile(r"[^;=\x00-\x1f\x7f]{1,40}")


class NoDefaultAccountError(KasseError):
    """A row without an account, where the book names none."""

    code = "order.no_account"
    template = N_("no account is given and the book has no default for {kind}")
    hint = N_("fill in gl_account")


class KeptAccountError(KasseError):
    """An account that only kasse itself posts to, as items, banks or offices explain its balance."""

    code = "order.kept_account"
    template = N_("no order can be coded to the account {account} of office {office}: its role is {role}")
    hint = N_("use an income or expense account")


class CostObjectError(KasseError):
    """A cost object with signs that separate dimensions."""

    code = "order.cost_object"
    template = N_("not a usable cost object: {text}")
    hint = N_("use at most 40 letters, digits and signs, none of them ; or =")


def plain_reference(row: OrderRow) -> tuple[str | None, int]:
    """Return the reference as the book keeps it, and whether it is foreign.

    A receivable's reference loses its blanks and separators; a payable's is the payee's own and stays as written.
    """
    if row.reference is None:
        return None, 0
    if row.kind == "payable":
        return row.reference, 1
    return compact(row.reference), row.reference_foreign or 0


def coding(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield findings on account and cost object."""
    if row.office in rules.offices:
        yield from _account(rules, row)
        yield from _dimensions(rules, row)
    if row.cost_object and not _COST_OBJECT.fullmatch(row.cost_object):
        yield CostObjectError(text=row.cost_object, place=at(row, "cost_object"))


def _dimensions(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield what is wrong with Kostenstelle, Produkt and Haushaltsjahr, by the lists of the book."""
    for column, dimension in DIMENSION_OF.items():
        value = getattr(row, column)
        if value and (column != "cost_object" or _COST_OBJECT.fullmatch(value)):
            for finding in rules.lists.check_value(str(row.office), rules.today, dimension, value):
                yield finding.at(at(row, column))


def _account(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.gl_account is None:
        if row.kind:
            yield NoDefaultAccountError(kind=row.kind, place=at(row, "gl_account"))
        return
    office, account = row.office, row.gl_account
    state = rules.accounts.get((str(office), account))
    if state is None:
        yield UnknownAccountError(office=office, account=account, place=at(row, "gl_account"))
    elif state.closed_on is not None and state.closed_on <= rules.today:
        yield ClosedAccountError(office=office, account=account, day=state.closed_on, place=at(row, "gl_account"))
    elif state.role in KEPT_ROLES:
        yield KeptAccountError(office=office, account=account, role=state.role, place=at(row, "gl_account"))
