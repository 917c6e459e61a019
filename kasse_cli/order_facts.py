"""What an order says besides its columns in a list: the names of its facts, and their values as people read them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from kasse_cli.claim_words import CLAIM_KINDS, PROFILE_WORDS
from kasse_cli.i18n import _, day, money
from kasse_cli.orders_columns import ORDER_COLUMNS
from sepa.errors import N_

LABELS = {
    "months": N_("every how many months"), "first_due": N_("first due day"), "last_due": N_("last due day"),
    "ended_on": N_("ended on"), "scheme": N_("reference scheme"), "amounts": N_("amounts expected"),
    "first_day": N_("from"), "invoice_number": N_("invoice number"), "seller_name": N_("seller"),
    "syntax": N_("form of the invoice"), "leitweg": N_("Leitweg-ID"), "stated_iban": N_("IBAN on the invoice"),
    "terms": N_("terms of payment"), "collected": N_("collected by the seller"), "joint_debtors": N_("joint debtors"),
    "joint_group": N_("owed jointly with"), "paid_by": N_("way of payment"), "bank_account": N_("IBAN"),
    "bic": N_("BIC"),
}  # fmt: skip
"""Facts that no list of orders has as a column."""
_COLUMNS = {column.key: column for column in ORDER_COLUMNS}
_DAYS = {"first_due", "last_due", "ended_on", "first_day"}
_WORDS = {"claim_kind": CLAIM_KINDS, "profile": PROFILE_WORDS}
_PAID_BY = {"direct_debit": N_("collected by the payee")}
_RARE = frozenset({"collected"})
"""Facts that are worth a line only where they are true."""


def order_facts(facts: Mapping[str, str | int]) -> Iterator[dict[str, str | int]]:
    """Yield name, label, value and what people read of each fact."""
    for name, value in facts.items():
        if name in _RARE and not value:
            continue
        label = _(LABELS[name]) if name in LABELS else _heading(name)
        yield {"name": name, "label": label, "value": value, "shown": _shown(name, value)}


def _heading(name: str) -> str:
    """Return the heading that a list of orders has for it, as a word."""
    return (_COLUMNS[name].heading if name in _COLUMNS else name).replace("_", " ")


def _shown(name: str, value: str | int) -> str:
    if name in _DAYS or (name in _COLUMNS and _COLUMNS[name].kind == "day"):
        return day(dt.date.fromisoformat(str(value)))
    if name == "amounts":
        return " / ".join(money(int(one)) for one in str(value).split(",") if one) or _("any amount")
    if name in {"stated_iban", "bank_account"}:
        return " ".join(re.findall(".{1,4}", str(value)))
    if name == "paid_by":
        return _(_PAID_BY.get(str(value), str(value)))
    words = _WORDS.get(name, {})
    if value in words:
        word = _(words[str(value)])
        return word if word == value else f"{word} ({value})"
    return _("yes") if name == "collected" else str(value)
