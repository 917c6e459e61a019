"""What a run did as plain text for a mail: the subject in the first line, then everything a person has to know."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.i18n import _, sentence
from kasse_cli.inbox_beside import NoBankFileError
from kasse_cli.messages import hint, located, message
from kasse_cli.spreadsheets.replacing import replacing
from kasse_cli.unclear_words import reason_sentence
from ledger.bank.beginning import UnknownBeginningError
from sepa.errors import N_, Field, KasseError, TryAgainError

if TYPE_CHECKING:
    from kasse_cli.output import Line
    from ledger.reports.health import BookState

_NOTED = (NoBankFileError, UnknownBeginningError)
"""What is told in a mail too although nothing has to be done at once: nobody else would see it."""
WIDTH = 76
_MOST = 100


def write_report(path: Path, lines: Sequence[str]) -> None:
    """Write the report, whole or not at all; raises `FileWriteError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def report_lines(
    name: str, today: dt.date, data: Mapping[str, Any], told: Sequence[Line], findings: Sequence[KasseError],
    state: BookState,
) -> list[str]:  # fmt: skip
    """Return the report of a run: subject, what was done, what has to be clarified, findings, state of the book."""
    open_ones = [finding for finding in findings if finding.severity != "info"]
    template = N_("{name}: {day}, posted: {posted}, to clarify: {unclear}, findings: {count}")
    unclear = data["suspense"] + data["advances"]
    fields = {"name": name, "day": today.isoformat(), "posted": data["posted"], "unclear": unclear}
    lines = [sentence(template, {**fields, "count": len(open_ones)})]
    lines += _section(N_("Done"), (sentence(line.template, line.fields) for line in told))
    reasons = sorted(data["reasons"].items(), key=lambda one: (-one[1], one[0]))
    clarify = (f"{reason_sentence(reason)}: {count}" for reason, count in reasons)
    lines += _section(N_("Why money has to be clarified"), clarify)
    noted = [finding for finding in findings if isinstance(finding, _NOTED)]
    lines += _section(N_("Findings"), _findings([*open_ones, *noted]))
    lines += _section(N_("State of the book"), _state(state, today))
    return lines


def refused_lines(book: str, today: dt.date, error: KasseError) -> list[str]:
    """Return the report of a run that was refused: yesterday's must not look like today's."""
    again = isinstance(error, TryAgainError)
    subject = N_("{book}: {day}, NOT DONE, try again: {why}") if again else N_("{book}: {day}, REFUSED: {why}")
    lines = [sentence(subject, {"book": book, "day": today.isoformat(), "why": message(error)})]
    why = [located(error), *([hint(error)] if hint(error) else [])]
    if again:  # another run, or a lost server, may strike between two files
        why.append(
            _(N_("files that were taken before that stay taken, each whole; the next run goes on with the others"))
        )
    lines += _section(N_("Why it was not done"), iter(why))
    return lines + _section(N_("Findings"), _findings(error.findings))


def _section(title: str, lines: Iterator[str]) -> list[str]:
    wrapped = [row for line in lines for row in _wrapped(line)]
    return ["", _(title), "-" * len(_(title)), *wrapped] if wrapped else []


def _wrapped(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _findings(findings: Sequence[KasseError]) -> Iterator[str]:
    for finding in findings[:_MOST]:
        yield f"* {located(finding)}"
        if said := hint(finding):
            yield f"  {said}"
    if len(findings) > _MOST:
        yield sentence(N_("and {count} more"), {"count": len(findings) - _MOST})


def _state(state: BookState, today: dt.date) -> Iterator[str]:
    for account in state.accounts:
        fields: dict[str, Field] = {
            "iban": account.iban,
            "day": account.last_day or "-",
            "until": account.complete_until or "-",
            "gaps": account.gaps,
        }
        yield sentence(N_("{iban}: last statement {day}, complete until {until}, gaps: {gaps}"), fields)
    oldest = (today - dt.date.fromisoformat(state.suspense_oldest)).days if state.suspense_oldest else 0
    unclear: dict[str, Field] = {
        "count": state.suspense_count, "open_cents": state.suspense_cents, "advances": state.advance_count,
        "advance_cents": state.advance_cents, "days": oldest,
    }  # fmt: skip
    if state.suspense_count:
        yield sentence(N_("unclear money received: {open_cents}, cases: {count}"), unclear)
    if state.advance_count:
        yield sentence(N_("unclear money paid out: {advance_cents}, cases: {advances}"), unclear)
    if state.suspense_oldest:
        yield sentence(N_("age of the oldest case in days: {days}"), unclear)
        yield sentence(N_("they are shown by 'kasse suspense list'"), {})
    if state.unclosed_days:
        closing: dict[str, Field] = {"count": state.unclosed_days, "day": state.oldest_unclosed or ""}
        yield sentence(N_("days to close: {count}, from {day} on"), closing)
