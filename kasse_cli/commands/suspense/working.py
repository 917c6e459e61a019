"""`kasse suspense reserve|release|hold|note|clear`: who works on a case, what waits, what was written down."""

from __future__ import annotations

from collections.abc import Mapping

from kasse_cli.commands.suspense.params import (
    AnyCaseArgument,
    CaseOfficeOption,
    CaseOrListError,
    CasesArgument,
    ForOption,
    HoldUntilError,
    ListOption,
    ResumeOption,
    SheetOption,
    TakeOverOption,
    TextArgument,
    UntilOption,
    WhyOption,
)
from kasse_cli.context import Context
from kasse_cli.desk import listed_decisions, take
from kasse_cli.params import OfficeOption


def reserve(
    ctx: Context,
    cases: CasesArgument = None,
    for_: ForOption = None,
    take_over: TakeOverOption = False,
    reason: WhyOption = "",
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Reserve cases for yourself or another clerk; others then only add notes, or take them over with a trace."""
    from ledger.bank.suspense_decisions import Reserve

    given = {"reason": reason, "owner": for_, "take_over": take_over, "office": office}
    if _listed(ctx, "reserve", cases, list_, sheet, given):
        return
    take(ctx, [Reserve(case, for_, office, take_over, reason) for case in cases or ()])


def release(
    ctx: Context,
    cases: CasesArgument = None,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Give reserved cases back to all."""
    from ledger.bank.suspense_decisions import Release

    if _listed(ctx, "release", cases, list_, sheet, {"office": office}):
        return
    take(ctx, [Release(case, office) for case in cases or ()])


def hold(
    ctx: Context,
    cases: CasesArgument = None,
    until: UntilOption = None,
    reason: WhyOption = "",
    resume: ResumeOption = False,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Lay cases aside until a day, with the reason; the list of open work leaves them out until then."""
    from ledger.bank.suspense_decisions import Hold

    day = until.isoformat() if until is not None else None
    if list_ is None and resume == (until is not None):
        raise HoldUntilError
    if resume and until is not None:
        raise HoldUntilError
    given = {"reason": reason, "office": office} | ({"until": day} if day is not None else {})
    if _listed(ctx, "resume" if resume else "hold", cases, list_, sheet, given):
        return
    take(ctx, [Hold(case, day, reason, office) for case in cases or ()])


def note(
    ctx: Context,
    case: AnyCaseArgument = None,
    text: TextArgument = None,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Write something down about a case; it stands in its history with your name and the time."""
    from ledger.bank.suspense_decisions import Note

    if _listed(ctx, "note", [case] if case is not None else None, list_, sheet, {"office": office}):
        return
    take(ctx, [Note(case or 0, text or "", office)])


def clear(ctx: Context, office: OfficeOption = None) -> None:
    """Clear unclear money case by case on the full screen, one key for each decision."""
    from kasse_cli.tui.run import run_desk

    run_desk(ctx, office)


def _listed(
    ctx: Context, verb: str, cases: list[int] | None, path: ListOption, sheet: str | None, given: Mapping[str, object]
) -> bool:
    """Take the list where there is one, with what is `given` for all its rows; return whether there was.

    Raises `CaseOrListError` for both or neither.
    """
    if bool(cases) == (path is not None):
        raise CaseOrListError(verb=verb)
    if path is not None:
        listed_decisions(ctx, verb, path, sheet, given)
    return path is not None
