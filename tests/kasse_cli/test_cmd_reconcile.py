"""`kasse reconcile` as cron and a clerk type it: everything once, a broken file aside, the rest posted."""

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.store.failures import BookLockedError
from ledger.store.locking import one_at_a_time
from tests.bankbooks import check_invariants, close_day, item, reference, run
from tests.books import MAIN_IBAN, opened, sqlite_copy

MON, TUE, WED = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)


class Town:
    """A book with debts and a run, an inbox, and the bank that fills it."""

    def __init__(self, shell, location: str) -> None:
        self.shell, self.location = shell, location
        self.inbox = shell.folder / "inbox"
        self.inbox.mkdir()
        self.bank = DemoBank(MAIN_IBAN, 0)
        store = opened(location, "import")
        self.refs = [reference(store, number) for number in range(6)]
        item(store, "50", self.refs[1], name="Erika Mustermann")
        item(store, "30", self.refs[2], office="BAU", name="Adam Beispiel")
        run(store, "KASSE-R1-1 80", message="KASSE-00000000-R000001")
        store.close()

    def deliver(self, name: str, day: date, *bookings: Booking) -> None:
        (self.inbox / name).write_bytes(self.bank.statement(day, bookings))

    def monday(self) -> None:
        self.deliver(
            "1-monday.xml",
            MON,
            Booking(5000, "Erika Mustermann", lines=(f"KZ {self.refs[1][:6]}", self.refs[1][6:])),
            Booking(4000, "Adam Beispiel", lines=(f"Bescheid {self.refs[2]} danke",)),
            Booking(1234, "Unbekannt", lines=("Danke",)),
            Booking(-1250, lines=("Entgelte",), gvc="808"),
            Booking(-8000, gvc="191", batch="KASSE-00000000-R000001-1"),
            Booking(-990, "Stadtwerke", lines=("Abschlag",), gvc="105"),
        )

    def tuesday(self) -> None:
        self.deliver("2-tuesday.xml", TUE, Booking(100, "Erika Mustermann", lines=(self.refs[1],)))

    def opened(self, user: str = "import"):
        return opened(self.location, user)


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        made = Town(shell, location)
        yield made
        store = made.opened()
        check_invariants(store)
        store.close()


def test_a_morning(town):
    town.monday()
    (town.inbox / "0-broken.xml").write_text("<Document", "utf-8")
    town.shell.transcript(
        "reconcile",
        "kasse reconcile inbox --dry-run",
        "kasse reconcile inbox --archive done --reject broken",
        "kasse reconcile inbox --archive done --reject broken",
        "kasse reconcile",
        "kasse suspense list",
    )
    assert sorted(path.name for path in (town.shell.folder / "done").iterdir()) == ["1-monday.xml"]
    assert sorted(path.name for path in (town.shell.folder / "broken").iterdir()) == [
        "0-broken.xml", "0-broken.xml.findings.txt",
    ]  # fmt: skip
    assert list(town.inbox.iterdir()) == []


ONLY_ANNOUNCED = ("nothing to post: files in inbox: 1, booked entries in them: none", "not booked yet by the bank: 1")


def test_what_the_bank_only_announces_is_said_where_nothing_else_came(town):
    """The money of a statement without booked entries is named, and so are rows that only the desk made."""
    town.deliver("1-monday.xml", MON, Booking(1234, "Unbekannt", lines=("Danke",)))
    assert town.shell("kasse reconcile inbox --archive done").code == 0
    pending = town.bank.statement(TUE, (Booking(500, "Erika Mustermann", lines=(town.refs[1],)),))
    town.bank.balance_cents -= 500
    text = pending.decode().replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
    (town.inbox / "2-tuesday.xml").write_text(text.replace('"EUR">17.34<', '"EUR">12.34<'), "utf-8")
    said = town.shell("kasse reconcile inbox --dry-run").err
    assert [line in said for line in (*ONLY_ANNOUNCED, "only tried:")] == [True] * 3, said
    said = town.shell("kasse reconcile inbox --archive done --report mail.txt").err
    assert [line in said for line in ONLY_ANNOUNCED] == [True, True], said
    report = (town.shell.folder / "mail.txt").read_text("utf-8")
    assert [line in report for line in ONLY_ANNOUNCED] == [True, True], report
    assert town.shell(f"kasse suspense assign 1 {town.refs[1]}").code == 0
    said = town.shell("kasse reconcile --export out.csv").text()
    assert "rows exported: 3" in said, said


