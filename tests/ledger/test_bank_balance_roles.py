"""A balance of a bank account needs two heads, whatever program they use, where PostgreSQL enforces the rights.

Each attack writes as a plain login does: events and entries with the right hashes, which the database lets through.
"""

import os
from dataclasses import replace

import pytest

from ledger.bank.bank_accounts_store import add_bank_account, list_bank_accounts
from ledger.bank.bank_balance import ASKED, DROPPED, POSTED
from ledger.bank.bank_balance_store import ask_balance, confirm_balance, drop_balance, waiting_balance
from ledger.book.entry import Draft, Posting
from ledger.book.journal import EntryNumber
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.events.store import record
from ledger.items.opening_drafts_store import draft_opening, sign_first, sign_second
from ledger.items.opening_store import read_lists, take_over
from ledger.people.duties_store import name_deputy
from ledger.people.users import OwnWorkError, add_user
from ledger.store.failures import RefusedByBookError
from ledger.store.postgres import DatabaseRightError
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.test_bank_accounts import NEW, WAGES
from tests.ledger.test_bank_balance import WISH
from tests.ledger.test_opening_drafts import given, source
from tests.rolebooks import granted, opened

OTHER = "DE02500105170137075030"
ALONE, NO_HEAD = "another head of the Kasse asked for", "a head of the Kasse asks"
NAME, FINAL = "one's own name", "is final|keeps every row"
DAY, CENTS, AGAINST = WISH.day, WISH.cents, WISH.account


def prepare(store):
    """Two bank accounts that joined, a deputy of a head, and heads of another office and by exception."""
    for account in (WAGES, replace(WAGES, iban=OTHER, name="Zweckverband")):
        add_bank_account(act(store, "emil"), replace(account, day=WAGES.day.replace(month=1, day=1)))
    with store.unit(["KASSE"]):
        add_user(store, "paula", [("*", "payments")])
        add_user(store, "bauleiter", [("BAU", "head")])
        add_user(store, "verwalter", [("*", "admin")])
    name_deputy(act(store, "frida"), "emil", "paula", office="*", role="head", since="2020-01-01", until="2099-12-31")
    act(store, "root")


@pytest.fixture(scope="module")
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_balance_{os.getpid()}", prepare) as made:
        yield made


class Logins:
    """People who are logged in, each opened when asked for."""

    def __init__(self, location):
        self.location, self.known = location, {}

    def __call__(self, user):
        if user not in self.known:
            self.known[user] = opened(self.location, user)
        return self.known[user]


@pytest.fixture
def who(location):
    logins = Logins(location)
    yield logins
    emil = logins("emil")
    for iban in (NEW, OTHER):
        if says(emil, iban) == ASKED:
            drop_balance(emil, iban)
    for store in logins.known.values():
        store.close()


def says(store, iban):
    """Return the last word of the event log on the balance of an account."""
    sql = "SELECT action FROM event WHERE object = :object AND action LIKE '%balance' ORDER BY position DESC LIMIT 1"
    return store.value(sql, object=f"bank_account:{iban}")


def held(store, iban=NEW):
    (line,) = list_bank_accounts(store, iban)
    return line.balance_cents


def word(store, action, iban=NEW, **facts):
    """Write an event of a balance, inside a unit of work."""
    facts = {"cents": CENTS, "day": DAY, "account": AGAINST} | facts
    record(store, "KASSE", action, f"bank_account:{iban}", facts, {"reason": "x", "document": "x"})


def entered(store, cents=CENTS, *, iban=NEW, account="2802", against=AGAINST, told=True, day=DAY, **more):
    """Post a balance as the service does, inside a unit of work; `told` notes it in the event log."""
    lines = (Posting(account, cents), Posting(against, -cents), *more.get("lines", ()))
    (at,) = post(store, [Draft("KASSE", "opening", day, lines, source=more.get("source", f"bank_balance:{iban}"))])
    if told:
        entry = str(EntryNumber(at.office, at.year, at.number))
        word(store, POSTED, more.get("object", iban), entry=entry, posted_cents=cents)


