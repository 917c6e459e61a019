"""`kasse party`: whom the Kasse deals with."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.locks import KindOption, ReasonOption, SinceOption, UntilOption, lock_result
from kasse_cli.output import render
from sepa.errors import N_

app = noun(N_("persons and their accounts"))
PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help=N_("the number of a party, or its name"))]


@command(app, "lock", examples=("kasse party lock 17 --kind enforcement --reason 'Insolvenzverfahren eröffnet'",))
def lock(
    ctx: Context,
    party: PartyArgument,
    kind: KindOption,
    reason: ReasonOption,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Lock everything of a party against dunning, payment or enforcement."""
    from kasse_cli.wiring import open_book
    from ledger.items.locks import Span, lock_kind
    from ledger.items.locks_store import lock_party
    from ledger.people.parties_reader import find_party, party_name

    span = Span((since or ctx.obj.today).isoformat(), until.isoformat() if until else None)
    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        done = lock_party(store, number, lock_kind(kind), reason, span)
        name = party_name(store, number)
    render(ctx, lock_result(done, f"{name} ({number})"))


@command(app, "unlock", examples=("kasse party unlock 17 --kind enforcement --reason 'Verfahren aufgehoben'",))
def unlock(ctx: Context, party: PartyArgument, kind: KindOption, reason: ReasonOption) -> None:
    """Lift the locks of a kind from a party; from the day of --on they no longer hold."""
    from kasse_cli.wiring import open_book
    from ledger.items.locks import lock_kind
    from ledger.items.locks_store import lift_party
    from ledger.people.parties_reader import find_party, party_name

    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        done = lift_party(store, number, lock_kind(kind), reason, ctx.obj.today.isoformat())
        name = party_name(store, number)
    render(ctx, lock_result(done, f"{name} ({number})", lifted=True))
