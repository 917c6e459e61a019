"""Finding a party as people name it: by its number, or by its name where only one has it."""

from __future__ import annotations

from ledger.people.parties import match_key
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

SHOWN = 5
_BY_NAME = "SELECT id, name, postcode, town FROM party WHERE match_key = :key ORDER BY id"


class UnknownPartyError(KasseError):
    """No party has that number or name."""

    code = "party.unknown"
    template = N_("there is no party {text}")
    hint = N_("see 'kasse party list --search {text}' for numbers and names")


class AmbiguousPartyError(KasseError):
    """A name that several parties have."""

    code = "party.ambiguous"
    template = N_("several parties have the name {text}: {numbers}")
    hint = N_("give the number, or see 'kasse party duplicates' where they are one person")


def find_party(store: Store, text: str) -> int:
    """Return the number of the party that a number or a name stands for.

    Raises `UnknownPartyError`, `AmbiguousPartyError`.
    """
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 16:
        if store.value("SELECT 1 FROM party WHERE id = :id", id=int(bare)) is None:
            raise UnknownPartyError(text=text)
        return int(bare)
    found = store.all(_BY_NAME, key=match_key(bare)) if bare else []
    if not found:
        raise UnknownPartyError(text=text)
    if len(found) > 1:
        numbers = ", ".join(f"{row[0]} ({row[3]})" if row[3] else str(row[0]) for row in found[:SHOWN])
        raise AmbiguousPartyError(text=text, numbers=numbers + (" …" if len(found) > SHOWN else ""))
    return int(found[0][0])


def party_name(store: Store, party: int) -> str:
    """Return the name of a party."""
    return str(store.value("SELECT name FROM party WHERE id = :id", id=party))
