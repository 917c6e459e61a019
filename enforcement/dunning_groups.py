"""How claims that are due lie together: by law and kind of step, by letter, by due day."""

from __future__ import annotations

from collections.abc import Iterable

from enforcement.dunning_claims import Due


def by_profile(due: Iterable[Due]) -> Iterable[tuple[tuple[str | None, str], list[Due]]]:
    """Return the claims of each law and kind of step, in the order they come."""
    groups: dict[tuple[str | None, str], list[Due]] = {}
    for one in due:
        groups.setdefault((one.row.profile, one.step.kind), []).append(one)
    return groups.items()


def place(due: Due) -> tuple[str, str, int]:
    """Return where a claim stands in its letter."""
    return due.row.due, due.row.office, due.row.item


def letter_of(due: Due) -> tuple[str, str, int]:
    """Return which letter of a debtor a claim goes into: its kind, its way, whom it is for."""
    return due.step.kind, due.step.way, due.row.number or 0
