"""The rules over a whole message of credit transfers: `check` walks it in one pass and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from sepa.countries import eea_countries
from sepa.errors import KasseError, Place
from sepa.pain001 import charset_problems
from sepa.party_texts import initiator_problem, party_texts
from sepa.payments import CreditTransferMessage, Transfer, TransferBatch, counted
from sepa.rules.odd import (
    AddressNeededError,
    ToSelfError,
    Twins,
    Watched,
    abroad_finding,
    address_finding,
    bic_finding,
    category_finding,
    day_findings,
    id_finding,
    present,
    purpose_finding,
)
from sepa.text import Charset


def self_finding(transfer: Transfer, batch: TransferBatch) -> KasseError | None:
    """Say whether a transfer goes to the account that pays it."""
    iban = transfer.creditor.iban
    return ToSelfError(iban=iban, place=Place(field="iban", value=iban)) if iban == batch.debtor.iban else None


def payer_address_finding(transfer: Transfer, batch: TransferBatch) -> KasseError | None:
    """Say whether a transfer beyond the EEA lacks the payer's address (Regulation (EU) 2023/1113)."""
    country = transfer.creditor.iban[:2]
    if batch.debtor.address is not None or country in eea_countries():
        return None
    return AddressNeededError(country=country, place=Place(field="address"))


def _texts(transfer: Transfer, _: TransferBatch) -> KasseError | None:
    return abroad_finding(transfer.creditor.iban, transfer.creditor.name, transfer.remittance)


PER_TRANSFER: tuple[Callable[[Transfer, TransferBatch], KasseError | None], ...] = (
    lambda transfer, _: id_finding(transfer.end_to_end_id),
    self_finding,
    payer_address_finding,
    lambda transfer, _: purpose_finding(transfer.purpose),
    lambda transfer, _: bic_finding(transfer.creditor),
    lambda transfer, _: address_finding(transfer.creditor.address),
    _texts,
)


def check(message: CreditTransferMessage, on: date) -> Iterator[KasseError]:
    """Yield the findings over a message as seen on a day, each with batch or payment as its place.

    One pass over the transfers; two hashes for each payment are remembered. What values cannot break once they exist
    is not asked again; the head's totals are the writer's.
    """
    twins = Twins()
    yield from present((initiator_problem(message.initiator, message.charset),))
    for batch in message.batches:
        outer = Place(payment=batch.payment_information_id)
        yield from (finding.at(outer) for finding in batch_findings(batch, on, message.charset))
        for transfer in batch.transfers:
            for finding in transfer_findings(transfer, batch, message, twins):
                yield finding.at(Place(payment=transfer.end_to_end_id))


def checking(message: CreditTransferMessage, on: date, found: Callable[[KasseError], object]) -> CreditTransferMessage:
    """Return the message for a writer that goes through it once: each transfer is checked as it is written.

    `found` is called with what `check` would yield. Write to a temporary name, and drop the file where an error was
    found. Batches without totals are counted first, by iterating their transfers.
    """
    message, twins = counted(message), Twins()
    for finding in present((initiator_problem(message.initiator, message.charset),)):
        found(finding)
    for batch in message.batches:
        for finding in batch_findings(batch, on, message.charset):
            found(finding.at(Place(payment=batch.payment_information_id)))
    batches = (
        replace(one, transfers=Watched(one.transfers, _watch(one, message, twins, found))) for one in message.batches
    )
    return replace(message, batches=tuple(batches))


def _watch(
    batch: TransferBatch, message: CreditTransferMessage, twins: Twins, found: Callable[[KasseError], object]
) -> Callable[[Transfer], None]:
    def look(transfer: Transfer) -> None:
        for finding in transfer_findings(transfer, batch, message, twins):
            found(finding.at(Place(payment=transfer.end_to_end_id)))

    return look


def batch_findings(batch: TransferBatch, on: date, charset: Charset = "dk") -> Iterator[KasseError]:
    """Yield what is odd about a batch by itself, as seen on a day, and our texts that the character set lacks."""
    yield from present(party_texts(batch.debtor, charset))
    yield from day_findings(batch.execution_day, on, instant=batch.instant)
    yield from present(
        (category_finding(batch.category_purpose), bic_finding(batch.debtor), address_finding(batch.debtor.address))
    )


def transfer_findings(
    transfer: Transfer, batch: TransferBatch, message: CreditTransferMessage, twins: Twins
) -> list[KasseError]:
    """Return what is odd about a transfer in its batch, and among those that came before."""
    found = [finding for rule in PER_TRANSFER if (finding := rule(transfer, batch)) is not None]
    if message.charset == "epc":
        found += present(charset_problems(transfer, message.charset))
    text = transfer.remittance or transfer.creditor_reference
    return found + twins.findings(transfer.end_to_end_id, transfer.creditor.iban, transfer.amount_cents, text)
