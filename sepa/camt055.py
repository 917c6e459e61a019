"""Recalls as a file for the bank: camt.055.001.05, answered by camt.029.001.06."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sepa.markup import HEAD, agent, chunks, code, counters, element, euros, named, timestamp
from sepa.payments import Totals
from sepa.recalls import Recall, RecallBatch, RecallMessage, Sent

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.055.001.05"


def write(message: RecallMessage) -> Iterator[bytes]:
    """Yield the file in chunks; the same message gives the same bytes."""
    return chunks(_parts(message))


def _parts(message: RecallMessage) -> Iterator[str]:
    yield f'{HEAD}<Document xmlns="{NAMESPACE}">\n<CstmrPmtCxlReq>\n'
    yield (
        f"<Assgnmt><Id>{message.message_id}</Id><Assgnr>{named('Pty', message.initiator)}</Assgnr>"
        f"<Assgne>{agent('Agt', message.bank_bic)}</Assgne>"
        f"<CreDtTm>{timestamp(message.created)}</CreDtTm></Assgnmt>\n"
    )
    yield f"{_control_data(message)}<Undrlyg>\n"
    if message.reason:
        yield _whole_file(message)
    for batch in message.batches:
        yield from _batch(batch, message.sent)
    yield "</Undrlyg>\n</CstmrPmtCxlReq>\n</Document>\n"


def _control_data(message: RecallMessage) -> str:
    """Return number and, where all are known, sum of the payments that are named; nothing where none is."""
    amounts = [recall.amount_cents for batch in message.batches for recall in batch.recalls]
    if not amounts:
        return ""
    known = [amount for amount in amounts if amount is not None]
    total = element("CtrlSum", euros(sum(known))) if len(known) == len(amounts) else ""
    return f"<CtrlData><NbOfTxs>{len(amounts)}</NbOfTxs>{total}</CtrlData>\n"


def _whole_file(message: RecallMessage) -> str:
    totals: Totals | None = message.sent.totals
    return (
        f"<OrgnlGrpInfAndCxl>{_sent(message.sent)}{'' if totals is None else counters(totals)}"
        f"<GrpCxl>true</GrpCxl>{_reason(message.reason, message.information)}</OrgnlGrpInfAndCxl>\n"
    )


def _batch(batch: RecallBatch, sent: Sent) -> Iterator[str]:
    yield (
        f"<OrgnlPmtInfAndCxl><OrgnlPmtInfId>{batch.payment_information_id}</OrgnlPmtInfId>"
        f"<OrgnlGrpInf>{_sent(sent)}</OrgnlGrpInf>\n"
    )
    if batch.reason:
        yield f"<PmtInfCxl>true</PmtInfCxl>{_reason(batch.reason, batch.information)}\n"
    yield from map(_recall, batch.recalls)
    yield "</OrgnlPmtInfAndCxl>\n"


def _recall(recall: Recall) -> str:
    cents = recall.amount_cents
    amount = "" if cents is None else f'<OrgnlInstdAmt Ccy="EUR">{euros(cents)}</OrgnlInstdAmt>'
    return (
        f"<TxInf>{element('CxlId', recall.recall_id)}{element('OrgnlInstrId', recall.instruction_id)}"
        f"<OrgnlEndToEndId>{recall.end_to_end_id}</OrgnlEndToEndId>{amount}"
        f"{_day('OrgnlReqdExctnDt', recall.execution_day)}{_day('OrgnlReqdColltnDt', recall.collection_day)}"
        f"{_reason(recall.reason, recall.information)}</TxInf>\n"
    )


def _sent(sent: Sent) -> str:
    created = "" if sent.created is None else element("OrgnlCreDtTm", timestamp(sent.created))
    return f"<OrgnlMsgId>{sent.message_id}</OrgnlMsgId><OrgnlMsgNmId>{sent.format}</OrgnlMsgNmId>{created}"


def _reason(reason: str, information: str) -> str:
    return f"<CxlRsnInf>{code('Rsn', reason)}{element('AddtlInf', information)}</CxlRsnInf>"


def _day(tag: str, day: date | None) -> str:
    return "" if day is None else element(tag, day.isoformat())
