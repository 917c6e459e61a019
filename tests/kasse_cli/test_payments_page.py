"""The console sessions of docs/payments.md and docs/de/zahlen.md are what a clerk sees."""

import os
import re

import pytest

from ledger.book.verify_store import verify
from tests.bankbooks import item
from tests.books import opened, sqlite_copy
from tests.ledger.payables import party, payables
from tests.ledger.test_payments_answers import GROUP
from tests.paths import ROOT
from tests.sepa.test_pain002 import REASON, counts, report, tx

PAGES = [("en", ROOT / "docs" / "payments.md"), ("de", ROOT / "docs" / "de" / "zahlen.md")]
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
ITEMS = """
    BAU 250,50 2026-11-16 Meyer | Rechnung 1
    KASSE 19,99 2026-11-12 Schulz | Auslagen
    ORDNUNG 100,00 2026-11-10 Çelik | Zuschuss
    BAU 80,00 2026-12-10 Adler DE12500105170648489890 | Rechnung 9
"""


def played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            done = shell(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in (done.out + done.err).splitlines())]
            if line.startswith("$ kasse payment export"):
                debt(shell)
    return "\n".join(said) + "\n"


def debt(shell) -> None:
    """Let a payee owe something, and be due, once the first run is out."""
    store = opened(str(shell.folder / "kasse.db"))
    with store.unit(["BAU", "KASSE", "ORDNUNG"]):
        person = party(store, "Adler")
        store.execute("UPDATE item SET due = '2026-11-18' WHERE due = '2026-12-10'")
    item(store, "30", "4711", due="2026-11-01", person=person)
    store.close()


def answers(shell) -> None:
    """Lay down what the bank sends: one name differs, one payment is refused."""
    file = b"KASSE-00000000-R000001"
    whole = {"number": 3, "own": "MSG-1-1", "total": "370.49"}
    names = report(tx("KASSE-R1-2", "RVNM"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"), **whole)
    refused = report(
        tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "Konto erloschen")), file=GROUP.format("PART"), **whole
    )
    for name, data in (("vop.xml", names), ("status.xml", refused)):
        (shell.folder / name).write_bytes(data.replace(b"MSG-1", file))


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_the_sessions_of_the_page_are_true(shell, sqlite_template, language, page):
    shell.lang = language
    shell.environ |= {"KASSE_USER": "dirk", "NO_COLOR": "1"}
    shell.terminal = True
    answers(shell)
    text = page.read_text(encoding="utf-8")
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        payables(store, ITEMS)
        store.close()
        fresh = SESSION.sub(lambda block: played(shell, block[0]), text)
        store = opened(location)
        assert verify(store).findings == ()
        store.close()
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        page.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")
