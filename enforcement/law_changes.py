"""A change of the law that a book keeps, as a value; what is refused about it."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.law_differences import LawDifference
from sepa.errors import N_, KasseError, Severity


@dataclass(frozen=True, slots=True)
class LawChanged:
    """A change of law files: its number, its state (`proposed`, `released`, `refused`), what becomes of law.

    `files` come or change, `dropped` go, `same` of those given are in force already. Where something is `wrong` with
    the law as it would be, nothing was done.
    """

    number: int | None
    state: str | None
    files: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    same: int = 0
    proposed_by: str = ""
    proposed_at: str = ""
    differences: tuple[LawDifference, ...] = ()
    wrong: tuple[KasseError, ...] = ()


class LawFileNameError(KasseError):
    """A law file that the book does not have."""

    code = "law.no_file"
    template = N_("the book keeps no law file {name}; it has: {names}")
    hint = N_("'kasse law files' lists them; those that come with kasse cannot be taken away, only replaced")


class NoLawFileError(KasseError):
    """A folder without a law file."""

    code = "law.nothing_there"
    template = N_("there is no law file in {paths}")
    hint = N_("give the folder that holds files such as figures-musterstadt.toml or profile-kag.toml (docs/law.md)")


class OtherLawWaitsError(KasseError):
    """Law is proposed while another change waits."""

    code = "law.other_waits"
    template = N_("law change {number} of {user} waits already: {files}")
    hint = N_(
        "see it with 'kasse law files'; another person puts it in force with 'kasse law release {number}', or it is "
        "taken away with 'kasse law refuse {number} --reason …'"
    )


class LawWaitsError(OtherLawWaitsError):
    """A change of the law that waits for a second person; until then the old law holds."""

    code = "law.waits"
    template = N_("law change {number} of {user} waits: until it is released, the law before it holds ({files})")
    severity: Severity = "info"


class NoLawChangeError(KasseError):
    """A law change that does not wait, or that there never was."""

    code = "law.no_change"
    template = N_("no law change {number} waits")
    hint = N_("'kasse law files --all' shows what waits, and what became of the others")


class LawReasonError(KasseError):
    """A refusal without a reason."""

    code = "law.reason"
    template = N_("refusing law change {number} needs a reason")
    hint = N_("say with --reason what is wrong with it")
