"""Invariant 3: the statements of an account follow each other; what is missing is named, and gone when it comes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.continuity import chains
from ledger.bank.continuity_order import StatementLink
from ledger.bank.intake_joins import broken_join

IBAN = "DE02370400440000000024"


def link(text: str, number: int = 0, **more) -> StatementLink:
    """Build a statement from `16.11. #7 100 105`: day, electronic number (or -), opening, closing."""
    day, electronic, opening, closing = text.split()
    values = [None if one == "-" else int(one.lstrip("#")) for one in (electronic, opening, closing)]
    parts = day.strip(".").split(".")
    year = parts[2] if len(parts) == 3 else "2026"
    more = {"page": 1, "last_page": True, "sum_cents": 0 if None in values[1:] else values[2] - values[1]} | more
    return StatementLink(
        number, IBAN, more.pop("named", f"S{number}"), *values[:1], more.pop("page"), more.pop("last_page"),
        *values[1:], f"{year}-{parts[1]}-{parts[0]}", **more,
    )  # fmt: skip


def chain(*texts: str):
    (found,) = chains([link(text, number) for number, text in enumerate(texts)])
    return found


CHAINS = {
    "in order": (["16.11. #1 100 105", "17.11. #2 105 90"], [], "2026-11-17"),
    "read in another order": (["17.11. #2 105 90", "16.11. #1 100 105"], [], "2026-11-17"),
    "without numbers": (["16.11. - 100 105", "17.11. - 105 90"], [], "2026-11-17"),
    "the first known number is any": (["16.11. #230 100 105", "17.11. #231 105 90"], [], "2026-11-17"),
    "a number is missing": (["16.11. #1 100 105", "18.11. #3 107 110"], ["number_gap 2 2"], "2026-11-16"),
    "missing without a movement": (["16.11. #1 100 105", "18.11. #3 105 110"], ["number_gap 2 2"], "2026-11-16"),
    "several are missing": (["16.11. #1 100 105", "20.11. #5 1 2"], ["number_gap 2 4"], "2026-11-16"),
    "two gaps": (
        ["16.11. #1 1 2", "18.11. #3 3 4", "20.11. #5 5 6"],
        ["number_gap 2 2", "number_gap 4 4"],
        "2026-11-16",
    ),
    "balances differ": (["16.11. #1 100 105", "17.11. #2 106 110"], ["chain_break"], "2026-11-16"),
    "balances differ without numbers": (["16.11. - 100 105", "17.11. - 106 110"], ["chain_break"], "2026-11-16"),
    "numbers begin anew with the year": (
        ["30.12. #250 1 2", "31.12. #251 2 3", "04.01.2027 #1 3 4"],
        [],
        "2027-01-04",
    ),
    "numbers go on over the year": (["31.12. #251 2 3", "04.01.2027 #252 3 4"], [], "2027-01-04"),
    "numbers go on over the year, balances do not": (
        ["31.12. #251 2 3", "04.01.2027 #252 5 6", "05.01.2027 #253 6 7"],
        ["chain_break"],
        "2026-12-31",
    ),
    "what is missing later explains no other balance at the turn of the year": (
        ["31.12. #251 2 3", "04.01.2027 #252 5 6", "06.01.2027 #254 9 7"],
        ["chain_break", "number_gap 253 253"],
        "2026-12-31",
    ),
    "the first of the year is missing": (
        ["31.12. #251 2 3", "05.01.2027 #2 4 5"],
        ["number_gap 1 1"],
        "2026-12-31",
    ),
    "several of a day": (["16.11. - 100 105", "16.11. - 105 90", "16.11. - 90 91"], [], "2026-11-16"),
    "several of a day in another order": (["16.11. - 90 91", "16.11. - 100 105", "16.11. - 105 90"], [], "2026-11-16"),
    "a part of a day is missing": (
        ["13.11. - 90 100", "16.11. - 100 105", "16.11. - 107 110"],
        ["chain_break"],
        "2026-11-13",
    ),
    "one balance is enough": (["16.11. - 100 105", "17.11. - - 105", "18.11. - 105 110"], [], "2026-11-18"),
    "no balance at all": (["16.11. #1 100 105", "17.11. #2 - -", "18.11. #3 105 110"], ["no_balance"], "2026-11-16"),
    "nothing is proven by a first one without balances": (["16.11. #1 - -"], ["no_balance"], None),
}


SKIPPED = {
    "the number was never given": ("16.11. #1 100 105", "18.11. #3 105 110", {2}, [], "2026-11-18"),
    "only one of two was never given": ("16.11. #1 1 2", "18.11. #4 2 3", {2}, ["number_gap 3 3"], "2026-11-16"),
    "the other of two was never given": ("16.11. #1 1 2", "18.11. #4 2 3", {3}, ["number_gap 2 2"], "2026-11-16"),
    "the first of a year was never given": ("30.12. #9 1 2", "04.01.2027 #2 2 3", {1}, [], "2027-01-04"),
    "balances that differ are seen though": ("16.11. #1 1 2", "18.11. #3 5 6", {2}, ["chain_break"], "2026-11-16"),
    "numbers to come are none yet": ("16.11. #1 1 2", "17.11. #2 2 3", {3, 9}, [], "2026-11-17"),
    "those of another year are others": ("30.12. #1 1 2", "31.12. #3 2 3", {}, ["number_gap 2 2"], "2026-12-30"),
}


@pytest.mark.parametrize(("one", "other", "numbers", "codes", "until"), SKIPPED.values(), ids=SKIPPED)
def test_a_number_that_the_bank_never_gave_is_no_gap(one, other, numbers, codes, until):
    year = "2027" if "2027" in other else "2026"
    skips = {("camt.053", year): frozenset(numbers), ("camt.053", "2025"): frozenset({2}), ("MT940", year): {2}}
    (found,) = chains([link(one, 1), link(other, 2)], skips={IBAN: skips})
    said = [" ".join([f.code.split(".")[1], *(str(f.fields[n]) for n in ("first", "last") if n in f.fields)])
            for f in found.findings]  # fmt: skip
    assert (said, found.complete_until) == (codes, until)


@pytest.mark.parametrize(("texts", "codes", "until"), CHAINS.values(), ids=CHAINS)
def test_gaps_and_breaks(texts, codes, until):
    found = chain(*texts)
    named = [
        " ".join(
            [
                finding.code.removeprefix("statement."),
                *(str(finding.fields[key]) for key in ("first", "last") if key in finding.fields),
            ]
        )
        for finding in found.findings
    ]
    assert (named, found.complete_until) == (codes, until)


def test_the_closing_balance_of_a_day_is_that_of_its_last_statement_in_the_chain():
    found = chain("16.11. - 105 90", "16.11. - 100 105", "17.11. - 90 -", "18.11. - 90 91")
    assert found.closings == {"2026-11-16": 90, "2026-11-17": 90, "2026-11-18": 91}


def test_a_statement_that_adds_nothing_breaks_nothing_but_fills_its_number():
    found = chains(
        [
            link("16.11. #1 100 105"),
            link("17.11. #2 105 107", 1, part=True),
            link("17.11. #3 105 110", 2),
            link("18.11. #4 110 111", 3),
        ]
    )
    assert (found[0].findings, found[0].complete_until) == ((), "2026-11-18")


PAGES = {
    "all": ([1, 2, 3], True, None),
    "the last is missing": ([1, 2], False, "1, 2"),
    "the first is missing": ([2, 3], True, "2, 3"),
    "one between is missing": ([1, 3], True, "1, 3"),
}


@pytest.mark.parametrize(("numbers", "last", "missing"), PAGES.values(), ids=PAGES)
def test_pages(numbers, last, missing):
    pages = [
        link(f"17.11. #2 {105 if page == 1 else '-'} {110 if page == 3 else '-'}", page, named="P", page=page,
             last_page=last and page == numbers[-1], sum_cents=0)
        for page in numbers
    ]  # fmt: skip
    (found,) = chains([link("16.11. #1 100 105"), *pages, link("18.11. #3 110 111", 9)])
    assert [finding.fields.get("pages") for finding in found.findings if "pages" in finding.fields] == (
        [missing] if missing else []
    )
    assert found.complete_until == ("2026-11-16" if missing else "2026-11-18")


@given(st.lists(st.integers(-2, 2), min_size=1, max_size=12), st.data())
def test_a_chain_without_gaps_is_found_in_any_order_and_each_loss_is_noticed(moves, data):
    """Numbers tell every missing statement but the first and last ones, even where balances agree by chance."""
    texts, balance = [], 0
    for number, move in enumerate(moves, 1):
        texts.append(f"{10 + number // 2:02}.11. #{number} {balance} {balance + move}")
        balance += move
    shuffled = data.draw(st.permutations(texts))
    assert chain(*shuffled).findings == ()
    if len(texts) > 2:
        lost = data.draw(st.sampled_from(texts[1:-1]))
        found = chain(*(text for text in shuffled if text != lost))
        assert [finding.code for finding in found.findings] == ["statement.number_gap"]
        assert found.complete_until is None or found.complete_until <= f"2026-11-{lost[:2]}"


def test_accounts_have_chains_of_their_own():
    other = StatementLink(9, "DE75512108001245126199", "S9", 4, 1, True, 7, 8, "2026-11-16", 1)
    found = chains([link("16.11. #1 100 105"), other, link("17.11. #2 105 110", 1)])
    assert [(one.iban, one.statements, one.findings) for one in found] == [(IBAN, 2, ()), (other.iban, 1, ())]


JOINS = {
    "a longer issue of the older day": (["16.11. - 100 105", "17.11. - 105 90"], "16.11. - 100 106", "S0"),
    "a further piece of the older day": (["16.11. - 100 105", "17.11. - 105 90"], "16.11. - 105 106", ""),
    "something before the older day's end": (["16.11. - 100 105", "17.11. - 105 90"], "17.11. - 104 90", "S1"),
    "a number says that something is missing": (["16.11. #1 100 105", "18.11. #3 105 9"], "16.11. #1 100 106", "S0"),
    "the missing day comes": (["16.11. - 100 105", "18.11. - 107 90"], "17.11. - 105 107", ""),
    "what did not fit before": (["16.11. - 100 105", "18.11. - 107 90"], "17.11. - 105 106", ""),
    "nothing behind it": (["16.11. - 100 105"], "16.11. - 100 106", "S0"),
    "bookings in a circle": (["16.11. - 102 100", "17.11. - 100 102"], "16.11. - 100 102", ""),
    "a balance told in the middle of the day": (["16.11. - 102 102", "17.11. - 105 106"], "16.11. - 100 105", ""),
}
BROKEN = {
    "a longer issue of the older day": (106, 105),
    "a further piece of the older day": (106, 105),
    "something before the older day's end": (105, 104),
}


@pytest.mark.parametrize(("known", "new", "part"), JOINS.values(), ids=JOINS)
def test_a_join_that_fitted_stays(known, new, part, request):
    """What contradicts the balance with which a later statement begins is refused; what fills a gap is not."""
    before = [link(text, number) for number, text in enumerate(known)]
    after = [replace(one, part=one.statement_id == part) for one in before]
    broken = broken_join(before, [*after, link(new, 9)])
    wanted = BROKEN.get(request.node.callspec.id)
    found = broken and (broken.fields["closing_cents"], broken.fields["opening_cents"])
    assert found == wanted
