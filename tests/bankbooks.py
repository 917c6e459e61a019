"""Items and bank entries for tests, written as short text, and the invariants that must hold after every step."""

import re
from hashlib import sha256
from itertools import count

from ledger.bank.said import DETAIL_WORDS, ENTRY_WORDS, SAID, with_said
from ledger.bank.said_store import seal_bank
from ledger.book.chain import book_head
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, post
from ledger.events.store import record
from ledger.items.kassenzeichen import active_schemes
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.people.parties import match_key
from ledger.store.counters import BOOK, take_ids
from sepa.money import parse_amount
from tests.books import MAIN_IBAN, told

OFFICES = ("BAU", "KASSE", "ORDNUNG")
DAY = "2026-11-16"
_SERIAL = count(1)


def reference(store, number: int) -> str:
    """Return the Kassenzeichen with that running number."""
    return active_schemes(store)[0].number(number)


def party(store, name: str, iban: str | None = None, kind: str = "own") -> int:
    """Add a person and return its number; inside a unit."""
    number = take_ids(store, BOOK, "party")
    store.insert_one("party", id=number, name=name, match_key=match_key(name), address_key="", created_at=store.now)
    if iban:
        store.insert_one("party_account", party=number, iban=iban, kind=kind, source="test", since="2026-01-01")
    told(store, number)
    return number


def item(
    store, amount: str, ref: str | None = None, *, office="ORDNUNG", name="Max Mustermann", due="2026-10-01",
    kind="receivable", person=None, iban=None, **more,
) -> int:  # fmt: skip
    """Make an open item with its entry and return its number."""
    with store.unit(OFFICES):
        person = person or party(store, name, iban)
        number, cents = reserve_items(store, office), parse_amount(amount)
        side = "D" if kind in {"receivable", "advance"} else "C"
        account = account_with_role(store, office, kind)
        opening = opening_posting(side, account, number, cents)
        other = Posting("5100" if side == "D" else "6100", -opening.cents)
        source = f"order:{more['order_id']}" if "order_id" in more else None
        (posted,) = post(store, [Draft(office, "order", "2026-09-01", (opening, other), source)])
        made = NewItem(
            office=office, id=number, kind=kind, account=account, amount_cents=cents, due=due, opened_on="2026-09-01",
            position=posted.position, party=person, reference=ref, **more,
        )  # fmt: skip
        insert_items(store, [made])
    return number


def staged(store, amount: str, text: str = "", *, day=DAY, iban=MAIN_IBAN, sha="00", details=(), **more) -> int:
    """Stage one bank entry as intake does and return its number; `details` are (amount, text) or mappings.

    Without a name the debtor pays whose reference the text holds.
    """
    more = {"name": _debtor(store, text)} | more
    serial = next(_SERIAL)
    with store.unit(["KASSE"]):
        statement = take_ids(store, BOOK, "statement")
        store.insert_one(
            "statement", id=statement, iban=iban, message="camt.053", statement_id=f"S{serial}", last_page=1,
            file_sha256=sha, entry_count=1, credit_cents=0, debit_cents=0,
        )  # fmt: skip
        number = take_ids(store, "KASSE", "bank_entry")
        values = {
            "value_day": day, "reversal": 0, "name": None, "counter_iban": None, "gvc": None, "detail_count": 1,
            "remittance": text or None,
        } | more  # fmt: skip
        if details:
            values["detail_count"] = len(details)
        write_said(
            store, "bank_entry", ENTRY_WORDS, office="KASSE", id=number, iban=iban, bank_day=day, fingerprint=serial.to_bytes(8, "big"),
            occurrence=1, statement=statement, amount_cents=parse_amount(amount), state="staged", **values,
        )  # fmt: skip
        for line, detail in enumerate(details, 1):
            given = detail if isinstance(detail, dict) else {"amount": detail[0], "remittance": detail[1]}
            given = dict(given)
            part = given.pop("amount")
            cents = None if part is None else parse_amount(part)
            write_said(
                store, "bank_detail", DETAIL_WORDS, office="KASSE", entry=number, line=line, amount_cents=cents, **given
            )
        seal_written(store, [statement], [number])
    return number


def write_said(store, table, words, **values):
    """Write a row with the hash of its words, as intake does."""
    (row,) = with_said([tuple(values.values())], (*values, *SAID), words, store.salt)
    store.insert(table, (*values, *SAID), [row])


def seal_written(store, statements=(), entries=()):
    """Bind statements and entries that were written by hand, as the event of their file does."""
    spans = {"KASSE": (min(entries), max(entries))} if entries else {}
    record(store, "KASSE", "statement.import", None, seal_bank(store, statements, spans))


_DEBTORS = """
    SELECT i.reference, p.name FROM item i JOIN party p ON p.id = i.party
    WHERE i.reference IS NOT NULL AND i.foreign_reference = 0 AND i.kind = 'receivable'
    UNION ALL
    SELECT t.reference, p.name FROM reference_target_item t
    JOIN item i ON i.office = t.office AND i.id = t.item JOIN party p ON p.id = i.party
    UNION ALL
    SELECT t.reference, p.name FROM reference_target t JOIN party p ON p.id = t.number WHERE t.kind = 'party'"""


def _debtor(store, text: str) -> str | None:
    ways = (text, text.replace(" ", ""))
    known = store.all(_DEBTORS) if text else ()
    named = [name for ref, name in known if any(re.search(rf"(?<![0-9]){ref}(?![0-9])", way) for way in ways)]
    return min(named, default=None)


