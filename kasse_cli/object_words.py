"""What the books call an object, in words: `letter:7` and `letter 7` become "letter 7" in the reader's language."""

from __future__ import annotations

import re

from kasse_cli.i18n import _, moment
from sepa.errors import N_

OBJECTS = {
    "advance": N_("case {number}"), "attachment": N_("attachment {number}"), "bank": N_("bank entry {number}"),
    "bank balance": N_("balance of {number}"), "batch": N_("batch {number}"),
    "case": N_("case {number}"), "cash": N_("receipt {number}"), "collection run": N_("collection run {number}"),
    "count": N_("count {number}"), "day": N_("closing of the day {number}"), "desk": N_("cash desk {number}"),
    "dunning run": N_("dunning run {number}"), "entry": N_("entry {number}"), "erasure": N_("erasing {number}"),
    "invoice": N_("invoice {number}"), "item": N_("item {number}"), "law change": N_("change of the law {number}"),
    "cash settlement": N_("settlement of a fund {number}"), "cash transport": N_("cash transport {number}"),
    "letter": N_("letter {number}"), "manual": N_("by hand, no. {number}"), "merge": N_("merging {number}"),
    "month": N_("closing of the month {number}"),
    "opening": N_("take-over {number}"), "order": N_("order {number}"), "payment run": N_("payment run {number}"),
    "receipt": N_("receipt {number}"), "rest": N_("cash desk {number}"),
    "relief": N_("relief {number}"), "run": N_("payment run {number}"),
    "settlement": N_("settlement {number}"), "statement": N_("statement {number}"),
    "suspense": N_("case {number}"), "year": N_("closing of the year {number}"),
}  # fmt: skip
_WHOLE = {"clarification": N_("clarification"), "manual": N_("by hand"), "opening": N_("take-over")}
_TRANSPORT = re.compile(r"-T[0-9]+$")
_NAMED = re.compile(r"([a-z_ ]+)[: ](\S+)")


def object_text(name: str) -> str:
    """Return what an object is called, in the reader's words; what has no word is shown as it is."""
    if name in _WHOLE:
        return _(_WHOLE[name])
    found = _NAMED.fullmatch(name)
    template = OBJECTS.get(_kind(*found.groups())) if found else None
    return _(template).format(number=moment(found[2])) if found and template else name


def _kind(kind: str, number: str) -> str:
    """Return the kind as `OBJECTS` has it; what moved cash is told by how it is numbered: B1-2026-7, KASSE-T2, H1/1."""
    if kind == "cash" and "/" in number:
        return "cash settlement"
    if kind == "cash" and _TRANSPORT.search(number):
        return "cash transport"
    return kind.replace("_", " ")
