"""Setting off in the book: what can be set off, and doing it; both sides in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ledger.book.entry import Posting
from ledger.book.store import kasse_office, office_codes, post, setting
from ledger.book.transfer import across
from ledger.documents import Document
from ledger.events.store import record
from ledger.items.locks_store import not_locked
from ledger.items.settlement import Claim
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.set_off import (
    ROLES,
    NothingToSetOffError,
    SetOff,
    SetOffDone,
    SetOffReservedError,
    declaration,
    matched,
)
from ledger.people.users import require
from ledger.store.engines import Store

ItemKey = tuple[str, int]
_PAIRS = f"""
    SELECT i.office, i.id, coalesce(n.legal_name, n.name), i.open_cents, i.party,
           (SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1),
           r.office, r.id, r.open_cents, r.due, r.profile, r.claim_kind, r.reference, r.account, i.account, i.side
    FROM item i
    JOIN party n ON n.id = i.party
    JOIN item r ON r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day AND (r.party = i.party OR r.party IN (
        SELECT d.party FROM party_account d JOIN party q ON q.id = d.party
        WHERE d.iban = i.bank_account AND d.kind = 'own' AND d.until IS NULL AND q.match_key = n.match_key))
    WHERE i.kind IN ('payable', 'credit') AND i.open_cents > 0
      AND (CAST(:office AS TEXT) IS NULL OR (i.office = :office AND i.id = :item))
      AND {not_locked("payment")} AND {not_locked("dunning", alias="r")}
    ORDER BY i.office, i.id, r.due, r.office, r.id"""
_ADDRESS = "SELECT street, house_number, postcode, town FROM party WHERE id = :party"


class _Pair:
    """A payable or credit with what its party owes."""

    def __init__(self, row: Sequence[object]) -> None:
        self.office, self.item, self.name, self.open_cents, self.party, self.run = row[:6]
        self.account, self.side = str(row[14]), str(row[15])
        self.claims: list[tuple[Claim, str | None]] = []
        self.accounts: dict[ItemKey, str] = {}

    def add(self, row: Sequence[object]) -> None:
        office, item, cents, due, profile, kind, reference, account = row[6:14]
        self.claims.append((Claim(office, item, cents, due, profile, kind), reference))  # type: ignore[arg-type]
        self.accounts[office, item] = str(account)  # type: ignore[index]

    def set_off(self, used: dict[ItemKey, int]) -> SetOff:
        """Return the set-off, what other pairs have used of the claims taken off."""
        left = [
            (
                Claim(c.office, c.item, c.open_cents - used.get((c.office, c.item), 0), c.due, c.profile, c.claim_kind),
                ref,
            )
            for c, ref in self.claims
        ]
        return matched(str(self.office), int(self.item), str(self.name), int(self.open_cents), left)  # type: ignore[call-overload]


def _pairs(store: Store, day: str, key: ItemKey | None) -> list[_Pair]:
    office, item = key or (None, None)
    found: dict[ItemKey, _Pair] = {}
    for row in store.rows(_PAIRS, day=day, office=office, item=item):
        found.setdefault((row[0], row[1]), _Pair(row)).add(row)
    return list(found.values())


def candidates(store: Store, day: str) -> list[SetOff]:
    """Return what could be set off on a day: payables and credits whose payee owes something that is due."""
    return [one for _, one in _proposed(_pairs(store, day, None))]


def _proposed(pairs: Sequence[_Pair]) -> Iterator[tuple[_Pair, SetOff]]:
    used: defaultdict[ItemKey, int] = defaultdict(int)
    for pair in pairs:
        one = pair.set_off(used)
        for office, item, _, cents in one.claims:
            used[office, item] += cents
        if one.cents:
            yield pair, one


def set_off(store: Store, items: Sequence[ItemKey], *, day: str) -> SetOffDone:
    """Set off payables or credits against what their payees owe and return the declarations to send.

    Raises `NothingToSetOffError`, `SetOffReservedError`, `NotAllowedError`, `ClosedPeriodError`.
    """
    require(store, kasse_office(store), *ROLES)
    done, entries, letters = [], [], []
    with store.unit(office_codes(store)):
        for key in dict.fromkeys(items):
            found = next(_proposed(_pairs(store, day, key)), None)
            if found is None:
                raise NothingToSetOffError(office=key[0], item=key[1])
            pair, one = found
            if pair.run is not None:
                raise SetOffReservedError(office=key[0], item=key[1], run=int(str(pair.run)))
            entries += _post(store, pair, one, day)
            done.append(one)
            letters.append(_letter(store, pair, one, day))
    return SetOffDone(tuple(done), tuple(entries), tuple(letters))


def _post(store: Store, pair: _Pair, one: SetOff, day: str) -> list[str]:
    """Post a set-off: the payable against the receivables, each office its own entry."""
    postings: defaultdict[str, list[Posting]] = defaultdict(list)
    lines: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    postings[one.office].append(posting_for(pair.side, pair.account, one.item, one.cents))
    lines[one.office].append((one.item, one.cents))
    for office, item, _, cents in one.claims:
        postings[office].append(posting_for("D", pair.accounts[office, item], item, cents))
        lines[office].append((item, cents))
    source = f"item:{one.office}/{one.item}"
    drafts = across(one.office, postings, kind="clearing", posting_day=day, source=source, payment_day=day, group=1)
    posted = {each.office: each for each in post(store, drafts)}
    clear(
        store,
        [
            NewClearing(office, "setoff", posted[office].position, day, day, tuple(given))
            for office, given in sorted(lines.items())
        ],
    )
    facts = {"cents": one.cents, "claims": len(one.claims)}
    record(store, one.office, "item.set_off", f"item:{one.item}", facts)
    return [f"{each.office}-{each.year}-{each.number}" for each in posted.values()]


def _letter(store: Store, pair: _Pair, one: SetOff, day: str) -> Document:
    street, number, postcode, town = store.one(_ADDRESS, party=pair.party) or (None,) * 4
    lines = (" ".join(filter(None, (street, number))), " ".join(filter(None, (postcode, town))))
    sender = setting(store, "municipality") or setting(store, "name")
    return declaration(one, sender, [line for line in lines if line], day)
