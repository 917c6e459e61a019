"""Invariants 7 and 10 for payments: kill -9 between every two steps, and two of everything at once."""

import hashlib
import io

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.payments.export_store import exportable, file_of
from ledger.payments.files_store import files_of
from tests.bankbooks import staged
from tests.books import act, opened
from tests.kasse_cli.striking import at_once, struck
from tests.ledger.payables import payables
from tests.sepa.test_pain002 import REASON, report, tx

KNOWN = "BAU 1,00 2026-11-10 Meyer | alt 1\nKASSE 2,00 2026-11-10 Schulz | alt 2"
ITEMS = """
    BAU 250,50 2026-11-16 Meyer | Rechnung 1
    KASSE 19,99 2026-11-12 Schulz | Auslagen
    ORDNUNG 100,00 2026-11-10 Çelik | Zuschuss
    BAU 7,00 2026-11-10 Çelik | Zuschuss 2
"""
SUM = "377.49"
MOMENTS = {
    "payment propose": [("write", 1), ("write", 4), ("commit", 1), ("committed", 1)],
    "payment review 2": [("write", 1), ("commit", 1), ("committed", 1)],
    f"payment release 2 --sum {SUM} --user emil": [
        ("write", 1), ("write", 8), ("write", 15), ("commit", 1), ("committed", 1),
    ],
    "payment export 2 --out lauf.xml": [
        ("write", 2), ("commit", 1), ("committed", 1), ("rename", 1), ("renamed", 1), ("committed", 2), ("rename", 2),
        ("renamed", 2),
    ],
    "payment status refused.xml": [("write", 1), ("write", 9), ("commit", 1), ("committed", 1)],
}  # fmt: skip


