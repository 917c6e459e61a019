"""From decisions to the books: which postings, items and clearings a matched bank entry becomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledger.bank.matching import Decision, Evidence, Share, Staged, Target, settled_cents
from ledger.book.entry import Draft, Posting
from ledger.book.transfer import across
from ledger.items.store import ClearingKind, ItemKind, NewClearing, NewItem
from ledger.store.engines import Row

Role = Callable[[str, str], str]
Number = Callable[[str], int]
TEXT_LENGTH = 140
RETURN_COSTS = "Kosten der Rücklastschrift"  # what the debtor reads
MATCH_COLUMNS = ("office", "entry", "line", "rule", "evidence", "item_office", "item", "cents")
CASE_COLUMNS = ("office", "item", "entry", "reason", "owner")
written: Callable[[Evidence], str] = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Returns evidence as it is stored."""


class Line(NamedTuple):
    """One share as a posting: the office and account it goes to, the item it moves, the kind of item it makes."""

    share: Share
    office: str
    account: str
    item: int | None = None
    makes: ItemKind | None = None


class Plan(NamedTuple):
    """A decision as drafts of entries, one for each office that takes part."""

    decision: Decision
    lines: tuple[Line, ...]
    drafts: tuple[Draft, ...]


@dataclass(slots=True)
class Records:
    """What is written beside the entries of many plans."""

    items: list[NewItem] = field(default_factory=list)
    clearings: list[NewClearing] = field(default_factory=list)
    matches: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    posted: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    effects: dict[str, list[Row]] = field(default_factory=dict)


def payment_day(entry: Staged) -> str:
    """Return the day on which the money counts as paid: the day the bank credited the account.

    § 224 Abs. 2 Nr. 2 AO; the day of booking, not an earlier value day (FG Niedersachsen, 19.08.1997, VI 651/93).
    """
    return entry.bank_day


def plan(decision: Decision, posting_day: str, role: Role, number: Number) -> Plan:
    """Return the drafts of a decision; `role` finds accounts, `number` gives a fresh item number of an office."""
    entry, shares = decision
    lines = tuple([line_of(share, entry, role, number) for share in shares])
    bank = Posting(entry.account, entry.amount_cents)
    postings: dict[str, list[Posting]] = {entry.office: [bank]}
    for line in lines:
        postings.setdefault(line.office, []).append(Posting(line.account, -line.share.cents, line.item))
    common = _common(entry, shares, posting_day)
    if len(postings) == 1:
        return Plan(decision, lines, (Draft(office=entry.office, postings=tuple(postings[entry.office]), **common),))
    return Plan(decision, lines, tuple(across(entry.office, postings, group=entry.seq, **common)))


def _common(entry: Staged, shares: Sequence[Share], posting_day: str) -> dict[str, Any]:
    """Return the fields that the drafts of an entry share."""
    return {
        "kind": "execution" if any(share.act in _EXECUTING for share in shares) else "bank",
        "posting_day": posting_day,
        "source": source_of(entry),
        "text": words(entry),
        "bank_day": entry.bank_day,
        "value_day": entry.value_day,
        "payment_day": payment_day(entry),
    }


_EXECUTING = frozenset({"transit", "collect"})


def source_of(entry: Staged) -> str:
    """Return what the journal names as the source of what a bank entry becomes."""
    return f"bank:{entry.office}/{entry.id}"


def bank_entry_of(source: str, office: str) -> int | None:
    """Return which bank entry of the office an entry of the journal says it comes from.

    >>> bank_entry_of("bank:KASSE/17", "KASSE"), bank_entry_of("bank:KASSE/17", "BAU"), bank_entry_of("order:5", "BAU")
    (17, None, None)
    """
    number = source.removeprefix(f"bank:{office}/")
    return int(number) if number != source else None


def words(entry: Staged) -> str:
    """Return what an entry says: who, and the beginning of the purpose."""
    text = f"{entry.name or ''}: {entry.remittance or ''}" if entry.name else entry.remittance or ""
    return " ".join(text.split())[:TEXT_LENGTH]


def line_of(share: Share, entry: Staged, role: Role, number: Number) -> Line:
    """Return the posting that a share becomes beside that on the bank account."""
    target = share.target
    if share.act in {"settle", "reopen"}:
        assert target is not None, "an item that is settled or opened again is known"
        return Line(share, target.office, target.account, target.item)
    if share.act == "surplus":
        assert target is not None, "a surplus belongs to a person"
        return Line(share, target.office, role(target.office, "credit"), number(target.office), "credit")
    if share.act == "claim":
        assert target is not None, "a claim on somebody stands beside another"
        return Line(share, target.office, target.account, number(target.office), "receivable")
    if share.act == "clarify":
        kind: ItemKind = "suspense" if share.cents > 0 else "advance"
        return Line(share, entry.office, role(entry.office, kind), number(entry.office), kind)
    return Line(share, *_account(share, entry, role))


