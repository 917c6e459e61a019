"""A town with honest traffic, some of which looks like fraud, and one case of each fraud that an audit must name."""

import datetime as dt

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as TargetWish
from ledger.bank.suspense_decisions import Assign
from ledger.bank.suspense_decisions import Refund as PayBack
from ledger.bank.suspense_desk_store import decide as decide_money
from ledger.book.store import office_codes, post
from ledger.events.store import record
from ledger.items.locks import Span
from ledger.items.locks_store import lift_items, lock_items
from ledger.items.order_change_store import change_order
from ledger.items.order_decisions import Choice
from ledger.items.order_import_store import Wishes, import_orders
from ledger.items.order_steps_store import decide
from ledger.items.orders import parse_order_number
from ledger.payments import collection_propose_store as collecting
from ledger.payments import collection_steps_store as collected
from ledger.payments.collection_policy_store import configure
from ledger.payments.mandate_forms import NewMandate, NewValues
from ledger.payments.mandate_steps_store import amend
from ledger.payments.mandate_store import add
from ledger.payments.propose_store import propose
from ledger.payments.refund_store import approve_refund, ask_refund
from ledger.payments.refunds import Wish
from ledger.payments.steps_store import release, review
from ledger.people.duties_store import name_deputy, set_limit
from ledger.people.parties_change_store import change_party
from ledger.people.party_values import PartyChange
from ledger.people.users_end_store import lock, unlock
from ledger.people.users_store import grant
from ledger.store.counters import BOOK, take_ids
from sepa.identifiers import make_iban
from tests.attacks import without_guards
from tests.bankbooks import seal_written, staged
from tests.books import MAIN_IBAN, act, entry
from tests.ledger.order_lists import ADDRESS, checked, row, source

FIRST = "2026-11-16"


def iban(number: int) -> str:
    return make_iban("DE", f"12030000{number:010d}")


