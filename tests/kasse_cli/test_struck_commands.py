"""Invariant 10 for what clerks do once a year: kill -9 at any moment, then the same line again, and all is as if nothing."""

import random
from collections import Counter
from contextlib import contextmanager
from itertools import count

import pytest

from enforcement.proofs import PROOFS
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign
from ledger.bank.suspense_desk_store import DecisionList, decide
from ledger.bank.withdraw_store import ask_withdrawal
from ledger.book.verify_store import verify
from ledger.payments.set_off_store import set_off
from ledger.reports.balances_store import trial_balance
from tests.bankbooks import item, reference
from tests.books import act, another, opened
from tests.kasse_cli.order_files import BALANCES, ITEMS, write
from tests.kasse_cli.striking import cut, fill_up, hit, moments_of, struck
from tests.ledger.order_lists import DAY, accepted, row
from tests.ledger.statement_texts import statement, take
from tests.ledger.test_order_changes import change, settle, through

SUMS = "--control receivables=150 --control payables=20 --control balances=130"
LINES = {
    "set-off undone": "payment set-off-undo {set_off} --reason Irrtum --user emil",
    "list undone": "suspense undo --batch 1 --reason falsch --user clara",
    "match undone": "suspense undo --entry {matched} --reason falsch --user clara",
    "statement withdrawn": "statement withdraw 1 --confirm --user dirk",
    "backup": "book backup b.kasse --force --user emil",
}
OPENING = {
    "opening drafted": f"opening import alt --as-of 2026-11-15 {SUMS} --user emil",
    "opening signed": "opening sign alt --user frida",
}
TOLD = {
    "items": "SELECT office, kind, account, amount_cents, open_cents, due FROM item ORDER BY 1, 2, 3, 4, 5, 6",
    "cleared": "SELECT office, kind, count(*) FROM clearing GROUP BY 1, 2 ORDER BY 1, 2",
    "matches": "SELECT rule, cents, count(*) FROM bank_match GROUP BY 1, 2 ORDER BY 1, 2",
    "steps": "SELECT kind, cents, undoes IS NULL FROM suspense_step ORDER BY item, line",
    "statements": "SELECT id, withdrawn_on FROM statement ORDER BY 1",
    "entries": "SELECT office, kind, count(*) FROM entry GROUP BY 1, 2 ORDER BY 1, 2",
    "drafts": "SELECT state, count(*) FROM opening_run GROUP BY 1 ORDER BY 1",
    "events": "SELECT action, count(*) FROM event WHERE action NOT IN ('journal.verify', 'journal.aborted', 'book.backup') GROUP BY 1 ORDER BY 1",
}


def filled(store):
    """A set-off, unclear money assigned by a list, money matched by itself, a statement whose withdrawal was asked."""
    accepted(store, row("ORDNUNG receivable 125,50 Erika Muster", due="2026-10-01"), row("BAU receivable 40,00 Erika Muster", due="2026-11-01"))  # fmt: skip
    settle(store, 10000)
    through(store, change(store, to_cents=0, as_credit=True)[0].number)
    names = {"set_off": set_off(act(store, "clara"), [("ORDNUNG", 2)], day=DAY).entries[0]}
    references = [reference(act(store, "import"), number) for number in range(901, 905)]
    for number, ref in enumerate(references):
        item(store, "50", ref, office=("ORDNUNG", "BAU")[number % 2])
    text = f"13.11. 0,00 | +10,00 Adam / Danke | +12,00 Eva / Danke | +50,00 Max Mustermann / {references[0]} | 72,00"
    take(store, statement(text, named="FR", number=1))
    post_staged(store)
    cases = [case for (case,) in store.all("SELECT item FROM suspense_case ORDER BY item")]
    wishes = [Assign(case, (Wish(ref),)) for case, ref in zip(cases, references[1:], strict=False)]
    decide(act(store, "clara"), wishes, day="2026-11-17", listed=DecisionList("assign", "liste.csv", "a" * 64))
    ask_withdrawal(store, 1, "falsches Konto")
    sql = """SELECT e.office, e.year, e.number FROM entry e JOIN bank_entry b ON b.office = e.office
             AND b.position = e.position WHERE b.amount_cents = 5000"""
    names["matched"] = "{}-{}-{}".format(*store.one(sql))
    return names


