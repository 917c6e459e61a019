"""Evidence and facts of decisions, stored as names and values, in the words of the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kasse_cli.i18n import _, money, shown, visible
from kasse_cli.unclear_words import reason_sentence
from sepa.errors import N_

NAMES = {
    "in": N_("found in"), "reference": N_("reference"), "proof": N_("proven by"), "reason": N_("reason"),
    "or": N_("or"), "rule": N_("rule"), "name": N_("name"), "account": N_("account"), "office": N_("office"),
    "run": N_("payment run"), "payment": N_("payment"), "collection_run": N_("collection run"),
    "batch": N_("list"), "return_reason": N_("return reason"), "undoes": N_("undoes"), "entry": N_("entry"),
    "cents": N_("amount"), "left_cents": N_("left"), "items": N_("items"), "to": N_("to"), "by": N_("by"),
    "at": N_("at"), "owner": N_("owner"), "before": N_("before"), "until": N_("until"), "order": N_("order"),
    "terminal": N_("terminal"), "terminals": N_("terminals"), "transport": N_("cash transport"),
    "number": N_("number"), "planned_on": N_("planned for"), "day": N_("day"), "kind": N_("kind"),
    "deemed_on": N_("counts as given on"), "term_end": N_("term until"), "demands": N_("limitation interrupted"),
    "sum_cents": N_("sum"), "count": N_("count"), "iban": N_("IBAN"), "bic": N_("BIC"), "user": N_("user"),
    "task": N_("task on the address"), "withdrawn": N_("interruptions withdrawn"),
    "receipt": N_("receipt"), "cheque": N_("cheque"), "text": N_("text"), "since": N_("from"),
    "part": N_("part"), "parts": N_("parts"),
}  # fmt: skip
"""What the names of evidence and facts are called; others are shown as they are."""
PLACES = (N_("text"), N_("structured"), N_("end_to_end"), N_("iban"), N_("amount"), N_("name"))
"""Values of `in` and `proof`."""
_WORDS = {"in", "kind", "reason", "rule"}


def evidence_text(known: Mapping[str, object]) -> str:
    """Return evidence as a sentence part: `found in: text, reference: 1000000000015`."""
    return ", ".join(_parts(known))


def _parts(known: Mapping[str, object]) -> Iterator[str]:
    for name, value in known.items():
        if value is not None and value != "":
            yield f"{_(NAMES.get(name, name))}: {_value(name, value)}"


def _value(name: str, value: object) -> str:
    if name.endswith("cents") and isinstance(value, int):
        return money(value)
    text = str(value)
    if name == "proof":
        return " + ".join(_word(name, word) for word in text.split())
    return visible(_word(name, text)) if name in _WORDS else shown(name, text)


def _word(name: str, code: str) -> str:
    """Return what a code is called; a reason why money is unclear is told as a sentence."""
    said = reason_sentence(code) if name == "reason" else _(code)
    return code.replace("_", " ") if said == code else said
