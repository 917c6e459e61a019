"""Invariants 7 and 10: kill -9 during `kasse collection export` at any moment: one file, the same bytes, noted once."""

import hashlib
import random
import shutil

from ledger.book.verify_store import verify
from tests.books import opened, sqlite_copy
from tests.kasse_cli.striking import at_once, killed_after, lasting
from tests.ledger.collection_texts import claims, ready, released
from tests.ledger.mandate_texts import mandate

KILLS = 4


LINE = "kasse collection export 1 --out {out} --user dirk --on 2026-11-16 --book {book} --json"


def test_an_export_killed_again_and_again_is_one_file(sqlite_template, shell, tmp_path):
    with sqlite_copy(sqlite_template, tmp_path) as book:
        store = opened(book)
        ready(store)
        claims(store, "\n".join(f"BAU {n},00 2026-10-01 Meyer {n}" for n in range(1, 20)))
        mandate(store, "Meyer - 2026-01-01")
        (run,) = released(store)
        store.close()
        out, dice = tmp_path / "einzug.xml", random.Random(7)
        shutil.copy(book, tmp_path / "probe.db")
        length = lasting(shell, LINE.format(out="probe.xml", book="probe.db"))
        wanted = (tmp_path / "probe.xml").read_bytes()
        line, struck = LINE.format(out=out, book=book), 0
        for _ in range(KILLS):
            struck += killed_after(shell, line, dice.uniform(0.1, 0.9) * length)
            assert not out.exists() or out.read_bytes() == wanted
        assert struck
        assert shell(line).code == 0
        assert out.read_bytes() == wanted
        store = opened(book)
        row = store.one("SELECT state, file_sha256 FROM collection_run WHERE id = :run", run=run.number)
        assert row == ("exported", hashlib.sha256(wanted).hexdigest())
        assert store.value("SELECT count(*) FROM event WHERE action = 'collection.export'") == 1
        store.close()
    assert [path.name for path in sorted(tmp_path.glob("*.xml"))] == ["einzug.xml", "probe.xml"]


def test_of_two_releases_at_once_one_posts(shell, book):
    shell.environ |= {"KASSE_BOOK": book, "KASSE_USER": "dirk"}
    store = opened(book)
    ready(store)
    claims(store, "BAU 100,00 2026-10-01 Meyer 1\nORDNUNG 20,00 2026-10-01 Meyer 2")
    mandate(store, "Meyer - 2026-01-01")
    store.close()
    for line in ("propose", "review 1"):
        assert shell(f"kasse collection {line}").code in {0, 3}
    done = at_once(shell, [f"kasse collection release 1 --sum 120,00 --user {user}" for user in ("emil", "frida")])
    assert sorted((one.code, "nothing new" in one.out + one.err) for one in done) == [(0, False), (0, True)]
    store = opened(book)
    assert store.value("SELECT count(*) FROM entry WHERE source = 'collection_run:1'") == 3
    assert store.value("SELECT count(*) FROM event WHERE action = 'collection.release'") == 1
    assert verify(store).findings == ()
    store.close()
