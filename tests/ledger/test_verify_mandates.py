"""Verify names mandates that were changed past the event log, never honest steps, merges, uses, nor erasing."""

import pytest

import kasse_cli.schema
from kasse_cli.wiring import personal_data
from ledger.book.verify_store import verify
from ledger.keeping.erase_store import decide_erasure, propose_erasure
from ledger.payments.mandate_forms import NewValues
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandate_steps_store import amend, resume, revoke, suspend
from ledger.people.parties_merge_store import decide_merge, propose_merge
from tests.attacks import attacked, unbound_rows, without_guards
from tests.books import act
from tests.ledger.collection_texts import claims, credited, exported, ready, returned
from tests.ledger.keeping_books import later
from tests.ledger.mandate_texts import TODAY, mandate
from tests.ledger.payables import IBANS, party

OURS = "DE02300209000106531065"
PLAIN = {
    "debit another account": "iban = 'DE02300209000106531065'", "another bank": "bic = 'BYLADEM1001'",
    "another holder": "debtor_name = 'Anton Anders'", "another debtor": "party = 1 + party % 2",
    "another reference": "reference = 'M-9'", "another creditor": "creditor_id = 'DE74ZZZ09999999999'",
    "cannot be taken back": "scheme = 'B2B'", "only once": "usage = 'once'",
    "signed later": "signed = '2026-02-02'", "valid earlier": "valid_from = '2020-01-01'",
    "for one office": "office = 'BAU'", "for more claims": "claim_kinds = 'hauptforderung'",
    "for one claim": "covers_reference = '4711'", "announced late": "notice_days = 1", "the last time": "final = 1",
    "another paper": "document = 'b.pdf'", "another hash": "document_sha256 = 'ab'",
    "used before": "used_before = '2026-10-10'", "by somebody else": "created_by = created_by + 1",
    "resumed by itself": "resume_on = '2026-11-16'", "why": "state_reason = 'used'", "another salt": "salt = NULL",
}  # fmt: skip
ATTACKS = {
    **{name: ("mandate", f"UPDATE mandate SET {change} WHERE id = 1", {"1 changed"}) for name, change in PLAIN.items()},
    "a revoked one used again": (
        "mandate", "UPDATE mandate SET state = 'active', state_reason = NULL WHERE id = 3", {"3 changed"}
    ),
    "a revoked one as if used up": (
        "mandate", "UPDATE mandate SET state = 'ended', state_reason = 'used' WHERE id = 3", {"3 changed", "3 in use"}
    ),
    "for all offices": ("mandate", "UPDATE mandate SET office = NULL WHERE id = 2", {"2 changed"}),
    "used up": (
        "mandate", "UPDATE mandate SET state = 'ended', state_reason = 'used' WHERE id = 2", {"2 in use"}
    ),
    "used again": (
        "mandate", "UPDATE mandate SET state = 'active', state_reason = NULL WHERE id = 4", {"4 used up"}
    ),
    "never used": ("mandate", "UPDATE mandate SET uses = 0 WHERE id = 1", {"1 uses"}),
    "used lately": ("mandate", "UPDATE mandate SET last_used = '2026-11-19' WHERE id = 1", {"1 uses"}),
    "taken away": ("mandate", "DELETE FROM mandate WHERE id = 2", {"2 removed"}),
    "from nowhere": (
        "mandate",
        ("INSERT INTO mandate (id, creditor_id, reference, scheme, usage, party, debtor_name, iban, signed, state, final, "
        "uses, valid_from, created_by, created_at) SELECT 99, creditor_id, 'M-99', scheme, usage, party, debtor_name, "
        "'DE02300209000106531065', signed, 'active', 0, 0, valid_from, created_by, created_at FROM mandate WHERE id = 2"),
        {"99 added"},
    ),
    "a reference given away": (
        "mandate_reference", "UPDATE mandate_reference SET mandate = 2 WHERE mandate = 1", {"1 changed", "2 changed"}
    ),
    "a reference since longer": (
        "mandate_reference", "UPDATE mandate_reference SET since = '2020-01-01' WHERE mandate = 1", {"1 changed"}
    ),
    "a reference never had": ("mandate_reference", "DELETE FROM mandate_reference WHERE mandate = 1", {"1 changed"}),
    "a reference slipped in": (
        "mandate_reference",
        ("INSERT INTO mandate_reference (creditor_key, key, mandate, since) "
        "SELECT creditor_key, 'M-77', mandate, since FROM mandate_reference WHERE mandate = 2"),
        {"2 changed"},
    ),
}  # fmt: skip


