"""The lump sum for default of who is no consumer, § 288 (5) BGB: once for each claim for payment (Entgelt)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enforcement.charges_values import Charge, Claim, Line
from enforcement.law import Law
from enforcement.law.figures import cents
from enforcement.law.rules import LUMP_KIND, ChargeRule
from enforcement.law.sections import Section
from sepa.errors import N_

LUMP = N_("lump sum for default since {start}: {charge_cents} ({norm})")
LESS = N_("lump sum for default since {start}, less {base_cents} demanded before: {charge_cents} ({norm})")
NO_DEFAULT = N_("no lump sum: the claim was not in default ({norm})")
OLDER = N_("no lump sum on what fell due before {start} ({norm})")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LumpLaw:
    """The lump sum of a law: the figure of its amount, and the kinds of side claims it is credited against.

    These are costs of legal pursuit that the debtor owes as damages, § 288 (5) sentence 3 BGB.
    """

    figure: str
    credited: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of side claims of which one cent is one cent less of the lump sum, it itself among them."""
        return (LUMP_KIND, *self.credited)


def lump_law(section: Section) -> LumpLaw:
    """Return the lump sum that a table of a profile describes."""
    return section.finish(LumpLaw(section.text("figure"), section.texts("credited")))


def lump_sum(
    lump: LumpLaw,
    rule: ChargeRule,
    claim: Claim,
    until: dt.date,
    *,
    demanded_cents: int = 0,
    spans: Sequence[tuple[dt.date, dt.date]] = (),
    land: str,
    law: Law,
) -> Charge:
    """Return the lump sum of a claim that was late by a day, less what was demanded of it and of costs before.

    It arises with default (§ 288 (5) BGB), whatever is paid later: on the day after the due day, which moves as for
    the interest `rule`, and not in `spans` of days in which the claim was deferred. What fell due before the law bears
    none (Art. 229 § 34 EGBGB). Raises `DayAfterLawError`.
    """
    figure = law.figure(lump.figure)
    known_from = figure.entries[0].valid_from
    if claim.due < known_from:
        norm = figure.entries[0].norm
        return Charge(lump.figure, LUMP_KIND, norm, 0, (Line(OLDER, norm, 0, start=known_from),))
    entry = figure.on(claim.due)
    claim = _first_late(claim, rule, spans, land)
    due = claim.moved_due(rule, land)
    if until <= due or not claim.open_cents(due, due):
        return Charge(lump.figure, LUMP_KIND, entry.norm, 0, (Line(NO_DEFAULT, entry.norm, 0),))
    left = max(0, cents(entry.value) - demanded_cents)
    template = LESS if demanded_cents else LUMP
    line = Line(template, entry.norm, left, start=due + ONE_DAY, base_cents=demanded_cents)
    return Charge(lump.figure, LUMP_KIND, entry.norm, left, (line,), figure.doubt(entry))


def _first_late(claim: Claim, rule: ChargeRule, spans: Sequence[tuple[dt.date, dt.date]], land: str) -> Claim:
    """Return the claim as it was due when it could first be late, after the pauses that left no day before them."""
    for first, last in spans:
        if claim.moved_due(rule, land) + ONE_DAY < first:
            break
        if last > claim.due:
            claim = replace(claim, due=last, bears_from=last + ONE_DAY)
    return claim
