"""What relief does to the books: charges and interest as items, allowances, write-offs, and all of it taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from enforcement.relief import ItemKey
from enforcement.relief_paid_store import PaidRow, place_paid
from ledger.book.entry import OWN_KINDS, Draft, Posting
from ledger.book.reversal_store import take_back
from ledger.book.store import account_with_role, post
from ledger.items.store import NewClearing, NewItem, clear, insert_items, opening_posting, posting_for, reserve_items
from ledger.store.engines import Store

_POSITION = "UPDATE relief_item SET position = :position WHERE relief = :relief AND office = :office AND item = :item"


@dataclass(frozen=True, slots=True)
class Covered:
    """An item with the cents of it that are written off, down, or moved; `account` is its control account."""

    office: str
    item: int
    account: str
    cents: int

    @property
    def key(self) -> ItemKey:
        """Office and number."""
        return self.office, self.item


@dataclass(frozen=True, slots=True)
class Side:
    """A charge that becomes an item beside its main claim."""

    office: str
    main_item: int
    account: str
    cents: int
    kind: str
    due: str
    party: int | None
    profile: str | None
    reference: str | None


T = TypeVar("T", Side, Covered, PaidRow)


def book_sides(store: Store, number: int, sides: Sequence[Side]) -> list[NewItem]:
    """Make items of charges and interest, one entry for each office, and return them in the order given."""
    made: list[NewItem] = []
    for office, group in _by_office(sides):
        account = account_with_role(store, office, "charges")
        first = reserve_items(store, office, len(group))
        items = [_new(one, first + place, store.today) for place, one in enumerate(group)]
        postings = [opening_posting("D", one.account, one.id, one.amount_cents) for one in items]
        total = sum(one.amount_cents for one in items)
        draft = Draft(office, "charge", store.today, (*postings, Posting(account, -total)), f"relief:{number}")
        (posted,) = post(store, [draft])
        made += [replace(one, position=posted.position) for one in items]
    insert_items(store, made)
    return made


def _new(one: Side, item: int, today: str) -> NewItem:
    return NewItem(
        office=one.office, id=item, kind="receivable", account=one.account, amount_cents=one.cents, due=one.due,
        opened_on=today, position=0, party=one.party, reference=one.reference, main_item=one.main_item,
        claim_kind=one.kind, profile=one.profile,
    )  # fmt: skip


def write_off(store: Store, number: int, covered: Sequence[Covered], role: str, text: str) -> int:
    """End claims in whole or part against the account of a role; return the cents.

    A clearing of the kind `relief` settles the items, so that open items and control accounts stay the same sum.
    """
    total = 0
    for office, group in _by_office(covered):
        cents = sum(one.cents for one in group)
        lines = tuple(posting_for("D", one.account, one.item, one.cents) for one in group)
        expense = Posting(account_with_role(store, office, role), cents)
        draft = Draft(office, "relief", store.today, (expense, *lines), f"relief:{number}", text)
        (posted,) = post(store, [draft])
        settled = tuple((one.item, one.cents) for one in group)
        clear(store, [NewClearing(office, "relief", posted.position, store.today, store.today, settled)])
        _place(store, number, group, posted.position)
        total += cents
    return total


def give_back(store: Store, number: int, rows: Sequence[PaidRow], role: str, text: str) -> list[NewItem]:
    """Make credits of what is paid of claims that were not owed, one for each claim and payer; return them.

    A credit names its claim as `main_item`: the way to the money that paid it.
    """
    made: list[NewItem] = []
    for office, group in _by_office(rows):
        account = account_with_role(store, office, "credit")
        first = reserve_items(store, office, len(group))
        items = [_credit(one, first + place, account, store.today, text) for place, one in enumerate(group)]
        postings = [opening_posting("C", account, one.id, one.amount_cents) for one in items]
        expense = Posting(account_with_role(store, office, role), sum(one.amount_cents for one in items))
        (posted,) = post(store, [Draft(office, "relief", store.today, (expense, *postings), f"relief:{number}", text)])
        place_paid(store, number, group, posted.position)
        made += [replace(one, position=posted.position) for one in items]
    insert_items(store, made)
    return made


def _credit(one: PaidRow, item: int, account: str, today: str, text: str) -> NewItem:
    return NewItem(
        office=one.office, id=item, kind="credit", account=account, amount_cents=one.cents, due=today, opened_on=today,
        position=0, party=one.party_number, main_item=one.item, profile=one.profile, purpose=text,
    )  # fmt: skip


def write_down(store: Store, number: int, covered: Sequence[Covered], text: str) -> int:
    """Set an allowance against claims that stay open (Einzelwertberichtigung); return the cents."""
    total = 0
    for office, group in _by_office(covered):
        cents = sum(one.cents for one in group)
        lines = (
            Posting(account_with_role(store, office, "allowance_expense"), cents),
            Posting(account_with_role(store, office, "allowance"), -cents),
        )
        (posted,) = post(store, [Draft(office, "relief", store.today, lines, f"relief:{number}", text)])
        _place(store, number, group, posted.position)
        total += cents
    return total


def release_allowance(store: Store, number: int, covered: Sequence[Covered], text: str) -> int:
    """Dissolve the allowance against claims, as income of the day; return the cents."""
    total = 0
    for office, group in _by_office(covered):
        cents = sum(one.cents for one in group)
        lines = (
            Posting(account_with_role(store, office, "allowance"), cents),
            Posting(account_with_role(store, office, "allowance_release"), -cents),
        )
        post(store, [Draft(office, "relief", store.today, lines, f"relief:{number}", text)])
        total += cents
    return total


def reopen(store: Store, places: Sequence[tuple[str, int]], reason: str) -> int:
    """Take write-offs back by their mirrors: what they settled is open again; return how many entries.

    Raises what a mirror entry raises.
    """
    if places:
        take_back(store, sorted(set(places)), reason=reason, day=store.today, own_kinds=OWN_KINDS - {"relief"})
    return len(set(places))


def move_paid(
    store: Store, number: int, away: Sequence[Covered], to: Sequence[Covered], paid_on: str, text: str
) -> None:
    """Let money of a day that paid one item of an office pay another; both sums are the same in each office.

    It counts as paid on that other item from the day on which it came in: charges end there (§ 240 (1) AO).
    """
    for office, group in _by_office([*away, *to]):
        lines = tuple(
            posting_for("D", one.account, one.item, -one.cents if one in away else one.cents) for one in group
        )
        draft = Draft(office, "clearing", store.today, lines, f"relief:{number}", text, payment_day=paid_on)
        (posted,) = post(store, [draft])
        moved = tuple((one.item, -one.cents if one in away else one.cents) for one in group)
        clear(store, [NewClearing(office, "relief", posted.position, store.today, paid_on, moved)])


def take_off(store: Store, number: int, covered: Sequence[Covered], text: str) -> int:
    """Take charges off that are not owed after all, against the account that bore them; return the cents."""
    total = 0
    for office, group in _by_office(covered):
        cents = sum(one.cents for one in group)
        lines = tuple(posting_for("D", one.account, one.item, one.cents) for one in group)
        income = Posting(account_with_role(store, office, "charges"), cents)
        draft = Draft(office, "relief", store.today, (income, *lines), f"relief:{number}", text)
        (posted,) = post(store, [draft])
        settled = tuple((one.item, one.cents) for one in group)
        clear(store, [NewClearing(office, "relief", posted.position, store.today, store.today, settled)])
        total += cents
    return total


def _place(store: Store, number: int, group: Sequence[Covered], position: int) -> None:
    rows = [{"relief": number, "office": one.office, "item": one.item, "position": position} for one in group]
    store.execute_many(_POSITION, rows)


def _by_office(rows: Sequence[T]) -> Iterator[tuple[str, list[T]]]:
    for office, group in groupby(sorted(rows, key=lambda one: one.office), key=lambda one: one.office):
        yield office, list(group)
