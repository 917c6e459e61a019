"""The console sessions of docs/closings.md are what a Kasse sees."""

import datetime as dt
import os
import re

from tests.books import MAIN_IBAN, SECOND_IBAN
from tests.kasse_cli.books_day import copied, fill
from tests.kasse_cli.test_accounts_page import played
from tests.paths import ROOT

PAGE = ROOT / "docs" / "closings.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
QUIET = f"--no-statement '{SECOND_IBAN}=kein Umsatz' --no-statement '{MAIN_IBAN}=kein Umsatz'"


def test_the_sessions_of_the_page_are_true(shell, sqlite_template):
    store = copied(sqlite_template, shell.folder)
    fill(store)
    store.close()
    shell.now = dt.datetime(2027, 1, 15, 9, 30, tzinfo=dt.UTC)
    for day in ("2026-11-30", "2026-12-31"):
        assert shell(f"kasse day close --date {day} {QUIET} --user clara").code == 0
        assert shell(f"kasse day confirm --date {day} --user emil").code == 0
    shell.environ |= {"KASSE_USER": "clara", "NO_COLOR": "1", "COLUMNS": "80"}
    shell.terminal = True
    text = PAGE.read_text(encoding="utf-8")
    fresh = SESSION.sub(lambda block: played(shell, block[0]), text)
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")
    assert (shell.folder / "november.txt").read_text("utf-8").startswith("Closing of the month 2026-11\n====")
