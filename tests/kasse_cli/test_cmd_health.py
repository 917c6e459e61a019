"""What runs while nobody looks: metrics, a report by mail, `kasse health` for monitoring, two runs at once."""

import datetime as dt

import pytest

from kasse_cli.commands.health import plugin_lines
from kasse_cli.demo.bank import Booking
from ledger.reports.health import AccountState, BookState, Limits, checks, late_days, worst
from ledger.reports.health_store import book_state
from ledger.store.locking import held_since, one_at_a_time
from tests.books import MAIN_IBAN, opened, sqlite_copy
from tests.kasse_cli.test_cmd_reconcile import WED, Town
from tests.kasse_cli.transcripts import compare

TODAY = dt.date(2026, 11, 20)
QUIET = "kasse health --limit disk_percent=101:102"


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        yield Town(shell, location)


def metrics(path) -> dict[str, float]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_run_leaves_figures_for_prometheus(town):
    town.monday()
    path = town.shell.folder / "kasse.prom"
    town.shell("kasse reconcile inbox --metrics kasse.prom")
    figures = metrics(path)
    assert (figures["kasse_reconcile_posted"], figures["kasse_reconcile_exit_code"]) == (6, 0)
    assert (figures["kasse_suspense_open"], figures["kasse_suspense_open_cents"]) == (1, 1234)
    assert (figures["kasse_advance_open"], figures["kasse_advance_open_cents"]) == (1, 990)
    assert figures['kasse_reconcile_to_clarify{reason="no_reference"}'] == 1
    assert path.stat().st_mode & 0o777 == 0o644
    text = path.read_text("utf-8")
    assert all(f"# TYPE {name.partition('{')[0]} gauge" in text for name in figures)


def test_a_refused_run_is_seen_in_the_figures(town):
    """The exit code and the time of the last success are what an alarm is made of."""
    town.monday()
    path = town.shell.folder / "kasse.prom"
    town.shell("kasse reconcile inbox --metrics kasse.prom")
    success = metrics(path)["kasse_reconcile_last_success_timestamp_seconds"]
    assert town.shell("kasse reconcile inbox --metrics kasse.prom --user anna").code == 1
    figures = metrics(path)
    assert figures["kasse_reconcile_exit_code"] == 1
    assert figures["kasse_reconcile_last_success_timestamp_seconds"] == success
    assert "kasse_reconcile_posted" not in figures


def test_a_refusal_is_told_though_its_figures_cannot_be_written(town):
    """A full disk refuses both: that the figures are missing is not what somebody has to know first."""
    town.monday()
    (town.shell.folder / "gone").write_text("a file, no folder", "utf-8")
    done = town.shell("kasse reconcile inbox --metrics gone/kasse.prom --report gone/r.txt --user anna --json")
    assert (done.code, [one["code"] for one in done.json["errors"]]) == (1, ["right.missing"])


def test_rejected_files_are_named_until_somebody_dealt_with_them(town):
    watch = f"{QUIET} --reject broken"
    assert "no rejected file waits: there is no folder broken" in town.shell(watch).out
    town.monday()
    (town.inbox / "0-broken.xml").write_text("<Document", "utf-8")
    town.shell("kasse reconcile inbox --archive done --reject broken --metrics kasse.prom --report mail.txt")
    assert metrics(town.shell.folder / "kasse.prom")["kasse_reconcile_rejected_waiting"] == 1
    assert "rejected files that wait: 1 (0-broken.xml)" in (town.shell.folder / "mail.txt").read_text("utf-8")
    done = town.shell(watch)
    assert "rejected files that wait: 1 (0-broken.xml)" in done.out
    assert "rejected=1;0;" in done.out, "warns from 1 on"
    (town.shell.folder / "broken" / "0-broken.xml.findings.txt").unlink()
    assert "rejected=0" in town.shell(watch).out
    assert "rejected" not in town.shell(QUIET).out


def test_a_report_for_a_mail(town):
    town.monday()
    (town.inbox / "0-broken.xml").write_text("<Document", "utf-8")
    town.deliver("3-wednesday.xml", WED, Booking(100, "Eva", lines=("Danke",)))
    town.bank.number += 1
    town.deliver("4-later.xml", dt.date(2026, 11, 19), Booking(100, "Eva", lines=("Danke",)))
    assert town.shell("kasse reconcile inbox --reject broken --report mail.txt").code == 3
    text = (town.shell.folder / "mail.txt").read_text("utf-8")
    compare("reconcile-report", text)
    assert max(map(len, text.splitlines())) <= 76
    assert town.shell("kasse reconcile inbox --report mail.txt --lang de").code == 0


def test_a_refused_run_leaves_no_report_of_the_day_before(town):
    town.monday()
    town.shell("kasse reconcile inbox --archive done --report mail.txt")
    (town.inbox / "0-broken.xml").write_text("<Document", "utf-8")
    assert town.shell("kasse reconcile inbox --report mail.txt").code == 1
    broken = (town.shell.folder / "mail.txt").read_text("utf-8")
    store = town.opened()
    with one_at_a_time(store, "reconcile"):
        assert town.shell("kasse reconcile inbox --report mail.txt", KASSE_WAIT_SECONDS="0").code == 4
    store.close()
    compare("reconcile-report-refused", broken + "\n" + (town.shell.folder / "mail.txt").read_text("utf-8"))
    assert town.shell("kasse reconcile inbox --report mail.txt --book postgresql://u:secret@127.0.0.1:1/x").code == 4
    assert "secret" not in (town.shell.folder / "mail.txt").read_text("utf-8")


