"""Kassenzeichen: the number a payer quotes; its schemes are data of the book, there is no national standard."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ledger.items.check_digits import weighted
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.identifiers.check_methods import METHOD_NAMES, check_digits, check_method

_NOISE = re.compile(r"[\s.\-/]+")
_FOREIGN = re.compile(r"[A-Z0-9]{3,35}")


class InvalidReferenceError(KasseError):
    """A reference passes no scheme of the book."""

    code = "reference.invalid"
    template = N_("not a valid Kassenzeichen: {reference}")
    hint = N_("check the digits, or mark the reference as foreign")


class ExhaustedSchemeError(KasseError):
    """A scheme whose numbers are all given out."""

    code = "reference.exhausted"
    template = N_("the scheme {code} has no number left")
    hint = N_("add a longer one with 'kasse scheme add' and switch this one off with 'kasse scheme off {code}'")


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


_DIGITS = "0123456789"
_STEPS = [{str(d): (((check or 10) * 2) % 11 + d) % 10 for d in range(10)} for check in range(10)]
"""What a digit makes of the check so far: looked up, because every long number in a bank's text is checked."""
_LAST = [next(digit for digit in _DIGITS if steps[digit] == 1) for steps in _STEPS]
"""The digit that makes the check 1."""


def _alike(check: int, digit: str) -> frozenset[str]:
    """Return the digits that may change places with this one and the check does not notice (20 of 900 pairs)."""
    steps = _STEPS[check]
    same = [other for other in _DIGITS if _STEPS[steps[digit]][other] == _STEPS[steps[other]][digit]]
    return frozenset(same) - {digit}


_SWAPS = [{digit: (_STEPS[check][digit], _alike(check, digit)) for digit in _DIGITS} for check in range(10)]
"""By the check so far and a digit: the check after it, and what it may change places with."""


def twins_mod_11_10(digits: str) -> list[str]:
    """Return the numbers that become this one by two digits swapped, and have the right check digit as well.

    >>> twins_mod_11_10("1000000000451"), mod_11_10("1000000000541")
    (['1000000000541'], 1)
    """
    found: list[str] = []
    check, alike = 5, frozenset[str]()
    for at, digit in enumerate(digits):
        if digit in alike:
            found.append(digits[: at - 1] + digit + digits[at - 1] + digits[at + 1 :])
        check, alike = _SWAPS[check][digit]
    return found


def _append_mod_11_10(digits: str) -> str:
    return digits + _LAST[mod_11_10(digits)]


METHODS: Mapping[str, tuple[Callable[[str], bool], Callable[[str], str]]] = {
    "iso7064_mod_11_10": (lambda digits: mod_11_10(digits) == 1, _append_mod_11_10),
    **{name: check_method(name) for name in METHOD_NAMES},
}
"""By name: whether a number is right, and the number with its check digit appended."""


def _swapped(digits: str) -> list[str]:
    """Return what becomes of a number where two digits beside each other change places."""
    places = (at for at in range(len(digits) - 1) if digits[at] != digits[at + 1])
    return [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in places]


TWINS: Mapping[str, Callable[[str], list[str]]] = {"iso7064_mod_11_10": twins_mod_11_10}
"""By name: the numbers that two swapped digits make of one and the check digit lets pass."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a Kassenzeichen of this book is built: pattern, length with check digit, method, prefix.

    A prefix may hold the year, as `YYYY` or `YY`: then the numbers of each year begin anew.
    """

    code: str
    pattern: str
    length: int
    method: str
    prefix: str
    issues: bool

    def valid(self, reference: str) -> bool:
        """Return whether the compact reference fits pattern and check digit."""
        return right_for(self.pattern, self.method)(reference)

    @property
    def checked(self) -> bool:
        """Whether a check digit protects the number, so that it may decide alone."""
        return self.method in METHODS or weighted(self.method) is not None

    def twins(self, reference: str) -> list[str]:
        """Return the valid numbers that differ from this one by two digits swapped."""
        if not self.checked:
            return []
        find = TWINS.get(self.method, _swapped)
        return [twin for twin in find(reference) if self.valid(twin)]

    def range_of(self, year: str) -> str:
        """Return the name under which the numbers given out in a year are counted."""
        return f"reference:{self.code}:{year}" if "YY" in self.prefix else f"reference:{self.code}"

    def number(self, count: int, year: str = "2000") -> str:
        """Return the count-th Kassenzeichen; without a prefix it begins with 1, because spreadsheets drop a 0.

        Where the weights leave no check digit it is '', and the next one is taken. The year counts where the prefix
        holds it. Raises `ExhaustedSchemeError`.
        """
        width = self.length - len(self.prefix) - check_digits(self.method)
        first = 0 if self.prefix else 10 ** (width - 1)
        check = METHODS.get(self.method) or weighted(self.method)
        assert check is not None, "a scheme that issues has a check digit"
        digits = f"{first + count:0{width}d}"
        if len(digits) > width:
            raise ExhaustedSchemeError(code=self.code)
        return check[1](self.prefix.replace("YYYY", year).replace("YY", year[2:]) + digits)


@lru_cache(maxsize=64)
def right_for(pattern: str, method: str) -> Callable[[str], bool]:
    """Return what says whether a compact reference fits a pattern and has the check digit of a method."""
    fits, check = re.compile(pattern).fullmatch, METHODS.get(method) or weighted(method)
    if check is None:
        return lambda reference: fits(reference) is not None
    right = check[0]
    return lambda reference: fits(reference) is not None and right(reference)


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
        year = store.today[:4]
        first = take_ids(store, BOOK, scheme.range_of(year), wanted)
        numbers = [scheme.number(first + offset, year) for offset in range(wanted)]
        used = _used(store, [number for number in numbers if number])
        fresh += [number for number in numbers if number and number not in used and number not in avoid]
    return fresh


_USED = """
    SELECT reference FROM item WHERE reference BETWEEN :first AND :last
    UNION SELECT reference FROM cash_order WHERE reference BETWEEN :first AND :last
    UNION SELECT reference FROM reference_target WHERE reference BETWEEN :first AND :last"""


def _used(store: Store, numbers: list[str]) -> set[str]:
    """Return which of these numbers, given in ascending order, the book uses."""
    if not numbers:
        return set()
    return {reference for (reference,) in store.rows(_USED, first=numbers[0], last=numbers[-1])}
