"""Why money is unclear, in the words people see and type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kasse_cli.i18n import _, spoken
from ledger.bank.rungs import REASONS
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.bank.meant_runs_store import MeantPayment, MeantRun

UNDONE = N_("undone")
"""The reason of money that a person took back from what it was matched to."""
OPENING = N_("opening")
"""The reason of money that was taken over as unclear."""
COUNTED = (N_("shortage"), N_("surplus"))
"""The reasons of what was short or over when cash was counted."""
REASON_WORDS = {"surplus": N_("cash surplus")}
"""Reasons whose own word means something else of bank money."""

SENTENCES = {
    OPENING: N_("it was unclear in the system before, too"),
    "return": N_("a payment of ours came back and does not fit what is known of it"),
    "reversal": N_("the bank took back a booking, and nothing tells surely which one"),
    "several": N_("it names several references, and the amount is not the sum of what is open on them"),
    "ambiguous": N_("several persons or items fit"),
    "amount": N_("it is for something of ours, but with another amount"),
    "paid": N_("our payment that it names was executed before"),
    "given_up": N_("our payment that it names was given up or refused before; the bank has paid it after all"),
    "unreleased": N_("our payment that it names is not released"),
    "account": N_("our payment that it names was to go over another account"),
    "stranger": N_("neither the amount nor the payer fits the reference"),
    "unproven": N_("a number fits, but nothing else proves it"),
    "closed": N_("nothing is open any more on what it names: it is paid, or was written off"),
    "unknown": N_("the reference is valid, but the book does not have it"),
    "details": N_("the details of a collective entry do not make its amount"),
    "no_reference": N_("the text has no reference that is known"),
    "no_rule": N_("no payment of ours and no rule fits it"),
    "shortage": N_("there was less cash than the books say"),
    "surplus": N_("there was more cash than the books say"),
    "undone": N_("a person took it back from what it was matched to"),
}
"""Why money is unclear, a sentence for each reason."""


_UNDER_WAY = {
    ("payments", False): N_("the debit of payment run {run}? 'kasse payment booked {run} --case {number}'"),
    ("payments", True): N_(
        "the debit of file {part} of payment run {run}? 'kasse payment booked {run} --case {number} --file {part}'"
    ),
    ("collections", False): N_("the credit of collection run {run}? 'kasse collection credit {run} --case {number}'"),
    ("collections", True): N_(
        "the credit of batch {part} of collection run {run}? 'kasse collection credit {run} --case {number} --batch "
        "{part}'"
    ),
}
"""How to take money as a run of ours under way that is just as much: of a whole run, or of a part of it."""


_PAYMENT = {
    "rest": N_(
        "payment run {run} without payment {run}-{line}? where the bank refused that one: 'kasse payment booked {run} "
        "--case {number} --without {line} --reason CODE'"
    ),
    "one": N_(
        "as much as payment {run}-{line}, which is under way: ask the bank whether it booked that alone; where it "
        "refused the others, 'kasse payment booked {run} --case {number} --without LINE --reason CODE'"
    ),
    "gone": N_(
        "as much as payment {run}-{line}, which was given up or refused: has the bank paid it after all? "
        "'kasse payment booked {run} --case {number}', by two people"
    ),
    "gone_among": N_(
        "as much as payment {run}-{line}, which was given up or refused: ask the bank whether it has paid it after "
        "all; see 'kasse payment show {run}'"
    ),
}
"""What to ask about a debit that one payment of a run explains."""


COUNTER = N_(
    "as much as case {other} the other way: where the bank cancelled a booking of its own by it, "
    "'kasse suspense assign {number} {target}'"
)
"""What to ask about two cases that are as much in opposite directions."""


class UnknownReasonError(KasseError):
    """A reason that no case can have."""

    code = "suspense.unknown_reason"
    template = N_("no case has the reason {text}")
    hint = N_("the reasons are: {known}")
    exit_code = 2


def reason_code(text: str, others: Iterable[str | None] = ()) -> str:
    """Return the code of a reason typed as a code or as the word of any language.

    `others` are codes that cases of the book have besides. Raises `UnknownReasonError`.
    """
    codes = dict.fromkeys((*REASONS, UNDONE, *(code for code in others if code)))
    wanted = _folded(text)
    for code in codes:
        if wanted in {_folded(word) for word in (code, *spoken(code), *spoken(REASON_WORDS.get(code, code)))}:
            return code
    raise UnknownReasonError(text=text, known=", ".join(_(code) for code in codes))


def brief(text: str | None, most: int = 2) -> str | None:
    """Return the first of several names, IBANs or texts that `;` parts, with how many more there are.

    >>> brief("Eva; Adam"), brief("Eva; Adam; Max; Erika")
    ('Eva; Adam', 'Eva; Adam … +2')
    """
    parts = (text or "").split("; ")
    return text if len(parts) <= most + 1 else f"{'; '.join(parts[:most])} … +{len(parts) - most}"


def reason_sentence(code: str) -> str:
    """Return why money is unclear as a sentence, the word where there is none."""
    return _(SENTENCES.get(code, code))


def under_way_words(meant: MeantRun) -> str:
    """Return the template that says how money is taken as that of a run which waits for just as much."""
    return _UNDER_WAY[meant.what, meant.part > 0]


def payment_words(meant: MeantPayment) -> str:
    """Return the template that says what a debit may be that one payment of a run explains."""
    return _PAYMENT[meant.what]


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
