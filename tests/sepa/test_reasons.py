"""The code lists: what a reason and a business transaction code mean, and what is done next."""

import pytest

from sepa.bankcodes import is_return
from sepa.reasons import Reason, Transaction, reason, reason_of_text_key, reasons, transaction, transactions

ACTIONS = {
    "manual", "contact", "check", "new-account", "other-account", "other-scheme", "fix-data", "fix-file", "resubmit",
    "stop-mandate", "estate", "ask-release", "book-return", "close-recall",
}  # fmt: skip


def test_every_reason_has_both_wordings_and_a_known_policy():
    assert len(reasons()) > 45
    for code, one in reasons().items():
        assert code == one.code
        assert len(code) == 4
        assert one.english
        assert one.german
        assert one.english != one.german
        assert (one.action in ACTIONS, one.mandate in {"keep", "suspend", "stop"}) == (True, True)
        assert one.retry in {"no", "once", "after-fix"}


@pytest.mark.parametrize(
    ("code", "action", "mandate", "retry"),
    [
        ("MD01", "stop-mandate", "stop", "no"),
        ("MD06", "contact", "suspend", "no"),
        ("MD07", "estate", "stop", "no"),
        ("MS02", "contact", "suspend", "no"),
        ("MS03", "contact", "keep", "once"),
        ("AM04", "contact", "keep", "once"),
        ("AC01", "new-account", "keep", "no"),
        ("AC13", "other-scheme", "stop", "no"),
        ("FOCR", "book-return", "keep", "no"),
        ("TM01", "resubmit", "keep", "after-fix"),
    ],
)
def test_a_reason_says_what_to_do(code, action, mandate, retry):
    one = reason(code)
    assert (one.action, one.mandate, one.retry, one.known) == (action, mandate, retry, True)


def test_an_unknown_code_is_left_to_a_person():
    assert reason("ZZ99") == Reason("ZZ99")
    assert (reason("ZZ99").action, reason("ZZ99").known) == ("manual", False)
    assert transaction("123") == Transaction("123")


@pytest.mark.parametrize(
    ("extension", "code"),
    [
        *(("901", "AC01"), ("902", "AC04"), ("903", "AC06"), ("904", "AG01"), ("905", "AG02"), ("906", "AM04")),
        *(("907", "AM05"), ("908", "BE04"), ("909", "MD01"), ("910", "MD02"), ("912", "MD06"), ("913", "MD07")),
        *(("915", "RC01"), ("911", ""), ("914", ""), ("916", ""), ("920", ""), ("992", ""), ("", "")),
    ],
)
def test_a_text_key_extension_names_a_reason_only_where_it_is_certain(extension, code):
    assert reason_of_text_key(extension) == code


def test_the_list_of_transactions_agrees_with_what_counts_as_a_return():
    for code, one in transactions().items():
        assert one.returned == is_return(code, "")
        assert one.english
        assert one.german
    assert {code for code, one in transactions().items() if one.batch} >= {"191", "192", "194", "195", "196", "197"}
