"""Verify names persons and accounts that were changed past the event log, never honest changes, nor erasing."""

import pytest

import kasse_cli.schema
from kasse_cli.wiring import personal_data
from ledger.book.verify_store import verify
from ledger.keeping.erase_store import decide_erasure, propose_erasure
from ledger.people.parties_change_store import add_party, change_party
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.party_values import PartyChange
from ledger.store.failures import RefusedByBookError
from tests.attacks import attacked, unbound_rows, without_guards
from tests.books import act
from tests.ledger.keeping_books import ERIKA, filled, later
from tests.ledger.order_lists import IBAN, OTHER_IBAN, accepted, row

DAY = "2026-11-16"
ATTACKS = {
    "another holder": ("party", "party 1 changed", "UPDATE party SET legal_name = 'Betrug GmbH' WHERE id = 1"),
    "another street": ("party", "party 2 changed", "UPDATE party SET street = 'Nebenweg' WHERE id = 2"),
    "another town": ("party", "party 2 changed", "UPDATE party SET town = NULL WHERE id = 2"),
    "found by another name": ("party", "party 1 changed", "UPDATE party SET match_key = 'betrug' WHERE id = 1"),
    "a merge taken back": ("party", "party 4 changed", "UPDATE party SET merged_into = NULL WHERE id = 4"),
    "a person from nowhere": (
        "party",
        "party 99 added",
        "INSERT INTO party (id, name, match_key, created_at) VALUES (99, 'Niemand', 'niemand', '2026-11-16T05:00:00Z')",
    ),
    "an ended account used again": (
        "party_account",
        "party_account 1 changed",
        f"UPDATE party_account SET until = NULL WHERE iban = '{OTHER_IBAN}'",
    ),
    "an account ended earlier": (
        "party_account",
        "party_account 1 changed",
        f"UPDATE party_account SET until = '2020-01-01' WHERE iban = '{OTHER_IBAN}'",
    ),
    "an account since longer": (
        "party_account",
        "party_account 1 changed",
        f"UPDATE party_account SET since = '2000-01-01' WHERE party = 1 AND iban = '{OTHER_IBAN}'",
    ),
    "an ended account of another kind": (
        "party_account",
        "party_account 1 changed",
        f"UPDATE party_account SET kind = 'guardian' WHERE party = 1 AND iban = '{OTHER_IBAN}'",
    ),
    "an account slipped in": (
        "party_account",
        "party_account 2 changed",
        (f"INSERT INTO party_account (party, iban, kind, source, since) VALUES (2, '{IBAN}', 'own', 'order', '{DAY}')"),
    ),
    "an account taken away": (
        "party_account",
        "party_account 1 changed",
        f"DELETE FROM party_account WHERE party = 1 AND iban = '{OTHER_IBAN}'",
    ),
    "seals changed": ("party_seal", "party_seal 1-3 changed", "UPDATE party_seal SET accounts = NULL WHERE id = 1"),
    "a seal without an event": (
        "party_seal",
        "party_seal 99 added",
        (
            "INSERT INTO party_seal (id, party, salt, person, accounts) SELECT 99, party, salt, person, accounts "
            "FROM party_seal WHERE id = 2"
        ),
    ),
    "the last seal taken away": ("party_seal", "changed", "DELETE FROM party_seal WHERE party = 4 AND id > 3"),
}


@pytest.fixture
def town(store):
    """Persons of a list, one changed by hand, one merged, an account that ended."""
    accepted(
        store,
        row("BAU payable 40,00 Erika Musterfrau", bank_account=OTHER_IBAN),
        row("BAU receivable 50,00 Max Muster"),
        row("ORDNUNG receivable 60,00 Firma Beispiel"),
    )
    clara = act(store, "clara")
    added = add_party(clara, PartyChange({"name": "Max Muster"}, iban="DE62370400440532013001"), DAY)
    change_party(clara, 1, PartyChange({"legal_name": "Erika Maria Musterfrau"}, iban=IBAN), DAY)
    change_party(clara, 1, PartyChange({}, end_iban=OTHER_IBAN), DAY)
    merge = propose_merge(clara, added, 2, "derselbe")
    decide_merge(act(store, "emil"), merge.number, confirm=True)
    return store


def found(store):
    return {
        f"{f.fields['table']} {f.fields['row']} {f.fields['state']}"
        for f in verify(store).findings
        if "table" in f.fields
    }


def test_persons_changed_past_the_log_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, table, statement, found) for name, (table, _, statement) in ATTACKS.items()}
    for name, (_, expected, _) in ATTACKS.items():
        assert any(expected in one for one in seen[name]), (name, seen[name])
        assert len(seen[name]) <= 3, (name, seen[name])


def test_no_honest_change_vouches_for_what_was_changed_past_the_log_before(town):
    town.execute("UPDATE party SET street = 'Nebenweg' WHERE id = 2")
    change_party(act(town, "clara"), 3, PartyChange({"town": "Anderswo"}), DAY)
    assert found(town) == {"party 2 changed"}
    change_party(act(town, "clara"), 2, PartyChange({"town": "Anderswo"}), DAY)
    change_party(act(town, "clara"), 2, PartyChange({}, iban=OTHER_IBAN), DAY)
    assert found(town) == {"party 2 changed", "party_account 2 changed"}


def test_seals_are_final_and_lose_their_salt_by_a_decision_only(town):
    for statement in (
        "UPDATE party_seal SET salt = NULL",
        "UPDATE party_seal SET person = salt",
        "DELETE FROM party_seal",
    ):
        with pytest.raises(RefusedByBookError):
            town.execute(statement)


def erase(store, **scope):
    where, allowed = personal_data(), kasse_cli.schema.permitted_changes()
    number = propose_erasure(act(store, "emil"), where, allowed, "Antrag", **scope).number
    return decide_erasure(act(store, "frida"), where, allowed, number, confirm=True)


def test_erased_persons_leave_nothing_to_guess_and_verify_whole(store):
    erika, _ = filled(store)
    later(store, "2040-01-02")
    done = erase(store, before="2040-01-01")
    assert done.persons >= 1
    assert verify(store).findings == ()
    salts = store.all("SELECT s.salt FROM party_seal s JOIN erased_party e ON e.party = s.party")
    assert len(salts) > 1
    assert {salt for (salt,) in salts} == {None}
    without_guards(store, "party")
    store.execute("UPDATE party SET name = 'Wieder da' WHERE id = :id", id=erika)
    without_guards(store, "party_account")
    store.insert_one("party_account", party=erika, iban=ERIKA[1], kind="own", source="x", since="2020-01-01")
    assert found(store) == {f"party {erika} changed", f"party_account {erika} changed"}
