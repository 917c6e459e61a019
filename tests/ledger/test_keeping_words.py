"""Every word that may name a person has a way out of the book: the columns, the events, and what clerks write."""

import ast

import pytest

import kasse_cli.schema
from kasse_cli.wiring import personal_data
from ledger.bank.rules_desk import ErasedRuleError, Wanted
from ledger.bank.rules_store import add_rule, switch_rule
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Note
from ledger.bank.suspense_desk_store import decide
from ledger.book.journal import parse_entry_number
from ledger.book.manual import ManualEntry, ManualLine
from ledger.book.manual_store import post_manual
from ledger.book.reversal_store import reverse
from ledger.book.verify_store import verify
from ledger.cash.cancel_store import cancel
from ledger.cash.count_store import confirm, count
from ledger.cash.desks_store import rest
from ledger.cash.settle_store import certify, reject, settle
from ledger.cash.settlements import Voucher
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, transfer
from ledger.keeping.erase_store import decide_erasure, propose_erasure
from ledger.keeping.personal import OF_MANY
from ledger.keeping.retention_store import blanked_columns
from ledger.store.columns import Text
from tests.bankbooks import item, reference
from tests.books import act
from tests.cashbooks import DAY, desk, fund, on, pieces
from tests.ledger.keeping_books import later
from tests.ledger.test_keeping_erase import texts
from tests.sources import nodes

ALLOWED = dict(kasse_cli.schema.permitted_changes())
WHERE = personal_data()
NAME = "Zebulon Quastenflosser"
PLAIN = """
    office kind state role account sha256 file_sha256 pdf_sha256 content_sha256 list_hash code bic gvc iban
    charset message_id profile scheme creditor_id end_to_end_id claim_kind claim_kinds item_office bank_office
    credit_office return_office return_reason payment_information_id servicer_reference creditor_reference
    asked_message created_stamp status period dimensions desk fund leitweg norm template sequence schedule part
    charge
"""
"""Columns that hold codes, hashes, numbers of messages and accounts of the town in whatever table."""
NOT_PERSONAL = {
    "names of the town's own things": {
        "account": "name number", "bank_account": "name statements", "cash_desk": "name", "office": "name",
        "dimension_value": "dimension value name", "leitweg_office": "", "setting": "key value", "counter": "name",
        "payment_run": "debtor_name debtor_address", "collection_run": "creditor_name creditor_bic", "mandate_reference": "creditor_key",
        "letter_template": "text", "law_file": "name text", "letter_print": "template_sha256", "reference_scheme": "pattern method prefix",
    },
    "staff, who answer for what they did": {"app_user": "name"},
    "companies the town has contracts with": {"cash_terminal": "terminal acquirer acquirer_iban"},
    "names of files": {
        "source_file": "name purpose result", "suspense_batch": "verb source", "order_batch": "source",
        "cash_settlement": "file_name", "opening_run": "name parts sums",
    },
    "references and numbers": {
        "item": "side reference", "cash_order": "reference main_reference joint_group order_key act paid_by",
        "reference_target": "reference", "reference_target_item": "reference", "mandate": "reference document_sha256 usage "
        "covers_reference", "mandate_reference": "key", "collection": "mandate_reference was_reference was_creditor_id "
        "was_creditor_name asked", "letter": "way reference", "relief": "reference", "cash_transport": "other reference bag",
        "party_former": "key", "entry": "source transaction_id", "posting": "", "order_invoice": "number syntax means",
        "cash_order_line": "gl_account cost_object contra_office contra_account", "statement": "message statement_id created",
        "payment_file": "ebics btf", "bank_notice": "notice_message_id", "vop_rule": "iban_prefix",
        "cash_batch": "terminal", "voucher": "fingerprint", "month_balance": "month",
        "erasure": "rows",
        "payment_report": "original_message_id created", "statement_entry": "",
    },
    "codes": {
        "bank_match": "rule", "bank_rule": "serves direction", "cash_receipt": "tender", "collection_message": "reason",
        "collection_report": "reason", "dunning_skip": "why", "general_order": "amounts", "item": "paid_by",
        "letter_item": "charge_kind", "mandate_amendment": "field", "order_step": "step", "party_account": "source",
        "payment_answer": "reason", "payment_recall": "reason answer_reason", "payment_report": "reason",
        "statement_skip": "message", "suspense_case": "reason", "vop_decision": "decision",
    },
    "facts without persons, by contract": {"event": "action object facts"},
    "sums and signatures of closed periods": {"closing": "heads protocol", "closing_proposal": "protocol"},
}  # fmt: skip
"""Every other column of text that no erasing touches, and why it need not."""
NOBODYS = {
    "desk": "remarks of counts", "rest": "days of desks", "rule": "rules of the Kasse", "vop_rule": "rules for payees", "user": "staff",
    "file": "names of files", "law_change": "the law of the town", "suspense_batch": "names of files", "opening": "take-overs", "batch": "lists of orders",
    "dunning_run": "whole runs", "statement": "pages of the bank", "bank_account": "numbers of the bank", None: "refusals and settings of the town",
}  # fmt: skip
"""What events are about that is nobody's: their words go when their own period is over, `--before` a day."""
DYNAMIC = {"_OBJECT": None, "choice.name": "order", "matter.about": "run"}


