"""Figures worked out apart from this code, by pen and the text of the law: part payments, grace, changes of rates."""

import datetime as dt

import pytest

from enforcement.charges import Claim, Payment, accrue
from enforcement.deadlines import counted, parse_length
from enforcement.garnishment import garnishable_cents
from enforcement.limitation import limitation
from sepa.money import parse_amount
from tests.enforcement.test_limitation import AO, BGB, OWIG, day, events, facts

SZ, STUNDUNG, AUSSETZUNG = "saeumniszuschlag_ao", "stundungszinsen_ao", "aussetzungszinsen_ao"
GEBG, VERZUG, UNTERNEHMER = "saeumniszinsen_gebg", "verzugszinsen_bgb", "verzugszinsen_bgb_unternehmer"


def payments(text):
    """Return payments from text such as `1.300,00 2026-04-17; 20,00 2026-05-01 cash`."""
    return tuple(
        Payment(day(words[1]), parse_amount(words[0]), *words[2:])
        for words in (part.split() for part in text.split("; ") if part)
    )


@pytest.mark.parametrize(
    ("source", "rule", "land", "claim", "paid", "until", "cents"),
    [
        # § 240 AO: 15 April to 14 May, 15 May to 14 June; the transfer of the third day counts as in time
        ("§ 240(3) AO: a part in grace", SZ, "HH", "2.340,00 2026-04-14", "1.300,00 2026-04-17; 1.040,00 2026-06-02",
         "2026-06-30", 20_00),
        ("§ 240(1) AO: a part after grace", SZ, "HH", "2.340,00 2026-04-14", "1.300,00 2026-04-20; 1.040,00 2026-06-02",
         "2026-06-30", 33_00),
        ("§ 240(3) AO: no grace for cash", SZ, "HH", "500,00 2026-04-14", "500,00 2026-04-15 cash", "2026-04-30", 5_00),
        ("§ 224(2) no. 1 AO: a cheque counts three days later", SZ, "HH", "500,00 2026-04-14",
         "500,00 2026-04-13 cheque", "2026-04-30", 5_00),
        ("§ 224(2) no. 3 AO: a mandate pays in time", SZ, "HH", "500,00 2026-04-14", "500,00 2026-04-20 debit",
         "2026-04-30", 0),
        ("§ 108(3) AO: Good Friday to Easter Tuesday, in grace", SZ, "HH", "800,00 2026-04-03", "800,00 2026-04-10",
         "2026-04-30", 0),
        ("§ 108(3) AO: Good Friday to Easter Tuesday, late", SZ, "HH", "800,00 2026-04-03", "800,00 2026-04-13",
         "2026-04-30", 8_00),
        ("§ 188(2) BGB: a Sunday moves the whole count, month 1", SZ, "HH", "1.049,99 2026-05-31", "", "2026-07-01",
         10_00),
        ("§ 188(2) BGB: a Sunday moves the whole count, month 2", SZ, "HH", "1.049,99 2026-05-31", "", "2026-07-02",
         20_00),
        ("§ 108(3) AO: Epiphany in Bavaria", SZ, "BY", "600,00 2026-01-06", "600,00 2026-01-12", "2026-01-31", 0),
        ("§ 108(3) AO: no Epiphany in Hamburg", SZ, "HH", "600,00 2026-01-06", "600,00 2026-01-12", "2026-01-31", 6_00),
        # § 234 AO: 0.5 percent of 4,950 for 6 months from Tuesday, 3 February: the due day was a Saturday
        ("§§ 234, 238 AO: 148.50 down", STUNDUNG, "HH", "4.999,99 2026-01-31", "", "2026-08-31", 148_00),
        ("§§ 234, 188(3) AO, BGB: from 28 February, 49.50 down", STUNDUNG, "HH", "3.333,00 2026-02-27", "",
         "2026-05-27", 49_00),
        ("§ 234 AO: a day short of the third month", STUNDUNG, "HH", "6.000,00 2026-01-15", "2.000,00 2026-04-14",
         "2026-07-15", 140_00),
        ("§ 237 AO: 8,850 for 9 months, 398.25 down", AUSSETZUNG, "HH", "8.888,88 2026-01-10", "", "2026-11-09", 398_00),
        ("§ 237 AO: a part within the first month bears none", AUSSETZUNG, "HH", "1.050,00 2026-01-11",
         "500,00 2026-02-10", "2026-06-11", 13_00),
        ("§ 235 AO: 12,300 for 24 months", "hinterziehungszinsen_ao", "HH", "12.345,67 2024-03-31", "", "2026-03-31",
         1476_00),
        # § 288 BGB: 16 days of 8.12, 182 of 8.62, 15 of 8.37 percent; day by day over 365
        ("§§ 247, 288(1) BGB: three base rates", VERZUG, "HH", "5.000,00 2023-12-15", "", "2024-07-15", 249_91),
        ("§§ 247, 288(2) BGB: three base rates", UNTERNEHMER, "HH", "5.000,00 2024-11-29", "", "2025-07-31", 377_27),
        ("§ 288(1) BGB: a part payment between two changes", VERZUG, "HH", "3.210,55 2025-06-10", "1.000,00 2026-01-15",
         "2026-07-10", 189_52),
        ("§ 19(1) GebG HH: 3.62 stays though July brought 3.37", GEBG, "HH", "1.000,00 2024-06-28", "", "2024-12-31",
         33_73),
        ("§ 19(1) GebG HH: a part payment", GEBG, "HH", "750,25 2025-06-30", "300,00 2025-09-10", "2026-01-31", 13_85),
        ("§ 21(2) GebG HH: 153 days of 3.27 percent", "stundungszinsen_gebg", "HH", "1.200,00 2026-05-15", "",
         "2026-10-15", 16_45),
    ],
)  # fmt: skip
def test_charges(source, rule, land, claim, paid, until, cents):
    amount, due = claim.split()
    owed = Claim(parse_amount(amount), day(due), payments(paid))
    assert accrue(rule, owed, day(until), land=land).cents == cents, source


