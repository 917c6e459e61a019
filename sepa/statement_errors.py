"""What the readers of statements notice, whatever the format: errors that camt and MT share."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class UnfitAmountError(KasseError):
    """An amount finer than the smallest unit of its currency."""

    code = "statement.unfit_amount"
    template = N_("the amount {amount} {currency} has more decimals than the currency; it was rounded")
    hint = N_("ask the bank; the entry must not be posted automatically")


class InvalidDateError(KasseError):
    """A date that does not exist."""

    code = "statement.invalid_date"
    template = N_("not a date: {text}")
    hint = N_("ask the bank; the entry stays without this date")
    severity = "warning"


class DetailSumError(KasseError):
    """Details whose amounts do not add up to their entry."""

    code = "statement.detail_sum"
    template = N_("the details add up to {details_cents}, the entry is {entry_cents}")
    hint = N_("post the entry only as a whole and ask the bank for the missing details")
    severity = "warning"


class DetailCountError(KasseError):
    """Another number of details than the batch names."""

    code = "statement.detail_count"
    template = N_("the entry names {expected} transactions, but {found} details are there")
    hint = N_("post the entry only as a whole and ask the bank for the missing details")
    severity = "warning"


class SummaryError(KasseError):
    """Another number or sum of entries than the bank's own summary names."""

    code = "statement.summary"
    template = N_("the bank's summary names {expected}, the entries give {found} ({kind})")
    hint = N_("the file may be incomplete; ask the bank before posting it")
    severity = "warning"


class AccountMissingError(KasseError):
    """A statement that names no account."""

    code = "statement.account_missing"
    template = N_("the statement names no account")
    hint = N_("ask the bank for a complete file")
