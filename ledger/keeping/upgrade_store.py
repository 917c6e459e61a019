"""What must be the same before and after the schema of a book moves, and a copy of it to try that on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ledger.book.chain import book_head
from ledger.book.guards_made_store import guard_facts
from ledger.book.store import heads, kasse_office
from ledger.events.store import record
from ledger.keeping.layout_store import layouts
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

TRIAL_SCHEMA = "kasse_trial"


class UpgradeDiffersError(KasseError):
    """The books after a migration are not the books before it."""

    code = "upgrade.differs"
    template = N_("the upgrade would change the books: {what} was {before} and would be {after}")
    hint = N_("nothing was changed; keep working with the version you have and report this")


@dataclass(frozen=True, slots=True)
class Figures:
    """What no migration may change: the chains and what the books say in sums, in cents."""

    head: str
    event_heads: str
    entries: int
    postings: int
    turnover_cents: int
    items: int
    open_cents: int
    balances_cents: int
    bank_entries: int
    bank_cents: int
    orders: int
    parties: int
    events: int


_SUMS = """
    SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM posting),
        (SELECT coalesce(sum(abs(cents)), 0) FROM posting), (SELECT count(*) FROM item),
        (SELECT coalesce(sum(open_cents), 0) FROM item),
        (SELECT coalesce(sum(debit_cents + credit_cents), 0) FROM month_balance), (SELECT count(*) FROM bank_entry),
        (SELECT coalesce(sum(amount_cents), 0) FROM bank_entry), (SELECT count(*) FROM cash_order),
        (SELECT count(*) FROM party), (SELECT count(*) FROM event)"""


def figures(store: Store) -> Figures:
    """Return the figures of the book as it stands."""
    events = store.rows("SELECT office, event_position, event_hash FROM head ORDER BY office")
    row = store.one(_SUMS)
    assert row is not None
    sums = [int(value) for value in row]
    return Figures(book_head(heads(store)).hex(), book_head((o, p, bytes(h)) for o, p, h in events).hex(), *sums)


def compare(before: Figures, after: Figures) -> None:
    """Check that a migration left the books alone.

    Raises `UpgradeDiffersError`.
    """
    old, new = asdict(before), asdict(after)
    for what, value in old.items():
        if new[what] != value:
            raise UpgradeDiffersError(what=what, before=str(value), after=str(new[what]))


def note_upgrade(store: Store, before: str, after: str) -> None:
    """Write to the event log that the schema moved."""
    office = kasse_office(store)
    with store.unit([office], dated=False):
        record(store, office, "db.upgrade", None, {**guard_facts(store), "from": before, "to": after})


def enter_trial(store: Store) -> list[str]:
    """Make a schema beside the book's on the server and work there; inside a rehearsal, which takes it away again.

    Returns the tables of the book, each after those that its rows refer to; others may go on working.
    """
    store.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    tables = [table.name for table in layouts(store)]
    own = store.value("SELECT current_schema()::text")
    store.execute(f"CREATE SCHEMA {TRIAL_SCHEMA}")
    store.execute(f"SET LOCAL search_path = {TRIAL_SCHEMA}")
    return [f"{own}.{table}" for table in tables]


def copy_rows(store: Store, tables: list[str]) -> None:
    """Fill the tables of the trial schema, whose guards are away, with those of the book."""
    columns = {table.name: ", ".join(table.columns) for table in layouts(store)}
    for source in tables:
        name = source.rpartition(".")[2]
        store.execute(f"INSERT INTO {name} ({columns[name]}) SELECT {columns[name]} FROM {source}")
