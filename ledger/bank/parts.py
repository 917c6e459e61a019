"""The parts of a collective entry as people see them: which of its money is still unclear, and who sent that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sepa.errors import N_

UNCLEAR, DECIDED = N_("unclear"), N_("decided")
"""States of a part: its money is in the case, or matching has put it where it belongs."""
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class UnclearPart:
    """One transaction behind a collective entry; `state` is one of `UNCLEAR` and `DECIDED`."""

    line: int
    amount_cents: int | None
    name: str | None
    bank_account: str | None
    remittance: str | None
    state: str = UNCLEAR


@dataclass(frozen=True, slots=True)
class Told:
    """What the bank said about the money of a case: of a collective entry what its unclear parts say."""

    name: str | None
    bank_account: str | None
    remittance: str | None


def lines_of(evidence: str | None) -> frozenset[int] | None:
    """Return which parts stored evidence of an unclear share names; None where it is all of them.

    >>> lines_of('{"parts":"2 3"}') == {2, 3}, lines_of('{"reason":"closed"}')
    (True, None)
    """
    named = json.loads(evidence).get("parts") if evidence and '"parts"' in evidence else None
    return None if named is None else frozenset(int(line) for line in str(named).split())


def is_unclear(evidence: str | None, line: int | None) -> bool:
    """Return whether a part (None: the whole entry) is among those that stored evidence of an unclear share names."""
    lines = lines_of(evidence)
    return lines is None or line is None or line in lines


def told(parts: Iterable[UnclearPart], whole: Told) -> Told:
    """Return what is said of the unclear parts of an entry, beside what the bank said of the whole."""
    unclear = [part for part in parts if part.state == UNCLEAR]
    own = [whole.remittance] if whole.remittance else []
    return Told(
        whole.name or _joined([part.name for part in unclear]),
        whole.bank_account or _joined([part.bank_account for part in unclear]),
        _joined([*own, *(part.remittance for part in unclear)]),
    )


def _joined(words: Sequence[str | None]) -> str | None:
    return _BETWEEN.join(dict.fromkeys(word for word in words if word)) or None
