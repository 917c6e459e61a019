"""What the commands on parties show: lists, one party, its account."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from kasse_cli.claim_words import CLAIM_KINDS, LETTER_STATES, RELIEF_KINDS
from kasse_cli.event_words import action_text, who_text
from kasse_cli.evidence import NAMES
from kasse_cli.i18n import _, day, shown
from kasse_cli.object_words import object_text
from kasse_cli.output import Column, Result, Table, say
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.letters import LetterRow
    from enforcement.relief_reader import PartyRelief
    from ledger.items.locks import Lock
    from ledger.items.party_account import PartyAccountPage
    from ledger.people.party_values import Account, PartyEvent, PartyFacts, PartyRow

LIST = (
    Column("number", N_("Party"), "count"),
    Column("name", N_("Name")),
    Column("legal_name", N_("Account holder"), shown=False),
    Column("town", N_("Town"), minor=True),
    Column("birth_date", N_("Born"), "day", minor=True),
    Column("items", N_("Open items"), "count"),
    Column("owes_cents", N_("Owes"), "cents"),
    Column("gets_cents", N_("Gets"), "cents"),
    Column("merged_into", N_("Part of"), "count", minor=True),
)
FACTS = (
    Column("label", N_("Field"), "word"),
    Column("value", N_("Value"), shown=False),
    Column("shown", N_("Value")),
)
LABELS = {
    "name": N_("Name"), "legal_name": N_("Account holder"), "street": N_("Street"), "house_number": N_("House number"),
    "postcode": N_("Postcode"), "town": N_("Town"), "country": N_("Country"), "birth_date": N_("Born"),
    "vat_id": N_("VAT number"), "merged_into": N_("Part of"), "merged_from": N_("Merged into it"),
    "former": N_("Former numbers"),
}  # fmt: skip
CHANGED = LABELS | {"iban": N_("account noted"), "bic": N_("BIC noted"), "end_iban": N_("account ended")}
"""What a change of a party touched."""
SOURCES = {
    "clerk": N_("noted by hand"), "order": N_("order"), "opening": N_("take-over"), "mandate": N_("mandate"),
    "clarification": N_("clarification"),
}  # fmt: skip
"""Where an account is known from, unless people wrote it down."""
ACCOUNTS = (
    Column("iban", N_("IBAN")),
    Column("kind", N_("Kind"), "word"),
    Column("source", N_("Source"), "word", words=SOURCES),
    Column("since", N_("Since"), "day"),
    Column("until", N_("Until"), "day"),
    Column("bic", N_("BIC"), shown=False),
)
EVENTS = (
    Column("at", N_("At")),
    Column("by", N_("User"), shown=False),
    Column("who", N_("By")),
    Column("action", N_("Action"), shown=False),
    Column("what", N_("What")),
    Column("words", N_("Details")),
)
LOCKS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("kind", N_("Lock"), "word"),
    Column("since", N_("Since"), "day"),
    Column("until", N_("Until"), "day"),
    Column("lifted_on", N_("Lifted"), "day", minor=True),
    Column("why", N_("Reason")),
    Column("made_by", N_("By")),
    Column("reason", N_("As written"), shown=False),
)
ITEMS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose"), minor=2),
    Column("due", N_("Due"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("open_cents", N_("Open"), "cents"),
    Column("days_overdue", N_("Days"), "count", minor=True),
    Column("dunning_level", N_("Level"), "count", minor=True),
    Column("main_item", N_("Of item"), "count", minor=2),
    Column("claim_kind", N_("Claim"), "word", words=CLAIM_KINDS, minor=True),
    Column("locks", N_("Locks"), shown=False),
    Column("locked", N_("Locks"), minor=True),
    Column("joint", N_("Owed with"), minor=2),
    Column("order", N_("Order"), minor=2),
    Column("side", N_("Side"), shown=False),
    Column("opened_on", N_("Posted"), "day", shown=False),
    Column("original_due", N_("First due"), "day", shown=False),
    Column("dunned_on", N_("Dunned"), "day", shown=False),
)
MOVES = (
    Column("day", N_("Day"), "day"),
    Column("what", N_("What"), "word"),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), minor=True),
    Column("text", N_("Text"), minor=True),
    Column("entry", N_("Entry"), minor=2),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
)
ORDERS = (
    Column("number", N_("Order")),
    Column("act", N_("Act"), "word"),
    Column("state", N_("State"), "word"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("purpose", N_("Purpose")),
)
LETTERS = (
    Column("letter", N_("Letter"), "count"),
    Column("day", N_("Day"), "day"),
    Column("kind", N_("Kind"), "word"),
    Column("state", N_("State"), "word", words=LETTER_STATES),
    Column("reference", N_("Reference"), minor=2),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("posted_on", N_("Mailed on"), "day"),
    Column("term_end", N_("Term ends"), "day", minor=True),
    Column("served_on", N_("Served"), "day", minor=True),
    Column("returned_on", N_("Returned"), "day", minor=True),
)
RELIEFS = (
    Column("number", N_("Relief"), "count"),
    Column("kind", N_("Kind"), "word", words=RELIEF_KINDS),
    Column("state", N_("State"), "word"),
    Column("first_day", N_("From"), "day"),
    Column("last_day", N_("Until"), "day"),
    Column("ended_on", N_("Ended"), "day", minor=True),
)


def listed(parties: Sequence[PartyRow]) -> Result:
    """Return a list of parties with its sums."""
    owes, gets = sum(party.owes_cents for party in parties), sum(party.gets_cents for party in parties)
    line = say(
        N_("parties: {count}, they owe {owes_cents} and get {gets_cents}"),
        count=len(parties),
        owes_cents=owes,
        gets_cents=gets,
    )
    return Result({"owes_cents": owes, "gets_cents": gets}, [Table("parties", LIST, parties)], [line])


def page(facts: PartyFacts, locks: Sequence[Lock]) -> Result:
    """Return one party: what is known, its accounts, locks and history."""
    from kasse_cli.lock_words import lock_rows

    tables = [
        Table("facts", FACTS, _facts(facts)),
        Table("accounts", _account_columns(facts.accounts), facts.accounts, N_("Bank accounts")),
        Table("locks", LOCKS, lock_rows(locks), N_("Locks")),
        Table("events", EVENTS, [_event(event) for event in facts.events], N_("History")),
    ]
    return Result({"number": facts.number}, tables)


def _account_columns(accounts: Sequence[Account]) -> tuple[Column, ...]:
    """Return the columns of accounts: people see BICs where there are any, outside the EEA."""
    abroad = any(account.bic for account in accounts)
    return tuple(replace(column, shown=abroad) if column.key == "bic" else column for column in ACCOUNTS)


def _facts(facts: PartyFacts) -> list[dict[str, str]]:
    values = {name: getattr(facts, name) for name in LABELS}
    values["merged_from"] = ", ".join(map(str, facts.merged_from)) or None
    values["former"] = ", ".join(facts.former) or None
    told = {"number": facts.number, **values}
    return [
        {"name": name, "label": LABELS.get(name, N_("Party")), "value": str(value), "shown": fact_text(name, value)}
        for name, value in told.items()
        if value is not None
    ]


def fact_text(name: str, value: object) -> str:
    """Return what is known of a party as people read it: days in the form of their language."""
    return day(dt.date.fromisoformat(str(value))) if name == "birth_date" and value else str(value)


def _event(event: PartyEvent) -> dict[str, object]:
    """Return an event with its details in words: what is now, and in brackets what was."""
    from kasse_cli.lock_words import lock_words

    details = json.loads(event.details) if event.details else {}
    words = []
    for key, value in details.items():
        if value is None or key.startswith("old_"):
            continue
        name = key.removeprefix("new_")
        old = details.get(f"old_{name}")
        label = _(LABELS.get(name, NAMES.get(name, name)))
        said = lock_words(value) if name == "reason" and isinstance(value, str) else shown(name, value)
        words.append(f"{label}: {said}" + (f" ({shown(name, old)})" if old is not None else ""))
    words += [f"{action_text(action)}{f' ({object_text(name)})' if name else ''}" for action, name in event.beside]
    known = {
        "what": action_text(event.action),
        "at": event.at,
        "by": event.by,
        "who": who_text(event.by, event.on_behalf),
        "on_behalf": event.on_behalf,
        "action": event.action,
        "facts": json.loads(event.facts),
        "beside": [{"action": action, "object": name} for action, name in event.beside],
    }
    return known | {"details": details, "words": "; ".join(words)}


def account(page: PartyAccountPage, letters: Sequence[LetterRow], reliefs: Sequence[PartyRelief]) -> Result:
    """Return the whole story of a party on one page, with letters and relief up to the day."""
    from kasse_cli.lock_words import lock_rows

    party = page.party
    town = " ".join(filter(None, (party.postcode, party.town)))
    address = ", ".join(filter(None, (" ".join(filter(None, (party.street, party.house_number))), town)))
    day = dt.date.fromisoformat(page.day)
    lines = [
        say(N_("{name} ({number}), {address}"), name=party.name, number=party.number, address=address or "-"),
        say(
            N_(
                "on {day}: owes {owes_cents}, of it overdue {overdue_cents}; gets {gets_cents}; balance {balance_cents}"
            ),
            day=day,
            owes_cents=page.owes_cents,
            overdue_cents=page.overdue_cents,
            gets_cents=page.gets_cents,
            balance_cents=page.balance_cents,
        ),
    ]
    items = [
        asdict(one) | {"locked": ", ".join(_(kind) for kind in one.locks.split(", ") if kind)} for one in page.items
    ]
    tables = [Table("items", ITEMS, items, N_("Items")), Table("moves", MOVES, page.moves, N_("Account"))]
    if page.locks:
        tables.append(Table("locks", LOCKS, lock_rows(page.locks), N_("Locks")))
    if letters:
        tables.append(Table("letters", LETTERS, letters, N_("Letters")))
    if reliefs:
        tables.append(Table("reliefs", RELIEFS, reliefs, N_("Relief")))
    if page.orders:
        tables.append(Table("orders", ORDERS, page.orders, N_("Orders under way")))
    data = {"day": page.day, "party": page.party, "owes_cents": page.owes_cents, "gets_cents": page.gets_cents}
    data |= {"overdue_cents": page.overdue_cents, "balance_cents": page.balance_cents}
    return Result(data, tables, lines)
