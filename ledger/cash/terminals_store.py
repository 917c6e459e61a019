"""Card terminals in the book: added, changed, ended; their days, each owed by the acquirer until a credit clears it."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.store import kasse_office, office_codes
from ledger.cash.cards import STANDS, TerminalExistsError, UnknownTerminalError
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import open_desk
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.counters import take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

HEADS = ("head",)
_TERMINAL = """
    SELECT code, desk, acquirer, acquirer_iban, iban, fee_ppm, fee_each_cents, opened_on, closed_on
    FROM cash_terminal"""
_BATCH = """
    SELECT max(id) FROM cash_batch WHERE terminal = :terminal AND day = :day AND bank_entry IS NULL"""
_DAYS = f"""
    SELECT b.terminal, b.day, b.id, sum(r.cents), count(*), b.bank_entry FROM cash_batch b
    JOIN cash_terminal t ON t.code = b.terminal JOIN cash_receipt r ON r.batch = b.id AND {STANDS}
    WHERE t.desk = :desk AND (:every = 1 OR b.bank_entry IS NULL)
    GROUP BY b.terminal, b.day, b.id, b.bank_entry ORDER BY b.day, b.terminal, b.id"""


class UnknownBankAccountError(KasseError):
    """An account that is none of the Kasse's."""

    code = "cash.bank_account"
    template = N_("{iban} is no open bank account of this book")
    hint = N_("'kasse report cash' shows the bank accounts; give one of their IBANs")


@dataclass(frozen=True, slots=True)
class Terminal:
    """A card terminal of a desk; the acquirer keeps parts per million of the sum and cents for each payment."""

    code: str
    desk: str
    acquirer: str
    acquirer_iban: str | None
    iban: str
    fee_ppm: int
    fee_each_cents: int
    opened_on: str
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class TerminalPlan:
    """What a terminal shall be: its number, whose it is, to which account of ours the acquirer pays, less what.

    What is not named stays as it is; of a new terminal it is nothing, and the Kasse's first account.
    """

    code: str
    acquirer: str = ""
    iban: str | None = None
    acquirer_iban: str | None = None
    fee_ppm: int | None = None
    fee_each_cents: int | None = None


@dataclass(frozen=True, slots=True)
class TerminalDay:
    """A day of a terminal: what its payments less its refunds sum to, and the bank entry that cleared it."""

    terminal: str
    day: str
    batch: int
    amount_cents: int
    count: int
    bank_entry: int | None


def own_account(store: Store, iban: str | None) -> str:
    """Return the IBAN of a bank account of the Kasse: the one named, or its first; raises `UnknownBankAccountError`."""
    sql = """SELECT iban FROM bank_account WHERE closed_on IS NULL AND (CAST(:iban AS TEXT) IS NULL OR iban = :iban)
             ORDER BY CASE WHEN office = :kasse THEN 0 ELSE 1 END, account LIMIT 1"""
    found = store.value(sql, iban=iban, kasse=kasse_office(store))
    if found is None:
        raise UnknownBankAccountError(iban=iban or "")
    return str(found)


def put_terminal(store: Store, code: str, plan: TerminalPlan) -> Terminal:
    """Add a card terminal to a desk, or change its acquirer, fees and, where one is named, the account it pays to.

    What the acquirer owes for days before is expected on the account named now.

    Needs the role head in the desk's office. Raises `TerminalExistsError`, `UnknownBankAccountError`,
    `NotAllowedError` and what `open_desk` raises.
    """
    with store.unit(office_codes(store)):
        desk = open_desk(store, code, "desk")
        require(store, desk.office, *HEADS)
        known = _find(store, plan.code)
        if known is not None and (known.desk != desk.code or known.closed_on is not None):
            raise TerminalExistsError(terminal=known.code, desk=known.desk)
        values = _planned(store, plan, known)
        if known is None:
            store.insert_one("cash_terminal", code=plan.code, desk=desk.code, opened_on=store.today, **values)
        else:
            sql = """UPDATE cash_terminal SET acquirer = :acquirer, acquirer_iban = CAST(:acquirer_iban AS TEXT),
                     iban = :iban, fee_ppm = :fee_ppm, fee_each_cents = :fee_each_cents WHERE code = :code"""
            store.execute(sql, code=plan.code, **values)
        told = {name: values[name] for name in ("iban", "fee_ppm", "fee_each_cents")}
        facts = {"terminal": plan.code, **told, **seal(store, ("cash_terminal", plan.code))}
        record(store, desk.office, "cash.terminal", f"desk:{desk.code}", facts)
        return terminal_named(store, desk, plan.code)


