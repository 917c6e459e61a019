"""The register of mandates: what is refused, when a mandate lapses, what an amendment tells the bank, its history."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.verify_store import verify
from ledger.payments.mandate_forms import Covers, NewValues
from ledger.payments.mandate_reader import find_mandate, history, mandate_numbered, mandates, mandates_in, untold
from ledger.payments.mandate_steps_store import amend, confirm, resume, revoke, suspend
from ledger.payments.mandates import (
    AmbiguousMandateError,
    Change,
    MandateBicError,
    MandateExistsError,
    MandateLapsedError,
    MandateSignedError,
    MandateStateError,
    NoCreditorIdError,
    NoReasonError,
    NotBusinessMandateError,
    NothingAmendedError,
    UnknownMandateError,
    amendment,
    best_mandate,
    coverage,
    lapse_day,
    sequence_of,
    unusable,
)
from ledger.people.users import NotAllowedError
from sepa.debits import Amendment
from sepa.fields import OutsideSepaError
from sepa.identifiers import CreditorIdCheckDigitsError, IbanCheckDigitsError, InvalidIdentifierError, make_iban
from tests.books import act
from tests.ledger.mandate_texts import CREDITOR, SWISS, TODAY, mandate
from tests.ledger.payables import IBANS

BRITISH = "GB29NWBK60161331926819"
SAME_BANK, OTHER_BANK = make_iban("DE", "120300000000999999"), make_iban("DE", "370400440000999999")


def test_a_mandate_is_registered_with_its_history(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01 reference=M-4711 document=Ordner-3")
    made = mandate_numbered(store, number)
    assert (made.reference, made.scheme, made.usage, made.state, made.party_name) == (
        "M-4711", "CORE", "recurrent", "active", "Meyer",
    )  # fmt: skip
    assert (made.iban, made.debtor_name, made.lapses_on) == (IBANS["Meyer"], "Meyer", "2029-03-01")
    assert [(one.by, one.action) for one in history(store, number)] == [("dirk", "add")]
    assert store.value("SELECT kind FROM party_account WHERE iban = :iban", iban=made.iban) == "own"


@pytest.mark.engines
def test_the_bic_of_a_mandate_goes_to_the_account_that_it_makes(store):
    number = mandate(act(store, "dirk"), f"Meyer {SWISS} 2026-03-01 bic=KBZHCH22")
    assert store.all("SELECT iban, bic FROM party_account WHERE source = 'mandate'") == [(SWISS, "KBZHCH22")]
    with pytest.raises(NothingAmendedError):
        amend(store, number, NewValues(bic="KBZHCH22XXX"), today=TODAY)
    assert mandate_numbered(store, number).bic == "KBZHCH22"
    amend(store, number, NewValues(iban=BRITISH, bic="NWBKGB2L"), today=TODAY)
    assert store.all("SELECT iban, bic FROM party_account WHERE source = 'mandate' ORDER BY iban") == [
        (SWISS, "KBZHCH22"), (BRITISH, "NWBKGB2L"),
    ]  # fmt: skip
    assert verify(store).findings == ()


def test_without_a_reference_it_gets_one_of_its_own(store):
    act(store, "dirk")
    first, second = mandate(store, "Meyer - 2026-03-01"), mandate(store, "Schulz - 2026-03-01")
    assert [one.reference for one in mandates(store)] == [f"M{first:08d}", f"M{second:08d}"]


REFUSED = {
    "check digits of the IBAN": ("Meyer DE00120300000000000001 2026-03-01", IbanCheckDigitsError),
    "beyond SEPA": (f"Meyer {make_iban('TR', '0006100519786457841326')} 2026-03-01", OutsideSepaError),
    "no BIC beyond the EEA": (f"Meyer {SWISS} 2026-03-01", MandateBicError),
    "signed tomorrow": ("Meyer - 2026-11-17", MandateSignedError),
    "reference": ("Meyer - 2026-03-01 reference=M|1", InvalidIdentifierError),
    "creditor": ("Meyer - 2026-03-01 creditor=DE97ZZZ09999999999", CreditorIdCheckDigitsError),
    "no creditor": ("Meyer - 2026-03-01 creditor=", NoCreditorIdError),
    "core confirmed": ("Meyer - 2026-03-01 confirmed_on=2026-03-01", NotBusinessMandateError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_mandate_is_refused(store, case):
    line, error = REFUSED[case]
    with pytest.raises(error):
        mandate(act(store, "dirk"), line)
    assert mandates(store) == []


SAME = ["M-1", "m-1", "M- 1"]


@pytest.mark.parametrize("again", ["M-1", "m-1"])
@pytest.mark.parametrize("creditor", [CREDITOR, "DE98ABC09999999999"])
def test_a_reference_is_given_once_whatever_its_case_and_business_code(store, again, creditor):
    mandate(act(store, "dirk"), "Meyer - 2026-03-01 reference=M-1")
    with pytest.raises(MandateExistsError):
        mandate(store, f"Schulz - 2026-03-01 reference={again} creditor={creditor}")


def test_a_reference_that_was_given_up_is_never_given_again(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01 reference=OLD")
    amend(store, number, NewValues(reference="NEW"), today=TODAY)
    revoke(store, number, "widerrufen")
    for reference in ("OLD", "NEW"):
        with pytest.raises(MandateExistsError):
            mandate(store, f"Schulz - 2026-03-01 reference={reference}")
    assert find_mandate(store, "old").number == find_mandate(store, "NEW").number == number


def test_a_mandate_is_found_by_number_and_reference(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-1 creditor=AT61ZZZ01234567890")
    assert find_mandate(store, str(number)).party_name == "Meyer"
    with pytest.raises(AmbiguousMandateError):
        find_mandate(store, "m-1")
    with pytest.raises(UnknownMandateError):
        find_mandate(store, "M-2")


LAPSES = {  # EPC016-06: 36 months without a collection
    "never used: from the signature": ("2023-11-16", None, "2026-11-16"),
    "used: from the last use": ("2010-02-01", "2023-11-17", "2026-11-17"),
    "a leap day": ("2024-02-29", None, "2027-02-28"),
}


@pytest.mark.parametrize("case", LAPSES)
def test_a_mandate_lapses_after_36_months(case):
    signed, used, day = LAPSES[case]
    assert lapse_day(signed, used) == day


def test_a_lapsed_mandate_is_shown_and_refused(store):
    number = mandate(act(store, "dirk"), "Meyer - 2023-11-15")
    assert unusable(mandate_numbered(store, number), "2026-11-15") is None
    assert [one.number for one in mandates_in(store, "2026-11-16", "lapsed")] == [number]
    with pytest.raises(MandateLapsedError):
        amend(store, number, NewValues(iban=SAME_BANK), today=TODAY)


def test_states_follow_their_table(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01")
    assert suspend(store, number, "Widerspruch").mandate.state == "suspended"
    assert suspend(store, number, "Widerspruch").new is False
    assert resume(store, number, "geklärt").mandate.state == "active"
    assert revoke(store, number, "Brief vom 2.11.").mandate.state == "revoked"
    assert revoke(store, number, "noch einmal").new is False
    for step in (suspend, resume):
        with pytest.raises(MandateStateError):
            step(store, number, "zu spät")
    assert [one.action for one in history(store, number)] == ["add", "suspend", "resume", "revoke"]


def test_a_suspension_with_an_end_ends_by_itself(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01")
    held = suspend(store, number, "Sommer", until=dt.date(2026, 12, 1)).mandate
    assert (unusable(held, "2026-11-30"), unusable(held, "2026-12-01")) == ("suspended", None)


def test_every_step_needs_a_reason_and_the_right(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01")
    with pytest.raises(NoReasonError):
        revoke(store, number, " ")
    with pytest.raises(NotAllowedError):
        revoke(act(store, "bernd"), number, "Widerruf")


def test_a_business_mandate_waits_for_the_debtors_bank(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-03-01 scheme=B2B")
    assert unusable(mandate_numbered(store, number), "2026-11-20") == "unconfirmed"
    assert confirm(store, number, day=TODAY).new
    assert confirm(store, number, day=TODAY).new is False
    assert unusable(mandate_numbered(store, number), "2026-11-20") is None
    amend(store, number, NewValues(iban=SAME_BANK), today=TODAY)
    assert unusable(mandate_numbered(store, number), "2026-11-20") == "unconfirmed"
    with pytest.raises(NotBusinessMandateError):
        confirm(store, mandate(store, "Schulz - 2026-03-01"), day=TODAY)


USED = "last_used=2026-02-01"
TOLD = {
    "another bank": (USED, [NewValues(iban=OTHER_BANK)], Amendment(other_account=True)),
    "the same bank": (USED, [NewValues(iban=SAME_BANK)], Amendment(iban=IBANS["Meyer"])),
    "twice: the first that the bank knew": (
        USED, [NewValues(iban=OTHER_BANK), NewValues(iban=SAME_BANK)], Amendment(iban=IBANS["Meyer"]),
    ),
    "there and back": (USED, [NewValues(iban=OTHER_BANK), NewValues(iban=IBANS["Meyer"])], None),
    "reference and account": (
        USED, [NewValues(reference="NEW", iban=OTHER_BANK)], Amendment(mandate_id="M-1", other_account=True),
    ),
    "creditor": (USED, [NewValues(creditor_id="AT61ZZZ01234567890")], Amendment(creditor_id=CREDITOR)),
    "what no bank needs to know": (USED, [NewValues(document="Ordner 4", notice_days=5)], None),
    "a mandate that no bank has seen": ("", [NewValues(iban=OTHER_BANK, reference="NEW")], None),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_an_amendment_tells_what_the_bank_knew(store, case):
    options, steps, wanted = TOLD[case]
    number = mandate(act(store, "dirk"), f"Meyer - 2026-01-01 reference=M-1 {options}")
    for values in steps:
        amend(store, number, values, today=TODAY)
    assert amendment(untold(store).get(number, [])) == wanted


def test_an_amendment_without_a_change_is_refused(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-01-01 reference=M-1")
    with pytest.raises(NothingAmendedError):
        amend(store, number, NewValues(reference="M-1", iban=IBANS["Meyer"]), today=TODAY)


@given(st.lists(st.sampled_from([SAME_BANK, OTHER_BANK, IBANS["Meyer"], IBANS["Schulz"]]), min_size=1, max_size=6))
def test_an_amendment_names_the_account_the_bank_knew_or_none(ibans):
    known = IBANS["Meyer"]
    changes = [Change("iban", old, new) for old, new in zip([known, *ibans], ibans, strict=False) if old != new]
    found = amendment(changes)
    if ibans[-1] == known or not changes:
        assert found is None
    else:
        assert found in {Amendment(iban=known), Amendment(other_account=True)}
        assert (found.iban == known) == (ibans[-1][4:12] == known[4:12])


COVERED = {
    "everything": ("", 1),
    "its office": ("office=BAU", 2),
    "another office": ("office=ORDNUNG", 0),
    "its kind": ("kinds=rent,water", 3),
    "another kind": ("kinds=dogs", 0),
    "its reference": ("covers=4711", 5),
    "another reference": ("covers=4712", 0),
}


@pytest.mark.parametrize("case", COVERED)
def test_a_mandate_covers_what_it_says(store, case):
    options, score = COVERED[case]
    made = mandate_numbered(store, mandate(act(store, "dirk"), f"Meyer - 2026-01-01 {options}"))
    assert coverage(made, "BAU", "water", ["4711"]) == score


def test_the_closest_usable_mandate_is_taken(store):
    act(store, "dirk")
    general = mandate(store, "Meyer - 2026-01-01")
    close = mandate(store, "Meyer - 2025-01-01 kinds=water")
    later = mandate(store, "Meyer - 2026-02-01")
    claim = "BAU", "water", ("4711",)
    assert best_mandate(mandates(store), "2026-11-20", claim).number == close
    suspend(store, close, "Widerspruch")
    assert best_mandate(mandates(store), "2026-11-20", claim).number == later
    revoke(store, later, "Widerruf")
    assert best_mandate(mandates(store), "2026-11-20", claim).number == general
    assert best_mandate([], "2026-11-20", claim) is None


SEQUENCES = {
    ("recurrent", "", True, True): "FRST",
    ("recurrent", "", False, True): "RCUR",
    ("recurrent", USED, True, True): "RCUR",
    ("once", "", True, True): "OOFF",
}


@pytest.mark.parametrize("case", SEQUENCES)
def test_the_sequence_follows_from_the_use(store, case):
    usage, options, first, last = case
    number = mandate(act(store, "dirk"), f"Meyer - 2026-01-01 usage={usage} {options}")
    assert sequence_of(mandate_numbered(store, number), first=first, last=last) == SEQUENCES[case]


def test_the_last_collection_is_asked_for(store):
    number = mandate(act(store, "dirk"), f"Meyer - 2026-01-01 {USED}")
    final = amend(store, number, NewValues(final=True), today=TODAY).mandate
    assert (sequence_of(final, first=True, last=True), sequence_of(final, first=True, last=False)) == ("FNAL", "RCUR")


def test_what_a_mandate_covers_can_be_narrowed(store):
    number = mandate(act(store, "dirk"), "Meyer - 2026-01-01")
    narrowed = amend(store, number, NewValues(covers=Covers("BAU", ("water", "rent"))), today=TODAY).mandate
    assert (narrowed.office, narrowed.claim_kinds) == ("BAU", "rent water")
