"""The console sessions of docs/accounts.md are what a clerk sees."""

import os
import re

from ledger.book.verify_store import verify
from tests.books import opened, sqlite_copy
from tests.paths import ROOT

PAGE = ROOT / "docs" / "accounts.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def test_the_sessions_of_the_page_are_true(shell, sqlite_template):
    shell.environ |= {"KASSE_USER": "clara", "NO_COLOR": "1", "COLUMNS": "80"}
    shell.terminal = True
    text = PAGE.read_text(encoding="utf-8")
    with sqlite_copy(sqlite_template, shell.folder) as location:
        fresh = SESSION.sub(lambda block: played(shell, block[0]), text)
        store = opened(location)
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
