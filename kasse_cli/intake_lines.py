"""What is said of files that were rejected: by the run that finds them, and by who watches the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kasse_cli.messages import NAMED_AT_ONCE
from kasse_cli.output import Line, say
from sepa.errors import N_


def rejected_lines(data: Mapping[str, Any]) -> list[Line]:
    """Return what became of rejected files: taken now, replaced by the bank, or waiting for somebody."""
    retaken, replaced, rejected = (data[name] for name in ("retaken", "replaced", "rejected"))
    lines = []
    if retaken:
        lines.append(say(N_("rejected before, taken now: {names}"), names=some(retaken)))
    if replaced:
        template = N_("rejected, then replaced by the bank: {names}; by what, stands in NAME.replaced.txt beside each")
        lines.append(say(template, names=some(replaced)))
    if rejected:
        template = N_("rejected files that wait: {count} ({names}); why, stands in NAME.findings.txt beside each")
        lines.append(say(template, count=len(rejected), names=some(rejected)))
    return lines


def some(names: Sequence[str]) -> str:
    """Return the first of many names."""
    return ", ".join([*names[:NAMED_AT_ONCE], *(["…"] if len(names) > NAMED_AT_ONCE else [])])
