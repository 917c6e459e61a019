"""Columns that are set once and states that only move on, against plain SQL on both engines."""

import pytest

from ledger.store.failures import RefusedByBookError
from tests.books import MAIN_IBAN

pytestmark = pytest.mark.engines

RUN = "office, id, state, iban, execution_day, count, total_cents, list_hash, created_by, created_at"
PAYMENT = """office, run, line, item_office, item, cents, end_to_end_id, creditor_name, creditor_iban, remittance,
    state, active"""
ORDER = "office, id, batch, kind, state, party, total_cents, due, purpose, foreign_reference"
BANK = """office, id, iban, bank_day, fingerprint, occurrence, statement, amount_cents, value_day, reversal, detail_count,
    state"""
PARTY = "INSERT INTO party (id, name, match_key, created_at) VALUES (1, 'Meyer', 'meyer', 'x')"
ITEM = """INSERT INTO item (office, id, kind, side, account, foreign_reference, amount_cents, open_cents, due,
    original_due, opened_on, position, dunning_level)
    VALUES ('KASSE', 1, 'suspense', 'C', '4800', 0, 5, 5, '2026-11-16', '2026-11-16', '2026-11-16', 1, 0)"""
BATCH = "INSERT INTO order_batch (id, source, count, total_cents, list_hash, created_by, created_at) VALUES (1, 'x', 1, 5, :h, 1, 'x')"


def run(state="proposed", number=1):
    return f"""INSERT INTO payment_run ({RUN})
        VALUES ('KASSE', {number}, '{state}', '{MAIN_IBAN}', '2026-11-16', 1, 5, :h, 1, 'x')"""


def payment(state="proposed", number=1):
    return f"""INSERT INTO payment ({PAYMENT})
        VALUES ('KASSE', 1, {number}, 'KASSE', 1, 5, 'E{number}', 'Meyer', '{MAIN_IBAN}', '', '{state}',
                {int(state == "proposed")})"""


def order(state="created", number=1):
    return f"""INSERT INTO cash_order ({ORDER})
        VALUES ('KASSE', {number}, 1, 'payable', '{state}', 1, 5, '2026-11-16', 'x', 0)"""


def bank(state="staged", number=1):
    return f"""INSERT INTO bank_entry ({BANK})
        VALUES ('KASSE', {number}, '{MAIN_IBAN}', '2026-11-16', :h, {number}, 1, 5, '2026-11-16', 0, 0, '{state}')"""


SEQUENCES = {
    "run": (
        [
            run(),
            "UPDATE payment_run SET state = 'reviewed', reviewed_by = 2, reviewed_at = 'x'",
            """UPDATE payment_run SET state = 'released', released_by = 3, released_at = 'x', message_id = 'M',
               created_stamp = 'x'""",
            "UPDATE payment_run SET state = 'exported', file_sha256 = 'f', exported_at = 'x'",
        ],
        [
            run("released", 2),
            *(f"UPDATE payment_run SET {name} = 9" for name in ("reviewed_by", "released_by")),
            *(
                f"UPDATE payment_run SET {name} = 'other'"
                for name in ("reviewed_at", "released_at", "message_id", "created_stamp", "file_sha256", "exported_at")
            ),
            "UPDATE payment_run SET file_sha256 = NULL",
            "UPDATE payment_run SET released_by = NULL, released_at = NULL, state = 'reviewed'",
            *(f"UPDATE payment_run SET state = '{state}'" for state in ("proposed", "reviewed", "released")),
            "UPDATE payment_run SET state = 'discarded'",
        ],
    ),
    "payment": (
        [ITEM, run(), payment(), "UPDATE payment SET state = 'released'", "UPDATE payment SET state = 'exported'"],
        [
            payment("executed", 2),
            *(f"UPDATE payment SET state = '{state}'" for state in ("proposed", "released")),
            "UPDATE payment SET state = 'discarded', active = 0",
        ],
    ),
    "order": (
        [PARTY, BATCH, order(), "UPDATE cash_order SET state = 'certified'", "UPDATE cash_order SET state = 'approved'"],
        [
            order("accepted", 2),
            *(f"UPDATE cash_order SET state = '{state}'" for state in ("created", "certified")),
        ],
    ),
    "order skipped": ([PARTY, BATCH, order()], ["UPDATE cash_order SET state = 'accepted', waiting = 0"]),
    "bank entry": (
        [bank(), "UPDATE bank_entry SET state = 'posted', position = 1"],
        [
            "UPDATE bank_entry SET state = 'staged', position = NULL",
            "UPDATE bank_entry SET position = 2",
            "UPDATE bank_entry SET position = NULL, state = 'staged'",
        ],
    ),
}  # fmt: skip
OR = ("OR REPLACE ", "OR IGNORE ")


def run_sql(store, sql):
    store.execute(sql, **({"h": b"\x00" * 32} if ":h" in sql else {}))


def prepared(store, name):
    if store.engine.name == "sqlite":  # the rows stand alone here; what hangs together is tested elsewhere
        store.execute("PRAGMA foreign_keys = OFF")
    steps, attacks = SEQUENCES[name]
    for sql in steps:
        run_sql(store, sql)
    return attacks


def refused(store, sql):
    try:
        run_sql(store, sql)
    except RefusedByBookError as error:
        return error.fields["reason"]
    return ""


@pytest.mark.parametrize("name", SEQUENCES)
def test_what_moved_on_never_steps_back(store, name):
    attacks = prepared(store, name)
    if store.engine.name == "sqlite":
        attacks = [
            sql.replace("UPDATE ", f"UPDATE {word}").replace("INSERT ", f"INSERT {word}", 1)
            for sql in attacks
            for word in ("", *OR)
        ]
    assert [sql for sql in attacks if not refused(store, sql)] == []


def test_a_value_may_be_written_again_as_it_is(store):
    prepared(store, "run")
    store.execute("UPDATE payment_run SET state = 'exported', file_sha256 = 'f', exported_at = exported_at")
    store.execute("UPDATE payment_run SET state = 'executed'")
    assert store.one("SELECT state, file_sha256 FROM payment_run") == ("executed", "f")


def test_a_changed_step_is_named(store):
    from ledger.book.verify_store import verify

    if store.engine.name == "sqlite":
        store.execute("DROP TRIGGER guard_payment_run_once")
        store.execute("CREATE TRIGGER guard_payment_run_once BEFORE UPDATE ON payment_run WHEN 0 BEGIN SELECT 1; END")
        store.execute("DROP TRIGGER guard_bank_entry_state")
        expected = ["guard_bank_entry_state", "guard_payment_run_once"]
    else:
        store.execute("ALTER TABLE payment_run DISABLE TRIGGER guard_payment_run_once")
        body = "BEGIN RETURN NEW; END"
        store.execute(
            f"CREATE OR REPLACE FUNCTION guard_bank_entry_state() RETURNS trigger LANGUAGE plpgsql AS '{body}'"
        )
        expected = ["guard_bank_entry_state()", "guard_payment_run_once"]
    assert [finding.fields["guard"] for finding in verify(store).findings] == expected
