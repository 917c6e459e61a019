"""`kasse letter`: letters to debtors, from the print to the proof that they arrived."""

from __future__ import annotations

from kasse_cli.commands.letter.life import cancel, finish, make, post, release, serve, take_return
from kasse_cli.commands.letter.printing import print_
from kasse_cli.commands.letter.showing import list_letters, list_tasks, show
from kasse_cli.commands.letter.wording import head, list_remedies, template
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("letters: list, show, print, post, serve, return, tasks, template, head"))
command(
    app, "list", lists=True, examples=("kasse letter list --state released", "kasse letter list --party 'Erika Muster'")
)(list_letters)
command(app, "show", lists=True, examples=("kasse letter show 12", "kasse letter show 12 --text"))(show)
command(
    app,
    "print",
    lists=True,
    examples=(
        "kasse letter print --run 3 --out briefe --post-on 2026-11-25",
        "kasse letter print 12 --out brief.pdf",
    ),
)(print_)
command(
    app,
    "post",
    lists=True,
    examples=("kasse letter post --run 3 --date 2026-11-25", "kasse letter post 12 13 --files briefe"),
)(post)
command(app, "serve", examples=("kasse letter serve 12 --date 2026-11-27 --proof 'Postzustellungsurkunde'",))(serve)
command(app, "return", examples=("kasse letter return 12 --reason 'unbekannt verzogen'",))(take_return)
command(app, "make", examples=("kasse letter make --relief 4", "kasse letter make --relief 7 --to 'Kanzlei Muster'"))(
    make
)
command(app, "release", examples=("kasse letter release 12",))(release)
command(app, "cancel", confirm=True, examples=("kasse letter cancel 12 --reason 'heute gezahlt' --yes",))(cancel)
command(app, "tasks", lists=True, examples=("kasse letter tasks", "kasse letter tasks --done --csv"))(list_tasks)
command(app, "found", examples=("kasse letter found 4 --note 'Meldeamt: Neuer Weg 7' --inquiry 2026-12-01",))(finish)
command(
    app,
    "head",
    lists=True,
    examples=(
        "kasse letter head",
        "kasse letter head --set 'kopf=Stadtkasse Musterstadt|Rathausplatz 1' --set 'telefon=040 1234-0'",
    ),
)(head)
command(app, "remedies", book=False, lists=True, examples=("kasse letter remedies",))(list_remedies)
app.add_typer(template, name="template")
