"""Master data that somebody changed past the event log are named as people call them."""

import pytest

from kasse_cli.messages import message
from kasse_cli.party_pages import CHANGED
from kasse_cli.table_words import TABLES
from ledger.events.seals import SEALED
from ledger.events.seals_store import MasterDataError
from ledger.people.party_values import FIELDS


def test_every_sealed_table_has_words():
    told = {"bank_detail", "bank_entry", "bank_notice", "bank_notice_detail", "statement", "statement_entry"}
    told |= {"address_task", "claim_event", "relief"}
    assert set(SEALED) | {"party", "party_account", "party_seal", "statement_part"} | told == set(TABLES)


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("relief_limit", "4/*", "limit of relief 4/*: added past the event log"),
        ("party_account", "11", "accounts of person 11: added past the event log"),
        ("alembic_version", "1", "alembic_version 1: added past the event log"),
    ],
)
def test_rows_are_named_in_words(table, row, said):
    assert message(MasterDataError(table=table, row=row, state="added")) == said


def test_every_field_of_a_party_that_may_change_has_words():
    assert {*FIELDS, "iban", "end_iban"} <= set(CHANGED)
