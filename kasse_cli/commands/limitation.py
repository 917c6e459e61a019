"""`kasse limitation`: which claims become time-barred (Verjährung), what holds them, and what was lost."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.claim_words import UNDATED
from kasse_cli.commands import limitation_noting, limitation_report
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.limitation_lists import (
    CHAIN,
    EVENTS,
    LAWS,
    OTHERS,
    WATCH,
    chain_lines,
    chain_row,
    kind_word,
    law_row,
    lawbook,
    watch_row,
)
from kasse_cli.output import Line, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.limitation_watch import Claim, Lawbook, Standing
    from enforcement.limitation_watch_reader import Ending
    from ledger.store.engines import Store

app = noun(N_("limitation of claims: watch, show, note, report"))
WithinOption = Annotated[
    str, typer.Option("--within", metavar="LENGTH", help=N_("how far to look ahead: 6m, 8w, 90d, 1y"))
]
ProfileOption = Annotated[str | None, typer.Option("--profile", metavar="NAME", help=N_("only claims of this law"))]
StandingOption = Annotated[bool, typer.Option("--standing", help=N_("also list claims whose period stands still"))]
UndatedOption = Annotated[bool, typer.Option("--undated", help=N_("also list claims whose end is not known, and why"))]
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help=N_("a reference or OFFICE/NUMBER"))]


@dataclass(slots=True)
class Watched:
    """What one look at all claims found: which end in time, which stand still or have no known end, which are over."""

    listed: Ending
    standing: Ending
    undated: Ending
    laws: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)
    cents: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, claim: Claim, found: Standing, day: dt.date, until: dt.date) -> None:
        """Count a claim and keep it where it belongs."""
        end = found.ahead(day)
        if end is None:
            name = "standing" if found.state == "stands_still" else "undated"
            (self.standing if name == "standing" else self.undated).add(dt.date.max, claim.office, claim.item)
            self.whys[found.state] += name == "undated"
        else:
            name = "over" if end < day else "listed" if end <= until else "later"
            if name == "listed":
                self.listed.add(end, claim.office, claim.item)
                self.laws[str(claim.profile)] += 1
        self.counts[name] += 1
        self.cents[name] += claim.open_cents + claim.side_cents


@command(
    app,
    "watch",
    lists=True,
    examples=("kasse limitation watch --within 6m", "kasse limitation watch --within 1y --office ORDNUNG --csv"),
)
def watch(
    ctx: Context,
    within: WithinOption = "6m",
    office: OfficeOption = None,
    profile: ProfileOption = None,
    standing: StandingOption = False,
    undated: UndatedOption = False,
) -> None:
    """List the claims that become time-barred within a time, the first to end first, and what would interrupt it.

    Side claims fall with their main claim and are counted with it. Claims whose end is not known, for lack of a day
    such as that on which a fine became unappealable, are counted and with --undated listed: 'kasse limitation note'
    gives the day.
    """
    from enforcement.deadlines import counted, parse_length
    from kasse_cli.wiring import open_book

    call = ctx.obj
    until = counted(call.today, *parse_length(within), shifts=False).end
    with open_book(call) as store, store.snapshot():
        book = lawbook(store, office)
        seen = _look(store, book, office, profile, (call.today, until))

        wanted = [(seen.standing, "standing", N_("Standing still"))] if standing else []
        wanted += [(seen.undated, "undated", N_("Without a known end"))] if undated else []
        one_list = call.format in {"csv", "csv-excel"}
        tables = _tables(store, book, seen, wanted, call.today, one_list=one_list)
        data = {
            "until": until,
            "counts": dict(seen.counts),
            "cents": dict(seen.cents),
            "undated_because": dict(seen.whys),
        }
        lines = list(_watched(seen, until))
        render(ctx, Result(data, tables, lines, book.findings))


def _look(
    store: Store, book: Lawbook, office: str | None, profile: str | None, days: tuple[dt.date, dt.date]
) -> Watched:
    from enforcement.limitation_watch_reader import ending, open_claims
    from enforcement.profiles import profile as law_of

    seen = Watched(ending(store), ending(store), ending(store))
    wanted = profile and book.named(profile)
    if wanted:
        law_of(wanted, book.law)
    for claim, happened in open_claims(store, office):
        if not wanted or book.named(claim.profile) == wanted:
            seen.take(claim, book.standing(claim, happened), *days)
    return seen


def _tables(
    store: Store, book: Lawbook, seen: Watched, more: list[tuple[Ending, str, str]], day: dt.date, *, one_list: bool
) -> list[Table]:
    """Return the lists that are wanted, for CSV as one."""
    from enforcement.limitation_watch_reader import in_order

    def rows(*lists: Ending) -> Streamed:
        return Streamed(lambda: (watch_row(*one, book, day) for each in lists for one in in_order(store, book, each)))

    if one_list:
        return [Table("claims", WATCH, rows(seen.listed, *(one for one, _, _ in more)))]
    laws = Table("laws", LAWS, list(_laws(book, seen)), N_("What holds them"))
    claims = Table("claims", WATCH, rows(seen.listed))
    return [claims, *([laws] if laws.rows else []), *(Table(key, OTHERS, rows(one), title) for one, key, title in more)]


def _laws(book: Lawbook, seen: Watched) -> Iterator[dict[str, Any]]:
    for profile, count in sorted(seen.laws.items()):
        rule = book.rule(profile)
        assert not isinstance(rule, str), "a claim with an end has a rule"
        yield law_row(profile, rule, count)


def _watched(seen: Watched, until: dt.date) -> Iterator[Line]:

    counts, cents = seen.counts, seen.cents
    yield say(N_("the period ends by {until}: claims: {count}, together {sum_cents}"), until=until,
              count=counts["listed"], sum_cents=cents["listed"])  # fmt: skip
    yield say(N_("later: {count}, together {sum_cents}"), count=counts["later"], sum_cents=cents["later"])
    if counts["standing"]:
        yield say(
            N_("standing still: {count}, together {sum_cents}"), count=counts["standing"], sum_cents=cents["standing"]
        )
    if counts["undated"]:
        whys = ", ".join(f"{_(UNDATED.get(why, why))} {count}" for why, count in sorted(seen.whys.items()) if count)
        yield say(N_("without a known end: {count}, together {sum_cents} ({whys})"), count=counts["undated"],
                  sum_cents=cents["undated"], whys=whys)  # fmt: skip
    if counts["over"]:
        yield say(N_("time-barred already and still open: {count}, together {sum_cents}; why: kasse limitation report"),
                  count=counts["over"], sum_cents=cents["over"])  # fmt: skip


@command(app, "show", lists=True, examples=("kasse limitation show 1000000000015", "kasse limitation show BAU/17"))
def show(ctx: Context, item: ItemArgument) -> None:
    """Show when a claim becomes time-barred and why: the chain of events with the paragraph of each, in words.

    Counted are the days of the claim and of its order, its legal events, and part payments where its law knows them.
    """
    from enforcement.limitation_watch_reader import noted
    from enforcement.limitation_watch_store import main_claims
    from kasse_cli.wiring import open_book

    call = ctx.obj
    lines: list[Line] = []
    chain: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    with open_book(call) as store, store.snapshot():
        keys = main_claims(store, item)
        for office, number in keys:
            book = lawbook(store, office)
            name = f"{office}/{number}"
            lines += _chain(store, book, (office, number), chain, call.today)
            for row in noted(store, office, number):
                event = {key: getattr(row, key) for key in row.__dataclass_fields__}
                events.append(event | {"item": name, "event": kind_word(row.kind)})
    tables = [Table("chain", CHAIN, chain)] if call.format != "table" or call.xlsx else []
    if events and call.format not in {"csv", "csv-excel"}:
        tables.append(Table("events", EVENTS, events, N_("Events in the book")))
    render(ctx, Result({"items": [f"{office}/{number}" for office, number in keys]}, tables, lines))


def _chain(
    store: Store, book: Lawbook, key: tuple[str, int], chain: list[dict[str, Any]], today: dt.date
) -> Iterator[Line]:
    """Yield the sentences about one claim and add the links of its chain."""
    from enforcement.limitation import LimitationFactError
    from enforcement.limitation_watch_reader import named_claims

    name = f"{key[0]}/{key[1]}"
    ((claim, happened),) = named_claims(store, key[0], [key[1]])
    yield say(N_("{item} of {party}: {amount_cents}, due {due}, open {open_cents}, side claims {side_cents}"),
              item=name, party=claim.party or "", amount_cents=claim.amount_cents,
              due=dt.date.fromisoformat(claim.original_due), open_cents=claim.open_cents,
              side_cents=claim.side_cents)  # fmt: skip
    try:
        ways = [(who, book.chain(claim, happened.towards(who))) for who, _ in happened.debtors]
        ways = ways or [("", book.chain(claim, happened))]
    except LimitationFactError as missing:
        yield Line(missing.template, missing.fields)
        yield say(N_("give the day: kasse limitation note {item} --kind {fact} --day DATE --reason TEXT"), item=name,
                  fact=str(missing.fields["fact"]))  # fmt: skip
        return
    if not ways[0][1]:
        state = str(book.rule(claim.profile))
        yield say(N_("no law of limitation is known ({state})"), state=_(UNDATED.get(state, state)))
    for who, parts in ways:
        if who:
            yield say(N_("towards {debtor}:"), debtor=who)
        for part in parts:
            chain.extend(chain_row(name, who or None, part, link) for link in part.links)
            yield from chain_lines(part, today, parts=len(parts) > 1)
    if claim.side_cents:
        yield say(N_("side claims fall with it"))


limitation_noting.register(app)
limitation_report.register(app)
