"""Why money is unclear, in the words people see and type."""

from __future__ import annotations

from collections.abc import Iterable

from kasse_cli.i18n import _, spoken
from ledger.bank.rungs import REASONS
from sepa.errors import N_, KasseError

UNDONE = N_("undone")
"""The reason of money that a person took back from what it was matched to."""


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
        if wanted in {_folded(word) for word in (code, *spoken(code))}:
            return code
    raise UnknownReasonError(text=text, known=", ".join(_(code) for code in codes))


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
