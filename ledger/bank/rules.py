"""Rules of the Kasse as values: which bank entries go where without anybody looking, and what a rule may ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.bank.matching import Part, Staged

Direction = Literal["credit", "debit", "both"]
Serves = Literal["entry", "return_fee"]
DIRECTIONS: tuple[Direction, ...] = ("credit", "debit", "both")
N_("credit"), N_("debit"), N_("both")  # words of lists
LONGEST_PATTERN, LONGEST_TEXT = 120, 400
FEWEST_LETTERS = 3
"""So many fixed letters a pattern needs that is all a rule asks for: `.` or `e` would take nearly everything."""
MOST_WAYS = 8_000
"""In how many ways the counted parts of a pattern may share out a text: one of any length and some short ones."""
_ATOM = re.compile(r"\\[^0-9]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}*+?|]", re.DOTALL)
_COUNT = re.compile(r"[*+?]|\{([0-9]*)(?:,([0-9]*))?\}")


class UnsafePatternError(KasseError):
    """A text pattern that some text could keep the machine busy with."""

    code = "rule.pattern"
    template = N_("not a usable text pattern: {pattern}")
    hint = N_("use letters, '.', '[0-9]', '(A|B)', one '*' or '+' after a sign, and '?' or a count in braces")


@dataclass(frozen=True, slots=True)
class BankRule:
    """A rule of the Kasse: entries of this kind go to that account, or to the account with that role.

    `office` is where they go (the bank account's own where it is None); `serves` says whether the rule is for whole
    entries or for what a returned payment cost.
    """

    id: int
    name: str
    direction: str
    role: str
    account: str | None = None
    gvc: str | None = None
    iban: str | None = None
    counter_iban: str | None = None
    pattern: re.Pattern[str] | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    office: str | None = None
    serves: str = "entry"

    @property
    def names_account(self) -> bool:
        """Whether it asks for the payer's account, or for one of the Kasse's own."""
        return self.iban is not None or self.counter_iban is not None

    def applies(self, entry: Staged, part: Part, cents: int | None = None) -> bool:
        """Return whether everything the rule asks for holds; a blank asks for nothing.

        `cents` is given where the rule is asked about a part of the money (a fee), signed as on the account.
        """
        cents = (part.amount_cents or 0) if cents is None else cents
        return (
            self.direction in ("both", "credit" if cents > 0 else "debit")
            and self.gvc in (None, entry.gvc)
            and self.iban in (None, entry.iban)
            and self.counter_iban in (None, part.counter_iban)
            and (self.min_cents is None or abs(cents) >= self.min_cents)
            and (self.max_cents is None or abs(cents) <= self.max_cents)
            and (self.pattern is None or self.pattern.search(searched(part)) is not None)
        )


def searched(part: Part) -> str:
    """Return the text a pattern is looked for in: name and remittance, lines joined, at most 400 letters."""
    return " ".join(f"{part.name or ''} {part.remittance or ''}".split())[:LONGEST_TEXT]


def applying(rules: Sequence[BankRule], serves: Serves, entry: Staged, part: Part, cents: int) -> BankRule | None:
    """Return the first rule that applies."""
    for rule in rules:
        if rule.serves == serves and rule.applies(entry, part, cents):
            return rule
    return None


def safe_pattern(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern, upper and lower case alike.

    No text makes such a pattern slow: nothing that is counted holds something counted, and the counted parts can
    share out a text in few ways only. Raises `UnsafePatternError`.

    >>> safe_pattern("stadtwerke .*(strom|gas)").search("STADTWERKE X GAS") is not None
    True
    """
    if not 1 <= len(pattern) <= LONGEST_PATTERN or not _plain(pattern):
        raise UnsafePatternError(pattern=pattern)
    try:
        return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError):
        raise UnsafePatternError(pattern=pattern) from None


def fixed_letters(pattern: str) -> int:
    r"""Return how many letters and digits every text holds that a usable pattern fits, in its shortest way.

    >>> fixed_letters("stadtwerke .*(strom|gas)"), fixed_letters("[a-z]+|strom"), fixed_letters(r"\w+ x?")
    (13, 0, 0)
    """
    least, _ = _fixed(pattern, 0)
    return least


def _fixed(pattern: str, at: int) -> tuple[int, int]:
    """Return the fixed letters from there to the end of the group, and where that is."""
    ways, told = [], 0
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            ways.append(told)
            told, at = 0, at + 1
        elif pattern[at] == "(":
            inside, at = _fixed(pattern, at + 1)
            told, at = told + inside, at + 1
        else:
            atom = _ATOM.match(pattern, at)
            assert atom is not None, "a usable pattern"
            count = _COUNT.match(pattern, atom.end())
            told += atom[0].isalnum() * _times(count)
            at = count.end() if count else atom.end()
    return min([*ways, told]), at


def _times(count: re.Match[str] | None) -> int:
    """Return how often a sign stands at least."""
    if count is None or count[0] == "+":
        return 1
    return 0 if count[0] in "*?" else int(count[1] or 0)


def _plain(pattern: str) -> bool:
    """Return whether the pattern is made of signs, sets, groups of alternatives and counts of single signs."""
    at, depth, ways = 0, 0, 1
    while at < len(pattern):
        if pattern[at] in "()|":
            depth += {"(": 1, ")": -1, "|": 0}[pattern[at]]
            at += 1
            if depth < 0:
                return False
            continue
        atom = _ATOM.match(pattern, at)
        if atom is None:  # a count after a group or another count, '(?', a bracket that is not closed
            return False
        at = atom.end()
        if count := _COUNT.match(pattern, at):
            at = count.end()
            ways *= _ways(count)
    return depth == 0 and ways <= MOST_WAYS


def _ways(count: re.Match[str]) -> int:
    """Return how many lengths a counted sign may have."""
    if count[0] == "?":
        return 2
    if count[0] in "*+" or count[0].endswith(",}"):
        return LONGEST_TEXT
    return int(count[2] or count[1] or 0) - int(count[1] or 0) + 1
