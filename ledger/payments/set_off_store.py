"""Setting off in the book: both sides in one transaction, an entry and a clearing in each office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ledger.book.entry import Posted, Posting
from ledger.book.store import kasse_office, office_codes, post, setting
from ledger.book.transfer import across
from ledger.documents import Document
from ledger.events.store import Fact, record
from ledger.items.settlement import Order
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.seized import ItemKey, seized
from ledger.payments.set_off import (
    ROLES,
    NothingToSetOffError,
    SetOff,
    SetOffDone,
    SetOffOneItemError,
    Wish,
    declaration,
)
from ledger.payments.set_off_check_store import DAYS, days_said
from ledger.payments.set_off_reader import Pair, pair_of
from ledger.people.users import require
from ledger.store.engines import Store

ALL_DUE = Wish()
_ADDRESS = "SELECT street, house_number, postcode, town FROM party WHERE id = :party"


def set_off(
    store: Store,
    items: Sequence[ItemKey],
    *,
    day: str,
    wish: Wish = ALL_DUE,
    orders: Mapping[str, Order] | None = None,
) -> SetOffDone:
    """Set off payables or credits against what their payees owe and return the declarations to send.

    Money is spread in the `orders` of settlement of the claims' law. Raises `NothingToSetOffError`,
    `SetOffReservedError`, `SetOffChangingError`, `SetOffBoundError`, `SetOffOtherPartyError`, `SetOffContestedError`,
    `SetOffHeldError`, `SetOffNotDueError`,
    `SetOffAmountError`, `SetOffOneItemError`, `SetOffSeizedError`, `NotAllowedError`, `ClosedPeriodError`.
    """
    keys = list(dict.fromkeys(items))
    if wish.choosy and len(keys) != 1:
        raise SetOffOneItemError(count=len(keys))
    require(store, kasse_office(store), *ROLES)
    done, entries, letters = [], [], []
    with store.unit(office_codes(store)):
        for key in keys:
            pair = pair_of(store, key, wish, day)
            one = pair.set_off(wish, orders, {}, day)
            if not one.cents and one.attachments:
                raise seized(one)
            if not one.cents:
                raise NothingToSetOffError(office=key[0], item=key[1])
            entries += _post(store, pair, one, day, wish.reason.strip())
            done.append(one)
            letters.append(_letter(store, pair, one, day))
    return SetOffDone(tuple(done), tuple(entries), tuple(letters))


def _post(store: Store, pair: Pair, one: SetOff, day: str, reason: str) -> list[str]:
    """Post a set-off today: the payable against the receivables, each office its own entry."""
    postings: defaultdict[str, list[Posting]] = defaultdict(list)
    postings[one.office].append(posting_for(pair.source.side, pair.source.account, one.item, one.cents))
    for office, item, _, cents in one.claims:
        postings[office].append(posting_for("D", pair.accounts[office, item], item, cents))
    drafts = across(
        one.office, postings, kind="clearing", posting_day=day, source=f"item:{one.office}/{one.item}",
        text=reason or "Aufrechnung", payment_day=max(one.days), group=1,
    )  # fmt: skip
    posted = {each.office: each for each in post(store, drafts)}
    clear(store, _clearings(one, posted, day))
    told = [(office, item, since) for (office, item, *_), since in zip(one.claims, one.days, strict=True)]
    told.append((one.office, one.item, max(one.days)))
    facts: dict[str, Fact] = {"cents": one.cents, "claims": len(one.claims), DAYS: days_said(told)}
    record(store, one.office, "item.set_off", f"item:{one.item}", facts, {"reason": reason} if reason else None)
    return [f"{each.office}-{each.year}-{each.number}" for each in posted.values()]


def _clearings(one: SetOff, posted: Mapping[str, Posted], day: str) -> list[NewClearing]:
    """Return the clearings: of each office one for each day from which claims count as paid, § 389 BGB.

    The payable counts as paid from the last of them.
    """
    lines: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    lines[one.office, max(one.days)].append((one.item, one.cents))
    for (office, item, _, cents), since in zip(one.claims, one.days, strict=True):
        lines[office, since].append((item, cents))
    return [
        NewClearing(office, "setoff", posted[office].position, day, since, tuple(given))
        for (office, since), given in sorted(lines.items())
    ]


def _letter(store: Store, pair: Pair, one: SetOff, day: str) -> Document:
    street, number, postcode, town = store.one(_ADDRESS, party=pair.source.party) or (None,) * 4
    lines = (" ".join(filter(None, (street, number))), " ".join(filter(None, (postcode, town))))
    sender = setting(store, "municipality") or setting(store, "name")
    return declaration(one, sender, [line for line in lines if line], day)
