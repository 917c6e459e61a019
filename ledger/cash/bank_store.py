"""What bank entries do to cash: what was under way is there, card days are cleared, cheques are credited or bounce."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.events.store import Fact, record
from ledger.store.engines import Row, Store

_THERE = """
    UPDATE cash_transport SET state = 'there', bank_office = CAST(:office AS TEXT), bank_entry = CAST(:entry AS BIGINT),
        there_on = CAST((SELECT bank_day FROM bank_entry WHERE office = :office AND id = :entry) AS TEXT)
    WHERE id = :id"""
_TRANSPORT = """
    SELECT d.office, t.desk, t.reference, t.cents FROM cash_transport t JOIN cash_desk d ON d.code = t.desk
    WHERE t.id = :id"""
_CREDITED = "UPDATE cash_cheque SET state = 'credited' WHERE transport = :id AND state = 'presented'"
_CLEARED = """
    UPDATE cash_batch SET bank_office = CAST(:office AS TEXT), bank_entry = CAST(:entry AS BIGINT) WHERE id = :id"""
_BATCH = """
    SELECT d.office, t.desk, b.terminal, b.day FROM cash_batch b JOIN cash_terminal t ON t.code = b.terminal
    JOIN cash_desk d ON d.code = t.desk WHERE b.id = :id"""
_BOUNCED = """
    UPDATE cash_cheque SET state = 'bounced', bank_office = CAST(:office AS TEXT), bank_entry = CAST(:entry AS BIGINT),
        fee_cents = CAST(:fee AS BIGINT)
    WHERE desk = :desk AND year = :year AND number = :number"""
_OFFICE = "SELECT office FROM cash_desk WHERE code = :desk"


def cash_there(store: Store, rows: Sequence[Row]) -> None:
    """Note that cash or cheques under way are on the account; rows are transport and bank entry."""
    for number, bank_office, bank_entry in rows:
        store.execute(_THERE, id=number, office=bank_office, entry=bank_entry)
        store.execute(_CREDITED, id=number)
        found = store.one(_TRANSPORT, id=number)
        assert found is not None, "a transport that was just found"
        office, desk, reference, cents = found
        facts: dict[str, Fact] = {"reference": reference, "cents": cents, "bank_entry": bank_entry}
        record(store, office, "cash.there", f"desk:{desk}", facts)


def cards_cleared(store: Store, rows: Sequence[Row]) -> None:
    """Note that an acquirer has paid days of a terminal; rows are batch and bank entry."""
    for number, bank_office, bank_entry in rows:
        store.execute(_CLEARED, id=number, office=bank_office, entry=bank_entry)
        found = store.one(_BATCH, id=number)
        assert found is not None, "a day that was just found"
        office, desk, terminal, day = found
        facts: dict[str, Fact] = {"terminal": terminal, "day": day, "bank_entry": bank_entry}
        record(store, office, "cash.cards", f"desk:{desk}", facts)


def cheques_bounced(store: Store, rows: Sequence[Row]) -> None:
    """Note that cheques were charged back; rows are desk, year, number, fee and bank entry. The books are posted."""
    for desk, year, number, fee, bank_office, bank_entry in rows:
        store.execute(
            _BOUNCED, desk=desk, year=year, number=number, fee=fee, office=bank_office, entry=bank_entry
        )  # fmt: skip
        office = str(store.value(_OFFICE, desk=desk))
        facts: dict[str, Fact] = {"receipt": f"{desk}-{year}-{number}", "fee_cents": fee, "bank_entry": bank_entry}
        record(store, office, "cash.bounced", f"desk:{desk}", facts)
