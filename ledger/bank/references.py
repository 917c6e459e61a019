"""References in what payers write: told apart are those that are surely meant and those that only may be.

A number is surely meant where a whole run of digit groups, held together by single separators, makes exactly one
number of a scheme of the book (or several, one after the other). A number that is only a part of a longer run, stands
behind `Tel.`, or has no check digit may be meant: it needs further evidence before money goes by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ledger.items.kassenzeichen import Scheme, compact, right_for
from sepa.identifiers.iban import is_iban
from sepa.identifiers.mod97 import check_digits

_GAP = r"(?:[ .\-/]| ?[.\-/]?\n[.\-/]? ?)"
_RUN = re.compile(rf"[0-9]+(?:{_GAP}[0-9]+)*")
_RF = re.compile(rf"(?<![A-Za-z0-9])RF{_GAP}?[0-9]{_GAP}?[0-9](?:{_GAP}?[0-9])+", re.IGNORECASE)
_BLANKS = "\t\u00a0\u202f" + "".join(map(chr, range(0x2000, 0x200B)))  # of word processors, such as the thin space
_PLAIN = str.maketrans({**dict.fromkeys(_BLANKS, " "), **dict.fromkeys("‐‑‒–—―−", "-"), "\r": None})
_DIGITS = "0123456789"
_NOT_DIGIT = re.compile(r"[^0-9]+")
_LINES, _CHUNKS = re.compile(r"\n"), re.compile(r"[ \n]")
_BEFORE = re.compile(r"([^A-Za-z0-9ÄÖÜäöüß\n\x00]{0,3})([A-Za-zÄÖÜäöüß]*)")  # read backwards from a number
_AFTER = re.compile(r"[A-Za-zÄÖÜäöüß]*")
_ALONE = r"(?<![0-9])(?<![0-9][.\-/])"
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)[0-9]{2}"
_OTHER_NUMBERS = re.compile(
    rf"(?<![0-9])(?=[0-9])(?:{_ALONE}{_DAY}([.\-/]){_MONTH}\1(?:{_YEAR}|[0-9]{{2}})(?![0-9])(?!\1[0-9])"  # 16.11.2026
    rf"|{_ALONE}{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9])(?!-[0-9])"  # 2026-11-16
    rf"|{_ALONE}{_MONTH}/{_YEAR}(?![0-9])(?!/[0-9])"  # 11/2026
    r"|(?<![0-9,])(?<![0-9]\.)(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9}),[0-9]{2}(?![0-9])"  # 1.234,56
    rf"|{_ALONE}(?:0|[1-9][0-9]{{0,6}})\.[0-9]{{2}} ?(?:EUR|€))",  # 12.50 EUR
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])")
_CUT = "\x00"
_WORD = re.compile(r"[A-Z0-9]+")
_SOME_NUMBER = re.compile(r"[0-9](?:[ .\-/\n]?[0-9]){4}")
_MAYBE_YEAR, YEAR_DIGITS = re.compile(rf"(?:{_YEAR})?").fullmatch, 4
_NUMBER, _YEAR_OF_MONTH = re.compile(r"[0-9]+"), re.compile(rf"{_ALONE}{_MONTH}/({_YEAR})(?![0-9])(?!/[0-9])")
FOREIGN_WORDS = 4
FOREIGN_SHORTEST = 5
SHORT_LABELS = frozenset({"KZ", "AZ", "NR"})
"""Words of two letters that may stand in front of a number without a blank; longer words always may."""
OTHER_LABELS = frozenset(
    {"TEL", "TELEFON", "TELNR", "FAX", "MOBIL", "HANDY", "PHONE", "IBAN", "BIC", "EREF", "KREF", "MREF", "CRED", "DEBT"}
)
"""Words in front of a number that is something else."""


@dataclass(frozen=True)
class Finder:
    """Finds the references of one book in texts.

    `schemes` are those of the book, `foreign_lengths` the lengths of the foreign references it holds. All methods
    return references in compact form with whether each is surely meant.
    """

    schemes: tuple[Scheme, ...]
    foreign_lengths: frozenset[int] = frozenset()

    def in_text(self, text: str) -> dict[str, bool]:
        """Return the references in free text; lines are joined by line feeds."""
        found: dict[str, bool] = {}
        clean = text if text.isascii() and "\t" not in text and "\r" not in text else text.translate(_PLAIN)
        large = clean.upper()
        if "RF" in large:
            clean = self._without_rf(clean, found)
        if not self._in_plain_numbers(clean, found):
            self._in_runs(_without_other_numbers(clean), found)
        if self.foreign_lengths and (not all(found.values()) or _has_more_digits(clean, found)):
            for key in self._foreign(large):  # only where digits are left, or a number may be a part of another
                found.setdefault(key, False)
        return found

    def fits_scheme(self, key: str) -> bool:
        """Return whether a reference is one of the book's own schemes; all others are foreign ones, or words."""
        return self._checked(key) is not None

    def _in_plain_numbers(self, text: str, found: dict[str, bool]) -> bool:
        """Take what needs no second look, and return whether that was all: most texts have one plain number or none."""
        taken: dict[str, bool] = {}
        for span in self._long.finditer(text):
            digits = span[0]
            if not digits.isdigit():
                return False
            checked = self._checked(digits)
            if checked is not None:
                taken[digits] = checked and _stands_free(text, *span.span())
        found |= taken
        return True

    def _in_runs(self, text: str, found: dict[str, bool]) -> None:
        for run in _RUN.finditer(text):
            if run.end() - run.start() >= self.shortest:
                for key, surely in self._in_run(run[0]):
                    found[key] = found.get(key, False) or (surely and _stands_free(text, run.start(), run.end()))

    def amid_numbers(self, text: str, key: str) -> bool:
        """Return whether a number with a check digit stands in a text only among others that are no year beside it."""
        if not self._checked(key):
            return False
        runs = [_NOT_DIGIT.sub("", run[0]) for run in _RUN.finditer(_without_other_numbers(text.translate(_PLAIN)))]
        return not any(_stands_alone(run, key) for run in runs) and any(key in run for run in runs)

    @cached_property
    def shortest(self) -> int:
        """The length of the shortest number of a scheme, at least 3."""
        return max(3, min((scheme.length for scheme in self.schemes), default=3))

    @cached_property
    def longest_foreign(self) -> int:
        """The length of the longest foreign number."""
        return max(self.foreign_lengths, default=0)

    @cached_property
    def _long(self) -> re.Pattern[str]:
        """Everything between two digits that is long enough to hold a number."""
        return re.compile(rf"[0-9][0-9 .\-/\n]{{{self.shortest - 2},}}[0-9]")

    def structured(self, text: str) -> dict[str, bool]:
        """Return the reference of a field that holds nothing else: an RF reference, or the number itself."""
        bare = compact(text)
        content = rf_content(bare)
        own = content or bare
        checked = self._checked(own)
        if checked is not None:
            return {own: checked or content is not None}
        return {own: False} if len(own) in self.foreign_lengths else {}

    def possible(self, text: str) -> dict[str, bool]:
        """Return the reference of a field that is meant for something else, such as the EndToEndId."""
        return dict.fromkeys(self.structured(text), False)

    def twins(self, reference: str) -> list[str]:
        """Return the valid numbers that two swapped digits may have made into this one, unnoticed."""
        return [twin for scheme in self._by_length.get(len(reference), ()) for twin in scheme.twins(reference)]

    def _checked(self, digits: str) -> bool | None:
        """Return whether a check digit protects the number, None where it fits no scheme."""
        for fits, checked in self._tests.get(len(digits), ()):
            if fits(digits):
                return checked
        return None

    @cached_property
    def _by_length(self) -> dict[int, list[Scheme]]:
        """The schemes by the length of their numbers, in order."""
        found: dict[int, list[Scheme]] = {}
        for scheme in self.schemes:
            found.setdefault(scheme.length, []).append(scheme)
        return found

    @cached_property
    def _tests(self) -> dict[int, list[tuple[Callable[[str], bool], bool]]]:
        """What says whether a number of some length fits a scheme, and whether a check digit protects those of it."""
        return {
            length: [(right_for(scheme.pattern, scheme.method), scheme.checked) for scheme in schemes]
            for length, schemes in self._by_length.items()
        }

    def _without_rf(self, text: str, found: dict[str, bool]) -> str:
        def take(match: re.Match[str]) -> str:
            for group in re.finditer("[0-9]+", match[0]):
                digits = _NOT_DIGIT.sub("", match[0][: group.end()])
                own = digits[2:]
                if self._checked(own) is not None and check_digits(own + "RF") == digits[:2]:
                    found[own] = True
                    return _CUT + match[0][group.end() :]
            return match[0]

        return _RF.sub(take, text)

    def _in_run(self, run: str) -> Iterator[tuple[str, bool]]:
        """Yield the numbers of a run of digit groups with whether the run leaves no doubt about them."""
        whole = _NOT_DIGIT.sub("", run)
        checked = self._checked(whole)
        if checked is not None:
            yield whole, checked
            return
        if len(whole) < self.shortest:
            return
        for cut in (_LINES, _CHUNKS, _NOT_DIGIT):
            parts = _parts(cut, run)
            kinds = [self._checked(part) for part in parts]
            if None not in kinds:
                yield from ((part, bool(kind)) for part, kind in zip(parts, kinds, strict=True))
                return
        for cut in (_LINES, _CHUNKS, _NOT_DIGIT):
            yield from ((part, False) for part in _parts(cut, run) if self._checked(part) is not None)

    def _foreign(self, text: str) -> Iterator[str]:
        """Yield what may be a foreign number: up to four words, one after the other, with a digit in them."""
        words = _WORD.findall(text.replace("-", "").replace(".", "").replace("/", ""))
        sizes = [len(word) for word in words]
        if sizes and max(sizes) > self.longest_foreign:  # it may be several: 1000000000015/HH4711
            words = _WORD.findall(text)
            sizes = [len(word) for word in words]
        for start in range(len(words)):
            size = 0
            for end in range(start, min(start + FOREIGN_WORDS, len(words))):
                size += sizes[end]
                if size > self.longest_foreign:
                    break
                if size in self.foreign_lengths and (size >= FOREIGN_SHORTEST or len(words) == end - start + 1):
                    key = "".join(words[start : end + 1])
                    if not key.isalpha():
                        yield rf_content(key) or key


