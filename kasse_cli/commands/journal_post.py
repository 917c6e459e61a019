"""`kasse journal post|template`: entries made by hand, from options or from a list."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from ledger.book.closing_periods import Period, parse_year
from ledger.book.dimensions import parse_dimension
from sepa.errors import N_, KasseError, Place
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.book.manual import ManualEntry, ManualPosted, PostedManual
    from ledger.book.manual_store import ManualFile
    from ledger.store.engines import Store

POSTED = (
    Column("number", N_("Entry")),
    Column("others", N_("In other offices")),
    Column("day", N_("Day"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("document", N_("Document"), minor=True),
    Column("text", N_("Text"), minor=True),
    Column("key", N_("In the list"), shown=False),
)


class LineOptionError(KasseError):
    """A line that is not ACCOUNT=AMOUNT."""

    code = "journal.line_option"
    template = N_("not a line of an entry: {text}")
    hint = N_("write ACCOUNT=AMOUNT or OFFICE:ACCOUNT=AMOUNT, for example --debit BAU:6100=12,50")
    exit_code = 2


class FileOrLinesError(KasseError):
    """A list together with lines, or neither."""

    code = "journal.file_or_lines"
    template = N_("give either a list or one entry by --debit and --credit")
    hint = N_("'kasse journal template buchungen.xlsx' writes an empty list")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class LineOption:
    """A line as typed: the office where one is named, the account, the amount in cents."""

    office: str
    account: str
    cents: int


@dataclass(frozen=True, slots=True)
class DimensionOption:
    """A dimension as typed."""

    name: str
    value: str


def parse_line(text: str) -> LineOption:
    """Return the line a person typed; raises `LineOptionError`, `NoAmountError` and what `parse_amount` raises."""
    from ledger.book.manual_errors import NoAmountError

    target, equals, amount = text.rpartition("=")
    office, _, account = target.rpartition(":")
    if not equals or not account.strip():
        raise LineOptionError(text=text)
    cents = parse_amount(amount)
    if cents < 0:  # as in a list: the side says where it goes
        raise NoAmountError(place=Place(value=text))
    return LineOption(office.strip().upper(), account.strip(), cents)


def parse_dimension_option(text: str) -> DimensionOption:
    """Return the dimension a person typed."""
    return DimensionOption(*parse_dimension(text))


_LINE = N_("[OFFICE:]ACCOUNT=AMOUNT")
FileOption = Annotated[
    Path | None, typer.Argument(metavar="FILE", help=N_("a list of entries: .xlsx, .ods, .csv; - is standard input"))
]
DebitOption = Annotated[
    list[LineOption] | None,
    typer.Option("--debit", parser=parse_line, metavar=_LINE, help=N_("the account that gets it (Soll); repeatable")),
]
CreditOption = Annotated[
    list[LineOption] | None,
    typer.Option("--credit", parser=parse_line, metavar=_LINE, help=N_("the account that gives (Haben); repeatable")),
]
TextOption = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("what is posted and why"))]
DocumentOption = Annotated[
    str, typer.Option("--document", metavar="TEXT", help=N_("where the paper behind it is (Beleg)"))
]
OfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("the office of lines that name none; else the Kasse"))
]
DimensionsOption = Annotated[
    list[DimensionOption] | None,
    typer.Option(
        "--dimension", parser=parse_dimension_option, metavar="NAME=VALUE",
        help=N_("kostenstelle=4711 and the like, for all lines of income and expense; repeatable"),
    ),
]  # fmt: skip
AgainOption = Annotated[bool, typer.Option("--again", help=N_("the same entry once more is meant"))]
ClosingOption = Annotated[
    Period | None,
    typer.Option("--closing", parser=parse_year, metavar="YEAR", help=N_("a closing entry, in period 13 of the year")),
]
PathArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the Excel file to write"))]


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "post",
        lists=True,
        dry_run=True,
        examples=(
            "kasse journal post --debit 6100=12,50 --credit 5900=12,50 --text 'Porto richtig zugeordnet' \\",
            "    --document 'Vermerk 12.11.2026' --dimension kostenstelle=4711",
            "kasse journal post --debit BAU:6100=80 --credit KASSE:6100=80 --text Umbuchung --document 'AZ 17'",
            "kasse journal post --closing 2026 --debit 6500=800 --credit 2490=800 --text 'Wertberichtigung' \\",
            "    --document 'Liste vom 15.01.2027'",
            "kasse journal post buchungen.xlsx --dry-run",
        ),
    )(post)
    command(app, "template", book=False, examples=("kasse journal template buchungen.xlsx",))(template)


def post(
    ctx: Context,
    file: FileOption = None,
    debit: DebitOption = None,
    credit: CreditOption = None,
    text: TextOption = "",
    document: DocumentOption = "",
    office: OfficeOption = None,
    dimension: DimensionsOption = None,
    again: AgainOption = False,
    closing: ClosingOption = None,
) -> None:
    """Post entries by hand, from options or from a list: all of them or none.

    Debits and credits are equal; where an entry touches several offices (Umbuchung) kasse adds the lines of the
    Verrechnung between them. Accounts of items, banks, runs and of the Verrechnung are refused: each error says which
    command posts there. Dated today or --on; in a list each entry may have its own day. With --closing it is dated the
    last day of that year, after its months are closed and before the year is.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.book.manual_store import post_manual

    call, lines = ctx.obj, [*(debit or ()), *(_turned(line) for line in credit or ())]
    if (file is None) == (not lines) or (file is not None and closing is not None):
        raise FileOrLinesError
    today, source = call.today.isoformat(), None
    notes: tuple[KasseError, ...] = ()
    with open_book(call) as store:
        if file is not None:
            entries, notes, source = _from_list(call, file, today)
        else:
            given = {one.name: one.value for one in dimension or ()}
            said = (closing.last_day if closing else today, text, document)
            entries = [replace(_from_options(store, lines, given, said, office), closing=closing is not None)]
        with trial(call, store):
            done = post_manual(store, entries, today=today, file=source, again=again)
    render(ctx, _result(done, notes, dry_run=call.dry_run))


