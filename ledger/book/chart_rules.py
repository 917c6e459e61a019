"""What a chart must have: usable numbers, known kinds and roles, an account for everything the books do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ledger.book.chart import BANK_PREFIX, CASH_ROLES, CONTROL_ROLES, KINDS, ROLES, VERRECHNUNG_PREFIX, ChartRow
from sepa.errors import N_, KasseError

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./-]{0,19}")
_RESERVED = re.compile(rf"{VERRECHNUNG_PREFIX}\..*|{BANK_PREFIX}[0-7][0-9]")
_WORD = re.compile(r"[a-z][a-z0-9_.:-]{0,59}")
LONGEST_NAME = 80
HELD = frozenset({*CONTROL_ROLES, *CASH_ROLES, "transit_out", "transit_in"})
"""Roles of accounts whose balance open items and runs explain: nothing is coded to them."""


class AccountNumberError(KasseError):
    """A number that no account can have."""

    code = "chart.number"
    template = N_("not usable as the number of an account: {text}")
    hint = N_("use 1 to 20 digits, letters, dots, strokes or slashes, a digit or letter first")


class ReservedNumberError(KasseError):
    """A number that kasse itself gives to bank accounts or to the Verrechnung between offices."""

    code = "chart.reserved"
    template = N_("the number {number} is kept for bank accounts and for the Verrechnung between offices")
    hint = N_("leave 2800 to 2879 and 2690.… out of the chart; these accounts are made with banks and offices")


class AccountNameError(KasseError):
    """An account without a name, or with one that no list can show."""

    code = "chart.name"
    template = N_("account {number} has no usable name")
    hint = N_("give a name of at most 80 characters on one line")


class AccountKindError(KasseError):
    """A kind of account that there is not."""

    code = "chart.kind"
    template = N_("account {number} has the kind {text}, which there is not")
    hint = N_("the kinds are: {kinds}")


class AccountRoleError(KasseError):
    """A role that the books do not know, or do not leave to a chart."""

    code = "chart.role"
    template = N_("account {number} has the role {text}, which there is not")
    hint = N_("the roles are: {roles}")


class RoleKindError(KasseError):
    """An account whose kind does not fit its role."""

    code = "chart.role_kind"
    template = N_("account {number} has the role {role} and cannot be of kind {kind}")
    hint = N_("accounts of this role are: {kinds}")


class RepeatedAccountError(KasseError):
    """A number that stands twice in a chart."""

    code = "chart.duplicate"
    template = N_("the number {number} stands twice in the list")
    hint = N_("give each account one row")


class MissingRoleError(KasseError):
    """A chart without an account for something the books do."""

    code = "chart.role_missing"
    template = N_("no account has the role {role}")
    hint = N_("give the role to one account; 'kasse account template' shows what each role is for")


class DefaultCodingError(KasseError):
    """A default coding that leads nowhere, to two accounts, or to an account that nothing is coded to."""

    code = "chart.default"
    template = N_("orders of {word} cannot be coded to {number}")
    hint = N_("name a kind of order or a profile once, at an account without items or banks behind it")


class RefusedChartError(KasseError):
    """A chart with findings, of which nothing was taken."""

    code = "chart.refused"
    template = N_("nothing was changed: the chart has findings: {count}")
    hint = N_("mend the list and give it again")


def check_chart(rows: Sequence[ChartRow], *, whole: bool) -> list[KasseError]:
    """Return everything that is wrong with the rows; a `whole` chart must have every role that the books need."""
    findings = [finding for row in rows for finding in check_row(row)]
    findings += _repeated(rows)
    if whole:
        findings += missing_roles({row.role for row in rows if row.role})
    return findings


def check_row(row: ChartRow) -> Iterator[KasseError]:
    """Yield what is wrong with one row."""
    if not _NUMBER.fullmatch(row.number):
        yield AccountNumberError(text=row.number, place=row.place)
    elif _RESERVED.fullmatch(row.number):
        yield ReservedNumberError(number=row.number, place=row.place)
    yield from check_name(row)
    if row.kind not in KINDS:
        yield AccountKindError(number=row.number, text=row.kind, kinds=", ".join(KINDS), place=row.place)
    if row.role is not None:
        yield from _role(row, row.role)
    yield from _coding(row)


def check_name(row: ChartRow) -> Iterator[KasseError]:
    """Yield what is wrong with the name of an account."""
    if not row.name.strip() or len(row.name) > LONGEST_NAME or not row.name.isprintable():
        yield AccountNameError(number=row.number, place=row.place)


def _role(row: ChartRow, role: str) -> Iterator[KasseError]:
    known = ROLES.get(role)
    if known is None:
        yield AccountRoleError(number=row.number, text=role, roles=", ".join(ROLES), place=row.place)
    elif row.kind in KINDS and row.kind not in known.kinds:
        kinds = ", ".join(known.kinds)
        yield RoleKindError(number=row.number, role=role, kind=row.kind, kinds=kinds, place=row.place)


def _coding(row: ChartRow) -> Iterator[KasseError]:
    for word in row.coded:
        if row.role in HELD or not row.kind or not _WORD.fullmatch(word):
            yield DefaultCodingError(word=word, number=row.number, place=row.place)


def _repeated(rows: Sequence[ChartRow]) -> Iterator[KasseError]:
    numbers: set[str] = set()
    words: set[str] = set()
    for row in rows:
        if row.number in numbers:
            yield RepeatedAccountError(number=row.number, place=row.place)
        numbers.add(row.number)
        for word in row.coded:
            if word in words:
                yield DefaultCodingError(word=word, number=row.number, place=row.place)
            words.add(word)


def missing_roles(given: Collection[str]) -> Iterator[KasseError]:
    """Yield the roles that every office needs and that are not among those given."""
    for role, known in ROLES.items():
        if known.needed and role not in given:
            yield MissingRoleError(role=role)