def rf_content(reference: str) -> str | None:
    """Return what an RF reference was made of, None where the compact text is none (ISO 11649).

    >>> rf_content("RF18539007547034"), rf_content("RF19539007547034")
    ('539007547034', None)
    """
    own = reference[4:]
    if not (reference.startswith("RF") and 1 <= len(own) <= 21 and own.isalnum() and own.isascii()):
        return None
    return own if check_digits(own + "RF") == reference[2:4] else None


def names_a_number(text: str) -> bool:
    """Return whether a text holds five digits or more in a row that are no date, amount or IBAN: it means something.

    >>> names_a_number("Rechnung 4711-99 vom 16.11.2026"), names_a_number("Danke 12,50 EUR 16.11.2026")
    (True, False)
    """
    return _SOME_NUMBER.search(_without_other_numbers(text)) is not None


def loose_numbers(text: str) -> list[str]:
    """Return the numbers of a text that are no date, amount or IBAN; of a month the year.

    >>> loose_numbers("Rechnung 4711 vom 16.11.2026, 12,50 EUR"), loose_numbers("Miete 11/2025")
    (['4711'], ['2025'])
    """
    return _NUMBER.findall(_without_other_numbers(text)) + _YEAR_OF_MONTH.findall(text)


def _has_more_digits(text: str, found: Iterable[str]) -> bool:
    """Return whether a text has digits that belong to none of the numbers found in it."""
    return len(_NOT_DIGIT.sub("", text)) > sum(map(len, found))


