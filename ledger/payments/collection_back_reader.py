"""Collections of a claim that are under way or can still come back: who pays money of the same claim back must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ledger.access.sight_reader import unseen_offices
from ledger.payments.collection_policy import Refunds, coming_back
from ledger.payments.collection_policy_store import policy_of
from ledger.people.users import ROLES
from ledger.store.engines import Store
from sepa.debits import Scheme
from sepa.errors import N_, KasseError

_FOUND = """
    SELECT DISTINCT c.run, c.line, c.state, r.scheme, r.collection_day, c.cents, c.debtor_name
    FROM {joined} JOIN collection_run r ON r.office = c.office AND r.id = c.run
    WHERE {where} AND c.state IN ('proposed', 'released', 'exported', 'collected')
    ORDER BY c.run, c.line"""
_OF_CLAIM = _FOUND.format(
    joined="""item i JOIN collection_item p ON p.item_office = i.office AND p.item = i.id
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line""",
    where="i.reference = CAST(:reference AS TEXT)",
)
_OF_ACCOUNT = _FOUND.format(
    joined="mandate m JOIN collection c ON c.mandate = m.id", where="m.iban = :iban AND c.cents = :cents"
)
_A_RUN = "SELECT 1 FROM collection_run LIMIT 1"


class CollectionUnderWayError(KasseError):
    """Money of a claim is to be paid back that a direct debit is collecting."""

    code = "refund.debit_under_way"
    template = N_("collection {run}-{line} of {amount_cents} from {name} is {state}: the same claim is being collected")
    hint = N_(
        "settle the claim with this money and take the collection out ('kasse collection change {run} --without {line} "
        "--reason …', 'kasse collection recall {run}-{line} --why DUPL --reason …'), or wait until it has been credited"
    )
    severity = "warning"


class CollectionMayReturnError(KasseError):
    """Money of a claim is to be paid back whose direct debit the debtor can still have refunded without a reason."""

    code = "refund.debit_may_return"
    template = N_(
        "collection {run}-{line} of {amount_cents} from {name} paid the same claim; until {until} it can come back "
        "without a reason, then the money is gone twice"
    )
    hint = N_(
        "wait until then, or settle the claim with this money and give the collection back instead; see "
        "'kasse collection show {run}-{line}'"
    )
    severity = "warning"


class CollectionUnauthorisedError(KasseError):
    """Money of a claim is to be paid back whose direct debit can come back only where there was no mandate."""

    code = "refund.debit_unauthorised"
    template = N_(
        "collection {run}-{line} of {amount_cents} from {name} paid the same claim; until {until} it can come back "
        "where no mandate is proven"
    )
    hint = N_("make sure that the mandate is at hand: 'kasse collection show {run}-{line}' names it")
    severity = "info"


class UnseenCollectionsError(KasseError):
    """Money is to be paid back by somebody from whom the database hides claims that it may have been collected for."""

    code = "refund.debits_unseen"
    template = N_("what other offices collect is hidden from you, and so is a debit of the same claim there: {offices}")
    hint = N_("before you decide, let somebody with a role in the Kasse look: the same command names such a debit")
    severity = "warning"


class _Found(NamedTuple):
    run: int
    line: int
    state: str
    scheme: Scheme
    collection_day: str
    cents: int
    name: str


def may_come_back(
    store: Store, day: str, *, references: Iterable[str] = (), iban: str | None = None, cents: int = 0
) -> Iterator[KasseError]:
    """Yield a finding for each collection that is under way or can come back on a day, of claims with these references.

    An account that was debited with the same amount counts as the same claim. Eight weeks without a reason, thirteen
    months for want of a mandate: § 675x (2), (4), § 676b (2) BGB. Where the book collects, whoever sees only some
    offices is told that too: what they do not see is no answer.
    """
    if policy_of(store).creditor_id and (hidden := unseen_offices(store, ROLES)):
        yield UnseenCollectionsError(offices=", ".join(hidden))
    if store.one(_A_RUN) is None:
        return
    found = {row[:2]: row for key in references for row in _rows(store, _OF_CLAIM, reference=key)}
    if iban:
        found |= {row[:2]: row for row in _rows(store, _OF_ACCOUNT, iban=iban, cents=cents)}
    rules = policy_of(store).refunds
    for _, one in sorted(found.items()):
        finding = _finding(one, day, rules)
        if finding is not None:
            yield finding


def _rows(store: Store, sql: str, **values: object) -> Iterator[_Found]:
    return (_Found(*row) for row in store.all(sql, **values))


def _finding(one: _Found, day: str, rules: Refunds) -> KasseError | None:
    said: dict[str, Any] = {"run": one.run, "line": one.line, "amount_cents": one.cents, "name": one.name}
    if one.state != "collected":
        return CollectionUnderWayError(**said, state=one.state)
    until = coming_back(one.scheme, one.collection_day, rules)
    free = max(until.return_until, until.refund_until or "")
    if day <= free:
        return CollectionMayReturnError(**said, until=free)
    if day <= until.unauthorised_until:
        return CollectionUnauthorisedError(**said, until=until.unauthorised_until)
    return None
