"""Charts and accounts: what a chart must have, how accounts open and close, offices that join later."""

import itertools

import pytest

from ledger.book.accounts import (
    AccountBalanceError,
    AccountClosedError,
    AccountCodedError,
    AccountExistsError,
    AccountItemsError,
    AccountLaterError,
    AccountOfBankError,
    NeededAccountError,
)
from ledger.book.accounts_close_store import close_account
from ledger.book.accounts_store import accounts_of, add_account, import_chart, list_accounts, rename_account
from ledger.book.chart import BANK, ROLE_WORDS, ROLES, VERRECHNUNG, ChartRow, chart_of, load_chart, toml_rows
from ledger.book.chart_rules import RefusedChartError, check_chart
from ledger.book.creation import InvalidOfficeError
from ledger.book.entry import ClosedAccountError, Posting, UnknownAccountError
from ledger.book.offices_add_store import OfficeExistsError, OfficeNameError, add_office, list_offices
from ledger.book.store import office_codes, post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError
from tests.books import act, entry
from tests.ledger.bank_days import claim

DAY = "2026-11-16"


def rows(*extra):
    return [ChartRow(a.number, a.name, a.kind, a.role) for a in load_chart().accounts] + list(extra)


def test_the_packaged_chart_is_sound_and_every_role_has_its_words():
    chart = load_chart()
    again = [ChartRow(a.number, a.name, a.kind, a.role) for a in chart.accounts]
    assert check_chart(again, whole=True) == []
    assert {account.role for account in chart.accounts if account.role} <= set(ROLES)
    assert set(ROLES) | {BANK, VERRECHNUNG} == set(ROLE_WORDS)
    assert chart.defaults == {"receivable": "5100", "payable": "6100"}
    assert chart.profiles["fine"] == "5300"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ChartRow("", "Leer", "expense"), "chart.number"),
        (ChartRow("61 00", "Lücke", "expense"), "chart.number"),
        (ChartRow("2801", "Bank", "asset"), "chart.reserved"),
        (ChartRow("2690.BAU", "Zwischen", "asset"), "chart.reserved"),
        (ChartRow("6110", " ", "expense"), "chart.name"),
        (ChartRow("6110", "x" * 81, "expense"), "chart.name"),
        (ChartRow("6110", "a\nb", "expense"), "chart.name"),
        (ChartRow("6110", "Papier", "cost"), "chart.kind"),
        (ChartRow("6110", "Papier", "expense", "paper"), "chart.role"),
        (ChartRow("6110", "Papier", "expense", "suspense"), "chart.role_kind"),
        (ChartRow("6100", "Noch einmal", "expense"), "chart.duplicate"),
        (ChartRow("4830", "Verwahrung", "liability", "suspense", ("fee",)), "chart.default"),
        (ChartRow("6110", "Papier", "expense", None, ("Gebühr!",)), "chart.default"),
    ],
)
def test_what_is_wrong_with_a_row_is_named(row, code):
    assert code in [finding.code for finding in check_chart(rows(row), whole=True)]


@pytest.mark.parametrize("role", [role for role, known in ROLES.items() if known.needed])
def test_a_chart_without_a_needed_role_is_refused(role):
    left = [row for row in rows() if row.role != role]
    found = check_chart(left, whole=True)
    assert [(finding.code, finding.fields["role"]) for finding in found] == [("chart.role_missing", role)]


def test_a_chart_in_toml_names_where_orders_go():
    text = '[defaults]\npayable = "61"\n[profiles]\nfee = "51"\nghost = "99"\n'
    text += '[[account]]\nnumber = "61"\nname = "Sachaufwand"\nkind = "expense"\n'
    text += '[[account]]\nnumber = 51\nname = "Gebühren"\nkind = "income"\n'
    found = toml_rows(text)
    assert [(row.number, row.coded) for row in found] == [("61", ("payable",)), ("51", ("fee",)), ("99", ("ghost",))]
    assert {finding.code for finding in check_chart(found, whole=False)} >= {"chart.default", "chart.kind"}
    assert chart_of(found[:2]).profiles == {"fee": "51"}


def test_accounts_open_rename_and_close_with_dates(store):
    done = add_account(store, ChartRow("6110", "Papier", "expense"), day=DAY)
    assert [(c.office, c.change) for c in done.changes] == [("BAU", "added"), ("KASSE", "added"), ("ORDNUNG", "added")]
    assert add_account(store, ChartRow("6110", "Papier", "expense"), day=DAY).changes == ()
    with pytest.raises(AccountExistsError):
        add_account(store, ChartRow("6110", "Toner", "expense"), day=DAY)
    assert [c.before for c in rename_account(store, "6110", "Toner", day=DAY, office="BAU").changes] == ["Papier"]
    assert rename_account(store, "6110", "Toner", day=DAY, office="BAU").changes == ()
    assert len(close_account(store, "6110", day="2026-12-01").changes) == 3
    assert close_account(store, "6110", day="2026-12-01").changes == ()
    with pytest.raises(AccountClosedError):
        close_account(store, "6110", day="2026-12-02")
    assert accounts_of(store, "BAU")["6110"].closed_on == "2026-12-01"
    assert "6110" in {line.number for line in list_accounts(store, "2026-11-30")}
    assert "6110" not in {line.number for line in list_accounts(store, "2026-12-01")}
    with store.unit(["BAU"]):
        post(store, [entry("6110 1", "5900 -1", day="2026-11-30", office="BAU")])
    with pytest.raises(ClosedAccountError), store.unit(["BAU"]):
        post(store, [entry("6110 1", "5900 -1", day="2026-12-01", office="BAU")])
    actions = [a for (a,) in store.rows("SELECT action FROM event WHERE object = 'account:6110' ORDER BY at, position")]
    assert set(actions) == {"account.added", "account.renamed", "account.closed"}
    assert verify(store).findings == ()


