"""Errors and findings for people and for scripts: one sentence with its place, or one JSON object."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from kasse_cli.i18n import _, decimal, sentence, visible
from sepa.errors import N_, Field, KasseError, Place

NAMED_AT_ONCE = 6
"""How many names a line of findings that belong together lists."""
_PARTS = {
    "file": "{text}",
    "sheet": N_("sheet {text}"),
    "row": N_("row {text}"),
    "column": N_("column {text}"),
    "line": N_("line {text}"),
    "payment": N_("payment {text}"),
    "field": N_("field {text}"),
    "value": N_('value "{text}"'),
}
_BESIDE_ROW = {"line": N_("line {text} of the file")}  # German has one word for row and line
_FIELDS = {
    "account": N_("account"), "address": N_("address"), "amount": N_("amount"), "bic": N_("BIC"),
    "category_purpose": N_("category purpose"), "country": N_("country"), "created": N_("time of creation"),
    "currency": N_("currency"), "day": N_("day"), "due_day": N_("due day"), "end_to_end_id": N_("end-to-end id"),
    "execution_day": N_("execution day"), "house_number": N_("house number"), "iban": N_("IBAN"), "lines": N_("lines"),
    "mandate_id": N_("mandate id"), "name": N_("name"), "original_iban": N_("former IBAN"), "postcode": N_("postcode"),
    "purpose": N_("purpose"), "reason": N_("reason"), "remittance": N_("text"), "sequence": N_("sequence"),
    "signed": N_("day of signature"), "status": N_("status"), "street": N_("street"), "town": N_("town"),
    "version": N_("version"),
}  # fmt: skip
"""Fields of payments, as a reader calls them; columns of lists have names of their own."""
_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")
_LABELS = {"error": N_("finding"), "warning": N_("warning"), "info": N_("note")}


def place_text(place: Place, message: str = "") -> str:
    """Return where it was found in words, without the value where the message already shows it."""
    parts = {name: str(value) for name, value in asdict(place).items() if value is not None}
    if _AMOUNT.fullmatch(parts.get("value", "")):
        parts["value"] = decimal(parts["value"])  # as a sheet shows it
    if visible(parts.get("value", "")) in message:
        parts.pop("value", None)
    if parts.get("line") == parts.get("row"):
        parts.pop("line", None)
    if set(parts) == {"file"} and visible(parts["file"]) in message:
        return ""
    templates = _PARTS | (_BESIDE_ROW if "row" in parts else {})
    if parts.get("field") in _FIELDS:
        parts["field"] = _(_FIELDS[parts["field"]])
    return ", ".join(sentence(templates[name], {"text": text}) for name, text in parts.items())


def message(error: KasseError) -> str:
    """Return the error's sentence in the language of this run."""
    return sentence(error.template, error.fields)


def hint(error: KasseError) -> str:
    """Return the way out in the language of this run, empty where there is none."""
    return sentence(error.hint, error.fields)


def located(error: KasseError) -> str:
    """Return the sentence after its place, as a compiler would write it."""
    text = message(error)
    place = place_text(error.place, text)
    return f"{place}: {text}" if place else text


def error_lines(error: KasseError) -> list[str]:
    """Return what stderr shows of a refusal: its findings, the error itself, then the way out."""
    own = [f"{_('error')}: {located(error)}"]
    way_out = hint(error)
    return finding_lines(error.findings) + own + ([f"{_('hint')}: {way_out}"] if way_out else [])


def finding_lines(findings: tuple[KasseError, ...]) -> list[str]:
    """Return one line a finding in their order, many of a class that knows how in one, each way out below the first."""
    lines: list[str] = []
    told: set[str] = {""}
    for group in _together(findings):
        lines.append(f"{_(_LABELS[group[0].severity])}: {_told(group)}")
        fresh = [text for text in dict.fromkeys(map(hint, group)) if text not in told]
        lines += [f"{_('hint')}: {text}" for text in fresh]
        told.update(fresh)
    return lines


def _together(findings: Iterable[KasseError]) -> list[list[KasseError]]:
    """Return findings in groups of one, and those of a class that tells several in one line in one group."""
    groups: dict[object, list[KasseError]] = {}
    for finding in findings:
        groups.setdefault(type(finding) if finding.together else object(), []).append(finding)
    return list(groups.values())


def _told(group: Sequence[KasseError]) -> str:
    first = group[0]
    if len(group) == 1:
        return located(first)
    names = list(dict.fromkeys(str(one.fields[first.named]) for one in group))
    shown = ", ".join([*names[:NAMED_AT_ONCE], *(["…"] if len(names) > NAMED_AT_ONCE else [])])
    return sentence(first.together, {"count": len(names), "names": shown})


def _plain(value: Field) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, dt.date) else value


def as_json(error: KasseError) -> dict[str, object]:
    """Return the error or finding as the JSON contract has it."""
    return {
        "code": error.code,
        "severity": error.severity,
        "message": message(error),
        "hint": hint(error),
        "fields": {name: _plain(value) for name, value in error.fields.items()},
        "place": asdict(error.place),
    }
