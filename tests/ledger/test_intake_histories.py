"""Invariant 3 on both engines: what the pure rules say of a history is what stands in the book."""

import datetime as dt
from collections import Counter

from hypothesis import given, settings

from ledger.bank.intake_reader import complete_until, continuity
from ledger.bank.intake_store import stage_file
from ledger.store.counters import take_ids
from sepa.errors import KasseError
from sepa.identifiers.iban import make_iban
from sepa.statements import Balance, Closed, Detail, Entry, Opened
from tests.books import act
from tests.ledger.histories import History, Told, histories
from tests.ledger.test_merge import deliver


def new_account(store) -> str:
    """Add a bank account to the book, so that each example has one of its own."""
    with store.unit(["KASSE"]):
        number = take_ids(store, "KASSE", "test")
        iban = make_iban("DE", f"37040044{1000 + number:010}")
        account = f"29{number:04}"
        store.insert_one(
            "account", office="KASSE", number=account, name=iban, kind="asset", role="bank", opened_on="2026-01-01"
        )
        store.insert_one(
            "bank_account", iban=iban, office="KASSE", account=account, name=iban, collects=1, opened_on="2026-01-01"
        )
    return iban


def values(history: History, told: Told, iban: str):
    """Yield what a reader would yield of a sheet."""
    bookings = history.bookings[told.start : told.end]
    day = dt.date.fromisoformat(told.day)
    yield Opened(
        "camt.053.001.08", "M", told.id, iban, iban, "EUR", page=told.page, last_page=told.last, electronic_number=7,
        created=f"{told.created:05}", to_day=day, line=1,
    )  # fmt: skip
    for index, (when, text, cents) in enumerate(bookings):
        booked = dt.date.fromisoformat(when)
        yield Entry(index, cents, "EUR", "BOOK", booked, booked, details=(Detail(name=text.decode()),), line=index)
    balances = [("OPBD", told.start)] * told.opening + [("CLBD", told.end)] * told.closing
    found = tuple(Balance(code, history.balances[at], "EUR", day) for code, at in balances)
    yield Closed(found, len(bookings), 0, 0)


def deliver_to(store, history: History, iban: str) -> tuple[Counter, list[KasseError], list[KasseError]]:
    """Import the files, and those that were refused again as long as that helps; return entries, refusals, findings."""
    waiting, findings, attempt = list(enumerate(history.files)), [], 0
    while True:
        refused, errors = [], []
        for number, file in waiting:
            attempt += 1
            stream = (value for told in file for value in values(history, told, iban))
            try:
                staged = stage_file(store, f"{number}.xml", f"{iban}-{attempt}", 1, stream)
                findings += staged.findings
            except KasseError as error:
                refused.append((number, file))
                errors.append(error)
        if not refused or len(refused) == len(waiting):
            sql = "SELECT bank_day, name, amount_cents, count(*) FROM bank_entry WHERE iban = :iban GROUP BY 1, 2, 3"
            entries = {(day, name.encode(), cents): count for day, name, cents, count in store.rows(sql, iban=iban)}
            return Counter(entries), errors, findings
        waiting = refused


@settings(max_examples=15)
@given(history=histories())
def test_the_book_holds_what_the_rules_decide(store, history):
    clerk = act(store, "clara")
    iban = new_account(clerk)
    entries, errors, findings = deliver_to(clerk, history, iban)
    book, expected = deliver(history)
    assert entries == book.entries
    assert sorted(error.code for error in errors) == sorted(error.code for error in expected)
    assert len(findings) == len(book.findings)
    linked = "SELECT count(*) FROM bank_entry e WHERE iban = :iban AND NOT EXISTS (SELECT 1 FROM statement_entry l WHERE l.office = e.office AND l.entry = e.id)"
    assert clerk.value(linked, iban=iban) == 0


@settings(max_examples=15)
@given(history=histories(ordinary=True))
def test_an_ordinary_history_is_complete(store, history):
    clerk = act(store, "clara")
    iban = new_account(clerk)
    entries, errors, findings = deliver_to(clerk, history, iban)
    assert (errors, findings, entries) == ([], [], history.truth)
    (chain,) = continuity(clerk, iban)
    assert [gap.code for gap in chain.findings] == []
    assert complete_until(clerk, iban) == chain.last_day
