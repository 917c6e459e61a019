"""Take-overs as drafts that two people sign: the steps, who may take them, what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.items.opening_store import AccountSum
from sepa.errors import N_, KasseError

STATES = (N_("draft"), N_("signed"), N_("final"), N_("replaced"), N_("discarded"))
LIVE = ("draft", "signed")
"""States in which a take-over can still be replaced, discarded or signed."""


class NoDraftError(KasseError):
    """Nothing waits for a signature."""

    code = "opening.no_draft"
    template = N_("no take-over waits for a signature")
    hint = N_("take lists over first with 'kasse opening import'; 'kasse opening list' shows what there was")


class UnseenSumsError(KasseError):
    """The sums of a take-over as a login reads them that sees some offices only."""

    code = "opening.sums_unseen"
    template = N_("the sums of these offices are hidden from you: {offices}")
    hint = N_("compare with the closing sheet of the old system as somebody with a role in all offices")
    severity = "warning"


class OpeningFinalError(KasseError):
    """A take-over that two people have signed is in the books."""

    code = "opening.final"
    template = N_("take-over {number} was signed by two people on {day} and is in the books")
    hint = N_("what is wrong with it is corrected by entries and orders")


class UnknownOpeningError(KasseError):
    """No such take-over."""

    code = "opening.unknown"
    template = N_("there is no take-over {number}")
    hint = N_("see 'kasse opening list'")


class OpeningChangedError(KasseError):
    """Lists that are not those that were checked."""

    code = "opening.changed"
    template = N_("these are not the lists of take-over {number}: one of them was changed")
    hint = N_("sign the lists that were imported, or import these with 'kasse opening import' and sign then")


class UndoReasonError(KasseError):
    """A draft is thrown away without a word."""

    code = "opening.reason"
    template = N_("discarding a take-over needs a reason")
    hint = N_("give one with --reason")


@dataclass(frozen=True, slots=True)
class Draft:
    """A take-over as lists show it: who did which step when; counts of rows by list, cents by control sum.

    `first_user` is the number of the person who signed first.
    """

    number: int
    state: str
    as_of: str
    name: str
    sha256: str
    items: int
    balances: int
    warnings: int
    parts: Mapping[str, int]
    sums: Mapping[str, int]
    made_by: str
    made_at: str
    first_by: str | None
    first_at: str | None
    second_by: str | None
    second_at: str | None
    ended_by: str | None
    ended_at: str | None
    ended_reason: str | None
    first_user: int | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft after a step; `new` is false where nothing was to be done, `replaced` the draft whose place it took."""

    draft: Draft
    new: bool
    replaced: int | None = None
    accounts: tuple[AccountSum, ...] = ()
    findings: tuple[KasseError, ...] = ()
