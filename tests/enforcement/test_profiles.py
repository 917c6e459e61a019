"""Profiles: those of the package hold together, and a town needs nothing but files."""

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from enforcement.charges import Claim, accrue, dunning_fee
from enforcement.dunning_law import looked_up
from enforcement.law import Law, packaged_law
from enforcement.law.figures import FigureUnknownError
from enforcement.law.sections import LawFileError, LawSyntaxError
from enforcement.limitation import LimitationEvent, LimitationFacts, limitation
from enforcement.profiles import NoLimitationError, profile, profiles
from enforcement.relief_rules import is_penal

TOWN = Path(__file__).parent / "data" / "town"
TODAY = dt.date(2026, 11, 21)


def test_the_package_brings_the_profiles_of_a_cash_office():
    brought = ["amtshilfe", "bund", "fine", "hamburg-fee", "justice", "private", "private-trade", "tax"]
    assert sorted(profiles()) == brought


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
        ("§ 212 BGB, no consumer", "private-trade", False),
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
        ("§ 288 (1) BGB", "private", "verzugszinsen_bgb"),
        ("§ 288 (2) BGB", "private-trade", "verzugszinsen_bgb_unternehmer"),
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


RANKED = {  # the kinds of claim as the books name them, class by class
    "§ 225 (2) AO": ("tax", "bussgeld", "zwangsgeld", "withheld_tax", "hundesteuer tax",
                     "pfaendungsgebuehr gebuehr auslagen mahngebuehr wegegeld ruecklastschrift", "verspaetungszuschlag",
                     "aussetzungszinsen stundungszinsen zinsen", "saeumniszuschlag"),
    "§ 367 (1) BGB": ("private", "mahngebuehr auslagen ruecklastschrift", "verzugszinsen zinsen", "miete private"),
    "§ 367 (1) BGB, no consumer": ("private-trade", "verzugspauschale rechtsverfolgungskosten mahngebuehr",
                                   "verzugszinsen", "pacht principal"),
    "§ 18 (1) VKO HH": ("hamburg-fee", "wegegeld", "mahngebuehr pfaendungsgebuehr", "auslagen ruecklastschrift",
                        "saeumniszinsen stundungszinsen", "fee contribution kita ersatzvornahme"),
    "§ 367 BGB by analogy": ("bund", "mahngebuehr pfaendungsgebuehr auslagen", "stundungszinsen", "fee nutzung"),
    "§ 18 VKO HH": ("amtshilfe", "wegegeld", "pfaendungsgebuehr", "mahngebuehr auslagen", "zinsen", "rundfunk fee"),
    "§ 94 OWiG": ("fine", "bussgeld verwarnungsgeld", "ancillary", "gebuehr mahngebuehr auslagen ruecklastschrift"),
    "§ 459b StPO": ("justice", "geldstrafe", "ancillary", "gebuehr mahngebuehr auslagen ruecklastschrift"),
}  # fmt: skip


@pytest.mark.parametrize("source", RANKED)
def test_money_pays_the_classes_of_claims_in_the_order_of_the_law(source):
    name, *classes = RANKED[source]
    order = profile(name).settlement
    ranks = [{order.rank(kind) for kind in kinds.split()} for kinds in classes]
    assert [len(one) for one in ranks] == [1] * len(ranks), ranks
    assert ranks == sorted(ranks, key=min), ranks
    assert len({min(one) for one in ranks}) == len(ranks), ranks


def test_the_costs_of_a_fine_are_no_penalty():
    penal = [kind for kind in ("bussgeld", "auslagen", "ruecklastschrift", "mahngebuehr", "gebuehr", "cost")
             if is_penal(Named(kind), profile("fine"))]  # fmt: skip
    assert penal == ["bussgeld"], "§ 101 OWiG, § 39 (1) no. 3 InsO"


PENAL = {  # § 45 (1) AO, § 101 OWiG, § 459c (3) StPO; §§ 39 (1) no. 3, 302 no. 2 InsO: by whatever law they are collected
    "tax": "bussgeld zwangsgeld", "bund": "bussgeld ordnungsgeld zwangsgeld", "hamburg-fee": "ordnungsgeld zwangsgeld",
    "amtshilfe": "bussgeld geldstrafe ordnungsgeld zwangsgeld", "justice": "bussgeld geldstrafe ordnungsgeld zwangsgeld",
}  # fmt: skip


@pytest.mark.parametrize("name", PENAL)
def test_penalties_are_penal_in_every_law(name):
    for kind in PENAL[name].split():
        assert is_penal(Named(kind), profile(name)), kind
    assert not any(is_penal(Named(kind), profile(name)) for kind in (None, "fee", "tax", "saeumniszuschlag", "gebuehr"))


class Named(NamedTuple):
    claim_kind: str | None


def test_a_profile_without_limitation_says_whose_law_holds():
    with pytest.raises(NoLimitationError):
        profile("amtshilfe").limitation_rule()


def test_small_amounts_come_from_the_profile():
    found = profile("tax").small_amount("dunning", 9_99, TODAY)
    assert found is not None
    assert found.below
    assert profile("private").small_amount("dunning", 9_99, TODAY) is None


def test_a_limit_that_came_later_holds_for_no_earlier_day():
    """The letter of 2 January 2025 has a limit for surcharges alone, that of 22 March 2001 one for a Mahnung."""
    days = (dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 1, 2))
    found = [profile("tax").small_amount(purpose, 4_99, day) for purpose in ("charge", "dunning") for day in days]
    assert [one and one.limit_cents for one in found] == [None, None, 5_00, 3_00, 3_00, 10_00]


@pytest.mark.parametrize("name", ["tax", "hamburg-fee", "fine", "private", "justice", "bund", "amtshilfe"])
def test_a_day_before_the_newest_limits_has_a_law(name):
    found = looked_up(profile(name), dt.date(2024, 12, 31), "HH", packaged_law())
    assert found.asked_cents == (3_00 if name == "tax" else 5_00)


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


@pytest.mark.parametrize(
    ("line", "key", "wanted"),
    [
        ('late_charge = "zinsen_bgb246"', "late_charge", "saeumniszuschlag | saeumniszinsen | verzugszinsen"),
        ('deferral_charge = "aussetzungszinsen_ao"', "deferral_charge", "stundungszinsen"),
        ('charge_free = ["intrest"]', "charge_free", "cost | interest | principal"),
    ],
)
def test_a_charge_that_the_books_would_demand_again_and_again_is_refused(tmp_path, line, key, wanted):
    """Only by its kind do the books know what was demanded for paying late, or booked ahead."""
    text = (files("enforcement.law") / "profile-private.toml").read_text(encoding="utf-8")
    lines = [one for one in text.splitlines() if not one.startswith(f"{key} =")]
    (tmp_path / "profile-rents.toml").write_text("\n".join([line, *lines]), encoding="utf-8")
    with pytest.raises(LawFileError) as refused:
        profile("rents", Law(tmp_path))
    assert refused.value.fields["key"] == key
    assert wanted in str(refused.value.fields["wanted"])


def test_a_profile_with_an_unknown_rule_is_refused_at_once(tmp_path):
    text = (TOWN / "profile-kag-nrw.toml").read_text(encoding="utf-8")
    (tmp_path / "profile-other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FigureUnknownError) as refused:
        profile("other", Law(tmp_path))
    assert refused.value.fields["name"] == "zahlungsverjaehrung_kag"
