"""Receipts (Quittungen) as values: what was taken or paid, how, and how the money is spread over what was named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.bank.suspense import Aim, ClosedTargetError, Sharing, Wish
from ledger.items.settlement import Claim, Order
from sepa.errors import N_, KasseError

Tender = Literal["cash", "card", "cheque"]
TENDERS = (N_("cash"), N_("card"), N_("cheque"))
"""How something was paid at a desk."""
KINDS = (N_("take"), N_("pay"), N_("cancel"))
LINE_KINDS = (N_("settled"), N_("paid"), N_("credit"), N_("suspense"))
"""What a receipt did: with its money, and with each part of it."""
CHEQUE_DAYS = 3
"""Days after its receipt on which a cheque counts as paid, § 224 Abs. 2 Nr. 1 AO."""
_LABEL = re.compile(r"([A-Z0-9]{1,8})[-/]([0-9]{4})[-/]([0-9]{1,9})")


class ReceiptLabelError(KasseError):
    """A text that is not the number of a receipt."""

    code = "cash.receipt_label"
    template = N_("not the number of a receipt: {text}")
    hint = N_("write desk, year and number as the receipt has them, for example B1-2026-17")
    exit_code = 2


class UnknownReceiptError(KasseError):
    """There is no such receipt."""

    code = "cash.receipt_unknown"
    template = N_("there is no receipt {label}")
    hint = N_("see 'kasse cash receipts {desk}' for the receipts of the desk")


class NoMoneyError(KasseError):
    """Nothing was taken, or less than nothing."""

    code = "cash.no_money"
    template = N_("nothing can be taken with the amount {taken_cents}")
    hint = N_("give an amount above zero, with --amount or as REFERENCE=AMOUNT")


class UnnamedSumError(KasseError):
    """Money for something that the book does not have, without saying how much."""

    code = "cash.unnamed_sum"
    template = N_("it is not known how much is for {reference}: the book has nothing open under it")
    hint = N_("write it as {reference}=AMOUNT; the money then waits as unclear money")


class NothingOpenError(KasseError):
    """Money was taken for a number under which nothing is open: it waits, but the number may be mistyped."""

    code = "cash.nothing_open"
    severity = "info"
    template = N_("nothing is open under {reference}: what was taken for it waits as unclear money")
    hint = N_("compare it with what the payer shows; if it is mistyped, another person takes the receipt back with "
              "'kasse cash cancel {receipt}'")  # fmt: skip


class TooLittleError(KasseError):
    """Less was taken than what was named takes."""

    code = "cash.too_little"
    template = N_("{named_cents} are named, but only {taken_cents} were taken")
    hint = N_("give smaller amounts, or the right sum with --amount")


class GivenTooLittleError(KasseError):
    """Less handed over than is paid."""

    code = "cash.given"
    template = N_("{given_cents} were handed over, but {due_cents} are to be paid")
    hint = N_("nothing was taken; ask for the rest, or take a part with --amount")


class PayerNeededError(KasseError):
    """Money that is for nothing in the book, of nobody."""

    code = "cash.payer"
    template = N_("money that is for no open item needs the name of the payer or a text")
    hint = N_("give --payer NAME or --note TEXT, so that it can be cleared")


class TenderFactsError(KasseError):
    """A card without a terminal, a cheque without its number, or the other way round."""

    code = "cash.tender"
    template = N_("it is not clear how the money was paid")
    hint = N_("cash needs nothing, a card --terminal CODE, a cheque --cheque NUMBER")
    exit_code = 2


class LargeSurplusError(KasseError):
    """Far more is taken than is open: likelier mistyped (a number of a note as an amount) than handed over."""

    code = "cash.surplus_large"
    template = N_("{taken_cents} would be taken, {over_cents} more than is open: that is much, and would be a credit")
    hint = N_("look whether the amount is typed rightly; if it is so, add --yes")


class ChequeAgainError(KasseError):
    """A cheque that lies in a drawer or at the bank already."""

    code = "cash.cheque_again"
    template = N_("cheque {cheque} was taken with receipt {receipt} already")
    hint = N_("one cheque has one receipt; if this is a cheque of another bank, write its bank behind the number")


@dataclass(frozen=True, slots=True)
class Label:
    """What a receipt is called: desk, year, number in the year."""

    desk: str
    year: int
    number: int

    def __str__(self) -> str:
        """Return the number as it is printed: `B1-2026-17`."""
        return f"{self.desk}-{self.year}-{self.number}"


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the money did: an item and its amount, by the kind of `LINE_KINDS`."""

    kind: str
    office: str
    item: int
    amount_cents: int
    reference: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it is printed: `amount_cents` above zero was taken, below zero paid out."""

    label: Label
    kind: str
    tender: Tender
    amount_cents: int
    day: str
    payment_day: str
    person: str
    words: str
    officer: str
    made_at: str
    parts: tuple[Part, ...]
    entry: str
    cheque: str | None = None
    terminal: str | None = None
    cancels: str | None = None
    cancelled_by: str | None = None

    @property
    def number(self) -> str:
        """The receipt's number as text."""
        return str(self.label)


