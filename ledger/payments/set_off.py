"""Set-off (Aufrechnung, §§ 387, 388 BGB, § 226 AO): what a payee owes is settled with what the payee gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.documents import Address, Document, Facts, Grid, Paragraph
from ledger.items.settlement import Claim, Order, spread
from sepa.errors import N_, KasseError
from sepa.money import german

ROLES = ("clerk", "cashier", "payments", "head")
UNDO_ROLES = ("clerk", "cashier", "head")


class NothingToSetOffError(KasseError):
    """An item that cannot be set off."""

    code = "set_off.nothing"
    template = N_("there is nothing to set off against item {item} of office {office}")
    hint = N_("see 'kasse payment set-off' for what can be set off today")


class SetOffReservedError(KasseError):
    """An item that a run holds."""

    code = "set_off.reserved"
    template = N_("item {item} of office {office} is in payment run {run}")
    hint = N_("take it out with 'kasse payment change {run} --without LINE --reason …' first")


class SetOffChangingError(KasseError):
    """A payable that an order under way cancels or makes less."""

    code = "set_off.changing"
    template = N_("item {item} of office {office} is not to be set off: the order {change} cancels or reduces it")
    hint = N_("accept {change} or object to it first; see 'kasse order show {change}'")


class SetOffBoundError(KasseError):
    """A credit that is being paid back."""

    code = "set_off.bound"
    template = N_("all of item {item} of office {office} is bound: it is being paid back or paid on")
    hint = N_("withdraw that with 'kasse payment refund withdraw {office}/{item} --reason …', or object to the order")


class SetOffContestedError(KasseError):
    """A claim that is locked against dunning: somebody contests it, or has a defence (§ 390 BGB)."""

    code = "set_off.contested"
    template = N_("the claim {office}/{item} is locked against dunning and is not set off (§ 390 BGB)")
    hint = N_("the lock and its reason stand in 'kasse item show {office}/{item}' or at the party; it can be set off "
              "when the lock is lifted")  # fmt: skip


class SetOffHeldError(KasseError):
    """A payable or credit that is locked against payment."""

    code = "set_off.locked"
    template = N_("item {item} of office {office} is locked against payment and is not set off")
    hint = N_("the lock and its reason stand in 'kasse item show {office}/{item}' or at the party")


class SetOffOtherPartyError(KasseError):
    """A set-off between different parties."""

    code = "set_off.other_party"
    template = N_("item {item} of office {office} is owed by somebody else: {debtor}")
    hint = N_("only claims between the same two can be set off (§ 387 BGB); merge the parties if they are one")


class SetOffNotDueError(KasseError):
    """A set-off against what is not due."""

    code = "set_off.not_due"
    template = N_("item {item} of office {office} is due on {due} only")
    hint = N_("who sets off needs a claim that is due (§ 387 BGB); wait, or give --early where the payee agrees")


class SetOffAmountError(KasseError):
    """More than there is on both sides."""

    code = "set_off.amount"
    template = N_("{wanted_cents} cannot be set off, only {most_cents}")
    hint = N_("give a smaller amount, or leave --amount away")


class SetOffOneItemError(KasseError):
    """Claims or an amount for several items at once."""

    code = "set_off.one_item"
    template = N_("--against, --amount and --early are about one item, not {count}")
    hint = N_("name one item, such as BAU/17")
    exit_code = 2


class NotSetOffError(KasseError):
    """An entry that is no set-off."""

    code = "set_off.entry"
    template = N_("entry {entry} is no set-off")
    hint = N_("see 'kasse journal show {entry}' for what it is; 'kasse item explain' names the set-offs of an item")


class SetOffUndoReasonError(KasseError):
    """A set-off that is to be taken back without a word why."""

    code = "set_off.reason"
    template = N_("a set-off is not taken back without a reason")
    hint = N_("say with --reason why the declaration does not hold; it stands in the journal")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of a set-off: which claims (else all that are due), how much, claims not yet due too."""

    against: tuple[tuple[str, int], ...] = ()
    cents: int | None = None
    early: bool = False
    reason: str = ""

    @property
    def choosy(self) -> bool:
        """Whether it is about one item only."""
        return bool(self.against or self.early) or self.cents is not None


