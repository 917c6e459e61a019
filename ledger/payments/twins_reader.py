"""Payees who seem to be somebody who owes: lists tell people apart by their accounts, and claims have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.items.locks_store import not_locked
from ledger.payments.warnings_sql import OF_RUN
from ledger.people.parties_sql import SAME_PERSON
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

_OWED = f"""
    SELECT {{more}}, g.party, n.name, w.id, sum(r.open_cents)
    FROM gets g JOIN party n ON n.id = g.party JOIN party w ON {SAME_PERSON}
    JOIN item r ON r.party = w.id AND r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day
        AND {not_locked("dunning", alias="r")}
    GROUP BY {{more}}, g.party, n.name, w.id ORDER BY g.party, w.id"""
_OF_RUN = f"""
    WITH gets AS MATERIALIZED (
        SELECT i.party, min(p.end_to_end_id) AS payment FROM payment p
        JOIN item i ON i.office = p.item_office AND i.id = p.item
        WHERE {OF_RUN} AND p.part = 0 AND i.party IS NOT NULL GROUP BY i.party)
    {_OWED.format(more="g.payment")}"""
_OF_ALL = f"""
    WITH gets AS MATERIALIZED (
        SELECT i.party, sum(i.open_cents) AS cents FROM item i
        WHERE i.kind IN ('payable', 'credit') AND i.open_cents > 0 AND i.party IS NOT NULL
          AND {not_locked("payment")} GROUP BY i.party)
    {_OWED.format(more="g.cents")}"""


class TwinOwesError(KasseError):
    """A payee who seems to be another party too, of the same name at the same address or born on the same day."""

    code = "payment.twin_owes"
    template = N_("{name} (party {party}) seems to be party {other} too, who owes {owed_cents} that is due")
    hint = N_(
        "if it is one person: 'kasse party merge {party} --into {other}', which another confirms; then set it off"
    )
    severity = "warning"


def twins_of_run(store: Store, of_run: Mapping[str, str | int]) -> Iterator[KasseError]:
    """Yield the payees of a run who seem to owe under another number, at their first payment; refunds too."""
    for payment, party, name, other, cents in store.rows(_OF_RUN, day=store.today, **of_run):
        yield TwinOwesError(name=name, party=party, other=other, owed_cents=int(cents), place=Place(payment=payment))


def twins(store: Store, day: str) -> tuple[KasseError, ...]:
    """Return the payees of the book who seem to owe under another number something that is due on the day."""
    return tuple(
        TwinOwesError(name=name, party=party, other=other, owed_cents=int(cents))
        for _, party, name, other, cents in store.all(_OF_ALL, day=day)
    )
