"""`kasse mandate` and `kasse collection` as a person types them, and what survives a kill around the export."""

import datetime as dt
import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

import kasse_cli.bank_files
import ledger.payments.collection_export_store
import ledger.payments.collection_steps_store
from ledger.bank.posting_store import post_staged
from ledger.payments.collection_reader import run_named
from sepa.money import plain
from tests.bankbooks import staged
from tests.books import MAIN_IBAN, opened, sqlite_copy
from tests.ledger.collection_texts import claims
from tests.ledger.test_collections_asked import status
from tests.sepa.oracles import schema_errors

ITEMS = """
    ORDNUNG 100,00 2026-11-10 Meyer 4711
    BAU 250,50 2026-11-16 Schulz 4712
    BAU 0,50 2026-11-16 Schulz 4713
    BAU 900,00 2026-12-24 Meyer 4714
    BAU 12,00 2026-11-12 Çelik 4715
"""


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        claims(store, ITEMS)
        store.close()
        yield shell


def mandates(town) -> None:
    for line in (
        "kasse collection setup --creditor-id DE98ZZZ09999999999 --notices-announce --user root",
        "kasse mandate add Meyer --iban DE02120300000000202051 --signed 2026-01-02 --reference M-1",
        "kasse mandate add Schulz --iban DE18120300000000000003 --signed 2025-06-30 --reference M-2",
    ):
        assert town(line).code == 0, line


def released(town) -> None:
    mandates(town)
    for line in ("propose", "review 1", "release 1 --sum 350,50 --user emil"):
        assert town(f"kasse collection {line}").code in {0, 3}


def state(town) -> str:
    return town("kasse collection show 1 --json").data["run"]["state"]


def test_the_register_of_mandates(town):
    town.transcript(
        "mandate",
        "kasse mandate add Meyer --iban DE02120300000000202051 --signed 2026-01-02",
        "kasse collection setup --creditor-id DE98ZZZ09999999999 --user root",
        "kasse mandate add Meyer --iban DE02120300000000202051 --signed 2026-01-02 --reference M-1",
        "kasse mandate add Schulz --iban DE18120300000000000003 --signed 2026-01-02 --reference m-1",
        "kasse mandate add Schulz --iban DE18120300000000000003 --signed 2026-01-02 --scheme B2B --kind rent --office BAU",
        "kasse mandate confirm 2",
        "kasse mandate amend 1 --iban DE18120300000000000003 --notice-days 5",
        "kasse mandate suspend 1 --reason Widerspruch",
        "kasse mandate list",
        "kasse mandate resume M-1 --reason geklärt",
        "kasse mandate revoke 1 --reason 'Brief vom 12.11.'",
        "kasse mandate show 1",
        "kasse mandat list --state revoked --json",
    )


def test_every_cent_is_collected_where_the_book_says_so(town):
    mandates(town)
    assert town("kasse collection propose --json").data["runs"][0]["count"] == 2
    town("kasse collection discard 1")
    done = town("kasse collection setup --minimum 0 --user root --json")
    assert (done.data["changed"], done.data["policy"]["minimum_cents"]) == (["minimum_cents"], 0)
    assert town("kasse collection propose --json").data["runs"][0]["count"] == 3


def test_the_sheet_that_goes_with_a_run(town):
    released(town)
    town.transcript(
        "collection-slip", "kasse collection slip 1", "kasse collection export 1 --out einzug.xml --slip b.pdf"
    )
    assert (town.folder / "b.pdf").read_bytes().startswith(b"%PDF-")


def test_files_are_as_the_bank_of_the_account_takes_them(town):
    """A profile of one's own holds for payments and collections alike."""
    standard = files("sepa.profiles").joinpath("standard.toml").read_text("utf-8")
    own = standard.replace('"CDD"', '"XDD"').replace("payments_per_file = 9999", "payments_per_file = 1")
    (town.folder / "bank.toml").write_text(own, "utf-8")
    assert town(f"kasse payment profile {MAIN_IBAN} --bank bank.toml --user root").code == 0
    mandates(town)
    runs = town("kasse collection propose --json").data["runs"]
    assert [run["count"] for run in runs] == [1, 1]
    for line in ("review 1", f"release 1 --sum {plain(runs[0]['total_cents'])} --user emil"):
        assert town(f"kasse collection {line}").code in {0, 3}
    done = town("kasse collection export 1 --out lauf.xml --slip zettel.txt --json")
    assert done.data["order_type"]["ebics"] == "XDD"
    assert "XDD" in (town.folder / "zettel.txt").read_text("utf-8")


