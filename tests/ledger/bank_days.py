"""Days of a Kasse in few words: claims, payments, statements and bank entries put straight into a book."""

from hashlib import sha256

from ledger.bank.match_seals import MatchSeals
from ledger.bank.match_seals_store import note_matches
from ledger.bank.posting import MATCH_COLUMNS
from ledger.bank.said import ENTRY_WORDS
from ledger.book.chain import genesis
from ledger.book.chart import load_chart
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.store import NewClearing, NewItem, clear, insert_items, opening_posting, posting_for, reserve_items
from ledger.store.counters import BOOK, take_ids
from sepa.money import parse_amount
from tests.bankbooks import seal_written, write_said
from tests.books import MAIN_IBAN, told

OPENED, DAY, NEXT = "2026-11-16", "2026-11-17", "2026-11-18"  # Monday, Tuesday, Wednesday
COUNTER = {"receivable": ("2400", "D", "5100"), "payable": ("4400", "C", "6100"), "suspense": ("4800", "C", "2890"),
           "credit": ("4810", "C", "2890"), "advance": ("2600", "D", "2890")}  # fmt: skip


def new_office(store, code):
    """Add an office with the whole chart, for tests that need a fresh chain."""
    start = genesis("00" * 16, code)
    with store.unit():
        store.insert_one("office", code=code, name=code, is_kasse=0, genesis=start)
        store.insert_one("head", office=code, position=0, hash=start, event_position=0, event_hash=start)
        for account in load_chart().accounts:
            store.insert_one(
                "account", office=code, number=account.number, name=account.name, kind=account.kind, role=account.role,
                opened_on="2026-01-01",
            )  # fmt: skip


def party(store, name):
    """Add a person and return its number."""
    with store.unit(["KASSE"]):
        number = take_ids(store, BOOK, "party")
        store.insert_one("party", id=number, name=name, match_key=name.lower(), created_at=store.now)
        told(store, number)
    return number


def claim(store, amount, day=OPENED, office="KASSE", kind="receivable", how="order", case=None, **more):
    """Post and open an item and return its number."""
    account, side, other = COUNTER[kind]
    cents = parse_amount(amount) if isinstance(amount, str) else amount
    with store.unit([office]):
        item = reserve_items(store, office)
        first = opening_posting(side, account, item, cents)
        (posted,) = post(store, [Draft(office, how, day, (first, Posting(other, -first.cents)))], earlier=True)
        due = more.pop("due", day)
        insert_items(store, [NewItem(office, item, kind, account, cents, due, day, posted.position, **more)])
        if kind == "suspense":
            store.insert_one("suspense_case", office=office, item=item, **(case or {"reason": "opening"}))
    return item


def settle(store, item, amount, day=DAY, office="KASSE", kind="receivable", how="manual", other="2890"):
    """Post and clear a part of an item; return where the entry is, and the number of the clearing."""
    account, side, _ = COUNTER[kind]
    cents = parse_amount(amount) if isinstance(amount, str) else amount
    with store.unit([office]):
        line = posting_for(side, account, item, cents)
        (posted,) = post(store, [Draft(office, how, day, (line, Posting(other, -line.cents)), text="Zahlung")])
        (number,) = clear(store, [NewClearing(office, "assign", posted.position, day, day, ((item, cents),))])
    return posted, number


def statement(
    store, day, closing, iban=MAIN_IBAN, number=None, message="camt.053", page=None, part=False, opening="0,00"
):  # fmt: skip
    """Put the balance of a statement into the book as intake does; a `part` lies wholly in the first statement."""
    with store.unit(["KASSE"]):
        known = take_ids(store, BOOK, "statement")
        store.insert_one(
            "statement", id=known, iban=iban, message=message, statement_id=f"A{day}",
            electronic_number=number, page=page, last_page=1, file_sha256="00", opening_cents=parse_amount(opening),
            opening_day=day,
            closing_cents=None if closing is None else parse_amount(closing), closing_day=day, entry_count=0,
            credit_cents=0, debit_cents=0,
        )  # fmt: skip
        if part:
            store.insert_one("statement_part", statement=known, whole=1)
        seal_written(store, [known])


def bank_entry(store, day, amount, iban=MAIN_IBAN, posted=None, number=None, **more):
    """Put a booked bank entry into the book, staged, or posted where an entry is given; return its number."""
    with store.unit(["KASSE"]):
        number = number or take_ids(store, "KASSE", "bank_entry")
        write_said(
            store, "bank_entry", ENTRY_WORDS, office="KASSE", id=number, iban=iban, bank_day=day,
            fingerprint=sha256(str(number).encode()).digest(), occurrence=1, statement=1,
            amount_cents=parse_amount(amount), value_day=day, reversal=0, detail_count=1,
            state="staged", **more,
        )  # fmt: skip
        seal_written(store, entries=[number])
        if posted:
            store.execute(
                "UPDATE bank_entry SET state = 'posted', position = :position WHERE office = 'KASSE' AND id = :id",
                position=posted.position, id=number,
            )  # fmt: skip
            match = ("KASSE", number, 1, "rule", None, None, None, parse_amount(amount))
            store.insert("bank_match", MATCH_COLUMNS, [match])
            shares = MatchSeals()
            shares.take([match], [("KASSE", number, posted.position)])
            note_matches(store, shares)
    return number


def receive(store, day, amount, posting_day=None, account="2800", iban=MAIN_IBAN, **more):
    """Post a bank entry to income, as a matched one would be."""
    cents = parse_amount(amount)
    lines = (Posting(account, cents), Posting("5900", -cents))
    with store.unit(["KASSE"]):
        number = take_ids(store, "KASSE", "bank_entry")
        said = {"bank_day": day, "value_day": day, "source": f"bank:KASSE/{number}"}
        (posted,) = post(store, [Draft("KASSE", "bank", posting_day or day, lines, **said)], earlier=True)
    bank_entry(store, day, amount, iban, posted, number, **more)
    return posted


def take_over(store, day, amount, account="2800"):
    """Post the opening balance of a bank account."""
    cents = parse_amount(amount)
    with store.unit(["KASSE"]):
        post(store, [Draft("KASSE", "opening", day, (Posting(account, cents), Posting("8000", -cents)))], earlier=True)
