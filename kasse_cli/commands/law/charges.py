"""`kasse law charges` and `kasse law costs`: what paying late costs, and what enforcement costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from enforcement.charges_values import Charge, Claim, Payment
from enforcement.law import Law
from enforcement.profiles import Profile
from kasse_cli.commands.law.params import (
    AmountOption,
    LandOption,
    LawOption,
    MissingOptionError,
    OnOption,
    ProfileOption,
    day_of,
    law_of,
    pair,
    title,
    worked,
)
from kasse_cli.context import Context
from kasse_cli.i18n import decimal, sentence
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from kasse_cli.results import Line
from sepa.calendar import land_of
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

LINES = (
    Column("charge", N_("Rule"), shown=False),
    Column("title", N_("Charge")),
    Column("start", N_("From"), "day"),
    Column("end", N_("To"), "day"),
    Column("count", N_("Count"), "count", minor=True),
    Column("base_cents", N_("Base"), "cents", minor=True),
    Column("rate_percent", N_("%"), "number"),
    Column("charge_cents", N_("Amount"), "cents"),
    Column("norm", N_("Paragraph"), minor=2),
)
COSTS = (
    Column("name", N_("Act")),
    Column("title", N_("Meaning")),
    Column("base_cents", N_("Base"), "cents"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("norm", N_("Paragraph")),
)
WORKING = ("count", "base_cents", "rate_percent")
"""What applies to a line only where its sentence names it: a lump sum has no days, base or rate."""
DueOption = Annotated[
    dt.date | None, typer.Option("--due", parser=parse_day, metavar="DATE", help=N_("the due day as set"))
]
PaidOnOption = Annotated[
    dt.date | None, typer.Option("--paid-on", parser=parse_day, metavar="DATE", help=N_("the day all was paid"))
]
UntilOption = Annotated[
    dt.date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("charges up to this day"))
]
PaidOption = Annotated[
    list[str], typer.Option("--paid", metavar="AMOUNT=DATE", help=N_("a part payment; may be repeated"))
]
WayOption = Annotated[str, typer.Option("--way", metavar="WAY", help=N_("transfer, cash, cheque or debit"))]
RuleOption = Annotated[
    str | None, typer.Option("--rule", metavar="NAME", help=N_("a charge rule instead of the profile's"))
]
FromOption = Annotated[
    dt.date | None,
    typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("the first day of interest, as after a Mahnung")),
]
DunnedOption = Annotated[
    dt.date | None,
    typer.Option("--dunned-on", parser=parse_day, metavar="DATE", help=N_("the day a Mahnung was sent: its fee")),
]
JointOption = Annotated[
    list[dt.date],
    typer.Option("--joint-due", parser=parse_day, metavar="DATE", help=N_("the due day of a joint debtor")),
]
ActsArgument = Annotated[list[str], typer.Argument(metavar="ACT", help=N_("acts of a cost table, as vko.pfaendung"))]


class FirstDayError(KasseError):
    """A first day of interest for a charge that is none."""

    code = "charge.first_day"
    template = N_("{rule} ({norm}) runs from the day after the due day, not from another one")
    hint = N_("leave --from out; it is for interest")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class _Case:
    """What was asked: the claim, up to when, by which law."""

    claim: Claim
    until: dt.date
    rule: str
    land: str
    law: Law


def charges(
    ctx: Context,
    amount: AmountOption = None,
    due: DueOption = None,
    paid_on: PaidOnOption = None,
    until: UntilOption = None,
    paid: PaidOption = [],  # noqa: B006 - Typer makes a new list a run
    way: WayOption = "transfer",
    profile: ProfileOption = None,
    rule: RuleOption = None,
    first_day: FromOption = None,
    dunned_on: DunnedOption = None,
    joint_due: JointOption = [],  # noqa: B006
    land: LandOption = "HH",
    law_dir: LawOption = [],  # noqa: B006
) -> None:
    """Compute the charge for paying late, with its working.

    The profile says which law holds: Säumniszuschlag, Säumniszinsen, Verzugszinsen. Without --paid-on and
    --until it is computed up to today. Part payments, a Mahnung and joint debtors count where they are given. The
    profile private-trade is that of payment owed by somebody who is no consumer: with the lump sum for default.
    """
    if amount is None or due is None or not (profile or rule):
        raise MissingOptionError(names="--amount, --due, --profile" if not rule else "--amount, --due")
    law = law_of(law_dir)
    found = _profile(profile, land, law) if profile else None
    payments = [_payment(text, way) for text in paid]
    if paid_on and (rest := amount - sum(payment.cents for payment in payments)) > 0:
        payments.append(Payment(paid_on, rest, way))
    chosen = rule or (found.late_charge if found else "")
    if first_day and chosen and law.charge(chosen).method == "started_months":
        raise FirstDayError(rule=chosen, norm=law.charge(chosen).norm)
    claim = Claim(amount, due, tuple(payments), first_day)
    last = max((payment.counts_on(due) for payment in payments), default=None) if paid_on else None
    case = _Case(claim, until or last or ctx.obj.today, chosen, land, law)
    render(ctx, _result(case, found, dunned_on, joint_due))


def _profile(name: str, place: str, law: Law) -> Profile:
    from enforcement.profiles import profile, profile_for
    from enforcement.profiles_lands import ProfileLandError

    found = profile_for(name, place, law) or profile(name, law)
    if not found.holds_in(land_of(place)):
        raise ProfileLandError(profile=found.name, lands=", ".join(found.lands), land=land_of(place))
    return found


def _payment(text: str, way: str) -> Payment:
    amount, day = pair(text, "300,00=2026-06-01")
    return Payment(parse_day(day), parse_amount(amount), way)


def _result(case: _Case, profile: Profile | None, dunned_on: dt.date | None, joint_due: list[dt.date]) -> Result:
    made = list(_made(case, profile, dunned_on))
    total = sum(charge.cents for charge in made)
    lines = [worked(line.template, line.fields()) for charge in made for line in charge.lines]
    lines += _notes(case, profile, made)
    lines.append(say(N_("charges together: {total_cents}"), total_cents=total))
    data = {
        "profile": profile.name if profile else None,
        "rule": case.rule or None,
        "amount_cents": case.claim.amount_cents,
        "due": case.claim.due,
        "until": case.until,
        "total_cents": total,
        "charges": [{"name": each.rule, "kind": each.kind, "cents": each.cents, "norm": each.norm} for each in made],
    }
    findings: list[KasseError] = [finding for charge in made for finding in charge.findings]
    findings += profile.doubts() if profile else ()
    result = Result(
        data, [Table("lines", LINES, [row for charge in made for row in _rows(charge, case.law)])], lines, findings
    )
    return _jointly(result, case, joint_due) if joint_due else result


def _made(case: _Case, profile: Profile | None, dunned_on: dt.date | None) -> Iterator[Charge]:
    from enforcement.charges import accrue, dunning_fee
    from enforcement.lump_sums import lump_sum

    if case.rule:
        yield accrue(case.rule, case.claim, case.until, land=case.land, law=case.law)
    if profile and profile.lump:
        rule = case.law.charge(profile.late_charge)
        yield lump_sum(profile.lump, rule, case.claim, case.until, land=case.land, law=case.law)
    if dunned_on and profile and profile.dunning_fee:
        owed = case.claim.open_cents(dunned_on, case.claim.due)
        yield dunning_fee(profile.dunning_fee, owed, dunned_on, law=case.law)


def _rows(charge: Charge, law: Law) -> Iterator[dict[str, Any]]:
    known = law.charges.get(charge.rule) or law.schedules.get(charge.rule) or law.figures.get(charge.rule)
    for line in charge.lines:
        fields = line.fields()
        said = fields | {"rate_percent": decimal(str(fields["rate_percent"]))}
        idle = dict.fromkeys(name for name in WORKING if f"{{{name}}}" not in line.template)
        text = sentence(line.template, said)
        yield {"charge": charge.rule, "title": title(known), **fields, **idle, "text": text}


def _notes(case: _Case, profile: Profile | None, made: list[Charge]) -> Iterator[Line]:
    if profile is None:
        return
    if not case.rule:
        yield say(
            N_("no charge runs on claims of the profile {profile} ({norm})"), profile=profile.name, norm=profile.norm
        )
    total = sum(charge.cents for charge in made)
    small = profile.small_amount("charge", total, case.until, case.law) if total else None
    if small and small.below:
        yield say(
            N_("below {limit_cents} charges are not demanded alone ({norm})"),
            limit_cents=small.limit_cents,
            norm=small.norm,
        )


def _jointly(result: Result, case: _Case, joint_due: list[dt.date]) -> Result:
    from enforcement.charges import accrue, joint

    if not case.rule:
        return result
    claims = [Claim(case.claim.amount_cents, day, case.claim.payments) for day in joint_due]
    each = [accrue(case.rule, claim, case.until, land=case.land, law=case.law) for claim in (case.claim, *claims)]
    shared = joint(tuple(each), law=case.law)
    line = say(
        N_("joint debtors: {count}; together they owe at most {together_cents} ({norm})"),
        count=len(each),
        together_cents=shared.together_cents,
        norm=shared.norm,
    )
    data = dict(result.data) | {
        "joint_cents": [charge.cents for charge in each],
        "together_cents": shared.together_cents,
    }
    return Result(data, result.tables, [*result.lines, line], result.findings)


def costs(
    ctx: Context,
    acts: ActsArgument,
    amount: AmountOption = None,
    profile: ProfileOption = None,
    on: OnOption = None,
    law_dir: LawOption = [],  # noqa: B006
) -> None:
    """Compute what acts of enforcement cost, by the cost tables.

    `kasse law rates list --kind schedules` shows the acts. An act may carry a factor: vko.pfaendung=0,5 is half the
    fee, =2 twice. The profile says whether the sum is rounded up.
    """
    from enforcement.costs import costs as compute
    from enforcement.profiles import profile as named

    law = law_of(law_dir)
    round_up = named(profile, law).costs_round_up if profile else ""
    asked = tuple(_act(text, amount or 0) for text in acts)
    made = compute(asked, day_of(ctx, on), round_up=round_up, law=law)
    rows = [
        {
            "name": line.name,
            "title": title(line),
            "base_cents": line.base_cents,
            "amount_cents": line.cents,
            "norm": line.norm,
        }
        for line in made.lines
    ]
    lines = [say(N_("costs together: {total_cents}"), total_cents=made.cents)]
    render(ctx, Result({"total_cents": made.cents}, [Table("costs", COSTS, rows)], lines, made.findings))


def _act(text: str, amount_cents: int) -> Any:
    from fractions import Fraction

    from enforcement.costs import Act

    if "=" not in text:
        return Act(text, amount_cents)
    name, factor = pair(text, "vko.pfaendung=0,5")
    return Act(name, amount_cents, times=Fraction(parse_amount(factor), 100))
