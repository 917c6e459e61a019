"""`kasse party`: whom the Kasse deals with."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.party_changes import register as register_changes
from kasse_cli.commands.party_keeping import register as register_keeping
from kasse_cli.commands.party_merging import register as register_merging
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.locks import KindOption, ReasonOption, SinceOption, UntilOption, lock_result
from kasse_cli.output import render
from sepa.errors import N_

app = noun(N_("persons and their accounts"))
register_changes(app)
register_merging(app)
register_keeping(app)
PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help=N_("the number of a party, or its name"))]


@command(app, "list", lists=True, examples=("kasse party list --open", "kasse party list --search muster"))
def list_(
    ctx: Context,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help=N_("parts of the name"))] = "",
    only_open: Annotated[bool, typer.Option("--open", help=N_("only who has open items"))] = False,
) -> None:
    """List the parties with what they owe and what they have to get.

    Who owes a claim jointly owes the whole of it (§ 421 BGB), as in their account: do not add up what parties owe.
    """
    from kasse_cli.party_pages import listed
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import list_parties

    with open_book(ctx.obj) as store:
        parties = list_parties(store, search=search, only_open=only_open)
    render(ctx, listed(parties))


@command(app, "show", lists=True, examples=("kasse party show 17",))
def show(ctx: Context, party: PartyArgument) -> None:
    """Show what is known of a party: address, accounts, locks and its whole history."""
    from kasse_cli.party_pages import page
    from kasse_cli.wiring import open_book
    from ledger.items.locks_store import party_locks
    from ledger.people.parties_reader import find_party, show_party

    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        facts, locks = show_party(store, number), party_locks(store, number)
    render(ctx, page(facts, locks))


@command(
    app,
    "account",
    lists=True,
    examples=("kasse party account 17", "kasse party account 'Erika Musterfrau' --on 2026-06-30 --xlsx konto.xlsx"),
)
def account(ctx: Context, party: PartyArgument) -> None:
    """Show the account of a party on one page: items, payments, locks, letters, relief, balance, as of the day of --on.

    Due days, dunning levels and states of letters and relief are those of now; relief names death and insolvency, too.
    Who owes a claim jointly owes the whole of it (§ 421 BGB), as in the list.
    That somebody looked is written to the event log.
    """
    from enforcement.letters_reader import letters
    from enforcement.relief_reader import reliefs_of
    from kasse_cli.party_pages import account as page
    from kasse_cli.wiring import open_book
    from ledger.items.party_account_store import party_account
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store:
        found = party_account(store, find_party(store, party), ctx.obj.today.isoformat())
        with store.snapshot():
            sent = [one for one in letters(store, party=found.party.number) if one.day <= found.day]
            relief = reliefs_of(store, found.party.number, found.day)
    render(ctx, page(found, sent, relief))


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
    from ledger.payments.collection_under_way_reader import collections_under_way
    from ledger.payments.under_way_reader import under_way
    from ledger.people.parties_reader import find_party, party_name

    span = Span((since or ctx.obj.today).isoformat(), until.isoformat() if until else None)
    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        done = lock_party(store, number, lock_kind(kind), reason, span)
        name = party_name(store, number)
        late = list(under_way(store, parties=[number])) if done.kind == "payment" else []
        late += collections_under_way(store, parties=[number]) if done.kind != "enforcement" else []
    render(ctx, lock_result(done, f"{name} ({number})", findings=late))


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
