"""Batches of a statement with the single payments that the bank sends apart (camt.054), where they add up.

A bank points from a collective entry to its notification by the notification's message id (`Ntry/AddtlInfInd`), by its
own reference or by the id of our batch (DFÜ-Abkommen Anlage 3, chapter on camt.054). Nothing is joined on a guess:
account and amount must agree, and of several that fit none is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from sepa.errors import N_, NOWHERE, KasseError, Place
from sepa.reasons import transaction
from sepa.statement_errors import DetailCountError, DetailSumError
from sepa.statements import Closed, Entry, Opened, StatementEvent, StatementStream

Key = tuple[str, str, str]
_STATEMENT = "camt.053"
_NO_REFERENCE = frozenset(("", "NONREF", "NOTPROVIDED", "NOREF"))
_REPLACED = frozenset((DetailCountError.code, DetailSumError.code))


class DetailsMissingError(KasseError):
    """A collective entry whose notification was not given."""

    code = "statement.details_missing"
    template = N_("the details of {amount_cents} {currency} stand in the notification {message}, which is not here")
    hint = N_("fetch the camt.054 of that day and give it beside the statement")
    severity = "info"


class DetailsAmbiguousError(KasseError):
    """A collective entry for which several notifications fit."""

    code = "statement.details_ambiguous"
    template = N_("{count} notifications fit the entry of {amount_cents} {currency}, none was taken")
    hint = N_("give the notification of the entry alone, or ask the bank")
    severity = "warning"


class DetailsLooseError(KasseError):
    """A notification that belongs to no entry of the statements given."""

    code = "statement.details_loose"
    template = N_("the notification {message} of {amount_cents} {currency} belongs to no entry of the statements")
    hint = N_("give the statement of its day as well")
    severity = "info"


@dataclass(slots=True)
class _Notice:
    """One entry of a notification, and whether an entry of a statement took it."""

    message: str
    entry: Entry
    place: Place
    taken: bool = False


@dataclass(slots=True)
class _Statement:
    """What was found while the entries of one statement passed."""

    account: str = ""
    place: Place = NOWHERE
    final: bool = False
    joined: set[int | None] = field(default_factory=set)
    findings: list[KasseError] = field(default_factory=list)


class Details:
    """The details of notifications, held in memory, for the entries of statements that pass by."""

    def __init__(self) -> None:
        self._notices: list[_Notice] = []
        self._by_key: defaultdict[Key, list[_Notice]] = defaultdict(list)
        self._mixed: set[str | None] = set()

    def __len__(self) -> int:
        """Return how many entries of notifications there are."""
        return len(self._notices)

    def add(self, notifications: Iterable[StatementEvent], file: str = "") -> None:
        """Take the entries of notifications (camt.054) that name their single payments."""
        opened: Opened | None = None
        for event in notifications:
            if isinstance(event, Opened):
                opened = event
            elif isinstance(event, Entry) and event.details and opened is not None:
                notice = _Notice(opened.message_id, event, Place(file=file or None, line=event.line))
                self._notices.append(notice)
                for key in _keys(event, opened.account, opened.message_id):
                    self._by_key[key].append(notice)
            elif isinstance(event, Entry):
                self._mixed.add(file or None)

    def joined(self, statements: Iterable[StatementEvent], file: str = "") -> StatementStream:
        """Yield the events, entries of statements (camt.053) with the details that belong to them.

        Findings stand in `Closed`. Reports of the day and notifications pass as they are.
        """
        one = _Statement()
        for event in statements:
            if isinstance(event, Opened):
                one = _Statement(event.account, Place(file=file or None), event.message.startswith(_STATEMENT))
                yield event
            elif not one.final:
                yield event
            elif isinstance(event, Entry):
                yield self._entry(event, one)
            else:
                yield _closed(event, one)

    def loose(self) -> Iterator[KasseError]:
        """Yield a finding for each notification that no entry took."""
        for notice in self._notices:
            if not notice.taken:
                cents, currency = notice.entry.amount_cents, notice.entry.currency
                yield DetailsLooseError(
                    message=notice.message, amount_cents=cents, currency=currency, place=notice.place
                )

    def used(self) -> frozenset[str | None]:
        """Return the files of which every entry was taken by an entry of a statement."""
        left = {notice.place.file for notice in self._notices if not notice.taken}
        return frozenset({notice.place.file for notice in self._notices} - left - self._mixed)

    def _entry(self, entry: Entry, one: _Statement) -> Entry:
        place = one.place.within(Place(line=entry.line))
        near: list[_Notice] = []
        for key in _keys(entry, one.account, entry.detail_message_id):
            found = [notice for notice in self._by_key.get(key, ()) if not notice.taken]
            near = near or found
            whole = [notice for notice in found if _fits(entry, notice.entry)]
            if len(whole) == 1 or (not whole and _add_up(entry, found)):
                return self._take(entry, whole or found, one, place)
            if len(whole) > 1:
                if not _is_complete(entry):
                    one.findings.append(_ambiguous(entry, len(whole), place))
                return entry
        return entry if _is_complete(entry) else _untouched(entry, near, one, place)

    def _take(self, entry: Entry, notices: list[_Notice], one: _Statement, place: Place) -> Entry:
        for notice in notices:
            notice.taken = True
        if _is_complete(entry):
            return entry
        details = tuple(detail for notice in notices for detail in notice.entry.details)
        count = entry.batch_count
        if count is not None and count != len(details):
            one.findings.append(DetailCountError(expected=count, found=len(details), place=place))
        one.joined.add(entry.line)
        agree = count in {None, len(details)} and all(notice.entry.details_agree for notice in notices)
        return replace(entry, details=details, details_agree=agree, detail_message_id=notices[0].message)


def _ambiguous(entry: Entry, count: int, place: Place) -> KasseError:
    cents, currency = entry.amount_cents, entry.currency
    return DetailsAmbiguousError(count=count, amount_cents=cents, currency=currency, place=place)


def _untouched(entry: Entry, near: list[_Notice], one: _Statement, place: Place) -> Entry:
    """Say that the notification an entry points to does not add up to it, or is missing."""
    if near:
        total = sum(notice.entry.amount_cents for notice in near)
        one.joined.add(entry.line)
        one.findings.append(DetailSumError(details_cents=total, entry_cents=entry.amount_cents, place=place))
        for notice in near:
            notice.taken = True
        return replace(entry, details_agree=False)
    if message := entry.detail_message_id:
        cents, currency = entry.amount_cents, entry.currency
        one.findings.append(DetailsMissingError(message=message, amount_cents=cents, currency=currency, place=place))
    return entry


def join_details(
    statements: Iterable[StatementEvent], notifications: Iterable[StatementEvent], *, file: str = ""
) -> StatementStream:
    """Yield the statements with the details of the notifications, which are held in memory.

    What does not add up, is missing, or belongs to no entry is a finding of the statement, the last of the last one.
    """
    details = Details()
    details.add(notifications)
    held: Closed | None = None
    for event in details.joined(statements, file):
        if held is not None:
            yield held
        held = event if isinstance(event, Closed) else None
        if held is None:
            yield event
    if held is not None:
        yield replace(held, findings=(*held.findings, *details.loose()))


def _keys(entry: Entry, account: str, message: str) -> Iterator[Key]:
    """Yield what an entry may be found by, the surest first."""
    batches = {detail.payment_information_id for detail in entry.details} - {""}
    batch = entry.batch_payment_information_id or (batches.pop() if len(batches) == 1 else "")
    named = (
        ("servicer", entry.servicer_reference),
        ("message", message),
        ("batch", batch),
        ("batch message", entry.batch_message_id),
    )
    return ((kind, account, value) for kind, value in named if value not in _NO_REFERENCE)


def _is_complete(entry: Entry) -> bool:
    """Tell whether an entry has its single payments already."""
    count = len(entry.details)
    if not entry.details_agree or count != 1:
        return entry.details_agree and count > 1
    return not (entry.detail_message_id or (entry.batch_count or 1) > 1 or transaction(entry.gvc).batch)


def _fits(entry: Entry, notice: Entry) -> bool:
    return (entry.amount_cents, entry.currency) == (notice.amount_cents, notice.currency)


def _add_up(entry: Entry, found: list[_Notice]) -> bool:
    """Tell whether the entries of one notification, taken together, are the entry."""
    if len(found) < 2 or any(notice.entry.currency != entry.currency for notice in found):
        return False
    return sum(notice.entry.amount_cents for notice in found) == entry.amount_cents


def _closed(closed: Closed, one: _Statement) -> Closed:
    """Return the end of a statement without the findings that the joined details settled."""
    kept = (f for f in closed.findings if f.code not in _REPLACED or f.place.line not in one.joined)
    return replace(closed, findings=(*kept, *one.findings))
