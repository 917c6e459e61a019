"""What a reviewer is told of an item that a run has paid, or tried to pay, before."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class ItemPaidBeforeError(KasseError):
    """Another payment of the same item was executed."""

    code = "payment.item_paid_before"
    template = N_("{before} of {day} has paid {paid_cents} for item {item} of office {office} before")
    hint = N_("see 'kasse payment show {before}' and 'kasse item show {office}/{item}' for why it is open")
    severity = "warning"


class ReturnedBeforeError(KasseError):
    """The item was paid and the bank sent it back."""

    code = "payment.returned_before"
    template = N_("{before} of {day} for item {item} of office {office} came back from {iban}: {why}")
    hint = N_("see 'kasse payment show {before}'; what is wrong with the account is to be corrected first")
    severity = "warning"


class NamedReturnError(KasseError):
    """The item was paid, and a person named a credit as its return: the reviewer looks at that credit too."""

    code = "payment.returned_by_hand"
    template = N_("{before} of {day} for item {item} of office {office} came back, says {user} of case {case}: {why}")
    hint = N_("see 'kasse suspense show {case}': is that credit really this payment?")
    severity = "warning"


class RefusedBeforeError(KasseError):
    """The bank refused a payment of the item."""

    code = "payment.refused_before"
    template = N_("the bank refused {before} of {day} for item {item} of office {office} to {iban}: {why}")
    hint = N_("see 'kasse payment show {before}'; another account is given with 'kasse payment redirect'")
    severity = "warning"