def _turned(line: LineOption) -> LineOption:
    return LineOption(line.office, line.account, -line.cents)


def _from_list(call: Call, file: Path, today: str) -> tuple[list[ManualEntry], tuple[KasseError, ...], ManualFile]:
    from kasse_cli.manual_lists import read_entries
    from kasse_cli.orders_import import chosen_file
    from ledger.book.manual_store import ManualFile

    chosen, source = chosen_file(call, file)
    content = chosen.stdin
    if content is not None:
        content.seek(0)
    assert content is None or isinstance(content, io.BytesIO)
    entries, notes = read_entries(file, content, today)
    return entries, notes, ManualFile(source.name, source.sha256, source.size_bytes)


def _from_options(
    store: Store,
    lines: Sequence[LineOption],
    given: Mapping[str, str],
    said: tuple[str, str, str],
    office: str | None,
) -> ManualEntry:
    """Return the entry typed; dimensions go to its lines of income and expense."""
    from ledger.book.manual import ManualEntry, ManualLine
    from ledger.book.manual_store import load_manual_rules
    from ledger.book.store import kasse_office

    day, text, document = said
    accounts = load_manual_rules(store, day).accounts
    default = office.upper() if office else kasse_office(store)

    def made() -> Iterator[ManualLine]:
        for line in lines:
            code = line.office or default
            state = accounts.get((code, line.account))
            coded = state is not None and state.kind in ("income", "expense")
            yield ManualLine(code, line.account, line.cents, given if coded else {})

    return ManualEntry("1", day, " ".join(text.split()), " ".join(document.split()), tuple(made()))


def template(ctx: Context, file: PathArgument) -> None:
    """Write an empty list of entries with explanations."""
    from kasse_cli.manual_lists import manual_template

    manual_template(file)
    render(ctx, Result({"file": str(file)}, lines=[say(N_("written: {file}"), file=str(file))]))


def _row(posted: PostedManual) -> dict[str, object]:
    entry = posted.entry
    return {
        "number": posted.number, "others": ", ".join(posted.others), "day": entry.day,
        "amount_cents": posted.amount_cents, "document": entry.document, "text": entry.text, "key": entry.key,
    }  # fmt: skip


def _result(done: ManualPosted, notes: Sequence[KasseError], *, dry_run: bool) -> Result:
    data = {"new": done.new, "sum_cents": done.sum_cents, "dry_run": dry_run}
    if not done.new:
        return Result({**data, "entries": []}, lines=[say(N_("nothing new: this list was posted before"))])
    template = N_("would be posted: {count}, together {sum_cents}") if dry_run else N_("posted: {count}, {sum_cents}")
    lines = [say(template, count=len(done.entries), sum_cents=done.sum_cents)]
    tables = [Table("entries", POSTED, [_row(entry) for entry in done.entries])]
    return Result(data, tables, lines, notes)
