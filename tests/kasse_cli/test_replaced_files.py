"""A rejected file that the bank issued again waits no more; it stays, and what is not surely replaced is named on."""

import pytest

from kasse_cli.demo.bank import DemoBank
from tests.books import MAIN_IBAN, SECOND_IBAN
from tests.kasse_cli.test_cmd_statement import WED, intraday, town  # noqa: F401 - a fixture

RUN = "kasse reconcile inbox --archive done --reject broken --metrics kasse.prom --report mail.txt --json"
WATCH = "kasse health --reject broken --user clara"


@pytest.fixture
def run(town):  # noqa: F811
    """Deliver files and reconcile them, beside one that is taken whenever it comes: a run of broken files is refused."""
    beside = intraday(DemoBank(SECOND_IBAN, 0).statement(WED, ()))

    def deliver(**files):
        town.deliver(**files, beside=beside)
        return town.shell(RUN).data

    return deliver


def wrong(statement: bytes) -> bytes:
    """Make its sum contradict its balances, as a bank's mistake does."""
    return statement.replace(b">5.00<", b">6.00<")


def later(statement: bytes) -> bytes:
    """Let the bank make it at another moment, under another message."""
    return statement.replace(b"T22:15", b"T23:40").replace(b"<MsgId>MB-", b"<MsgId>ANEW-")


def states(data):
    return data["replaced"], data["rejected"]


def test_a_file_that_the_bank_issued_again_waits_no_more(town, run):  # noqa: F811
    assert states(run(monday=wrong(town.monday))) == ([], ["monday.xml"])
    assert "rejected files that wait: 1 (monday.xml)" in town.shell(WATCH).out
    town.deliver(corrected=later(town.monday))
    tried = town.shell(RUN.replace("reconcile", "reconcile --dry-run")).data
    assert states(tried) == (["monday.xml"], [])
    assert town.names("broken") == ["monday.xml", "monday.xml.findings.txt"]
    assert states(run()) == (["monday.xml"], [])
    assert town.names("broken") == ["monday.xml", "monday.xml.replaced.txt"]
    assert (town.shell.folder / "broken" / "monday.xml").read_bytes() == wrong(town.monday)
    why = (town.shell.folder / "broken" / "monday.xml.replaced.txt").read_text("utf-8")
    assert "statement 2026-11-16-101 of account DE02370400440000000024 came again in inbox/corrected.xml" in why
    assert "balance" in why, "what was wrong with it stands there still"
    assert "replaced by the bank: monday.xml" in (town.shell.folder / "mail.txt").read_text("utf-8")
    assert "kasse_reconcile_rejected_waiting 0" in (town.shell.folder / "kasse.prom").read_text("utf-8")
    assert "rejected=0" in town.shell(WATCH).out
    assert states(run(tuesday=town.tuesday)) == ([], [])
    run(monday=wrong(town.monday).replace(b"Erika", b"Frida"))
    assert town.names("broken")[:2] == ["monday-2.xml", "monday-2.xml.findings.txt"], "nothing is ever overwritten"


def test_both_may_come_in_one_run_and_either_way_by_hand(town, run):  # noqa: F811
    assert states(run(a=wrong(town.monday), b=later(town.monday))) == (["a.xml"], [])
    assert states(run(c=wrong(town.tuesday).replace(b">12.34<", b">12.35<"))) == ([], ["c.xml"])
    town.deliver(d=town.tuesday)
    assert states(town.shell("kasse statement import inbox --reject broken --json").data) == (["c.xml"], [])


def twice(first: bytes, second: bytes) -> bytes:
    """Put the statements of two files into one message."""
    _, _, rest = second.partition(b"</GrpHdr>")
    return first.replace(b"</BkToCstmrStmt></Document>\n", b"") + rest


