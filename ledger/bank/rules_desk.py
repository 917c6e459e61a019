"""Rules of the Kasse as people make, order and try them: values, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ledger.bank.rules import FEWEST_LETTERS, BankRule, Direction, Serves, fixed_letters, safe_pattern
from ledger.book.chart import CASH_ROLES
from sepa.errors import N_, KasseError
from sepa.identifiers import parse_iban

Purpose = Literal["fees", "interest", "pass-through"]
PURPOSES: Mapping[str, str] = {"fees": "bank_fees", "interest": "bank_interest", "pass-through": "pass_through"}
"""What a rule may be for, and the role of the account that it then books to; pass-through is money for others."""
BARRED_ROLES = frozenset({
    "receivable", "receivable_private", "payable", "advance", "suspense", "credit", "bank", "verrechnung", "opening",
    "transit_in", "transit_out", "transit_own", *CASH_ROLES,
})  # fmt: skip
"""Roles of accounts that carry items or money under way: a rule would break what they must agree with."""
TAKEN_FROM = frozenset({"clarify", "rule", "account", "direct_debit"})
SURE_DOUBTS = frozenset({"several", "closed", "stranger", "unknown"})
"""Doubts that rest on a reference: only a rule that names an account takes such money, if the number is not short."""
"""Decisions that a new rule would have come before; all others stand above it on the ladder."""


class RuleWithoutConditionError(KasseError):
    """A rule that would take everything."""

    code = "rule.no_condition"
    template = N_("the rule {name} asks for too little")
    hint = N_(
        "give at least one of --gvc, --counter, or --text with three letters that always stand there; an amount or an "
        "account of ours alone is not enough"
    )


class NamelessWithoutConditionError(RuleWithoutConditionError):
    """A rule that is tried before it has a name, and would take everything."""

    template = N_("the rule asks for too little")


class RuleRangeError(KasseError):
    """Amounts that no entry can have."""

    code = "rule.range"
    template = N_("no amount is between {min_cents} and {max_cents}")
    hint = N_("give --min not above --max, both above zero")


class RuleAccountMissingError(KasseError):
    """A rule that goes nowhere, or to two places."""

    code = "rule.no_account"
    template = N_("the rule {name} needs one place to book to")
    hint = N_("give either --account NUMBER, or --to fees, interest or pass-through")


class NamelessAccountMissingError(RuleAccountMissingError):
    """A rule that is tried before it has a name, and goes nowhere, or to two places."""

    template = N_("the rule needs one place to book to")


class RuleAccountError(KasseError):
    """An account that carries items or money under way."""

    code = "rule.account"
    template = N_("a rule cannot book to account {account} of office {office}: it has the role {role}")
    hint = N_("choose an income, expense or pass-through account; items are settled by references, not by rules")


class RuleOrConditionsError(KasseError):
    """A rule that is there, and conditions of one that is not."""

    code = "rule.or_conditions"
    template = N_("rule {number} has conditions of its own: {option} is not asked beside it")
    hint = N_("try either a rule that is there by its number, or a new one by what it would ask for")
    exit_code = 2


class UnknownRuleError(KasseError):
    """There is no such rule."""

    code = "rule.unknown"
    template = N_("there is no rule {number}")
    hint = N_("see 'kasse rule list' for the numbers")


class ErasedRuleError(KasseError):
    """A rule whose words were erased: it would ask for nothing and take everything."""

    code = "rule.erased"
    template = N_("the words of rule {number} were erased: it cannot be switched on again")
    hint = N_("add a new one with 'kasse rule add'")


class RuleExistsError(KasseError):
    """A rule that asks for the same is there."""

    code = "rule.exists"
    template = N_("rule {number} ({name}) asks for the same")
    hint = N_("switch it on with 'kasse rule on {number}', or off before you add another")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule asks for and where it goes, as typed; checks itself when made.

    Raises `RuleWithoutConditionError`, `RuleRangeError`, `RuleAccountMissingError`, `UnsafePatternError`,
    `InvalidIbanError`.
    """

    name: str
    direction: Direction = "both"
    serves: Serves = "entry"
    gvc: str | None = None
    iban: str | None = None
    counter_iban: str | None = None
    pattern: str | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    purpose: Purpose | None = None
    office: str | None = None
    account: str | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None:
            safe_pattern(self.pattern)
        for name in ("iban", "counter_iban"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, parse_iban(getattr(self, name)))
        telling = self.pattern is not None and fixed_letters(self.pattern) >= FEWEST_LETTERS
        asks = (self.gvc, self.counter_iban, telling)
        if not any(asks) and (self.serves == "entry" or self.max_cents is None):
            cls = RuleWithoutConditionError if self.name else NamelessWithoutConditionError
            raise cls(name=self.name)
        low, high = self.min_cents, self.max_cents
        if (low is not None and low <= 0) or (high is not None and high < (low or 1)):
            raise RuleRangeError(min_cents=low or 0, max_cents=high or 0)

    def check_place(self) -> None:
        """Check that the rule goes to one place.

        Raises `RuleAccountMissingError`.
        """
        if (self.purpose is None) == (self.account is None):
            cls = RuleAccountMissingError if self.name else NamelessAccountMissingError
            raise cls(name=self.name)

    @property
    def role(self) -> str:
        """The role of the account it books to, '' where the account is named."""
        return PURPOSES[self.purpose] if self.purpose else ""

    def rule(self, number: int = 0) -> BankRule:
        """Return the rule as the ladder tries it."""
        pattern = safe_pattern(self.pattern) if self.pattern else None
        return BankRule(
            number, self.name, self.direction, self.role, self.account, self.gvc, self.iban, self.counter_iban, pattern,
            self.min_cents, self.max_cents, self.office, self.serves,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list: its place in the order, what it asks for, where it goes, how often it took something."""

    place: int
    number: int
    name: str
    active: bool
    serves: str
    direction: str
    gvc: str | None
    iban: str | None
    counter_iban: str | None
    pattern: str | None
    min_cents: int | None
    max_cents: int | None
    role: str
    office: str | None
    account: str | None
    hits: int = 0
    sum_cents: int = 0
    last_day: str | None = None
    made_by: str | None = None
    made_at: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of the past that a rule would take, and what became of it; `free` where no stronger rule decided."""

    office: str
    entry: int
    bank_day: str
    amount_cents: int
    name: str | None
    remittance: str | None
    gvc: str | None
    decided: str
    free: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done: all it fits, of these those it would have taken, and the sums, looked at `seen`."""

    since: str
    seen: int
    hits: tuple[Hit, ...]
    found: int
    taken: int
    credit_cents: int
    debit_cents: int


def reordered(order: Sequence[int], number: int, before: int | None) -> list[int]:
    """Return the numbers of rules with one moved before another, or to the end.

    >>> reordered([1, 2, 3], 3, 1), reordered([1, 2, 3], 1, None)
    ([3, 1, 2], [2, 3, 1])
    """
    rest = [one for one in order if one != number]
    at = len(rest) if before is None or before not in rest else rest.index(before)
    return [*rest[:at], number, *rest[at:]]


def placed(rows: Sequence[RuleRow]) -> list[RuleRow]:
    """Return the rows with their places in the order, 1 for the first."""
    return [replace(row, place=place) for place, row in enumerate(rows, 1)]
