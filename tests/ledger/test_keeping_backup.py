"""A backup is one moment of the book, proved by its hashes; it restores onto either engine, or not at all."""

import json
from zipfile import ZipFile

import pytest

from kasse_cli.backups import restore_into
from kasse_cli.schema import permitted_changes
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.keeping.backup_reader import open_backup
from ledger.keeping.backup_writer import write_backup
from ledger.keeping.backups import DamagedBackupError, NewerBackupError, NotABackupError, RestoreDiffersError
from ledger.keeping.layout_store import digest, layouts
from ledger.store.access import SCHEMA_VERSION, connect
from ledger.store.guards import damaged_guards
from tests import books
from tests.books import entry

pytestmark = pytest.mark.engines


def silent(_count):
    return None


def filled(store):
    with store.unit(["KASSE", "ORDNUNG"]):
        post(store, [entry("2800 5,00", "5100 -5,00", text="Bußgeld Ömer Şahin"), entry("2800 1,00", "5100 -1,00")])
        post(store, [entry("6100 7,00", "5100 -7,00", office="ORDNUNG")])
    return store


def digests(store):
    with store.snapshot():
        return {table.name: digest(store, table, silent).sha256 for table in layouts(store)}


def saved(store, path):
    return write_backup(store, path, SCHEMA_VERSION, silent)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """The location of an empty database to restore into, on either engine."""
    yield from empty(request, request.param, tmp_path)


def empty(request, engine, tmp_path):
    """Yield the location of an empty database, and whether it is to be created."""
    if engine == "sqlite":
        yield str(tmp_path / "restored.db"), True
        return
    server = request.getfixturevalue("postgres_server")
    name = f"kasse_restored_{tmp_path.name.replace('-', '_').lower()[-40:]}"
    books.run_sql(server, f"CREATE DATABASE {name}")
    yield books.database(server, name), False
    books.run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def restored(file, place):
    location, create = place
    store = connect(location, now=books.NOW, salt=books.CountingSalt(), create=create)
    try:
        return (store, *restore_into(store, file, silent))
    except BaseException:
        store.close()
        raise


def test_a_book_restores_onto_either_engine_and_goes_on(store, place, tmp_path):
    manifest = saved(filled(store), tmp_path / "b")
    before = digests(store)
    copy, read, found = restored(tmp_path / "b", place)
    assert read == manifest
    assert found.findings == ()
    assert (found.entries, found.head) == (3, manifest.head)
    after = digests(copy)
    assert {name for name in before if before[name] != after[name]} == {"event", "head"}, (
        "verify notes itself, nothing else differs"
    )
    assert damaged_guards(copy, permitted_changes()) == []
    books.act(copy, "clara")
    with copy.unit(["KASSE"]):
        (posted,) = post(copy, [entry("2800 2,00", "5100 -2,00")])
    assert posted.number == 3
    assert verify(copy).findings == ()
    copy.close()


def test_what_others_write_meanwhile_is_not_in_it(book, tmp_path):
    store, other, written = filled(books.opened(book)), books.opened(book), []

    def step(_count):
        if not written:
            with other.unit(["KASSE"]):
                written.extend(post(other, [entry("2800 9,00", "5100 -9,00")]))

    manifest = write_backup(store, tmp_path / "b", SCHEMA_VERSION, step)
    assert {table.name: table.rows for table in manifest.tables}["entry"] == 3
    assert store.value("SELECT count(*) FROM entry") == 4
    store.close()
    other.close()


@pytest.fixture
def backup(sqlite_template, tmp_path):
    with books.sqlite_copy(sqlite_template, tmp_path) as location:
        store = filled(books.opened(location))
        saved(store, tmp_path / "good")
        store.close()
    return tmp_path / "good"


def rewritten(file, change):
    """Copy a backup, changing members by name."""
    target = file.with_name("changed")
    with ZipFile(file) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def of_manifest(change):
    def apply(name, content):
        if name != "manifest.json":
            return content
        data = json.loads(content)
        change(data)
        return json.dumps(data).encode()

    return apply


def nothing(_data):
    return None


BROKEN = {
    "a row is changed": (lambda n, c: c.replace(b"Mer", b"Mor").replace(b"mer", b"mor"), DamagedBackupError),
    "a row is missing": (lambda n, c: c[c.index(b"\n") + 1 :] if n.endswith("/entry.jsonl") else c, DamagedBackupError),
    "a table is missing": (lambda n, c: None if n.endswith("/item.jsonl") else c, DamagedBackupError),
    "the manifest is missing": (lambda n, c: None if n == "manifest.json" else c, NotABackupError),
    "the manifest is no JSON": (lambda n, c: b"{" if n == "manifest.json" else c, NotABackupError),
    "it is of a newer kasse": (of_manifest(lambda d: d.update(kasse_backup=2)), NewerBackupError),
    "a table has another name": (
        of_manifest(lambda d: d["tables"][0].update(name="x; DROP TABLE entry")), DamagedBackupError
    ),
    "a column is left out": (of_manifest(lambda d: d["tables"][0]["columns"].pop()), RestoreDiffersError),
    "the head is another": (of_manifest(lambda d: d.update(head="00" * 32)), RestoreDiffersError),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_backup_is_refused(backup, tmp_path, case):
    change, error = BROKEN[case]
    file = rewritten(backup, change)
    with pytest.raises(error):
        restored(file, (str(tmp_path / "x.db"), True))


def test_a_backup_cut_off_anywhere_is_none(backup, tmp_path):
    whole = backup.read_bytes()
    for share in range(0, 100, 7):
        cut = tmp_path / "cut"
        cut.write_bytes(whole[: len(whole) * share // 100])
        with pytest.raises((NotABackupError, DamagedBackupError)), open_backup(cut) as found:
            found.check(silent)


def test_a_flipped_bit_is_found(backup, tmp_path):
    whole = backup.read_bytes()
    for place in range(40, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        (tmp_path / "flipped").write_bytes(changed)
        try:
            with open_backup(tmp_path / "flipped") as found:
                found.check(silent)
                same = found.manifest
        except (NotABackupError, DamagedBackupError):
            continue
        with open_backup(backup) as good:
            assert same == good.manifest, "a bit that means nothing, such as a time stamp"


def test_nobody_else_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o077 == 0