def test_money_short_of_what_the_bank_refused(town):
    released(town)
    assert town("kasse collection export 1 --out einzug.xml").code == 0
    store = opened(town.environ.get("KASSE_BOOK", str(town.folder / "kasse.db")), "clara")
    staged(store, "100,00", message_id=run_named(store, 1).message_id, gvc="192", day="2026-11-23")
    post_staged(store)
    store.close()
    town.now += dt.timedelta(days=4)
    town.transcript(
        "collection-credit",
        "kasse suspense list",
        "kasse collection credit 1 --case 1",
        "kasse collection credit 1 --case 1 --without 2 --reason AC04 --dry-run",
        "kasse collection credit 1 --case 1 --without 2 --reason AC04",
        "kasse collection show 1",
        "kasse suspense undo 1 --reason Irrtum --user clara",
    )


def test_from_what_is_due_to_the_file(town):
    mandates(town)
    town.transcript(
        "collection",
        "kasse collection setup",
        "kasse collection propose --dry-run",
        "kasse collection propose",
        "kasse collection propose",
        "kasse collection list",
        "kasse collection review 1",
        "kasse collection release 1",
        "kasse collection release 1 --sum 350,49 --user emil",
        "kasse collection release 1 --sum 350,50",
        "kasse collection release 1 --sum 350,50 --user emil",
        "kasse collection release 1 --sum 350,50 --user frida",
        "kasse collection export 1 --out einzug.xml",
        "kasse collection show 1",
        "kasse lastschrift show 1-1",
        "kasse collection discard 1",
        "kasse collection void 1 --yes",
        "kasse collection void 1 --reason 'nie gesendet' --yes",
        "kasse collection void 1 --reason 'nie gesendet' --yes",
        "kasse collection void 1 --yes --user emil",
        "kasse collection void 1 --yes --user emil",
        "kasse collection show 2",
    )
    assert schema_errors("pain.008.001.08", (town.folder / "einzug.xml").read_bytes()) == []


def test_what_the_bank_has_answered_is_not_void(town):
    released(town)
    assert town("kasse collection export 1 --out einzug.xml").code == 0
    (town.folder / "pain002.xml").write_bytes(
        status("none").replace(b"PART", b"ACCP").replace(b"L000001-2<", b"L000001-1<")
    )
    (town.folder / "kopie.xml").write_bytes(status("file", "DU01"))
    town.transcript(
        "collection-answered",
        "kasse collection status pain002.xml",
        "kasse collection status pain002.xml",
        "kasse collection status kopie.xml",
        "kasse collection show 1",
        "kasse collection void 1 --reason doppelt --yes",
        "kasse collection void 1 --reason doppelt --yes --cancelled",
        "kasse collection void 1 --yes --cancelled --user emil",
    )


def test_letters_announce_what_is_collected(town):
    for line in (
        "kasse collection setup --creditor-id DE98ZZZ09999999999 --announcement-days 5 --user root",
        "kasse mandate add Meyer --iban DE02120300000000202051 --signed 2026-01-02 --reference M-1",
    ):
        assert town(line).code == 0
    town.transcript(
        "collection-announce",
        "kasse collection propose",
        "kasse collection announce --due-until 2026-12-31 --dry-run",
        "kasse collection announce --due-until 2026-12-31 --out vorab.txt",
        "kasse collection announce --due-until 2026-12-31",
        "kasse collection notice 1",
        "kasse collection propose --on 2026-11-24",
    )
    assert "Ankündigung einer SEPA-Lastschrift" in (town.folder / "vorab.txt").read_text()


def test_the_same_for_scripts(town):
    mandates(town)
    town.transcript(
        "collection-json",
        "kasse collection propose --json",
        "kasse collection review 1 --json",
        "kasse collection release 1 --sum 350.50 --user emil --json",
        "kasse collection export 1 --out einzug.xml --json",
        "kasse collection export 1 --out - --json",
        "kasse collection list --csv",
    )


