"""A statement file on its way in: read once, entry by entry, into temporary tables that live for one unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.bank.intake import Page, begin, end, is_taken
from ledger.bank.intake_rows import DETAIL_COLUMNS, ENTRY_COLUMNS, detail_rows, entry_row
from ledger.store.engines import Row, Store
from sepa.statements import Entry, Opened, StatementEvent

_ROWS_AT_ONCE = 5000
_ENTRIES = ("seq", "sheet", "line", "iban", *ENTRY_COLUMNS)
_DETAILS = ("seq", "line", *DETAIL_COLUMNS)
_NUMBER = "CAST(0 AS BIGINT) AS {}"
TABLES = {
    "intake_entry": f"""
        SELECT {_NUMBER.format("seq")}, {_NUMBER.format("sheet")}, {_NUMBER.format("line")}, iban,
               {", ".join(ENTRY_COLUMNS)} FROM bank_entry LIMIT 0""",
    "intake_detail": f"""
        SELECT {_NUMBER.format("seq")}, line, {", ".join(DETAIL_COLUMNS)} FROM bank_detail LIMIT 0""",
    "intake_sheet": f"SELECT {_NUMBER.format('sheet')}, iban, office, id AS statement FROM bank_entry LIMIT 0",
    "intake_place": f"SELECT {_NUMBER.format('seq')}, occurrence, reversal AS fresh FROM bank_entry LIMIT 0",
}
"""Temporary tables with the types of the tables they feed; `seq` numbers the entries of a file."""


def create_tables(store: Store) -> None:
    """Create the temporary tables; they vanish with the unit of work where it fails."""
    for name, shape in TABLES.items():
        store.execute(f"CREATE TEMPORARY TABLE {name} AS {shape}")


def drop_tables(store: Store) -> None:
    """Drop the temporary tables at the end of a unit of work that succeeds."""
    for name in TABLES:
        store.execute(f"DROP TABLE {name}")


def read_into_tables(
    store: Store, name: str, offices: Mapping[str, str], stream: Iterable[StatementEvent]
) -> list[Page]:
    """Read the whole file and return its statements; raises what `begin`, `is_taken` and `end` raise."""
    pages: list[Page] = []
    writer = _Writer(store)
    page: Page | None = None
    for value in stream:
        if isinstance(value, Entry):
            assert page is not None, "an entry follows the head of its statement"
            if is_taken(page, value):
                writer.add(page, value)
        elif isinstance(value, Opened):
            page = begin(len(pages), value, offices, name)
            pages.append(page)
        else:
            assert page is not None, "an end follows the head of its statement"
            end(page, value)
    writer.flush()
    _give_days(store, pages)
    return pages


class _Writer:
    """Collects rows and writes them in portions."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.seq = 0
        self.entries: list[Row] = []
        self.details: list[Row] = []

    def add(self, page: Page, entry: Entry) -> None:
        self.seq += 1
        row = entry_row(entry)
        day: str | None = row[0]
        if day is None:
            page.without_day += 1
        elif day > page.last_day:
            page.last_day = day
        self.entries.append((self.seq, page.index, page.entries, page.iban, *row))
        if len(entry.details) > 1:
            self.details += [(self.seq, line, *detail) for line, detail in enumerate(detail_rows(entry), 1)]
        if len(self.entries) + len(self.details) >= _ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        self.store.insert("intake_entry", _ENTRIES, self.entries)
        self.store.insert("intake_detail", _DETAILS, self.details)
        self.entries, self.details = [], []


def _give_days(store: Store, pages: Iterable[Page]) -> None:
    """Give entries without a booking day the closing day of their statement."""
    for page in pages:
        if page.without_day:
            store.execute(
                "UPDATE intake_entry SET bank_day = :day WHERE sheet = :sheet AND bank_day IS NULL",
                day=page.closing_day,
                sheet=page.index,
            )


def days_of(store: Store) -> dict[int, set[str]]:
    """Return the bank days on which each statement of the file has entries, by its index."""
    days: dict[int, set[str]] = {}
    for sheet, day in store.rows("SELECT DISTINCT sheet, bank_day FROM intake_entry"):
        days.setdefault(sheet, set()).add(day)
    return days


def lines_of(store: Store, sheets: Iterable[int]) -> dict[int, list[tuple[int, tuple[str, bytes, int]]]]:
    """Return the entries of some statements of the file as (seq, key), by index, in the order of the file."""
    sql = "SELECT seq, bank_day, fingerprint, amount_cents FROM intake_entry WHERE sheet = :sheet ORDER BY seq"
    return {
        sheet: [(seq, (day, bytes(mark), cents)) for seq, day, mark, cents in store.rows(sql, sheet=sheet)]
        for sheet in sheets
    }


def keep_places(store: Store, places: Iterable[Row]) -> None:
    """Note (seq, occurrence, fresh) of entries."""
    store.insert("intake_place", ("seq", "occurrence", "fresh"), places)


def keep_all_new(store: Store, sheets: Iterable[int]) -> None:
    """Note the entries of statements that share no day with any other as new, equal ones counted."""
    chosen = sorted(sheets)
    for start in range(0, len(chosen), 500):
        numbers = ", ".join(map(str, chosen[start : start + 500]))
        store.execute(f"""
            INSERT INTO intake_place (seq, occurrence, fresh)
            SELECT seq, row_number() OVER (PARTITION BY iban, bank_day, fingerprint ORDER BY seq), 1
            FROM intake_entry WHERE sheet IN ({numbers})""")


def keep_sheets(store: Store, rows: Iterable[Row]) -> None:
    """Note (index, iban, office, statement) of the statements that are kept."""
    store.insert("intake_sheet", ("sheet", "iban", "office", "statement"), rows)
