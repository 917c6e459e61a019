"""Kassenzeichen: the number a payer quotes; its schemes are data of the book, there is no national standard."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_NOISE = re.compile(r"[\s.\-/]+")
_FOREIGN = re.compile(r"[A-Z0-9]{3,35}")


class InvalidReferenceError(KasseError):
    """A reference passes no scheme of the book."""

    code = "reference.invalid"
    template = N_("not a valid Kassenzeichen: {reference}")
    hint = N_("check the digits, or mark the reference as foreign")


class NoSchemeError(KasseError):
    """No active scheme gives out numbers."""

    code = "reference.no_scheme"
    template = N_("no scheme of this book gives out Kassenzeichen")
    hint = N_("activate a scheme that issues numbers")


def mod_11_10(digits: str) -> int:
    """Return the remainder of ISO 7064 MOD 11,10 over the digits: 1 for a number with its right check digit.

    >>> mod_11_10("794623"), mod_11_10("794624")
    (1, 2)
    """
    check = 5
    for digit in digits:
        check = _STEPS[check][digit]
    return check


_STEPS = [{str(d): (((check or 10) * 2) % 11 + d) % 10 for d in range(10)} for check in range(10)]
"""What a digit makes of the check so far: looked up, because every long number in a bank's text is checked."""


def _append_mod_11_10(digits: str) -> str:
    check = 5
    for digit in digits:
        check = (((check or 10) * 2) % 11 + int(digit)) % 10
    return digits + str((1 - ((check or 10) * 2) % 11) % 10)


METHODS: Mapping[str, tuple[Callable[[str], bool], Callable[[str], str]]] = {
    "iso7064_mod_11_10": (lambda digits: mod_11_10(digits) == 1, _append_mod_11_10),
}
"""By name: whether a number is right, and the number with its check digit appended."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a Kassenzeichen of this book is built: pattern, length with check digit, method, prefix."""

    code: str
    pattern: str
    length: int
    method: str
    prefix: str
    issues: bool

    def valid(self, reference: str) -> bool:
        """Return whether the compact reference fits pattern and check digit."""
        if _fits(self.pattern)(reference) is None:
            return False
        check = METHODS.get(self.method)
        return check is None or check[0](reference)

    @property
    def checked(self) -> bool:
        """Whether a check digit protects the number, so that it may decide alone."""
        return self.method in METHODS

    def number(self, count: int) -> str:
        """Return the count-th Kassenzeichen; without a prefix it begins with 1, because spreadsheets drop a 0."""
        width = self.length - len(self.prefix) - 1
        first = 0 if self.prefix else 10 ** (width - 1)
        return METHODS[self.method][1](self.prefix + f"{first + count:0{width}d}")


@lru_cache(maxsize=64)
def _fits(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern).fullmatch


def compact(text: str) -> str:
    """Return a reference without spaces, dots, hyphens and slashes, in capitals."""
    return _NOISE.sub("", text).upper()


def active_schemes(store: Store) -> tuple[Scheme, ...]:
    """Return the schemes that references of this book may follow."""
    sql = "SELECT code, pattern, length, method, prefix, issues FROM reference_scheme WHERE active = 1 ORDER BY code"
    return tuple(
        Scheme(code, pattern, length, method, prefix, bool(issues))
        for code, pattern, length, method, prefix, issues in store.rows(sql)
    )


def check_reference(schemes: tuple[Scheme, ...], text: str, *, foreign: bool) -> str:
    """Return the compact reference.

    Raises `InvalidReferenceError` where it passes no scheme and is not marked foreign.
    """
    reference = compact(text)
    if foreign:
        if _FOREIGN.fullmatch(reference) is None:
            raise InvalidReferenceError(reference=text)
        return reference
    if not any(scheme.valid(reference) for scheme in schemes):
        raise InvalidReferenceError(reference=text)
    return reference


def issue(store: Store, count: int = 1, avoid: Collection[str] = ()) -> list[str]:
    """Return fresh Kassenzeichen of the issuing scheme that nothing in the book uses; inside a unit of work.

    `avoid` holds references that are about to be used.
    """
    scheme = next((scheme for scheme in active_schemes(store) if scheme.issues), None)
    if scheme is None:
        raise NoSchemeError
    fresh: list[str] = []
    while len(fresh) < count:
        wanted = count - len(fresh)
        first = take_ids(store, BOOK, f"reference:{scheme.code}", wanted)
        numbers = [scheme.number(first + offset) for offset in range(wanted)]
        used = _used(store, numbers)
        fresh += [number for number in numbers if number not in used and number not in avoid]
    return fresh


_USED = """
    SELECT reference FROM item WHERE reference BETWEEN :first AND :last
    UNION SELECT reference FROM cash_order WHERE reference BETWEEN :first AND :last
    UNION SELECT reference FROM reference_target WHERE reference BETWEEN :first AND :last"""


def _used(store: Store, numbers: list[str]) -> set[str]:
    """Return which of these numbers, given in ascending order, the book uses."""
    return {reference for (reference,) in store.rows(_USED, first=numbers[0], last=numbers[-1])}
