"""Whether a run is what its events say: nobody reviewed, released or exported it but by an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sepa.errors import N_, KasseError

_FIRST = {
    "created_by": ("propose", "by"),
    "created_at": ("propose", "at"),
    "reviewed_by": ("review", "by"),
    "reviewed_at": ("review", "at"),
    "released_by": ("release", "by"),
    "released_at": ("release", "at"),
    "message_id": ("release", "message_id"),
    "file_sha256": ("export", "sha256"),
    "exported_at": ("export", "at"),
}
"""What each column holds: a value of the first event of that step."""
COLUMNS = tuple(_FIRST)
_STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "proposed": (("propose",), ("review", "release", "export", "discard")),
    "reviewed": (("review",), ("release", "export", "discard")),
    "released": (("release",), ("export", "discard")),
    "exported": (("release", "export"), ("discard",)),
    "executed": (("release", "execute"), ("discard",)),
    "discarded": (("discard",), ("release", "export")),
    "voided": (("release", "void"), ("discard", "execute")),
    "rejected": (("release", "reject"), ("discard", "execute")),
}
"""For each state the steps that lead there, and those that lead away from it."""
_UNBOOKED = "agree_unbooked"
"""The step that takes one execution back, which a person had named: what it named did not stay."""


class CollectionEvidenceError(KasseError):
    """A collection run is not what the event log says of it."""

    code = "verify.collection_run"
    template = N_("collection run {run} of office {office}: its {column} is '{held}', the event log says '{expected}'")
    hint = N_("stop work on this book, keep a copy of it and tell the audit office")


class TransitError(KasseError):
    """Money in transit is not what is under way."""

    code = "verify.transit"
    template = N_("{account} of office {office} holds {held_cents}, but {expected_cents} are under way: {what}")
    hint = N_("compare 'kasse journal list --account {account}' with 'kasse payment list' and 'kasse collection list'")


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One step that was noted for a run; `values` holds who, when and the facts."""

    step: str
    values: Mapping[str, object]


def contradictions(
    state: str, columns: Mapping[str, object], events: Sequence[RunEvent]
) -> Iterator[tuple[str, str, str]]:
    """Yield what differs: the column, what it holds, what the events say ('' for nothing)."""
    needed, excluded = _STATES.get(state, ((), ()))
    done = Counter(event.step for event in _since_change(events))
    steps, stand = set(done), set(done - Counter({"execute": done[_UNBOOKED]}))
    for step in (*(step for step in needed if step not in steps), *(step for step in excluded if step in stand)):
        yield "state", state, step if step in steps else ""
    for column, (step, name) in _FIRST.items():
        first = next((event for event in events if event.step == step), None)
        expected = first.values.get(name) if first else None
        if columns[column] != expected:
            yield column, _shown(columns[column]), _shown(expected)


def _since_change(events: Sequence[RunEvent]) -> Sequence[RunEvent]:
    """Return the proposal and what followed the last change, which asks for a new review."""
    last = max((place for place, event in enumerate(events) if event.step == "change"), default=0)
    return [event for place, event in enumerate(events) if place > last or event.step == "propose"]


def _shown(value: object) -> str:
    return "" if value is None else str(value)
