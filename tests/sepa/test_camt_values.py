"""What a camt statement says reaches the values: one day of a bank, in every dress a bank may give it."""

import dataclasses
import datetime as dt
import re

import pytest

from sepa.reading import read_statements
from sepa.statements import Balance, Charge, Closed, Entry, OtherAmount, StructuredReference
from tests.sepa.statement_files import DAY, OWN_IBAN, camt, ntry, read, read_entry, tx

DAY_TEXT = DAY.read_text(encoding="utf-8")


def day_of_the_bank() -> list[Entry]:
    return read(DAY.read_bytes())[1]


def test_the_head_names_account_numbers_and_days():
    opened, _, _ = read(DAY.read_bytes())
    assert (opened.message, opened.message_id, opened.id) == ("camt.053.001.08", "53D2026112000001", "STMT-231")
    assert (opened.account, opened.iban, opened.currency, opened.bic) == (OWN_IBAN, OWN_IBAN, "EUR", "HASPDEHHXXX")
    assert (opened.electronic_number, opened.legal_number, opened.page, opened.last_page) == (231, 17, 1, True)
    assert opened.from_day == opened.to_day == dt.date(2026, 11, 20)
    assert opened.owner == "Stadt Musterstadt"


def test_opening_and_entries_make_the_closing_balance():
    _, entries, closed = read(DAY.read_bytes())
    assert closed.balance("OPBD", "PRCD") == Balance("PRCD", 1_000_000, "EUR", dt.date(2026, 11, 19))
    assert closed.balance("CLBD").amount_cents == 1_000_000 + sum(entry.amount_cents for entry in entries)
    assert (closed.entries, closed.credit_cents, closed.debit_cents) == (9, 65_193, 131_965)
    assert (closed.findings, closed.not_understood) == ((), ())


def test_every_entry_knows_its_line():
    lines = DAY_TEXT.splitlines()
    assert all(lines[entry.line - 1].strip() == "<Ntry>" for entry in day_of_the_bank())


def test_a_transfer_has_payer_codes_and_joined_text():
    entry = day_of_the_bank()[0]
    assert (entry.gvc, entry.primanota, entry.text_key_extension) == ("166", "9310", "000")
    assert (entry.bank_transaction_code, entry.status) == ("PMNT-RCDT-ESCT", "BOOK")
    assert (entry.first.name, entry.first.iban) == ("Erika Beispiel", "DE89370400440532013000")
    assert entry.first.text == "Kassenzeichen 4711000000012 Hundesteuer & Mahngebühr 2026"


def test_references_and_ultimate_parties_are_read():
    detail = day_of_the_bank()[1].first
    assert detail.structured == (
        StructuredReference("RF18539007547034", "SCOR", "ISO"),
        StructuredReference("B-2026-9", "CINV"),
    )
    assert detail.structured_text == ("Bescheid vom 01.10.2026",)
    assert (detail.ultimate_name, detail.own_ultimate_name) == ("Kanzlei Probe", "Amt für Soziales")
    assert detail.uetr.startswith("0b8e1c1e")


def test_a_batch_has_its_ids_and_details():
    entry = day_of_the_bank()[2]
    assert (entry.batch_message_id, entry.batch_payment_information_id, entry.batch_count) == (
        "MSG-LS-1",
        "LS-2026-11-20",
        2,
    )
    assert entry.detail_message_id == "54D2026112000007"
    assert [detail.amount_cents for detail in entry.details] == [10_000, 20_000]
    assert (entry.first.mandate_id, entry.first.creditor_id) == ("M-100", "DE98ZZZ09999999999")


def test_a_returned_debit_names_the_debtor_the_reason_and_the_fee():
    entry = day_of_the_bank()[3]
    detail = entry.first
    assert (entry.amount_cents, detail.amount_cents) == (-5_300, -5_300)
    assert (detail.name, detail.bic) == ("Sven Schuldig", "INGDDEFFXXX")
    assert (detail.return_reason, detail.return_information) == ("AC01", ("IBAN FEHLERHAFT",))
    assert detail.return_originator == "INGDDEFFXXX"
    assert detail.charges == (Charge(-300, "EUR"),)
    assert detail.other_amounts == (OtherAmount("INSTD", 5_000, "EUR"),)


