"""What collections go by, as data: announcement, lead time, refunds, fees of returns, when to try again."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from sepa.calendar import add_months, add_target_days, is_target_day, next_target_day
from sepa.debits import Scheme
from sepa.errors import N_, KasseError
from sepa.reasons import reason

Fee = Literal["item", "cost"]
FEES: tuple[Fee, ...] = ("item", "cost")
_DAY = dt.timedelta(days=1)


class FeeBearerError(KasseError):
    """A word that does not say who bears the fee of a return."""

    code = "collection.fee_bearer"
    template = N_("not a way to treat the fees of returns: {text}")
    hint = N_("write PROFILE=item (the debtor bears them) or PROFILE=cost (the Kasse does)")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a claim is collected again after a return, and how many days after it."""

    after_days: int
    at_most: int


class MinimumError(KasseError):
    """A least amount of collections below zero."""

    code = "collection.minimum"
    template = N_("no collection is below zero: {minimum_cents}")
    hint = N_("give the least amount that is worth a collection; 0 collects everything")


@dataclass(frozen=True, slots=True)
class Refunds:
    """How long a collection can come back, by scheme; days are TARGET days."""

    core_weeks: int
    unauthorised_months: int
    core_return_days: int
    b2b_return_days: int
    reversal_days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a run of collections is made by; `fees` says by profile who bears the fee of a return."""

    creditor_id: str
    announcement_days: int
    valid_days: int
    notices_announce: bool
    lead_days: int
    earliest_days: int
    minimum_cents: int
    largest_fee_cents: int
    fees: Mapping[str, Fee]
    retries: Mapping[str, Retry]
    refunds: Refunds

    def fee(self, profile: str | None) -> Fee:
        """Return who bears the fee of a return for a claim of a profile; without a rule the Kasse does."""
        return self.fees.get(profile or "", "cost")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("ledger.payments").joinpath("collection_policy.toml").read_text(encoding="utf-8"))


def policy(settings: Mapping[str, str]) -> Policy:
    """Return the policy that comes with kasse, changed by the settings of the book (keys without `collection.`)."""
    data = _data()
    announced, lead = data["announcement"], data["lead"]
    fees: dict[str, Fee] = dict(data["fee"]["profile"])
    fees |= {key.removeprefix("fee."): bearer(value) for key, value in settings.items() if key.startswith("fee.")}
    return Policy(
        settings.get("creditor_id", ""),
        int(settings.get("announcement_days") or announced["days"]),
        announced["valid_days"],
        settings.get("notices_announce", str(int(announced["notices"]))) == "1",
        int(settings.get("lead_days") or lead["target_days"]),
        int(settings.get("earliest_days") or lead["earliest_days"]),
        int(settings.get("minimum_cents") or data["minimum"]["cents"]),
        data["fee"]["largest_cents"],
        fees,
        {reason: Retry(**values) for reason, values in data["retry"].items()},
        Refunds(**data["refund"]),
    )


def mandate_move(code: str) -> Literal["keep", "suspend", "stop"]:
    """Return what a return does to its mandate, by the ISO reason code; an unknown reason leaves it alone.

    >>> mandate_move("AC04"), mandate_move("MD01"), mandate_move("AM04")
    ('suspend', 'stop', 'keep')
    """
    moves: dict[str, Literal["keep", "suspend", "stop"]] = _data()["mandate"]
    found = moves.get(code) or reason(code).mandate
    return "stop" if found == "stop" else "suspend" if found == "suspend" else "keep"


def bearer(text: str) -> Fee:
    """Return who bears the fees of returns.

    Raises `FeeBearerError`.
    """
    for fee in FEES:
        if text == fee:
            return fee
    raise FeeBearerError(text=text)


def handed_in(now: dt.date, time: dt.time | None, cut_off: dt.time | None) -> dt.date:
    """Return the TARGET day on which the bank takes a file that is sent now: after the cut-off it is the next one."""
    late = is_target_day(now) and cut_off is not None and time is not None and time > cut_off
    return next_target_day(now + _DAY if late else now)


def earliest_day(handed: dt.date, lead_days: int) -> dt.date:
    """Return the first day on which a file can collect that the bank takes on a day (D-1 for CORE and B2B).

    >>> earliest_day(dt.date(2026, 11, 20), 1).isoformat()
    '2026-11-23'
    """
    return add_target_days(handed, lead_days)


def retry_day(returns: int, reason: str, ended_on: str, rules: Mapping[str, Retry]) -> dt.date | None:
    """Return from when on a claim may be collected again after so many returns, None where it is not tried again."""
    rule = rules.get(reason)
    if rule is None or returns > rule.at_most:
        return None
    return dt.date.fromisoformat(ended_on) + dt.timedelta(days=rule.after_days)


@dataclass(frozen=True, slots=True)
class ComingBack:
    """Until when a collection can come back: by its bank, by the debtor without a reason, for want of a mandate.

    `refund_until` is None where the scheme has no refund (B2B); `reversal_until` is for our own reversal.
    """

    return_until: str
    refund_until: str | None
    unauthorised_until: str
    reversal_until: str


def coming_back(scheme: Scheme, collection_day: str, rules: Refunds) -> ComingBack:
    """Return until when a collection can come back.

    § 675x Abs. 2, 4 and § 676b Abs. 2 BGB, EPC016-06, EPC222-07: eight weeks and thirteen months are calendar periods.
    """
    day = dt.date.fromisoformat(collection_day)
    core = scheme == "CORE"
    returned = add_target_days(day, rules.core_return_days if core else rules.b2b_return_days)
    return ComingBack(
        returned.isoformat(),
        (day + dt.timedelta(weeks=rules.core_weeks)).isoformat() if core else None,
        add_months(day, rules.unauthorised_months).isoformat(),
        add_target_days(day, rules.reversal_days).isoformat(),
    )


def payment_day(due: str, valid_from: str, collection_day: str, *, returned_before: bool) -> str:
    """Return the day on which a claim counts as paid: its due day where the mandate was there by then.

    § 224 Abs. 2 Nr. 3 AO. After a return that the debtor answers for, or with a later mandate, it is the day of the
    collection; a claim is never paid before it is due.
    """
    return due if valid_from <= due and not returned_before else collection_day