def _planned(store: Store, plan: TerminalPlan, known: Terminal | None) -> dict[str, Fact]:
    """Return what a terminal is to be, as it was where the plan names nothing else."""
    own = own_account(store, plan.iban) if known is None or plan.iban else known.iban
    values: dict[str, Fact] = {"acquirer": plan.acquirer, "acquirer_iban": plan.acquirer_iban, "iban": own,
                               "fee_ppm": plan.fee_ppm or 0, "fee_each_cents": plan.fee_each_cents or 0}  # fmt: skip
    if known is not None:
        values |= {name: getattr(known, name) for name in values if getattr(plan, name) in {None, ""}}
    return values


def end_terminal(store: Store, code: str, terminal: str) -> Terminal:
    """End a card terminal from today on; what its acquirer owes stays owed.

    Needs the role head in the desk's office. Raises `UnknownTerminalError`, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        desk = open_desk(store, code, "desk")
        require(store, desk.office, *HEADS)
        terminal_named(store, desk, terminal)
        sql = "UPDATE cash_terminal SET closed_on = CAST(:day AS TEXT) WHERE code = :code"
        store.execute(sql, day=store.today, code=terminal)
        facts = {"terminal": terminal, **seal(store, ("cash_terminal", terminal))}
        record(store, desk.office, "cash.terminal_end", f"desk:{desk.code}", facts)
        ended = _find(store, terminal)
        assert ended is not None, "a terminal is never deleted"
        return ended


def terminal_named(store: Store, desk: Desk, code: str) -> Terminal:
    """Return an open terminal of the desk; raises `UnknownTerminalError`."""
    found = _find(store, code)
    if found is None or found.desk != desk.code or found.closed_on is not None:
        raise UnknownTerminalError(desk=desk.code, terminal=code)
    return found


def terminals_of(store: Store, desk: Desk) -> list[Terminal]:
    """Return the terminals of a desk, ended ones too."""
    return [Terminal(*row) for row in store.rows(f"{_TERMINAL} WHERE desk = :desk ORDER BY code", desk=desk.code)]


def terminal_days(store: Store, desk: Desk, *, every: bool = False) -> list[TerminalDay]:
    """Return the days of a desk's terminals that no credit has cleared, or every one."""
    return [
        TerminalDay(terminal, day, batch, int(cents), count, entry)
        for terminal, day, batch, cents, count, entry in store.rows(_DAYS, desk=desk.code, every=int(every))
    ]


def batch_for(store: Store, desk: Desk, terminal: str) -> int:
    """Return the batch of a terminal's receipts of today: one a day, a further one where a credit cleared it already.

    Inside a unit of work. Raises `UnknownTerminalError`.
    """
    terminal_named(store, desk, terminal)
    return _batch_today(store, terminal)


def refund_batch(store: Store, batch: int) -> int:
    """Return the batch in which a payment of a batch is taken back today: the acquirer settles it with this day.

    Inside a unit of work; the terminal may have ended.
    """
    return _batch_today(store, str(store.value("SELECT terminal FROM cash_batch WHERE id = :id", id=batch)))


def _batch_today(store: Store, terminal: str) -> int:
    known = store.value(_BATCH, terminal=terminal, day=store.today)
    if known is not None:
        return int(known)
    number = take_ids(store, kasse_office(store), "cash_batch")
    store.insert_one("cash_batch", id=number, terminal=terminal, day=store.today)
    return number


def _find(store: Store, code: str) -> Terminal | None:
    row = store.one(f"{_TERMINAL} WHERE code = :code", code=code)
    return None if row is None else Terminal(*row)
