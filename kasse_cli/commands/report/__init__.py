"""`kasse report`: what the books say at the end of any day, and between two days."""

from __future__ import annotations

from kasse_cli.commands.report.figures import forecast, kpi
from kasse_cli.commands.report.lists import open_items, suspense, trial_balance
from kasse_cli.commands.report.movements import account, ageing, cash
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("trial balance, accounts, open items, suspense, cash, key figures"))

command(
    app,
    "trial-balance",
    lists=True,
    examples=(
        "kasse report trial-balance --on 2026-11-20",
        "kasse report trial-balance --from 2026-01-01 --on 2026-11-30 --xlsx salden.xlsx",
        "kasse report trial-balance --office KASSE --json",
    ),
)(trial_balance)
command(
    app,
    "account",
    lists=True,
    examples=(
        "kasse report account 2800 --from 2026-11-01",
        "kasse report account 4800 --office KASSE --xlsx konto.xlsx",
    ),
)(account)
command(
    app,
    "open-items",
    lists=True,
    examples=("kasse report open-items --kind receivable", "kasse report open-items --on 2026-10-31 --xlsx offen.xlsx"),
)(open_items)
command(
    app,
    "ageing",
    lists=True,
    examples=(
        "kasse report ageing",
        "kasse report ageing --by year --kind receivable --xlsx alter.xlsx",
        "kasse report ageing --by account --on 2026-12-31 --xlsx kassenreste.xlsx",
    ),
)(ageing)
command(app, "suspense", lists=True, examples=("kasse report suspense", "kasse report suspense --csv"))(suspense)
command(app, "cash", lists=True, examples=("kasse report cash", "kasse report cash --from 2026-11-01 --csv"))(cash)
command(app, "forecast", lists=True, examples=("kasse report forecast", "kasse report forecast --weeks 26"))(forecast)
command(app, "kpi", lists=True, examples=("kasse report kpi", "kasse report kpi --from 2026-01-01 --json"))(kpi)