def _account(share: Share, entry: Staged, role: Role) -> tuple[str, str]:
    """Return office and account of a share that moves no item."""
    if share.act == "transfer":  # one account for all offices: the legs may belong to two
        kasse = role("", "kasse")
        return kasse, role(kasse, "transit_own")
    if share.act == "transit":
        paid = share.payment or share.run
        assert paid is not None, "money in transit belongs to a payment or a run"
        return paid.office, role(paid.office, "transit_out")
    rule = share.bank_rule
    assert rule is not None, "a booked share has its rule"
    office = rule.office or entry.office
    return office, rule.account or role(office, rule.role)


def fresh_items(decision: Decision) -> list[str]:
    """Return the office of every item that a decision will make."""
    offices = []
    for share in decision.shares:
        if share.act == "clarify":
            offices.append(decision.entry.office)
        elif share.act in {"surplus", "claim"} and share.target is not None:
            offices.append(share.target.office)
    return offices


def note(records: Records, plan_: Plan, positions: Mapping[str, int], posting_day: str) -> None:
    """Add to the records what a plan means, its entries being at these positions of the offices."""
    entry = plan_.decision.entry
    moved: dict[tuple[str, ClearingKind, int | None], list[tuple[int, int]]] = {}
    for index, line in enumerate(plan_.lines, 1):
        share = line.share
        if share.act in {"settle", "reopen"}:
            assert line.item is not None, "what is settled is an item"
            kind: ClearingKind = "bank" if share.act == "settle" else "reset"
            undone = getattr(share.target, "resets", None)
            moved.setdefault((line.office, kind, undone), []).append((line.item, settled_cents(share)))
        elif line.makes is not None:
            note_item(records, line, entry, positions[line.office], posting_day)
        else:
            _note_payment(records, share, entry)
        if share.effect is not None:
            row = (*share.effect.row, entry.office, entry.id)
            records.effects.setdefault(share.effect.name, []).append(row)
        item_office = line.office if line.item is not None else None
        rule, evidence = _explained(share)
        records.matches.append(
            (entry.office, entry.id, index, rule, written(evidence), item_office, line.item, share.cents)
        )
    for (office, kind, undone), lines in moved.items():
        records.clearings.append(
            NewClearing(office, kind, positions[office], posting_day, payment_day(entry), tuple(lines), undone)
        )
    records.posted.append((entry.office, entry.id, positions[entry.office]))


def _note_payment(records: Records, share: Share, entry: Staged) -> None:
    if share.payment is not None:
        paid = share.payment
        records.payments.append((paid.office, paid.run, paid.number, entry.office, entry.id))
    elif share.run is not None:
        records.runs.append((share.run.office, share.run.run, share.run.file, entry.office, entry.id))


def _explained(share: Share) -> tuple[str, Mapping[str, str | int]]:
    if share.act == "clarify":
        return "clarify", {"reason": share.rule, **share.evidence}
    if share.act == "surplus":
        return "surplus", share.evidence
    return share.rule, share.evidence


def note_item(records: Records, line: Line, entry: Staged, position: int, posting_day: str) -> None:
    """Add the item that a line makes, and the case of one that is unclear."""
    assert line.item is not None, "an item that is made has a number"
    assert line.makes is not None, "and a kind"
    target = line.share.target
    known = target if isinstance(target, Target) else None
    records.items.append(
        NewItem(
            office=line.office,
            id=line.item,
            kind=line.makes,
            account=line.account,
            amount_cents=abs(line.share.cents),
            due=entry.bank_day,
            opened_on=posting_day,
            position=position,
            party=known.party if known else None,
            reference=known.key or None if known else None,
            **(_beside(known) if line.makes == "receivable" and known else {}),
        )
    )
    if line.makes in {"suspense", "advance"}:
        records.cases.append((entry.office, line.item, entry.id, line.share.rule, None))


def _beside(main: Target) -> dict[str, Any]:
    """Return what a claim has of the one it stands beside."""
    return {"main_item": main.item, "profile": main.profile, "claim_kind": main.claim_kind, "purpose": RETURN_COSTS}
