"""Which payments go into which file and batch: grouped by what a batch must share, cut by what the bank takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sepa.payments import Address, CreditTransferMessage, Party, Transfer, TransferBatch
from sepa.profiles.profile import AddressForm, Kind, Profile


@dataclass(frozen=True, slots=True)
class Group:
    """Payments that may share a batch: account, day, kind and sequence type, and how many they are.

    `number` tells apart what agrees in all this, such as two names over one account.
    """

    iban: str
    day: date
    kind: Kind
    count: int
    sequence: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a group, from `start` up to but not including `stop`: one batch."""

    group: Group
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file: its batches in order."""

    slices: tuple[Slice, ...]

    @property
    def kind(self) -> Kind:
        """What all its payments are; kinds never share a file (DK Anlage 3: order types, CORE and B2B)."""
        return self.slices[0].group.kind

    @property
    def count(self) -> int:
        """How many payments it holds."""
        return sum(part.stop - part.start for part in self.slices)


def plan(groups: Iterable[Group], profile: Profile) -> tuple[FilePlan, ...]:
    """Return the files that the groups make for a bank, in the groups' order; nothing is reordered within a group.

    Needs only the groups' counts, so that it works before a payment is loaded.
    """
    files: list[list[Slice]] = []
    open_files: dict[tuple[object, ...], list[Slice]] = {}
    for group in groups:
        key = _file_key(group, profile)
        for part in _slices(group, profile, _room(open_files.get(key, []), profile)):
            held = open_files.get(key, [])
            if not held or _count(held) + part.stop - part.start > profile.payments_per_file:
                held = open_files[key] = []
                files.append(held)
            held.append(part)
    return tuple(FilePlan(tuple(held)) for held in files)


def _file_key(group: Group, profile: Profile) -> tuple[object, ...]:
    day = group.day if profile.one_date_per_file else None
    account = group.iban if profile.one_account_per_file else None
    sequence = group.sequence if profile.one_sequence_per_file else None
    return group.kind, day, account, sequence


def _count(slices: list[Slice]) -> int:
    return sum(part.stop - part.start for part in slices)


def _room(slices: list[Slice], profile: Profile) -> int:
    """Return how many payments the open file still takes; a full or missing one counts as empty."""
    return (profile.payments_per_file - _count(slices)) or profile.payments_per_file


def _slices(group: Group, profile: Profile, room: int) -> Iterator[Slice]:
    """Yield the group in parts that fill the open file first and respect both limits."""
    start = 0
    while start < group.count:
        size = min(group.count - start, profile.payments_per_batch, room)
        yield Slice(group, start, start + size)
        start += size
        room = (room - size) or profile.payments_per_file


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """One transfer with what its batch must share: the account that pays and the day."""

    debtor: Party
    execution_day: date
    transfer: Transfer
    instant: bool = False


def messages(
    orders: Iterable[TransferOrder], profile: Profile, *, base_id: str, created: datetime, initiator: str
) -> tuple[CreditTransferMessage, ...]:
    """Return the files that the orders make for a bank, ids derived from the base id.

    File 1 is BASE-1, its batches are BASE-1-1, BASE-1-2 and so on. The orders are held in memory; the same orders
    give the same messages.
    """
    grouped: dict[tuple[Party, date, bool], list[Transfer]] = {}
    for order in orders:
        grouped.setdefault((order.debtor, order.execution_day, order.instant), []).append(order.transfer)
    groups = {
        Group(debtor.iban, day, "instant" if instant else "transfer", len(found), number=number): (debtor, found)
        for number, ((debtor, day, instant), found) in enumerate(grouped.items())
    }
    return tuple(
        CreditTransferMessage(
            f"{base_id}-{number}",
            created,
            initiator,
            tuple(
                _batch(f"{base_id}-{number}-{at}", part, *groups[part.group], profile)
                for at, part in enumerate(file.slices, start=1)
            ),
            profile.charset,
        )
        for number, file in enumerate(plan(groups, profile), start=1)
    )


def _batch(identifier: str, part: Slice, debtor: Party, transfers: list[Transfer], profile: Profile) -> TransferBatch:
    shaped = tuple(
        replace(one, creditor=shape(one.creditor, profile.address)) for one in transfers[part.start : part.stop]
    )
    return TransferBatch(
        identifier,
        shape(debtor, profile.address),
        part.group.day,
        instant=part.group.kind == "instant",
        batch_booking=profile.batch_booking,
        transfers=shaped,
    )


def shape(party: Party, form: AddressForm) -> Party:
    """Return the party with its address in the form the bank takes: free lines or the whole address left out."""
    address: Address | None = party.address
    if address is None or form == "hybrid" or (form == "structured" and not address.lines):
        return party
    return replace(party, address=None if form == "none" else replace(address, lines=()))
