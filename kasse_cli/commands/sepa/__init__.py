"""`kasse sepa`: files that are exchanged with the bank; no book is needed."""

from __future__ import annotations

from kasse_cli.commands.sepa.check import check
from kasse_cli.commands.sepa.convert import convert
from kasse_cli.commands.sepa.explain import explain
from kasse_cli.commands.sepa.redact import redact
from kasse_cli.commands.sepa.show import show
from kasse_cli.commands.sepa.write import write
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("payment files: read, check, convert"))

command(
    app,
    "show",
    book=False,
    lists=True,
    examples=("kasse sepa show auszug.xml", "kasse sepa show --summary --json archiv.zip"),
)(show)
command(
    app,
    "check",
    book=False,
    lists=True,
    examples=("kasse sepa check zahlungen.xml", "kasse sepa check zahlungen.xml --profile cautious --xsd-dir schemas"),
)(check)
command(
    app,
    "convert",
    book=False,
    examples=(
        "kasse sepa convert --to csv auszug.xml > liste.csv",
        "kasse sepa convert --to xlsx --out liste.xlsx archiv.zip",
        "kasse sepa convert --to hledger --out bank.journal auszug.xml",
    ),
)(convert)
command(
    app,
    "redact",
    book=False,
    examples=("kasse sepa redact auszug.xml > beispiel.xml", "kasse sepa redact --scale 7 --out ordner archiv.zip"),
)(redact)
command(
    app,
    "explain",
    book=False,
    lists=True,
    examples=("kasse sepa explain unbekannt.xml", "kasse sepa explain archiv.zip"),
)(explain)
command(
    app,
    "write",
    book=False,
    lists=True,
    dry_run=True,
    examples=(
        'kasse sepa write --payments liste.xlsx --name Stadtkasse --iban "DE02 1203 0000 0000 2020 51"',
        "kasse sepa write --payments x.csv --name Kasse --iban DE02120300000000202051 --creditor-id DE98ZZZ09999999999",
    ),
)(write)
