"""Lists of erasures: gathered from a book, and applied to one that was restored from an older backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.book.store import kasse_office, office_codes, setting
from ledger.events.store import Fact, record
from ledger.keeping.blank_store import (
    NAMED,
    blank,
    choose_keys,
    chosen_mandates,
    note_persons,
    nullable_columns,
    take_persons,
)
from ledger.keeping.erasure_list import (
    Decision,
    ErasureList,
    ErasuresDifferError,
    OpenOfErasedError,
    OtherBookError,
    keys_of,
    packed_rows,
    unpacked_rows,
)
from ledger.keeping.personal import Kind, Personal
from ledger.payments.mandate_seals_store import seal_mandates
from ledger.store.changes import Changes
from ledger.store.counters import BOOK
from ledger.store.engines import Store
from sepa.errors import KasseError

_DECISIONS = """
    SELECT id, party, before, proposed_by, proposed_at, decided_by, decided_at, rows FROM erasure
    WHERE state = 'done' ORDER BY id"""
_PERSONS = "SELECT party FROM erased_party WHERE erasure = :number ORDER BY party"
_OPEN = """
    SELECT count(*) FROM item WHERE open_cents <> 0 AND kind IN ('receivable', 'payable', 'credit')
    AND party IN (SELECT party FROM erased_party)"""
_COUNT_ON = "UPDATE counter SET last = :number WHERE office = :office AND name = 'erasure' AND last < :number"


@dataclass(frozen=True, slots=True)
class ErasedAgain:
    """What a list of erasures took out of a restored book again: decisions that were new to it, persons, rows."""

    decisions: int
    persons: int
    fields: int
    texts: int
    details: int
    findings: tuple[KasseError, ...]


def erasure_list(store: Store) -> ErasureList:
    """Return the list of everything that was erased so far.

    On a server, too, whoever may give it sees it whole: decisions are of no office, and no row rule hides one.
    """
    with store.snapshot():
        decisions = []
        for number, party, before, proposer, proposed_at, decider, decided_at, rows in store.all(_DECISIONS):
            persons = tuple(int(one) for (one,) in store.rows(_PERSONS, number=number))
            signed = (proposer, proposed_at, decider, decided_at)
            decisions.append(Decision(int(number), party, before, *signed, persons, unpacked_rows(rows or "{}")))
        return ErasureList(setting(store, "book_id"), store.now, tuple(decisions))


def erase_again(
    store: Store, where: Personal, allowed: Mapping[str, Changes], known: ErasureList, file: str
) -> ErasedAgain:
    """Erase in a restored book what had been erased by decisions that its backup does not know.

    The decisions are those of two people, as the list tells them; they stand in the book again with what was found of
    their rows. Raises `OtherBookError`, `ErasuresDifferError`.
    """
    if known.book_id != setting(store, "book_id"):
        raise OtherBookError(file=file)
    with store.unit(office_codes(store)):
        missing = [one for one in known.decisions if not _stands(store, one)]
        done = [_apply(store, where, allowed, one) for one in missing]
        still = int(store.value(_OPEN)) if missing else 0
    findings = (OpenOfErasedError(count=still),) if still else ()
    persons, fields, texts, details = (sum(column) for column in zip(*done, strict=True)) if done else (0, 0, 0, 0)
    return ErasedAgain(len(missing), persons, fields, texts, details, findings)


def _stands(store: Store, one: Decision) -> bool:
    row = store.one(
        "SELECT state, proposed_by, proposed_at, decided_by, decided_at FROM erasure WHERE id = :id", id=one.number
    )
    if row is None:
        return False
    state, *signed = row
    same = signed[:2] == [one.proposed_by, one.proposed_at]
    if not same or (state != "proposed" and signed[2:] != [one.decided_by, one.decided_at]):
        raise ErasuresDifferError(number=one.number)
    return bool(state == "done")


def _apply(store: Store, where: Personal, allowed: Mapping[str, Changes], one: Decision) -> tuple[int, int, int, int]:
    if store.value("SELECT 1 FROM erasure WHERE id = :id", id=one.number) is None:
        store.insert_one(
            "erasure", id=one.number, state="proposed", party=one.party, before=one.before, reason="",
            proposed_by=one.proposed_by, proposed_at=one.proposed_at,
        )  # fmt: skip
    if not store.execute(_COUNT_ON, number=one.number, office=BOOK) and not _counted(store):
        store.insert_one("counter", office=BOOK, name="erasure", last=one.number)
    signed = {"by": one.decided_by, "at": one.decided_at, "id": one.number}
    step = "UPDATE erasure SET state = 'approved', decided_by = :by, decided_at = CAST(:at AS TEXT) WHERE id = :id"
    store.execute(step, **signed)
    persons = _known(store, one.persons)
    take_persons(store, persons)
    kinds, nullable = where.all(), nullable_columns(store)
    for kind in kinds:
        choose_keys(store, kind, allowed[kind.table], _keys(store, kind, one, persons))
    mandates = chosen_mandates(store)
    counts = {kind.table: blank(store, kind, allowed[kind.table], nullable) for kind in kinds}
    seals = note_persons(store, one.number) | seal_mandates(store, *mandates)
    texts, details = counts["entry_text"], counts["event_details"]
    done = len(persons), sum(counts.values()) - texts - details, texts, details
    _finish(store, one, done, seals)
    return done


def _finish(store: Store, one: Decision, done: tuple[int, int, int, int], seals: Mapping[str, Fact]) -> None:
    facts: dict[str, Fact] = dict(zip(("persons", "fields", "texts", "details"), done, strict=True))
    store.execute(
        """UPDATE erasure SET state = 'done', persons = :persons, fields = :fields, texts = :texts,
           details = :details, rows = CAST(:rows AS TEXT) WHERE id = :id""",
        **facts,
        rows=packed_rows(one.rows),
        id=one.number,
    )
    facts |= {"erasure": one.number, "signed": one.signed, **seals}
    record(store, kasse_office(store), "book.erase_again", f"erasure:{one.number}", facts)


def _counted(store: Store) -> bool:
    sql = "SELECT 1 FROM counter WHERE office = :office AND name = 'erasure'"
    return store.value(sql, office=BOOK) is not None


def _known(store: Store, persons: Sequence[int]) -> list[int]:
    """Return those who stand in the restored book and were not erased in it."""
    sql = """SELECT id FROM party WHERE id = :id AND id NOT IN (SELECT party FROM erased_party)"""
    return [party for party in persons if store.value(sql, id=party) is not None]


def _keys(store: Store, kind: Kind, one: Decision, persons: Sequence[int]) -> Sequence[tuple[object, ...]]:
    if kind.table != NAMED:
        return list(keys_of(one.rows.get(kind.table, ())))
    sql = f"SELECT {', '.join(kind.key)} FROM {NAMED} WHERE party = :party"
    return [row for party in persons for row in store.rows(sql, party=party)]