def test_only_who_keeps_the_chart_changes_it(store):
    act(store, "clara")
    with pytest.raises(NotAllowedError):
        add_account(store, ChartRow("6110", "Papier", "expense"), day=DAY)
    with pytest.raises(NotAllowedError):
        import_chart(store, rows(), day=DAY)
    with pytest.raises(NotAllowedError):
        add_office(store, "SCHULE", "Schulamt", day=DAY)
    assert "6110" not in accounts_of(store, "KASSE")


def filled(store):
    claim(store, "12,00", DAY, "BAU", "payable")
    with store.unit(["BAU", "KASSE"]):
        post(store, [entry("6200 3", "3000 -3", day=DAY, office="BAU")])
        post(
            store,
            across(
                "KASSE",
                {"KASSE": [Posting("6100", 5)], "BAU": [Posting("5900", -5)]},
                kind="transfer",
                posting_day=DAY,
                group=1,
            ),
        )
    return store


@pytest.mark.parametrize(
    ("number", "day", "error"),
    [
        ("9999", "2026-12-01", UnknownAccountError),
        ("2800", "2026-12-01", UnknownAccountError),
        ("2690.KASSE", "2026-12-01", AccountOfBankError),
        ("5100", "2026-12-01", AccountCodedError),
        ("4800", "2026-12-01", NeededAccountError),
        ("4400", "2026-12-01", AccountItemsError),
        ("3000", DAY, AccountLaterError),
        ("3000", "2026-12-01", AccountBalanceError),
        ("6200", "2026-12-01", AccountBalanceError),
    ],
)
def test_what_is_still_needed_is_not_closed(store, number, day, error):
    add_account(store, ChartRow("4405", "Weitere Verbindlichkeiten", "liability", "payable"), day="2026-01-01")
    filled(store)
    with pytest.raises(error):
        close_account(store, number, day=day, office="BAU")


def test_income_and_expense_close_with_the_year(store):
    filled(store)
    assert close_account(store, "6200", day="2027-01-01", office="BAU").changes[0].change == "closed"


def test_a_chart_is_imported_whole_or_not_at_all(store):
    filled(store)
    other = [
        *(row for row in rows() if row.number not in ("6200", "5900")),
        ChartRow("6200", "Personal", "expense", None, ("payable",)),
        ChartRow("5950.1", "Rundung", "income"),
    ]
    done = import_chart(store, other, day=DAY)
    assert {(c.number, c.change) for c in done.changes} == {("6200", "renamed"), ("5950.1", "added")}
    assert done.others == 3
    assert store.value("SELECT value FROM setting WHERE key = :key", key="default_account:payable") == "6200"
    assert import_chart(store, other, day=DAY).changes == ()
    posted_on = [ChartRow("6200", "Personal", "income"), ChartRow("6210", "Neu", "expense")]
    with pytest.raises(RefusedChartError) as refused:
        import_chart(store, posted_on, day=DAY)
    assert [finding.code for finding in refused.value.findings] == ["account.protected"]
    assert "6210" not in accounts_of(store, "KASSE")


def test_control_accounts_that_were_posted_on_keep_their_role(store):
    filled(store)
    for role in (None, "suspense"):
        with pytest.raises(RefusedChartError) as refused:
            import_chart(store, [ChartRow("4400", "Verbindlichkeiten", "liability", role)], day=DAY, office="BAU")
        assert {f.code for f in refused.value.findings} == {"account.protected", "chart.role_missing"}
    fresh = [ChartRow("4820", "Durchlaufend", "liability", None)]
    assert {c.change for c in import_chart(store, fresh, day=DAY).changes} == {"changed"}
    assert verify(store).findings == ()


def test_an_office_joins_later_and_settles_with_all_others(store):
    done = add_office(store, "SCHULE", "Schulamt", day=DAY)
    assert (done.new, done.pairs) == (True, 3)
    assert not add_office(store, "SCHULE", "Schulamt", day=DAY).new
    with pytest.raises(OfficeExistsError):
        add_office(store, "SCHULE", "Andere", day=DAY)
    with pytest.raises(OfficeNameError):
        add_office(store, "KITA", " ", day=DAY)
    with pytest.raises(InvalidOfficeError):
        add_office(store, "KITA-1", "Kita", day=DAY)
    for lead, other in itertools.permutations(office_codes(store), 2):
        with store.unit([lead, other]):
            lines = {lead: [Posting("6100", 7)], other: [Posting("5900", -7)]}
            post(store, across(lead, lines, kind="transfer", posting_day=DAY, group=1))
    assert sum(office.between_cents for office in list_offices(store)) == 0
    assert {office.code: office.entries for office in list_offices(store)}["SCHULE"] == 6
    kasse = {n for n, a in accounts_of(store, "KASSE").items() if a.role not in (BANK, VERRECHNUNG)}
    assert {n for n, a in accounts_of(store, "SCHULE").items() if a.role != VERRECHNUNG} == kasse
    assert verify(store).findings == ()