def test_every_column_of_text_is_personal_or_named_as_not():
    kinds, named = {kind.table: kind for kind in WHERE.all()}, dict[str, set[str]]()
    for tables in NOT_PERSONAL.values():
        for table, columns in tables.items():
            named.setdefault(table, set()).update(columns.split())
    missing = []
    for name, table in kasse_cli.schema.METADATA.tables.items():
        kind = kinds.get(name)
        gone = set(blanked_columns(kind, ALLOWED[name])) if kind else set()
        if kind and not gone:
            continue  # whole rows go
        for column in table.columns:
            plain = column.name in PLAIN.split() or column.name.endswith("_at") or column.name == "at"
            if type(column.type) is Text and not plain and column.name not in gone | named.get(name, set()):
                missing.append(f"{name}.{column.name}")
    assert missing == [], "give them a Kind in personal.py and ERASABLE in their table, or say why not"


def said_about():
    """What every event with details is about: the place and the word before the colon."""
    for path, node in nodes("ledger", "enforcement"):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"):
            continue
        details = node.args[5:] or [word.value for word in node.keywords if word.arg == "details"]
        if details and ast.unparse(node.args[3]) != "None":
            yield f"{path.name}:{node.lineno}", word_of(node.args[3])


def word_of(about):
    if isinstance(about, ast.JoinedStr):
        return str(about.values[0].value).partition(":")[0]
    return DYNAMIC[ast.unparse(about)]


def test_every_event_with_words_is_about_somebody_or_goes_by_its_period():
    known = "".join((*WHERE.objects, *OF_MANY))
    found = dict(said_about())
    assert len(found) > 50
    assert {place: word for place, word in found.items() if word not in NOBODYS and f"'{word}:'" not in known} == {}


@pytest.fixture
def town(store):
    """A desk, a fund, and a person with debts and a payable whose name everybody writes down everywhere."""
    act(store, "import")
    for number in (1, 2, 3):
        item(store, "50", reference(store, number), name=NAME, person=getattr(store, "person", None))
        store.person = store.value("SELECT max(id) FROM party")
    desk(store)
    fund(store, fixed_cents=5000)
    act(store, "dirk")
    return store


def at_the_counter(store):
    note = Payment(payer=NAME, note=f"bar von {NAME}")
    first = take(store, "B1", [Wish(reference(store, 1))], payment=note)
    take(store, "B1", [Wish(reference(store, 2))], payment=note)
    unclear = take(store, "B1", [Wish("4711", 5000)], payment=note)
    (case,) = (part.item for part in unclear.receipt.parts)
    act(store, "emil")
    cancel(store, first.receipt.label, f"{NAME} zahlt anders")
    act(store, "dirk")
    take(store, "B1", [Wish(reference(store, 1))], payment=note)
    decide(store, [Note(case, f"{NAME} rief an")], day=DAY)
    decide(store, [Assign(case, (Wish(reference(store, 3)),))], day=DAY)


def by_hand(store):
    """Post on the person's item by an entry that names them, and take it back."""
    lines = (ManualLine("KASSE", "6100", 100, {}), ManualLine("KASSE", "5900", -100, {}))
    act(store, "clara")
    done = post_manual(store, [ManualEntry("1", DAY, f"Text {NAME}", f"Brief {NAME}", lines)], today=DAY)
    act(store, "dirk")
    reverse(store, parse_entry_number(done.entries[0].number), reason=f"nicht {NAME}", day=DAY)


def about_nobody(store):
    by_hand(store)
    transfer(store, "B1", "H1", 5000)
    accept(act(store, "clara"), "H1")
    act(store, "dirk")
    count(store, "B1", pieces(9000), remark=f"{NAME} gab falsch")
    confirm(act(store, "emil"), "B1")
    act(store, "clara")
    for again in (False, True):
        settle(store, "H1", [Voucher(DAY, f"Beleg {NAME}", f"Blumen {NAME}", 100, "6200", {})])
        act(store, "anna")
        certify(store, "H1") if again else reject(store, "H1", f"unleserlich: {NAME}")
        act(store, "clara")
    act(store, "emil")
    rule = add_rule(store, Wanted(f"Miete {NAME}", pattern=NAME, account="5900")).number
    switch_rule(store, rule, active=False)
    rest(act(on(store, "2026-11-17"), "dirk"), "B1", f"{NAME} krank")
    return rule


def erased(store, **scope):
    number = propose_erasure(act(store, "emil"), WHERE, ALLOWED, f"Antrag von {NAME}", **scope).number
    return decide_erasure(act(store, "frida"), WHERE, ALLOWED, number, confirm=True)


def test_the_words_of_the_counter_and_the_desk_go_with_the_person(town):
    at_the_counter(town)
    assert texts(town).count("Quastenflosser") > 10
    before = verify(town)
    assert before.findings == ()
    erased(later(town, "2037-01-01"), party=town.person)
    left = [line for line in texts(town).splitlines() if "Quastenflosser" in line or "QUASTENFLOSSER" in line]
    assert left == []
    after = verify(town)
    assert (after.findings, after.head) == ((), before.head)


def test_words_that_follow_nobodys_item_go_when_their_period_is_over(town):
    at_the_counter(town)
    rule = about_nobody(town)
    shortage = town.value("SELECT item FROM cash_count WHERE item IS NOT NULL")
    assert shortage is not None
    erased(later(town, "2037-01-01"), party=town.person)
    assert "Quastenflosser" in texts(town), "remarks that name them stand beside nobody's item"
    erased(town, before="2037-01-01")
    left = sorted(line for line in texts(town).splitlines() if "Quastenflosser" in line)
    assert left == [f"Antrag von {NAME}", f"{NAME} gab falsch"], "the shortage is open, the last reason is kept"
    erased(later(town, "2049-01-01"), before="2049-01-01")
    left = sorted(line for line in texts(town).splitlines() if "Quastenflosser" in line)
    assert left == [f"Antrag von {NAME}", f"{NAME} gab falsch"]
    with pytest.raises(ErasedRuleError):
        switch_rule(act(town, "emil"), rule, active=True)
    assert verify(town).findings == ()
