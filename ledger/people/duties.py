"""Duties that one person must not join (invariant 6), as data; limits and deputies as values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ledger.people.users import NotAllowedError
from sepa.errors import N_, KasseError


@dataclass(frozen=True, slots=True)
class Duty:
    """What a step must not follow when one person took both; `small_office` are the exceptions with a reason."""

    not_after: tuple[str, ...]
    small_office: tuple[str, ...]
    norm: str


@dataclass(frozen=True, slots=True)
class Acting:
    """In whose right somebody acts: their own, or that of the person they stand in for."""

    user: int
    principal: int | None = None


class OverLimitError(NotAllowedError):
    """An order above the amount up to which the person may approve."""

    code = "right.limit"
    template = N_("{user} may approve up to {limit_cents} in office {office}, the order {order} is {amount_cents}")
    hint = N_("someone with a higher limit must approve it; 'kasse user limit' shows and sets limits")


class NotAloneError(NotAllowedError):
    """The exception for small offices, where there is somebody else."""

    code = "right.not_alone"
    template = N_("office {office} has somebody else who may certify: {others}")
    hint = N_("let that person certify; the exception is for offices where nobody else can")


class NoExceptionError(KasseError):
    """An exception for a step that knows none, or without a reason."""

    code = "right.no_exception"
    template = N_("there is no exception for the step {step}")
    hint = N_("only certifying has one, in an office where nobody else may certify")


class DeputyPairError(KasseError):
    """A deputy who would hold two duties that one person must not join."""

    code = "deputy.pair"
    template = N_("{deputy} holds the role {held} and cannot stand in as {role}: {norm}")
    hint = N_("choose somebody without that role")


class RolePairError(KasseError):
    """Two roles that one person must not hold together."""

    code = "user.role_pair"
    template = N_("{user} holds the role {held} and cannot have the role {role}: {norm}")
    hint = N_("give it to somebody else; where there is nobody, --exception REASON does it and is logged")


class CashHolderRoleError(KasseError):
    """A role that nobody who holds cash may have."""

    code = "user.holds_cash"
    template = N_("{user} holds the cash desk {desk} and cannot have the role {role} (§ 77 LHO)")
    hint = N_("hand the desk over first with 'kasse cash hand-over {desk}', or give the role to somebody else")


class DeputyDaysError(KasseError):
    """A time of absence that ends before it begins."""

    code = "deputy.days"
    template = N_("a deputy from {since} cannot end on {until}")
    hint = N_("give a last day that is not before the first")


class DeputySelfError(KasseError):
    """Somebody who would stand in for themselves, or for a right that is not theirs."""

    code = "deputy.right"
    template = N_("{deputy} cannot stand in for {principal} as {role} in office {office}")
    hint = N_("the absent person must hold the role there, and the deputy must be another person")


class UnknownDeputyError(KasseError):
    """No deputy has the number."""

    code = "deputy.unknown"
    template = N_("there is no deputy number {number} that could be ended")
    hint = N_("see 'kasse user deputies'")


@cache
def _data() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    text = (files("ledger") / "people" / "duties.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def duties() -> Mapping[str, Duty]:
    """Return by step of an order what the same person must not have done before."""
    return {
        step: Duty(_names(row["not_after"]), _names(row.get("small_office", [])), str(row["norm"]))
        for step, row in _data()["step"].items()
    }


@cache
def cash_duty() -> tuple[str, ...]:
    """Return the steps of an order whose author does not pay it out in cash."""
    return _names(_data()["cash"]["pay"]["not_after"])


@cache
def release_duty() -> tuple[str, ...]:
    """Return the steps of an order whose author does not release the run that pays it."""
    return _names(_data()["payment"]["release"]["not_after"])


@cache
def law_duty() -> tuple[str, ...]:
    """Return the steps of a change of the law whose author does not put it in force."""
    return _names(_data()["law"]["release"]["not_after"])


@cache
def deputy_roles() -> tuple[str, ...]:
    """Return the roles in which somebody can stand in for another."""
    return tuple(_data()["deputy"])


def deputy_conflict(role: str, held: set[str]) -> tuple[str, str] | None:
    """Return a role that the deputy holds and must not join with `role`, and the norm, or None."""
    row = _data()["deputy"].get(role)
    if row is None:
        return None
    met = sorted(held.intersection(_names(row["never_with"])))
    return (met[0], str(row["norm"])) if met else role_conflict(role, held)


def role_conflict(role: str, held: set[str]) -> tuple[str, str] | None:
    """Return a role that must not be held together with `role`, and the norm, or None."""
    for first, second, norm in role_pairs():
        other = {first: second, second: first}.get(role)
        if other in held:
            return other, norm
    return None


@cache
def role_pairs() -> tuple[tuple[str, str, str], ...]:
    """Return the pairs of roles that one person must not hold together, each with its norm."""
    rows = _data()["roles"].items()
    return tuple((role, other, str(row["norm"])) for role, row in rows for other in _names(row["never_with"]))


@cache
def deputy_pairs() -> tuple[tuple[str, str], ...]:
    """Return the pairs of a role that somebody stands in for and one that the deputy must not hold."""
    own = [(role, other) for role, row in _data()["deputy"].items() for other in _names(row["never_with"])]
    joined = [pair for first, second, _ in role_pairs() for pair in ((first, second), (second, first))]
    return tuple(sorted({*own, *joined}))


def _names(value: object) -> tuple[str, ...]:
    assert isinstance(value, list), "a list of words"
    return tuple(map(str, value))
