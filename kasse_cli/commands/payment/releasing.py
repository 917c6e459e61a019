"""Looking at a run with every warning, and releasing it by another person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kasse_cli.commands.payment.shapes import TO_REVIEW, RunArgument, WarnedOption, head, rows_of
from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import SumOption
from kasse_cli.progress import progress
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.runs import Payment


def review(ctx: Context, run: RunArgument, warned: WarnedOption = False) -> None:
    """Show the payments of a run with every warning, and note that you have seen them.

    The gravest warnings stand first; --warned lists the payments that have one. With --xlsx the list goes to Excel.
    Every reviewer stands in the event log; none of them can release the run.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import review as service

    with open_book(ctx.obj) as store, progress(N_("payments looked at"), quiet=ctx.obj.quiet) as step:
        seen = service(store, run, today=ctx.obj.today, step=step)
    plans = [(one.number, one.order.ebics, len(one.lines), one.total_cents, one.name_check) for one in seen.files]
    lines = [*head(seen.run), say(N_("list hash: {hash}"), hash=seen.run.list_hash), *_files(plans)]
    if not seen.new:
        lines.append(say(N_("nothing new: you have reviewed it before")))
    lines.append(say(N_("next: another person releases it with 'kasse payment release {run} --sum …'"), run=run))
    files = [
        {"number": number, "ebics": ebics, "count": count, "total_cents": cents, "name_check": check}
        for number, ebics, count, cents, check in plans
    ]
    counted = Counter(word for one in seen.payments for word in one.warnings)
    lines[1:1] = [
        say(N_("warnings: {count} of {payments} payments"), count=_marked(seen.payments), payments=len(seen.payments)),
        *(say(N_("{word}: {count}"), word=_(word), count=count) for word, count in counted.most_common()),
    ]
    data = {"run": seen.run, "new": seen.new, "files": files, "warnings": dict(counted)}
    shown = [one for one in seen.payments if one.warnings or not warned]
    render(ctx, Result(data, [Table("payments", TO_REVIEW, rows_of(shown))], lines, seen.findings))


def _marked(payments: Iterable[Payment]) -> int:
    return sum(1 for one in payments if one.warnings)


def _files(plans: Iterable[tuple[int, str, int, int, bool]]) -> Iterator[Line]:
    for number, ebics, count, cents, check in plans:
        how = _(N_("the bank checks the names")) if check else _(N_("names are not checked"))
        yield say(
            N_("file {number} as {ebics} ({how}): payments: {count}, together {sum_cents}"),
            number=number, ebics=ebics, how=how, count=count, sum_cents=cents,
        )  # fmt: skip


def release(ctx: Context, run: RunArgument, sum_cents: SumOption = None) -> None:
    """Release a reviewed run with its control sum; you must neither have made, changed nor reviewed it.

    Its items are settled against money in transit. A second release changes nothing.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import release as service

    with open_book(ctx.obj) as store, progress(N_("payments posted"), quiet=ctx.obj.quiet) as step:
        done = service(store, run, sum_cents=sum_cents, today=ctx.obj.today, step=step)
    plans = [(one.number, one.ebics, one.count, one.total_cents, one.name_check) for one in done.files]
    lines = [*head(done.run), say(N_("list hash: {hash}"), hash=done.run.list_hash), *_files(plans)]
    if done.entries:
        lines.append(say(N_("booked: {entries}"), entries=", ".join(done.entries)))
        lines.append(say(N_("next: write the file with 'kasse payment export {run} --out FILE'"), run=run))
    else:
        lines.append(say(N_("nothing new: it is released already")))
    render(ctx, Result({"run": done.run, "entries": list(done.entries), "files": list(done.files)}, lines=lines))
