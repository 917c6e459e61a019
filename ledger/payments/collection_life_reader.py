"""The whole life of one collection on one page, and the list of what came back with what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.payments.collection_claims_reader import came_back
from ledger.payments.collection_policy import ComingBack, coming_back, retry_day
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_reader import collections
from ledger.payments.collection_runs import CollectionRun, CollectionView
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.money import plain
from sepa.reasons import reason

_NUMBER = re.compile(r"L?([0-9]{1,12})(?:-([0-9]{1,7}))?")
_EVENTS = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts,
           CASE WHEN e.action = 'collection.change' THEN d.details END
    FROM event e LEFT JOIN app_user u ON u.id = e.by
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.object = :object ORDER BY e.office, e.position"""
_BANK = """
    SELECT b.bank_day, b.amount_cents, b.id FROM collection c
    JOIN bank_entry b ON (b.office = c.credit_office AND b.id = c.credit_entry)
        OR (b.office = c.return_office AND b.id = c.return_entry)
    WHERE c.office = :office AND c.run = :run AND c.line = :line ORDER BY b.bank_day, b.id"""
_RETURNS = """
    SELECT c.run, c.line, c.ended_on, c.debtor_name, c.cents, c.return_reason, coalesce(c.fee_cents, 0), c.state,
           m.state, p.item_office, p.item
    FROM collection c JOIN mandate m ON m.id = c.mandate
    JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    WHERE c.state IN ('returned', 'rejected', 'reversed') AND c.ended_on >= :since
    ORDER BY c.ended_on, c.run, c.line, p.part"""
_ASKED = """
    SELECT m.message_id, m.kind FROM collection_message m
    JOIN collection_message_line l ON l.office = m.office AND l.message = m.id
    WHERE m.office = :office AND l.run = :run AND l.line = :line"""
N_("again"), N_("contact"), N_("check"), N_("new-account"), N_("other-account"), N_("other-scheme"), N_("fix-data")
(
    N_("fix-file"),
    N_("resubmit"),
    N_("stop-mandate"),
    N_("estate"),
    N_("ask-release"),
    N_("manual"),
    N_("bank credit"),
    N_("debit"),
    N_("credited"),
    N_("stopped by the bank"),
    N_("recall refused"),
    N_("given back"),
    N_("run changed"),
    N_("taken out of the run"),
    N_("got another number"),
    N_("recall asked for"),
    N_("reversal asked for"),
    N_("request approved"),
    N_("file of the request written"),
)
_STEPS = {
    "propose": "proposed", "review": "reviewed", "release": "released", "export": "file written",
    "change": "run changed", "discard": "run discarded", "ask_void": "file to be given up", "void": "file given up",
    "answer": "answered by the bank", "rejected": "refused by the bank", "recalled": "stopped by the bank",
    "recall_refused": "recall refused", "credit": "credited", "execute": "executed", "returned": "returned",
    "reversed": "given back", "export_again": "file written again", "ask_recall": "recall asked for",
    "ask_reversal": "reversal asked for", "approve": "request approved", "request": "file of the request written",
}  # fmt: skip
"""The words for what an event did, by the last part of its action."""


class CollectionNumberError(KasseError):
    """A text that names no run and no collection."""

    code = "collection.number"
    template = N_("not a collection: {text}")
    hint = N_("write a run as 3, one collection of it as 3-7")
    exit_code = 2


class UnknownCollectionError(KasseError):
    """A run without that line."""

    code = "collection.line"
    template = N_("collection run {run} has no collection {line}")
    hint = N_("see 'kasse collection show {run}'")


