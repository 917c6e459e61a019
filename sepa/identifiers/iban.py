"""Account numbers: the IBAN of ISO 13616, checked by country, length, structure and check digits."""

from __future__ import annotations

import re
from functools import cache

from sepa.errors import N_, KasseError
from sepa.identifiers.mod97 import DIGITS, check_digits, remainder

# What follows country and check digits, by the SWIFT IBAN registry: digits (n), letters (a), either (c).
_STRUCTURES = """
AD 8n12c    AE 19n      AL 8n16c    AT 16n      AZ 4a20c    BA 16n      BE 12n      BG 4a6n8c
BH 4a14c    BI 23n      BR 23n1a1c  BY 4c4n16c  CH 5n12c    CR 18n      CY 8n16c    CZ 20n
DE 18n      DJ 23n      DK 14n      DO 4c20n    EE 16n      EG 25n      ES 20n      FI 14n
FK 2a12n    FO 14n      FR 10n11c2n GB 4a14n    GE 2a16n    GI 4a15c    GL 14n      GR 7n16c
GT 24c      HN 4a20n    HR 17n      HU 24n      IE 4a14n    IL 19n      IQ 4a15n    IS 22n
IT 1a10n12c JO 4a4n18c  KW 4a22c    KZ 3n13c    LB 4n20c    LC 4a24c    LI 5n12c    LT 16n
LU 3n13c    LV 4a13c    LY 21n      MC 10n11c2n MD 20c      ME 18n      MK 3n10c2n  MN 16n
MR 23n      MT 4a5n18c  MU 4a19n3a  NI 4a20n    NL 4a10n    NO 11n      OM 3n16c    PK 4a16c
PL 24n      PS 4a21c    PT 21n      QA 4a21c    RO 4a16c    RS 18n      RU 14n15c   SA 2n18c
SC 4a20n3a  SD 14n      SE 20n      SI 15n      SK 20n      SM 1a10n12c SO 19n      ST 21n
SV 4a20n    TL 19n      TN 20n      TR 6n16c    UA 6n19c    VA 18n      VG 4a16n    XK 16n
YE 4a4n18c
"""
_FIELD = re.compile(r"(\d+)([nac])")
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+")
_ALIASES = frozenset(("00", "01", "99"))


class InvalidIbanError(KasseError):
    """A text that is not an IBAN."""

    code = "iban.invalid"
    template = N_("not an IBAN: {iban}")
    hint = N_("an IBAN begins with two letters and two digits, such as DE89 3704 0044 0532 0130 00")


class IbanCountryError(InvalidIbanError):
    """An IBAN of a country that issues none."""

    code = "iban.country"
    template = N_("no country with IBANs has the code {country}: {iban}")
    hint = N_("check the first two letters with the payee")


class IbanLengthError(InvalidIbanError):
    """An IBAN too short or too long for its country."""

    code = "iban.length"
    template = N_("the IBAN has {length} characters, {country} needs {expected}: {iban}")
    hint = N_("compare it with the source, a digit is missing or too many")


class IbanStructureError(InvalidIbanError):
    """An IBAN with a letter where its country has digits, or the other way round."""

    code = "iban.structure"
    template = N_("the IBAN does not have the form that {country} uses: {iban}")
    hint = N_("look for the letter O in place of the digit 0 and the letter I in place of the digit 1")


class IbanCheckDigitsError(InvalidIbanError):
    """An IBAN whose check digits are not the calculated ones; 00, 01 and 99 are never calculated."""

    code = "iban.check_digits"
    template = N_("the check digits of the IBAN are wrong: {iban}")
    hint = N_("compare it with the source digit by digit, or ask the payee")


@cache
def _structure(country: str) -> tuple[int, re.Pattern[str]] | None:
    """Return length and form of a country's IBANs, or None."""
    fields = _FIELD.findall(_table().get(country, ""))
    if not fields:
        return None
    form = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in fields)
    return 4 + sum(int(count) for count, _ in fields), re.compile("[A-Z]{2}[0-9]{2}" + form)


@cache
def _table() -> dict[str, str]:
    words = _STRUCTURES.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def iban_countries() -> frozenset[str]:
    """Return the country codes that issue IBANs (SWIFT IBAN registry)."""
    return frozenset(_table())


def compact(text: str) -> str:
    """Return the text without white space and in capitals; letters beyond ASCII stay as they are."""
    bare = "".join(text.split())
    return bare.upper() if bare.isascii() else bare


def parse_iban(text: str) -> str:
    """Return the IBAN in electronic form: capitals, no spaces (ISO 13616-1).

    >>> parse_iban("de89 3704 0044 0532 0130 00")
    'DE89370400440532013000'

    Raises `InvalidIbanError`, more exactly for country, length, structure or check digits.
    """
    iban = compact(text)
    structure = _structure(iban[:2])
    if structure is not None and structure[1].fullmatch(iban) and _check_digits_hold(iban):
        return iban
    raise _iban_error(iban, structure)


def _check_digits_hold(iban: str) -> bool:
    """Tell whether the check digits are the calculated ones; digits alone need no translation."""
    national, digits = iban[4:], iban[2:4]
    if digits in _ALIASES:
        return False
    if national.isdigit():
        return int(national + _country_digits(iban[:2]) + digits) % 97 == 1
    return remainder(national + iban[:4]) == 1


@cache
def _country_digits(country: str) -> str:
    return country.translate(DIGITS)


def _iban_error(iban: str, structure: tuple[int, re.Pattern[str]] | None) -> InvalidIbanError:
    country = iban[:2]
    if not _SHAPE.fullmatch(iban):
        return InvalidIbanError(iban=iban)
    if structure is None:
        return IbanCountryError(iban=iban, country=country)
    length, form = structure
    if len(iban) != length:
        return IbanLengthError(iban=iban, country=country, length=len(iban), expected=length)
    if not form.fullmatch(iban):
        return IbanStructureError(iban=iban, country=country)
    return IbanCheckDigitsError(iban=iban)


def is_iban(text: str) -> bool:
    """Tell whether the text is an IBAN in electronic form, that is as `parse_iban` returns it."""
    structure = _structure(text[:2])
    return structure is not None and structure[1].fullmatch(text) is not None and _check_digits_hold(text)


def format_iban(iban: str) -> str:
    """Return the IBAN in groups of four for people (ISO 13616-1).

    >>> format_iban("DE89370400440532013000")
    'DE89 3704 0044 0532 0130 00'
    """
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def make_iban(country: str, bban: str) -> str:
    """Return the IBAN of a national account number, its check digits calculated (ISO 13616-1).

    >>> make_iban("DE", "370400440532013000")
    'DE89370400440532013000'

    Raises `InvalidIbanError` where country, length or structure do not fit.
    """
    national = compact(bban)
    if not re.fullmatch("[A-Z0-9]+", national):
        raise InvalidIbanError(iban=country + national)
    return parse_iban(country + check_digits(national + country) + national)
