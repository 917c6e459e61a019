"""`kasse relief` as a person types it."""

import datetime as dt
import re

import pytest

from ledger.bank.posting_store import post_staged
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import act, opened, sqlite_copy
from tests.kasse_cli.test_cmd_dunning import debtor
from tests.kasse_cli.transcripts import compare


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        erika, max_ = debtor(store, "Erika Musterfrau"), debtor(store, "Max Mustermann")
        common = {"profile": "fee", "claim_kind": "fee"}
        item(store, "1.000,00", reference(store, 1), person=erika, due="2026-06-01", dunning_level=1, **common)
        item(store, "3,10", reference(store, 1), person=erika, due="2026-07-01", main_item=1, profile="fee",
             claim_kind="mahngebuehr")  # fmt: skip
        item(store, "250", reference(store, 2), person=erika, due="2026-09-01", **common)
        item(store, "80", reference(store, 3), person=max_, due="2026-09-01", profile="fine", claim_kind="bussgeld")
        item(store, "28,50", reference(store, 3), person=max_, profile="fine", claim_kind="gebuehr", main_item=4)
        item(store, "400", reference(store, 4), person=debtor(store, "Rest Schuldner"), due="2026-09-01", **common)
        act(store, "clara")
        staged(store, "395,40", reference(store, 4), day="2026-11-16")
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def at(town, day):
    """Let the clock stand at a later day."""
    town.now = dt.datetime.fromisoformat(f"{day}T09:30:00+01:00")


def play(town, name, *steps):
    """Run lines as one session; a line `@ DAY` moves the clock."""
    said = []
    for step in steps:
        if step.startswith("@ "):
            at(town, step.removeprefix("@ "))
            said.append(f"# {step.removeprefix('@ ')}\n")
        else:
            said.append(f"$ {step}\n{town(step).text()}")
    compare(name, "".join(said))


def test_relief_from_proposal_to_end(town):
    play(
        town,
        "relief",
        "kasse relief propose ratenplan ORDNUNG/1 --count 3 --first 2026-12-15 --reason 'Antrag vom 20.11.' --dry-run",
        "kasse relief propose ratenplan ORDNUNG/1 --count 3 --first 2026-12-15 --reason 'Antrag vom 20.11.' -q",
        "kasse relief grant 1 --yes",
        "kasse relief grant 1 --yes --user emil --dry-run",
        "kasse relief grant 1 --yes --user emil --reason bewilligt",
        "kasse relief show 1",
        "kasse relief check",
        "kasse relief check --on 2026-12-30",
        "kasse relief propose niederschlagung ORDNUNG/1 --watch 2027-11-20 --reason 'fruchtlos gepfändet'",
        "@ 2027-01-04",
        "kasse relief end 1 --failed --reason 'Rate fehlt' --yes --user emil",
        "kasse relief propose niederschlagung ORDNUNG/1 --watch 2027-11-20 --reason 'fruchtlos gepfändet'",
        "kasse relief propose erlass ORDNUNG/3 --amount 50 --reason 'unbillig'",
        "kasse relief propose erlass ORDNUNG/3 --reason 'noch einmal'",
        "kasse relief list --state proposed",
        "kasse relief grant 2 --yes --user emil",
        "kasse relief refuse 3 --reason 'keine Härte' --user emil",
        "@ 2027-11-22",
        "kasse relief check",
        "kasse relief watch 2 2028-11-20 --reason 'noch ohne Einkommen' --user emil",
        "kasse relief end 2 --reason 'neuer Arbeitgeber' --yes --user emil",
        "kasse relief end --settled --reason bezahlt --yes --user emil",
        "kasse relief list",
    )


def test_the_end_of_claims(town):
    play(
        town,
        "relief-ends",
        "kasse relief propose tod --party 'Max Mustermann' --reason Sterbeurkunde",
        "kasse relief propose tod --party 'Max Mustermann' --from 2026-11-02 --reason Sterbeurkunde",
        "kasse relief grant 1 --yes --user emil",
        "kasse relief propose insolvenz --party 'Erika Musterfrau' --from 2026-11-02 --document '67a IN 12/26' "
        "--reason Beschluss",
        "kasse relief grant 2 --yes --user emil",
        "kasse relief show 2",
        "kasse party account 'Erika Musterfrau'",
        "kasse item show ORDNUNG/1",
        "kasse relief check",
        "kasse relief filed 2 --user emil",
        "kasse relief small --dry-run",
        "kasse relief small",
        "kasse relief grant --batch 1 --yes --user emil",
        "kasse relief limit emil --kind erlass --max 500 --user root",
        "kasse relief limit",
        "@ 2029-11-05",
        "kasse relief end 2 --discharge --reason Restschuldbefreiung --yes --user emil",
        "kasse relief end 1 --reason 'Erbin hat angenommen' --yes --user emil",
    )


def test_what_cannot_be_typed(town):
    town.transcript(
        "relief-refused",
        "kasse relief propose schenkung ORDNUNG/1 --reason x",
        "kasse relief propose erlass --reason x",
        "kasse relief propose stundung ORDNUNG/1 --reason x",
        "kasse relief propose niederschlagung ORDNUNG/1 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --count 3 --rate 20 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --count 3 --until 2026-12-31 --reason x",
        "kasse relief propose niederschlagung_unbefristet ORDNUNG/1 --amount 5 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --instalment 2026-12-01=100 --first 2026-12-01 --reason x",
        "kasse relief propose niederschlagung_unbefristet ORDNUNG/1 --watch 2027-12-01 --reason x",
        "kasse relief propose stundung ORDNUNG/1 --until 2026-06-01 --from 2026-05-01 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --instalment 100 --reason x",
        "kasse relief propose ratenplan ORDNUNG/1 --instalment 2026-12-01=100 --reason x",
        "kasse relief propose erlass ORDNUNG/1 --amount 6000 --reason x",
        "kasse relief propose erlass ORDNUNG/1 ORDNUNG/4 --reason x",
        "kasse relief grant",
        "kasse relief end --reason x",
        "kasse relief end 1 --failed --lift --reason x --yes",
        "kasse relief end 1 --reason x --yes --user emil",
        "kasse relief watch 1 2027-01-01 --reason x --user emil",
    )


def test_the_lists_fit_a_terminal(town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    town.terminal = True
    town("kasse relief propose ratenplan ORDNUNG/1 --count 3 --reason x")
    town("kasse relief grant 1 --yes --user emil")
    for line in ("kasse relief list", "kasse relief show 1", "kasse relief small --dry-run"):
        shown = re.sub("\x1b\\[[0-9;]*m", "", town(line).out).splitlines()
        assert max(map(len, shown)) <= 80, line


def test_the_same_for_scripts(town):
    town("kasse relief propose ratenplan ORDNUNG/1 --count 2 --first 2026-12-15 --reason x")
    town("kasse relief grant 1 --yes --user emil")
    town.transcript("relief-json", "kasse relief show 1 --json", "kasse relief check --on 2027-01-31 --json")