def test_a_returned_transfer_names_the_payee():
    detail = day_of_the_bank()[8].first
    assert (detail.name, detail.iban, detail.return_reason) == ("Petra Muster", "DE63200505501001000001", "AC04")


OWN_CODE, REASON = (
    "<BkTxCd><Prtry><Cd>{}</Cd><Issr>DK</Issr></Prtry></BkTxCd>",
    "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>",
)
REASONS = {  # code of the entry, code of the transaction, what it says itself: the reason
    "by the entry": ("NRTI+109++909", "", "", "MD01"),
    "by the transaction": ("", "NRTI+109++902", "", "AC04"),
    "the transaction before the entry": ("NRTI+195+9200+901", "NRTI+109+9200+902", "", "AC04"),
    "what the bank says first": ("NRTI+109++909", "", REASON, "MS03"),
    "a number whose meaning is not sure": ("NRTI+109++914", "", "", ""),
    "no return": ("NDDT+105+9200+909", "", "", ""),
}


@pytest.mark.parametrize("case", REASONS)
def test_a_return_without_a_reason_of_its_own_has_that_of_its_german_code(case):
    entry, own, said, reason = REASONS[case]
    inside = said + (OWN_CODE.format(own) if own else "")
    text = ntry(mark="DBIT", inside=OWN_CODE.format(entry) if entry else "", details=tx(inside=inside))
    assert read_entry(camt(text)).first.return_reason == reason


def test_a_foreign_credit_keeps_both_currencies_and_the_fee():
    entry = day_of_the_bank()[6]
    assert entry.first.other_amounts == (
        OtherAmount("INSTD", 10_000, "USD"),
        OtherAmount("CNTRVAL", 9_253, "EUR", "0.9253"),
    )
    assert entry.first.charges == (Charge(-200, "EUR", included=False, bearer="SHAR", kind="FEE"),)
    assert entry.first.account == "000123456789"


def test_a_reversal_counts_by_its_effect():
    entry = day_of_the_bank()[7]
    assert (entry.reversal, entry.amount_cents) == (True, 1_590)


def without_place(entry: Entry) -> Entry:
    return dataclasses.replace(entry, line=None)


def as_version_02(text: str) -> str:
    """Return the day as a bank wrote it before 2023: names direct, status as text, amounts under AmtDtls."""
    text = text.replace("camt.053.001.08", "camt.053.001.02").replace("BICFI>", "BIC>").replace("AnyBIC>", "BICOrBEI>")
    text = re.sub(r"<Sts><Cd>(\w+)</Cd></Sts>", r"<Sts>\1</Sts>", text)
    text = re.sub(r"<StmtPgntn>.*?</StmtPgntn>|<UETR>.*?</UETR>|</?Pty>", "", text)
    text = re.sub(r"<Chrgs>\s*<Rcrd>(.*?)</Rcrd>\s*</Chrgs>", r"<Chrgs>\1</Chrgs>", text, flags=re.DOTALL)
    amount = r'(<TxDtls>.*?</Refs>\s*)(<Amt Ccy="EUR">[\d.]+</Amt>)\s*<CdtDbtInd>\w+</CdtDbtInd>'
    return re.sub(amount, r"\1<AmtDtls><TxAmt>\2</TxAmt></AmtDtls>", text, flags=re.DOTALL)


DRESSES = {
    "ISO-8859-1": DAY_TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "BOM": b"\xef\xbb\xbf" + DAY_TEXT.encode(),
    "UTF-16": DAY_TEXT.replace("UTF-8", "UTF-16").encode("utf-16"),
    "CRLF": DAY_TEXT.replace("\n", "\r\n").encode(),
    "one line": re.sub(r">\s+<", "><", DAY_TEXT).encode(),
    "no namespace": re.sub(r' xmlns="[^"]+"', "", DAY_TEXT).encode(),
    "prefixed": re.sub(r"<(/?)(?=\w)", r"<\1ns2:", DAY_TEXT).replace("xmlns=", "xmlns:ns2=").encode(),
    "blank line first": ("\n  " + DAY_TEXT).encode(),
    "comments": DAY_TEXT.replace("<Amt", "<!-- x --><Amt").encode(),
    "CDATA": DAY_TEXT.replace(
        "Hundesteuer &amp; Mahngebühr 2026", "<![CDATA[Hundesteuer & Mahngebühr 2026]]>"
    ).encode(),
}


