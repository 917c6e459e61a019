"""Arguments and options of `kasse cash`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sepa.errors import N_, KasseError
from sepa.money import parse_amount

DeskArgument = Annotated[str, typer.Argument(metavar="DESK", help=N_("the code of the cash desk or fund, such as B1"))]
OtherArgument = Annotated[str, typer.Argument(metavar="TO", help=N_("the desk or fund that gets it"))]
TargetsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="REFERENCE", help=N_("a reference or OFFICE/NUMBER, with =AMOUNT where not all is meant")),
]
SumArgument = Annotated[
    int | None, typer.Argument(parser=parse_amount, metavar="AMOUNT", help=N_("how much, as 1.500,00"))
]
TakenOption = Annotated[
    int | None,
    typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("what was taken, if not all that is open")),
]
GivenOption = Annotated[
    int | None,
    typer.Option(
        "--given", parser=parse_amount, metavar="AMOUNT", help=N_("what the payer handed over; says the change")
    ),
]
PayerOption = Annotated[str, typer.Option("--payer", metavar="NAME", help=N_("who pays, for the receipt"))]
PayeeOption = Annotated[
    str, typer.Option("--payee", metavar="NAME", help=N_("who gets the money and signs, if not the payee of the item"))
]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("what it is for, for the receipt"))]
TerminalOption = Annotated[
    str | None, typer.Option("--terminal", metavar="CODE", help=N_("paid by card at this terminal"))
]
ChequeOption = Annotated[
    str | None, typer.Option("--cheque", metavar="NUMBER", help=N_("paid by cheque, under reserve"))
]
SheetOption = Annotated[
    Path | None, typer.Option("--receipt", metavar="FILE", help=N_("write the receipt: .pdf, .txt, or - as text"))
]
DespiteOption = Annotated[bool, typer.Option("--despite-debts", help=N_("pay although the payee owes something"))]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the file and the journal"))]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the sheet to write: .pdf, .txt, or - as text"))
]
MaybeOutOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help=N_("the sheet to write: .pdf, .txt, or - as text"))
]
IbanOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("the bank account, if not the first of the Kasse"))
]
RefillOption = Annotated[bool, typer.Option("--refill", help=N_("as much as the fund lacks to its fixed sum"))]
NameOption = Annotated[str, typer.Option("--name", metavar="TEXT", help=N_("what people call it"))]
HolderOption = Annotated[str, typer.Option("--holder", metavar="USER", help=N_("who holds it and alone acts on it"))]
PartyOption = Annotated[
    str | None,
    typer.Option("--party", metavar="PARTY", help=N_("the holder as a person of the book, for shortages")),
]


def limit(name: str, text: str) -> object:
    """Return the option of a sum."""
    return typer.Option(name, parser=parse_amount, metavar="AMOUNT", help=text)


LimitOption = Annotated[int | None, limit("--limit", N_("the most cash it may hold"))]
SingleOption = Annotated[int | None, limit("--single", N_("the most it may pay at a time"))]
FixedOption = Annotated[int | None, limit("--fixed", N_("the sum that an imprest fund is filled up to"))]
DaysOption = Annotated[
    int | None,
    typer.Option(
        "--settle-days", min=1, max=366, metavar="DAYS", help=N_("a fund is settled at least every so many days")
    ),
]


class AmountOrRefillError(KasseError):
    """Neither an amount nor the wish to refill, or both."""

    code = "cash.amount_or_refill"
    template = N_("say how much: an amount, or --refill for a fund")
    hint = N_("write 'kasse cash {verb} {desk} 500,00' or with --refill")
    exit_code = 2


class AmountOrChequesError(KasseError):
    """Neither an amount nor the cheques, or both."""

    code = "cash.amount_or_cheques"
    template = N_("say what is brought to the bank: an amount of cash, or the cheques")
    hint = N_("write 'kasse cash deposit {desk} 500,00', or 'kasse cash deposit {desk} --cheques'")
    exit_code = 2


class EmptyOrPiecesError(KasseError):
    """A count of nothing that does not say that nothing is there, or both."""

    code = "cash.empty"
    template = N_("say what was counted: pieces, or --empty")
    hint = N_("write 'kasse cash count {desk} 3x50 12x0,20', or --empty where nothing is in it")
    exit_code = 2
