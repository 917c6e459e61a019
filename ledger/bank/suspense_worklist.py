"""The list that clerks work from: which cases somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.people.parties import plain

NOBODY = "-"
"""The owner of cases that nobody has reserved, as people write it."""


@dataclass(frozen=True, slots=True)
class WorkCase:
    """Unclear money on the list: what the bank said, who works on it, until when it rests, what an order binds."""

    office: str
    number: int
    kind: str
    bank_day: str
    amount_cents: int
    name: str | None
    bank_account: str | None
    remittance: str | None
    age_days: int
    reason: str | None
    owner: str | None
    hold_until: str | None = None
    bound_cents: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What cases must have to be listed; a blank asks for nothing.

    `owner` is a name, or `-` for nobody; `text` is looked for in name, IBAN and remittance without case and umlauts;
    `resting` true or false asks for cases laid aside beyond the day or for the others, `bound` for those all of whose
    money an order pays out that others have still to decide on, or for the others.
    """

    reason: str | None = None
    owner: str | None = None
    older_than_days: int = 0
    least_cents: int | None = None
    most_cents: int | None = None
    text: str = ""
    resting: bool | None = None
    bound: bool | None = None

    def fits(self, case: WorkCase, day: str) -> bool:
        """Return whether the case is wanted on that day."""
        resting = case.hold_until is not None and case.hold_until > day
        return (
            case.age_days >= self.older_than_days
            and self.reason in {None, case.reason}
            and (self.owner is None or (case.owner or NOBODY) == self.owner)
            and (self.least_cents is None or case.amount_cents >= self.least_cents)
            and (self.most_cents is None or case.amount_cents <= self.most_cents)
            and (self.resting is None or resting == self.resting)
            and (self.bound is None or (case.bound_cents >= case.amount_cents) == self.bound)
            and self._says(case)
        )

    def _says(self, case: WorkCase) -> bool:
        if not self.text:
            return True
        said = plain(" ".join(part for part in (case.name, case.bank_account, case.remittance) if part))
        wanted = plain(self.text)
        return wanted in said or _bare(wanted) in _bare(said)


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
