"""`kasse party` and `kasse item lock` as clerks type them."""

import pytest

from tests.kasse_cli.test_cmd_order_kinds import town  # noqa: F401 - a fixture


def test_parties_from_list_to_account(town):  # noqa: F811
    town.environ["KASSE_USER"] = "dirk"
    town.transcript(
        "party",
        "kasse party list",
        "kasse party list --search muster --open",
        'kasse party add "Max Mustermann" --street Lindenallee --house-number 17a --postcode 20999 --town Musterstadt',
        'kasse party change 2 --iban DE02120300000000202051 --source "Anruf vom 16.11.2026" --birth-date 1.2.1990',
        "kasse party change 2",
        "kasse party show 2",
        'kasse party lock "Erika Musterfrau" --kind dunning --reason "Betreuung angezeigt" --until 31.12.2026',
        "kasse party joint ORDNUNG/1 --with 3",
        "kasse item show ORDNUNG/1",
        "kasse party account musterfrau --on 2026-12-20",
        'kasse party account "Erika Musterfrau" --on 2026-12-20',
        "kasse party account 3 --on 2026-12-20 --json",
        "kasse party account 2 --on 2026-11-01",
        'kasse party merge 3 --into 2 --reason "Tippfehler"',
        "kasse party duplicates",
        "kasse party merge --confirm 1",
        "kasse party merge --confirm 1 --user emil",
        "kasse party merge --refuse 1 --user emil",
        "kasse party merge --confirm 1 --yes --user emil",
        "kasse party merge",
        'kasse party unlock 2 --kind dunning --reason "Vollmacht liegt vor"',
        "kasse party unlock 2 --kind dunning --reason nochmal",
        "kasse party show 99",
    )


def test_where_an_account_is_known_from_is_said_in_words(town):  # noqa: F811
    town("kasse party change 2 --iban DE02120300000000202051 --user clara")
    town("kasse party change 2 --iban DE89370400440532013000 --source 'Anruf vom 16.11.' --user clara")
    shown = town("kasse party show 2 --user clara --lang de").out
    assert "DE02120300000000202051\teigenes Konto\tvon Hand vermerkt\t" in shown
    assert "\tAnruf vom 16.11.\t" in shown
    told = town("kasse party show 2 --user clara --json").data["accounts"]
    assert [one["source"] for one in told if one["iban"].startswith("DE02")] == ["clerk"]


def test_an_account_that_two_have_is_named_when_it_is_noted(town):  # noqa: F811
    change = "kasse party change {party} --iban DE02120300000000202051 --user clara --json"
    assert (town(change.format(party=2)).code, town(change.format(party=2)).code) == (0, 1)
    shared = town(change.format(party=1))
    assert (shared.code, [one["code"] for one in shared.json["findings"]]) == (3, ["party.account_shared"])
    assert shared.json["findings"][0]["fields"]["others"] == "2"
    added = town("kasse party add Neu --iban DE02120300000000202051 --user clara --json")
    assert added.json["findings"][0]["fields"]["others"] == "1, 2"
    assert town("kasse party change 2 --end-iban DE02120300000000202051 --user clara --on 2026-11-20").code == 0
    later = town("kasse party add Spät --iban DE02120300000000202051 --user clara --on 2026-11-21 --json")
    assert later.json["findings"][0]["fields"]["others"] == f"1, {added.data['number']}"


@pytest.mark.parametrize(("iban", "bic", "strange"), [
    ("CH9300762011623852957", "KBZHCH22XXX", False),
    ("CH9300762011623852957", "cobadeff xxx", True),
    ("CH93 0076 2011 6238 5295 7", "COBADEFF", True),
    ("GB82WEST12345698765432", "BARCGB22", False),
    ("GB82WEST12345698765432", "BARCJESH", False),  # Jersey keeps accounts with British IBANs
    ("DE02120300000000202051", "BYLADEM1001", False),
])  # fmt: skip
def test_a_bic_of_another_country_than_its_account_is_told_and_taken(town, iban, bic, strange):  # noqa: F811
    """Some banks do have a BIC of another country, so that it is a warning."""
    added = town(f"kasse party add Neu --iban '{iban}' --bic '{bic}' --user clara --json")
    changed = town(f"kasse party change 1 --iban '{iban}' --bic '{bic}' --user clara --json")
    for done in (added, changed):
        assert ("bic.country" in [one["code"] for one in done.json["findings"]]) is strange
        assert done.code == (3 if done.json["findings"] else 0)


