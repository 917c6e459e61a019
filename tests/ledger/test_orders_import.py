"""Lists of orders into the book: whole or absent, once, with parties, references and codings."""

import pytest

from ledger.items.kassenzeichen import active_schemes
from ledger.items.order_decisions import Choice, UnknownBatchError, UnknownOrderError
from ledger.items.order_import_store import NothingToImportError, RefusedListError
from ledger.items.order_steps_store import decide
from ledger.items.orders_reader import list_orders, show_order
from ledger.people.users import NotAllowedError
from sepa.errors import Place
from tests.books import act
from tests.ledger.order_lists import DAY, IBAN, accepted, codes, row, take

CLAIM, DEBT = row("ORDNUNG receivable 125,50 Erika Musterfrau"), row("BAU payable 89,00 Papierhaus", reference="RE 17")
TABLES = (
    "cash_order",
    "cash_order_line",
    "order_step",
    "order_batch",
    "party",
    "party_account",
    "source_file",
    "event",
)


def counts(store):
    return {table: store.value(f"SELECT count(*) FROM {table}") for table in TABLES}


def number(store, count):
    return next(scheme for scheme in active_schemes(store) if scheme.issues).number(count)


def refused(store, *rows, **wishes):
    before = counts(store)
    with pytest.raises(RefusedListError) as error:
        take(store, *rows, **wishes)
    assert counts(store) == before
    return error.value.findings


def test_a_list_becomes_a_batch_of_created_orders(store):
    done = take(store, CLAIM, DEBT)
    assert (done.batch, done.new, done.orders, done.total_cents) == (1, True, 2, 21450)
    assert (done.receivable_cents, done.payable_cents) == (12550, 8900)
    debt, claim = list_orders(store, batch=1)
    assert (claim.number, claim.state, claim.kind, claim.amount_cents) == ("ORDNUNG-1", "created", "receivable", 12550)
    assert (debt.number, debt.reference, debt.bank_account) == ("BAU-1", "RE 17", IBAN)
    assert claim.reference == number(store, 1)


def test_the_creator_and_what_was_seen_are_kept(store):
    take(store, CLAIM, CLAIM._replace(name="Max"))
    step = show_order(store, "ORDNUNG", 2).steps[0]
    assert (step.step, step.by, step.seen_count, step.seen_cents) == ("created", "import", 2, 25100)


def test_importing_posts_nothing(store):
    take(store, CLAIM)
    assert store.value("SELECT count(*) FROM entry") == 0
    assert store.value("SELECT count(*) FROM item") == 0


def test_the_same_file_again_brings_nothing_new(store):
    first = take(store, CLAIM)
    before = counts(store)
    again = take(store, CLAIM)
    assert (again.new, again.batch, again.orders, again.total_cents) == (False, first.batch, 1, 12550)
    assert counts(store) == before


def test_a_dry_run_checks_and_changes_nothing(store):
    before = counts(store)
    done = take(store, CLAIM, DEBT, dry_run=True)
    assert (done.batch, done.orders, done.total_cents) == (None, 2, 21450)
    assert counts(store) == before
    assert refused(store, CLAIM, CLAIM._replace(office="ZOO"), dry_run=True)


def test_one_bad_row_keeps_the_whole_list_out(store):
    findings = refused(store, CLAIM, CLAIM._replace(office="ZOO", name="Max"))
    assert codes(findings) == ["office.unknown"]
    assert findings[0].place.row == 3


def test_partial_takes_the_good_rows_and_hands_over_the_bad(store):
    kept = []
    rows = [CLAIM, CLAIM._replace(office="ZOO"), CLAIM._replace(name="Max"), CLAIM._replace(amount_cents=0)]
    done = take(store, *rows, partial=True, keep_rejects=lambda *given: kept.append(given))
    assert (done.orders, done.rejected) == (2, (3, 5))
    numbers, findings = kept[0]
    assert (numbers, codes(findings)) == ((3, 5), ["office.unknown", "order.amount"])


def test_a_list_of_rejects_that_cannot_be_written_undoes_the_import(store):
    def fail(*_given):
        raise FileExistsError

    before = counts(store)
    with pytest.raises(FileExistsError):
        take(store, CLAIM, CLAIM._replace(office="ZOO"), partial=True, keep_rejects=fail)
    assert counts(store) == before


