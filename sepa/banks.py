"""What the directory of banks says about an account: the bank's name and BIC, and the national check digits.

The directory is the one of `schwifty`, loaded when it is first asked (0.2 s); nothing here proves an account exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError, Place


class UnknownBankError(KasseError):
    """A German account at a bank code that the directory does not have."""

    code = "account.unknown_bank"
    severity = "warning"
    template = N_("the directory of banks has no bank code {bank_code}: {iban}")
    hint = N_("compare the IBAN with its source; new bank codes appear in the directory after some weeks")


class AccountCheckDigitsError(KasseError):
    """A German account number that breaks its bank's own check digit method."""

    code = "account.check_digits"
    severity = "warning"
    template = N_("the account number does not fit the check digits of {bank}: {iban}")
    hint = N_("compare the IBAN with its source; some banks grant exceptions")


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank of the directory: its name, its BIC where it has one, and its national code."""

    name: str
    bic: str
    code: str


def bank_of(iban: str) -> Bank | None:
    """Return the bank that keeps the account, or None where the directory does not have it."""
    from schwifty import IBAN

    found = IBAN(iban, allow_invalid=True).bank
    return None if found is None else Bank(found.name, found.bic or "", found.bank_code or "")


def same_bank(first: str, second: str) -> bool:
    """Tell whether one bank may keep both accounts: by bank code or BIC; abroad, where neither is known, it may.

    >>> same_bank("DE89370400440532013000", "DE02120300000000202051")
    False
    """
    if first[:2] != second[:2]:
        return False
    if first.startswith("DE") and first[4:12] == second[4:12]:
        return True
    one, other = bank_of(first), bank_of(second)
    if one is None or other is None:
        return not first.startswith("DE")
    return one.code == other.code or (one.bic[:8] == other.bic[:8] != "")


def account_finding(iban: str) -> KasseError | None:
    """Say what is odd about a German account by bank code and account check digits; others are not asked."""
    if not iban.startswith("DE"):
        return None
    place = Place(field="iban", value=iban)
    bank = bank_of(iban)
    if bank is None:
        return UnknownBankError(bank_code=iban[4:12], iban=iban, place=place)
    if _fits(iban):
        return None
    return AccountCheckDigitsError(bank=bank.name, iban=iban, place=place)


def _fits(iban: str) -> bool:
    from schwifty import IBAN
    from schwifty.exceptions import InvalidBBANChecksum

    try:
        return IBAN(iban, allow_invalid=True).bban.validate_national_checksum()
    except InvalidBBANChecksum:
        return False
