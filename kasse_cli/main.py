"""Run one command: parse, invoke, print, and end with an exit code that scripts can rely on."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import typer

from kasse_cli.context import Call, World
from kasse_cli.i18n import set_language
from kasse_cli.lazy import NOUNS, Noun, root

PAGE_WIDTH = 78
COMPLETION = "_KASSE_COMPLETE"


def start(arguments: Sequence[str]) -> int:
    """Run the command line of this process on the real world and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream)
    if COMPLETION in os.environ:
        return _complete()
    return run(arguments, World())


def _complete() -> int:
    """Answer the shell that asks, through variables, how a line goes on."""
    call = Call([], World())
    set_language(call.lang)
    root().main(prog_name="kasse", complete_var=COMPLETION, obj=call)
    return 0


def _reconfigure(stream: TextIO) -> None:
    """Make the stream write UTF-8 with plain line ends everywhere; what cannot be written is spelled out."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def run(arguments: Sequence[str], world: World, nouns: tuple[Noun, ...] = NOUNS) -> int:
    """Run these arguments and return the exit code; nothing but the exit code and the output gets out."""
    call = Call(arguments, world)
    set_language(call.lang)
    try:
        code = _invoke(arguments, call, nouns)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return call.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the boundary
        return _fail(error, call)
    return code


def _invoke(arguments: Sequence[str], call: Call, nouns: tuple[Noun, ...]) -> int:
    program = root(nouns)
    try:
        # help pages outside a terminal have one width, whatever terminal the process came from
        width = None if sys.stdout.isatty() else PAGE_WIDTH
        with program.make_context("kasse", list(arguments), obj=call, terminal_width=width) as ctx:
            program.invoke(ctx)
    except typer.Exit as ended:
        return ended.exit_code
    return call.exit_code


def _fail(error: BaseException, call: Call) -> int:
    """Print what went wrong and return its exit code; a value refused while parsing is wrong usage."""
    from kasse_cli.boundary import refusal  # what only a failure needs is imported then
    from kasse_cli.output import report
    from kasse_cli.usage import MissingVerbError

    refused = refusal(error)
    if call.debug:
        import traceback

        traceback.print_exception(error)
    try:
        if isinstance(refused, MissingVerbError) and not call.machine:
            sys.stderr.write(f"{refused.page}\n")  # a noun alone asks what it can do
        else:
            report(call, refused)
        sys.stdout.flush()
    except OSError:  # the stream itself is what failed
        _silence()
    return 2 if call.parsing and refused.exit_code == 1 else refused.exit_code


def _silence() -> None:
    """Point standard output at nothing, so that Python does not complain about it at the end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
