"""What a proposal says of payables that it does not pay, or not wholly: discount, set-off, locks, rights of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ledger.payments.refunds import RefundOwesError
from sepa.errors import N_, KasseError
from sepa.rules.odd import AddressNeededError, BicAdvisableError

N_("locked"), N_("set-off"), N_("attached"), N_("short"), N_("changing")  # words of lists


class LockedPayableError(KasseError):
    """A payable that is locked against payment."""

    code = "payment.locked"
    template = N_("item {item} of office {office} over {open_cents} is locked against payment")
    hint = N_("the lock and its reason stand in 'kasse item show {office}/{item}' or at the party")
    severity = "warning"


class CollectedPayableError(KasseError):
    """A payable that its payee collects by direct debit: nobody locked it, and nobody has to pay it."""

    code = "payment.collected"
    template = N_("item {item} of office {office} over {open_cents} is collected by the payee")
    hint = N_("nothing is to be paid; the debit on the bank statement clears it")
    severity = "info"


class ChangingPayableError(KasseError):
    """A payable that an order under way cancels or makes less."""

    code = "payment.changing"
    template = N_(
        "item {item} of office {office} over {open_cents} is not paid: the order {change} cancels or reduces it"
    )
    hint = N_("accept {change} or object to it first; see 'kasse order show {change}'")
    severity = "warning"


class PayerAddressError(AddressNeededError):
    """A payment beyond the EEA while the book does not know where the payer is."""

    hint = N_("give it with 'kasse payment profile --street … --house-number … --postcode … --town …'; it goes with "
              "runs proposed from then on")  # fmt: skip


class PayeeBicError(BicAdvisableError):
    """A payment beyond the EEA while the book does not know the BIC of the payee's bank."""

    hint = N_("ask the payee and note it with 'kasse party change PARTY --iban {iban} --bic BIC'; it goes with runs "
              "proposed from then on")  # fmt: skip


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


HERE: Mapping[type[KasseError], type[KasseError]] = {
    AddressNeededError: PayerAddressError, BicAdvisableError: PayeeBicError,
}  # fmt: skip
"""What a rule of files says, as the book says it: with the command that mends it."""


def of_run(finding: KasseError, batch: str) -> KasseError:
    """Return what a rule of files found as a finding of the run; about the whole batch it has no place."""
    kind = HERE.get(type(finding), type(finding))
    place = finding.place if finding.place.payment != batch else replace(finding.place, payment=None)
    return kind(place=place, findings=finding.findings, **finding.fields)
