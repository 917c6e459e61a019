"""What a decision tells of remedies: one for each law of its claims, and which claims it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from enforcement.letters_facts import LetterFacts, RemedyPart
from enforcement.letters_paper import Paper
from enforcement.letters_remedies import Remedy, remedy_of
from enforcement.letters_text import Wording
from enforcement.profiles import Profile

Blocks = Callable[[Wording, Mapping[str, str]], Iterator[dict[str, Any]]]


def remedies_by_law(
    facts: LetterFacts, profile: Callable[[str | None], Profile | None]
) -> tuple[dict[Remedy, tuple[str, ...]], tuple[str, ...]]:
    """Return the remedies against a decision, each with the profiles of the claims it is for, and those without one."""
    found: dict[Remedy, tuple[str, ...]] = {}
    lacking: list[str] = []
    for name in sorted({name for name, _ in facts.laws if name}) or [facts.profile or ""]:
        remedy = remedy_of(profile(name))
        if remedy is None:
            lacking.append(name)
        else:
            found[remedy] = (*found.get(remedy, ()), name)
    return found, tuple(lacking)


def claims_of(facts: LetterFacts, profiles: Sequence[str]) -> tuple[str, ...]:
    """Return how the letter calls the claims of some laws: by their references, else by their purposes."""
    own = (one for one in facts.claims if one.profile in profiles)
    return tuple(dict.fromkeys(one.reference or one.purpose or "Forderung" for one in own))


def remedy_blocks(
    parts: Sequence[RemedyPart], values: Mapping[str, str], paper: Paper, blocks: Blocks
) -> Iterator[dict[str, Any]]:
    """Yield the instructions about remedies: one heading, and before each but a lone one which claims it is about."""
    for number, part in enumerate(parts):
        own = {"rechtsbehelfsfrist": paper.plain(part.words), "bekanntgabe": paper.plain(part.notice_norm)}
        written = list(blocks(part.wording, {**values, **own}))
        if written and written[0]["block"] == "heading":
            head, written = written[0], written[1:]
            if number == 0:
                yield head
        if part.claims:
            yield {"block": "paragraph", "lines": [paper.wrapped(_about(part.claims))]}
        yield from written


def _about(claims: Sequence[str]) -> str:
    if len(claims) == 1:
        return f"Soweit die Forderung {claims[0]} betroffen ist:"
    return f"Soweit die Forderungen {', '.join(claims[:-1])} und {claims[-1]} betroffen sind:"
