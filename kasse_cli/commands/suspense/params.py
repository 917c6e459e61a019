"""Arguments and options of the clarification desk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

CaseArgument = Annotated[int, typer.Argument(metavar="CASE", help=N_("the number of the case"))]
AnyCaseArgument = Annotated[
    int | None, typer.Argument(metavar="CASE", help=N_("the number of the case; none with --list"))
]
CasesArgument = Annotated[
    list[int] | None, typer.Argument(metavar="CASE", help=N_("numbers of cases; none with --list"))
]
TargetsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="REFERENCE", help=N_("a reference or OFFICE/NUMBER, with =AMOUNT where not all is meant")),
]
ListOption = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help=N_("a list in Excel, LibreOffice or CSV, taken whole or not at all")),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help=N_("the sheet to read, if not the first"))
]
AgeOption = Annotated[int, typer.Option("--older-than", metavar="DAYS", min=0, help=N_("only cases that old or older"))]
WhyListedOption = Annotated[
    str | None, typer.Option("--reason", metavar="WORD", help=N_("only cases of this reason, as the list shows it"))
]
OwnerListedOption = Annotated[
    str | None, typer.Option("--owner", metavar="NAME", help=N_("only cases of this clerk; - are those of nobody"))
]
LeastOption = Annotated[
    int | None, typer.Option("--from", parser=parse_amount, metavar="AMOUNT", help=N_("only cases of at least this"))
]
MostOption = Annotated[
    int | None, typer.Option("--to", parser=parse_amount, metavar="AMOUNT", help=N_("only cases of at most this"))
]
ExactOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("only cases of exactly this"))
]
TextOption = Annotated[
    str, typer.Option("--text", metavar="TEXT", help=N_("only cases with this in name, IBAN or remittance"))
]
RestOption = Annotated[
    bool | None, typer.Option("--held/--not-held", help=N_("only cases laid aside, or only the others"))
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("how much of it, as 12,50"))
]
PartOption = Annotated[
    int | None,
    typer.Option("--part", metavar="NUMBER", help=N_("which part of a collective credit, as 'show' numbers them")),
]
ItemsOption = Annotated[
    list[str] | None, typer.Option("--items", metavar="REFERENCE=AMOUNT", help=N_("one of several items"))
]
SurplusOption = Annotated[
    Literal["credit"] | None, typer.Option("--surplus", help=N_("what is over becomes a credit of the person"))
]
PayerKindOption = Annotated[
    Literal["own", "third_party", "guardian", "authority", "payment_service"] | None,
    typer.Option("--payer-kind", help=N_("remember for the persons paid whose account the money came from")),
]
LeaveRestOption = Annotated[bool, typer.Option("--leave-rest", help=N_("what the list does not use stays unclear"))]
CaseOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("the office of the case, if not the Kasse"))
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the file and the journal"))]
UntilOption = Annotated[
    dt.date | None,
    typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("rest until that day")),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help=N_("take it up again now"))]
ForOption = Annotated[str | None, typer.Option("--for", metavar="NAME", help=N_("the clerk, if not you"))]
TakeOverOption = Annotated[bool, typer.Option("--take-over", help=N_("from another clerk; it leaves a trace"))]
TextArgument = Annotated[str | None, typer.Argument(metavar="TEXT", help=N_("what is to be written down"))]
ToOfficeOption = Annotated[
    str | None, typer.Option("--to-office", metavar="CODE", help=N_("the office whose account gets it"))
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help=N_("the account it is booked to"))
]
PayeeOption = Annotated[str | None, typer.Option("--payee", metavar="NAME", help=N_("the authority it is paid on to"))]
IbanOption = Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("the account of that authority"))]
TransitOption = Annotated[
    bool, typer.Option("--transit", help=N_("keep it as money in transit for others (durchlaufende Gelder)"))
]
DespiteOption = Annotated[bool, typer.Option("--despite-debts", help=N_("pay back although the payer owes something"))]
LastOption = Annotated[bool, typer.Option("--last", help=N_("take back the last step only"))]
EntryOption = Annotated[
    str | None,
    typer.Option("--entry", metavar="ENTRY", help=N_("this entry, also one that was matched by itself")),
]
BatchOption = Annotated[
    int | None, typer.Option("--batch", metavar="NUMBER", help=N_("everything that a list moved, by its number"))
]


class NoTargetError(KasseError):
    """An assignment that names no item."""

    code = "suspense.no_target"
    template = N_("no item is named for case {number}")
    hint = N_("give a reference, or several as REFERENCE=AMOUNT")
    exit_code = 2


class TwoAmountsError(KasseError):
    """An item with two amounts."""

    code = "suspense.two_amounts"
    template = N_("{text} has an amount already, --amount is a second one")
    hint = N_("give one of the two")
    exit_code = 2


class AmountOfSeveralError(KasseError):
    """One amount for several items."""

    code = "suspense.amount_of_several"
    template = N_("--amount is for one item, {count} are named")
    hint = N_("write each as REFERENCE=AMOUNT")
    exit_code = 2


class AmountOfCasesError(AmountOfSeveralError):
    """One amount for several cases."""

    template = N_("--amount is for one case, {count} are named")
    hint = N_("take one after the other, or give a list with the column amount")


class PartOfSeveralError(KasseError):
    """One part for several cases."""

    code = "suspense.part_of_several"
    template = N_("--part is for one case, {count} are named")
    hint = N_("take one after the other, or give a list with the column part")
    exit_code = 2


class ListedOptionError(KasseError):
    """An option for one case beside a list."""

    code = "suspense.listed_option"
    template = N_("{option} is for one case; of a list each row says its own")
    hint = N_("leave it out, and fill in the column {column}")
    exit_code = 2


class CaseOrListError(KasseError):
    """Neither a case nor a list, or both."""

    code = "suspense.case_or_list"
    template = N_("name cases, or a list, and not both")
    hint = N_("write 'kasse suspense {verb} CASE' or 'kasse suspense {verb} --list FILE'")
    exit_code = 2


class UndoWhatError(KasseError):
    """An undo of nothing, or of several things."""

    code = "suspense.undo_what"
    template = N_("name what is to be taken back: cases, an entry, or a list by its number")
    hint = N_("write 'kasse suspense undo 17', or with --entry KASSE-2026-17, or with --batch 3")
    exit_code = 2


class HoldUntilError(KasseError):
    """A case laid aside without a day, or with two meanings."""

    code = "suspense.hold_until"
    template = N_("say until when the case rests, or that it is taken up again")
    hint = N_("give --until DATE with --reason TEXT, or --resume")
    exit_code = 2
