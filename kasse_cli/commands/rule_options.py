"""What a rule of the Kasse is said to ask for and where it goes: the options of `kasse rule add` and `test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.bank.rules_desk import Wanted

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("what people call the rule"))]
GvcOption = Annotated[str | None, typer.Option("--gvc", metavar="CODE", help=N_("only entries with this GVC, as 808"))]
OnAccountOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("only entries of this account of the Kasse"))
]
CounterOption = Annotated[
    str | None, typer.Option("--counter", metavar="IBAN", help=N_("only money from or to this account"))
]
TextOption = Annotated[
    str | None, typer.Option("--text", metavar="PATTERN", help=N_("only where name or remittance has this pattern"))
]
MinOption = Annotated[
    int | None, typer.Option("--min", parser=parse_amount, metavar="AMOUNT", help=N_("only this amount or more"))
]
MaxOption = Annotated[
    int | None, typer.Option("--max", parser=parse_amount, metavar="AMOUNT", help=N_("only this amount or less"))
]
DirectionOption = Annotated[
    Literal["credit", "debit", "both"], typer.Option("--direction", help=N_("money received, paid out, or both"))
]
ToOption = Annotated[
    Literal["fees", "interest", "pass-through"] | None,
    typer.Option("--to", help=N_("the account for fees, for interest, or for money that belongs to others")),
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help=N_("the account it is booked to"))
]
ToOfficeOption = Annotated[
    str | None,
    typer.Option("--office", metavar="CODE", help=N_("the office it is booked in; else that of the bank account")),
]
ReturnFeeOption = Annotated[
    bool, typer.Option("--return-fee", help=N_("for what a returned payment cost, not for whole entries"))
]
BeforeOption = Annotated[
    int | None, typer.Option("--before", metavar="RULE", help=N_("try it before this rule; else as the last"))
]


def wanted(
    name: str, gvc: str | None, iban: str | None, counter: str | None, text: str | None, least: int | None,
    most: int | None, direction: str, to: str | None, account: str | None, office: str | None, return_fee: bool,
) -> Wanted:  # fmt: skip
    """Return what a rule asks for and where it goes, as typed; raises what `Wanted` raises."""
    from ledger.bank.rules_desk import Wanted

    return Wanted(
        name, direction, "return_fee" if return_fee else "entry", gvc, iban, counter, text, least, most, to, office,  # type: ignore[arg-type]
        account,
    )  # fmt: skip
