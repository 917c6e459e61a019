"""Mandates for tests, one a line: `PARTY IBAN SIGNED [key=value …]`; parties are made where there are none."""

import datetime as dt

from ledger.book.store import office_codes
from ledger.payments.mandate_forms import Covers, NewMandate
from ledger.payments.mandate_store import add
from ledger.store.engines import Store
from sepa.identifiers import make_iban
from tests.ledger.payables import IBANS, party

CREDITOR = "DE98ZZZ09999999999"
SWISS = make_iban("CH", "00762011623852957")
TODAY = dt.date(2026, 11, 16)


def mandate(store: Store, line: str, **more) -> int:
    """Register one mandate and return its number; IBAN - is the debtor's usual one."""
    name, iban, signed, *options = line.split()
    values = dict(option.split("=", 1) for option in options)
    with store.unit(office_codes(store)):
        number = party(store, name)
    covers = Covers(
        values.pop("office", None), tuple(filter(None, values.pop("kinds", "").split(","))), values.pop("covers", None)
    )
    days = {key: dt.date.fromisoformat(values.pop(key)) for key in ("last_used", "confirmed_on") if key in values}
    count = {"notice_days": int(values.pop("notice_days"))} if "notice_days" in values else {}
    new = NewMandate(
        number, IBANS[name] if iban == "-" else iban, dt.date.fromisoformat(signed), covers=covers,
        creditor_id=values.pop("creditor", CREDITOR), **days, **count, **values, **more,
    )  # fmt: skip
    return add(store, new, today=TODAY).mandate.number