def without_an_ask(who):
    with who("emil").unit(["KASSE"]):
        entered(who("emil"))


def without_an_ask_or_a_word(who):
    with who("emil").unit(["KASSE"]):
        entered(who("emil"), told=False)


def as_if_it_were_a_take_over(who):
    with who("emil").unit(["KASSE"]):
        entered(who("emil"), told=False, source="opening")


def as_an_admin_who_takes_over(who):
    with who("verwalter").unit(["KASSE"]):
        entered(who("verwalter"), told=False, source="opening")


def from_nowhere(who):
    with who("emil").unit(["KASSE"]):
        entered(who("emil"), source=None)


def what_one_asked_for(who):
    ask_balance(who("emil"), WISH)
    with who("emil").unit(["KASSE"]):
        entered(who("emil"))


def asked_and_posted_at_once(who, iban=NEW, account="2802"):
    with who("emil").unit(["KASSE"]):
        word(who("emil"), ASKED, iban)
        entered(who("emil"), iban=iban, account=account)


def the_ask_of_another_over_ones_own(who):
    """The last word counts: who changes what was asked for has asked."""
    ask_balance(who("emil"), WISH)
    with who("frida").unit(["KASSE"]):
        word(who("frida"), ASKED, cents=CENTS + 1)
        entered(who("frida"), CENTS + 1)


def after_taking_the_ask_away(who):
    ask_balance(who("emil"), WISH)
    with who("frida").unit(["KASSE"]):
        word(who("frida"), DROPPED)
        entered(who("frida"))


def after_the_asker_took_it_away(who):
    ask_balance(who("emil"), WISH)
    with who("emil").unit(["KASSE"]):
        word(who("emil"), DROPPED)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"))


def for_the_asker_as_their_deputy(who):
    ask_balance(who("emil"), WISH)
    paula = who("paula")
    paula.principal = emil_number(paula)
    with paula.unit(["KASSE"]):
        entered(paula)


def emil_number(store):
    return store.value("SELECT id FROM app_user WHERE name = 'emil'")


def asked_as_a_deputy_and_posted_by_the_absent(who):
    paula = who("paula")
    paula.principal = emil_number(paula)
    with paula.unit(["KASSE"]):
        word(paula, ASKED)
    with who("emil").unit(["KASSE"]):
        entered(who("emil"))


def asked_by(who, **facts):
    ask_balance(who("emil"), replace(WISH, **facts))


def another_sum(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), CENTS + 1)


def a_sum_that_only_the_event_tells_right(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), CENTS + 1, told=False)
        number = who("frida").value("SELECT max(number) FROM entry WHERE office = 'KASSE' AND year = 2026")
        word(who("frida"), POSTED, entry=f"KASSE-2026-{number}", posted_cents=CENTS)


def against_another_account(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), against="5900")


def on_another_bank_account(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), account="2803")


def with_the_word_on_another_bank_account(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), iban=OTHER, account="2803", object=NEW)


def on_a_day_before(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), day="2026-11-12")


def with_money_for_a_third_account(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), lines=(Posting("2800", 500), Posting(AGAINST, -500)))


def without_a_word_of_it(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), told=False)


def with_the_word_of_the_asker(who):
    """The asker writes before that it was posted: the number of the entry can be foreseen."""
    ask_balance(who("emil"), WISH)
    last = who("emil").value("SELECT coalesce(max(number), 0) FROM entry WHERE office = 'KASSE' AND year = 2026")
    with who("emil").unit(["KASSE"]):
        word(who("emil"), POSTED, entry=f"KASSE-2026-{last + 1}", posted_cents=CENTS)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), told=False)


def without_its_source(who):
    """Reports and the chain of statements know the balance of an account by its source."""
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), source="bank_balance")


def with_the_word_of_another_entry(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), told=False)
        word(who("frida"), POSTED, entry="KASSE-2026-99", posted_cents=CENTS)


def twice_at_once(who):
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"))
        entered(who("frida"))


