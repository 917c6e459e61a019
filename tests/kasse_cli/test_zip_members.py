"""A ZIP of a bank with a member that cannot be read: that one is named, the others are taken, by every command alike."""

import io
import zipfile
from pathlib import Path

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from sepa.sources import Limits
from tests.books import MAIN_IBAN
from tests.kasse_cli import test_cmd_collection, test_cmd_payment_more
from tests.kasse_cli.test_cmd_statement import MON, TUE, town
from tests.ledger.test_collections_asked import status
from tests.ledger.test_payments_answers import GROUP
from tests.sepa.test_pain002 import REASON, tx

__all__ = ["town"]  # a fixture
collections, payments = test_cmd_collection.town, test_cmd_payment_more.town
OPEN_XML = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def archive(members, method=zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def document(name: str, parts=None, method=zipfile.ZIP_DEFLATED) -> bytes:
    """An Office file of the kind that its name says, as the programs write them."""
    if name.endswith((".odt", ".ods")):
        kind = b"application/vnd.oasis.opendocument." + (b"text" if name.endswith("t") else b"spreadsheet")
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as packed:
            packed.writestr("mimetype", kind, zipfile.ZIP_STORED)
            packed.writestr("content.xml", "<x/>")
        return stream.getvalue()
    return archive(parts or OPEN_XML, method)


def flipped(data: bytes, name: str) -> bytes:
    """Damage the content of a member, so that its checksum is wrong."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        at = packed.getinfo(name).header_offset + 30 + len(name) + 5
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def locked(data: bytes, name: str) -> bytes:
    """Mark a member as encrypted, in both directories."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        changed[packed.getinfo(name).header_offset + 6] |= 1
    changed[data.index(name.encode(), data.index(b"PK\1\2")) - 46 + 8] |= 1
    return bytes(changed)


def packed_rarely(name: str, method: int, data: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as packed:
        packed.writestr(name, b"x" * 100, method)
    return stream.getvalue()


BAD = {
    "damaged": ("2.xml", b"<Document>" * 20, flipped, "zip.broken"),
    "damaged far behind its beginning": ("2.xml", b"<Document/>" * 20_000, flipped, "zip.broken"),
    "locked": ("2.xml", b"<Document>" * 20, locked, "zip.broken"),
    "no message": ("2.xml", b"<Document", None, "file.unknown_message"),
    "a ZIP": ("2.zip", archive({"a.xml": b"<a/>"}), None, "zip.nested"),
    "a ZIP called a document": ("2.docx", archive({"a.xml": b"<a/>"}), None, "zip.nested"),
    "a document called a ZIP": ("2.zip", document("a.docx"), None, "zip.nested"),
    "nothing": ("2.xml", b"", None, "file.empty"),
    "another kind": ("2.gz", b"\x1f\x8b\x08\0", None, "file.unknown"),
    "a table under a statement's name": ("Umsätze.xlsx", document("a.xlsx"), None, "file.unknown"),
}


def with_bad(case: str, good: dict[str, bytes]) -> tuple[bytes, str, str]:
    """Return a ZIP with what is bad between what is good, the name of that, and what is to be said of it."""
    name, content, change, code = BAD[case]
    (first, one), *rest = good.items()
    data = archive({first: one, name: content, **dict(rest)})
    return (change(data, name) if change else data), name, code


def said(done, name):
    """Return the codes of what is wrong with a file, and whether it says what to do."""
    found = [one for one in done.json["findings"] if (one["place"]["file"] or "").endswith(name)]
    return [(one["code"], bool(one["hint"])) for one in found if one["code"] != "statement.unknown_beginning"]


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("command", ["kasse statement import", "kasse reconcile"])
def test_the_statements_around_a_bad_member_are_taken(town, command, case):
    data, name, code = with_bad(case, {"1.xml": town.monday, "3.xml": town.tuesday})
    (town.inbox / "bank.zip").write_bytes(data)
    done = town.shell(f"{command} inbox/bank.zip --archive done --reject broken --json")
    assert (done.code, town.count("bank_entry"), done.data["rejected"]) == (3, 3, ["bank.zip"])
    assert said(done, f"inbox/bank.zip/{name}") == [(code, True)]
    assert name in (town.shell.folder / "broken" / "bank.zip.findings.txt").read_text("utf-8")
    again = town.shell(f"{command} inbox --archive done --reject broken --json")
    assert (again.code, town.count("bank_entry"), town.names("broken")) == (
        0, 3, ["bank.zip", "bank.zip.findings.txt"],
    )  # fmt: skip


def test_a_member_packed_in_a_rare_way_is_named_and_the_others_are_taken(town):
    data = packed_rarely("0.xml", zipfile.ZIP_BZIP2, archive({"1.xml": town.monday}))
    (town.inbox / "bank.zip").write_bytes(data)
    done = town.shell("kasse statement import inbox/bank.zip --json")
    assert (done.code, town.count("bank_entry"), said(done, "bank.zip/0.xml")) == (3, 2, [("zip.method", True)])


def test_every_bad_member_is_named(town):
    bomb = io.BytesIO(archive({"1.xml": town.monday, "2.xml": b"<" * 50, "4.xml": b"<" * 50}))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("3.xml", b" " * 20_000_000)
        packed.writestr("5.xml", town.tuesday)
    (town.inbox / "bank.zip").write_bytes(flipped(flipped(bomb.getvalue(), "2.xml"), "4.xml"))
    done = town.shell("kasse statement import inbox --json")
    assert (done.code, town.count("bank_entry")) == (3, 3)
    codes = {name: said(done, f"/{name}.xml") for name in "12345"}
    assert codes == {
        "1": [],
        "2": [("zip.broken", True)],
        "3": [("zip.limit", True)],
        "4": [("zip.broken", True)],
        "5": [],
    }


def test_a_zip_without_one_good_member_is_refused_with_every_name(town):
    data = archive({"1.xml": b"<" * 50, "2.xml": b"<" * 50, "3.docx": document("3.docx")})
    (town.inbox / "bank.zip").write_bytes(flipped(locked(data, "2.xml"), "1.xml"))
    done = town.shell("kasse statement import inbox --archive done --reject broken --json")
    assert (done.code, town.names("broken")) == (1, ["bank.zip", "bank.zip.findings.txt"])
    assert done.json["errors"][0]["code"] == "statement.nothing_taken"
    told = {name: said(done, name) for name in ("1.xml", "2.xml", "3.docx")}
    assert told == {
        "1.xml": [("zip.broken", True)], "2.xml": [("zip.broken", True)], "3.docx": [("inbox.no_bank_file", True)],
    }  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bank_files_are_shown_around_a_bad_member(town, case):
    data, name, code = with_bad(case, {"1.xml": town.monday, "3.xml": town.tuesday})
    (town.inbox / "bank.zip").write_bytes(data)
    for verb in ("show", "check", "explain"):
        done = town.shell(f"kasse sepa {verb} inbox/bank.zip --json")
        assert (done.code, len(done.data["files"])) == (3, 2), verb
        told = said(done, f"bank.zip/{name}")
        assert (code, True) in told or ("far" in case and told[0][1]), verb  # a stream may break off before its end


# what the bank answers


def collection_answers(shell) -> dict[str, bytes]:
    test_cmd_collection.released(shell)
    assert shell("kasse collection export 1 --out einzug.xml").code == 0
    accepted = status("none").replace(b"PART", b"ACCP").replace(b"<MsgId>B1<", b"<MsgId>B0<")
    accepted = accepted.replace(b"-L000001-2<", b"-L000001-1<")  # the batch that the run has
    return {"1.xml": accepted, "3.xml": status("payment")}


def payment_answers(shell) -> dict[str, bytes]:
    test_cmd_payment_more.released(shell)
    for number in (1, 3):
        refused = tx(f"KASSE-R1-{number}", "RJCT", REASON.format("AC04", "x"))
        test_cmd_payment_more.bank_says(shell, f"{number}.xml", refused, file=GROUP.format("PART"))
    return {name: (shell.folder / name).read_bytes() for name in ("1.xml", "3.xml")}


@pytest.fixture(params=["payment", "collection"])
def answers(request):
    """The noun, its shell, two good answers, and the first column of what they change."""
    noun = request.param
    shell = request.getfixturevalue(f"{noun}s")
    make = {"payment": payment_answers, "collection": collection_answers}[noun]
    return noun, shell, make(shell)


@pytest.mark.parametrize("case", BAD)
def test_the_answers_around_a_bad_member_are_taken(answers, case):
    noun, shell, good = answers
    data, name, code = with_bad(case, good)
    (shell.folder / "bank.zip").write_bytes(data)
    done = shell(f"kasse {noun} status bank.zip --json")
    assert (done.code, [row["new"] for row in done.data["answers"]]) == (3, [True, True])
    assert said(done, f"bank.zip/{name}") == [(code, True)]
    again = shell(f"kasse {noun} status bank.zip --json")
    assert (again.code, [row["new"] for row in again.data["answers"]]) == (3, [False, False])


def test_answers_of_other_files_are_taken_beside_one_that_is_broken(answers):
    noun, shell, good = answers
    folder = shell.folder / "answers"
    folder.mkdir()
    (folder / "a.zip").write_bytes(b"PK\3\4 no ZIP")
    (folder / "b.xml").write_bytes(b"<Document")
    (folder / "c.xml").write_bytes(good["3.xml"])
    done = shell(f"kasse {noun} status answers --json")
    assert (done.code, len(done.data["answers"])) == (3, 1)
    assert (said(done, "a.zip"), said(done, "b.xml")) == ([("zip.broken", True)], [("file.unknown_message", True)])


def test_a_folder_within_a_folder_of_answers_is_named(answers):
    noun, shell, files = answers
    folder = shell.folder / "answers" / "2026"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = shell(f"kasse {noun} status answers --json")
    (finding,) = done.json["findings"]
    assert (done.code, finding["code"], finding["fields"]) == (
        3,
        "inbox.subfolder",
        {"folder": str(Path("answers/2026")), "count": 2},
    )
    assert done.data["answers"] == []


def test_where_no_answer_can_be_read_the_command_is_refused(answers):
    noun, shell, _ = answers
    (shell.folder / "a.xml").write_bytes(b"<Document")
    (shell.folder / "b.zip").write_bytes(archive({"README.txt": b"Guten Tag"}))
    done = shell(f"kasse {noun} status a.xml --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "file.unknown_message")
    done = shell(f"kasse {noun} status a.xml b.zip --json")
    assert (done.code, done.json["errors"][0]["code"], done.json["errors"][0]["fields"]["count"]) == (
        1, "statement.nothing_taken", 2,
    )  # fmt: skip
    assert {one["code"] for one in done.json["findings"]} == {"file.unknown_message", "file.unknown"}


# cover sheets

SHEETS = ("Deckblatt.docx", "Deckblatt.xlsx", "Deckblatt.odt", "Deckblatt.ods", "DECKBLATT.DOCX")


@pytest.mark.parametrize("name", SHEETS)
def test_an_office_file_is_a_cover_sheet(town, name):
    (town.inbox / "bank.zip").write_bytes(archive({name: document(name.lower()), "1.xml": town.monday}))
    done = town.shell("kasse statement import inbox --archive done --reject broken --json")
    assert (done.code, [row["status"] for row in done.data["files"]]) == (0, ["no_bank_file", "taken"])
    assert said(done, f"bank.zip/{name}") == [("inbox.no_bank_file", True)]
    assert (town.names("done"), town.names("broken")) == (["bank.zip"], [])


def test_cron_is_told_nothing_where_nothing_is_to_be_done(town):
    """What stands on stderr is mailed; a cover sheet comes with every delivery."""
    (town.inbox / "bank.zip").write_bytes(archive({"blatt.docx": document("blatt.docx"), "1.xml": town.monday}))
    for _ in range(2):
        assert "left out" in town.shell("kasse reconcile inbox").err
    again = town.shell("kasse reconcile inbox -q")
    assert (again.code, again.err) == (0, "")


def test_an_office_file_beside_answers_is_named(answers):
    noun, shell, good = answers
    sheets = {name: document(name.lower()) for name in SHEETS}
    (shell.folder / "bank.zip").write_bytes(archive({**sheets, "README.txt": b"Guten Tag", "3.xml": good["1.xml"]}))
    done = shell(f"kasse {noun} status bank.zip --json")
    assert [one["severity"] for one in done.json["findings"] if one["code"] == "inbox.no_bank_file"] == ["info"] * 6
    assert len(done.data["answers"]) == 1
    if noun == "collection":
        assert done.code == 0, "the bank accepts all"


def test_an_office_file_alone_is_refused(town):
    (town.inbox / "Deckblatt.docx").write_bytes(document("a.docx"))
    done = town.shell("kasse statement import inbox --json")
    assert (done.code, done.json["errors"][0]["fields"]) == (1, {"kind": "Microsoft Office"})


def test_nothing_of_an_office_file_is_unpacked(town, monkeypatch):
    """Statements hidden in one are not taken, nor is a part of it that unpacks without end; its own limits hold."""
    hidden = {**OPEN_XML, "2.xml": town.tuesday, "bomb.xml": b" " * 50_000_000}
    (town.inbox / "bank.zip").write_bytes(archive({"a.docx": document("a.docx", hidden), "1.xml": town.monday}))
    opened, plain = [], zipfile.ZipFile.open

    def watched(self, name, *rest, **more):
        opened.append(getattr(name, "filename", name))
        return plain(self, name, *rest, **more)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    done = town.shell("kasse statement import inbox --json")
    assert (done.code, town.count("bank_entry"), opened) == (0, 2, ["a.docx", "1.xml"])


def test_an_office_file_that_unpacks_too_far_itself_is_refused(town):
    large = archive({**OPEN_XML, "a.xml": b" " * 20_000_000})  # not packed, so that the outer ZIP packs it
    assert len(large) > Limits().ratio * 1000
    stream = io.BytesIO(archive({"1.xml": town.monday}))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.docx", large)
    (town.inbox / "bank.zip").write_bytes(stream.getvalue())
    done = town.shell("kasse statement import inbox --json")
    assert (done.code, town.count("bank_entry"), said(done, "a.docx")) == (3, 2, [("zip.limit", True)])


def test_the_statement_of_the_next_day_is_taken_after_a_bad_one(town):
    """The inbox goes on: what was bad waits in the reject folder and is tried no more."""
    bank = DemoBank(MAIN_IBAN, 0)
    first, second = (bank.statement(day, (Booking(500, "Eva", lines=("Danke",)),)) for day in (MON, TUE))
    (town.inbox / "1.zip").write_bytes(flipped(archive({"0.xml": b"<" * 50, "1.xml": first}), "0.xml"))
    assert town.shell("kasse reconcile inbox --archive done --reject broken").code == 3
    (town.inbox / "2.xml").write_bytes(second)
    done = town.shell("kasse reconcile inbox --archive done --reject broken --json")
    assert (done.code, done.data["posted"], done.data["rejected"]) == (0, 1, ["1.zip"])
