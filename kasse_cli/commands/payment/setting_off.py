"""Money that need not go out: set-off against what the payee owes, and taking one back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.payments.set_off import SetOff, SetOffDone
    from ledger.store.engines import Store
    from sepa.errors import KasseError

SET_OFFS = (
    Column("what", N_("Item")),
    Column("name", N_("Payee")),
    Column("open_cents", N_("Gets"), "cents"),
    Column("owed_cents", N_("Owes"), "cents"),
    Column("cents", N_("Set off"), "cents"),
    Column("counts_from", N_("Counts from")),
    Column("against", N_("Against")),
)
OPEN_AGAIN = (
    Column("what", N_("Item")),
    Column("cents", N_("Open again"), "cents"),
)
ItemsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="ITEM", help=N_("items such as BAU/17, or their references"))
]
AgainstOption = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="ITEM", help=N_("a claim, by reference or OFFICE/NUMBER; else all that are due")),
]
EarlyOption = Annotated[bool, typer.Option("--early", help=N_("claims that are not due yet, too; the payee agrees"))]
SetOffReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why; it stands in the journal"))]
EntryArgument = Annotated[
    str, typer.Argument(metavar="ENTRY", help=N_("the entry of the set-off, such as BAU-2026-17"))
]
UndoReason = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help=N_("why the declaration does not hold; it stands in the journal")),
]
EveryOption = Annotated[bool, typer.Option("--all", help=N_("all that can be set off today"))]
LettersOption = Annotated[
    Path | None, typer.Option("--letters", metavar="FOLDER", help=N_("write the declarations to the payees as PDF"))
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("only so much of it"))
]


def set_off(
    ctx: Context,
    items: ItemsArgument = None,
    every: EveryOption = False,
    against: AgainstOption = None,
    amount: AmountOption = None,
    early: EarlyOption = False,
    reason: SetOffReason = "",
    letters: LettersOption = None,
) -> None:
    """Set off what payees get, also credits, against what they owe and is due, or list what can be set off.

    Spread in the settlement order of the claims' law, one document over all offices. The payee must be told
    (§ 388 BGB): --letters writes the declarations. Each claim counts as paid from the day on which both sides were due
    (§ 389 BGB); what was demanded of it for paying later is named.
    """
    from kasse_cli.wiring import open_book, settlement_orders, trial
    from ledger.items.items_reader import find_items
    from ledger.payments.set_off import Wish
    from ledger.payments.set_off_reader import candidates
    from ledger.payments.set_off_store import set_off as service

    call = ctx.obj
    day = call.today.isoformat()
    with open_book(call) as store, trial(call, store):
        orders = settlement_orders(store)
        wanted = [key for text in items or () for key in find_items(store, text)]
        found = [] if wanted else list(candidates(store, day, orders))
        if every:
            wanted += [(one.office, one.item) for one in found]
        claims = tuple(key for text in against or () for key in find_items(store, text))
        wish = Wish(claims, amount, early, reason)
        done = service(store, wanted, day=day, wish=wish, orders=orders) if wanted else None
        heads = _heads(store, done) if done and letters else {}
        findings = (*_findings(store, call.today, found, done), *_headless(heads))
    if done is None:
        _listed(ctx, found, findings)
        return
    data = {"entries": list(done.entries), "dry_run": call.dry_run}
    render(ctx, Result(data, [_table(done.done)], list(_told(ctx, done, letters, heads)), findings=findings))


def set_off_undo(ctx: Context, entry: EntryArgument, reason: UndoReason) -> None:
    """Take back a set-off that was declared by mistake: both sides are open again, as if it had never been.

    Another person than the one who declared it does this. A declaration that holds is not revoked (§ 388 BGB); one
    against a contested claim never held (§ 390 BGB). Tell the payee.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.payments.set_off_undo_store import undo_set_off

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = undo_set_off(store, entry, reason=reason, day=ctx.obj.today.isoformat())
    data = {"undone": done.undone, "new": done.new, "entries": done.entries, "dry_run": ctx.obj.dry_run}
    if not done.new:
        line = say(N_("nothing new: {entry} was undone before, by {entries}"), entry=done.undone,
                   entries=", ".join(done.entries))  # fmt: skip
        render(ctx, Result(data, lines=[line]))
        return
    rows = [{"what": f"{office}/{item}", "cents": cents} for office, item, cents in done.items]
    lines = [say(N_("undone: {entry}"), entry=done.undone)]
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    else:
        lines.append(say(N_("booked: {entries}"), entries=", ".join(done.entries)))
        lines.append(say(N_("next: tell the payee in writing that the declaration does not hold")))
    render(ctx, Result(data, [Table("items", OPEN_AGAIN, rows)], lines))


