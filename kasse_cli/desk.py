"""Decisions of the clarification desk as commands take them: open the book, decide, say what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.output import Result, render
from sepa.errors import KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Context
    from ledger.bank.suspense_decisions import Decision
    from ledger.bank.suspense_desk_store import DecisionList


def take(
    ctx: Context,
    decisions: Sequence[Decision],
    listed: DecisionList | None = None,
    findings: Iterable[KasseError] = (),
) -> None:
    """Take the decisions, all or none, and print what they did; with --dry-run they leave nothing behind."""
    from kasse_cli.desk_results import decided
    from kasse_cli.wiring import open_book, settlement_orders, trial
    from ledger.bank.suspense_desk_store import decide

    call = ctx.obj
    with open_book(call) as store, trial(call, store):
        outcome = decide(store, decisions, day=call.today.isoformat(), listed=listed, orders=settlement_orders(store))
    result = decided(outcome, dry_run=call.dry_run)
    render(ctx, Result(result.data, result.tables, result.lines, [*findings, *result.findings]))


def listed_decisions(ctx: Context, verb: str, path: Path, sheet: str | None, given: Mapping[str, object]) -> None:
    """Read a list of decisions and take them; what options have `given` stands for rows that do not say it.

    Raises what `kasse_cli.desk_lists.read_rows` raises.
    """
    from kasse_cli.desk_lists import decisions, read_rows

    rows = read_rows(ctx.obj, verb, path, sheet, given)
    take(ctx, decisions(verb, rows, given), rows.listed, rows.findings)
