"""Files of payment runs and amendments of mandates that somebody changed by plain SQL are named."""

import pytest

from ledger.book.verify_store import verify
from ledger.payments.mandate_forms import NewValues
from ledger.payments.mandate_steps_store import amend
from tests.attacks import attacked, unbound_rows
from tests.books import act
from tests.ledger.collection_texts import claims, credited, exported, ready
from tests.ledger.mandate_texts import TODAY, mandate
from tests.ledger.test_payments_answers import sent  # noqa: F401 - a fixture

pytestmark = pytest.mark.engines
FILE, MANDATE = "verify.run_file", "verify.mandate"
FILES = {
    "another name": "UPDATE payment_file SET message_id = 'X'",
    "another sum": "UPDATE payment_file SET total_cents = total_cents + 1",
    "another count": "UPDATE payment_file SET count = count + 1",
    "at once": "UPDATE payment_file SET kind = 'instant'",
    "another order type": "UPDATE payment_file SET btf = 'X', ebics = 'X'",
    "without a check of names": "UPDATE payment_file SET name_check = 1 - name_check",
    "written anew": "UPDATE payment_file SET created_stamp = '2020-01-01T00:00:00Z'",
    "another hash": "UPDATE payment_file SET sha256 = 'ab'",
    "never sent": "UPDATE payment_file SET sha256 = NULL, exported_at = NULL",
    "sent earlier": "UPDATE payment_file SET exported_at = '2020-01-01T00:00:00Z'",
    "no file": "DELETE FROM payment_file",
}
AMENDMENTS = {
    "another account before": "UPDATE mandate_amendment SET old = 'DE02500105170137075030'",
    "another account since": "UPDATE mandate_amendment SET new = 'DE02500105170137075030'",
    "another field": "UPDATE mandate_amendment SET field = 'creditor_name'",
    "of somebody else": "UPDATE mandate_amendment SET by = by + 1",
    "of another mandate": "UPDATE mandate_amendment SET mandate = 2",
    "told already": "UPDATE mandate_amendment SET run = 9, line = 9",
    "no amendment": "DELETE FROM mandate_amendment",
}


def found(store):
    return {one.code for one in verify(store).findings}


def test_files_changed_past_the_log_are_named(sent):  # noqa: F811
    assert found(sent) == set()
    unbound_rows(sent)
    seen = {name: attacked(sent, "payment_file", sql, found) for name, sql in FILES.items()}
    assert {name: codes for name, codes in seen.items() if FILE not in codes} == {}


def test_amendments_changed_past_the_log_are_named(store):
    ready(store)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2")
    claims(store, "ORDNUNG 100,00 2026-10-01 Meyer 4711")
    (run,) = exported(store)
    credited(store, run)
    amend(act(store, "dirk"), 1, NewValues(iban="DE02100500000054540402"), today=TODAY)
    assert store.value("SELECT count(*) FROM mandate_amendment") == 1
    assert found(store) == set()
    unbound_rows(store)
    seen = {name: attacked(store, "mandate_amendment", sql, found) for name, sql in AMENDMENTS.items()}
    assert {name: codes for name, codes in seen.items() if MANDATE not in codes} == {}
    claims(store, "ORDNUNG 10,00 2026-10-01 Meyer 4712")
    (run,) = exported(store)
    assert store.value("SELECT count(*) FROM mandate_amendment WHERE run IS NOT NULL") == 1
    assert found(store) == set()