class Town:
    """Plays days of a Kasse through the ordinary services; every act is on a working day at 9 o'clock UTC."""

    def __init__(self, store):
        self.store, self.lists, self.today = store, 0, dt.date.fromisoformat(FIRST)

    @property
    def day(self):
        return self.today.isoformat()

    def later(self, days=1):
        """Go on so many days, and to the next Monday from a weekend."""
        self.today += dt.timedelta(days)
        self.today += dt.timedelta({5: 2, 6: 1}.get(self.today.weekday(), 0))
        return self.day

    def by(self, user, time="09:00:00"):
        """Go on as that user."""
        self.store.now, self.store.today = f"{self.day}T{time}Z", self.day
        return act(self.store, user)

    def order(self, line, account=None, steps=("anna", "bernd", "clara"), **changes):
        """Order something and take it through its steps; return the order's number."""
        self.by("import")
        self.lists += 1
        wanted = {"due": self.day, "purpose": f"Rechnung {self.lists}"} | changes
        if account:
            wanted["bank_account"] = iban(account)
        rows = checked(self.store, row(line, **wanted), day=self.day)
        done = import_orders(self.store, source(f"liste{self.lists}.xlsx"), rows, Wishes(day=self.day))
        (found,) = self.store.all("SELECT office, id FROM cash_order WHERE batch = :batch", batch=done.batch)
        number = "{}-{}".format(*found)
        self.through(number, steps)
        return number

    def through(self, number, steps=("anna", "bernd", "clara")):
        choice = Choice(numbers=(parse_order_number(number),))
        for user, step in zip(steps, ("certified", "approved", "accepted"), strict=False):
            decide(self.by(user), step, choice, day=self.day)

    def cancel(self, number):
        office, order = parse_order_number(number)
        for one in change_order(self.by("import"), office, order, reason="Irrtum", day=self.day, to_cents=0):
            self.through(one.number)

    def pay(self, releaser="emil"):
        """Pay everything that is due, and return the number of the run."""
        run = propose(self.by("dirk"), today=self.today, due_until=self.today, set_off=False).run
        review(self.store, run.number, today=self.today)
        release(self.by(releaser), run.number, sum_cents=run.total_cents, today=self.today)
        return run.number

    def paid(self, line, account=None, **changes):
        """Order and pay one thing; return the order and the run."""
        number = self.order(line, account, **changes)
        return number, self.pay()

    def party(self, number):
        office, order = parse_order_number(number)
        return self.store.value("SELECT party FROM cash_order WHERE office = :o AND id = :i", o=office, i=order)

    def item(self, number):
        office, order = parse_order_number(number)
        return office, self.store.value("SELECT id FROM item WHERE office = :o AND order_id = :i", o=office, i=order)

    def change(self, user, party, **wanted):
        change_party(self.by(user), party, PartyChange(**wanted), self.day)

    def unclear(self, amount, payer, number):
        """Let money come in that nobody knows, and return its case."""
        self.by("import")
        bank = staged(self.store, amount, "ohne Angabe", day=self.day, name=payer, counter_iban=iban(number))
        post_staged(self.store)
        with self.store.unit(["KASSE"]):
            known = take_ids(self.store, BOOK, "statement")
            self.store.insert_one(
                "statement", id=known, iban=MAIN_IBAN, message="camt.053",
                statement_id=f"E{bank}", last_page=1, file_sha256="00", entry_count=0, credit_cents=0, debit_cents=0,
                closing_day=self.day, closing_cents=self.store.value("SELECT sum(amount_cents) FROM bank_entry"),
            )  # fmt: skip
            seal_written(self.store, [known])
        return self.store.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=bank)

    def refund(self, case):
        """Pay the money of a case back to its payer, by an order; return the order."""
        decide_money(self.by("dirk"), [PayBack(case, "Irrläufer")], day=self.day)
        (number,) = self.store.one("SELECT max(order_id) FROM suspense_payout WHERE item = :item", item=case)
        self.through(f"KASSE-{number}")
        self.pay()
        return f"KASSE-{number}"

    def assign(self, case, order, **more):
        office, item = self.item(order)
        reference = self.store.value("SELECT reference FROM item WHERE office = :o AND id = :i", o=office, i=item)
        decide_money(self.by("clara"), [Assign(case, (TargetWish(reference),), **more)], day=self.day)

    def mandate(self, party, account):
        configure(self.by("root"), {"creditor_id": "DE98ZZZ09999999999", "notices_announce": "1"})
        return add(self.by("dirk"), NewMandate(party, iban(account), self.today), today=self.today).mandate.number

    def amend(self, mandate, **values):
        amend(self.by("dirk"), mandate, NewValues(**values), today=self.today)

    def collect(self):
        """Collect what is due by mandate, and return the number of the run."""
        (run,) = collecting.propose(self.by("dirk"), collecting.Choice(), today=self.today).runs
        collected.review(self.store, run.number, today=self.today)
        collected.release(self.by("emil"), run.number, sum_cents=run.total_cents, today=self.today)
        return run.number

    def add_step(self, number, step, user, **more):
        """Write a step of an order with a plain INSERT, and move the order on."""
        office, order = parse_order_number(number)
        store = self.by(user)
        values = {"at": store.now, "exception": 0, "seen_count": 1, "seen_cents": 1, "seen_hash": b"h"} | more
        store.insert_one("order_step", office=office, order_id=order, step=step, by=store.user, **values)
        sql = "UPDATE cash_order SET state = :s, waiting = :w WHERE office = :o AND id = :i"
        owner(store, sql, s=step, w=int(step in {"certified", "approved"}), o=office, i=order)

    def user(self, name):
        return self.store.value("SELECT id FROM app_user WHERE name = :name", name=name)


def owner(store, text, *tables, **values):
    """Change rows as the owner of the database does, who switches the guards of these tables off."""
    without_guards(store, *tables)
    assert store.execute(text, **values), text


# honest traffic, much of it alike to fraud


