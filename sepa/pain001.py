"""Credit transfers as a file for the bank: pain.001.001.09 in the German subset GBIC_5, instant ones included.

>>> from datetime import date, datetime, timezone
>>> from sepa.payments import CreditTransferMessage, Party, Transfer, TransferBatch
>>> payee = Party("Erika Musterfrau", "DE89370400440532013000")
>>> batch = TransferBatch(
...     "RUN-1-1",
...     Party("Stadtkasse Musterstadt", "DE02120300000000202051"),
...     date(2026, 11, 24),
...     transfers=[Transfer("RUN-1-1-1", 12345, payee, "Bescheid 4711")],
... )
>>> made = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
>>> file = b"".join(write(CreditTransferMessage("RUN-1", made, "Stadtkasse Musterstadt", (batch,))))
>>> b"<NbOfTxs>1</NbOfTxs><CtrlSum>123.45</CtrlSum>" in file
True
"""

from __future__ import annotations

from collections.abc import Iterator

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
    timestamp,
)
from sepa.party_texts import initiator_problem, party_texts
from sepa.payments import CreditTransferMessage, NoBatchError, Totals, Transfer, TransferBatch, check_totals, counted
from sepa.text import Charset

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def write(message: CreditTransferMessage) -> Iterator[bytes]:
    """Yield the file in chunks; the same message gives the same bytes, memory does not grow with its payments.

    Batches without totals are counted by iterating their transfers a first time. Raises `TotalsError` behind a batch
    that does not hold what its head says, `NoBatchError` for an empty one and `TextCharactersError` for a text
    outside the message's character set: write to a temporary name and rename it when all is written.
    """
    return chunks(_parts(counted(message)))


def _parts(message: CreditTransferMessage) -> Iterator[str]:
    yield f'{HEAD}<Document xmlns="{NAMESPACE}">\n<CstmrCdtTrfInitn>\n'
    totals = sum((batch.totals for batch in message.batches if batch.totals), Totals())
    refuse((initiator_problem(message.initiator, message.charset),))
    yield group_header(message.message_id, message.created, totals, message.initiator)
    for batch in message.batches:
        yield from _batch(batch, message.charset)
    yield "</CstmrCdtTrfInitn>\n</Document>\n"


def _batch(batch: TransferBatch, charset: Charset) -> Iterator[str]:
    stated = batch.totals or Totals()
    if not stated.count:
        raise NoBatchError(identifier=batch.payment_information_id)
    refuse(party_texts(batch.debtor, charset), Place(payment=batch.payment_information_id))
    yield _batch_head(batch, stated)
    count = cents = 0
    for transfer in batch.transfers:
        count += 1
        cents += transfer.amount_cents
        if charset == "epc":
            refuse(charset_problems(transfer, charset), Place(payment=transfer.end_to_end_id))
        yield _transfer(transfer)
    yield "</PmtInf>\n"
    check_totals(batch.payment_information_id, stated, Totals(count, cents))


def _batch_head(batch: TransferBatch, totals: Totals) -> str:
    booking = "" if batch.batch_booking is None else element("BtchBookg", str(batch.batch_booking).lower())
    return (
        f"<PmtInf><PmtInfId>{batch.payment_information_id}</PmtInfId><PmtMtd>TRF</PmtMtd>{booking}"
        f"{counters(totals)}{_payment_type(batch)}<ReqdExctnDt>{_execution(batch)}</ReqdExctnDt>"
        f"{party('Dbtr', batch.debtor)}{account('DbtrAcct', batch.debtor.iban)}{agent('DbtrAgt', batch.debtor.bic)}"
        "<ChrgBr>SLEV</ChrgBr>\n"
    )


def _payment_type(batch: TransferBatch) -> str:
    instrument = code("LclInstrm", "INST" if batch.instant else "")
    return f"<PmtTpInf>{code('SvcLvl', 'SEPA')}{instrument}{code('CtgyPurp', batch.category_purpose)}</PmtTpInf>"


def _execution(batch: TransferBatch) -> str:
    if batch.execution_time is not None:
        return f"<DtTm>{timestamp(batch.execution_time)}</DtTm>"
    return f"<Dt>{batch.execution_day.isoformat()}</Dt>"


def _transfer(transfer: Transfer) -> str:
    creditor = transfer.creditor
    return (
        f"<CdtTrfTxInf><PmtId>{element('InstrId', transfer.instruction_id)}"
        f"<EndToEndId>{transfer.end_to_end_id}</EndToEndId></PmtId>"
        f"<Amt>{instructed(transfer.amount_cents)}</Amt>"
        f"{named('UltmtDbtr', transfer.ultimate_debtor)}{agent('CdtrAgt', creditor.bic) if creditor.bic else ''}"
        f"{party('Cdtr', creditor)}{account('CdtrAcct', creditor.iban)}"
        f"{named('UltmtCdtr', transfer.ultimate_creditor)}{code('Purp', transfer.purpose)}"
        f"{remittance(transfer.remittance, transfer.creditor_reference)}</CdtTrfTxInf>\n"
    )


def charset_problems(transfer: Transfer, charset: Charset) -> Iterator[KasseError | None]:
    """Yield the texts of a transfer that a narrower character set does not hold (DK Anlage 3, EPC217-08)."""
    yield from party_texts(transfer.creditor, charset)
    yield optional_text_problem(transfer.remittance, REMITTANCE_LENGTH, "remittance", charset)
    yield optional_text_problem(transfer.ultimate_debtor, NAME_LENGTH, "ultimate_debtor", charset)
    yield optional_text_problem(transfer.ultimate_creditor, NAME_LENGTH, "ultimate_creditor", charset)
