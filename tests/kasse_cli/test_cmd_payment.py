"""`kasse payment` as a person types it, and what survives a kill between release, export and rename (§ 4 no. 10)."""

import hashlib
import re
from pathlib import Path

import pytest

import kasse_cli.payment_files
import ledger.payments.export_store
import ledger.payments.run_posting_store
import ledger.payments.steps_store
from ledger.bank.posting_store import post_staged
from ledger.book.store import office_codes
from ledger.payments.runs_reader import run_named
from tests.bankbooks import staged
from tests.books import opened, sqlite_copy
from tests.ledger.payables import payables
from tests.sepa.oracles import schema_errors

ITEMS = """
    ORDNUNG 100,00 2026-11-10 Meyer | Miete November
    BAU 250,50 2026-11-16 Çelik | Pflaster
    KASSE 19,99 2026-11-12 Schulz DE45120300000000000002 RF18539007547034 | Auslagen
    KASSE 5,00 2026-11-12 Schulz - | Auslagen
    BAU 900,00 2026-12-24 Meyer | nicht fällig
"""


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        payables(store, ITEMS)
        store.close()
        yield shell


def released(town) -> None:
    for line in ("propose", "review 1", "release 1 --sum 370,49 --user emil"):
        assert town(f"kasse payment {line}").code in {0, 3}


def test_nothing_due_yet_says_how_to_pay_what_is_due_later(town):
    released(town)
    later = "taken in with --due-until"
    assert later in town("kasse payment propose --office ORDNUNG").out
    assert later not in town("kasse payment propose --office ORDNUNG --due-until 2026-12-01").out
    left_out = town("kasse payment propose --office KASSE")
    assert "left out: 1" in left_out.err
    assert later not in left_out.out + left_out.err


def state(town) -> str:
    return town("kasse payment show 1 --json").data["run"]["state"]


def test_a_run_from_what_is_due_to_the_file(town):
    town.transcript(
        "payment",
        "kasse payment propose --dry-run",
        "kasse payment propose",
        "kasse payment propose",
        "kasse payment list",
        "kasse payment review 1",
        "kasse payment release 1",
        "kasse payment release 1 --sum 370,48 --user emil",
        "kasse payment release 1 --sum 370,49",
        "kasse payment release 1 --sum 370,49 --user emil",
        "kasse payment release 1 --sum 370,49 --user frida",
        "kasse payment export 1 --out zahllauf.xml",
        "kasse payment show 1",
        "kasse payment discard 1",
        "kasse payment show 2",
    )
    assert schema_errors("pain.001.001.09", (town.folder / "zahllauf.xml").read_bytes()) == []


def test_the_same_for_scripts(town):
    town.transcript(
        "payment-json",
        "kasse payment propose --account DE75512108001245126199 --office KASSE --json",
        "kasse payment review 1 --json",
        "kasse payment release 1 --sum 19.99 --user emil --json",
        "kasse payment export 1 --out zahllauf.xml --json",
        "kasse payment export 1 --out - --json",
        "kasse payment list --csv",
    )


