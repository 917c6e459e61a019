"""ISO 7064 MOD 97-10 over letters and digits, with exactly the check digits that the standard computes."""

from __future__ import annotations

DIGITS = {ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)}


def remainder(text: str) -> int:
    """Return the remainder by 97 of digits and capital letters, A counting as 10 and Z as 35 (ISO 7064)."""
    return int(text.translate(DIGITS)) % 97


def check_digits(text: str) -> str:
    """Return the two check digits, 02 to 98, that belong behind the text.

    >>> check_digits("370400440532013000" + "DE")
    '89'
    """
    return f"{98 - remainder(text + '00'):02d}"
