"""Overpayments of people who owe something else that is due: told when they are posted, set off by a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.bank.matching import ItemKey
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_OWED = """
    SELECT m.seq, m.office, m.id, c.open_cents, o.office, o.id, o.reference, o.open_cents
    FROM match_credit m JOIN item c ON c.office = m.office AND c.id = m.id AND c.kind = 'credit' AND c.open_cents > 0
    JOIN item o ON o.party = c.party AND o.kind = 'receivable' AND o.open_cents > 0 AND o.due <= :day
    ORDER BY m.seq, o.due, o.office, o.id"""


class PayerStillOwesError(KasseError):
    """What was paid too much became a credit, while the same person owes something that is due."""

    code = "bank.payer_still_owes"
    template = N_("paid too much: credit {credit} of {credit_cents}, but {reference} of the same person is open with "
                  "{open_cents}")  # fmt: skip
    hint = N_("ask the payer whether it was meant for that, or set it off with 'kasse payment set-off {credit}'")
    severity = "warning"


def still_owing(store: Store, credits_made: Iterable[ItemKey], day: str) -> Iterator[PayerStillOwesError]:
    """Yield a finding for each credit whose person owes something that is due on the day; the oldest debt is named."""
    store.execute("CREATE TEMPORARY TABLE match_credit (seq BIGINT, office TEXT, id BIGINT)")
    rows = ((seq, office, number) for seq, (office, number) in enumerate(credits_made))
    told = -1
    if store.insert("match_credit", ("seq", "office", "id"), rows):
        for seq, office, number, credit_cents, other, item, reference, open_cents in store.rows(_OWED, day=day):
            if seq != told:
                yield PayerStillOwesError(
                    credit=f"{office}/{number}", credit_cents=credit_cents, reference=reference or f"{other}/{item}",
                    open_cents=open_cents,
                )  # fmt: skip
            told = seq
    store.execute("DROP TABLE match_credit")
