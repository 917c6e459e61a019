"""What is said of an item that the bank may have paid although its payment was given up or refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sepa.errors import N_, KasseError, Place


class PaidPerhapsError(KasseError):
    """The bank debited what names a payment of the item that was given up or refused (it may have paid after all)."""

    code = "payment.paid_perhaps"
    template = N_(
        "item {item} of office {office} is perhaps paid: the bank debited {debit_cents} on {day} for payment {before}, "
        "which was given up or refused; that waits as case {case}"
    )
    hint = N_("take it as paid after all with 'kasse payment booked {was_run} --case {case}', as two people, or find "
              "out what else the debit is for; see 'kasse suspense show {case}'")  # fmt: skip
    severity = "warning"


class PaidPerhapsStagedError(KasseError):
    """The same, where the debit is not posted yet."""

    code = "payment.paid_perhaps_staged"
    template = N_(
        "item {item} of office {office} is perhaps paid: the bank debited {debit_cents} on {day} for payment {before}, "
        "which was given up or refused; that is not posted yet"
    )
    hint = N_("post it with 'kasse reconcile' first, then look at the run with 'kasse payment show {was_run}'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A payment that was given up or refused, and the debit that names it; `case` is None where it is not posted."""

    run: int
    line: int
    case: int | None
    day: str
    cents: int

    def finding(self, office: str, item: int, place: Place, **more: int) -> KasseError:
        """Return what is said of an item that this payment may have paid; `more` are fields for who reads them."""
        said: dict[str, Any] = {
            "office": office, "item": item, "before": f"{self.run}-{self.line}", "was_run": self.run,
            "debit_cents": self.cents, "day": dt.date.fromisoformat(self.day), **more,
        }  # fmt: skip
        if self.case is None:
            return PaidPerhapsStagedError(place=place, **said)
        return PaidPerhapsError(place=place, case=self.case, **said)
