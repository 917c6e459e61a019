"""What is wrong with payment files of others beyond what values of ours could break: the errors and their sources."""

from __future__ import annotations

from sepa.errors import N_, KasseError
from sepa.rules.catalogue import Rule


class ServiceLevelError(KasseError):
    """A service level other than SEPA."""

    code = "service.not_sepa"
    template = N_("the service level is {value}, a SEPA payment has SEPA")
    hint = N_("use the order types for urgent or foreign payments, or correct it")


class InstrumentError(KasseError):
    """A local instrument that the message does not have in Germany."""

    code = "instrument.unknown"
    template = N_("the local instrument is {value}, allowed is {allowed}")
    hint = N_("correct it, or leave it out where it may be missing")


class SchemesMixedError(KasseError):
    """CORE and B2B in one file."""

    code = "instrument.mixed"
    template = N_("CORE and B2B collections stand in one file")
    hint = N_("write one file for each; they have different order types")


class BothLevelsError(KasseError):
    """An element at the batch and at the payment."""

    code = "level.both"
    template = N_("{element} stands at the batch and at the payment")
    hint = N_("give it at one of the two, best at the batch")


class NoLevelError(KasseError):
    """An element that is missing at the batch and at the payment."""

    code = "level.none"
    template = N_("{element} is missing at the batch and at the payment")
    hint = N_("give it at the batch")


class ElementMissingError(KasseError):
    """An element that must be there."""

    code = "element.missing"
    template = N_("{element} is missing")
    hint = N_("add it")


class ElementEmptyError(KasseError):
    """An element without content."""

    code = "element.empty"
    template = N_("{element} is empty")
    hint = N_("fill it in, or leave the element out")


class ElementOutsideError(KasseError):
    """An element that the German subset does not have."""

    code = "element.outside"
    template = N_("{element} is not among the elements that German banks take")
    hint = N_("leave it out")


class RemittanceFormError(KasseError):
    """Remittance that is neither one free text nor one reference."""

    code = "remittance.form"
    template = N_("the remittance has {texts} free texts and {references} references, allowed is one of either")
    hint = N_("keep one of them")


class ReferenceTypeError(KasseError):
    """A structured reference without the code SCOR."""

    code = "remittance.reference_type"
    template = N_("the structured reference has the type {value}, SEPA has SCOR")
    hint = N_("correct it, or send the text as free text")


class ReferenceLengthError(KasseError):
    """A structured remittance longer than 140 characters with its tags."""

    code = "remittance.reference_length"
    template = N_("the structured remittance has {length} characters with its tags, at most 140 are allowed")
    hint = N_("shorten it")


class AmendmentFlagError(KasseError):
    """A flag of mandate amendment that contradicts the details."""

    code = "mandate.amendment_flag"
    template = N_("the amendment flag of the mandate {mandate_id} is {value}, its details say otherwise")
    hint = N_("set it to true exactly where there are details")


class AmendedToError(KasseError):
    """An original account that is neither an IBAN nor SMNDA."""

    code = "mandate.amended_to"
    template = N_("the original account of the mandate {mandate_id} is {value}, allowed are an IBAN or SMNDA")
    hint = N_("write SMNDA for another account")


class StatedCountError(KasseError):
    """A number of payments that the file does not hold."""

    code = "total.count"
    template = N_("the file names {stated} payments, {found} are there")
    hint = N_("count again; the file is not complete and must not be sent")


class StatedSumError(KasseError):
    """A control sum that the payments do not give."""

    code = "total.sum"
    template = N_("the file names the sum {stated}, the payments give {found}")
    hint = N_("add up again; the file is not complete and must not be sent")


class ChargesError(KasseError):
    """A charge bearer other than SLEV."""

    code = "charges.bearer"
    template = N_("the charges are borne by {value}, SEPA has SLEV")
    hint = N_("correct it, or leave it out")


