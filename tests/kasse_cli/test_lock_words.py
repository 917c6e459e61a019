"""Reasons of locks that kasse wrote by itself are words for people, whatever the language; typed ones stay."""

import pytest

from enforcement.letters_return_store import LOCK
from enforcement.relief import KINDS
from enforcement.relief_effects_store import lock_reason
from kasse_cli.i18n import set_language
from kasse_cli.lock_words import lock_words
from ledger.items.order_acceptance_store import _REASONS
from ledger.payments.vop_store import VopCase, _words

WRITTEN = {
    "ratenplan 1": "relief 1: payment by instalments (Ratenplan)",
    "insolvenz 12": "relief 12: insolvency of the debtor",
    "R3-7": "payment R3-7 came back",
    "R3-7 AC04": "payment R3-7 came back: AC04 account closed",
    "KASSE-R3-7: AC04 Konto aufgelöst": "payment KASSE-R3-7 refused by the bank: AC04 account closed",
    "KASSE-R3-7: ZZ99 was die Bank schrieb": "payment KASSE-R3-7 refused by the bank: ZZ99 was die Bank schrieb",
    "R3-7 VoP: heißt anders": "payment R3-7, name check: heißt anders",
    f"{LOCK} 4, verzogen": "letter 4 came back: verzogen",
    _REASONS[True]: "direct debit: the payee collects it",
    _REASONS[False]: "not to be transferred, says the invoice (card, cash, set off)",
}
TYPED = ("Widerspruch vom 3.11.", "ratenplan", "ratenplan 1 zugesagt", "AC04", "Brief zurück", "", "2026-11: AC04")


@pytest.mark.parametrize("reason", WRITTEN)
def test_what_kasse_wrote_is_words(reason):
    assert lock_words(reason) == WRITTEN[reason]


@pytest.mark.parametrize("reason", TYPED)
def test_what_somebody_typed_stays(reason):
    assert lock_words(reason) == reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_relief_that_locks_has_words(kind):
    reason = lock_reason(kind, 3)
    assert kind not in lock_words(reason).split()
    assert lock_words(reason).startswith("relief 3: ")


def test_codes_of_banks_are_told_in_german():
    set_language("de")
    try:
        assert "Konto" in lock_words("R3-7 AC04")
    finally:
        set_language("en")


def test_the_words_of_a_name_check_are_those_of_its_lock():
    values = dict.fromkeys(VopCase.__dataclass_fields__) | {"payment": "3-7"}
    assert lock_words(_words(VopCase(**values), " x ")) == "payment R3-7, name check: x"
