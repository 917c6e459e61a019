"""`kasse statement` as it is typed: folders, ZIPs, archive and reject, gaps that come and go; nothing is posted."""

import zipfile
from datetime import date

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from tests.books import MAIN_IBAN, SECOND_IBAN, opened, sqlite_copy

MON, TUE, WED = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)


class Town:
    """A book, an inbox and the statements of three days."""

    def __init__(self, shell, location: str) -> None:
        self.shell, self.location = shell, location
        self.inbox = shell.folder / "inbox"
        self.inbox.mkdir()
        bank = DemoBank(MAIN_IBAN, 10_000)
        self.monday = bank.statement(
            MON, (Booking(500, "Erika Mustermann", lines=("RG 12", "34")), Booking(-300, gvc="808"))
        )
        self.tuesday = bank.statement(TUE, (Booking(1234, "Adam Beispiel", lines=("Danke",)),))
        self.wednesday = bank.statement(WED, (Booking(1234, "Adam Beispiel", lines=("Danke",)),))

    def deliver(self, **files: bytes) -> None:
        for name, content in files.items():
            (self.inbox / f"{name}.xml").write_bytes(content)

    def pack(self, name: str, **files: bytes) -> None:
        with zipfile.ZipFile(self.inbox / name, "w") as archive:
            for member, content in files.items():
                archive.writestr(f"{member}.xml", content)

    def names(self, folder: str) -> list[str]:
        path = self.shell.folder / folder
        return sorted(entry.name for entry in path.iterdir()) if path.exists() else []

    def count(self, table: str) -> int:
        store = opened(self.location)
        found = store.value(f"SELECT count(*) FROM {table}")
        store.close()
        return found


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        yield Town(shell, location)


def intraday(statement: bytes) -> bytes:
    """Make a camt.052 of a camt.053."""
    text = statement.decode().replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
    return text.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>").encode()


def test_statements_are_taken_listed_and_shown(town):
    town.deliver(a=town.monday, b=town.wednesday)
    town.shell.transcript(
        "statement",
        "kasse statement import inbox --archive done",
        "kasse statement import done/a.xml",
        "kasse statement list",
        "kasse statement show 1",
        "kasse statement show 7",
        "kasse statement continuity",
    )
    assert town.names("done") == ["a.xml", "b.xml"]
    assert town.count("entry") == 0
    town.deliver(c=town.tuesday)
    town.shell.transcript(
        "statement-late",
        "kasse statement import inbox",
        "kasse statement continuity",
        "kasse statement list --from 17.11.2026 --to 17.11.2026 --csv",
    )


def test_the_same_for_scripts(town):
    town.deliver(a=town.monday)
    town.shell.transcript(
        "statement-json",
        "kasse statement import inbox --json",
        "kasse statement list --json",
        "kasse statement continuity --json",
    )


def test_a_list_says_which_statement_replaces_which(town):
    bookings = (Booking(500, "Erika Mustermann", lines=("RG 12",)), Booking(-300, gvc="808"))
    early, late = (DemoBank(MAIN_IBAN, 10_000).statement(MON, told) for told in (bookings[:1], bookings))
    morning = early.replace(b"<Id>2026-11-16-101</Id>", b"<Id>MORNING</Id>").replace(
        b"<ElctrncSeqNb>101</ElctrncSeqNb>", b""
    )
    town.deliver(a=early, b=late.replace(b"T22:15:00", b"T23:55:00"), c=morning)
    town.shell.transcript(
        "statement-issues",
        "kasse statement import inbox",
        "kasse statement list",
        "kasse statement show 1",
        "kasse statement show 2",
        "kasse statement list --json",
    )


def test_broken_files_go_aside_with_their_findings(town):
    town.deliver(a=town.monday[:-100], b=town.tuesday, c=b"", d=b"%PDF-1.7\n", e=town.monday.replace(MAIN_IBAN.encode(), b"DE89370400440532013000"))  # fmt: skip
    done = town.shell("kasse statement import inbox --archive done --reject broken --json")
    assert (done.code, done.data["new"]) == (3, 1)
    assert [row["status"] for row in done.data["files"]] == ["broken", "taken", "broken", "broken", "broken"]
    assert (town.names("inbox"), town.names("done")) == ([], ["b.xml"])
    assert town.names("broken") == sorted(f"{name}.xml{end}" for name in "acde" for end in ("", ".findings.txt"))
    assert "DE89370400440532013000" in (town.shell.folder / "broken" / "e.xml.findings.txt").read_text("utf-8")


def test_a_zip_is_a_folder_and_one_broken_file_in_it_does_not_hold_up_the_others(town):
    town.pack("bank.zip", a=town.monday, b=b"<Document", c=town.tuesday)
    done = town.shell("kasse statement import inbox/bank.zip --archive done --reject broken --json")
    assert (done.code, done.data["new"]) == (3, 3)
    assert [row["file"].rpartition("/")[2] for row in done.data["files"]] == ["a.xml", "b.xml", "c.xml"]
    assert town.names("broken") == ["bank.zip", "bank.zip.findings.txt"]