def test_the_account_goes_to_excel(town):  # noqa: F811
    done = town("kasse party account 2 --xlsx konto.xlsx --user dirk")
    assert (done.code, (town.folder / "konto.xlsx").exists()) == (0, True)


def test_a_joint_debtor_owes_the_whole_claim_in_the_list_and_in_the_account(town):  # noqa: F811
    """§ 421 BGB: the creditor may demand all of it from each."""
    person = town('kasse party add "Max Mustermann" --user clara --json').data["number"]
    assert town(f"kasse party joint ORDNUNG/1 --with {person} --user clara").code == 0
    rows = {one["number"]: one for one in town("kasse party list --json --user clara").data["parties"]}
    account = town(f"kasse party account {person} --json --user clara").data
    assert rows[person]["owes_cents"] == account["owes_cents"] == 12550
    assert rows[person]["items"] == 1
    assert person in [one["number"] for one in town("kasse party list --open --json --user clara").data["parties"]]


def test_a_lock_of_an_account_names_the_office_of_its_item(town):  # noqa: F811
    assert town("kasse item lock ORDNUNG/1 --kind dunning --reason Widerspruch --user clara").code == 0
    (lock,) = town(["party", "account", "Erika Musterfrau", "--json", "--user", "clara"]).data["locks"]
    assert (lock["office"], lock["item"]) == ("ORDNUNG", 1)
    said = town(["party", "account", "Erika Musterfrau", "--user", "clara"]).out
    assert "Office\tItem\tLock" in said


PERSON = 'kasse party add "Max Muster" --birth-date {born} --vat-id {vat} --user clara'


def test_who_merges_sees_both_and_is_warned_of_what_no_person_has_twice(town):  # noqa: F811
    assert town(PERSON.format(born="1.2.1990", vat="DE111111125")).code == 0
    assert town(PERSON.format(born="1.2.1991", vat="DE123456788")).code == 0
    proposed = town("kasse party merge 4 --into 3 --reason Umzug --user clara --json")
    assert (proposed.code, [one["code"] for one in proposed.json["findings"]]) == (
        3,
        ["party.merge_birth_date", "party.merge_vat_id"],
    )
    tried = town("kasse party merge --confirm 1 --dry-run --user emil --json")
    sides = {row["name"]: (row["source"], row["target"], row["differs"]) for row in tried.data["compared"]}
    assert sides["birth_date"] == ("1991-02-01", "1990-02-01", True)
    assert sides["name"] == ("Max Muster", "Max Muster", False)
    assert (tried.data["merge"]["state"], tried.data["dry_run"]) == ("merged", True)
    assert "\t01.02.1991\t01.02.1990\tja" in town("kasse party merge --confirm 1 --dry-run --user emil --lang de").out
    assert "\t01.02.1991" in town("kasse party show 4 --user clara --lang de").out
    assert [one["merge"] for one in town("kasse party duplicates --user clara --json").data["duplicates"]] == [1]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("'Erna Muster' --street Weg --house-number 1 --postcode 20999", "'E. Muster'", False),
        ("'Erna Muster'", "'Muster, Erna'", True),
        ("'Erna Muster' --birth-date 1.2.1990", "'Erna Beispiel' --birth-date 1.2.1990", True),
        ("A --street Weg --house-number 1 --postcode 20999", "B --street 'Weg 1' --postcode 20999", True),
        ("A --iban DE02120300000000202051", "B --iban DE02120300000000202051 --iban-kind guardian", True),
        ("A --vat-id DE111111125", "B --vat-id DE111111125", True),
        ("A --town Musterstadt", "B --town Musterstadt", False),
    ],
)
def test_a_merge_for_which_nothing_speaks_is_warned_of(town, one, other, alike):  # noqa: F811
    for words in (one, other):
        assert town(f"kasse party add {words} --user clara").code == 0
    done = town("kasse party merge 4 --into 3 --reason Umzug --user clara --json")
    assert [finding["code"] for finding in done.json["findings"]] == ([] if alike else ["party.merge_unlike"])


def test_a_merge_is_confirmed_only_when_asked_once_more(town):  # noqa: F811
    town("kasse party add 'Musterfrau, Erika' --user clara")
    town("kasse party merge 3 --into 2 --reason Umzug --user clara")
    assert town("kasse party merge --confirm 1 --user emil").code == 1
    assert [one["merge"] for one in town("kasse party duplicates --user clara --json").data["duplicates"]] == [1]
    assert town("kasse party merge --confirm 1 --yes --user emil").code == 0
    assert town("kasse party duplicates --user clara --json").data["duplicates"] == []