@pytest.mark.parametrize(
    ("net", "dependants", "period", "year", "june", "july"),
    [
        ("2.333,33", 1, "monthly", 2022, 302_96, 249_61),
        ("2.719,99", 2, "monthly", 2023, 240_13, 194_38),
        ("3.456,78", 3, "monthly", 2024, 279_58, 231_38),
        ("4.777,77", 4, "monthly", 2025, 520_37, 339_11),
        ("1.599,99", 0, "monthly", 2026, 24_50, 1_82),
        ("4.870,00", 7, "monthly", 2026, 234_57, 138_09),
        ("612,34", 1, "weekly", 2026, 58_72, 53_59),
        ("130,49", 2, "daily", 2026, 6_59, 5_65),
    ],
)
def test_what_is_garnishable_on_both_sides_of_the_first_of_july(net, dependants, period, year, june, july):
    """§ 850c (1), (3), (5) ZPO with the amounts of the two Pfändungsfreigrenzenbekanntmachungen."""
    for on, cents in ((dt.date(year, 6, 30), june), (dt.date(year, 7, 1), july)):
        assert garnishable_cents(parse_amount(net), dependants, on=on, period=period) == cents, on


@pytest.mark.parametrize(
    ("source", "length", "start", "ends"),
    [
        ("Reformationstag, a Friday", "1w", "2025-10-24",
         {"HH": "2025-11-03", "SN": "2025-11-03", "BY": "2025-10-31", "NW": "2025-10-31"}),
        ("Fronleichnam, a Thursday", "2w", "2026-05-21",
         {"NW": "2026-06-05", "BW": "2026-06-05", "HH": "2026-06-04", "SN": "2026-06-04", "SN+fronleichnam": "2026-06-05"}),
        ("Frauentag, a Monday", "1m", "2027-02-08", {"BE": "2027-03-09", "MV": "2027-03-09", "HH": "2027-03-08"}),
        ("Weltkindertag, a Monday", "1w", "2027-09-13", {"TH": "2027-09-21", "HE": "2027-09-20"}),
        ("Buß- und Bettag, a Wednesday", "2w", "2026-11-04", {"SN": "2026-11-19", "HH": "2026-11-18"}),
        ("Mariä Himmelfahrt, a Friday", "1m", "2025-07-15",
         {"SL": "2025-08-18", "BY": "2025-08-15", "BY+mariae_himmelfahrt": "2025-08-18"}),
        ("§ 188(3): 28 February is a Sunday", "1m", "2027-01-31", {"HH": "2027-03-01"}),
        ("§ 188(3): 29 February", "1m", "2028-01-31", {"HH": "2028-02-29"}),
        ("§ 188(3): 28 February is a Saturday", "3m", "2025-11-30", {"HH": "2026-03-02"}),
    ],
)  # fmt: skip
def test_periods_over_holidays(source, length, start, ends):
    """§§ 187-193 BGB: the holiday is that of the place."""
    for land, end in ends.items():
        assert counted(day(start), *parse_length(length), land=land).end == day(end), (source, land)


@pytest.mark.parametrize(
    ("source", "rule", "claim", "happened", "end"),
    [
        ("§ 231 AO: demand, then deferral to the year's end", AO, facts(due="2019-05-10"),
         "demand 2023-11-02, deferral 2024-02-01..2024-12-31", "2029-12-31"),
        ("§ 231(2) AO: a measure that goes on", AO, facts(due="2020-06-15"), "measure 2022-05-01..", None),
        ("§ 34(4) no. 3 OWiG: 59 days of instalments", OWIG, facts(final="2024-02-15", amount_cents=1000_00),
         "relief 2025-01-10..2025-03-09", "2027-04-15"),
        ("§ 34(2) no. 1 OWiG: above 1,000 euros, the same days", OWIG, facts(final="2024-02-15", amount_cents=1000_01),
         "relief 2025-01-10..2025-03-09", "2029-04-15"),
        ("§§ 203, 209 BGB: 71 days, longer than three months after", BGB, facts(arisen="2022-05-05", known="2022-05-05"),
         "negotiation 2025-10-01..2025-12-10", "2026-03-12"),
        ("§ 203 S. 2 BGB: three months after", BGB, facts(arisen="2022-05-05", known="2022-05-05"),
         "negotiation 2025-12-01..2025-12-10", "2026-03-10"),
        ("§§ 212, 205 BGB: restart by the day, then 31 days of deferral", BGB,
         facts(arisen="2022-05-05", known="2022-05-05"),
         "payment 2024-03-14, deferral 2024-05-01..2024-05-31", "2027-04-14"),
    ],
)  # fmt: skip
def test_limitation(source, rule, claim, happened, end):
    assert limitation(rule, claim, events(happened)).end == (day(end) if end else None), source
