"""What `kasse suspense show|suggest` say of a case in words, and the parts of a collective entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kasse_cli.output import Column, Line, Table, say
from kasse_cli.unclear_words import reason_sentence
from ledger.bank.parts import unclear_parts
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.suspense_store import CaseDetails

PARTS = (
    Column("line", N_("Part"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("left_cents", N_("Left"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), "word", minor=True),
    Column("remittance", N_("Remittance")),
    Column("state", N_("State"), "word"),
    Column("bound_cents", N_("Bound"), "cents", shown=False),
)
MOST_TOLD = 3
"""Of so many unclear parts a case is told in words too; more of them only stand in the list of parts."""


def said_lines(details: CaseDetails) -> int:
    """Return how many lines say who paid and what for."""
    return sum(map(bool, _payer(details))) or 1


def _payer(details: CaseDetails) -> tuple[Line | None, ...]:
    """Return who paid, from where, what for: of many parts how many there are."""
    unclear = unclear_parts(details.parts)
    if len(unclear) > MOST_TOLD:
        return (say(N_("parts still unclear: {count}, see their list"), count=len(unclear)),)
    said = (
        (N_("name: {value}"), details.name), (N_("IBAN: {value}"), details.bank_account),
        (N_("remittance: {value}"), details.remittance),
    )  # fmt: skip
    return tuple(say(template, value=value) if value else None for template, value in said)


def unsaid(details: CaseDetails) -> list[Line]:
    """Say how much was done with the money of a collective entry without saying of which part it was."""
    left = [part.left_cents for part in details.parts]
    cents = sum(one for one in left if one is not None) - details.open_cents
    if None in left or cents <= 0 or details.amount_cents == details.open_cents:
        return []
    template = N_(
        "of which part {unsaid_cents} were, nobody said: take it back and name the part with --part, where it matters"
    )
    return [say(template, unsaid_cents=cents)]


def words_of(details: CaseDetails) -> list[Line]:
    """Return a case in sentences: its amounts, who paid, why it is unclear, who works on it, what binds it."""
    why = None if details.reason is None else reason_sentence(details.reason)
    lines = [
        say(
            N_("case {number} of office {office}: {amount_cents}, still open {open_cents}"),
            number=details.number,
            office=details.office,
            amount_cents=details.amount_cents,
            open_cents=details.open_cents,
        )
    ]
    lines += [line for line in _payer(details) if line is not None]
    lines += unsaid(details)
    said = (
        (N_("cash counted on: {value}"), details.counted_on),
        (N_("who held the cash then: {value}"), details.holder),
        (N_("reference of the payer: {value}"), details.creditor_reference),
        (N_("EndToEndId: {value}"), details.end_to_end_id),
        (N_("return reason: {value}"), details.return_reason),
        (N_("account of the Kasse: {value}"), details.iban),
        (N_("bank day: {value}"), None if details.counted_on else details.bank_day),
        (N_("unclear because: {value}") if details.open_cents else N_("was unclear because: {value}"), why),
        (N_("reserved by: {value}"), details.owner),
        (N_("rests until: {value}"), details.hold_until),
        (N_("bound by the order: {value}"), details.bound_by),
    )
    lines += [say(template, value=value) for template, value in said if value]
    if not details.open_cents:
        lines.append(say(N_("nothing is left of it; see 'kasse suspense explain {number}'"), number=details.number))
    return lines


def parts_table(details: CaseDetails) -> list[Table]:
    """Return the parts of a collective entry with what is left of each, none where it is no such entry."""
    if not details.parts:
        return []
    return [Table("parts", PARTS, details.parts, title=N_("Parts of the collective entry"))]
