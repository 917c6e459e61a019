"""Changes of orders (Änderungs- und Absetzungsanordnungen) as values: a new order that refers to the old one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sepa.errors import N_, KasseError


class NotAcceptedError(KasseError):
    """A change of what is not in the books."""

    code = "order.change_state"
    template = N_("the order {order} is in the state {state}: only an accepted order is changed by another one")
    hint = N_("before it is accepted, send it back with 'kasse order object' and make a new one")


class ChangeOfChangeError(KasseError):
    """A change that refers to a change."""

    code = "order.change_of_change"
    template = N_("{order} is itself a change of {root}")
    hint = N_("change or cancel {root}")


class PayoutOrderError(KasseError):
    """A change of an order that pays unclear money out."""

    code = "order.payout"
    template = N_("the order {order} pays out the money of case {case}")
    hint = N_("take it back with 'kasse suspense undo {case}': the money is unclear again")


class ChangeWaitsError(KasseError):
    """Two changes of one order under way."""

    code = "order.change_waits"
    template = N_("the order {order} has a change that waits: {change}")
    hint = N_("accept it or object to it first; see 'kasse order show {change}'")


class ErasedPersonError(KasseError):
    """A change of an order of a person whose data was erased: whom it would go to, nobody knows any more."""

    code = "order.person_erased"
    template = N_("{order} is of party {party}, whose data was erased: it is not changed any more")
    hint = N_("nothing of it is open; if the person writes again, order it anew by a list: 'kasse order import'")


class NothingChangesError(KasseError):
    """A change to the present amount, or of an order that was cancelled."""

    code = "order.change_nothing"
    template = N_("the order {order} is of {amount_cents} already")
    hint = N_("see 'kasse order show {order}' for what was changed before")


class LineAmountsNeededError(KasseError):
    """A change of an order with several lines that does not say which."""

    code = "order.change_lines"
    template = N_("the order {order} has several lines: {lines}")
    hint = N_("say what each changed line is to be with --line NUMBER=AMOUNT")


class AmountNeededError(KasseError):
    """A change that says no new amount, or says it twice."""

    code = "order.change_amount"
    template = N_("a change needs one new amount: of the whole order, or of its lines")
    hint = N_("give --to AMOUNT for an order with one line, else --line NUMBER=AMOUNT for each line that changes; an "
              "order is taken back with 'kasse order cancel'")  # fmt: skip
    exit_code = 2


class UnknownLineError(KasseError):
    """A line that the order does not have."""

    code = "order.change_line"
    template = N_("the order {order} has no line {line}")
    hint = N_("its lines are: {lines}")


class PaidAlreadyError(KasseError):
    """More is taken off than is open."""

    code = "order.paid_already"
    template = N_("of {reduction_cents} to be taken off {order}, only {open_cents} is still open")
    hint = N_("a receivable that was paid becomes a credit with --credit; for a payable that was paid, order its "
              "return as a receivable")  # fmt: skip


class WaivedError(KasseError):
    """More would be given back than was paid: the rest was waived (Erlass) or taken off before."""

    code = "order.waived"
    template = N_("of {reduction_cents} to be taken off {order}, {open_cents} is open and {paid_cents} was paid; "
                  "{rest_cents} were waived and cannot become a credit")  # fmt: skip
    hint = N_("let what was waived stand with 'kasse order change {order} --to AMOUNT --credit'; "
              "see 'kasse order show {order}'")  # fmt: skip


class ItemReservedError(KasseError):
    """A payable that a payment run has reserved."""

    code = "order.reserved"
    template = N_("{order} is in payment run {run}")
    hint = N_("discard the run, or wait until it is executed; then accept again")


class ChangeReasonError(KasseError):
    """A change without a word why."""

    code = "order.change_reason"
    template = N_("a change needs a reason")
    hint = N_("give it with --reason; it stands in the journal")


class ClosedCodingError(KasseError):
    """An order is to be posted to an account that was closed since it was coded to it."""

    code = "order.coding_closed"
    template = N_("{order} is coded to account {account}, which is closed since {day}")
    hint = N_("a change names the account that replaced it with --account; a standing order is ended with 'kasse order "
              "cancel {order} --last-day DATE' and made anew")  # fmt: skip


class UnneededAccountError(KasseError):
    """An account in place of one that is not closed."""

    code = "order.account_open"
    template = N_("{order} needs no other account: none that it is coded to is closed")
    hint = N_("leave --account away; what should stand on another account is moved with 'kasse order transfer'")


class UnfitOptionError(KasseError):
    """An option that says nothing about this kind of order."""

    code = "order.change_option"
    template = N_("{option} says nothing about {order}")
    hint = N_("--last-day ends a standing or general order, whose items stay; --credit and --account belong to the "
              "cancellation of an order, or of one item with --due")  # fmt: skip
    exit_code = 2


class NoSuchChangeError(KasseError):
    """A kind of order that cannot be changed this way."""

    code = "order.change_kind"
    template = N_("{order} cannot be changed this way: {kind}")
    hint = N_("a transfer is taken back by a transfer the other way; an order by schedule is ended with 'kasse order "
              "cancel' and made anew")  # fmt: skip


class MadeByOrderError(KasseError):
    """An item named where its order is changed."""

    code = "order.item_ordered"
    template = N_("item {item} was made by the order {order}")
    hint = N_("change or cancel {order}")


class NotTakenOverError(KasseError):
    """An item that neither an order nor a take-over made."""

    code = "order.item_own"
    template = N_("{item} is no claim and no debt that was taken over")
    hint = N_("'kasse item explain {item}' says what made it; a fee or charge is taken off by 'kasse relief propose "
              "absetzung {item}'")  # fmt: skip


class TakenOverAccountError(KasseError):
    """No account for what was taken over: its coding stayed in the old system."""

    code = "order.item_account"
    template = N_("{item} was taken over: the book does not know which income or expense it was")
    hint = N_("name the account that it is to be less of with --account")


class MoreTakenOverError(KasseError):
    """A claim that was taken over is to become more."""

    code = "order.item_more"
    template = N_("{item} was taken over and is not made more by a change: {amount_cents}")
    hint = N_("order what is added by a list, as a claim of its own: 'kasse order import'")


class TakenOverPaidError(KasseError):
    """More is to be taken off what was taken over than is open of it."""

    code = "order.item_paid"
    template = N_("of {reduction_cents} to be taken off {item}, only {open_cents} is open")
    hint = N_("take off what is open with 'kasse order change {item} --to AMOUNT'; what was paid of a claim since it "
              "was taken over becomes a credit with --credit, what was paid before is given back, or demanded back, by "
              "an order of its own")  # fmt: skip


class PaidBeforeError(KasseError):
    """More of a claim taken over would be given back than was paid since: the rest was paid or waived before."""

    code = "order.item_paid_before"
    template = N_("of {reduction_cents} to be taken off {item}, {open_cents} is open and {paid_cents} was paid since "
                  "it was taken over; {rest_cents} were paid or waived before, or given back")  # fmt: skip
    hint = N_("take off what was open then with 'kasse order change {item} --to AMOUNT --credit'; give back what was "
              "paid before by an order of its own")  # fmt: skip


class NothingTakenOffError(KasseError):
    """A change of what was taken over to the amount that it has."""

    code = "order.item_nothing"
    template = N_("{item} is of {amount_cents} already")
    hint = N_("see 'kasse item explain {item}' for what was taken off before")


@dataclass(frozen=True, slots=True)
class CodedLine:
    """A line of an order with its present amount: what was ordered, more and less since."""

    line: int
    gl_account: str
    amount_cents: int
    cost_object: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change: whether it adds or takes off, how much in all and on which lines (all above zero)."""

    act: str
    total_cents: int
    lines: tuple[CodedLine, ...]


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """An order that was made: its number, what it does, how much, and the order it refers to."""

    number: str
    act: str
    kind: str
    amount_cents: int
    batch: int
    changes: str | None = None


