"""Collections that no statement shows yet: whoever ends a mandate or locks a claim must hear of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.payments.collection_runs import CollectionRun
from ledger.payments.under_way_reader import told
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

_FOUND = """
    SELECT DISTINCT c.run, c.line, c.state, c.end_to_end_id, c.debtor_name, c.cents FROM collection c
    {joined} c.state IN ('proposed', 'released', 'exported') ORDER BY c.run, c.line"""
_ITEMS = """JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    JOIN item i ON i.office = p.item_office AND i.id = p.item WHERE """
_BY_MANDATE = _FOUND.format(joined="WHERE c.mandate = :mandate AND")
_BY_ITEM = _FOUND.format(joined=f"{_ITEMS} i.office = :office AND i.id = :item AND")
_BY_PARTY = _FOUND.format(joined=f"{_ITEMS} i.party = :party AND")
_ENDED = """
    SELECT c.line, c.end_to_end_id, c.debtor_name, m.reference, m.state FROM collection c
    JOIN mandate m ON m.id = c.mandate
    WHERE c.office = :office AND c.run = :run AND c.state IN ('proposed', 'released')
      AND m.state IN ('suspended', 'revoked') ORDER BY c.line"""


class ProposedCollectionError(KasseError):
    """A collection lies in a run that is not released."""

    code = "collection.under_way_proposed"
    template = N_("collection {run}-{line} of {amount_cents} from {name} is proposed")
    hint = N_(
        "take it out with 'kasse collection change {run} --without {line} --reason …'; the run cannot leave with it"
    )
    severity = "warning"


class ReleasedCollectionError(KasseError):
    """A collection is released, and no file was written yet."""

    code = "collection.under_way_released"
    template = N_("collection {run}-{line} of {amount_cents} from {name} is released, its file is not written")
    hint = N_(
        "no file of it is written any more; give it up with 'kasse collection void {run} --reason …', as two people"
    )
    severity = "warning"


class ExportedCollectionError(KasseError):
    """A collection is in a file, and no statement shows it yet."""

    code = "collection.under_way_exported"
    template = N_("collection {run}-{line} of {amount_cents} from {name} is in a file that may be at the bank")
    hint = N_(
        "call it back with 'kasse collection recall {run}-{line} --why MS02 --reason …' before the bank collects it"
    )
    severity = "warning"


class MandateEndedError(KasseError):
    """A mandate was revoked or suspended after its collection was proposed."""

    code = "collection.mandate_ended"
    template = N_("mandate {mandate} of {name} is {state}, it may not be collected with any more")
    hint = N_("see 'kasse mandate show {mandate}'; take it out: 'kasse collection change {run} --without {line}'")
    severity = "warning"


_KINDS: dict[str, type[KasseError]] = {
    "proposed": ProposedCollectionError,
    "released": ReleasedCollectionError,
    "exported": ExportedCollectionError,
}


def collections_under_way(
    store: Store,
    *,
    mandate: int | None = None,
    items: Iterable[tuple[str, int]] = (),
    parties: Iterable[int] = (),
) -> Iterator[KasseError]:
    """Yield a finding for each collection of a mandate, of these items or of these parties that is under way."""
    yield from told(store, _KINDS, _BY_MANDATE, [{"mandate": mandate}] if mandate is not None else [])
    yield from told(store, _KINDS, _BY_ITEM, ({"office": office, "item": item} for office, item in items))
    yield from told(store, _KINDS, _BY_PARTY, ({"party": party} for party in parties))


def ended_mandates(store: Store, run: CollectionRun) -> Iterator[KasseError]:
    """Yield the collections of a run, not in a file yet, whose mandate was revoked or suspended meanwhile."""
    for line, identifier, name, reference, state in store.rows(_ENDED, office=run.office, run=run.number):
        yield MandateEndedError(
            mandate=reference, name=name, state=state, run=run.number, line=line, place=Place(payment=identifier)
        )
