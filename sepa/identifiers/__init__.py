"""Identifiers of accounts, banks, creditors, references and payments, checked and in one form."""

from sepa.identifiers.bic import InvalidBicError, bic_key, is_bic, parse_bic
from sepa.identifiers.countries import is_country
from sepa.identifiers.creditor import (
    CreditorIdCheckDigitsError,
    InvalidCreditorIdError,
    creditor_key,
    make_creditor_id,
    parse_creditor_id,
)
from sepa.identifiers.iban import (
    IbanCheckDigitsError,
    IbanCountryError,
    IbanLengthError,
    IbanStructureError,
    InvalidIbanError,
    format_iban,
    iban_countries,
    is_iban,
    make_iban,
    parse_iban,
)
from sepa.identifiers.ids import (
    NOT_PROVIDED,
    IdentifierCharactersError,
    IdentifierLengthError,
    IdentifierSlashesError,
    InvalidIdentifierError,
    is_identifier,
    mandate_key,
    parse_identifier,
)
from sepa.identifiers.reference import (
    InvalidReferenceError,
    ReferenceCheckDigitsError,
    format_rf,
    make_rf,
    parse_rf,
)

__all__ = [
    "NOT_PROVIDED",
    "CreditorIdCheckDigitsError",
    "IbanCheckDigitsError",
    "IbanCountryError",
    "IbanLengthError",
    "IbanStructureError",
    "IdentifierCharactersError",
    "IdentifierLengthError",
    "IdentifierSlashesError",
    "InvalidBicError",
    "InvalidCreditorIdError",
    "InvalidIbanError",
    "InvalidIdentifierError",
    "InvalidReferenceError",
    "ReferenceCheckDigitsError",
    "bic_key",
    "creditor_key",
    "format_iban",
    "format_rf",
    "iban_countries",
    "is_bic",
    "is_country",
    "is_iban",
    "is_identifier",
    "make_creditor_id",
    "make_iban",
    "make_rf",
    "mandate_key",
    "parse_bic",
    "parse_creditor_id",
    "parse_iban",
    "parse_identifier",
    "parse_rf",
]
