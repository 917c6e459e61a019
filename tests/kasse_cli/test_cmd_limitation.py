"""`kasse limitation` as a person types it, and the console sessions of its page."""

import os
import re

import pytest

from enforcement.relief import Schedule, Wish, relief_kind
from enforcement.relief_end_store import end
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from ledger.bank.posting_store import post_staged
from tests.attacks import without_guards
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import act, opened, sqlite_copy
from tests.kasse_cli.test_cmd_dunning import debtor
from tests.kasse_cli.test_relief_page import SESSION
from tests.kasse_cli.transcripts import NOW
from tests.paths import ROOT

PAGE = ROOT / "docs" / "limitation.md"


def failed_plan(store, number):
    """Grant and end a plan in 2020, in a book whose accounts are as old."""
    without_guards(store, "account")
    store.execute("UPDATE account SET opened_on = '2020-01-01'")
    store.today = "2020-03-02"
    first = NOW.date().replace(year=2020, month=3, day=2)
    schedule = Schedule(first=first.replace(month=4, day=1), count=2)
    wish = Wish(relief_kind("ratenplan"), "Antrag", first, (("ORDNUNG", number),), schedule=schedule)
    made = propose(act(store, "clara"), wish)
    grant(act(store, "emil"), made.number)
    store.today = "2020-06-02"
    end(store, made.number, reason="keine Rate", way="failed")
    store.today = NOW.date().isoformat()


@pytest.fixture
def town(shell, sqlite_template):
    """Claims that end soon, later, never, at an unknown day, or ended: each for another reason."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        erika, max_ = debtor(store, "Erika Musterfrau"), debtor(store, "Max Mustermann")
        tax, fee = {"profile": "tax", "claim_kind": "tax"}, {"profile": "fee", "claim_kind": "fee"}
        item(store, "1.000,00", reference(store, 1), person=erika, due="2021-05-10", **tax)
        item(store, "55", reference(store, 1), person=erika, due="2023-06-01", main_item=1, profile="tax",
             claim_kind="saeumniszuschlag")  # fmt: skip
        item(store, "250", reference(store, 2), person=erika, due="2021-09-01", **fee)
        item(store, "80", reference(store, 3), person=max_, due="2023-09-01", profile="fine", claim_kind="bussgeld")
        item(store, "300", reference(store, 4), person=max_, due="2019-02-01", office="BAU", **fee)
        item(store, "90", reference(store, 5), person=max_, due="2018-02-01", dunned_on="2018-04-03",
             profile="private", claim_kind="principal")  # fmt: skip
        item(store, "120", reference(store, 6), person=erika, due="2019-05-02", **fee)
        item(store, "400", reference(store, 7), person=max_, due="2023-02-01", profile="private",
             claim_kind="principal")  # fmt: skip
        item(store, "70", reference(store, 8), person=max_, due="2024-02-01", claim_kind="other")
        failed_plan(store, 6)
        act(store, "clara")
        staged(store, "100,00", reference(store, 7), day="2026-11-16")
        staged(store, "120,00", reference(store, 4), day="2026-11-16")
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def test_limitation_from_the_watch_to_a_note(town):
    town.transcript(
        "limitation",
        "kasse limitation watch --within 6m",
        "kasse limitation watch --within 6m --profile hamburg-fee -q",
        "kasse limitation watch --within 3m --undated --standing --csv",
        "kasse limitation show ORDNUNG/1",
        "kasse limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --reason 'Pfändung, DR 12/26' --dry-run",
        "kasse limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --reason 'Pfändung, DR 12/26' --ongoing",
        "kasse limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --reason 'Pfändung, DR 12/26' --ongoing",
        "kasse limitation watch --within 6m --standing -q",
        "kasse limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --until 2026-11-20 --reason 'Pfändung erledigt'",
        "kasse limitation show ORDNUNG/1",
        "kasse limitation withdraw ORDNUNG/1 2 --reason 'falsches Kassenzeichen'",
        "kasse limitation withdraw ORDNUNG/1 2 --reason 'falsches Kassenzeichen'",
        "kasse limitation show ORDNUNG/1 -q",
        "kasse limitation show ORDNUNG/4",
        "kasse limitation note ORDNUNG/4 --kind final --day 2023-12-04 --reason 'Rechtskraft laut Bußgeldstelle'",
        "kasse limitation show ORDNUNG/4 --csv",
        "kasse limitation show ORDNUNG/7",
        "kasse limitation show ORDNUNG/8",
    )


def test_what_became_time_barred(town):
    town.transcript(
        "limitation-report",
        "kasse limitation report --since 2020",
        "kasse limitation watch --undated -q",
        "kasse limitation report --since 2020 --by year --by profile",
        "kasse limitation report --since 2025 --office BAU --claims",
        "kasse limitation report --since 2020 --claims --csv",
        "kasse limitation report --since 2020 --by office --json",
        "kasse limitation watch --within 2m --json",
    )


def test_what_cannot_be_typed(town):
    note = "kasse limitation note ORDNUNG/1 --reason x"
    town.transcript(
        "limitation-refused",
        "kasse limitation watch --within bald",
        "kasse limitation watch --profile schenkung",
        "kasse limitation watch --office MOND",
        "kasse limitation watch --user dirk --office BAU -q",
        "kasse limitation watch --user anna",
        "kasse limitation show ORDNUNG/2",
        "kasse limitation show 4711",
        f"{note} --kind schenkung --day 2026-11-02",
        f"{note} --kind measure --day 2026-12-24",
        f"{note} --kind measure --day 2026-11-02 --until 2026-11-01",
        f"{note} --kind measure --day 2026-11-02 --amount 1000,01",
        f"{note} --kind measure --day 2026-11-02 --user anna",
        "kasse limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --reason ' '",
        "kasse limitation note ORDNUNG/8 --kind measure --day 2026-11-02 --reason x",
        "kasse limitation note ORDNUNG/2 --kind measure --day 2026-11-02 --reason x",
        "kasse limitation withdraw ORDNUNG/1 9 --reason x",
        "kasse limitation withdraw ORDNUNG/6 1 --reason x",
        "kasse limitation report --since 2020 --by mond",
    )


def test_the_lists_fit_a_terminal(town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    town.terminal = True
    for line in ("watch --within 6m --undated", "report --since 2020 --claims"):
        shown = re.sub("\x1b\\[[0-9;]*m", "", town(f"kasse limitation {line}").out).splitlines()
        tables = [text for text in shown if not re.match("time-barred|not known|without|what |nothing|a plan", text)]
        assert max(map(len, tables)) <= 80, line


def test_the_sessions_of_the_page_are_true(town):
    town.environ["NO_COLOR"] = "1"
    town.terminal = True
    text = PAGE.read_text(encoding="utf-8")
    fresh = SESSION.sub(lambda block: _played(town, block[0]), text)
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def _played(town, session) -> str:
    """Return the session as it is now; warnings about unconfirmed figures are left out of the page."""
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            done = town(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in done.out.splitlines())]
            said += [
                text for text in done.err.splitlines() if "a point open" not in text and "law rates show" not in text
            ]
    return "\n".join(said) + "\n"