def seed(town):
    """Let money come in that frauds will take much later."""
    town.vergessen = town.unclear("1.234,00", "Edda Vergessen", 36)
    town.verloren = town.unclear("480,00", "Ole Vergessen", 37)
    town.wolff = town.paid("BAU payable 400,00 Sanitär Wolff", 22, reference="SW 1")[0]
    town.later()


def honest(town):
    """Play the honest traffic: no audit may find anything in it."""
    for part in (_rents, _namesakes, _moved_payee, _orders_below, _corrected_order, _money_back, _persons):
        part(town)
        town.later()


def _rents(town):
    for _ in range(4):
        town.paid("ORDNUNG payable 850,00 Hausverwaltung Nord", 1, reference="Mietvertrag 4711", purpose="Miete")
        town.later(30)


def _namesakes(town):
    for account, number in ((2, "5"), (3, "99"), (2, "5")):
        town.paid("ORDNUNG payable 120,00 Michael Müller", account, **ADDRESS | {"house_number": number})
        town.later()


def _moved_payee(town):
    first, _ = town.paid("BAU payable 300,00 Tiefbau Becker", 4, reference="TB 1")
    town.change("clara", town.party(first), iban=iban(5))
    for reference in ("TB 2", "TB 3"):
        town.later(20)
        town.paid("BAU payable 310,00 Tiefbau Becker", 5, reference=reference)


def _orders_below(town):
    set_limit(town.by("root"), "bernd", "BAU", 500_000)
    for amount, days in (
        ("2.000,00", 1),
        ("2.500,00", 14),
        ("4.900,00", 14),
        ("4.800,00", 14),
        ("4.700,00", 1),
        ("150,00", 1),
    ):
        town.order(f"BAU payable {amount} Gerüstbau Hansen", 6)
        town.later(days)
    town.pay()
    set_limit(town.by("root"), "bernd", "BAU", 800_000)
    town.order("BAU payable 7.000,00 Dachdecker Voss", 7)


def _corrected_order(town):
    town.cancel(town.order("ORDNUNG payable 700,00 Papierhaus", 8, reference="RE 17"))
    town.later()
    town.paid("ORDNUNG payable 770,00 Papierhaus", 8, reference="RE 17")


def _money_back(town):
    case = town.unclear("44,00", "Vera Klug", 9)
    town.later(20)
    town.refund(case)
    claim = town.order("ORDNUNG receivable 60,00 Karl Zahler")
    case = town.unclear("60,00", "Karl Zahler", 10)
    town.later()
    town.assign(case, claim)
    number = town.order("ORDNUNG receivable 75,00 Ida Last", notice_date="2026-12-01")
    kept = town.mandate(town.party(number), 11)
    town.later()
    town.amend(kept, iban=iban(12))
    town.later(5)
    town.collect()


def _persons(town):
    name_deputy(town.by("root"), "bernd", "anna", office="BAU", role="approver", since=town.day, until=town.day)
    grant(town.by("root"), "Otto Klein", [("BAU", "certifier")])
    town.paid("BAU payable 90,00 Otto Klein", 13)
    town.later()
    lock(town.by("root"), "Otto Klein", reason="Elternzeit")
    town.later(14)
    unlock(town.by("root"), "Otto Klein")
    town.later()
    town.order("BAU payable 95,00 Malerbetrieb Kunz", 14, steps=("Otto Klein", "bernd", "clara"))


# frauds: each function commits one, and returns the object that the finding must name


def account_new(town):
    """Give a known payee another account, pay, and take the account away again."""
    first, _ = town.paid("BAU payable 400,00 Elektro Lange", 20, reference="EL 1")
    town.later()
    town.change("clara", town.party(first), iban=iban(21))
    town.later()
    _, run = town.paid("BAU payable 900,00 Elektro Lange", 21, reference="EL 2")
    town.later()
    town.change("clara", town.party(first), end_iban=iban(21))
    return f"run:{run}/"


