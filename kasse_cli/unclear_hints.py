"""What may stand behind unclear money, and what to do about it: said by commands and on the full screen alike."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from enforcement.relief_written_off_reader import written_off
from kasse_cli.claim_words import RELIEF_KINDS
from kasse_cli.i18n import _
from kasse_cli.results import Line, say
from kasse_cli.unclear_words import COUNTER, payment_words, under_way_words
from ledger.bank.collection_back_store import meant_return
from ledger.bank.counter_cases_store import counter_cases
from ledger.bank.meant_runs_store import meant_payments, meant_runs
from ledger.bank.paid_before_reader import paid_before
from ledger.bank.parts import unclear_parts
from ledger.bank.suspense_came_back_store import may_have_come_back
from ledger.bank.suspense_returns_store import came_before
from sepa.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.bank.collection_back import Meant
    from ledger.bank.suspense_came_back import MayBe
    from ledger.bank.suspense_returns_store import CameBefore
    from ledger.bank.suspense_store import CaseDetails
    from ledger.store.engines import Store

MOST_BACK = 5
"""How many payments or collections that may have come back are shown."""
_PERHAPS = {
    ("payment", False): N_(
        "payment {back} of {day} over {whole_cents} that came back (score {score}: {why})? 'kasse payment returned "
        "{back} --case {number}'"
    ),
    ("payment", True): N_(
        "payment {back} of {day} over {whole_cents} that came back, less {fee_cents} (score {score}: {why})? 'kasse "
        "payment returned {back} --case {number} --fee …'"
    ),
    ("collection", False): N_(
        "collection {back} of {day} over {whole_cents} that came back (score {score}: {why})? 'kasse collection "
        "returned {back} --case {number}'"
    ),
    ("collection", True): N_(
        "collection {back} of {day} over {whole_cents} that came back, with {fee_cents} (score {score}: {why})? 'kasse "
        "collection returned {back} --case {number} --fee …'"
    ),
}
"""What to ask about money that names no id of ours, and may be something of ours that came back."""


def hints(store: Store, details: CaseDetails) -> list[Line]:
    """Say which run, payment or collection of ours the money may be, which relief stands behind it, and what to do.

    So it is said on the command line and on the full screen.
    """
    if not details.open_cents:
        return []
    runs = meant_runs(store, details)
    lines = [say(under_way_words(one), run=one.run, part=one.part, number=details.number) for one in runs]
    payments = meant_payments(store, details, runs)
    lines += [say(payment_words(one), run=one.run, line=one.line, number=details.number) for one in payments]
    lines += _written_off(store, details)
    lines += _paid_before(store, details)
    lines += [_counter(one, details) for one in counter_cases(store, details)]
    back = meant_return(store, details.office, details.entry, details.kind)
    if back is not None:
        return [*lines, _back(back, details)]
    lines += _perhaps(may_have_come_back(store, details), details)
    before = came_before(store, details.office, details.entry)
    return lines if before is None else [*lines, _before(before)]


def _written_off(store: Store, details: CaseDetails) -> list[Line]:
    """Say which relief wrote off what the money names, and how it is opened again: it is owed all the same."""
    template = N_(
        "{reference} was written off by relief {relief} ({kind}): end that with 'kasse relief end {relief} --reason …',"
        " then 'kasse suspense assign {number} {reference}'"
    )
    return [
        say(
            template, reference=one.reference, relief=one.relief, kind=_(RELIEF_KINDS.get(one.kind, one.kind)),
            number=details.number,
        )
        for one in written_off(store, _named(details))
    ]  # fmt: skip


def _named(details: CaseDetails) -> dict[str, None]:
    """Return the references that were found in what the bank said, each once."""
    return {word: None for step in details.steps for word in str(step.evidence.get("reference", "")).split()}


def _paid_before(store: Store, details: CaseDetails) -> list[Line]:
    """Say since when what the money names is paid, and how money that was paid twice goes back; of parts nothing."""
    if details.kind != "suspense" or len(unclear_parts(details.parts)) > 1:
        return []
    template = N_(
        "{reference} is paid since {day} (entry {entry}); paid twice? 'kasse suspense refund {number} --reason …'"
    )
    return [
        say(
            template, reference=one.reference, day=dt.date.fromisoformat(one.day), entry=one.entry,
            number=details.number,
        )
        for one in paid_before(store, details, _named(details))
    ]  # fmt: skip


def _counter(other: tuple[str, int], details: CaseDetails) -> Line:
    """Say that another case is just as much the other way: what the bank cancelled of its own, and booked again."""
    return say(COUNTER, other=other[1], number=details.number, target=f"{other[0]}/{other[1]}")


def _back(meant: Meant, details: CaseDetails) -> Line:
    """Say what to do with money that names something of ours that came back: all of it, with a fee, or a part."""
    about: dict[str, str | int] = {"back": meant.name, "number": details.number, "whole_cents": meant.cents}
    if meant.what == "collection" and details.open_cents < meant.cents:
        template = N_(
            "less than collection {back} of {whole_cents}: a direct debit never comes back in part, ask the bank what "
            "this debit is"
        )
    elif meant.what == "collection":
        template = N_(
            "a collection that came back? 'kasse collection returned {back} --case {number}', a fee with --fee"
        )
    elif details.open_cents < meant.cents:
        template = N_(
            "a part of payment {back} of {whole_cents}: where the bank kept the rest, 'kasse payment returned {back} "
            "--case {number} --fee …'; where the payee gave a part back, its office orders it as a receivable"
        )
    else:
        template = N_("a payment that came back? 'kasse payment returned {back} --case {number}'")
    return say(template, **about)


def _perhaps(found: Sequence[MayBe], details: CaseDetails) -> Iterator[Line]:
    """Say what money without an id of ours may be that came back, with what speaks for it; nobody is preferred."""
    for one in found[:MOST_BACK]:
        about: dict[str, str | int | dt.date] = {
            "back": one.name, "day": dt.date.fromisoformat(one.day), "whole_cents": one.cents, "score": one.score,
            "why": ", ".join(_(word) for word in one.evidence), "number": details.number, "fee_cents": one.fee_cents,
        }  # fmt: skip
        yield say(_PERHAPS[one.what, one.fee_cents > 0], **about)
    if len(found) > MOST_BACK:
        yield say(N_("as likely or less, and not shown: {count} more that may have come back"),
                  count=len(found) - MOST_BACK)  # fmt: skip
    if len([one for one in found if one.score == found[0].score]) > 1:
        yield say(N_("several fit as well as the first: ask the bank, or the payee, which of them it is"))


def _before(before: CameBefore) -> Line:
    """Say that the bank delivered a return twice, and where it was booked the first time."""
    about: dict[str, str | int | dt.date] = {
        "entry": before.entry, "day": dt.date.fromisoformat(before.day), "whole_cents": before.cents,
    }  # fmt: skip
    if before.name is None:
        template = N_(
            "a return of {whole_cents} with the same account and words came before, on {day}: entry {entry}; ask the "
            "bank whether it sent one return twice"
        )
        return say(template, **about)
    template = N_(
        "payment or collection {back} came back before: entry {entry} of {day} booked {whole_cents}, which opened "
        "{items} again; ask the bank whether it sent one return twice"
    )
    return say(template, **about, back=before.name, items=", ".join(before.items))
