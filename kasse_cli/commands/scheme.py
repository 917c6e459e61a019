"""`kasse scheme`: how Kassenzeichen are built, as data of the book."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_

app = noun(N_("how Kassenzeichen are built: list, add, test, on, off"))
COLUMNS = (
    Column("code", N_("Scheme")),
    Column("pattern", N_("Pattern")),
    Column("length", N_("Length"), "count"),
    Column("method", N_("Check digit")),
    Column("prefix", N_("Prefix")),
    Column("issues", N_("Gives out"), "flag"),
    Column("active", N_("Active"), "flag"),
)
TESTS = (
    Column("reference", N_("Reference")),
    Column("scheme", N_("Scheme")),
    Column("checked", N_("Check digit"), "flag"),
    Column("rf", N_("RF reference")),
    Column("item", N_("Item")),
)
CodeArgument = Annotated[str, typer.Argument(metavar="SCHEME", help=N_("the name of the scheme"))]
ReferencesArgument = Annotated[list[str], typer.Argument(metavar="REFERENCE", help=N_("references to try"))]
LengthOption = Annotated[
    int, typer.Option("--length", metavar="NUMBER", min=3, max=21, help=N_("digits, the check digit included"))
]
MethodOption = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="TEXT",
        help=N_("iso7064_mod_11_10 or _97_10 or _11_2, luhn, verhoeff, damm, weights:11:2-3-4-5-6-7, or none"),
    ),
]
PrefixOption = Annotated[
    str,
    typer.Option("--prefix", metavar="DIGITS", help=N_("what all its numbers begin with; YYYY or YY is the year")),
]
PatternOption = Annotated[
    str, typer.Option("--pattern", metavar="REGEX", help=N_("what the whole number looks like; else prefix and digits"))
]
IssuesOption = Annotated[bool, typer.Option("--issues", help=N_("new Kassenzeichen are given out by it"))]


@command(app, "list", lists=True)
def list_(ctx: Context) -> None:
    """List the schemes of the book."""
    from kasse_cli.wiring import open_book
    from ledger.items.schemes_store import list_schemes

    with open_book(ctx.obj) as store:
        rows = list_schemes(store)
    render(ctx, Result(tables=[Table("schemes", COLUMNS, rows)]))


@command(
    app,
    "add",
    examples=(
        "kasse scheme add bussgeld --length 12 --prefix 58 --method weights:11:2-3-4-5-6-7",
        "kasse scheme add jahr --length 13 --prefix 47YY --issues",
        "kasse scheme add alt --length 10 --method none --pattern '[0-9]{10}'",
    ),
)
def add(
    ctx: Context,
    code: CodeArgument,
    length: LengthOption,
    method: MethodOption = "iso7064_mod_11_10",
    prefix: PrefixOption = "",
    pattern: PatternOption = "",
    issues: IssuesOption = False,
) -> None:
    """Add a scheme; a scheme never changes, it is switched off and another one added."""
    from kasse_cli.wiring import open_book
    from ledger.items.kassenzeichen import Scheme
    from ledger.items.schemes_store import add_scheme

    fits = pattern or f"{prefix.replace('Y', '[0-9]')}[0-9]{{{length - len(prefix)}}}"
    with open_book(ctx.obj) as store:
        new = add_scheme(store, Scheme(code, fits, length, method, prefix, issues))
    line = say(N_("added the scheme {code}") if new else N_("nothing new: the scheme {code} is there"), code=code)
    render(ctx, Result({"code": code, "new": new}, lines=[line]))


@command(app, "test", lists=True, examples=("kasse scheme test 1000000000015 4711-0815",))
def test(ctx: Context, references: ReferencesArgument) -> None:
    """Try references: which scheme they fit, their RF reference, and which item has them."""
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import SeveralClaimsError, UnknownItemError, find_items, item_name
    from ledger.items.kassenzeichen import compact
    from ledger.items.schemes_store import fitting_schemes

    rows = []
    with open_book(ctx.obj) as store:
        for text in references:
            schemes = fitting_schemes(store, text)
            try:
                item = ", ".join(item_name(*key) for key in find_items(store, text))
            except UnknownItemError:
                item = ""
            except SeveralClaimsError as several:
                item = str(several.fields["items"])
            names = ", ".join(scheme.code for scheme in schemes)
            checked = any(scheme.checked for scheme in schemes)
            row = {"reference": text, "scheme": names, "checked": checked, "rf": _rf(compact(text)), "item": item}
            rows.append(row)
    render(ctx, Result(tables=[Table("references", TESTS, rows)]))


@command(app, "on")
def on(ctx: Context, code: CodeArgument) -> None:
    """Switch a scheme on."""
    _switch(ctx, code, active=True)


@command(app, "off")
def off(ctx: Context, code: CodeArgument) -> None:
    """Switch a scheme off: no new reference follows it, those in the book stay."""
    _switch(ctx, code, active=False)


def _switch(ctx: Context, code: str, *, active: bool) -> None:
    from kasse_cli.wiring import open_book
    from ledger.items.schemes_store import switch_scheme

    with open_book(ctx.obj) as store:
        new = switch_scheme(store, code, active=active)
    template = N_("nothing new: the scheme {code} was so before")
    if new:
        template = N_("the scheme {code} is on") if active else N_("the scheme {code} is off")
    render(ctx, Result({"code": code, "active": active, "new": new}, lines=[say(template, code=code)]))


def _rf(reference: str) -> str:
    """Return the RF reference of a Kassenzeichen, '' where it cannot have one (ISO 11649: at most 21 signs)."""
    from sepa.errors import KasseError
    from sepa.identifiers import make_rf

    try:
        return make_rf(reference)
    except KasseError:
        return ""