def test_the_same_for_scripts(town):
    town.monday()
    town.shell.transcript("reconcile-json", "kasse reconcile inbox --json", "kasse reconcile inbox --json")


def test_a_dry_run_says_what_a_run_then_does(town):
    town.monday()
    tried = town.shell("kasse reconcile inbox --dry-run --archive done --json").data
    assert (town.inbox / "1-monday.xml").exists()
    store = town.opened()
    assert store.value("SELECT count(*) FROM bank_entry") == 0
    assert store.value("SELECT max(position) FROM event WHERE action LIKE 'statement%'") is None
    store.close()
    done = town.shell("kasse reconcile inbox --archive done --json").data
    assert {**done, "dry_run": True} == {**tried, "file_results": done["file_results"]}
    assert done["posted"] == 6


SAME = [
    "--archive done --reject done",
    "--archive inbox",
    "--reject ./inbox/",
    "--report z --metrics z",
    "--report out.csv --export out.csv",
]


@pytest.mark.parametrize("options", SAME)
def test_places_of_a_run_differ(town, options):
    """Where the reject folder is the inbox, every run renames what waits there."""
    town.monday()
    refused = town.shell(f"kasse reconcile inbox {options} --json")
    assert (refused.code, refused.json["errors"][0]["code"]) == (2, "inbox.same_place")
    assert [path.name for path in town.inbox.iterdir()] == ["1-monday.xml"]
    store = town.opened()
    assert store.value("SELECT count(*) FROM bank_entry") == 0
    store.close()


def test_folders_within_the_inbox_are_named(town):
    town.monday()
    for name in ("sub", ".hidden", "done", "broken", "empty"):
        (town.inbox / name).mkdir()
        (town.inbox / name / "b.xml").write_bytes((town.inbox / "1-monday.xml").read_bytes())
    (town.inbox / "empty" / "b.xml").unlink()
    line = "kasse reconcile inbox --archive inbox/done --reject inbox/broken --report mail.txt --json"
    done = town.shell(line)
    said = [one["fields"] for one in done.json["findings"] if one["code"] == "inbox.subfolder"]
    assert (done.code, said) == (3, [{"folder": "inbox/sub", "count": 1}])
    assert "inbox/sub" in (town.shell.folder / "mail.txt").read_text("utf-8")
    assert town.shell("kasse reconcile inbox inbox/sub --archive inbox/done --reject inbox/broken").code == 0


def test_a_dry_run_writes_no_figures_that_would_hide_a_dead_timer(town):
    beside = "--metrics kasse.prom --report mail.txt --export out.csv"
    (town.inbox / "broken.xml").write_bytes(b"no statement")
    refused = town.shell(f"kasse reconcile inbox --dry-run {beside}")
    (town.inbox / "broken.xml").unlink()
    town.monday()
    assert (refused.code, town.shell(f"kasse reconcile inbox --dry-run {beside}").code) == (1, 0)
    written = [name for name in ("kasse.prom", "mail.txt", "out.csv") if (town.shell.folder / name).exists()]
    assert written == []
    town.shell(f"kasse reconcile inbox {beside}")
    assert all((town.shell.folder / name).exists() for name in ("kasse.prom", "mail.txt", "out.csv"))


def test_a_zip_is_its_files_and_days_out_of_order_are_posted_in_the_order_of_the_bank(town):
    town.monday()
    town.tuesday()
    with zipfile.ZipFile(town.shell.folder / "days.zip", "w") as packed:
        packed.write(town.inbox / "2-tuesday.xml", "2-tuesday.xml")
        packed.write(town.inbox / "1-monday.xml", "1-monday.xml")
    data = town.shell("kasse reconcile days.zip --json").data
    assert (data["files"], data["statements"], data["posted"], data["reasons"]["closed"]) == (2, 2, 7, 1)
    again = town.shell("kasse reconcile inbox --json")
    assert (again.code, again.data["posted"], again.data["duplicates"]) == (0, 0, 7)


