"""A seeded year of a town as data that outlives its book: orders, statement files, decisions, entries by hand."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO

from kasse_cli.demo.bank import Booking, DemoBank
from kasse_cli.wiring import settlement_orders
from ledger.bank.intake_store import stage_file
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_desk_store import assign
from ledger.bank.waiting_store import files_waiting
from ledger.book.closing_periods import month_period
from ledger.book.closing_service import close_day, close_period, confirm_day, confirm_period
from ledger.book.manual import ManualEntry, ManualLine
from ledger.book.manual_store import post_manual
from ledger.items.order_decisions import Choice
from ledger.items.order_import_store import Wishes, import_orders
from ledger.items.order_steps_store import decide
from ledger.reports.balances_store import trial_balance
from sepa.calendar import is_target_day
from sepa.reading import read_statements
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.bank_days import take_over
from tests.ledger.order_lists import checked, row, source

FAR = "2030-12-31"
OPENING_CENTS = 5_000_000
QUIET = {SECOND_IBAN: "kein Umsatz"}
LATEST = 45
"""Nobody pays later than so many days of business after the order; who has not paid by then never does."""


@dataclass(frozen=True)
class Unclear:
    """Money that came without a word, and the reference to which somebody assigns it."""

    name: str
    reference: str


@dataclass
class TownDay:
    """What came to the Kasse on a day, and what was decided."""

    day: str
    orders: list = field(default_factory=list)
    bookings: list = field(default_factory=list)
    decisions: list = field(default_factory=list)
    manual: list = field(default_factory=list)
    statement: bytes = b""


def plan_town(scheme, first, last, per_day, every=1, seed=20261116):
    """Return the days of a town that sends so many orders a day, the same for the same seed.

    It does so on every business day, or on each second, third, …; with fewer days debtors pay after fewer of them.
    """
    chance, days = random.Random(seed), [TownDay(day) for day in business_days(first, last)[::every]]
    latest = LATEST // every
    later, serial, bank = defaultdict(list), 0, DemoBank(MAIN_IBAN, OPENING_CENTS)
    for place, today in enumerate(days):
        for _ in range(per_day):
            serial += 1
            _order(chance, scheme, days, place, serial, later, latest)
        if place % 5 == 0:
            _by_hand(chance, today, place)
            today.orders.append(row(f"BAU payable {chance.randrange(10, 900)},00 Bau GmbH", due=_after(today.day, 30)))
        today.bookings += later.pop(place, [])
        today.statement = bank.statement(date.fromisoformat(today.day), tuple(today.bookings))
    return days


def _order(chance, scheme, days, place, serial, later, latest):
    """Add an order, and what its debtor pays: at once, in two parts, without a word, or never."""
    office, cents, name = chance.choice(("ORDNUNG", "BAU", "KASSE")), chance.randrange(500, 90_000), f"Person {serial}"
    reference, day = scheme.number(serial), days[place].day
    amount = f"{cents // 100},{cents % 100:02d}"
    days[place].orders.append(row(f"{office} receivable {amount} {name}", due=_after(day, 14), reference=reference))
    when, how = place + chance.randrange(1, latest), chance.random()
    if how < 0.80 and when < len(days):
        later[when].append(Booking(cents, name, lines=(f"Kassenzeichen {reference}",)))
    elif how < 0.88 and when + 3 < len(days):
        later[when].append(Booking(cents // 2, name, lines=(reference,)))
        later[when + 3].append(Booking(cents - cents // 2, name, lines=("Rest", reference)))
    elif how < 0.93 and when < len(days):
        later[when].append(Booking(cents, f"Ohne Wort {serial}", lines=("Zahlung",)))
        if how < 0.92 and when + 2 < len(days):
            days[when + 2].decisions.append(Unclear(f"Ohne Wort {serial}", reference))


def _by_hand(chance, today, place):
    cents = chance.randrange(100, 5_000)
    lines = (ManualLine("KASSE", "6100", cents, {}), ManualLine("BAU", "5900", -cents, {}))
    today.manual.append(ManualEntry(str(place), today.day, "Umbuchung Porto", f"Vermerk {place}", lines))


def _after(day, days):
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def business_days(first, last):
    """Return the days between two days, both included, on which banks work."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day.isoformat() for day in days if is_target_day(day)]


