"""Set-off (Aufrechnung, §§ 387, 388 BGB, § 226 AO): what a payee owes is settled with what the payee gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.documents import Address, Document, Facts, Grid, Paragraph
from ledger.items.settlement import Claim, spread
from sepa.errors import N_, KasseError
from sepa.money import german

ROLES = ("clerk", "payments", "head")


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


@dataclass(frozen=True, slots=True)
class SetOff:
    """What the payee of one payable gets and owes; `cents` is what is set off, `claims` what is paid by it."""

    office: str
    item: int
    name: str
    open_cents: int
    owed_cents: int
    cents: int
    claims: tuple[tuple[str, int, str | None, int], ...]

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


def matched(office: str, item: int, name: str, open_cents: int, claims: Sequence[tuple[Claim, str | None]]) -> SetOff:
    """Return how much of what the payee gets is set off against which claims, in the order of settlement."""
    references = {(claim.office, claim.item): reference for claim, reference in claims}
    paid = spread((claim for claim, _ in claims), open_cents)
    lines = tuple((one.office, one.item, references[one.office, one.item], cents) for one, cents in paid)
    owed = sum(claim.open_cents for claim, _ in claims)
    return SetOff(office, item, name, open_cents, owed, sum(cents for *_, cents in lines), lines)


def declaration(one: SetOff, sender: str, address: Sequence[str], day: str) -> Document:
    """Return the declaration to the payee: without it nothing is set off (§ 388 BGB)."""
    rows = tuple(
        (reference or f"{office}/{item}", f"{german(cents)} EUR") for office, item, reference, cents in one.claims
    )
    blocks = (
        Address((one.name, *address), sender),
        Facts((("Datum", f"{day[8:]}.{day[5:7]}.{day[:4]}"), ("Unser Zeichen", f"{one.office}/{one.item}"))),
        Paragraph(
            f"Ihnen stehen {german(one.open_cents)} EUR zu. Gegen diesen Anspruch rechnen wir mit folgenden fälligen "
            "Forderungen auf (§§ 387, 388 BGB, für Ansprüche aus dem Steuerschuldverhältnis § 226 AO):"
        ),
        Grid(("Kassenzeichen", "Betrag"), rows, frozenset({1})),
        Paragraph(
            f"Damit sind {german(one.cents)} EUR ausgeglichen. "
            + (f"Den Rest von {german(one.left_cents)} EUR überweisen wir." if one.left_cents else "")
        ),
    )
    return Document("set-off", "Aufrechnung", blocks, footer=sender)
