"""Direct debits as the files that a bank wants: grouped by account, day, scheme, sequence and creditor id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sepa.debits import Collection, CollectionBatch, DirectDebitMessage, Scheme, Sequence
from sepa.payments import Party
from sepa.profiles.grouping import FilePlan, Group, Slice, plan, shape
from sepa.profiles.profile import Kind, Profile

_KINDS: dict[Scheme, Kind] = {"CORE": "core", "B2B": "b2b"}
_SCHEMES = {kind: scheme for scheme, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class CollectionOrder:
    """One collection with what its batch must share: the account that is credited, the day, scheme and sequence."""

    creditor: Party
    creditor_id: str
    due_day: date
    collection: Collection
    sequence: Sequence = "RCUR"
    scheme: Scheme = "CORE"


_Held = dict[Group, tuple[CollectionOrder, list[Collection]]]


def debit_messages(
    orders: Iterable[CollectionOrder], profile: Profile, *, base_id: str, created: datetime, initiator: str
) -> tuple[DirectDebitMessage, ...]:
    """Return the files that the orders make for a bank, ids derived from the base id as `messages` does.

    The orders are held in memory; the same orders give the same messages.
    """
    grouped: dict[tuple[object, ...], tuple[CollectionOrder, list[Collection]]] = {}
    for order in orders:
        key = (order.creditor, order.creditor_id, order.due_day, order.sequence, order.scheme)
        grouped.setdefault(key, (order, []))[1].append(order.collection)
    held: _Held = {
        Group(one.creditor.iban, one.due_day, _KINDS[one.scheme], len(found), one.sequence, number): (one, found)
        for number, (one, found) in enumerate(grouped.values())
    }
    return tuple(
        _message(file, f"{base_id}-{number}", held, profile, created, initiator)
        for number, file in enumerate(plan(held, profile), start=1)
    )


def _message(
    file: FilePlan, identifier: str, held: _Held, profile: Profile, created: datetime, initiator: str
) -> DirectDebitMessage:
    batches = tuple(
        _batch(f"{identifier}-{at}", part, *held[part.group], profile) for at, part in enumerate(file.slices, start=1)
    )
    scheme = _SCHEMES[file.kind]
    return DirectDebitMessage(identifier, created, initiator, batches, scheme, profile.charset)


def _batch(
    identifier: str, part: Slice, order: CollectionOrder, found: list[Collection], profile: Profile
) -> CollectionBatch:
    shaped = tuple(replace(one, debtor=shape(one.debtor, profile.address)) for one in found[part.start : part.stop])
    return CollectionBatch(
        identifier,
        shape(order.creditor, profile.address),
        order.creditor_id,
        order.due_day,
        order.sequence,
        batch_booking=profile.batch_booking,
        collections=shaped,
    )