@dataclass(frozen=True, slots=True)
class SetOff:
    """What the payee of one payable gets and owes; `cents` is what is set off, `claims` what is paid by it.

    `days` says from which day each of the claims counts as paid (`counts_from`), in their order. `attachments` are the
    rights of others in the money: number, creditor, and since when.
    """

    office: str
    item: int
    name: str
    open_cents: int
    owed_cents: int
    cents: int
    claims: tuple[tuple[str, int, str | None, int], ...]
    days: tuple[str, ...]
    attachments: tuple[tuple[int, str, str], ...] = ()

    @property
    def left_cents(self) -> int:
        """What is still to be paid to the payee."""
        return self.open_cents - self.cents


@dataclass(frozen=True, slots=True)
class SetOffDone:
    """Set-offs that were posted, with their entries and the declaration to each payee."""

    done: tuple[SetOff, ...]
    entries: tuple[str, ...]
    letters: tuple[Document, ...]


def counts_from(claim_due: str, payable_due: str, day: str) -> str:
    """Return from which day a claim counts as paid by a set-off that is declared on a day.

    That is when it could first be set off (§ 389 BGB): both are due. What arose for paying late until the payable fell
    due stays (§ 240 (1) sentence 5 AO). What is not due yet needs the payee's consent, and counts from today.

    >>> counts_from("2026-10-01", "2026-11-05", "2026-11-20"), counts_from("2026-12-01", "2026-11-05", "2026-11-20")
    ('2026-11-05', '2026-11-20')
    """
    return min(max(claim_due, payable_due), day)


def share(
    claims: Sequence[Claim], free_cents: int, wanted_cents: int | None, orders: Mapping[str, Order] | None
) -> list[tuple[Claim, int]]:
    """Return which claims are met by how much, in the order of settlement of their law (§ 396 BGB).

    Raises `SetOffAmountError`.
    """
    most = min(free_cents, sum(claim.open_cents for claim in claims))
    if wanted_cents is not None and not 0 < wanted_cents <= most:
        raise SetOffAmountError(wanted_cents=wanted_cents, most_cents=most)
    return spread(claims, most if wanted_cents is None else wanted_cents, orders)


def declaration(one: SetOff, sender: str, address: Sequence[str], day: str) -> Document:
    """Return the declaration to the payee: without it nothing is set off (§ 388 BGB)."""
    rows = tuple(
        (reference or f"{office}/{item}", _written(since), f"{german(cents)} EUR")
        for (office, item, reference, cents), since in zip(one.claims, one.days, strict=True)
    )
    blocks = (
        Address((one.name, *address), sender),
        Facts((("Datum", _written(day)), ("Unser Zeichen", f"{one.office}/{one.item}"))),
        Paragraph(
            f"Ihnen stehen {german(one.open_cents)} EUR zu. Gegen diesen Anspruch rechnen wir mit folgenden "
            "Forderungen auf (§§ 387, 388 BGB, für Ansprüche aus dem Steuerschuldverhältnis § 226 AO):"
        ),
        Grid(("Kassenzeichen", "erloschen zum", "Betrag"), rows, frozenset({2})),
        Paragraph(
            f"Damit sind {german(one.cents)} EUR ausgeglichen, jede Forderung zu dem genannten Tag (§ 389 BGB). "
            "Für die Zeit danach entstehen insoweit weder Zinsen noch Säumniszuschläge. "
            + (f"Den Rest von {german(one.left_cents)} EUR überweisen wir." if one.left_cents else "")
        ),
    )
    return Document("set-off", "Aufrechnung", blocks, footer=sender)


def _written(day: str) -> str:
    """Return a day as letters write it."""
    return f"{day[8:]}.{day[5:7]}.{day[:4]}"
