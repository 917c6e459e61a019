"""A glance at an open item never lets pass what a rule would name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.items.kassenzeichen import Scheme
from ledger.items.opening import ITEM_RULES, check_item
from ledger.items.opening_sound import plainly_right
from ledger.items.orders import AccountState, OrderRow, Rules
from tests.ledger.order_lists import item

SCHEME = Scheme("kz", r"[0-9]{13}", 13, "iso7064_mod_11_10", "", issues=True)
RULES = Rules(
    "2026-11-15",
    ("BAU", "ORDNUNG"),
    (SCHEME,),
    {
        ("ORDNUNG", "2400"): AccountState("receivable", "asset", None),
        ("ORDNUNG", "2410"): AccountState("receivable_private", "asset", None),
        ("ORDNUNG", "4400"): AccountState("payable", "liability", None),
        ("ORDNUNG", "4700"): AccountState("credit", "liability", None),
        ("ORDNUNG", "4800"): AccountState("suspense", "liability", None),
        ("ORDNUNG", "5100"): AccountState(None, "income", None),
        ("BAU", "2400"): AccountState("receivable", "asset", None),
    },
    {"profile_account:fee": "5100", "profile_account:private": "5100"},
)
CLAIM = item("ORDNUNG receivable 100,00 Erika Musterfrau", reference=SCHEME.number(17), profile="fee")
SOUND = {
    "a claim": {},
    "partly paid": {"amount_cents": 20000, "original_due": "2025-03-01", "dunning_level": 3},
    "private": {"profile": "private"},
    "a debt": {"kind": "payable", "reference": None, "gl_account": "4400"},
    "without an address": {"street": None, "house_number": None, "postcode": None, "town": None},
}
TEXTS = (
    "", " ", "x", "-", "ORDNUNG", "BAU", "ZOO", "receivable", "payable", "credit", "suspense", "2400", "4400", "5100",
    "fee", "private", "tax", "dunning", "AZ-4711", "Ä 1", SCHEME.number(3), "DE02120300000000202051", "DE",
    "DE00120300000000000036", "XY", "20999", "1067", "٠٦٧٨٩", "a\tb", "a\u2028b", "_", "x" * 36, "x" * 71, "x" * 600,
)  # fmt: skip
DAYS = ("1999-12-31", "2026-03-01", "2026-11-15", "2026-11-16", "2031-01-01")
NUMBERS = (-1, 0, 1, 9, 10, 9999, 10000, 10001)
FIELDS = [name for name in OrderRow._fields if name not in ("seq", "head", "match_key", "address_key", "party_key")]
WHOLE = {"amount_cents", "open_cents", "reference_foreign", "enforceable", "dunning_level", "every_months"}
SPOILT = {"due", "original_due", "notice_date", "birth_date", "period_from", "period_to", "lock_until", "last_due"}


def values(field):
    """Return what a field may hold that was read: numbers, days or texts, or nothing."""
    return st.sampled_from((None, *(NUMBERS if field in WHOLE else DAYS if field in SPOILT else TEXTS)))


changes = st.lists(st.sampled_from(FIELDS), max_size=4, unique=True).flatmap(
    lambda fields: st.fixed_dictionaries({field: values(field) for field in fields})
)


@given(changes)
def test_what_is_plainly_right_breaks_no_rule(changed):
    row = check_item(RULES, CLAIM._replace(**changed)).row
    named = [finding.code for rule in ITEM_RULES for finding in rule(RULES, row)]
    assert not (plainly_right(RULES, row) and named), (changed, named)


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_of_any_field_slips_through(field):
    for value in (None, *(NUMBERS if field in WHOLE else DAYS if field in SPOILT else TEXTS)):
        row = check_item(RULES, CLAIM._replace(**{field: value})).row
        named = [finding.code for rule in ITEM_RULES for finding in rule(RULES, row)]
        assert not (plainly_right(RULES, row) and named), (value, named)


@pytest.mark.parametrize("case", SOUND)
def test_usual_items_are_plainly_right(case):
    assert plainly_right(RULES, check_item(RULES, CLAIM._replace(**SOUND[case])).row)