@pytest.fixture
def town(shell, book):
    """Two payees whom the bank knows, two that are new: run 2 becomes two files."""
    shell.environ |= {"KASSE_BOOK": book, "KASSE_USER": "dirk"}
    store = opened(book)
    payables(store, KNOWN)
    store.close()
    for line in ("propose", "review 1", "release 1 --sum 3,00 --user emil", "export 1 --out alt.xml"):
        assert shell(f"kasse payment {line}").code in {0, 3}
    store = opened(book)
    staged(store, "-3,00", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    assert post_staged(act(store, "clara")).executed == 1
    payables(store, ITEMS)
    store.close()
    return shell


def seen(town):
    """Return the book, having checked that it proves itself and that each file on disk is one that was noted, whole."""
    store = opened(town.environ["KASSE_BOOK"], "dirk")
    assert verify(store).findings == ()
    noted = {one.sha256 for run in (1, 2) for one in files_of(store, run)}
    for path in town.folder.glob("*.xml"):
        if path.name != "refused.xml":
            assert hashlib.sha256(path.read_bytes()).hexdigest() in noted, path.name
    return store


def refused(town, store):
    """The bank refuses one payment of the checked file."""
    message = files_of(store, 2)[0].message_id.encode()
    sent = store.value("SELECT min(end_to_end_id) FROM payment WHERE run = 2 AND file = 1")
    said = REASON.format("AC04", "x")
    data = report(tx(sent, "RJCT", said), file="<GrpSts>PART</GrpSts>", own="MSG-1-1").replace(b"MSG-1", message)
    (town.folder / "refused.xml").write_bytes(data)


def test_killed_between_any_two_steps_everything_is_done_once(town):
    struck_times = 0
    for line, moments in MOMENTS.items():
        for moment in moments:
            struck_times += struck(town, f"kasse {line}", moment)
            store = seen(town)
            store.close()
        assert town(f"kasse {line}").code in {0, 3}, line
        store = seen(town)
        if "export" in line:
            refused(town, store)
        store.close()
    assert struck_times == sum(map(len, MOMENTS.values())), "each moment came"
    check(town)


def check(town):
    """Everything happened once: entries, events, states, and the files are those the book would write again."""
    store = seen(town)
    assert store.value("SELECT count(*) FROM payment_run") == 2
    assert store.all("SELECT office, count(*) FROM entry WHERE source = 'run:2' AND kind = 'run' GROUP BY office") == [
        ("BAU", 1), ("KASSE", 1), ("ORDNUNG", 1),
    ]  # fmt: skip
    counts = dict(store.all("SELECT action, count(*) FROM event WHERE object = 'run:2' GROUP BY action"))
    assert {counts[f"payment.{step}"] for step in ("propose", "review", "release", "answer", "reject")} == {1}
    assert counts["payment.export"] == 2
    assert store.all("SELECT state, count(*) FROM payment WHERE run = 2 GROUP BY state ORDER BY state") == [
        ("exported", 3), ("rejected", 1),
    ]  # fmt: skip
    for file in files_of(store, 2):
        with file_of(store, exportable(store, 2), file.number) as chunks:
            body = io.BytesIO(b"".join(chunks)).getvalue()
        assert (town.folder / f"lauf-{file.number}.xml").read_bytes() == body
    store.close()


def codes(done):
    return sorted((one.code, "nothing new" in one.out + one.err) for one in done)


def test_of_two_releases_at_once_one_posts(town):
    for line in ("propose", "review 2"):
        assert town(f"kasse payment {line}").code in {0, 3}
    done = at_once(town, [f"kasse payment release 2 --sum {SUM} --user {user}" for user in ("emil", "frida")])
    assert codes(done) == [(0, False), (0, True)], [one.err for one in done]
    store = seen(town)
    assert store.value("SELECT count(*) FROM event WHERE object = 'run:2' AND action = 'payment.release'") == 1
    assert store.value("SELECT count(*) FROM entry WHERE source = 'run:2'") == 3
    store.close()


def test_proposed_twice_at_once_every_item_is_in_one_run(town):
    done = at_once(town, ["kasse payment propose", "kasse payment propose"])
    assert {one.code for one in done} <= {0, 3}
    store = seen(town)
    assert store.value("SELECT count(*) FROM payment_run WHERE state = 'proposed'") == 1
    assert store.value("SELECT count(*) FROM payment WHERE state = 'proposed'") == 4
    store.close()


def test_exported_twice_at_once_there_is_one_file_and_one_note(town):
    for line in ("propose", "review 2", f"release 2 --sum {SUM} --user emil"):
        assert town(f"kasse payment {line}").code in {0, 3}
    done = at_once(town, ["kasse payment export 2 --out lauf.xml"] * 2)
    assert [one.code for one in done] == [0, 0], [one.err for one in done]
    store = seen(town)
    counts = dict(store.all("SELECT action, count(*) FROM event WHERE object = 'run:2' GROUP BY action"))
    assert (counts["payment.export"], counts["payment.export_again"]) == (2, 2)
    store.close()


def test_released_and_discarded_at_once_one_of_them_holds(town):
    for line in ("propose", "review 2"):
        assert town(f"kasse payment {line}").code in {0, 3}
    lines = [f"kasse payment release 2 --sum {SUM} --user emil", "kasse payment discard 2 --reason anders"]
    assert sorted(one.code for one in at_once(town, lines)) == [0, 1]
    store = seen(town)
    state, entries = store.one("SELECT state, (SELECT count(*) FROM entry WHERE source = 'run:2') FROM payment_run"
                               " WHERE id = 2")  # fmt: skip
    assert (state, entries) in {("released", 3), ("discarded", 0)}
    store.close()


def test_given_up_and_refused_at_once_the_money_comes_back_once(town):
    for line in ("propose", "review 2", f"release 2 --sum {SUM} --user emil", "export 2 --out lauf.xml"):
        assert town(f"kasse payment {line}").code in {0, 3}
    store = seen(town)
    refused(town, store)
    store.close()
    assert town("kasse payment void 2 --file 1 --reason verloren").code == 0
    lines = ["kasse payment void 2 --file 1 --user emil", "kasse payment status refused.xml"]
    assert {one.code for one in at_once(town, lines)} <= {0, 1, 3}
    store = seen(town)
    assert store.value("SELECT count(*) FROM payment WHERE run = 2 AND file = 1 AND state = 'exported'") in {0, 1}
    sql = "SELECT sum(amount_cents - open_cents) FROM item WHERE kind = 'payable'"
    live = "SELECT sum(cents) FROM payment WHERE state IN ('exported', 'executed')"
    assert store.value(sql) == store.value(live)
    store.close()
