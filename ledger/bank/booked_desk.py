"""A debit that books a run of ours without naming it, as values: what a person says it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.bank.names import name_words, same_person
from sepa.errors import N_, KasseError

ROLES = ("payments",)


class NotADebitError(KasseError):
    """A case that is no debit on the account of the run."""

    code = "payment.no_debit"
    template = N_("case {number} is no debit on the account of run {run}")
    hint = N_("see 'kasse suspense show {number}' for what it is and 'kasse payment show {run}' for the account")


class DebitSumError(KasseError):
    """A debit that is not what is left of a run."""

    code = "payment.debit_sum"
    template = N_("case {number} holds {held_cents}, but {left_cents} of run {run} are not booked by the bank yet")
    hint = N_("of one file alone, give --file; what the bank refused is read with 'kasse payment status FILE' or, "
              "where it sends none, named with --without LINE --reason CODE")  # fmt: skip


class NotInTransitError(KasseError):
    """A payment named as refused that is not under way."""

    code = "payment.not_under_way"
    template = N_("payment {run}-{line} is not under way in what the debit is for")
    hint = N_("see 'kasse payment show {run}'; leave it away")


class WithoutReasonError(KasseError):
    """Payments named as refused without the bank's reason."""

    code = "payment.without_reason"
    template = N_("no reason is given why the bank refused payments of run {run}")
    hint = N_("say with --reason what the bank said, by its code if it gave one, such as AC04")


class NotBookedError(KasseError):
    """A case that was not taken as the debit of the run."""

    code = "payment.not_booked"
    template = N_("case {number} was not taken as the debit of run {run} by a person")
    hint = N_("see 'kasse payment show {run}' and 'kasse suspense show {number}' for what became of it")


class CameBackSinceError(KasseError):
    """A debit of which something came back since: it was surely ours."""

    code = "payment.came_back_since"
    template = N_("{count} payments that case {number} has paid came back since: it was the debit of run {run}")
    hint = N_("see 'kasse payment show {run}'")


class UndoReasonError(KasseError):
    """A debit is taken back from a run without a reason."""

    code = "payment.undo_reason"
    template = N_("no reason is given why case {number} is not the debit of run {run}")
    hint = N_("say with --reason what it is instead")


STRANGE_GVC = frozenset({
    "083", "104", "105", "106", "107", "108", "109", "110", "111", "190", "193", "195", "197", "198", "199", "805",
    "808", "814",
})  # fmt: skip
"""Business transaction codes of debits that are no transfer: direct debits, cards, cash, returns, fees, interest."""
_GENERIC = ("sammel", "sammler", "datei", "ueberweisung", "zahlung", "auftrag", "zahllauf")


@dataclass(frozen=True, slots=True)
class Debit:
    """What the bank said of a debit."""

    gvc: str | None
    name: str | None
    counter_iban: str | None


def looks_strange(debit: Debit, debtor: str, names: Collection[str], accounts: Collection[str]) -> bool:
    """Return whether a debit does not look like transfers of ours: another kind of entry, or somebody not in the run.

    `names` and `accounts` are those of the payees, `debtor` is the name that we pay under.

    >>> looks_strange(Debit("105", "Telefon AG", None), "Musterstadt", (), ())
    True
    >>> looks_strange(Debit("191", "SAMMLER 17.11.", None), "Musterstadt", (), ())
    False
    """
    if debit.gvc in STRANGE_GVC or (debit.counter_iban and debit.counter_iban not in accounts):
        return True
    if not debit.name or debit.name in names or same_person(debit.name, debtor):
        return False
    return not any(word.startswith(_GENERIC) for word in name_words(debit.name))


@dataclass(frozen=True, slots=True)
class Line:
    """A payment of a run as a debit may be for it."""

    line: int
    state: str
    cents: int
    end_to_end_id: str

    @property
    def under_way(self) -> bool:
        """Whether it waits for the bank."""
        return self.state in {"released", "exported"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a debit is for: all that is under way or not, and those that were given up or refused before."""

    whole: bool
    again: tuple[Line, ...]
    left_cents: int


def plan_of(lines: Sequence[Line], cents: int, named: Collection[str]) -> Plan | None:
    """Return what makes the amount: what is under way, else that and all that was given up, else those that it names.

    `lines` are without those that the bank refused; `named` are the ids in the entry. None where nothing makes it.
    """
    left = sum(one.cents for one in lines if one.under_way)
    gone = tuple(one for one in lines if not one.under_way)
    if left and left == cents:
        return Plan(whole=True, again=(), left_cents=left)
    if gone and left + sum(one.cents for one in gone) == cents:
        return Plan(whole=True, again=gone, left_cents=left)
    told = tuple(one for one in gone if one.end_to_end_id.upper() in named)
    if told and sum(one.cents for one in told) == cents:
        return Plan(whole=False, again=told, left_cents=left)
    return None


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of the case: the entry, how much, how many payments are executed by it, which count as refused.

    `again` are payments that were given up or refused before. Not `done`: another person must agree with `asked_by`.
    """

    run: int
    case: int
    cents: int
    payments: int
    entry: str
    refused: tuple[int, ...] = ()
    refused_cents: int = 0
    again: tuple[int, ...] = ()
    done: bool = True
    asked_by: str = ""
    new: bool = True
