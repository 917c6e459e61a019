"""Payables for tests, one a line: `OFFICE AMOUNT DUE PAYEE [IBAN] [reference] | purpose`."""

from ledger.book.entry import Draft, Posting
from ledger.book.store import office_codes, post
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.payments.attachment_store import NewAttachment, add_attachment, confirm_attachment
from ledger.payments.attachments import Attachment
from ledger.people.parties import match_key
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.identifiers import make_iban
from sepa.money import parse_amount
from tests.books import act, told

DAY = "2026-11-10"
IBANS = {name: make_iban("DE", f"12030000{number:010d}") for number, name in enumerate(("Meyer", "Schulz", "Çelik"), 1)}


def party(store: Store, name: str) -> int:
    found = store.value("SELECT id FROM party WHERE name = :name", name=name)
    if found:
        return int(found)
    number = take_ids(store, BOOK, "party")
    store.insert_one("party", id=number, name=name, match_key=match_key(name), created_at=store.now)
    told(store, number)
    return number


def known_account(store: Store, name: str, iban: str) -> None:
    """Note an account as the own one of a party, which is made where it is not there."""
    with store.unit(office_codes(store)):
        number = party(store, name)
        store.insert_one("party_account", party=number, iban=iban, kind="own", source="letter", since="2026-11-01")
        told(store, number)


def attached(store: Store, target: str, new: NewAttachment) -> Attachment:
    """Take up an attachment as Clara; an account is confirmed by Emil."""
    made, _ = add_attachment(act(store, "clara"), target, new)
    if made.creditor_iban is None:
        return made
    known_account(store, made.creditor, made.creditor_iban)
    confirmed, _ = confirm_attachment(act(store, "emil"), made.number, iban=made.creditor_iban)
    act(store, "clara")
    return confirmed


def payable(store: Store, line: str) -> tuple[str, int]:
    """Post one payable and return its office and number; PAYEE - has no party, IBAN - is missing."""
    head, _, purpose = line.partition(" | ")
    office, amount, due, payee, *more = head.split()
    iban = more[0] if more else IBANS.get(payee, "-")
    item, cents = reserve_items(store, office), parse_amount(amount)
    postings = (Posting("6100", cents), opening_posting("C", "4400", item, cents))
    (posted,) = post(store, [Draft(office, "order", DAY, postings, f"order:{item}")])
    new = NewItem(
        office, item, "payable", "4400", cents, due, DAY, posted.position,
        party=None if payee == "-" else party(store, payee), reference=more[1] if len(more) > 1 else None,
        purpose=purpose or None, bank_account=None if iban == "-" else iban,
    )  # fmt: skip
    insert_items(store, [new])
    return office, item


def payables(store: Store, text: str) -> list[tuple[str, int]]:
    with store.unit(office_codes(store)):
        return [payable(store, line.strip()) for line in text.strip().splitlines()]