def test_names_inside_a_zip_are_never_followed(town):
    with zipfile.ZipFile(town.inbox / "bank.zip", "w") as archive:
        archive.writestr("../../escaped.xml", town.monday)
    assert town.shell("kasse statement import inbox --archive done").code == 0
    assert sorted(path.name for path in town.shell.folder.rglob("*.xml")) == []
    assert town.names("done") == ["bank.zip"]


def test_nothing_in_archive_or_reject_is_written_over(town):
    for content in (town.monday, town.tuesday):
        town.deliver(a=content)
        town.shell("kasse statement import inbox --archive done")
        town.deliver(b=content[:-50])
        town.shell("kasse statement import inbox --reject broken")
    assert town.names("done") == ["a-2.xml", "a.xml"]
    assert (town.shell.folder / "done" / "a.xml").read_bytes() == town.monday
    assert town.names("broken") == ["b-2.xml", "b-2.xml.findings.txt", "b.xml", "b.xml.findings.txt"]


def test_an_intraday_report_is_shown_and_never_posted(town):
    town.deliver(a=intraday(town.monday), b=town.monday)
    town.shell.transcript(
        "statement-intraday",
        "kasse statement import inbox/a.xml",
        "kasse reconcile inbox --archive done",
        "kasse statement list",
        "kasse statement show 1",
        "kasse statement continuity",
    )
    assert town.names("done") == ["a.xml", "b.xml"]
    assert town.count("bank_entry") == 2


def test_a_message_that_is_no_statement_is_left_out_of_a_folder_but_refused_alone(town):
    mt940 = f""":20:A
:25:{MAIN_IBAN}
:28C:1/1
:60F:C261116EUR0,
:62F:C261116EUR0,
-
"""
    (town.inbox / "a.sta").write_text(mt940, "ascii")
    town.deliver(b=town.monday)
    alone = town.shell("kasse statement import inbox/a.sta --json")
    assert (alone.code, alone.json["errors"][0]["code"]) == (1, "statement.not_leading")
    done = town.shell("kasse statement import inbox --archive done --reject broken --json")
    told = [finding["code"] for finding in done.json["findings"]]
    assert (done.code, told) == (0, ["statement.left_out", "statement.unknown_beginning"])
    assert (town.names("done"), town.names("broken"), town.count("bank_entry")) == (["a.sta", "b.xml"], [], 2)


def test_a_file_that_waits_for_one_between_is_tried_again(town):
    bank = DemoBank(MAIN_IBAN, 0)
    first, between, last = (bank.statement(MON, (Booking(cents, "Bar"),)) for cents in (500, 700, 500))
    for statement, name in ((first, "a"), (last, "b"), (between, "c")):
        town.deliver(**{name: statement.replace(b"2026-11-16-1</AcctSvcrRef>", b"NONREF</AcctSvcrRef>")})
    done = town.shell("kasse statement import inbox --archive done --reject broken --json")
    assert (done.code, done.data["new"], done.json["findings"]) == (0, 3, [])
    assert (town.names("done"), town.names("broken")) == (["a.xml", "b.xml", "c.xml"], [])


def test_without_the_one_between_it_is_refused_and_another_day_taken(town):
    bank = DemoBank(MAIN_IBAN, 0)
    first, _, last = (bank.statement(MON, (Booking(cents, "Bar"),)) for cents in (500, 700, 500))
    for statement, name in ((first, "a"), (last, "b")):
        town.deliver(**{name: statement.replace(b"2026-11-16-1</AcctSvcrRef>", b"NONREF</AcctSvcrRef>")})
    done = town.shell("kasse statement import inbox --reject broken --json")
    assert (done.code, town.names("broken")) == (3, ["b.xml", "b.xml.findings.txt"])
    assert [finding["code"] for finding in done.json["findings"]] == ["statement.unconnected"]


def pieces() -> list[bytes]:
    """Return three pieces of a day without references; the last one cannot be understood without the one between."""
    bank = DemoBank(MAIN_IBAN, 0)
    made = [bank.statement(MON, (Booking(cents, "Bar"),)) for cents in (500, 700, 500)]
    return [one.replace(b"2026-11-16-1</AcctSvcrRef>", b"NONREF</AcctSvcrRef>") for one in made]


def test_a_file_rejected_for_lack_of_another_is_taken_once_that_came(town):
    """What is broken in itself stays; nothing is tried without a reason, and no entry is there twice."""
    first, between, last = pieces()
    town.deliver(a=first, c=last, d=b"<Document")
    command = "kasse reconcile inbox --archive done --reject broken --json"
    waits = ["c.xml", "d.xml"]
    done = town.shell(command)
    assert (done.code, done.data["new"], done.data["rejected"], done.data["retaken"]) == (3, 1, waits, [])
    refusals = town.count("event WHERE action = 'statement.refuse'")
    done = town.shell(command)
    assert (done.code, done.data["files"], done.data["rejected"]) == (0, 0, waits)
    assert town.count("event WHERE action = 'statement.refuse'") == refusals, "nothing came, nothing is tried"
    town.deliver(b=between)
    tried = town.shell(command.replace("reconcile", "reconcile --dry-run"))
    assert (tried.data["new"], tried.data["rejected"], tried.data["retaken"]) == (2, ["d.xml"], ["c.xml"])
    assert town.names("broken") == ["c.xml", "c.xml.findings.txt", "d.xml", "d.xml.findings.txt"]
    done = town.shell(command)
    assert (done.data["new"], done.data["posted"], done.data["broken"]) == (2, 2, 0)
    assert (done.data["rejected"], done.data["retaken"]) == (["d.xml"], ["c.xml"])
    assert [row["status"] for row in done.data["file_results"]] == ["taken", "taken"]
    assert (town.names("done"), town.names("inbox")) == (["a.xml", "b.xml", "c.xml"], [])
    assert town.names("broken") == ["d.xml", "d.xml.findings.txt"]
    assert town.shell(command).data["retaken"] == []
    assert town.count("bank_entry") == 3


