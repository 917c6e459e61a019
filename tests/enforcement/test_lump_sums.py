"""Claims for payment against who is no consumer: nine points above the base rate and 40 euros, § 288 (2), (5) BGB."""

from dataclasses import replace

import pytest

from enforcement.accrued_reader import GROUPS, accrued_charges, accrued_rows, accrued_sums, accrued_total
from enforcement.charges import Claim, Payment, accrue
from enforcement.charges_bulk import Accruer
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.dunning_undo_store import undo
from enforcement.law import packaged_law
from enforcement.letters_print_store import print_letters
from enforcement.lump_reader import lump_demanded, lumps_demanded
from enforcement.lump_sums import lump_sum
from enforcement.profiles import profile
from enforcement.relief import Schedule
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_filing_reader import filing
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as propose_relief
from ledger.bank.posting_store import post_staged
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.order_takeover_store import take_off_taken_over
from ledger.items.settlement import Claim as Settled
from ledger.items.settlement import packaged_orders, spread
from sepa.money import parse_amount
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, kasse, sound
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_limitation import day
from tests.enforcement.test_relief_store import wish
from tests.ledger.order_lists import accepted, row
from tests.ledger.test_opening import BANKS, take_over
from tests.ledger.test_opening import item as opening
from tests.ledger.test_order_changes import change, through

__all__ = ["kasse"]  # a fixture
TRADE = profile("private-trade")
RULE = packaged_law().charge(TRADE.late_charge)
# 1,000.00 due on Monday, 1 June 2026: 29 days of 10.27 and 147 of 10.52 percent until 24 November; half a cent up
INTEREST = 50_53


def test_only_the_charges_part_who_is_no_consumer_from_consumers():
    same = {name: getattr(profile("private"), name) for name in ("title_de", "title_en", "name", "file")}
    assert replace(TRADE, late_charge="verzugszinsen_bgb", lump=None, **same) == profile("private")


LUMPS = {  # due, paid, until, demanded before, the lump sum
    "§ 288 (5) sentence 1 BGB": ("100,00 2026-05-29", "", "2026-05-30", 0, 40_00),
    "BGH, 22.08.2019, VII ZR 115/18: for each claim, whatever its sum": ("0,01 2026-05-29", "", "2026-06-30", 0, 40_00),
    "§ 286 BGB: no default on the due day": ("100,00 2026-05-29", "", "2026-05-29", 0, 0),
    "§ 193 BGB: a Saturday is paid in time on Monday": ("100,00 2026-05-30", "", "2026-06-01", 0, 0),
    "§ 193 BGB: late on Tuesday": ("100,00 2026-05-30", "", "2026-06-02", 0, 40_00),
    "paid in time": ("100,00 2026-05-29", "100,00 2026-05-29", "2026-11-24", 0, 0),
    "it arose on the first day of default and stays": (
        "100,00 2026-05-29",
        "100,00 2026-06-01",
        "2026-11-24",
        0,
        40_00,
    ),
    "a cent was missing": ("100,00 2026-05-29", "99,99 2026-05-29", "2026-11-24", 0, 40_00),
    "Art. 229 § 34 EGBGB: an obligation of before 29 July 2014": ("100,00 2014-07-28", "", "2014-12-31", 0, 0),
    "Art. 229 § 34 EGBGB: the first one that bears it": ("100,00 2014-07-29", "", "2014-12-31", 0, 40_00),
    "§ 288 (5) sentence 3 BGB: credited against costs": ("100,00 2026-05-29", "", "2026-11-24", 12_50, 27_50),
    "§ 288 (5) sentence 3 BGB: costs above it": ("100,00 2026-05-29", "", "2026-11-24", 72_00, 0),
    "what was never owed": ("0,00 2026-05-29", "", "2026-11-24", 0, 0),
}


@pytest.mark.parametrize("source", LUMPS)
def test_the_lump_sum_for_default(source):
    owed, paid, until, before, cents = LUMPS[source]
    payments = [Payment(day(on), parse_amount(text)) for text, on in [paid.split()] if paid] if paid else []
    amount, due = owed.split()
    claim = Claim(parse_amount(amount), day(due), tuple(payments))
    made = lump_sum(TRADE.lump, RULE, claim, day(until), demanded_cents=before, land="HH", law=packaged_law())
    assert (made.cents, made.kind) == (cents, "verzugspauschale")


PAUSES = {  # due on Friday, 29 May 2026; deferred between two days; the lump sum on 24 November
    "deferred before it was due, until today": ("2026-05-20", "2026-11-24", 0),
    "deferred from the day after the due day": ("2026-05-30", "2026-11-24", 0),
    "late by a day before it was deferred": ("2026-05-31", "2026-11-24", 40_00),
    "late after it": ("2026-05-20", "2026-11-23", 40_00),
}


