"""Statements that are in the book, as intake and continuity need them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.bank.continuity import Chain, chains
from ledger.bank.continuity_order import StatementLink
from ledger.bank.formats import FORMATS
from ledger.bank.intake_bags import Key
from ledger.bank.intake_notices import kind_of
from ledger.bank.intake_places import Occurrences
from ledger.bank.intake_sheets import Sheet, identity
from ledger.bank.skipped_reader import came_after_all, skipped_numbers
from ledger.bank.taken_over_reader import taken_over
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

_PART = """LEFT JOIN statement_part p ON p.statement = s.id AND NOT EXISTS (
        SELECT 1 FROM statement w WHERE w.id = p.whole AND w.withdrawn_on IS NOT NULL)"""
_SHEET = f"""
    SELECT s.id, s.statement_id, s.electronic_number, s.page, s.last_page, s.opening_cents, s.closing_cents,
           s.closing_day, s.created, CASE WHEN p.statement IS NULL THEN 0 ELSE 1 END
    FROM statement s {_PART} WHERE s.id = :id"""
_LINES = """
    SELECT e.bank_day, e.fingerprint, e.amount_cents, e.occurrence, e.id FROM statement_entry l
    JOIN bank_entry e ON e.office = l.office AND e.id = l.entry WHERE l.statement = :id ORDER BY l.line"""
_LINK = f"""
    SELECT s.id, s.iban, s.statement_id, s.electronic_number, s.page, s.last_page, s.opening_cents, s.closing_cents,
           s.closing_day, s.credit_cents - s.debit_cents, f.name, CASE WHEN p.statement IS NULL THEN 0 ELSE 1 END,
           s.message, p.whole
    FROM statement s
    {_PART}
    LEFT JOIN source_file f ON f.sha256 = s.file_sha256 AND f.purpose = 'statement'
    WHERE s.message IN {FORMATS} AND s.withdrawn_on IS NULL AND s.closing_day IS NOT NULL
      AND (s.iban = :iban OR :iban = '') ORDER BY s.id"""
_SAME = """h.id > s.id AND h.statement_id = s.statement_id AND coalesce(h.page, 1) = coalesce(s.page, 1)
        AND coalesce(h.electronic_number, -1) = coalesce(s.electronic_number, -1)
        AND (h.closing_day = s.closing_day
             OR (h.electronic_number IS NOT NULL AND substr(h.closing_day, 1, 4) = substr(s.closing_day, 1, 4)))"""
_LIST = f"""
    SELECT s.id, s.iban, s.statement_id, s.electronic_number, s.page, s.closing_day, s.opening_cents, s.closing_cents,
           s.entry_count, s.credit_cents, s.debit_cents, f.name, p.whole,
           CASE WHEN p.whole IS NULL THEN NULL WHEN {_SAME} THEN 'replaced' ELSE 'contained' END,
           CASE WHEN s.withdrawn_on IS NULL THEN s.message ELSE 'withdrawn' END
    FROM statement s
    {_PART}
    LEFT JOIN statement h ON h.id = p.whole
    LEFT JOIN source_file f ON f.sha256 = s.file_sha256 AND f.purpose = 'statement'"""
_ENTRIES = """
    SELECT l.line, e.office, e.id, e.bank_day, e.value_day, e.amount_cents, e.name, e.counter_iban, e.remittance,
           e.gvc, e.detail_count, e.state
    FROM statement_entry l JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    WHERE l.statement = :id ORDER BY l.line"""

_NOTICES = """
    SELECT n.line, n.office, n.entry, coalesce(n.bank_day, s.closing_day), coalesce(n.value_day, s.closing_day),
           n.amount_cents, n.name, n.counter_iban, n.remittance, n.gvc, n.detail_count,
           CASE WHEN n.kind = 'intraday' THEN CASE WHEN n.status = 'BOOK' THEN 'intraday' ELSE 'announced' END
                WHEN n.entry IS NULL THEN 'waiting' ELSE 'joined' END
    FROM bank_notice n JOIN statement s ON s.id = n.statement WHERE n.statement = :id ORDER BY n.line"""


class UnknownStatementError(KasseError):
    """There is no statement of that number."""

    code = "statement.unknown"
    template = N_("there is no statement {number} in this book")
    hint = N_("the numbers are shown by 'kasse statement list'")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement or page in the book; `part_of` is the statement that holds all its entries, if one does.

    `standing` is replaced where that one is a later issue of the same, contained where it tells these bookings too.
    `kind` is statement, intraday (a report, never posted), details (an advice that explains Sammler) or withdrawn.
    """

    number: int
    account: str
    statement_id: str
    electronic_number: int | None
    page: int | None
    day: str | None
    opening_cents: int | None
    closing_cents: int | None
    entries: int
    credit_cents: int
    debit_cents: int
    file: str | None
    part_of: int | None
    standing: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a statement and the bank entry it tells; lines of reports and advices may have none."""

    line: int
    office: str | None
    entry: int | None
    bank_day: str
    value_day: str
    amount_cents: int
    name: str | None
    bank_account: str | None
    remittance: str | None
    gvc: str | None
    details: int
    state: str


def known_sheet(store: Store, number: int) -> tuple[Sheet, Occurrences]:
    """Return a statement of the book as it is compared with others, and which entries its lines are."""
    entries: dict[Key, dict[int, int]] = {}
    for day, mark, cents, occurrence, entry in store.rows(_LINES, id=number):
        entries.setdefault((day, bytes(mark), cents), {})[occurrence] = entry
    row = store.one(_SHEET, id=number)
    assert row is not None, "a statement that was just found"
    return _sheet(row, Counter({key: len(found) for key, found in entries.items()})), entries


def _sheet(row: Row, entries: Counter[Key]) -> Sheet:
    number, statement_id, electronic, page, last, opening, closing, day, created, part = row
    return Sheet(
        number=number,
        identity=identity(statement_id, electronic, day or "", single=(page or 1) == 1 and bool(last)),
        page=page or 1,
        last=bool(last),
        opening_cents=opening,
        closing_cents=closing,
        entries=entries,
        name=statement_id,
        known=True,
        part=bool(part),
        created=created or "",
    )


def continuity(store: Store, iban: str = "") -> list[Chain]:
    """Return the chain of statements of every account, or of one: gaps, and up to which day there is none."""
    links = [_link(row) for row in store.rows(_LINK, iban=iban)]
    return chains(links, taken_over(store, iban), skipped_numbers(store, iban))


def _link(row: Row) -> StatementLink:
    number, iban, statement_id, electronic, page, last, opening, closing, day, total, file, part, message, whole = row
    return StatementLink(
        number, iban, statement_id, electronic, page or 1, bool(last), opening, closing, day, int(total),
        file or "", bool(part), message, whole,
    )  # fmt: skip


def statement_links(store: Store, iban: str) -> list[StatementLink]:
    """Return the statements of an account as links of its chain."""
    return [_link(row) for row in store.rows(_LINK, iban=iban)]


def complete_until(store: Store, iban: str) -> str | None:
    """Return the last day up to which the account's statements have no gap, None where there is none."""
    found = continuity(store, iban)
    return found[0].complete_until if found else None


