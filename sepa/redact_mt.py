"""An MT940 or MT942 file with invented words, field by field; lines keep their number, ends and lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sepa.redact import Redactor
from sepa.sources import DEFAULT, Limits, Source, opened

_TAG = re.compile(rb"^:(2[01]|25P?|28C?|6[024][FM]?|6[15]|86|13D?|34F|90[CD]|NS):", re.MULTILINE)
_BALANCE = re.compile(r"(\s*[CDR]{1,2}\d{6}[A-Z]{3})([\d,.]+)(.*)", re.DOTALL)
_FLOOR = re.compile(r"(\s*[A-Z]{3}[CD]?)([\d,.]+)(.*)", re.DOTALL)
_SUMS = re.compile(r"(\s*\d+[A-Z]{3})([\d,.]+)(.*)", re.DOTALL)
_ENTRY = re.compile(r"(\s*\d{6}[\d ]{0,4}.{0,2}?[CD][A-Z]?)([\d,.]+)([A-Z][A-Z0-9 ]{3})(.*)", re.DOTALL)
_AMOUNTS = dict.fromkeys(("60F", "60M", "62F", "62M", "64", "65"), _BALANCE)
_AMOUNTS |= {"34F": _FLOOR, "90C": _SUMS, "90D": _SUMS}
_CURRENCIES = ("EUR", "USD", "CHF", "GBP")
_STRUCTURED = re.compile(r"\s*[0-9]{3}([?>~^@<|])")
_CODE = re.compile(r"\s*[0-9]{3}(?![0-9])")
_PURPOSE = frozenset(f"{first}{digit}" for first in "26" for digit in range(10)) - {
    f"6{digit}" for digit in range(4, 10)
}
_NOT_PERSONAL = frozenset(("00", "10", "34"))
_KEPT = frozenset(("28", "28C", "13", "13D"))
_NUMBERED = re.compile(r"^([0-9]{2})(.*)$", re.MULTILINE)
_KEPT_LINES = frozenset(("25", "33"))
_CHUNK = 1 << 16


def redact_mt(source: Path | BinaryIO | Source, redactor: Redactor, *, limits: Limits = DEFAULT) -> Iterator[bytes]:
    """Yield the file with invented words, in the encoding it has; what stands before the first field stays."""
    with opened(source, limits) as file:
        for tag, raw in _fields(file):
            encoding = "utf-8" if _is_utf8(raw) else "latin-1"
            text = raw.decode(encoding)
            lead = len(text) - len(text.lstrip()) if not tag else text.index(":", 1) + 1
            yield (text[:lead] + _value(tag, text[lead:], redactor)).encode(encoding, "replace")


def _fields(file: Source) -> Iterator[tuple[str, bytes]]:
    """Yield each field with its tag, and what stands before the first with none."""
    buffer = b""
    while chunk := file.read(_CHUNK):
        file.since_progress = 0
        buffer += chunk
        starts = [match.start() for match in _TAG.finditer(buffer)][1:]
        at = 0
        for start in starts:
            yield _tagged(buffer[at:start])
            at = start
        buffer = buffer[at:]
    if buffer:
        yield _tagged(buffer)


def _tagged(raw: bytes) -> tuple[str, bytes]:
    match = _TAG.match(raw)
    return (match[1].decode("ascii") if match else ""), raw


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _value(tag: str, text: str, redactor: Redactor) -> str:
    if not tag or tag in _KEPT:
        first, end, rest = text.partition("\n")
        return first + end + (redactor.text(rest) if tag else rest)
    if tag == "NS":
        return _NUMBERED.sub(
            lambda match: match[1] + (match[2] if match[1] in _KEPT_LINES else redactor.text(match[2])), text
        )
    if form := _AMOUNTS.get(tag):
        return _amount(form, text, redactor)
    if tag == "61":
        return _entry(text, redactor)
    if tag == "25":
        account = text.rstrip()
        account = account[:-3] if account.endswith(_CURRENCIES) else account
        return redactor.text(account) + text[len(account) :]
    return _information(text, redactor) if tag == "86" else redactor.text(text)


def _amount(form: re.Pattern[str], text: str, redactor: Redactor) -> str:
    match = form.fullmatch(text)
    return match[1] + redactor.amount(match[2]) + match[3] if match else text


def _entry(text: str, redactor: Redactor) -> str:
    match = _ENTRY.fullmatch(text)
    if match is None:
        return redactor.text(text)
    return match[1] + redactor.amount(match[2]) + match[3] + redactor.text(match[4])


def _information(text: str, redactor: Redactor) -> str:
    """Return field 86: with subfields, the purpose is replaced as the one text that it is in truth."""
    structured = _STRUCTURED.match(text)
    if structured is None:
        code = _CODE.match(text)
        lead = code.end() if code else 0
        return text[:lead] + redactor.text(text[lead:])
    mark = structured[1]
    parts = re.split(f"({re.escape(mark)}[\r\n]*[0-9][\r\n]*[0-9])", text)
    marks, values = parts[1::2], parts[2::2]
    keys = ["".join(sign for sign in one if sign.isdigit()) for one in marks]
    ends = [re.search(r"[\r\n]*-?[\r\n]*\Z", value) for value in values]
    bare = [value[: end.start()] if end else value for value, end in zip(values, ends, strict=True)]
    done = [value if key in _NOT_PERSONAL else redactor.text(value) for key, value in zip(keys, bare, strict=True)]
    _scatter(keys, bare, done, redactor)
    tails = [value[len(short) :] for value, short in zip(values, bare, strict=True)]
    pieces = (f"{one}{value}{tail}" for one, value, tail in zip(marks, done, tails, strict=True))
    return parts[0] + "".join(pieces)


def _scatter(keys: list[str], bare: list[str], done: list[str], redactor: Redactor) -> None:
    """Replace the purpose as a whole, so that an account torn over subfields or lines stays one, and put it back."""
    places = [at for at, key in enumerate(keys) if key in _PURPOSE]
    whole = redactor.text("".join("".join(bare[at].split("\n")) for at in places).replace("\r", ""))
    signs = iter(whole)
    for at in places:
        done[at] = "".join(sign if sign in "\r\n" else next(signs) for sign in bare[at])