def twice_at_once_in_halves(who):
    """Both entries would sum to what was asked for; the second has no word of its own."""
    asked_by(who)
    with who("frida").unit(["KASSE"]):
        entered(who("frida"), CENTS // 2)
        entered(who("frida"), CENTS // 2)


def before_the_unit_of_work_ends(who):
    """Asked at once, the guard asks no less."""
    with who("emil").unit(["KASSE"]):
        who("emil").execute("SET CONSTRAINTS access_entry_opening IMMEDIATE")
        entered(who("emil"))


ALONE_OR_TWICE = (
    without_an_ask, without_an_ask_or_a_word, as_if_it_were_a_take_over, as_an_admin_who_takes_over, from_nowhere,
    what_one_asked_for, asked_and_posted_at_once, the_ask_of_another_over_ones_own, after_taking_the_ask_away, after_the_asker_took_it_away,
    for_the_asker_as_their_deputy, asked_as_a_deputy_and_posted_by_the_absent, another_sum,
    a_sum_that_only_the_event_tells_right, against_another_account, on_another_bank_account,
    with_the_word_on_another_bank_account, on_a_day_before, with_money_for_a_third_account, without_a_word_of_it,
    with_the_word_of_the_asker, without_its_source, with_the_word_of_another_entry, twice_at_once, twice_at_once_in_halves, before_the_unit_of_work_ends,
)  # fmt: skip


@pytest.mark.parametrize("attack", ALONE_OR_TWICE)
def test_the_database_refuses_a_balance(who, attack):
    with pytest.raises(DatabaseRightError, match=ALONE):
        attack(who)
    assert (held(who("emil")), held(who("emil"), OTHER)) == (0, 0)


def no_head_asks(who):
    with who("clara").unit(["KASSE"]):
        word(who("clara"), ASKED)


def a_head_of_another_office_asks(who):
    with who("bauleiter").unit(["KASSE"]):
        word(who("bauleiter"), ASKED)


def an_admin_drops_what_waits(who):
    ask_balance(who("emil"), WISH)
    with who("verwalter").unit(["KASSE"]):
        word(who("verwalter"), DROPPED)


def in_the_name_of_another(who):
    frida = who("frida")
    frida.user, own = emil_number(frida), frida.user
    try:
        with frida.unit(["KASSE"]):
            word(frida, ASKED)
    finally:
        frida.user = own


def by_changing_the_ask(who):
    ask_balance(who("emil"), WISH)
    with who("emil").unit(["KASSE"]):
        who("emil").execute(f"UPDATE event SET facts = '{{}}' WHERE action = '{ASKED}'")


def by_taking_the_guard_away(who):
    with who("emil").unit(["KASSE"]):
        who("emil").execute("ALTER TABLE entry DISABLE TRIGGER access_entry_opening")


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (no_head_asks, NO_HEAD),
        (a_head_of_another_office_asks, NO_HEAD),
        (an_admin_drops_what_waits, NO_HEAD),
        (in_the_name_of_another, NAME),
        (by_changing_the_ask, "permission denied"),
        (by_taking_the_guard_away, "must be owner|permission denied"),
    ],
)
def test_the_database_refuses_the_word_of_it(who, attack, reason):
    with pytest.raises(DatabaseRightError, match=reason):
        attack(who)


def test_an_ask_is_final_on_both_engines(store):
    """Where no rights are enforced, what was asked for cannot be changed or taken back either."""
    add_bank_account(act(store, "emil"), replace(WAGES, day=WAGES.day.replace(month=1, day=1)))
    ask_balance(store, WISH)
    for sql in (f"UPDATE event SET facts = '{{}}' WHERE action = '{ASKED}'", "DELETE FROM event"):
        with pytest.raises(RefusedByBookError, match=FINAL), store.unit(["KASSE"]):
            store.execute(sql)
    assert waiting_balance(store, NEW).balance_cents == CENTS


