"""`kasse item lock|unlock`: what must not be dunned, paid or enforced for a while (Sperren)."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.locks import KindOption, ReasonOption, SinceOption, UntilOption, lock_result
from kasse_cli.output import render
from sepa.errors import N_

ItemsArgument = Annotated[
    list[str], typer.Argument(metavar="ITEM", help=N_("a reference or OFFICE/NUMBER; all items with the reference"))
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "lock",
        examples=("kasse item lock 4711000000017 --kind dunning --reason 'Widerspruch' --until 2027-01-31",),
    )(lock)
    command(
        app, "unlock", examples=("kasse item unlock 4711000000017 --kind dunning --reason 'Widerspruch erledigt'",)
    )(unlock)


def lock(
    ctx: Context,
    items: ItemsArgument,
    kind: KindOption,
    reason: ReasonOption,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Lock items against dunning, payment or enforcement, with a reason and perhaps an end.

    Dunning and payment runs leave them out and list them as locked. A lock on a side claim does not lock the main
    claim; 'kasse party lock' locks everything of a person.
    """
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import find_items
    from ledger.items.locks import Span, lock_kind
    from ledger.items.locks_store import lock_items
    from ledger.payments.collection_under_way_reader import collections_under_way
    from ledger.payments.under_way_reader import under_way

    span = Span((since or ctx.obj.today).isoformat(), until.isoformat() if until else None)
    with open_book(ctx.obj) as store:
        found = [key for text in items for key in find_items(store, text)]
        done = lock_items(store, found, lock_kind(kind), reason, span)
        late = list(under_way(store, items=found)) if done.kind == "payment" else []
        late += collections_under_way(store, items=found) if done.kind != "enforcement" else []
    render(ctx, lock_result(done, ", ".join(items), findings=late))


def unlock(ctx: Context, items: ItemsArgument, kind: KindOption, reason: ReasonOption) -> None:
    """Lift the locks of a kind from items; from the day of --on they no longer hold."""
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import find_items
    from ledger.items.locks import lock_kind
    from ledger.items.locks_store import lift_items

    with open_book(ctx.obj) as store:
        found = [key for text in items for key in find_items(store, text)]
        done = lift_items(store, found, lock_kind(kind), reason, ctx.obj.today.isoformat())
    render(ctx, lock_result(done, ", ".join(items), lifted=True))