@pytest.mark.parametrize("rows", [[], [CLAIM._replace(office="ZOO")]], ids=["no row", "no good row"])
def test_a_list_without_a_good_row_is_refused(store, rows):
    with pytest.raises(NothingToImportError):
        take(store, *rows, partial=True)


@pytest.mark.parametrize(
    ("user", "office"),
    [("clara", "ORDNUNG"), ("dirk", "ORDNUNG"), ("emil", "ORDNUNG"), ("anna", "ZOO"), ("root", "ORDNUNG")],
)
def test_only_the_office_and_its_machine_bring_orders_in(store, user, office):
    before = counts(store)
    with pytest.raises((NotAllowedError, RefusedListError)):
        take(store, CLAIM._replace(office=office), user=user)
    assert counts(store) == before


@pytest.mark.parametrize("user", ["anna", "bernd", "import"])
def test_certifier_approver_and_machine_may_bring_orders_in(store, user):
    assert take(store, CLAIM, user=user).new


def test_a_right_is_needed_in_every_office_of_the_list(store):
    from ledger.people.users import add_user

    with store.unit(["KASSE"]):
        add_user(store, "zoe", [("BAU", "certifier")])
    with pytest.raises(NotAllowedError):
        take(store, DEBT, CLAIM, user="zoe")
    assert take(store, DEBT, user="zoe", name="own.xlsx").new


# lines of one order

SPLIT = CLAIM._replace(order_key="A", amount_cents=10000)


def test_rows_with_one_key_are_lines_of_one_order(store):
    done = take(store, SPLIT, CLAIM, SPLIT._replace(amount_cents=2000, gl_account="5900", purpose="Auslagen"))
    assert (done.orders, done.total_cents) == (2, 24550)
    order = show_order(store, "ORDNUNG", 1)
    assert [(line.line, line.gl_account, line.amount_cents) for line in order.lines] == [
        (1, "5100", 10000),
        (2, "5900", 2000),
    ]
    assert (order.order.amount_cents, order.order.purpose) == (12000, "Bescheid 7")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"office": "BAU"}, "office"),
        ({"kind": "payable", "bank_account": IBAN}, "kind"),
        ({"due": "2026-12-31"}, "due"),
        ({"name": "Max"}, "name"),
        ({"town": "Hamburg"}, "town"),
        ({"reference": "AZ1", "reference_foreign": 1}, "reference"),
        ({"profile": "tax"}, "profile"),
    ],
)
def test_lines_of_one_order_agree_in_everything_but_amount_and_coding(store, change, column):
    findings = refused(store, SPLIT, SPLIT._replace(**change))
    assert "order.mixed" in codes(findings)
    assert column in {finding.place.column for finding in findings}
    assert {finding.place.row for finding in findings} == {3}


def test_a_bad_line_takes_its_whole_order_out(store):
    rows = [SPLIT, SPLIT._replace(gl_account="9999"), CLAIM]
    done = take(store, *rows, partial=True)
    assert (done.rejected, done.orders) == ((2, 3), 1)


# references


def test_a_repeated_reference_is_refused_in_both_rows(store):
    own = number(store, 7)
    findings = refused(store, CLAIM._replace(reference=own), CLAIM._replace(reference=own, name="Max"))
    assert codes(findings) == ["order.reference_repeated"] * 2
    assert [finding.fields["row"] for finding in findings] == [3, 2]


def test_lines_of_one_order_share_their_reference(store):
    own = number(store, 7)
    done = take(store, SPLIT._replace(reference=own), SPLIT._replace(reference=own))
    assert done.orders == 1
    assert list_orders(store)[0].reference == own


def test_a_reference_of_the_book_is_refused(store):
    own = number(store, 7)
    take(store, CLAIM._replace(reference=own))
    findings = refused(store, CLAIM._replace(reference=own, name="Max"), name="second.xlsx")
    assert codes(findings) == ["order.reference_known"]
    assert findings[0].fields["owner"] == "ORDNUNG-1"