@pytest.mark.parametrize("case", PAUSES)
def test_what_was_deferred_in_time_was_not_late(case):
    first, last, cents = PAUSES[case]
    span = (day(first), day(last))
    claim = Claim(100_00, day("2026-05-29"))
    assert lump_sum(TRADE.lump, RULE, claim, DAY, spans=[span], land="HH", law=packaged_law()).cents == cents


MARGINS = {  # 10,000.00; the base rate is -0.73 percent
    "8 points: due on 28 July 2014, 156 days of 7.27 percent": ("2014-07-28", 310_72),
    "9 points: due on 29 July 2014, 155 days of 8.27 percent": ("2014-07-29", 351_19),
}


@pytest.mark.parametrize("source", MARGINS)
def test_the_points_above_the_base_rate_are_those_of_the_due_day(source):
    """Art. 229 § 34 EGBGB: the obligation counts, not the day on which its interest begins."""
    due, cents = MARGINS[source]
    until = day("2014-12-31")
    assert accrue(RULE, Claim(10_000_00, day(due)), until).cents == cents
    assert Accruer(RULE, until).cents(10_000_00, day(due)) == cents


@pytest.mark.parametrize(("kind", "bears"), [("pacht", True), (None, True), ("verzugszinsen", False), ("cost", False)])
def test_only_payment_in_return_bears_a_lump_sum(kind, bears):
    assert TRADE.bears_lump(kind) is bears
    assert not profile("private").bears_lump(kind)


def trade(store, amount, number=1, *, person=None, **more):
    person = person or debtor(store, f"Firma {number}")
    values = {"profile": "private-trade", "claim_kind": "pacht", "due": "2026-06-01"} | more
    return item(store, amount, reference(store, number), person=person, **values)


def sides(store):
    sql = "SELECT claim_kind, main_item, amount_cents FROM item WHERE main_item IS NOT NULL ORDER BY main_item, claim_kind"
    return store.all(sql)


def accrued(store):
    with accrued_charges(store, DAY):
        found = list(accrued_rows(store))
        rows = [(one.item, one.kind, one.accrued_cents) for one in found]
        open_cents = sum({one.item: one.open_cents for one in found}.values())
        assert accrued_total(store) == (len({one[0] for one in rows}), sum(one[2] for one in rows))
        for by in GROUPS:
            sums = list(accrued_sums(store, by))
            assert sum(one.accrued_cents for one in sums) == sum(one[2] for one in rows)
            assert by == "kind" or sum(one.open_cents for one in sums) == open_cents
    return rows


def test_a_mahnung_demands_it_once_for_each_claim(kasse):
    firm = debtor(kasse, "Gartenbau GmbH")
    trade(kasse, "1.000,00", person=firm)
    trade(kasse, "50,00", 2, person=firm, due="2026-11-05")
    trade(kasse, "1.000,00", 3, person=firm, profile="private", claim_kind="miete")
    small = round(50_00 * 0.1052 * 19 / 365)
    assert accrued(kasse)[:2] == [(1, "verzugszinsen", INTEREST), (1, "verzugspauschale", 40_00)]
    made = propose(kasse, DAY)
    consumer = round(1_000_00 * (0.0627 * 29 + 0.0652 * 147) / 365)
    assert (made.letters, made.charge_cents, made.fee_cents) == (1, INTEREST + small + consumer, 80_00)
    release(act(kasse, "emil"), made.run, given_cents=made.sum_cents)
    assert sides(kasse) == [
        ("verzugspauschale", 1, 40_00), ("verzugszinsen", 1, INTEREST), ("verzugspauschale", 2, 40_00),
        ("verzugszinsen", 2, small), ("verzugszinsen", 3, consumer),
    ]  # fmt: skip
    assert accrued(act(kasse, "clara")) == []
    assert sound(kasse) == []


def test_a_run_that_was_taken_back_demanded_nothing(kasse):
    trade(kasse, "1.000,00")
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    undo(act(kasse, "emil"), made.run, reason="zu früh")
    assert propose(act(kasse, "clara"), DAY).fee_cents == 40_00
    assert sound(kasse) == []


def test_joint_debtors_owe_it_once(kasse):
    trade(kasse, "1.000,00")
    other = debtor(kasse, "Mitpächter")
    join_debtors(kasse, [("ORDNUNG", 1)], [other], "2026-01-01")
    made = propose(kasse, DAY)
    assert (made.letters, made.fee_cents) == (2, 40_00)
    release(act(kasse, "emil"), made.run)
    assert kasse.all("SELECT sum_cents, fee_cents FROM letter") == [(1_090_53, 40_00)] * 2, "§ 421 BGB"
    assert [row[0] for row in sides(kasse)] == ["verzugspauschale", "verzugszinsen"]


