"""One call of kasse: which book, who, what day, how to print. Commands see it as `ctx.obj`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from kasse_cli import config
from kasse_cli.i18n import LANGUAGES, _, locale_language, sentence
from sepa.errors import N_, Field, KasseError

DAYS_AHEAD = 7
"""How far ahead of the clock a step may be dated: what is prepared before holidays."""


class UserNotDeclarableError(KasseError):
    """A `--user` where the book takes the operating system's account."""

    code = "user.not_declarable"
    template = N_("this book does not let users be declared: {user}")
    hint = N_("leave out --user and KASSE_USER; the account of the system acts")


class UserNotNamedError(KasseError):
    """No `--user` where the book lets users be declared, and the account of the system is no user of it."""

    code = "user.not_named"
    template = N_("say who acts: {user}, as this computer names you, is not a user of this book")
    hint = N_("give --user NAME, or set KASSE_USER to the name; in the demo's book that is 'clara', for example")


class NotConfirmedError(KasseError):
    """A step that cannot be undone and was not confirmed."""

    code = "confirm.refused"
    template = N_("not confirmed, nothing was changed")
    hint = N_("answer yes, or give --yes")


class CannotAskError(KasseError):
    """A step that must be confirmed, where nobody can answer."""

    code = "confirm.no_terminal"
    template = N_("this needs a confirmation and there is no terminal to ask on")
    hint = N_("give --yes")


class NothingOnStdinError(KasseError):
    """A `-` for standard input while that is a terminal."""

    code = "stdin.terminal"
    template = N_("- reads from a pipe, but standard input is a terminal")
    hint = N_("give a file, or send the data through a pipe")
    exit_code = 2


def _account() -> str:
    """Return the operating system's account; variables such as LOGNAME, which anyone can set, do not count."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, as in containers
        return f"uid-{os.getuid()}"


@dataclass(frozen=True, slots=True)
class World:
    """What lies outside the program: the only door for environment, clock, randomness and account."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC).astimezone())
    random: Callable[[int], bytes] = os.urandom
    account: Callable[[], str] = _account
    folder: Callable[[], Path] = Path.cwd


class Call:
    """One call of kasse: its options, its settings and what became of it."""

    def __init__(self, arguments: Sequence[str], world: World) -> None:
        self.world = world
        self.command = ""
        self.book_name = ""
        self.options: dict[str, Any] = {}
        self.parsing = True
        self.rendered = False
        self.lists = False  # whether the command writes its tables to CSV and Excel too
        self.exit_code = 0
        self.machine = "--json" in arguments
        self.debug = "--debug" in arguments
        self._lang_flag = _value_of("--lang", arguments)
        self.settings = self._load()

    def _load(self) -> config.Settings:
        flags = {key: str(self.options.get(key) or "") for key in ("book", "user")}
        return config.load({"lang": self._lang_flag} | flags, self.world.environ, self.world.folder())

    def take(self, options: Mapping[str, Any]) -> None:
        """Take the common options of one level of the command line; the later level wins."""
        self.options |= {name: value for name, value in options.items() if value}
        if any(options.get(key) for key in ("book", "user")):
            self.settings = self._load()

    def ready(self, *, tolerant: bool = False) -> None:
        """Check what was typed as a whole before the command runs; a tolerant one bears broken settings."""
        from kasse_cli.logs import configure_logging, warn
        from kasse_cli.messages import located

        self._check_usage()
        self.parsing = False
        if self.xlsx:
            from kasse_cli.exports import check_target
            from kasse_cli.spreadsheets.excel import check_name

            check_name(self.xlsx)
            check_target(self.xlsx, replace_it=bool(self.options.get("force")))
        if not tolerant:
            self.settings.check()
        configure_logging(self.verbose, self.world.clock, quiet=self.quiet)
        for finding in () if tolerant else self.settings.findings:
            warn(located(finding))

    def _check_usage(self) -> None:
        config.check_language(self._lang_flag)
        formats = [f"--{name}" for name in ("json", "csv", "csv-excel") if self.options.get(name.replace("-", "_"))]
        if len(formats) > 1:
            from kasse_cli.usage import ConflictingOptionsError

            raise ConflictingOptionsError(names=", ".join(formats), command=f"kasse {self.command}")

    @property
    def lang(self) -> str:
        """The language of texts: flag, environment, files, else the system's locale."""
        known = (lang for lang in self.settings.values("lang") if lang in LANGUAGES)
        return next(known, None) or locale_language(self.world.environ)

    @property
    def book(self) -> str:
        """Where the book is: a path or a `postgresql://` URL."""
        return self.settings["book"]

    @property
    def today(self) -> dt.date:
        """The day given by `--on`, else today's local date."""
        given: dt.date | None = self.options.get("on")
        return given or self.world.clock().date()

    @property
    def clock_day(self) -> dt.date:
        """Today's local date, whatever `--on` says."""
        return self.world.clock().date()

    @property
    def latest_day(self) -> dt.date:
        """The last day on which a step may count as done: a week ahead, for what is prepared over holidays."""
        return self.world.clock().date() + dt.timedelta(days=DAYS_AHEAD)

    @property
    def now(self) -> str:
        """The moment in UTC, to the second: `2026-11-21T18:30:00Z`."""
        return self.world.clock().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def random(self, size: int) -> bytes:
        """Return that many random bytes."""
        return self.world.random(size)

    def actor(self, *, declared: bool) -> str:
        """Return who acts: `--user` where the book lets users be declared, else the system's account.

        Raises `UserNotDeclarableError` for a `--user` on any other book.
        """
        named = self.settings["user"]
        if named and not declared:
            raise UserNotDeclarableError(user=named)
        return named or self.world.account()

    @property
    def format(self) -> str:
        """How to print: `json`, `csv`, `csv-excel` or `table`."""
        chosen = (name for name in ("json", "csv", "csv_excel") if self.options.get(name))
        return next(chosen, "table").replace("_", "-")

    @property
    def xlsx(self) -> Path | None:
        """The Excel file to write the tables to."""
        given: str | None = self.options.get("xlsx")
        return Path(given) if given else None

    @property
    def quiet(self) -> bool:
        """Whether only data, findings and errors are wanted."""
        return bool(self.options.get("quiet"))

    @property
    def verbose(self) -> int:
        """How often `-v` was given."""
        return int(self.options.get("verbose") or 0)

    @property
    def dry_run(self) -> bool:
        """Whether to say what would happen and change nothing."""
        return bool(self.options.get("dry_run"))

    def confirm(self, question: str, **fields: Field) -> None:
        """Return when the question, a template, is answered with yes or `--yes` was given.

        Raises `NotConfirmedError`, and `CannotAskError` where there is no terminal or the output is JSON.
        """
        if self.options.get("yes"):
            return
        if self.machine or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise CannotAskError
        sys.stderr.write(f"{sentence(question, fields)} {_('[y/N]')} ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes", "j", "ja"}:
            raise NotConfirmedError

    def stdin(self) -> bytes:
        """Return all of standard input, for an argument `-`; raises `NothingOnStdinError` on a terminal."""
        if sys.stdin.isatty():
            raise NothingOnStdinError
        return sys.stdin.buffer.read()


def _value_of(flag: str, arguments: Sequence[str]) -> str:
    """Return the value after that flag wherever it stands: texts need their language before parsing."""
    for index, argument in enumerate(arguments):
        if argument == flag and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(f"{flag}="):
            return argument.partition("=")[2]
    return ""


class Context(typer.Context):
    """What every command gets first: `ctx.obj` is the call."""

    obj: Call
