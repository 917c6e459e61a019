"""`kasse sepa check`: bank files against the rules."""

from __future__ import annotations

from kasse_cli.commands.sepa.params import FilesArgument, LimitsOption, OnOption, ProfileOption, SchemaOption
from kasse_cli.context import Context


def check(
    ctx: Context,
    files: FilesArgument,
    profile: ProfileOption = None,
    xsd_dir: SchemaOption = None,
    on: OnOption = None,
    no_limits: LimitsOption = False,
) -> None:
    """Check files against the rules of the German banks, with the place of everything found.

    Payment files, reversals and recalls of any version are checked as the banks take them now, statements for sums
    that do not agree, the bank's answers for what cannot be relied on. Errors must be corrected, warnings can stand;
    with either the exit code is 3.
    """
    from kasse_cli.commands.sepa.checks import CheckOptions, check_files

    day = on or ctx.obj.today
    at = ctx.obj.world.clock().replace(year=day.year, month=day.month, day=day.day)
    check_files(ctx, files, at, CheckOptions(profile, xsd_dir, unlimited=no_limits))
