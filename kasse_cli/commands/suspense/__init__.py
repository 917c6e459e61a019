"""`kasse suspense`: unclear money, received (Verwahrung) and paid out (Vorschuss), and the desk that clears it."""

from __future__ import annotations

from kasse_cli.commands.explaining import explain
from kasse_cli.commands.suspense.deciding import assign, forward, refund, split, undo
from kasse_cli.commands.suspense.looking import list_, show, suggest
from kasse_cli.commands.suspense.working import clear, hold, note, release, reserve
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("unclear money: list, assign, split, hold, refund, undo"))

command(
    app, "list", lists=True,
    examples=("kasse suspense list --older-than 30", "kasse suspense list --owner - --text Jobcenter --csv"),
)(list_)  # fmt: skip
command(app, "show", lists=True, examples=("kasse suspense show 17",))(show)
command(app, "explain", lists=True, examples=("kasse suspense explain 17",))(explain)
command(app, "suggest", lists=True, examples=("kasse suspense suggest 17",))(suggest)
command(app, "clear", examples=("kasse suspense clear",))(clear)
command(
    app, "reserve", dry_run=True,
    examples=("kasse suspense reserve 17 18", "kasse suspense reserve 17 --take-over --reason 'Vertretung für dirk'"),
)(reserve)  # fmt: skip
command(app, "release", dry_run=True, examples=("kasse suspense release 17",))(release)
command(
    app, "assign", dry_run=True,
    examples=(
        "kasse suspense assign 17 0001234567899",
        "kasse suspense assign 17 --items 0001234567899=50,00 BAU/3=12,50 --surplus credit",
        "kasse suspense assign --list zuordnungen.xlsx",
    ),
)(assign)  # fmt: skip
command(
    app, "split", dry_run=True,
    examples=(
        "kasse suspense split 17 --list jobcenter.xlsx --payer-kind authority",
        "kasse suspense split 17 --list avis.csv --leave-rest",
    ),
)(split)  # fmt: skip
command(app, "hold", dry_run=True, examples=("kasse suspense hold 17 --until 2026-12-15 --reason 'Zahler gefragt'",))(
    hold
)
command(
    app, "forward", dry_run=True,
    examples=(
        "kasse suspense forward 17 --to-office BAU --account 5900 --reason 'Sicherheit für eine Erlaubnis'",
        "kasse suspense forward 17 --transit --reason 'Rundfunkbeitrag'",
        "kasse suspense forward 17 --payee 'Landeskasse Kiel' --iban DE02… --reason 'für das Land bestimmt'",
    ),
)(forward)  # fmt: skip
command(app, "refund", dry_run=True, examples=("kasse suspense refund 17 --reason 'nicht für uns'",))(refund)
command(app, "note", dry_run=True, examples=("kasse suspense note 17 'Zahler rief an, schickt das Kassenzeichen'",))(
    note
)
command(
    app, "undo", dry_run=True,
    examples=(
        "kasse suspense undo 17 --last --reason 'anderer Hund'",
        "kasse suspense undo --entry KASSE-2026-17 --reason 'Namensvetter'",
        "kasse suspense undo --batch 3 --reason 'Liste des Vormonats'",
    ),
)(undo)  # fmt: skip
