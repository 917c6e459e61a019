"""What keeps a cheque from being noted as bounced by hand."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class NoChequeError(KasseError):
    """A receipt without a cheque, or one that is not at the bank."""

    code = "cash.bounce_no_cheque"
    template = N_("receipt {label} has no cheque that could bounce")
    hint = N_("'kasse cash show {desk} --all' lists the cheques and where they are")


class BounceSumError(KasseError):
    """A debit that is not the cheque and a fee."""

    code = "cash.bounce_sum"
    template = N_("case {number} holds {open_cents}: the cheque is {cheque_cents}, a fee is at most {fee_cents}")
    hint = N_("look for the debit of this cheque with 'kasse suspense list'")


class BounceKindError(KasseError):
    """A case that is money received."""

    code = "cash.bounce_kind"
    template = N_("case {number} is money received, a cheque that bounces is money paid out")
    hint = N_("look for the debit of this cheque with 'kasse suspense list'")


class BounceUsedError(KasseError):
    """What the cheque made was used since."""

    code = "cash.bounce_used"
    template = N_("item {office}/{item}, which the cheque of receipt {label} paid or made, was changed since")
    hint = N_("undo that first; 'kasse item show {office}/{item}' tells what it was")