def months_of(days):
    """Return the days by month."""
    found = defaultdict(list)
    for one in days:
        found[one.day[:7]].append(one)
    return found


def begin(store, days):
    """Take over the balance of the bank account."""
    at(store, days[0].day)
    take_over(store, days[0].day, f"{OPENING_CENTS // 100},00")


def at(store, day):
    """Let the book's clock stand on the morning of the day."""
    store.now, store.today = f"{day}T08:00:00Z", day


def live(store, days, sample=None):
    """Play the year as it comes: each day its orders, its statement, its decisions, then it is closed; months too.

    `sample` is called at the end of each month.
    """
    begin(store, days)
    for month, own in months_of(days).items():
        for one in own:
            at(store, one.day)
            take_orders(store, one)
            import_statement(store, one)
            take_decisions(store, one)
            shut(store, one.day)
        last = month_period(month).last_day
        if last > own[-1].day:
            shut(store, last)
        shut_month(store, month)
        if sample is not None:
            sample(store, month)


def rebuild(store, days):
    """Write the same year into a fresh book month by month, files twice, and nothing closed on the way."""
    begin(store, days)
    for own in months_of(days).values():
        at(store, own[-1].day)
        for one in own:
            take_orders(store, one)
        for one in (*own, *own):
            import_statement(store, one)
        for one in own:
            take_decisions(store, one)


def take_orders(store, one):
    """Take in the orders of the day as one list, and let three persons decide on it."""
    if not one.orders:
        return
    act(store, "import")
    name = f"orders {one.day}"
    done = import_orders(store, source(name), checked(store, *one.orders, day=one.day), Wishes(day=one.day))
    assert not done.findings, done.findings[:3]
    total = int(store.value("SELECT total_cents FROM order_batch WHERE id = :batch", batch=done.batch))
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        act(store, user)
        decide(store, name, Choice(batch=done.batch), day=one.day, sum_cents=total, reason="")


def import_statement(store, one):
    """Take in the statement of the day and post it."""
    act(store, "clara")
    sha = sha256(one.statement).hexdigest()
    stage_file(store, f"{one.day}.xml", sha, len(one.statement), read_statements(BytesIO(one.statement)))
    orders = settlement_orders(store)
    for scope in files_waiting(store):
        post_staged(store, scope, orders=orders)


def take_decisions(store, one):
    """Assign money without a word as somebody decided, and post by hand."""
    act(store, "dirk")
    sql = """SELECT s.item FROM suspense_case s JOIN bank_entry b ON b.office = s.office AND b.id = s.entry
             WHERE b.name = :name"""
    for unclear in one.decisions:
        number = store.value(sql, name=unclear.name)
        assert number is not None, f"the money of {unclear.name} is not unclear"
        assign(store, number, [Wish(unclear.reference)], day=one.day)
    if one.manual:
        post_manual(store, one.manual, today=one.day)


def shut(store, day):
    """Close a day by one person and confirm it by another."""
    act(store, "emil")
    told = store.one("SELECT 1 FROM statement WHERE iban = :iban AND closing_day = :day", iban=MAIN_IBAN, day=day)
    close_day(store, day, today=FAR, reasons=QUIET if told else {**QUIET, MAIN_IBAN: "kein Auszug"})
    act(store, "frida")
    confirm_day(store, day)


def shut_month(store, name):
    """Close a month by one person and confirm it by another."""
    act(store, "emil")
    close_period(store, month_period(name), today=FAR)
    act(store, "frida")
    confirm_period(store, month_period(name))


def balances(store, day):
    """Return the balances at the end of a day."""
    found = trial_balance(store, day).accounts
    return {(a.office, a.number): a.balance_cents for a in found if a.balance_cents}


def items(store):
    """Return every item as people know it, whatever its number."""
    return store.all(
        """SELECT i.office, i.kind, coalesce(i.reference, ''), coalesce(p.name, ''), i.amount_cents, i.open_cents, i.due
           FROM item i LEFT JOIN party p ON p.id = i.party ORDER BY 1, 2, 3, 4, 5, 6, 7"""
    )
