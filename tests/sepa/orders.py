"""Orders from text, for the tests: one payment a line, `ID AMOUNT [RF… | free text]`."""

from datetime import date, datetime, timedelta, timezone

from sepa.identifiers import make_iban
from sepa.money import parse_amount
from sepa.payments import Address, CreditTransferMessage, Party, Transfer, TransferBatch

MADE = datetime(2026, 11, 20, 9, 0, tzinfo=timezone(timedelta(hours=1)))
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
PAYER = Party("Stadtkasse Musterstadt", make_iban("DE", "370400440532013000"))
PAYEE = Party("Erika Müller & Söhne", make_iban("DE", "120300000000202051"))
SWISS = Party("Röthlisberger AG", "CH9300762011623852957", "UBSWCHZH80A", Address("Zürich", "CH", "Bahnhofstr.", "1"))


def transfer(line: str, creditor: Party = PAYEE, purpose: str = "") -> Transfer:
    identifier, amount, *text = line.split(maxsplit=2)
    rest = text[0] if text else ""
    structured = rest.startswith("RF")
    return Transfer(
        identifier,
        parse_amount(amount),
        creditor,
        remittance="" if structured else rest,
        creditor_reference=rest if structured else "",
        purpose=purpose,
    )


def transfers(lines: str, creditor: Party = PAYEE) -> tuple[Transfer, ...]:
    return tuple(transfer(line, creditor) for line in lines.strip().splitlines())


def batch(lines: str, identifier: str = "RUN-1-1", day: date = MONDAY, payer: Party = PAYER) -> TransferBatch:
    return TransferBatch(identifier, payer, day, transfers=transfers(lines))


def message(*batches: TransferBatch, identifier: str = "RUN-1") -> CreditTransferMessage:
    return CreditTransferMessage(identifier, MADE, "Stadtkasse Musterstadt", batches)
