"""What `journal verify` asks of the lists of runs: the payments that were released, to whom and how much."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ledger.keeping.erased_reader import erased_runs
from ledger.payments import collection_reader, runs_reader
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_NOTED = """
    SELECT e.object, e.facts FROM event e WHERE e.action = '{action}' AND e.object LIKE '{object}:%'
    ORDER BY e.office, e.position"""


class RunListError(KasseError):
    """The payments or collections of a run are not those that were released."""

    code = "verify.run_list"
    template = N_(
        "the list of {what} run {run} is not the one that was released: an account, amount or name was changed"
    )
    hint = N_("stop work on this book, keep a copy of it and tell the audit office and your bank")


def changed_lists(store: Store) -> Iterator[KasseError]:
    """Yield the runs whose list differs from the hash that the event of their release keeps; inside a snapshot."""
    yield from _changed(store, "payment", "run", runs_reader.run_named, runs_reader.hash_of)
    yield from _changed(store, "collection", "collection_run", collection_reader.run_named, collection_reader.hash_of)


def _changed(
    store: Store, what: str, object_: str, run_named: Callable[[Store, int], Any], hash_of: Callable[[Store, Any], str]
) -> Iterator[KasseError]:
    sql = _NOTED.format(action=f"{what}.release", object=object_)
    noted = {int(name.partition(":")[2]): json.loads(facts).get("list_hash") for name, facts in store.all(sql)}
    for number in erased_runs(store, what):
        noted.pop(number, None)
    for number, wanted in sorted(noted.items()):
        try:
            same = wanted is None or hash_of(store, run_named(store, number)) == wanted
        except KasseError:  # an owner took the whole run away
            same = False
        if not same:
            yield RunListError(what=what, run=number)
