"""The letterhead of the book and of its offices: sender, who answers, signature; kept as settings."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

ROLES = ("enforcement", "head", "admin")
KEYS: Mapping[str, str] = {
    "kopf": N_("the letterhead; its first line is printed large"),
    "absender": N_("the sender's line in the window"),
    "auskunft": N_("who answers questions"),
    "telefon": N_("telephone"),
    "email": N_("e-mail"),
    "sprechzeiten": N_("hours"),
    "behoerde": N_("name and address where a remedy is lodged"),
    "unterschrift": N_("greeting and signature"),
    "fuss": N_("lines at the foot of every page"),
    "einfach": N_("ja: a page in plain language behind each letter"),
    "frist_tage": N_("days of the term where no law names one"),
}
"""What a letterhead holds, and what it is."""
_PREFIX = "letter:"


class HeadKeyError(KasseError):
    """A letterhead has no such part."""

    code = "letter.head_key"
    template = N_("a letterhead has no part {key}")
    hint = N_("the parts are: {keys}")


class HeadValueError(KasseError):
    """A part of the letterhead that cannot be used."""

    code = "letter.head_value"
    template = N_("{key} cannot be {value}")
    hint = N_("einfach is ja or nein, frist_tage a number from 1 to 366")


class MissingHeadError(KasseError):
    """Letters go out without what tells who sends them, or whom to ask."""

    code = "letter.head_missing"
    template = N_("the letterhead lacks {parts}: a letter in a window needs its sender, the debtor somebody to ask")
    hint = N_("set what is missing, for example: kasse letter head --set telefon='040 123456'; then print --anew")
    severity = "info"


NEEDED = ("kopf", "absender", "telefon", "email")
"""What a letterhead should have; of telephone and e-mail one is enough."""


def missing_parts(head: Mapping[str, str]) -> tuple[str, ...]:
    """Return the parts of a letterhead that a letter needs and which are blank."""
    reached = any(head.get(key) for key in ("telefon", "email"))
    return tuple(key for key in NEEDED if not head.get(key) and not (reached and key in {"telefon", "email"}))


def letterhead(store: Store, office: str = "") -> dict[str, str]:
    """Return the letterhead of an office: its own parts, and those of the book for what it does not say."""
    found: dict[str, str] = {}
    rows = store.all("SELECT key, value FROM setting WHERE key LIKE :like", like=f"{_PREFIX}%")
    for wanted in ("", office) if office else ("",):
        for key, value in rows:
            _, code, name = key.split(":", 2)
            if code == wanted and value:
                found[name] = value
    return found


def set_letterhead(store: Store, values: Mapping[str, str], office: str = "") -> dict[str, str]:
    """Set parts of a letterhead ('' takes one away) and return the whole.

    Raises `HeadKeyError`, `HeadValueError`, `UnknownOfficeError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, office or kasse, *ROLES)
    check_office(store, office or None)
    for key, value in values.items():
        _check(key, value)
    with store.unit([kasse]):
        for key, value in values.items():
            _put(store, f"{_PREFIX}{office}:{key}", value)
        facts: dict[str, Fact] = {"office": office, "parts": " ".join(sorted(values))}
        facts |= seal(store, *(("setting", f"{_PREFIX}{office}:{key}") for key in values))
        record(store, kasse, "letter.head", None, facts, dict(values))
    return letterhead(store, office)


def _check(key: str, value: str) -> None:
    if key not in KEYS:
        raise HeadKeyError(key=key, keys=", ".join(KEYS))
    days_wrong = key == "frist_tage" and value and not (value.isdecimal() and 1 <= int(value) <= 366)
    if days_wrong or (key == "einfach" and value not in {"", "ja", "nein"}):
        raise HeadValueError(key=key, value=value)


def _put(store: Store, key: str, value: str) -> None:
    if store.value("SELECT 1 FROM setting WHERE key = :key", key=key) is None:
        store.insert_one("setting", key=key, value=value)
    else:
        store.execute("UPDATE setting SET value = :value WHERE key = :key", key=key, value=value)