def _findings(store: Store, today: dt.date, found: list[SetOff], done: SetOffDone | None) -> tuple[KasseError, ...]:
    """Return what is to be told of set-offs: rights of others, persons alike, what was demanded for later days."""
    from enforcement.relief_check_reader import overcharged
    from ledger.payments.seized import attached
    from ledger.payments.twins_reader import twins

    if done is None:
        return (*attached(found), *twins(store, today.isoformat()))
    met = {claim[:2] for one in done.done for claim in one.claims}
    return (*attached(done.done), *overcharged(store, today, met))


def _listed(ctx: Context, found: list[SetOff], findings: tuple[KasseError, ...]) -> None:
    line = say(N_("can be set off: {count}"), count=len(found))
    render(ctx, Result(tables=[_table(found)], lines=[line], findings=findings))


def _table(found: Iterable[SetOff]) -> Table:
    return Table("set_offs", SET_OFFS, [_row(one) for one in found])


def _heads(store: Store, done: SetOffDone) -> dict[str, dict[str, str]]:
    """Return the letterheads of the offices whose money was set off."""
    from enforcement.letters_head_store import letterhead

    return {office: letterhead(store, office) for office in sorted({one.office for one in done.done})}


def _headless(heads: Mapping[str, Mapping[str, str]]) -> Iterator[KasseError]:
    """Yield what the letterheads of declarations lack, as other letters say it."""
    from enforcement.letters_head_store import missing_parts
    from kasse_cli.headed import HeadlessLetterError

    parts = dict.fromkeys(part for head in heads.values() for part in missing_parts(head))
    if parts:
        yield HeadlessLetterError(parts=", ".join(parts))


def _told(
    ctx: Context, done: SetOffDone, letters: Path | None, heads: Mapping[str, Mapping[str, str]]
) -> Iterator[Line]:
    yield say(N_("set off: {count}"), count=len(done.done))
    if ctx.obj.dry_run:
        yield say(N_("a trial: nothing was changed"))
        return
    yield say(N_("booked: {entries}"), entries=", ".join(done.entries))
    if letters is None:
        yield say(N_("tell the payees: --letters FOLDER writes the declarations"))
        return
    for path in _letters(ctx, letters, done, heads):
        yield say(N_("written: {file}"), file=str(path))


def _row(one: SetOff) -> dict[str, object]:
    from dataclasses import asdict

    values = asdict(one)
    against = ", ".join(reference or f"{office}/{item}" for office, item, reference, _ in values["claims"])
    since = ", ".join(sorted(set(values["days"])))
    return values | {"what": f"{values['office']}/{values['item']}", "against": against, "counts_from": since}


def _letters(ctx: Context, folder: Path, done: SetOffDone, heads: Mapping[str, Mapping[str, str]]) -> list[Path]:
    from kasse_cli.documents import save
    from kasse_cli.headed import headed

    folder.mkdir(parents=True, exist_ok=True)
    made = dt.datetime.fromisoformat(ctx.obj.now)
    paths = []
    for one, letter in zip(done.done, done.letters, strict=True):
        path = folder / f"aufrechnung-{one.office}-{one.item}.pdf"
        save(headed(letter, heads[one.office]), path, made)
        paths.append(path)
    return paths
