"""The rows that decided bank entries become: journal, items, clearings, matches and cases, chunk by chunk."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from ledger.bank.matching import Decision, ItemKey, Staged
from ledger.bank.outcome import LatePostingError
from ledger.bank.posting import CASE_COLUMNS, MATCH_COLUMNS, Plan, Records, fresh_items, note, plan
from ledger.bank.settled import Short
from ledger.bank.settled_store import keep_unclear, settle
from ledger.book.store import Poster, Rows, account_with_role, kasse_office
from ledger.items.store import (
    CLEARING_COLUMNS,
    CLEARING_LINE_COLUMNS,
    ITEM_COLUMNS,
    item_rows,
    number_clearings,
    reserve_items,
)
from ledger.store.engines import Row, Store

Decided = Sequence[Short | Decision]
Numbers = Mapping[str, Iterator[int]]
POSTED_COLUMNS = ("office", "id", "position")
PAID_COLUMNS = ("office", "run", "number", "bank_office", "bank_entry")


class BankDays:
    """Turns decisions into rows, chunk after chunk, by one poster.

    What is left to do when all rows are written waits here: `first` is the clearing of each office from which on items
    are to be taken off, `credits` are new ones to look at, `runs` and `effects` to be applied, `late` to be told.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.poster = Poster(store)
        self.kasse = kasse_office(store)
        self.closed = str(store.value("SELECT max(last_day) FROM closing") or "")
        self.accounts: dict[tuple[str, str], str] = {}
        self.first: dict[str, int] = {}
        self.credits: list[ItemKey] = []
        self.runs: list[Row] = []
        self.effects: dict[str, list[Row]] = {}
        self.late: list[LatePostingError] = []

    def numbers(self, decided: Decided) -> Numbers:
        """Return fresh numbers for the items that a chunk makes."""
        wanted = Counter([office for one in decided for office in _makes(one)])
        return {office: count(reserve_items(self.store, office, n)) for office, n in sorted(wanted.items())}

    def rows(self, decided: Decided, numbers: Numbers) -> list[Rows]:
        """Post what was decided and return the rows of it, in the order in which they are to be written."""
        ready = [self._ready(one, numbers) for one in decided]
        self.poster.expect(sum([one.entries for one, _ in ready]))
        records, closed = Records(), self.closed
        for one, item in ready:
            entry = one.decision.entry if isinstance(one, Plan) else one
            day = entry.bank_day if entry.bank_day > closed else self._posting_day(entry.bank_day)
            if isinstance(one, Plan):
                self._post_plan(records, one, day)
            elif item is None:
                settle(self.poster, records, one, day)
            else:
                keep_unclear(self.poster, records, one, item, day, self._role)
            if day != entry.bank_day:
                self._note_late(entry, day)
        return [*self.poster.take(), *self._keep(records)]

    def _ready(self, one: Short | Decision, numbers: Numbers) -> tuple[Short | Plan, int | None]:
        """Return what is posted, and the number of the item that something unclear makes."""
        if isinstance(one, Decision):
            day = self._posting_day(one.entry.bank_day)
            return plan(one, day, self._role, lambda office: next(numbers[office])), None
        return one, next(numbers[one.office]) if one.item is None else None

    def _post_plan(self, records: Records, each: Plan, day: str) -> None:
        posted = [self.poster.draft(draft) for draft in each.drafts]
        note(records, each, {one.office: one.position for one in posted}, day)

    def _posting_day(self, bank_day: str) -> str:
        """Return the day an entry is posted on: its own, or the first open one."""
        if bank_day > self.closed:
            return bank_day
        return (dt.date.fromisoformat(self.closed) + dt.timedelta(days=1)).isoformat()

    def _role(self, office: str, role: str) -> str:
        """Return the number of the office's account with that role."""
        if role == "kasse":
            return self.kasse
        found = self.accounts.get((office, role))
        if found is None:
            found = self.accounts[office, role] = account_with_role(self.store, office, role)
        return found

    def _note_late(self, entry: Staged | Short, day: str) -> None:
        self.late.append(
            LatePostingError(
                entry=f"{entry.office}-{day[:4]}-{self.poster.last_number(entry.office, day[:4])}",
                iban=entry.iban,
                amount_cents=entry.amount_cents,
                bank_day=entry.bank_day,
                posting_day=day,
            )
        )

    def _keep(self, records: Records) -> list[Rows]:
        """Keep what is done at the end, and return the rows that are written beside the entries."""
        self.credits += [(item.office, item.id) for item in records.items if item.kind == "credit"]
        self.runs += records.runs
        for name, rows in records.effects.items():
            self.effects.setdefault(name, []).extend(rows)
        cleared = number_clearings(self.store, records.clearings)
        self.first = {**cleared.first, **self.first}
        return [
            Rows("item", ITEM_COLUMNS, list(item_rows(records.items))),
            Rows("bank_match", MATCH_COLUMNS, records.matches),
            Rows("suspense_case", CASE_COLUMNS, records.cases),
            Rows("match_posted", POSTED_COLUMNS, records.posted),
            Rows("match_paid", PAID_COLUMNS, records.payments),
            Rows("clearing", CLEARING_COLUMNS, cleared.heads),
            Rows("clearing_line", CLEARING_LINE_COLUMNS, cleared.lines),
        ]


def _makes(one: Short | Decision) -> Sequence[str]:
    """Return the office of every item that is made."""
    if isinstance(one, Decision):
        return fresh_items(one)
    return (one.office,) if one.item is None else ()
