"""What still names a bank account that is to be closed, and what to do about each."""

from __future__ import annotations

from sepa.errors import N_, KasseError, Severity


class BankUsedError(KasseError):
    """A bank account on which something still rests: money would be sent to it, or asked for there, after its end."""

    code = "bank.used"
    template = N_("the bank account {iban} is still used, in places: {count}")
    hint = N_("see the findings, change each of them, then close the account")


class TerminalUsesError(KasseError):
    """A card terminal whose acquirer pays to the account."""

    code = "bank.used_terminal"
    template = N_("card terminal {terminal} of {desk} is paid to {iban}")
    hint = N_(
        "have the acquirer pay to another account, then say so: 'kasse cash terminal {terminal} --desk {desk} --iban "
        "IBAN'; or end it with --end"
    )


class TransportUsesError(KasseError):
    """Cash under way to the account or from it."""

    code = "bank.used_transport"
    template = N_("{reference} of {desk} over {amount_cents} is under way to or from {iban}")
    hint = N_("take in the statement that shows it, or take it back: 'kasse cash cancel {reference}'")


class PayableUsesError(KasseError):
    """A payable that would be paid to the account."""

    code = "bank.used_payable"
    template = N_("payable {office}-{item} over {open_cents} is to be paid to {iban}")
    hint = N_("pay it first, or cancel its order and order it anew to another account")


class RunPaysThereError(KasseError):
    """A run under way from another account that pays to this one."""

    code = "bank.used_run"
    template = N_("payment run {run} of {office} pays to {iban}, in line {line}")
    hint = N_("wait until the statement shows it, or discard the run: 'kasse payment show {run}'")


class BankNamedError(KasseError):
    """A letterhead or a wording that names the account."""

    code = "bank.named"
    template = N_("{iban} stands in '{where}' of office {office}, which is printed on letters")
    hint = N_(
        "take it out there ('kasse letter head', 'kasse letter template'): letters name an open account by themselves"
    )


class LastCollectingError(KasseError):
    """The only account to which debtors pay."""

    code = "bank.last_collecting"
    template = N_("{iban} is the only open bank account that debtors pay to")
    hint = N_("letters and collections would name none; add the account that follows it first: 'kasse bank add'")


class RuleAsksError(KasseError):
    """A rule of the Kasse that asks for the account."""

    code = "bank.rule"
    template = N_("rule {rule} ({name}) asks for money on {iban}")
    hint = N_("it still serves what the bank books there at the end; switch it off afterwards: 'kasse rule off {rule}'")
    severity: Severity = "info"
