"""Umlauts in the 7-bit code of old bank systems (DIN 66003): `M}ller` for Müller, read where it is evident.

The code puts ÄÖÜäöüß§ where ASCII has brackets, braces and the like. A file is of it where it has no other sign for an
umlaut and these stand inside of words in more than one way, or make a word that is German beyond doubt.
"""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError, Severity

_SIGNS = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_INSIDE = re.compile(rb"(?<=[A-Z])[\[\\\]~](?=[A-Z])|(?<=[A-Za-z])[{|}](?=[a-z])|(?<=[a-z])~(?=[a-z])")
_WORDS = re.compile(
    rb"\b(?:f[}\]]r|m[}\]]ll|stra~e|geb[}\]]hr|r[}\]]ck|k[|\\]ln|m[}\]]nchen|n[}\]]rnberg|beitr[{\[]ge|pr[{\[]mie)",
    re.IGNORECASE,
)
_NEXT_TO_LETTER = re.compile(r"(?<=[A-Za-z])[\[\\\]{|}~]|[\[\\\]{|}](?=[A-Za-z])")
_PAIR = re.compile(r"(?<![A-Za-z])\[[^\[\]\n]{0,40}\](?![A-Za-z])|\{[0-9]:")
_PARAGRAPH = re.compile(r"(?<![\w.])@(?= ?[0-9]+[a-z]? [A-Z])")


class OldCodeError(KasseError):
    """Texts in the old 7-bit code of German banks."""

    code = "mt.old_code"
    template = N_("the texts are in the 7-bit code of old banks (DIN 66003); their umlauts were restored")
    hint = N_("look at the names if they matter; ask the bank for camt.053")
    severity: Severity = "info"


def is_din_66003(head: bytes) -> bool:
    """Tell whether a file that begins like this is evidently of that code."""
    if not head.isascii():
        return False
    return len(set(_INSIDE.findall(head))) > 1 or _WORDS.search(head) is not None


def restored(text: str) -> str:
    r"""Return a text with its umlauts; brackets and braces that enclose something stay.

    >>> restored("K|ln, Stra~e, [rzte, {1:F01}, ]BUNG, [a b], @ 240 AO")
    'Köln, Straße, Ärzte, {1:F01}, ÜBUNG, [a b], § 240 AO'
    """
    pieces, at = [], 0
    for pair in _PAIR.finditer(text):
        pieces += [_signs(text[at : pair.start()]), pair[0]]
        at = pair.end()
    return "".join((*pieces, _signs(text[at:])))


def _signs(text: str) -> str:
    return _PARAGRAPH.sub("§", _NEXT_TO_LETTER.sub(lambda sign: sign[0].translate(_SIGNS), text))
