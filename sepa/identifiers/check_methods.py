"""Check digits by published methods, for numbers of digits: Luhn, Verhoeff, Damm, ISO 7064 with modulus 97 or 11."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_MODULES: Mapping[str, str] = {
    "luhn": "stdnum.luhn",
    "verhoeff": "stdnum.verhoeff",
    "damm": "stdnum.damm",
    "iso7064_mod_97_10": "stdnum.iso7064.mod_97_10",
    "iso7064_mod_11_2": "stdnum.iso7064.mod_11_2",
}
METHOD_NAMES = tuple(_MODULES)
"""What `check_method` knows."""
Check = tuple[Callable[[str], bool], Callable[[str], str]]
"""Whether a number is right, and the number with its check digits appended ('' where it can have none of digits)."""


def check_digits(name: str) -> int:
    """Return how many digits a method appends."""
    return 2 if name == "iso7064_mod_97_10" else 1


def check_method(name: str) -> Check:
    """Return the check of a method that is known.

    >>> right, append = check_method("verhoeff")
    >>> append("1234"), right("12340"), right("12304")
    ('12340', True, False)
    """
    width = check_digits(name)

    def appended(body: str) -> str:
        module: Any = import_module(_MODULES[name])
        compute = module.calc_check_digit if width == 1 else module.calc_check_digits
        check = str(compute(body))
        return body + check if check.isdigit() else ""

    def right(number: str) -> bool:
        plain = number.isascii() and number.isdigit() and len(number) > width
        return plain and appended(number[:-width]) == number

    return right, appended
