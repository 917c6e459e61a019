"""What keeps a receipt, or cash under way, from being taken back."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class CancelReasonError(KasseError):
    """A cancellation without words."""

    code = "cash.cancel_reason"
    template = N_("no reason is given for cancelling {label}")
    hint = N_("say with --reason why it is taken back; it is printed on the counter receipt")


class CancelledAlreadyError(KasseError):
    """A receipt is taken back once and only once."""

    code = "cash.cancelled"
    template = N_("receipt {label} is cancelled already, by {by}")
    hint = N_("write a new receipt where money was taken or paid again")


class CancelOfCancelError(KasseError):
    """A counter receipt is final."""

    code = "cash.cancel_of_cancel"
    template = N_("receipt {label} is itself a cancellation")
    hint = N_("write a new receipt")


class CreditUnderWayError(KasseError):
    """The money of a receipt became a credit, and that is about to be paid out."""

    code = "cash.credit_under_way"
    template = N_("the money of receipt {label} became credit {office}/{item} since, which is being paid out")
    hint = N_("see 'kasse item show {office}/{item}'; take it out of its run, or have its refund objected to, then "
              "try again")  # fmt: skip


class GoneChequeError(KasseError):
    """A cheque that is not in the drawer any more."""

    code = "cash.cheque_gone"
    template = N_("the cheque of receipt {label} is not in the drawer any more, it is {state}")
    hint = N_("where it bounces the bank statement takes it back; else pay the money back by an order")


class ClearedCardError(KasseError):
    """A card payment that the acquirer has paid."""

    code = "cash.card_cleared"
    template = N_("the card payment of receipt {label} was credited by the acquirer")
    hint = N_("pay it back by an order: 'kasse payment refund ask'")


class PresentedChequesError(KasseError):
    """Cheques that are at the bank."""

    code = "cash.cheques_presented"
    template = N_("{label} is cheques that were handed in at the bank: that is not taken back")
    hint = N_("the bank statement says which were paid and which bounced")


class TransportLabelError(KasseError):
    """A text that names no cash under way."""

    code = "cash.transport_label"
    template = N_("no cash is under way as {text}")
    hint = N_("see 'kasse cash show' of the desk for what is under way, such as KASSE-T12")


class ArrivedError(KasseError):
    """Cash that is there."""

    code = "cash.arrived"
    template = N_("{label} is not under way any more: {state}")
    hint = N_("a deposit that the bank has booked is not taken back; withdraw the cash instead")
