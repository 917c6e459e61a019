"""The frame around every command: common options after the verb, help pages in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from kasse_cli.context import Call, Context
from kasse_cli.i18n import _
from kasse_cli.options import BOOK, CONFIRM, DRY_RUN, LISTS, OUTPUT, Common, build, large_numbers, names_of, stands_once
from sepa.errors import N_

Function = TypeVar("Function", bound=Callable[..., Any])
Parameter = TyperArgument | TyperOption
HELP_NAMES = {"help_option_names": ["-h", "--help"]}
# said by Typer, translated here
FRAME_TEXTS = (
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
)


def _left(param: Any, ctx: Any) -> str:
    if param.param_type_name == "argument":
        return _metavar(param)
    names = ", ".join(sorted(param.opts, key=len))
    if param.secondary_opts:
        names += " / " + ", ".join(param.secondary_opts)
    if param.is_flag or param.count:
        return names
    return f"{names} {_(param.metavar) if param.metavar else param.make_metavar(ctx)}"


def _metavar(param: Any) -> str:
    name = _(param.metavar or param.name.upper().replace("_", "-"))
    return f"{name}…" if param.nargs == -1 else name


def _right(param: Any) -> str:
    notes = []
    if param.envvar and param.show_envvar:
        notes.append(_("variable: {name}").format(name=param.envvar))
    if param.show_default and param.default not in (None, False, "", (), []) and not callable(param.default):
        notes.append(_("default: {value}").format(value=getattr(param.default, "value", param.default)))
    if param.required:
        notes.append(_("required"))
    return f"{_(param.help or '')} {'[' + '; '.join(notes) + ']' if notes else ''}".strip()


def _section(formatter: Any, title: str, params: Iterable[Any], ctx: Any) -> None:
    rows = [(_left(param, ctx), _right(param)) for param in params if not param.hidden]
    if rows:
        with formatter.section(_(title)):
            formatter.write_dl(rows)


def _usage(params: Iterable[Any], *more: str) -> str:
    arguments = [param for param in params if param.param_type_name == "argument" and not param.hidden]
    own = [_metavar(param) if param.required else f"[{_metavar(param)}]" for param in arguments]
    return " ".join([_("[OPTIONS]"), *own, *more])


def _summary(template: str | None) -> str:
    """Return the first paragraph of a help text in the reader's language, on one line."""
    return " ".join(_(template or "").partition("\n\n")[0].split())


def _canonical_path(ctx: Any) -> str:
    """Return the command as scripts know it, in English whatever alias was typed: `order import`."""
    names: list[str] = []
    while ctx is not None and ctx.parent is not None:
        names.insert(0, ctx.command.name)
        ctx = ctx.parent
    return " ".join(names)


