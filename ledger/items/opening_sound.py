"""Open items that are plainly right: seen at one glance, because a list has them by the hundred thousand.

A glance never decides against a row: whatever it is not sure of goes through the rules, one by one, which say what is
wrong. What it lets pass no rule would have named.
"""

from __future__ import annotations

from operator import itemgetter

from ledger.items.order_rules import PAYABLE_LIMITS, written
from ledger.items.orders import OrderRow, Rules, control_role

_SEEN = (
    "office", "kind", "name", "amount_cents", "open_cents", "due", "original_due", "gl_account", "profile",
    "dunning_level", "reference", "reference_foreign", "purpose", "postcode", "birth_date", "notice_date",
)  # fmt: skip
_seen = itemgetter(*map(OrderRow._fields.index, _SEEN))
_RARE = (
    "bank_account", "bic", "country", "period_from", "period_to", "lock_kind", "lock_until", "lock_reason",
)  # fmt: skip
_rare = itemgetter(*map(OrderRow._fields.index, _RARE))
_UNSEEN = (None,) * len(_RARE)
_NAME, _REFERENCE, _PURPOSE = (PAYABLE_LIMITS[field] for field in ("name", "reference", "purpose"))
_LEVELS = frozenset(range(10))


def plainly_right(rules: Rules, row: OrderRow) -> bool:
    """Return whether a completed item (a receivable, payable or credit with a name) has nothing that a rule names."""
    (
        office, kind, name, amount_cents, open_cents, due, original_due, account, profile, level, reference, foreign,
        purpose, postcode, birth_date, notice_date,
    ) = _seen(row)  # fmt: skip
    state = rules.accounts.get((office, account))
    return (
        _rare(row) == _UNSEEN
        and state is not None
        and office in rules.offices
        and kind in ("receivable", "payable", "credit")
        and state.role == control_role(kind, profile)
        and name is not None
        and name[:1].isalnum()
        and len(name) <= _NAME
        and None not in (open_cents, amount_cents, due, original_due)
        and 0 < open_cents <= amount_cents
        and original_due <= due
        and level in _LEVELS
        and (not reference or (not foreign and len(reference) <= _REFERENCE))
        and (not purpose or len(purpose) <= _PURPOSE)
        and (not postcode or (len(postcode) == 5 and postcode.isascii() and postcode.isdecimal()))
        and (not birth_date or birth_date <= rules.today)
        and (not notice_date or notice_date <= rules.today)
        and not rules.law.wrong(profile, rules.profiles)
        and written(row).isprintable()
    )
