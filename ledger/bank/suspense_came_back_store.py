"""Unclear money that may be a payment or collection of ours which came back, without any id of ours: looked up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from ledger.bank.matching import Staged, whole_part
from ledger.bank.rules import applying
from ledger.bank.rules_store import bank_rules
from ledger.bank.rungs_returns import is_return
from ledger.bank.suspense_came_back import LARGEST_FEE_CENTS, Back, MayBe, Out, declared_fees, may_be
from ledger.bank.suspense_store import CaseDetails
from ledger.payments.collection_policy_store import policy_of
from ledger.store.engines import Row, Store

DAYS = 92
"""For how many days before its bank day what left is looked at."""
MOST_WORDS = 60
"""How many words of a text are looked up as references."""
_TOKEN = re.compile(r"[^\s,;:()]{3,40}")
_ENTRY = """
    SELECT iban, bank_day, value_day, amount_cents, gvc, name, counter_iban, remittance, return_reason,
           creditor_reference, end_to_end_id FROM bank_entry WHERE office = :office AND id = :entry"""
_PAYMENTS = """
    SELECT p.run, p.line, p.cents, r.execution_day, p.creditor_name, p.creditor_iban, i.reference, p.remittance
    FROM {found} JOIN payment_run r ON r.office = p.office AND r.id = p.run
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {where} AND p.state = 'executed' AND p.cents BETWEEN :least AND :most
      AND i.amount_cents - i.open_cents >= p.cents
      AND r.iban = :account AND r.execution_day BETWEEN :since AND :day ORDER BY p.run, p.line"""
_COLLECTIONS = """
    SELECT p.run, p.line, p.cents, r.collection_day, p.debtor_name, p.debtor_iban, i.reference, p.remittance
    FROM {found} JOIN collection_run r ON r.office = p.office AND r.id = p.run
    JOIN collection_item k ON k.office = p.office AND k.run = p.run AND k.line = p.line
    JOIN item i ON i.office = k.item_office AND i.id = k.item
    WHERE {where} AND p.state IN ('released', 'exported', 'collected') AND p.cents BETWEEN :least AND :most
      AND r.iban = :account AND r.collection_day BETWEEN :since AND :day ORDER BY p.run, p.line, i.office, i.id"""
What = Literal["payment", "collection"]
_OF_ACCOUNT = {
    "payment": _PAYMENTS.format(found="payment p", where="p.creditor_iban IN ({keys})"),
    "collection": _COLLECTIONS.format(
        found="mandate m JOIN collection p ON p.mandate = m.id", where="m.iban IN ({keys}) AND p.debtor_iban = m.iban"
    ),
}
_OF_REFERENCE = {
    "payment": _PAYMENTS.format(
        found="item n JOIN payment p ON p.item_office = n.office AND p.item = n.id", where="n.reference IN ({keys})"
    ),
    "collection": _COLLECTIONS.format(
        found="""item n JOIN collection_item x ON x.item_office = n.office AND x.item = n.id
    JOIN collection p ON p.office = x.office AND p.run = x.run AND p.line = x.line""",
        where="n.reference IN ({keys})",
    ),
}
# only what the bank marks as a return is looked for among all that left
_OF_ALL = {
    "payment": _PAYMENTS.format(found="payment p", where="1 = 1"),
    "collection": _COLLECTIONS.format(found="collection p", where="1 = 1"),
}
_KINDS: dict[str, What] = {"suspense": "payment", "advance": "collection"}


def may_have_come_back(store: Store, case: CaseDetails) -> tuple[MayBe, ...]:
    """Return the payments of ours that a credit may be which came back, or the collections a debit, the surest first.

    For money without an id of ours. Only what left from the account of the case within `DAYS` before its bank day and
    is settled still; never a reason to book by itself.
    """
    cents = case.open_cents - case.bound_cents
    row = store.one(_ENTRY, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind not in _KINDS or cents <= 0:
        return ()
    account, day, value_day, amount, gvc, name, iban, text, reason, creditor, end_to_end = row
    entry = Staged(
        0, case.office, case.entry or 0, account, "", day, value_day, amount, 0, gvc, name, iban, text, reason, 1
    )
    back = Back(
        cents, _each(case.name), frozenset(_each(case.bank_account)),
        "\n".join(word for word in (case.remittance, creditor, end_to_end) if word),
        is_return(entry.gvc, entry.return_reason),
    )  # fmt: skip
    what = _KINDS[case.kind]
    return may_be(back, _found(store, what, back, entry), _fees(store, what, back, entry))


def _each(text: str | None) -> tuple[str, ...]:
    """Return what the bank said of each part of a collective entry that is unclear."""
    return tuple((text or "").split("; ")) if text else ()


def _found(store: Store, what: What, back: Back, entry: Staged) -> list[Out]:
    """Return what left for the account that the bank names, or under a number that the text has."""
    day = dt.date.fromisoformat(entry.bank_day)
    least = back.cents if what == "payment" else max(1, back.cents - LARGEST_FEE_CENTS)
    where: dict[str, str | int] = {
        "account": entry.iban, "since": (day - dt.timedelta(days=DAYS)).isoformat(), "day": entry.bank_day,
        "least": least, "most": back.cents + LARGEST_FEE_CENTS if what == "payment" else back.cents,
    }  # fmt: skip
    rows: list[Row] = []
    words = [variant for word in _TOKEN.findall(back.text)[:MOST_WORDS] for variant in (word, word.upper())]
    for sql, keys in ((_OF_ACCOUNT[what], sorted(back.ibans)[:MOST_WORDS]), (_OF_REFERENCE[what], words)):
        if keys:
            names = {f"k{index}": key for index, key in enumerate(dict.fromkeys(keys))}
            rows += store.all(sql.format(keys=", ".join(f":{name}" for name in names)), **names, **where)
    if back.marked:
        rows += store.all(_OF_ALL[what], **where)
    return list(_outs(what, rows))


def _outs(what: What, rows: Iterable[Row]) -> Iterator[Out]:
    """Yield each payment or collection once, with the references of all its items."""
    outs: dict[tuple[int, int], Out] = {}
    for run, line, cents, day, name, iban, reference, text in rows:
        known = outs.get((run, line)) or Out(what, run, line, cents, day, name or "", iban or "", (), text or "")
        if reference and reference not in known.references:
            known = replace(known, references=(*known.references, reference))
        outs[run, line] = known
    yield from outs.values()


def _fees(store: Store, what: What, back: Back, entry: Staged) -> Callable[[int], bool]:
    """Return what says whether so much may be a fee: the text names it, or the Kasse lets it be one."""
    said = declared_fees(back.text)
    if what == "collection":
        largest = policy_of(store).largest_fee_cents
        return lambda cents: cents in said or cents <= largest
    rules, part = bank_rules(store), whole_part(entry)
    return lambda cents: cents in said or applying(rules, "return_fee", entry, part, -cents) is not None
