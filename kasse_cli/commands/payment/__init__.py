"""`kasse payment`: payment runs (Zahlläufe), from what is due to what became of each payment."""

from __future__ import annotations

from kasse_cli.commands.payment.answers import recall, status
from kasse_cli.commands.payment.booking import booked, returned
from kasse_cli.commands.payment.handing import export, slip, void
from kasse_cli.commands.payment.making import change, discard, propose
from kasse_cli.commands.payment.releasing import release, review
from kasse_cli.commands.payment.returning import (
    approve_refund,
    list_refunds,
    redirect,
    refund,
    withdraw_refund,
)
from kasse_cli.commands.payment.rules import profile
from kasse_cli.commands.payment.setting_off import set_off, set_off_undo
from kasse_cli.commands.payment.showing import list_runs, search, show
from kasse_cli.commands.payment.vop import accept, correct, list_cases, refuse, rule
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("payment runs: propose, review, release, export"))
vop = noun(N_("payees whose name does not match: list, accept, correct, refuse, rule"))
refunds = noun(N_("money to be paid back: ask, approve, withdraw, list"))

command(
    app,
    "propose",
    lists=True,
    dry_run=True,
    examples=("kasse payment propose", "kasse payment propose --due-until 2026-11-30 --execution-day 2026-11-27"),
)(propose)
command(app, "list", lists=True, examples=("kasse payment list --state exported",))(list_runs)
command(
    app,
    "show",
    lists=True,
    examples=("kasse payment show 17 --xlsx zahllauf-17.xlsx", "kasse payment show 17-3"),
)(show)
command(app, "search", lists=True, examples=("kasse payment search --state rejected", "kasse payment search Meyer"))(
    search
)
command(app, "review", lists=True, examples=("kasse payment review 17", "kasse payment review 17 --xlsx lauf-17.xlsx"))(
    review
)
command(
    app,
    "change",
    dry_run=True,
    examples=(
        "kasse payment change 17 --without 3 --reason 'Rechnung bestritten'",
        "kasse payment change 17 --day 2026-11-27 --reason 'Konto nicht gedeckt'",
    ),
)(change)
command(app, "release", examples=("kasse payment release 17 --sum 12.345,67",))(release)
command(
    app,
    "export",
    examples=("kasse payment export 17 --out zahllauf-17.xml --slip begleitzettel-17.pdf",),
)(export)
command(app, "slip", examples=("kasse payment slip 17", "kasse payment slip 17 --out begleitzettel-17.pdf"))(slip)
command(app, "discard", examples=("kasse payment discard 17 --reason 'falsches Konto'",))(discard)
command(app, "void", examples=("kasse payment void 17 --reason 'Verbindung zur Bank abgebrochen, Datei gelöscht'",))(
    void
)
command(
    app, "status", lists=True, examples=("kasse payment status pain002.xml", "kasse payment status vpz.zip --json")
)(status)
command(
    app,
    "booked",
    dry_run=True,
    examples=(
        "kasse payment booked 17 --case 4",
        "kasse payment booked 17 --case 4 --file 2",
        "kasse payment booked 17 --case 4 --without 3 --reason AC04",
    ),
)(booked)
command(
    app,
    "returned",
    dry_run=True,
    examples=(
        "kasse payment returned 17-3 --case 5",
        "kasse payment returned 17-3 17-8 --case 5",
        "kasse payment returned 17-3 --case 5 --reason AC04 --fee 2,50",
    ),
)(returned)
command(app, "recall", examples=("kasse payment recall 17-3 --why DUPL --out rueckruf.xml",))(recall)
command(
    app,
    "set-off",
    lists=True,
    dry_run=True,
    examples=(
        "kasse payment set-off",
        "kasse payment set-off BAU/17 --letters briefe",
        "kasse payment set-off ORDNUNG/17 --against 4711000000017 --amount 20 --reason 'vereinbart am 18.11.'",
    ),
)(set_off)
command(
    app,
    "set-off-undo",
    dry_run=True,
    examples=("kasse payment set-off-undo BAU-2026-17 --reason 'Forderung ist bestritten'",),
)(set_off_undo)
command(
    app,
    "profile",
    lists=True,
    examples=(
        "kasse payment profile",
        "kasse payment profile DE02120300000000202051 --bank cautious",
        "kasse payment profile --high 25.000,00",
    ),
)(profile)

command(
    app,
    "redirect",
    examples=(
        "kasse payment redirect BAU/17 --iban DE02120300000000202051 --reason 'zurückgerufen, Konto erloschen'",
        "kasse payment redirect BAU/17 --refuse --reason 'Schreiben war gefälscht'",
    ),
)(redirect)

app.add_typer(vop, name="vop")
command(vop, "list", lists=True, examples=("kasse payment vop list",))(list_cases)
command(vop, "accept", examples=("kasse payment vop accept 17-3 --reason 'Firma angerufen, Name ist eine Marke'",))(
    accept
)
command(
    vop,
    "correct",
    examples=(
        "kasse payment vop correct 17-3 --name 'Erika Musterfrau' --reason 'Schreiben vom 20.11.'",
        "kasse payment vop correct 17-3 --iban DE02120300000000202051 --reason 'zurückgerufen'",
    ),
)(correct)
command(vop, "refuse", examples=("kasse payment vop refuse 17-3 --reason 'Empfänger kennt dieses Konto nicht'",))(
    refuse
)
command(vop, "rule", lists=True, examples=("kasse payment vop rule DE1212030000 --reason 'Zahlkarten der Stadt'",))(
    rule
)

app.add_typer(refunds, name="refund")
command(
    refunds,
    "ask",
    examples=("kasse payment refund ask KASSE/12 --reason 'doppelt gezahlt'",),
)(refund)
command(refunds, "approve", examples=("kasse payment refund approve KASSE/12",))(approve_refund)
command(refunds, "withdraw", examples=("kasse payment refund withdraw KASSE/12 --reason 'stattdessen aufgerechnet'",))(
    withdraw_refund
)
command(refunds, "list", lists=True, examples=("kasse payment refund list",))(list_refunds)
