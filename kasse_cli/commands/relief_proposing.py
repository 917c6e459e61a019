"""`kasse relief propose`: what is wanted, as a person types it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.claim_words import RELIEF_KINDS
from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from enforcement.relief import Kind, Schedule
    from enforcement.relief_propose_store import Proposed

KindArgument = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help=N_("stundung, ratenplan, aufschub, aussetzung, niederschlagung, niederschlagung_unbefristet, erlass, "
                "absetzung (of side claims), tod, insolvenz"),
    ),
]  # fmt: skip
ItemsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="ITEM", help=N_("references or OFFICE/NUMBER; side claims come with them"))
]
PartyOption = Annotated[
    str | None, typer.Option("--party", metavar="PARTY", help=N_("everything that this person owes"))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why: hardship, prospects, costs"))]
FromOption = Annotated[
    dt.date | None,
    typer.Option("--from", parser=parse_day, metavar="DATE",
                 help=N_("the first day; of a death or an insolvency its own day")),
]  # fmt: skip
UntilOption = Annotated[
    dt.date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last day"))
]
WatchOption = Annotated[
    dt.date | None, typer.Option("--watch", parser=parse_day, metavar="DATE", help=N_("when it is looked at again"))
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("only this much (Erlass)"))
]
PaidOption = Annotated[
    bool,
    typer.Option("--paid", help=N_("also what is paid: it becomes a credit of who paid it (Erlass, Absetzung)")),
]
CountOption = Annotated[
    int | None, typer.Option("--count", metavar="COUNT", min=1, max=240, help=N_("so many equal instalments"))
]
RateOption = Annotated[
    int | None, typer.Option("--rate", parser=parse_amount, metavar="AMOUNT", help=N_("so much a month"))
]
FirstOption = Annotated[
    dt.date | None,
    typer.Option("--first", parser=parse_day, metavar="DATE", help=N_("the day of the first instalment")),
]
EachOption = Annotated[
    list[str] | None,
    typer.Option("--instalment", metavar="DATE=AMOUNT", help=N_("one instalment; give it again for each")),
]
DocumentOption = Annotated[
    str | None,
    typer.Option(
        "--document",
        metavar="TEXT",
        help=N_("file number or document; of an insolvency the court and its number, as AG Hamburg, 67a IN 12/26"),
    ),
]
PLAN = (
    Column("due", N_("Due"), "day"),
    Column("cents", N_("Share"), "cents"),
    Column("interest_cents", N_("Interest"), "cents"),
    Column("sum_cents", N_("Instalment"), "cents"),
)


class InstalmentTextError(KasseError):
    """An instalment that is not a day and an amount."""

    code = "relief.instalment_text"
    template = N_("not an instalment: {text}")
    hint = N_("write it as 2026-12-15=100,00")
    exit_code = 2


class ItemsOrPartyError(KasseError):
    """Relief for nothing, or for claims and a person at once."""

    code = "relief.what"
    template = N_("{kind} needs either claims or --party")
    hint = N_("name the claims, or with --party the person; a death and an insolvency are of a person")
    exit_code = 2


class OneScheduleError(KasseError):
    """Instalments wanted in two ways at once."""

    code = "relief.one_schedule"
    template = N_("{option} and {other} say instalments in two ways")
    hint = N_("give one of them: so many equal ones, so much a month, or each with its day")
    exit_code = 2


class UnfitOptionError(KasseError):
    """A day that a kind of relief does not know."""

    code = "relief.unfit_option"
    template = N_("{option} says nothing about the relief {kind}")
    hint = N_("leave it out; for a time and with a day to look again there is niederschlagung_befristet")
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app, "propose", lists=True, dry_run=True,
        examples=(
            "kasse relief propose ratenplan 2600000000017 --count 6 --first 2026-12-15 --reason 'Antrag vom 20.11.'",
            "kasse relief propose niederschlagung ORDNUNG/12 --watch 2027-11-24 --reason 'fruchtlos gepfändet'",
            "kasse relief propose insolvenz --party 17 --from 2026-11-02 --document 'AG Kiel, 7 IN 12/26' --reason x",
        ),
    )(propose)  # fmt: skip


def propose(
    ctx: Context,
    kind: KindArgument,
    items: ItemsArgument = None,
    *,
    reason: ReasonOption,
    party: PartyOption = None,
    first: FromOption = None,
    until: UntilOption = None,
    watch: WatchOption = None,
    amount: AmountOption = None,
    paid: PaidOption = False,
    count: CountOption = None,
    rate: RateOption = None,
    first_due: FirstOption = None,
    each: EachOption = None,
    document: DocumentOption = None,
) -> None:
    """Propose relief: nothing is booked before another person grants it.

    A Stundung and a Ratenplan bear the interest of the claim's law and come with what paying late cost until the day
    before; --paid takes off what is open first. Dunning, limitation and charges follow the decision.
    """
    from enforcement.relief import Wish, relief_kind
    from enforcement.relief_propose_store import propose as service
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import find_items
    from ledger.people.parties_reader import find_party

    call, wanted = ctx.obj, relief_kind(kind)
    _check(wanted, bool(items), bool(party), first)
    _check_fit(wanted, {"--until": until, "--watch": watch})
    schedule = _schedule(first_due, count, rate, each or [], until)
    with open_book(call) as store, store.rehearsal() if call.dry_run else nullcontext():
        keys = tuple(key for text in items or () for key in find_items(store, text))
        who = find_party(store, party) if party else None
        wish = Wish(wanted, reason, first or call.today, keys, who, until, watch, amount, document, schedule, paid)
        made = service(store, wish)
    render(ctx, _result(made, dry_run=call.dry_run))


def _result(made: Proposed, *, dry_run: bool) -> Result:
    data = {"relief": None if dry_run else made.number, "kind": made.kind, "sum_cents": made.sum_cents}
    tables = [Table("instalments", PLAN, made.instalments)] if made.instalments else []
    return Result(data, tables, _said(made, dry_run=dry_run), made.findings)


def _check(wanted: Kind, items: bool, party: bool, first: dt.date | None) -> None:
    from enforcement.relief import ReliefDayMissingError

    if items == party or (wanted.whole and not party):
        raise ItemsOrPartyError(kind=wanted.name)
    if wanted.whole and first is None:
        raise ReliefDayMissingError(kind=wanted.name, option="--from")


def _schedule(
    first: dt.date | None, count: int | None, rate: int | None, each: Sequence[str], until: dt.date | None
) -> Schedule:
    """Return how instalments are wanted, of which the last one ends it.

    Raises `OneScheduleError`, `InstalmentTextError`.
    """
    from enforcement.relief import Schedule

    ways = {"--count": count, "--rate": rate, "--instalment": each, "--first": first if each else None}
    ways["--until"] = until if any(ways.values()) else None
    given = [option for option, value in ways.items() if value]
    if len(given) > 1:
        raise OneScheduleError(option=given[0], other=given[1])
    return Schedule(first, count, rate, tuple(_instalment(text) for text in each))


def _check_fit(wanted: Kind, days: Mapping[str, dt.date | None]) -> None:
    for option, day in days.items():
        if day is not None and wanted.ends_claims:
            raise UnfitOptionError(option=option, kind=wanted.name)


def _instalment(text: str) -> tuple[dt.date, int]:
    day, mark, amount = text.partition("=")
    if not mark:
        raise InstalmentTextError(text=text)
    return parse_day(day), parse_amount(amount)


def _said(made: Proposed, *, dry_run: bool) -> list[Line]:
    lines = [
        say(N_("{kind}: claims: {items}, together {claim_cents}"), kind=RELIEF_KINDS.get(made.kind, made.kind),
            items=made.items, claim_cents=made.claim_cents)
    ]  # fmt: skip
    if made.paid_cents:
        lines.append(say(N_("given back of what is paid: {paid_cents}"), paid_cents=made.paid_cents))
    if made.late_cents:
        lines.append(say(N_("charged for paying late until the day before: {late_cents}"), late_cents=made.late_cents))
    if made.interest_cents:
        lines.append(say(N_("interest for the time of it: {interest_cents}"), interest_cents=made.interest_cents))
    if dry_run:
        return [*lines, say(N_("nothing was written"))]
    return [*lines, say(N_("another person decides: kasse relief grant {relief}"), relief=made.number)]
