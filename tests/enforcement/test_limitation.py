"""Limitation: the examples of the sources, each kind of event, and what no chain may break."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.law import packaged_law
from enforcement.law.figures import FigureUnknownError
from enforcement.limitation import (
    LimitationEvent,
    LimitationEventError,
    LimitationFactError,
    LimitationFacts,
    limitation,
    limitation_by_part,
)
from enforcement.limitation_bulk import LimitationWatch
from enforcement.limitation_rules import limitation_rules


def day(text):
    return dt.date.fromisoformat(text)


def facts(**days):
    return LimitationFacts(**{name: day(value) if isinstance(value, str) else value for name, value in days.items()})


def events(text):
    """Return events from text such as `demand 2024-03-01, deferral 2024-06-01..2025-06-30, measure 2024-01-01..`."""
    return [event(part) for part in text.split(", ") if part]


def event(text):
    kind, days = text.split()
    start, dots, end = days.partition("..")
    return LimitationEvent(kind, day(start), day(end) if end else None, ongoing=bool(dots) and not end)


AO, OWIG, BGB = "zahlungsverjaehrung_ao", "vollstreckungsverjaehrung_owig", "verjaehrung_bgb"


@pytest.mark.parametrize(
    ("source", "rule", "claim", "happened", "begin", "end"),
    [
        ("§§ 228, 229 AO", AO, facts(due="2021-05-10"), "", "2021-12-31", "2026-12-31"),
        ("§ 231 AO, Mahnung", AO, facts(due="2021-05-10"), "demand 2024-03-01", "2021-12-31", "2029-12-31"),
        ("§ 231 AO, Stundung", AO, facts(due="2021-05-10"), "deferral 2024-06-01..2025-06-30", "2021-12-31", "2030-12-31"),
        ("§ 231 AO, both", AO, facts(due="2021-05-10"), "deferral 2023-06-01..2025-06-30, demand 2024-03-01", "2021-12-31", "2030-12-31"),
        ("§ 229(1) AO, assessed later", AO, facts(due="2021-05-10", assessed="2022-02-01"), "", "2022-12-31", "2027-12-31"),
        ("§ 231 AO, lien until 2025", AO, facts(due="2019-05-10"), "measure 2022-02-01..2025-03-31", "2019-12-31", "2030-12-31"),
        ("§ 231 AO, lien lasts", AO, facts(due="2019-05-10"), "measure 2022-02-01..", "2019-12-31", None),
        ("§ 231 AO, lien lasts, Mahnung beside it", AO, facts(due="2019-05-10"), "measure 2022-02-01.., demand 2023-01-05", "2019-12-31", None),
        ("§ 108(3) AO, end on a Saturday", AO, facts(due="2017-05-10"), "", "2017-12-31", "2023-01-02"),
        ("§ 231 AO, Mahnung on the moved last day", AO, facts(due="2017-05-10"), "demand 2023-01-02", "2017-12-31", "2029-01-02"),
        ("§ 231 AO, Mahnung too late", AO, facts(due="2017-05-10"), "demand 2023-01-03", "2017-12-31", "2023-01-02"),
        ("§ 230(1) AO, force majeure in the last months", AO, facts(due="2020-05-10"), "force_majeure 2025-05-01..2025-07-31", "2020-12-31", "2026-02-02"),
        ("§ 230(1) AO, force majeure earlier", AO, facts(due="2020-05-10"), "force_majeure 2024-01-01..2024-03-31", "2020-12-31", "2025-12-31"),
        ("§ 230(2) AO, assessment still open", AO, facts(due="2019-05-10", assessment_end="2026-06-30"), "", "2019-12-31", "2026-06-30"),
        ("§ 228 S. 2 AO, tax crime", "zahlungsverjaehrung_ao_straftat", facts(due="2021-05-10"), "", "2021-12-31", "2031-12-31"),
        ("§ 22 GebG HH", "zahlungsverjaehrung_gebg", facts(due="2021-05-10"), "", "2021-12-31", "2026-12-31"),
        ("§ 22 GebG HH, acknowledgement", "zahlungsverjaehrung_gebg", facts(due="2021-05-10"), "acknowledgement 2023-05-01", "2021-12-31", "2028-12-31"),
        ("§ 22 GebG HH, assessment", "festsetzungsverjaehrung_gebg", facts(arisen="2021-05-10"), "", "2021-12-31", "2025-12-31"),
        ("§ 18 BGebG", "zahlungsverjaehrung_bgebg", facts(due="2021-05-10"), "demand 2022-01-10", "2021-12-31", "2027-12-31"),
        ("§ 34 OWiG, 1,000 euros", OWIG, facts(final="2024-02-15", amount_cents=1_000_00), "", "2024-02-15", "2027-02-15"),
        ("§ 34 OWiG, 1,000.01 euros", OWIG, facts(final="2024-02-15", amount_cents=1_000_01), "", "2024-02-15", "2029-02-15"),
        ("§ 34(4) OWiG, 31 days of relief", OWIG, facts(final="2024-02-15", amount_cents=1_000_00), "relief 2024-05-01..2024-05-31", "2024-02-15", "2027-03-18"),
        ("§ 34 OWiG, a Mahnung does nothing", OWIG, facts(final="2024-02-15", amount_cents=1_000_00), "demand 2024-05-01", "2024-02-15", "2027-02-15"),
        ("§ 79 StGB", "geldstrafe_bis_30", facts(final="2024-02-29"), "", "2024-02-29", "2027-02-28"),
        ("§ 79 StGB", "geldstrafe_ueber_30", facts(final="2024-02-29"), "", "2024-02-29", "2029-02-28"),
        ("§ 5 GKG", "verjaehrung_gkg", facts(closed="2022-06-30"), "", "2022-12-31", "2026-12-31"),
        ("§ 5 GKG, demand starts it anew", "verjaehrung_gkg", facts(closed="2022-06-30", amount_cents=25_00), "demand 2023-03-01", "2022-12-31", "2027-03-01"),
        ("§ 5 GKG, not below 25 euros", "verjaehrung_gkg", facts(closed="2022-06-30", amount_cents=24_99), "demand 2023-03-01", "2022-12-31", "2026-12-31"),
        ("§ 25 SGB IV", "beitrag_sgb4", facts(due="2022-06-15"), "", "2022-12-31", "2026-12-31"),
        ("§ 25 SGB IV, intent", "beitrag_sgb4_vorsatz", facts(due="2022-06-15"), "", "2022-12-31", "2052-12-31"),
        ("§ 50(4) SGB X", "erstattung_sgb10", facts(final="2022-06-15"), "", "2022-12-31", "2026-12-31"),
        ("§ 52 SGB X", "verwaltungsakt_sgb10", facts(final="2022-06-15"), "", "2022-06-15", "2052-06-15"),
        ("§ 53(2) VwVfG", "verwaltungsakt_vwvfg", facts(final="2022-06-15"), "", "2022-06-15", "2052-06-15"),
        ("§§ 195, 199 BGB", BGB, facts(due="2021-05-10"), "", "2021-12-31", "2024-12-31"),
        ("§ 199 BGB, known later", BGB, facts(due="2021-05-10", known="2023-01-02"), "", "2023-12-31", "2026-12-31"),
        ("§ 199(4) BGB, ten years", BGB, facts(due="2015-05-11", known="2023-01-02"), "", "2023-12-31", "2025-05-12"),
        ("§ 212 BGB, part payment restarts the day", BGB, facts(due="2021-05-10"), "payment 2023-05-04", "2021-12-31", "2026-05-04"),
        ("§ 203 BGB, 31 days of negotiation", BGB, facts(due="2021-05-10"), "negotiation 2023-05-01..2023-05-31", "2021-12-31", "2025-01-31"),
        ("§ 203 S. 2 BGB, three months after", BGB, facts(due="2021-05-10"), "negotiation 2024-12-20..2024-12-31", "2021-12-31", "2025-03-31"),
        ("§ 204(2) BGB, six months after", BGB, facts(due="2021-05-10"), "court_action 2024-12-01..2025-02-28", "2021-12-31", "2025-09-29"),
        ("§§ 197, 201, 193 BGB, a title", BGB, facts(due="2021-05-10"), "title 2023-05-04", "2021-12-31", "2053-05-05"),
        ("§ 211 BGB, estate without heirs for a year: no day is added", BGB, facts(due="2022-05-10"), "estate 2023-01-01..2023-12-31", "2022-12-31", "2025-12-31"),
        ("§ 211 BGB, six months after acceptance", BGB, facts(due="2022-05-10"), "estate 2025-02-01..2025-10-15", "2022-12-31", "2026-04-15"),
        ("§ 211 BGB, no end while the estate has nobody", BGB, facts(due="2022-05-10"), "estate 2025-02-01..", "2022-12-31", None),
        ("§ 209 BGB, two suspensions overlap", BGB, facts(due="2021-05-10"), "deferral 2023-01-01..2023-01-31, negotiation 2023-01-16..2023-02-15", "2021-12-31", "2025-02-17"),
        ("§ 197(2) BGB, interest under a title", "titel_bgb_zinsen", facts(due="2021-05-10"), "", "2021-12-31", "2024-12-31"),
        ("§§ 212, 193 BGB, measure under a title", "titel_bgb", facts(final="2001-05-10"), "measure 2011-06-01", "2001-05-10", "2041-06-03"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("§") else None,
)  # fmt: skip
def test_a_claim_becomes_time_barred(source, rule, claim, happened, begin, end):
    found = limitation(rule, claim, events(happened))
    assert (found.begin, found.end) == (day(begin), day(end) if end else None), source


def test_the_chain_names_the_paragraph_of_each_event():
    found = limitation(AO, facts(due="2021-05-10"), events("demand 2024-03-01, payment 2024-04-01"))
    assert [(link.kind, link.norm) for link in found.links] == [
        ("begin", "§§ 228, 229, 232 AO"),
        ("demand", "§ 231 Abs. 1 Nr. 8 AO"),
        ("payment", "§§ 228, 229, 232 AO"),
        ("end", "§§ 228, 229, 232 AO"),
    ]
    assert all(link.template.format(**link.fields()) for link in found.links)


def test_a_claim_is_barred_the_day_after_the_last():
    found = limitation(AO, facts(due="2021-05-10"))
    assert (found.barred(day("2026-12-31")), found.barred(day("2027-01-01"))) == (False, True)
    assert found.outcome == "extinct"


def test_a_claim_with_a_lasting_interruption_is_not_barred():
    assert not limitation(AO, facts(due="2001-05-10"), events("measure 2002-05-10..")).barred(day("2090-01-01"))


def test_a_moved_end_says_so():
    assert [finding.code for finding in limitation(AO, facts(due="2017-05-10")).findings] == ["law.open_point"]
    assert limitation(AO, facts(due="2021-05-10")).findings == ()


def test_an_interruption_of_a_part_saves_only_that_part():
    part = LimitationEvent("demand", day("2024-03-01"), amount_cents=400_00)
    found = limitation_by_part(AO, facts(due="2021-05-10", amount_cents=1_000_00), [part])
    assert [(each.amount_cents, each.end) for each in found] == [
        (400_00, day("2029-12-31")),
        (600_00, day("2026-12-31")),
    ]


def test_events_of_the_whole_claim_leave_it_in_one_part():
    found = limitation_by_part(AO, facts(due="2021-05-10", amount_cents=1_000_00), events("demand 2024-03-01"))
    assert [(each.amount_cents, each.end) for each in found] == [(1_000_00, day("2029-12-31"))]


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (FigureUnknownError, lambda: limitation("no_such_rule", facts(due="2021-05-10"))),
        (LimitationFactError, lambda: limitation(OWIG, facts(due="2021-05-10"))),
        (LimitationEventError, lambda: LimitationEvent("deferral", day("2024-02-02"), day("2024-02-01"))),
    ],
)
def test_what_cannot_be_counted_is_refused(error, make):
    with pytest.raises(error):
        make()


RULES = st.sampled_from(sorted(limitation_rules(packaged_law())))
KINDS = st.sampled_from(
    [
        "demand",
        "deferral",
        "measure",
        "payment",
        "negotiation",
        "court_action",
        "relief",
        "force_majeure",
        "estate",
        "nothing",
    ]
)
HAPPENED = st.builds(
    lambda kind, start, length: LimitationEvent(kind, start, start + dt.timedelta(days=length)),
    KINDS,
    st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 31)),
    st.integers(0, 500),
)
DUE = st.dates(dt.date(2005, 1, 1), dt.date(2026, 12, 31))


def all_facts(due):
    return LimitationFacts(due=due, final=due, arisen=due, closed=due, amount_cents=500_00)


@given(rule=RULES, due=DUE, happened=st.lists(HAPPENED, max_size=5))
def test_limitation_is_never_before_due(rule, due, happened):
    end = limitation(rule, all_facts(due), happened).end
    assert end is not None
    assert end >= due


@given(rule=RULES, due=DUE, happened=st.lists(HAPPENED, max_size=4), another=HAPPENED)
def test_a_further_event_never_brings_the_end_nearer(rule, due, happened, another):
    before = limitation(rule, all_facts(due), happened).end
    after = limitation(rule, all_facts(due), [*happened, another]).end
    assert before is not None
    assert after is not None
    assert after >= before


@given(rule=RULES, due=DUE, happened=st.lists(HAPPENED, max_size=3), cents=st.integers(1, 2_000_00))
def test_the_bulk_watch_agrees_with_the_single_chain(rule, due, happened, cents):
    claim = LimitationFacts(due=due, final=due, closed=due, amount_cents=cents)
    watch = LimitationWatch(rule)
    assert watch.end(claim, happened) == watch.end(claim, happened) == limitation(rule, claim, happened).end
