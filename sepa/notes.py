"""What a reader notices on the way through a statement: findings, and elements it did not understand."""

from __future__ import annotations

from collections import Counter

from sepa.errors import N_, KasseError, Place, Severity

_KEPT = 1000  # findings kept one by one; a statement where every entry is wrong must not fill the memory


class MoreFindingsError(KasseError):
    """Findings beyond those that are listed."""

    code = "statement.more_findings"
    template = N_("{count} more findings of the same statement are not listed")
    hint = N_("correct the listed ones first, or ask the bank")
    severity: Severity = "warning"


class Notes:
    """Collects findings and counts for one statement."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.odd: Counter[str] = Counter()
        self._findings: list[KasseError] = []
        self._unlisted = 0

    def add(self, finding: KasseError, line: int | None = None) -> None:
        """Keep a finding with the file and the line it belongs to."""
        if len(self._findings) < _KEPT:
            self._findings.append(finding.at(Place(line=line)).at(self.place))
        else:
            self._unlisted += 1

    @property
    def count(self) -> int:
        """How many findings there are so far."""
        return len(self._findings) + self._unlisted

    def findings(self) -> tuple[KasseError, ...]:
        """Return the findings so far, the last one saying how many more there were."""
        more = (MoreFindingsError(place=self.place, count=self._unlisted),) if self._unlisted else ()
        return (*self._findings, *more)

    def not_understood(self) -> tuple[tuple[str, int], ...]:
        """Return each path that was not understood, with how often it came."""
        return tuple(sorted(self.odd.items()))