def test_what_still_lacks_another_stays_rejected_however_often_others_come(town):
    first, _, last = pieces()
    town.deliver(a=first, c=last)
    command = "kasse statement import inbox --archive done --reject broken --json"
    town.shell(command)
    for name, day in (("tue", TUE), ("wed", WED)):
        town.deliver(**{name: DemoBank(SECOND_IBAN, 0).statement(day, ())})
        done = town.shell(command)
        assert (done.code in {0, 3}, done.data["rejected"], done.data["retaken"]) == (True, ["c.xml"], [])
        assert [row["file"] for row in done.data["files"]] == [f"inbox/{name}.xml"]
    assert town.count("bank_entry") == 1


def test_a_rejected_file_that_came_another_way_waits_no_more(town):
    """Somebody put a copy into the inbox; in a ZIP what is broken in itself keeps the whole file back."""
    first, between, last = pieces()
    town.deliver(a=first, c=last)
    town.pack("days.zip", c=last.replace(b"22:15", b"22:16"), bad=b"<Document")
    command = "kasse reconcile inbox --archive done --reject broken --json"
    assert town.shell(command).data["rejected"] == ["c.xml", "days.zip"]
    town.deliver(b=between, c=last)
    done = town.shell(command)
    assert (done.data["new"], done.data["rejected"], done.data["retaken"]) == (2, ["days.zip"], ["c.xml"])
    assert (town.count("bank_entry"), town.names("broken")) == (3, ["days.zip", "days.zip.findings.txt"])


def test_who_deletes_the_findings_has_dealt_with_a_rejected_file(town):
    town.deliver(d=b"<Document", a=town.monday)
    command = "kasse reconcile inbox --reject broken"
    assert "rejected files that wait: 1 (d.xml)" in town.shell(command).err
    (town.shell.folder / "broken" / "d.xml.findings.txt").unlink()
    assert "rejected" not in town.shell(command).err


def test_accounts_are_chosen_by_iban(town):
    """A list of several accounts shows which is whose."""
    town.deliver(a=town.monday, b=DemoBank(SECOND_IBAN, 0).statement(MON, ()))
    town.shell("kasse statement import inbox")
    shown = [town.shell(f"kasse statement list {more}").out for more in ("", f"--iban {SECOND_IBAN}")]
    assert [SECOND_IBAN in one for one in shown] == [True, False]
    rows = town.shell(f"kasse statement list --iban {SECOND_IBAN} --json").data["statements"]
    assert [(row["account"], row["entries"]) for row in rows] == [(SECOND_IBAN, 0)]


def test_what_is_not_there_is_an_error(town):
    done = town.shell("kasse statement import nowhere.xml --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "inbox.missing")


def test_a_pipe_is_read_too(town):
    done = town.shell("kasse statement import - --json", stdin=town.monday)
    assert (done.code, done.data["new"]) == (0, 2)


def test_a_wrong_statement_is_withdrawn_by_two(town):
    town.deliver(a=town.monday)
    town.shell.transcript(
        "statement-withdraw",
        "kasse reconcile inbox -q",
        "kasse statement withdraw 1",
        "kasse statement withdraw 1 --reason 'file of another customer' --dry-run",
        "kasse statement withdraw 1 --reason 'file of another customer'",
        "kasse statement continuity",
        "kasse statement withdraw 1 --confirm",
        "kasse statement withdraw 1 --confirm --user dirk",
        "kasse statement withdraw 1 --confirm --user dirk",
        "kasse statement list",
        "kasse statement show 1",
        "kasse statement import inbox",
        "kasse suspense list",
        "kasse suspense explain 1",
        "kasse report trial-balance --office KASSE",
    )


def test_the_form_in_which_the_bank_tells_is_set_by_account(town):
    town.deliver(a=town.monday)
    town.shell.transcript(
        "statement-format",
        "kasse statement format",
        f"kasse statement format {MAIN_IBAN} MT940",
        f"kasse statement format {MAIN_IBAN} MT940 --user emil --dry-run",
        f"kasse statement format {MAIN_IBAN} MT940 --user emil",
        "kasse statement import inbox",
        f"kasse statement format {MAIN_IBAN} camt --user emil",
        "kasse statement import inbox",
    )
