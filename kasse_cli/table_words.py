"""What people call the rows of master data that `journal verify` names by their tables."""

from __future__ import annotations

from kasse_cli.i18n import _
from sepa.errors import N_

TABLES = {
    "account": N_("account"), "address_task": N_("address task"), "app_user": N_("user"),
    "approval_limit": N_("limit of approval"),
    "bank_account": N_("bank account"), "bank_detail": N_("detail of bank entry"), "bank_entry": N_("bank entry"),
    "bank_notice": N_("advice of the bank"), "bank_notice_detail": N_("detail of an advice"),
    "bank_rule": N_("rule of the Kasse"), "cash_desk": N_("cash desk"),
    "cash_holder": N_("holder of cash desk"), "cash_terminal": N_("card terminal"),
    "claim_event": N_("legal event of claim"), "deputy": N_("deputy"),
    "dimension_value": N_("value of coding"), "general_order": N_("general order"),
    "law_change": N_("change of the law"), "law_file": N_("file of the law"), "leitweg_office": N_("Leitweg-ID"),
    "office": N_("office"), "party": N_("person"), "party_account": N_("accounts of person"),
    "party_seal": N_("seals of persons"), "reference_scheme": N_("reference scheme"),
    "relief": N_("relief"), "relief_limit": N_("limit of relief"), "setting": N_("setting"),
    "standing_order": N_("standing order"),
    "statement": N_("statement"), "statement_entry": N_("line of statement"),
    "statement_part": N_("statement within another"), "statement_skip": N_("number of no statement"),
    "user_role": N_("role of user"),
}  # fmt: skip
"""By table; those of which nobody but a program speaks keep their name."""


def table_text(table: str) -> str:
    """Return what people call a row of the table."""
    return _(TABLES[table]) if table in TABLES else table
