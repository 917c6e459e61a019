"""The console sessions of docs/cash.md are what people at a desk see."""

import os
import re

from ledger.book.verify_store import verify
from tests.bankbooks import item, reference
from tests.books import opened, sqlite_copy
from tests.cashbooks import check
from tests.paths import ROOT

PAGE = ROOT / "docs" / "cash.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
VOUCHERS = "Datum;Beleg;Zweck;Betrag;Sachkonto\n20.11.2026;1;Porto;4,50;6100\n20.11.2026;2;Batterien;3,99;6100\n"


def test_the_sessions_of_the_page_are_true(shell, sqlite_template):
    shell.environ |= {"KASSE_USER": "dirk", "NO_COLOR": "1", "COLUMNS": "80"}
    shell.terminal = True
    (shell.folder / "belege.csv").write_text(VOUCHERS, "utf-8")
    text = PAGE.read_text(encoding="utf-8")
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Mustermann", purpose="Hundesteuer 2026")
        person = store.value("SELECT max(id) FROM party")
        item(store, "30", reference(store, 2), office="BAU", person=person, purpose="Sondernutzung")
        item(store, "2,80", "RE4711", office="BAU", kind="payable", foreign_reference=True, name="Blumen Klein")
        store.close()
        fresh = SESSION.sub(lambda block: played(shell, block[0]), text)
        store = opened(location)
        check(store)
        assert verify(store).findings == ()
        store.close()
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            done = shell(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in (done.out + done.err).splitlines())]
    return "\n".join(said) + "\n"