def test_what_was_only_imported_is_posted_later(town):
    town.monday()
    assert town.shell("kasse statement import inbox --json").data["new"] == 6
    assert town.shell("kasse reconcile --json").data["posted"] == 6
    town.tuesday()
    town.shell("kasse statement import inbox")
    data = town.shell("kasse reconcile inbox/1-monday.xml --json").data
    assert (data["posted"], data["new"], data["duplicates"]) == (1, 0, 6)


def test_an_entry_of_a_closed_day_is_a_finding(town):
    store = town.opened()
    close_day(store, "2026-11-16")
    store.close()
    town.monday()
    done = town.shell("kasse reconcile inbox --json")
    assert (done.code, done.data["late"]) == (3, 6)
    assert {finding["code"] for finding in done.json["findings"]} == {"bank.late"}
    assert done.json["findings"][0]["fields"]["posting_day"] == "2026-11-17"


def test_a_missing_day_is_a_finding_and_the_rest_is_posted(town):
    town.monday()
    town.tuesday()
    (town.inbox / "2-tuesday.xml").rename(town.shell.folder / "2-tuesday.xml")
    town.deliver("3-wednesday.xml", WED, Booking(100, "Eva", lines=("Danke",)))
    gap = town.shell("kasse reconcile inbox --json")
    assert (gap.code, gap.data["posted"]) == (3, 7)
    assert gap.json["findings"]
    filled = town.shell("kasse reconcile 2-tuesday.xml --json")
    assert (filled.code, filled.data["posted"]) == (0, 1)


def test_a_broken_file_alone_is_refused(town):
    (town.inbox / "0-broken.xml").write_text("<Document", "utf-8")
    done = town.shell("kasse reconcile inbox --json")
    assert (done.code, done.json["status"]) == (1, "error")


def test_a_person_without_the_right_is_refused(town):
    town.monday()
    done = town.shell("kasse reconcile inbox --json --user anna")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "right.missing")
    assert (town.inbox / "1-monday.xml").exists()


def test_two_at_once_post_everything_once(book, tmp_path):
    """Both commands reconcile the same inbox with one archive; on both engines each file is taken by one of them."""
    from kasse_cli.inbox import deliveries
    from kasse_cli.intake import Folders
    from kasse_cli.reconciling import reconcile

    store = opened(book, "import")
    ref = reference(store, 17)
    item(store, "1000", ref)
    store.close()
    inbox, bank = tmp_path / "inbox", DemoBank(MAIN_IBAN, 0)
    inbox.mkdir()
    for day in (MON, TUE, WED):
        bookings = tuple(Booking(100 + n, "Erika", lines=(ref,)) for n in range(10))
        (inbox / f"{day}.xml").write_bytes(bank.statement(day, bookings))

    def work(_: int) -> tuple[int, int]:
        own = opened(book, "import")
        try:
            intake, outcome, _ = reconcile(own, deliveries([inbox]), Folders(tmp_path / "done", tmp_path / "broken"))
        finally:
            own.close()
        return outcome.posted, intake.broken

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(work, range(2)))
    assert done == [(0, 0), (30, 0)]
    assert len(list((tmp_path / "done").iterdir())) == 3
    store = opened(book, "import")
    check_invariants(store)
    store.close()


def test_who_waits_too_long_is_told_to_try_again(book):
    first, second = opened(book), opened(book)
    with one_at_a_time(first, "reconcile"):
        with pytest.raises(BookLockedError), one_at_a_time(second, "reconcile", wait_seconds=0):
            pass
        with one_at_a_time(second, "something else", wait_seconds=0):
            pass
    with one_at_a_time(second, "reconcile", wait_seconds=0):
        pass
    first.close()
    second.close()


def test_a_file_that_cannot_be_moved_is_posted_and_said(town, monkeypatch):
    """On Windows a file that another program holds open cannot be renamed: nothing is lost, nothing is posted twice."""
    town.monday()
    town.tuesday()

    def held(path, target):
        if path.name == "1-monday.xml":
            raise PermissionError(13, "used by another process")
        return path.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr("kasse_cli.inbox._move", held)
        done = town.shell("kasse reconcile inbox --archive done --json")
    assert (done.code, done.data["posted"]) == (3, 7)
    assert [finding["code"] for finding in done.json["findings"]] == ["inbox.not_moved"]
    assert [path.name for path in town.inbox.iterdir()] == ["1-monday.xml"]
    again = town.shell("kasse reconcile inbox --archive done --json")
    assert (again.code, again.data["posted"], list(town.inbox.iterdir())) == (0, 0, [])


