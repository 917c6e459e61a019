"""Payments that have left the books but not the bank account: whoever locks their payee must hear of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

_BY_ITEM = """
    SELECT p.run, p.line, p.state, p.end_to_end_id, p.creditor_name, p.cents FROM payment p
    WHERE p.item_office = :office AND p.item = :item AND p.state IN ('proposed', 'released', 'exported')
    ORDER BY p.run, p.line"""
_BY_PARTY = """
    SELECT p.run, p.line, p.state, p.end_to_end_id, p.creditor_name, p.cents
    FROM item i JOIN payment p ON p.item_office = i.office AND p.item = i.id
    WHERE i.party = :party AND p.state IN ('proposed', 'released', 'exported') ORDER BY p.run, p.line"""


class UnderWayError(KasseError):
    """A payment lies in a run that is not released."""

    code = "payment.under_way_proposed"
    template = N_("payment {run}-{line} of {amount_cents} to {name} is proposed")
    hint = N_("nothing leaves past it: the review names it; 'kasse payment change {run} --without {line} --reason …'")
    severity = "warning"


class ReleasedUnderWayError(KasseError):
    """A payment is released, and no file was written yet."""

    code = "payment.under_way_released"
    template = N_("payment {run}-{line} of {amount_cents} to {name} is released, its file is not written")
    hint = N_("no file of it is written any more; give it up with 'kasse payment void {run} --reason …', as two people")
    severity = "warning"


class ExportedUnderWayError(KasseError):
    """A payment is in a file, and no statement shows it yet."""

    code = "payment.under_way_exported"
    template = N_("payment {run}-{line} of {amount_cents} to {name} is in a file that may be at the bank")
    hint = N_(
        "cancel the order at the bank before it is released there; after that call the payment back with "
        "'kasse payment recall {run}-{line} --why CUST --out FILE'"
    )
    severity = "warning"


_KINDS: dict[str, type[KasseError]] = {
    "proposed": UnderWayError,
    "released": ReleasedUnderWayError,
    "exported": ExportedUnderWayError,
}


def under_way(
    store: Store, *, items: Iterable[tuple[str, int]] = (), parties: Iterable[int] = ()
) -> Iterator[KasseError]:
    """Yield a finding for each payment of these items, or of all items of these parties, that the bank has not made."""
    yield from told(store, _KINDS, _BY_ITEM, ({"office": office, "item": item} for office, item in items))
    yield from told(store, _KINDS, _BY_PARTY, ({"party": party} for party in parties))


def told(
    store: Store, kinds: Mapping[str, type[KasseError]], sql: str, wanted: Iterable[Mapping[str, str | int]]
) -> Iterator[KasseError]:
    """Yield what is under way as the finding of its state; rows are run, line, state, end-to-end id, name and cents."""
    for values in wanted:
        for run, line, state, identifier, name, cents in store.rows(sql, **values):
            place = Place(payment=identifier)
            yield kinds[state](run=run, line=line, amount_cents=cents, name=name, place=place)
