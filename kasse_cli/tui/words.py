"""What the desk shows of cases, candidates and decisions, as texts that a terminal cannot be tricked by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from kasse_cli.event_words import who_text
from kasse_cli.evidence import evidence_text
from kasse_cli.i18n import _, day, money, sentence, visible
from kasse_cli.messages import hint, message
from kasse_cli.unclear_words import reason_sentence
from ledger.bank.parts import BOUND, unclear_parts
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.tui.session import Progress
    from ledger.bank.candidates import Candidate
    from ledger.bank.parts import UnclearPart
    from ledger.bank.suspense_decisions import Done
    from ledger.bank.suspense_store import CaseDetails
    from ledger.bank.suspense_worklist import Filter, WorkCase
    from sepa.errors import Field, KasseError

MOST_REMARKS = 8
AGAIN = N_("clarified later")
"""What the history says where an order or details that came later said what the money is for."""


def case_text(case: WorkCase, details: CaseDetails) -> Text:
    """Return the left side: amount, day, age, payer, the whole text, owner, notes."""
    text = Text()
    kind = _("received") if case.kind == "suspense" else _("paid out")
    text.append(f"{money(case.amount_cents)}", "bold")
    text.append(f"  {kind}, {_('case')} {case.number}\n")
    for label, value in _facts(case, details):
        text.append(f"{label} ", "dim")
        text.append(f"{value}\n")
    said = [part for part in (details.remittance, details.creditor_reference, details.end_to_end_id) if part]
    left = unclear_parts(details.parts)
    said = [_part_text(part, numbered=len(left) > 1) for part in left] or said
    text.append("\n" + "\n".join(visible(part) for part in said) + "\n" if said else "\n" + _("(no text)") + "\n")
    if details.history:
        text.append("\n")
    for remark in details.history[-MOST_REMARKS:]:
        when = day(dt.date.fromisoformat(remark.at[:10]))
        what = AGAIN if remark.what == "again" else remark.what
        text.append(f"{when} {visible(who_text(remark.by, remark.on_behalf))} {_(what)}: ", "dim")
        text.append(f"{visible(remark.words or evidence_text(remark.facts))}\n")
    return text


def _part_text(part: UnclearPart, *, numbered: bool) -> str:
    """Return what the bank said about a part of a collective entry, what is left of it, and whether an order has it."""
    cents = part.amount_cents or 0 if part.left_cents is None else part.left_cents
    state = _(part.state) if part.state == BOUND else None
    words = (money(cents), state, part.name, part.bank_account, part.remittance)
    number = f"{_('Part')} {part.line}: " if numbered else ""
    return number + " · ".join(word for word in words if word)


def _facts(case: WorkCase, details: CaseDetails) -> Iterator[tuple[str, str]]:
    bank_day = day(dt.date.fromisoformat(case.bank_day))
    yield _("Day"), sentence("{day} ({age})", {"day": bank_day, "age": _days(case.age_days)})
    parts = unclear_parts(details.parts)
    if len(parts) > 1:
        yield _("Parts"), sentence(_("still unclear: {count}, see below"), {"count": len(parts)})
    else:
        yield from _payer(case, details)
    if case.reason:
        yield _("Why"), reason_sentence(case.reason)
    if details.amount_cents != case.amount_cents:
        yield _("Of"), money(details.amount_cents)
    yield _("Owner"), visible(case.owner or _("nobody"))
    if case.hold_until:
        yield _("Rests until"), day(dt.date.fromisoformat(case.hold_until))
    if details.bound_by:
        yield _("Bound by"), f"{details.bound_by} ({money(details.bound_cents)})"


def _payer(case: WorkCase, details: CaseDetails) -> Iterator[tuple[str, str]]:
    yield _("From") if case.kind == "suspense" else _("Paid to"), visible(case.name or _("(no name)"))
    if details.holder:
        yield _("Held by"), visible(details.holder)
    else:
        yield _("IBAN"), grouped(case.bank_account) if case.bank_account else _("(none)")


def _days(count: int) -> str:
    return sentence(_("{count} days"), {"count": count}) if count != 1 else _("1 day")


def grouped(iban: str) -> str:
    """Return the IBAN in groups of four."""
    bare = visible(iban)
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def candidate_text(candidate: Candidate) -> Text:
    """Return a candidate on two or three lines: reference and amount, person, what speaks for it."""
    text = Text()
    text.append(visible(candidate.target), "bold")
    part = f"  {_('Part')} {candidate.part}" if candidate.part is not None else ""
    text.append(f"  {money(candidate.open_cents, '')}  {_('Score')} {candidate.score}{part}\n")
    due = day(dt.date.fromisoformat(candidate.due)) if candidate.due else ""
    text.append(f"{visible(candidate.party or '–')}, {_('due')} {due}\n")
    text.append(", ".join(_(word) for word in candidate.evidence), "italic")
    return text


def progress_text(progress: Progress, user: str) -> Text:
    """Return the first line: which case of how many, how much is open, who works."""
    words = _("case {place} of {count} · in {in_cents} · out {out_cents} · decided {decided} · {user}")
    fields: dict[str, Field] = {
        "place": progress.place, "count": progress.count, "in_cents": progress.in_cents,
        "out_cents": progress.out_cents, "decided": progress.decided, "user": user,
    }  # fmt: skip
    return Text(" " + sentence(words, fields))


def filter_text(wanted: Filter) -> str:
    """Return what the list is narrowed to, empty where it is not."""
    parts = []
    if wanted.text:
        parts.append(f'"{wanted.text}"')
    if wanted.reason:
        parts.append(f"{_('Reason')} {_(wanted.reason)}")
    if wanted.owner:
        parts.append(f"{_('Owner')} {_('nobody') if wanted.owner == '-' else wanted.owner}")
    if wanted.least_cents is not None:
        parts.append(f"≥ {money(wanted.least_cents)}")
    if wanted.older_than_days:
        parts.append(f"≥ {_days(wanted.older_than_days)}")
    if wanted.resting is None:
        parts.append(_("with cases laid aside or bound"))
    return ", ".join(parts)


def done_text(done: Done, *, planned: bool = False) -> Text:
    """Return what a decision did, or would do."""
    fields: dict[str, Field] = {
        "settled_cents": abs(done.settled_cents), "surplus_cents": done.surplus_cents, "left_cents": done.left_cents,
        "entry": done.entry, "order": done.order, "number": done.number, "parts": ", ".join(map(str, done.parts)),
    }  # fmt: skip
    if done.payout is not None:
        to = {"payee": visible(done.payout.name), "iban": grouped(done.payout.iban)}
        fields |= {"paid_cents": done.payout.cents, **to}
    lines = [sentence(words, fields) for words in _done_words(done, planned=planned)]
    shown = [f"{office}/{item}: {money(cents)}" for office, item, cents in done.items[:4]]
    if planned and shown:
        lines.insert(1, ", ".join(shown) + (" …" if len(done.items) > 4 else ""))
    return Text(("\n" if planned else " · ").join(lines + [message(finding) for finding in done.findings]))


def _done_words(done: Done, *, planned: bool) -> Iterator[str]:
    if done.payout is not None:
        yield _("{paid_cents} to {payee}, {iban}")
    if done.order is not None:
        yield _("others certify, approve and accept the order {order}; the money is bound until then")
    elif done.verb == "undo":
        yield _("taken back: {settled_cents}") if planned else _("taken back: {settled_cents}, entry {entry}")
    elif done.entry is not None:
        yield _("moves {settled_cents}") if planned else _("moved: {settled_cents}, entry {entry}")
    else:
        yield _(_WORDS[done.verb])
    if done.surplus_cents:
        yield _("credit of the person: {surplus_cents}")
    if done.parts:
        yield _("of part {parts}, by its amount") if done.by_amount else _("of part {parts}")
    if done.entry is not None:
        yield _("still unclear: {left_cents}")


def refusal(error: KasseError) -> Text:
    """Return an error with its way out, in place."""
    text = Text(message((error.findings or (error,))[0]), "bold red")
    if way_out := sentence(_(_HERE[error.code]), error.fields) if error.code in _HERE else hint(error):
        text.append(f"\n{way_out}", "not bold red")
    return text


_HERE = {
    "suspense.forward_where": N_(
        "fill in the office and its account, or the other authority and its IBAN; none of them: money in transit"
    ),
    "suspense.forward_advance": N_("fill in an office and its account, or Esc and a: assign it to a payable"),
    "suspense.overpaid": N_("give a smaller amount, or tick that what is over becomes a credit of the person"),
    "suspense.surplus_person": N_("name items of one person, or take the tick away"),
    "suspense.surplus_advance": N_("take the tick away"),
    "suspense.payer_owes": N_("Esc and a: assign the money to {reference}; or tick that it is paid back all the same"),
    "suspense.no_words": N_("write it into the field"),
    "suspense.payer_collective": N_("write the number of the part into its field; the parts stand on the left"),
    "suspense.reserved": N_("ask {owner}, or take the case over: Esc, then r"),
    "suspense.cleared": N_("somebody else has cleared it meanwhile; Esc goes on to the next case"),
}
"""The way out of refusals that on the screen is another one than on the command line."""
_WORDS = {
    "reserve": "reserved: case {number}",
    "release": "released: case {number}",
    "hold": "laid aside: case {number}",
    "resume": "taken up again: case {number}",
    "note": "noted: case {number}",
}  # the sentences of kasse_cli.desk_results
