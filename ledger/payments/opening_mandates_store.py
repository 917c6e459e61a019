"""Mandates as a part of a take-over: with their last use, for parties by their old numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.items.opening_parts import PartDone
from ledger.payments.mandate_import_store import Given, take_row
from ledger.store.engines import Store
from sepa.errors import KasseError

_FORMER = "SELECT party FROM party_former WHERE key = :key"


@dataclass(slots=True)
class MandatePart:
    """The list of mandates; its rows are read while they are written."""

    rows: Iterable[Given]
    name: str = "mandates"
    early: bool = False

    def stage(self, store: Store) -> list[KasseError]:
        """Return nothing: the rows are read when they are written."""
        del store
        return []

    def write(self, store: Store, day: str) -> PartDone:
        """Register every mandate; a lapsed one is taken over with a warning."""
        today, count, findings = dt.date.fromisoformat(day), 0, list[KasseError]()
        for row in self.rows:
            former = store.value(_FORMER, key=row.party) if row.party else None
            found = take_row(store, row, today, party=former)
            findings += found
            count += not any(one.severity == "error" for one in found)
        return PartDone(count, tuple(findings))

    def drop(self, store: Store) -> None:
        """Leave nothing behind."""
        del store
