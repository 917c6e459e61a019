"""Claims, runs and bank answers of collections for tests, as short text."""

import datetime as dt

from ledger.bank.posting_store import post_staged
from ledger.book.store import office_codes
from ledger.payments.collection_export_store import exportable, file_of, note_export
from ledger.payments.collection_policy_store import configure
from ledger.payments.collection_propose_store import Choice, collecting_account, propose
from ledger.payments.collection_reader import collections, run_named
from ledger.payments.collection_steps_store import release, review
from ledger.payments.profiles_store import set_profile
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.money import parse_amount, plain
from tests.bankbooks import item, staged
from tests.books import act
from tests.ledger.mandate_texts import CREDITOR
from tests.ledger.order_lists import told_of
from tests.ledger.payables import party

MONDAY = dt.date(2026, 11, 16)
FRIDAY = "2026-11-20"


def ready(store: Store, profile: str = "", **settings) -> Store:
    """Tell the book how it collects; notices announce unless said otherwise, `profile` is that of the bank."""
    configure(act(store, "root"), {"creditor_id": CREDITOR, "notices_announce": "1"} | settings)
    if profile:
        set_profile(store, collecting_account(store)[0].iban, profile)
    return act(store, "dirk")


def claim(store: Store, line: str, **more) -> tuple[str, int]:
    """Make one claim `OFFICE AMOUNT DUE DEBTOR [REFERENCE]` that a notice announced long ago; return its key."""
    office, amount, due, name, *reference = line.split()
    with store.unit(office_codes(store)):
        person, order = party(store, name), take_ids(store, office, "order")
        batch = take_ids(store, BOOK, "order_batch")
        store.insert_one(
            "order_batch", id=batch, source="test", count=1, total_cents=1, list_hash=b"h", created_by=1,
            created_at=store.now,
        )  # fmt: skip
        store.insert_one(
            "cash_order", office=office, id=order, batch=batch, kind="receivable", state="created", party=person,
            total_cents=parse_amount(amount), due=due, purpose="x", foreign_reference=0, notice_date="2026-09-01",
            reference=reference[0] if reference else None,
            **{name: more[name] for name in ("profile", "claim_kind") if name in more},
        )  # fmt: skip
        told_of(store, office, order, batch)
    return office, item(store, amount, *reference, office=office, due=due, person=person, order_id=order, **more)


def claims(store: Store, text: str) -> list[tuple[str, int]]:
    return [claim(store, line.strip()) for line in text.strip().splitlines()]


def proposed(store: Store, **choice):
    return propose(act(store, "dirk"), Choice(**choice), today=MONDAY)


def released(store: Store, **choice):
    """Propose, review and release everything that is due, and return the runs."""
    made = proposed(store, **choice)
    for run in made.runs:
        review(act(store, "dirk"), run.number, today=MONDAY)
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    return [run_named(act(store, "dirk"), run.number) for run in made.runs]


def written(store: Store, number: int) -> bytes:
    run = exportable(act(store, "dirk"), number)
    with file_of(store, run) as chunks:
        return b"".join(chunks)


def exported(store: Store, **choice):
    from hashlib import sha256

    return [
        note_export(store, run.number, sha256(written(store, run.number)).hexdigest())
        for run in released(store, **choice)
    ]


def credited(store: Store, run, amount: int | None = None, *, batch=None, day=FRIDAY, **more) -> int:
    """Let the bank credit a run as one sum (or one batch of it), and post it."""
    name = {"payment_information_id": f"{run.message_id}-{batch}"} if batch else {"message_id": run.message_id}
    entry = staged(store, plain(run.total_cents if amount is None else amount), gvc="192", day=day, **name, **more)
    post_staged(act(store, "clara"))
    return entry


def returned(
    store: Store, run, line: int = 1, reason="AM04", fee: int = 0, *, day="2026-11-24", gvc="109", **more
) -> int:
    """Let one collection of a run come back with a fee, and post it."""
    one = next(view for view in collections(store, run) if view.line == line)
    given = {"end_to_end_id": one.end_to_end_id, "return_reason": reason, "gvc": gvc} | more
    entry = staged(store, plain(-one.amount_cents - fee), day=day, **given)
    post_staged(act(store, "clara"))
    return entry


def states(store: Store) -> list[str]:
    return [state for (state,) in store.rows("SELECT state FROM collection ORDER BY office, run, line")]


def balance(store: Store, role: str) -> int:
    """Return the balance of all accounts with a role."""
    sql = """SELECT coalesce(sum(p.cents), 0) FROM posting p
             JOIN account a ON a.office = p.office AND a.number = p.account WHERE a.role = :role"""
    return int(store.value(sql, role=role))
