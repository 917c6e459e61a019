"""Invented words in place of real ones: same length, same classes of characters, right check digits.

The same word becomes the same invented one wherever it stands, as an account inside a text does. What becomes of a
word follows from a seed that the caller gives; who does not know the seed cannot go back. Nothing here knows a format.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from sepa.errors import N_, KasseError
from sepa.identifiers import (
    InvalidCreditorIdError,
    InvalidIbanError,
    is_bic,
    is_iban,
    make_creditor_id,
    make_iban,
    make_rf,
    parse_creditor_id,
    parse_rf,
)
from sepa.identifiers.reference import InvalidReferenceError

MAX_SCALE = 1000
_WORD = re.compile(r"[^\W_]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DECIMAL = re.compile(r"([+-]?)([0-9]{0,100}+)([.,]?)([0-9]{0,100}+)")
_PLUS = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|BREF|RREF|PURP"
_SLASHES = (
    "EREF|IREF|PREF|MARF|CSID|CNTP|REMI|USTD|STRD|PURP|BENM|ORDP|ULTD|ULTB|ULTC|NAME|ID|IBAN|BIC|TRTP|ISDT|RTRN|SVCL|"
    "OCMT|CHGS|EXCH"
)
_TIME = r"[T ][0-2][0-9]\s?:[0-5][0-9](?::[0-5][0-9])?(?!\d)"  # at a line's begin it looks like a tag
_KEYWORD = re.compile(rf"(?:{_PLUS})(?=\+)|(?<=/)(?:{_SLASHES})(?=/)|(?<!\w)(?:EREF|MREF|CRED|ABWA)(?=: )|{_TIME}")
_KEPT = frozenset(("NOTPROVIDED", "NONREF", "SMNDA", "EUR", "EREF", "KREF", "RCVC", "RVMC", "RVNM", "RVNA", "RVNC"))
_GERMAN = {"upper": "ÄÖÜ", "lower": "äöü"}
_OTHERS = {"upper": "ÁÉÍÓÚ", "lower": "áéíóú"}
_CACHED = 20_000


class ScaleError(KasseError):
    """A factor for amounts that does not keep sums true."""

    code = "redact.scale"
    template = N_("amounts cannot be multiplied by {factor}")
    hint = N_("give a whole number from 1 to 1000, so that all sums stay right")
    exit_code = 2


class Redactor:
    """Replaces words by a seed; amounts are multiplied by a whole factor, so that every sum stays right."""

    def __init__(self, seed: bytes, factor: int = 1) -> None:
        """Take a seed of at most 64 bytes and a factor; raises `ScaleError`."""
        if not 1 <= factor <= MAX_SCALE:
            raise ScaleError(factor=factor)
        self._key, self.factor = seed[:64], factor
        self._known: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return the text with every word replaced; what the formats themselves say (`SVWZ+`, NOTPROVIDED) stays."""
        if not text or text.isspace():
            return text
        if _UUID.fullmatch(text):
            return self._uuid(text)
        pieces, at = [], 0
        for keyword in _KEYWORD.finditer(text):
            pieces += [self._plain(text[at : keyword.start()]), keyword[0]]
            at = keyword.end()
        return "".join([*pieces, self._plain(text[at:])])

    def _plain(self, text: str) -> str:
        return _WORD.sub(lambda match: self.word(match[0]), text)

    def word(self, word: str) -> str:
        """Return what one word of letters and digits becomes: an IBAN stays an IBAN, a BIC a BIC."""
        found = self._known.get(word)
        if found is None:
            found = self._invented(word)
            if len(self._known) < _CACHED:
                self._known[word] = found
        return found

    def _invented(self, word: str) -> str:
        if word in _KEPT:
            return word
        return (
            self._iban(word) or self._reference(word) or self._creditor_id(word) or self._bic(word) or self._other(word)
        )

    def _iban(self, word: str) -> str:
        if not is_iban(word):
            return ""
        for variant in range(100):
            try:
                return make_iban(word[:2], self._other(word[4:], variant))
            except InvalidIbanError:
                continue
        return ""

    def _reference(self, word: str) -> str:
        try:
            return make_rf(self._other(parse_rf(word)[4:])) if word.startswith("RF") else ""
        except InvalidReferenceError:
            return ""

    def _creditor_id(self, word: str) -> str:
        if not (len(word) > 8 and word[:2].isalpha() and word[2:4].isdigit()):
            return ""
        try:
            known = parse_creditor_id(word)
        except InvalidCreditorIdError:
            return ""
        national = known[7] + self._other(known[8:])
        return make_creditor_id(known[:2], national, known[4:7]) if known == word else ""

    def _bic(self, word: str) -> str:
        if not (is_bic(word) and word.isupper()):
            return ""
        return self._other(word[:4]) + word[4:6] + self._other(word[6:8]) + word[8:]

    def _uuid(self, text: str) -> str:
        digits = self._digest(text).hex()
        signs = (digits[at] if sign != "-" and at not in {14, 19} else sign for at, sign in enumerate(text))
        made = "".join(signs)
        return made.upper() if text.isupper() else made

    def _other(self, word: str, variant: int = 0) -> str:
        numbers = self._digest(f"{variant or ''}{word}")
        while len(numbers) < len(word):
            numbers += self._digest(f"{len(numbers)}:{word}")
        return "".join(map(_sign, word, numbers))

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key).digest()

    def amount(self, text: str) -> str:
        """Return a decimal number times the factor, with as many decimals and at least as many digits.

        >>> Redactor(b"seed", 3).amount("0012.50")
        '0037.50'
        """
        match = _DECIMAL.fullmatch(text.strip())
        if match is None or self.factor == 1 or not (match[2] or match[4]):
            return text
        sign, whole, point, decimals = match.groups()
        made = str(int(whole + decimals) * self.factor).zfill(len(whole) + len(decimals))
        cut = len(made) - len(decimals)
        return text.replace(text.strip(), f"{sign}{made[:cut]}{point}{made[cut:]}")


def _sign(sign: str, number: int) -> str:
    """Return a sign of the same class: digit, letter by case, umlaut by case; others of no class stay."""
    if "0" <= sign <= "9":
        return chr(48 + number % 10)
    if "A" <= sign <= "Z":
        return chr(65 + number % 26)
    if "a" <= sign <= "z":
        return chr(97 + number % 26)
    if sign == "ß" or not sign.isalpha():
        return sign
    case = "upper" if sign.isupper() else "lower"
    signs = _GERMAN[case] if sign in "ÄÖÜäöü" else _OTHERS[case]
    return signs[number % len(signs)]
