"""A take-over with every list where the database enforces the rights: tried, signed and posted by real logins."""

import psycopg
import pytest

from tests.kasse_cli.order_files import write
from tests.kasse_cli.test_db_keeping import codes, done, enforced, served  # noqa: F401 - a fixture
from tests.kasse_cli.test_opening_lists import COUNTS, FILES
from tests.rolebooks import login

SUMS = "--control receivables=105 --control suspense=42,50 --control balances=62,50"
BOOK = FILES["salden"].replace("KASSE,DE75512108001245126199,0.00\n", "")
RELIEF = """
    INSERT INTO relief (id, kind, state, party, first_day, sum_cents, reason, proposed_by, proposed_at)
    SELECT 99, 'ratenplan', 'proposed', (SELECT min(id) FROM party), '2026-11-16', 100, 'x', {by}, {at}
    FROM opening_run r"""


@pytest.fixture
def folder(shell, served):  # noqa: F811
    place, _ = served
    done(shell(f"kasse office add ORDNUNG Ordnungsamt --book {place}"))
    enforced(shell, place)
    done(shell(f"kasse party add Niemand --book {login(place, 'wim')}"))
    for name, text in (FILES | {"salden": BOOK, "posten": FILES["posten"].replace("clara", "wim")}).items():
        write(shell.folder / "alt", f"{name}.csv", text)
    return shell, place


def refused(place, user, statement):
    with psycopg.connect(login(place, user)) as connection, pytest.raises(psycopg.Error) as error:
        connection.execute(statement)
    return str(error.value)


def test_plans_are_granted_by_both_who_sign_and_by_nobody_else(folder):
    shell, place = folder
    admin, head = login(place, "xaver"), login(place, "vera")
    drafted = shell(f"kasse opening import alt --as-of 2026-11-15 {SUMS} --json --book {admin}")
    assert (drafted.code, drafted.data["opening"]["state"]) == (3, "draft"), drafted.out
    done(shell(f"kasse opening sign alt --book {admin}"))
    forged = RELIEF.format(by="r.first_by", at="r.first_at")
    assert "one's own name" in refused(place, "vera", forged), "the plans are not posted yet"
    signed = shell(f"kasse opening sign alt --json --book {head}")
    assert signed.code == 3, signed.out
    assert (signed.code, signed.data["opening"]["state"]) == (3, "final"), signed.out
    assert {row["list"]: row["rows"] for row in signed.data["lists"]} == COUNTS
    assert codes(shell, place) == []
    with psycopg.connect(place) as connection:
        found = connection.execute(
            """SELECT r.state, p.name, d.name FROM relief r JOIN app_user p ON p.id = r.proposed_by
               JOIN app_user d ON d.id = r.decided_by"""
        ).fetchall()
    assert found == [("granted", "xaver", "vera")]
    forged = RELIEF.format(by="r.first_by", at="r.second_at")
    assert "one's own name" in refused(place, "vera", forged), "only in the step that posts the take-over"
