"""Bank profiles: what one bank wants beyond the common rules, and the files that follow from it."""

from sepa.profiles.findings import Heads, check
from sepa.profiles.grouping import FilePlan, Group, Slice, TransferOrder, messages, plan, shape
from sepa.profiles.profile import (
    KINDS,
    InvalidProfileError,
    Kind,
    OrderType,
    Profile,
    ProfileValueError,
    UnknownProfileError,
    parse_profile,
    shipped_profile,
    shipped_profiles,
)

__all__ = [
    "KINDS",
    "FilePlan",
    "Group",
    "Heads",
    "InvalidProfileError",
    "Kind",
    "OrderType",
    "Profile",
    "ProfileValueError",
    "Slice",
    "TransferOrder",
    "UnknownProfileError",
    "check",
    "messages",
    "parse_profile",
    "plan",
    "shape",
    "shipped_profile",
    "shipped_profiles",
]
