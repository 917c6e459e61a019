"""What a proposal says of payables that it does not pay, or not wholly: discount, set-off, locks, rights of others."""

from __future__ import annotations

from ledger.payments.refunds import RefundOwesError
from sepa.errors import N_, KasseError

N_("locked"), N_("set-off"), N_("attached"), N_("short"), N_("changing")  # words of lists


class LockedPayableError(KasseError):
    """A payable that is locked against payment."""

    code = "payment.locked"
    template = N_("item {item} of office {office} over {open_cents} is locked against payment")
    hint = N_("the lock and its reason stand in 'kasse item show {office}/{item}' or at the party")
    severity = "warning"


class ChangingPayableError(KasseError):
    """A payable that an order under way cancels or makes less."""

    code = "payment.changing"
    template = N_(
        "item {item} of office {office} over {open_cents} is not paid: the order {change} cancels or reduces it"
    )
    hint = N_("accept {change} or object to it first; see 'kasse order show {change}'")
    severity = "warning"


class SetOffFirstError(KasseError):
    """The payee owes the city something that is due (§ 387 BGB, § 226 AO)."""

    code = "payment.set_off_first"
    template = N_("{name} gets {open_cents} for item {item} of office {office} and owes {owed_cents} that is due")
    hint = N_("set it off with 'kasse payment set-off {office}/{item}', or propose with --without-set-off")
    severity = "warning"


class RefundOwingError(RefundOwesError):
    """A refund whose payee owes something that became due after it was approved."""

    code = "payment.refund_owes"
    severity = "warning"


class RefundShortError(KasseError):
    """A refund of more than is open any more."""

    code = "payment.refund_short"
    template = N_(
        "the refund of {refund_cents} from item {item} of office {office} is not paid: only {open_cents} are open"
    )
    hint = N_("withdraw it with 'kasse payment refund withdraw {office}/{item} --reason …' and ask for what is open")
    severity = "warning"


class AttachedError(KasseError):
    """Part of a payable belongs to somebody else."""

    code = "payment.attached"
    template = N_("{taken_cents} of item {item} of office {office} belong to {creditor} (attachment {number})")
    hint = N_("see 'kasse attachment list'")
    severity = "warning"


class DiscountTakenError(KasseError):
    """A discount is kept off."""

    code = "payment.discount"
    template = N_("discount of {discount_cents} taken from item {item} of office {office}, possible until {day}")
    hint = N_("nothing to do; see that the run leaves in time")
    severity = "info"


class DiscountLostError(KasseError):
    """A discount could have been taken earlier."""

    code = "payment.discount_lost"
    template = N_("the discount of item {item} of office {office} is over, all is paid")
    hint = N_("propose runs until further ahead, so that discounts are met")
    severity = "info"


class DiscountMisreadError(KasseError):
    """Terms of discount that cannot be applied."""

    code = "payment.discount_unreadable"
    template = N_(
        "the discount of item {item} of office {office} cannot be taken: its terms or the invoice day are unclear"
    )
    hint = N_("terms read #SKONTO#TAGE=14#PROZENT=2.00# and count from the order's notice_date, the day of the invoice")
    severity = "warning"
