"""Mandates as they are handed in: what a new one says, what an amendment changes, checked when made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ledger.payments.mandates import Mandate, MandateBicError, NotBusinessMandateError, Usage
from sepa.countries import eea_countries
from sepa.debits import Scheme
from sepa.errors import KasseError
from sepa.fields import bic_problem, iban_problem, refuse
from sepa.identifiers import parse_creditor_id, parse_iban, parse_identifier


@dataclass(frozen=True, slots=True)
class Covers:
    """What a mandate covers of what its party owes: everything, or only one office, kinds of claims, one reference."""

    office: str | None = None
    claim_kinds: tuple[str, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NewMandate:
    """A mandate to be registered; checked when it is made. `holder` is the account holder where not the party itself.

    `last_used` is for mandates that another system used before. Raises the error of the field that is wrong.
    """

    party: int
    iban: str
    signed: dt.date
    reference: str = ""
    scheme: Scheme = "CORE"
    usage: Usage = "recurrent"
    holder: str = ""
    bic: str = ""
    creditor_id: str = ""
    covers: Covers = field(default_factory=Covers)
    document: str | None = None
    document_sha256: str | None = None
    notice_days: int | None = None
    confirmed_on: dt.date | None = None
    last_used: dt.date | None = None

    def __post_init__(self) -> None:
        check_account(parse_iban(self.iban), self.bic.upper())
        if self.reference:
            parse_identifier(self.reference)
        if self.creditor_id:
            parse_creditor_id(self.creditor_id)
        if self.confirmed_on and self.scheme != "B2B":
            raise NotBusinessMandateError(mandate=self.reference or "–")


@dataclass(frozen=True, slots=True)
class Done:
    """A mandate after a step; `new` is false where everything was so before."""

    mandate: Mandate
    new: bool = True
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class NewValues:
    """What changes with a mandate; None stays as it is. `final`: the next collection is the last one."""

    reference: str | None = None
    iban: str | None = None
    bic: str | None = None
    holder: str | None = None
    creditor_id: str | None = None
    document: str | None = None
    document_sha256: str | None = None
    notice_days: int | None = None
    final: bool | None = None
    covers: Covers | None = None


def check_account(iban: str, bic: str) -> None:
    """Check that SEPA reaches an account, and that its BIC is there where it is needed (EPC409-09).

    Raises `InvalidIbanError`, `OutsideSepaError`, `InvalidBicError`, `MandateBicError`.
    """
    refuse((iban_problem(iban), bic_problem(bic)))
    if iban[:2] not in eea_countries() and not bic:
        raise MandateBicError(country=iban[:2])
