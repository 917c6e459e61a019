"""`kasse book retention|erase`: how long what is kept, and how it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.keeping.erasing import Erased, KindRow, PersonRow
    from ledger.store.engines import Store

RestrictOption = Annotated[
    bool, typer.Option("--restrict", help=N_("restrict the data of persons that are only kept, lift it where not"))
]
PersonsOption = Annotated[bool, typer.Option("--persons", help=N_("list the persons too"))]
PartyOption = Annotated[str | None, typer.Option("--party", metavar="PARTY", help=N_("erase this person"))]
BeforeOption = Annotated[
    dt.date | None,
    typer.Option(
        "--before", parser=parse_day, metavar="DATE", help=N_("erase all whose period was over before this day")
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why it is erased"))]
ConfirmOption = Annotated[
    int | None, typer.Option("--confirm", metavar="NUMBER", help=N_("carry out the proposal, as a second person"))
]
RefuseOption = Annotated[int | None, typer.Option("--refuse", metavar="NUMBER", help=N_("refuse the proposal"))]
PurgeOption = Annotated[
    bool, typer.Option("--purge", help=N_("write the files anew, so that no byte of what was erased is left"))
]
CLASSES = {"book": N_("book"), "voucher": N_("voucher"), "letter": N_("letter")}
STATES = {
    "used": N_("in use"), "restrict": N_("only to be kept"), "erase": N_("may be erased"), "erased": N_("erased"),
}  # fmt: skip
PERSONS = (
    Column("party", N_("Party"), "count"),
    Column("name", N_("Name")),
    Column("state", N_("State"), "word", words=STATES),
    Column("until", N_("Kept until"), "day"),
    Column("last", N_("Last moved"), "day"),
    Column("restricted", N_("Restricted"), "flag"),
)
SUMS = (Column("state", N_("Persons"), "word", words=STATES), Column("count", N_("Count"), "count"))
GONE = (Column("kind", N_("Kind"), "word"), Column("count", N_("Rows"), "count"))


class EraseWhichError(KasseError):
    """An erasure that neither proposes nor decides, or both, or two things at once."""

    code = "erase.which"
    template = N_("name one thing: --party or --before with --reason to propose, --confirm or --refuse to decide")
    hint = N_("propose with 'kasse book erase --party PARTY --reason TEXT', decide with --confirm NUMBER or --refuse "
              "NUMBER")  # fmt: skip
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "retention",
        lists=True,
        examples=(
            "kasse book retention",
            "kasse book retention --on 2036-01-02 --persons",
            "kasse book retention --restrict",
        ),
    )(retention)
    command(
        app,
        "erase",
        dry_run=True,
        confirm=True,
        examples=(
            'kasse book erase --party 17 --reason "Antrag vom 2.11.2026"',
            'kasse book erase --before 2026-01-01 --reason "Fristen abgelaufen"',
            "kasse book erase --confirm 3 --yes",
        ),
    )(erase)


def retention(ctx: Context, restrict: RestrictOption = False, persons: PersonsOption = False) -> None:
    """List what may be erased on a day, and the persons whose data must only be kept (Art. 17 and 18 DSGVO).

    Periods run from the end of the year; what is open or under way is still needed. With --restrict the data of
    persons that are only kept are hidden from everybody but head, audit and admin.
    """
    from kasse_cli.wiring import open_book, personal_data, table_rights
    from ledger.access.store import check_sees_all
    from ledger.keeping.retention_store import kind_rows, person_rows, weighed
    from ledger.store.declared_reader import permitted_changes

    day, where = ctx.obj.today.isoformat(), personal_data()
    with open_book(ctx.obj) as store:
        check_sees_all(store, table_rights())
        kinds = kind_rows(store, where, permitted_changes(), day)
        with weighed(store, where, day):
            people = list(person_rows(store, day))
        done = _restrict(store, people, day) if restrict else None
        if done:
            people = [replace(one, restricted=one.state in ("restrict", "erase")) for one in people]
    render(ctx, _shown(kinds, people, done, with_persons=persons))


def _restrict(store: Store, people: Sequence[PersonRow], day: str) -> tuple[int, int]:
    from ledger.keeping.restriction_store import restrict_all

    fresh = [one.party for one in people if one.state in ("restrict", "erase") and not one.restricted]
    over = [one.party for one in people if one.state == "used" and one.restricted]
    return restrict_all(store, fresh, over, f"retention {day}")


def _shown(
    kinds: Sequence[KindRow], people: Sequence[PersonRow], done: tuple[int, int] | None, *, with_persons: bool
) -> Result:
    from ledger.keeping.personal import WORDS

    columns = (
        Column("kind", N_("Kind"), "word", words=WORDS),
        Column("retention", N_("Class"), "word", words=CLASSES),
        Column("years", N_("Years"), "count"),
        Column("count", N_("Rows"), "count"),
        Column("erasable", N_("May go"), "count"),
        Column("needed", N_("Needed"), "count", minor=True),
        Column("oldest", N_("Oldest"), "day"),
        Column("last_day", N_("Over up to"), "day", minor=True),
        Column("norm", N_("Norm"), shown=False),
    )
    counts = [{"state": state, "count": sum(one.state == state for one in people)} for state in STATES]
    tables = [
        Table("kinds", columns, [row for row in kinds if row.count], title=N_("What is kept")),
        Table("persons_by_state", SUMS, counts, title=N_("Persons")),
    ]
    if with_persons:
        chosen = [one for one in people if one.state != "used"]
        tables.append(Table("persons", PERSONS, chosen, title=N_("Persons not in use")))
    lines: list[Line] = []
    if done:
        lines.append(say(N_("restricted: {new}, lifted again: {old}"), new=done[0], old=done[1]))
    return Result({"restricted": done[0] if done else 0, "lifted": done[1] if done else 0}, tables, lines)


def erase(
    ctx: Context,
    party: PartyOption = None,
    before: BeforeOption = None,
    reason: ReasonOption = "",
    confirm: ConfirmOption = None,
    refuse: RefuseOption = None,
    purge: PurgeOption = False,
) -> None:
    """Erase personal data: one person proposes it, another decides; what is open or must be kept stays.

    Names, addresses, accounts, words of bank entries, letters and the journal go, in the files of the book too; the
    books stay as they are and 'kasse journal verify' stays whole. Backups are not reached: remove those that are
    older than they need be.
    """
    from kasse_cli.wiring import open_book, table_rights, trial
    from ledger.access.store import check_sees_all
    from ledger.keeping.erasing import Erased

    call = ctx.obj
    asked = [value for value in (party, before) if value is not None]
    if len(asked) + sum(value is not None for value in (confirm, refuse)) + purge != 1 or (
        asked and not reason.strip()
    ):
        raise EraseWhichError
    if confirm is not None and not call.dry_run:
        call.confirm(N_("Erase for good? No backup of kasse is made before."))
    with open_book(call) as store:
        if asked or confirm is not None:
            check_sees_all(store, table_rights())  # what is still needed elsewhere would not be seen
        with trial(call, store):
            if asked:
                done = _propose(store, party, before, reason)
            else:
                done = Erased(0, "purged", None, None, 0, 0, 0, 0) if purge else _decide(store, confirm, refuse)
        sure = call.dry_run or done.state not in {"done", "purged"} or _purge(store)
    render(ctx, _said(done, dry_run=call.dry_run, sure=sure))


def _propose(store: Store, party: str | None, before: dt.date | None, reason: str) -> Erased:
    from kasse_cli.wiring import personal_data
    from ledger.keeping.erase_store import propose_erasure
    from ledger.people.parties_reader import find_party
    from ledger.store.declared_reader import permitted_changes

    number = find_party(store, party) if party is not None else None
    day = before.isoformat() if before else None
    return propose_erasure(store, personal_data(), permitted_changes(), reason, party=number, before=day)


def _decide(store: Store, confirm: int | None, refuse: int | None) -> Erased:
    from kasse_cli.wiring import personal_data
    from ledger.keeping.erase_store import decide_erasure
    from ledger.store.declared_reader import permitted_changes

    number = confirm if confirm is not None else refuse
    assert number is not None
    return decide_erasure(store, personal_data(), permitted_changes(), number, confirm=confirm is not None)


def _purge(store: Store) -> bool:
    from kasse_cli.wiring import personal_data
    from ledger.keeping.erase_store import purge

    return purge(store, personal_data())


SAID = {
    "nothing": N_("nothing new: nothing may be erased"),
    "proposed": N_("proposed as erasure {number}: persons {persons}; another person confirms it"),
    "proposed_before": N_("proposed as erasure {number}: persons {persons}, rows {fields}; another person confirms it"),
    "purged": N_("the files of the book were written anew"),
    "refused": N_("refused: erasure {number}, nothing was erased"),
    "done": N_("erased: persons {persons}, rows {fields}, words of entries {texts}, details of events {details}"),
}


def _said(done: Erased, *, dry_run: bool, sure: bool) -> Result:
    from ledger.keeping.erasing import BytesRemainError
    from ledger.keeping.personal import WORDS

    lines = [
        say(
            SAID["proposed_before" if done.state == "proposed" and done.before else done.state],
            number=done.number,
            persons=done.persons,
            fields=done.fields,
            texts=done.texts,
            details=done.details,
        )
    ]
    if done.state == "done":
        lines.append(say(N_("backups made before still hold it: remove them when their time is over")))
    if dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    gone = Column("kind", N_("Kind"), "word", words=WORDS), GONE[1]
    tables = (
        [Table("kinds", gone, [{"kind": kind, "count": count} for kind, count in done.kinds])] if done.kinds else []
    )
    data = {
        "erasure": done.number, "state": done.state, "party": done.party, "before": done.before,
        "persons": done.persons, "fields": done.fields, "texts": done.texts, "details": done.details, "new": done.new,
        "dry_run": dry_run,
    }  # fmt: skip
    return Result(data, tables, lines, findings=() if sure else (BytesRemainError(),))
