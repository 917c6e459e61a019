"""What becomes of signs outside the character set: our own table.

Letters with accents need no line here: they lose the accent by Unicode decomposition. Two-letter results are
written in capitals where the word is.
"""

from __future__ import annotations


def _pairs(source: str, target: str) -> dict[str, str]:
    """Return small letters and their capitals by two lists of equal length."""
    letters = dict(zip(source.split(), target.split(), strict=True))
    return letters | {small.upper(): latin.capitalize() for small, latin in letters.items()}


_LATIN = _pairs("ä ö ü æ œ ø đ ð þ ł ħ ŋ ŧ ĳ", "ae oe ue ae oe o d d th l h n t ij") | {
    "ß": "ss",
    "ẞ": "SS",
    "ı": "i",
    "ĸ": "k",
    "ə": "e",
    "Ə": "E",
}
_GREEK = _pairs(
    "α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ τ υ φ χ ψ ω",
    "a v g d e z i th i k l m n x o p r s t y f ch ps o",
) | {"ς": "s"}
_CYRILLIC = _pairs(
    "а б в г д е ж з и к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я і є ґ ј љ њ ћ ђ џ",
    "a b v g d e zh z i k l m n o p r s t u f h ts ch sh sht a y y e yu ya i ie g j lj nj c dj dz",
)
_PUNCTUATION = {
    **dict.fromkeys('“”„‟«»‹›‘’‚‛"`´ˈʼ′″', "'"),
    **dict.fromkeys("‐‑‒–—―−_~·•=", "-"),
    **dict.fromkeys("[{<", "("),
    **dict.fromkeys("]}>", ")"),
    **dict.fromkeys("\\|⁄∕", "/"),
    ";": ",",
    "!": ".",
    "…": "...",
    "×": "x",
    "÷": ":",
    "±": "+/-",
    "¡": ".",
    "¿": "?",
    "^": ".",
    "°": ".",
}
_SIGNS = {
    "&": "+",
    "*": ".",
    "%": "v.H.",
    "‰": "v.T.",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "§": "Par.",
    "#": "Nr.",
    "№": "Nr.",
    "@": "(at)",
    "©": "(c)",
    "®": "(R)",
    "™": "(TM)",
}

REPLACEMENTS: dict[str, str] = _LATIN | _GREEK | _CYRILLIC | _PUNCTUATION | _SIGNS
