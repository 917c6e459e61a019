"""The joints between the command line and the books: opening a book as the person who acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from kasse_cli import masking
from kasse_cli.context import UserNotNamedError
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, setting
from ledger.events.store import record
from ledger.people.users import NotAllowedError, find_user, user_id
from ledger.store.access import open_book as open_location
from ledger.store.postgres import DatabaseRightError
from sepa.calendar import land_of
from sepa.errors import KasseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kasse_cli.context import Call
    from ledger.access.rights import TableRights
    from ledger.items.order_profiles import LawProfiles
    from ledger.items.settlement import Order
    from ledger.keeping.personal import Personal
    from ledger.store.engines import Store


@contextmanager
def open_book(call: Call) -> Iterator[Store]:
    """Yield the book of this call with the acting person set, and close it.

    A step that the rules refuse to this person is written to the event log before the error goes on.
    """
    wait_seconds = int(call.settings["wait_seconds"])
    store = open_location(call.book, now=call.now, salt=call.random, wait_seconds=wait_seconds)
    store.today, store.latest_day = call.today.isoformat(), call.latest_day.isoformat()
    store.clock_day = call.clock_day.isoformat()
    store.on_abort = lambda taken, error: _note_aborted(store, taken, error)
    try:
        store.user = _actor(call, store)
        masking.begin(store)
        call.book_name = setting(store, "name") if call.xlsx else ""
        yield store
    except (NotAllowedError, DatabaseRightError) as error:
        with suppress(DatabaseRightError):  # whom the database knows no more cannot sign for the refusal either
            note_refusal(call, store, error)
        raise
    finally:
        store.close()


def trial(call: Call, store: Store) -> AbstractContextManager[None]:
    """Return what a command works in: with `--dry-run` everything is done and undone."""
    return store.rehearsal() if call.dry_run else nullcontext()


def settlement_orders(store: Store) -> Mapping[str, Order]:
    """Return in which order money is spread, by the profile of the claims: that of the law of the book's Land."""
    from enforcement.law_store import book_law
    from enforcement.profiles import profile_for
    from enforcement.profiles_lands import profile_names
    from ledger.items.settlement import packaged_orders

    place, law, orders = place_of(store), book_law(store), dict[str, "Order"](packaged_orders())
    for name in profile_names(place, law):
        if found := profile_for(name, place, law):
            orders[name] = found.settlement
    return orders


def waiting_work(store: Store, first: str, last: str) -> Iterator[KasseError]:
    """Yield what of these days still waits for another person, for the closing of the last one."""
    from enforcement.dunning_reader import unreleased as dunning_runs
    from enforcement.law_change_store import law_warnings
    from ledger.items.orders_queue_reader import unaccepted
    from ledger.payments.overdue_reader import unreleased as payment_runs

    yield from payment_runs(store, first, last)
    yield from dunning_runs(store, first, last)
    yield from unaccepted(store, last)
    yield from law_warnings(store)


def personal_data() -> Personal:
    """Return where personal data stand in the whole book."""
    from enforcement.keeping import KINDS, OBJECTS
    from ledger.keeping.personal import personal

    return personal(KINDS, OBJECTS)


def law_profiles(store: Store) -> LawProfiles:
    """Return the names of the law of the book's Land, which orders may name, and those that are law elsewhere only."""
    from enforcement.law_store import book_law
    from enforcement.profiles_lands import profile_names, profiles_elsewhere
    from ledger.items.order_profiles import LawProfiles

    place, law = place_of(store), book_law(store)
    return LawProfiles(profile_names(place, law), profiles_elsewhere(place, law), land_of(place))


def table_rights() -> Mapping[str, TableRights]:
    """Return what each role may do with each table of the book."""
    from importlib.resources import files

    from ledger.access.rights import load_rights

    places = (files("ledger") / "access" / "rights.toml", files("enforcement") / "rights.toml")
    return load_rights(*(place.read_text(encoding="utf-8") for place in places))


def _actor(call: Call, store: Store) -> int:
    if store.engine.name == "postgresql" and setting(store, "identity") != "declared":
        login = str(store.value("SELECT session_user::text"))
        call.actor(declared=call.settings["user"] == login)
        return user_id(store, login)
    declared = setting(store, "identity") == "declared"
    name = call.actor(declared=declared)
    if declared and not call.settings["user"] and find_user(store, name) is None:
        raise UserNotNamedError(user=name)
    return user_id(store, name)


def note_refusal(call: Call, store: Store, error: KasseError) -> None:
    """Write to the event log that the rules refused something to this person."""
    office = kasse_office(store)
    with store.unit([office], dated=False):
        details = {key: str(value) for key, value in error.fields.items()}
        record(store, office, "refused", None, {"command": call.command, "code": error.code}, details)


def _note_aborted(store: Store, taken: Sequence[tuple[str, int, int, int]], error: BaseException) -> None:
    """Write to the event log which numbers a unit of work had given when it was broken off."""
    from ledger.book.journal_gaps_store import note_aborted

    note_aborted(store, taken, error)
