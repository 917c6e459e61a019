"""The open items that people name, found for a whole list at once: by reference, by what it stands for, by number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledger.bank.references import rf_content
from ledger.bank.suspense import Aim, ClosedTargetError, OtherKindError, UnknownTargetError, Wish
from ledger.items.kassenzeichen import compact
from ledger.items.settlement import Claim
from ledger.items.staging_store import drop, text_type
from ledger.items.store import ItemKind
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

TARGET_KINDS: dict[str, ItemKind] = {"suspense": "receivable", "advance": "payable"}
"""What money received may pay, and what money paid out may have paid."""
NUMBERED: dict[str, ItemKind] = {"receivable": "advance"}
"""What money received may pay back besides, named as OFFICE/NUMBER only: money paid out without knowing for what, and
what was short in a cash desk."""
BY_NUMBER = re.compile(r"([A-Z0-9]{1,8})/([0-9]{1,18})")
_FOUND = """
    WITH hit AS (
        SELECT w.seq, i.office, i.id FROM desk_wish w JOIN item i ON i.reference = w.reference AND i.kind = :kind
        UNION SELECT w.seq, i.office, i.id FROM desk_wish w
            JOIN item i ON i.office = w.office AND i.id = w.number AND i.kind IN (:kind, :numbered)
        UNION SELECT w.seq, t.office, t.item FROM desk_wish w JOIN reference_target_item t ON t.reference = w.reference
        UNION SELECT w.seq, i.office, i.id FROM desk_wish w
            JOIN reference_target t ON t.reference = w.reference AND t.kind = 'party'
            JOIN item i ON i.party = t.number AND i.kind = :kind AND i.open_cents > 0
    ), wanted AS (
        SELECT seq, office, id FROM hit
        UNION SELECT h.seq, s.office, s.id FROM hit h
            JOIN item s ON s.office = h.office AND s.main_item = h.id AND s.kind = :kind
    )
    SELECT w.seq, i.office, i.id, i.open_cents, i.due, i.profile, i.claim_kind, i.party, i.account
    FROM wanted w JOIN item i ON i.office = w.office AND i.id = w.id WHERE i.kind IN (:kind, :numbered)
    ORDER BY w.seq, i.office, i.id"""

_OF_REFERENCE = "SELECT kind FROM item WHERE reference = :reference ORDER BY office, id LIMIT 1"
_OF_NUMBER = "SELECT kind FROM item WHERE office = :office AND id = :number"


class Targets:
    """The open items that wishes name, side claims included, and their control accounts."""

    def __init__(self, store: Store, case_kind: str, wishes: Sequence[Wish]) -> None:
        self._store = store
        self.kind = TARGET_KINDS[case_kind]
        self.accounts: dict[tuple[str, int], str] = {}
        self._rows: dict[int, list[Row]] = {}
        for row in _look_up(store, self.kind, wishes):
            self._rows.setdefault(row[0], []).append(row)
            self.accounts[row[1], row[2]] = row[8]
        self.wishes = wishes

    def aims(self, refused: list[KasseError] | None = None) -> Iterator[Aim]:
        """Yield each wish with its open items; what is wrong with one goes to `refused`, where given.

        Raises `UnknownTargetError` or `ClosedTargetError` otherwise.
        """
        for seq, wish in enumerate(self.wishes):
            try:
                yield self._aim(seq, wish)
            except KasseError as error:
                if refused is None:
                    raise error.at(wish.place) from None
                refused.append(error.at(wish.place))

    def _aim(self, seq: int, wish: Wish) -> Aim:
        rows = self._rows.get(seq)
        if rows is None:
            raise self._unknown(wish)
        still_open = [row for row in rows if row[3] > 0]
        if not still_open:
            raise ClosedTargetError(reference=wish.target)
        parties = {row[7] for row in still_open}
        claims = tuple(Claim(*row[1:7]) for row in still_open)
        return Aim(wish, claims, parties.pop() if len(parties) == 1 else None)

    def _unknown(self, wish: Wish) -> UnknownTargetError:
        """Return what is wrong with a wish that names nothing here: it is nowhere, or of another kind."""
        ((_, reference, office, number),) = _keys([wish])
        found = self._store.value(_OF_REFERENCE, reference=reference)
        if found is None and number is not None:
            found = self._store.value(_OF_NUMBER, office=office, number=number)
        if found is None:
            return UnknownTargetError(kind=self.kind, reference=wish.target)
        return OtherKindError(kind=self.kind, reference=wish.target, found=found)


def _look_up(store: Store, kind: str, wishes: Sequence[Wish]) -> list[Row]:
    text = text_type(store)
    drop(store, "desk_wish")
    columns = f"seq BIGINT PRIMARY KEY, reference {text}, office {text}, number BIGINT"
    store.execute(f"CREATE TEMPORARY TABLE desk_wish ({columns})")
    store.insert("desk_wish", ("seq", "reference", "office", "number"), _keys(wishes))
    if store.engine.name == "postgresql":
        store.execute("ANALYZE desk_wish")
    found = store.all(_FOUND, kind=kind, numbered=NUMBERED.get(kind, kind))
    drop(store, "desk_wish")
    return found


def _keys(wishes: Sequence[Wish]) -> Iterator[Row]:
    for seq, wish in enumerate(wishes):
        text = wish.target.strip().upper()
        named = BY_NUMBER.fullmatch(text)
        bare = compact(text)
        office, number = (named[1], int(named[2])) if named else (None, None)
        yield seq, rf_content(bare) or bare, office, number
