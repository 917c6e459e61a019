"""`kasse law limitation` and `kasse law deadline`: when claims become time-barred and deadlines end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from enforcement.deadlines import Deadline
from enforcement.law import Law
from enforcement.limitation import Limitation, LimitationEvent, Link
from kasse_cli.commands.law.params import AmountOption, LandOption, LawOption, MissingOptionError, law_of, pair
from kasse_cli.context import Context
from kasse_cli.i18n import _, sentence
from kasse_cli.limitation_lists import KINDS, OUTCOMES
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from kasse_cli.results import Line
from sepa.errors import N_, KasseError

CHAIN = (
    Column("part_cents", N_("Part"), "cents"),
    Column("event", N_("Event")),
    Column("day", N_("Day"), "day"),
    Column("until", N_("Until"), "day"),
    Column("end", N_("End of the period"), "day"),
    Column("norm", N_("Paragraph")),
)
DEADLINES = (
    Column("rule", N_("Rule"), minor=True),
    Column("start", N_("From"), "day"),
    Column("unmoved", N_("By counting"), "day", minor=True),
    Column("end", N_("End"), "day"),
    Column("earliest", N_("Day after"), "day", minor=True),
    Column("means", N_("Meaning"), shown=False),
    Column("norm", N_("Paragraph")),
)
BEGIN_ANEW = N_("under this rule the period begins anew with: {events}")
STAND_STILL = N_("under this rule its days do not count while: {events}")
UNITS = {
    "days": N_("days"),
    "working_days": N_("working days"),
    "weeks": N_("weeks"),
    "months": N_("months"),
    "years": N_("years"),
}
MEANINGS = {
    "until": N_("last day in time: {end}"),
    "after": N_("the next step is open from {earliest} on"),
    "on": N_("counts as given on {end}"),
}


class NoNoticeError(KasseError):
    """A day of receipt for a deadline that is no notice."""

    code = "law.no_notice"
    template = N_("{rule} is no notice that could be received later")
    hint = N_("leave out --received, or name a notice such as bekanntgabe_ao")
    exit_code = 2


class UnknownEventError(KasseError):
    """An event that no rule of limitation knows."""

    code = "law.event"
    template = N_("no rule of limitation knows an event {kind}")
    hint = N_("events are: {kinds}")
    exit_code = 2


def _day_option(name: str, help_text: str) -> Any:
    return typer.Option(name, parser=parse_day, metavar="DATE", help=help_text)


ProfileName = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help=N_("the kind of claim: tax, fine, …"))
]
RuleName = Annotated[
    str | None, typer.Option("--rule", metavar="NAME", help=N_("a rule of limitation instead of the profile's"))
]
DueDay = Annotated[dt.date | None, _day_option("--due", N_("when the claim fell due"))]
AssessedDay = Annotated[dt.date | None, _day_option("--assessed", N_("when the assessment took effect"))]
FinalDay = Annotated[dt.date | None, _day_option("--final", N_("when the decision became unappealable"))]
KnownDay = Annotated[dt.date | None, _day_option("--known", N_("when the creditor knew of claim and debtor"))]
ArisenDay = Annotated[dt.date | None, _day_option("--arisen", N_("when the claim arose"))]
AssessmentEnd = Annotated[dt.date | None, _day_option("--assessment-end", N_("the end of the period of assessment"))]
ClosedDay = Annotated[dt.date | None, _day_option("--closed", N_("when the proceedings ended"))]
EventsOption = Annotated[
    list[str],
    typer.Option("--event", metavar="KIND=DATE", help=N_("an event, as demand=2024-03-01 or deferral=DATE..DATE")),
]
RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help=N_("a deadline of the law, or a length as 1m, 2w, 10d"))
]
FromDay = Annotated[dt.date | None, _day_option("--from", N_("the day of the event, which does not count"))]
ReceivedDay = Annotated[dt.date | None, _day_option("--received", N_("when a notice was really received"))]
FixedOption = Annotated[bool, typer.Option("--fixed", help=N_("weekends and holidays do not move the end"))]


def limitation(
    ctx: Context,
    profile: ProfileName = None,
    rule: RuleName = None,
    due: DueDay = None,
    assessed: AssessedDay = None,
    final: FinalDay = None,
    known: KnownDay = None,
    arisen: ArisenDay = None,
    closed: ClosedDay = None,
    assessment_end: AssessmentEnd = None,
    amount: AmountOption = None,
    event: EventsOption = [],  # noqa: B006 - Typer makes a new list a run
    land: LandOption = "HH",
    law_dir: LawOption = [],  # noqa: B006
) -> None:
    """Show when a claim becomes time-barred, as a chain of events with the paragraph of each.

    An event that lasts is written as deferral=2024-06-01..2025-06-30, one that goes on as measure=2024-06-01.. ; one
    that concerns only part of the claim ends with its amount, as demand=2024-03-01=400,00.
    """
    from enforcement.limitation import LimitationFacts, limitation_by_part

    law = law_of(law_dir)
    facts = LimitationFacts(due, assessed, final, known, arisen, closed, assessment_end, amount)
    events = [_event(text, law) for text in event]
    parts = limitation_by_part(_rule(profile, rule, land, law), facts, events, land=land, law=law)
    rows = [_row(part, link) for part in parts for link in part.links]
    lines = [line for part in parts for line in _sentences(part, ctx.obj.today)]
    lines += _known_events(parts, law)
    data = {"parts": [_part(part) for part in parts]}
    findings = [finding for part in parts[:1] for finding in part.findings]
    render(ctx, Result(data, [Table("chain", CHAIN, rows)], lines, findings))


def _rule(profile: str | None, rule: str | None, land: str, law: Law) -> Any:
    from enforcement.limitation_rules import limitation_rule
    from enforcement.profiles import profile as named
    from enforcement.profiles import profile_for

    if rule:
        return limitation_rule(rule, law)
    if profile is None:
        raise MissingOptionError(names="--profile, --rule")
    return (profile_for(profile, land, law) or named(profile, law)).limitation_rule(law)


def _event(text: str, law: Law) -> LimitationEvent:
    from enforcement.limitation_rules import limitation_rules
    from sepa.money import parse_amount

    kind, rest = pair(text, "demand=2024-03-01")
    known = {name for rule in limitation_rules(law).values() for name in (*rule.restart, *rule.suspend, *rule.becomes)}
    if kind not in known:
        raise UnknownEventError(kind=kind, kinds=", ".join(sorted(known)))
    days, sign, amount = rest.partition("=")
    start, dots, end = days.partition("..")
    return LimitationEvent(
        kind,
        parse_day(start),
        parse_day(end) if end else None,
        ongoing=bool(dots) and not end,
        amount_cents=parse_amount(amount) if sign else None,
    )


def _row(part: Limitation, link: Link) -> dict[str, Any]:
    return {
        "part_cents": part.amount_cents,
        "kind": link.kind,
        "event": _(KINDS.get(link.kind, link.kind)),
        "day": link.day,
        "until": link.until,
        "end": link.end,
        "norm": link.norm,
        "text": _text(link),
    }


def _text(link: Link) -> str:
    return sentence(link.template, link.fields() | {"kind": _(KINDS.get(link.kind, link.kind))})


def _sentences(part: Limitation, today: dt.date) -> Iterator[Line]:
    for link in part.links:
        yield Line(link.template, link.fields() | {"kind": _(KINDS.get(link.kind, link.kind))})
    if part.end is None:
        yield say(N_("no end while the interruption goes on"))
        return
    yield say(OUTCOMES[part.outcome], day=part.end + dt.timedelta(days=1))
    if part.barred(today):
        yield say(N_("time-barred on {today}"), today=today)


def _known_events(parts: Sequence[Limitation], law: Law) -> Iterator[Line]:
    """Yield which events a rule knows, where one was given that has no effect under it."""
    from enforcement.limitation import WITHOUT
    from enforcement.limitation_rules import limitation_rule

    for name in dict.fromkeys(part.rule for part in parts if any(link.template == WITHOUT for link in part.links)):
        rule = limitation_rule(name, law)
        for template, kinds in ((BEGIN_ANEW, rule.restart), (STAND_STILL, rule.suspend)):
            if kinds:
                yield say(template, events=", ".join(f"{_(KINDS.get(kind, kind))} ({kind})" for kind in sorted(kinds)))


def _part(part: Limitation) -> dict[str, Any]:
    return {
        "amount_cents": part.amount_cents,
        "rule": part.rule,
        "norm": part.norm,
        "outcome": part.outcome,
        "begin": part.begin,
        "end": part.end,
    }


def deadline(
    ctx: Context,
    rule: RuleArgument,
    start: FromDay = None,
    received: ReceivedDay = None,
    fixed: FixedOption = False,
    land: LandOption = "HH",
    law_dir: LawOption = [],  # noqa: B006
) -> None:
    """Show when a deadline ends: one of the law, or any length.

    `kasse law rates list --kind deadlines` shows the names. Without --from it is counted from today.
    """
    law, day = law_of(law_dir), start or ctx.obj.today
    found = _deadline(rule, day, (received, fixed, land), law)
    fields = found.fields() | {"unit": _(UNITS[found.unit])}
    lines = [Line(step, fields) for step in found.steps]
    lines.append(say(MEANINGS[found.means], end=found.end, earliest=found.earliest))
    data = found.fields() | {"rule": found.rule or None, "means": found.means, "earliest": found.earliest}
    row = {name: data[name] for name in ("rule", "start", "unmoved", "end", "earliest", "means", "norm")}
    render(ctx, Result(data, [Table("deadlines", DEADLINES, [row])], lines, found.findings))


def _deadline(rule: str, day: dt.date, how: tuple[dt.date | None, bool, str], law: Law) -> Deadline:
    from enforcement.deadlines import counted, notice_day, parse_length

    received, fixed, land = how
    if rule[:1].isdigit():
        if received:
            raise NoNoticeError(rule=rule)
        length, unit = parse_length(rule)
        return counted(day, length, unit, land=land, shifts=not fixed)
    found = law.deadline(rule)
    if received and found.means != "on":
        raise NoNoticeError(rule=rule)
    return notice_day(
        day, rule=replace(found, shifts=found.shifts and not fixed), received=received, land=land, law=law
    )
