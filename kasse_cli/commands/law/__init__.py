"""`kasse law`: the dated rules and rates of law, and what follows from them; only its own files need a book."""

from __future__ import annotations

from kasse_cli.commands.law.charges import charges, costs
from kasse_cli.commands.law.files import drop, files, refuse, release, take
from kasse_cli.commands.law.garnishment import garnishment
from kasse_cli.commands.law.limitation import deadline, limitation
from kasse_cli.commands.law.rates import list_rates, show_rate
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("the dated rules and rates of law"))
rates = noun(N_("what is known until when, with sources"))
app.add_typer(rates, name="rates")

command(
    app,
    "charges",
    book=False,
    lists=True,
    examples=(
        "kasse law charges --amount 1.234,56 --due 2026-03-10 --paid-on 2026-04-13 --profile tax",
        "kasse law charges --amount 900 --due 2026-05-04 --paid 300=2026-06-01 --profile hamburg-fee --json",
    ),
)(charges)
command(
    app,
    "costs",
    book=False,
    lists=True,
    examples=("kasse law costs vko.pfaendung vko.wegegeld --amount 2600 --profile hamburg-fee",),
)(costs)
command(
    app,
    "garnishment",
    book=False,
    lists=True,
    examples=(
        "kasse law garnishment --net 2.500,00 --dependants 1 --on 2026-07-01",
        "kasse law garnishment --file besoldung.csv --csv",
    ),
)(garnishment)
command(
    app,
    "limitation",
    book=False,
    lists=True,
    examples=(
        "kasse law limitation --profile tax --due 2021-05-10 --event demand=2024-03-01",
        "kasse law limitation --profile fine --final 2024-02-15 --amount 1.000,00",
    ),
)(limitation)
command(
    app,
    "deadline",
    book=False,
    lists=True,
    examples=(
        "kasse law deadline bekanntgabe_ao --from 2026-11-04 --land HH",
        "kasse law deadline 1m --from 2026-09-03",
    ),
)(deadline)
command(
    rates, "list", book=False, lists=True, examples=("kasse law rates list", "kasse law rates list --kind charges")
)(list_rates)
command(rates, "show", book=False, lists=True, examples=("kasse law rates show basiszins",))(show_rate)
command(
    app,
    "take",
    dry_run=True,
    examples=("kasse law take recht-musterstadt", "kasse law take profile-kag.toml --dry-run"),
)(take)
command(app, "files", lists=True, examples=("kasse law files", "kasse law files --all --out recht"))(files)
command(app, "drop", dry_run=True, examples=("kasse law drop profile-kag.toml",))(drop)
command(app, "release", dry_run=True, examples=("kasse law release 3", "kasse law release 3 --dry-run"))(release)
command(app, "refuse", examples=("kasse law refuse 3 --reason 'Satzung gilt erst ab 2027'",))(refuse)
