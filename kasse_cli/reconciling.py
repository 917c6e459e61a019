"""Reconciling: deliveries into the book, then everything that waits is matched and posted, a file a unit of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.boundary import refusal
from kasse_cli.config import masked
from kasse_cli.feeds import ASSIGNMENTS, check_form, write_export
from kasse_cli.inbox import Delivery, rejected_files
from kasse_cli.intake import Folders, Intake, refuse_if_all_broken, take_in
from kasse_cli.metrics import run_figures, state_figures, waiting_figures, write_metrics
from kasse_cli.reconcile_report import refused_lines, report_lines, write_report
from kasse_cli.results import Line, Table
from kasse_cli.spreadsheets.replacing import FileWriteError
from kasse_cli.wiring import open_book, settlement_orders
from ledger.bank.again_store import Again, look_again
from ledger.bank.export_store import next_export
from ledger.bank.movements_reader import movements
from ledger.bank.outcome import Outcome
from ledger.bank.posting_store import post_staged
from ledger.bank.waiting_store import files_waiting
from ledger.book.store import setting
from ledger.reports.health_store import book_state
from ledger.store.engines import WAIT_SECONDS
from ledger.store.failures import BookLockedError
from ledger.store.locking import one_at_a_time
from sepa.errors import N_, KasseError, TryAgainError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.bank.movements import Movement
    from ledger.reports.health import BookState
    from ledger.store.engines import Store


class AlreadyReconcilingError(TryAgainError):
    """Another process reconciles the same book."""

    code = "reconcile.running"
    template = N_("another 'kasse reconcile' is at work on this book")
    hint = N_("nothing was changed; what is in the inbox stays there and is taken by the next run")


def reconcile(
    store: Store,
    incoming: Iterator[Delivery],
    folders: Folders,
    *,
    rehearse: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    then: Callable[[], None] | None = None,
) -> tuple[Intake, Outcome, Again]:
    """Take in the deliveries, then match and post what is staged, theirs and what waits from before, file by file.

    At the end it looks again at unclear money whose order or details came later.

    With `rehearse` everything is done and undone, and no file is moved. `then` is called at the end, while no other
    run can begin. Raises `AlreadyReconcilingError`, `TryAgainError`, `NotAllowedError`, and what is wrong where not
    one file could be taken and nothing else waited.
    """
    with _alone(store, wait_seconds), store.rehearsal() if rehearse else nullcontext():
        intake = take_in(store, incoming, replace(folders, moves=False) if rehearse else folders)
        outcome = Outcome()
        orders = settlement_orders(store)
        for scope in files_waiting(store):
            outcome.add(post_staged(store, scope, orders=orders))
        if not outcome.posted:
            refuse_if_all_broken(intake)
        again = look_again(store, day=store.today, orders=orders)
        if then is not None:
            then()
        return intake, outcome, again


@contextmanager
def _alone(store: Store, wait_seconds: float) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(one_at_a_time(store, "reconcile", wait_seconds))
        except BookLockedError:
            raise AlreadyReconcilingError from None
        yield


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, how many rows it exported, and the state in which it left the book."""

    intake: Intake
    outcome: Outcome
    again: Again
    exported: int
    name: str
    state: BookState

    def write_beside(
        self,
        call: Call,
        data: Mapping[str, Any],
        told: Sequence[Line],
        findings: Sequence[KasseError],
        report: Path | None,
        metrics: Path | None,
    ) -> None:
        """Write the report and the metrics of the run; raises `FileWriteError`."""
        remain = sum(finding.severity != "info" for finding in findings)
        if report is not None:
            write_report(report, report_lines(self.name, call.today, data, told, findings, self.state))
        if metrics is not None:
            figures = {**run_figures(data, remain), **state_figures(self.state, call.today)}
            write_metrics(metrics, call.world.clock().timestamp(), 3 if remain else 0, figures)


def run_book(
    call: Call, incoming: Iterator[Delivery], folders: Folders, export: Path | None, report: Path | None,
    metrics: Path | None,
) -> Run:  # fmt: skip
    """Reconcile the book of a call and export what was assigned; a refused run is seen in the report and the metrics.

    Raises what `reconcile` raises, what `check_form` raises of the export, and `FileWriteError` where that cannot be
    written.
    """
    seen = _Seen(masked(call.book))
    try:
        if export is not None:
            check_form(export)
        with open_book(call) as store, _standing(call, store, folders, seen):
            rows = _Counted()

            def write() -> None:
                if export is not None and not call.dry_run:
                    _export(call, store, export, rows)

            wait_seconds = int(call.settings["wait_seconds"])
            intake, outcome, again = reconcile(
                store, incoming, folders, rehearse=call.dry_run, wait_seconds=wait_seconds, then=write
            )
            return Run(intake, outcome, again, rows.count, setting(store, "name"), book_state(store))
    except BaseException as error:
        if not call.dry_run:
            _tell_refused(call, refusal(error), seen, report, metrics)
        raise


@dataclass(slots=True)
class _Seen:
    """What is known of a book while it is reconciled: what people call it, and figures where that is refused."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)


@contextmanager
def _standing(call: Call, store: Store, folders: Folders, seen: _Seen) -> Iterator[None]:
    """Note the name of the book, and its state where what is done here is refused, as far as it can be read.

    Series that vanish look like all is well again: one broken file must not silence what is told of the book.
    """
    seen.name = setting(store, "name")
    try:
        yield
    except KasseError:
        with suppress(KasseError, OSError):
            state = state_figures(book_state(store), call.today)
            seen.figures = state | waiting_figures(rejected_files(folders.reject))
        raise


def _tell_refused(call: Call, error: KasseError, seen: _Seen, report: Path | None, metrics: Path | None) -> None:
    """Tell of a refusal in the files beside; where they cannot be written either, the refusal is what is told."""
    if metrics is not None:
        with suppress(FileWriteError, OSError):
            write_metrics(metrics, call.world.clock().timestamp(), error.exit_code, seen.figures)
    if report is not None:
        with suppress(FileWriteError, OSError):
            write_report(report, refused_lines(seen.name, call.today, error))


@dataclass(slots=True)
class _Counted:
    count: int = 0

    def those(self, rows: Iterable[Movement]) -> Iterator[Movement]:
        """Yield the rows that come from a bank entry and count them."""
        for row in rows:
            if row.bank_entry is not None:
                self.count += 1
                yield row


def _export(call: Call, store: Store, path: Path, counted: _Counted) -> None:
    """Write everything that was assigned since the last export, and note up to where."""
    with next_export(store, path.name) as span:
        rows = counted.those(movements(store, span.after, span.until))
        write_export(path, [Table("assignments", ASSIGNMENTS, rows, N_("Assignments"))], call.world.clock())
