"""`kasse law` at the terminal, in pipes and with an office's own files."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from enforcement.law import packaged_law
from enforcement.limitation_rules import limitation_rules
from enforcement.profiles import profiles
from kasse_cli.law_words import SETTINGS

TOWN = Path(__file__).parent.parent / "enforcement" / "data" / "town"


def test_the_calculators_explain_their_figures(shell):
    shell.transcript(
        "law",
        "kasse law garnishment --net 2.500,00 --dependants 1 --on 2026-07-01",
        "kasse law garnishment --net 5000 --dependants 2 --on 01.07.2026 --order 850d=1.200,00 --part overtime=300 --json",
        "kasse law charges --amount 1.234,56 --due 2026-03-10 --paid-on 2026-04-13 --profile tax",
        "kasse law charges --amount 900 --due 2026-05-04 --paid 300=2026-06-01 --profile hamburg-fee --dunned-on 2026-06-02",
        "kasse law charges --amount 10000 --due 2026-05-29 --from 2026-06-01 --paid-on 2026-07-31 --profile private-trade --json",
        "kasse law charges --amount 100 --due 2026-05-04 --profile fine",
        "kasse law charges --amount 1000 --due 2026-03-10 --until 2026-06-20 --joint-due 2026-04-10 --profile tax",
        "kasse law costs vko.pfaendung=0,5 vko.wegegeld --amount 2600 --profile hamburg-fee",
        "kasse law limitation --profile tax --due 2021-05-10 --event demand=2024-03-01 --event deferral=2024-06-01..2025-06-30",
        "kasse law limitation --profile fine --final 2024-02-15 --amount 1.000,00 --json",
        "kasse law limitation --profile tax --due 2021-05-10 --amount 1000 --event demand=2024-03-01=400,00 --event measure=2025-01-02..",
        "kasse law deadline bekanntgabe_ao --from 2026-11-04 --land HH",
        "kasse law deadline bekanntgabe_ao --from 2026-11-04 --received 2026-11-12 --json",
        "kasse law deadline 1m --from 2026-09-03 --fixed",
    )


def test_what_is_known_until_when_can_be_listed(shell):
    shell.transcript(
        "law-rates",
        "kasse law rates list --kind garnishment",
        "kasse law rates show bgb288.business",
        "kasse law rates show vko.mahnung --json",
        "kasse law rates show saeumniszinsen_gebg",
    )


def test_what_does_not_apply_to_a_line_of_the_working_is_left_blank(shell):
    """The lump sum for default, § 288 (5) BGB, has no days, base or rate."""
    line = "kasse law charges --amount 1000 --due 2026-09-01 --until 2026-11-20 --profile private-trade"
    interest, lump = shell(f"{line} --json").data["lines"]
    assert (interest["count"], interest["base_cents"], interest["rate_percent"]) == (80, 100000, "10.52")
    assert (lump["count"], lump["base_cents"], lump["rate_percent"], lump["charge_cents"]) == (None, None, None, 4000)
    assert "lump sum for default\t2026-09-02\t\t\t\t\t40.00\t" in shell(line).out


def test_a_rule_of_law_is_shown_in_german_words(shell):
    shown = shell("kasse law rates show saeumniszuschlag_ao --lang de").out
    assert "Satz\t1 Prozent im Monat (ao240.rate)\n" in shown
    assert "Schonfrist endet an einem Werktag\tja\n" in shown
    assert "Grundlage abgerundet auf\t50,00 EUR (ao240.floor)\n" in shown
    rows = shell("kasse law rates show saeumniszuschlag_ao --json").data["settings"]
    assert {"key": "rate", "value": "ao240.rate"}.items() <= next(one for one in rows if one["key"] == "rate").items()


def _settings(value):
    """Yield the names of all settings of a rule, and of what it is made of."""
    if is_dataclass(value):
        for field in fields(value):
            yield field.name
            yield from _settings(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from (name for part in value.values() for name in _settings(part))
    elif isinstance(value, tuple):
        yield from (name for part in value for name in _settings(part))


def test_every_setting_of_a_rule_has_a_name_for_people():
    law = packaged_law()
    rules = [*law.charges.values(), *law.deadlines.values(), *limitation_rules(law).values(), *profiles(law).values()]
    names = {name for rule in rules for name in _settings(rule)}
    assert len(names) > 60
    assert not names - set(SETTINGS)


def test_refusals_say_what_to_update(shell):
    shell.transcript(
        "law-refused",
        "kasse law garnishment --net 1000 --on 2027-07-01",
        "kasse law charges --amount 100 --due 2026-12-01 --paid-on 2027-01-02 --profile private",
        "kasse law garnishment",
        "kasse law charges --amount 100 --due 2026-12-01",
        "kasse law charges --amount 100 --due 2026-12-01 --profile taxes",
        "kasse law charges --amount 100 --due 2026-12-01 --paid 300 --profile tax",
        "kasse law limitation --profile amtshilfe --due 2021-05-10",
        "kasse law limitation --profile fine --due 2021-05-10",
        "kasse law deadline 2x --from 2026-11-04",
        "kasse law deadline mahnung_ao --from 2026-11-04 --received 2026-11-12",
        "kasse law deadline mahnung_ao --from 2026-11-04 --land XX",
        "kasse law rates list --kind prices",
        "kasse law rates show basiszin",
    )


@pytest.mark.parametrize("verb", ["charges", "costs", "garnishment", "limitation", "deadline", "rates"])
def test_every_verb_has_help(shell, verb):
    done = shell(f"kasse law {verb} --help")
    assert done.code == 0
    assert "Usage: kasse law" in done.out


def test_a_list_of_incomes_goes_in_and_comes_out_as_csv(shell):
    (shell.folder / "pay.csv").write_text(
        "Name;Netto;Unterhaltspflichten;Zeitraum;Stichtag\n"
        "A;2.500,00;1;monatlich;01.07.2026\n"
        "B;73,50;;täglich;01.07.2026\n"
        "C;-5;0;;\n",
        encoding="utf-8",
    )
    done = shell("kasse law garnishment --file pay.csv --on 2025-07-01 --csv")
    assert done.code == 3
    assert done.out.splitlines() == [
        "label,net,dependants,period,on,garnishable,kept,valid_from,source",
        "A,2500.00,1,monthly,2026-07-01,157.59,2342.41,2026-07-01,BGBl. 2026 I Nr. 80",
        "B,73.50,0,daily,2026-07-01,0.31,73.19,2026-07-01,BGBl. 2026 I Nr. 80",
    ]
    assert "row 4" in done.err


def test_a_list_may_come_through_a_pipe(shell):
    done = shell("kasse law garnishment --file - --dependants 1 --on 2026-07-01 --json", "net\n2500,00\n")
    assert [row["garnishable_cents"] for row in done.data["garnishments"]] == [157_59]


def test_without_a_day_today_counts(shell):
    assert shell("kasse law garnishment --net 2000 --json").data["valid_from"] == "2026-07-01"
    assert shell("kasse law --on 2024-08-01 garnishment --net 2000 --json").data["valid_from"] == "2024-07-01"


@pytest.mark.parametrize("paid", ["2026-03-08", "2026-03-12"])
def test_a_cheque_pays_three_days_after_it_came_in(shell, paid):
    """§ 224 (2) no. 1 AO: three days after the due day it is too late, and § 240 (3) AO grants cheques no grace."""
    done = shell(f"kasse law charges --amount 1000 --due 2026-03-10 --paid-on {paid} --way cheque --profile tax --json")
    assert done.data["total_cents"] == 10_00


def test_an_office_brings_its_own_law(shell):
    done = shell(
        f"kasse law charges --amount 250,80 --due 2026-05-10 --profile kag-nrw --dunned-on 2026-06-01 --land NW --law-dir {TOWN} --json"
    )
    assert [charge["cents"] for charge in done.data["charges"]] == [17_50, 8_00]
    listed = shell(f"kasse law rates show basiszins --law-dir {TOWN} --json").data
    assert listed["known_until"] == "2027-06-30"


def test_german_readers_get_german_numbers(shell):
    out = shell(
        "kasse law charges --amount 900 --due 2026-05-04 --profile hamburg-fee --until 2026-06-01 --lang de"
    ).out
    assert "4,27" in out
    assert "900,00" in out


def test_every_listed_name_can_be_shown(shell):
    rates = shell("kasse law rates list --json").data["rates"]
    assert len(rates) > 200
    for name in {row["kind"]: row["name"] for row in rates}.values():
        assert shell(["law", "rates", "show", name, "--json"]).code == 0


def test_json_is_one_object_even_where_it_refuses(shell):
    done = shell("kasse law garnishment --net 1000 --on 2027-07-01 --json")
    assert done.code == 1
    assert json.loads(done.out)["errors"][0]["code"] == "law.after"


def test_a_deadline_is_data_for_scripts(shell):
    quiet = shell("kasse law deadline bekanntgabe_ao --from 2026-10-27 -q")
    assert quiet.out.splitlines()[1].split("\t")[:4] == ["bekanntgabe_ao", "2026-10-27", "2026-10-31", "2026-11-02"]
    assert (
        shell("kasse law deadline 1m --from 2026-09-03 --csv").out.splitlines()[1].startswith(",2026-09-03,2026-10-03")
    )


def test_an_event_without_effect_is_told_with_those_that_have_one(shell):
    """§ 34 (4) no. 3 OWiG: relief of payment suspends; a Stundung of the AO is none."""
    line = "kasse law limitation --profile fine --final 2026-01-10 --amount 200"
    done = shell(f"{line} --event deferral=2026-02-01..2026-08-01")
    assert "relief of payment (relief)" in done.err
    assert "relief of payment" not in shell(f"{line} --event relief=2026-02-01..2026-08-01").err.split("(§ 34")[-1]
    wrong = shell(f"{line} --event stundung=2026-02-01")
    assert (wrong.code, "deferral" in wrong.err) == (2, True)


def test_a_garnishment_is_data_for_scripts(shell):
    line = "kasse law garnishment --net 2500 --dependants 1 --on 2026-07-01"
    assert ",2500.00,1,monthly,2026-07-01,157.59,2342.41," in shell(f"{line} --csv").out
    assert "157.59" in shell(f"{line} -q").out
    assert shell(f"{line} --part overtime=300 --csv").out.splitlines()[0] == "kind,gross,exempt,norm"


SAID = {  # what is left after the days of grace is what is too small, and what was paid within them is not
    "--paid 1200=2026-03-13 --paid-on 2026-04-13": "the arrear of 34.56 EUR is too small",
    "--paid 1234,56=2026-03-13 --until 2026-05-20": "within the days of grace, which end on 2026-03-13",
    "--paid 1200=2026-03-16 --paid-on 2026-04-13": "started months: 1",
}


@pytest.mark.parametrize("given", SAID)
def test_part_payments_within_the_days_of_grace_are_told_rightly(shell, given):
    done = shell(f"kasse law charges --amount 1.234,56 --due 2026-03-10 --profile tax {given}")
    assert SAID[given] in done.out + done.err


def test_the_name_that_orders_have_is_the_profile_of_the_land(shell):
    for verb in ("charges --amount 1000 --due 2026-05-04 --paid-on 2026-08-12", "limitation --due 2026-05-04"):
        plain, full = (shell(f"kasse law {verb} --profile {name} --land HH") for name in ("fee", "hamburg-fee"))
        assert (plain.code, plain.text()) == (full.code, full.text())
        assert shell(f"kasse law {verb} --profile fee --land NW").code == 1


def test_figures_have_the_readers_decimal_sign_and_programs_one_form(shell):
    told = [shell(f"kasse law rates show vko.mahnung --lang {lang}").out for lang in ("en", "de")]
    assert ["\t3.10\t" in told[0], "\t3,10\t" in told[1]] == [True, True]
    line = "kasse law charges --amount 1000 --due 2026-01-15 --paid-on 2026-06-01 --profile fee --json --lang"
    rows = [shell(f"{line} {lang}").data["lines"] for lang in ("en", "de")]
    assert rows[0][0]["rate_percent"] == rows[1][0]["rate_percent"] == "4.27"
    assert "4,27 %" in rows[1][0]["text"]


def test_a_source_is_said_once_and_not_in_every_row(shell):
    told = shell("kasse law rates show basiszins --lang de").text()
    assert told.count("in übereinstimmenden Tabellen Dritter") == 1
    assert told.count("§ 247 BGB") < 60