def split_number(text: str) -> tuple[int, int | None]:
    """Return run and line of a number as people write it.

    >>> split_number("3-7"), split_number("3")
    ((3, 7), (3, None))

    Raises `CollectionNumberError`.
    """
    found = _NUMBER.fullmatch(text.strip().upper())
    if found is None:
        raise CollectionNumberError(text=text)
    return int(found[1]), int(found[2]) if found[2] else None


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One step in the life of a collection: when, who (blank for the bank), what, with what."""

    at: str
    by: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class CollectionLife:
    """One collection with everything that happened to it and until when it can come back."""

    number: str
    collection: CollectionView
    coming_back: ComingBack
    events: tuple[LifeEvent, ...]


def _step(action: str, facts: str, line: int) -> str:
    known = json.loads(facts)
    if action == "collection.change" and str(line) in known["without"].split():
        return "taken out of the run"
    if action == "collection.change" and any(pair.split("-")[0] == str(line) for pair in known["redrawn"].split()):
        return "got another number"
    return _STEPS.get(action.rpartition(".")[2], action)


def _concerns(step: str, facts: Mapping[str, object], one: CollectionView, asked: Mapping[str, str]) -> bool:
    """Return whether an event of the run is about this collection; `asked` are the requests that name it, by their ids.

    What the bank refused or stopped stands in the events by number only: the state tells whether it was this one.
    """
    if step in {"ask_recall", "ask_reversal", "approve", "request"}:
        return facts.get("message_id") in asked
    if step == "recall_refused":
        return "recall" in asked.values()
    if step in {"rejected", "recalled"}:
        return one.state == step
    return facts.get("line") in {None, one.line}


def life(store: Store, run: CollectionRun, line: int) -> CollectionLife:
    """Return one collection's whole life; raises `UnknownCollectionError`."""
    found = next((one for one in collections(store, run, discarded=True) if one.line == line), None)
    if found is None:
        raise UnknownCollectionError(run=run.number, line=line)
    asked: dict[str, str] = dict(store.all(_ASKED, office=run.office, run=run.number, line=line))
    events = [
        LifeEvent(at, by, _step(action, facts, line), _facts(facts, details))
        for at, by, action, facts, details in store.rows(_EVENTS, object=f"collection_run:{run.number}")
        if _concerns(action.rpartition(".")[2], json.loads(facts), found, asked)
    ]
    for day, cents, number in store.rows(_BANK, office=run.office, run=run.number, line=line):
        what = "bank credit" if cents > 0 else "debit"
        events.append(LifeEvent(day, "", what, f"{number}"))
    until = coming_back(run.scheme, run.collection_day, policy_of(store).refunds)
    return CollectionLife(f"{run.number}-{line}", found, until, tuple(sorted(events, key=lambda one: one.at)))


def _facts(text: str, details: str | None = None) -> str:
    known = json.loads(text)
    said = [str(known[key]) for key in ("status", "reason", "message_id") if known.get(key)]
    if known.get("was_day", known.get("day")) != known.get("day"):
        said.append(f"{known['was_day']} → {known['day']},")
    said += [pair.replace("-", " → ") + "," for pair in known.get("redrawn", "").split()]
    said += [str(json.loads(details or "{}").get("reason", ""))] if details else []
    if known.get("fee_cents"):
        said.append(f"+ {plain(known['fee_cents'])} EUR")
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class Return:
    """A collection that came back or was refused; `next` is what to do, `again_on` when it is tried again by itself."""

    number: str
    ended_on: str
    debtor: str
    amount_cents: int
    reason: str
    meaning: str
    fee_cents: int
    state: str
    mandate_state: str
    next: str
    again_on: str | None
    items: str


def returns(store: Store, since: str, *, language_german: bool = True) -> tuple[Return, ...]:
    """Return what came back or was refused since a day, in order, each with what to do next."""
    rules, again = policy_of(store).retries, came_back(store)
    rows: dict[tuple[int, int], list[tuple[object, ...]]] = {}
    for run, line, *row in store.rows(_RETURNS, since=since):
        rows.setdefault((run, line), []).append(tuple(row))
    found = []
    for (run, line), parts in rows.items():
        ended_on, debtor, cents, code, fee, state, mandate_state, office, item = parts[0]
        why = reason(str(code or ""))
        back = again.get((str(office), int(str(item))))
        day = (
            retry_day(back.times, str(code or ""), str(ended_on), rules) if back and back.ended_on == ended_on else None
        )
        tried = day is not None and mandate_state == "active"
        found.append(
            Return(
                f"{run}-{line}", str(ended_on), str(debtor), int(str(cents)), str(code or ""),
                why.german if language_german else why.english, int(str(fee)), str(state), str(mandate_state),
                "again" if tried else "check" if state == "reversed" else why.action,
                day.isoformat() if tried and day else None, " ".join(f"{part[7]}/{part[8]}" for part in parts),
            )
        )  # fmt: skip
    return tuple(found)
