"""What of ours unclear money may be that came back without an id of ours: proposals with a score, never decisions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ledger.bank.names import same_person
from ledger.people.parties import plain
from sepa.errors import N_

WEIGHTS = {
    "invoice number": 40, "purpose": 30, "account": 30, "name": 20, "amount": 20, "amount but for a fee": 10,
    "marked as a return": 10,
}  # fmt: skip
"""What each piece of evidence adds to a score; 100 is the most."""
N_("invoice number"), N_("purpose"), N_("account"), N_("name"), N_("amount")  # words of evidence
N_("amount but for a fee"), N_("marked as a return")
SHORTEST, SHORTEST_PURPOSE = 4, 8
"""A number, and a whole purpose, with fewer signs stand in many texts by chance."""
LARGEST_FEE_CENTS = 10_000
"""More than that is no fee of a return, whatever the text says."""
LONGEST_TEXT, MOST_NUMBERS = 2_000, 12
_WORD = re.compile(r"[^\s,;:()]+")
_SIGN = re.compile(r"[^\W_]")
_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(r"(?:[0-9]{1,2}[./-]){1,2}(?:[0-9]{2}|[0-9]{4})\.?|(?:19|20)[0-9]{2}(?:[./-][0-9]{1,2}){0,2}")
_AMOUNT = re.compile(r"(?<![0-9.,])([0-9]{1,3})[.,]([0-9]{2})(?![0-9])(?![.,][0-9])")
_BETWEEN = r"[\W_]*"


@dataclass(frozen=True, slots=True)
class Back:
    """What the bank said about money that may have come back; `marked` where it calls it a return."""

    cents: int
    names: tuple[str, ...]
    ibans: frozenset[str]
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Out:
    """A payment of ours that was executed, or a collection that is out: with whom, when, under which numbers."""

    what: Literal["payment", "collection"]
    run: int
    line: int
    cents: int
    day: str
    name: str
    iban: str
    references: tuple[str, ...]
    remittance: str


@dataclass(frozen=True, slots=True)
class MayBe:
    """A payment or collection of ours, as `3-7`, that money may be which came back, with all that speaks for it.

    `score` is 0 to 100, `evidence` holds words of `WEIGHTS`. `fee_cents` is what the bank kept of a payment, or took
    beside a collection.
    """

    what: Literal["payment", "collection"]
    name: str
    cents: int
    day: str
    fee_cents: int
    score: int
    evidence: tuple[str, ...]


def may_be(back: Back, outs: Iterable[Out], is_fee: Callable[[int], bool]) -> tuple[MayBe, ...]:
    """Return what money may be that came back, the surest first; `is_fee` says whether that much may be a fee.

    Each has the amount, exactly or but for a fee, its invoice number or whole purpose in the text, and the account or
    the name of the other side; where the bank marks a return and names nobody, neither.
    """
    text = plain(back.text[:LONGEST_TEXT])
    found = [one for out in outs if (one := _one(back, text, out, is_fee)) is not None]
    return tuple(sorted(found, key=lambda one: (-one.score, one.day, one.name)))


def declared_fees(text: str) -> frozenset[int]:
    """Return the amounts that a text names and that may be what a return cost.

    >>> sorted(declared_fees("RETOURE ENTGELT 2,50 EUR vom 12.11.2026 RG 1.250,00"))
    [250]
    """
    cents = {int(whole) * 100 + int(part) for whole, part in _AMOUNT.findall(text[:LONGEST_TEXT])}
    return frozenset(one for one in cents if 0 < one <= LARGEST_FEE_CENTS)


def numbers(references: Iterable[str], remittance: str) -> tuple[str, ...]:
    """Return the numbers under which something was paid: its references, and what has digits and is no date.

    >>> numbers(["RE-2026/0471"], "Rechnung RE-2026/0471 vom 12.11.2026, Kd 99")
    ('RE-2026/0471',)
    """
    words = (word for word in _WORD.findall(remittance) if not _DATE.fullmatch(word) and _DIGIT.search(word))
    known = (word for word in (*references, *words) if len(_SIGN.findall(word)) >= SHORTEST)
    return tuple(dict.fromkeys(known))[:MOST_NUMBERS]


def stands_in(words: str, text: str) -> bool:
    """Return whether a text has the signs of these words in their order, whatever stands between, and not within more.

    >>> stands_in("RE-2026/0471", "retoure re 2026  0471 ac04"), stands_in("0471", "retoure 30471")
    (True, False)
    """
    signs = _SIGN.findall(plain(words))
    if not signs:
        return False
    before = "(?<![0-9])" if signs[0].isdigit() else r"(?<![^\W_])"
    after = "(?![0-9])" if signs[-1].isdigit() else r"(?![^\W_])"
    return re.search(before + _BETWEEN.join(signs) + after, text) is not None


def _one(back: Back, text: str, out: Out, is_fee: Callable[[int], bool]) -> MayBe | None:
    fee = out.cents - back.cents if out.what == "payment" else back.cents - out.cents
    if fee and not (0 < fee <= LARGEST_FEE_CENTS and is_fee(fee)):
        return None
    said, other = list(_words(text, out)), list(_other_side(back, out))
    nobody = back.marked and not back.names and not back.ibans
    if not said or not (other or nobody):
        return None
    marked = ["marked as a return"] if back.marked else []
    evidence = (*said, *other, "amount but for a fee" if fee else "amount", *marked)
    score = min(100, sum(WEIGHTS[word] for word in evidence))
    return MayBe(out.what, f"{out.run}-{out.line}", out.cents, out.day, fee, score, evidence)


def _words(text: str, out: Out) -> Iterator[str]:
    if any(stands_in(number, text) for number in numbers(out.references, out.remittance)):
        yield "invoice number"
    elif len(_SIGN.findall(out.remittance)) >= SHORTEST_PURPOSE and stands_in(out.remittance, text):
        yield "purpose"


def _other_side(back: Back, out: Out) -> Iterator[str]:
    if out.iban and out.iban in back.ibans:
        yield "account"
    if out.name and any(same_person(name, out.name) for name in back.names):
        yield "name"
