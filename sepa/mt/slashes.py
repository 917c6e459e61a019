"""The field :86: of banks that write words between slashes: `/EREF/…/BENM//NAME/…/REMI/…`."""

from __future__ import annotations

import re

_NAMES = (
    "EREF|IREF|PREF|MARF|CSID|CNTP|REMI|PURP|BENM|ORDP|ULTD|ULTB|ULTC|NAME|IBAN|BIC|TRTP|ISDT|RTRN|SVCL|OCMT|CHGS|EXCH|"
    "ADDR|TRCD|ACCW|CREF|PMTI|NRTX"
)
SLASHED = re.compile(rf"\s*/(?:{_NAMES})/")
_WORDS = re.compile(rf"/({_NAMES})/")
_FROM_CNTP = ("IBAN", "BIC", "NAME")
_STRUCTURED = re.compile(r"STRD/(?:.*?CDTRREF/|CUR/|ISO/)?(.*)")


def split_slashes(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts behind each word, and the remittance; an ultimate party's name is that word's text.

    >>> split_slashes("/EREF/R-1/BENM//NAME/B. Meier/REMI/Rent Nov")
    ({'EREF': 'R-1', 'NAME': 'B. Meier'}, ('Rent Nov',))
    """
    pieces = _WORDS.split(text)
    words: dict[str, str] = {}
    lines = [pieces[0]]
    party = ""
    for key, raw in zip(pieces[1::2], pieces[2::2], strict=True):
        value = raw.strip().removesuffix("/").strip("/ ") if key != "REMI" else raw.strip()
        if key in {"BENM", "ORDP", "ULTD", "ULTB", "ULTC"}:
            party = key
        if key == "REMI":
            lines.append(_remittance(value, words))
        elif key == "CNTP":
            words |= _counterparty(value)
        elif key == "NAME" and party.startswith("ULT"):
            words.setdefault(party, value)
        elif value and words.setdefault(key, value) != value:
            lines.append(f"/{key}/{value}")
    return {key: value for key, value in words.items() if value}, tuple(one.strip() for one in lines if one.strip())


def _counterparty(value: str) -> dict[str, str]:
    return dict(zip(_FROM_CNTP, (one.strip() for one in value.split("/")), strict=False))


def _remittance(value: str, words: dict[str, str]) -> str:
    """Return the free text of the remittance; a structured reference becomes the word STRD."""
    value = value.removesuffix("/")
    if structured := _STRUCTURED.fullmatch(value):
        words["STRD"] = structured[1].strip("/")
        return ""
    return (
        value.removeprefix("/")
        .removeprefix("USTD//")
        .removeprefix("USTD/")
        .strip("/" if value.startswith("USTD") else " ")
    )
