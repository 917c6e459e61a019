"""Finding a party as people name it: by its number, or by its name where only one has it."""

from __future__ import annotations

from dataclasses import replace

from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.keeping.restriction_store import ACTIVE, check_sight, may_see
from ledger.people.parties import match_key
from ledger.people.party_seals import covers
from ledger.people.party_values import Account, PartyEvent, PartyFacts, PartyRow, SharedAccountError
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError
from sepa.identifiers import parse_iban

SHOWN = 5
FORMER = "alt:"
"""What stands before the number that a party had in the system it was taken over from."""
MAKERS = ("opening.import", "order.import", "suspense.forward", "suspense.refund")
"""The actions that make persons beside what they are for."""
_FORMERS = """
    SELECT f.key FROM party_former f JOIN party p ON p.id = f.party
    WHERE p.id = :party OR p.merged_into = :party ORDER BY f.key"""
_BY_FORMER = "SELECT party FROM party_former WHERE key = :key"
_OPEN = f"""
    SELECT party, count(*) AS items, sum(CASE WHEN kind = 'receivable' THEN open_cents ELSE 0 END) AS owes,
        sum(CASE WHEN kind IN ('payable', 'credit') THEN open_cents ELSE 0 END) AS gets
    FROM (SELECT party, kind, open_cents FROM item WHERE open_cents > 0 AND party IS NOT NULL
          UNION ALL
          SELECT j.party, i.kind, i.open_cents FROM {OWED_JOINTLY} j
          JOIN item i ON i.office = j.office AND i.id = j.item
          WHERE j.released_on IS NULL AND i.open_cents > 0) AS mine GROUP BY party"""
"""What is open of each party; who owes a claim jointly owes the whole of it (§ 421 BGB), as their account says."""
_LIST = f"""
    SELECT p.id, p.name, p.legal_name, p.town, p.birth_date, coalesce(o.items, 0), coalesce(o.owes, 0),
        coalesce(o.gets, 0), p.merged_into
    FROM party p LEFT JOIN ({_OPEN}) o ON o.party = p.id
    WHERE (:open = 0 OR o.items > 0) AND (:search = '' OR p.match_key LIKE :like)
    AND (:all = 1 OR p.id NOT IN ({ACTIVE})) ORDER BY p.match_key, p.id"""
_FACTS = """
    SELECT id, name, legal_name, street, house_number, postcode, town, country, birth_date, vat_id, merged_into,
        created_at
    FROM party WHERE id = :id"""
_ACCOUNTS = "SELECT iban, kind, source, since, until, bic FROM party_account WHERE party = :party ORDER BY since, iban"
_EVENTS = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, d.details, b.name FROM event e
    LEFT JOIN app_user u ON u.id = e.by LEFT JOIN app_user b ON b.id = e.on_behalf
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.object = :object ORDER BY e.at, e.office, e.position"""
_MADE = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, NULL, b.name, e.by FROM event e
    LEFT JOIN app_user u ON u.id = e.by LEFT JOIN app_user b ON b.id = e.on_behalf
    WHERE e.object IS NULL AND e.at = :at AND e.action = 'party.import' ORDER BY e.office, e.position"""
_FIRST_SEAL = "SELECT min(id) FROM party_seal WHERE party = :party"
_BESIDE = f"""
    SELECT DISTINCT action, object FROM event
    WHERE at = :at AND by = :by AND action IN ({", ".join(f"'{action}'" for action in MAKERS)})
    ORDER BY action, object"""
_ALSO_HELD = """
    SELECT DISTINCT coalesce(p.merged_into, p.id) AS holder FROM party_account a JOIN party p ON p.id = a.party
    WHERE a.iban = :iban AND (a.until IS NULL OR a.until > :day) AND coalesce(p.merged_into, p.id) <> :party
    ORDER BY holder"""
_BY_NAME = "SELECT id, name, postcode, town FROM party WHERE match_key = :key AND merged_into IS NULL ORDER BY id"


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
    """Return the number of the party that a number or a name stands for; `alt:4711` is a number of the system before.

    Raises `UnknownPartyError`, `AmbiguousPartyError`, `RestrictedPartyError`.
    """
    number = _find(store, text)
    check_sight(store, number)
    return number


def _find(store: Store, text: str) -> int:
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 16:
        if store.value("SELECT 1 FROM party WHERE id = :id", id=int(bare)) is None:
            raise UnknownPartyError(text=text)
        return int(bare)
    former = store.value(_BY_FORMER, key=bare[len(FORMER) :].strip()) if bare.lower().startswith(FORMER) else None
    if former is not None:
        return int(former)
    found = store.all(_BY_NAME, key=match_key(bare)) if bare else []
    if not found:
        raise UnknownPartyError(text=text)
    if len(found) > 1:
        numbers = ", ".join(f"{row[0]} ({row[3]})" if row[3] else str(row[0]) for row in found[:SHOWN])
        raise AmbiguousPartyError(text=text, numbers=numbers + (" …" if len(found) > SHOWN else ""))
    return int(found[0][0])


def list_parties(store: Store, *, search: str = "", only_open: bool = False) -> list[PartyRow]:
    """Return the parties by name; `search` finds parts of a name, words in any order of the alphabet.

    Persons whose data are restricted are left out, but for those who must see them.
    """
    words = match_key(search).split() if search else []
    like = "%" + "%".join(words) + "%"
    rows = store.rows(_LIST, open=int(only_open), search=search, like=like, all=int(may_see(store)))
    return [_row(row) for row in rows]


def _row(row: Row) -> PartyRow:
    number, name, legal, town, birth, items, owes, gets, merged = row
    return PartyRow(number, name, legal, town, birth, items, int(owes), int(gets), merged)


def show_party(store: Store, party: int) -> PartyFacts:
    """Return all that is known of a party: its accounts, what happened to it, which others and former numbers it has.

    Raises `UnknownPartyError`.
    """
    row = store.one(_FACTS, id=party)
    if row is None:
        raise UnknownPartyError(text=str(party))
    merged = store.rows("SELECT id FROM party WHERE merged_into = :id ORDER BY id", id=party)
    facts = PartyFacts(*row)
    return replace(
        facts,
        accounts=tuple(Account(*account) for account in store.rows(_ACCOUNTS, party=party)),
        events=(*_made(store, facts), *(PartyEvent(*event) for event in store.rows(_EVENTS, object=f"party:{party}"))),
        merged_from=tuple(number for (number,) in merged),
        former=tuple(key for (key,) in store.rows(_FORMERS, party=party)),
    )


def _made(store: Store, facts: PartyFacts) -> tuple[PartyEvent, ...]:
    """Return what made a party that nobody added by itself: a list, a take-over, money paid on.

    Such events have no object: by that the index on objects finds them.
    """
    for at, who, action, said, details, principal, user in store.all(_MADE, at=facts.created_at):
        if covers(str(said), store.value(_FIRST_SEAL, party=facts.number)):
            beside = tuple((str(name), object_) for name, object_ in store.rows(_BESIDE, at=at, by=user))
            return (PartyEvent(at, who, action, said, details, principal, beside),)
    return ()


def also_held(store: Store, party: int, iban: str) -> tuple[SharedAccountError, ...]:
    """Return a warning where other parties have the account on the day, too: by number, whoever they are."""
    others = store.all(_ALSO_HELD, party=party, iban=parse_iban(iban), day=store.today)
    return (SharedAccountError(iban=iban, others=", ".join(str(one) for (one,) in others)),) if others else ()


def party_name(store: Store, party: int) -> str:
    """Return the name of a party."""
    return str(store.value("SELECT name FROM party WHERE id = :id", id=party))