def account_own_change(town):
    """Change the account of a payee and release the run that pays to it, some weeks later."""
    town.change("frida", town.party(town.wolff), iban=iban(23))
    town.later(20)
    town.order("BAU payable 800,00 Sanitär Wolff", 23, reference="SW 2")
    return f"run:{town.pay(releaser='frida')}/"


def account_switched(town):
    """Pay a payee once to another account, by an order that names it."""
    runs = []
    for account in (24, 25, 24):
        runs.append(town.paid("ORDNUNG payable 230,00 Wachdienst Sicher", account, reference=town.day)[1])
        town.later(30)
    return f"run:{runs[1]}/"


def account_other(town):
    """Change the account of an item past kasse, pay, and change it back."""
    number = town.order("BAU payable 310,00 Tischlerei Ehrlich", 38, reference="TE 1")
    _pay_to(town, number, 39)
    run = town.pay()
    _pay_to(town, number, 38)
    return f"run:{run}/"


def _pay_to(town, number, account):
    office, item = town.item(number)
    text = "UPDATE item SET bank_account = :iban WHERE office = :office AND id = :item"
    owner(town.store, text, "item", iban=iban(account), office=office, item=item)


def account_ended(town):
    """Pay to an account that the payee gave up."""
    number = town.order("ORDNUNG payable 70,00 Blumen Rose", 26, reference="BR 1")
    town.change("clara", town.party(number), end_iban=iban(26))
    town.later()
    return f"run:{town.pay()}/"


def invoice_twice(town):
    """Pay one invoice twice, the second time spelt another way and to another account."""
    town.paid("ORDNUNG payable 512,34 Druckerei Bunt", 27, reference="RE 2027-0815")
    town.later(40)
    return f"run:{town.paid('ORDNUNG payable 512,34 Druckerei Bunt', 28, reference='re2027/0815')[1]}/"


def lock_lifted(town):
    """Lift a lock that somebody else has set, and pay."""
    number = town.order("ORDNUNG payable 640,00 Streit Bau", 29)
    lock_items(town.by("clara"), [town.item(number)], "payment", "Mangel gerügt", Span(town.day))
    town.later()
    lift_items(town.by("dirk"), [town.item(number)], "payment", "erledigt", town.day)
    return f"run:{town.pay()}/"


def order_split(town):
    """Order one delivery in three parts, each below what may be approved."""
    set_limit(town.by("root"), "bernd", "ORDNUNG", 500_000)
    numbers = []
    for _ in range(3):
        numbers.append(town.order("ORDNUNG payable 4.800,00 Möbelhaus Teuer", 30))
        town.later()
    return f"order:{numbers[-1]}"


def order_rebooked(town):
    """Cancel an order and order the same for a friend."""
    town.cancel(town.order("ORDNUNG payable 910,00 Gartenbau Grün", 31, reference="GG 5"))
    town.later()
    return "order:" + town.order("ORDNUNG payable 910,00 Freund Frei", 32, reference="GG 5")


def limit_raised(town):
    """Raise a limit for one order."""
    set_limit(town.by("root"), "bernd", "KASSE", 200_000)
    town.later()
    set_limit(town.by("root"), "bernd", "KASSE", 9_000_000)
    number = town.order("KASSE payable 60.000,00 Berater Blank", 33)
    town.later()
    set_limit(town.by("root"), "bernd", "KASSE", 200_000)
    return f"order:{number}"


def limit_exceeded(town):
    """Raise a limit past kasse for one order, and put it back."""
    set_limit(town.by("root"), "bernd", "KASSE", 200_000)
    town.later()
    text = "UPDATE approval_limit SET max_cents = :cents WHERE office = 'KASSE'"
    owner(town.store, text, "approval_limit", cents=9_000_000)
    number = town.order("KASSE payable 50.000,00 Berater Blass", 40)
    owner(town.store, text, "approval_limit", cents=200_000)
    return f"order:{number}"