PAID_LATE = {  # 1,000.00 due on Monday, 1 June 2026
    "a day late: 28 cents and the lump sum": ("2026-06-02", 28, 40_00),
    "in time": ("2026-06-01", 0, 0),
}


@pytest.mark.parametrize("case", PAID_LATE)
def test_what_was_paid_too_late_bears_it_too(kasse, case):
    paid_on, interest, lump = PAID_LATE[case]
    trade(kasse, "1.000,00")
    staged(act(kasse, "clara"), "1.000,00", reference(kasse, 1), day=paid_on)
    post_staged(kasse)
    made = propose(kasse, DAY)
    assert (made.charge_cents, made.fee_cents) == (interest, lump)
    if lump:
        release(act(kasse, "emil"), made.run, given_cents=interest + lump)
        assert propose(act(kasse, "clara"), DAY).letters == 0, "not again"
    assert sound(kasse) == []


COSTS = {
    "12.50 of legal pursuit": ("rechtsverfolgungskosten", "12,50", 27_50),
    "72.00 of a lawyer (BGH, 18.01.2018, III ZR 174/17)": ("rechtsverfolgungskosten", "72,00", 0),
    "Mahnkosten": ("mahngebuehr", "5,00", 35_00),
    "a return is other damage": ("ruecklastschrift", "5,00", 40_00),
}


@pytest.mark.parametrize("case", COSTS)
def test_it_is_credited_against_costs_of_legal_pursuit(kasse, case):
    """§ 288 (5) sentence 3 BGB: of both together no more than the higher one is demanded."""
    kind, amount, left = COSTS[case]
    firm = debtor(kasse, "Gartenbau GmbH")
    main = trade(kasse, "1.000,00", person=firm)
    trade(kasse, amount, 2, person=firm, claim_kind=kind, main_item=main)
    assert propose(kasse, DAY).fee_cents == left


@pytest.mark.engines
def test_costs_that_an_order_took_off_are_no_costs(kasse):
    firm = debtor(kasse, "Gartenbau GmbH")
    main = trade(kasse, "1.000,00", person=firm)
    costs = {"profile": "private-trade", "claim_kind": "rechtsverfolgungskosten", "main_reference": reference(kasse, 1)}
    accepted(kasse, row("ORDNUNG receivable 72,00 Gartenbau GmbH", **costs))
    assert lump_demanded(kasse, ("ORDNUNG", main), TRADE.lump) == 72_00
    through(kasse, change(kasse, to_cents=1250)[0].number)
    assert lump_demanded(kasse, ("ORDNUNG", main), TRADE.lump) == 12_50
    through(kasse, change(kasse, to_cents=0)[0].number)
    assert lump_demanded(kasse, ("ORDNUNG", main), TRADE.lump) == 0
    assert lumps_demanded(kasse, packaged_law(), "2026-11-15") == {}, "the order came later"
    assert propose(act(kasse, "clara"), DAY).fee_cents == 40_00


AFTER = {  # costs ordered after the lump sum of 40.00, what of it is too much (BGH, 18.01.2018, III ZR 174/17)
    "less than it": ("rechtsverfolgungskosten", "12,50", 12_50),
    "more than it": ("rechtsverfolgungskosten", "72,00", 40_00),
    "a return is other damage": ("ruecklastschrift", "5,00", None),
}


@pytest.mark.engines
@pytest.mark.parametrize("case", AFTER)
def test_costs_that_come_after_it_are_named_until_it_is_taken_off(kasse, case):
    """§ 288 (5) sentence 3 BGB: it is credited against them, whichever was demanded first."""
    kind, amount, over = AFTER[case]
    firm = debtor(kasse, "Gartenbau GmbH")
    main = trade(kasse, "1.000,00", person=firm)
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    trade(kasse, amount, 2, person=firm, claim_kind=kind, main_item=main)
    lump = int(kasse.value("SELECT id FROM item WHERE claim_kind = 'verzugspauschale'"))
    found = [one for one in check(act(kasse, "clara"), DAY) if one.code == "relief.lump_credited"]
    said = [(one.fields["item"], one.fields["over_cents"]) for one in found]
    assert said == ([(f"ORDNUNG/{lump}", over)] if over else [])
    if over:
        made = propose_relief(act(kasse, "clara"), wish("absetzung", lump, cents=over))
        assert [one.code for one in check(kasse, DAY)] == []
        grant(act(kasse, "emil"), made.number)
        assert [one.code for one in check(act(kasse, "clara"), DAY)] == []
    assert sound(kasse) == []


