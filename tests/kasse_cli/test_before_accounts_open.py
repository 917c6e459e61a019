"""No command that posts on the day of --on posts before its accounts were opened, on either engine."""

import datetime as dt

import pytest

from ledger.book.entry import NotYetOpenError
from ledger.book.store import post
from tests.books import entry
from tests.kasse_cli.transcripts import Shell
from tests.ledger.test_roles_commands import prepare

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
EARLY = "2025-12-30"
"""Before 2026-01-01, when the accounts of the book of these tests were opened."""
NOT_YET, DESK, DONE = "journal.not_yet_open", "cash.not_yet", None
COMMANDS = {
    "clara: journal post --debit 6100=12,50 --credit 5900=12,50 --text Porto --document V": NOT_YET,
    "clara: order accept ORDNUNG-5": NOT_YET,
    "emil: payment release 1 --sum 89,00": NOT_YET,
    "emil: relief grant 1 --yes": NOT_YET,
    "only_clerk: cash take B1 --amount 5 --payer Max": DESK,
    "clara: cash cancel B1-2026-1 --reason x": DESK,
    "only_clerk: cash deposit B1 5,00": DESK,
    # what follows another entry has its day from that one, where it is later
    "emil: cash confirm B2": DONE,
    "clara: suspense assign 2 --items BAU/3=10,00": DONE,
}


@pytest.fixture
def shell(store, book, tmp_path):
    prepare(store)
    return Shell(tmp_path, now=NOW, environ={"KASSE_BOOK": book})


def test_no_command_posts_before_its_accounts_were_opened(store, shell):
    shell("kasse payment review 1 --user dirk")
    for line, code in COMMANDS.items():
        user, _, command = line.partition(": ")
        done = shell(f"kasse {command} --on {EARLY} --user {user} --json")
        told = {one["code"] for one in (*done.json["errors"], *done.json["findings"])}
        assert (code in told, done.code) == (code is not None, 1 if code else 0), (line, done.out)
    assert store.value("SELECT min(posting_day) FROM entry") >= "2026-01-01"


def test_what_the_bank_booked_and_what_is_taken_over_may_lie_before(store):
    before, draft = store.value("SELECT count(*) FROM entry"), entry("6100 5,00", "5900 -5,00", day=EARLY)
    with pytest.raises(NotYetOpenError) as refused, store.unit(["KASSE"]):
        post(store, [draft])
    assert refused.value.fields == {"office": "KASSE", "account": "6100", "opened": "2026-01-01"}
    with store.unit(["KASSE"]):
        post(store, [draft], earlier=True)
    assert store.value("SELECT count(*) FROM entry") == before + 1


def test_the_first_day_of_a_month_does_not_vouch_for_the_others(store):
    account = {"office": "KASSE", "number": "6199", "name": "Neu", "kind": "expense", "opened_on": "2026-01-10"}
    with store.unit(["KASSE"]):
        store.insert_one("account", **account)
    drafts = [entry("6199 5,00", "5900 -5,00", day=day) for day in ("2026-01-10", "2026-01-09")]
    with pytest.raises(NotYetOpenError) as refused, store.unit(["KASSE"]):
        post(store, drafts)
    assert refused.value.fields["account"] == "6199"
    with store.unit(["KASSE"]):
        post(store, drafts[:1])
