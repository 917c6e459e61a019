"""`kasse payment vop`: payees whose name does not match their account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import DiscardReason
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.payments.vop import VopDone

CASES = (
    Column("payment", N_("Payment")),
    Column("status", N_("Answer")),
    Column("name", N_("Submitted name")),
    Column("found", N_("Real name")),
    Column("iban", N_("IBAN"), "word"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("state", N_("State"), "word"),
    Column("made_by", N_("Decided by"), minor=True),
    Column("confirmed_by", N_("Confirmed by"), minor=True),
    Column("reason", N_("Reason"), minor=True),
)
RULES = (
    Column("number", N_("Rule"), "count"),
    Column("iban_prefix", N_("Accounts that begin with")),
    Column("reason", N_("Reason")),
    Column("made_by", N_("Made by")),
    Column("confirmed_by", N_("Confirmed by")),
    Column("ended_on", N_("Ended"), "day"),
    Column("used", N_("Used"), "count"),
)
PaymentArgument = Annotated[str, typer.Argument(metavar="PAYMENT", help=N_("the payment, such as 17-3"))]
AllOption = Annotated[bool, typer.Option("--all", help=N_("also those that are decided"))]
NameOption = Annotated[str, typer.Option("--name", metavar="NAME", help=N_("the account holder's right name"))]
AccountOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("another account that is known as the payee's own"))
]
PrefixArgument = Annotated[
    str | None,
    typer.Argument(metavar="IBAN", help=N_("how the accounts begin, at least to the end of the bank's number")),
]
EndOption = Annotated[int | None, typer.Option("--end", metavar="NUMBER", help=N_("end this rule"))]


class NotOnePaymentError(KasseError):
    """A run where a payment is meant."""

    code = "vop.payment"
    template = N_("name one payment, such as {run}-1")
    hint = N_("see 'kasse payment show {run}' for its payments")
    exit_code = 2


def list_cases(ctx: Context, every: AllOption = False) -> None:
    """List the names that wait for a decision: RVMC nearly matched, RVNM did not, RVNA could not be checked."""
    from kasse_cli.wiring import open_book
    from ledger.payments.vop_store import cases

    with open_book(ctx.obj) as store:
        found = cases(store, every=every)
    waiting = sum(one.waits for one in found)
    render(
        ctx, Result(tables=[Table("cases", CASES, found)], lines=[say(N_("names to decide: {count}"), count=waiting)])
    )


def accept(ctx: Context, payment: PaymentArgument, reason: DiscardReason = "") -> None:
    """Accept a name that does not match: one person with a reason, a second one confirms it.

    From then on the city bears the loss if the money goes astray.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.vop_store import accept as service

    run, line = one_payment(payment)
    with open_book(ctx.obj) as store:
        done = service(store, run, line, reason=reason)
    lines = list(_next(done))
    if done.case.state == "asked":
        lines.insert(0, say(N_("accepted by one; another person confirms it with the same command")))
    render(ctx, Result({"case": done.case, "new": done.new, "left": done.left}, lines=lines))


def correct(
    ctx: Context,
    payment: PaymentArgument,
    name: NameOption = "",
    iban: AccountOption = None,
    reason: DiscardReason = "",
) -> None:
    """Note the right name or account; the file is cancelled at the bank and its items are proposed again.

    Banks take no single payment out of a file: cancel the order there, give the file up with 'kasse payment void', and
    the next run carries the right data under new ids. A second person confirms it, a name with the same command,
    another account with 'kasse payment redirect'; until then the item is locked.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.vop_store import correct as service

    run, line = one_payment(payment)
    with open_book(ctx.obj) as store:
        done = service(store, run, line, reason=reason, name=name, iban=iban)
    lines = list(_next(done))
    if done.case.state == "named" and done.new:
        lines.insert(
            0, say(N_("noted; the item is locked until another person confirms the name with the same command"))
        )
    elif done.case.confirmed_by is not None:
        lines.insert(0, say(N_("the name is confirmed: from the next run on it stands in the payee's payments")))
    render(ctx, Result({"case": done.case, "new": done.new, "left": done.left}, lines=lines))


def refuse(ctx: Context, payment: PaymentArgument, reason: DiscardReason = "") -> None:
    """Decide that a payment must not leave, also against what one person accepted or corrected.

    Its file is cancelled at the bank and given up with 'kasse payment void'; the item stays locked until somebody has
    looked and lifts the lock with 'kasse item unlock'.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.vop_store import refuse as service

    run, line = one_payment(payment)
    with open_book(ctx.obj) as store:
        done = service(store, run, line, reason=reason)
    lines = [say(N_("refused: the payment must not leave; its item is locked")), *_next(done)]
    render(ctx, Result({"case": done.case, "new": done.new, "left": done.left}, lines=lines))


def one_payment(text: str) -> tuple[int, int]:
    """Return run and line of a payment as people write it; raises `NotOnePaymentError`."""
    from ledger.payments.naming import parse_run_or_payment

    run, line = parse_run_or_payment(text)
    if line is None:
        raise NotOnePaymentError(run=run)
    return run, line


def _next(done: VopDone) -> Iterator[Line]:
    case = done.case
    if not done.new:
        yield say(N_("nothing new: another person must confirm it"))
    if done.left:
        yield say(N_("names of this file still to decide: {count}"), count=done.left)
    elif done.corrected:
        yield say(
            N_("next: cancel the order at the bank, then 'kasse payment void {run} --file {file} --cancelled'"),
            run=case.run, file=case.file,
        )  # fmt: skip
    elif done.unchecked:
        yield say(
            N_("names of this file that the bank has not answered yet: {count}; do not release the order"),
            count=done.unchecked,
        )
    elif done.live:
        yield say(
            N_("all names of file {file} of run {run} are decided: release the order at the bank"),
            file=case.file,
            run=case.run,
        )


def rule(ctx: Context, prefix: PrefixArgument = None, reason: DiscardReason = "", end: EndOption = None) -> None:
    """List rules, or make one: answers that no check is possible (RVNA) are accepted for accounts that begin so.

    Meant for collective accounts such as those of payment cards. A rule works once a second person has confirmed it
    with the same command.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.vop_store import end_rule, make_rule, rules

    with open_book(ctx.obj) as store:
        if end is not None:
            end_rule(store, end, day=ctx.obj.today.isoformat())
        elif prefix is not None:
            make_rule(store, prefix, reason=reason)
        found = rules(store)
    waiting = [one for one in found if one.confirmed_by is None and one.ended_on is None]
    lines = [say(N_("rules: {count}"), count=len(found))]
    if waiting:
        lines.append(say(N_("waiting for a second person: {count}"), count=len(waiting)))
    render(ctx, Result(tables=[Table("rules", RULES, found)], lines=lines))
