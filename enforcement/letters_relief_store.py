"""The letter that tells what became of a relief: made from its rows, released by another person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.dunning_list import FACT
from enforcement.letters import MAKERS, RELEASERS
from enforcement.letters_make_store import LetterLine, NewLetter, make_letter
from enforcement.letters_proof_store import letter_hash
from enforcement.relief_filing_reader import ORDINARY, SUBORDINATE, filing
from enforcement.relief_paid import PAYS_BACK
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

KINDS = {
    ("stundung", "granted"): "stundung",
    ("ratenplan", "granted"): "ratenplan",
    ("niederschlagung_befristet", "granted"): "niederschlagung",
    ("niederschlagung_unbefristet", "granted"): "niederschlagung",
    ("erlass", "granted"): "erlass",
    ("insolvenz", "granted"): "forderungsanmeldung",
    ("stundung", "failed"): "widerruf",
    ("ratenplan", "failed"): "widerruf",
    ("stundung", "lifted"): "widerruf",
    ("ratenplan", "lifted"): "widerruf",
}
"""Which letter tells which relief in which state; a refusal of any kind is an `ablehnung`."""
FILINGS = {"forderungsanmeldung": ORDINARY, "nachranganmeldung": SUBORDINATE}
"""The rank of the claims that a letter to an administrator files (§§ 38, 39 InsO)."""
_RELIEF = "SELECT kind, state, party, profile FROM relief WHERE id = :relief"
_LINES = """
    SELECT x.office, x.item, CASE WHEN :open = 1 THEN i.open_cents ELSE x.cents END
    FROM relief_item x JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE x.relief = :relief ORDER BY x.line"""
_WAIVED = """
    SELECT office, item, CAST(sum(cents) AS BIGINT) FROM (
        SELECT office, item, cents FROM relief_item WHERE relief = :relief
        UNION ALL SELECT office, item, cents FROM relief_paid WHERE relief = :relief) x
    GROUP BY office, item ORDER BY office, item"""
_BEFORE = "SELECT id FROM letter WHERE relief = :relief AND kind = :kind AND state <> 'cancelled' ORDER BY id LIMIT 1"


class UnknownReliefLetterError(KasseError):
    """No relief has that number."""

    code = "letter.relief_unknown"
    template = N_("there is no relief {relief}")
    hint = N_("see 'kasse relief list'")


class NoReliefLetterError(KasseError):
    """A relief that no letter tells in its state."""

    code = "letter.relief"
    template = N_("no letter tells a relief of kind {kind} that is {state}")
    hint = N_(
        "letters tell granted Stundung, plans and Erlass, what was refused or withdrawn, and filings; "
        "a proposal is decided first: 'kasse relief grant NUMBER'"
    )


class NoRecipientError(KasseError):
    """A letter that goes to somebody else, who is not named."""

    code = "letter.recipient"
    template = N_("a {kind} goes to somebody other than the debtor")
    hint = N_("name the insolvency administrator with --to, by number or name")


class NothingToFileError(KasseError):
    """A filing of nothing."""

    code = "letter.nothing_to_file"
    template = N_("relief {relief}: nothing of the rank {rank} is open")
    hint = N_("see 'kasse relief show {relief}'; what is subordinate is filed with --on-request, if the court asks")


@dataclass(frozen=True, slots=True)
class MadeLetter:
    """The letter of a relief: its number and kind, and whether it was made just now."""

    letter: int
    kind: str
    fresh: bool


def letter_of_relief(
    store: Store,
    relief: int,
    *,
    day: str,
    recipient: int | None = None,
    service: bool = False,
    on_request: bool = False,
) -> MadeLetter:
    """Make the letter that tells a relief, once; another person releases it.

    A withdrawal demands what is open now, a filing what is open and ranks with the others, `on_request` of the court
    what is subordinate (§ 174 (3) InsO); every other letter names the sums of the relief. Raises
    `UnknownReliefLetterError`, `NoReliefLetterError`, `NothingToFileError`, `NoRecipientError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *MAKERS, *RELEASERS)
    with store.unit([kasse]):
        row = store.one(_RELIEF, relief=relief)
        if row is None:
            raise UnknownReliefLetterError(relief=relief)
        kind_of, state, party, profile = row
        kind = _kind(kind_of, state, on_request=on_request)
        if kind in FILINGS and recipient is None:
            raise NoRecipientError(kind=kind)
        before = store.value(_BEFORE, relief=relief, kind=kind)
        if before is not None:
            return MadeLetter(int(before), kind, fresh=False)
        lines = _lines(store, relief, kind, pays_back=kind_of in PAYS_BACK)
        new = NewLetter(
            kind, party, tuple(LetterLine(office, item, int(cents)) for office, item, cents in lines if cents), day,
            way="service" if service else "post", recipient=recipient, profile=profile, relief=relief,
        )  # fmt: skip
        number = make_letter(store, new)
        facts: dict[str, Fact] = {"kind": kind, "relief": relief, FACT: letter_hash(store, number)}
        record(store, kasse, "letter.make", f"letter:{number}", facts)
    return MadeLetter(number, kind, fresh=True)


def _kind(kind_of: str, state: str, *, on_request: bool) -> str:
    kind = "ablehnung" if state == "refused" else KINDS.get((kind_of, state))
    if kind is None or (on_request and kind != "forderungsanmeldung"):
        raise NoReliefLetterError(kind=kind_of, state=state)
    return "nachranganmeldung" if on_request else kind


def _lines(store: Store, relief: int, kind: str, *, pays_back: bool) -> list[tuple[str, int, int]]:
    """Return office, item and cents of what the letter names."""
    if kind in FILINGS:
        return _filed(store, relief, FILINGS[kind])
    if kind == "erlass" or (kind == "ablehnung" and pays_back):
        return [(office, item, int(cents)) for office, item, cents in store.all(_WAIVED, relief=relief)]
    rows = store.all(_LINES, relief=relief, open=int(kind == "widerruf"))
    return [(office, item, int(cents)) for office, item, cents in rows]


def _filed(store: Store, relief: int, rank: str) -> list[tuple[str, int, int]]:
    """Return what is open of a rank and booked; its parts do not change with the day."""
    opened = dt.date.fromisoformat(str(store.value("SELECT first_day FROM relief WHERE id = :id", id=relief)))
    found = filing(store, relief, opened)
    lines = [(one.office, one.item, one.cents) for one in found.lines if one.rank == rank and one.booked]
    if not lines:
        raise NothingToFileError(relief=relief, rank=rank)
    return lines
