"""What codes are called in English: files and scripts keep the code, people read words, as in every other language."""

from __future__ import annotations

ENGLISH = {
    "allowance_expense": "addition to allowances", "allowance_release": "release of allowances",
    "arisen_missing": "day it arose is missing", "assessed_missing": "day of assessment is missing",
    "bank_account": "bank account", "bank_fees": "bank fees", "bank_interest": "bank interest",
    "birth_date": "birth date", "card_day": "day of cards", "card_fee": "card fee", "cash_transport": "cash transport",
    "cheque_bounced": "cheque bounced", "cheque_fee": "cheque fee", "clarify": "to be clarified",
    "closed_missing": "day it was closed is missing",
    "collection_fee": "fee of returned collection", "collection_returned": "collection returned",
    "collection_reversed": "collection reversed", "credit_used": "credit used", "creditor_law": "law of the creditor",
    "direct_debit": "direct debit", "end_to_end": "end-to-end id", "event_old": "last event too old",
    "final_missing": "day it became final is missing", "given_up": "given up",
    "known_missing": "day it was known is missing", "last_step": "last step", "law_unknown": "law unknown",
    "left_over": "left over", "letter_open": "letter open", "main_cancelled": "main claim cancelled",
    "main_left_out": "main claim left out", "name_alike": "name alike", "name_in_text": "name in the text",
    "niederschlagung_befristet": "limited Niederschlagung",
    "niederschlagung_unbefristet": "unlimited Niederschlagung",
    "no_bank_file": "no bank file",
    "no_debtor": "no debtor", "no_effect": "no effect", "no_event": "no event", "no_law": "no law",
    "no_reference": "no reference", "no_rule": "no rule", "not_posted": "not to be posted", "paid_out": "paid out",
    "pass_through": "money passed through", "payment_service": "payment service", "plan_failed": "plan failed",
    "receivable_private": "receivables, private law", "relief_over": "relief is over", "return_fee": "fee of a return",
    "stands_still": "stands still", "taken_back": "taken back",
    "third_party": "third party", "to_clarify": "to be clarified", "too_late": "too late",
    "transit_card": "card money under way", "transit_cash": "cash under way", "transit_in": "collections under way",
    "transit_out": "payments under way", "transit_own": "money between own accounts",
    "undo_match": "match taken back", "vat_id": "VAT id", "write_down": "write-down", "write_off": "write-off",
}  # fmt: skip
"""The words for each code of several; of one word only where that would be misread."""
