"""The ranks of the claims that a letter files as subordinate: each must be named (§ 174 (3) sentence 2 InsO)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from enforcement.letters_facts import LetterClaim
from enforcement.profiles import Profile
from enforcement.relief_filing_reader import PENAL, norm_after
from enforcement.relief_rules import is_penal
from sepa.money import german

RANKED = "nachranganmeldung"
"""The kind of letter that files subordinate claims."""


def ranks(
    claims: Iterable[LetterClaim], profile: Callable[[str | None], Profile | None]
) -> tuple[tuple[str, int], ...]:
    """Return the norm of each rank of subordinate claims with its cents, in order."""
    found: Counter[str] = Counter()
    for one in claims:
        norm = PENAL if is_penal(one, profile(one.profile)) else norm_after(one.claim_kind)
        found[norm] += one.open_cents + one.charge_cents
    return tuple(sorted(found.items()))


def ranks_in_words(found: Iterable[tuple[str, int]]) -> str:
    """Return the ranks as a letter names them, '' for none.

    >>> ranks_in_words([("§ 39 Abs. 1 Nr. 1 InsO", 1200), ("§ 39 Abs. 1 Nr. 3 InsO", 40000)])
    '12,00 EUR nach § 39 Abs. 1 Nr. 1 InsO, 400,00 EUR nach § 39 Abs. 1 Nr. 3 InsO'
    """
    return ", ".join(f"{german(cents)} EUR nach {norm}" for norm, cents in found)