@pytest.mark.parametrize("data", DRESSES.values(), ids=DRESSES)
def test_the_dress_of_the_file_does_not_matter(data):
    _, entries, closed = read(data)
    assert list(map(without_place, entries)) == list(map(without_place, day_of_the_bank()))
    assert closed == read(DAY.read_bytes())[2]


def test_the_lines_are_right_after_blank_lines_too():
    assert read(DRESSES["blank line first"])[1][0].line == day_of_the_bank()[0].line + 1


def test_version_02_says_the_same():
    _, entries, closed = read(as_version_02(DAY_TEXT).encode())
    for old, new in zip(entries, day_of_the_bank(), strict=True):
        details = tuple(
            dataclasses.replace(
                detail,
                uetr=new.details[number].uetr,
                other_amounts=new.details[number].other_amounts,
                charges=new.details[number].charges,
            )
            for number, detail in enumerate(old.details)
        )
        assert dataclasses.replace(old, line=None, details=details) == without_place(new)
    assert closed.findings == ()


VERSIONS = [
    (family, f"{number:02d}", container, statement)
    for family, container, statement in (
        ("camt.052", "BkToCstmrAcctRpt", "Rpt"),
        ("camt.053", "BkToCstmrStmt", "Stmt"),
        ("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    )
    for number in range(1, 15)
]


@pytest.mark.parametrize(("family", "number", "container", "statement"), VERSIONS)
def test_every_version_of_every_message_is_read(family, number, container, statement):
    container += "V01" if number == "01" else ""
    version = f"{family}.001.{number}"
    opened, (entry,), _ = read(camt(ntry(), version=version, container=container, statement=statement))
    assert (opened.message, entry.amount_cents) == (version, 1_000)


def test_version_01_keeps_batch_and_details_directly_under_the_entry():
    own = "<Btch><MsgId>B</MsgId><NbOfTxs>1</NbOfTxs></Btch><TxDtls><RltdPties><Dbtr><Nm>Erika</Nm></Dbtr></RltdPties></TxDtls>"
    entry = read_entry(camt(ntry(inside=own), version="camt.053.001.01", container="BkToCstmrStmtV01"))
    assert (entry.batch_message_id, entry.first.name) == ("B", "Erika")


def test_statements_and_accounts_of_one_file_are_kept_apart():
    first, second = camt(ntry("1.00")).decode(), camt(ntry("2.00"), ntry("3.00")).decode()
    inner = re.search("<Stmt>.*</Stmt>", second, re.DOTALL)[0].replace(OWN_IBAN, "DE89370400440532013000")
    events = list(read_statements(__import__("io").BytesIO(first.replace("</Stmt>", "</Stmt>" + inner).encode())))
    assert [type(event).__name__ for event in events] == [
        "Opened",
        "Entry",
        "Closed",
        "Opened",
        "Entry",
        "Entry",
        "Closed",
    ]
    assert [e.iban for e in events if hasattr(e, "iban")] == [OWN_IBAN, "DE89370400440532013000"]
    assert [e.index for e in events if isinstance(e, Entry)] == [0, 0, 1]
    assert [e.credit_cents for e in events if isinstance(e, Closed)] == [100, 500]


PARTIES = "<RltdPties><Dbtr><Pty><Nm>Deb</Nm></Pty></Dbtr>{0}<Cdtr><Pty><Nm>Cred</Nm></Pty></Cdtr>{1}</RltdPties>{2}"
OWN_DEBTOR = f"<DbtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></DbtrAcct>"
OWN_CREDITOR = f"<CdtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></CdtrAcct>"
RETURN = "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>"


@pytest.mark.parametrize(
    ("mark", "parties", "name"),
    [
        pytest.param("CRDT", PARTIES.format("", "", ""), "Deb", id="credit: the payer"),
        pytest.param("DBIT", PARTIES.format("", "", ""), "Cred", id="debit: the payee"),
        pytest.param("DBIT", PARTIES.format("", "", RETURN), "Deb", id="returned debit: who was debited"),
        pytest.param("CRDT", PARTIES.format("", "", RETURN), "Cred", id="returned transfer: who was paid"),
        pytest.param("DBIT", PARTIES.format(OWN_DEBTOR, "", RETURN), "Cred", id="return with sides turned round"),
        pytest.param(
            "CRDT", PARTIES.format("", OWN_CREDITOR, RETURN), "Deb", id="return with sides turned round, credit"
        ),
        pytest.param("DBIT", PARTIES.format("", OWN_CREDITOR, RETURN), "Deb", id="return, own account is the creditor"),
        pytest.param("CRDT", PARTIES.format(OWN_DEBTOR, OWN_CREDITOR, ""), "Deb", id="between own accounts"),
        pytest.param(
            "DBIT",
            f"<RltdPties><Cdtr><Pty><Nm>Cred</Nm></Pty></Cdtr></RltdPties>{RETURN}",
            "Cred",
            id="return that names one side only",
        ),
    ],
)
def test_the_counterparty_is_the_other_side(mark, parties, name):
    assert read_entry(camt(ntry(mark=mark, details=tx(inside=parties)))).first.name == name


def test_a_reversal_keeps_the_parties_of_the_first_payment():
    entry = read_entry(camt(ntry(inside="<RvslInd>true</RvslInd>", details=tx(inside=PARTIES.format("", "", "")))))
    assert (entry.reversal, entry.first.name) == (True, "Cred")


def test_a_qr_reference_and_other_references_are_kept():
    inside = (
        "<Refs><ChqNb>77</ChqNb><ClrSysRef>CS</ClrSysRef><Prtry><Tp>FIUMSATZ-ID</Tp><Ref>2026-1</Ref></Prtry></Refs>"
        "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp>"
        "<Ref>000000270148751802165444888</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    detail = read_entry(camt(ntry(details=tx(inside=inside)))).first
    assert detail.structured == (StructuredReference("000000270148751802165444888", "QRR"),)
    assert detail.other_references == (("ChqNb", "77"), ("ClrSysRef", "CS"), ("FIUMSATZ-ID", "2026-1"))


def test_blanks_in_remittance_lines_are_kept_and_elsewhere_dropped():
    inside = "<Refs><EndToEndId> E2E </EndToEndId></Refs><RmtInf><Ustrd>Rech </Ustrd><Ustrd> 12</Ustrd></RmtInf>"
    detail = read_entry(camt(ntry(details=tx(inside=inside)))).first
    assert (detail.end_to_end_id, detail.remittance) == ("E2E", ("Rech ", " 12"))


@pytest.mark.parametrize("status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Prtry>PDNG</Prtry></Sts>"])
def test_the_status_is_text_code_or_own_word(status):
    assert read_entry(camt(ntry().replace("<Sts><Cd>BOOK</Cd></Sts>", status))).status == "PDNG"


def test_codes_may_stand_in_the_detail_only():
    code = "<BkTxCd><Prtry><Cd>NRTI+109++901</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    entry = read_entry(camt(ntry(mark="DBIT", details=tx(inside=code + PARTIES.format("", "", "")))))
    assert (entry.gvc, entry.text_key_extension, entry.first.name) == ("109", "901", "Deb")


def test_pages_and_copies_are_marked():
    head = "<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><CpyDplctInd>DUPL</CpyDplctInd>"
    opened, _, _ = read(camt(ntry(), head=head))
    assert (opened.page, opened.last_page, opened.duplicate) == (2, False, True)


def test_an_account_without_iban_is_kept_as_it_is():
    data = camt(ntry()).replace(f"<IBAN>{OWN_IBAN}</IBAN>".encode(), b"<Othr><Id>11111111</Id></Othr>")
    opened, _, _ = read(data)
    assert (opened.account, opened.iban) == ("11111111", "")


def test_an_iban_that_stands_as_another_id_is_an_iban():
    data = camt(ntry()).replace(b"IBAN>", b"X>").replace(b"<X>", b"<Othr><Id>").replace(b"</X>", b"</Id></Othr>")
    assert read(data)[0].iban == OWN_IBAN


def test_a_large_batch_is_read_in_portions_and_whole():
    details = "".join(tx("1.00", f"<Refs><EndToEndId>E{n}</EndToEndId></Refs>") for n in range(1000))
    batch = "<Btch><NbOfTxs>1000</NbOfTxs></Btch>" + details
    _, (first, entry, last), closed = read(camt(ntry(), ntry("1000.00", details=batch), ntry()))
    assert [detail.end_to_end_id for detail in entry.details] == [f"E{n}" for n in range(1000)]
    assert (entry.details_agree, entry.batch_count, closed.findings) == (True, 1000, ())
    assert without_place(first) == dataclasses.replace(last, index=0, line=None)
