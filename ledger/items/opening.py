"""Taking over what was open before the book began: rules for open items and balances, and what must agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.book.chart import CONTROL_ROLES
from ledger.book.entry import ClosedAccountError, UnknownAccountError
from ledger.items.kassenzeichen import InvalidReferenceError, check_reference
from ledger.items.locks import LockDaysError
from ledger.items.opening_findings import DayAfterKeyDayError, DunningLevelError, OriginalDueError
from ledger.items.opening_sound import plainly_right
from ledger.items.order_rules import SHARED_RULES, Rule, checked, completion, missing, put
from ledger.items.orders import AccountState, Checked, OrderRow, Rules, at, control_role
from sepa.errors import N_, KasseError, Place

CONTROLS = {
    "receivable": "receivables", "payable": "payables", "credit": "credits", "suspense": "suspense",
    "advance": "advances",
}  # fmt: skip
"""The control sum of each kind of item; the sum of the balances is the control `balances`."""
NAMED_KINDS = ("receivable", "payable", "credit")
UNCLEAR = ("suspense", "advance")
CARRIERS = {"receivable": ("receivable", "receivable_private"), "advance": ("advance", "shortage")}
"""Roles of the control accounts that may carry items of a kind, where that is more than its own."""
"""Kinds without a party: the name is what the bank said of the payer."""
MAX_DUNNING_LEVEL = 9


class OpenAboveOriginalError(KasseError):
    """More is open than was ever demanded."""

    code = "opening.open_above_original"
    template = N_("open are {open_cents}, more than the original {original_cents}")
    hint = N_("exchange or correct open_amount and original_amount")


class ControlAccountError(KasseError):
    """An account that does not carry items of that kind."""

    code = "opening.control_account"
    template = N_("the account {account} of office {office} carries no items of the kind {kind}")
    hint = N_("leave gl_account blank, or name a control account of that kind")


class ForeignReferenceError(InvalidReferenceError):
    """A reference of another system with signs or a length that no payer can quote."""

    code = "opening.reference"
    template = N_("not a usable reference: {reference}")
    hint = N_("3 to 35 letters and digits; blanks, dots, hyphens and slashes are left out")


class BalanceRow(NamedTuple):
    """One balance of a list: debit positive, credit negative; `place` is where it stands."""

    office: str
    account: str
    amount_cents: int
    place: Place


@dataclass(frozen=True, slots=True)
class ItemSum:
    """The items of a control account in one office: their number and their sum, debit positive."""

    office: str
    account: str
    kind: str
    count: int
    cents: int


def check_item(rules: Rules, row: OrderRow, unread: frozenset[str] = frozenset()) -> Checked:
    """Return an open item completed (control account, original amount, whose reference it is) with its findings."""
    filled = _filled_item(rules, row)
    if not unread and plainly_right(rules, filled):
        return Checked(filled)
    return checked(rules, filled, ITEM_RULES, unread)


def _filled_item(rules: Rules, row: OrderRow) -> OrderRow:
    values = completion(row)
    values["amount_cents"] = row.open_cents if row.amount_cents is None else row.amount_cents
    values["gl_account"] = row.gl_account or _control(rules, row)
    values["original_due"] = row.original_due or row.due
    values["dunning_level"] = row.dunning_level or 0
    if row.kind in UNCLEAR:
        values |= {"party_key": None, "match_key": "", "address_key": ""}
    reference = values["reference"]
    if reference and row.kind != "payable":
        values["reference_foreign"] = int(not _ours(rules, reference))
    return put(row, values)


def _ours(rules: Rules, reference: str) -> bool:
    """Return whether a reference passes a scheme of the book."""
    return any(scheme.valid(reference) for scheme in rules.schemes)


def _control(rules: Rules, row: OrderRow) -> str | None:
    if row.office is None or row.kind is None:
        return None
    return rules.by_role.get((row.office, control_role(row.kind, row.profile)))


def _needed(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    yield from missing(row, ("office", "kind", "open_cents", "due"))
    if row.kind in NAMED_KINDS and row.party_number is None:
        yield from missing(row, ("name",))


def _amounts(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.open_cents is not None and row.amount_cents is not None and row.open_cents > row.amount_cents:
        place = at(row, "open_cents")
        yield OpenAboveOriginalError(open_cents=row.open_cents, original_cents=row.amount_cents, place=place)


def _account(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.office not in rules.offices or row.gl_account is None or row.kind is None:
        return
    state = rules.accounts.get((str(row.office), row.gl_account))
    if state is None:
        yield UnknownAccountError(office=row.office, account=row.gl_account, place=at(row, "gl_account"))
    elif not _carries(state, row.kind):
        place = at(row, "gl_account")
        yield ControlAccountError(account=row.gl_account, office=row.office, kind=row.kind, place=place)


def _carries(state: AccountState, kind: str) -> bool:
    return state.role in CARRIERS.get(kind, (kind,))


def _reference(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.kind != "payable" and row.reference and row.reference_foreign:
        try:
            check_reference(rules.schemes, row.reference, foreign=True)
        except InvalidReferenceError:
            yield ForeignReferenceError(reference=row.reference, place=at(row, "reference"))


def _locks(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.lock_kind is None:
        if row.lock_until or row.lock_reason:
            yield from missing(row, ("lock_kind",))
    elif row.lock_until is not None and row.lock_until < rules.today:
        yield LockDaysError(since=rules.today, until=row.lock_until, place=at(row, "lock_until"))


def _dunning(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.dunning_level is not None and not 0 <= row.dunning_level <= MAX_DUNNING_LEVEL:
        yield DunningLevelError(level=row.dunning_level, place=at(row, "dunning_level"))


def _days(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    if row.due is None:
        return
    if row.kind in UNCLEAR and row.due > rules.today:
        yield DayAfterKeyDayError(day=row.due, as_of=rules.today, place=at(row, "due"))
    if row.original_due is not None and row.original_due > row.due:
        yield OriginalDueError(original=row.original_due, due=row.due, place=at(row, "original_due"))


ITEM_RULES: tuple[Rule, ...] = (_needed, *SHARED_RULES, _amounts, _account, _reference, _dunning, _locks, _days)


class ControlMissingError(KasseError):
    """A list without the control sum that somebody else has added up."""

    code = "opening.control_missing"
    template = N_("the control sum for {name} is missing")
    hint = N_("take it from the old system and give it with --control {name}=AMOUNT")


class ControlDiffersError(KasseError):
    """A list that does not sum to its control."""

    code = "opening.control_differs"
    template = N_("the list of {name} sums to {sum_cents}, the control is {given_cents}")
    hint = N_("find the difference before anything is taken over")


class UnknownControlError(KasseError):
    """A control sum for something that is not taken over."""

    code = "opening.control_unknown"
    template = N_("there is no control sum called {name}")
    hint = N_("the control sums are: {names}")


class ItemsDifferError(KasseError):
    """Items that do not sum to the balance of their control account (invariant 4)."""

    code = "opening.items_differ"
    template = N_(
        "account {account} of office {office}: the balance is {balance_cents}, its open items sum to {items_cents}"
    )
    hint = N_("complete the items or correct the balance; both lists must be of the same day")


class BankBalanceMissingError(KasseError):
    """A bank account without a balance."""

    code = "opening.bank_missing"
    template = N_("the balance of the bank account {iban} (account {account} of office {office}) is missing")
    hint = N_("add a row for it, with 0,00 if it is empty")


class TransferBalancesError(KasseError):
    """Verrechnung accounts that do not cancel out."""

    code = "opening.transfers"
    template = N_("the Verrechnung accounts of all offices sum to {sum_cents}, not to zero")
    hint = N_("correct the balances between offices")


class RepeatedBalanceError(KasseError):
    """An account with two balances."""

    code = "opening.balance_twice"
    template = N_("account {account} of office {office} has two balances")
    hint = N_("keep one row for each account")


class ContraBalanceError(KasseError):
    """A balance for the account that takes over is posted against."""

    code = "opening.contra"
    template = N_("account {account} of office {office} gets no balance: everything is posted against it")
    hint = N_("leave the row out")


def check_controls(
    sums: Mapping[str, int], given: Mapping[str, int], names: Sequence[str] = (*CONTROLS.values(), "balances")
) -> Iterator[KasseError]:
    """Yield what keeps the lists from agreeing with the control sums; `sums` holds the lists that are not empty."""
    for name in sorted(set(given) - set(names)):
        yield UnknownControlError(name=name, names=", ".join(names))
    for name in names:
        if name in sums and name not in given:
            yield ControlMissingError(name=name)
        elif given.get(name, 0) != sums.get(name, 0):
            yield ControlDiffersError(name=name, sum_cents=sums.get(name, 0), given_cents=given[name])


def check_balances(rules: Rules, balances: Sequence[BalanceRow]) -> Iterator[KasseError]:
    """Yield what is wrong with the balances themselves."""
    seen: set[tuple[str, str]] = set()
    for row in balances:
        state = rules.accounts.get((row.office, row.account))
        if state is None:
            yield UnknownAccountError(office=row.office, account=row.account, place=row.place)
        elif state.closed_on is not None and state.closed_on <= rules.today:
            yield ClosedAccountError(office=row.office, account=row.account, day=state.closed_on, place=row.place)
        elif state.role == "opening":
            yield ContraBalanceError(office=row.office, account=row.account, place=row.place)
        elif (row.office, row.account) in seen:
            yield RepeatedBalanceError(office=row.office, account=row.account, place=row.place)
        seen.add((row.office, row.account))
    total = sum(row.amount_cents for row in balances if _role(rules, row) == "verrechnung")
    if total:
        yield TransferBalancesError(sum_cents=total)


def check_against_items(rules: Rules, balances: Sequence[BalanceRow], items: Sequence[ItemSum]) -> Iterator[KasseError]:
    """Yield control accounts whose balance is not the sum of their items."""
    sums: dict[tuple[str, str], int] = {}
    for item in items:
        sums[item.office, item.account] = sums.get((item.office, item.account), 0) + item.cents
    given = {(row.office, row.account): row for row in balances if _role(rules, row) in CONTROL_ROLES}
    for office, account in sorted(sums.keys() | given.keys()):
        row = given.get((office, account))
        balance_cents, items_cents = row.amount_cents if row else 0, sums.get((office, account), 0)
        if balance_cents != items_cents:
            yield ItemsDifferError(
                account=account,
                office=office,
                balance_cents=balance_cents,
                items_cents=items_cents,
                place=row.place if row else Place(),
            )


def check_banks(rules: Rules, balances: Sequence[BalanceRow], done: Collection[str] = ()) -> Iterator[KasseError]:
    """Yield the book's bank accounts that have no balance, but for those of offices taken over before."""
    given = {(row.office, row.account) for row in balances}
    for iban, (office, account) in rules.banks.items():
        if (office, account) not in given and office not in done:
            yield BankBalanceMissingError(iban=iban, office=office, account=account)


def _role(rules: Rules, row: BalanceRow) -> str | None:
    state = rules.accounts.get((row.office, row.account))
    return state.role if state else None
