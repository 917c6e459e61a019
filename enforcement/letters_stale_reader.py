"""Letters of dunning runs that wait to leave the house although what they ask for has changed since."""

from __future__ import annotations

from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.items.locks_store import locked
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_CHANGED = f"""
    SELECT x.letter FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN letter_item x ON x.letter = l.id
    JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run IS NOT NULL AND l.state = 'released' AND (i.open_cents <> x.open_cents
        OR (i.open_cents > 0 AND i.due >= l.day) OR {locked("dunning", day=":day")})
    UNION
    SELECT x.letter FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN letter_item x ON x.letter = l.id
    JOIN item i ON i.office = x.office AND i.id = x.charge_item
    WHERE l.run IS NOT NULL AND l.state = 'released' AND i.open_cents <> i.amount_cents
    UNION
    SELECT f.letter FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN letter_fee f ON f.letter = l.id
    JOIN item i ON i.office = f.office AND i.id = f.fee_item
    WHERE l.run IS NOT NULL AND l.state = 'released' AND i.open_cents <> i.amount_cents
    ORDER BY 1"""
_ITEMS = """
    SELECT x.letter, x.office, x.item FROM chosen_letter c JOIN letter l ON l.id = c.letter
    JOIN letter_item x ON x.letter = l.id WHERE l.run IS NOT NULL AND l.state = 'released'"""
_NAME = "SELECT coalesce(p.legal_name, p.name) FROM letter l JOIN party p ON p.id = l.party WHERE l.id = :letter"


class StaleLetterError(KasseError):
    """A letter that is not printed: its claims were paid, deferred, locked or changed since it was released."""

    code = "letter.stale"
    template = N_("letter {letter} to {party} is left out: what it asks for changed since its release")
    hint = N_(
        "look at it with 'kasse letter show {letter}', cancel it with 'kasse letter cancel {letter}', then dun again"
    )
    severity = "warning"


class StalePostedError(KasseError):
    """A letter that was posted although its claims had changed."""

    code = "letter.stale_posted"
    template = N_("letter {letter} to {party} left the house although what it asks for had changed since its release")
    hint = N_("tell the debtor what is still owed; 'kasse letter show {letter}' says what the letter asks for")
    severity = "warning"


def waiting_money(store: Store) -> frozenset[tuple[str, int]]:
    """Return what money in suspense may pay, looked up once for many letters."""
    return frozenset(may_be_paid_by(store))


def stale(store: Store, waiting: frozenset[tuple[str, int]]) -> dict[int, str]:
    """Return the chosen letters that are not right any more, with their debtors; inside a unit."""
    found = {letter for (letter,) in store.rows(_CHANGED, day=store.today)}
    if waiting:
        found |= {letter for letter, office, item in store.rows(_ITEMS) if (office, item) in waiting}
    return {letter: str(store.value(_NAME, letter=letter)) for letter in sorted(found)}
