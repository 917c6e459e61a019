"""Figures of a run as a Prometheus text file, for the textfile collector of the node exporter."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.spreadsheets.replacing import replacing

if TYPE_CHECKING:
    from ledger.reports.health import BookState

_SUCCESS = "kasse_reconcile_last_success_timestamp_seconds"
_COUNTS = {
    "files": "Files that the last run looked at.",
    "broken": "Files that the last run refused.",
    "statements": "Statements in the files of the last run.",
    "entries": "Booked bank entries in the files of the last run.",
    "new": "Bank entries of the last run that were not in the book before.",
    "duplicates": "Bank entries of the last run that were in the book before.",
    "pending": "Bank entries of the last run that the bank only announces.",
    "posted": "Bank entries that the last run posted.",
    "matched": "Bank entries that the last run decided wholly by a rule.",
    "suspense": "Bank entries received that the last run left to be clarified.",
    "advances": "Bank entries paid out that the last run left to be clarified.",
    "executed": "Own payments that the last run found on the account.",
    "returned": "Payments and collections that came back in the last run.",
    "transfers": "Transfers between own accounts in the last run.",
    "fees": "Fees and interest of the bank in the last run.",
    "surpluses": "Payments of the last run that were too much.",
    "late": "Bank entries of the last run that belong to closed days.",
    "resolved": "Unclear cases that the last run clarified by what came later.",
    "credit_cents": "Money received that the last run posted, in cents.",
    "debit_cents": "Money paid out that the last run posted, in cents.",
}
_HELP = {
    "kasse_reconcile_last_run_timestamp_seconds": "When the last run ended, successful or not.",
    _SUCCESS: "When the last run ended that was not refused (exit code 0 or 3).",
    "kasse_reconcile_exit_code": "Exit code of the last run: 0 done, 3 done with findings, 1 refused, 4 try again.",
    "kasse_reconcile_findings": "Findings of the last run.",
    "kasse_suspense_open": "Unclear cases of money received that are open.",
    "kasse_suspense_open_cents": "Unclear money received that is open, in cents.",
    "kasse_advance_open": "Unclear cases of money paid out that are open.",
    "kasse_advance_open_cents": "Unclear money paid out that is open, in cents.",
    "kasse_suspense_oldest_days": "Age of the oldest unclear case, in days.",
    "kasse_statement_last_day_timestamp_seconds": "Day of the last statement of an account, as midnight UTC.",
    "kasse_statement_gaps": "Gaps between the statements of an account.",
    "kasse_bank_entries_staged": "Bank entries that are in the book but not posted.",
    "kasse_days_to_close": "Days with entries that are not closed.",
    "kasse_reconcile_rejected_waiting": "Rejected files that wait for somebody.",
    "kasse_reconcile_to_clarify": "Bank entries that the last run left to be clarified, by reason.",
    **{f"kasse_reconcile_{name}": said for name, said in _COUNTS.items()},
}


def write_metrics(path: Path, now: float, exit_code: int, figures: Mapping[str, Any]) -> None:
    """Write the figures, whole or not at all; the time of the last success is kept where this run was none.

    Keys of `figures` are metric names, with labels where there are some. Raises `FileWriteError`.
    """
    success = now if exit_code in {0, 3} else _last_success(path)
    values: dict[str, Any] = {
        "kasse_reconcile_last_run_timestamp_seconds": int(now),
        "kasse_reconcile_exit_code": exit_code,
        **({_SUCCESS: int(success)} if success is not None else {}),
        **figures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    said: set[str] = set()
    for name, value in values.items():
        bare = name.partition("{")[0]
        if bare not in said:
            said.add(bare)
            lines += [f"# HELP {bare} {_HELP[bare]}", f"# TYPE {bare} gauge"]
        lines.append(f"{name} {value}")
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
        temporary.chmod(0o644)  # the collector is another user


def _last_success(path: Path) -> float | None:
    if not path.exists():
        return None
    found = re.search(rf"^{_SUCCESS} (\d+)", path.read_text("utf-8", errors="replace"), re.MULTILINE)
    return float(found[1]) if found else None


def run_figures(data: Mapping[str, Any], findings: int) -> dict[str, Any]:
    """Return the counts of a run as metrics."""
    counts = {f"kasse_reconcile_{name}": data[name] for name in _COUNTS}
    reasons = {f'kasse_reconcile_to_clarify{{reason="{name}"}}': count for name, count in data["reasons"].items()}
    return {"kasse_reconcile_findings": findings, **counts, **waiting_figures(data["rejected"]), **reasons}


def waiting_figures(rejected: Sized) -> dict[str, Any]:
    """Return how many rejected files wait, as a metric."""
    return {"kasse_reconcile_rejected_waiting": len(rejected)}


def state_figures(state: BookState, today: dt.date) -> dict[str, Any]:
    """Return the state of the book as metrics."""
    oldest = (today - dt.date.fromisoformat(state.suspense_oldest)).days if state.suspense_oldest else 0
    figures: dict[str, Any] = {
        "kasse_suspense_open": state.suspense_count,
        "kasse_suspense_open_cents": state.suspense_cents,
        "kasse_advance_open": state.advance_count,
        "kasse_advance_open_cents": state.advance_cents,
        "kasse_suspense_oldest_days": oldest,
        "kasse_bank_entries_staged": state.staged,
        "kasse_days_to_close": state.unclosed_days,
    }
    for account in state.accounts:
        if account.last_day:
            day = dt.datetime.fromisoformat(account.last_day).replace(tzinfo=dt.UTC)
            name = f'kasse_statement_last_day_timestamp_seconds{{iban="{account.iban}"}}'
            figures[name] = int(day.timestamp())
    figures |= {f'kasse_statement_gaps{{iban="{account.iban}"}}': account.gaps for account in state.accounts}
    return figures
