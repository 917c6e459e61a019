"""Rungs for our collections by mandate: the credit of a run or of one of them, what comes back, what we gave back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ledger.bank.collected import (
    COLLECTION_RETURNED,
    COLLECTION_REVERSED,
    CREDITED,
    CollectedRun,
    OwnCollection,
)
from ledger.bank.matching import Case, Effect, Evidence, Running, Share, Spot, Target
from ledger.bank.rules import BankRule
from ledger.bank.rungs import Data, Doubt, Verdict

_ON_THE_WAY = frozenset({"released", "exported"})
_OUT = frozenset({"released", "exported", "collected"})
_CAME = frozenset({"released", "exported", "returned", "reversed"})
_ENDED = (COLLECTION_RETURNED, COLLECTION_REVERSED)


def collected(case: Case, running: Running, data: Data) -> Verdict:
    """Clear one collection in transit by its EndToEndId with the same amount."""
    del data
    rows: Sequence[OwnCollection] = case.found.get("collection", ())
    if case.cents <= 0 or len({row.key for row in rows}) != 1:
        return None
    one = rows[0]
    evidence = _evidence(one)
    if one.credited or one.state not in _CAME or _credited(running, one.run_office, one.run, one.batch, one.number):
        return Doubt("paid" if one.state not in {"proposed", "discarded"} else "unreleased", evidence)
    if one.iban != case.entry.iban:
        return Doubt("account", evidence)
    if one.cents != case.cents:
        return Doubt("amount", evidence)
    return [_credit(case, evidence, (one.run_office, one.run, one.batch, one.number))]


def collected_run(case: Case, running: Running, data: Data) -> Verdict:
    """Clear a batch of collections, or a whole run, by its id where what is not credited of it is the amount."""
    del data
    runs: Sequence[CollectedRun] = case.found.get("collected", ())
    doubt: Doubt | None = None
    for run in runs:
        evidence: Evidence = {"office": run.office, "collection_run": run.run, "batch": run.batch}
        left = run.open_cents - _credited_cents(running, run)
        if run.iban != case.entry.iban:
            doubt = Doubt("account", evidence)
        elif left == case.cents:
            return [_credit(case, evidence, (run.office, run.run, run.batch, 0))]
        else:
            doubt = Doubt("amount" if left else "paid", {**evidence, "left_cents": left})
    return doubt


def _credit(case: Case, evidence: Evidence, key: tuple[str, int, int, int]) -> Share:
    transit = BankRule(0, "", "credit", "transit_in", office=key[0])
    effect = Effect(CREDITED, (*key, case.cents))
    return Share("collect", "collection", case.cents, evidence, bank_rule=transit, effect=effect)


def _credited(running: Running, office: str, run: int, batch: int, number: int) -> bool:
    """Return whether an earlier entry of this unit of work has credited the collection, alone or with its batch."""
    wholes = {(office, run, batch, number), (office, run, batch, 0), (office, run, 0, 0)}
    return any(done.name == CREDITED and done.row[:4] in wholes for done in running.effects)


def _credited_cents(running: Running, run: CollectedRun) -> int:
    rows = [done.row for done in running.effects if done.name == CREDITED and done.row[:2] == (run.office, run.run)]
    return sum(row[4] for row in rows if run.batch in {0, row[2]} or row[2] == 0)


def returned_collection(case: Case, running: Running, data: Data) -> Verdict:
    """Open the claims of a collection that came back; what is above its amount is the fee of the return."""
    largest = data.collecting.largest_fee_cents if data.collecting else 0
    rows = _only(case.found.get("collection", ()), -case.cents, largest, running)
    if case.cents >= 0 or not rows:
        return None
    one, code = rows[0], case.part.return_reason or ""
    evidence: Evidence = {**_evidence(one), "return_reason": code}
    fee = -case.cents - one.cents
    if not _can_come_back(rows, running) or one.iban != case.entry.iban or not 0 <= fee <= largest:
        return [Share("clarify", "return", case.cents, evidence)]
    effect = Effect(COLLECTION_RETURNED, (*one.key, code, fee))
    shares = _reopened(rows, "collection_returned", evidence, effect)
    return [*shares, *_fee(rows, fee, evidence, data)]


def returned_batch(case: Case, running: Running, data: Data) -> Verdict:
    """Open the claims of a whole batch, or run, that came back in one sum: its id, and what is out of it to the cent.

    Only what the bank has credited comes back in this way, so that nothing refused before is taken for it.
    """
    del data
    rows: Sequence[OwnCollection] = case.found.get("batch_back", ())
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.key)]
    out = [group for group in groups if group[0].state in _OUT and not _gone(group[0], running)]
    if case.cents >= 0 or not out:
        return None
    code = case.part.return_reason or ""
    exact = sum(group[0].cents for group in out) == -case.cents
    able = all(_can_come_back(group, running) and _is_credited(group[0], running) for group in out)
    if not exact or not able or out[0][0].iban != case.entry.iban:
        evidence: Evidence = {"office": rows[0].run_office, "collection_run": rows[0].run, "return_reason": code}
        return [Share("clarify", "return", case.cents, evidence)]
    shares: list[Share] = []
    for group in out:
        effect = Effect(COLLECTION_RETURNED, (*group[0].key, code, 0))
        shares += _reopened(group, "collection_returned", {**_evidence(group[0]), "return_reason": code}, effect)
    return shares


def _is_credited(one: OwnCollection, running: Running) -> bool:
    return bool(one.credited) or _credited(running, one.run_office, one.run, one.batch, one.number)


def _only(
    rows: Sequence[OwnCollection], cents: int, largest_fee_cents: int, running: Running
) -> Sequence[OwnCollection]:
    """Return the one collection that is meant, nothing where several may be.

    A bank that repeats no EndToEndId names the mandate, which may have several collections: the amount must tell which.
    """
    found = {row.key: [one for one in rows if one.key == row.key] for row in rows}
    if len(found) <= 1:
        return rows
    able = [group for group in found.values() if _can_come_back(group, running)]
    exact = [group for group in able if group[0].cents == cents]
    near = [group for group in able if 0 <= cents - group[0].cents <= largest_fee_cents]
    chosen = exact if len(exact) == 1 else near
    return chosen[0] if len(chosen) == 1 else ()


def reversed_collections(case: Case, running: Running, data: Data) -> Verdict:
    """Open the claims of collections that we gave back ourselves (pain.007), singly or all of one request."""
    del data
    rows: Sequence[OwnCollection] = case.found.get("collection", ())
    if case.cents >= 0 or case.part.return_reason or not rows or any(row.asked != "reversal" for row in rows):
        return None
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.key)]
    whole = sum(group[0].cents for group in groups) == -case.cents
    if not whole or not all(_can_come_back(group, running) for group in groups) or rows[0].iban != case.entry.iban:
        return [Share("clarify", "return", case.cents, _evidence(rows[0]))]
    shares: list[Share] = []
    for group in groups:
        effect = Effect(COLLECTION_REVERSED, (*group[0].key, "", 0))
        shares += _reopened(group, "collection_reversed", _evidence(group[0]), effect)
    return shares


def _can_come_back(rows: Sequence[OwnCollection], running: Running) -> bool:
    """Return whether a collection is out, was not given back before, and what it settled is still settled."""
    one = rows[0]
    settled = all(
        row.amount_cents - row.open_cents + running.taken.get((row.office, row.item), 0) >= row.part_cents
        for row in rows
    )
    return one.state in _OUT and not _gone(one, running) and settled


def _gone(one: OwnCollection, running: Running) -> bool:
    """Return whether an earlier entry of this unit of work brought the collection back."""
    return any(done.name in _ENDED and done.row[:3] == one.key for done in running.effects)


def _reopened(rows: Sequence[OwnCollection], rule: str, evidence: Evidence, effect: Effect) -> list[Share]:
    """Return one share for each item, the first with the effect."""
    return [
        Share(
            "reopen", rule, -row.part_cents, evidence, Spot(row.office, row.item, row.account, row.clearing),
            effect=effect if at == 0 else None,
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip


def _fee(rows: Sequence[OwnCollection], fee: int, evidence: Evidence, data: Data) -> list[Share]:
    """Return what becomes of the fee: a claim beside the one that came back, or the Kasse's own cost."""
    if not fee:
        return []
    main = rows[0]
    if data.collecting is not None and data.collecting.fee(main.profile) == "item":
        beside = Target(
            main.seq, main.line, main.reference or "", 1, "fee", main.office, main.item, main.account, 0, main.party,
            main.profile, "ruecklastschrift", main.due, 0, None, 0,
        )  # fmt: skip
        return [Share("claim", "collection_fee", -fee, evidence, beside)]
    cost = BankRule(0, "", "debit", "bank_fees", office=data.kasse)
    return [Share("account", "collection_fee", -fee, evidence, bank_rule=cost)]


def _evidence(one: OwnCollection) -> Evidence:
    return {"office": one.run_office, "collection_run": one.run, "collection": one.number}
