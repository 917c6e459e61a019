"""What makes collection runs: the policy of the book, letters to debtors, proposals."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.commands.collection.shapes import (
    NOTICES,
    SKIPPED,
    DueOption,
    OutOption,
    ReasonOption,
    RunArgument,
    head_lines,
    policy_lines,
)
from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import OfficeOption, parse_day
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.payments.collection_changes import Changed
    from ledger.payments.collection_propose_store import Proposal

_ITEM = re.compile(r"([A-Z0-9]{1,8})/([0-9]{1,15})")
AccountOption = Annotated[str | None, typer.Option("--account", metavar="IBAN", help=N_("the account to collect to"))]
DayOption = Annotated[
    dt.date | None,
    typer.Option("--day", parser=parse_day, metavar="DATE", help=N_("when the debtors shall be debited")),
]
TakenOption = Annotated[
    list[int] | None, typer.Option("--without", metavar="LINE", help=N_("take this collection out; may be repeated"))
]
SingleOption = Annotated[bool, typer.Option("--single-booking", help=N_("ask the bank to book each collection alone"))]
ItemsOption = Annotated[
    list[str] | None,
    typer.Option("--item", metavar="ITEM", help=N_("only these, as OFFICE/NUMBER, also after they came back")),
]
CreditorOption = Annotated[
    str, typer.Option("--creditor-id", metavar="ID", help=N_("the creditor identifier (Gläubiger-ID)"))
]
DaysOption = Annotated[
    int | None,
    typer.Option(
        "--announcement-days", metavar="DAYS", min=1, max=60, help=N_("days before, unless a mandate says otherwise")
    ),
]
NoticesOption = Annotated[
    bool | None,
    typer.Option("--notices-announce/--letters-announce", help=N_("whether the notice of a claim announces it")),
]
MinimumOption = Annotated[
    int | None, typer.Option("--minimum", parser=parse_amount, metavar="AMOUNT", help=N_("less is not collected"))
]
FeeOption = Annotated[
    list[str] | None,
    typer.Option("--fee", metavar="PROFILE=WHO", help=N_("who bears the fee of a return: item or cost")),
]


class InvalidItemError(KasseError):
    """A text that names no item."""

    code = "collection.item"
    template = N_("not an item: {text}")
    hint = N_("write it as OFFICE/NUMBER, for example BAU/17")
    exit_code = 2


def setup(
    ctx: Context,
    creditor_id: CreditorOption = "",
    announcement_days: DaysOption = None,
    notices: NoticesOption = None,
    minimum: MinimumOption = None,
    fee: FeeOption = None,
) -> None:
    """Show what collections go by, or change it: creditor identifier, days, fees of returns."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_policy_store import configure, policy_of

    values = {"creditor_id": creditor_id, "announcement_days": str(announcement_days or "")}
    values |= {"minimum_cents": "" if minimum is None else str(minimum)}
    values |= {"notices_announce": "" if notices is None else str(int(notices))}
    values |= dict(_fees(fee or []))
    given = {key: value for key, value in values.items() if value}
    with open_book(ctx.obj) as store:
        rules, changed = configure(store, given) if given else (policy_of(store), ())
    lines = list(policy_lines(rules))
    if given:
        lines.append(say(N_("changed: {names}"), names=", ".join(changed)) if changed else say(N_("nothing new")))
    render(ctx, Result({"policy": rules, "changed": list(changed)}, lines=lines))


def _fees(given: list[str]) -> Iterator[tuple[str, str]]:
    from ledger.payments.collection_policy import FeeBearerError

    for text in given:
        name, mark, who = text.partition("=")
        if not name or not mark:
            raise FeeBearerError(text=text)
        yield f"fee.{name.strip()}", who.strip()


def announce(ctx: Context, due_until: DueOption = None, office: OfficeOption = None, out: OutOption = None) -> None:
    """Write the letters that announce the next collections: one for each mandate, with all days and sums.

    What was announced already is not announced again, and what else is left out says why. --out FILE gets all
    letters, as PDF or text.
    """
    from enforcement.letters_notice_reader import notice_letters
    from kasse_cli.letter_files import save_letters
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_notices_store import announce as service

    call = ctx.obj
    with open_book(call) as store:
        done = service(store, today=call.today, due_until=due_until, office=office, trial=call.dry_run)
        written = notice_letters(store, done.notices) if out and not call.dry_run else []
    total = sum(one.total_cents for one in done.notices)
    lines = [say(N_("letters: {count}, together {sum_cents}"), count=len(done.notices), sum_cents=total)]
    if not done.notices:
        lines = [say(N_("nothing to announce: nobody is to be told of what falls due up to {until}"), until=done.until)]
    if done.skipped:
        whys = ", ".join(f"{_(why)} {count}" for why, count in sorted(Counter(s.why for s in done.skipped).items()))
        lines.append(say(N_("left out: {count} ({whys})"), count=len(done.skipped), whys=whys))
    if out and written:
        save_letters(written, out)
        lines.append(say(N_("written: {file}"), file=str(out)))
    lines += _trial(dry_run=call.dry_run)
    data = {"letters": list(done.notices), "skipped": list(done.skipped), "until": done.until}
    tables = [Table("announced", NOTICES, done.notices)] if done.notices else []
    tables += [Table("skipped", SKIPPED, done.skipped, N_("Left out"))] if done.skipped else []
    render(ctx, Result(data, tables, lines))


