"""The one renderer: a result becomes a table, plain lines, JSON, CSV or an Excel file."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kasse_cli.columns import Chart, Column
from kasse_cli.context import Call, Context
from kasse_cli.i18n import sentence
from kasse_cli.masking import end, masked
from kasse_cli.messages import as_json, error_lines, finding_lines
from kasse_cli.results import Line, Result, Streamed, Table, Written, say
from sepa.errors import N_, KasseError

Status = Literal["ok", "findings", "error"]
__all__ = ["Chart", "Column", "Line", "Result", "Streamed", "Table", "Written", "json_text", "render", "say"]


def render(ctx: Context, result: Result) -> None:
    """Print the result in the form that was asked for and note the exit code; a command's last act."""
    call: Call = ctx.obj
    assert not call.rendered, "a command renders once"
    result = masked(result)
    remain = any(finding.severity != "info" for finding in result.findings)
    call.exit_code = 3 if remain else 0
    if call.xlsx:
        from kasse_cli.exports import write_excel

        write_excel(call.xlsx, result.tables, call.world.clock(), (call.book_name, call.today))
    call.rendered = True
    if call.format == "json":
        content = envelope(call, "findings" if remain else "ok", result.data, result.findings, ())
        _write_json(content, result.tables)
    else:
        _render_text(call, result)
    end()


def _render_text(call: Call, result: Result) -> None:
    if call.format in {"csv", "csv-excel"}:
        from kasse_cli.exports import write_csv

        sys.stdout.flush()
        write_csv(sys.stdout.buffer, result.tables, for_excel=call.format == "csv-excel")
    elif not call.xlsx:
        from kasse_cli.tables import write_tables

        write_tables(result.tables, sys.stdout, call.world.environ, files=call.lists)
    _write_lines(call, result)
    told = tuple(one for one in result.findings if not (call.quiet and one.routine))
    _to_stderr(finding_lines(told))


def _write_lines(call: Call, result: Result) -> None:
    if call.quiet:
        return
    lines = list(result.lines)
    if call.xlsx:
        lines.append(say(N_("written: {file}"), file=str(call.xlsx)))
    # beside a table in a pipe, sentences would be rows
    out = sys.stderr if result.tables and not sys.stdout.isatty() and not call.xlsx else sys.stdout
    for line in lines:
        out.write(sentence(line.template, line.fields) + "\n")


def report(call: Call, error: KasseError) -> None:
    """Print a refusal: the JSON envelope where JSON was asked for, else lines on stderr."""
    for finding in (error, *error.findings):
        masked(finding)
    if call.machine and not call.rendered:
        call.rendered = True
        _write_json(envelope(call, "error", None, error.findings, (error,)))
    else:
        _to_stderr(error_lines(error))
    end()


def envelope(
    call: Call, status: Status, data: object, findings: Iterable[KasseError], errors: Iterable[KasseError]
) -> dict[str, object]:
    """Return the object that scripts build on: keys may be added, never renamed."""
    return {
        "kasse": 1,
        "command": call.command,
        "status": status,
        "data": data,
        "findings": [as_json(finding) for finding in findings],
        "errors": [as_json(error) for error in errors],
    }


def _write_json(content: Mapping[str, object], tables: Sequence[Table] = ()) -> None:
    """Write the object; off a terminal row by row, so that a long list is never held as one text."""
    data = content["data"]
    if isinstance(data, Mapping) and not sys.stdout.isatty():
        sys.stdout.writelines(_pieces(content, data, tables))
        return
    if isinstance(data, Mapping):
        content = {**content, "data": {**data, **{table.key: list(table.rows) for table in tables}}}
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(content, ensure_ascii=False, default=_encode, indent=indent) + "\n")


def _pieces(content: Mapping[str, object], data: Mapping[str, object], tables: Sequence[Table]) -> Iterator[str]:
    """Yield the text of the object as `json.dumps` would write it, in pieces."""
    lead = "{"
    for name, value in content.items():
        yield f'{lead}"{name}": '
        lead = ", "
        if name == "data":
            yield from _members(data, tables)
        else:
            yield _ENCODER.encode(value)
    yield "}\n"


def _members(data: Mapping[str, object], tables: Sequence[Table]) -> Iterator[str]:
    keys = {table.key for table in tables}
    written = {name: value for name, value in data.items() if isinstance(value, Written)}
    plain = {name: value for name, value in data.items() if name not in keys and name not in written}
    yield _ENCODER.encode(plain).removesuffix("}")
    lead = ", " if plain else ""
    for name, value in written.items():
        yield f"{lead}{_ENCODER.encode(name)}: "
        lead = ", "
        yield from value.pieces()
    for table in tables:
        yield f"{lead}{_ENCODER.encode(table.key)}: ["
        lead = ", "
        for index, row in enumerate(table.rows):
            yield f", {_ENCODER.encode(row)}" if index else _ENCODER.encode(row)
        yield "]"
    yield "}"


def _encode(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Written):
        return json.loads("".join(value.pieces()))
    if isinstance(value, KasseError) or is_dataclass(value):
        return as_json(value) if isinstance(value, KasseError) else _members_of(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _members_of(value: object) -> dict[str, object]:
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_encode)


def json_text(value: object) -> str:
    """Return a value as JSON in one line, in the form all output has."""
    return _ENCODER.encode(value)


def _to_stderr(lines: Iterable[str]) -> None:
    sys.stdout.flush()
    for line in lines:
        sys.stderr.write(line + "\n")
