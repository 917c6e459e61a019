"""The bank of the account that an invoice wants to be paid to (BT-86), as both syntaxes of EN 16931 say it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_IBANS = ("{*}PayeeFinancialAccount/{*}ID", "{*}PayeePartyCreditorFinancialAccount/{*}IBANID")
_BICS = (
    "{*}PayeeFinancialAccount/{*}FinancialInstitutionBranch/{*}ID",
    "{*}PayeeSpecifiedCreditorFinancialInstitution/{*}BICID",
)


def first_bic(means: Iterable[Element]) -> str | None:
    """Return the BIC of the first account that the means of payment name, none where they name none of it."""
    named = next((one for one in means if _text(one, _IBANS)), None)
    return _text(named, _BICS) if named is not None else None


def _text(means: Element, paths: tuple[str, ...]) -> str | None:
    found = (one.text or "" for path in paths for one in means.findall(path))
    return next((text for said in found if (text := "".join(said.split()).upper())), None)
