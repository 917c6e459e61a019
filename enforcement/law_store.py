"""The law of a book: what comes with kasse, and above it the files that the office keeps in the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from enforcement.law import Law, packaged_law
from enforcement.law.law_reader import LawText
from enforcement.limitation_rules import limitation_rules
from enforcement.profiles import profile, profiles
from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

ROLES = ("head", "admin")
_NEWEST = """
    SELECT f.name, f.text FROM law_file f
    WHERE f.version = (SELECT max(o.version) FROM law_file o WHERE o.name = f.name) AND f.text <> '' ORDER BY f.name"""
_LIST = """
    SELECT f.name, f.version, f.text, f.sha256, u.name, f.made_at FROM law_file f JOIN app_user u ON u.id = f.made_by
    ORDER BY f.name, f.version"""
_LAST = "SELECT version, text FROM law_file WHERE name = :name ORDER BY version DESC LIMIT 1"


class LawFileNameError(KasseError):
    """A law file that the book does not have."""

    code = "law.no_file"
    template = N_("the book keeps no law file {name}; it has: {names}")
    hint = N_("'kasse law files' lists them; those that come with kasse cannot be taken away, only replaced")


@dataclass(frozen=True, slots=True)
class LawFileRow:
    """A version of a law file; `state` is `held`, `earlier` or `dropped`."""

    name: str
    version: int
    text: str
    sha256: str
    made_by: str
    made_at: str
    state: str


@dataclass(frozen=True, slots=True)
class TakenLaw:
    """What taking law files did: the files that are new or changed, how many were the same, what is wrong with them."""

    taken: tuple[str, ...]
    same: int
    wrong: tuple[KasseError, ...] = ()


def book_law(store: Store) -> Law:
    """Return the law of the book; raises `LawFileError` and `LawSyntaxError` when something of it cannot be used."""
    texts = tuple(LawText(*row) for row in store.rows(_NEWEST))
    return _law(texts) if texts else packaged_law()


@lru_cache(maxsize=4)
def _law(texts: tuple[LawText, ...]) -> Law:
    return Law(texts=texts)


def law_files(store: Store) -> list[LawFileRow]:
    """Return every version of the law files that the book keeps."""
    rows = store.all(_LIST)
    last = {name: version for name, version, *_ in rows}
    return [
        LawFileRow(
            name, version, text, digest, by, at,
            "earlier" if version < last[name] else "held" if text else "dropped",
        )
        for name, version, text, digest, by, at in rows
    ]  # fmt: skip


def take_law(store: Store, texts: Sequence[LawText]) -> TakenLaw:
    """Keep law files as the next versions; the same text again changes nothing, wrong ones are all not taken.

    Raises `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    held: dict[str, str] = dict(store.rows(_NEWEST))
    merged = held | {one.name: one.text for one in texts}
    wrong = faults(Law(texts=tuple(LawText(name, text) for name, text in sorted(merged.items()))))
    fresh = [one for one in texts if held.get(one.name) != one.text]
    if wrong or not fresh:
        return TakenLaw((), len(texts) - len(fresh), wrong)
    with store.unit([kasse]):
        for one in fresh:
            _keep(store, kasse, one, "law.take")
    return TakenLaw(tuple(one.name for one in fresh), len(texts) - len(fresh))


def drop_law(store: Store, name: str) -> TakenLaw:
    """Take a law file of the book away, so that what comes with kasse holds again.

    Raises `LawFileNameError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    held: dict[str, str] = dict(store.rows(_NEWEST))
    if name not in held:
        raise LawFileNameError(name=name, names=", ".join(held) or "–")
    rest = tuple(LawText(*row) for row in sorted(held.items()) if row[0] != name)
    if wrong := faults(Law(texts=rest)):
        return TakenLaw((), 0, wrong)
    with store.unit([kasse]):
        _keep(store, kasse, LawText(name, ""), "law.drop")
    return TakenLaw((name,), 0)


def faults(law: Law) -> tuple[KasseError, ...]:
    """Return what cannot be used in the law, every name that a profile uses looked up; none where it is in order."""
    readings = (
        lambda: law.figures, lambda: law.schedules, lambda: law.charges, lambda: law.deadlines,
        lambda: law.garnishment, lambda: limitation_rules(law), lambda: profiles(law),
    )  # fmt: skip
    found = [error for reading in readings if (error := _fault(reading))]
    if found:
        return tuple(found)
    named = ((one.file, lambda name=name: profile(name, law)) for name, one in profiles(law).items())
    return tuple(error.at(Place(file=file)) for file, reading in named if (error := _fault(reading)))


def _fault(reading: Callable[[], object]) -> KasseError | None:
    try:
        reading()
    except KasseError as error:
        return error
    return None


def _keep(store: Store, kasse: str, one: LawText, action: str) -> None:
    last = store.one(_LAST, name=one.name)
    version, digest = (int(last[0]) if last else 0) + 1, sha256(one.text.encode()).hexdigest()
    store.insert_one(
        "law_file", id=take_ids(store, BOOK, "law_file"), name=one.name, version=version, text=one.text, sha256=digest,
        made_by=store.user, made_at=store.now,
    )  # fmt: skip
    record(store, kasse, action, f"law_file:{one.name}", {"version": version, "sha256": digest})
