"""What `journal verify` asks of the lists of runs: the payments that were released, to whom and how much."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ledger.keeping.erased_reader import erased_runs
from ledger.payments import collection_reader, runs_reader
from ledger.payments.files_store import files_hash
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_EXPORTED = """
    SELECT e.object, e.facts, e.at FROM event e WHERE e.action = 'payment.export' AND e.object LIKE 'run:%'
    ORDER BY e.office, e.position"""
_SENT = "SELECT run, number, sha256, exported_at FROM payment_file WHERE sha256 IS NOT NULL OR exported_at IS NOT NULL"
_RELEASED = """
    SELECT e.object, e.facts, e.office FROM event e WHERE e.action = 'payment.release' AND e.object LIKE 'run:%'
    ORDER BY e.office, e.position"""
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


class RunFileError(KasseError):
    """The files of a run are not those that were released or exported."""

    code = "verify.run_file"
    template = N_(
        "the files of payment run {run} are not those that were released or exported: name, sum, hash or order type "
        "was changed"
    )
    hint = N_("send none of them, keep a copy of this book and tell the audit office and your bank")


def changed_lists(store: Store) -> Iterator[KasseError]:
    """Yield the runs whose list differs from the hash that the event of their release keeps; inside a snapshot."""
    yield from _changed(store, "payment", "run", runs_reader.run_named, runs_reader.hash_of)
    yield from _changed_files(store)
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


def _changed_files(store: Store) -> Iterator[KasseError]:
    """Yield the runs whose files differ from what the events of their release and export keep."""
    noted = store.all(_RELEASED)
    wrong = set[int]()
    for name, facts, office in noted:
        number, wanted = int(name.partition(":")[2]), json.loads(facts).get("files_hash")
        if wanted is not None and files_hash(store, office, number) != wanted:
            wrong.add(number)
    told = set[tuple[int, int, str, str]]()
    for name, facts, at in store.all(_EXPORTED):
        said = json.loads(facts)
        if "file" in said:
            told.add((int(name.partition(":")[2]), said["file"], said["sha256"], at))
    wrong |= {run for run, *_ in told ^ set(store.all(_SENT))}
    for number in sorted(wrong):
        yield RunFileError(run=number)
