"""Assigning unclear money to open items: by what a person names, or by the advice list of a payer for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.bank.suspense import Aim, Allocation, Sharing, SurplusOfAdvanceError, Wish, allocate
from ledger.bank.suspense_decisions import Assign, Done, ItemPart, Sitting, Split
from ledger.bank.suspense_moves_store import (
    Share,
    case_with_money,
    check_own_cash,
    drafts,
    explain,
    note_event,
    open_case,
    shown,
    write_step,
)
from ledger.bank.suspense_parts_store import Said, named_parts, said_parts, shares_of
from ledger.bank.suspense_payers_store import remember_payer
from ledger.bank.suspense_store import Case, find_case
from ledger.bank.suspense_targets_store import BY_NUMBER, Targets
from ledger.book.entry import Posted, Posting
from ledger.book.store import account_with_role, kasse_office, post
from ledger.events.store import Fact
from ledger.items.settlement import Order
from ledger.items.store import (
    SIDES,
    ItemKind,
    NewClearing,
    NewItem,
    clear,
    insert_items,
    opening_posting,
    posting_for,
    reserve_items,
)
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_KIND = "SELECT kind FROM item WHERE office = :office AND id = :item"
_TAKEN_OFF = """
    SELECT c.position FROM clearing_line l JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    WHERE l.office = :office AND l.item = :item ORDER BY c.id DESC LIMIT 1"""
_REASON = "SELECT reason FROM suspense_case WHERE office = :office AND item = :item"


class SplitListError(KasseError):
    """An advice list with rows that cannot be applied, of which nothing was."""

    code = "suspense.split_refused"
    template = N_("nothing was assigned: {bad} of {count} rows have findings")
    hint = N_("ask the payer, or mend the list and give it again; --leave-rest does not pass over rows with findings")


class SplitSumError(KasseError):
    """An advice list that does not prove the amount."""

    code = "suspense.split_sum"
    template = N_("the list sums to {sum_cents}, but case {number} holds {open_cents}")
    hint = N_("nothing was assigned; ask the payer for the whole list, or leave what is over with --leave-rest")


class SplitPartSumError(SplitSumError):
    """An advice list about parts of a collective credit that does not prove what is left of them."""

    code = "suspense.split_part_sum"
    template = N_(
        "the list sums to {sum_cents}, but of the parts that it names ({parts}) {open_cents} are left in case {number}"
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What an allocation became in the books: its entry in the case's office and what each item got."""

    entry: Posted
    items: tuple[ItemPart, ...]


def assign(store: Store, decision: Assign, sitting: Sitting, orders: Mapping[str, Order] | None = None) -> Done:
    """Assign the money of a case to open items: suspense to receivables, an advance to payables; inside a unit.

    Each office gets one entry, linked where there are several. The payment counts from the day the bank had it,
    not from the posting day. Suspense may pay back an advance named as OFFICE/NUMBER, which is how a surplus meets a
    shortage; an advance that names suspense says the same. A wish that names a part takes no more than is left of it.
    Raises the errors of `ledger.bank.suspense`,
    `NotAllowedError`, `OwnWorkError`, `ClosedPeriodError`.
    """
    named, decision = decision, _turned(store, decision)
    case = case_with_money(store, decision.number, decision.office)
    if decision.surplus and case.kind == "advance":
        raise SurplusOfAdvanceError(number=case.number)
    targets = Targets(store, case.kind, decision.wishes)
    aims = list(targets.aims())
    check_differences(store, aims)
    paid = case.payment_day or sitting.day
    allocation = allocate(
        aims, case.number, case.free_cents, surplus=decision.surplus, orders=orders, day=paid,
        parts=named_parts(store, case, decision.wishes),
    )  # fmt: skip
    party = aims[0].party if allocation.surplus_cents else None
    done = _done_with_others(store, case, allocation, targets, party, decision, sitting)
    return done if named is decision else _as_named(store, named, done)


def _done_with_others(
    store: Store, case: Case, allocation: Allocation, targets: Targets, party: int | None, decision: Assign | Split,
    sitting: Sitting,
) -> Done:  # fmt: skip
    """Do what was decided, and say so beside money paid out that it pays back; nobody else may work on that."""
    others = [open_case(store, item, office) for office, item in _advances(store, allocation)]
    done = _done(store, case, allocation, targets, party, decision, sitting)
    for other in others:
        _note_other(store, case, other, done, sitting)
    return done


