"""Reconciling: deliveries into the book, then everything that waits is matched and posted, a file a unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from kasse_cli.inbox import Delivery
from kasse_cli.intake import Folders, Intake, refuse_if_all_broken, take_in
from ledger.bank.posting_store import Outcome, post_staged
from ledger.bank.waiting_store import accounts_waiting, files_waiting
from ledger.store.locking import one_at_a_time

if TYPE_CHECKING:
    from ledger.store.engines import Store


def reconcile(
    store: Store, incoming: Iterator[Delivery], folders: Folders, *, rehearse: bool = False
) -> tuple[Intake, Outcome]:
    """Take in the deliveries, then match and post what is staged: theirs file by file, then what waits from before.

    With `rehearse` everything is done and undone, and no file is moved. Raises `TryAgainError`, `NotAllowedError`, and
    what is wrong where not one file could be taken and nothing else waited.
    """
    with one_at_a_time(store, "reconcile"), store.rehearsal() if rehearse else nullcontext():
        taken: list[str] = []
        intake = take_in(store, incoming, Folders() if rehearse else folders, taken.append)
        outcome = Outcome()
        for scope in files_waiting(store, taken):
            outcome.add(post_staged(store, scope))
        for scope in accounts_waiting(store):
            outcome.add(post_staged(store, scope))
        if not outcome.posted:
            refuse_if_all_broken(intake)
        return intake, outcome
