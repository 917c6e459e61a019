"""From due payables to the lines of a run: what is kept off, what others take, every rule asked, the rest left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from ledger.items.orders import order_number
from ledger.payments.attachments import Attachment, Taking, spread, used
from ledger.payments.discount import MARK, best, misread, terms
from ledger.payments.left_out import (
    AttachedError,
    ChangingPayableError,
    CollectedPayableError,
    DiscountLostError,
    DiscountMisreadError,
    DiscountTakenError,
    LockedPayableError,
    RefundOwingError,
    RefundShortError,
    SetOffFirstError,
    of_run,
)
from ledger.payments.perhaps import Perhaps
from ledger.payments.runs import NoBankAccountError, NoPayeeError, Skipped, Why
from ledger.payments.seized import Aged, ItemKey, lawful
from ledger.payments.transfers import Head, Line, Payable, stored_transfer, transfer_line
from sepa.calendar import next_target_day
from sepa.errors import KasseError, Place
from sepa.payments import CreditTransferMessage, Transfer, TransferBatch
from sepa.rules.transfers import check

T = TypeVar("T")
CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # any moment: a proposal has no file yet
BATCH = "PROPOSAL-1"
BY_PAYEE = 2
"""Of `Payable.locked`: no lock, the payee collects it."""


def _lacking(kind: type[KasseError]) -> Callable[[Payable], KasseError]:
    return lambda one: kind(item=one.item, office=one.office, open_cents=one.open_cents)


def _changing(one: Payable) -> KasseError:
    change = order_number(one.office, one.changing or 0)
    return ChangingPayableError(item=one.item, office=one.office, open_cents=one.open_cents, change=change)


def _short(one: Payable) -> KasseError:
    return RefundShortError(item=one.item, office=one.office, open_cents=one.open_cents, refund_cents=one.due_cents)


def _owing(one: Payable) -> KasseError:
    if one.refund is not None:
        return RefundOwingError(office=one.office, item=one.item, owed_cents=one.owed_cents, name=one.name or "")
    return SetOffFirstError(
        item=one.item, office=one.office, open_cents=one.open_cents, owed_cents=one.owed_cents, name=one.name or ""
    )


OBSTACLES: tuple[tuple[Why, Callable[[Payable], object], Callable[[Payable], KasseError]], ...] = (
    ("collected", lambda one: one.locked == BY_PAYEE, _lacking(CollectedPayableError)),
    ("locked", lambda one: one.locked, _lacking(LockedPayableError)),
    ("changing", lambda one: one.changing, _changing),
    ("short", lambda one: one.due_cents > one.open_cents, _short),
    ("no-iban", lambda one: not one.iban, _lacking(NoBankAccountError)),
    ("no-payee", lambda one: not one.name, _lacking(NoPayeeError)),
)
"""What keeps a payable out of a run: why, whether it holds, what is said."""
FINDINGS = {why: said for why, _, said in OBSTACLES} | {"set-off": _owing}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a proposal takes: due until a day, at most so many payments and cents, set-off asked for first or not."""

    until: date
    limit: int | None = None
    limit_cents: int | None = None
    set_off: bool = True