def test_a_reference_of_an_order_sent_back_is_free_again(store):
    own = number(store, 7)
    take(store, CLAIM._replace(reference=own))
    act(store, "anna")
    decide(store, "objected", Choice(numbers=(("ORDNUNG", 1),)), day=DAY, reason="falsch")
    assert take(store, CLAIM._replace(reference=own), name="second.xlsx").new


def test_payables_may_share_the_payees_reference(store):
    second = DEBT._replace(name="Hausmeister", bank_account="DE02500105170137075030")
    assert take(store, DEBT, second).findings == ()


def test_a_side_claim_names_a_main_claim_of_book_or_list(store):
    own = number(store, 7)
    side = CLAIM._replace(main_reference=own, amount_cents=500, claim_kind="mahngebuehr", purpose="Mahngebühr")
    assert codes(refused(store, side)) == ["order.main_reference"]
    assert codes(refused(store, side._replace(office="BAU"), CLAIM._replace(reference=own))) == ["order.main_reference"]
    accepted(store, side, CLAIM._replace(reference=own))
    main = store.value("SELECT id FROM item WHERE reference = :own", own=own)
    assert store.value("SELECT main_item FROM item WHERE claim_kind = 'mahngebuehr'") == main
    accepted(store, side._replace(purpose="Auslagen"), name="second.xlsx")
    assert store.value("SELECT count(*) FROM item WHERE main_item = :main", main=main) == 2


# duplicates are only suspected

DUPLICATES = [
    pytest.param(DEBT, {"purpose": "anders", "due": "2026-12-31"}, id="same payee, amount and reference"),
    pytest.param(DEBT, {"reference": None}, id="same payee, amount, due day and purpose"),
    pytest.param(CLAIM, {}, id="same debtor, amount, due day and purpose"),
]


@pytest.mark.parametrize(("first", "change"), DUPLICATES)
def test_a_suspected_duplicate_of_the_book_is_a_warning(store, first, change):
    take(store, first)
    done = take(store, first._replace(**change), name="second.xlsx")
    assert codes(done.findings) == ["order.duplicate"]
    assert (done.findings[0].severity, done.findings[0].fields) == ("warning", {"order": f"{first.office}-1"})
    assert done.findings[0].place == Place(row=2)


@pytest.mark.parametrize(("first", "change"), DUPLICATES)
def test_a_suspected_duplicate_in_the_list_is_a_warning(store, first, change):
    done = take(store, first, first._replace(**change))
    assert (codes(done.findings), done.orders) == (["order.repetition"], 2)
    assert (done.findings[0].place.row, done.findings[0].fields) == (3, {"row": 2})


@pytest.mark.parametrize(
    ("first", "change"),
    [
        pytest.param(DEBT, {"reference": "RE 18", "purpose": "Toner"}, id="another invoice"),
        pytest.param(DEBT, {"amount_cents": 8901}, id="another amount"),
        pytest.param(DEBT, {"bank_account": "DE02500105170137075030"}, id="another payee"),
        pytest.param(CLAIM, {"due": "2027-01-01"}, id="the next instalment"),
        pytest.param(CLAIM, {"purpose": "Bescheid 8"}, id="another notice"),
        pytest.param(CLAIM, {"house_number": "4"}, id="a neighbour of the same name"),
    ],
)
@pytest.mark.parametrize("lists", [1, 2])
def test_what_differs_is_no_suspected_duplicate(store, first, change, lists):
    second = first._replace(**change)
    if lists == 1:
        assert take(store, first, second).findings == ()
    else:
        take(store, first)
        assert take(store, second, name="second.xlsx").findings == ()


def test_the_split_of_an_order_does_not_hide_a_duplicate(store):
    take(store, CLAIM._replace(amount_cents=12000))
    again = [SPLIT, SPLIT._replace(amount_cents=2000, gl_account="5900")]
    assert codes(take(store, *again, name="second.xlsx").findings) == ["order.duplicate"]


# reading


def test_orders_are_listed_by_state_office_and_batch(store):
    take(store, CLAIM, DEBT)
    take(store, CLAIM._replace(name="Max"), name="second.xlsx")
    assert [order.number for order in list_orders(store)] == ["BAU-1", "ORDNUNG-1", "ORDNUNG-2"]
    assert [order.number for order in list_orders(store, office="BAU")] == ["BAU-1"]
    assert [order.number for order in list_orders(store, batch=2)] == ["ORDNUNG-2"]
    assert list_orders(store, state="approved") == []