def test_a_half_copied_file_is_not_left_in_the_archive(town, monkeypatch):
    """An archive on another file system that is full: the file stays in the inbox, and nothing of it beside."""
    town.monday()

    def another_file_system(*_):
        raise OSError(18, "Invalid cross-device link")

    def full(source, copy):
        copy.write(source.read(100))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", another_file_system)
        patch.setattr("kasse_cli.inbox.shutil.copyfileobj", full)
        done = town.shell("kasse reconcile inbox --archive done --json")
    assert [finding["code"] for finding in done.json["findings"]] == ["inbox.not_moved"]
    assert [path.name for path in town.inbox.iterdir()] == ["1-monday.xml"]
    assert [path.name for path in (town.inbox.parent / "done").iterdir()] == []


def test_a_file_that_is_still_written_stays_in_the_inbox(town, monkeypatch):
    town.monday()
    town.tuesday()
    opening = Path.open

    def held(path, *arguments, **more):
        if path.name == "2-tuesday.xml":
            raise PermissionError(13, "used by another process")
        return opening(path, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", held)
        done = town.shell("kasse reconcile inbox --archive done --reject broken --json")
    assert (done.code, done.data["posted"]) == (3, 6)
    assert [path.name for path in town.inbox.iterdir()] == ["2-tuesday.xml"]
    assert town.shell("kasse reconcile inbox --archive done --reject broken --json").data["posted"] == 1


def test_no_file_is_open_while_it_is_moved(town, monkeypatch):
    """Windows refuses to move what is open: every handle on the inbox is closed before."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files cannot be listed on this system")
    town.monday()
    with zipfile.ZipFile(town.inbox / "2-broken.zip", "w") as packed:
        packed.writestr("a.xml", "<Document")
    seen = []

    def move(path, target):
        seen.append(path.name)
        links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
        assert str(path) not in links
        path.rename(target)

    monkeypatch.setattr("kasse_cli.inbox._move", move)
    town.shell("kasse reconcile inbox --archive done --reject broken")
    assert seen == ["1-monday.xml", "2-broken.zip"]


def test_a_wrong_day_is_withdrawn_and_the_run_in_it_stays(town):
    """The right file tells the debit of the run again: it is known, what was paid wrongly is matched anew."""
    town.monday()
    assert town.shell("kasse reconcile inbox --archive done").code in {0, 3}
    refused = town.shell("kasse statement withdraw 1 --reason falsch --json")
    assert (refused.code, refused.json["errors"][0]["code"]) == (1, "statement.hangs")
    assert "payment run 1" in str(refused.json)
    (asked,) = town.shell("kasse statement withdraw 1 --reason falsch --keep --json").data["withdrawal"]
    done = town.shell("kasse statement withdraw 1 --confirm --keep --user dirk")
    assert (asked["entries"], asked["kept"], done.code) == (5, 1, 0), done.err
    assert "bookings that stay until the right file tells them: 1" in done.err
    found = town.shell("kasse statement continuity --json").json["findings"]
    assert [one["code"] for one in found] == ["statement.entry_kept"]
    town.bank = DemoBank(MAIN_IBAN, 0)
    town.deliver(
        "right.xml",
        MON,
        Booking(4500, "Erika Mustermann", lines=(town.refs[1],)),
        Booking(4000, "Adam Beispiel", lines=(f"Bescheid {town.refs[2]} danke",)),
        Booking(1234, "Unbekannt", lines=("Danke",)),
        Booking(-1250, lines=("Entgelte",), gvc="808"),
        Booking(-8000, gvc="191", batch="KASSE-00000000-R000001-1"),
    )
    again = town.shell("kasse reconcile inbox --archive done --json").data
    assert (again["new"], again["duplicates"], again["posted"], again["executed"]) == (4, 1, 4, 0)
    assert town.shell("kasse statement continuity --json").json["findings"] == []
