"""Why a payment came back or was refused, and what kind of entry a bank reports: code lists with our own wording.

The lists are data (`sepa/codes/return_reasons.toml`, `sepa/codes/gvc.toml`); a code they lack is never an error.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code: what it means and what to do next.

    `action` is manual, contact, check, new-account, other-account, other-scheme, fix-data, fix-file, resubmit,
    stop-mandate, estate, ask-release, book-return or close-recall; `mandate` keep, suspend or stop; `retry` no, once
    (after contact) or after-fix. An unknown code has no wording and the action manual.
    """

    code: str
    english: str = ""
    german: str = ""
    action: str = "manual"
    mandate: str = "keep"
    retry: str = "no"

    @property
    def known(self) -> bool:
        """Whether the list has the code."""
        return bool(self.english)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A business transaction code (GVC): what kind of entry, whether a payment came back, whether it is a batch."""

    code: str
    english: str = ""
    german: str = ""
    returned: bool = False
    batch: bool = False


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("sepa").joinpath(f"codes/{name}.toml").read_text(encoding="utf-8"))


@cache
def reasons() -> dict[str, Reason]:
    """Return every reason of the list by its code (ISO 20022 external codes; EPC; DK)."""
    rows: dict[str, dict[str, str]] = _read("return_reasons")["reason"]
    return {
        code: Reason(code, row["en"], row["de"], row["action"], row["mandate"], row["retry"])
        for code, row in rows.items()
    }


def reason(code: str) -> Reason:
    """Return what a reason code means and what to do; an unknown one is left to a person.

    >>> reason("MD01").action, reason("XX99").action
    ('stop-mandate', 'manual')
    """
    return reasons().get(code) or Reason(code)


@cache
def _by_text_key() -> dict[str, str]:
    rows: dict[str, dict[str, str]] = _read("return_reasons")["reason"]
    return {row["text_key"]: code for code, row in rows.items() if "text_key" in row}


def reason_of_text_key(extension: str) -> str:
    """Return the reason code of a German text-key extension, or an empty text where its meaning is not certain.

    >>> reason_of_text_key("909"), reason_of_text_key("914")
    ('MD01', '')
    """
    return _by_text_key().get(extension, "")


@cache
def transactions() -> dict[str, Transaction]:
    """Return every business transaction code of the list (DFÜ-Abkommen Anlage 3)."""
    rows: dict[str, dict[str, Any]] = _read("gvc")["gvc"]
    return {
        code: Transaction(code, row["en"], row["de"], row.get("returned", False), row.get("batch", False))
        for code, row in rows.items()
    }


def transaction(gvc: str) -> Transaction:
    """Return what a business transaction code means; an unknown one has no wording.

    >>> transaction("109").german
    'Rückbelastung Basislastschrift'
    """
    return transactions().get(gvc) or Transaction(gvc)
