"""Payment orders of others as orders of ours, where they could be: what cannot be made says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar, cast

from sepa.debits import Amendment, Collection, CollectionBatch, Mandate, Sequence
from sepa.errors import KasseError, Place
from sepa.fields import creditor_id_problem
from sepa.pain_values import ForeignAddress, ForeignBatch, ForeignPayment
from sepa.payments import Address, Party, Totals, Transfer, TransferBatch
from sepa.rules.foreign_errors import DayFormError
from sepa.rules.foreign_forms import OTHER_ACCOUNT

T = TypeVar("T")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:Z|[+-]\d\d:\d\d)?", re.ASCII)  # the date of XML schema, zone and all
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(slots=True)
class Problems:
    """What was wrong while orders were made."""

    found: list[KasseError] = field(default_factory=list)

    def made(self, make: Callable[..., T], *arguments: Any, **fields: Any) -> T | None:
        """Return what the class makes of the fields, or None having kept what it refuses."""
        try:
            return make(*arguments, **fields)
        except KasseError as error:
            self.found += error.findings or (error,)
            return None

    def day(self, text: str, name: str) -> date | None:
        """Return the day that a text is, or None having kept that it is none."""
        try:
            return date.fromisoformat(text[:10] if _DAY.fullmatch(text) else "")
        except ValueError:
            self.found.append(DayFormError(value=text, place=Place(field=name, value=text)))
            return None


def transfer_batch(
    batch: ForeignBatch, problems: Problems, first: ForeignPayment | None = None
) -> TransferBatch | None:
    """Return the head of a batch of transfers as ours, without them; what stands at them is taken from the first."""
    debtor = _party(batch, problems)
    day = problems.day(batch.day, "execution_day")
    time = problems.made(datetime.fromisoformat, batch.time) if _is_time(batch.time) else None
    made = problems.made(
        TransferBatch,
        batch.id,
        debtor or _NOBODY,
        day or _NO_DAY,
        instant=(batch.local_instrument or (first.local_instrument if first else "")) == "INST",
        batch_booking=_FLAGS.get(batch.booking),
        category_purpose=batch.category_purpose,
        execution_time=time,
        totals=Totals(1),
    )
    return made if debtor and day else None


def collection_batch(batch: ForeignBatch, first: ForeignPayment | None, problems: Problems) -> CollectionBatch | None:
    """Return the head of a batch of collections as ours; what stands at its payments is asked of each of them."""
    creditor = _party(batch, problems)
    day = problems.day(batch.day, "due_day")
    creditor_id = batch.creditor_id or _right_creditor_id(first)
    sequence = batch.sequence or ("RCUR" if first and "PmtTpInf" in first.present else "")
    made = problems.made(
        CollectionBatch,
        batch.id,
        creditor or _NOBODY,
        creditor_id or _NO_CREDITOR_ID,
        day or _NO_DAY,
        sequence=cast("Sequence", sequence),
        batch_booking=_FLAGS.get(batch.booking),
        category_purpose=batch.category_purpose,
        ultimate_creditor=batch.ultimate_creditor,
        totals=Totals(1),
    )
    return made if creditor and day else None


def transfer(payment: ForeignPayment, problems: Problems) -> Transfer | None:
    """Return a payment as a transfer of ours."""
    creditor = _party(payment, problems)
    made = problems.made(
        Transfer,
        **_common(payment),
        creditor=creditor or _NOBODY,
        ultimate_debtor=payment.ultimate_debtor,
        ultimate_creditor=payment.ultimate_creditor,
    )
    return made if creditor and payment.amount_cents is not None else None


def collection(payment: ForeignPayment, problems: Problems) -> Collection | None:
    """Return a payment as a collection of ours."""
    debtor, mandate = _party(payment, problems), _mandate(payment, problems)
    if mandate is None:
        return None
    made = problems.made(
        Collection,
        **_common(payment),
        mandate=mandate,
        debtor=debtor or _NOBODY,
        ultimate_debtor=payment.ultimate_debtor,
    )
    return made if debtor and payment.amount_cents is not None else None


def _right_creditor_id(payment: ForeignPayment | None) -> str:
    """Return the creditor identifier of a payment if it is one."""
    found = payment.creditor_id if payment else ""
    return found if found and creditor_id_problem(found, "creditor_id") is None else ""


_NOBODY = Party("?", "DE02120300000000202051")  # stands in for a party that could not be made, so that the rest can
_NO_DAY = date(1, 1, 1)
_NO_CREDITOR_ID = "DE98ZZZ09999999999"


def _common(payment: ForeignPayment) -> dict[str, Any]:
    free = bool(payment.remittance) and any(one.strip() for one in payment.remittance)
    return {
        "end_to_end_id": payment.end_to_end_id,
        "amount_cents": 1 if payment.amount_cents is None else payment.amount_cents,
        "remittance": payment.remittance[0] if payment.remittance else "",
        "creditor_reference": "" if free else payment.reference,
        "instruction_id": payment.instruction_id,
        "purpose": payment.purpose,
    }


def _party(party: ForeignBatch | ForeignPayment, problems: Problems) -> Party | None:
    address = _address(party.address, problems)
    return problems.made(Party, party.name, party.iban or party.account, party.bic, address)


def _address(address: ForeignAddress, problems: Problems) -> Address | None:
    if not address.fields and not address.lines:
        return None
    fields = {"town": "", "country": ""} | dict(address.fields)
    return problems.made(Address, **fields, lines=address.lines)


def _mandate(payment: ForeignPayment, problems: Problems) -> Mandate | None:
    signed = problems.day(payment.signed, "signed")
    other = OTHER_ACCOUNT in {payment.original_account, payment.original_bank_id}
    was = Amendment(
        payment.original_mandate_id,
        payment.original_creditor_id,
        payment.original_creditor_name,
        payment.original_iban,
        payment.original_bic,
        other_account=other,
    )
    amendment = None if was == Amendment() else was
    made = problems.made(Mandate, payment.mandate_id, signed or _NO_DAY, amendment)
    return made if signed else None


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
