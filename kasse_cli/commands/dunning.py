"""`kasse dunning`: who is due for a dunning letter (Mahnung)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, overload

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.dunning import Debtor, DunningProposal

app = noun(N_("who is due for a dunning letter"))
DEBTORS = (
    Column("party", N_("Debtor")),
    Column("address", N_("Address")),
    Column("count", N_("Items"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("oldest_due", N_("Oldest due"), "day"),
    Column("next_level", N_("Level"), "count"),
)
ITEMS = (
    Column("number", N_("Debtor no."), "count"),
    Column("party", N_("Debtor")),
    Column("street", N_("Street")),
    Column("house_number", N_("House number")),
    Column("postcode", N_("Postcode")),
    Column("town", N_("Town")),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose")),
    Column("due", N_("Due"), "day"),
    Column("days_overdue", N_("Days overdue"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("open_cents", N_("Open"), "cents"),
    Column("next_level", N_("Level"), "count"),
)
OF_DEBTOR = ("number", "party", "street", "house_number", "postcode", "town")
OF_ITEM = tuple(column.key for column in ITEMS if column.key not in OF_DEBTOR)
SKIPPED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("party", N_("Debtor")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Left out because"), "word"),
)
WORDS = (N_("suspense"), N_("no-debtor"), N_("locked"))
WaitOption = Annotated[
    int, typer.Option("--wait", min=0, max=366, metavar="DAYS", help=N_("how many days after the due day"))
]


class ItemRows(Sequence[Mapping[str, Any]]):
    """The items of all debtors as rows, made while they are written: there may be hundreds of thousands."""

    def __init__(self, debtors: Sequence[Debtor]) -> None:
        self.debtors = debtors
        self.length = sum(debtor.count for debtor in debtors)

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for debtor in self.debtors:
            head = {name: getattr(debtor, name) for name in OF_DEBTOR}
            for item in debtor.items:
                yield head | {name: getattr(item, name) for name in OF_ITEM}

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        """Return the rows at the index; only for short lists."""
        return list(self)[index]


@command(
    app,
    "propose",
    lists=True,
    examples=("kasse dunning propose", "kasse dunning propose --on 2026-11-24 --wait 14 --xlsx mahnungen.xlsx"),
)
def propose(ctx: Context, wait: WaitOption = 10, office: OfficeOption = None) -> None:
    """List who is due for a dunning letter, by debtor, with all items; --on is the day of the letters.

    Refused until the collection accounts are complete up to the last bank day and everything is posted. Left out is
    what money in suspense may pay. CSV and Excel hold one row for each item. Nothing is changed.
    """
    from enforcement.dunning_store import propose as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        proposal = service(store, ctx.obj.today, wait_days=wait, office=office)
    render(ctx, _result(ctx.obj, proposal))


def _result(call: Call, proposal: DunningProposal) -> Result:
    import datetime as dt

    lines = [
        say(
            N_("due up to {day}: debtors: {debtors}, items: {count}, together {sum_cents}"),
            day=dt.date.fromisoformat(proposal.due_until),
            debtors=len(proposal.debtors),
            count=proposal.count,
            sum_cents=proposal.sum_cents,
        )
    ]
    if proposal.skipped:
        lines.append(say(N_("left out: {count}"), count=len(proposal.skipped)))
    data = {"day": proposal.day, "due_until": proposal.due_until, "count": proposal.count}
    data |= {"sum_cents": proposal.sum_cents, "debtors": proposal.debtors, "skipped": proposal.skipped}
    return Result(data, list(_tables(call, proposal)), lines, proposal.findings)


def _tables(call: Call, proposal: DunningProposal) -> Iterator[Table]:
    """Yield debtors for people and JSON, one row for each item for CSV and Excel."""
    if call.xlsx or call.format in {"csv", "csv-excel"}:
        yield Table("items", ITEMS, ItemRows(proposal.debtors), N_("Dunning"))
    else:
        yield Table("debtors", DEBTORS, proposal.debtors)
    if proposal.skipped and call.format not in {"csv", "csv-excel"}:
        yield Table("skipped", SKIPPED, proposal.skipped, N_("Left out"))
