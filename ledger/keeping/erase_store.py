"""Erasing: proposed by one person, decided by another; the chain keeps its hashes, the words and salts go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.item_seals_store import choose_words
from ledger.keeping.blank_store import (
    blank,
    choose,
    chosen_mandates,
    chosen_rows,
    note_persons,
    nullable_columns,
    take_persons,
)
from ledger.keeping.erasing import (
    DECIDERS,
    AlreadyErasedError,
    Erased,
    FutureErasureError,
    PersonRow,
    StillKeptError,
    StillNeededError,
    UnderWayFinding,
    UnknownErasureError,
)
from ledger.keeping.open_reader import OF_PARTY, open_things
from ledger.keeping.personal import Personal
from ledger.keeping.retention import retention
from ledger.keeping.retention_store import kind_rows, person_rows, weighed
from ledger.payments.mandate_seals_store import seal_mandates
from ledger.people.users import check_apart, require
from ledger.store.changes import Changes
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import TryAgainError

_NOT_OWNED = """
    SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    AND NOT pg_has_role(c.relowner, 'USAGE')"""
Allowed = Mapping[str, Changes]


def propose_erasure(
    store: Store,
    where: Personal,
    allowed: Allowed,
    reason: str,
    *,
    party: int | None = None,
    before: str | None = None,
) -> Erased:
    """Propose to erase a person, or everything whose period was over before a day; another person decides.

    Raises `StillNeededError`, `StillKeptError`, `AlreadyErasedError`, `FutureErasureError`, `NotAllowedError`.
    """
    assert (party is None) != (before is None), "a person or a day"
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *DECIDERS)
        chosen = _chosen(store, where, party, before)
        rows = sum(kind.erasable for kind in kind_rows(store, where, allowed, before)) if before else 0
        day = date.fromisoformat(before) if before else None
        if not chosen and not rows:
            return Erased(0, "nothing", party, day, 0, 0, 0, 0, new=False)
        waiting = store.value(
            """SELECT id FROM erasure WHERE state = 'proposed' AND coalesce(party, 0) = :party
               AND coalesce(before, '') = :before""",
            party=party or 0,
            before=before or "",
        )
        number = int(waiting or take_ids(store, BOOK, "erasure"))
        if waiting is None:
            store.insert_one(
                "erasure", id=number, state="proposed", party=party, before=before, reason=reason.strip(),
                proposed_by=store.user, proposed_at=store.now,
            )  # fmt: skip
            facts: dict[str, Fact] = {"erasure": number, "persons": len(chosen), "rows": rows, "before": before}
            record(store, kasse, "book.erase_propose", f"erasure:{number}", facts)
    return Erased(number, "proposed", party, day, len(chosen), rows, 0, 0, new=waiting is None)


def _chosen(store: Store, where: Personal, party: int | None, before: str | None) -> list[PersonRow]:
    """Return who is erased, the day being that of the proposal or today."""
    day = before or store.today
    if day > store.today:
        raise FutureErasureError(day=date.fromisoformat(day))
    with weighed(store, where, day):
        rows = [row for row in person_rows(store, day) if party is None or row.party == party]
        if party is not None:
            _check(store, rows, party, day)
    return [row for row in rows if row.state == "erase" or (party is not None and row.state == "used")]


def _check(store: Store, rows: Sequence[PersonRow], party: int, day: str) -> None:
    """Check that nothing stands in the way of erasing one person who asks for it."""
    if any(row.state == "erased" for row in rows):
        raise AlreadyErasedError(party=party)
    sql = f"SELECT DISTINCT kind FROM keep_person WHERE party IN {OF_PARTY} AND needed > 0 ORDER BY kind"
    needed = [kind for (kind,) in store.all(sql, party=party)]
    if needed:
        found = list(open_things(store, party)) or [UnderWayFinding(kind=kind, party=party) for kind in needed]
        raise StillNeededError(party=party, what=", ".join(needed), findings=tuple(found))
    last = store.all(
        f"SELECT kind, until FROM keep_person WHERE party IN {OF_PARTY} AND until >= :year ORDER BY until DESC, kind",
        party=party,
        year=int(day[:4]),
    )
    if last:
        kind, until = last[0]
        name = "book" if kind in {"entry_text", "event_details"} else "letter" if "letter" in kind else "voucher"
        rule = retention().classes[name]
        raise StillKeptError(party=party, day=date(int(until) + 1, 1, 1), what=name, norm=rule.on(day).norm)


def decide_erasure(store: Store, where: Personal, allowed: Allowed, number: int, *, confirm: bool) -> Erased:
    """Carry out a proposal to erase, or refuse it, as another person than who proposed it.

    Whatever is open or must be kept by now stays. Raises `UnknownErasureError`, `OwnWorkError`, `StillNeededError`,
    `StillKeptError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *DECIDERS)
        row = store.one("SELECT state, party, before, proposed_by, proposed_at FROM erasure WHERE id = :id", id=number)
        if row is None or row[0] != "proposed":
            raise UnknownErasureError(number=number)
        _, party, before, proposer, proposed_at = row
        check_apart(store, kasse, f"erasure {number}", (proposer, proposed_at))
        seals: dict[str, Fact] = {}
        done = Erased(number, "refused", party, date.fromisoformat(before) if before else None, 0, 0, 0, 0)
        _step(store, done, "approved" if confirm else "refused")
        if confirm:
            chosen = _chosen(store, where, party, before)
            done, seals = _erase(store, where, allowed, done, [one.party for one in chosen], before)
            _finish(store, done)
        facts: dict[str, Fact] = {
            "erasure": number, "persons": done.persons, "fields": done.fields, "texts": done.texts,
            "details": done.details, **seals,
        }  # fmt: skip
        record(store, kasse, f"book.erase_{'confirm' if confirm else 'refuse'}", f"erasure:{number}", facts)
    return done


def _step(store: Store, done: Erased, state: str) -> None:
    store.execute(
        """UPDATE erasure SET state = :state, decided_by = :user, decided_at = CAST(:now AS TEXT) WHERE id = :id""",
        state=state,
        user=store.user,
        now=store.now,
        id=done.number,
    )


def _finish(store: Store, done: Erased) -> None:
    store.execute(
        """UPDATE erasure SET state = 'done', persons = :persons, fields = :fields, texts = :texts, details = :details,
           rows = CAST(:rows AS TEXT) WHERE id = :id""",
        persons=done.persons,
        fields=done.fields,
        texts=done.texts,
        details=done.details,
        rows=done.rows,
        id=done.number,
    )


def _erase(
    store: Store, where: Personal, allowed: Allowed, done: Erased, parties: Sequence[int], before: str | None
) -> tuple[Erased, dict[str, Fact]]:
    """Blank what belongs to the persons, and with a day whatever else was kept long enough before it."""
    take_persons(store, parties)
    kinds = where.all()
    for kind in kinds:
        choose(store, kind, allowed[kind.table], before, store.today)
    choose_words(store)
    rows, nullable, mandates = chosen_rows(store, kinds), nullable_columns(store), chosen_mandates(store)
    counts = tuple((kind.table, blank(store, kind, allowed[kind.table], nullable)) for kind in kinds)
    seals = note_persons(store, done.number) | seal_mandates(store, *mandates)
    by_table = dict(counts)
    texts, details = by_table["entry_text"], by_table["event_details"]
    erased = replace(
        done,
        state="done",
        persons=len(parties),
        fields=sum(by_table.values()) - texts - details,
        texts=texts,
        details=details,
        kinds=tuple(one for one in counts if one[1]),
        rows=rows,
    )
    return erased, seals


def purge(store: Store, where: Personal) -> bool:
    """Rewrite the database so that no byte of what was erased is left in its files; return whether that is sure.

    Outside a unit of work, when nobody else uses the book; on a server it needs the owner of the tables. Copies,
    backups and the archives of a server are not reached: they go by their own periods.
    """
    if store.engine.name == "postgresql":
        tables = [kind.table for kind in where.all()]
        for table in tables:
            store.execute(f"VACUUM (FULL) {table}")
        return not store.value(_NOT_OWNED)
    try:
        store.execute("VACUUM")
        return not store.value("PRAGMA wal_checkpoint(TRUNCATE)")
    except TryAgainError:
        return False
