"""An admin of the Kasse alone acts for the Kasse; what is of other offices is refused in words, with a way out.

What the table of rights and the help of a command say is what the program does in a file and PostgreSQL enforces.
"""

import os
from dataclasses import dataclass

import pytest

from kasse_cli.rights import REACH, reach, rights
from ledger.book.dimensions import DimensionRow
from ledger.book.dimensions_store import close_value, list_values, take_values
from ledger.people.users import NotAllowedError, OtherOfficesError, add_user, check_reach, require_whole
from ledger.store.postgres import DatabaseRightError
from tests.books import act
from tests.kasse_cli.order_files import write
from tests.kasse_cli.test_opening_lists import FILES, SUMS
from tests.kasse_cli.transcripts import Shell
from tests.rolebooks import granted, login, opened

OFFICES = ("KASSE", "BAU", "ORDNUNG")
ADMINS = {
    "kasse_admin": [("KASSE", "admin")],
    "bau_admin": [("BAU", "admin")],
    "each_admin": [(office, "admin") for office in OFFICES],
    "whole_admin": [("*", "admin")],
    "kasse_head": [("KASSE", "head")],
    "kasse_both": [("KASSE", "admin"), ("BAU", "admin")],
}
HEADER = "Dimension;Wert;Bezeichnung;Amt\n"
LISTS = {
    "all.csv": HEADER + "kostenstelle;4711;Bauhof;BAU\nprodukt;12.6.01;Brandschutz;\n",
    "own.csv": HEADER + "kostenstelle;1;Kasse;KASSE\nprodukt;12.6.02;Rettung;\n",
    "names.csv": HEADER + "kostenstelle;4700;Betriebshof;BAU\n",
}
IMPORT = f"opening import alt --as-of 2026-11-15 {SUMS}"
BEYOND = ("dimension import all.csv", "dimension import names.csv", "dimension add kostenstelle 9 X --office BAU")
BEYOND += ("dimension close kostenstelle 4700 --office BAU", IMPORT, "opening undo --reason falsch")


def prepare(store):
    with store.unit(["KASSE"]):
        for name, given in ADMINS.items():
            add_user(store, name, given)
    take_values(store, [DimensionRow("kostenstelle", "4700", "Bauhof alt", "BAU")], day="2026-01-01")


@dataclass
class Town:
    """A book on PostgreSQL that enforces the rights, and a folder with lists."""

    location: str
    shell: Shell

    def give(self, user, line):
        """Give a command as a person who is logged in."""
        self.shell.user, self.shell.environ["KASSE_BOOK"] = user, login(self.location, user)
        return self.shell(f"kasse {line} --json")

    def rows(self, sql):
        store = opened(self.location, "kasse_head")
        found = store.all(sql)
        store.close()
        return found


@pytest.fixture(scope="module")
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_admin_{os.getpid()}", prepare) as made:
        yield made


@pytest.fixture
def town(location, tmp_path):
    for name, text in FILES.items():
        write(tmp_path / "alt", f"{name}.csv", text)
    for name, text in LISTS.items():
        write(tmp_path, name, text)
    return Town(location, Shell(tmp_path))


VALUES = "SELECT dimension, value, office, name, closed_on FROM dimension_value ORDER BY 1, 2, 3"


def codes(done):
    return [one["code"] for one in done.json["errors"]]


@pytest.mark.parametrize("line", BEYOND)
def test_what_is_of_other_offices_is_refused_in_words_and_noted(town, line):
    before = town.rows(VALUES)
    done = town.give("kasse_admin", line)
    assert (done.code, codes(done)) == (1, ["right.other_offices"])
    (error,) = done.json["errors"]
    assert "BAU" in error["fields"]["offices"]
    assert "KASSE" not in error["fields"]["offices"]
    assert "head of the Kasse" in error["hint"]
    assert town.rows(VALUES) == before
    noted = "SELECT e.action, u.name FROM event e JOIN app_user u ON u.id = e.by WHERE e.office = 'KASSE'"
    assert town.rows(f"{noted} ORDER BY e.position DESC LIMIT 1") == [("refused", "kasse_admin")]


def test_an_admin_of_another_office_keeps_no_lists_of_the_kasse(town):
    for line in ("dimension add kostenstelle 9 X --office BAU", IMPORT):
        done = town.give("bau_admin", line)
        assert (done.code, codes(done)) == (1, ["right.missing"])


def test_what_is_of_the_kasse_or_of_no_office_the_admin_of_the_kasse_does(town):
    done = town.give("kasse_admin", "dimension import own.csv --from 2026-01-01")
    assert (done.code, done.data["added"]) == (0, 2)
    assert town.give("kasse_admin", "dimension close produkt 12.6.02 --from 2026-11-20").code == 0
    assert town.give("kasse_admin", "dimension close kostenstelle 1 --office KASSE --from 2026-11-20").code == 0
    assert ("produkt", "12.6.02", "", "Rettung", "2026-11-20") in town.rows(VALUES)
    again = town.give("kasse_admin", "dimension import own.csv --from 2026-01-01")
    assert (again.code, again.data["unchanged"]) == (0, 2)


