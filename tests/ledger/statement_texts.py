"""Statements as short text: `16.11. 100,00 | +5,00 Meyer | -3,00 Entgelt | 102,00` becomes the values a reader yields."""

import datetime as dt
from hashlib import sha256

from ledger.bank.intake_store import stage_file
from sepa.money import parse_amount
from sepa.statements import Balance, Closed, Detail, Entry, Opened, StructuredReference
from tests.books import MAIN_IBAN

YEAR = 2026


def day(text: str) -> dt.date:
    """Read `16.11.` as a day of the year all tests play in, `16.11.2027` as it stands."""
    numbers = [int(part) for part in text.strip(".").split(".")]
    return dt.date(numbers[2] if len(numbers) == 3 else YEAR, numbers[1], numbers[0])


def entry(text: str, index: int, booked: dt.date | None, **more) -> Entry:
    """Build an entry from `+5,00 Meyer`: amount, name; what follows `/` is remittance, a date in front its own day."""
    words = text.split()
    if words[0].endswith("."):
        booked = day(words.pop(0))
    amount, *rest = words
    name, _, remittance = " ".join(rest).partition("/")
    lines = tuple(line.strip() for line in remittance.split("/")) if remittance else ()
    detail = Detail(name=name.strip(), remittance=lines)
    values = {"status": "BOOK", "details": (detail,), "gvc": "166", "line": 10 + index} | more
    return Entry(
        index=index, amount_cents=parse_amount(amount), currency="EUR", booking_day=booked, value_day=booked, **values
    )  # fmt: skip


def statement(
    text: str, *, iban=MAIN_IBAN, message="camt.053.001.08", named=None, entries=(), codes=("OPBD", "CLBD"), **more
):
    """Return the values of one statement; a missing balance is written `-`, `number`, `page` and so on are passed on."""
    first, *middle, closing = [part.strip() for part in text.split("|")]
    when, opening = first.split()
    booked = day(when)
    found = [*(entry(part, index, booked) for index, part in enumerate(middle)), *entries]
    balances = tuple(
        Balance(code, parse_amount(amount), "EUR", booked)
        for code, amount in zip(codes, (opening, closing), strict=True)
        if amount != "-"
    )
    number = more.pop("number", None)
    head = Opened(
        message=message, message_id="M", id=named or f"S{when}{number or ''}", account=iban, iban=iban, currency="EUR",
        electronic_number=number, line=3, **{"to_day": booked} | more,
    )  # fmt: skip
    plus = sum(max(one.amount_cents, 0) for one in found)
    minus = sum(max(-one.amount_cents, 0) for one in found)
    return [head, *found, Closed(balances, len(found), plus, minus)]


def take(store, *statements, name=None, sha=None):
    """Stage a file of these statements."""
    values = [value for one in statements for value in one]
    sha = sha or sha256(repr(values).encode()).hexdigest()
    return stage_file(store, name or f"{sha[:6]}.xml", sha, 1, iter(values))


def booked(store, iban=MAIN_IBAN) -> list[str]:
    """Return the bank entries of the book as text: day, cents, name, sorted; each as often as it is there."""
    sql = "SELECT bank_day, amount_cents, name, occurrence FROM bank_entry WHERE iban = :iban ORDER BY 1, 2, 3, 4"
    return [
        f"{when[8:]}.{when[5:7]}. {cents:+d} {name or ''}".strip()
        for when, cents, name, _ in store.rows(sql, iban=iban)
    ]


def structured(reference: str, kind: str = "SCOR") -> tuple[StructuredReference, ...]:
    return (StructuredReference(reference, kind),)
