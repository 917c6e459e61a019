"""`kasse dunning accrued`: charges for paying late that nobody has asked for yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.claim_words import CLAIM_KINDS, LEFT_OUT, PROFILE_WORDS
from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

PartyOption = Annotated[str | None, typer.Option("--party", metavar="PARTY", help=N_("only of this debtor"))]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="GROUP", help=N_("sums by office, debtor, law or kind of charge"))
]
LEFT = {**LEFT_OUT, "dead": N_("the debtor is dead"), "insolvent": N_("the debtor is insolvent")}
CLAIMS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("party_number", N_("Debtor no."), "count", minor=True),
    Column("party", N_("Debtor")),
    Column("profile", N_("Law"), "word", words=PROFILE_WORDS, minor=True),
    Column("kind", N_("Charge"), "word", words=CLAIM_KINDS, minor=True),
    Column("norm", N_("Paragraph"), shown=False),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("demanded_cents", N_("Demanded"), "cents", minor=True),
    Column("accrued_cents", N_("Not demanded"), "cents"),
    Column("why", N_("Not asked for because"), "word", words=LEFT, minor=True),
)
SUMS = (
    Column("group", N_("Group")),
    Column("name", N_("Debtor"), minor=True),
    Column("count", N_("Claims"), "count"),
    Column("open_cents", N_("Open"), "cents"),
    Column("accrued_cents", N_("Not demanded"), "cents"),
)


class AccruedByError(KasseError):
    """A grouping of accrued charges that does not exist."""

    code = "accrued.by"
    template = N_("accrued charges cannot be summed by {text}")
    hint = N_("use office, debtor, law or kind")
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    examples = (
        "kasse dunning accrued --by office",
        "kasse dunning accrued --on 2026-12-31 --xlsx nebenforderungen.xlsx",
        "kasse dunning accrued --party 'Erika Muster'",
    )
    command(app, "accrued", lists=True, examples=examples)(accrued)


def accrued(ctx: Context, office: OfficeOption = None, party: PartyOption = None, by: ByOption = None) -> None:
    """List what has accrued for paying late and was not demanded yet, at the end of a day (--on).

    Charges arise by law with each day or month; the next letter demands what is listed here, where nothing stands
    against it. Of claims paid too late within a year, too. Due days and locks are those of now; open, paid and
    demanded are those of the day, and a day to come counts what is open now.
    """
    from enforcement.accrued_reader import GROUPS, accrued_charges, accrued_total
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import find_party

    if by is not None and by not in GROUPS:
        raise AccruedByError(text=by)
    with open_book(ctx.obj) as store:
        number = find_party(store, party) if party else None
        with accrued_charges(store, ctx.obj.today, office=office, party=number) as findings:
            count, cents = accrued_total(store)
            line = say(N_("accrued on {day} and not demanded: claims: {count}, together {accrued_cents}"),
                       day=ctx.obj.today, count=count, accrued_cents=cents)  # fmt: skip
            data = {"day": ctx.obj.today, "count": count, "accrued_cents": cents}
            render(ctx, Result(data, [_table(store, by)], [line], findings))


def _table(store: Store, by: str | None) -> Table:
    from enforcement.accrued_reader import accrued_rows, accrued_sums

    if by is None:
        return Table("claims", CLAIMS, Streamed(lambda: accrued_rows(store)), N_("Charges not demanded"))
    return Table("sums", SUMS, Streamed(lambda: accrued_sums(store, by)), N_("Charges not demanded"))