def test_the_list_of_a_run_fits_a_terminal(town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    town("kasse payment propose")
    town.terminal = True
    lines = re.sub("\x1b\\[[0-9;]*m", "", town("kasse payment review 1").out).splitlines()
    assert max(map(len, lines)) <= 80
    assert any("DE18120300000000000003" in line for line in lines), "an IBAN stands on one line"


def test_standard_output_gets_the_file_and_nothing_else(town):
    released(town)
    assert town("kasse payment export 1 --out zahllauf.xml").code == 0
    done = town("kasse payment export 1 --out -")
    assert (done.code, done.out.encode()) == (0, (town.folder / "zahllauf.xml").read_bytes())


def test_a_payment_file_replaces_nothing(town):
    released(town)
    other = town.folder / "zahllauf.xml"
    other.write_text("etwas anderes")
    done = town("kasse payment export 1 --out zahllauf.xml --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "payment.other_file")
    assert other.read_text() == "etwas anderes"
    assert state(town) == "released"


NO_FILE = {"a folder": (".", 1), "no folder": ("fehlt/z.xml", 4)}


@pytest.mark.parametrize("case", NO_FILE)
def test_where_no_file_can_be_the_run_stays_released(town, case):
    released(town)
    out, code = NO_FILE[case]
    assert town(f"kasse payment export 1 --out {out}").code == code
    assert state(town) == "released"


class KilledError(BaseException):
    """Stands for a kill: nothing below may catch it."""


def killed(*_args, **_more):
    raise KilledError


KILLS = {
    "while the file is written": (ledger.payments.export_store, "stored_transfer", "released"),
    "before the book knows": (ledger.payments.export_store, "note_export", "released"),
    "inside the unit of work": (ledger.payments.export_store, "record", "released"),
    "between book and name": (Path, "replace", "exported"),
}


@pytest.mark.parametrize("kill", KILLS)
def test_a_killed_export_is_done_by_running_it_again(town, kill, monkeypatch):
    released(town)
    where, what, after = KILLS[kill]
    with monkeypatch.context() as broken:
        broken.setattr(where, what, killed)
        with pytest.raises(KilledError):
            town("kasse payment export 1 --out zahllauf.xml")
    assert not (town.folder / "zahllauf.xml").exists()
    assert state(town) == after
    assert town("kasse payment export 1 --out zahllauf.xml").code == 0
    file = (town.folder / "zahllauf.xml").read_bytes()
    run = town("kasse payment show 1 --json").data["run"]
    assert (run["state"], run["file_sha256"]) == ("exported", hashlib.sha256(file).hexdigest())
    assert town("kasse payment export 1 --out zweite.xml").code == 0
    assert (town.folder / "zweite.xml").read_bytes() == file
    assert sorted(path.name for path in town.folder.glob("*.xml")) == ["zahllauf.xml", "zweite.xml"]


RELEASE_KILLS = {
    "before the entries": (ledger.payments.run_posting_store, "across"),
    "in the entries": (ledger.payments.run_posting_store, "post"),
    "before the clearings": (ledger.payments.run_posting_store, "clear"),
    "before the files": (ledger.payments.steps_store, "make_files"),
    "before the event": (ledger.payments.steps_store, "record"),
}


@pytest.mark.parametrize("point", RELEASE_KILLS)
def test_a_killed_release_is_whole_or_absent(town, point, monkeypatch):
    for line in ("propose", "review 1"):
        town(f"kasse payment {line}")
    with monkeypatch.context() as broken:
        broken.setattr(*RELEASE_KILLS[point], killed)
        with pytest.raises(KilledError):
            town("kasse payment release 1 --sum 370,49 --user emil")
    store = opened(str(town.folder / "kasse.db"))
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 0
    assert store.value("SELECT count(*) FROM item WHERE open_cents < amount_cents") == 0
    assert store.value("SELECT count(*) FROM payment_file") == 0
    store.close()
    assert town("kasse payment release 1 --sum 370,49 --user emil").code == 0
    assert state(town) == "released"


def test_a_full_disk_leaves_the_run_as_it_was(town, monkeypatch):
    released(town)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(kasse_cli.payment_files.os, "fsync", full)
        assert town("kasse payment export 1 --out zahllauf.xml").code == 4
        assert town("kasse payment export 1 --out -").code == 4
    assert state(town) == "released"
    assert list(town.folder.glob("*zahllauf*")) == []


def test_a_file_that_would_differ_is_refused(town):
    released(town)
    store = opened(str(town.folder / "kasse.db"))
    with store.unit(office_codes(store)):
        store.execute("UPDATE payment_file SET sha256 = 'anders', state = 'exported'")
    store.close()
    done = town("kasse payment export 1 --out zahllauf.xml --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "payment.file_differs")
    assert not (town.folder / "zahllauf.xml").exists()


def test_a_file_written_late_or_once_more_says_so(town):
    released(town)
    late = town("kasse payment export 1 --out spaet.xml --on 2026-11-24 --json")
    assert (late.code, [one["code"] for one in late.json["findings"]]) == (3, ["payment.late_file"])
    store = opened(str(town.folder / "kasse.db"), "import")
    staged(store, "-370,49", message_id=run_named(store, 1).message_id, gvc="191")
    assert post_staged(store).executed
    store.close()
    copy = town("kasse payment export 1 --out kopie.xml")
    assert copy.code == 3
    assert "copy for the files only: 3" in copy.err
    assert "hand it to the bank as" not in copy.out
    assert (town.folder / "kopie.xml").read_bytes() == (town.folder / "spaet.xml").read_bytes()
    slip = town("kasse payment slip 1").out
    assert "ausgeführt" in slip
    assert "Unterschrift" not in slip
