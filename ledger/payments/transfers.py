"""From due payables to transfers: texts in letters that banks take, every rule asked, what breaks one left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from ledger.payments.runs import (
    LargeRunError,
    NoBankAccountError,
    NoPayeeError,
    PurposeOmittedError,
    Skipped,
    TextChangedError,
    Why,
    end_to_end_id,
)
from sepa.errors import KasseError, Place
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH
from sepa.identifiers import InvalidReferenceError, parse_rf
from sepa.payments import CreditTransferMessage, Party, Transfer, TransferBatch
from sepa.profiles import shipped_profile
from sepa.rules.transfers import check
from sepa.text import charset_for, clean, fit

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # any moment: a proposal has no file yet


class Payable(NamedTuple):
    """A due payable as the book has it; `run` is the run that has reserved it. Rows come by the ten thousand."""

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


@dataclass(frozen=True, slots=True)
class Head:
    """What all payments of a run share: the account's office, the number of the run, who pays from where and when."""

    office: str
    number: int
    debtor: Party
    execution_day: date


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
        Party(line.creditor_name, line.creditor_iban),
        remittance="" if structured else line.remittance,
        creditor_reference=line.remittance if structured else "",
    )


def remittance(payable: Payable) -> tuple[str, list[KasseError]]:
    """Return what the payee will read, in letters that the payee's bank takes, and what was changed.

    An RF reference stands alone; another one stands before the purpose, and alone where both are too long together.
    """
    reference, purpose = payable.reference or "", payable.purpose or ""
    if is_rf(reference):
        return reference, []
    whole = f"{reference} {purpose}".strip() if reference not in purpose else purpose
    charset = charset_for(payable.iban or "")
    cleaned = clean(whole, charset)
    if len(cleaned.text) > REMITTANCE_LENGTH and reference:
        return clean(reference, charset).text, [PurposeOmittedError(reference=reference)]
    changed: list[KasseError] = []
    if cleaned.changes:
        changed.append(TextChangedError(was=whole, now=cleaned.text, place=Place(field="remittance")))
    return cleaned.text, changed


def transfer_line(payable: Payable, head: Head, line: int) -> tuple[Line, list[KasseError]]:
    """Return the payable as a payment and what was changed on the way; raises the rule it breaks."""
    iban, name = payable.iban or "", payable.name or ""
    cleaned = fit(name, NAME_LENGTH, charset_for(iban))
    text, found = remittance(payable)
    if cleaned.changes:
        found.append(TextChangedError(was=name, now=cleaned.text, place=Place(field="name")))
    identifier = end_to_end_id(head.office, head.number, line)
    return Line(line, identifier, cleaned.text, iban, payable.open_cents, text, payable.office, payable.item), found


@dataclass(slots=True)
class Gathering:
    """Takes payables one by one: payments under their ids, what is left out and why, what was noticed."""

    head: Head
    limit: int | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    left: int = 0

    def take(self, payables: Iterable[Payable], today: date) -> None:
        """Take the payables in their order; whatever breaks a rule is left out with its finding."""
        batch = TransferBatch("PROPOSAL-1", self.head.debtor, self.head.execution_day, transfers=self._pass(payables))
        message = CreditTransferMessage("PROPOSAL", CREATED, self.head.debtor.name, (batch,))
        for finding in check(message, today):
            if finding.severity == "error" and finding.place.payment in self.lines:
                self._withdraw(str(finding.place.payment))
            self.findings.append(finding)
        limit = shipped_profile("standard").payments_per_file
        if len(self.lines) > limit:
            self.findings.append(LargeRunError(count=len(self.lines), limit=limit))

    def _pass(self, payables: Iterable[Payable]) -> Iterator[Transfer]:
        for payable in payables:
            why = self._obstacle(payable)
            if why is not None:
                self._skip(payable, why)
            elif self.limit is not None and len(self.lines) >= self.limit:
                self.left += 1
            else:
                yield from self._accept(payable)

    def _obstacle(self, payable: Payable) -> Why | None:
        if payable.run is not None:
            return "reserved"
        if payable.locked:
            return "locked"
        if not payable.iban:
            self.findings.append(_lacking(NoBankAccountError, payable))
            return "no-iban"
        if not payable.name:
            self.findings.append(_lacking(NoPayeeError, payable))
            return "no-payee"
        return None

    def _accept(self, payable: Payable) -> Iterator[Transfer]:
        try:
            line, changed = transfer_line(payable, self.head, len(self.lines) + 1)
            transfer = stored_transfer(line)
        except KasseError as error:
            self._skip(payable, "rule")
            place = f"{payable.office}/{payable.item}"
            self.findings += [_moved(finding, place) for finding in error.findings or (error,)]
            return
        self.lines[line.end_to_end_id] = line
        self.findings += [finding.at(Place(payment=line.end_to_end_id)) for finding in changed]
        yield transfer

    def _skip(self, payable: Payable, why: Why) -> None:
        self.skipped.append(
            Skipped(
                payable.office,
                payable.item,
                payable.name,
                payable.reference,
                payable.due,
                payable.open_cents,
                why,
                payable.run,
            )
        )

    def _withdraw(self, identifier: str) -> None:
        line = self.lines.pop(identifier)
        self.skipped.append(
            Skipped(line.item_office, line.item, line.creditor_name, line.remittance, "", line.cents, "rule")
        )


def _lacking(kind: type[KasseError], payable: Payable) -> KasseError:
    return kind(item=payable.item, office=payable.office, open_cents=payable.open_cents)


def _moved(finding: KasseError, payment: str) -> KasseError:
    """Return the finding at the item: a payment that is left out has no id of its own."""
    return type(finding)(place=replace(finding.place, payment=payment), findings=finding.findings, **finding.fields)
