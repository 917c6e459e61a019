"""`kasse collection`: collections by mandate (Lastschriften), from the announcement to what came back."""

from __future__ import annotations

from kasse_cli.commands.collection.answers import (
    credit,
    export_message,
    recall,
    release_message,
    returned,
    reverse,
    status,
)
from kasse_cli.commands.collection.making import announce, change, discard, notice, propose, setup
from kasse_cli.commands.collection.releasing import export, release, review, slip, void
from kasse_cli.commands.collection.showing import list_runs, returns, show
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("collections by mandate: announce, propose, review, release, export"))
command(
    app,
    "setup",
    examples=(
        "kasse collection setup",
        "kasse collection setup --creditor-id DE98ZZZ09999999999 --announcement-days 5",
        "kasse collection setup --fee private=item --fee tax=cost",
    ),
)(setup)
command(
    app,
    "announce",
    lists=True,
    dry_run=True,
    examples=("kasse collection announce --out vorab.pdf", "kasse collection announce --due-until 2027-12-31"),
)(announce)
command(app, "notice", examples=("kasse collection notice 12 --out brief-12.pdf",))(notice)
command(
    app,
    "propose",
    lists=True,
    dry_run=True,
    examples=("kasse collection propose", "kasse collection propose --day 2026-12-01 --item BAU/17"),
)(propose)
command(app, "list", lists=True, examples=("kasse collection list --state exported",))(list_runs)
command(
    app, "show", lists=True, examples=("kasse collection show 3 --xlsx einzug-3.xlsx", "kasse collection show 3-7")
)(show)
command(app, "review", lists=True, examples=("kasse collection review 3",))(review)
command(
    app,
    "change",
    dry_run=True,
    examples=(
        "kasse collection change 3 --without 7 --reason 'an der Kasse bezahlt'",
        "kasse collection change 3 --day 2026-11-27 --reason 'Datei nicht rechtzeitig gesendet'",
    ),
)(change)
command(app, "release", examples=("kasse collection release 3 --sum 12.345,67",))(release)
command(app, "export", examples=("kasse collection export 3 --out einzug-3.xml --slip begleitzettel-3.pdf",))(export)
command(app, "slip", examples=("kasse collection slip 3", "kasse collection slip 3 --out begleitzettel-3.pdf"))(slip)
command(app, "discard", examples=("kasse collection discard 3 --reason 'falscher Tag'",))(discard)
command(app, "void", confirm=True, examples=("kasse collection void 3 --reason 'Datei wurde nie gesendet' --yes",))(
    void
)
command(
    app, "status", lists=True, examples=("kasse collection status pain002.xml", "kasse collection status camt029.xml")
)(status)
command(
    app,
    "credit",
    dry_run=True,
    examples=("kasse collection credit 3 --case 17", "kasse collection credit 3 --case 17 --without 7 --reason AC04"),
)(credit)
command(
    app,
    "returned",
    dry_run=True,
    examples=("kasse collection returned 3-7 --case 17", "kasse collection returned 3-7 --case 17 --fee 30,01"),
)(returned)
command(app, "returns", lists=True, examples=("kasse collection returns --since 2026-11-01",))(returns)
command(app, "recall", examples=("kasse collection recall 3-7 3-9 --why DUPL --reason 'doppelt gesendet'",))(recall)
command(app, "reverse", examples=("kasse collection reverse 3-7 --why MS02 --reason 'Bescheid zurückgenommen'",))(
    reverse
)
command(app, "approve", examples=("kasse collection approve 5 --sum 120,00",))(release_message)
command(app, "request", examples=("kasse collection request 5 --out storno.xml",))(export_message)