@pytest.fixture
def town(store):
    """One mandate used and amended, one never used, one revoked, one used up; two persons who are one."""
    ready(store)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15 office=BAU")
    mandate(store, f"Schulz {OURS} 2026-03-01 reference=M-3")
    mandate(store, "Çelik - 2026-03-01 reference=M-4 usage=once")
    revoke(act(store, "dirk"), 3, "Widerruf")
    claims(store, "ORDNUNG 100,00 2026-10-01 Meyer 4711\nORDNUNG 33,00 2026-11-01 Çelik 4714")
    (run,) = exported(store)
    credited(store, run)
    returned(store, run)
    suspend(act(store, "dirk"), 1, "prüfen")
    resume(act(store, "dirk"), 1, "geprüft")
    amend(act(store, "dirk"), 1, NewValues(iban="DE02100500000054540402"), today=TODAY)
    return store


def found(store):
    """What verify names of mandates: which, and what is wrong."""
    named = [one for one in verify(store).findings if one.code.startswith("verify.mandate")]
    return {f"{one.fields['mandate']} {_wrong(one)}" for one in named}


def _wrong(one):
    return "uses" if one.code == "verify.mandate_use" else one.fields.get("expected", one.fields.get("state"))


def test_mandates_changed_past_the_log_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    for name, (table, statement, expected) in ATTACKS.items():
        assert attacked(town, table, statement, found) == expected, name


def test_no_honest_step_vouches_for_what_was_changed_past_the_log_before(town):
    without_guards(town, "mandate")
    town.execute("UPDATE mandate SET iban = :iban WHERE id = 2", iban=OURS)
    amend(act(town, "dirk"), 2, NewValues(holder="Sabine Schulz"), today=TODAY)
    assert found(town) == {"2 changed"}
    amend(act(town, "dirk"), 2, NewValues(iban=IBANS["Schulz"]), today=TODAY)
    assert found(town) == {"2 changed"}


def test_mandates_of_merged_persons_verify_whole(town):
    with town.unit(["KASSE"]):
        meyer, schulz = party(town, "Meyer"), party(town, "Schulz")
    merge = propose_merge(act(town, "clara"), meyer, schulz, "dieselbe")
    decide_merge(act(town, "emil"), merge.number, confirm=True)
    assert mandate_numbered(town, 1).party == schulz
    assert verify(town).findings == ()


def test_a_mandate_that_is_used_up_ends_when_it_is_resumed(town):
    without_guards(town, "mandate")
    town.execute("UPDATE mandate SET state = 'suspended', state_reason = NULL WHERE id = 4")
    assert resume(act(town, "dirk"), 4, "geprüft").mandate.state == "ended"


def test_erased_mandates_leave_nothing_to_guess_and_verify_whole(town):
    later(town, "2040-01-02")
    where, allowed = personal_data(), kasse_cli.schema.permitted_changes()
    number = propose_erasure(act(town, "emil"), where, allowed, "Frist", before="2040-01-01").number
    decide_erasure(act(town, "frida"), where, allowed, number, confirm=True)
    erased = town.all("SELECT iban, salt FROM mandate WHERE id IN (3, 4)")
    assert erased == [("", None), ("", None)]
    assert verify(town).findings == ()
    without_guards(town, "mandate")
    town.execute("UPDATE mandate SET iban = :iban WHERE id = 3", iban=OURS)
    assert found(town) == {"3 changed"}
