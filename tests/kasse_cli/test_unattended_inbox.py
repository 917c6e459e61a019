"""An inbox as it is on a server: files still written, links to nothing, folders without rights; what is told of it."""

import os
from pathlib import Path

import pytest

from kasse_cli import intake
from kasse_cli.demo.bank import Booking
from tests.books import MAIN_IBAN
from tests.kasse_cli.test_cmd_health import metrics
from tests.kasse_cli.test_cmd_reconcile import MON, TUE, town  # noqa: F401 - a fixture

RUN = "kasse reconcile inbox --archive done --reject broken --metrics kasse.prom --report mail.txt"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def codes(done) -> list[str]:
    return [finding["code"] for finding in done.json["findings"]]


@pytest.mark.parametrize("whole", [True, False], ids=["at the end of a statement", "in the middle"])
def test_a_file_that_grows_while_it_is_read_is_not_put_away(town, monkeypatch, whole):  # noqa: F811
    """It may be whole for the moment, as MT940 between two statements: what comes behind would be lost in the archive."""
    town.monday()
    town.tuesday()
    monday, tuesday = (town.inbox / name for name in ("1-monday.xml", "2-tuesday.xml"))
    content = monday.read_bytes()
    monday.write_bytes(content if whole else content[:-200])
    stage = intake.stage_file

    def staged(store, name, *rest):
        try:
            return stage(store, name, *rest)
        finally:
            if name.endswith("1-monday.xml"):
                monday.write_bytes(content + b"\n")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "stage_file", staged)
        done = town.shell(f"{RUN} --json")
    assert (done.code, "inbox.still_written" in codes(done)) == (3, True)
    assert names(town.inbox) == ["1-monday.xml"]
    done = town.shell(f"{RUN} --json")
    assert (done.code, names(town.inbox), names(town.shell.folder / "done")) == (0, [], ["1-monday.xml", tuesday.name])
    store = town.opened()
    assert store.value("SELECT count(*) FROM bank_entry WHERE state = 'posted'") == 7
    store.close()


def test_nothing_in_the_inbox_is_left_alone_silently(town):  # noqa: F811
    town.monday()
    (town.inbox / "gone.xml").symlink_to(town.shell.folder / "nowhere")
    os.mkfifo(town.inbox / "pipe.xml")
    done = town.shell(f"{RUN} --json")
    assert (done.code, codes(done)) == (3, ["inbox.no_file", "inbox.no_file"])
    assert [finding["fields"]["name"] for finding in done.json["findings"]] == ["gone.xml", "pipe.xml"]
    text = (town.shell.folder / "mail.txt").read_text("utf-8")
    assert "gone.xml in the inbox was left alone" in " ".join(text.split())


@pytest.mark.parametrize("ending", [".part", ".filepart", ".partial", ".crdownload", ".tmp", ".TMP"])
def test_what_another_program_still_writes_is_named_only_when_it_broke_off(town, ending):  # noqa: F811
    town.monday()
    unfinished = town.inbox / f"2.xml{ending}"
    unfinished.write_text("<Document", "utf-8")
    now = town.shell.now.timestamp()
    os.utime(unfinished, (now - 600, now - 600))
    assert town.shell(f"{RUN} --json").code == 0
    os.utime(unfinished, (now - 10_900, now - 10_900))
    done = town.shell("kasse statement import inbox --json")
    assert (done.code, codes(done), done.json["findings"][0]["fields"]["hours"]) == (3, ["inbox.unfinished"], 3)
    assert names(town.inbox) == [f"2.xml{ending}"]


def barred(patch, folder: str) -> None:
    """Take the rights to read a folder away, also from root."""
    listing, access = Path.iterdir, os.access

    def listed(path):
        if path.name == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    patch.setattr(Path, "iterdir", listed)
    patch.setattr(os, "access", lambda path, *how, **more: Path(path).name != folder and access(path, *how, **more))