def plan_changes(
    order: str, lines: Sequence[CodedLine], *, to_cents: int | None, wanted: Mapping[int, int]
) -> list[Change]:
    """Return the changes that bring the lines to their wanted amounts: what is added, and what is taken off.

    `wanted` gives the new amount of single lines; `to_cents` the new amount of an order with one line, or 0 to cancel
    it. Raises `AmountNeededError`, `LineAmountsNeededError`, `UnknownLineError`, `NothingChangesError`.
    """
    if (to_cents is None) == (not wanted):
        raise AmountNeededError
    goal = dict(wanted)
    names = ", ".join(str(line.line) for line in lines)
    if unknown := sorted(set(goal) - {line.line for line in lines}):
        raise UnknownLineError(order=order, line=unknown[0], lines=names)
    if not goal:
        if to_cents and len(lines) > 1:
            raise LineAmountsNeededError(order=order, lines=names)
        goal = {line.line: int(to_cents or 0) for line in lines}
    more = [
        _by(line, goal[line.line] - line.amount_cents) for line in lines if goal.get(line.line, 0) > line.amount_cents
    ]
    less = [
        _by(line, line.amount_cents - goal[line.line])
        for line in lines
        if goal.get(line.line, line.amount_cents) < line.amount_cents
    ]
    if not more and not less:
        raise NothingChangesError(order=order, amount_cents=sum(line.amount_cents for line in lines))
    whole = not more and all(goal.get(line.line, line.amount_cents) == 0 for line in lines)
    changes = [Change("cancellation" if whole else "reduction", _sum(less), tuple(less))] if less else []
    return changes + ([Change("increase", _sum(more), tuple(more))] if more else [])


def _by(line: CodedLine, cents: int) -> CodedLine:
    return CodedLine(line.line, line.gl_account, cents, line.cost_object)


def _sum(lines: Sequence[CodedLine]) -> int:
    return sum(line.amount_cents for line in lines)