@pytest.mark.engines
def test_costs_taken_over_and_taken_off_are_no_costs(store):
    law = {"profile": "private-trade", "claim_kind": "pacht"}
    main = opening("ORDNUNG receivable 100,00 Erika Musterfrau", reference="AZ-4711", **law)
    costs = opening("ORDNUNG receivable 72,00 Erika Musterfrau", main_reference="AZ-4711", **law)
    costs = costs._replace(claim_kind="rechtsverfolgungskosten", reference=None)
    sums = {"receivables": 17200, "payables": 0, "balances": 17200}
    take_over(store, main, costs, book=(*BANKS, "KASSE 3000 -12.500,00", "ORDNUNG 2410 172,00"), sums=sums)
    key = store.one("SELECT office, main_item FROM item WHERE main_item IS NOT NULL")
    assert lump_demanded(store, key, TRADE.lump) == 72_00
    side = int(store.value("SELECT id FROM item WHERE main_item IS NOT NULL"))
    act(store, "import")
    (made,) = take_off_taken_over(store, "ORDNUNG", side, reason="x", day="2026-11-16", to_cents=0, account="5400")
    through(store, made.number)
    assert lump_demanded(store, key, TRADE.lump) == 0


LETTERS = {
    "private-trade": ("§ 288 Abs. 2 BGB", "Pauschale nach § 288 Abs. 5 BGB, hier zusammen 40,00 EUR"),
    "private": ("gerichtlich geltend gemacht", "bis zum 24.11.2026 berechnet"),
}


@pytest.mark.parametrize("law", LETTERS)
def test_the_letter_names_the_norms(kasse, law):
    trade(kasse, "1.000,00", profile=law)
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    (printed,) = print_letters(kasse, [1], planned_on=DAY).letters
    blocks = printed.data()["blocks"]
    said = " ".join(line for part in blocks if part["block"] == "paragraph" for line in part["lines"])
    assert all(words in said for words in LETTERS[law])
    (table,) = [part for part in blocks if part["block"] == "grid"]
    named = [row[1] for row in table["rows"]]
    if law == "private":
        assert "288" not in said
        assert (table["head"][-2:], named) == (["Zinsen", "Zusammen"], ["Forderung", ""])
    else:
        assert table["head"][-3:] == ["Zinsen", "Kosten", "Zusammen"]
        assert named == ["Forderung", "Verzugspauschale (§ 288 Abs. 5 BGB)", ""]
        assert table["rows"][-1][-1] == "1.090,53"


def granted(store, wanted):
    made = propose_relief(act(store, "clara"), wanted)
    return grant(act(store, "emil"), made.number)


RELIEFS = {  # due day of 1,000.00, first day of the relief, what it demands of the time before
    "late since 2 June": ("2026-06-01", "2026-11-25", INTEREST + 40_00),
    "deferred before it was due": ("2026-11-30", "2026-11-24", 0),
}


@pytest.mark.parametrize("kind", ["stundung", "ratenplan"])
@pytest.mark.parametrize("case", RELIEFS)
def test_relief_demands_it_of_the_time_before(kasse, kind, case):
    due, first, cents = RELIEFS[case]
    claim = trade(kasse, "1.000,00", due=due)
    more = (
        {"last": day("2026-12-31")} if kind == "stundung" else {"schedule": Schedule(first=day("2026-12-15"), count=3)}
    )
    done = granted(kasse, wish(kind, claim, first=day(first), **more))
    assert done.late_cents == cents
    if cents:
        assert ("verzugspauschale", claim, 40_00) in sides(kasse)
        kasse.today = "2026-12-01"
        end(kasse, done.number, reason="zurück", **({"way": "failed"} if kind == "ratenplan" else {}))
        assert propose(act(kasse, "clara"), DAY).fee_cents == 0, "not again"
    assert sound(kasse) == []


def test_an_insolvency_files_it_with_the_claim(kasse):
    """§ 38 InsO: the claim arose with the default, before the opening."""
    firm = debtor(kasse, "Gartenbau GmbH")
    trade(kasse, "1.000,00", person=firm)
    done = granted(kasse, wish("insolvenz", first=DAY, party=firm))
    found = filing(kasse, done.number, DAY)
    assert found.cents("ordinary") == 1_000_00 + 50_24 + 40_00, "interest until the day before"


def test_money_pays_it_before_interest_and_the_claim():
    """§ 367 (1) BGB: it stands for costs."""
    kinds = ("pacht", "verzugszinsen", "verzugspauschale")
    claims = [Settled("BAU", at, 10_00, "2026-06-01", "private-trade", kind) for at, kind in enumerate(kinds, 1)]
    for orders in (None, {"private-trade": TRADE.settlement}):
        assert [one.claim_kind for one, _ in spread(claims, 30_00, orders)] == [*reversed(kinds)]
    assert packaged_orders()["private-trade"].norm == TRADE.settlement.norm
