"""Names and addresses that a narrower character set does not hold: ours as well as those of the other side."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.errors import KasseError
from sepa.fields import NAME_LENGTH, optional_text_problem, text_problem
from sepa.payments import ADDRESS_LIMITS, Party
from sepa.text import Charset


def party_texts(party: Party, charset: Charset) -> Iterator[KasseError | None]:
    """Yield what is wrong with the name of a party, and with each text of its address (DK Anlage 3)."""
    yield text_problem(party.name, NAME_LENGTH, "name", charset)
    address = party.address
    if address is None:
        return
    for field, limit in (("town", 35), *ADDRESS_LIMITS):
        yield optional_text_problem(getattr(address, field), limit, field, charset)
    for line in address.lines:
        yield optional_text_problem(line, 70, "lines", charset)


def initiator_problem(initiator: str, charset: Charset) -> KasseError | None:
    """Say what is wrong with the name of who orders."""
    return text_problem(initiator, NAME_LENGTH, "initiator", charset)