class _Framed:
    """What commands and groups share: the common options and the words of their help pages."""

    common: ClassVar[tuple[Common, ...]] = ()
    examples: ClassVar[Sequence[str]] = ()
    help: str | None

    def take_common(self, ctx: Any) -> None:
        """Move the common options from the parsed parameters to the call."""
        names = [option.name for option in self.common]
        days = {str(day) for day in (ctx.obj.options.get("on"), ctx.params.get("on")) if day}
        if len(days) > 1:  # before the verb and behind it
            from kasse_cli.usage import GivenTwiceError

            raise GivenTwiceError(name="--on", command=ctx.command_path)
        ctx.obj.take({name: ctx.params.pop(name) for name in names if name in ctx.params})

    def refuse_twice(self, ctx: Any, args: Sequence[str]) -> None:
        """Refuse an option that may stand once and is given twice: Typer would take the last one silently."""
        command: Any = self
        *_rest, order = command.make_parser(ctx).parse_args(list(args))
        for position, param in enumerate(order):
            if param in order[:position] and stands_once(param) and not ctx.resilient_parsing:
                from kasse_cli.usage import GivenTwiceError

                raise GivenTwiceError(name=names_of(param), command=ctx.command_path)

    def write_help(self, command: Any, ctx: Any, formatter: Any) -> None:
        """Write the sections of arguments and options, the common ones apart."""
        params = command.get_params(ctx)
        names = {option.name for option in self.common}
        own = [param for param in params if param.name not in names]
        _section(formatter, N_("Arguments"), (p for p in own if p.param_type_name == "argument"), ctx)
        _section(formatter, N_("Options"), (p for p in own if p.param_type_name == "option"), ctx)
        _section(formatter, N_("Common options"), (p for p in params if p.name in names), ctx)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it is or does."""
        del ctx
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def write_examples(self, formatter: Any) -> None:
        """Write the examples as they can be typed."""
        if self.examples:
            with formatter.section(_(N_("Examples"))):
                for example in self.examples:
                    formatter.write(f"  {example}\n")


class KasseCommand(_Framed, TyperCommand):
    """A command with the common options, help in the reader's language and the call in `ctx.obj`."""

    context_class = Context
    tolerant: ClassVar[bool] = False
    leading: ClassVar[str] = ""

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["params"] = [*(settings.get("params") or ()), *build(self.common)]
        super().__init__(*args, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, having noted which command this is, so that refusals can name it."""
        ctx.obj.command = _canonical_path(ctx)
        if self.leading and args and not args[0].startswith("-"):
            args = [self.leading, *args]
        self.refuse_twice(ctx, args)
        rest = super().parse_args(ctx, args)
        self._refuse_large(ctx)
        self.take_common(ctx)
        ctx.obj.lists = set(self.common).issuperset(LISTS)
        self._refuse_strangers(ctx)
        return rest

    def _refuse_large(self, ctx: Any) -> None:
        """Refuse numbers that no database holds: nothing in a book is counted so far."""
        for param, number in large_numbers(self.params, ctx.params):
            from kasse_cli.usage import TooLargeError, typed_as

            raise TooLargeError(parameter=typed_as(param), text=str(number), command=ctx.command_path)

    def _refuse_strangers(self, ctx: Any) -> None:
        """Refuse what was given before the verb and would have no effect on it."""
        own = {option.name for option in self.common}
        for option in LISTS:
            if option.name not in own and ctx.obj.options.get(option.name):
                from kasse_cli.usage import NotHereError

                raise NotHereError(name=f"--{option.name.replace('_', '-')}", command=ctx.command_path)

    def invoke(self, ctx: Any) -> Any:
        """Run the command once all that was typed is understood."""
        call: Call = ctx.obj
        call.ready(tolerant=self.tolerant)
        return super().invoke(ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        params = self.get_params(ctx)
        lead = next((f"[{_(param.metavar or '')}]" for param in params if self.leading in param.opts), "")
        formatter.write_usage(ctx.command_path, _usage(params, *filter(None, [lead])), prefix=_("Usage: "))

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it does and which role it needs."""
        from kasse_cli.rights import spoken

        super().format_help_text(ctx, formatter)
        if said := spoken(_canonical_path(ctx)):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(said)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first paragraph of the help, whole whatever the limit; a translation may break its lines."""
        del limit
        return _summary(self.help)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, options and examples."""
        self.write_help(self, ctx, formatter)
        self.write_examples(formatter)


class NounGroup(_Framed, TyperGroup):
    """A noun with its verbs; the common options may also stand before the verb."""

    context_class = Context

    def __init__(self, **settings: Any) -> None:
        settings["params"] = [*(settings.get("params") or ()), *build(self.common, hidden=True)]
        super().__init__(**settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, having noted which noun this is."""
        ctx.obj.command = _canonical_path(ctx)
        self.refuse_twice(ctx, args)
        rest = super().parse_args(ctx, args)
        self.take_common(ctx)
        return rest

    def names(self, ctx: Any) -> list[str]:
        """Return everything that may stand here, for suggestions."""
        return self.list_commands(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what this noun is for, whole whatever the limit."""
        del limit
        return _summary(self.help)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        pieces = _usage(self.get_params(ctx), _("COMMAND"), _("[ARGUMENTS]…"))
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write options, then the verbs."""
        self.write_help(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs with the first sentence of their help."""
        rows = self.rows(ctx)
        if rows:
            with formatter.section(_("Commands")):
                formatter.write_dl(rows)

    def rows(self, ctx: Any) -> list[tuple[str, str]]:
        """Return the visible verbs and what they do."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, c.get_short_help_str()) for name, c in commands if c is not None and not c.hidden]


class _Noun(NounGroup):
    common = (*OUTPUT, *LISTS, *BOOK)


def noun(help_text: str) -> typer.Typer:
    """Return the app of one noun's module; `help_text` is a template marked with `N_`."""
    return typer.Typer(
        cls=_Noun,
        help=help_text,
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=HELP_NAMES,
    )


def command(
    app: typer.Typer,
    name: str,
    *,
    book: bool = True,
    lists: bool = False,
    dry_run: bool = False,
    confirm: bool = False,
    tolerant: bool = False,
    leading: str = "",
    examples: Sequence[str] = (),
) -> Callable[[Function], Function]:
    """Return the decorator that makes a function a verb with the common options it needs.

    `book` adds --book, --user and --on, `lists` --csv, --csv-excel, --xlsx and --force, `dry_run` --dry-run and
    `confirm` --yes; --json, --lang, -q, -v and --debug are always there. The docstring is the help. A `tolerant`
    command runs although the settings files have errors. What stands first without a name is the value of the
    `leading` option.
    """
    chosen = (
        *OUTPUT,
        *(LISTS if lists else ()),
        *(BOOK if book else ()),
        *(DRY_RUN if dry_run else ()),
        *(CONFIRM if confirm else ()),
    )
    said = {"common": chosen, "examples": tuple(examples), "tolerant": tolerant, "leading": leading}
    frame = type("Framed", (KasseCommand,), said)
    return app.command(name, cls=frame, context_settings=HELP_NAMES)
