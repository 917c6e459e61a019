"""The rights by table: complete, within what the tables allow, and the same as the services demand."""

import re

import pytest

from enforcement.dunning_release_store import RELEASERS as DUNNING
from enforcement.letters import RELEASERS as LETTERS
from enforcement.relief_grant_store import DECIDERS
from kasse_cli.schema import METADATA, permitted_changes
from kasse_cli.wiring import personal_data, table_rights
from ledger.access.names import DatabaseNameError, Names, array, is_login, literal, quoted
from ledger.items.order_import_store import CREATORS
from ledger.keeping.retention_store import blanked_columns
from ledger.payments.collection_runs import ROLES as COLLECTION
from ledger.payments.redirect import CONFIRM_ROLES
from ledger.payments.refunds import APPROVE_ROLES
from ledger.payments.runs import ROLES as RUN
from ledger.payments.vop import CONFIRM_ROLES as VOP_ROLES
from ledger.people.duties import duties
from ledger.people.parties_merge_store import ROLES as MERGE
from ledger.people.party_values import FIELDS
from ledger.people.party_values import ROLES as PARTIES
from ledger.people.users import KASSE_WIDE, ROLES

RIGHTS = table_rights()
NOTES = {"event", "event_details", "head", "counter"}
"""What everybody writes who acts, or is refused."""
COUNTED = {"cash_count", "cash_count_piece"}
"""What auditors write: they count cash desks without warning."""


def test_every_table_has_rights_and_every_right_a_table():
    assert RIGHTS.keys() == METADATA.tables.keys() | {"alembic_version"}


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_rights_are_within_what_the_table_allows(table):
    known, columns = RIGHTS[table], set(METADATA.tables[table].columns.keys())
    changes = permitted_changes()[table]
    assert {name for name in known.update if not changes.allows(name) and name not in changes.erasable} == set()
    assert {one.column for one in known.signatures} <= columns
    states = {state for steps in changes.steps.values() for state in steps}
    states |= {state for steps in changes.steps.values() for after in steps.values() for state in after}
    assert {state for one in known.signatures for state in one.states} <= states
    assert set(known.changes_while) <= set(known.updaters)
    assert {state for bound in known.changes_while.values() for state in bound} <= states
    if known.parent:
        assert set(known.parent.key) <= columns
        assert set(known.parent.key.values()) <= set(METADATA.tables[known.parent.table].columns.keys())


def test_auditors_only_read_and_read_all():
    written = {
        table
        for table, known in RIGHTS.items()
        if {"audit"} & {*known.insert, *known.delete, *known.updaters} and table not in NOTES | COUNTED
    }
    assert written == set()
    assert {table for table, known in RIGHTS.items() if "audit" not in known.readers} == set()


def test_who_is_of_no_office_and_who_helps_the_kasse_reads_everything():
    """What certifiers and approvers may not read, test_roles_commands.py tells by command."""
    whole = {role for role in ROLES if all(role in known.readers for known in RIGHTS.values())}
    assert whole == set(ROLES) - {"certifier", "approver"}


def test_machines_sign_nothing():
    signed = [role for known in RIGHTS.values() for one in known.signatures for role in one.roles]
    assert not {"machine", "admin"} & set(signed)


UNWRITTEN = {
    "app_user": {"name"},
    "office": {"name"},
}
"""What tables let change and no command writes."""


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_what_a_command_writes_some_role_may_write(table):
    changes, known = permitted_changes()[table], RIGHTS[table].update
    columns = {name for name in map(str, METADATA.tables[table].columns.keys()) if changes.allows(name)}
    assert {name for name in columns if not known.get(name)} == UNWRITTEN.get(table, set())