STAYS = {
    # what is delivered first, and what of the bank's later files does not replace it
    "another day": lambda of: (wrong(of.monday), of.tuesday),
    "another account": lambda of: (
        wrong(of.monday), of.monday.replace(MAIN_IBAN.encode(), SECOND_IBAN.encode())
    ),
    "an older issue": lambda of: (wrong(later(of.monday)), of.monday),
    "one of its two statements": lambda of: (twice(wrong(of.monday), of.tuesday), later(of.monday)),
    "what breaks off, by another message": lambda of: (of.monday[:-30], later(of.monday)),
    "what is no statement": lambda of: (b"<Document", of.monday),
    "the same number of another year": lambda of: (
        wrong(of.monday).replace(b"<Dt>2026", b"<Dt>2025"), later(of.monday)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_is_not_surely_replaced_is_named_on(town, run, name):  # noqa: F811
    first, second = STAYS[name](town)
    assert states(run(a=first)) == ([], ["a.xml"])
    done = run(b=second)
    assert (done["new"] > 0, states(done)) == (True, ([], ["a.xml"]))
    assert town.names("broken") == ["a.xml", "a.xml.findings.txt"]


def test_a_file_cut_off_on_its_way_is_replaced_by_the_whole_message(town, run):  # noqa: F811
    both = twice(town.monday, town.tuesday)
    assert states(run(a=both[:-900])) == ([], ["a.xml"])
    assert states(run(b=both)) == (["a.xml"], [])


def test_a_file_cut_off_before_its_first_booking_is_replaced_by_the_whole_one(town, run):  # noqa: F811
    """Nothing of it can be read; the same bytes, and more, are the same message."""
    cut = town.monday.index(b"<Ntry>") + 40
    assert states(run(a=town.monday[:cut])) == ([], ["a.xml"])
    town.deliver(b=town.monday)
    tried = town.shell(f"{RUN} --dry-run").data
    assert states(tried) == (["a.xml"], [])
    assert town.names("broken") == ["a.xml", "a.xml.findings.txt"], "a rehearsal marks nothing"
    assert states(run()) == (["a.xml"], [])
    assert town.names("broken") == ["a.xml", "a.xml.replaced.txt"]
    text = (town.shell.folder / "broken" / "a.xml.replaced.txt").read_text("utf-8")
    assert "it is the beginning of inbox/b.xml, which was taken" in text


@pytest.mark.parametrize("part", [b"", b"<?xml", b"another"], ids=["empty", "before its id", "another message"])
def test_what_may_be_the_beginning_of_another_file_waits(town, run, part):  # noqa: F811
    cut = town.monday.index(b"<Ntry>") + 40
    assert states(run(a=part if part != b"another" else later(town.monday)[:cut])) == ([], ["a.xml"])
    assert states(run(b=town.monday)) == ([], ["a.xml"])


def test_a_contradiction_to_the_book_is_named_until_the_bank_decided_it(town, run):  # noqa: F811
    run(a=town.monday)
    other = town.monday.replace(b"Erika", b"Frida")
    assert states(run(b=later(other))) == ([], ["b.xml"])
    assert states(run(c=town.tuesday)) == ([], ["b.xml"])


def test_in_the_night_in_which_clocks_go_back_the_later_issue_has_the_smaller_hour(town, run):  # noqa: F811
    first, second = (
        town.monday.replace(b"T22:15:00+01:00", stamp) for stamp in (b"T02:50:00+02:00", b"T02:10:00+01:00")
    )
    assert states(run(a=wrong(first))) == ([], ["a.xml"])
    assert states(run(b=second)) == (["a.xml"], [])


def test_a_zip_waits_for_every_file_in_it(town, run):  # noqa: F811
    town.pack("days.zip", a=wrong(town.monday), b=town.tuesday, c=wrong(town.wednesday).replace(b">12.34<", b">12.35<"))
    assert states(run()) == ([], ["days.zip"])
    assert states(run(a=later(town.monday))) == ([], ["days.zip"])
    assert states(run(c=later(town.wednesday))) == (["days.zip"], [])


def test_a_withdrawn_file_that_comes_again_is_tried_once_and_replaced_by_the_right_one(town, run):  # noqa: F811
    run(a=town.monday)
    for user, how in (("clara", "--reason falsch"), ("dirk", "--confirm")):
        assert town.shell(f"kasse statement withdraw 1 {how} --user {user}").code == 0
    assert states(run(b=town.monday)) == ([], ["b.xml"])
    refusals = town.count("event WHERE action = 'statement.refuse'")
    assert states(run()) == ([], ["b.xml"])
    assert town.count("event WHERE action = 'statement.refuse'") == refusals, "it is not tried in every run"
    assert states(run(c=later(town.monday.replace(b"Erika", b"Frida")))) == (["b.xml"], [])


def test_a_run_that_is_refused_leaves_it_to_the_next_one_to_say_so(town, run):  # noqa: F811
    run(a=wrong(town.monday))
    town.deliver(b=later(town.monday))
    town.shell("kasse reconcile inbox")
    (town.inbox / "b.xml").write_bytes(b"<Document")
    assert town.shell(RUN).code == 1
    assert states(run()) == (["a.xml"], ["b.xml"])
