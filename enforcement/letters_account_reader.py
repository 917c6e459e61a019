"""Letters, letterheads and wordings that name a bank account of ours which is closed: nobody is asked to pay there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.bank.bank_accounts_use import BankNamedError
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_CLOSED = "SELECT iban, closed_on FROM bank_account WHERE closed_on IS NOT NULL ORDER BY iban"
_HELD = """
    SELECT l.id, p.content FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN letter_print p ON p.letter = l.id
    WHERE l.state = 'released' AND p.number = (SELECT max(x.number) FROM letter_print x WHERE x.letter = l.id)
    ORDER BY l.id"""
_HEADS = "SELECT key, value FROM setting WHERE key LIKE 'letter:%' ORDER BY key"
_WORDINGS = """
    SELECT t.kind, t.office, t.text FROM letter_template t WHERE t.version = (SELECT max(x.version)
        FROM letter_template x WHERE x.kind = t.kind AND x.office = t.office) ORDER BY t.kind, t.office"""


class ClosedAccountLetterError(KasseError):
    """A letter that names a closed account, and is neither printed nor given to the post."""

    code = "letter.closed_account"
    template = N_("letter {letter} is left out: it names the bank account {iban}, which is closed from {day}")
    hint = N_(
        "print it again, then it names an open one: 'kasse letter print {letter}'; where the account stands in the "
        "letterhead or the wording, take it out there first: 'kasse letter head', 'kasse letter template'"
    )
    severity = "warning"


def closed_accounts(store: Store) -> dict[str, str]:
    """Return the closed bank accounts with the day of closing."""
    return dict(store.rows(_CLOSED))


def closed_in(letter: int, content: str, closed: Mapping[str, str]) -> ClosedAccountLetterError | None:
    """Return what is wrong with a letter that names one of the closed accounts, in groups of four or not."""
    plain = _plain(content) if closed else ""
    for iban, day in closed.items():
        if iban in plain:
            return ClosedAccountLetterError(letter=letter, iban=iban, day=day)
    return None


def dead_letters(store: Store, closed: Mapping[str, str]) -> dict[int, KasseError]:
    """Return those of the chosen letters that wait to be posted and name one of the closed accounts."""
    if not closed:
        return {}
    found = {letter: closed_in(letter, content, closed) for letter, content in store.rows(_HELD)}
    return {letter: error for letter, error in found.items() if error is not None}


def texts_naming(store: Store, iban: str) -> Iterator[KasseError]:
    """Yield the parts of letterheads and the wordings in force that name a bank account."""
    for key, value in store.rows(_HEADS):
        if iban in _plain(value):
            _, office, part = key.split(":", 2)
            yield BankNamedError(iban=iban, where=f"letter head {part}", office=office or "*")
    for kind, office, text in store.rows(_WORDINGS):
        if iban in _plain(text):
            yield BankNamedError(iban=iban, where=f"letter template {kind}", office=office or "*")


def _plain(text: str) -> str:
    return "".join(text.split()).upper()
