"""Entries made by hand: all or none, balanced over offices, refused where something else explains an account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.chart import CASH_ROLES
from ledger.book.dimensions import (
    DimensionFormError,
    DimensionRow,
    Lists,
    Span,
    UnknownDimensionError,
    canonical,
    of_cost_object,
    parse_canonical,
    parse_dimension,
)
from ledger.book.dimensions_store import RefusedDimensionsError, close_value, coded, list_values, take_values
from ledger.book.journal import parse_entry_number
from ledger.book.journal_store import show_entry
from ledger.book.manual import ManualEntry, ManualLine
from ledger.book.manual_errors import KEPT, RefusedEntriesError
from ledger.book.manual_store import ManualFile, document_of, post_manual
from ledger.book.reversal_store import reverse
from ledger.book.store import account_with_role
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, add_user
from ledger.reports.balances_store import dimension_balance
from sepa.errors import KasseError
from tests.books import act

DAY = "2026-11-16"


def made(*lines, key="1", day=DAY, text="Porto umgebucht", document="Vermerk 1", **more):
    """Build an entry from lines like `BAU:6100 12,50 kostenstelle=4711`."""
    from sepa.money import parse_amount

    found = []
    for line in lines:
        target, amount, *dimensions = line.split()
        office, _, account = target.rpartition(":")
        given = dict(one.split("=") for one in dimensions)
        found.append(ManualLine(office or "KASSE", account, parse_amount(amount), given))
    return ManualEntry(key, day, text, document, tuple(found), **more)


def posted(store, *entries, **more):
    act(store, "clara")
    return post_manual(store, entries, today=more.pop("today", "2026-11-17"), **more)


def codes(store, *entries, **more):
    with pytest.raises(RefusedEntriesError) as refused:
        posted(store, *entries, **more)
    return [finding.code for finding in refused.value.findings]


def test_an_entry_of_one_office(store):
    done = posted(store, made("6100 12,50 kostenstelle=4711", "5900 -12,50"))
    assert [(one.number, one.others, one.amount_cents) for one in done.entries] == [("KASSE-2026-1", (), 1250)]
    detail = show_entry(store, parse_entry_number("KASSE-2026-1"))
    assert (detail.line.kind, detail.line.text, detail.line.transaction) == ("manual", "Porto umgebucht", None)
    assert [p.dimensions for p in detail.postings] == ["kostenstelle=4711", None]
    assert document_of(store, detail.line.source) == "Vermerk 1"
    assert verify(store).findings == ()


def test_an_entry_over_three_offices_balances_in_each(store):
    done = posted(store, made("BAU:6100 10", "ORDNUNG:6100 5", "KASSE:5900 -15"))
    assert (done.entries[0].number, done.entries[0].others) == ("BAU-2026-1", ("KASSE-2026-1", "ORDNUNG-2026-1"))
    lines = show_entry(store, parse_entry_number("BAU-2026-1")).postings
    found = {(p.number.split("-")[0], p.account): p.amount_cents for p in lines}
    assert found["BAU", "2690.KASSE"] == -1500
    assert found["BAU", "2690.ORDNUNG"] == 500
    assert sum(found.values()) == 0
    assert verify(store).findings == ()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (made("6100 1", "5900 -2"), ["journal.unbalanced"]),
        (made("6100 1"), ["journal.lines"]),
        (made("6100 0", "5900 0"), ["journal.amount", "journal.amount"]),
        (made("6100 1", "5900 -1", text=" "), ["journal.text"]),
        (made("6100 1", "5900 -1", document=""), ["journal.document"]),
        (made("6100 1", "5900 -1", document="x" * 141), ["journal.document_long"]),
        (made("6100 1", "5900 -1", text="x" * 501), ["journal.text_long"]),
        (made("6100 1", "5900 -1", day="2026-11-18"), ["journal.future"]),
        (made("6100 1", "5900 -1", day="2025-12-31"), ["journal.not_yet_open"] * 2),
        (made("ZOO:6100 1", "5900 -1"), ["office.unknown"]),
        (made("9999 1", "5900 -1"), ["account.unknown"]),
        (made("6100 1 produkt=a;b", "5900 -1"), ["dimension.form"]),
        (made("6100 1 haushaltsjahr=26", "5900 -1"), ["dimension.form"]),
    ],
    ids=range(13),
)
def test_what_is_wrong_is_named_and_nothing_is_posted(store, entry, expected):
    good = made("6100 1", "5900 -1", key="good", document="Vermerk 2")
    assert codes(store, good, entry) == expected
    assert store.value("SELECT count(*) FROM entry") == 0
    assert store.value("SELECT count(*) FROM voucher") == 0


@pytest.mark.parametrize("role", sorted(KEPT))
def test_accounts_that_something_else_explains_are_refused_with_the_way_out(store, role):
    if role in CASH_ROLES:  # opened with the first desk
        with store.unit(["KASSE"]):
            store.insert_one(
                "account", office="KASSE", number="2990", name=role, kind="asset", role=role, opened_on="2026-01-01"
            )
    account = account_with_role(store, "KASSE", role)
    act(store, "clara")
    with pytest.raises(RefusedEntriesError) as refused:
        post_manual(store, [made(f"{account} 1", "5900 -1")], today=DAY)
    (finding,) = refused.value.findings
    assert isinstance(finding, KEPT[role])
    assert finding.hint != KEPT[role].__mro__[1].hint


def test_closed_days_and_closed_accounts_are_refused(store):
    with store.unit(["KASSE"]):
        store.execute("UPDATE account SET closed_on = '2026-11-01' WHERE number = '6100' AND office = 'KASSE'")
        store.insert_one(
            "closing", kind="day", period="2026-11-15", year=2026, number=1, last_day="2026-11-15", closed_by=1,
            closed_at=store.now, book_head=b"x", heads="", protocol="{}",
        )  # fmt: skip
    assert codes(store, made("6100 1", "5900 -1")) == ["account.closed"]
    assert codes(store, made("6200 1", "5900 -1", day="2026-11-15")) == ["period.closed"]


def test_the_same_entry_is_not_posted_twice_unless_meant(store):
    entry = made("6100 1", "5900 -1")
    posted(store, entry)
    assert codes(store, entry) == ["journal.again"]
    assert codes(store, made("6200 1", "5900 -1"), made("6200 1", "5900 -1", key="2")) == ["journal.again"]
    assert posted(store, made("6100 1", "5900 -1", document="Vermerk 2")).new
    assert posted(store, entry, again=True).entries[0].number == "KASSE-2026-3"
    for number in ("KASSE-2026-1", "KASSE-2026-3"):
        reverse(store, parse_entry_number(number), reason="falsch", day=DAY)
    assert posted(store, entry).new


def test_a_file_is_posted_once(store):
    file = ManualFile("buchungen.csv", "ab" * 32, 17)
    assert posted(store, made("6100 1", "5900 -1"), file=file).new
    again = posted(store, made("6100 1", "5900 -1"), file=file)
    assert (again.new, again.entries) == (False, ())
    assert store.value("SELECT count(*) FROM entry") == 1


def test_every_office_of_an_entry_needs_the_right(store):
    with store.unit(["KASSE"]):
        add_user(store, "gerda", [("BAU", "clerk")])
    act(store, "gerda")
    assert post_manual(store, [made("BAU:6100 1", "BAU:5900 -1")], today=DAY).new
    with pytest.raises(NotAllowedError):
        post_manual(store, [made("BAU:6100 1", "KASSE:5900 -1")], today=DAY)
    act(store, "anna")
    with pytest.raises(NotAllowedError):
        post_manual(store, [made("6100 1", "5900 -1")], today=DAY)


def test_each_entry_is_an_event_with_its_document_outside_the_chain(store):
    posted(store, made("6100 1", "5900 -1"), made("6100 2", "5900 -2", key="2"))
    rows = store.all("SELECT object, facts FROM event WHERE action = 'journal.post' ORDER BY position")
    assert [row[0] for row in rows] == ["entry:KASSE-2026-1", "entry:KASSE-2026-2"]
    assert "Vermerk" not in "".join(row[1] for row in rows)


@pytest.fixture
def lists(store):
    values = [("kostenstelle", "4711", "BAU"), ("kostenstelle", "1000", ""), ("produkt", "12.6", "")]
    act(store, "root")
    take_values(store, [DimensionRow(d, v, "Name", o) for d, v, o in values], day="2026-01-01")
    close_value(store, "produkt", "12.6", day="2026-11-16")
    return store


@pytest.mark.parametrize(
    ("line", "day", "expected"),
    [
        ("BAU:6100 1 kostenstelle=4711", DAY, None),
        ("BAU:6100 1 kostenstelle=1000", DAY, None),
        ("KASSE:6100 1 kostenstelle=4711", DAY, "dimension.value"),
        ("BAU:6100 1 kostenstelle=4712", DAY, "dimension.value"),
        ("BAU:6100 1 produkt=12.6", "2026-11-15", None),
        ("BAU:6100 1 produkt=12.6", DAY, "dimension.closed"),
        ("BAU:6100 1 haushaltsjahr=2031", DAY, None),
    ],
    ids=range(7),
)
def test_dimensions_are_checked_against_the_lists_that_are_kept(lists, line, day, expected):
    office = line.partition(":")[0]
    entry = made(line, f"{office}:5900 -1", day=day)
    if expected:
        assert codes(lists, entry) == [expected]
    else:
        assert posted(lists, entry).new


def test_lists_of_dimensions_are_taken_whole_and_once(lists):
    rows = [DimensionRow("kostenstelle", "1000", "Neuer Name"), DimensionRow("haushaltsjahr", "2027", "Haushalt 2027")]
    done = take_values(lists, rows, day=DAY)
    assert (done.added, done.renamed, done.unchanged) == (1, 1, 0)
    done = take_values(lists, rows, day=DAY)
    assert (done.added, done.renamed, done.unchanged) == (0, 0, 2)
    bad = [
        DimensionRow("produkt", "1", "Eins"),
        DimensionRow("haushaltsjahr", "27", "?"),
        DimensionRow("produkt", "2", "", "ZOO"),
    ]
    with pytest.raises(RefusedDimensionsError) as refused:
        take_values(lists, bad, day=DAY)
    assert [f.code for f in refused.value.findings] == ["dimension.form", "office.unknown"]
    assert [line.value for line in list_values(lists, DAY, dimension="produkt")] == []
    assert not close_value(lists, "produkt", "12.6", day="2026-11-16")
    act(lists, "clara")
    with pytest.raises(NotAllowedError):
        take_values(lists, rows, day=DAY)


@pytest.mark.parametrize(
    ("text", "error"),
    [("4711", DimensionFormError), ("farbe=rot", UnknownDimensionError), ("produkt=", DimensionFormError)],
)
def test_dimensions_are_read_as_they_are_written(text, error):
    with pytest.raises(error):
        parse_dimension(text)


VALUES = st.text(st.characters(blacklist_characters=";=", blacklist_categories=("C", "Z")), min_size=1, max_size=9)


@given(st.dictionaries(st.sampled_from(["kostenstelle", "produkt"]), VALUES))
def test_what_postings_keep_is_read_back(values):
    assert parse_canonical(canonical(values)) == values
    text = canonical(values)
    assert of_cost_object(text) == text


def test_a_value_counts_from_its_first_day_to_the_day_it_is_closed():
    lists = Lists({("produkt", "1", ""): Span("2026-02-01", "2026-03-01")})
    found = {
        day: [f.code for f in lists.check_value("BAU", day, "produkt", "1")]
        for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    }
    assert found == {
        "2026-01-31": ["dimension.closed"],
        "2026-02-01": [],
        "2026-02-28": [],
        "2026-03-01": ["dimension.closed"],
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (None, None),
        ("1000", "1000"),
        ("kostenstelle=1000", "kostenstelle=1000"),
        ("haushaltsjahr=2026;kostenstelle=1000", "haushaltsjahr=2026;kostenstelle=1000"),
        ("kostenstelle=1000;haushaltsjahr=2026", "haushaltsjahr=2026;kostenstelle=1000"),
    ],
    ids=range(5),
)
def test_a_cost_object_is_kept_in_one_form(lists, text, kept):
    assert coded(lists, "BAU", DAY, text) == kept


@pytest.mark.parametrize("text", ["9999", "produkt=12.6", "farbe=rot", "kostenstelle=1000;"])
def test_a_cost_object_that_is_not_listed_is_refused(lists, text):
    with pytest.raises(KasseError):
        coded(lists, "BAU", DAY, text)


def test_reports_show_what_one_value_left_on_the_accounts(store):
    posted(store, made("BAU:6100 10 kostenstelle=4711", "BAU:6200 3 kostenstelle=47", "BAU:5900 -13"))
    posted(
        store,
        made("BAU:6100 5 kostenstelle=4711 produkt=1", "BAU:5900 -5", document="2"),
        made("KASSE:6100 1 produkt=1", "KASSE:5900 -1 kostenstelle=4711", document="3"),
    )
    found = dimension_balance(store, DAY, "kostenstelle", "4711")
    assert [(a.office, a.number, a.balance_cents) for a in found.accounts] == [
        ("BAU", "6100", 1500),
        ("KASSE", "5900", -100),
    ]
    assert found.sum_cents == 1400
    assert [a.office for a in dimension_balance(store, DAY, "produkt", "1", office="KASSE").accounts] == ["KASSE"]
    assert dimension_balance(store, "2026-11-15", "produkt", "1").accounts == ()
    assert dimension_balance(store, DAY, "produkt", "%").accounts == ()