def test_two_heads_enter_and_correct_a_balance_and_nobody_posts_it_again(who):
    emil, frida = who("emil"), who("frida")
    wish = replace(WISH, iban=OTHER)
    for cents in (CENTS, CENTS - 100):
        ask_balance(emil, replace(wish, cents=cents))
        with pytest.raises(OwnWorkError):
            confirm_balance(emil, OTHER)
        with frida.rehearsal():
            confirm_balance(frida, OTHER)
        assert confirm_balance(frida, OTHER).balance_cents == cents == held(emil, OTHER)
    for told in (True, False):
        with pytest.raises(DatabaseRightError, match=ALONE), frida.unit(["KASSE"]):
            entered(frida, 1, iban=OTHER, account="2803", told=told)
    with pytest.raises(DatabaseRightError, match=ALONE):
        asked_and_posted_at_once(who, iban=OTHER, account="2803")
    paula = who("paula")
    ask_balance(frida, replace(wish, cents=1))
    assert confirm_balance(paula, OTHER).posted_cents == 1 - (CENTS - 100), "for the absent head, who has not asked"
    assert verify(emil).findings == ()


@pytest.fixture
def heads(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_taken_{os.getpid()}") as made:
        people = [opened(made, user) for user in ("emil", "frida")]
        yield people
        for store in people:
            store.close()


def test_who_signs_a_take_over_last_posts_nothing_beside_it(heads):
    """Bank accounts get what the draft says that another person signed, once."""
    emil, frida = heads
    draft_opening(emil, *given(emil))
    sign_first(emil, source("lists"))
    columns = ("run", "office", "account", "balance_cents", "items", "items_cents")
    with pytest.raises(DatabaseRightError, match="takes no more rows"), frida.unit(["KASSE"]):
        frida.insert("opening_sum", columns, [(1, "KASSE", "6100", 700, 0, 0)])
    for account, origin in (("2800", "opening"), ("2801", "opening"), ("2801", f"bank_balance:{SECOND_IBAN}")):
        with pytest.raises(DatabaseRightError, match=ALONE):
            signed_with_more(frida, account, origin)
        assert emil.value("SELECT state FROM opening_run WHERE id = 1") == "signed"
    assert sign_second(frida, *given(frida))[0].draft.state == "final"
    assert (held(emil, MAIN_IBAN), held(emil, SECOND_IBAN)) == (1250000, 0)
    assert verify(emil).findings == ()
    for account in ("2800", "6100"):
        with pytest.raises(DatabaseRightError, match=ALONE), frida.unit(["KASSE"]):
            entered(frida, 700, account=account, told=False, source="opening")


def test_a_head_of_another_office_takes_nothing_over(who):
    """The row of a take-over is of no office: who signs it last is head of the Kasse, or nothing is posted with it."""
    emil, other = who("emil"), who("bauleiter")
    with emil.unit(["KASSE"]):
        emil.insert_one(
            "opening_run", id=1, state="draft", as_of=DAY, name="x", sha256="x", size_bytes=1, items=0, balances=0,
            warnings=0, parts="{}", sums="{}", made_by=emil.user, made_at=emil.now,
        )  # fmt: skip
        sql = "UPDATE opening_run SET state = 'signed', first_by = :user, first_at = :now"
        emil.execute(sql, user=emil.user, now=emil.now)
    with pytest.raises(DatabaseRightError, match=ALONE):
        signed_for(other, "BAU")


def signed_for(store, office):
    """Sign last and post an opening entry of one office."""
    lines = (Posting("6100", 500), Posting(AGAINST, -500))
    with store.unit([office]):
        sql = "UPDATE opening_run SET state = 'final', second_by = :user, second_at = :now WHERE id = 1"
        store.execute(sql, user=store.user, now=store.now)
        post(store, [Draft(office, "opening", DAY, lines, source="opening")])


def signed_with_more(store, account, origin):
    """Sign last as the service does, with an entry more."""
    lists_source, *rest = given(store)
    with read_lists(store, *rest) as lists, store.unit(["BAU", "KASSE", "ORDNUNG"]):
        sql = "UPDATE opening_run SET state = 'final', second_by = :user, second_at = :now WHERE id = 1"
        store.execute(sql, user=store.user, now=store.now)
        take_over(store, lists_source, lists, run=1)
        entered(store, 700, account=account, told=False, source=origin, day="2026-11-15")
