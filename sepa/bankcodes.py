"""The code that German banks put on an entry: SWIFT type, GVC, Primanota and text-key extension.

Source: DFÜ-Abkommen Anlage 3, chapter on account information (BkTxCd/Prtry with issuer DK, formerly ZKA).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sepa.reasons import transaction

_GVC = re.compile(r"\d{3}")
_SWIFT_TYPE = re.compile(r"[A-Z][A-Z0-9]{3}")
_RETURN_SUBFAMILIES = frozenset({"RRTN", "UPDD", "UPCT", "PRDD", "RPCR", "ARET"})


@dataclass(frozen=True, slots=True)
class BankCode:
    """The parts of a proprietary code; all empty where it is not of the German form."""

    gvc: str = ""
    primanota: str = ""
    text_key_extension: str = ""


_NONE = BankCode()


@lru_cache(maxsize=1024)
def split_code(proprietary: str) -> BankCode:
    """Return GVC, Primanota and text-key extension of a code such as `NTRF+166+9200+000`.

    >>> split_code("NRTI+109++901")
    BankCode(gvc='109', primanota='', text_key_extension='901')

    Parts may be missing or empty; a code of another form gives empty parts.
    """
    parts = [part.strip() for part in proprietary.split("+")]
    if _SWIFT_TYPE.fullmatch(parts[0]):
        parts = parts[1:]
    if not parts or not _GVC.fullmatch(parts[0]) or len(parts) > 3:
        return _NONE
    return BankCode(*parts)


@lru_cache(maxsize=1024)
def domain_code(domain: str | None, family: str | None, subfamily: str | None) -> str:
    """Return the ISO bank transaction code in one word, without the parts that are missing.

    >>> domain_code("PMNT", "RCDT", "ESCT")
    'PMNT-RCDT-ESCT'
    """
    return "-".join(part for part in (domain, family, subfamily) if part)


@lru_cache(maxsize=1024)
def is_return(gvc: str, subfamily: str) -> bool:
    """Tell whether the codes say that an earlier payment came back (R-transaction)."""
    return transaction(gvc).returned or subfamily in _RETURN_SUBFAMILIES
