"""What an order says for its payment besides the IBAN: the BIC of the payee's bank and a purpose code (ISO 20022)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.items.orders import OrderRow, Rules, at
from sepa.countries import agree
from sepa.errors import N_, KasseError
from sepa.fields import bic_problem
from sepa.purposes import purposes
from sepa.rules.odd import BicCountryError


class BicWithoutAccountError(KasseError):
    """A BIC without the account whose bank it is of."""

    code = "order.bic_alone"
    template = N_("the BIC {bic} belongs to an account, and the row has none")
    hint = N_("give the IBAN in bank_account, or leave bic blank")


class PurposeCodeError(KasseError):
    """A purpose code that the payee's bank would not know, or of a claim."""

    code = "order.purpose_code"
    template = N_("not a purpose code of a payment: {text}")
    hint = N_("a payable may have a code of the ISO 20022 list, such as SSBE (social benefit), SALA (salary), PENS, "
              "GOVT; leave it blank if in doubt")  # fmt: skip


def bic_valid(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the BIC is none, stands alone, or belongs to another country than the account."""
    if not row.bic:
        return
    if row.bank_account is None:
        yield BicWithoutAccountError(bic=row.bic, place=at(row, "bic"))
    elif wrong := bic_problem(row.bic):
        yield wrong.at(at(row, "bic"))
    elif not agree(row.bank_account[:2], row.bic[4:6]):
        yield BicCountryError(bic=row.bic, iban=row.bank_account, place=at(row, "bic"))


def purpose_code_known(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the ISO list has no such purpose code, or where nothing is paid."""
    if row.purpose_code and (row.kind != "payable" or row.purpose_code not in purposes()):
        yield PurposeCodeError(text=row.purpose_code, place=at(row, "purpose_code"))
