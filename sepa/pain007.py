"""Reversals of direct debits as a file for the bank: pain.007.001.09 with the original mandate, as the DK wants it."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.debits import Collection, CollectionBatch, Scheme
from sepa.fields import NAME_LENGTH, optional_text_problem, refuse
from sepa.markup import HEAD, account, agent, chunks, code, element, escape, euros, group_header
from sepa.pain008 import NAMESPACE as ORIGINAL_NAMESPACE
from sepa.pain008 import mandate_information, scheme_id
from sepa.payments import Party, Totals
from sepa.reversals import Reversal, ReversalBatch, ReversalMessage

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.007.001.09"
_ORIGINAL = ORIGINAL_NAMESPACE.rpartition(":")[2]


def write(message: ReversalMessage) -> Iterator[bytes]:
    """Yield the file in chunks; the same message gives the same bytes.

    Raises `TextCharactersError` for a name outside the message's character set.
    """
    return chunks(_parts(message))


def _parts(message: ReversalMessage) -> Iterator[str]:
    totals = sum((batch.totals for batch in message.batches), Totals())
    yield f'{HEAD}<Document xmlns="{NAMESPACE}">\n<CstmrPmtRvsl>\n'
    yield group_header(message.message_id, message.created, totals, message.initiator)
    yield (
        f"<OrgnlGrpInf><OrgnlMsgId>{message.original_message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{_ORIGINAL}</OrgnlMsgNmId></OrgnlGrpInf>\n"
    )
    for batch in message.batches:
        yield from _batch(batch, message)
    yield "</CstmrPmtRvsl>\n</Document>\n"


def _batch(batch: ReversalBatch, message: ReversalMessage) -> Iterator[str]:
    booking = "" if batch.batch_booking is None else element("BtchBookg", str(batch.batch_booking).lower())
    yield (
        f"<OrgnlPmtInfAndRvsl><RvslPmtInfId>{batch.payment_information_id}</RvslPmtInfId>"
        f"<OrgnlPmtInfId>{batch.batch.payment_information_id}</OrgnlPmtInfId>{booking}\n"
    )
    for reversal in batch.reversals:
        name = reversal.collection.debtor.name
        refuse((optional_text_problem(name, NAME_LENGTH, "name", message.charset),))
        yield _reversal(reversal, batch.batch, message.scheme)
    yield "</OrgnlPmtInfAndRvsl>\n"


def _reversal(reversal: Reversal, batch: CollectionBatch, scheme: Scheme) -> str:
    collection = reversal.collection
    return (
        f"<TxInf>{element('RvslId', reversal.reversal_id)}{element('OrgnlInstrId', collection.instruction_id)}"
        f"<OrgnlEndToEndId>{collection.end_to_end_id}</OrgnlEndToEndId>"
        f'<OrgnlInstdAmt Ccy="EUR">{euros(collection.amount_cents)}</OrgnlInstdAmt>'
        f'<RvsdInstdAmt Ccy="EUR">{euros(reversal.amount_cents)}</RvsdInstdAmt><ChrgBr>SLEV</ChrgBr>'
        f"<RvslRsnInf>{code('Rsn', reversal.reason)}</RvslRsnInf>{_original(collection, batch, scheme)}</TxInf>\n"
    )


def _original(collection: Collection, batch: CollectionBatch, scheme: Scheme) -> str:
    """Return the reference to the original collection, mandatory with its mandate (DK Anlage 3)."""
    return (
        f"<OrgnlTxRef><ReqdColltnDt>{batch.due_day.isoformat()}</ReqdColltnDt>"
        f"<CdtrSchmeId>{scheme_id(batch.creditor_id)}</CdtrSchmeId>"
        f"<PmtTpInf>{code('SvcLvl', 'SEPA')}{code('LclInstrm', scheme)}<SeqTp>{batch.sequence}</SeqTp></PmtTpInf>"
        f"{mandate_information(collection.mandate)}"
        f"{_party('Dbtr', collection.debtor)}{account('DbtrAcct', collection.debtor.iban)}"
        f"{agent('DbtrAgt', collection.debtor.bic)}{agent('CdtrAgt', batch.creditor.bic)}"
        f"{_party('Cdtr', batch.creditor)}{account('CdtrAcct', batch.creditor.iban)}</OrgnlTxRef>"
    )


def _party(tag: str, party: Party) -> str:
    """Return a party by name in the choice that references use since version 09."""
    return f"<{tag}><Pty><Nm>{escape(party.name)}</Nm></Pty></{tag}>"