def _advances(store: Store, allocation: Allocation) -> list[tuple[str, int]]:
    """Return the cases of money paid out that an allocation pays back."""
    lines = [(claim.office, claim.item) for claim, _ in allocation.lines]
    return [one for one in lines if _kind(store, *one) == "advance"]


def _note_other(store: Store, case: Case, other: Case, done: Done, sitting: Sitting) -> None:
    """Write beside money paid out that unclear money paid it back: the step, the decision and the event of its own."""
    cents = sum(part for office, item, part in done.items if (office, item) == (other.office, other.number))
    sitting = replace(sitting, batch=None)  # a list is taken back by the steps of the cases it names
    position = int(store.value(_TAKEN_OFF, office=other.office, item=other.number))
    write_step(store, other, "assigned", position, cents, sitting)
    explain(store, other, "assigned", [(case.office, case.number, cents)], sitting)
    note_event(store, other, "assign", {"cents": cents, "items": 1}, {"to": f"{case.office}/{case.number}"})


def _as_named(store: Store, named: Assign, done: Done) -> Done:
    """Return what was done as it is about the case that was named: money paid out, paid back by unclear money."""
    case = find_case(store, named.office or kasse_office(store), named.number)
    items = ((done.office, done.number, done.settled_cents),)
    return replace(done, office=case.office, number=case.number, left_cents=case.open_cents, items=items)


def _turned(store: Store, decision: Assign) -> Assign:
    """Return 'this unclear money pays that advance' where it was said the other way round; else what was decided."""
    if len(decision.wishes) != 1:
        return decision
    (wish,) = decision.wishes
    named = BY_NUMBER.fullmatch(wish.target.strip().upper())
    case = decision.office or kasse_office(store), decision.number
    if named is None or (_kind(store, *case), _kind(store, named[1], int(named[2]))) != ("advance", "suspense"):
        return decision
    other = replace(wish, target=f"{case[0]}/{case[1]}")
    return replace(decision, office=named[1], number=int(named[2]), wishes=(other,))


def _kind(store: Store, office: str, item: int) -> object:
    return store.value(_KIND, office=office, item=item)


def split(store: Store, decision: Split, sitting: Sitting, orders: Mapping[str, Order] | None = None) -> Done:
    """Assign the money of a case by a payer's list, every row or none; inside a unit.

    The rows must sum to what the case holds, or where each names its part, to what is left of these parts, unless the
    rest is left on purpose. Raises `SplitListError` with a finding for each bad row, `SplitSumError`, and what `assign`
    raises about the case.
    """
    case = case_with_money(store, decision.number, decision.office)
    targets = Targets(store, case.kind, decision.wishes)
    refused: list[KasseError] = []
    parts = named_parts(store, case, decision.wishes)
    sharing = Sharing(case.free_cents, orders=orders, day=case.payment_day or sitting.day, parts=parts)
    for aim in targets.aims(refused):
        check_differences(store, [aim])
        try:
            sharing.take(aim)
        except KasseError as error:
            refused.append(error.at(aim.wish.place))
    if refused:
        refused.sort(key=lambda finding: finding.place.row or 0)
        raise SplitListError(bad=len(refused), count=len(decision.wishes), findings=tuple(refused))
    _prove(case, decision, parts)
    return _done_with_others(store, case, sharing.allocation(), targets, None, decision, sitting)


def check_differences(store: Store, aims: Iterable[Aim]) -> None:
    """Refuse unclear money for what is short to those who held or counted the cash; raises `OwnWorkError`."""
    for aim in aims:
        for claim in aim.claims:
            reason = store.value(_REASON, office=claim.office, item=claim.item)
            check_own_cash(store, claim.office, claim.item, reason)


def _prove(case: Case, decision: Split, parts: Mapping[int, int]) -> None:
    """Refuse a list that does not sum to the money it is about: all of the case, or the parts that every row names."""
    total = sum(wish.cents or 0 for wish in decision.wishes)
    of_parts = bool(decision.wishes) and all(wish.part is not None for wish in decision.wishes)
    held = min(case.free_cents, sum(parts.values())) if of_parts else case.free_cents
    if total == held or (decision.leave_rest and total < held):
        return
    if of_parts:
        named = ", ".join(map(str, sorted(parts)))
        raise SplitPartSumError(sum_cents=total, number=case.number, open_cents=held, parts=named)
    raise SplitSumError(sum_cents=total, number=case.number, open_cents=held)