class CurrencyError(KasseError):
    """An amount that is not in euros."""

    code = "amount.currency"
    template = N_("the amount is in {value}, SEPA has EUR")
    hint = N_("make it a foreign payment")


class MethodError(KasseError):
    """A payment method that does not belong to the message."""

    code = "batch.method"
    template = N_("the payment method is {value}, this message has {expected}")
    hint = N_("correct it")


class DayFormError(KasseError):
    """A date that is none."""

    code = "day.form"
    template = N_("not a date: {value}")
    hint = N_("write it as 2026-11-21")


class CreatedZoneError(KasseError):
    """A time of making without offset."""

    code = "time.created_zone"
    severity = "warning"
    template = N_("the time of making has no offset from UTC: {value}")
    hint = N_("some banks reject it; write it as 2026-11-21T10:00:00+01:00")


class DebtorBankError(KasseError):
    """A payee's bank given as NOTPROVIDED."""

    code = "bank.notprovided"
    template = N_("the payee's bank is given as {value}")
    hint = N_("leave the element out where there is no BIC")


class BankOtherIdError(KasseError):
    """A bank that is given as neither BIC nor NOTPROVIDED."""

    code = "bank.other_id"
    template = N_("the bank is given as {value}, allowed are a BIC or NOTPROVIDED")
    hint = N_("write the BIC, or NOTPROVIDED where there is none")


class CreditorSchemeError(KasseError):
    """A creditor identifier whose scheme is not SEPA."""

    code = "creditor_id.scheme"
    template = N_("the scheme of the creditor identifier is {value}, it has to be SEPA")
    hint = N_("write SEPA into SchmeNm/Prtry")


class OldVersionError(KasseError):
    """A version that German banks no longer have to take."""

    code = "message.version"
    severity = "warning"
    template = N_("the version {name} is no longer the one German banks take: {current}")
    hint = N_("make the file in that version; ask the bank how long it takes the old one")


FOREIGN_RULES: tuple[Rule, ...] = (
    Rule(ServiceLevelError, "Anlage 3, GBIC_5", "batch"),
    Rule(InstrumentError, "Anlage 3, GBIC_5", "batch"),
    Rule(SchemesMixedError, "Anlage 3: order types", "message"),
    Rule(BothLevelsError, "Anlage 3, GBIC_5", "payment"),
    Rule(NoLevelError, "Anlage 3, GBIC_5", "payment"),
    Rule(ElementMissingError, "Anlage 3, GBIC_5", "batch"),
    Rule(ElementEmptyError, "Anlage 3, V26.11", "field"),
    Rule(ElementOutsideError, "Anlage 3, GBIC_5", "field"),
    Rule(RemittanceFormError, "Anlage 3, EPC088-22", "payment"),
    Rule(ReferenceTypeError, "Anlage 3, EPC130-08", "payment"),
    Rule(ReferenceLengthError, "Anlage 3, EPC130-08", "payment"),
    Rule(AmendmentFlagError, "EPC130-08", "payment"),
    Rule(AmendedToError, "EPC130-08", "payment"),
    Rule(StatedCountError, "Anlage 3: NbOfTxs", "message"),
    Rule(StatedSumError, "Anlage 3: CtrlSum", "message"),
    Rule(ChargesError, "Anlage 3, EPC125-05", "batch"),
    Rule(CurrencyError, "Anlage 3, EPC125-05", "payment"),
    Rule(MethodError, "Anlage 3, GBIC_5", "batch"),
    Rule(DayFormError, "ISO 8601", "field"),
    Rule(CreatedZoneError, "Anlage 3, ISO 8601", "message"),
    Rule(DebtorBankError, "Anlage 3, GBIC_5", "payment"),
    Rule(BankOtherIdError, "Anlage 3, GBIC_5", "payment"),
    Rule(CreditorSchemeError, "Anlage 3, GBIC_5", "payment"),
    Rule(OldVersionError, "Anlage 3, V26.11", "message"),
)
