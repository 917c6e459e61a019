"""What `journal verify` asks of rows that no chain holds: somebody's signature, master data, whose an item is."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

from ledger.bank import match_seals, said_store
from ledger.bank.case_check_store import ToldCases, wrong_cases
from ledger.bank.check_store import unlike_books
from ledger.bank.match_seals_store import ToldMatches, wrong_matches
from ledger.bank.said_store import wrong_bank
from ledger.events.seals import FACT
from ledger.events.seals_store import wrong_seals
from ledger.items import item_seals, joint_seals_store, order_seals_store, paper_seals_store
from ledger.items.item_proof_store import wrong_items
from ledger.items.item_seals_store import ToldItems, wrong_made
from ledger.items.joint_seals_store import wrong_joint
from ledger.items.order_seals_store import wrong_orders
from ledger.items.order_told_store import Told, take_steps, wrong_steps
from ledger.keeping.erased_reader import erased_batches
from ledger.payments import mandate_seals_store
from ledger.payments.mandate_seals_store import wrong_mandates
from ledger.payments.set_off_check_store import ToldDays, take_days, wrong_set_offs
from ledger.people import party_seals
from ledger.people.party_seals_store import wrong_parties
from ledger.store.declared_reader import signatures
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

MOST = 100
VOUCHING = frozenset({"book.erase_again", "opening.plans"})
"""Events that tell of steps of others: erasures of a book that was lost, plans that two people took over."""
# an item follows its order's person, a side claim its claim's, but for merges of persons
_OWNERS = """
    SELECT i.office, i.id, i.party, o.party FROM item i
    JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE coalesce(i.party, 0) <> coalesce(o.party, 0)
    UNION ALL
    SELECT i.office, i.id, i.party, m.party FROM item i
    JOIN item m ON m.office = i.office AND m.id = i.main_item
    WHERE i.kind = 'receivable' AND coalesce(i.party, 0) <> coalesce(m.party, 0) AND NOT EXISTS (
        SELECT 1 FROM item_debtor d WHERE d.office = m.office AND d.item = m.id AND d.party = i.party)
    ORDER BY 1, 2"""

_ACCOUNTS = """
    SELECT i.office, i.id, i.bank_account, o.bank_account FROM cash_order o
    JOIN item i ON i.office = o.office AND i.order_id = o.id
    WHERE o.bank_account IS NOT NULL AND i.bank_account <> o.bank_account AND i.bank_account <> ''
      AND o.bank_account <> '' ORDER BY 1, 2"""


class UnwitnessedError(KasseError):
    """Somebody's signature stands in a table, but the event log does not tell of the step."""

    code = "verify.signature"
    template = N_("{table}: {column} names user {user} at {at}, but the event log tells of no step of theirs then")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


class MovedItemError(KasseError):
    """An item was given to another person without a merge of the two."""

    code = "verify.item_party"
    template = N_("item {name} of office {office} is party {party}'s, but was made for party {expected}")
    hint = N_("see 'kasse item show {name}' and who changed it; keep this book as it is and inform the audit office")


class ItemAccountError(KasseError):
    """An item would be paid to another account than its order names; two people redirect, and that leaves the item."""

    code = "verify.item_account"
    template = N_("item {name} names the account {iban}, but its order {expected}")
    hint = N_("see 'kasse item show {name}' and who changed it; keep this book as it is and inform the audit office")


class RenamedUserError(KasseError):
    """A user has another name than the one they were added with: their steps would be somebody else's."""

    code = "verify.user_name"
    template = N_("user {user} is called {name}, but was added as {before}: the steps of {before} bear another name")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


