"""Asking the bank about collections that were sent, and reading what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.collection.shapes import CollectionsArgument, FileOutOption, ReasonOption, RunArgument
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import FilesArgument, SumOption
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from kasse_cli.inbox_units import Unit
    from ledger.payments.collection_answers_store import Answer
    from ledger.payments.collection_messages import Kind, Message
    from ledger.store.engines import Store

ANSWERS = (
    Column("run", N_("Collection run"), "count"),
    Column("status", N_("Status")),
    Column("refused", N_("Refused"), "count"),
    Column("recalled", N_("Stopped"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("new", N_("New"), "flag"),
    Column("message", N_("Message id"), shown=False),
)
MessageArgument = Annotated[int, typer.Argument(metavar="REQUEST", help=N_("the number of the request"))]
RecallWhy = Annotated[
    str, typer.Option("--why", metavar="CODE", help=N_("DUPL sent twice, TECH technical error, CUST by wish"))
]
ReversalWhy = Annotated[
    str, typer.Option("--why", metavar="CODE", help=N_("AM05 collected twice, MS02 for any other reason"))
]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("the BIC of your bank, if the book has none"))]

LessOption = Annotated[
    int | None,
    typer.Option("--less", metavar="CASE", help=N_("the case of a debit that takes back what was refused")),
]
CollectionArgument = Annotated[
    str, typer.Argument(metavar="COLLECTION", help=N_("run and number of the collection, such as 3-7"))
]
ReturnReasonOption = Annotated[
    str, typer.Option("--reason", metavar="CODE", help=N_("the bank's reason code; else that of the bank entry"))
]
ReturnFeeOption = Annotated[
    int | None, typer.Option("--fee", parser=parse_amount, metavar="AMOUNT", help=N_("what the banks charged on top"))
]
CaseOption = Annotated[int, typer.Option("--case", metavar="CASE", help=N_("the case that holds the money"))]
WithoutOption = Annotated[
    list[int] | None, typer.Option("--without", metavar="LINE", help=N_("this collection is missing; may be repeated"))
]
BatchOption = Annotated[int, typer.Option("--batch", metavar="NUMBER", help=N_("only this batch of the file"))]


class NoAnswerError(KasseError):
    """A file that is no answer of a bank."""

    code = "collection.answer_file"
    template = N_("{file} is {kind}, not an answer to a file of collections")
    hint = N_("refused collections come as pain.002, answers to recalls as camt.029, the rest in the statements")
    severity = "warning"


def status(ctx: Context, files: FilesArgument) -> None:
    """Read what the bank answered: refused collections (pain.002), stopped ones (camt.029); they are open again.

    Reading a file again changes nothing; ZIP files and folders are opened.
    """
    from kasse_cli.answer_files import read_answers
    from kasse_cli.inbox import STDIN, deliveries
    from kasse_cli.inbox_places import left_alone
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        incoming = deliveries(files, ctx.obj.stdin() if STDIN in files else b"")
        answers = read_answers(incoming, lambda unit: _take(store, unit))
    taken = [one for _, one in answers.taken]
    beside = left_alone(files, (), ctx.obj.world.clock().timestamp())
    findings = [*answers.findings, *beside, *(finding for one in taken for finding in one.findings)]
    lines = [line for one in taken for line in _said(one)]
    render(ctx, Result(tables=[Table("answers", ANSWERS, taken)], lines=lines, findings=findings))


def _take(store: Store, unit: Unit) -> Answer | KasseError:
    """Take one file, read whole before anything changes; one that is no answer is a finding.

    Raises what cannot be read.
    """
    from ledger.payments.collection_answers_store import take_cancellation, take_status
    from sepa.camt029 import read_cancellation_answer
    from sepa.pain002 import read_status_report
    from sepa.reading import identify

    kind = identify(unit.source())
    if kind.family == "pain.002":
        return take_status(store, read_status_report(unit.source()), unit.sha256, day=store.today)
    if kind.family == "camt.029":
        return take_cancellation(store, read_cancellation_answer(unit.source()), unit.sha256, day=store.today)
    return NoAnswerError(file=unit.name, kind=kind.name)


def _said(one: Answer) -> list[Line]:
    if one.refused:
        return [say(N_("refused of run {run}: {count}, together {sum_cents}; the claims are open again"),
                    run=one.run, count=one.refused, sum_cents=one.sum_cents)]  # fmt: skip
    if one.recalled:
        return [say(N_("stopped of run {run}: {count}, together {sum_cents}; the claims are open again"),
                    run=one.run, count=one.recalled, sum_cents=one.sum_cents)]  # fmt: skip
    if not one.run:
        return []
    said = N_("run {run}: the bank answers {status}, no claim is open again")
    return [say(said if one.new else N_("run {run}: nothing new ({status})"), run=one.run, status=one.status)]


def returned(
    ctx: Context,
    collection: CollectionArgument,
    case: CaseOption,
    reason: ReturnReasonOption = "",
    fee: ReturnFeeOption = None,
) -> None:
    """Take an unclear debit as a collection that came back: its claims are open again, as after any return.

    For returns without our id, or with a dear fee. The case must hold what was collected, and the fee on top.
    """
    from kasse_cli.commands.payment.vop import one_payment
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.collection_back_store import take_collection_return

    run, line = one_payment(collection)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = take_collection_return(
            store, run, line, case, day=ctx.obj.today.isoformat(), reason=reason, fee_cents=fee or 0
        )
    said = N_("case {number} is collection {collection}, come back: {items} is open again; booked: {entry}")
    items = ", ".join(done.items)
    lines = [say(said, number=case, collection=done.collection, items=items, entry=done.entry)]
    if done.fee_item is not None:
        lines.append(
            say(N_("fee of the return: {fee_cents}, claimed as {item}"), fee_cents=done.fee_cents, item=done.fee_item)
        )
    elif done.fee_cents:
        lines.append(say(N_("fee of the return: {fee_cents}, a cost of the Kasse"), fee_cents=done.fee_cents))
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    render(ctx, Result({"returned": done, "dry_run": ctx.obj.dry_run}, lines=lines))


def recall(ctx: Context, collections: CollectionsArgument, why: RecallWhy = "CUST", reason: ReasonOption = "") -> None:
    """Ask the bank to stop collections that it has not credited yet; another person approves it."""
    _ask(ctx, "recall", collections, why, reason)


def reverse(
    ctx: Context, collections: CollectionsArgument, why: ReversalWhy = "MS02", reason: ReasonOption = ""
) -> None:
    """Give collected money back to the debtors, within five TARGET days; another person approves it.

    When the bank has booked it, the claims are open again.
    """
    _ask(ctx, "reversal", collections, why, reason)


def _ask(ctx: Context, kind: Kind, collections: list[str], why: str, reason: str) -> None:
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_life_reader import CollectionNumberError, split_number
    from ledger.payments.collection_messages_store import ask

    numbers = []
    for text in collections:
        run, line = split_number(text)
        if line is None:
            raise CollectionNumberError(text=text)
        numbers.append((run, line))
    with open_book(ctx.obj) as store:
        made = ask(store, kind, numbers, code=why.upper(), text=reason, today=ctx.obj.today)
    lines = [
        *_request(made),
        say(
            N_("next: another person approves it with 'kasse collection approve {message} --sum …'"),
            message=made.number,
        ),
    ]
    render(ctx, Result({"request": made}, lines=lines))


def _request(made: Message) -> list[Line]:
    said = {
        "recall": N_("request {message}: stop {count} collections over {sum_cents} ({names})"),
        "reversal": N_("request {message}: give back {count} collections over {sum_cents} ({names})"),
    }[made.kind]
    names = ", ".join(made.collections)
    return [say(said, message=made.number, count=made.count, sum_cents=made.total_cents, names=names)]


def release_message(ctx: Context, request: MessageArgument, sum_cents: SumOption = None) -> None:
    """Approve a recall or reversal that another person asked for, with its control sum."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_messages_store import approve

    with open_book(ctx.obj) as store:
        done = approve(store, request, sum_cents=sum_cents)
    lines = [
        *_request(done),
        say(N_("next: write the file with 'kasse collection request {message} --out FILE'"), message=request),
    ]
    render(ctx, Result({"request": done}, lines=lines))


