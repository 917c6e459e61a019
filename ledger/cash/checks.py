"""What can be wrong with cash in a book, as findings of the proof."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class CashSumError(KasseError):
    """An account of cash that its receipts, counts, ways and settlements do not explain."""

    code = "verify.cash_sum"
    template = N_("account {account} of office {office} has {held_cents}; what is written down of {what} makes "
                  "{expected_cents}")  # fmt: skip
    hint = N_("compare 'kasse journal list --account {account}' with 'kasse cash show'; inform the audit office")


class CashGapError(KasseError):
    """A gap in the receipts of a desk."""

    code = "verify.cash_gap"
    template = N_("the receipts of cash desk {desk} of {year} have a gap: {count} up to number {last}")
    hint = N_("inform the audit office; see 'kasse cash receipts {desk}'")


class CashBelowZeroError(KasseError):
    """A desk with less than nothing in it at the end of a day."""

    code = "verify.cash_below_zero"
    template = N_("cash desk {desk} had {held_cents} at the end of {day}")
    hint = N_("cash is never below zero: a receipt is missing or wrong; inform the audit office")


class CashSignatureError(KasseError):
    """A step on cash that one person alone took, or that no event tells of."""

    code = "verify.cash_signature"
    template = N_("{what} of cash desk {desk}: the event log does not say so")
    hint = N_("inform the audit office; see 'kasse cash show {desk}'")
