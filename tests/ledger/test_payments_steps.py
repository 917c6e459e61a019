"""What happens to runs beside the plain way: changed, split into files, given up; nothing is paid twice or lost."""

import datetime as dt

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.items.locks import Span
from ledger.items.locks_store import lock_items
from ledger.payments.change_store import change
from ledger.payments.export_store import exportable, file_of, note_export
from ledger.payments.files import Routed, plan
from ledger.payments.files_store import files_of
from ledger.payments.propose_store import propose
from ledger.payments.release_duty_store import OwnOrdersError
from ledger.payments.runs import ItemsChangedError, RunStateError
from ledger.payments.runs_reader import payments, run_named
from ledger.payments.steps import (
    ChangeReasonError,
    EmptyRunError,
    ExecutionDayOverError,
    NothingToChangeError,
    ProposedInThePastError,
    UnknownLineError,
)
from ledger.payments.steps_store import release, review
from ledger.payments.void_store import void
from ledger.payments.voiding import VoidDebitError, VoidReasonError, VoidStagedDebitError, VoidStateError
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from sepa.money import plain
from sepa.pain001 import NAMESPACE
from sepa.profiles import shipped_profile
from tests.bankbooks import staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.order_lists import row, step, take
from tests.ledger.payables import IBANS, payables

MONDAY, TUESDAY = dt.date(2026, 11, 16), dt.date(2026, 11, 17)
TWO = "ORDNUNG 100,00 2026-11-10 Meyer | Miete\nKASSE 19,99 2026-11-12 Schulz | Auslagen"


def proposed(store, text=TWO, **more):
    payables(store, text)
    return propose(act(store, "dirk"), today=MONDAY, **more).run


def released(store, text=TWO, **more):
    run = proposed(store, text, **more)
    review(store, run.number, today=MONDAY)
    return release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY).run


def execute(store, number=1):
    """Let the bank have executed a run."""
    run, before = run_named(store, number), store.user
    staged(store, plain(-run.total_cents), message_id=run.message_id, gvc="191")
    assert post_staged(act(store, "import")).executed
    store.user = before


def written(store, number, file=1):
    import hashlib

    run = exportable(act(store, "dirk"), number)
    with file_of(store, run, file) as chunks:
        data = b"".join(chunks)
    note_export(store, number, hashlib.sha256(data).hexdigest(), file)
    return data


def open_sum(store):
    return store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'")


def test_a_payment_taken_out_leaves_a_trace_and_the_run_is_reviewed_again(store):
    run = proposed(store)
    review(act(store, "frida"), run.number, today=MONDAY)
    changed = change(act(store, "dirk"), run.number, without=[1], reason="strittig", today=MONDAY)
    assert (changed.state, changed.count, changed.total_cents, changed.revision) == ("proposed", 1, 10000, 1)
    assert changed.list_hash != run.list_hash
    assert store.one("SELECT count, total_cents FROM payment_run") == (2, 11999)  # what was proposed stays
    with pytest.raises(RunStateError):
        release(act(store, "emil"), run.number, sum_cents=10000, today=MONDAY)
    review(act(store, "dirk"), run.number, today=MONDAY)
    with pytest.raises(OwnWorkError):
        release(act(store, "frida"), run.number, sum_cents=10000, today=MONDAY)
    done = release(act(store, "emil"), run.number, sum_cents=10000, today=MONDAY)
    assert [one.count for one in done.files] == [1]
    assert open_sum(store) == 1999
    assert [(p.line, p.state) for p in payments(store, done.run)] == [(1, "discarded"), (2, "released")]
    again = propose(act(store, "dirk"), today=MONDAY).run
    assert again.total_cents == 1999
    assert verify(store).findings == ()


def test_another_day_is_a_change_and_a_day_that_is_over_is_not_released(store):
    run = proposed(store)
    review(store, run.number, today=MONDAY)
    with pytest.raises(ExecutionDayOverError):
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=TUESDAY)
    moved = change(act(store, "dirk"), run.number, day=dt.date(2026, 11, 21), reason="zu spät", today=TUESDAY)
    assert moved.execution_day == "2026-11-23", "the next TARGET day"
    review(store, run.number, today=TUESDAY)
    assert release(act(store, "emil"), 1, sum_cents=run.total_cents, today=TUESDAY).run.state == "released"


