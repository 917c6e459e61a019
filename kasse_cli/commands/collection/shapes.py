"""What the commands of collections share: arguments, columns, the lines about a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.output import Column, Line, say
from kasse_cli.params import parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.collection_policy import Policy
    from ledger.payments.collection_runs import CollectionRun

RunArgument = Annotated[int, typer.Argument(metavar="RUN", help=N_("the number of the collection run"))]
CollectionsArgument = Annotated[
    list[str], typer.Argument(metavar="COLLECTION", help=N_("collections as RUN-LINE, for example 3-7"))
]
DueOption = Annotated[
    dt.date | None,
    typer.Option("--due-until", parser=parse_day, metavar="DATE", help=N_("what is due until then")),
]
OutOption = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write"))]
FileOutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output"))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the event log"))]
StateOption = Annotated[str | None, typer.Option("--state", metavar="STATE", help=N_("only runs in this state"))]
RUNS = (
    Column("number", N_("Collection run"), "count"),
    Column("state", N_("State"), "word"),
    Column("scheme", N_("Scheme"), minor=True),
    Column("collection_day", N_("Collected on"), "day"),
    Column("count", N_("Collections"), "count"),
    Column("total_cents", N_("Sum"), "cents"),
    Column("created_by", N_("Proposed by"), minor=True),
    Column("released_by", N_("Released by"), minor=True),
    Column("revision", N_("Changed"), "count", minor=2),
    Column("iban", N_("IBAN"), shown=False),
    Column("message_id", N_("Message id"), shown=False),
    Column("file_sha256", N_("SHA-256"), shown=False),
)
COLLECTIONS = (
    Column("line", N_("No."), "count"),
    Column("debtor_name", N_("Debtor")),
    Column("mandate_reference", N_("Mandate"), minor=True),
    Column("sequence", N_("Sequence type"), minor=2),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("items", N_("Items"), minor=True),
    Column("state", N_("State"), "word"),
    Column("return_reason", N_("Reason")),
    Column("debtor_iban", N_("IBAN"), shown=False),
    Column("remittance", N_("Text"), shown=False),
    Column("ended_on", N_("Ended on"), "day", shown=False),
    Column("fee_cents", N_("Fee"), "cents", shown=False),
    Column("asked", N_("Asked for"), "word", shown=False),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
)
TO_REVIEW = (
    Column("line", N_("No."), "count"),
    Column("debtor_name", N_("Debtor")),
    Column("debtor_iban", N_("IBAN")),
    Column("sequence", N_("Sequence type")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("remittance", N_("Text")),
    Column("mandate_reference", N_("Mandate"), shown=False),
    Column("amended", N_("Amended"), "flag", shown=False),
    Column("items", N_("Items"), shown=False),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
)
SKIPPED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("debtor", N_("Debtor")),
    Column("reference", N_("Reference")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Left out because"), "word", words={"reserved": N_("in another collection run")}),
    Column("mandate", N_("Mandate"), "count", shown=False),
    Column("run", N_("Collection run"), "count", shown=False),
)
NOTICES = (
    Column("number", N_("Letter"), "count"),
    Column("debtor", N_("Debtor")),
    Column("mandate_reference", N_("Mandate")),
    Column("total_cents", N_("Sum"), "cents"),
    Column("iban", N_("IBAN")),
)


def head_lines(run: CollectionRun) -> Iterator[Line]:
    """Yield what everyone sees of a run first."""
    yield say(
        N_("collection run {run} ({scheme}): collections: {count}, together {sum_cents}"),
        run=run.number, scheme=run.scheme, count=run.count, sum_cents=run.total_cents,
    )  # fmt: skip
    yield say(
        N_("collected to {iban} by {name} on {day}"),
        iban=run.iban, name=run.creditor_name, day=dt.date.fromisoformat(run.collection_day),
    )  # fmt: skip


def policy_lines(rules: Policy) -> Iterator[Line]:
    """Yield what collections go by, in sentences."""
    if rules.creditor_id:
        yield say(N_("creditor identifier: {text}"), text=rules.creditor_id)
    else:
        yield say(N_("no creditor identifier yet: set it with --creditor-id"))
    yield say(N_("announced {days} days before, unless a mandate says otherwise"), days=rules.announcement_days)
    if rules.notices_announce:
        yield say(N_("the notice of a claim announces its collection"))
    yield say(N_("less than {minimum_cents} is not collected"), minimum_cents=rules.minimum_cents)
    for profile, who in sorted(rules.fees.items()):
        said = N_("fees of returns, profile {name}: the debtor bears them")
        yield say(said if who == "item" else N_("fees of returns, profile {name}: the Kasse bears them"), name=profile)
    for reason, retry in sorted(rules.retries.items()):
        yield say(
            N_("tried again after {reason}: days until then: {days}, times at most: {most}"),
            reason=reason, days=retry.after_days, most=retry.at_most,
        )  # fmt: skip
    yield say(N_("files are as the account's bank takes them: 'kasse payment profile'"))
