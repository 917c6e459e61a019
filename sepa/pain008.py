"""Direct debits as a file for the bank: pain.008.001.08 in the German subset GBIC_5, CORE or B2B."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.debits import (
    Amendment,
    Collection,
    CollectionBatch,
    DirectDebitMessage,
    Mandate,
    Scheme,
    counted,
    signature_problem,
)
from sepa.errors import KasseError, Place
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH, optional_text_problem, refuse
from sepa.markup import (
    HEAD,
    account,
    agent,
    chunks,
    code,
    counters,
    element,
    group_header,
    instructed,
    named,
    party,
    remittance,
)
from sepa.party_texts import initiator_problem, party_texts
from sepa.payments import NoBatchError, Totals, check_totals
from sepa.text import Charset

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"


def write(message: DirectDebitMessage) -> Iterator[bytes]:
    """Yield the file in chunks; the same message gives the same bytes, memory does not grow with its collections.

    Raises as `sepa.pain001.write` does, and `SignedLateError` for a mandate signed after the due day: write to a
    temporary name and rename it when all is written.
    """
    return chunks(_parts(counted(message)))


def _parts(message: DirectDebitMessage) -> Iterator[str]:
    yield f'{HEAD}<Document xmlns="{NAMESPACE}">\n<CstmrDrctDbtInitn>\n'
    totals = sum((batch.totals for batch in message.batches if batch.totals), Totals())
    refuse((initiator_problem(message.initiator, message.charset),))
    yield group_header(message.message_id, message.created, totals, message.initiator)
    for batch in message.batches:
        yield from _batch(batch, message.scheme, message.charset)
    yield "</CstmrDrctDbtInitn>\n</Document>\n"


def _batch(batch: CollectionBatch, scheme: Scheme, charset: Charset) -> Iterator[str]:
    stated = batch.totals or Totals()
    if not stated.count:
        raise NoBatchError(identifier=batch.payment_information_id)
    refuse(own_texts(batch, charset), Place(payment=batch.payment_information_id))
    yield _batch_head(batch, stated, scheme)
    count = cents = 0
    for collection in batch.collections:
        count += 1
        cents += collection.amount_cents
        _refuse(collection, batch, charset)
        yield _collection(collection)
    yield "</PmtInf>\n"
    check_totals(batch.payment_information_id, stated, Totals(count, cents))


def _refuse(collection: Collection, batch: CollectionBatch, charset: Charset) -> None:
    problem = signature_problem(collection, batch.due_day)
    if problem is not None:
        raise problem
    if charset == "epc":
        refuse(charset_problems(collection, charset), Place(payment=collection.end_to_end_id))


def _batch_head(batch: CollectionBatch, totals: Totals, scheme: Scheme) -> str:
    booking = "" if batch.batch_booking is None else element("BtchBookg", str(batch.batch_booking).lower())
    creditor = batch.creditor
    return (
        f"<PmtInf><PmtInfId>{batch.payment_information_id}</PmtInfId><PmtMtd>DD</PmtMtd>{booking}{counters(totals)}"
        f"<PmtTpInf>{code('SvcLvl', 'SEPA')}{code('LclInstrm', scheme)}<SeqTp>{batch.sequence}</SeqTp>"
        f"{code('CtgyPurp', batch.category_purpose)}</PmtTpInf><ReqdColltnDt>{batch.due_day.isoformat()}</ReqdColltnDt>"
        f"{party('Cdtr', creditor)}{account('CdtrAcct', creditor.iban)}{agent('CdtrAgt', creditor.bic)}"
        f"{named('UltmtCdtr', batch.ultimate_creditor)}<ChrgBr>SLEV</ChrgBr>"
        f"<CdtrSchmeId>{scheme_id(batch.creditor_id)}</CdtrSchmeId>\n"
    )


def scheme_id(creditor_id: str) -> str:
    """Return the creditor identifier in the only form that SEPA has for it (DK Anlage 3)."""
    return (
        f"<Id><PrvtId><Othr><Id>{creditor_id}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>"
        if creditor_id
        else ""
    )


def _collection(collection: Collection) -> str:
    debtor = collection.debtor
    return (
        f"<DrctDbtTxInf><PmtId>{element('InstrId', collection.instruction_id)}"
        f"<EndToEndId>{collection.end_to_end_id}</EndToEndId></PmtId>{instructed(collection.amount_cents)}"
        f"<DrctDbtTx>{mandate_information(collection.mandate)}</DrctDbtTx>"
        f"{agent('DbtrAgt', debtor.bic)}{party('Dbtr', debtor)}{account('DbtrAcct', debtor.iban)}"
        f"{named('UltmtDbtr', collection.ultimate_debtor)}{code('Purp', collection.purpose)}"
        f"{remittance(collection.remittance, collection.creditor_reference)}</DrctDbtTxInf>\n"
    )


def mandate_information(mandate: Mandate) -> str:
    """Return reference, day of signature and amendment of a mandate (EPC130-08)."""
    return (
        f"<MndtRltdInf><MndtId>{mandate.mandate_id}</MndtId>"
        f"<DtOfSgntr>{mandate.signed.isoformat()}</DtOfSgntr>"
        f"{'' if mandate.amendment is None else _amendment(mandate.amendment)}</MndtRltdInf>"
    )


def _amendment(was: Amendment) -> str:
    named_before = element("Nm", was.creditor_name)
    creditor = f"{named_before}{scheme_id(was.creditor_id)}"
    return (
        "<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>"
        f"{element('OrgnlMndtId', was.mandate_id)}"
        f"{f'<OrgnlCdtrSchmeId>{creditor}</OrgnlCdtrSchmeId>' if creditor else ''}"
        f"{_original_account(was)}{agent('OrgnlDbtrAgt', was.bic) if was.bic else ''}</AmdmntInfDtls>"
    )


def _original_account(was: Amendment) -> str:
    if was.other_account:
        return "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>"
    return account("OrgnlDbtrAcct", was.iban) if was.iban else ""


def charset_problems(collection: Collection, charset: Charset) -> Iterator[KasseError | None]:
    """Yield the texts of a collection that a narrower character set does not hold (DK Anlage 3, EPC217-08)."""
    yield from party_texts(collection.debtor, charset)
    yield optional_text_problem(collection.remittance, REMITTANCE_LENGTH, "remittance", charset)
    yield optional_text_problem(collection.ultimate_debtor, NAME_LENGTH, "ultimate_debtor", charset)
    was = collection.mandate.amendment
    if was is not None:
        yield optional_text_problem(was.creditor_name, NAME_LENGTH, "original_creditor_name", charset)


def own_texts(batch: CollectionBatch, charset: Charset) -> Iterator[KasseError | None]:
    """Yield the texts about us in a batch that a narrower character set does not hold."""
    yield from party_texts(batch.creditor, charset)
    yield optional_text_problem(batch.ultimate_creditor, NAME_LENGTH, "ultimate_creditor", charset)