@pytest.mark.parametrize("user", ["each_admin", "whole_admin", "kasse_head"])
def test_whom_the_role_reaches_all_offices_imports_and_takes_over(town, user):
    """A trial writes and undoes; for good the take-over is drafted and taken away again."""
    for line in (*BEYOND[:4], IMPORT):
        assert (town.give(user, f"{line} --dry-run").code, line) == (3 if line == IMPORT else 0, line)
    assert town.give(user, IMPORT).code == 3, "a mandate that lapsed is a warning"
    assert codes(town.give("kasse_admin", "opening sign alt")) == ["right.other_offices"]
    part, whole = town.give("kasse_admin", "opening show"), town.give(user, "opening show")
    assert {row["office"] for row in part.data["accounts"]} < {row["office"] for row in whole.data["accounts"]}
    ((unseen,), of_whole) = part.json["findings"], whole.json["findings"]
    assert (part.code, unseen["code"], unseen["fields"]["offices"]) == (3, "opening.sums_unseen", "BAU, ORDNUNG")
    assert (whole.code, of_whole) == (0, [])
    assert town.give(user, "opening sign alt").code == 0
    assert town.give(user, "opening undo --reason falsch").code == 0
    assert {state for (state,) in town.rows("SELECT state FROM opening_run")} == {"discarded"}


def test_who_is_admin_of_the_kasse_and_of_the_office_imports_its_values(town):
    assert town.give("kasse_both", "dimension import names.csv --dry-run").code == 0
    assert codes(town.give("kasse_both", IMPORT)) == ["right.other_offices"]


def test_past_the_program_the_database_says_the_same(location):
    """What the program refuses is out of reach with psql too, and what it lets through is not."""
    admin = opened(location, "kasse_admin")
    value = {"dimension": "produkt", "name": "x", "opened_on": "2026-01-01"}
    with pytest.raises(DatabaseRightError), admin.unit(["KASSE"]):
        admin.insert_one("dimension_value", value="1", office="BAU", **value)
    with admin.rehearsal(), admin.unit(["KASSE"]):
        assert admin.execute("UPDATE dimension_value SET name = 'x' WHERE office = 'BAU'") == 0
        admin.insert_one("dimension_value", value="1", office="", **value)
        admin.insert_one("dimension_value", value="1", office="KASSE", **value)
    admin.close()


def test_it_is_the_same_in_a_file(store):
    """The rule is of the program, whoever keeps the book: a file knows it without row rules."""
    row = DimensionRow("kostenstelle", "4711", "Bauhof", "BAU")
    with store.unit(["KASSE"]):
        add_user(store, "karl", [("KASSE", "admin")])
    with pytest.raises(OtherOfficesError) as refused:
        take_values(act(store, "karl"), [row], day="2026-01-01")
    assert refused.value.fields == {"user": "karl", "offices": "BAU"}
    assert list_values(store, "2026-11-20") == []
    take_values(act(store, "emil"), [row], day="2026-01-01")
    assert take_values(act(store, "karl"), [row], day="2026-01-01").unchanged == 1
    with pytest.raises(OtherOfficesError):
        close_value(store, "kostenstelle", "4711", day="2026-11-20", office="BAU")
    with pytest.raises(OtherOfficesError):
        require_whole(store, "head", "admin")
    with store.unit(["KASSE"]):
        for office in OFFICES[1:]:
            add_user(store, "karl", [(office, "admin")])
    require_whole(act(store, "karl"), "head", "admin")
    assert close_value(store, "kostenstelle", "4711", day="2026-11-20", office="BAU")


def test_who_holds_no_role_for_it_is_refused_as_ever(store):
    with pytest.raises(NotAllowedError) as refused:
        require_whole(act(store, "clara"), "head", "admin")
    assert refused.value.code == "right.missing"
    check_reach(act(store, "emil"), OFFICES, "head", "admin")


@pytest.mark.parametrize("name", [name for name in rights() if reach(name)])
def test_the_help_of_a_command_says_of_which_offices_an_admin_must_be_one(tmp_path, name):
    said = " ".join(Shell(tmp_path)(f"kasse {name} --help").out.split())
    assert REACH[reach(name)] in said
    assert "admin" in rights()[name]


def test_the_table_of_rights_says_so_too(tmp_path):
    rows = {row["command"]: row["admin_of"] for row in Shell(tmp_path)("kasse user rights --json").data["rights"]}
    assert rows["kasse opening import"] == "all"
    assert rows["kasse dimension import"] == "rows"
    assert rows["kasse user add"] is None
