"""`kasse sepa explain`: what a file is, how it travels, what is odd about it."""

from __future__ import annotations

from kasse_cli.commands.sepa.params import FilesArgument, LimitsOption
from kasse_cli.context import Context


def explain(ctx: Context, files: FilesArgument, no_limits: LimitsOption = False) -> None:
    """Say what files are, which EBICS order type and BTF they belong to, and what is odd about them.

    What a bank really offers stands in its contract and in the answers to HTD and HKD.
    """
    from kasse_cli.commands.sepa.explaining import explain_files

    explain_files(ctx, files, unlimited=no_limits)