def notice(
    ctx: Context,
    number: Annotated[int, typer.Argument(metavar="LETTER", help=N_("the number of the letter"))],
    out: OutOption = None,
) -> None:
    """Show a letter that announced collections, or write it once more."""
    from enforcement.letters_notice_reader import notice_letters
    from kasse_cli.letter_files import save_letters
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_notices_store import notice_numbered

    with open_book(ctx.obj) as store:
        found = notice_numbered(store, number)
        written = notice_letters(store, [found])
    if out:
        save_letters(written, out)
    elif ctx.obj.format == "table":
        save_letters(written, Path("-"))
    lines = [say(N_("written: {file}"), file=str(out))] if out else []
    render(ctx, Result({"letter": found}, lines=lines))


def propose(
    ctx: Context,
    due_until: DueOption = None,
    day: DayOption = None,
    account: AccountOption = None,
    office: OfficeOption = None,
    item: ItemsOption = None,
    single_booking: SingleOption = False,
) -> None:
    """Make runs of the claims that are due and that a mandate covers, on the first day the bank can collect.

    What is left out is listed with the reason. A run holds one scheme; what is in a run is never proposed twice.
    """
    from contextlib import nullcontext

    from kasse_cli.wiring import open_book
    from ledger.payments.collection_propose_store import Choice
    from ledger.payments.collection_propose_store import propose as service

    call = ctx.obj
    named = frozenset(_item(text) for text in item or [])
    choice = Choice(due_until, day, account, office, single_booking, named)
    with open_book(call) as store, store.rehearsal() if call.dry_run else nullcontext():
        proposal = service(store, choice, today=call.today, time=call.world.clock().time())
    render(ctx, _proposal(proposal, dry_run=call.dry_run))


def _item(text: str) -> tuple[str, int]:
    found = _ITEM.fullmatch(text.strip().upper())
    if found is None:
        raise InvalidItemError(text=text)
    return found[1], int(found[2])


def _proposal(proposal: Proposal, *, dry_run: bool) -> Result:
    data: dict[str, Any] = {"runs": list(proposal.runs), "day": proposal.day}
    lines: list[Line] = []
    for run in proposal.runs:
        lines += head_lines(run)
        if not dry_run:
            lines.append(say(N_("next: look at it with 'kasse collection review {run}'"), run=run.number))
    if not proposal.runs:
        lines.append(say(N_("nothing to collect")))
    if proposal.skipped:
        lines.append(say(N_("left out: {count}"), count=len(proposal.skipped)))
    lines += _trial(dry_run=dry_run)
    return Result(
        data, [Table("skipped", SKIPPED, proposal.skipped)] if proposal.skipped else [], lines, proposal.findings
    )


def _trial(*, dry_run: bool) -> list[Line]:
    return [say(N_("nothing was changed (--dry-run)"))] if dry_run else []


def change(
    ctx: Context,
    run: RunArgument,
    without: TakenOption = None,
    day: DayOption = None,
    reason: ReasonOption = "",
) -> None:
    """Take collections out of a run, or give it another day, before it is released.

    What was proposed stays on record, what is taken out is free again. The run is reviewed once more, and whoever
    changed it cannot release it.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.payments.collection_change_store import change as service

    call = ctx.obj
    with open_book(call) as store, trial(call, store):
        done = service(
            store, run, reason=reason, today=call.today, time=call.world.clock().time(), without=without or (), day=day
        )
    lines = [*head_lines(done.run), *_redrawn(done)]
    if not call.dry_run:
        lines.append(say(N_("next: have it reviewed again with 'kasse collection review {run}'"), run=run))
    lines += _trial(dry_run=call.dry_run)
    data = {"run": done.run, "redrawn": list(done.redrawn), "dry_run": call.dry_run}
    render(ctx, Result(data, lines=lines, findings=done.findings))


def _redrawn(done: Changed) -> Iterator[Line]:
    for one in done.redrawn:
        yield say(
            N_("collection {line} is {new} now, as {sequence}: the one before it by mandate {reference} was taken out"),
            line=one.line, new=one.new_line, sequence=one.sequence, reference=one.mandate_reference,
        )  # fmt: skip


def discard(ctx: Context, run: RunArgument, reason: ReasonOption = "") -> None:
    """Give up a run that is not released; its items can be proposed again."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_steps_store import discard as service

    with open_book(ctx.obj) as store:
        done = service(store, run, reason=reason)
    render(ctx, Result({"run": done}, lines=[say(N_("discarded: collection run {run}"), run=run)]))
