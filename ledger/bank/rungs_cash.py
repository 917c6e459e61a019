"""Rungs for what desks bring to the bank and take from it: cash, cheques, card payments; for cheques that bounce."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from ledger.bank.matching import Act, Case, Effect, Evidence, Running, Share, Spot, Target
from ledger.bank.rules import BankRule
from ledger.bank.rungs import Data, Doubt, Verdict
from ledger.bank.rungs_returns import RETURN_CODES
from ledger.cash.cards import CardDay, Cleared, clearing_of
from ledger.cash.found import ARRIVED, CARDS_CLEARED, CHEQUE_BOUNCED, OwnCheque, OwnTransport

CHEQUE_RETURN = "111"
"""GVC of a cheque that is charged back."""


def cash_arrived(case: Case, running: Running, data: Data) -> Verdict:
    """Clear cash or cheques under way that the entry names, or the only ones of exactly this amount.

    By the amount alone nothing is cleared where the text names what somebody owes: they may have paid in at the bank.
    """
    if case.entry.reversal:
        return None
    rows: Sequence[OwnTransport] = case.found.get("cash", ())
    fresh = [row for row in rows if not _done(running, ARRIVED, (row.number,))]
    named = [row for row in fresh if _names(case, row.reference) or (row.bag and _names(case, row.bag))]
    alike = [row for row in fresh if row.alike and row.cents == case.cents and not _owed(case)]
    chosen = named or alike
    if not chosen:
        return None
    if len(chosen) > 1:
        return Doubt("ambiguous", {"transports": ", ".join(row.reference for row in chosen)})
    (one,) = chosen
    evidence: Evidence = {"transport": one.reference, "proof": "name" if named else "amount"}
    if one.cents != case.cents:
        return Doubt("amount", {**evidence, "left_cents": one.cents})
    transit = BankRule(0, "", "both", "transit_cash", office=data.kasse)
    effect = Effect(ARRIVED, (one.number,))
    return [Share("collect", "cash_transport", case.cents, evidence, bank_rule=transit, effect=effect)]


def cards_credited(case: Case, running: Running, data: Data) -> Verdict:
    """Clear the days of a card terminal that an acquirer pays; gross less fee must be the credit to the cent.

    So does a debit what was paid back by card; one that is nothing of that kind is left to the other rules. So is a
    credit in whose Kassenzeichen the number of a terminal hides.
    """
    if case.entry.reversal:
        return None
    rows: Sequence[CardDay] = case.found.get("cards", ())
    cleared = {batch for done in running.effects if done.name == CARDS_CLEARED for batch in done.row[:1]}
    days = [row for row in rows if row.batch not in cleared]
    named = [row for row in days if _names(case, row.terminal)] or ([] if _owed(case) else days)
    if not named:
        return None
    ways = clearing_of(named, case.cents, case.part.remittance)
    terminals: Evidence = {"terminals": ", ".join(sorted({row.terminal for row in named}))}
    if not ways and case.cents < 0:
        return None
    if len(ways) != 1:
        return Doubt("ambiguous" if ways else "amount", terminals)
    return _cards(ways[0], data)


def _cards(way: Cleared, data: Data) -> list[Share]:
    """Return one share for each day, and the fee that the acquirer kept."""
    transit = BankRule(0, "", "credit", "transit_card", office=data.kasse)
    shares = [
        Share(
            "collect", "card_day", day.cents, {"terminal": day.terminal, "day": day.day, "payments": day.payments},
            bank_rule=transit, effect=Effect(CARDS_CLEARED, (day.batch,)),
        )
        for day in way.days
    ]  # fmt: skip
    if way.fee_cents:
        cost = BankRule(0, "", "debit", "bank_fees", office=data.kasse)
        evidence: Evidence = {"terminal": way.days[0].terminal}
        shares.append(Share("account", "card_fee", -way.fee_cents, evidence, bank_rule=cost))
    return shares


def cheque_bounced(case: Case, running: Running, data: Data) -> Verdict:
    """Open again what a cheque paid that the bank charges back; what is above its amount is the fee."""
    if case.cents >= 0 or case.entry.reversal or not _is_return(case):
        return None
    largest = data.collecting.largest_fee_cents if data.collecting else 0
    rows: Sequence[OwnCheque] = case.found.get("cheque", ())
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.key)]
    fresh = [group for group in groups if not _done(running, CHEQUE_BOUNCED, group[0].key)]
    named = [group for group in fresh if _names(case, group[0].cheque)]
    exact = [group for group in fresh if group[0].cents == -case.cents]
    chosen = named or exact or [group for group in fresh if 0 <= -case.cents - group[0].cents <= largest]
    if not chosen or (len(chosen) > 1 and case.entry.gvc != CHEQUE_RETURN):
        return None
    if len(chosen) > 1:
        return [Share("clarify", "return", case.cents, {"cheques": len(chosen)})]
    (parts,) = chosen
    one, fee = parts[0], -case.cents - parts[0].cents
    evidence: Evidence = {"receipt": f"{one.desk}-{one.year}-{one.number}", "cheque": one.cheque}
    if not 0 <= fee <= largest or not all(_still(part, running) for part in parts):
        return [Share("clarify", "return", case.cents, evidence)]
    effect = Effect(CHEQUE_BOUNCED, (*one.key, fee))
    shares = [_undone(part, evidence, effect if at == 0 else None) for at, part in enumerate(parts)]
    return [*shares, *_fee(parts, fee, evidence, data)]


def _is_return(case: Case) -> bool:
    return bool(case.part.return_reason) or case.entry.gvc in RETURN_CODES


def _still(part: OwnCheque, running: Running) -> bool:
    """Return whether a part is as the cheque left it: settled by it, or made by it and untouched."""
    left = part.open_cents - running.taken.get((part.office, part.item), 0)
    if part.kind == "settled":
        return left + part.part_cents <= part.amount_cents
    return left == part.part_cents == part.amount_cents


def _undone(part: OwnCheque, evidence: Evidence, effect: Effect | None) -> Share:
    act: Act = "reopen" if part.kind == "settled" else "settle"
    spot = Spot(part.office, part.item, part.account, part.clearing if part.kind == "settled" else None)
    return Share(act, "cheque_bounced", -part.part_cents, evidence, spot, effect=effect)


def _fee(parts: Sequence[OwnCheque], fee: int, evidence: Evidence, data: Data) -> list[Share]:
    """Return what becomes of the fee: a claim beside the one that is open again, or the Kasse's own cost."""
    if not fee:
        return []
    main = next((part for part in parts if part.kind == "settled"), None)
    if main is not None and data.collecting is not None and data.collecting.fee(main.profile) == "item":
        beside = Target(
            main.seq, main.line, main.reference or "", 1, "fee", main.office, main.item, main.account, 0, main.party,
            main.profile, "ruecklastschrift", main.due, 0, None, 0,
        )  # fmt: skip
        return [Share("claim", "cheque_fee", -fee, evidence, beside)]
    cost = BankRule(0, "", "debit", "bank_fees", office=data.kasse)
    return [Share("account", "cheque_fee", -fee, evidence, bank_rule=cost)]


def _owed(case: Case) -> bool:
    """Return whether the text names something that somebody owes."""
    return any(target.item is not None for target in case.targets)


def _names(case: Case, word: str) -> bool:
    """Return whether the entry's text has the word standing alone."""
    text = (case.part.remittance or case.entry.remittance or "").upper()
    return re.search(rf"(?<![A-Z0-9]){re.escape(word.upper())}(?![A-Z0-9])", text) is not None


def _done(running: Running, name: str, key: tuple[object, ...]) -> bool:
    """Return whether an earlier entry of this unit of work did it already."""
    return any(done.name == name and done.row[: len(key)] == key for done in running.effects)