@dataclass(slots=True)
class Gathering:
    """Takes payables one by one: payments under their ids, what is left out and why, what was noticed.

    `claims` are ours against payees whose money is attached, by payable; `perhaps` what the bank may have paid; `bics`
    are those of accounts beyond the EEA, by IBAN.
    """

    head: Head
    choice: Choice | None = None
    attachments: Mapping[int, list[Attachment]] = field(default_factory=dict)
    claims: Mapping[ItemKey, Sequence[Aged]] = field(default_factory=dict)
    perhaps: Mapping[ItemKey, Perhaps] = field(default_factory=dict)
    bics: Mapping[str, str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    left: int = 0
    total_cents: int = 0

    def take(self, payables: Iterable[Payable], today: date) -> None:
        """Take the payables in their order; whatever breaks a rule is left out with its finding."""
        self.check(self._pass(payables), today)

    def see(self, stored: Iterable[tuple[Line, Payable]], today: date) -> None:
        """Look again at payments that were proposed, each with what it comes from; nothing is left out."""
        self.check(self._seen(stored), today)

    def _seen(self, stored: Iterable[tuple[Line, Payable]]) -> Iterator[Transfer]:
        for line, payable in stored:
            _, changed = transfer_line(payable, self.head, line.line)
            self.findings += [finding.at(Place(payment=line.end_to_end_id)) for finding in changed]
            yield stored_transfer(line)

    def check(self, transfers: Iterable[Transfer], today: date) -> None:
        """Ask every rule of a file of credit transfers; a payment that breaks one is withdrawn."""
        head = self.head
        batch = TransferBatch(BATCH, head.debtor, head.execution_day, head.instant, transfers=transfers)
        message = CreditTransferMessage("PROPOSAL", CREATED, head.debtor.name, (batch,), head.charset)
        for finding in check(message, today):
            if finding.severity == "error" and finding.place.payment in self.lines:
                self._withdraw(str(finding.place.payment))
            self.findings.append(of_run(finding, BATCH))

    def _pass(self, payables: Iterable[Payable]) -> Iterator[Transfer]:
        for payable in payables:
            kept_off = self._discount(payable)
            if kept_off is None:
                continue
            why = self._obstacle(payable, kept_off)
            if why is not None:
                self._skip(payable, why)
            elif self._full(payable):
                self.left += 1
            else:
                yield from self._accept(payable, kept_off)

    def _full(self, payable: Payable) -> bool:
        choice = self.choice
        if choice is None:
            return False
        count = choice.limit is not None and len(self.lines) >= choice.limit
        return count or (choice.limit_cents is not None and self.total_cents + payable.due_cents > choice.limit_cents)

    def _discount(self, payable: Payable) -> int | None:
        """Return what is kept off, None where the payable is not due yet and no discount is about to be lost.

        A discount is taken once, from an item of which nothing was paid; it counts from the day of the invoice.
        """
        if self.choice is None:
            return 0
        due = payable.due <= self.choice.until.isoformat()
        if MARK not in (payable.purpose or ""):
            return 0 if due else None
        return self._best_discount(payable, due=due, until=self.choice.until)

    def _best_discount(self, payable: Payable, *, due: bool, until: date) -> int | None:
        purpose, place = payable.purpose or "", _at(payable)
        if misread(purpose) or payable.invoice_day is None:
            if due:
                self.findings.append(DiscountMisreadError(item=payable.item, office=payable.office, place=place))
            return 0 if due else None
        whole = payable.open_cents == payable.amount_cents
        invoiced = date.fromisoformat(payable.invoice_day)
        found = best(terms(purpose), invoiced, self.head.execution_day, payable.due_cents) if whole else None
        if found is None:
            if due and whole:
                self.findings.append(DiscountLostError(item=payable.item, office=payable.office, place=place))
            return 0 if due else None
        cents, last = found
        if not due and last >= next_target_day(until + timedelta(days=1)):
            return None
        self.findings.append(
            DiscountTakenError(discount_cents=cents, day=last, item=payable.item, office=payable.office, place=place)
        )
        return cents

    def _obstacle(self, payable: Payable, discount_cents: int) -> Why | None:
        if payable.run is not None:
            return "reserved"
        paid = self.perhaps.get((payable.office, payable.item))
        if paid is not None:
            self.findings.append(paid.finding(payable.office, payable.item, _at(payable)))
            return "perhaps-paid"
        why = next((why for why, holds, _ in OBSTACLES if holds(payable)), None)
        asked = self.choice is not None and self.choice.set_off
        if why is None and asked and payable.owed_cents and self._can_set_off(payable, discount_cents):
            why = "set-off"
        if why is not None:
            self.findings.append(FINDINGS[why](payable))
        return why

    def _can_set_off(self, payable: Payable, discount_cents: int) -> bool:
        """Return whether the law lets anything be set off: money that others have a right to may be out of reach."""
        held, cents = self.attachments.get(payable.party or 0, []), payable.due_cents - discount_cents
        takings = spread(cents, held)[1] if held else []
        claims = self.claims.get((payable.office, payable.item), ())
        return not takings or bool(lawful(claims, cents, payable.due, takings))

    def _accept(self, payable: Payable, discount_cents: int) -> Iterator[Transfer]:
        held = self.attachments.get(payable.party or 0, [])
        left, takings = spread(payable.due_cents - discount_cents, held) if held else (0, [])
        if takings:
            yield from self._split(payable, discount_cents, left, takings)
        else:
            yield from self._add(payable, payable, payable.due_cents - discount_cents, discount_cents, 0, None)

    def _split(self, payable: Payable, discount_cents: int, left: int, takings: list[Taking]) -> Iterator[Transfer]:
        """Pay those who have a right to the payee's money, hold back what is only blocked, pay the payee the rest."""
        place = _at(payable)
        for part, (attachment, cents) in enumerate(takings, 1):
            self._use(payable, attachment, cents)
            self.findings.append(
                AttachedError(
                    taken_cents=cents,
                    creditor=attachment.creditor,
                    number=attachment.number,
                    item=payable.item,
                    office=payable.office,
                    place=place,
                )
            )
            if attachment.pays:
                other = payable._replace(
                    name=attachment.creditor, iban=attachment.creditor_iban, reference=None,
                    purpose=f"{attachment.text} {payable.name}".strip(), code=payable.code if payable.refund else "",
                )  # fmt: skip
                yield from self._add(payable, other, cents, discount_cents, part, attachment.number)
                discount_cents = 0
        if left:
            yield from self._add(payable, payable, left, discount_cents, 0, None)
        elif not any(taking.attachment.pays for taking in takings):
            self._skip(payable, "attached")

    def _use(self, payable: Payable, attachment: Attachment, cents: int) -> None:
        held = self.attachments[payable.party or 0]
        held[held.index(attachment)] = used(attachment, cents)

    def _add(
        self, payable: Payable, payee: Payable, cents: int, discount_cents: int, part: int, attachment: int | None
    ) -> Iterator[Transfer]:
        try:
            line, changed = transfer_line(payee._replace(pay_cents=cents), self.head, len(self.lines) + 1)
            line = line._replace(part=part, discount_cents=discount_cents, attachment=attachment)
            line = line._replace(creditor_bic=self.bics.get(line.creditor_iban, ""))
            transfer = stored_transfer(line)
        except KasseError as error:
            self._skip(payable, "rule")
            place = f"{payable.office}/{payable.item}"
            self.findings += [_moved(finding, place) for finding in error.findings or (error,)]
            return
        self.lines[line.end_to_end_id] = line
        self.total_cents += line.cents
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
        self.total_cents -= line.cents
        self.skipped.append(
            Skipped(line.item_office, line.item, line.creditor_name, line.remittance, "", line.cents, "rule")
        )


def _at(payable: Payable) -> Place:
    return Place(payment=f"{payable.office}/{payable.item}")


def counted(rows: Iterable[T], step: Callable[[int], None] | None) -> Iterator[T]:
    """Yield the rows, each counted as one step of work."""
    for row in rows:
        yield row
        if step is not None:
            step(1)


def _moved(finding: KasseError, payment: str) -> KasseError:
    """Return the finding at the item: a payment that is left out has no id of its own."""
    return type(finding)(place=replace(finding.place, payment=payment), findings=finding.findings, **finding.fields)