def refund_elsewhere(town):
    """Pay a credit to another account than the one the money came from."""
    claim = town.order("ORDNUNG receivable 100,00 Uwe Fremd")
    town.assign(town.unclear("433,00", "Uwe Fremd", 34), claim, surplus=True)
    town.later()
    office, item = town.store.one("SELECT office, id FROM item WHERE kind = 'credit' AND open_cents = 33300")
    wish = Wish("Überzahlung", iban=iban(35), document="Mail vom Montag")
    ask_refund(town.by("dirk"), office, item, wish, day=town.day)
    approve_refund(town.by("emil"), office, item, day=town.today.isoformat())
    town.pay(releaser="frida")
    return f"item:{office}/{item}"


def suspense_old(town):
    """Pay out money that nobody has asked for in half a year."""
    return f"order:{town.refund(town.vergessen)}"


def suspense_younger(town):
    """Put old unclear money on a new claim against a friend."""
    claim = town.order("ORDNUNG receivable 480,00 Freddy Freund")
    town.assign(town.verloren, claim)
    return f"item:KASSE/{town.verloren}"


def mandate_changed(town):
    """Let a mandate run on somebody else's account for one collection."""
    number = town.order("ORDNUNG receivable 820,00 Nils Schuld", notice_date="2027-02-01")
    kept = town.mandate(town.party(number), 38)
    town.later(5)
    town.amend(kept, iban=iban(39), holder="Opa Ahnungslos")
    town.later(5)
    return f"collection_run:{town.collect()}/"


def own_work(town):
    """Approve, with a plain INSERT, in the name of the person who certified."""
    number = town.order("BAU payable 77,00 Farben Fritz", 40, steps=("anna",))
    town.add_step(number, "approved", "dirk", on_behalf=town.user("anna"))
    return f"order:{number}"


def deputy_void(town):
    """Act for somebody after the time of the deputy, with a plain INSERT."""
    name_deputy(town.by("root"), "anna", "clara", office="ORDNUNG", role="certifier", since=town.day, until=town.day)
    town.later()
    number = town.order("ORDNUNG payable 66,00 Kiosk Kurz", 41, steps=())
    town.add_step(number, "certified", "clara", on_behalf=town.user("anna"))
    return f"order:{number}"


def role_unknown(town):
    """Take a role past kasse for an hour, approve, and leave the role as it was."""
    number = town.order("ORDNUNG payable 67,00 Kiosk Lang", 42, steps=("anna",))
    who = town.user("clara")
    text = "INSERT INTO user_role (user_id, office, role) VALUES (:who, '*', 'approver')"
    owner(town.store, text, "user_role", who=who)
    town.add_step(number, "approved", "clara")
    owner(town.store, "DELETE FROM user_role WHERE user_id = :who AND role = 'approver'", "user_role", who=who)
    return f"user:{who}"


def deputy_own(town):
    """Name oneself a deputy, with a plain INSERT."""
    store = town.by("dirk")
    with store.unit(["KASSE"]):
        store.insert_one(
            "deputy", id=take_ids(store, BOOK, "deputy"), principal=town.user("bernd"), deputy=store.user,
            office="BAU", role="approver", since=town.day, until=town.day, made_by=store.user, made_at=store.now,
        )  # fmt: skip
    return f"user:{store.user}"


def payee_is_user(town):
    """Certify an order that pays to an own account under another payee's name."""
    grant(town.by("root"), "Paul Gier", [("BAU", "certifier")])
    town.paid("BAU payable 15,00 Paul Gier", 42)
    town.later()
    town.order("BAU payable 999,00 Scheinfirma", 42, steps=("Paul Gier", "bernd", "clara"))
    return f"run:{town.pay()}/"


def user_twins(town):
    """Certify and approve as one person under two names."""
    grant(town.by("root"), "bernd2", [("BAU", "certifier")])
    return "order:" + town.order("BAU payable 55,00 Kantine", 43, steps=("bernd2", "bernd", "clara"))


def small_office(town):
    """Certify own work by exception, with a plain INSERT."""
    number = town.order("BAU payable 45,00 Laden", 44, steps=())
    town.add_step(number, "certified", "import", exception=1, reason="niemand sonst da")
    return f"order:{number}"