def test_what_people_read_fits_a_terminal(town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    mandates(town)
    town("kasse collection propose")
    town.terminal = True
    for line in ("kasse collection review 1", "kasse mandate list", "kasse collection show 1"):
        lines = re.sub("\x1b\\[[0-9;]*m", "", town(line).out).splitlines()
        assert max(map(len, lines)) <= 80, line


LIST = """debtor;reference;iban;signed;last_used;scheme;sequence
Meyer;ALT-1;DE02120300000000202051;2019-05-03;2026-08-15;CORE;RCUR
Schulz;ALT-2;DE18120300000000000003;03.05.2020;;;FRST
{more}"""


def test_mandates_are_taken_over_with_their_last_use(town):
    assert town("kasse collection setup --creditor-id DE98ZZZ09999999999 --user root").code == 0
    (town.folder / "alt.csv").write_text(
        LIST.format(more="Çelik;ALT-3;DE45120300000000000002;2015-01-02;2022-01-31;;\n")
    )
    (town.folder / "falsch.csv").write_text(
        LIST.format(more="Niemand;A-4;DE45120300000000000002;2015-01-02;;;\nMeyer;ALT-1;DE00;2015-01-02;;;\n")
    )
    town.transcript(
        "mandate-import",
        "kasse mandate import falsch.csv",
        "kasse mandate import alt.csv --dry-run",
        "kasse mandate import alt.csv",
        "kasse mandate import alt.csv",
        "kasse mandate list",
        "kasse mandate show ALT-1",
    )


def test_the_template_of_a_list_can_be_imported(town):
    assert town("kasse collection setup --creditor-id DE98ZZZ09999999999 --user root").code == 0
    assert town("kasse mandate template --xlsx mandate.xlsx").code == 0
    assert town("kasse mandate template").code == 2
    assert town("kasse mandate import mandate.xlsx --json").data == {"imported": 0, "new": True}


def test_standard_output_gets_the_file_and_nothing_else(town):
    released(town)
    assert town("kasse collection export 1 --out einzug.xml").code == 0
    done = town("kasse collection export 1 --out -")
    assert (done.code, done.out.encode()) == (0, (town.folder / "einzug.xml").read_bytes())


class KilledError(BaseException):
    """Stands for a kill: nothing below may catch it."""


def killed(*_args, **_more):
    raise KilledError


KILLS = {
    "while the file is made": (ledger.payments.collection_export_store, "write", "released"),
    "before the book knows": (ledger.payments.collection_export_store, "note_export", "released"),
    "inside the unit of work": (ledger.payments.collection_export_store, "record", "released"),
    "between book and name": (Path, "replace", "exported"),
}


@pytest.mark.parametrize("kill", KILLS)
def test_a_killed_export_is_done_by_running_it_again(town, kill, monkeypatch):
    released(town)
    where, what, after = KILLS[kill]
    with monkeypatch.context() as broken:
        broken.setattr(where, what, killed)
        with pytest.raises(KilledError):
            town("kasse collection export 1 --out einzug.xml")
    assert not (town.folder / "einzug.xml").exists()
    assert state(town) == after
    assert town("kasse collection export 1 --out einzug.xml").code == 0
    file = (town.folder / "einzug.xml").read_bytes()
    run = town("kasse collection show 1 --json").data["run"]
    assert (run["state"], run["file_sha256"]) == ("exported", hashlib.sha256(file).hexdigest())
    assert town("kasse collection export 1 --out zweite.xml").code == 0
    assert (town.folder / "zweite.xml").read_bytes() == file


@pytest.mark.parametrize("point", ["settle", "tell", "refresh", "record"])
def test_a_killed_release_is_whole_or_absent(town, point, monkeypatch):
    mandates(town)
    for line in ("propose", "review 1"):
        town(f"kasse collection {line}")
    with monkeypatch.context() as broken:
        broken.setattr(ledger.payments.collection_steps_store, point, killed)
        with pytest.raises(KilledError):
            town("kasse collection release 1 --sum 350,50 --user emil")
    store = opened(str(town.folder / "kasse.db"))
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 0
    assert store.value("SELECT count(*) FROM item WHERE open_cents < amount_cents") == 0
    store.close()
    assert town("kasse collection release 1 --sum 350,50 --user emil").code == 0


def test_a_full_disk_leaves_the_run_as_it_was(town, monkeypatch):
    released(town)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(kasse_cli.bank_files.os, "fsync", full)
        assert town("kasse collection export 1 --out einzug.xml").code == 4
        assert town("kasse collection export 1 --out -").code == 4
    assert state(town) == "released"


def test_a_run_that_is_changed_before_its_release(town):
    mandates(town)
    town.transcript(
        "collection-change",
        "kasse collection propose",
        "kasse collection review 1",
        "kasse collection change 1 --without 2",
        "kasse collection change 1 --without 2 --reason 'bar bezahlt' --dry-run",
        "kasse collection change 1 --without 2 --day 2026-11-28 --reason 'bar bezahlt'",
        "kasse collection release 1 --sum 100,00 --user emil",
        "kasse collection list",
        "kasse collection show 1",
        "kasse collection show 1-2",
        "kasse collection review 1",
        "kasse collection release 1 --sum 100,00 --user emil",
        "kasse collection propose",
    )
