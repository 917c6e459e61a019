"""Where things stand in a payment file of others: levels, counts of elements, codes that values do not carry."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.errors import KasseError, Place
from sepa.identifiers import NOT_PROVIDED, InvalidReferenceError
from sepa.pain_values import ForeignBatch, ForeignPayment, PaymentFile
from sepa.rules.foreign_errors import (
    AmendedToError,
    AmendmentFlagError,
    BankOtherIdError,
    BothLevelsError,
    ChargesError,
    CreditorSchemeError,
    CurrencyError,
    DebtorBankError,
    ElementEmptyError,
    ElementMissingError,
    ElementOutsideError,
    InstrumentError,
    MethodError,
    NoLevelError,
    ReferenceLengthError,
    ReferenceTypeError,
    RemittanceFormError,
    ServiceLevelError,
)
from sepa.rules.foreign_forms import OTHER_ACCOUNT, batch_forms, flag_problem, order_problems, payment_forms

MAX_STRUCTURED = 140
_ONE_LEVEL = {False: ("PmtTpInf", "ChrgBr", "UltmtDbtr"), True: ("PmtTpInf", "ChrgBr", "UltmtCdtr", "CdtrSchmeId")}
_NEEDED = {False: ("PmtTpInf",), True: ("PmtTpInf", "CdtrSchmeId")}
_BATCH_NEEDS = {
    False: ("PmtInfId", "PmtMtd", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt"),
    True: ("PmtInfId", "PmtMtd", "ReqdColltnDt", "Cdtr", "CdtrAcct", "CdtrAgt"),
}
_PAYMENT_NEEDS = {False: ("PmtId", "Cdtr", "CdtrAcct"), True: ("PmtId", "DrctDbtTx", "DbtrAgt", "Dbtr", "DbtrAcct")}


def group_problems(head: PaymentFile) -> Iterator[KasseError]:
    """Yield what is wrong with the structure of the head of a file (GrpHdr)."""
    if head.present and "InitgPty" not in head.present:
        yield ElementMissingError(element="InitgPty", place=Place(field="InitgPty"))
    yield from order_problems(head, head)
    yield from _element_problems(head)


def batch_problems(batch: ForeignBatch, head: PaymentFile) -> Iterator[KasseError]:
    """Yield what is wrong with the structure of a batch."""
    expected = "DD" if head.debits else "TRF"
    if batch.method and batch.method != expected:
        yield MethodError(value=batch.method, expected=expected, place=Place(field="PmtMtd", value=batch.method))
    for element in _BATCH_NEEDS[head.debits]:
        if element not in batch.present:
            yield ElementMissingError(element=element, place=Place(field=element))
    yield from flag_problem(batch.booking, "BtchBookg")
    yield from batch_forms(batch, head)
    yield from _bank_problems(batch, "CdtrAgt" if head.debits else "DbtrAgt")
    yield from _common(batch, head)


def payment_problems(payment: ForeignPayment, batch: ForeignBatch, head: PaymentFile) -> Iterator[KasseError]:
    """Yield what is wrong with the structure of a payment in its batch."""
    debits = head.debits
    for element in _ONE_LEVEL[debits]:
        inside = _stands(payment, element)
        if inside and element in batch.present:
            yield BothLevelsError(element=element, place=Place(field=element))
        if element in _NEEDED[debits] and not inside and element not in batch.present:
            yield NoLevelError(element=element, place=Place(field=element))
    for element in _PAYMENT_NEEDS[debits]:
        if element not in payment.present:
            yield ElementMissingError(element=element, place=Place(field=element))
    if payment.currency != "EUR":
        yield CurrencyError(value=payment.currency, place=Place(field="currency", value=payment.currency))
    yield from payment_forms(payment, head)
    yield from _common(payment, head)
    yield from _outside_problems(payment)
    yield from _remittance_problems(payment)
    if debits:
        yield from _bank_problems(payment, "DbtrAgt")
        yield from _amendment_problems(payment)
    else:
        yield from _payee_problems(payment)


def _stands(payment: ForeignPayment, element: str) -> bool:
    return element in payment.present or (element == "CdtrSchmeId" and bool(payment.creditor_id))


def _common(value: ForeignBatch | ForeignPayment, head: PaymentFile) -> Iterator[KasseError]:
    level, bearer = value.service_level, value.charge_bearer
    if "PmtTpInf" in value.present and level != "SEPA":
        level = level or (f"Prtry {value.own_service_level}" if value.own_service_level else "")
        yield ServiceLevelError(value=level or "–", place=Place(field="SvcLvl", value=level))
    if bearer and bearer != "SLEV":
        yield ChargesError(value=bearer, place=Place(field="ChrgBr", value=bearer))
    yield from _instrument_problems(value, head)
    yield from _scheme_problems(value.creditor_id, value.creditor_scheme, "CdtrSchmeId")
    yield from _element_problems(value)


def _element_problems(value: PaymentFile | ForeignBatch | ForeignPayment) -> Iterator[KasseError]:
    for element in dict.fromkeys(value.empty):
        yield ElementEmptyError(element=element, place=Place(field=element))
    for path in value.unknown:
        element = path.rpartition("/")[2]
        yield ElementOutsideError(element=element, place=Place(field=path))


def _instrument_problems(value: ForeignBatch | ForeignPayment, head: PaymentFile) -> Iterator[KasseError]:
    allowed = ("CORE", "B2B") if head.debits else ("INST",)
    given = value.own_local_instrument or value.local_instrument
    wrong = bool(value.own_local_instrument) or (bool(given) and given not in allowed)
    if wrong or (head.debits and "PmtTpInf" in value.present and not given):
        place = Place(field="LclInstrm", value=given)
        yield InstrumentError(value=given or "–", allowed=", ".join(allowed), place=place)


def _scheme_problems(creditor_id: str, scheme: str, field: str) -> Iterator[KasseError]:
    if creditor_id and scheme != "SEPA":
        yield CreditorSchemeError(value=scheme or "–", place=Place(field=field, value=scheme))


def _bank_problems(value: ForeignBatch | ForeignPayment, element: str) -> Iterator[KasseError]:
    if element in value.present and not value.bic and value.bank_id != NOT_PROVIDED:
        yield BankOtherIdError(value=value.bank_id or "–", place=Place(field=element, value=value.bank_id))


def _outside_problems(payment: ForeignPayment) -> Iterator[KasseError]:
    if payment.own_purpose:
        yield ElementOutsideError(element="Purp/Prtry", place=Place(field="Purp/Prtry", value=payment.own_purpose))
    if payment.uetr:
        yield ElementOutsideError(element="UETR", place=Place(field="UETR", value=payment.uetr))


def _remittance_problems(payment: ForeignPayment) -> Iterator[KasseError]:
    texts, references = len(payment.remittance), len(payment.structured)
    if texts + references > 1:
        yield RemittanceFormError(texts=texts, references=references, place=Place(field="RmtInf"))
    for one in payment.structured:
        if one.kind != "SCOR":
            yield ReferenceTypeError(value=one.kind or "–", place=Place(field="Strd", value=one.kind))
        elif not one.reference:
            yield ElementMissingError(element="Ref", place=Place(field="Strd"))
        if one.issuer == "ISO" and not one.reference.upper().startswith("RF"):
            yield InvalidReferenceError(reference=one.reference, place=Place(field="Strd", value=one.reference))
        if one.length > MAX_STRUCTURED:
            yield ReferenceLengthError(length=one.length, place=Place(field="Strd", value=one.reference))


def _payee_problems(payment: ForeignPayment) -> Iterator[KasseError]:
    if payment.bank_id == NOT_PROVIDED or ("CdtrAgt" in payment.present and not payment.bic):
        yield DebtorBankError(value=payment.bank_id or "–", place=Place(field="CdtrAgt", value=payment.bank_id))


def _amendment_problems(payment: ForeignPayment) -> Iterator[KasseError]:
    was = (
        payment.original_mandate_id,
        payment.original_creditor_id,
        payment.original_creditor_name,
        payment.original_iban,
        payment.original_account,
        payment.original_bank_id,
        payment.original_bic,
    )
    yield from _scheme_problems(payment.original_creditor_id, payment.original_creditor_scheme, "OrgnlCdtrSchmeId")
    yield from flag_problem(payment.amendment, "AmdmntInd")
    amended, flag = any(was), payment.amendment in {"true", "1"}
    if amended != flag:
        place = Place(field="AmdmntInd", value=payment.amendment)
        yield AmendmentFlagError(mandate_id=payment.mandate_id, value=payment.amendment or "–", place=place)
    for field, value in (("OrgnlDbtrAcct", payment.original_account), ("OrgnlDbtrAgt", payment.original_bank_id)):
        if value not in {"", OTHER_ACCOUNT}:
            yield AmendedToError(mandate_id=payment.mandate_id, value=value, place=Place(field=field, value=value))