SAME = {
    ("payment_run", "reviewed_by"): RUN["review"],
    ("payment_run", "released_by"): RUN["release"],
    ("collection_run", "reviewed_by"): COLLECTION["review"],
    ("collection_run", "released_by"): COLLECTION["release"],
    ("collection_run", "exported_by"): COLLECTION["export"],
    ("collection_message", "released_by"): COLLECTION["release"],
    ("dunning_run", "released_by"): DUNNING,
    ("letter", "released_by"): LETTERS,
    ("relief", "decided_by"): DECIDERS,
    ("party_merge", "decided_by"): MERGE,
    ("refund", "approved_by"): APPROVE_ROLES,
    ("payee_account", "confirmed_by"): CONFIRM_ROLES,
    ("vop_decision", "confirmed_by"): VOP_ROLES,
}


@pytest.mark.parametrize(("table", "column"), SAME)
def test_who_signs_is_who_the_service_lets_sign(table, column):
    (one,) = (one for one in RIGHTS[table].signatures if one.column == column)
    assert set(one.roles) == set(SAME[table, column])


@pytest.mark.parametrize("column", [*FIELDS, "match_key", "address_key"])
def test_who_writes_what_is_known_of_a_person_is_who_the_services_let_write(column):
    """The payee's name of a payment run is confirmed by others; who decides to erase blanks."""
    others = VOP_ROLES if column == "legal_name" else ()
    assert set(RIGHTS["party"].update[column]) == {*PARTIES, *others, "head", "admin"}


def test_who_writes_accounts_of_a_person_is_who_the_service_lets_write():
    assert {column: set(roles) for column, roles in RIGHTS["party_account"].update.items()} == {
        "kind": set(PARTIES),
        "until": set(PARTIES),
        "bic": {*PARTIES, *CREATORS, "head", "admin"},  # lists of orders and a take-over note what the book lacks
    }


def test_the_forbidden_pairs_are_complete():
    assert set(duties()) == {"certified", "approved", "accepted", "objected"}
    pairs = {(table, one.column) for table, known in RIGHTS.items() for one in known.signatures if one.never}
    assert pairs >= {("payment_run", "released_by"), ("relief", "decided_by"), ("closing_confirmation", "confirmed_by")}


def test_roles_of_offices_are_not_wide():
    assert set(ROLES) - set(KASSE_WIDE) == {"certifier", "approver", "admin"}


@pytest.mark.parametrize(
    ("name", "written"), [("anna", '"anna"'), ('a"b', '"a""b"'), ("Gerda Groß", '"Gerda Groß"'), ("a;b--", '"a;b--"')]
)
def test_names_are_quoted(name, written):
    assert quoted(name) == written


def test_texts_are_quoted():
    assert literal("a\\'b") == "E'a\\\\''b'"
    assert array(("a", "b'")) == "ARRAY['a', 'b''']::text[]"


@pytest.mark.parametrize(
    ("name", "possible"),
    [("anna", True), ("Gerda Groß", True), ("pg_monitor", False), ("public", False), ("ä" * 32, False)],
)
def test_not_every_user_can_be_a_login(name, possible):
    assert is_login(name) is possible


def test_a_database_name_leaves_room_for_its_roles():
    assert Names("stadtkasse").group("enforcement") == "stadtkasse_enforcement"
    with pytest.raises(DatabaseNameError):
        Names("x" * 52)


@pytest.mark.parametrize("role", ["head", "admin"])
def test_who_decides_to_erase_may_see_and_blank_all_that_goes(role):
    """Persons are found through many tables; each of their columns is blanked, and rows of words go."""
    kinds, allowed = personal_data().all(), permitted_changes()
    named = re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", " ".join(kind.view() for kind in kinds))
    seen = ({kind.table for kind in kinds} | set(named)) & RIGHTS.keys()
    assert {table for table in seen if not {role, "all"} & set(RIGHTS[table].readers)} == set()
    for kind in kinds:
        columns = blanked_columns(kind, allowed[kind.table])
        assert columns or role in RIGHTS[kind.table].delete, kind.table
        assert {name for name in columns if role not in RIGHTS[kind.table].update.get(name, ())} == set(), kind.table
