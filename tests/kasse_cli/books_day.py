"""A small book with a little of everything, for transcripts of journal, day and report."""

import shutil

from ledger.book.entry import Posting
from ledger.book.store import post
from ledger.book.transfer import across
from tests.books import SECOND_IBAN, act, entry, opened
from tests.ledger.bank_days import claim, party, receive, settle, statement, take_over

FIRST, SECOND = "2026-11-16", "2026-11-17"


def copied(template, folder):
    """Put the filled template into the folder as the book that commands find without being told."""
    shutil.copy(template, folder / "kasse.db")
    return opened(str(folder / "kasse.db"), "clara", now="2026-11-17T08:00:00Z")


def fill(store):
    """Take over 100,00, post a claim half paid, a payable, unclear money, a transfer, and statements of two days."""
    take_over(store, FIRST, "100,00")
    erika = party(store, "Erika Muster")
    rent = claim(store, "50,00", "2026-10-01", "ORDNUNG", due="2026-10-31", reference="2600000000017", party=erika)
    settle(store, rent, "20,00", SECOND, "ORDNUNG")
    claim(
        store, "12,00", FIRST, "BAU", "payable", due="2026-11-30", reference="RE-4711", party=party(store, "Bau GmbH")
    )
    receive(store, SECOND, "7,50", name="Max Muster", counter_iban=SECOND_IBAN, remittance="Spende?")
    number = store.value("SELECT max(id) FROM bank_entry")
    why = {"entry": number, "reason": "no_reference", "owner": None}
    case = claim(store, "7,50", SECOND, kind="suspense", how="bank", case=why)
    with store.unit():
        store.insert_one(
            "bank_match", office="KASSE", entry=number, line=2, rule="clarify", item_office="KASSE", item=case, cents=0
        )
    lines = {"KASSE": [Posting("6100", 300)], "BAU": [Posting("5900", -300)]}
    with store.unit(["KASSE", "BAU"]):
        post(store, across("KASSE", lines, kind="transfer", posting_day=SECOND, group=1, text="Porto umgebucht"))
        post(store, [entry("6100 1,25", "5900 -1,25", day=SECOND, text="Kopierpapier", source="manual:1")])
    statement(store, FIRST, "100,00", number=1)
    statement(store, FIRST, "0,00", iban=SECOND_IBAN, number=1)
    statement(store, SECOND, "107,50", number=2)
    act(store, "root")
