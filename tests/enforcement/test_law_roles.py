"""The law of a book changed by people whose rights the database itself enforces: one proposes, another releases."""

import os

import psycopg
import pytest

from enforcement.law.law_reader import law_texts
from enforcement.law_change_store import propose_drop, propose_law, refuse_law, release_law
from enforcement.law_store import law_files
from ledger.book.verify_store import verify
from ledger.people.users import OwnWorkError
from ledger.store.failures import RefusedByBookError
from ledger.store.postgres import DatabaseRightError
from tests import rolebooks
from tests.enforcement.test_profiles import TOWN

FILES = law_texts([TOWN])
RELEASE = (
    "UPDATE law_change SET state = 'released', released_by = {user}, released_at = '2026-11-16T05:00:00Z' WHERE id = 1"
)
FILE = (
    "INSERT INTO law_file (id, change, name, version, text, sha256, made_by, made_at) "
    "VALUES (99, 1, 'figures-z.toml', 1, '[z]', '00', {user}, '2026-11-16T05:00:00Z')"
)


@pytest.fixture
def location(postgres_server, postgres_template):
    with rolebooks.granted(postgres_server, postgres_template, f"kasse_law_roles_{os.getpid()}") as made:
        yield made


def refused(store, sql):
    """Say whether the database refuses the statement, or leaves all rows as they are."""
    try:
        with store.unit(["KASSE"]):
            return store.execute(sql.format(user=store.user)) == 0
    except (DatabaseRightError, RefusedByBookError, psycopg.IntegrityError):
        return True


def test_two_logins_change_the_law_and_nobody_alone(location):
    emil, frida, clara, root = (rolebooks.opened(location, user) for user in ("emil", "frida", "clara", "root"))
    waits = propose_law(emil, FILES)
    with pytest.raises(OwnWorkError):
        release_law(emil, waits.number)
    for store, sql in (
        (emil, RELEASE), (clara, RELEASE), (clara, FILE), (root, RELEASE),
        (frida, RELEASE.replace("{user}", str(emil.user))),
        (emil, "UPDATE law_file SET text = '[z]'"),
        (clara, "INSERT INTO law_change (id, state, proposed_by, proposed_at) VALUES (9, 'proposed', {user}, 'x')"),
        (emil, "UPDATE law_change SET proposed_by = " + str(frida.user)),
    ):  # fmt: skip
        assert refused(store, sql), sql
    assert release_law(frida, waits.number).state == "released"
    assert refused(emil, FILE), "a change that is in force takes no more files"
    assert refused(emil, "UPDATE law_change SET state = 'proposed'")
    assert {row.state for row in law_files(emil)} == {"held"}
    gone = propose_drop(root, "schedules-town.toml")
    assert refuse_law(emil, gone.number, "gilt noch").state == "refused"
    assert verify(emil).findings == ()
    for store in (emil, frida, clara, root):
        store.close()
