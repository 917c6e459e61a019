"""`kasse party duplicates|merge`: who may be one, and making them one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.party_pages import LABELS, fact_text
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.people.parties_pair_reader import Pair, Side
    from ledger.people.party_values import Merged

MergedArgument = Annotated[
    str | None, typer.Argument(metavar="PARTY", help=N_("the party that becomes part of another"))
]
IntoOption = Annotated[str, typer.Option("--into", metavar="PARTY", help=N_("the party that remains"))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why they are one person"))]
ConfirmOption = Annotated[
    int | None, typer.Option("--confirm", metavar="NUMBER", help=N_("carry out the proposed merge, as a second person"))
]
RefuseOption = Annotated[int | None, typer.Option("--refuse", metavar="NUMBER", help=N_("refuse the proposed merge"))]
DUPLICATES = (
    Column("first", N_("Party"), "count"),
    Column("name", N_("Name")),
    Column("second", N_("Other party"), "count"),
    Column("other_name", N_("Name")),
    Column("reason", N_("Same"), "word"),
    Column("merge", N_("Merge waits"), "count"),
)
REASONS = (N_("birth_date"), N_("vat_id"), N_("bank_account"), N_("address"), N_("proposed"))
SIDES = (
    Column("label", N_("Field"), "word"),
    Column("source", N_("Is given up"), shown=False),
    Column("source_shown", N_("Is given up")),
    Column("target", N_("Remains"), shown=False),
    Column("target_shown", N_("Remains")),
    Column("differs", N_("Differs"), "flag"),
)
SIDE_LABELS = {"number": N_("Party")} | {name: label for name, label in LABELS.items() if name != "merged_into"}
SIDE_LABELS |= {"accounts": N_("Bank accounts"), "items": N_("Items"), "open_items": N_("Open items")}
COUNTED = ("number", "items", "open_items")
SAID = {
    "proposed": N_("proposed as merge {number}: party {source} becomes part of {target}"),
    "merged": N_("merged: party {source} is now part of {target}, items moved: {items}"),
    "refused": N_("refused: party {source} and {target} stay apart"),
}


class MergeWhichError(KasseError):
    """A merge that neither proposes nor decides, or both."""

    code = "party.merge_which"
    template = N_("name the party to merge, or the merge to decide")
    hint = N_("propose with 'kasse party merge PARTY --into PARTY --reason TEXT', decide with --confirm NUMBER or "
              "--refuse NUMBER")  # fmt: skip
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(app, "duplicates", lists=True)(duplicates)
    command(
        app,
        "merge",
        dry_run=True,
        confirm=True,
        examples=(
            'kasse party merge 18 --into 17 --reason "gleiche Person, Umzug"',
            "kasse party merge --confirm 3 --dry-run",
            "kasse party merge --confirm 3",
        ),
    )(merge)


def duplicates(ctx: Context) -> None:
    """List parties that may be one: same name with the same birth date or address, same IBAN, same VAT number."""
    from kasse_cli.wiring import open_book
    from ledger.people.parties_merge_store import duplicates as service

    with open_book(ctx.obj) as store:
        rows = service(store)
    lines = [say(N_("pairs: {count}"), count=len(rows))]
    render(ctx, Result(tables=[Table("duplicates", DUPLICATES, rows)], lines=lines))


def merge(
    ctx: Context,
    party: MergedArgument = None,
    into: IntoOption = "",
    reason: ReasonOption = "",
    confirm: ConfirmOption = None,
    refuse: RefuseOption = None,
) -> None:
    """Merge two parties that are one: one person proposes it, another confirms it.

    Items, accounts, locks and joint debts go over; orders and history stay and show where they belong. Nothing takes
    a merge back: both see the two parties side by side, and --confirm asks once more.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.people.parties_merge_store import decide_merge, propose_merge
    from ledger.people.parties_pair_reader import pair_of, proposed_pair
    from ledger.people.parties_reader import find_party

    decided = confirm if confirm is not None else refuse
    if (decided is None) == (party is None) or (party is not None and not into) or None not in (confirm, refuse):
        raise MergeWhichError
    call = ctx.obj
    with open_book(call) as store:
        if decided is None:
            pair = pair_of(store, find_party(store, party or ""), find_party(store, into))
        else:
            pair = proposed_pair(store, decided)
        if confirm is not None and not call.dry_run:
            with store.rehearsal():
                decide_merge(store, confirm, confirm=True)  # nobody is asked who may not do it
            call.confirm(
                N_("Make {party} part of {other} for good? Items that go over: {items}."),
                party=_named(pair.source), other=_named(pair.target), items=pair.source.items,
            )  # fmt: skip
        with trial(call, store):
            if decided is None:
                done = propose_merge(store, pair.source.facts.number, pair.target.facts.number, reason)
            else:
                done = decide_merge(store, decided, confirm=confirm is not None)
    render(ctx, _merged(done, pair, dry_run=call.dry_run))


def _merged(done: Merged, pair: Pair, *, dry_run: bool) -> Result:
    line = say(SAID[done.state], number=done.number, source=done.source, target=done.target, items=done.items)
    lines = [line]
    if done.state == "proposed":
        lines.append(
            say(N_("next: another person confirms with 'kasse party merge --confirm {number}'"), number=done.number)
        )
    findings = () if done.state == "refused" else tuple(pair.findings())
    tables = [] if done.state == "refused" else [Table("compared", SIDES, list(_rows(pair)))]
    return Result({"merge": done, "dry_run": dry_run}, tables, lines, findings)


def _rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield what is known of either, and whether it tells the two apart."""
    one, other = _values(pair.source), _values(pair.target)
    for name, label in SIDE_LABELS.items():
        values = one[name], other[name]
        if any(values):
            yield {
                "name": name, "label": label, "source": values[0], "target": values[1],
                "source_shown": fact_text(name, values[0] or ""), "target_shown": fact_text(name, values[1] or ""),
                "differs": name not in COUNTED and all(values) and values[0] != values[1],
            }  # fmt: skip


def _values(side: Side) -> dict[str, str | None]:
    facts = side.facts
    values = {name: getattr(facts, name) for name in ("number", *LABELS)}
    values["merged_from"] = ", ".join(map(str, facts.merged_from))
    values["former"] = ", ".join(facts.former)
    values["accounts"] = ", ".join(one.iban for one in facts.accounts if one.until is None)
    values |= {"items": side.items, "open_items": side.open_items}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _named(side: Side) -> str:
    """Return who a party is, in a line: number, name, day of birth, address."""
    facts = side.facts
    street = " ".join(filter(None, (facts.street, facts.house_number)))
    town = " ".join(filter(None, (facts.postcode, facts.town)))
    born = f"* {fact_text('birth_date', facts.birth_date)}" if facts.birth_date else ""
    return ", ".join(filter(None, (f"{facts.number} {facts.legal_name or facts.name}", born, street, town)))
