"""Schemes of Kassenzeichen as data of the book: listed, added, switched on and off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.items.check_digits import weighted
from ledger.items.kassenzeichen import METHODS, Scheme, active_schemes, compact
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

ROLES = ("admin", "head")
NO_CHECK = "none"


class SchemeExistsError(KasseError):
    """The code is taken."""

    code = "scheme.exists"
    template = N_("there is a scheme {code} already, and it differs")
    hint = N_("a scheme never changes; add another and switch the old one off with 'kasse scheme off {code}'")


class UnknownSchemeError(KasseError):
    """No scheme has the code."""

    code = "scheme.unknown"
    template = N_("there is no scheme {code}")
    hint = N_("see 'kasse scheme list'")


class SchemeMethodError(KasseError):
    """A check digit method that nobody knows."""

    code = "scheme.method"
    template = N_("there is no method {method} of check digits")
    hint = N_("known are: {methods}, none, or weights:MODULUS:2-3-4-5-6-7, with :digits to add the digits of products")


class SchemePatternError(KasseError):
    """A pattern that is no regular expression, or does not fit the scheme's own numbers."""

    code = "scheme.pattern"
    template = N_("not a usable pattern: {pattern}")
    hint = N_("give a regular expression of the whole number without blanks, for example 47[0-9]+")


class SecondIssuerError(KasseError):
    """Two schemes that give out numbers."""

    code = "scheme.issuer"
    template = N_("the scheme {code} gives out new numbers")
    hint = N_("switch it off first with 'kasse scheme off {code}', or leave --issues away")


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme in a list."""

    code: str
    pattern: str
    length: int
    method: str
    prefix: str
    issues: int
    active: int


_LIST = "SELECT code, pattern, length, method, prefix, issues, active FROM reference_scheme ORDER BY code"


def list_schemes(store: Store) -> list[SchemeRow]:
    """Return all schemes."""
    return [SchemeRow(*row) for row in store.rows(_LIST)]


def add_scheme(store: Store, scheme: Scheme) -> bool:
    """Add a scheme, switched on, and return whether it is new.

    Raises `SchemeExistsError`, `SchemeMethodError`, `SchemePatternError`, `SecondIssuerError`, `NotAllowedError`.
    """
    _check(scheme)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        old = next((row for row in list_schemes(store) if row.code == scheme.code), None)
        if old is not None:
            same = (old.pattern, old.length, old.method, old.prefix, bool(old.issues))
            if same == (scheme.pattern, scheme.length, scheme.method, scheme.prefix, scheme.issues):
                return False
            raise SchemeExistsError(code=scheme.code)
        if scheme.issues:
            _check_issuer(store)
        values = {name: getattr(scheme, name) for name in ("code", "pattern", "length", "method", "prefix")}
        store.insert_one("reference_scheme", issues=int(scheme.issues), active=1, **values)
        facts = {"method": scheme.method, "length": scheme.length, **seal(store, ("reference_scheme", scheme.code))}
        record(store, kasse, "scheme.add", f"scheme:{scheme.code}", facts)
    return True


def switch_scheme(store: Store, code: str, *, active: bool) -> bool:
    """Switch a scheme on or off and return whether that changed; references given out stay valid.

    Raises `UnknownSchemeError`, `SecondIssuerError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        row = next((row for row in list_schemes(store) if row.code == code), None)
        if row is None:
            raise UnknownSchemeError(code=code)
        if bool(row.active) == active:
            return False
        if active and row.issues:
            _check_issuer(store)
        store.execute("UPDATE reference_scheme SET active = :active WHERE code = :code", active=int(active), code=code)
        record(
            store,
            kasse,
            "scheme.switch",
            f"scheme:{code}",
            {"active": active, **seal(store, ("reference_scheme", code))},
        )
    return True


def fitting_schemes(store: Store, text: str) -> list[Scheme]:
    """Return the active schemes that a reference fits."""
    reference = compact(text)
    return [scheme for scheme in active_schemes(store) if len(reference) == scheme.length and scheme.valid(reference)]


def _check_issuer(store: Store) -> None:
    other = next((row.code for row in list_schemes(store) if row.issues and row.active), None)
    if other is not None:
        raise SecondIssuerError(code=other)


def _check(scheme: Scheme) -> None:
    known = scheme.method in METHODS or weighted(scheme.method) is not None
    if not known and (scheme.method != NO_CHECK or scheme.issues):
        raise SchemeMethodError(method=scheme.method, methods=", ".join(METHODS))
    try:
        pattern = re.compile(scheme.pattern)
    except re.error:
        raise SchemePatternError(pattern=scheme.pattern) from None
    sample = next((number for count in range(1, 30) if scheme.issues and (number := scheme.number(count))), None)
    if len(scheme.pattern) > 80 or (sample is not None and not pattern.fullmatch(sample)):
        raise SchemePatternError(pattern=scheme.pattern)
