"""Looking again at unclear money that no bank entry brought: cash for an unknown Kassenzeichen, money taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.bank.keys import references
from ledger.bank.match_store import book_finder
from ledger.bank.names import same_person
from ledger.bank.references import Finder
from ledger.bank.suspense import Aim, Wish, allocate
from ledger.bank.suspense_assign_store import post_allocation
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import note_event, write_step
from ledger.bank.suspense_store import find_case
from ledger.bank.suspense_targets_store import Targets
from ledger.items.settlement import Order
from ledger.people.parties_reader import party_name
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

SHOWN = "Kassenzeichen "
"""How the number that a payer showed at a desk begins where it is kept with the money."""
_CASES = """
    SELECT c.office, c.item, i.open_cents, q.name, q.remittance, x.recorded_at
    FROM suspense_origin q
    JOIN suspense_case c ON c.office = q.office AND c.item = q.item
    JOIN item i ON i.office = c.office AND i.id = c.item AND i.kind = 'suspense' AND i.open_cents > 0
    JOIN entry x ON x.office = i.office AND x.position = i.position
    WHERE i.open_cents = i.amount_cents AND c.entry IS NULL AND c.owner IS NULL AND c.hold_until IS NULL
      AND c.reason <> 'undone'
      AND NOT EXISTS (SELECT 1 FROM suspense_step s WHERE s.office = c.office AND s.item = c.item)
      AND NOT EXISTS (
          SELECT 1 FROM suspense_payout p JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
          WHERE p.office = c.office AND p.item = c.item AND o.state IN ('created', 'certified', 'approved'))
    ORDER BY c.office, c.item"""
_MADE = """
    SELECT x.recorded_at FROM item i JOIN entry x ON x.office = i.office AND x.position = i.position
    WHERE i.office = :office AND i.id = :item"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unclear money that a payer brought with words: what is open, who, what was said, since when the book has it."""

    office: str
    number: int
    open_cents: int
    name: str | None
    text: str | None
    since: str


def assign_named(store: Store, sitting: Sitting, orders: Mapping[str, Order] | None = None) -> list[int]:
    """Assign money that names one reference of the book which came after it, and return the cents of each case.

    Taken is a case that no person has touched, with exactly one number that names something open, made later than the
    money was posted, that takes the whole of it: the amount is what is open, or the payer is its debtor by name.
    Inside a unit of work of all offices.
    """
    waiting = [Waiting(*row) for row in store.all(_CASES)]
    if not waiting:
        return []
    finder = book_finder(store)
    wishes = [
        Wish(number, one.open_cents, Place(row=seq))
        for seq, one in enumerate(waiting)
        for number in numbers_in(finder, one.text or "")
    ]
    targets = Targets(store, "suspense", wishes)
    done, touched = [], set[tuple[str, int]]()
    for seq, aim in _single(targets):
        one, keys = waiting[seq], {(claim.office, claim.item) for claim in aim.claims}
        if not keys & touched and _is_news(store, one, aim) and fits(one, aim, _debtor(store, aim)):
            _assign(store, one, aim, targets, sitting, orders)
            touched |= keys
            done.append(one.open_cents)
    return done


def numbers_in(finder: Finder, text: str) -> tuple[str, ...]:
    """Return the numbers that a payer showed, or that a text names with a proof of their own."""
    named = [key for key, (strong, _) in references(finder, text, None, None).items() if strong]
    shown = [text.removeprefix(SHOWN).strip()] if text.startswith(SHOWN) else []
    return tuple(dict.fromkeys(named or shown))


def fits(one: Waiting, aim: Aim, debtor: str) -> bool:
    """Return whether the whole money goes to what was named, and amount or name say so too.

    A check digit does not notice every mistake in a number that was typed at a desk.
    """
    if one.open_cents > aim.open_cents:
        return False
    amounts = {aim.open_cents, *(claim.open_cents for claim in aim.claims)}
    return one.open_cents in amounts or bool(one.name and debtor and same_person(one.name, debtor))


def _single(targets: Targets) -> Iterator[tuple[int, Aim]]:
    """Yield the cases that name one thing only, with what they name."""
    found: dict[int, list[Aim]] = {}
    refused: list[KasseError] = []
    for aim in targets.aims(refused):
        found.setdefault(aim.wish.place.row or 0, []).append(aim)
    yield from ((seq, aims[0]) for seq, aims in found.items() if len(aims) == 1)


def _is_news(store: Store, one: Waiting, aim: Aim) -> bool:
    made = (store.value(_MADE, office=claim.office, item=claim.item) for claim in aim.claims)
    return all(moment > one.since for moment in made)


def _debtor(store: Store, aim: Aim) -> str:
    return party_name(store, aim.party) if aim.party is not None else ""


def _assign(
    store: Store, one: Waiting, aim: Aim, targets: Targets, sitting: Sitting, orders: Mapping[str, Order] | None
) -> None:
    """Move the money to the items as a clerk would; the event tells by which number and when it was named."""
    case = find_case(store, one.office, one.number)
    day = max(sitting.day, case.posting_day)
    paid = case.payment_day or day
    allocation = allocate([aim], one.number, one.open_cents, surplus=False, orders=orders, day=paid)
    given = post_allocation(store, case, allocation, targets.kind, targets.accounts, None, day)
    write_step(store, case, "assigned", given.entry.position, one.open_cents, sitting)
    note_event(
        store, case, "again", {"cents": one.open_cents, "items": len(given.items)}, {"reference": aim.wish.target}
    )
