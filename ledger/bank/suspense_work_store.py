"""Who works on a case, until when it rests, and what was written down about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ledger.bank.posting import CASE_COLUMNS
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import Done, Hold, Note, Release, Reserve, ReservedCaseError, Sitting
from ledger.bank.suspense_moves_store import note_event, open_case, owner_name
from ledger.bank.suspense_store import Case, find_case
from ledger.book.store import kasse_office
from ledger.people.users import require, user_id
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

MOST_CHARACTERS = 2000
_OWN = "UPDATE suspense_case SET owner = :owner WHERE office = :office AND item = :item"
_REST = "UPDATE suspense_case SET hold_until = :until WHERE office = :office AND item = :item"
_ROLE = "SELECT 1 FROM user_role WHERE user_id = :user AND office IN (:office, '*') AND role = 'clerk'"


class NoClerkError(KasseError):
    """A case given to somebody who may not work on it."""

    code = "suspense.no_clerk"
    template = N_("{user} cannot work on cases of office {office}: it needs the role clerk")
    hint = N_("name somebody who has the role; 'kasse user list' shows who has")


class HoldDayError(KasseError):
    """A case laid aside until a day that is not to come."""

    code = "suspense.hold_day"
    template = N_("a case cannot rest until {until}: that is not after {day}")
    hint = N_("give a later day with --until")


class NoWordsError(KasseError):
    """A decision that needs words and has none."""

    code = "suspense.no_words"
    template = N_("case {number}: the reason, or the text of the note, is missing")
    hint = N_("say why with --reason, or what is known, who was asked, what is waited for as the text of a note")


class NoReasonError(NoWordsError):
    """An entry that is to be taken back without a reason."""

    template = N_("entry {entry}: the reason is missing")
    hint = N_("say with --reason why it is taken back")


class TooManyWordsError(KasseError):
    """A note that is a letter."""

    code = "suspense.long_note"
    template = N_("a note has at most {most} characters, this one {length}")
    hint = N_("keep the letter in the file and note where it is")


def reserve(store: Store, decision: Reserve, sitting: Sitting) -> Done:
    """Give a case to a clerk; from another clerk only by taking it over, which leaves a trace; inside a unit.

    Raises `UnknownCaseError`, `NotAllowedError`, `ClearedCaseError`, `ReservedCaseError`, `NoClerkError`,
    `UnknownUserError`.
    """
    case = _case(store, decision.number, decision.office)
    if not case.open_cents:
        raise ClearedCaseError(number=case.number)
    owner = user_id(store, decision.owner) if decision.owner else store.user
    if store.value(_ROLE, user=owner, office=case.office) is None:
        raise NoClerkError(user=decision.owner or "", office=case.office)
    if case.owner == owner:
        return _unchanged(case, "reserve", sitting)
    if case.owner not in (None, store.user) and not decision.take_over:
        raise ReservedCaseError(number=case.number, owner=owner_name(store, case))
    _file(store, case)
    store.execute(_OWN, owner=owner, office=case.office, item=case.number)
    note_event(store, case, "reserve", {"owner": owner, "before": case.owner}, {"reason": decision.reason})
    return _changed(case, "reserve", sitting)


def release(store: Store, decision: Release, sitting: Sitting) -> Done:
    """Give one's own case back to all; inside a unit.

    Raises `UnknownCaseError`, `NotAllowedError`, `ReservedCaseError`.
    """
    case = open_case(store, decision.number, decision.office)
    if case.owner is None:
        return _unchanged(case, "release", sitting)
    store.execute(_OWN, owner=None, office=case.office, item=case.number)
    note_event(store, case, "release", {"before": case.owner})
    return _changed(case, "release", sitting)


def hold(store: Store, decision: Hold, sitting: Sitting) -> Done:
    """Lay a case aside until a day with the reason, or take it up again; inside a unit.

    Raises `UnknownCaseError`, `NotAllowedError`, `ReservedCaseError`, `ClearedCaseError`, `HoldDayError`,
    `NoWordsError`.
    """
    case = open_case(store, decision.number, decision.office)
    if decision.until and not case.open_cents:
        raise ClearedCaseError(number=case.number)
    verb = "hold" if decision.until else "resume"
    if case.hold_until == decision.until and not decision.reason:
        return _unchanged(case, verb, sitting)
    if decision.until is not None:
        if decision.until <= sitting.day:
            until, day = dt.date.fromisoformat(decision.until), dt.date.fromisoformat(sitting.day)
            raise HoldDayError(until=until, day=day)
        _words(case, decision.reason)
    _file(store, case)
    store.execute(_REST, until=decision.until, office=case.office, item=case.number)
    note_event(store, case, verb, {"until": decision.until}, {"reason": decision.reason})
    return _changed(case, verb, sitting)


def note(store: Store, decision: Note, sitting: Sitting) -> Done:
    """Write a note to a case, whoever works on it; inside a unit.

    Raises `UnknownCaseError`, `NotAllowedError`, `NoWordsError`, `TooManyWordsError`.
    """
    case = _case(store, decision.number, decision.office)
    _words(case, decision.text)
    note_event(store, case, "note", {}, {"text": decision.text.strip()})
    return _changed(case, "note", sitting)


def _case(store: Store, number: int, office: str | None) -> Case:
    code = office or kasse_office(store)
    require(store, code, "clerk")
    return find_case(store, code, number)


def _words(case: Case, text: str) -> None:
    if not text.strip():
        raise NoWordsError(number=case.number)
    if len(text) > MOST_CHARACTERS:
        raise TooManyWordsError(most=MOST_CHARACTERS, length=len(text))


def _file(store: Store, case: Case) -> None:
    """Give money a row as a case where it has none: what came without a bank entry."""
    if not case.filed:
        store.insert("suspense_case", CASE_COLUMNS, [(case.office, case.number, None, "opening", None)])


def _changed(case: Case, verb: str, sitting: Sitting) -> Done:
    bound = case.bound_cents
    return Done(verb, case.office, case.number, left_cents=case.open_cents, batch=sitting.batch, bound_cents=bound)


def _unchanged(case: Case, verb: str, sitting: Sitting) -> Done:
    return replace(_changed(case, verb, sitting), new=False)
