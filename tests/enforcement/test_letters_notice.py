"""The letter before a direct debit: everything that must stand in it, in the office's wording and letterhead."""

import json
from dataclasses import replace

import pytest

from enforcement.letters_head_store import set_letterhead
from enforcement.letters_notice_reader import notice_letters
from enforcement.letters_templates_store import take_template
from kasse_cli.documents.letters import letter_pdf
from kasse_cli.documents.letters_text import letter_text
from ledger.payments.collection_notices import Notice, NoticeDay, NoticeLine
from tests.books import act

LINES = (
    NoticeLine("BAU", 1, "4711", "Gebühr <b>{x}", "2026-12-15", 120_00, "2026-12-15"),
    NoticeLine("BAU", 2, None, None, "2027-01-15", 50_00, "2027-01-15"),
    NoticeLine("BAU", 3, None, None, "2027-01-15", 30_00, "2027-01-15"),
)
DAYS = (NoticeDay("2026-12-15", 120_00), NoticeDay("2027-01-15", 80_00))
NOTICE = Notice(
    3, "2026-11-24", 9, "M-0815", "CORE", "Stadtkasse Musterstadt", "DE98ZZZ09999999999", "Hans Holder", "Erika Muster",
    "Am Markt", "1", "20095", "Hamburg", "DE", "DE89370400440532013000", None, LINES, DAYS, 200_00,
)  # fmt: skip
MUST = (
    "Stadtkasse Musterstadt", "DE98ZZZ09999999999", "M-0815", "SEPA-Basislastschrift", "Hans Holder",
    "DE89 3704 0044 0532 0130 00", "15.12.2026", "15.01.2027", "120,00", "80,00", "200,00", "24.11.2026",
)  # fmt: skip


@pytest.fixture
def kasse(store):
    return act(store, "emil")


def test_it_tells_creditor_mandate_account_days_and_sums(kasse):
    (content,) = notice_letters(kasse, [NOTICE])
    text = letter_text(content)
    assert [part for part in MUST if part not in text] == []
    assert content["address"] == ["Erika Muster", "Am Markt 1", "20095 Hamburg"]
    assert letter_pdf(content) == letter_pdf(json.loads(json.dumps(content)))


def test_one_claim_a_day_needs_no_sums_by_day(kasse):
    one = replace(NOTICE, lines=LINES[:2])
    (content,) = notice_letters(kasse, [one])
    assert "Summe je Tag" not in letter_text(content)
    assert "Summe je Tag" in letter_text(notice_letters(kasse, [NOTICE])[0])


def test_an_office_has_its_own_wording_letterhead_and_plain_page(kasse):
    set_letterhead(kasse, {"kopf": "Bauamt\nHinterhof", "einfach": "ja"}, "BAU")
    text = "Betreff: Einzug vom {datum}\n\nGuten Tag {name}, Mandat {mandatsreferenz}.\n\n{einzuege}\n\n{mandat}\n"
    assert take_template(kasse, "vorabankuendigung", text, "BAU").wrong == ()
    (content,) = notice_letters(kasse, [NOTICE])
    assert (content["head"], content["subject"]) == (["Bauamt", "Hinterhof"], "Einzug vom 24.11.2026")
    assert "Guten Tag Erika Muster, Mandat M-0815." in letter_text(content)
    assert content["plain"]


def test_a_wording_without_the_mandate_is_not_taken(kasse):
    wrong = take_template(kasse, "vorabankuendigung", "Betreff: Einzug\n\n{einzuege}\n").wrong
    assert [(one.code, one.fields["name"]) for one in wrong] == [("wording.missing", "{mandat}")]