def new_gaps(store: Store, accounts: Iterable[str], numbers: Collection[int]) -> list[KasseError]:
    """Return the gaps beside these statements: what an import that brought them has to say about continuity.

    So it does where a statement came of which a person had said that it does not exist. Of a beginning with money that
    nobody knows it says something once, though pages of the first statement, or other issues of it, come later.
    """
    return [*came_after_all(store, numbers), *_gaps_beside(store, accounts, numbers)]


def _gaps_beside(store: Store, accounts: Iterable[str], numbers: Collection[int]) -> list[KasseError]:
    found = []
    for iban in sorted(set(accounts)):
        for chain in continuity(store, iban):
            found += [gap.finding for gap in chain.gaps if not gap.beside.isdisjoint(numbers)]
            found += _beginning(store, chain, numbers)
    return found


def _beginning(store: Store, chain: Chain, numbers: Collection[int]) -> list[KasseError]:
    """Return what is wrong with the beginning of an account, unless the statements before these had told as much."""
    beginning = chain.beginning
    if beginning is None or beginning.beside.isdisjoint(numbers):
        return []
    links = [link for link in statement_links(store, chain.iban) if link.number not in numbers]
    before = chains(replace(link, part=link.part and link.whole not in numbers) for link in links)
    told = [one.beginning.finding.fields["opening_cents"] for one in before if one.beginning is not None]
    return [] if beginning.finding.fields["opening_cents"] in told else [beginning.finding]


def list_statements(store: Store, iban: str = "", first: str = "", last: str = "9999-12-31") -> list[StatementRow]:
    """Return the statements of one account, or of all, that are of these days, by account and day."""
    sql = f"""{_LIST} WHERE (s.iban = :iban OR :iban = '')
              AND coalesce(s.closing_day, '') >= :first AND coalesce(s.closing_day, '') <= :last
              ORDER BY s.iban, coalesce(s.closing_day, ''), coalesce(s.electronic_number, 0),
                       coalesce(s.page, 1), s.id"""
    return [_statement(row) for row in store.rows(sql, iban=iban, first=first, last=last)]


def _statement(row: Row) -> StatementRow:
    kind = "withdrawn" if row[-1] == "withdrawn" else kind_of(row[-1]) or "statement"
    return StatementRow(*(*row[:-1], kind))


def parts_of(store: Store, number: int) -> list[StatementRow]:
    """Return the statements whose bookings all lie in this one."""
    return [_statement(row) for row in store.rows(f"{_LIST} WHERE p.whole = :id ORDER BY s.id", id=number)]


def show_statement(store: Store, number: int) -> tuple[StatementRow, Sequence[StatementLine]]:
    """Return a statement with its lines; raises `UnknownStatementError`."""
    row = store.one(f"{_LIST} WHERE s.id = :id", id=number)
    if row is None:
        raise UnknownStatementError(number=number)
    statement = _statement(row)
    sql = _ENTRIES if statement.kind in {"statement", "withdrawn"} else _NOTICES
    return statement, [StatementLine(*line) for line in store.rows(sql, id=number)]
