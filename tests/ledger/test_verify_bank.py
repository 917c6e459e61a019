"""What the bank said and somebody changed by plain SQL is named; what is withdrawn, joined or erased is not."""

import json

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.said_store import FACTS, wrong_bank
from ledger.bank.withdraw_store import ask_withdrawal, confirm_withdrawal
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows, without_guards
from tests.bankbooks import item, reference
from tests.books import MAIN_IBAN, act
from tests.ledger.keeping_books import later
from tests.ledger.statement_texts import statement, take
from tests.ledger.test_intake_notices import advice, booked_statement, sammler
from tests.ledger.test_keeping_erase import erased

pytestmark = pytest.mark.engines
THEIRS = "DE02500105170137075030"
FRIDAY = "13.11. 90,00 | +10,00 Adam / Danke | 100,00"
SEAL, WORDS, GONE = "verify.bank_seal", "verify.bank_words", "verify.bank_withdrawn"
TABLES = ("statement", "statement_part", "statement_entry", "bank_entry", "bank_detail", "bank_notice", "bank_notice_detail")  # fmt: skip
ATTACKS = {
    "another account gets it back": (f"UPDATE bank_entry SET counter_iban = '{THEIRS}' WHERE name = 'Adam'", WORDS),
    "another payer": ("UPDATE bank_entry SET name = 'Eva' WHERE name = 'Adam'", WORDS),
    "another text": ("UPDATE bank_entry SET remittance = 'x' WHERE name = 'Adam'", WORDS),
    "words where none were": ("UPDATE bank_entry SET name = 'Eva' WHERE name IS NULL", WORDS),
    "words gone without a decision": (
        """UPDATE bank_entry SET name = NULL, counter_iban = NULL, remittance = NULL, end_to_end_id = NULL,
           mandate_id = NULL, salt = NULL WHERE name = 'Adam'""",
        WORDS,
    ),
    "another salt": ("UPDATE bank_entry SET salt = fingerprint WHERE name = 'Adam'", WORDS),
    "another hash of words": ("UPDATE bank_entry SET said_hash = fingerprint WHERE name = 'Adam'", SEAL),
    "another amount": ("UPDATE bank_entry SET amount_cents = amount_cents + 1 WHERE name = 'Adam'", SEAL),
    "another day": ("UPDATE bank_entry SET bank_day = '2020-01-01' WHERE name = 'Adam'", SEAL),
    "another value day": ("UPDATE bank_entry SET value_day = '2020-01-01' WHERE name = 'Adam'", SEAL),
    "a return": ("UPDATE bank_entry SET reversal = 1, return_reason = 'AC04' WHERE name = 'Adam'", SEAL),
    "another reference of the bank": ("UPDATE bank_entry SET creditor_reference = 'x' WHERE name = 'Adam'", SEAL),
    "another fingerprint": ("UPDATE bank_entry SET fingerprint = said_hash WHERE name = 'Adam'", SEAL),
    "of another statement": ("UPDATE bank_entry SET statement = 2 WHERE name = 'Adam'", SEAL),
    "more details": ("UPDATE bank_entry SET detail_count = 2 WHERE name = 'Adam'", SEAL),
    "fewer details": ("UPDATE bank_entry SET detail_count = 1 WHERE detail_count = 2", SEAL),
    "no entry": ("DELETE FROM bank_entry WHERE name = 'Adam'", SEAL),
    "one entry more": (
        f"""INSERT INTO bank_entry (office, id, iban, bank_day, fingerprint, occurrence, statement, amount_cents,
            value_day, reversal, detail_count, state) SELECT office, 99, iban, bank_day, fingerprint, 99, statement, 5,
            value_day, 0, 0, 'staged' FROM bank_entry WHERE name = 'Adam' AND iban = '{MAIN_IBAN}'""",
        SEAL,
    ),
    "withdrawn without two people": ("UPDATE bank_entry SET state = 'withdrawn', withdrawn = id WHERE id = 1", GONE),
    "a detail of somebody else": (f"UPDATE bank_detail SET counter_iban = '{THEIRS}' WHERE line = 1", WORDS),
    "a detail of another sum": ("UPDATE bank_detail SET amount_cents = 1 WHERE line = 2", SEAL),
    "no detail": ("DELETE FROM bank_detail WHERE line = 2", SEAL),
    "an advice of somebody else": ("UPDATE bank_notice_detail SET name = 'Eva' WHERE number = 1", WORDS),
    "an advice of another sum": ("UPDATE bank_notice_detail SET amount_cents = 1 WHERE number = 1", SEAL),
    "no advice": ("DELETE FROM bank_notice_detail", SEAL),
    "another line of an advice": ("UPDATE bank_notice SET amount_cents = 1", SEAL),
    "another balance": ("UPDATE statement SET closing_cents = 1 WHERE id = 1", SEAL),
    "another end": ("UPDATE statement SET closing_day = '2026-11-14' WHERE id = 1", SEAL),
    "of another file": ("UPDATE statement SET file_sha256 = 'x' WHERE id = 1", SEAL),
    "no statement": ("DELETE FROM statement WHERE id = 1", SEAL),
    "a statement that counts no more": ("UPDATE statement SET withdrawn_on = '2026-11-20' WHERE id = 1", SEAL),
    "a statement that lies in another": ("INSERT INTO statement_part (statement, whole) VALUES (1, 2)", SEAL),
    "a line that tells another entry": ("UPDATE statement_entry SET entry = 2 WHERE statement = 1", SEAL),
    "no line": ("DELETE FROM statement_entry WHERE statement = 1", SEAL),
}