def _parts(cut: re.Pattern[str], run: str) -> Sequence[str]:
    return [digits for part in cut.split(run) if (digits := _NOT_DIGIT.sub("", part))]


def _without_other_numbers(text: str) -> str:
    """Return the text with dates, amounts and IBANs cut out, so that they neither hide nor make a reference."""
    return _OTHER_NUMBERS.sub(_CUT, _IBAN.sub(_without_iban, text))


def _without_iban(match: re.Match[str]) -> str:
    for word in re.finditer("[A-Z0-9]+", match[0]):
        if is_iban(match[0][: word.end()].replace(" ", "")):
            return _CUT + match[0][word.end() :]
    return match[0]


def _stands_alone(run: str, key: str) -> bool:
    """Return whether a run of digits is the number, with nothing but a year before it or behind it."""
    return any(
        run.startswith(key, start) and _MAYBE_YEAR(run[:start]) and _MAYBE_YEAR(run[start + len(key) :])
        for start in (0, YEAR_DIGITS)
    )


def _stands_free(text: str, start: int, end: int) -> bool:
    """Return whether what touches a number on both sides lets it be a reference."""
    before = _BEFORE.match(text[max(0, start - 24) : start][::-1])
    gap, word = (before[1], before[2][::-1].upper()) if before else ("", "")
    if word in OTHER_LABELS or ("+" in gap and not word):
        return False
    if word and not gap and len(word) < 3 and word not in SHORT_LABELS:
        return False
    if not text[end : end + 1].isalpha():
        return True
    after = _AFTER.match(text, end)
    return after is None or len(after[0]) not in {1, 2}
