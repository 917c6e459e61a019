"""Which law a claim may be of: profiles that the book codes, and those that are law in its Land."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sepa.errors import N_, KasseError


class UnknownProfileError(KasseError):
    """A law profile that the book does not have."""

    code = "order.profile"
    template = N_("there is no profile {profile} in this book")
    hint = N_("the profiles are: {profiles}")


class ForeignProfileError(KasseError):
    """A profile with fees and terms of another Land than that of the book."""

    code = "order.profile_land"
    template = N_("the profile {profile} is law of {lands}, the book is one of {land}")
    hint = N_(
        "take over the law of your Land with 'kasse law take FOLDER' (docs/law.md), or leave the profile blank: such "
        "claims are dunned without fee and charge; the Land of the book stands in 'kasse book place'"
    )


class LawProfiles(NamedTuple):
    """Which profiles are law in the Land of the book, and which in other Länder only (by name, with those Länder)."""

    names: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = MappingProxyType({})
    land: str = ""

    def wrong(self, profile: str | None, allowed: Collection[str]) -> KasseError | None:
        """Return what is wrong with the profile of a claim, none where it is one of those that the book allows."""
        if not profile or profile in allowed:
            return None
        if profile in self.elsewhere:
            return ForeignProfileError(profile=profile, lands=self.elsewhere[profile], land=self.land or "–")
        return UnknownProfileError(profile=profile, profiles=", ".join(sorted(allowed)))


NO_LAW = LawProfiles()