def test_two_at_once_the_second_says_so(town):
    town.monday()
    store = town.opened()
    with one_at_a_time(store, "reconcile"):
        done = town.shell("kasse reconcile inbox --json", KASSE_WAIT_SECONDS="0")
    store.close()
    assert (done.code, done.json["errors"][0]["code"]) == (4, "reconcile.running")
    assert (town.inbox / "1-monday.xml").exists()


def test_who_holds_the_lock_is_known(book):
    first, second = opened(book), opened(book)
    assert held_since(second, "reconcile") is None
    with one_at_a_time(first, "reconcile"):
        assert held_since(second, "reconcile") > 0
        assert held_since(second, "something else") is None
    assert held_since(second, "reconcile") is None
    first.close()
    second.close()


def test_health_in_one_line(town):
    town.monday()
    town.shell("kasse reconcile inbox")
    line, *more = town.shell(QUIET).out.splitlines()
    assert line.startswith("KASSE ")
    assert line.count("|") == 1
    assert "suspense_oldest_days=4;13;59" in line
    assert len(more) == 11


CODES = {
    "an account without statements": ("statement_days=9:10 suspense_days=9:10", 1),
    "old suspense": ("suspense_days=1:4", 2),
    "a statement is late": ("statement_days=1:9 suspense_days=9:", 1),
}


@pytest.mark.parametrize(("limits", "code"), CODES.values(), ids=CODES)
def test_health_has_the_exit_codes_of_monitoring(town, limits, code):
    town.monday()
    town.shell("kasse reconcile inbox")
    given = "".join(f" --limit {limit}" for limit in limits.split())
    assert town.shell(QUIET + given).code == code


def test_a_book_that_cannot_be_read_is_unknown(shell):
    done = shell("kasse health --book nowhere.db")
    assert (done.code, done.err) == (3, "")
    assert done.out.startswith("KASSE UNKNOWN - ")
    assert "hint: make one with 'kasse book create'" in done.out.splitlines()[-1], "what is unknown says what to do"
    done = shell("kasse health --limit nothing=1:2 --book nowhere.db")
    assert (done.code, "suspense_days=14:60" in done.out.splitlines()[-1]) == (3, True)
    assert "suspense_days=14:60" in shell("kasse health --limit nothing=1:2 --book nowhere.db --json").data["hint"]


def test_health_for_scripts(town):
    done = town.shell(f"{QUIET} --json")
    assert (done.code, done.data["state"]) == (1, "warning")
    assert {check["name"] for check in done.data["checks"]} >= {"gaps", "suspense_oldest_days", "broken_heads"}


def test_a_chain_that_does_not_end_as_noted_is_critical(store):
    assert book_state(store).broken_heads == ()
    state = BookState((AccountState("DE1", "2026-11-19", "2026-11-19", 0),), 0, 0, None, 0, 0, None, ("BAU",))
    found = checks(state, TODAY, Limits())
    assert worst(found) == "critical"
    assert plugin_lines(found, "critical")[0].startswith("KASSE CRITICAL - ")


def test_all_is_well():
    state = BookState((AccountState("DE1", "2026-11-19", "2026-11-19", 0),), 0, 0, None, 0, 0, None, ())
    found = checks(state, TODAY, Limits())
    assert worst(found) == "ok"
    assert plugin_lines(found, "ok")[0].partition(" | ")[0] == (
        "KASSE OK - account DE1: last statement of 2026-11-19, bank days missing since: 0"
    )


def test_an_account_that_seldom_moves_has_limits_of_its_own(town):
    """Else its check warns every morning, or that of all accounts sleeps."""
    town.monday()
    town.shell("kasse reconcile inbox")
    everything = f"{QUIET} --limit suspense_days=99: --limit unclosed_days=99: --on 2026-12-18"
    (name,) = [one["name"] for one in town.shell(f"{everything} --json").data["checks"] if one["value"] == 23]
    assert name == f"statement_days_{MAIN_IBAN[-4:]}"
    state = {one["name"]: one["state"] for one in town.shell(f"{everything} --json").data["checks"]}
    assert state[name] == "critical"
    own = town.shell(f"{everything} --limit {name}=30:60 --limit statement_days=1:2 --json").data["checks"]
    assert {one["name"]: (one["state"], one["warning"]) for one in own}[name] == ("ok", 30)
    done = town.shell(f"{everything} --limit statement_days_9999=30:60")
    assert (done.code, "not a limit: statement_days_9999" in done.out) == (3, True)


def test_accounts_that_end_alike_have_checks_of_their_own():
    """A monitoring keeps one series for each name."""
    ibans = ("DE02120300000000202051", "DE88120300001234202051", "DE02500105170137075030")
    state = BookState(tuple(AccountState(iban, "2026-11-19", None, 0) for iban in ibans), 0, 0, None, 0, 0, None, ())
    names = [one.name for one in checks(state, TODAY, Limits()) if one.name.startswith("statement_days")]
    assert names == ["statement_days_0202051", "statement_days_4202051", "statement_days_7075030"]


LATE = {
    "Thursday's on Friday": ("2026-11-19", "2026-11-20", 0),
    "Thursday's on Monday": ("2026-11-19", "2026-11-23", 1),
    "Friday's on Monday": ("2026-11-20", "2026-11-23", 0),
    "Saturday's on Monday": ("2026-11-21", "2026-11-23", 0),
    "a week": ("2026-11-12", "2026-11-20", 5),
    "Easter": ("2026-04-02", "2026-04-07", 0),
}


@pytest.mark.parametrize(("last", "today", "missing"), LATE.values(), ids=LATE)
def test_only_bank_days_make_a_statement_late(last, today, missing):
    assert late_days(dt.date.fromisoformat(last), dt.date.fromisoformat(today)) == missing
