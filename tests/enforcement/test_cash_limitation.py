"""A part payment at a desk is an acknowledgement like one by bank."""

import datetime as dt

from enforcement.law import packaged_law
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import named_claims
from ledger.bank.suspense import Wish
from ledger.cash.take_store import take
from tests.bankbooks import item, reference
from tests.books import act
from tests.cashbooks import desk


def test_a_part_paid_in_cash_restarts_the_period(store):
    act(store, "import")
    debt = item(store, "100", reference(store, 1), due="2024-03-01", profile="private", claim_kind="private")
    desk(store)
    take(store, "B1", [Wish(reference(store, 1), 4000)])
    ((claim, happened),) = named_claims(act(store, "clara"), "ORDNUNG", [debt])
    standing = Lawbook("HH", packaged_law()).standing(claim, happened)
    assert (standing.last_kind, standing.end) == ("payment", dt.date(2029, 11, 16))