REFUSED = {
    "no reason": ({"without": [1], "reason": " "}, ChangeReasonError),
    "nothing": ({"reason": "x"}, NothingToChangeError),
    "the same day": ({"day": MONDAY, "reason": "x"}, NothingToChangeError),
    "no such payment": ({"without": [9], "reason": "x"}, UnknownLineError),
    "every payment": ({"without": [1, 2], "reason": "x"}, EmptyRunError),
    "a day that is over": ({"day": dt.date(2026, 11, 13), "reason": "x"}, ExecutionDayOverError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_cannot_be_changes_nothing(store, case):
    run = proposed(store)
    given, error = REFUSED[case]
    with pytest.raises(error):
        change(store, run.number, today=MONDAY, **given)
    assert run_named(store, run.number) == run
    assert store.value("SELECT count(*) FROM payment WHERE state <> 'proposed'") == 0


def test_a_released_run_is_not_changed(store):
    run = released(store)
    with pytest.raises(RunStateError):
        change(act(store, "dirk"), run.number, without=[1], reason="x", today=MONDAY)


def test_a_run_is_not_proposed_as_of_a_day_that_is_over(store):
    payables(store, TWO)
    with pytest.raises(ProposedInThePastError):
        propose(act(store, "dirk"), today=dt.date(2026, 11, 13))


def test_what_is_locked_after_the_proposal_stops_the_release(store):
    run = proposed(store)
    review(store, run.number, today=MONDAY)
    lock_items(act(store, "clara"), [("KASSE", 1)], "payment", "Rechnung strittig", Span("2026-11-16"))
    with pytest.raises(ItemsChangedError) as refused:
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert [one.code for one in refused.value.findings] == ["payment.locked_since"]
    assert "Rechnung strittig" in str(refused.value.findings[0])


ROUTES = {
    "new payees are checked": ([(1, 1), (2, 1)], "standard", [(True, (1, 2))]),
    "known ones in bulk are not": ([(1, 0), (2, 0)], "standard", [(False, (1, 2))]),
    "both in a run": ([(1, 0), (2, 1), (3, 0)], "standard", [(True, (2,)), (False, (1, 3))]),
    "a single one is always checked": ([(1, 0)], "standard", [(True, (1,))]),
    "a lone known one joins the checked": ([(1, 1), (2, 0)], "standard", [(True, (1, 2))]),
    "a bank with checks for all": ([(1, 0), (2, 0)], "cautious", [(True, (1, 2))]),
}


@pytest.mark.parametrize("case", ROUTES)
def test_payments_are_routed_by_rule_and_profile(case):
    given, profile, expected = ROUTES[case]
    found = plan([Routed(line, 100, bool(check)) for line, check in given], shipped_profile(profile), instant=False)
    assert [(one.name_check, one.lines) for one in found] == expected
    orders = shipped_profile(profile).orders
    assert [one.order for one in found] == [orders["transfer-vop" if check else "transfer"] for check, _ in expected]


@pytest.mark.parametrize("count", [1, 2, 998, 999, 1000, 1999, 2500])
def test_files_keep_to_the_banks_size_and_none_opts_out_alone(count):
    profile = shipped_profile("cautious")
    found = plan([Routed(line, 1, check=False) for line in range(1, count + 1)], profile, instant=True)
    assert [line for one in found for line in one.lines] == list(range(1, count + 1))
    assert max(len(one.lines) for one in found) <= profile.payments_per_file
    assert {one.order.ebics for one in found} == {"CIV"}
    assert [one.total_cents for one in found] == [len(one.lines) for one in found]


def test_known_and_new_payees_become_two_files_with_ids_of_their_own(store):
    first = released(store, "KASSE 1,00 2026-11-10 Meyer | a\nKASSE 2,00 2026-11-10 Schulz | b")
    assert [(one.message_id, one.ebics) for one in files_of(store, 1)] == [(first.message_id, "CTV")]
    execute(store)
    run = released(
        store, "KASSE 3,00 2026-11-10 Meyer | c\nKASSE 4,00 2026-11-10 Schulz | d\nKASSE 5,00 2026-11-10 Çelik | e"
    )
    files = files_of(store, run.number)
    assert [(one.number, one.ebics, one.count, one.total_cents) for one in files] == [
        (1, "CTV", 1, 500), (2, "CCT", 2, 700),
    ]  # fmt: skip
    assert [one.message_id for one in files] == [f"{run.message_id}-F1", f"{run.message_id}-F2"]
    both = written(store, run.number, 1), written(store, run.number, 2)
    assert [data.count(b"<CdtTrfTxInf>") for data in both] == [1, 2]
    assert run_named(store, run.number).state == "exported"
    assert verify(store).findings == ()


FOREIGN = {
    "the account of another payee": ("Meyer", "Schulz", "payment.changed_iban"),
    "a new payee at a known account": ("Neumann", "Schulz", "payment.new_iban"),
    "the payee's own account": ("Meyer", "Meyer", None),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_an_account_is_known_for_its_payee_only_and_checked_for_everybody_else(store, case):
    released(store, "KASSE 1,00 2026-11-10 Meyer | a\nKASSE 2,00 2026-11-10 Schulz | b")
    execute(store)
    payee, owner, said = FOREIGN[case]
    payables(store, f"KASSE 3,00 2026-11-10 {payee} {IBANS[owner]} | c\nKASSE 4,00 2026-11-10 Schulz | d")
    found = propose(act(store, "dirk"), today=MONDAY)
    codes = [one.code for one in found.findings if one.code in {"payment.changed_iban", "payment.new_iban"}]
    assert codes == ([said] if said else [])
    review(act(store, "frida"), 2, today=MONDAY)
    release(act(store, "emil"), 2, sum_cents=700, today=MONDAY)
    assert [(one.name_check, one.count) for one in files_of(store, 2)] == ([(True, 2)] if said else [(False, 2)])


def test_an_instant_run_goes_on_any_day_as_instant(store):
    run = released(store, TWO, instant=True, execution_day=dt.date(2026, 11, 21))
    assert (run.execution_day, [one.ebics for one in files_of(store, 1)]) == ("2026-11-21", ["CIV"])
    assert b"<LclInstrm><Cd>INST</Cd></LclInstrm>" in written(store, 1)


def test_a_file_that_the_bank_never_got_comes_back_by_two_people(store):
    run = released(store)
    first = written(store, run.number)
    with pytest.raises(VoidReasonError):
        void(store, run.number, reason="")
    asked = void(act(store, "dirk"), run.number, reason="Verbindung abgebrochen, Datei gelöscht")
    assert (asked.done, asked.asked_by) == (False, "dirk")
    assert not void(store, run.number, reason="noch einmal").new
    assert open_sum(store) == 0
    done = void(act(store, "emil"), run.number, reason="")
    assert (done.done, done.count, done.cents, done.run.state) == (True, 2, 11999, "voided")
    assert open_sum(store) == 11999
    assert store.value("SELECT sum(cents) FROM posting WHERE account = '2880'") == 0
    assert not void(store, run.number, reason="").new
    with pytest.raises(RunStateError):
        note_export(act(store, "dirk"), run.number, "0" * 64)
    again = released_again(store)
    assert (again.number, again.total_cents) == (2, 11999)
    second = written(store, again.number)
    assert not ids(first) & ids(second), "ids are never used again"
    assert verify(store).findings == ()


def released_again(store):
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    return release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY).run


def ids(data):
    from lxml import etree

    tags = ("MsgId", "PmtInfId", "EndToEndId")
    root = etree.fromstring(data)
    return {element.text for tag in tags for element in root.iter(f"{{{NAMESPACE}}}{tag}")}


def test_only_who_may_release_confirms_a_void(store):
    run = released(store)
    void(act(store, "dirk"), run.number, reason="x")
    with pytest.raises(NotAllowedError):
        void(act(store, "clara"), run.number, reason="x")


def test_what_the_bank_has_booked_is_not_given_up(store):
    run = released(store)
    execute(store)
    with pytest.raises(VoidStateError):
        void(act(store, "dirk"), run.number, reason="x")


NAMING = {
    "the message": {"message_id": "{file}"},
    "the batch": {"payment_information_id": "{file}-1"},
    "the text": {"text": "SAMMLER {file} VOM 17.11."},
    "a payment": {"end_to_end_id": "KASSE-R1-1"},
    "a payment among the details": {"details": [{"amount": "-90,00", "end_to_end_id": "KASSE-R1-2"}]},
}


@pytest.mark.parametrize("posted", [False, True])
@pytest.mark.parametrize("case", NAMING)
def test_what_an_unclear_debit_names_is_not_given_up_even_when_the_order_was_cancelled(store, case, posted):
    run = released(store)
    given = {key: value.format(file=run.message_id) if isinstance(value, str) else value
             for key, value in NAMING[case].items()}  # fmt: skip
    staged(store, "-90,00", given.pop("text", ""), gvc="191", **given)
    if posted:
        post_staged(act(store, "import"))
    with pytest.raises(VoidDebitError if posted else VoidStagedDebitError) as refused:
        void(act(store, "dirk"), run.number, reason="x", cancelled=True)
    assert refused.value.fields["debit_cents"] == 9000
    assert open_sum(store) == 0


def test_a_debit_that_came_between_stops_who_confirms_a_void(store):
    run = released(store)
    void(act(store, "dirk"), run.number, reason="storniert", cancelled=True)
    staged(store, "-100,00", message_id=run.message_id, gvc="191")
    post_staged(act(store, "import"))
    with pytest.raises(VoidDebitError):
        void(act(store, "emil"), run.number, reason="", cancelled=True)
    assert {one.state for one in payments(store, run)} == {"released"}


STRANGE = {
    "another file": {"message_id": "KASSE-00000000-R000009"},
    "money that came": {"amount": "100,00", "message_id": "{file}"},
    "another account": {"iban": SECOND_IBAN, "message_id": "{file}"},
    "a longer name": {"message_id": "{file}0"},
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_names_something_else_does_not_stop_a_void(store, case):
    run = released(store)
    given = {key: value.format(file=run.message_id) for key, value in STRANGE[case].items()}
    staged(store, given.pop("amount", "-100,00"), **given)
    assert not void(act(store, "dirk"), run.number, reason="x").done


def test_what_was_given_up_is_said_when_it_is_proposed_again(store):
    run = released(store)
    void(act(store, "dirk"), run.number, reason="x")
    void(act(store, "emil"), run.number, reason="x")
    again = propose(act(store, "dirk"), today=MONDAY)
    found = [one.fields["run"] for one in again.findings if one.code == "payment.voided_twin"]
    assert found == [run.number] * 2


def test_a_run_that_is_not_released_is_discarded_not_given_up(store):
    run = proposed(store)
    with pytest.raises(RunStateError):
        void(act(store, "dirk"), run.number, reason="x")


def test_a_book_of_a_voided_and_a_paid_run_is_what_its_events_say(store):
    assert run_named(store, released(store).number).iban == MAIN_IBAN
    void(act(store, "dirk"), 1, reason="x")
    void(act(store, "frida"), 1, reason="")
    assert verify(store).findings == ()


def ordered(store, certifier):
    """Pay Meyer by an order that this person certified."""
    done = take(store, row("BAU payable 100,00 Meyer", due="2026-11-10"))
    for user, name in ((certifier, "certified"), ("bernd", "approved"), ("clara", "accepted")):
        step(store, user, name, done.batch)
    return propose(act(store, "dirk"), today=MONDAY).run


@pytest.mark.parametrize(("certifier", "free"), [("hugo", False), ("anna", True)])
def test_nobody_releases_what_they_certified(store, certifier, free):
    with act(store, "root").unit(["KASSE"]):
        add_user(store, "hugo", [("BAU", "certifier"), ("*", "releaser")])
    run = ordered(store, certifier)
    review(act(store, "frida"), run.number, today=MONDAY)
    act(store, "hugo")
    if free:
        assert release(store, run.number, sum_cents=run.total_cents, today=MONDAY).entries
        return
    with pytest.raises(OwnOrdersError) as refused:
        release(store, run.number, sum_cents=run.total_cents, today=MONDAY)
    assert (refused.value.fields["count"], refused.value.fields["line"]) == (1, 1)
    assert release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY).entries
