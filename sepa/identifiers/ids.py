"""Identifiers that travel through the banks unchanged: message, payment information, end-to-end, mandate."""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError

NOT_PROVIDED = "NOTPROVIDED"
_LEGAL = re.compile(r"[A-Za-z0-9+?/\-:().,' ]{1,35}")
_SLASHES = re.compile(r"/|.*/\Z|.*//", re.DOTALL)


class InvalidIdentifierError(KasseError):
    """An identifier that no bank takes; identifiers are never transliterated."""

    code = "identifier.invalid"
    template = N_("not a payment identifier: {identifier}")
    hint = N_("use 1 to 35 of these: A-Z a-z 0-9 + ? / - : ( ) . , ' and space")


class IdentifierCharactersError(InvalidIdentifierError):
    """An identifier with a character outside the basic set, or one made of blanks."""

    code = "identifier.characters"
    template = N_("the identifier has a character that banks refuse, or is blank: {identifier}")


class IdentifierLengthError(InvalidIdentifierError):
    """An identifier longer than 35 characters."""

    code = "identifier.length"
    template = N_("the identifier has {length} characters, at most 35 are allowed: {identifier}")
    hint = N_("shorten it at its source; it is never cut")


class IdentifierSlashesError(InvalidIdentifierError):
    """An identifier that begins or ends with a slash or holds two in a row (EPC230-15)."""

    code = "identifier.slashes"
    template = N_("the identifier begins or ends with a slash or holds two in a row: {identifier}")
    hint = N_("put another sign in place of the slash, such as a hyphen")


def parse_identifier(text: str) -> str:
    """Return the identifier as it is (EPC230-15; DK Anlage 3).

    >>> parse_identifier("RUN-2026/0001")
    'RUN-2026/0001'

    Raises `InvalidIdentifierError`; the text is neither trimmed nor changed, because it must come back equal.
    """
    if is_identifier(text):
        return text
    if len(text) > 35:
        raise IdentifierLengthError(identifier=text, length=len(text))
    if not _LEGAL.fullmatch(text) or text != text.strip():
        raise IdentifierCharactersError(identifier=text)
    raise IdentifierSlashesError(identifier=text)


def is_identifier(text: str) -> bool:
    """Tell whether banks take the text as message, payment information, end-to-end or mandate id."""
    if _LEGAL.fullmatch(text) is None or text[0] == " " or text[-1] == " ":
        return False
    return "/" not in text or _SLASHES.match(text) is None


def mandate_key(mandate_id: str) -> str:
    """Return the form in which two mandate ids are compared: banks ignore case and spaces.

    >>> mandate_key("M-0815 a")
    'M-0815A'
    """
    return mandate_id.replace(" ", "").upper()
