"""The wordings of an office: taken in versions, never changed; the newest one of the office holds, else the book's."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from enforcement.letters import UnknownLetterKindError
from enforcement.letters_head_store import ROLES
from enforcement.letters_text import Wording, read_wording
from enforcement.letters_wording import known_wordings, packaged_text, parsed
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError

_NEWEST = """
    SELECT t.office, t.version, t.text, t.sha256 FROM letter_template t
    WHERE t.kind = :kind AND t.office IN ('', :office)
    ORDER BY CASE WHEN t.office = '' THEN 1 ELSE 0 END, t.version DESC LIMIT 1"""
_LIST = """
    SELECT t.kind, t.office, t.version, t.sha256, u.name, t.made_at FROM letter_template t
    JOIN app_user u ON u.id = t.made_by ORDER BY t.kind, t.office, t.version"""
_LAST = "SELECT max(version) FROM letter_template WHERE kind = :kind AND office = :office"


@dataclass(frozen=True, slots=True)
class Template:
    """A wording with where it comes from: `office` '' is the book's, version 0 the one that comes with kasse."""

    kind: str
    office: str
    version: int
    text: str
    sha256: str

    @property
    def label(self) -> str:
        """Its name in the print of a letter, as `mahnung@BAU/3`."""
        return f"{self.kind}@{self.office or '*'}/{self.version}"

    def wording(self) -> Wording:
        """Return it as it was read."""
        return parsed(self.kind, self.text)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A version of a wording as lists show it."""

    kind: str
    office: str
    version: int
    sha256: str
    made_by: str | None
    made_at: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a wording did: its version, whether it is a new one, and what is wrong with it."""

    template: Template | None
    fresh: bool
    wrong: tuple[KasseError, ...] = ()


def template_of(store: Store, kind: str, office: str = "") -> Template:
    """Return the wording in force for a kind of letter in an office; raises `UnknownLetterKindError`."""
    _check_kind(kind)
    row = store.one(_NEWEST, kind=kind, office=office)
    if row is not None:
        return Template(kind, *row)
    text = packaged_text(kind)
    return Template(kind, "", 0, text, _hash(text))


def templates(store: Store) -> list[TemplateRow]:
    """Return all wordings: those that come with kasse as version 0, and every version of the offices."""
    own = [TemplateRow(*row) for row in store.rows(_LIST)]
    packaged = [TemplateRow(kind, "", 0, _hash(packaged_text(kind)), None, None) for kind in known_wordings()]
    return sorted([*packaged, *own], key=lambda row: (row.kind, row.office, row.version))


def take_template(store: Store, kind: str, text: str, office: str = "") -> Taken:
    """Take a wording as the next version; the same text again changes nothing, a wrong one is not taken.

    Raises `UnknownLetterKindError`, `UnknownOfficeError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, office or kasse, *ROLES)
    check_office(store, office or None)
    _, wrong = read_wording(kind, text, known_wordings())
    if wrong:
        return Taken(None, fresh=False, wrong=wrong)
    with store.unit([kasse]):
        held = template_of(store, kind, office)
        if (held.text, held.office) == (text, office):
            return Taken(held, fresh=False)
        version = int(store.value(_LAST, kind=kind, office=office) or 0) + 1
        made = Template(kind, office, version, text, _hash(text))
        store.insert_one(
            "letter_template", id=take_ids(store, BOOK, "letter_template"), kind=kind, office=office, version=version,
            text=text, sha256=made.sha256, made_by=store.user, made_at=store.now,
        )  # fmt: skip
        record(store, kasse, "letter.template", f"letter_template:{made.label}", {"sha256": made.sha256})
    return Taken(made, fresh=True)


def _check_kind(kind: str) -> None:
    if kind not in known_wordings():
        raise UnknownLetterKindError(kind=kind, kinds=", ".join(known_wordings()))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
