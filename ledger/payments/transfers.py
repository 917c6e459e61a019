"""From a due payable to a transfer: texts in letters that banks take, the same stored line for ever the same file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.payments.discount import without_terms
from ledger.payments.runs import PurposeOmittedError, TextChangedError, end_to_end_id
from sepa.errors import KasseError, Place
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH
from sepa.identifiers import InvalidReferenceError, parse_rf
from sepa.payments import Party, Transfer
from sepa.text import Charset, charset_for, clean, fit


class Payable(NamedTuple):
    """A due payable as the book has it; `run` is the run that has reserved it. Rows come by the ten thousand.

    `pay_cents` is what is to be paid where that is not all that is open, `owed_cents` what the payee owes the city,
    `invoice_day` the day from which a discount counts, `code` the purpose code of the payment, `refund` the
    refund that is paid, `changing` the number of an order under way that takes something off.
    """

    office: str
    item: int
    open_cents: int
    due: str
    reference: str | None
    purpose: str | None
    iban: str | None
    name: str | None
    run: int | None
    locked: int = 0
    amount_cents: int = 0
    pay_cents: int | None = None
    party: int | None = None
    invoice_day: str | None = None
    owed_cents: int = 0
    code: str = ""
    refund: int | None = None
    changing: int | None = None

    @property
    def due_cents(self) -> int:
        """What is to be paid before anything is kept off."""
        return self.open_cents if self.pay_cents is None else self.pay_cents


class Line(NamedTuple):
    """One payment of a run as it is stored and as its hash has it."""

    line: int
    end_to_end_id: str
    creditor_name: str
    creditor_iban: str
    cents: int
    remittance: str
    item_office: str
    item: int
    part: int = 0
    item_cents: int | None = None
    discount_cents: int = 0
    attachment: int | None = None
    purpose: str = ""
    refund: int | None = None
    creditor_bic: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What all payments of a run share: the account's office, the number of the run, who pays from where and when.

    `charset` is what the bank of the account takes at most.
    """

    office: str
    number: int
    debtor: Party
    execution_day: date
    instant: bool = False
    charset: Charset = "dk"


def is_rf(text: str) -> bool:
    """Tell whether a text is an RF reference in electronic form, which travels in a field of its own (ISO 11649)."""
    try:
        return text.startswith("RF") and parse_rf(text) == text
    except InvalidReferenceError:
        return False


def stored_transfer(line: Line) -> Transfer:
    """Return the transfer that a stored payment stands for: the same line gives the same transfer for ever."""
    structured = is_rf(line.remittance)
    return Transfer(
        line.end_to_end_id,
        line.cents,
        Party(line.creditor_name, line.creditor_iban, line.creditor_bic),
        remittance="" if structured else line.remittance,
        creditor_reference=line.remittance if structured else "",
        purpose=line.purpose,
    )


def letters(iban: str, charset: Charset) -> Charset:
    """Return the characters that both the payee's bank and ours take."""
    return "epc" if charset == "epc" else charset_for(iban)


def remittance(payable: Payable, charset: Charset = "dk") -> tuple[str, list[KasseError]]:
    """Return what the payee will read, in letters that the banks take, and what was changed.

    An RF reference stands alone; another one stands before the purpose, and alone where both are too long together.
    """
    reference, purpose = payable.reference or "", without_terms(payable.purpose or "")
    if is_rf(reference):
        return reference, []
    whole = f"{reference} {purpose}".strip() if reference not in purpose else purpose
    taken = letters(payable.iban or "", charset)
    cleaned = clean(whole, taken)
    if len(cleaned.text) > REMITTANCE_LENGTH and reference:
        return clean(reference, taken).text, [PurposeOmittedError(reference=reference)]
    changed: list[KasseError] = []
    if cleaned.changes:
        changed.append(TextChangedError(was=whole, now=cleaned.text, place=Place(field="remittance")))
    return cleaned.text, changed


def transfer_line(payable: Payable, head: Head, line: int) -> tuple[Line, list[KasseError]]:
    """Return the payable as a payment of all that is due and what was changed on the way; raises the rule it breaks."""
    iban, name = payable.iban or "", payable.name or ""
    cleaned = fit(name, NAME_LENGTH, letters(iban, head.charset))
    text, found = remittance(payable, head.charset)
    if cleaned.changes:
        found.append(TextChangedError(was=name, now=cleaned.text, place=Place(field="name")))
    identifier = end_to_end_id(head.office, head.number, line)
    made = Line(
        line, identifier, cleaned.text, iban, payable.due_cents, text, payable.office, payable.item,
        item_cents=payable.open_cents, purpose=payable.code, refund=payable.refund,
    )  # fmt: skip
    return made, found
