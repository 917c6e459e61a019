"""What one bank wants of a file beyond the common rules: a profile, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from sepa.debits import SEQUENCES
from sepa.errors import N_, KasseError, Place
from sepa.text import Charset

Kind = Literal["transfer", "instant", "core", "b2b"]
AddressForm = Literal["hybrid", "structured", "none"]
Vop = Literal["opt-out", "opt-in"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class UnknownProfileError(KasseError):
    """A profile that does not ship with this version."""

    code = "profile.unknown"
    template = N_("there is no bank profile {name}")
    hint = N_("use one of: {known}; or give the path of a profile of your own")


class InvalidProfileError(KasseError):
    """A profile that cannot be read."""

    code = "profile.invalid"
    template = N_("the bank profile cannot be read: {problem}")
    hint = N_("start from a copy of the standard profile")


class ProfileValueError(KasseError):
    """A setting of a profile that is missing, unknown or has a value it cannot have."""

    code = "profile.value"
    template = N_("the bank profile has no right value for {setting}: {value}")
    hint = N_("compare it with the standard profile, which explains each setting")


@dataclass(frozen=True, slots=True)
class OrderType:
    """How a file is handed to the bank: EBICS 2.5 order type, EBICS 3.0 BTF, and until when on the same day."""

    ebics: str
    btf: str
    cut_off: time | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What one bank wants: character set, address form, size and shape of files, order types, name check."""

    name: str
    title: str = ""
    charset: Charset = "dk"
    address: AddressForm = "hybrid"
    payments_per_file: int = 9999
    payments_per_batch: int = 9999
    one_date_per_file: bool = False
    one_account_per_file: bool = False
    one_sequence_per_file: bool = False
    sequences: str = "FRST RCUR FNAL OOFF"
    max_days_ahead: int = 15
    vop: Vop = "opt-out"
    batch_booking: bool | None = None
    orders: dict[str, OrderType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for setting, allowed in _CHOICES.items():
            if getattr(self, setting) not in allowed:
                raise ProfileValueError(setting=setting, value=str(getattr(self, setting)))
        if not set(self.sequences.split()) <= set(SEQUENCES) or not self.sequences.split():
            raise ProfileValueError(setting="sequences", value=self.sequences)
        for setting in ("payments_per_file", "payments_per_batch", "max_days_ahead"):
            if not 1 <= getattr(self, setting) < 10**15:
                raise ProfileValueError(setting=setting, value=str(getattr(self, setting)))

    def order_type(self, kind: Kind) -> OrderType:
        """Return how a file of that kind is handed over, with the name check where the profile opts in.

        Raises `ProfileValueError` where the profile does not say it.
        """
        checked = self.vop == "opt-in" and kind in {"transfer", "instant"}
        key = f"{kind}-vop" if checked else kind
        if key not in self.orders:
            raise ProfileValueError(setting=f"orders.{key}", value="")
        return self.orders[key]


_CHOICES = {"charset": get_args(Charset), "address": get_args(AddressForm), "vop": get_args(Vop)}
_TYPES: dict[str, type] = {"int": int, "bool": bool, "bool | None": bool}


def parse_profile(text: str, file: str | None = None) -> Profile:
    """Return the profile that a TOML text holds; `file` is its name for messages.

    Raises `InvalidProfileError` for what is not TOML and `ProfileValueError` for unknown, missing or wrong settings.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidProfileError(problem=str(error), place=Place(file=file)) from None
    try:
        orders = {key: _order_type(key, value) for key, value in data.pop("orders", {}).items()}
        return Profile(**{key: _setting(key, value) for key, value in ({"name": ""} | data).items()}, orders=orders)
    except ProfileValueError as error:
        raise error.at(Place(file=file)) from None


def _setting(key: str, value: Any) -> Any:
    """Return the value if the profile has the setting and the value has its type."""
    annotations = {one.name: str(one.type) for one in fields(Profile)}
    expected = _TYPES.get(annotations.get(key, ""), str)
    if key not in annotations or type(value) is not expected or value == "":
        raise ProfileValueError(setting=key, value=str(value))
    return value


def _order_type(key: str, value: Any) -> OrderType:
    known = isinstance(value, dict) and {"ebics", "btf"} <= value.keys() <= {"ebics", "btf", "cut_off"}
    if not known or not isinstance(value.get("cut_off", time.min), time):
        raise ProfileValueError(setting=f"orders.{key}", value=str(value))
    return OrderType(str(value["ebics"]), str(value["btf"]), value.get("cut_off"))


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that ship with this version, sorted."""
    found = (entry.name for entry in files("sepa.profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def shipped_profile(name: str) -> Profile:
    """Return a profile that ships with this version; raises `UnknownProfileError`."""
    if name not in shipped_profiles():
        raise UnknownProfileError(name=name, known=", ".join(shipped_profiles()))
    return parse_profile(files("sepa.profiles").joinpath(f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