@pytest.mark.parametrize("folder", ["inbox", "broken"])
def test_a_folder_that_cannot_be_read_is_told_as_every_refusal(town, monkeypatch, folder):  # noqa: F811
    town.monday()
    (town.shell.folder / "broken").mkdir()
    town.shell(RUN)
    with monkeypatch.context() as patch:
        barred(patch, folder)
        done = town.shell(f"{RUN} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "file.access")
    assert metrics(town.shell.folder / "kasse.prom")["kasse_reconcile_exit_code"] == 1
    assert "REFUSED" in (town.shell.folder / "mail.txt").read_text("utf-8").splitlines()[0]


def test_a_reject_folder_that_cannot_be_read_is_unknown(town, monkeypatch):  # noqa: F811
    (town.shell.folder / "broken").mkdir()
    watch = "kasse health --reject broken --limit disk_percent=101:102"
    with monkeypatch.context() as patch:
        barred(patch, "broken")
        done = town.shell(watch)
    assert "UNKNOWN: the folder broken cannot be read: not allowed, or another program holds it" in done.out
    assert "rejected=" not in done.out
    assert done.code == 3


def test_an_export_that_is_there_already_is_told_as_every_refusal(town):  # noqa: F811
    town.monday()
    assert town.shell(f"{RUN} --export out.csv").code == 0
    town.tuesday()
    done = town.shell(f"{RUN} --export out.csv --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "output.exists")
    assert metrics(town.shell.folder / "kasse.prom")["kasse_reconcile_exit_code"] == 1
    assert "REFUSED" in (town.shell.folder / "mail.txt").read_text("utf-8").splitlines()[0]
    assert names(town.inbox) == ["2-tuesday.xml"], "nothing was taken"


def test_one_broken_file_does_not_silence_what_is_told_of_the_book(town):  # noqa: F811
    """A series that vanishes ends its alarm."""
    town.monday()
    town.bank.number += 1
    town.deliver("2.xml", TUE, Booking(100, "Eva", lines=("Danke",)))
    path = town.shell.folder / "kasse.prom"
    assert town.shell(RUN).code == 3
    before = metrics(path)
    (town.inbox / "broken.xml").write_text("<Document", "utf-8")
    assert town.shell(RUN).code == 1
    after = metrics(path)
    book = {name for name in before if not name.startswith("kasse_reconcile_")}
    assert {name: after[name] for name in book} == {name: before[name] for name in book}
    assert after[f'kasse_statement_gaps{{iban="{MAIN_IBAN}"}}'] == 1
    assert after["kasse_reconcile_rejected_waiting"] == 1
    assert "kasse_reconcile_posted" not in after


def test_entries_that_wait_are_a_figure(town):  # noqa: F811
    town.deliver("1.xml", MON, Booking(100, "Eva", lines=("Danke",)))
    town.shell("kasse statement import inbox --archive done")
    (town.inbox / "broken.xml").write_text("<Document", "utf-8")
    town.shell(f"{RUN} --user anna")
    assert metrics(town.shell.folder / "kasse.prom")["kasse_bank_entries_staged"] == 1
    town.shell(RUN)
    assert metrics(town.shell.folder / "kasse.prom")["kasse_bank_entries_staged"] == 0


CURSORS = {
    "of another book": ("KASSE=0,HAFEN=3", "cursor.office"),
    "two positions of an office": ("KASSE=0,KASSE=1", "cursor.invalid"),
    "ahead in another office than the one asked for": ("KASSE=0,BAU=999", "cursor.ahead"),
    "no cursor": ("morgen", "cursor.invalid"),
}


@pytest.mark.parametrize(("cursor", "code"), CURSORS.values(), ids=CURSORS)
def test_a_cursor_that_this_book_never_gave_is_refused(town, cursor, code):  # noqa: F811
    done = town.shell(f"kasse office feed --office KASSE --since {cursor} --json")
    assert (done.code, [error["code"] for error in done.json["errors"]]) == (1, [code])
    assert town.shell("kasse office feed --office KASSE --since KASSE=0,BAU=0 --json").code == 0


def test_what_was_rejected_while_the_clock_was_wrong_is_taken_when_it_is_right(town):  # noqa: F811
    town.monday()
    town.tuesday()
    tuesday = (town.inbox / "2-tuesday.xml").read_bytes()
    (town.inbox / "2-tuesday.xml").unlink()
    done = town.shell(f"{RUN} --json --on 2026-11-01")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "statement.future")
    assert "1-monday.xml" in names(town.shell.folder / "broken")
    (town.inbox / "2-tuesday.xml").write_bytes(tuesday)
    done = town.shell(f"{RUN} --json")
    assert (done.data["retaken"], done.data["rejected"], done.data["posted"]) == (["1-monday.xml"], [], 7)
    assert names(town.shell.folder / "broken") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of bytes")
def test_a_name_that_is_no_utf_8_stops_nobody(town):  # noqa: F811
    """As a share of Windows leaves it: it was a defect that stopped every run, with all files behind it."""
    town.monday()
    town.tuesday()
    (town.inbox / "1-monday.xml").rename(town.inbox / os.fsdecode(b"1-Gr\xf6\xdfe.xml"))
    (town.inbox / os.fsdecode(b"3-\xfc.xml")).write_text("<Document", "utf-8")
    (town.inbox / os.fsdecode(b"4-\xe4.xml")).symlink_to("nowhere")
    within = town.inbox / os.fsdecode(b"sub\xf6")
    within.mkdir()
    (within / "x.xml").write_text("<Document", "utf-8")
    done = town.shell(f"{RUN} --json")
    assert (done.code, done.data["posted"], done.data["rejected"]) == (3, 7, ["3-ü.xml"])
    assert [row["file"] for row in done.data["file_results"]] == [
        "inbox/1-Größe.xml", "inbox/2-tuesday.xml", "inbox/3-ü.xml"
    ]  # fmt: skip
    assert {finding["place"]["file"] for finding in done.json["findings"]} == {
        "inbox/3-ü.xml", "inbox/4-ä.xml", "inbox/subö"
    }  # fmt: skip
    assert os.fsdecode(b"1-Gr\xf6\xdfe.xml") in names(town.shell.folder / "done")
    assert os.fsdecode(b"3-\xfc.xml.findings.txt") in names(town.shell.folder / "broken")
    assert "3-ü.xml" in (town.shell.folder / "mail.txt").read_text("utf-8")
    assert "rejected files that wait: 1 (3-ü.xml)" in town.shell("kasse health --reject broken").out
    assert town.shell(f"{RUN} -q").code in {0, 3}


LONG = {"latin": "k" * 251, "umlauts": "ü" * 125, "an ending that is none": "k" * 100 + "." + "z" * 150}


@pytest.mark.parametrize("stem", LONG.values(), ids=LONG)
def test_a_name_that_no_folder_holds_with_what_comes_behind_is_shortened_and_told(town, stem):  # noqa: F811
    """It stayed in the inbox for ever: `NAME.findings.txt` was longer than the 255 bytes of a file system."""
    town.monday()
    town.tuesday()
    good, bad, worse = f"{stem}.xml", f"{stem[:-1]}Y.xml", f"{stem[:-1]}Z.xml"
    (town.inbox / "1-monday.xml").rename(town.inbox / good)
    for name in (bad, worse):
        (town.inbox / name).write_text("<Document", "utf-8")
    done = town.shell(f"{RUN} --json")
    assert (done.code, done.data["posted"], names(town.inbox)) == (3, 7, [])
    kept = [one["fields"]["name"] for one in done.json["findings"] if one["code"] == "inbox.shortened"]
    assert [row["file"] for row in done.data["file_results"]] == sorted(
        ["inbox/2-tuesday.xml", *(f"inbox/{name}" for name in (good, bad, worse))]
    )
    archived = set(names(town.shell.folder / "done")) - {"2-tuesday.xml"}
    assert len(set(kept)) == 3
    assert set(kept) == archived | set(done.data["rejected"])
    assert all(one.endswith(".xml") and len(os.fsencode(one)) <= 220 for one in kept)
    told = {
        (town.shell.folder / "broken" / f"{name}.findings.txt").read_text("utf-8") for name in done.data["rejected"]
    }
    assert {name for name in (bad, worse) if any(name in text for text in told)} == {bad, worse}
    assert town.shell("kasse health --reject broken").code != 70


def test_the_same_long_name_twice_overwrites_nothing(town):  # noqa: F811
    for content in ("<Document", "<Documents"):
        (town.inbox / f"{'k' * 251}.xml").write_text(content, "utf-8")
        assert town.shell(RUN).code == 1
    kept = [name for name in names(town.shell.folder / "broken") if not name.endswith(".txt")]
    assert len(kept) == 2
    assert {(town.shell.folder / "broken" / name).read_text("utf-8") for name in kept} == {"<Document", "<Documents"}


def test_a_long_name_that_somebody_put_among_the_rejected_stops_nobody(town):  # noqa: F811
    town.monday()
    (town.shell.folder / "broken").mkdir()
    (town.shell.folder / "broken" / f"{'k' * 251}.xml").write_text("<Document", "utf-8")
    assert town.shell(f"{RUN} --json").data["posted"] == 6
    assert town.shell("kasse health --reject broken --limit disk_percent=101:102").code in {0, 1, 2}


def test_a_rejected_file_of_a_long_name_is_taken_again_and_replaced(town):  # noqa: F811
    """What is done with a rejected file later finds its findings under the name it is kept by."""
    town.monday()
    town.tuesday()
    (town.inbox / "2-tuesday.xml").rename(town.inbox / f"2{'k' * 250}.xml")
    whole = (town.inbox / "1-monday.xml").read_bytes()
    (town.inbox / "1-monday.xml").rename(town.shell.folder / "1-monday.xml")
    (town.inbox / f"0{'k' * 250}.xml").write_bytes(whole[:-50])
    assert town.shell(f"{RUN} --json").code == 3
    (town.inbox / "1-monday.xml").write_bytes(whole)
    done = town.shell(f"{RUN} --json")
    assert (len(done.data["replaced"]), done.data["rejected"]) == (1, [])
    assert [name for name in names(town.shell.folder / "broken") if name.endswith(".replaced.txt")]
