"""Wrong usage: Typer's own errors become errors like all others, so that they translate and fit the envelope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

import typer

from sepa.errors import N_, KasseError


class UsageError(KasseError):
    """A command line that means nothing."""

    code = "usage.wrong"
    template = "{text}"
    hint = N_("`{command} --help` shows what is possible")
    exit_code = 2


class MissingError(UsageError):
    """An option or argument that must be there and is not."""

    code = "usage.missing"
    template = N_("missing: {parameter}")


class InvalidValueError(UsageError):
    """A value that an option or argument cannot have."""

    code = "usage.invalid_value"
    template = N_("invalid value for {parameter}: {text}")


class UnknownChoiceError(InvalidValueError):
    """A value outside the list of choices."""

    code = "usage.unknown_choice"
    template = N_("invalid value for {parameter}: {text} is not one of {choices}")


class NotOfTypeError(InvalidValueError):
    """A value of the wrong kind, such as a word for a number."""

    code = "usage.not_of_type"
    template = N_("invalid value for {parameter}: {text} is not a valid {kind}")


class OutOfRangeError(InvalidValueError):
    """A number outside its range."""

    code = "usage.out_of_range"
    template = N_("invalid value for {parameter}: {text} is not in the range {range}")


class TooLargeError(InvalidValueError):
    """A number that is larger than any in a book."""

    code = "usage.too_large"
    template = N_("invalid value for {parameter}: {text} is too large")


class NoSuchOptionError(UsageError):
    """An option that does not exist."""

    code = "usage.no_such_option"
    template = N_("no such option: {name}")


class DidYouMeanOptionError(NoSuchOptionError):
    """An option that does not exist beside others that look like it."""

    hint = N_("did you mean {known}?")


class NeedsValueError(UsageError):
    """An option without its value."""

    code = "usage.needs_value"
    template = N_("the option {name} needs a value")


class TakesNoValueError(UsageError):
    """A flag with a value."""

    code = "usage.takes_no_value"
    template = N_("the option {name} takes no value")


class NoSuchCommandError(UsageError):
    """A command that does not exist."""

    code = "usage.no_such_command"
    template = N_("no such command: {name}")


class DidYouMeanCommandError(NoSuchCommandError):
    """A command that does not exist beside others that look like it."""

    hint = N_("did you mean {known}?")


class MissingCommandError(UsageError):
    """A noun without a verb."""

    code = "usage.missing_command"
    template = N_("missing command")


class MissingVerbError(MissingCommandError):
    """A noun alone: the answer is its help page, which `page` holds."""

    page = ""


class ExtraArgumentError(UsageError):
    """More arguments than the command takes."""

    code = "usage.extra_argument"
    template = N_("unexpected argument: {text}")


class NotHereError(UsageError):
    """An option given before the verb that this verb does not know."""

    code = "usage.not_here"
    template = N_("the option {name} does not apply to this command")


class ConflictingOptionsError(UsageError):
    """Two options that exclude each other."""

    code = "usage.conflict"
    template = N_("these options exclude each other: {names}")


def refuse_together(ctx: Any, given: Mapping[str, object]) -> None:
    """Refuse more than one of these, by the names they are typed as: all but one would do nothing.

    Raises `ConflictingOptionsError`.
    """
    if len(names := [name for name, value in given.items() if value]) > 1:
        raise ConflictingOptionsError(names=", ".join(names), command=ctx.command_path)


class GivenTwiceError(UsageError):
    """An option given twice where one of the two would be ignored without a word."""

    code = "usage.given_twice"
    template = N_("the option {name} is given twice")
    hint = N_("leave one of the two away")


# Typer's messages are English literals with the value inside: the only way to their parts is to read them
_BY_MESSAGE: tuple[tuple[str, type[UsageError]], ...] = (
    (r"No such command '?(?P<name>.*?)'?\.(?: Did you mean .*)?", NoSuchCommandError),
    (r"Missing command\.", MissingCommandError),
    (r"Got unexpected extra argument\(s\) \((?P<text>.*)\)", ExtraArgumentError),
    (r"Option '?(?P<name>\S+?)'? requires .*", NeedsValueError),
    (r"Option '?(?P<name>\S+?)'? does not take a value\.", TakesNoValueError),
)
_VALUE_MESSAGES: tuple[tuple[str, type[UsageError]], ...] = (
    (r"'?(?P<text>.*?)'? is not one of (?P<choices>.*)\.", UnknownChoiceError),
    (r"'?(?P<text>.*?)'? is not a valid (?P<kind>.*?)\.(?: Recognized.*)?", NotOfTypeError),
    (r"(?P<text>.*) is not in the range (?P<range>.*)\.", OutOfRangeError),
)

_KINDS = {"int": N_("whole number"), "integer": N_("whole number")}
"""What Typer calls the kinds of values, in words."""
ALIKE = 0.75
"""From this likeness on, as `difflib` counts it, a name may be meant: one letter in four is wrong."""


def from_typer(error: typer.TyperException) -> KasseError:
    """Return what Typer refused as an error of ours."""
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "kasse"
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return _no_such_option(error, context, command)
    if kind == "NoArgsIsHelpError":
        bare = MissingVerbError(command=command)
        bare.page = error.message
        return bare
    if kind == "MissingParameter":
        return MissingError(name=_name_of(error), parameter=_name_of(error), command=command)
    if kind == "BadParameter":
        return _match(error.message, _VALUE_MESSAGES, InvalidValueError, _name_of(error), command)
    found = _match(error.message, _BY_MESSAGE, UsageError, "", command)
    return _suggest(found, context, command) if isinstance(found, NoSuchCommandError) else found


def _match(
    text: str, patterns: tuple[tuple[str, type[UsageError]], ...], default: type[UsageError], name: str, command: str
) -> UsageError:
    for pattern, cls in patterns:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            parts: dict[str, Any] = {"name": name, "parameter": name, "command": command} | match.groupdict()
            if "kind" in parts:
                parts["kind"] = _KINDS.get(parts["kind"], parts["kind"])
            return cls(**parts)
    return default(text=text, name=name, parameter=name, command=command)


def _name_of(error: Any) -> str:
    """Return the option or argument as it is typed: `--on` or `FILE`."""
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "")
    return typed_as(parameter)


def typed_as(parameter: Any) -> str:
    """Return what a parameter is called where it is typed: `--on` or `FILE`."""
    if parameter.param_type_name == "option":
        return " / ".join(parameter.opts)
    return str(parameter.metavar or parameter.name.upper())


def near(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that may well be meant by a text, the nearest first, at most three; rather none than any.

    >>> near("--offices", ["--office", "--out"]), near("--dry", ["--dry-run"]), near("--replace", ["--force"])
    (['--office'], ['--dry-run'], [])
    """
    likeness = {name: _likeness(text.lstrip("-"), name.lstrip("-")) for name in names}
    alike = (name for name in sorted(likeness) if likeness[name] >= ALIKE)
    return sorted(alike, key=likeness.__getitem__, reverse=True)[:3]


def _likeness(typed: str, name: str) -> float:
    """Return how alike two names are, 0 to 1; the beginning of a name is as good as a name with a wrong letter."""
    begun = name.startswith(typed) and len(typed) > 1
    return max(ALIKE if begun else 0.0, SequenceMatcher(None, typed, name).ratio())


def _no_such_option(error: Any, context: Any, command: str) -> UsageError:
    parameters = context.command.params if context is not None else ()
    options = [name for one in parameters for name in (*one.opts, *one.secondary_opts) if name.startswith("--")]
    known = near(str(error.option_name), options)
    cls = DidYouMeanOptionError if known else NoSuchOptionError
    return cls(name=error.option_name, known=", ".join(known), command=command)


def _suggest(error: UsageError, context: Any, command: str) -> UsageError:
    name = str(error.fields["name"])
    known = near(name, context.command.names(context))
    return DidYouMeanCommandError(name=name, known=", ".join(known), command=command) if known else error