@pytest.fixture
def town(store):
    """A statement, a Sammler without details, and the advice that brings them; all of it is posted and matched."""
    act(store, "import")
    refs = [reference(store, number) for number in (1, 2, 3)]
    for ref, amount in zip(refs, ("10", "10", "20"), strict=True):
        item(store, amount, ref)
    text = FRIDAY.replace("Danke", refs[0])
    take(store, statement(text, named="FR", number=1), name="0.xml", sha="0" * 64)
    take(store, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    take(store, advice(("Erika", 1000, refs[1]), ("Ada", 2000, refs[2])), name="2.xml", sha="2" * 64)
    post_staged(store)
    return store


def found(store):
    with store.snapshot():
        return {finding.code for finding in wrong_bank(store, told(store))}


def told(store):
    """What the events tell of bank rows, as `verify` gathers it."""
    facts = [json.loads(text) for (text,) in store.all("SELECT facts FROM event ORDER BY office, position")]
    return {name: [one[name] for one in facts if name in one] for name in FACTS}


def test_what_the_bank_did_not_say_so_is_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, TABLES, sql, found) for name, (sql, _) in ATTACKS.items()}
    assert {name: code for name, (_, code) in ATTACKS.items() if code not in seen[name]} == {}


def test_a_statement_that_is_withdrawn_and_taken_anew_is_no_finding(town):
    number = town.value("SELECT max(id) FROM statement WHERE statement_id = 'FR'")
    ask_withdrawal(act(town, "clara"), number, "Falscher Tag")
    confirm_withdrawal(act(town, "dirk"), number, day="2026-11-20")
    assert verify(town).findings == ()
    act(town, "import")
    take(town, statement(FRIDAY.replace("Danke", "Bitte"), named="FR", number=1), name="3.xml", sha="3" * 64)
    post_staged(town)
    assert verify(town).findings == ()
    without_guards(town, *TABLES)
    town.execute("UPDATE statement SET withdrawn_on = '2026-11-21' WHERE withdrawn_on IS NOT NULL")
    assert SEAL in {finding.code for finding in verify(town).findings}


def test_a_statement_issued_again_with_more_is_no_finding(town):
    text = FRIDAY.replace("Danke", reference(town, 1))
    take(town, statement(text, named="FR", number=1), name="4.xml", sha="4" * 64)
    more = "| +1,00 Eva / x | 101,00"
    take(town, statement(text.replace("| 100,00", more), named="WHOLE"), name="5.xml", sha="5" * 64)
    assert town.value("SELECT count(*) FROM statement_part") == 1
    assert verify(town).findings == ()


def test_words_that_a_decision_erased_are_not_missed_but_the_rest_still_is(town):
    later(town, "2040-01-01")
    erased(town, before="2040-01-01")
    assert verify(town).findings == ()
    assert town.value("SELECT count(*) FROM bank_entry WHERE salt IS NOT NULL") == 0
    assert town.value("SELECT count(*) FROM bank_detail WHERE name IS NOT NULL OR salt IS NOT NULL") == 0
    without_guards(town, *TABLES)
    town.execute(f"UPDATE bank_detail SET counter_iban = '{THEIRS}' WHERE line = 1")
    town.execute("UPDATE bank_detail SET amount_cents = 1 WHERE line = 2")
    assert {finding.code for finding in verify(town).findings} >= {WORDS, SEAL}
