"""What `journal verify` asks of cases of unclear money: why they are open, who works on them, what became of them.

The events of the desk tell who took a case, until when it rests and by which order it leaves; the reason of what the
matching left stands beside the bank entry, that of other money in the event that made it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from ledger.bank.check_store import UnlikeStepError
from ledger.items.item_seals_store import MADE, REASONS
from ledger.items.items_reader import item_name
from ledger.items.opening_facts_store import HELD
from ledger.items.orders import order_number
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

MOST = 100
Key = tuple[str, int]
_HELD = """
    SELECT office, item, owner, hold_until FROM suspense_case WHERE owner IS NOT NULL OR hold_until IS NOT NULL"""
_TOLD_REASONS = """
    SELECT office, item, reason FROM suspense_case
    WHERE reason = 'undone' OR (entry IS NULL AND reason <> 'opening')"""
_ADVICE = """m.evidence LIKE '%"reason":"' || c.reason || '"%'"""
_REASONS = f"""
    SELECT c.office, c.item FROM suspense_case c
    LEFT JOIN bank_match m ON m.office = c.office AND m.entry = c.entry AND m.item_office = c.office
        AND m.item = c.item AND m.rule = 'clarify'
    WHERE c.entry IS NOT NULL AND c.reason <> 'undone' AND coalesce(m.evidence, '-') <> '' AND m.entry IS NOT NULL
        AND NOT coalesce({_ADVICE}, 0 = 0) ORDER BY 1, 2"""
_PAYOUTS = "SELECT office, item, order_id, kind FROM suspense_payout"
# what an entry about a case, or by an order that pays it out, took off it is a step
_UNTOLD = """
    SELECT DISTINCT l.office, l.item FROM suspense_case c
    JOIN clearing_line l ON l.office = c.office AND l.item = c.item
    JOIN clearing k ON k.office = l.office AND k.id = l.clearing
    JOIN entry e ON e.office = k.office AND e.position = k.position
    LEFT JOIN suspense_payout p ON p.office = l.office AND p.item = l.item
        AND e.source = 'order:' || CAST(p.order_id AS TEXT)
    LEFT JOIN suspense_step s ON s.office = l.office AND s.item = l.item AND s.position = k.position
    WHERE s.item IS NULL AND e.kind <> 'reversal' AND (p.item IS NOT NULL
        OR e.source IN ('suspense:' || l.office || '/' || CAST(l.item AS TEXT),
                        'advance:' || l.office || '/' || CAST(l.item AS TEXT)))"""
_NOT_UNDONE = """
    SELECT s.office, s.item FROM suspense_step s JOIN entry e ON e.office = s.office AND e.reverses = s.position
    LEFT JOIN suspense_step u ON u.office = s.office AND u.item = s.item AND u.undoes = s.line
        AND u.position = e.position
    WHERE u.item IS NULL ORDER BY 1, 2"""


class CaseChangedError(KasseError):
    """A case has another reason, owner or term than the event log tells."""

    code = "verify.case_told"
    template = N_("case {name}: its reason, who works on it or until when it rests was changed past the event log")
    hint = N_(
        "see 'kasse suspense show'; decide nothing about this money before, keep this book as it is, compare it with "
        "the last backup, and inform the audit office"
    )


class CaseOrderError(KasseError):
    """An order pays out another case than the event log tells of, or the log tells of one that does not."""

    code = "verify.case_order"
    template = N_("order {order} pays out case {name}: {state} past the event log")
    hint = N_(
        "see 'kasse order show {order}'; pay nothing of it, keep this book as it is, compare it with the last backup "
        "and inform the audit office"
    )


class ToldCases:
    """What the events tell of cases: who works on which, until when they rest, why they were made, what pays them."""

    def __init__(self) -> None:
        self.owners: dict[Key, int | None] = {}
        self.terms: dict[Key, str | None] = {}
        self.reasons: dict[Key, str] = {}
        self.payouts: Counter[tuple[str, int, str, str]] = Counter()

    def take(self, office: str, action: str, about: str | None, facts: str) -> None:
        """Take over what an event tells of cases, if anything."""
        what, _, verb = action.partition(".")
        if action == MADE:
            self._take_made(office, json.loads(facts))
        elif what in {"suspense", "advance"} and verb in _VERBS and about is not None:
            key, said = (office, int(about.rpartition(":")[2])), json.loads(facts)
            if verb in {"reserve", "release"}:
                self.owners[key] = said.get("owner")
            elif verb in {"hold", "resume"}:
                self.terms[key] = said["until"]
            elif "order" in said:
                self.payouts[(*key, said["order"], verb)] += 1

    def _take_made(self, office: str, said: dict[str, str]) -> None:
        for part in said.get(HELD, "").split():
            item, _, held = part.partition("=")
            owner, _, until = held.partition(":")
            self.owners[office, int(item)] = int(owner) if owner else None
            self.terms[office, int(item)] = until or None
        for part in said.get(REASONS, "").split():
            name, _, reason = part.partition("=")
            of, _, item = name.rpartition("/")
            self.reasons[of, int(item)] = reason

    def held(self) -> dict[Key, tuple[int | None, str | None]]:
        """Return the cases that somebody works on or that rest."""
        cases = self.owners.keys() | self.terms.keys()
        told = {key: (self.owners.get(key), self.terms.get(key)) for key in cases}
        return {key: value for key, value in told.items() if value != (None, None)}


_VERBS = frozenset({"reserve", "release", "hold", "resume", "refund", "forward"})


def wrong_cases(store: Store, told: ToldCases) -> Iterator[KasseError]:
    """Yield the cases that are not what the events tell, and steps that are missing."""
    held: dict[Key, tuple[int | None, str | None]] = {
        (office, item): (owner, until) for office, item, owner, until in store.all(_HELD)
    }
    reasons: dict[Key, str] = {(office, item): reason for office, item, reason in store.all(_TOLD_REASONS)}
    wrong = {key for key, _ in held.items() ^ told.held().items()}
    wrong |= {key for key, _ in reasons.items() ^ told.reasons.items()}
    wrong |= {(office, item) for office, item in islice(store.rows(_REASONS), MOST)}
    for office, item in sorted(wrong)[:MOST]:
        yield CaseChangedError(name=item_name(office, item), office=office)
    payouts = Counter(
        (office, item, order_number(office, order), kind) for office, item, order, kind in store.all(_PAYOUTS)
    )
    for key in sorted(payouts.keys() | told.payouts.keys()):
        if payouts[key] != told.payouts[key]:
            state = "added" if payouts[key] > told.payouts[key] else "removed"
            yield CaseOrderError(order=key[2], name=item_name(*key[:2]), office=key[0], state=state)
    for office, item in islice(chain(store.rows(_UNTOLD), store.rows(_NOT_UNDONE)), MOST):
        yield UnlikeStepError(name=item_name(office, item), office=office)