class Place:
    """A book before the command, and copies of it to strike at."""

    def __init__(self, shell, book, server):
        self.shell, self.book, self.server, self.numbers = shell, book, server, count(1)

    @contextmanager
    def copied(self):
        number = next(self.numbers)
        folder = self.shell.folder / f"case{number}"
        folder.mkdir()
        write(folder / "alt", "balances.csv", BALANCES)
        write(folder / "alt", "items.csv", ITEMS)
        with another(self.book, self.server, folder, number) as location:
            yield type(self.shell)(folder, environ={"KASSE_BOOK": location})


def outcome(shell):
    """Return what the book says, which proves itself, and the files that lie there."""
    store = opened(shell.environ["KASSE_BOOK"], "emil")
    told = {name: store.all(sql) for name, sql in TOLD.items()}
    told["balances"] = [(a.office, a.number, a.balance_cents) for a in trial_balance(store, "2026-12-31").accounts]
    findings = [(one.code, one.fields) for one in verify(store, proofs=PROOFS).findings]
    store.close()
    assert findings == []
    return told


def files(shell):
    """Return what lies in the folder but the book and its lists; a killed backup may leave hidden parts."""
    found = (path.name for path in shell.folder.iterdir() if path.is_file() and not path.name.startswith("kasse.db"))
    return sorted(name for name in found if not name.startswith("."))


def differing(one, other):
    return {name: (rows, other[name]) for name, rows in one.items() if rows != other[name]}


def moments(counted: Counter, few: int):
    """Return the first, the last and some moments between of each kind, drawn by a fixed die."""
    for kind, last in sorted(counted.items()):
        numbers = {1, last, *random.Random(kind).sample(range(1, last + 1), min(few, last))}
        yield from ((kind, number) for number in sorted(numbers))


def strike_all(place, line, few):
    """Kill, or take connection or disk away, at moments of a line; the book is as before or after, and it ends well."""
    with place.copied() as shell:
        before = outcome(shell)
        counted = moments_of(shell, f"kasse {line}")
        after, wanted = outcome(shell), files(shell)
    assert counted["committed"]
    for moment in moments(counted, few):
        for away in (None, cut if place.server else fill_up):
            if away is not None and moment[0] not in {"write", "commit"}:
                continue
            with place.copied() as shell:
                strike(shell, f"kasse {line}", moment, away)
                found = outcome(shell)
                assert found in (before, after), (moment, differing(before, found))
                done = shell(f"kasse {line}")
                assert done.code in ({0} if found != after or before == after else {0, 1}), (moment, done.err)
                assert (outcome(shell), files(shell)) == (after, wanted), moment


def strike(shell, line, moment, away):
    """Strike a line at a moment of its work: kill it, or take away what it works with, which it says with code 4."""
    if away is None:
        assert struck(shell, line, moment), moment
        return
    came, code = hit(shell, line, moment, away)
    assert (came, code in {0, 4}) == (True, True), (moment, code)


@pytest.fixture
def place(shell, book, request):
    server = request.getfixturevalue("postgres_server") if book.startswith("postgresql") else ""
    return Place(shell, book, server)


def ready(place, case):
    """Make the book ready for the line of that name, and return the line."""
    if case in LINES:
        store = opened(place.book)
        names = filled(store)
        store.close()
        return LINES[case].format(**names)
    shell = type(place.shell)(place.shell.folder, environ={"KASSE_BOOK": place.book})
    write(shell.folder / "alt", "balances.csv", BALANCES)
    write(shell.folder / "alt", "items.csv", ITEMS)
    if case == "opening signed":
        for line in (OPENING["opening drafted"], "opening sign alt --user emil"):
            assert shell(f"kasse {line}").code == 0
    return OPENING[case]


@pytest.mark.parametrize("case", LINES)
def test_what_a_clerk_takes_back_is_taken_back_once(place, case):
    strike_all(place, ready(place, case), few=0)


@pytest.mark.parametrize("case", OPENING)
def test_a_book_is_taken_over_once(place, case):
    strike_all(place, ready(place, case), few=0)


@pytest.mark.soak
@pytest.mark.parametrize("case", [*LINES, *OPENING])
def test_struck_at_many_moments(place, case):
    strike_all(place, ready(place, case), few=12)
