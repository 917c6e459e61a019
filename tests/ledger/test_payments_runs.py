"""Payment runs: what is due goes out once, released by another person, and the books stay in balance (§ 4 nos. 4–7)."""

import datetime as dt
import threading

import pytest

from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.items.store import NewClearing, clear
from ledger.payments.propose_store import propose
from ledger.payments.runs import (
    ItemsChangedError,
    NoPayingAccountError,
    RunChangedError,
    RunStateError,
    RunSumError,
    RunSumMissingError,
    UnknownRunError,
)
from ledger.payments.runs_reader import payments, run_named, runs
from ledger.payments.steps_store import discard, release, review
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.store.failures import RefusedByBookError
from sepa.errors import KasseError
from sepa.identifiers import make_iban
from tests.books import MAIN_IBAN, SECOND_IBAN, act, opened
from tests.ledger.payables import payables

MONDAY = dt.date(2026, 11, 16)
THREE = """
    ORDNUNG 100,00 2026-11-10 Meyer | Miete November
    BAU 250,50 2026-11-16 Schulz DE45120300000000000002 RE-4711 | Pflaster
    KASSE 19,99 2026-11-12 Meyer | Auslagen
"""
TWO = "ORDNUNG 100,00 2026-11-10 Meyer | Miete\nKASSE 19,99 2026-11-12 Meyer | Auslagen"


def codes(findings: tuple[KasseError, ...]) -> list[str]:
    """Return the codes; that a payee is paid for the first time goes for all of them here."""
    return [finding.code for finding in findings if finding.code != "payment.new_iban"]


def proposed(store, text=TWO, **more):
    payables(store, text)
    return propose(act(store, "dirk"), today=MONDAY, **more)


def released(store, text=TWO):
    run = proposed(store, text).run
    review(store, run.number, today=MONDAY)
    return release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)


def test_due_payables_become_a_run_and_are_reserved(store):
    found = proposed(store, THREE)
    run = found.run
    assert (run.number, run.office, run.state, run.count, run.total_cents) == (1, "KASSE", "proposed", 3, 37049)
    assert (run.iban, run.execution_day, run.debtor_name, run.created_by) == (
        MAIN_IBAN, "2026-11-16", "Musterstadt", "dirk",
    )  # fmt: skip
    assert [
        (p.end_to_end_id, p.creditor_name, p.amount_cents, p.remittance, p.office) for p in payments(store, run)
    ] == [
        ("KASSE-R1-1", "Schulz", 25050, "RE-4711 Pflaster", "BAU"),
        ("KASSE-R1-2", "Meyer", 1999, "Auslagen", "KASSE"),
        ("KASSE-R1-3", "Meyer", 10000, "Miete November", "ORDNUNG"),
    ]


def test_what_is_in_a_run_is_not_proposed_again(store):
    proposed(store)
    again = propose(store, today=MONDAY)
    assert again.run is None
    assert [(one.why, one.run) for one in again.skipped] == [("reserved", 1), ("reserved", 1)]
    assert len(runs(store)) == 1
    assert store.value("SELECT last FROM counter WHERE name = 'payment_run'") == 1


