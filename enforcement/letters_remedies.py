"""Remedies against administrative acts (Rechtsbehelfe) as data: which one the law of a claim gives."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from enforcement.law.catalogue import found
from enforcement.law.figures import RuleUnconfirmedError
from enforcement.profiles import Profile
from sepa.errors import N_

FILE = "remedies.toml"


class RemedyUnconfirmedError(RuleUnconfirmedError):
    """A point of a remedy that the sources leave open."""

    code = "law.remedy_point"
    hint = N_("'kasse letter remedies' says which; change the wording with 'kasse letter template' where it differs")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy: its title, norm, the rule of its term ('' for none), and the profiles whose acts it is against."""

    name: str
    title_de: str
    norm: str
    deadline: str
    profiles: tuple[str, ...]
    open_points: tuple[str, ...] = ()

    def doubts(self) -> tuple[RuleUnconfirmedError, ...]:
        """Return what the sources leave open."""
        return tuple(
            RemedyUnconfirmedError(rule=f"rechtsbehelf-{self.name}", norm=self.norm, point=point, file=FILE)
            for point in self.open_points
        )


@cache
def remedies() -> Mapping[str, Remedy]:
    """Return all remedies by name."""
    text = (files("enforcement") / "letter_texts" / FILE).read_text("utf-8")
    return {
        name: Remedy(
            name, part["title_de"], part["norm"], part["deadline"], tuple(part["profiles"]),
            tuple(part.get("open_points", ())),
        )
        for name, part in tomllib.loads(text).items()
    }  # fmt: skip


def remedy_of(profile: Profile | None) -> Remedy | None:
    """Return the remedy against acts about claims of a profile, none where the data names none.

    Raises `FigureUnknownError` for a profile that names a remedy which is nowhere.
    """
    if profile is None:
        return None
    if profile.remedy:
        return found(remedies(), profile.remedy, "remedy")
    return next((one for one in remedies().values() if profile.name in one.profiles), None)
