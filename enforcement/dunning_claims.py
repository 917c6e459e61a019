"""Claims as dunning sees them: overdue ones, those that get a letter, those that are left out and why."""

from __future__ import annotations

from typing import NamedTuple

from enforcement.profiles import DunningStep
from sepa.errors import N_

WHYS = (
    N_("suspense"), N_("no_debtor"), N_("locked"), N_("small"), N_("last_step"), N_("waiting"), N_("barred"),
    N_("letter_open"), N_("main_left_out"), N_("main_cancelled"), N_("law_unknown"), N_("insolvent"), N_("dead"),
)  # fmt: skip
"""Why an overdue claim gets no letter.

suspense: money in suspense or a debit under way may pay it. no_debtor: nobody is known to owe it. locked: against
dunning. small: less than the law's limit for a Mahnung. last_step: all steps of its profile are done. waiting: its
waiting time is not over. barred: time-barred. letter_open: its last letter is not posted yet. main_left_out: a side
claim of a claim that is left out. main_cancelled: a side claim of a claim that was taken off as a whole. law_unknown:
its profile is none of the law data, or the claim is older than it. insolvent, dead: so is its debtor, and a person
decides what becomes of claims that no relief covers yet.
"""


class Overdue(NamedTuple):
    """An overdue receivable with its debtor as the book has them; rows come by the 100,000, debtor by debtor.

    `demanded_cents` are charges demanded before as items of their own, `term_end` the last day of the term that the
    last letter set, `letter_open` whether a letter about it waits to be posted, `main_gone` whether its main claim was
    taken off as a whole.
    """

    office: str
    item: int
    reference: str | None
    due: str
    original_due: str
    amount_cents: int
    open_cents: int
    level: int
    dunned_on: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None
    number: int | None
    party: str | None
    town: str | None
    assessed: str | None
    final: str | None
    demanded_cents: int
    term_end: str | None
    letter_open: int
    main_gone: int = 0


class Due(NamedTuple):
    """A claim that gets a letter: by which step, with which charges until the day, and when it becomes time-barred.

    `lump_cents` is the lump sum for its default that was not demanded yet.
    """

    row: Overdue
    step: DunningStep
    level: int
    charge_cents: int
    charge_kind: str | None
    limitation_end: str | None
    lump_cents: int = 0


class Left(NamedTuple):
    """A claim that gets none, and why; `until` is the last day of a waiting time or of the period of limitation."""

    office: str
    item: int
    why: str
    until: str | None = None