LEFT_OUT = {
    "no IBAN": ("KASSE 1,00 2026-11-10 Meyer - | x", "no-iban", "payment.no_iban"),
    "no payee": ("KASSE 1,00 2026-11-10 - DE45120300000000000002 | x", "no-payee", "payment.no_payee"),
    "ISO 7064: alias check digits": ("KASSE 1,00 2026-11-10 Meyer DE00120300000000000002 | x", "rule", "iban.check_digits"),
    "EPC409-09: not in SEPA": ("KASSE 1,00 2026-11-10 Meyer SA0380000000608010167519 | x", "rule", "iban.not_sepa"),
    "DK Anlage 3: amount": ("KASSE 1.000.000.000,00 2026-11-10 Meyer | x", "rule", "amount.range"),
    "a text that is never cut": (f"KASSE 1,00 2026-11-10 Meyer | {'x' * 141}", "rule", "text.length"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_breaks_a_rule_is_left_out_with_its_finding(store, case):
    line, why, code = LEFT_OUT[case]
    found = proposed(store, f"{line}\nKASSE 2,00 2026-11-10 Schulz | gut")
    assert [one.why for one in found.skipped] == [why]
    assert codes(found.findings) == [code]
    assert [(p.line, p.creditor_name) for p in payments(store, found.run)] == [(1, "Schulz")]


NOTICED = {
    "twice the same": ("KASSE 1,00 2026-11-10 Meyer | x\nKASSE 1,00 2026-11-10 Meyer | x", ["payment.twin"]),
    "DK Anlage 3: letters": ("KASSE 1,00 2026-11-10 Çelik | Gebühr “neu”", ["payment.text_changed"] * 2),
    "EPC217-08: letters abroad": ("KASSE 1,00 2026-11-10 Müller FR1420041010050500013M02606 | x", ["payment.text_changed"]),
    "Regulation (EU) 2023/1113": (
        "KASSE 1,00 2026-11-10 Meyer CH9300762011623852957 | x", ["address.needed", "bic.advisable"],
    ),
    "own account": (f"KASSE 1,00 2026-11-10 Meyer {MAIN_IBAN} | x", ["payment.to_self"]),
    "a reference and a long text": (
        f"KASSE 1,00 2026-11-10 Meyer {make_iban('DE', '120300000000000002')} RE-1 | {'x' * 139}",
        ["payment.purpose_omitted"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTICED)
def test_what_is_odd_is_noticed_when_proposed_and_when_reviewed(store, case):
    text, expected = NOTICED[case]
    found = proposed(store, text)
    assert codes(found.findings) == expected
    assert found.skipped == ()
    assert codes(review(store, found.run.number, today=MONDAY).findings) == expected


DAYS = {
    "today": (None, "2026-11-16", []),
    "ECB: a Saturday moves on": ("2026-11-21", "2026-11-23", ["day.not_target"]),
    "a day that is over": ("2026-11-13", "2026-11-16", ["day.past"]),
    "DK Anlage 3: 16 days ahead": ("2026-12-02", "2026-12-02", ["day.far"]),
    "DK Anlage 3: 15 days ahead": ("2026-12-01", "2026-12-01", []),
}  # fmt: skip


@pytest.mark.parametrize("case", DAYS)
def test_the_execution_day_is_a_day_of_the_banks(store, case):
    wanted, day, expected = DAYS[case]
    given = dt.date.fromisoformat(wanted) if wanted else None
    found = proposed(store, TWO, execution_day=given)
    assert (found.run.execution_day, codes(found.findings)) == (day, expected)


def test_a_day_that_nobody_named_is_not_found_odd(store):
    payables(store, TWO)
    found = propose(act(store, "dirk"), today=dt.date(2026, 11, 21))
    assert (found.run.execution_day, codes(found.findings)) == ("2026-11-23", [])


def test_due_day_office_account_and_limit_choose_what_is_paid(store):
    payables(store, "BAU 1,00 2026-11-20 Meyer | a\nKASSE 2,00 2026-11-15 Meyer | b\nKASSE 4,00 2026-11-16 Schulz | c")
    act(store, "dirk")
    due = propose(store, today=MONDAY, due_until=dt.date(2026, 11, 15), iban=SECOND_IBAN)
    assert (due.run.total_cents, due.run.iban) == (200, SECOND_IBAN)
    rest = propose(store, today=MONDAY, due_until=dt.date(2026, 11, 30), limit=1)
    assert (rest.run.total_cents, rest.left) == (100, 1)
    own = propose(store, today=MONDAY, office="KASSE")
    assert own.run.total_cents == 400
    with pytest.raises(NoPayingAccountError):
        propose(store, today=MONDAY, iban=make_iban("DE", "120300000000000002"))


def test_a_trial_changes_nothing(store):
    found = proposed(store, TWO, trial=True)
    assert (found.run.count, runs(store)) == (2, ())
    assert store.value("SELECT count(*) FROM event WHERE action = 'payment.propose'") == 0


def test_an_rf_reference_travels_alone(store):
    iban = make_iban("DE", "120300000000000002")
    found = proposed(store, f"KASSE 1,00 2026-11-10 Meyer {iban} RF18539007547034 | Rechnung")
    assert [p.remittance for p in payments(store, found.run)] == ["RF18539007547034"]


def test_an_earlier_payment_of_the_same_is_noticed(store):
    first = proposed(store, "KASSE 1,00 2026-11-10 Meyer | Miete").run
    second = proposed(store, "KASSE 1,00 2026-11-10 Meyer | Miete")
    assert codes(second.findings) == ["payment.paid_before"]
    discard(store, first.number)
    assert codes(review(store, second.run.number, today=MONDAY).findings) == []


def test_a_release_settles_the_items_and_the_books_balance(store):
    done = released(store, THREE)
    assert (done.run.state, done.run.released_by, done.run.message_id) == ("released", "emil", "KASSE-00000000-R000001")
    assert [entry.rpartition("-")[0] for entry in done.entries] == ["KASSE-2026", "BAU-2026", "ORDNUNG-2026"]
    assert store.value("SELECT sum(open_cents) FROM item") == 0
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '4400'") == 0
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '2880' AND office = 'KASSE'") == -37049
    assert store.value("SELECT sum(cents) FROM posting WHERE account LIKE '2690.%'") == 0
    assert store.value("SELECT count(DISTINCT transaction_id) FROM entry WHERE kind = 'run'") == 1
    assert store.all("SELECT DISTINCT kind FROM clearing") == [("run",)]
    assert verify(store).findings == ()


def test_a_second_release_changes_nothing(store):
    done = released(store)
    again = release(act(store, "frida"), done.run.number, sum_cents=done.run.total_cents, today=MONDAY)
    assert (again.entries, again.run) == ((), done.run)
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 2


def test_nobody_releases_what_they_made_or_reviewed(store):
    run = proposed(store).run
    with pytest.raises(RunStateError):
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    review(act(store, "frida"), run.number, today=MONDAY)
    with pytest.raises(OwnWorkError):
        release(store, run.number, sum_cents=run.total_cents, today=MONDAY)
    payables(act(store, "frida"), "KASSE 5,00 2026-11-10 Schulz | x")
    own = propose(store, today=MONDAY).run
    review(act(store, "dirk"), own.number, today=MONDAY)
    with pytest.raises(OwnWorkError):
        release(act(store, "frida"), own.number, sum_cents=500, today=MONDAY)
    with pytest.raises(NotAllowedError):
        release(act(store, "dirk"), own.number, sum_cents=500, today=MONDAY)


def test_the_database_itself_knows_that_rule(store):
    run = proposed(store).run
    sql = "UPDATE payment_run SET released_by = created_by WHERE id = :run"
    with pytest.raises(Exception, match="ck_payment_run_persons"):
        store.execute(sql, run=run.number)


@pytest.mark.parametrize("person", ["anna", "clara", "emil"])
def test_only_payments_may_propose_and_review(store, person):
    run = proposed(store).run
    act(store, person)
    with pytest.raises(NotAllowedError):
        propose(store, today=MONDAY)
    with pytest.raises(NotAllowedError):
        review(store, run.number, today=MONDAY)


@pytest.mark.parametrize(("given", "error"), [(None, RunSumMissingError), (11998, RunSumError), (-11999, RunSumError)])
def test_the_control_sum_agrees_to_the_cent(store, given, error):
    run = proposed(store).run
    review(store, run.number, today=MONDAY)
    with pytest.raises(error):
        release(act(store, "emil"), run.number, sum_cents=given, today=MONDAY)
    assert run_named(store, run.number).state == "reviewed"
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 0


def test_an_item_that_changed_meanwhile_stops_the_release(store):
    run = proposed(store).run
    review(store, run.number, today=MONDAY)
    with store.unit(office_codes(store)):
        clear(store, [NewClearing("KASSE", "setoff", 1, "2026-11-16", "2026-11-16", ((1, 500),))])
    with pytest.raises(ItemsChangedError) as refused:
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert [finding.fields["open_cents"] for finding in refused.value.findings] == [1499]
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 0


def test_a_discarded_run_frees_its_items(store):
    run = proposed(store).run
    assert discard(store, run.number, reason="falsches Konto").state == "discarded"
    assert discard(store, run.number).state == "discarded"
    again = propose(store, today=MONDAY).run
    assert (again.number, again.total_cents) == (2, run.total_cents)
    with pytest.raises(RunStateError):
        review(store, run.number, today=MONDAY)


def test_a_released_run_cannot_be_discarded(store):
    run = released(store).run
    with pytest.raises(RunStateError):
        discard(act(store, "dirk"), run.number)


def test_an_unknown_run_is_refused(store):
    with pytest.raises(UnknownRunError):
        review(act(store, "dirk"), 99, today=MONDAY)


def test_a_second_review_by_the_same_person_is_no_news(store):
    run = proposed(store).run
    assert review(store, run.number, today=MONDAY).new
    assert not review(store, run.number, today=MONDAY).new


def test_a_second_reviewer_is_noted_and_cannot_release_either(store):
    run = proposed(store).run
    review(store, run.number, today=MONDAY)
    second = review(act(store, "frida"), run.number, today=MONDAY)
    assert (second.new, second.run.reviewed_by) == (True, "dirk")
    assert not review(store, run.number, today=MONDAY).new
    with pytest.raises(OwnWorkError):
        release(store, run.number, sum_cents=run.total_cents, today=MONDAY)


ATTACKS = {
    "another payee": "UPDATE payment SET creditor_iban = 'DE02120300000000202051'",
    "another amount": "UPDATE payment SET cents = cents + 1",
    "another account": f"UPDATE payment_run SET iban = '{SECOND_IBAN}'",
    "another sum": "UPDATE payment_run SET total_cents = 1",
    "another count": "UPDATE payment_run SET count = 1",
    "a payment less": "DELETE FROM payment WHERE line = 1",
    "a run less": "DELETE FROM payment_run",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_plain_sql_cannot_change_a_run(store, attack):
    proposed(store)
    with pytest.raises(RefusedByBookError):
        store.execute(ATTACKS[attack])


SMUGGLED = {
    "a payment more": """INSERT INTO payment (office, run, line, end_to_end_id, creditor_name, creditor_iban, cents,
        remittance, item_office, item, state, active)
        SELECT office, run, 99, 'X', 'Dieb', 'DE02120300000000202051', 1, '', 'BAU', 1, 'proposed', 1
        FROM payment WHERE line = 1""",
    "a payment marked as released": "UPDATE payment SET state = 'released' WHERE line = 1",
}  # fmt: skip


@pytest.mark.parametrize("attack", SMUGGLED)
def test_a_list_that_plain_sql_changed_is_not_released(store, attack):
    run = proposed(store).run
    review(store, run.number, today=MONDAY)
    payables(store, "BAU 0,01 2026-11-30 Meyer | Dieb")
    store.execute(SMUGGLED[attack])
    with pytest.raises(RunChangedError):
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)


def test_an_item_is_in_one_active_run_whatever_the_client(store):
    proposed(store)
    sql = """INSERT INTO payment (office, run, line, end_to_end_id, creditor_name, creditor_iban, cents, remittance,
             item_office, item, state, active)
             SELECT office, run, 99, 'X', creditor_name, creditor_iban, cents, '', item_office, item, state, active
             FROM payment WHERE line = 1"""
    with pytest.raises(Exception, match=r"payment exists already|uq_payment_active_item"):
        store.execute(sql)


def test_two_proposals_at_once_never_reserve_the_same_item(book):
    store = opened(book)
    payables(store, "\n".join(f"KASSE {n},00 2026-11-10 Meyer | {n}" for n in range(1, 40)))
    found = []

    def work(person):
        mine = opened(book, person)
        found.append(propose(mine, today=MONDAY))
        mine.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in ("dirk", "frida", "import")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.run.count if one.run else 0 for one in found) == [0, 0, 39]
    assert store.value("SELECT count(*) FROM payment") == 39
    store.close()


def test_two_releases_at_once_post_once(book):
    store = opened(book)
    run = proposed(store).run
    review(store, run.number, today=MONDAY)
    done = []

    def work(person):
        mine = opened(book, person)
        done.append(release(mine, run.number, sum_cents=run.total_cents, today=MONDAY))
        mine.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in ("emil", "frida")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(one.entries) for one in done) == [False, True]
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 2
    store.close()


def test_every_step_is_an_event(store):
    released(store)
    actions = [action for (action,) in store.rows("SELECT action FROM event WHERE object = 'run:1' ORDER BY position")]
    assert actions == ["payment.propose", "payment.review", "payment.release"]
    for (facts,) in store.rows("SELECT facts FROM event WHERE object = 'run:1'"):
        assert "Meyer" not in facts
