"""`kasse book retention|erase` and `kasse party restrict|export`, from a new debtor to nothing left."""

import datetime as dt
import json
from zipfile import ZipFile

import pytest

from ledger.book.verify_store import verify
from tests import books
from tests.books import opened
from tests.ledger.keeping_books import ERIKA, MAX, filled


@pytest.fixture
def town(shell):
    """A shell in 2026 over a book in which Erika has paid and Max has not."""
    path = shell.folder / "kasse.db"
    books.make_sqlite_template(path)
    store = opened(str(path))
    filled(store)
    store.close()
    shell.user = "root"
    shell.environ["KASSE_USER"] = "emil"
    return shell


def at(shell, year, month=1, day=2):
    shell.now = dt.datetime(year, month, day, 9, 30, tzinfo=dt.UTC)


def test_persons_are_kept_restricted_and_erased(town):
    at(town, 2028)
    town.transcript(
        "book-retention",
        "kasse book retention",
        "kasse book retention --restrict --persons",
        "kasse party show 1 --user clara",
        "kasse party list",
        "kasse party list --user clara",
        "kasse book erase --party 1 --reason 'Antrag vom 2.1.2028'",
        "kasse book erase --party 2 --reason 'Antrag vom 2.1.2028'",
    )
    at(town, 2037)
    town.transcript(
        "book-erase",
        "kasse book retention --persons",
        "kasse book erase --party 1 --reason 'Fristen abgelaufen' --dry-run",
        "kasse book erase --party 1 --reason 'Fristen abgelaufen'",
        "kasse book erase --confirm 1 --yes",
        "kasse book erase --confirm 1 --user frida",
        "kasse book erase --confirm 1 --user frida --dry-run",
        "kasse book erase --confirm 1 --user frida --yes --json",
        "kasse book erase --before 2037-01-01 --reason 'Fristen abgelaufen'",
        "kasse book erase --refuse 2 --user frida",
        "kasse book erase --before 2037-01-03 --reason 'zu früh'",
        "kasse book erase --before 2037-01-01",
        "kasse party show 1",
        "kasse journal verify",
    )
    content = b"".join(path.read_bytes() for path in town.folder.iterdir() if path.name.startswith("kasse.db"))
    assert [word for word in ERIKA if word.encode() in content] == []
    assert [word for word in MAX if word.encode() not in content] == []


def everything(zipped):
    with ZipFile(zipped) as archive:
        data = json.loads(archive.read("daten.json"))
        return data, archive.read("auskunft.txt").decode(), sorted(archive.namelist())


def test_everything_of_one_person_is_handed_out_and_nothing_of_others(town):
    at(town, 2028)
    town.transcript(
        "party-export",
        "kasse party export 1 --out auskunft.zip --csv",
        "kasse party export 1 --out auskunft.zip",
        "kasse party export 'Max Schuldner' --out max --json",
        "kasse party export 1 --out nein.zip --user dirk --json",
        "kasse party export 1 --out nein.zip --user bernd",
    )
    data, text, names = everything(town.folder / "auskunft.zip")
    assert names == ["auskunft.pdf", "auskunft.txt", "daten.json"]
    whole = json.dumps(data, ensure_ascii=False) + text
    assert [word for word in ERIKA if word not in whole] == []
    assert [word for word in (*MAX, "Schuldner", "Hundesteuer") if word in whole] == []
    assert [row["payment_day"] for row in data["rows"]["clearing_line"]] == ["2026-11-16"]
    assert "party.change" in {event["action"] for event in data["events"]}
    assert "Art. 15 DSGVO" in text
    assert "50,00" in text
    other = (town.folder / "max/auskunft.txt").read_text("utf-8")
    assert "Erika" not in other
    assert "70,00" in other
    store = opened(str(town.folder / "kasse.db"))
    assert store.value("SELECT count(*) FROM event WHERE action = 'party.export'") == 3
    assert verify(store).findings == ()
    store.close()


def test_an_erased_book_hands_out_nothing(town):
    at(town, 2037)
    assert town("kasse book erase --party 1 --reason x").code == 0
    assert town("kasse book erase --confirm 1 --user frida --yes").code == 0
    assert town("kasse party export 1 --out leer.zip").code == 0
    data, text, _ = everything(town.folder / "leer.zip")
    whole = json.dumps(data, ensure_ascii=False) + text
    assert [word for word in ERIKA if word in whole] == []


def test_a_backup_of_an_erased_book_holds_nothing_of_the_person(town):
    at(town, 2037)
    assert town("kasse book erase --before 2037-01-01 --reason x").code == 0
    assert town("kasse book erase --confirm 1 --user frida --yes").code == 0
    saved = town("kasse book backup b.backup --check --json --user root")
    assert (saved.code, saved.data["checked"]) == (0, True), saved.out
    with ZipFile(town.folder / "b.backup") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert [word for word in ERIKA if word.encode() in content] == []


def test_words_that_vanish_without_a_decision_are_found(town):
    store = opened(str(town.folder / "kasse.db"))
    store.execute("DROP TRIGGER guard_entry_text_delete")
    store.execute("DELETE FROM entry_text WHERE position = 1")
    store.close()
    done = town("kasse journal verify --json")
    codes = {finding["code"] for finding in done.json["findings"]}
    assert codes == {"verify.guard", "verify.missing_words"}


def test_a_week_of_the_town_is_erased_years_later_and_the_books_are_whole(shell):
    assert shell("kasse demo --folder demo").code == 0
    book = shell.folder / "demo/kasse.db"
    store = opened(str(book), "emil")
    names = dict(store.all("SELECT id, name FROM party"))
    open_ones = {party for (party,) in store.all("SELECT DISTINCT party FROM item WHERE open_cents <> 0")}
    before = verify(store)
    store.close()
    at(shell, 2050)
    proposed = shell(f"kasse book erase --before 2050-01-01 --reason x --user emil --book {book} --json")
    assert proposed.code == 0, proposed.out
    done = shell(f"kasse book erase --confirm 1 --user frida --yes --book {book} --json")
    assert done.code == 0, done.out
    assert done.data["persons"] == len(names.keys() - open_ones)
    store = opened(str(book), "emil")
    after = verify(store)
    assert (after.findings, after.head) == ((), before.head)
    assert after.erased_texts == done.data["texts"] + done.data["details"] > 0
    left = dict(store.all("SELECT id, name FROM party"))
    assert {party for party in names if left[party] == names[party]} == open_ones & names.keys()
    store.close()
    content = b"".join(path.read_bytes() for path in book.parent.iterdir() if path.name.startswith("kasse.db"))
    gone = [names[party] for party in names.keys() - open_ones]
    assert [name for name in gone if name.encode() in content] == []
