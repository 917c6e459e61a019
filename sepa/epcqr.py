"""The QR code that fills in a transfer form (EPC069-12, version 002): the text in it, and its picture."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sepa.errors import N_, KasseError, Place
from sepa.fields import (
    NAME_LENGTH,
    amount_problem,
    bic_problem,
    code_problem,
    iban_problem,
    optional_text_problem,
    refuse,
    remittance_problem,
    text_problem,
)
from sepa.markup import euros

MAX_BYTES = 331
MAX_VERSION = 13


class QrTooLongError(KasseError):
    """A payment that does not fit into the code; nothing is cut."""

    code = "qr.length"
    template = N_("the QR code would hold {length} bytes, at most 331 are allowed")
    hint = N_("shorten the remittance text; umlauts count twice")


@dataclass(frozen=True, slots=True)
class QrPayment:
    """What the payer's app fills in: payee, account, and perhaps amount, purpose, and text or reference.

    `amount_cents` None leaves the amount to the payer; `information` is shown and not transmitted.
    """

    name: str
    iban: str
    amount_cents: int | None = None
    remittance: str = ""
    creditor_reference: str = ""
    purpose: str = ""
    bic: str = ""
    information: str = ""

    def __post_init__(self) -> None:
        refuse(
            (
                text_problem(self.name, NAME_LENGTH, "name"),
                iban_problem(self.iban),
                None if self.amount_cents is None else amount_problem(self.amount_cents),
                remittance_problem(self.remittance, self.creditor_reference),
                code_problem(self.purpose, "purpose"),
                bic_problem(self.bic),
                optional_text_problem(self.information, 70, "information"),
            )
        )
        length = len(payload(self).encode())
        if length > MAX_BYTES:
            raise QrTooLongError(length=length, place=Place(field="remittance", value=self.remittance))


def payload(payment: QrPayment) -> str:
    r"""Return the lines of the code, LF between them, empty ones at the end left out (EPC069-12).

    >>> payload(QrPayment("Stadtkasse", "DE89370400440532013000", 1234, "4711")).splitlines()
    ['BCD', '002', '1', 'SCT', '', 'Stadtkasse', 'DE89370400440532013000', 'EUR12.34', '', '', '4711']
    """
    lines = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        payment.bic,
        payment.name,
        payment.iban,
        "" if payment.amount_cents is None else f"EUR{euros(payment.amount_cents)}",
        payment.purpose,
        payment.creditor_reference,
        payment.remittance,
        payment.information,
    )
    return "\n".join(lines).rstrip("\n")


def _code(payment: QrPayment) -> Any:
    """Return the code at error level M, at most version 13 (EPC069-12)."""
    import segno

    made = segno.make_qr(payload(payment).encode(), error="m", boost_error=False, mode="byte")
    assert isinstance(made.version, int)
    assert made.version <= MAX_VERSION, "331 bytes fit into version 13 at level M"
    return made


def svg(payment: QrPayment, scale: int = 4) -> bytes:
    """Return the code as an SVG picture."""
    buffer = BytesIO()
    _code(payment).save(buffer, kind="svg", scale=scale)
    return buffer.getvalue()


def png(payment: QrPayment, scale: int = 4) -> bytes:
    """Return the code as a PNG picture."""
    buffer = BytesIO()
    _code(payment).save(buffer, kind="png", scale=scale)
    return buffer.getvalue()


def terminal(payment: QrPayment, border: int = 2) -> str:
    """Return the code as lines of half blocks, dark on light, two modules in a line's height."""
    rows = [list(row) for row in _code(payment).matrix_iter(border=border)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    signs = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(signs[int(a), int(b)] for a, b in zip(*pair, strict=True)) for pair in pairs)
