"""Arguments and options that the verbs of `kasse sepa` share."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError, Place

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from sepa.profiles import Profile
    from sepa.schemas import SchemaFile


class OutputExistsError(KasseError):
    """A file to write that is there already."""

    code = "output.exists"
    template = N_("there is a file {file} already")
    hint = N_("remove it, or name another place with --out; nothing was overwritten")


class Target(StrEnum):
    """What a file can become."""

    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    JSONL = "jsonl"
    HLEDGER = "hledger"


class StandardOutputError(KasseError):
    """Two things for standard output, or a workbook."""

    code = "convert.stdout"
    template = N_("{what} cannot go to standard output here")
    hint = N_("name a file with --out")
    exit_code = 2


FilesArgument = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help=N_("camt, MT940, MT942, pain, or ZIP of them; - is standard input")),
]
DetailsOption = Annotated[
    bool,
    typer.Option("--details", help=N_("a row for each single payment of a batch in place of the batch, where known")),
]
LimitsOption = Annotated[
    bool,
    typer.Option("--no-limits", help=N_("read files of any size, depth and packing; only from a source you trust")),
]
OnOption = Annotated[
    dt.date | None, typer.Option("--on", parser=parse_day, metavar="DATE", help=N_("take this day as today"))
]
SchemaOption = Annotated[
    Path | None,
    typer.Option("--xsd-dir", metavar="FOLDER", help=N_("check by the XML schemas in this folder as well")),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help=N_("a bank profile: standard, cautious, or the path of your own")),
]


def schemas_in(call: Call, folder: Path | None) -> tuple[SchemaFile, ...] | None:
    """Return the schema files of the folder, or of the one that is set, or None without any; raises `OSError`."""
    from sepa.schemas import SchemaFile

    folder = folder or (Path(call.settings["xsd_dir"]) if call.settings["xsd_dir"] else None)
    if folder is None:
        return None
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".xsd" and path.is_file())
    return tuple(SchemaFile(path.name, path.read_bytes()) for path in found)


def profile_named(name: str | None) -> Profile | None:
    """Return the profile of that name or file; raises `UnknownProfileError` or what `parse_profile` raises."""
    from sepa.profiles import UnknownProfileError, parse_profile, shipped_profile, shipped_profiles
    from sepa.sources import unreadable

    if name is None:
        return None
    if not (name.endswith(".toml") or "/" in name or "\\" in name):
        return shipped_profile(name)
    try:
        return parse_profile(Path(name).read_text("utf-8"), name)
    except FileNotFoundError:
        raise UnknownProfileError(name=name, known=", ".join(shipped_profiles()), place=Place(file=name)) from None
    except OSError as error:
        raise unreadable(name, error) from error
