"""What people read as the reason of a lock: words where kasse set it by itself, else what somebody typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enforcement.relief import KINDS, relief_kind
from kasse_cli.i18n import _, language
from sepa.errors import N_
from sepa.reasons import reason as known_reason

if TYPE_CHECKING:
    from ledger.items.locks import Lock

_PAYMENT = r"(?P<payment>(?:\S*-)?R[0-9]+-[0-9]+)"


def lock_words(reason: str) -> str:
    """Return the reason of a lock as people read it, in the language of this run.

    >>> lock_words("ratenplan 1")
    'relief 1: payment by instalments (Ratenplan)'
    >>> lock_words("Widerspruch vom 3.11.")
    'Widerspruch vom 3.11.'
    """
    for pattern, words in _OWN:
        if match := pattern.fullmatch(reason):
            return words(match)
    return reason


def lock_rows(locks: Iterable[Lock]) -> list[dict[str, Any]]:
    """Return locks as rows, with the reason in words beside what the book holds."""
    return [asdict(lock) | {"why": lock_words(lock.reason)} for lock in locks]


def _relief(match: re.Match[str]) -> str:
    title = _(relief_kind(match["kind"]).title)
    return _(N_("relief {number}: {title}")).format(number=match["number"], title=title)


def _returned(match: re.Match[str]) -> str:
    if not match["code"]:
        return _(N_("payment {payment} came back")).format(payment=match["payment"])
    why = _meaning(match["code"], "")
    return _(N_("payment {payment} came back: {reason}")).format(payment=match["payment"], reason=why)


def _refused(match: re.Match[str]) -> str:
    why = _meaning(match["code"], match["text"])
    return _(N_("payment {payment} refused by the bank: {reason}")).format(payment=match["payment"], reason=why)


def _meaning(code: str, text: str) -> str:
    known = known_reason(code)
    said = known.german if language() == "de" else known.english
    return " ".join((code, said or text)).strip()


def _name_check(match: re.Match[str]) -> str:
    return _(N_("payment {payment}, name check: {reason}")).format(payment=match["payment"], reason=match["text"])


def _letter(match: re.Match[str]) -> str:
    return _(N_("letter {letter} came back: {reason}")).format(letter=match["letter"], reason=match["text"])


def _same(template: str) -> Callable[[re.Match[str]], str]:
    return lambda _match: _(template)


_OWN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?P<kind>{'|'.join(KINDS)}) (?P<number>[0-9]+)"), _relief),
    (re.compile(rf"{_PAYMENT}(?: (?P<code>[A-Z]{{2}}[0-9]{{2}}))?"), _returned),
    (re.compile(rf"{_PAYMENT}: (?P<code>[A-Z]{{2}}[0-9]{{2}}) ?(?P<text>.*)"), _refused),
    (re.compile(rf"{_PAYMENT} VoP: (?P<text>.*)"), _name_check),
    (re.compile(r"Brief zurück: (?P<letter>[0-9]+), (?P<text>.*)"), _letter),
    (
        re.compile(re.escape("Lastschrift: der Zahlungsempfänger bucht selbst ab")),
        _same(N_("direct debit: the payee collects it")),
    ),
    (
        re.compile(re.escape("laut Rechnung nicht zu überweisen (Karte, bar, Verrechnung)")),
        _same(N_("not to be transferred, says the invoice (card, cash, set off)")),
    ),
)
"""By the reason that kasse writes: the words for it."""
