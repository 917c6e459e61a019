"""Details of events in words: `scheme: CORE, signed: 2026-11-02` with the reader's names and days."""

from __future__ import annotations

import re

from kasse_cli.i18n import _, moment, visible
from sepa.errors import N_

KEYS = {
    "bic": N_("BIC"), "claim_kinds": N_("kinds of claims"), "confirmed_on": N_("confirmed on"),
    "covers_reference": N_("only Kassenzeichen"), "creditor_id": N_("creditor identifier"),
    "debtor_name": N_("account holder"), "document": N_("document"), "fields": N_("changed"), "final": N_("last use"),
    "holder": N_("account holder"), "iban": N_("IBAN"), "last_used": N_("last used"),
    "notice_days": N_("days of announcement"), "of": N_("of"), "office": N_("office"), "reason": N_("reason"),
    "reference": N_("reference"), "resume_on": N_("resumed on"), "scheme": N_("scheme"), "signed": N_("signed on"),
    "usage": N_("usage"),
}  # fmt: skip
"""What the keys of an event are called."""
_CODED = {"usage": {"recurrent": N_("recurrent"), "once": N_("once")}}
_PAIR = re.compile(r"(^|, )([a-z][a-z_]*): ([^,]*)")
_DAY = re.compile(r"(?<![\w-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])")


def details_text(text: str) -> str:
    """Return details as a reader of this language expects them: names of fields translated, days as people write them.

    >>> details_text("signed: 2026-11-02, usage: once, odd: 7")
    'signed on: 2026-11-02, usage: once, odd: 7'
    """
    told = _PAIR.sub(_pair, " ".join(part for part in text.split("\n") if part)).replace("None → ", "– → ")
    return _DAY.sub(lambda found: moment(found[0]), visible(told))


def _pair(found: re.Match[str]) -> str:
    start, key, value = found.groups()
    if key == "fields":
        value = " ".join(_(KEYS.get(name, name)) for name in value.split())
    word = _CODED.get(key, {}).get(value)
    return f"{start}{_(KEYS[key]) if key in KEYS else key}: {_(word) if word else value}"
