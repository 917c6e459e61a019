"""What matching looks at and what it decides, as values: a bank entry, its candidates, its shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ledger.bank.rules import BankRule

Act = Literal["settle", "reopen", "surplus", "claim", "transit", "collect", "account", "transfer", "clarify"]
Evidence = Mapping[str, str | int]
ItemKey = tuple[str, int]
NOTHING: Mapping[str, tuple[Any, ...]] = MappingProxyType({})


class Staged(NamedTuple):
    """A staged bank entry in the order of the bank; `amount_cents` is what it does to the balance.

    The streaming rows of a match are named tuples: they come from the database by the hundred thousand.
    """

    seq: int
    office: str
    id: int
    iban: str
    account: str
    bank_day: str
    value_day: str
    amount_cents: int
    reversal: int
    gvc: str | None
    name: str | None
    counter_iban: str | None
    remittance: str | None
    return_reason: str | None
    detail_count: int


class Part(NamedTuple):
    """What is matched at once: a whole entry (line 0) or one transaction of a collective entry."""

    line: int
    amount_cents: int | None
    name: str | None
    counter_iban: str | None
    remittance: str | None
    return_reason: str | None


class Target(NamedTuple):
    """An item that money may be for; `item` is None where a reference in the text names nothing in the book.

    `key` is what led to it: the reference, the payer's account. `strong`: the reference is surely meant and has a
    check digit; 2 where it is that of a letter, a plan or a case, which may be about several persons. `foreign`: the
    item's number is not of the book's schemes. `own_iban`: the payer's account is the debtor's own.
    """

    seq: int
    line: int
    key: str
    strong: int
    place: str
    office: str
    item: int | None
    account: str
    open_cents: int
    party: int | None
    profile: str | None
    claim_kind: str | None
    due: str
    foreign: int
    match_key: str | None
    own_iban: int


class OwnDebt(NamedTuple):
    """An item of somebody whose own account the payer's is, as a `Target`, and what tells whether it is meant.

    `joint`: the account is that of others too. `purpose` and `claim_kind` say what the item is for.
    """

    seq: int
    line: int
    key: str
    strong: int
    place: str
    office: str
    item: int
    account: str
    open_cents: int
    party: int | None
    profile: str | None
    claim_kind: str | None
    due: str
    foreign: int
    match_key: str | None
    own_iban: int
    joint: int
    purpose: str | None

    @property
    def target(self) -> Target:
        """The item as all rungs know it."""
        return Target._make(self[:16])


class OwnPayment(NamedTuple):
    """A payment of ours that carries the entry's EndToEndId; `iban` is the account its run is paid from.

    The item is the payable that it paid, `account` its control account, `paid_cents` what is settled of it.
    """

    seq: int
    line: int
    office: str
    run: int
    number: int
    cents: int
    state: str
    iban: str
    item_office: str
    item: int
    account: str
    paid_cents: int
    file: int = 0


class OwnRun(NamedTuple):
    """A file of a run of ours that a collective debit names; `open_cents` sums its payments not yet executed.

    `given_up_cents` sums those that were given up or refused.
    """

    seq: int
    line: int
    office: str
    run: int
    iban: str
    open_cents: int
    file: int = 0
    given_up_cents: int = 0


class Undone(NamedTuple):
    """A line of what a booking became that the bank undoes; `cents` as the bank signs, `clearing` settled by it."""

    seq: int
    line: int
    entry_office: str
    entry: int
    rule: str
    office: str | None
    item: int | None
    cents: int
    kind: str | None
    account: str | None
    open_cents: int | None
    amount_cents: int | None
    said: str = ""
    clearing: int | None = None


class Spot(NamedTuple):
    """An item as a posting needs it: its office, number and control account.

    `resets` is the clearing that is undone where the item is opened again, if it is one that settled only this.
    """

    office: str
    item: int
    account: str
    resets: int | None = None


def whole_part(entry: Staged) -> Part:
    """Return the whole entry as the one thing to match."""
    return Part(0, entry.amount_cents, entry.name, entry.counter_iban, entry.remittance, entry.return_reason)


class Case(NamedTuple):
    """One part of an entry with everything the book knows that it may be.

    `targets` are what references name, `found` the rows of the other lookups by their name. `complete` is false for
    a collective entry as a whole whose parts do not make its amount.
    """

    entry: Staged
    part: Part
    targets: tuple[Target, ...] = ()
    found: Mapping[str, tuple[Any, ...]] = NOTHING
    complete: bool = True

    @property
    def cents(self) -> int:
        """What is to be explained, signed as on the bank account."""
        return self.part.amount_cents or 0


class Effect(NamedTuple):
    """What a share changes besides the books, by the name of who writes it: a row of keys."""

    name: str
    row: tuple[Any, ...]


class Share(NamedTuple):
    """Where some of an entry's money goes and why; `cents` is signed as on the bank account.

    `settle` takes it off the target, `reopen` opens the target again, `surplus` makes it a credit of the target's
    person, `claim` makes it a claim on the target's person beside the target, `transit` clears own payments (or a whole
    run), `collect` clears own collections, `account` books it by a rule of the Kasse, `transfer` puts it under way
    between own accounts, `clarify` leaves it open with a reason.
    """

    act: Act
    rule: str
    cents: int
    evidence: Evidence
    target: Target | Spot | None = None
    payment: OwnPayment | None = None
    run: OwnRun | None = None
    bank_rule: BankRule | None = None
    effect: Effect | None = None


class Paid(NamedTuple):
    """An entry that settles one item and does nothing else: what most entries are."""

    entry: Staged
    target: Target


class Decision(NamedTuple):
    """An entry and its shares; together they are its amount."""

    entry: Staged
    shares: tuple[Share, ...]


@dataclass(slots=True)
class Running:
    """What earlier entries of the same unit of work have used up: the database does not know it yet.

    `effects` are the effects so far: something that may happen once is looked up there.
    """

    taken: dict[ItemKey, int] = field(default_factory=dict)
    payments: set[tuple[str, int, int]] = field(default_factory=set)
    runs: dict[tuple[str, int, int], int] = field(default_factory=dict)
    whole_runs: set[tuple[str, int, int]] = field(default_factory=set)
    effects: set[Effect] = field(default_factory=set)

    def open_cents(self, target: Target) -> int:
        """Return what is still open on a target."""
        if target.item is None:
            return 0
        return target.open_cents - self.taken.get((target.office, target.item), 0)

    def run_cents(self, run: OwnRun) -> int:
        """Return what is still to be executed of a run."""
        return run.open_cents - self.runs.get((run.office, run.run, run.file), 0)

    def executed(self, payment: OwnPayment) -> bool:
        """Return whether a payment was executed in this unit of work, alone or with its run."""
        alone = (payment.office, payment.run, payment.number) in self.payments
        return alone or (payment.office, payment.run, payment.file) in self.whole_runs

    def settle(self, target: Target) -> None:
        """Note that a target nobody has touched is paid."""
        self.taken[target.office, target.item or 0] = target.open_cents

    def take(self, share: Share) -> None:
        """Note what a share used up."""
        if share.effect is not None:
            self.effects.add(share.effect)
        if share.act in {"settle", "reopen"}:
            target = share.target
            if target is not None and target.item is not None:
                key = target.office, target.item
                self.taken[key] = self.taken.get(key, 0) + settled_cents(share)
        elif share.act == "transit":
            self._take_payment(share)

    def _take_payment(self, share: Share) -> None:
        paid = share.payment or share.run
        assert paid is not None, "money in transit belongs to a payment or a run"
        run = paid.office, paid.run, paid.file
        self.runs[run] = self.runs.get(run, 0) - share.cents
        if share.payment is not None:
            self.payments.add((paid.office, paid.run, share.payment.number))
        else:
            self.whole_runs.add(run)


def settled_cents(share: Share) -> int:
    """Return how much less is open on the item that a share settles: below zero where it opens it again."""
    return abs(share.cents) if share.act == "settle" else -abs(share.cents)
