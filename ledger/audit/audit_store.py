"""`book audit`: runs every check over the period and reads what stands beside them; changes nothing but the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from ledger.audit import (
    checks_books,
    checks_cash,
    checks_duties,
    checks_orders,
    checks_payments,
    checks_refunds,
    checks_roles,
    checks_set_off,
)
from ledger.audit.checks import Check, Scope
from ledger.audit.people import is_twin, person_key
from ledger.audit.report import AuditReport, Chain, CheckLine, ControlLine, MoneyLine
from ledger.audit.sections_reader import cash_lines, control_lines, deputy_lines, lock_lines, money_lines
from ledger.book.offices_store import check_office
from ledger.book.printed_head import PrintedHead
from ledger.book.store import kasse_office, setting
from ledger.book.verify_halves_store import Proof
from ledger.book.verify_store import verify
from ledger.events.store import record
from ledger.people.users import require, user_name
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

ROLES = ("audit", "head", "admin")
"""Who may audit: findings name persons and their accounts."""
CHECKS: tuple[Check, ...] = (
    *checks_books.CHECKS, *checks_duties.CHECKS, *checks_roles.CHECKS, *checks_payments.CHECKS, *checks_orders.CHECKS,
    *checks_refunds.CHECKS, *checks_set_off.CHECKS, *checks_cash.CHECKS,
)  # fmt: skip
"""The checks of the ledger; enforcement adds its own."""
MOST = 500
"""So many findings of one check are named one by one."""
_USERS = "SELECT id, name FROM app_user ORDER BY id"


class MoneyDifferenceError(KasseError):
    """Kassen-Soll and Kassen-Ist differ."""

    code = "audit.money"
    template = N_("{account} {name} of office {office} has {books_cents} in the books, but {there_cents} are there")
    hint = N_("see 'kasse reconcile' and 'kasse report cash': which entry is missing on which side")
    severity = "error"


class MoneyUnseenError(KasseError):
    """Money in the books that no statement or count has ever shown."""

    code = "audit.money_unseen"
    template = N_("{account} {name} of office {office} has {books_cents} in the books, no statement or count shows it")
    hint = N_("import its statements with 'kasse statement import', or count the cash with 'kasse cash count'")
    severity = "warning"


class ControlDifferenceError(KasseError):
    """A control account is not the sum of its open items."""

    code = "audit.control"
    template = N_(
        "control account {account} {name} of office {office}: {books_cents} in the books, items {items_cents}"
    )
    hint = N_("run 'kasse journal verify': it names the items that differ")
    severity = "error"


class ManyAlikeError(KasseError):
    """More findings of one check than are named one by one."""

    code = "audit.many"
    template = N_("{count} more findings of the check {check}; the first {most} are listed")
    hint = N_("take a shorter period with --from and --to, or one office")
    severity = "info"


_COMPARED: Mapping[type[KasseError], str] = {
    MoneyDifferenceError: N_("books and bank, or books and count, differ"),
    MoneyUnseenError: N_("money in the books that no statement or count has shown"),
    ControlDifferenceError: N_("a control account is not the sum of its open items"),
}


def audit(
    store: Store,
    scope: Scope,
    *,
    against: str | PrintedHead | None = None,
    checks: Sequence[Check] = CHECKS,
    proofs: Sequence[Proof] = (),
) -> AuditReport:
    """Return what the books, the bank, the chain and every check say of the period.

    `against` is a head that was kept outside, `proofs` are further checks of `verify`. Findings of severity `error` are
    defects, `warning` what is suspicious, `info` what is only noted. Needs the role audit, head or admin. Raises
    `UnknownOfficeError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, scope.office or kasse, *ROLES)
    check_office(store, scope.office)
    proof = verify(store, against=against, proofs=proofs)
    with store.snapshot():
        money = (*money_lines(store, scope), *cash_lines(store, scope))
        controls = tuple(control_lines(store, scope))
        found = [list(_findings(store, check, scope)) for check in checks]
        differences = tuple(_differences(money, controls))
        named = against.head if isinstance(against, PrintedHead) else against
        report = AuditReport(
            scope, setting(store, "name"), store.now, user_name(store, store.user),
            Chain(proof.entries, proof.events, proof.head, named, len(proof.findings)),
            money, controls, tuple(lock_lines(store, scope)), tuple(deputy_lines(store, scope)),
            (*_proved(proof.findings), *_compared(differences),
             *(_line(check, own) for check, own in zip(checks, found, strict=True))),
            (*proof.findings, *differences, *(one for own in found for one in own)),
        )  # fmt: skip
    _note(store, kasse, report)
    return report


def _differences(money: Iterable[MoneyLine], controls: Iterable[ControlLine]) -> Iterator[KasseError]:
    for line in money:
        if line.difference_cents:
            yield MoneyDifferenceError(**_fields(line, "office account name books_cents there_cents difference_cents"))
        elif line.seen_on is None and line.there_cents is None and line.books_cents:
            yield MoneyUnseenError(**_fields(line, "office account name books_cents"))
    for own in controls:
        if own.difference_cents:
            yield ControlDifferenceError(**_fields(own, "office account name books_cents items_cents difference_cents"))


def _proved(findings: Sequence[KasseError]) -> Iterator[CheckLine]:
    """Yield the line of the chains; where what they found is of several severities, one for each."""
    meaning = N_("the chains and every figure, recomputed")
    counts = Counter(str(one.severity) for one in findings) or Counter({"error": 0})
    for severity, count in counts.items():
        yield CheckLine("verify", meaning, "GoBD Rz. 107", severity, count, 0)


def _compared(findings: Sequence[KasseError]) -> Iterator[CheckLine]:
    """Yield the lines of what is compared account by account."""
    for kind, meaning in _COMPARED.items():
        own = [one for one in findings if one.code == kind.code]
        cents = sum(abs(int(str(one.fields.get("difference_cents", one.fields["books_cents"])))) for one in own)
        yield CheckLine(kind.code.removeprefix("audit."), meaning, "§ 72 KommHV", str(kind.severity), len(own), cents)


def _fields(line: MoneyLine | ControlLine, names: str) -> dict[str, Any]:
    return {"object": f"account:{line.office}/{line.account}"} | {name: getattr(line, name) for name in names.split()}


def _findings(store: Store, check: Check, scope: Scope) -> Iterator[KasseError]:
    """Yield the findings of one check, the first `MOST` and a count of the others."""
    given, sql = {**scope.parameters()}, check.sql
    for word, values in _people(store, sql):
        sql = sql.replace(f"{{{word}}}", ", ".join(values))
    rows = store.stream(sql, **given)
    hits = (check.hit(tuple(int(v) if isinstance(v, Decimal) else v for v in row)) for row in rows)
    count = 0
    for count, hit in enumerate(check.judge(check.look(store, hits), scope), 1):
        if count <= MOST:
            yield check.finding(**hit)
    if count > MOST:
        yield ManyAlikeError(count=count - MOST, check=check.name, most=MOST)


def _people(store: Store, sql: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what stands in a statement for its users: their names as parties are compared, and who may be one."""
    if "{people}" in sql:
        keys = ((number, person_key(name)) for number, name in store.all(_USERS))
        yield "people", [f"({int(number)}, '{key}')" for number, key in keys if key] or ["(-1, '-')"]
    if "{twins}" in sql:
        pairs = combinations(store.all(_USERS), 2)
        yield "twins", [f"({one}, {other})" for (one, a), (other, b) in pairs if is_twin(a, b)] or ["(-1, -1)"]


def _line(check: Check, found: Sequence[KasseError]) -> CheckLine:
    own = [one for one in found if not isinstance(one, ManyAlikeError)]
    more = sum(int(str(one.fields["count"])) for one in found if isinstance(one, ManyAlikeError))
    cents = sum(int(str(one.fields["amount_cents"])) for one in own if one.fields.get("amount_cents"))
    severity = check.finding.severity
    return CheckLine(check.name, check.meaning, check.norm, str(severity), len(own) + more, cents)


def _note(store: Store, kasse: str, report: AuditReport) -> None:
    facts = {
        "first": report.scope.first, "last": report.scope.last, "office": report.scope.office,
        "defects": report.count("error"), "suspicious": report.count("warning"), "head": report.chain.head,
    }  # fmt: skip
    with store.unit([kasse], dated=False):
        record(store, kasse, "book.audit", None, facts)
