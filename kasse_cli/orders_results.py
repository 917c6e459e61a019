"""What the commands on orders say and show."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.i18n import sentence
from kasse_cli.output import Column, Line, Result, Table, say
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.items.order_decisions import Choice, Decision, Step
    from ledger.items.order_import_store import Imported
    from ledger.items.orders_reader import OrderDetails, OrderSummary
    from ledger.store.engines import Store

DIRECTIONS = {"receivable": N_("in"), "payable": N_("out")}
ACTS_SHORT = {
    "order": N_("new"), "increase": N_("more"), "reduction": N_("less"), "cancellation": N_("cancels"),
    "standing": N_("schedule"), "general": N_("expected"),
}  # fmt: skip
LIST = (
    Column("number", N_("Order")),
    Column("state", N_("State"), "word"),
    Column("kind", N_("Kind"), "word", words=DIRECTIONS),
    Column("name", N_("Name")),
    Column("due", N_("Due"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose"), minor=True),
    Column("bank_account", N_("IBAN"), "word", minor=2),
    Column("batch", N_("Of batch"), "count", minor=2),
    Column("act", N_("Act"), "word", shown=False, words=ACTS_SHORT),
    Column("changes", N_("Changes"), shown=False, minor=True),
)
FACTS = (
    Column("name", N_("Name"), shown=False),
    Column("value", N_("Value"), shown=False),
    Column("label", N_("Field")),
    Column("shown", N_("Value")),
)
LINES = (
    Column("line", N_("Line"), "count"),
    Column("gl_account", N_("Account")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("cost_object", N_("Cost object")),
    Column("purpose", N_("Purpose")),
)
TRANSFER_LINES = (
    Column("line", N_("Line"), "count"),
    Column("gl_account", N_("From account")),
    Column("contra_office", N_("To office")),
    Column("contra_account", N_("To account")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("cost_object", N_("Cost object")),
)
CHANGES = (
    Column("number", N_("Order")),
    Column("act", N_("Act"), "word"),
    Column("state", N_("State"), "word"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("purpose", N_("Reason")),
)
ACTS = (N_("order"), N_("increase"), N_("reduction"), N_("cancellation"), N_("standing"), N_("general"))
STEPS = (
    Column("step", N_("Step"), "word"),
    Column("by", N_("By")),
    Column("at", N_("At")),
    Column("seen_count", N_("Orders seen"), "count", minor=True),
    Column("seen_cents", N_("Sum seen"), "cents", minor=True),
    Column("reason", N_("Reason"), minor=True),
    Column("on_behalf", N_("For"), minor=True),
    Column("exception", N_("Exception"), "flag", minor=True),
)
ITEM = (
    Column("item", N_("Item"), "count"),
    Column("account", N_("Account")),
    Column("open_cents", N_("Open"), "cents"),
    Column("posting_day", N_("Posting day"), "day"),
    Column("entry", N_("Entry")),
)
TOTALS = {
    "receivable": N_("claims: {count}, together {sum_cents}"),
    "payable": N_("payables: {count}, together {sum_cents}"),
    "less receivable": N_("taken off claims: {count}, together {sum_cents}"),
    "less payable": N_("taken off payables: {count}, together {sum_cents}"),
    "transfer": N_("transfers: {count}, together {sum_cents}"),
    "schedule": N_("orders by schedule: {count}, each time {sum_cents}"),
}
_ACT = ("act", "changes")
_RARE = ("on_behalf", "exception")
DONE = {
    "certified": N_("orders certified: {count}, together {sum_cents}"),
    "approved": N_("orders approved: {count}, together {sum_cents}"),
    "accepted": N_("orders accepted and booked: {count}, together {sum_cents}"),
    "objected": N_("orders sent back: {count}, together {sum_cents}"),
}
_OF = {
    "increase": N_("adds to {order}"),
    "reduction": N_("takes off {order}"),
    "cancellation": N_("cancels {order}"),
    "standing": N_("replaces {order}"),
    "general": N_("replaces {order}"),
}
NEXT = {
    "certified": N_("next: another person of the office approves them with 'kasse order approve'"),
    "approved": N_("next: the Kasse accepts them with 'kasse order accept'"),
}


class OrdersOrBatchError(KasseError):
    """Neither orders nor a batch are named, or both."""

    code = "order.which"
    template = N_("name either orders or a batch")
    hint = N_("give numbers such as ORDNUNG-17, or --batch NUMBER with --sum AMOUNT")
    exit_code = 2


def ask_sum(call: Call, store: Store, step: Step, choice: Choice) -> int | None:
    """Return the control sum a person types, None where nobody can be asked or nothing waits."""
    from ledger.items.order_steps_store import waiting

    count = waiting(store, step, choice)
    if not count or call.machine or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    sys.stderr.write(sentence(N_("control sum of the orders you have checked ({count}): "), {"count": count}))
    sys.stderr.flush()
    return parse_amount(sys.stdin.readline())


def imported(done: Imported, orders: Sequence[OrderSummary], rejects: Path | None) -> Result:
    """Return what an import says."""
    data = {
        "batch": done.batch,
        "new": done.new,
        "count": done.orders,
        "amount_cents": done.total_cents,
        "receivable_cents": done.receivable_cents,
        "payable_cents": done.payable_cents,
        "rejected_rows": list(done.rejected),
        "rejects": str(rejects) if done.rejected and done.batch else None,
        "orders": list(orders),
    }
    return Result(data=data, lines=list(_import_lines(done, rejects)), findings=done.findings)


def _import_lines(done: Imported, rejects: Path | None) -> Iterator[Line]:
    if not done.new:
        yield say(N_("nothing new: this file was imported before, as batch {batch}"), batch=done.batch)
        return
    if done.batch is None:
        yield say(N_("orders that would be imported: {count}, together {sum_cents}"), **_sums(done))
    else:
        yield say(N_("orders imported: {count}, together {sum_cents}"), **_sums(done))
    if done.receivable_cents and done.payable_cents:
        yield say(
            N_("receivables {receivable_cents}, payables {payable_cents}"),
            receivable_cents=done.receivable_cents,
            payable_cents=done.payable_cents,
        )
    if done.rejected and done.batch:
        yield say(N_("rows left out: {count}, written to {file}"), count=len(done.rejected), file=str(rejects))
    if done.batch:
        yield say(
            N_("next: another person certifies with 'kasse order certify --batch {batch} --sum AMOUNT'"),
            batch=done.batch,
        )


def _sums(done: Imported) -> dict[str, int]:
    return {"count": done.orders, "sum_cents": done.total_cents}


def listed(orders: Sequence[OrderSummary], back: int = 0, batch: int | None = None) -> Result:
    """Return a list of orders with count and sum of each direction, and the control sum where it is of a batch.

    `back` were sent back to the user.
    """
    total = sum(order.amount_cents for order in orders)
    lines = list(_totals(orders))
    if batch is not None and len(lines) > 1:
        lines.append(say(N_("control sum of batch {batch}: {sum_cents}"), batch=batch, sum_cents=total))
    if back:
        lines.append(say(N_("sent back to you in the last 30 days: {count}; see 'kasse order list --state objected'"),
                         count=back))  # fmt: skip
    columns = _columns(orders)
    data = {"sum_cents": total, "sent_back": back}
    return Result(data=data, tables=[Table("orders", columns, orders)], lines=lines)


def _columns(orders: Sequence[OrderSummary]) -> list[Column]:
    """Return the columns of a list; where orders change others, what they do stands there before the reference."""
    if all(order.act == "order" for order in orders):
        return list(LIST)
    return [replace(column, shown=True) if column.key in _ACT else
            replace(column, minor=True) if column.key == "reference" else column for column in LIST]  # fmt: skip


def _totals(orders: Sequence[OrderSummary]) -> Iterator[Line]:
    """Yield count and sum of each direction: what comes in, goes out and is taken off has no sum together."""
    groups: dict[str, list[int]] = {}
    for order in orders:
        groups.setdefault(_group(order), []).append(order.amount_cents)
    if len(groups) < 2:
        yield say(N_("orders: {count}, together {sum_cents}"), count=len(orders),
                  sum_cents=sum(order.amount_cents for order in orders))  # fmt: skip
        return
    yield say(N_("orders: {count}"), count=len(orders))
    for group, template in TOTALS.items():
        if group in groups:
            yield say(template, count=len(groups[group]), sum_cents=sum(groups[group]))


def _group(order: OrderSummary) -> str:
    if order.act in {"standing", "general"}:
        return "schedule"
    return f"less {order.kind}" if order.act in {"reduction", "cancellation"} else order.kind


def shown(details: OrderDetails, warnings: Sequence[KasseError]) -> Result:
    """Return one order in full, with what those who decide on it should know."""
    from kasse_cli.order_facts import order_facts

    iban = details.order.bank_account
    facts = {"bank_account": iban, **details.facts} if iban else details.facts
    tables = [
        Table("orders", _columns([details.order]), [details.order]),
        Table("facts", FACTS, list(order_facts(facts)), N_("Facts")),
        Table("lines", TRANSFER_LINES if details.order.kind == "transfer" else LINES, details.lines, N_("Coding")),
        Table("steps", _step_columns(details), details.steps, N_("Steps")),
        Table("items", ITEM, details.items, N_("Open items")),
    ]
    if details.changes:
        tables.append(Table("changes", CHANGES, details.changes, N_("Changes of this order")))
    lines = [say(_OF[details.order.act], order=details.order.changes)] if details.order.changes else []
    data = {"party": details.party, "act": details.order.act, "changed_order": details.order.changes}
    return Result(data=data, tables=tables, lines=lines, findings=warnings)


def _step_columns(details: OrderDetails) -> list[Column]:
    """Return the columns of steps; deputies and exceptions stand there only where there are any."""
    rare = any(step.on_behalf or step.exception for step in details.steps)
    return [replace(column, shown=rare) if column.key in _RARE else column for column in STEPS]


MADE = N_("credit {item} over {amount_cents}: 'kasse payment refund ask {item}' or 'kasse payment set-off' lets it go")


def decided(done: Decision) -> Result:
    """Return what a step says."""
    data = {
        "step": done.step,
        "new": done.new,
        "count": done.count,
        "amount_cents": done.sum_cents,
        "list_hash": done.list_hash,
        "offices": done.offices,
    }
    if not done.new:
        return Result(data=data, lines=[say(N_("nothing new: this step was done before"))])
    lines = [say(DONE[done.step], count=done.count, sum_cents=done.sum_cents)]
    for part in done.offices:
        if part.first_entry is not None:
            one = part.first_entry == part.last_entry
            template = N_("{office}: entry {first}") if one else N_("{office}: entries {first} to {last}")
            lines.append(say(template, office=part.office, first=part.first_entry, last=part.last_entry))
        lines += [say(MADE, item=one.item, amount_cents=one.amount_cents) for one in part.credits]
    if done.step in NEXT:
        lines.append(say(NEXT[done.step]))
    return Result(data=data, lines=lines, findings=done.findings)