def close_day(store, day: str) -> None:
    """Close a day as the closing does, with an event, but without its checks, its heads and its protocol."""
    head = book_head(())
    with store.unit(OFFICES):
        store.insert_one(
            "closing", kind="day", period=day, year=int(day[:4]), number=next(_SERIAL), last_day=day,
            closed_by=store.user, closed_at=store.now, book_head=head, heads="{}", protocol="{}",
        )  # fmt: skip
        record(store, "KASSE", "day.close", f"day:{day}", {"head": head.hex(), "sha256": sha256(b"{}").hexdigest()})


_WAYS = {"proposed": (), "discarded": ("discarded",)}
"""The steps to a state from the one in which runs and payments begin; others go by way of the release."""


def run(store, *payments: str, message="M1", iban=MAIN_IBAN, state="exported", number=1) -> None:
    """Release a run with payments like `E1 50,00` (and a state of their own): payable is in transit from then on."""
    made = []
    for line in payments:
        end_to_end, amount, *own = line.split()
        payable = item(store, amount, office="ORDNUNG", kind="payable")
        made.append((payable, end_to_end, parse_amount(amount), own[0] if own else state))
    with store.unit(OFFICES):
        store.insert_one(
            "payment_run", office="KASSE", id=number, state="proposed", iban=iban, execution_day=DAY, count=len(made),
            total_cents=sum(cents for _, _, cents, _ in made), list_hash=b"h", created_by=1, created_at=store.now,
            message_id=message,
        )  # fmt: skip
        for step in _WAYS.get(state, ("reviewed", "released", state)):
            store.execute("UPDATE payment_run SET state = :state WHERE id = :id", state=step, id=number)
        for line, (payable, end_to_end, cents, own) in enumerate(made, 1):
            store.insert_one(
                "payment", office="KASSE", run=number, line=line, item_office="ORDNUNG", item=payable, cents=cents,
                end_to_end_id=end_to_end, creditor_name="P", creditor_iban="DE", remittance="", state="proposed",
                active=1,
            )  # fmt: skip
            for step in _WAYS.get(own, ("released", own)):
                store.execute(
                    "UPDATE payment SET state = :state, active = :active WHERE run = :run AND line = :line",
                    state=step, active=int(step in {"released", "exported"}), run=number, line=line,
                )  # fmt: skip


def payments(store) -> list[tuple]:
    return store.all("SELECT end_to_end_id, state, active, bank_entry FROM payment ORDER BY office, run, line")


def open_cents(store, number: int, office="ORDNUNG") -> int:
    return store.value("SELECT open_cents FROM item WHERE office = :office AND id = :id", office=office, id=number)


def matches(store, entry: int) -> list[tuple]:
    sql = "SELECT rule, item_office, item, cents FROM bank_match WHERE entry = :entry ORDER BY line"
    return store.all(sql, entry=entry)


def reason(store, entry: int) -> str | None:
    return store.value("SELECT reason FROM suspense_case WHERE entry = :entry", entry=entry)


def check_invariants(store) -> None:
    """Check invariants 1, 3 and 4: sums are zero, banks agree, open items equal their control accounts."""
    assert store.all("SELECT office, position FROM posting GROUP BY office, position HAVING sum(cents) <> 0") == []
    assert store.value(_VERRECHNUNG) in {0, None}
    assert store.all(_BANK) == []
    assert store.all(_CONTROL) == []
    assert store.all(_EXPLAINED) == []
    assert store.all(_ONCE) == []


_VERRECHNUNG = """SELECT sum(p.cents) FROM posting p JOIN account a ON a.office = p.office AND a.number = p.account
                  WHERE a.role = 'verrechnung'"""
_BANK = """
    SELECT b.iban, (SELECT coalesce(sum(p.cents), 0) FROM posting p WHERE p.office = b.office AND p.account = b.account)
    FROM bank_account b
    WHERE (SELECT coalesce(sum(p.cents), 0) FROM posting p WHERE p.office = b.office AND p.account = b.account)
       <> (SELECT coalesce(sum(e.amount_cents), 0) FROM bank_entry e WHERE e.iban = b.iban AND e.state = 'posted')"""
_CONTROL = """
    SELECT a.office, a.number FROM account a
    WHERE a.role IN ('receivable', 'receivable_private', 'advance', 'payable', 'suspense', 'credit')
      AND (SELECT coalesce(sum(p.cents), 0) FROM posting p WHERE p.office = a.office AND p.account = a.number)
       <> (SELECT coalesce(sum(CASE WHEN i.side = 'D' THEN i.open_cents ELSE -i.open_cents END), 0)
           FROM item i WHERE i.office = a.office AND i.account = a.number)"""
_EXPLAINED = """
    SELECT e.id FROM bank_entry e WHERE e.state = 'posted' AND e.amount_cents <> (
        SELECT coalesce(sum(m.cents), 0) FROM bank_match m
        WHERE m.office = e.office AND m.entry = e.id
          AND m.rule NOT IN ('assigned', 'forwarded', 'paid_out', 'collected', 'unassigned', 'later', 'executed')
          AND NOT (m.rule = 'returned' AND m.evidence LIKE '%"by"%'))"""
_ONCE = """
    SELECT e.id FROM bank_entry e WHERE e.state = 'posted' AND 1 <> (
        SELECT count(*) FROM entry j WHERE j.office = e.office AND j.position = e.position
        AND j.kind IN ('bank', 'execution'))"""
