"""The life of a portfolio of claims: taken over, dunned, paid, relieved, watched - and proved after each step."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from bench.enforcement_data import portfolio_rows
from enforcement.charges import Claim, accrue
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import note_files, print_letters, run_letters
from enforcement.letters_return_store import serve, take_return
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import open_claims
from enforcement.limitation_watch_report import barred, summed
from enforcement.profiles import profile_for
from enforcement.proofs import PROOFS
from enforcement.relief import ReliefConflictError, Schedule, Wish, relief_kind
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as wish_for
from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.items.kassenzeichen import active_schemes
from ledger.items.opening import BalanceRow, check_item
from ledger.items.opening_store import OpeningWishes, import_opening
from ledger.items.order_import_store import Source
from ledger.items.staging_store import load_rules
from sepa.errors import Place
from sepa.money import parse_amount, plain
from tests.bankbooks import check_invariants
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.ledger.statement_texts import statement as bank_day
from tests.ledger.statement_texts import take

TAKEN = "2026-11-15"
FIRST, SECOND = dt.date(2026, 11, 24), dt.date(2026, 12, 29)
LAND, LAW = "HH", packaged_law()
SAMPLE = 200
_OPEN = "SELECT coalesce(sum(open_cents), 0), count(*) FROM item WHERE kind = 'receivable' AND open_cents > 0"
_OVERDUE = """
    SELECT i.office, i.id, count(x.letter), count(s.run) FROM item i
    LEFT JOIN (SELECT y.office, y.item, y.letter FROM letter_item y JOIN letter l ON l.id = y.letter
               WHERE l.run = :run) x ON x.office = i.office AND x.item = i.id
    LEFT JOIN dunning_skip s ON s.office = i.office AND s.item = i.id AND s.run = :run
    WHERE i.kind = 'receivable' AND i.open_cents > 0 AND i.due < :day
    GROUP BY i.office, i.id HAVING count(x.letter) + count(s.run) <> 1"""
_CHARGED = """
    SELECT i.office, i.id, i.profile, i.due, i.open_cents, x.charge_cents, x.limitation_end
    FROM letter l JOIN letter_item x ON x.letter = l.id JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run = :run AND i.main_item IS NULL AND i.open_cents = i.amount_cents AND i.original_due = i.due
      AND NOT EXISTS (SELECT 1 FROM relief_item r WHERE r.office = i.office AND r.item = i.id)
    ORDER BY x.letter, x.line LIMIT :count"""
_LETTERS = """
    SELECT l.id, l.reference, l.sum_cents, l.party FROM letter l
    WHERE l.run = :run AND l.state = 'posted' ORDER BY l.id LIMIT :count"""
_SINGLE = """
    SELECT i.reference, i.open_cents FROM item i
    WHERE i.kind = 'receivable' AND i.main_item IS NULL AND i.open_cents > 100 AND i.dunning_level = 0
    ORDER BY i.office, i.id LIMIT :count"""
_CANDIDATES = """
    SELECT i.office, i.id, i.party FROM item i
    WHERE i.kind = 'receivable' AND i.main_item IS NULL AND i.open_cents > 5000 AND i.due < :day
      AND NOT EXISTS (SELECT 1 FROM item_lock k WHERE k.office = i.office AND k.item = i.id)
    ORDER BY i.id, i.office LIMIT :count"""
_PAID = """
    SELECT coalesce(sum(l.cents), 0) FROM clearing_line l JOIN item i ON i.office = l.office AND i.id = l.item
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    WHERE i.kind = 'receivable' AND c.kind IN ('bank', 'assign')"""


@dataclass
class Life:
    """A book with its portfolio; `open_cents` is what must be open by what the steps said they did."""

    store: object
    size: int
    open_cents: int = 0
    steps: list = field(default_factory=list)

    def proved(self, step, change):
        """Check that the step changed what is open by as much as it said, and the whole book."""
        self.left()
        self.open_cents += change
        cents, _ = self.store.one(_OPEN)
        assert int(cents) == self.open_cents, step
        findings = [(one.code, one.fields) for one in verify(act(self.store, "emil"), proofs=PROOFS).findings]
        assert findings == [], step
        check_invariants(self.store)
        self.steps.append(step)

    def left(self):
        """Leave the book as every command does: it counts what has grown, and the plans of the next go by that."""
        self.store.engine.leave(self.store.connection)

    def as_user(self, name, day):
        self.left()
        self.store.today = day.isoformat() if isinstance(day, dt.date) else day
        return act(self.store, name)

    def take_over(self):
        """Opening import: the list of the old system, agreed with its control sum."""
        store = self.as_user("emil", TAKEN)
        schemes, rules = active_schemes(store), load_rules(store, TAKEN)
        offices = Counter()
        for row in portfolio_rows(self.size, schemes):
            offices[row.office, "2410" if row.profile == "private" else "2400"] += row.open_cents
        total = sum(offices.values())
        banks = [("KASSE", MAIN_IBAN, 0), ("KASSE", SECOND_IBAN, 0)]
        rules_accounts = [("KASSE", rules_account(store, iban), cents) for _, iban, cents in banks]
        balances = [
            BalanceRow(office, account, cents, Place(row=line))
            for line, (office, account, cents) in enumerate(
                [*rules_accounts, *((*key, cents) for key, cents in sorted(offices.items()))], 2
            )
        ]
        rows = (check_item(rules, row, frozenset()) for row in portfolio_rows(self.size, schemes))
        wishes = OpeningWishes(TAKEN, {"receivables": total, "balances": total})
        done = import_opening(store, Source("alt.csv", "ab" * 32, 1), rules, balances, rows, wishes)
        assert sum(part.items for part in done.offices) == self.size
        self.proved("opening", total)

    def statements(self, day, numbers, balance=0):
        """Empty statements up to a day, so that nothing is missing when somebody is dunned."""
        for iban, number, cents in zip((MAIN_IBAN, SECOND_IBAN), numbers, (balance, 0), strict=True):
            statement(self.store, iban, day, opening=cents, closing=cents, number=number)

    def dun(self, day, step):
        """A dunning run from the proposal to the post: every overdue claim is in one letter or left out once."""
        made = propose(self.as_user("clara", day), day)
        self.left()
        assert self.store.all(_OVERDUE, run=made.run, day=day.isoformat()) == []
        done = release(self.as_user("emil", day), made.run, given_cents=made.sum_cents)
        assert (done.letters, done.taken_out) == (made.letters, 0)
        assert done.fee_cents == made.charge_cents + made.fee_cents
        self.proved(step, done.fee_cents)
        self.law_holds(made.run, day)
        return made.run

    def law_holds(self, run, day):
        """A sample of the letters against the calculators, one claim at a time."""
        rows = self.store.all(_CHARGED, run=run, count=SAMPLE)
        assert len({row[2] for row in rows}) > (2 if day == FIRST else 0)
        for office, item, name, due, open_cents, charge, ends in rows:
            profile = profile_for(name, LAND, LAW)
            claim = Claim(open_cents, dt.date.fromisoformat(due))
            rule = profile.late_charge
            before = self.demanded(office, item, run)
            cents = accrue(rule, claim, day, land=LAND, law=LAW).cents if rule else 0
            assert charge == max(0, cents - before), (office, item)
            assert ends is None or ends >= day.isoformat(), (office, item)

    def demanded(self, office, item, run):
        sql = """SELECT coalesce(sum(i.amount_cents), 0)
                 FROM letter_item x CROSS JOIN letter l CROSS JOIN item i
                 WHERE x.office = :office AND x.item = :item AND l.id = x.letter AND l.run < :run
                   AND i.office = x.office AND i.id = x.charge_item"""
        return int(self.store.value(sql, office=office, item=item, run=run))

    def post(self, run, day, step):
        """Letters on paper and to the post; some arrive with a proof, some come back."""
        store = self.as_user("clara", day)
        numbers = run_letters(store, run)
        for at in range(0, len(numbers), 20_000):
            part = numbers[at : at + 20_000]
            prints = print_letters(store, part, planned_on=day)
            assert [one.letter for one in prints.letters] == part
            note_files(store, prints.letters, {number: f"{number:064d}" for number in part})
        done = post_letters(store, numbers, day=day)
        assert (len(done.letters), done.already) == (len(numbers), 0)
        self.as_user("clara", day + dt.timedelta(days=7))
        for number in numbers[:: max(len(numbers) // 12, 1)]:
            take_return(store, number, day=day + dt.timedelta(days=7), reason="unbekannt verzogen")
        for number in numbers[1 :: max(len(numbers) // 12, 2)]:
            serve(store, number, day=day + dt.timedelta(days=6), proof="Empfangsbekenntnis")
        self.proved(step, 0)

    def pay(self, run, day, opening, number, step):
        """A bank day: letters paid by their reference, claims in part, too much, and by nobody known."""
        store, every = self.as_user("clara", day), max(self.size // 40, 6)
        letters = store.all(_LETTERS, run=run, count=every)
        singles = store.all(_SINGLE, count=every)
        lines = [f"+{plain(cents)} Zahler /{reference}" for _, reference, cents, _ in letters[::2]]
        lines += [f"+{plain(cents // 2 + 1)} Zahler /{reference}" for _, reference, cents, _ in letters[1::4]]
        lines += [f"+{plain(cents // 3 + 1)} Zahler /{reference}" for reference, cents in singles[::2]]
        lines += [f"+{plain(cents + 7)} Zahler /{reference}" for reference, cents in singles[1::4]]
        lines += [f"+{7 + at},00 Unbekannt /Danke" for at in range(every // 3)]
        total = sum(cents_of(line) for line in lines)
        text = " | ".join([f"{day:%d.%m.%Y} {plain(opening)}", *lines, plain(opening + total)])
        before = int(store.value(_PAID))
        assert take(store, bank_day(text, number=number, iban=MAIN_IBAN)).new == len(lines)
        outcome = post_staged(store)
        assert outcome.posted == len(lines)
        paid = int(store.value(_PAID)) - before
        assert 0 < paid < total
        self.proved(step, -paid)
        return opening + total

    def relieve(self, day, step):
        """Every kind of relief for some claims, one of another: proposed by one person, granted by another."""
        each = max(min(self.size // 100, 200), 2)
        rows = self.store.all(_CANDIDATES, day=TAKEN, count=each * 40)
        parties, change, numbers = set(), 0, []
        for at, (office, item, party) in enumerate(rows):
            if party in parties or len(numbers) >= each * len(WISHES):
                continue
            parties.add(party)
            wish = WISHES[at % len(WISHES)](office, item, party, day)
            try:
                made = wish_for(self.as_user("clara", day), wish)
            except ReliefConflictError:
                continue
            done = grant(self.as_user("emil", day), made.number)
            change += done.late_cents + done.interest_cents - done.written_off_cents
            numbers.append(made.number)
        assert len(self.store.all("SELECT DISTINCT kind FROM relief WHERE state = 'granted'")) == len(WISHES)
        self.proved(step, change)
        return numbers

    def relief_ends(self, numbers, day, step):
        """Plans fail where nobody paid, the rest ends by its own way; each by a person."""
        failed = [
            one.fields["relief"] for one in check(self.as_user("emil", day), day) if one.code == "relief.plan_failed"
        ]
        assert failed
        change = 0
        for number in numbers:
            row = self.store.one("SELECT kind, sum_cents FROM relief WHERE id = :id", id=number)
            if number in failed or row[0] in {"niederschlagung_befristet", "erlass", "aufschub"}:
                way = {"erlass": "lifted", "niederschlagung_befristet": "lifted"}.get(row[0], "failed")
                done = end(self.as_user("frida", day), number, reason="Ende", way=way)
                change += done.default_cents + done.interest_cents - done.interest_off_cents - done.written_off_cents
                change += row[1] if done.reopened else 0
        self.proved(step, change)

    def limitation(self, day, step):
        """Every open main claim stands somewhere, once; the report has what was lost, and no letter was about it."""
        store = self.as_user("clara", day)
        book = Lawbook(LAND, LAW)
        seen = Seen()
        with store.snapshot():
            sums, undated = summed(
                barred(seen.each(open_claims(store)), book, dt.date(2010, 1, 1), day), ("office", "profile")
            )
        mains = store.value("""SELECT count(*) FROM (SELECT office, coalesce(main_item, id) AS item FROM item
            WHERE kind = 'receivable' AND open_cents > 0 GROUP BY office, coalesce(main_item, id)) x""")
        assert (seen.claims, seen.cents) == (mains, self.open_cents)
        assert sums
        assert set(undated) <= {"final_missing"}
        self.proved(step, 0)


@dataclass
class Seen:
    """Counts claims as they pass, each once and in the order of their numbers; none is kept."""

    claims: int = 0
    cents: int = 0
    last: tuple = ()

    def each(self, told):
        for claim, happened in told:
            key = claim.office, claim.item
            assert key > self.last
            self.claims, self.cents, self.last = (
                self.claims + 1, self.cents + claim.open_cents + claim.side_cents, key,
            )  # fmt: skip
            yield claim, happened


def rules_account(store, iban):
    return store.value("SELECT account FROM bank_account WHERE iban = :iban", iban=iban)


def cents_of(line):
    return parse_amount(line.split()[0].lstrip("+"))


def wish(kind, office, item, party, day, **more):
    whole = kind in {"tod", "insolvenz"}
    items = {"party": party} if whole else {"items": ((office, item),)}
    return Wish(relief_kind(kind), "Antrag", day, **items, **more)


WISHES = (
    lambda o, i, p, d: wish("stundung", o, i, p, d, last=dt.date(2027, 6, 1)),
    lambda o, i, p, d: wish("ratenplan", o, i, p, d, schedule=Schedule(first=dt.date(2026, 12, 7), count=3)),
    lambda o, i, p, d: wish("aufschub", o, i, p, d, last=dt.date(2027, 3, 1)),
    lambda o, i, p, d: wish("niederschlagung_befristet", o, i, p, d, watch=dt.date(2028, 1, 4)),
    lambda o, i, p, d: wish("niederschlagung_unbefristet", o, i, p, d),
    lambda o, i, p, d: wish("erlass", o, i, p, d, cents=2000),
    lambda o, i, p, d: wish("tod", o, i, p, d),
    lambda o, i, p, d: wish("insolvenz", o, i, p, d),
)


def lived(store, size):
    """Take a portfolio of that size through its whole life and return it."""
    life = Life(store, size)
    life.take_over()
    life.statements("2026-11-23", (1, 1))
    run = life.dun(FIRST, "first dunning")
    life.post(run, dt.date(2026, 11, 25), "first letters")
    closing = life.pay(run, dt.date(2026, 12, 3), 0, 2, "payments")
    reliefs = life.relieve(dt.date(2026, 12, 4), "relief")
    life.limitation(dt.date(2026, 12, 22), "limitation")
    life.relief_ends(reliefs, dt.date(2026, 12, 28), "ends of relief")
    life.statements("2026-12-28", (3, 2), closing)
    run = life.dun(SECOND, "second dunning")
    life.post(run, dt.date(2026, 12, 30), "second letters")
    life.pay(run, dt.date(2027, 1, 8), closing, 4, "payments of the second letters")
    life.limitation(dt.date(2027, 1, 25), "limitation again")
    return life