def _posted(town, user, office, time="09:00:00", day=None, noted=True):
    store = town.by(user, time)
    with store.unit([office]):
        (posted,) = post(store, [entry("6100 5,00", "5900 -5,00", day=day or town.day, office=office)])
        if noted:
            record(store, office, "journal.post", None, {"count": 1})
    return f"entry:{office}-{posted.year}-{posted.number}"


def clock_backwards(town):
    """Post with a clock that was set back."""
    _posted(town, "clara", "BAU", "10:00:00")
    return _posted(town, "clara", "BAU", "08:00:00")


def entry_unnoted(town):
    """Post without a word in the event log."""
    return _posted(town, "dirk", "ORDNUNG", "11:11:11", noted=False)


def entry_backdated(town):
    """Date an entry two months back."""
    return _posted(town, "clara", "ORDNUNG", day=(town.today - dt.timedelta(60)).isoformat())


def locked_user(town):
    """Act under the name of a locked user."""
    grant(town.by("root"), "gerda", [("*", "clerk")])
    lock(town.by("root"), "gerda", reason="ausgeschieden")
    number = town.order("BAU payable 12,00 Bote Blitz", 45, steps=())
    town.later()
    town.change("gerda", town.party(number), fields={"town": "Neustadt"})
    return f"user:{town.store.user}"


def lock_silent(town):
    """End a lock with an UPDATE."""
    grant(town.by("root"), "hans", [("*", "clerk")])
    lock(town.by("root"), "hans")
    owner(town.store, "UPDATE app_user SET locked = 0 WHERE id = :id", id=town.user("hans"))
    return f"user:{town.user('hans')}"


def odd_hours(town):
    """Change a payee on a Saturday at night."""
    party = town.party(town.order("BAU payable 13,00 Eiscafé", 46, steps=()))
    town.today += dt.timedelta(5 - town.today.weekday())
    change_party(town.by("clara", "23:30:00"), party, PartyChange({"town": "Altstadt"}), town.day)
    return f"party:{party}"


def statement_late(town):
    """Import a statement of a closed day once more, with an entry that was not there."""
    closed = town.day
    _statement(town, "first.xml", closed)
    town.later()
    store = town.by("clara")
    with store.unit(office_codes(store)):
        store.insert_one(
            "closing", kind="day", period=closed, year=2027, number=1, last_day=closed, closed_by=store.user,
            closed_at=store.now, book_head=b"h", heads="{}", protocol="{}",
        )  # fmt: skip
    town.later()
    return _statement(town, "second.xml", closed)


def _statement(town, name, day):
    store = town.by("import")
    bank = staged(store, "19,00", name, day=day, sha=name)
    owner(store, "UPDATE statement SET closing_day = :day WHERE file_sha256 = :sha", "statement", day=day, sha=name)
    store.insert_one(
        "source_file", sha256=name, purpose="statement", name=name, size_bytes=1, imported_by=store.user,
        imported_at=store.now, result="{}",
    )  # fmt: skip
    number = store.value("SELECT statement FROM bank_entry WHERE office = 'KASSE' AND id = :id", id=bank)
    return f"statement:{number}"


FRAUDS = (
    account_new, account_own_change, account_switched, account_other, account_ended, invoice_twice, lock_lifted, order_split,
    order_rebooked, limit_raised, limit_exceeded, refund_elsewhere, suspense_old, suspense_younger, mandate_changed, own_work,
    deputy_void, role_unknown, deputy_own, payee_is_user, user_twins, small_office, clock_backwards, entry_unnoted, entry_backdated,
    locked_user, lock_silent, odd_hours, statement_late,
)  # fmt: skip
ALSO = {("deputy_void", "own_work"), ("clock_backwards", "event"), ("money", "account"), ("role_unknown", "user")}
"""A check that another case trips too (who approved in her name was not her deputy, and had no right of her own; late
bank entries wait), or another kind of object."""