def _done(
    store: Store, case: Case, allocation: Allocation, targets: Targets, party: int | None, decision: Assign | Split,
    sitting: Sitting,
) -> Done:  # fmt: skip
    day, said = max(sitting.day, case.posting_day), said_parts(store, case, allocation)
    given = post_allocation(store, case, allocation, targets.kind, targets.accounts, party, day)
    moved = allocation.settled_cents + allocation.surplus_cents
    shares = shares_of(allocation, said, given.items)
    if decision.payer_kind is not None:
        _remember(store, case, shares, decision.payer_kind, day)
    step = write_step(store, case, "assigned", given.entry.position, moved, sitting)
    explain(store, case, "assigned", shares, sitting, step=step)
    verb = "split" if isinstance(decision, Split) else "assign"
    _note(store, case, verb, given.items, decision.wishes, said)
    return Done(
        verb, case.office, case.number, shown(given.entry), allocation.settled_cents, allocation.surplus_cents,
        case.open_cents - moved, given.items, batch=sitting.batch, bound_cents=case.bound_cents,
        parts=said.parts, by_amount=said.by_amount,
    )  # fmt: skip


def _remember(store: Store, case: Case, shares: Sequence[Share], kind: str, day: str) -> None:
    """Note whose account the money came from: of each part its own."""
    for part in dict.fromkeys(share.part for share in shares):
        items = [(str(share.office), share.item or 0) for share in shares if share.part == part]
        remember_payer(store, case, items, kind, day, part)


def post_allocation(
    store: Store, case: Case, allocation: Allocation, kind: ItemKind, accounts: Mapping[tuple[str, int], str],
    party: int | None, day: str,
) -> Given:  # fmt: skip
    """Post an allocation to items of a kind with its clearings and credit; `accounts` are their control accounts."""
    total = allocation.settled_cents + allocation.surplus_cents
    side = SIDES[kind]
    postings: dict[str, list[Posting]] = {
        case.office: [posting_for(SIDES[case.kind], case.account, case.number, total)]
    }
    cleared: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    cleared[case.office].append((case.number, total))
    for claim, cents in allocation.lines:
        account = accounts[claim.office, claim.item]
        postings.setdefault(claim.office, []).append(posting_for(side, account, claim.item, cents))
        cleared[claim.office].append((claim.item, cents))
    items = [(claim.office, claim.item, cents) for claim, cents in allocation.lines]
    credit = _credit(store, allocation, party, day) if allocation.surplus_cents else None
    if credit is not None:
        made = opening_posting(SIDES["credit"], credit.account, credit.id, credit.amount_cents)
        postings.setdefault(credit.office, []).append(made)
        items.append((credit.office, credit.id, credit.amount_cents))
    posted = {one.office: one for one in post(store, drafts(case, postings, day))}
    if credit is not None:
        insert_items(store, [replace(credit, position=posted[credit.office].position)])
    paid_on = case.payment_day or day
    made_clearings = [
        NewClearing(office, "assign", posted[office].position, day, paid_on, tuple(lines))
        for office, lines in sorted(cleared.items())
    ]
    clear(store, made_clearings)
    return Given(posted[case.office], tuple(items))


def _credit(store: Store, allocation: Allocation, party: int | None, day: str) -> NewItem:
    """Return the credit that a surplus becomes, in the office of the last item paid; its entry is still to come."""
    office = allocation.lines[-1][0].office
    account = account_with_role(store, office, "credit")
    number = reserve_items(store, office)
    return NewItem(office, number, "credit", account, allocation.surplus_cents, day, day, 0, party)


def _note(
    store: Store, case: Case, verb: str, items: Sequence[ItemPart], wishes: Sequence[Wish], said: Said
) -> None:  # fmt: skip
    facts: dict[str, Fact] = {"cents": sum(cents for _, _, cents in items), "items": len(items)}
    if said.parts:
        facts["parts"] = " ".join(map(str, said.parts))
        facts |= {"proof": "amount"} if said.by_amount else {}
    named = " ".join(wish.target for wish in wishes[:20])
    note_event(store, case, verb, facts, {"to": named})
