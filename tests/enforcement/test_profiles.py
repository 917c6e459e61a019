"""Profiles: those of the package hold together, and a town needs nothing but files."""

import datetime as dt
from pathlib import Path

import pytest

from enforcement.charges import Claim, accrue, dunning_fee
from enforcement.law import Law, packaged_law
from enforcement.law.figures import FigureUnknownError
from enforcement.law.sections import LawFileError, LawSyntaxError
from enforcement.limitation import LimitationEvent, LimitationFacts, limitation
from enforcement.profiles import NoLimitationError, profile, profiles

TOWN = Path(__file__).parent / "data" / "town"
TODAY = dt.date(2026, 11, 21)


def test_the_package_brings_the_profiles_of_a_cash_office():
    assert sorted(profiles()) == ["amtshilfe", "bund", "fine", "hamburg-fee", "justice", "private", "tax"]


@pytest.mark.parametrize("name", sorted(profiles()))
def test_every_name_a_profile_uses_is_known(name):
    assert profile(name).dunning


@pytest.mark.parametrize(
    ("source", "name", "interrupts"),
    [
        ("§ 231(1) no. 8 AO", "tax", True),
        ("§ 22 GebG HH", "hamburg-fee", True),
        ("§ 19 BGebG", "bund", True),
        ("§ 5(3) GKG", "justice", True),
        ("§ 34 OWiG", "fine", False),
        ("§ 212 BGB", "private", False),
        ("law of the creditor", "amtshilfe", False),
    ],
)
def test_a_mahnung_interrupts_only_where_the_law_says_so(source, name, interrupts):
    assert profile(name).interrupts("demand") is interrupts, source


@pytest.mark.parametrize(
    ("source", "name", "charge"),
    [
        ("§ 240 AO", "tax", "saeumniszuschlag_ao"),
        ("§ 19 GebG HH", "hamburg-fee", "saeumniszinsen_gebg"),
        ("§ 16 BGebG", "bund", "saeumniszuschlag_bgebg"),
        ("§ 288 BGB", "private", "verzugszinsen_bgb"),
        ("no charge on fines", "fine", ""),
        ("§ 5(4) GKG", "justice", ""),
    ],
)
def test_each_kind_of_claim_has_its_charge_for_late_payment(source, name, charge):
    assert profile(name).late_charge == charge, source


def test_a_fine_ends_with_death_and_ranks_last_in_insolvency():
    assert {(p.death, p.insolvency) for p in (profile("fine"),)} == {("ends", "subordinate")}, "§ 101 OWiG, § 39 InsO"
    assert {p.death for name, p in profiles().items() if name != "fine"} == {"estate"}


def test_the_order_of_settlement_ranks_kinds_of_claims():
    order = profile("tax").settlement
    ranked = sorted(["saeumniszuschlag", "hundesteuer", "fine", "tax", "cost"], key=order.rank)
    assert ranked == ["fine", "hundesteuer", "tax", "cost", "saeumniszuschlag"], "§ 225(2) AO: a tax by any name"
    fee = profile("hamburg-fee").settlement
    assert sorted(["fee", "saeumniszinsen", "mahngebuehr", "wegegeld"], key=fee.rank) == [
        "wegegeld",
        "mahngebuehr",
        "saeumniszinsen",
        "fee",
    ], "§ 18 VKO HH"


def test_a_profile_without_limitation_says_whose_law_holds():
    with pytest.raises(NoLimitationError):
        profile("amtshilfe").limitation_rule()


def test_small_amounts_come_from_the_profile():
    found = profile("tax").small_amount("dunning", 9_99, TODAY)
    assert found is not None
    assert found.below
    assert profile("private").small_amount("dunning", 9_99, TODAY) is None


def test_a_town_works_with_files_only():
    law = Law(TOWN)
    town = profile("kag-nrw", law)
    assert accrue(town.late_charge, Claim(1_000_00, dt.date(2026, 5, 10)), TODAY, land="NW", law=law).cents == 70_00
    assert dunning_fee(town.dunning_fee, 250_80, TODAY, law=law).cents == 8_00
    assert dunning_fee("town.letzte_mahnung", 1, TODAY, law=law).cents == 7_50
    assert (small := town.small_amount("dunning", 7_49, TODAY, law)) is not None
    assert small.below
    chain = limitation(
        town.limitation_rule(law),
        LimitationFacts(due=dt.date(2021, 5, 10)),
        [LimitationEvent("demand", dt.date(2024, 3, 1))],
        land="NW",
        law=law,
    )
    assert chain.end == dt.date(2029, 12, 31)
    assert town.interrupts("demand", law)
    assert town.settlement.rank("mahngebuehr") == 1


def test_a_town_adds_a_base_rate_to_those_of_the_package():
    rates = Law(TOWN).figure("basiszins")
    assert [rates.on(dt.date(*day)).value for day in ((2025, 12, 31), (2026, 7, 1), (2027, 1, 1))] == [
        packaged_law().figure("basiszins").on(dt.date(2025, 12, 31)).value,
        packaged_law().figure("basiszins").on(dt.date(2026, 7, 1)).value,
        rates.entries[-1].value,
    ]
    assert rates.known_until == dt.date(2027, 6, 30)
    assert rates.entries[-2].source != rates.entries[-1].source == "invented for this test"


def test_the_package_itself_does_not_know_the_town():
    with pytest.raises(FigureUnknownError):
        profile("kag-nrw")


@pytest.mark.parametrize(
    ("error", "name", "text"),
    [
        (LawSyntaxError, "profile-x.toml", "title_de = "),
        (LawSyntaxError, "prices.toml", " "),
        (LawFileError, "profile-x.toml", 'title_de = "a"'),
        (LawFileError, "figures-x.toml", '[a]\ntitle_de = "a"\ntitle_en = "a"\nunit = "EUR"\nnorm = "b"\nvalues = []'),
        (LawFileError, "figures-x.toml", "[basiszins]\nvalues = [{ from = 2027-01-01, value = true }]"),
        (LawFileError, "figures-x.toml", "[basiszins]\nvalues = [{ from = 2027-01-01, value = 1, typo = 1 }]"),
        (LawFileError, "figures-x.toml", "[basiszins]\nvalues = [{ value = 1 }]"),
    ],
)
def test_a_file_that_cannot_be_used_names_itself(tmp_path, error, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    law = Law(tmp_path)
    with pytest.raises(error) as refused:
        _ = profiles(law), law.figures
    assert refused.value.place.file == str(tmp_path / name)


def test_a_directory_that_is_missing_is_refused(tmp_path):
    with pytest.raises(LawSyntaxError):
        profiles(Law(tmp_path / "nowhere"))


def test_a_profile_with_an_unknown_rule_is_refused_at_once(tmp_path):
    text = (TOWN / "profile-kag-nrw.toml").read_text(encoding="utf-8")
    (tmp_path / "profile-other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FigureUnknownError) as refused:
        profile("other", Law(tmp_path))
    assert refused.value.fields["name"] == "zahlungsverjaehrung_kag"
