"""The console sessions of docs/clarification.md and docs/de/klaerung.md are what a clerk sees."""

import os
import re

import pytest

from ledger.bank.posting_store import post_staged
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import opened, sqlite_copy
from tests.paths import ROOT

PAGES = [("en", ROOT / "docs" / "clarification.md"), ("de", ROOT / "docs" / "de" / "klaerung.md")]
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
ERIKA = "DE89370400440532013000"


def town(location):
    store = opened(location, "import")
    item(store, "50", reference(store, 1), name="Erika Muster", due="2026-09-03")
    item(store, "30", reference(store, 2), office="BAU", name="Adam Muster")
    item(store, "70", reference(store, 3), name="Eva Muster", iban=ERIKA)
    jobcenter = {"name": "Jobcenter Musterstadt", "counter_iban": "DE02120300000000202051"}
    staged(store, "90", "Sammelzahlung 11/2026", day="2026-11-12", **jobcenter)
    eva = {"name": "Muster, Eva", "counter_iban": "DE02500105170137075030"}
    staged(store, "70", "Gebühr", day="2026-11-13", **eva)
    staged(store, "-80", "Abschlag Strom", day="2026-11-16", name="Stadtwerke", gvc="999")
    staged(store, "20", reference(store, 3), day="2026-11-17", name="Eva Muster", counter_iban=ERIKA)
    post_staged(store)
    store.close()


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_the_sessions_of_the_page_are_true(shell, sqlite_template, language, page):
    shell.lang = language
    shell.environ |= {"KASSE_USER": "clara", "NO_COLOR": "1"}
    shell.terminal = True
    advice = f"Kassenzeichen;Betrag\n{reference_number(1)};50,00\n{reference_number(2)};30,00\n"
    for name in ("advice", "liste"):
        (shell.folder / f"{name}.csv").write_text(advice, "utf-8")
    text = page.read_text(encoding="utf-8")
    with sqlite_copy(sqlite_template, shell.folder) as location:
        town(location)
        fresh = SESSION.sub(lambda block: _played(shell, block[0]), text)
        store = opened(location)
        check_invariants(store)
        store.close()
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        page.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def reference_number(number: int) -> str:
    return ("", "1000000000015", "1000000000023")[number]


def _played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            done = shell(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in (done.out + done.err).splitlines())]
    return "\n".join(said) + "\n"
