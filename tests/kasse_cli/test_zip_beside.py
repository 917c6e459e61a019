"""ZIPs as people and banks pack them: what lies beside the bank files is named, what may be one is never passed over."""

import io
import zipfile

import pytest

from kasse_cli.inbox import deliveries
from tests.kasse_cli.test_cmd_reconcile import town  # noqa: F401 - a fixture

RUN = "kasse reconcile inbox --archive done --reject broken --report mail.txt"
DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        \0\2\0\0\0\x09"
BESIDE = {
    "README.txt": "Sehr geehrte Damen und Herren, anbei die Auszüge <info@bank.example>".encode(),
    "LIESMICH": b"Auskunft: Herr M, Zimmer 4, Tel. 123\n",
    "Notiz.txt": "\ufeffKontoführung".encode("utf-16-le"),
    "Deckblatt.pdf": b"%PDF-1.7\n\xe2\xe3",
    "Kontoauszug_2026-11-16.pdf": b"%PDF-1.4\n",
    "Hinweise.html": b"<!DOCTYPE html><html></html>",
    "__MACOSX/._1-monday.xml": DOUBLE,
    "__MACOSX/tag/._README.txt": DOUBLE,
    ".DS_Store": b"\0\0\0\1Bud1\0\0\x10\0",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "desktop.ini": b"[.ShellClassInfo]\r\nIconIndex=0\r\n",
    "../../etc/Hinweis.txt": b"Guten Tag",
}
MAY_BE = {
    "a broken camt": ("2.xml", b"<Document"),
    "a camt without its beginning": ("2.txt", b'EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'),
    "a camt under no name": ("2", b"<?xml version='1.0'?><Document><BkTo"),
    "a broken MT940": ("2.txt", b"Auszug\r\n:61:2611161116C"),
    "an answer of the server instead of a statement": ("Kontoauszug_2026-11-16.txt", b"internal error"),
    "a login page instead of a statement": ("2.xml", b"<!DOCTYPE html><html></html>"),
    "a cover sheet that bears the name of a statement": ("2.sta", b"%PDF-1.7\n"),
    "nothing at all": ("2.xml", b""),
    "bookings as a table": ("bookings.csv", b"Tag;Betrag;Name\n1;2;3\n"),
    "bookings as a table in a text": ("bookings.txt", b"Tag;Betrag;Name\n1;2;3\n"),
    "a packed file of another kind": ("2.gz", b"\x1f\x8b\x08\0"),
    "a locked file": ("2.pgp", b"-----BEGIN PGP MESSAGE-----"),
    "a program": ("README.exe", b"MZ\x90\0"),
    "binary data": ("README", b"\1\2\3\4"),
    "a message not known": ("manifest.xml", b"<files/>"),
    "junk by its name only": ("__MACOSX/._2.xml", b"<Document"),
    "a message of another kind": ("README.txt", b"HNHBK:1:3+000000000123"),
}


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def pack(town, *more, statements=True):  # noqa: F811
    """Put Monday and the files given into one ZIP in the inbox."""
    town.monday()
    monday = town.inbox / "1-monday.xml"
    with zipfile.ZipFile(town.inbox / "bank.zip", "w") as packed:
        for name, content in more:
            packed.writestr(name, content)
        if statements:
            packed.writestr("1-monday.xml", monday.read_bytes())
    monday.unlink()


def test_what_is_no_bank_file_is_named_and_the_zip_is_archived(town):  # noqa: F811
    pack(town, *BESIDE.items())
    done = town.shell(f"{RUN} --json")
    assert (done.code, done.data["posted"], done.data["broken"]) == (0, 6, 0)
    assert (names(town.shell.folder / "done"), names(town.shell.folder / "broken")) == (["bank.zip"], [])
    status = {row["file"].removeprefix("inbox/bank.zip/"): row["status"] for row in done.data["file_results"]}
    assert status == {**dict.fromkeys(BESIDE, "no_bank_file"), "1-monday.xml": "taken"}
    told = [one for one in done.json["findings"] if one["code"] == "inbox.no_bank_file"]
    assert {one["place"]["file"].removeprefix("inbox/bank.zip/") for one in told} == set(BESIDE)
    assert {one["severity"] for one in told} == {"info"}
    mail = "".join((town.shell.folder / "mail.txt").read_text("utf-8").split())
    assert all(name.replace(" ", "") in mail for name in BESIDE)
    assert [path for path in town.shell.folder.rglob("*") if path.name in {"README.txt", "Hinweis.txt"}] == []
    again = town.shell(f"{RUN} --json")
    assert (again.code, again.data["files"]) == (0, 0)


