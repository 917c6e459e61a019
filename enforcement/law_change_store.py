"""Changing the law that a book keeps: one person proposes, another puts it in force; until then the old law holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from enforcement.law.law_reader import LawText
from enforcement.law_changes import (
    LawChanged,
    LawFileNameError,
    LawReasonError,
    LawWaitsError,
    NoLawChangeError,
    OtherLawWaitsError,
)
from enforcement.law_differences import law_differences
from enforcement.law_store import faults, held_law, law_of
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.duties import law_duty
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError

ROLES = ("head", "admin")
"""Who may propose, and who may refuse."""
RELEASERS = ("head",)
"""Who puts the law in force: whoever administers the book only proposes."""
_WAITS = """
    SELECT c.id, c.proposed_by, c.proposed_at, u.name FROM law_change c JOIN app_user u ON u.id = c.proposed_by
    WHERE c.state = 'proposed'"""
_FILES = "SELECT name, text FROM law_file WHERE change = :change ORDER BY name"
_NEXT = "SELECT coalesce(max(version), 0) + 1 FROM law_file WHERE name = :name"
_RELEASE = """
    UPDATE law_change SET state = 'released', released_by = :user, released_at = CAST(:now AS TEXT) WHERE id = :id"""
_REFUSE = """
    UPDATE law_change SET state = 'refused', ended_by = :user, ended_at = CAST(:now AS TEXT) WHERE id = :id"""


def propose_law(store: Store, texts: Sequence[LawText]) -> LawChanged:
    """Propose law files as the next versions; what is in force already is left out, wrong ones are all not taken.

    The same proposal again changes nothing. Raises `OtherLawWaitsError` and `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        held = held_law(store)
        fresh = {one.name: one.text for one in texts if held.get(one.name) != one.text}
        return _propose(store, kasse, held, fresh, len(texts) - len(fresh))


def propose_drop(store: Store, name: str) -> LawChanged:
    """Propose to take a law file of the book away, so that what comes with kasse holds again.

    Raises `LawFileNameError`, `OtherLawWaitsError` and `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        held = held_law(store)
        if name not in held:
            raise LawFileNameError(name=name, names=", ".join(held) or "–")
        return _propose(store, kasse, held, {name: ""}, 0)


def release_law(store: Store, number: int) -> LawChanged:
    """Put a proposed change of the law in force, as another person than who proposed it.

    What it would make of the law is looked at again: something wrong with it and nothing is done. Raises
    `NoLawChangeError`, `OwnWorkError` and `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *RELEASERS)
        found = _asked(store, number)
        row = store.one(_WAITS)
        assert row is not None, "the change that was just found"
        steps = {"proposed": (row[1], row[2])}
        check_apart(store, kasse, f"law change {number}", *(steps[step] for step in law_duty()))
        if found.wrong:
            return replace(found, state=None)
        store.execute(_RELEASE, id=number, user=store.user, now=store.now)
        facts: dict[str, Fact] = {"files": len(found.files), "dropped": len(found.dropped)}
        record(store, kasse, "law.release", f"law_change:{number}", facts | seal(store, ("law_change", number)))
    return replace(found, state="released")


def refuse_law(store: Store, number: int, reason: str) -> LawChanged:
    """Refuse a proposed change of the law, or take one's own proposal back; the law stays as it is.

    Raises `LawReasonError`, `NoLawChangeError` and `NotAllowedError`.
    """
    if not reason.strip():
        raise LawReasonError(number=number)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        found = _asked(store, number)
        store.execute(_REFUSE, id=number, user=store.user, now=store.now)
        facts, details = seal(store, ("law_change", number)), {"reason": reason.strip()}
        record(store, kasse, "law.refuse", f"law_change:{number}", facts, details)
    return replace(found, state="refused")


def waiting_law(store: Store) -> LawChanged | None:
    """Return the change of the law that waits for a second person, with what becomes of the law, or None."""
    row = store.one(_WAITS)
    if row is None:
        return None
    held: dict[str, str] = held_law(store)
    texts: dict[str, str] = dict(store.rows(_FILES, change=row[0]))
    after = law_of(_merged(held, texts))
    wrong = faults(after)
    return LawChanged(
        row[0], "proposed", tuple(name for name, text in texts.items() if text),
        tuple(name for name, text in texts.items() if not text), 0, row[3], row[2],
        () if wrong else tuple(law_differences(law_of(held), after)), wrong,
    )  # fmt: skip


def law_warnings(store: Store) -> tuple[KasseError, ...]:
    """Return the warning that a change of the law waits, for those who count by the law; nothing where none does."""
    row = store.one(_WAITS)
    return () if row is None else (LawWaitsError(number=row[0], user=row[3], files=_names(store, row[0])),)


def law_waits_since(store: Store) -> str | None:
    """Return the day on which the change of the law was proposed that waits, None where none does."""
    row = store.one(_WAITS)
    return None if row is None else str(row[2])[:10]


def _asked(store: Store, number: int) -> LawChanged:
    found = waiting_law(store)
    if found is None or found.number != number:
        raise NoLawChangeError(number=number)
    return found


def _propose(store: Store, kasse: str, held: Mapping[str, str], fresh: Mapping[str, str], same: int) -> LawChanged:
    """Write a proposal where it is a new one and nothing is wrong with it; inside a unit."""
    if not fresh:
        return LawChanged(None, None, same=same)
    row = store.one(_WAITS)
    if row is None:
        if wrong := faults(law_of(_merged(held, fresh))):
            return LawChanged(None, None, same=same, wrong=wrong)
        _write(store, kasse, fresh)
    elif dict(store.rows(_FILES, change=row[0])) != fresh:
        raise OtherLawWaitsError(number=row[0], user=row[3], files=_names(store, row[0]))
    found = waiting_law(store)
    assert found is not None, "it waits now"
    return replace(found, same=same)


def _write(store: Store, kasse: str, fresh: Mapping[str, str]) -> None:
    number = take_ids(store, BOOK, "law_change")
    store.insert_one("law_change", id=number, state="proposed", proposed_by=store.user, proposed_at=store.now)
    first = take_ids(store, BOOK, "law_file", len(fresh))
    rows = [
        (one, number, name, int(store.value(_NEXT, name=name)), text, sha256(text.encode()).hexdigest(), store.user,
         store.now)
        for one, (name, text) in enumerate(sorted(fresh.items()), first)
    ]  # fmt: skip
    store.insert("law_file", ("id", "change", "name", "version", "text", "sha256", "made_by", "made_at"), rows)
    facts: dict[str, Fact] = {
        "files": sum(map(bool, fresh.values())),
        "dropped": sum(not one for one in fresh.values()),
    }
    facts |= seal(store, ("law_change", number), *(("law_file", row[0]) for row in rows))
    record(store, kasse, "law.propose", f"law_change:{number}", facts)


def _merged(held: Mapping[str, str], fresh: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in {**held, **fresh}.items() if text}


def _names(store: Store, change: int) -> str:
    return ", ".join(name for name, _ in store.rows(_FILES, change=change))
