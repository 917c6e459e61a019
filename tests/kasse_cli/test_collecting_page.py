"""The console sessions of docs/collecting.md are what a clerk sees."""

import os
import re
from datetime import date

from kasse_cli.demo.bank import Booking, DemoBank
from tests.bankbooks import check_invariants
from tests.books import MAIN_IBAN, opened, sqlite_copy
from tests.ledger.collection_texts import claims
from tests.paths import ROOT

PAGE = ROOT / "docs" / "collecting.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
CLAIMS = """
    ORDNUNG 100,00 2026-11-10 Meyer 4711
    BAU 250,00 2026-12-15 Meyer 4712
    BAU 12,00 2026-11-12 Schulz 4713
"""


def statement() -> bytes:
    """Return a day on which the run is credited and the collection comes back with a fee, as the bank says it."""
    run, one = "KASSE-00000000-L000001-1", "KASSE-L1-1"
    bookings = (
        Booking(10000, "Sammler", gvc="192", batch=run, lines=("Lastschriften",)),
        Booking(-10375, "Meyer", gvc="109", end_to_end_id=one, lines=("Rueckgabe",)),
    )
    head, mark, last = DemoBank(MAIN_IBAN, 0).statement(date(2026, 11, 30), bookings).decode().rpartition("</TxDtls>")
    return f"{head}<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>{mark}{last}".encode()


def test_the_sessions_of_the_page_are_true(shell, sqlite_template):
    shell.environ |= {"KASSE_USER": "dirk", "NO_COLOR": "1"}
    shell.terminal = True
    (shell.folder / "auszug.xml").write_bytes(statement())
    text = PAGE.read_text(encoding="utf-8")
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        claims(store, CLAIMS)
        store.close()
        fresh = SESSION.sub(lambda block: _played(shell, block[0]), text)
        store = opened(location)
        check_invariants(store)
        assert store.value("SELECT state FROM collection") == "returned"
        store.close()
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def _played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            if " --on " in line:  # the days of the session go by, nothing is dated ahead
                day = date.fromisoformat(line.partition(" --on ")[2][:10])
                shell.now = shell.now.replace(month=day.month, day=day.day)
            done = shell(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in (done.out + done.err).splitlines())]
    return "\n".join(said) + "\n"
