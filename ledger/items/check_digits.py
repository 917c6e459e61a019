"""Check digits of Kassenzeichen by weights, as data: `weights:MODULUS:2-3-4-5-6-7`, from the right, over and over.

What offices use beside ISO 7064: modulus 10 with weights 2-1 (sum of digits), modulus 11 with 2-3-4-5-6-7 and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import cycle

_WEIGHTED = re.compile(r"weights:(1[01]|9|7):([1-9](?:-[1-9]){0,15})(:digits)?")
Check = tuple[Callable[[str], bool], Callable[[str], str]]
"""Whether a number is right, and the number with its check digit appended ('' where it can have none)."""


@lru_cache(maxsize=64)
def weighted(method: str) -> Check | None:
    """Return the check of a method by weights, None where the text names none.

    `weights:10:2-1:digits` adds the digits of each product (Luhn). A remainder that makes 10 has no check digit.

    >>> right, append = weighted("weights:11:2-3-4-5-6-7")
    >>> append("123456"), right("1234560")
    ('1234560', True)
    """
    match = _WEIGHTED.fullmatch(method)
    if match is None:
        return None
    modulus, weights, digits = int(match[1]), [int(one) for one in match[2].split("-")], match[3] is not None

    def digit(body: str) -> str:
        products = [int(one) * weight for one, weight in zip(reversed(body), cycle(weights), strict=False)]
        total = sum(sum(divmod(product, 10)) if digits else product for product in products)
        check = (modulus - total % modulus) % modulus
        return str(check) if check < 10 else ""

    return (
        lambda number: number.isdigit() and len(number) > 1 and digit(number[:-1]) == number[-1],
        lambda body: body + digit(body) if digit(body) else "",
    )