@dataclass(frozen=True, slots=True)
class Taken:
    """How money taken is spread: items settled, what is over and whose; what is unclear: why, cents, what was named."""

    lines: tuple[tuple[Claim, int], ...]
    over_cents: int = 0
    party: int | None = None
    unclear: tuple[tuple[str, int, str], ...] = ()


def parse_label(text: str) -> Label:
    """Return the number of a receipt that a person wrote.

    >>> str(parse_label("b1/2026/17"))
    'B1-2026-17'

    Raises `ReceiptLabelError`.
    """
    match = _LABEL.fullmatch(text.strip().upper())
    if match is None:
        raise ReceiptLabelError(text=text)
    return Label(match[1], int(match[2]), int(match[3]))


def fold_cheque(number: str) -> str:
    """Return the number of a cheque as it compares: capitals, digits and letters only, without leading zeros.

    >>> fold_cheque("0004 711 "), fold_cheque("4711 Sparkasse")
    ('4711', '4711SPARKASSE')
    """
    return "".join(sign for sign in number.upper() if sign.isalnum()).lstrip("0")


def payment_day(day: str, tender: Tender) -> str:
    """Return the day on which money taken at a desk counts as paid (§ 224 Abs. 2 Nr. 1 AO).

    >>> payment_day("2026-11-30", "cash"), payment_day("2026-11-30", "cheque")
    ('2026-11-30', '2026-12-03')
    """
    if tender != "cheque":
        return day
    return (dt.date.fromisoformat(day) + dt.timedelta(days=CHEQUE_DAYS)).isoformat()


def total_of(aims: Sequence[Aim], unknown: Sequence[Wish], given_cents: int | None) -> int:
    """Return what is taken: what was said, else all that is named with its amount or with what is open.

    Raises `NoMoneyError`, `UnnamedSumError`.
    """
    for wish in unknown:
        if wish.cents is None:
            raise UnnamedSumError(reference=wish.target)
    named = sum(aim.open_cents if aim.wish.cents is None else aim.wish.cents for aim in aims)
    total = named + sum(wish.cents or 0 for wish in unknown) if given_cents is None else given_cents
    if total <= 0:
        raise NoMoneyError(taken_cents=total)
    return total


def spread_taken(
    aims: Sequence[Aim], unknown: Sequence[tuple[Wish, str]], cents: int, orders: Mapping[str, Order] | None = None,
    *, day: str = "",
) -> Taken:  # fmt: skip
    """Return how money is spread over what the payer named, by the settlement that bank money follows.

    `unknown` are wishes that name nothing open, each with a reason. What is over is a credit where one person is paid
    for, else unclear. Raises `TooLittleError`, `NoAmountError`.
    """
    left = cents - sum(wish.cents or 0 for wish, _ in unknown)
    sharing = Sharing(left, surplus=True, orders=orders, day=day)
    unclear = [(reason, wish.cents or 0, wish.target.strip()) for wish, reason in unknown]
    for aim in aims:
        if sharing.left_cents <= 0:
            raise TooLittleError(named_cents=_named(aims, unknown), taken_cents=cents)
        try:
            sharing.take(aim)
        except ClosedTargetError:
            raise ClosedTargetError(reference=aim.wish.target, place=aim.wish.place) from None
    if sharing.left_cents < 0:
        raise TooLittleError(named_cents=_named(aims, unknown), taken_cents=cents)
    over = sharing.over_cents + sharing.left_cents
    parties = {aim.party for aim in aims}
    party = parties.pop() if len(parties) == 1 else None
    lines = sharing.allocation().lines
    if over and (party is None or not lines):
        unclear.append(("several" if aims else "no_reference", over, ""))
        over = 0
    return Taken(lines, over, party if over else None, tuple(unclear))


def _named(aims: Sequence[Aim], unknown: Sequence[tuple[Wish, str]]) -> int:
    named = sum(aim.open_cents if aim.wish.cents is None else aim.wish.cents for aim in aims)
    return named + sum(wish.cents or 0 for wish, _ in unknown)
