"""What changing a collection run may do: lines taken out, others drawn anew, another day that the debtors know of."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ledger.payments.collection_lines import Line, stored_amendment
from ledger.payments.collection_runs import CollectionRun, end_to_end_id
from ledger.payments.collection_sieve import Claim, Sieve
from ledger.payments.mandates import Mandate, unusable
from sepa.errors import N_, KasseError, Place

CHANGED_DAY = """(SELECT n.collection_day FROM collection_run_change n
    WHERE n.office = r.office AND n.run = r.id ORDER BY n.revision DESC LIMIT 1)"""
"""SQL: the day to which the collection run `r` was moved last, NULL where it never was."""
_ORDER = {"FRST": 0, "OOFF": 0, "RCUR": 1, "FNAL": 2}


class ChangeReasonError(KasseError):
    """A run is changed without a reason."""

    code = "collection.change_reason"
    template = N_("no reason is given for changing collection run {run}")
    hint = N_("say with --reason why; whoever releases the run reads it")


class NothingToChangeError(KasseError):
    """A change that changes nothing."""

    code = "collection.no_change"
    template = N_("nothing of collection run {run} would change")
    hint = N_("name collections to take out with --without LINE, or another day with --day DATE")


class NotInRunError(KasseError):
    """A collection that the run does not have, or has no more."""

    code = "collection.not_in_run"
    template = N_("collection run {run} has no collection {line} that could be taken out")
    hint = N_("see 'kasse collection show {run}' for its collections")


class EmptyRunError(KasseError):
    """A change that would leave no collection."""

    code = "collection.empty"
    template = N_("no collection would be left in run {run}")
    hint = N_("give it up with 'kasse collection discard {run} --reason …'")


class DayRefusedError(KasseError):
    """A run is moved to a day on which some of it may not be collected."""

    code = "collection.day_refused"
    template = N_("on {day} {count} collections of run {run} may not be collected")
    hint = N_("choose another day, or take these collections out in the same step: "
              "'kasse collection change {run} --day DATE --without LINE --reason …'")  # fmt: skip


class DueLaterError(KasseError):
    """A claim that is not due yet on the day a run is moved to."""

    code = "collection.due_later"
    template = N_("collection {run}-{line}: item {item} of office {office} is due on {due} only")
    hint = N_("choose a day from {due} on, or leave it out with --without {line}")


class NotAnnouncedThenError(KasseError):
    """A claim whose debtor was not told in time of a collection on the day a run is moved to."""

    code = "collection.not_announced_then"
    template = N_("collection {run}-{line}: {name} was not told in time of a collection on {day}")
    hint = N_("leave it out with --without {line}, tell the debtor with 'kasse collection announce', collect it later")


class AnnouncedLaterError(KasseError):
    """A claim that was announced for a later day than the one a run is moved to."""

    code = "collection.announced_later"
    template = N_("collection {run}-{line} was announced to {name} for {first} at the earliest")
    hint = N_("choose a day from {first} on, or leave it out with --without {line}")


class MandateThenError(KasseError):
    """A mandate that cannot be used on the day a run is moved to."""

    code = "collection.mandate_then"
    template = N_("collection {run}-{line}: on {day} the mandate of {name} is {state}")
    hint = N_("leave it out with --without {line}; see 'kasse mandate show {mandate}'")


class TriedLaterError(KasseError):
    """A claim that came back and is to be tried again later only."""

    code = "collection.tried_later"
    template = N_(
        "collection {run}-{line}: item {item} of office {office} came back and is tried again from {first} on"
    )
    hint = N_("choose a later day, or leave it out with --without {line}")


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A collection that took another number and sequence because one before it under the same mandate was taken out."""

    line: int
    new_line: int
    mandate_reference: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A run after a change, with what was drawn anew and what is to be noticed."""

    run: CollectionRun
    redrawn: tuple[Redrawn, ...] = ()
    findings: tuple[KasseError, ...] = ()


def redraw(
    run: CollectionRun, lines: Sequence[Line], taken: Collection[int], last: tuple[int, int], per_batch: int
) -> list[tuple[int, Line]]:
    """Return the lines that must be drawn anew where others of their mandate are taken out, with their old numbers.

    The first collection of a mandate stays FRST and carries what the debtor's bank must know, the last one FNAL
    (EPC130-08): what took that place gets a new number in a batch of its own. `last` are the last line and batch that
    the run has ever had.
    """
    by_mandate: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_mandate[line.mandate].append(line)
    moved = [pair for group in by_mandate.values() for pair in _moved(group, taken)]
    moved.sort(key=lambda pair: (pair[1].creditor_id, pair[1].sequence, pair[0]))
    return list(_placed(run, moved, last, per_batch))


def _moved(group: Sequence[Line], taken: Collection[int]) -> Iterator[tuple[int, Line]]:
    gone = [line for line in group if line.line in taken]
    left = sorted((line for line in group if line.line not in taken), key=lambda one: (_ORDER[one.sequence], one.line))
    if not gone or not left:
        return
    new = {line.line: line for line in left}
    first, last = left[0].line, left[-1].line
    for line in gone:
        if line.sequence == "FRST" and new[first].sequence == "RCUR":
            new[first] = new[first]._replace(sequence="FRST")
        if stored_amendment(line) is not None:
            new[first] = _telling(new[first], line)
    if any(line.sequence == "FNAL" for line in gone):
        new[last] = new[last]._replace(sequence="FNAL")
    yield from ((line.line, new[line.line]) for line in left if new[line.line] != line)


def _telling(line: Line, other: Line) -> Line:
    """Return the line with the amendment that the other one carried."""
    return line._replace(
        was_reference=other.was_reference, was_creditor_id=other.was_creditor_id,
        was_creditor_name=other.was_creditor_name, was_iban=other.was_iban, other_account=other.other_account,
    )  # fmt: skip


def _placed(
    run: CollectionRun, moved: Sequence[tuple[int, Line]], last: tuple[int, int], per_batch: int
) -> Iterator[tuple[int, Line]]:
    """Yield the lines with numbers and batches after those that the run has had."""
    (before, batch), filled, group = last, 0, ("", "")
    for number, (old, line) in enumerate(moved, before + 1):
        if (line.creditor_id, line.sequence) != group or filled == per_batch:
            batch, filled, group = batch + 1, 0, (line.creditor_id, line.sequence)
        filled += 1
        yield old, line._replace(line=number, batch=batch, end_to_end_id=end_to_end_id(run.office, run.number, number))


def refused(run: CollectionRun, line: Line, claim: Claim, mandate: Mandate, sieve: Sieve) -> KasseError | None:
    """Return why a claim of a run may not be collected on the day of the sieve, None where it may."""
    day, number, office = sieve.day, line.line, claim.office
    unfit, again, first = unusable(mandate, day.isoformat()), sieve.tried_on(claim), sieve.first_day(claim, mandate)
    why: KasseError
    if unfit is not None:
        why = MandateThenError(
            run=run.number, line=number, day=day, name=claim.name, state=unfit, mandate=mandate.number
        )
    elif claim.due > day.isoformat():
        why = DueLaterError(
            run=run.number, line=number, due=dt.date.fromisoformat(claim.due), item=claim.item, office=office
        )
    elif again is not None and again > day:
        why = TriedLaterError(run=run.number, line=number, first=again, item=claim.item, office=office)
    elif sieve.announced(claim, mandate):
        return None
    elif first is not None and first > day:
        why = AnnouncedLaterError(run=run.number, line=number, name=claim.name, first=first)
    else:
        why = NotAnnouncedThenError(run=run.number, line=number, name=claim.name, day=day)
    return why.at(Place(payment=line.end_to_end_id))
