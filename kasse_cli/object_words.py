"""What the books call an object, in words: `letter:7` and `letter 7` become "letter 7" in the reader's language."""

from __future__ import annotations

import re

from kasse_cli.i18n import _, moment
from sepa.errors import N_

OBJECTS = {
    "advance": N_("case {number}"), "attachment": N_("attachment {number}"), "bank": N_("bank entry {number}"),
    "batch": N_("batch {number}"),
    "case": N_("case {number}"), "cash": N_("receipt {number}"), "collection run": N_("collection run {number}"),
    "count": N_("count {number}"), "day": N_("closing of the day {number}"), "desk": N_("cash desk {number}"),
    "dunning run": N_("dunning run {number}"), "entry": N_("entry {number}"), "erasure": N_("erasing {number}"),
    "invoice": N_("invoice {number}"), "item": N_("item {number}"), "law change": N_("change of the law {number}"),
    "letter": N_("letter {number}"), "merge": N_("merging {number}"), "month": N_("closing of the month {number}"),
    "opening": N_("take-over {number}"), "order": N_("order {number}"), "payment run": N_("payment run {number}"),
    "receipt": N_("receipt {number}"), "relief": N_("relief {number}"), "run": N_("payment run {number}"),
    "settlement": N_("settlement {number}"), "statement": N_("statement {number}"),
    "suspense": N_("case {number}"), "year": N_("closing of the year {number}"),
}  # fmt: skip
_WHOLE = {"clarification": N_("clarification"), "manual": N_("by hand"), "opening": N_("take-over")}
_NAMED = re.compile(r"([a-z_ ]+)[: ](\S+)")


def object_text(name: str) -> str:
    """Return what an object is called, in the reader's words; what has no word is shown as it is."""
    if name in _WHOLE:
        return _(_WHOLE[name])
    found = _NAMED.fullmatch(name)
    template = OBJECTS.get(found[1].replace("_", " ")) if found else None
    return _(template).format(number=moment(found[2])) if found and template else name
