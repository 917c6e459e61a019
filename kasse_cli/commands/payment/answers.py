"""What banks answer: status reports, checks of names, recalls and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import FileOption
from kasse_cli.commands.payment.showing import NumberArgument
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import FilesArgument
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.inbox_units import Unit
    from ledger.payments.answers import StatusTaken
    from ledger.store.engines import Store

TAKEN = (
    Column("file", N_("File")),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("run", N_("Run"), "count"),
    Column("number", N_("File of run"), "count", minor=2),
    Column("status", N_("Status")),
    Column("rejected", N_("Refused"), "count"),
    Column("rejected_cents", N_("Sum"), "cents"),
    Column("deviations", N_("Names to decide"), "count"),
    Column("new", N_("New"), "flag", minor=True),
)
WORDS = (N_("status"), N_("vop"), N_("recall"))
WhyOption = Annotated[
    str,
    typer.Option("--why", metavar="CODE", help=N_("DUPL paid twice, TECH technical error, FRAD fraud, CUST by wish")),
]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("the BIC of your bank, if the book has none"))]
TextOption = Annotated[
    str, typer.Option("--text", metavar="TEXT", help=N_("words for the bank, at most 105 characters"))
]
RecallOutOption = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the camt.055 file to write"))]


class NoAnswerFileError(KasseError):
    """A file that is no answer of a bank to our orders."""

    code = "answer.file"
    template = N_("{file} is {kind}, not an answer to payment files")
    hint = N_("status reports and VoP reports come as pain.002, answers to recalls as camt.029")
    severity = "warning"


def status(ctx: Context, files: FilesArgument) -> None:
    """Read what the bank answered: status reports and VoP reports (pain.002), answers to recalls (camt.029).

    Refused payments come back: their items are open again. Names that do not match go to 'kasse payment vop list'.
    Reading a file again changes nothing; ZIP files and folders are opened.
    """
    from kasse_cli.answer_files import read_answers
    from kasse_cli.inbox import STDIN, deliveries
    from kasse_cli.inbox_places import left_alone
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        incoming = deliveries(files, ctx.obj.stdin() if STDIN in files else b"")
        answers = read_answers(incoming, lambda unit: _take(store, unit))
    taken = answers.taken
    beside = left_alone(files, (), ctx.obj.world.clock().timestamp())
    findings = [*answers.findings, *beside, *(finding for _, one in taken for finding in one.findings)]
    rows = [_row(name, one) for name, one in taken]
    lines = [line for _, one in taken for line in _said(one)]
    render(ctx, Result(tables=[Table("answers", TAKEN, rows)], lines=lines, findings=findings))


def _take(store: Store, unit: Unit) -> StatusTaken | KasseError:
    """Read one file whole, then take it; one that is no answer is a finding. Raises what cannot be read."""
    from ledger.payments.answers import collected
    from ledger.payments.recall_store import take_cancellation
    from ledger.payments.status_store import take_status
    from sepa.camt029 import read_cancellation_answer
    from sepa.pain002 import read_status_report
    from sepa.reading import identify

    kind = identify(unit.source())
    if kind.family == "pain.002":
        return take_status(store, collected(read_status_report(unit.source())), unit.sha256)
    if kind.family == "camt.029":
        return take_cancellation(store, list(read_cancellation_answer(unit.source())), unit.sha256)
    return NoAnswerFileError(file=unit.name, kind=kind.name)


def _row(name: str, one: StatusTaken) -> dict[str, object]:
    counts = ", ".join(f"{status} {count}" for status, count in one.counts)
    return {
        "file": name, "kind": one.kind, "run": one.run, "number": one.file, "status": one.status or counts,
        "counts": dict(one.counts), "rejected": one.rejected, "rejected_cents": one.rejected_cents,
        "deviations": one.deviations, "unchecked": one.unchecked, "by_rule": one.by_rule, "new": one.new,
        "entries": list(one.entries), "message_id": one.original_message_id,
    }  # fmt: skip


def _said(one: StatusTaken) -> Iterator[Line]:
    if not one.new:
        if one.run is not None:
            yield say(N_("nothing new about run {run}"), run=one.run)
        return
    if one.rejected:
        yield say(
            N_("run {run}: refused by the bank: {count}, together {sum_cents}; their items are open again"),
            run=one.run, count=one.rejected, sum_cents=one.rejected_cents,
        )  # fmt: skip
    if one.by_rule:
        yield say(N_("run {run}: names accepted by rule: {count}"), run=one.run, count=one.by_rule)
    yield from _said_of_names(one)
    if not one.rejected and one.kind == "status":
        again = "RJCT" in {one.status, *dict(one.counts)}
        text = N_("run {run}: nothing more was refused than before") if again else N_("run {run}: nothing was refused")
        yield say(text, run=one.run)


def _said_of_names(one: StatusTaken) -> Iterator[Line]:
    if one.unchecked:
        yield say(
            N_("run {run}: names not answered by the bank yet: {count}; do not release the order"),
            run=one.run, count=one.unchecked,
        )  # fmt: skip
    elif one.kind == "vop" and not one.deviations:
        yield say(N_("run {run}: no name to decide; release the order at the bank"), run=one.run)
    if one.deviations:
        yield say(
            N_("run {run}: names to decide: {count}; see 'kasse payment vop list'"), run=one.run, count=one.deviations
        )


def recall(
    ctx: Context,
    number: NumberArgument,
    why: WhyOption,
    out: RecallOutOption,
    file: FileOption = None,
    text: TextOption = "",
    bic: BicOption = "",
) -> None:
    """Write a recall (camt.055) of one payment, or of a whole file of a run, for the bank.

    A recall is a question. The answer (camt.029) is read with 'kasse payment status'; money that comes back comes with
    a statement.
    """
    from kasse_cli.payment_files import write_recall
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_run_or_payment
    from ledger.payments.recall_store import ask_recall, late_recall

    run, line = parse_run_or_payment(number)
    with open_book(ctx.obj) as store:
        asked = ask_recall(store, run, why=why, line=line, file=file, information=text, bic=bic)
        digest = write_recall(store, asked, out, bic)
        late = late_recall(store, asked, ctx.obj.today)
    lines = [
        say(
            N_("recall {number} of {what}, reason {reason}"), number=asked.number, what=asked.what, reason=asked.reason
        ),
        say(N_("written: {file}"), file=str(out)),
        say(N_("SHA-256: {hash}"), hash=digest),
        say(N_("next: hand it to the bank at once and read its answer with 'kasse payment status FILE'")),
    ]
    findings = [late] if late else []
    render(ctx, Result({"recall": asked, "file": str(out), "sha256": digest}, lines=lines, findings=findings))
