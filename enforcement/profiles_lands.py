"""Which profiles are law in a Land, and which only elsewhere."""

from __future__ import annotations

from enforcement.law import Law
from enforcement.profiles import Profile, profiles
from sepa.calendar import land_of
from sepa.errors import N_, KasseError


class ProfileLandError(KasseError):
    """A profile with the law of other Länder than the one that was named."""

    code = "profile.land"
    template = N_("the profile {profile} is law of {lands}, not of {land}")
    hint = N_("give the files of your Land with --law-dir (docs/law.md), or the Land whose law it is with --land")


def profile_names(place: str, law: Law | None = None) -> tuple[str, ...]:
    """Return the names by which claims of a place find their law, in order."""
    land = land_of(place)
    holding = [one for one in profiles(law).values() if one.holds_in(land)]
    plain = {name for one in holding for of, _, name in _plain_names(one) if of == land}
    return tuple(sorted(plain.union(one.name for one in holding)))


def profiles_elsewhere(place: str, law: Law | None = None) -> dict[str, str]:
    """Return the names that are law in other Länder only, with those Länder."""
    here, found = profile_names(place, law), dict[str, str]()
    for one in profiles(law).values():
        found |= {name: of for of, _, name in _plain_names(one)} | {one.name: ", ".join(one.lands)}
    return {name: lands for name, lands in sorted(found.items()) if name not in here}


def _plain_names(one: Profile) -> list[tuple[str, str, str]]:
    return [word.partition(":") for word in one.stands_for]
