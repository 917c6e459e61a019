"""What the settings of a rule of law are called, and the words of their values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from kasse_cli.claim_words import CLAIM_KINDS
from kasse_cli.i18n import _, money
from sepa.errors import N_

SETTINGS = {
    "after_months": N_("months added"), "alone": N_("demanded alone from"), "base_frozen": N_("base stays"),
    "base_rate": N_("base rate"), "becomes": N_("becomes"), "begins": N_("begins"), "cap_years": N_("at most years"),
    "capped_for_joint_debtors": N_("joint debtors owe it once"), "charge_free": N_("no charge on"),
    "classes": N_("kinds of one rank"), "cost_table": N_("cost table"), "costs_round_up": N_("costs are rounded up"),
    "counted_from": N_("counted from"), "court": N_("through the courts"), "credited": N_("less what was demanded of"),
    "day_count": N_("how days are counted"), "days_count": N_("runs on meanwhile"), "death": N_("death"),
    "deferral_charge": N_("charge for a deferral"), "due_shifts": N_("due day moves to a working day"),
    "dunning": N_("dunning"), "dunning_fee": N_("dunning fee"), "effects_from_cents": N_("effects from"),
    "end_shifts": N_("end moves to a working day"), "fee": N_("with a fee"), "figure": N_("figure"), "file": N_("File"),
    "floor": N_("base rounded down to"), "floor_months": N_("months at least"), "grace": N_("days of grace"),
    "grace_for_transfers": N_("grace for transfers only"), "grace_shifts": N_("grace ends on a working day"),
    "insolvency": N_("insolvency"), "interest": N_("interest due"), "kind": N_("Kind"), "lands": N_("Lands"),
    "last_months": N_("in the last months"), "late_charge": N_("late charge"), "least": N_("at least"),
    "length": N_("Length"), "level": N_("level"), "limitation": N_("limitation"), "longest": N_("longest"),
    "lump": N_("lump sum for default"), "means": N_("means"), "method": N_("method"),
    "month_end_shifts": N_("end of a month moves to a working day"), "name": N_("Name"), "norm": N_("Paragraph"),
    "not_before": N_("not before"), "notice": N_("notice"), "open_points": N_("left open by the sources"),
    "order": N_("ranks"), "outcome": N_("outcome"), "over": N_("only above"), "penal": N_("penal"), "rate": N_("rate"),
    "rate_of_due": N_("rate of the due day stays"), "relief": N_("relief"), "remedy": N_("remedy"),
    "rest": N_("all other"), "restart": N_("starts anew by"), "restarts": N_("then begins"),
    "settlement": N_("order of settlement"), "shifts": N_("moves to a working day"), "small": N_("small amounts"),
    "source": N_("Source"), "splits_rates": N_("each rate for its days"), "stands_for": N_("stands for"),
    "stays_when_reduced": N_("stays when the claim is reduced"), "suspend": N_("stands still by"),
    "suspended_charge": N_("charge while suspended"), "term": N_("term"), "tiers": N_("term in years"),
    "title_de": N_("German title"), "title_en": N_("English title"), "unit": N_("Unit"), "upto_cents": N_("up to"),
    "wait": N_("wait"), "way": N_("way"), "whole_euros": N_("whole euros"), "years": N_("years"),
}  # fmt: skip
"""Settings by their names in the law files."""
WORDS = CLAIM_KINDS | {
    "acknowledgement": N_("acknowledgement"), "after": N_("after it"), "ankuendigung": N_("announcement"),
    "arisen": N_("day it arose"), "assessed": N_("day of assessment"), "bar": N_("barred from enforcement"),
    "charge": N_("charges"), "closed": N_("day it was closed"), "court_action": N_("court action"),
    "day": N_("on the day"), "days": N_("days"), "deferral": N_("deferral"), "demand": N_("demand"),
    "down": N_("rounded down"), "due": N_("due day"), "dunning": N_("dunning"), "end": N_("at the end"),
    "ends": N_("ends the claim"), "enforcement": N_("enforcement"), "estate": N_("estate"),
    "executed": N_("day of execution"), "extinct": N_("the claim goes out"), "final": N_("day it became final"),
    "force_majeure": N_("force majeure"), "full_months": N_("full months"), "given": N_("day it was given"),
    "granted": N_("day it was granted"), "impossible": N_("enforcement impossible"), "inquiry": N_("inquiry"),
    "insolvency_bar": N_("insolvency bar"), "insolvency_filing": N_("insolvency filing"),
    "instalment": N_("instalment"), "instalments": N_("with instalments"), "invoice": N_("invoice"),
    "known": N_("day it was known"), "mahnung": N_("Mahnung"), "measure": N_("measure"), "months": N_("months"),
    "negotiation": N_("negotiation"), "notice": N_("notice"), "on": N_("on that day"),
    "ordered": N_("day it was ordered"), "ordinary": N_("ordinary claim"), "payment": N_("payment"),
    "plan": N_("instalment plan"), "plea": N_("plea of the debtor"), "post": N_("by post"),
    "posted": N_("day it was posted"), "principal": N_("principal"), "relief": N_("relief"), "security": N_("security"),
    "started_months": N_("started months"), "stay": N_("stay"), "subordinate": N_("subordinate claim"),
    "suspended_execution": N_("suspended execution"), "title": N_("title"), "until": N_("until the end of it"),
    "up": N_("rounded up"), "weeks": N_("weeks"), "year_end": N_("end of the year"), "years": N_("years"),
}  # fmt: skip
"""Values by their words in the law files; names of other rules stay as they are typed."""


def setting_text(name: str) -> str:
    """Return what people call a setting."""
    return _(SETTINGS.get(name, name))


def value_text(name: str, value: Any, figure: Callable[[str], str]) -> str:
    """Return a value in the reader's words; `figure` says what a figure that it names is, '' for another name."""
    if is_dataclass(value):
        parts = ((field.name, getattr(value, field.name)) for field in fields(value))
        told = [f"{setting_text(key)}: {value_text(key, part, figure)}" for key, part in parts if _says(part)]
        return ", ".join(told)
    if isinstance(value, dict):
        return "; ".join(f"{_word(name, key, figure)}: {value_text(key, part, figure)}" for key, part in value.items())
    if isinstance(value, tuple):
        return "; ".join(value_text(name, part, figure) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name.endswith("_cents"):
        return money(value)
    return _word(name, str(value), figure)


def _says(value: object) -> bool:
    """Whether a setting says anything: one that is off, nothing or none does not."""
    return value not in ("", (), {}, 0, None)


def _word(name: str, text: str, figure: Callable[[str], str]) -> str:
    if name in {"name", "file", "norm", "title_de", "title_en"}:
        return text
    if known := figure(text):
        return f"{known} ({text})"
    return _(WORDS.get(text, text))