def test_a_cover_sheet_alone_makes_no_alarm(town):  # noqa: F811
    pack(town, ("README.txt", BESIDE["README.txt"]))
    assert town.shell(RUN).code == 0
    pack(town, ("README.txt", BESIDE["README.txt"]))
    imported = town.shell("kasse statement import inbox --json")
    assert (imported.code, [row["status"] for row in imported.data["files"]]) == (0, ["no_bank_file", "taken"])


@pytest.mark.parametrize(("name", "content"), MAY_BE.values(), ids=MAY_BE)
def test_what_may_be_a_bank_file_still_rejects_the_zip(town, name, content):  # noqa: F811
    pack(town, ("README.txt", BESIDE["README.txt"]), (name if name != "README.txt" else "R.txt", content))
    done = town.shell(f"{RUN} --json")
    assert (done.code, done.data["posted"], done.data["broken"]) == (3, 6, 1)
    assert names(town.shell.folder / "done") == []
    assert names(town.shell.folder / "broken") == ["bank.zip", "bank.zip.findings.txt"]
    assert "README.txt" not in (town.shell.folder / "broken" / "bank.zip.findings.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "inner", [{"README.txt": b"Guten Tag"}, {"a.pdf": b"%PDF", "b.pdf": b"%PDF-1"}], ids=["1", "2"]
)
def test_a_zip_without_any_bank_file_is_rejected(town, inner):  # noqa: F811
    pack(town, *inner.items(), statements=False)
    done = town.shell(f"{RUN} --json")
    assert done.code == 1
    assert names(town.shell.folder / "broken") == ["bank.zip", "bank.zip.findings.txt"]
    assert all(name in (town.shell.folder / "broken" / "bank.zip.findings.txt").read_text("utf-8") for name in inner)


def test_the_same_file_outside_a_zip_is_rejected(town):  # noqa: F811
    (town.inbox / "README.txt").write_bytes(BESIDE["README.txt"])
    assert town.shell(RUN).code == 1
    assert names(town.shell.folder / "broken") == ["README.txt", "README.txt.findings.txt"]


def test_a_rejected_zip_is_taken_later_whatever_lies_beside(town):  # noqa: F811
    """Tuesday waits for Monday's end in another file; the cover sheet does not hold it up."""
    town.monday()
    town.tuesday()
    with zipfile.ZipFile(town.inbox / "bank.zip", "w") as packed:
        packed.writestr("README.txt", BESIDE["README.txt"])
        packed.write(town.inbox / "2-tuesday.xml", "2-tuesday.xml")
    monday = (town.inbox / "1-monday.xml").read_bytes()
    for name in ("1-monday.xml", "2-tuesday.xml"):
        (town.inbox / name).unlink()
    assert town.shell(f"{RUN} --on 2026-11-01").code == 1
    assert "bank.zip" in names(town.shell.folder / "broken")
    (town.inbox / "1-monday.xml").write_bytes(monday)
    done = town.shell(f"{RUN} --json")
    assert (done.data["retaken"], done.data["posted"], names(town.shell.folder / "broken")) == (["bank.zip"], 7, [])


@pytest.mark.parametrize("kind", ["bomb", "nested", "locked"])
def test_guards_hold_for_what_lies_beside(town, kind):  # noqa: F811
    """A text that unpacks without end, a ZIP in a ZIP and one with a password are refused under any name."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("a.txt", "a")
    content = {"bomb": b"a" * 20_000_000, "nested": inner.getvalue(), "locked": b"Guten Tag"}[kind]
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", content)
    data = bytearray(outer.getvalue())
    if kind == "locked":
        for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.index(mark) + at] |= 1
    (town.inbox / "bank.zip").write_bytes(data)
    done = town.shell(f"{RUN} --json")
    code = {"bomb": "zip.limit", "nested": "zip.nested", "locked": "zip.broken"}[kind]
    assert (done.code, done.json["errors"][0]["code"]) == (1, code)
    assert "bank.zip" in names(town.shell.folder / "broken")


def test_a_large_file_in_a_zip_is_read_whole(tmp_path):
    """The limit on one part of a statement (64 MiB) is none on the file: a day of a large city is longer."""
    with zipfile.ZipFile(tmp_path / "bank.zip", "w") as packed:
        packed.writestr("a.xml", b"<Document>" + b" " * (65 << 20))
    assert [unit.size for delivery in deliveries([tmp_path]) for unit in delivery.units()] == [10 + (65 << 20)]