class Witness:
    """Watches the events go by: which signatures they vouch for, and what they tell of master data."""

    def __init__(self, store: Store) -> None:
        self.signed: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for table, columns in groupby(signatures(), itemgetter(0)):
            asked = (f"SELECT DISTINCT '{by}', {by}, {at} FROM {table} WHERE {by} IS NOT NULL" for _, by, at in columns)
            for by, user, moment in store.all(" UNION ALL ".join(asked)):
                self.signed[str(moment)].setdefault(str(user), (table, by))
        kinds = (
            *said_store.FACTS, FACT, party_seals.FACT, order_seals_store.FACT, joint_seals_store.FACT,
            mandate_seals_store.FACT,
        )  # fmt: skip
        self.seals: dict[str, list[str]] = {name: [] for name in kinds}
        self.names: dict[str, str] = {}
        self.steps: Told = Counter()
        self.items = ToldItems()
        self.cases = ToldCases()
        self.matches = ToldMatches()
        self.set_offs: ToldDays = Counter()
        self.papers: paper_seals_store.Told = []

    def watched(self, events: Iterable[Row]) -> Iterator[Row]:
        """Yield the events as they are, and remember what they say."""
        signed = self.signed
        for row in events:
            users = signed.get(row[2])
            if users is not None:
                users.pop(row[3].partition("/")[0], None)
            if row[4] in VOUCHING:
                self._vouch(str(json.loads(row[6])["signed"]))
            if row[4] == "user.add" and row[10]:
                self.names[row[5]] = row[10]
            if row[4].startswith("order."):
                take_steps(self.steps, row[0], row[3], row[2], row[4], row[6])
            self.cases.take(row[0], row[4], row[5], row[6])
            take_days(self.set_offs, row[4], row[6])
            if row[4] == "party.merge_confirm":
                self.items.take_merge(row[5], row[6])
            if "seal" in row[6]:
                self._take(row[6], row[10])
            yield row

    def _take(self, facts: str, details: str | None) -> None:
        """Take over what an event tells of rows that may change."""
        if f'"{item_seals.FACT}":' in facts:
            self.items.take(facts, details)
        if f'"{match_seals.FACT}":' in facts:
            self.matches.take(facts, details)
        if f'"{paper_seals_store.FACT}":' in facts:
            paper_seals_store.take_papers(self.papers, facts, details)
        for name, told in self.seals.items():
            if f'"{name}":' in facts:
                told.append(str(json.loads(facts)[name]))

    def _vouch(self, signed: str) -> None:
        """Take over who signed what an event tells of, as `user@moment`."""
        for part in signed.split():
            user, _, at = part.partition("@")
            self.signed.get(at, {}).pop(user, None)

    def findings(self, store: Store) -> Iterator[KasseError]:
        """Yield what no event vouches for, after all of them have been seen."""
        for at, users in sorted(self.signed.items()):
            for user, (table, column) in sorted(users.items()):
                yield UnwitnessedError(table=table, column=column, user=user, at=at)
        yield from wrong_seals(store, self.seals[FACT])
        yield from wrong_parties(store, self.seals[party_seals.FACT])
        yield from islice(wrong_orders(store, self.seals[order_seals_store.FACT], erased_batches(store)), MOST)
        yield from islice(wrong_steps(store, self.steps), MOST)
        yield from wrong_joint(store, self.seals[joint_seals_store.FACT])
        yield from wrong_mandates(store, self.seals[mandate_seals_store.FACT])
        yield from wrong_bank(store, self.seals)
        yield from unlike_books(store)
        yield from wrong_cases(store, self.cases)
        yield from wrong_matches(store, self.matches)
        yield from wrong_set_offs(store, self.set_offs)
        yield from _renamed(store, self.names)
        yield from _moved_items(store)
        yield from wrong_items(store)
        yield from wrong_made(store, self.items)
        yield from paper_seals_store.wrong_papers(store, self.papers)
        for office, number, iban, expected in islice(store.rows(_ACCOUNTS), MOST):
            yield ItemAccountError(name=f"{office}/{number}", office=office, iban=iban, expected=expected)


def _renamed(store: Store, told: dict[str, str]) -> Iterator[KasseError]:
    """Yield the users who have another name than they were added with: the chain knows their numbers only."""
    for number, name in store.rows("SELECT id, name FROM app_user ORDER BY id"):
        details = json.loads(told.get(f"user:{number}", "{}"))
        if details.get("name", name) != name:
            yield RenamedUserError(user=number, name=name, before=details["name"])


def _moved_items(store: Store) -> Iterator[KasseError]:
    merged: dict[int, int] = dict(store.all("SELECT source, target FROM party_merge WHERE state = 'merged'"))
    found = 0
    for office, number, party, expected in store.rows(_OWNERS):
        if party == _end(merged, expected):
            continue
        yield MovedItemError(name=f"{office}/{number}", office=office, party=party, expected=expected)
        found += 1
        if found >= MOST:
            return


def _end(merged: dict[int, int], party: int | None) -> int | None:
    """Return into whom a party was merged in the end."""
    seen = set[int]()
    while party in merged and party not in seen:
        seen.add(party)
        party = merged[party]
    return party