def export_message(ctx: Context, request: MessageArgument, out: FileOutOption, bic: BicOption = "") -> None:
    """Write the file of an approved recall (camt.055) or reversal (pain.007); again it has the same bytes."""
    from kasse_cli.bank_files import write_file
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_messages_store import message_file, note_message

    with open_book(ctx.obj) as store:
        done = write_file(out, message_file(store, request, bic), lambda digest: note_message(store, request, digest))
    lines = [
        *_request(done),
        say(N_("written: {file}"), file=str(out)),
        say(N_("SHA-256: {hash}"), hash=done.file_sha256),
    ]
    render(ctx, Result({"request": done, "file": str(out)}, lines=[] if str(out) == "-" else lines))


def credit(
    ctx: Context,
    run: RunArgument,
    case: CaseOption,
    without: WithoutOption = None,
    batch: BatchOption = 0,
    reason: ReasonOption = "",
    less: LessOption = None,
) -> None:
    """Take unclear money as the credit of a run, short of what the bank refused.

    Name what is missing in the sum with --without, and the bank's code with --reason: those claims are open again.
    Where the bank credited all and took the refused ones back by a debit, name the case of that debit with --less.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.collected_desk_store import credit_run

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = credit_run(
            store, run, case, day=ctx.obj.today.isoformat(), without=without or (), reason=reason, batch=batch,
            less=less,
        )  # fmt: skip
    lines = [
        say(N_("credited to run {run}: {sum_cents}; booked: {entry}"), run=run, sum_cents=done.cents, entry=done.entry)
    ]
    if done.refused:
        refused = say(
            N_("refused by the bank: {count}, together {sum_cents}; their claims are open again"),
            count=len(done.refused), sum_cents=done.refused_cents,
        )  # fmt: skip
        lines.append(refused)
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    render(ctx, Result({"credited": done, "dry_run": ctx.obj.dry_run}, lines=lines))