def test_an_unknown_batch_or_order_is_refused(store):
    with pytest.raises(UnknownBatchError):
        list_orders(store, batch=9)
    with pytest.raises(UnknownOrderError):
        show_order(store, "ORDNUNG", 9)


def test_an_event_tells_of_each_import_without_names(store):
    take(store, CLAIM, DEBT)
    events = store.all("SELECT office, action, object, facts FROM event WHERE action = 'order.import' ORDER BY office")
    assert [event[:3] for event in events] == [
        ("BAU", "order.import", "batch:1"),
        ("ORDNUNG", "order.import", "batch:1"),
    ]
    assert '"sum_cents":12550' in events[1][3]
    assert "Erika" not in events[1][3]


def test_temporary_tables_are_gone_after_an_import(store):
    take(store, CLAIM)
    refused(store, CLAIM._replace(office="ZOO"), name="second.xlsx")
    take(store, CLAIM._replace(name="Max"), name="third.xlsx")


def test_joint_debtors_of_a_list_owe_one_claim(store):
    """§ 421 BGB: the creditor may demand it once; whoever pays frees the others."""
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe Muster", reference=None)
    done = accepted(
        store, one, one._replace(name="Max Mustermann"), row("ORDNUNG receivable 5,00 Ayşe", joint_group="x")
    )
    assert (done.orders, done.total_cents) == (2, 13050)
    assert store.value("SELECT count(*) FROM item") == 2
    joint = "SELECT d.item, p.name FROM item_debtor d JOIN party p ON p.id = d.party"
    assert store.all(joint) == [(1, "Max Mustermann")]
    assert store.value("SELECT count(*) FROM party") == 3


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("office", {"office": "BAU"}),
        ("amount", {"amount_cents": 12549}),
        ("due", {"due": "2026-12-02"}),
        ("purpose", {"purpose": "Bescheid 8"}),
        ("order_key", {"order_key": "A"}),
    ],
)
def test_rows_of_a_joint_claim_that_differ_are_not_taken_as_two_claims(store, column, changes):
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe")
    other, third = one._replace(name="Max Mustermann"), one._replace(name="Eva Muster", **changes)
    findings = refused(store, one, other, third)
    assert [(found.code, found.place.row, found.place.column) for found in findings] == [
        ("order.mixed_group", 4, column)
    ]
    done = take(store, one, other, third, CLAIM._replace(purpose="anderes"), name="second.xlsx", partial=True)
    assert (done.orders, done.rejected) == (1, (2, 3, 4))


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("gl_account", {"gl_account": "5900"}),
        ("reference", {"reference": "1000000000015"}),
        ("every", {"every_months": 1}),
        ("budget_year", {"budget_year": "2025"}),
    ],
)
def test_what_a_further_row_of_a_joint_claim_says_is_not_lost(store, column, changes):
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe")
    findings = refused(store, one, one._replace(name="Max Mustermann", **changes))
    assert [(found.code, found.place.row, found.place.column) for found in findings] == [
        ("order.mixed_group", 3, column)
    ]


def test_a_bad_row_of_a_joint_claim_is_named_alone(store):
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe")
    bad = one._replace(name="Eva Muster", amount_cents=None)
    for rows, number in (((one, bad, one._replace(name="Max")), 3), ((bad, one, one._replace(name="Max")), 2)):
        assert [(found.code, found.place.row) for found in refused(store, *rows)] == [("order.missing", number)]


def test_a_bad_row_of_a_joint_claim_keeps_the_others_out(store):
    """The row that would make the claim is bad: the second debtor is not lost without a word."""
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe")
    rows = [one._replace(profile="nonsense"), one._replace(name="Max Mustermann"), CLAIM._replace(purpose="anderes")]
    done = take(store, *rows, partial=True)
    assert (done.orders, done.rejected) == (1, (2, 3))


def test_joint_debtors_share_a_reference(store):
    one = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="A", reference="AZ-77", reference_foreign=1)
    assert accepted(store, one, one._replace(name="Max Mustermann")).findings == ()
    assert store.value("SELECT count(*) FROM item") == 1
