"""`kasse opening`: what was there before the book began, tried as a draft, signed by two people, then posted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import AsOfOption, ReasonOption
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.items.opening_drafts import Draft, Drafted

app = noun(N_("take over everything from the system before: import, sign, show, list, undo, template"))
ACCOUNTS = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name"), minor=True),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("items", N_("Items"), "count"),
    Column("items_cents", N_("Open"), "cents"),
)
LISTS = (Column("list", N_("List"), "word"), Column("rows", N_("Rows"), "count"))
DRAFTS = (
    Column("number", N_("No."), "count"),
    Column("state", N_("State"), "word"),
    Column("as_of", N_("As of"), "day"),
    Column("name", N_("Lists")),
    Column("items", N_("Items"), "count"),
    Column("made_by", N_("Imported by")),
    Column("first_by", N_("Signed by")),
    Column("second_by", N_("and by")),
    Column("made_at", N_("Imported at"), minor=True),
    Column("warnings", N_("Warnings"), "count", minor=True),
    Column("sha256", N_("SHA-256 of the lists"), shown=False),
    Column("first_at", N_("Signed at"), shown=False),
    Column("second_at", N_("Final at"), shown=False),
    Column("ended_by", N_("Ended by"), shown=False),
    Column("ended_at", N_("Ended at"), shown=False),
    Column("ended_reason", N_("Reason"), shown=False),
)
WORDS = (
    N_("parties"), N_("accounts"), N_("debtors"), N_("locks"), N_("events"), N_("plans"), N_("mandates"),
    N_("receivables"), N_("payables"), N_("credits"), N_("suspense"), N_("advances"), N_("balances"),
)  # fmt: skip


class ControlOptionError(KasseError):
    """A control sum that is not NAME=AMOUNT."""

    code = "opening.control_option"
    template = N_("not a control sum: {text}")
    hint = N_("write NAME=AMOUNT, for example --control receivables=1.234,56")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Control:
    """A control sum: the name of a list and its cents."""

    name: str
    cents: int


def parse_control(text: str) -> Control:
    """Return the control sum a person typed as NAME=AMOUNT."""
    name, equals, amount = text.partition("=")
    if not equals or not name.strip():
        raise ControlOptionError(text=text)
    return Control(name.strip().lower(), parse_amount(amount))


ControlsOption = Annotated[
    list[Control] | None,
    typer.Option(
        "--control",
        parser=parse_control,
        metavar="NAME=AMOUNT",
        help=N_("the control sum of receivables, payables, credits, suspense, advances or balances; repeatable"),
    ),
]
ListsArgument = Annotated[
    Path, typer.Argument(metavar="LISTS", help=N_("the workbook with a sheet for each list, or the folder with them"))
]
NumberArgument = Annotated[
    int | None,
    typer.Argument(metavar="NUMBER", min=1, help=N_("the number of the take-over; the last one if left out")),
]


@command(
    app,
    "import",
    lists=True,
    dry_run=True,
    examples=(
        "kasse opening import uebernahme.xlsx --as-of 31.12.2026 --control receivables=147.488,58 \\",
        "    --control payables=0,00 --control balances=0,00",
    ),
)
def import_(ctx: Context, lists: ListsArgument, as_of: AsOfOption, controls: ControlsOption = None) -> None:
    """Check a take-over as of a day and keep it as a draft; it replaces the draft before.

    Lists: balances (every account, debit positive), items (all that is open, unclear money and Vorschüsse too), and
    parties, accounts (their IBANs), debtors, locks, events (of limitation), plans, mandates. Each sheet or file bears
    the name of its list. Items must sum to their control accounts, lists to the control sums that you bring from the
    old system. Everything is tried and undone; two people sign the same lists with 'kasse opening sign', the second
    signature posts them, whole or not at all.
    """
    from kasse_cli.opening_lists import opened_lists
    from kasse_cli.orders_opening import Wanted, run_draft
    from kasse_cli.wiring import open_book

    sums = {control.name: control.cents for control in controls or ()}
    opened = opened_lists(ctx.obj, lists)
    with open_book(ctx.obj) as store:
        done = run_draft(ctx.obj, store, Wanted(opened, as_of.isoformat(), sums))
    render(ctx, _told(done, _imported(done, str(lists), dry_run=ctx.obj.dry_run)))


@command(app, "sign", lists=True, examples=("kasse opening sign uebernahme.xlsx",))
def sign(ctx: Context, lists: ListsArgument) -> None:
    """Sign the draft: the first signature confirms the lists, the second one, by another person, posts them.

    The lists must be those that were imported, to the byte. Whoever imported them may sign first, never last; the
    head of the Kasse signs last. After the second signature the offices are taken over for good.
    """
    from kasse_cli.opening_lists import opened_lists
    from kasse_cli.orders_opening import Wanted, run_second
    from kasse_cli.wiring import open_book
    from ledger.items.opening_drafts_store import sign_first, waiting_draft

    opened = opened_lists(ctx.obj, lists)
    with open_book(ctx.obj) as store:
        waiting = waiting_draft(store)
        if waiting.state == "draft":
            done = sign_first(store, opened.source)
        else:
            wanted = Wanted(opened, waiting.as_of, waiting.sums, waiting.first_user or 0)
            done = run_second(ctx.obj, store, wanted)
    render(ctx, _told(done, _signed(done.draft, str(lists))))


@command(app, "show", lists=True, examples=("kasse opening show", "kasse opening show 3 --xlsx uebernahme-3.xlsx"))
def show(ctx: Context, number: NumberArgument = None) -> None:
    """Show a take-over with the sum of each account, to be laid beside the closing sheet of the old system."""
    from kasse_cli.wiring import open_book, table_rights
    from ledger.items.opening_drafts import Drafted, NoDraftError
    from ledger.items.opening_drafts_store import draft_numbered, drafts, sums_of, unseen_sums

    with open_book(ctx.obj) as store:
        if number is None:
            known = drafts(store)
            if not known:
                raise NoDraftError
            number = known[0].number
        unseen = tuple(unseen_sums(store, table_rights()["opening_sum"].readers))
        done = Drafted(draft_numbered(store, number), new=False, accounts=sums_of(store, number), findings=unseen)
    render(ctx, _told(done, _about(done.draft)))


@command(app, "list", lists=True, examples=("kasse opening list",))
def list_(ctx: Context) -> None:
    """List all take-overs: drafts, replaced and discarded ones, and those in the books."""
    from kasse_cli.wiring import open_book
    from ledger.items.opening_drafts_store import drafts

    with open_book(ctx.obj) as store:
        known = drafts(store)
    lines = [say(N_("take-overs: {count}"), count=len(known))]
    render(ctx, Result(tables=[Table("openings", DRAFTS, [asdict(one) for one in known])], lines=lines))


@command(app, "undo", examples=("kasse opening undo --reason 'Liste vom falschen Stichtag'",))
def undo(ctx: Context, reason: ReasonOption) -> None:
    """Discard the draft that waits for signatures; nothing of it is in the books."""
    from kasse_cli.wiring import open_book
    from ledger.items.opening_drafts_store import undo_draft

    with open_book(ctx.obj) as store:
        done = undo_draft(store, reason=reason)
    line = say(N_("discarded: take-over {number}; nothing of it was in the books"), number=done.draft.number)
    render(ctx, Result(data={"opening": asdict(done.draft)}, lines=[line]))


@command(
    app,
    "template",
    book=False,
    examples=("kasse opening template uebernahme.xlsx", "kasse opening template uebernahme"),
)
def template(
    ctx: Context,
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help=N_("a workbook FILE.xlsx for all lists, or a folder of files"))
    ],
) -> None:
    """Write empty lists with explanations and examples: a workbook with a sheet for each, or a folder of files."""
    from kasse_cli.opening_template import folder_templates, workbook_template

    files = [workbook_template(target)] if target.suffix.lower() == ".xlsx" else folder_templates(target)
    names = [str(file) for file in files]
    render(ctx, Result(data={"files": names}, lines=[say(N_("written: {file}"), file=file) for file in names]))


def _told(done: Drafted, lines: list[Line]) -> Result:
    """Return a take-over with the sums of its accounts and the rows of its lists."""
    draft = done.draft
    data: dict[str, Any] = {
        "new": done.new,
        "opening": asdict(draft) | {"sums": None, "parts": None},
        "sums": {f"{name}_cents": cents for name, cents in draft.sums.items()},
        "replaced": done.replaced,
    }
    del data["opening"]["sums"], data["opening"]["parts"]
    counts = [{"list": name, "rows": count} for name, count in draft.parts.items()]
    tables = [Table("accounts", ACCOUNTS, done.accounts)]
    return Result(
        data=data, tables=[*tables, Table("lists", LISTS, counts)] if counts else tables, lines=lines,
        findings=done.findings,
    )  # fmt: skip


def _imported(done: Drafted, lists: str, *, dry_run: bool) -> list[Line]:
    draft = done.draft
    if dry_run:
        return [say(N_("would be a draft; the lists agree with each other and with the control sums"))]
    if not done.new:
        return [say(N_("nothing new: these lists are take-over {number} ({state})"), number=draft.number,
                    state=draft.state), *_next(draft, lists)]  # fmt: skip
    lines = [
        say(N_("take-over {number} as of {day}: {items} open items, {balances} balances; a draft, nothing is posted"),
            number=draft.number, day=_day(draft.as_of), items=draft.items, balances=draft.balances),
    ]  # fmt: skip
    if done.replaced is not None:
        lines.append(say(N_("it replaces take-over {number}"), number=done.replaced))
    return [*lines, *_next(draft, lists)]


def _signed(draft: Draft, lists: str) -> list[Line]:
    if draft.state == "final":
        return [
            say(N_("signed by {first} and {second}: take-over {number} is in the books, {items} open items"),
                first=draft.first_by, second=draft.second_by, number=draft.number, items=draft.items),
            say(N_("next: 'kasse journal verify' proves the books, 'kasse report open-items' shows what is open")),
        ]  # fmt: skip
    line = say(N_("signed by {first}: take-over {number}"), first=draft.first_by, number=draft.number)
    return [line, *_next(draft, lists)]


def _about(draft: Draft) -> list[Line]:
    """Return what became of a take-over, step by step."""
    lines = [
        say(N_("take-over {number} as of {day} from {name}: {state}"), number=draft.number, day=_day(draft.as_of),
            name=draft.name, state=draft.state),
        say(N_("imported by {name} at {at}, warnings: {count}"), name=draft.made_by, at=draft.made_at,
            count=draft.warnings),
        say(N_("SHA-256 of the lists: {hash}"), hash=draft.sha256),
    ]  # fmt: skip
    steps = ((draft.first_by, draft.first_at), (draft.second_by, draft.second_at))
    lines += [say(N_("signed by {name} at {at}"), name=name, at=at) for name, at in steps if name]
    if draft.ended_by:
        reason = draft.ended_reason or "–"
        lines.append(
            say(N_("ended by {name} at {at}: {reason}"), name=draft.ended_by, at=draft.ended_at, reason=reason)
        )
    return lines


def _next(draft: Draft, lists: str) -> list[Line]:
    if draft.state == "draft":
        return [say(N_("next: compare the sums, then sign with 'kasse opening sign {lists}'"), lists=lists)]
    if draft.state == "signed":
        return [say(N_("next: another person posts it with 'kasse opening sign {lists}'"), lists=lists)]
    return []


def _day(text: str) -> Any:
    import datetime as dt

    return dt.date.fromisoformat(text)
