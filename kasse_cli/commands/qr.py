"""`kasse qr`: the code that fills in a transfer form."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.exports import NoFolderError
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, render, say
from kasse_cli.params import OutputOption
from kasse_cli.spreadsheets.replacing import replacing
from sepa.epcqr import QrPayment, payload, png, svg, terminal
from sepa.errors import N_, KasseError
from sepa.identifiers import format_iban, parse_iban
from sepa.money import parse_amount


class Picture(StrEnum):
    """How the code is drawn."""

    PNG = "png"
    SVG = "svg"
    TEXT = "text"


class PictureUnknownError(KasseError):
    """A file name that does not say how the code is to be drawn."""

    code = "qr.picture"
    template = N_("the name {file} does not say whether to draw PNG or SVG")
    hint = N_("let it end with .png or .svg, or give --to")
    exit_code = 2


class QrScaleError(KasseError):
    """A size that no picture can have."""

    code = "qr.scale"
    template = N_("a module cannot have {scale} pixels")
    hint = N_("give a number from 1 to 100")
    exit_code = 2


app = noun(N_("payment codes for letters"))
NameOption = Annotated[str, typer.Option("--name", metavar="NAME", help=N_("the payee, at most 70 characters"))]
IbanOption = Annotated[str, typer.Option("--iban", metavar="IBAN", help=N_("the payee's account"))]
AmountOption = Annotated[
    int | None,
    typer.Option(
        "--amount", parser=parse_amount, metavar="AMOUNT", help=N_("as 1.234,56; without, the payer fills it in")
    ),
]
TextOption = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("free text, at most 140 characters"))]
ReferenceOption = Annotated[
    str, typer.Option("--reference", metavar="REFERENCE", help=N_("a creditor reference in place of the text"))
]
PurposeOption = Annotated[str, typer.Option("--purpose", metavar="CODE", help=N_("an ISO purpose code"))]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("needed outside the EEA only"))]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("shown to the payer, not transmitted"))]
ToOption = Annotated[Picture | None, typer.Option("--to", help=N_("png, svg or text; otherwise by the file's name"))]
ScaleOption = Annotated[int, typer.Option("--scale", metavar="NUMBER", help=N_("pixels of one module, 1 to 100"))]


@command(
    app,
    "qr",
    book=False,
    examples=(
        'kasse qr --name Stadtkasse --iban "DE89 3704 0044 0532 0130 00" --amount 12,34 --text "Bescheid 4711"',
        "kasse qr --name Stadtkasse --iban DE89370400440532013000 --reference RF18539007547034 --out code.svg",
    ),
)
def qr(
    ctx: Context,
    name: NameOption,
    iban: IbanOption,
    amount: AmountOption = None,
    text: TextOption = "",
    reference: ReferenceOption = "",
    purpose: PurposeOption = "",
    bic: BicOption = "",
    note: NoteOption = "",
    output: OutputOption = None,
    to: ToOption = None,
    scale: ScaleOption = 4,
) -> None:
    """Make the QR code from which banking apps fill in a transfer (EPC069-12).

    Without a file it is drawn in the terminal, dark on light. Nothing is cut: what does not fit is refused.
    """
    if not 1 <= scale <= 100:
        raise QrScaleError(scale=scale)
    payment = QrPayment(name, parse_iban(iban), amount, text, reference, purpose, bic, note)
    picture = to or _by_name(output)
    written = _write(payment, picture, output, scale, silent=ctx.obj.machine)
    data = {"payload": payload(payment), "iban": payment.iban, "file": str(output) if written else None}
    file, account = str(output), format_iban(payment.iban)
    lines = [say(N_("written: {file}, account {iban}"), file=file, iban=account)] if written else []
    render(ctx, Result(data=data, lines=lines))


def _by_name(output: Path | None) -> Picture:
    if output is None:
        return Picture.TEXT
    try:
        return Picture(output.suffix.lower().removeprefix("."))
    except ValueError:
        raise PictureUnknownError(file=str(output)) from None


def _drawn(payment: QrPayment, picture: Picture, scale: int) -> bytes:
    if picture is Picture.TEXT:
        return (terminal(payment) + "\n").encode()
    return png(payment, scale) if picture is Picture.PNG else svg(payment, scale)


def _write(payment: QrPayment, picture: Picture, output: Path | None, scale: int, *, silent: bool) -> bool:
    """Draw the code; tell whether a file was written. Beside JSON nothing goes to standard output."""
    if output is None or str(output) == "-":
        if not silent:
            sys.stdout.flush()
            sys.stdout.buffer.write(_drawn(payment, picture, scale))
            sys.stdout.buffer.flush()
        return False
    if not output.absolute().parent.is_dir():
        raise NoFolderError(file=str(output))
    with replacing(output) as temporary:
        temporary.write_bytes(_drawn(payment, picture, scale))
    return True
