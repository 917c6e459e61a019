"""The forms of the desk: for each key what is asked, and which decision it becomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text

from kasse_cli.i18n import _, day, money, sentence
from kasse_cli.params import parse_day
from kasse_cli.tui.forms import Act, Entry, Form, Values
from kasse_cli.tui.words import done_text, grouped
from kasse_cli.unclear_words import COUNTED, OPENING, reason_code
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Decision, Forward, Hold, Note, Refund, Reserve, Undo
from ledger.bank.suspense_worklist import Filter
from sepa.errors import N_, KasseError
from sepa.money import parse_amount, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kasse_cli.tui.session import Session
    from ledger.bank.candidates import Candidate
    from ledger.bank.parts import UnclearPart
    from ledger.bank.suspense_worklist import WorkCase

HOLD_DAYS = 14
"""How long a case rests where nothing else is said."""
MOST_NUMBERS = 8
"""Of so many parts the numbers are named below the field."""
Make = Callable[[Values], Decision]


class NotDaysError(KasseError):
    """What was typed is no number of days."""

    code = "tui.days"
    template = N_("not a number of days: {text}")
    hint = N_("write it in figures, such as 30")


class NotAPartError(KasseError):
    """What was typed is no number of a part."""

    code = "tui.part"
    template = N_("not the number of a part: {text}")
    hint = N_("write the number that stands before the part on the left, such as 2")


def assign_form(
    session: Session, case: WorkCase, candidate: Candidate | None, parts: Sequence[UnclearPart] = ()
) -> Form:
    """Ask for references and an amount, with the chosen candidate filled in, and the part that speaks for it."""
    named = " ".join(candidate.together) or candidate.target if candidate is not None else ""

    def make(values: Values) -> Decision:
        wishes = _wishes(str(values["target"]), str(values["amount"]), _part(values))
        return Assign(case.number, wishes, case.office, bool(values["surplus"]))

    entries = (
        Entry("target", _("Reference"), named, hint=_("or OFFICE/NUMBER; several with blanks between")),
        Entry("amount", _("Amount"), hint=_("blank: all that is open and there")),
        *_part_entry(parts, candidate.part if candidate is not None else None),
        Entry("surplus", _("what is over becomes a credit of the person"), flag=True),
    )
    return _form(session, _about(case, _("Assign")), entries, make, at_once=bool(named))


def hold_form(session: Session, case: WorkCase) -> Form:
    """Ask until when the case rests, and why."""
    until = dt.date.fromisoformat(session.day) + dt.timedelta(days=HOLD_DAYS)
    entries = (Entry("until", _("Rests until"), day(until)), Entry("reason", _("Why"), hint=_("what is waited for")))

    def make(values: Values) -> Decision:
        written = parse_day(str(values["until"])).isoformat()
        return Hold(case.number, written, str(values["reason"]), case.office)

    return Form(_about(case, _("Hold")), entries, _taking(session, make))


def note_form(session: Session, case: WorkCase) -> Form:
    """Ask for the words of a note."""
    entries = (Entry("text", _("Note")),)
    make: Make = lambda values: Note(case.number, str(values["text"]), case.office)  # noqa: E731 - one of many
    return Form(_about(case, _("Note")), entries, _taking(session, make))


def refund_form(session: Session, case: WorkCase, parts: Sequence[UnclearPart] = ()) -> Form:
    """Ask why the money goes back to the account it came from: of several parts that of one."""
    account = grouped(case.bank_account or "–")
    where = _("it goes back to the account of the part") if len(parts) > 1 else _("it goes back to {iban}")
    entries = (
        Entry("reason", _("Why"), hint=where.format(iban=account)),
        *_part_entry(parts, None),
        Entry("amount", _("Amount"), hint=_("blank: all of it")),
        Entry("despite", _("although the payer owes something"), flag=True),
    )

    def make(values: Values) -> Decision:
        cents, despite = _amount(values), bool(values["despite"])
        return Refund(case.number, str(values["reason"]), cents, despite, case.office, part=_part(values))

    return _form(session, _about(case, _("Pay back")), entries, make)


def forward_form(session: Session, case: WorkCase, parts: Sequence[UnclearPart] = ()) -> Form:
    """Ask where the money goes on to."""
    entries = (
        Entry("reason", _("Why"), hint=_("and for whom")),
        Entry("to_office", _("Office"), hint=_("code of an office of ours; blank: money in transit")),
        Entry("account", _("Account there")),
        Entry("payee", _("Other authority"), hint=_("its name; it is paid by an order")),
        Entry("iban", _("Its IBAN")),
        Entry("amount", _("Amount"), hint=_("blank: all of it")),
        *_part_entry(parts, None),
    )

    def make(values: Values) -> Decision:
        office, account, payee, iban = (
            str(values[key]).strip() or None for key in ("to_office", "account", "payee", "iban")
        )
        code = office.upper() if office else None
        where = code, account, payee, iban
        return Forward(case.number, str(values["reason"]), *where, _amount(values), case.office, part=_part(values))

    return _form(session, _about(case, _("Forward")), entries, make)


def take_over_form(session: Session, case: WorkCase) -> Form:
    """Ask why a case is taken from another clerk."""
    title = sentence(_("Take case {number} over from {owner}"), {"number": case.number, "owner": case.owner})
    entries = (Entry("reason", _("Why")),)

    def make(values: Values) -> Decision:
        return Reserve(case.number, None, case.office, take_over=True, reason=str(values["reason"]))

    return Form(title, entries, _taking(session, make))


def undo_form(session: Session, office: str, number: int) -> Form:
    """Ask why the last step of a case is taken back."""
    title = sentence(_("Take back the last step of case {number}"), {"number": number})
    make: Make = lambda values: Undo(number, str(values["reason"]), last=True, office=office)  # noqa: E731
    return _form(session, title, (Entry("reason", _("Why")),), make)


def search_form(session: Session) -> Form:
    """Ask for a text that the cases must have."""

    def search(values: Values) -> Text:
        session.search(str(values["text"]).strip())
        return Text("")

    return Form(_("Search in name, IBAN and text"), (Entry("text", _("Text"), session.wanted.text),), search)


def filter_form(session: Session) -> Form:
    """Ask what the list is narrowed to."""
    known = session.wanted
    least = plain(known.least_cents) if known.least_cents is not None else ""
    entries = (
        Entry("text", _("Text"), known.text),
        Entry("owner", _("Owner"), known.owner or "", hint=_("- for nobody")),
        Entry(
            "reason", _("Reason"), _(known.reason) if known.reason else "", hint=_("the word of kasse suspense list")
        ),
        Entry("least", _("Amount from"), least),
        Entry("older", _("Days from"), str(known.older_than_days or "")),
        Entry("resting", _("also cases laid aside, or bound by an order"), flag=True),
    )

    def narrow(values: Values) -> Text:
        texts = {key: str(value).strip() for key, value in values.items()}
        days = _whole_days(texts["older"])
        reason = reason_code(texts["reason"], [OPENING, *COUNTED]) if texts["reason"] else None
        least_cents = parse_amount(texts["least"]) if texts["least"] else None
        wanted = Filter(reason, texts["owner"] or None, days, least_cents, None, texts["text"])
        waiting = None if values["resting"] else False
        session.filter_by(replace(wanted, resting=waiting, bound=waiting))
        return Text("")

    return Form(_("Show only"), entries, narrow)


def _form(session: Session, title: str, entries: tuple[Entry, ...], make: Make, *, at_once: bool = False) -> Form:
    return Form(
        title,
        entries,
        _taking(session, make),
        lambda values: done_text(session.rehearse(make(values)), planned=True),
        at_once,
    )


def _taking(session: Session, make: Make) -> Act:
    return lambda values: done_text(session.take(make(values)))


def _about(case: WorkCase, verb: str) -> str:
    return f"{verb}: {_('case')} {case.number}, {money(case.amount_cents)}"


def _amount(values: Values) -> int | None:
    text = str(values["amount"]).strip()
    return parse_amount(text) if text else None


def _part_entry(parts: Sequence[UnclearPart], known: int | None) -> tuple[Entry, ...]:
    """Return the field for the part of a collective credit, none where there is only one way to read it."""
    if len(parts) < 2:
        return ()
    numbers = ", ".join(str(part.line) for part in parts[:MOST_NUMBERS]) + (" …" if len(parts) > MOST_NUMBERS else "")
    hint = sentence(_("its number: {numbers}"), {"numbers": numbers})
    return (Entry("part", _("Part"), "" if known is None else str(known), hint=hint),)


def _part(values: Values) -> int | None:
    text = str(values.get("part", "")).strip()
    if text and not text.isdecimal():
        raise NotAPartError(text=text)
    return int(text) if text else None


def _whole_days(text: str) -> int:
    if text and not text.isdecimal():
        raise NotDaysError(text=text)
    return int(text or 0)


def _wishes(target: str, amount: str, of_part: int | None = None) -> tuple[Wish, ...]:
    """Return what was typed as wishes: references with blanks between them, or one with blanks inside it."""
    cents = parse_amount(amount) if amount.strip() else None
    words = target.split()
    several = len(words) > 1 and (any("/" in word or "=" in word for word in words) or min(map(len, words)) >= 8)
    if not several:
        return (Wish(target.strip(), cents, part=of_part),)
    found = []
    for word in words:
        name, mark, part = word.partition("=")
        found.append(Wish(name, parse_amount(part) if mark else None, part=of_part))
    return tuple(found)
