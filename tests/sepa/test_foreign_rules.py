"""Payment files of others: each rule that the official schema lets through has a file that breaks it and no other."""

import io
from datetime import date

import pytest
from lxml import etree

from sepa.element_order import ORDERS as ORDERS_OF_SCHEMA
from sepa.errors import KasseError
from sepa.identifiers import make_iban
from sepa.pain_reading import read_payments
from sepa.reading import UnknownVersionError
from sepa.rules.foreign import check_payments
from sepa.rules.foreign_errors import FOREIGN_RULES
from sepa.rules.foreign_forms import CURRENT, FORM_RULES
from tests.bank_files import AMENDED, CREDITOR, OTHER, pain001, pain008, transfer
from tests.sepa.oracles import schema_bytes

TODAY = date(2026, 11, 20)


def found(text: str, charset="dk") -> list[KasseError]:
    return list(check_payments(read_payments(io.BytesIO(text.encode())), TODAY, charset))


def one(**changes) -> str:
    return pain001(transfer(**changes))


TYPE = "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
STRD = "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Ref>{}</Ref></CdtrRefInf></Strd></RmtInf>"
FREE = "<RmtInf><Ustrd>Bescheid 4711</Ustrd></RmtInf>"
SMNDA = AMENDED.replace(
    "<OrgnlMndtId>M-OLD</OrgnlMndtId>", "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>{}"
)
B2B = (
    pain008()
    .split("<PmtInf>")[1]
    .replace("CORE", "B2B")
    .replace("LS-1-1", "LS-1-2")
    .split("</CstmrDrctDbtInitn>")[0]
    .replace("53.00", "54.00")
    .replace(OTHER, "DE02100100100006820101")
    .replace("M-7", "M-8")
)
CASES = {
    "service.not_sepa": pain001(service="URGP"),
    "instrument.unknown": pain001().replace("</SvcLvl>", "</SvcLvl><LclInstrm><Prtry>X</Prtry></LclInstrm>", 1),
    "instrument.mixed": pain008()
    .replace("</PmtInf>", "</PmtInf><PmtInf>" + B2B)
    .replace(">1</NbOfTxs>", ">2</NbOfTxs>", 1)
    .replace("<CtrlSum>53.00", "<CtrlSum>107.00", 1),
    "level.both": one(more="").replace("</PmtId>", "</PmtId>" + TYPE),
    "level.none": pain008(creditor=""),
    "element.missing": pain001().replace("<CtrlSum>100.00</CtrlSum>", "", 1),
    "element.empty": pain001().replace(FREE, "<RmtInf></RmtInf>"),
    "element.outside": one(more="<RgltryRptg><Dtls><Cd>X</Cd></Dtls></RgltryRptg>"),
    "remittance.form": pain001().replace("</Ustrd>", "</Ustrd><Ustrd>noch einer</Ustrd>"),
    "remittance.form ": pain001().replace("</RmtInf>", STRD.format("SCOR", "1").removeprefix("<RmtInf>")),
    "remittance.reference_type": pain001().replace(FREE, STRD.format("PUOR", "4711")),
    "remittance.reference_length": pain001().replace(
        FREE,
        STRD.format("SCOR", "4711").replace("</Tp>", "<Issr>Stadtkasse Musterstadt am Fluss, Abteilung 7</Issr></Tp>"),
    ),
    "mandate.amendment_flag": pain008("<AmdmntInd>true</AmdmntInd>"),
    "mandate.amended_to": pain008(SMNDA.format("").replace("SMNDA", "SMNDB")),
    "total.count": pain001(count="2"),
    "total.sum": pain001(total="100.01"),
    "charges.bearer": pain001().replace("SLEV", "SHAR"),
    "amount.currency": pain001().replace('Ccy="EUR"', 'Ccy="USD"'),
    "batch.method": pain001().replace("<PmtMtd>TRF", "<PmtMtd>CHK"),
    "day.form": pain001(day="2026-11-31"),
    "time.created_zone": pain001().replace("T09:00:00+01:00", "T09:00:00"),
    "bank.other_id": pain001().replace("NOTPROVIDED", "37040044", 1),
    "creditor_id.scheme": pain008(creditor=CREDITOR.replace("<Prtry>SEPA", "<Prtry>ABC")),
    "bank.notprovided": one().replace(
        "<Cdtr>", "<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt><Cdtr>"
    ),
    "message.version": pain001().replace("pain.001.001.09", "pain.001.001.03"),
}
BANK = "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>"
SLEV = "<ChrgBr>SLEV</ChrgBr>"
FORMS = {
    "day.twice": pain001()
    .replace("<Dt>2026-11-24</Dt>", "<Dt>2026-11-24</Dt><DtTm>2026-11-24T10:00:00+01:00</DtTm>")
    .replace("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>", 1),
    "day.bare": pain001().replace("<Dt>2026-11-24</Dt>", "2026-11-24"),
    "bank.old_tag": pain001().replace(BANK, "<FinInstnId><BIC>BYLADEM1001</BIC></FinInstnId>", 1),
    "bank.old_tag ": pain008().replace(f"<DbtrAgt>{BANK}", "<DbtrAgt><FinInstnId><BIC>COBADEFFXXX</BIC></FinInstnId>"),
    "total.count_length": pain001().replace("<NbOfTxs>1<", "<NbOfTxs>0000000000000001<", 1),
    "message.second_head": pain001().replace(
        "</GrpHdr>", "</GrpHdr><GrpHdr><MsgId>RUN-2</MsgId><NbOfTxs>9</NbOfTxs></GrpHdr>"
    ),
    "mandate.amended_at_bank": pain008(
        AMENDED.replace(
            "<OrgnlMndtId>M-OLD</OrgnlMndtId>",
            "<OrgnlDbtrAgt><FinInstnId><Othr><Id>SMNDA</Id></Othr></FinInstnId></OrgnlDbtrAgt>",
        )
    ),
    "element.flag": pain001().replace("TRF</PmtMtd>", "TRF</PmtMtd><BtchBookg>ja</BtchBookg>"),
    "element.flag ": pain008("<AmdmntInd>nein</AmdmntInd>"),
    "element.order": pain001().replace("<PmtMtd>TRF</PmtMtd>", "").replace("<Dbtr>", "<PmtMtd>TRF</PmtMtd><Dbtr>"),
}
REMITTED = "<RmtInf><Ustrd>Hundesteuer</Ustrd></RmtInf>"
ORDERS = {
    "in a transfer": one(more="<CdtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></CdtrAgt>"),
    "in a collection": pain008().replace(REMITTED, "").replace("<DbtrAgt>", f"{REMITTED}<DbtrAgt>"),
    "in a batch of collections": pain008().replace(SLEV, "").replace("</CdtrSchmeId>", f"</CdtrSchmeId>{SLEV}", 1),
    "in the head": pain001().replace("<MsgId>RUN-1</MsgId>", "").replace("</GrpHdr>", "<MsgId>RUN-1</MsgId></GrpHdr>"),
    "behind the last payment": pain001().replace(SLEV, "").replace("</PmtInf>", f"{SLEV}</PmtInf>"),
    "between payments": pain001(f"{transfer()}{SLEV}{transfer('E-2', 5, text='2')}", "2", "100.05").replace(
        SLEV, "", 1
    ),
}
VALUES = {
    "time.zone": pain001()
    .replace("<Dt>2026-11-24</Dt>", "<DtTm>2026-11-24T10:00:00</DtTm>")
    .replace("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>", 1),
    "time.not_instant": pain001().replace("<Dt>2026-11-24</Dt>", "<DtTm>2026-11-24T10:00:00+01:00</DtTm>"),
    "identifier.characters": one(end_to_end_id="A|B"),
    "identifier.slashes": one(end_to_end_id="A//B"),
    "text.blank": one(name="   ").replace("<Nm>   </Nm>", "<Nm> . </Nm>").replace(" . ", "&#160;"),
    "text.characters": one(text="5 €"),
    "rf.check_digits": pain001().replace(FREE, STRD.format("SCOR", "RF19539007547034")),
    "purpose.unknown": one(more="<Purp><Cd>ZZZZ</Cd></Purp>"),
    "creditor_id.check_digits": pain008(creditor=CREDITOR.replace("DE98", "DE97")),
    "mandate.signed_late": pain008(signed="2026-12-02"),
    "mandate.amended_account": pain008(
        SMNDA.format("<OrgnlDbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></OrgnlDbtrAgt>")
    ),
    "iban.check_digits": one(iban="DE88370400440532013000"),
    "iban.not_sepa": one(iban="TR330006100519786457841326"),
    "payment.duplicate_id": pain001(transfer() + transfer(cents=1, text="anders"), "2", "100.01"),
    "day.past": pain001(day="2026-11-19"),
    "day.not_target": pain001(day="2026-11-22"),
    "amount.range": pain001(transfer(cents=0), total="0.00"),
    "amount.invalid": pain001(count="1").replace('"EUR">100.00', '"EUR">hundert'),
}
PAYEE, PAYER = "<Nm>Erika Musterfrau</Nm>", "<Nm>Stadtkasse Musterstadt</Nm>"
CONTACT = "<CtctDtls><PhneNb>+49-40-1</PhneNb></CtctDtls>"
TOWN = "<PstlAdr>{}<TwnNm>Köln</TwnNm><Ctry>DE</Ctry>{}</PstlAdr>"
OUTSIDE = {
    "initiator missing": ("element.missing", pain001().replace(f"<InitgPty>{PAYER}</InitgPty>", "")),
    "initiator empty": ("element.empty", pain001().replace(f"<InitgPty>{PAYER}</InitgPty>", "<InitgPty></InitgPty>")),
    "initiator's contact": ("element.outside", pain001().replace(PAYER, PAYER + CONTACT, 1)),
    "payee's contact": ("element.outside", pain001().replace(PAYEE, PAYEE + CONTACT)),
    "ultimate address": (
        "element.outside",
        one(more="<UltmtCdtr><Nm>Amt</Nm>" + TOWN.format("", "") + "</UltmtCdtr>"),
    ),
    "type of address": (
        "element.outside",
        pain001().replace(PAYEE, PAYEE + TOWN.format("<AdrTp><Cd>ADDR</Cd></AdrTp>", "")),
    ),
    "line with the town": (
        "address.repeated",
        pain001().replace(PAYEE, PAYEE + TOWN.format("", "<AdrLine>Weg 1, köln</AdrLine>")),
    ),
    "equivalent amount": (
        "element.outside",
        pain001()
        .replace("<InstdAmt", "<EqvtAmt><Amt")
        .replace("</InstdAmt>", "</Amt><CcyOfTrf>USD</CcyOfTrf></EqvtAmt>"),
    ),
    "proprietary service": ("service.not_sepa", pain001().replace("<Cd>SEPA</Cd>", "<Prtry>SEPA</Prtry>")),
    "no scheme": (
        "creditor_id.scheme",
        pain008(creditor=CREDITOR.replace("<SchmeNm><Prtry>SEPA</Prtry></SchmeNm>", "")),
    ),
    "ISO without RF": (
        "rf.invalid",
        pain001().replace(FREE, STRD.format("SCOR", "4711").replace("</Tp>", "<Issr>ISO</Issr></Tp>")),
    ),
}
OUTSIDE["day of a collection in Dt"] = (
    "element.outside",
    pain008().replace(">2026-12-01<", "><Dt>2026-12-01</Dt><"),
)
ALSO = {
    "iban.not_sepa": {"account.unknown_bank"},
    "text.blank": {"text.characters", "element.empty"},
    "mandate.signed_late": {"mandate.signed_in_future"},
}


def codes(text: str) -> set[str]:
    return {finding.code for finding in found(text)}


@pytest.mark.parametrize("code", CASES)
def test_a_flaw_of_structure_is_found_and_nothing_else(code):
    assert codes(CASES[code]) == {code.strip()}
    assert all(str(finding) and (finding.place.line or finding.place.payment) for finding in found(CASES[code]))


@pytest.mark.parametrize("code", FORMS)
def test_a_form_of_other_versions_is_found_without_the_schema_and_nothing_else(code):
    assert codes(FORMS[code]) == {code.strip()}


@pytest.mark.parametrize("case", ORDERS)
def test_elements_in_the_wrong_order_are_found(case):
    assert codes(ORDERS[case]) == {"element.order"}


def test_a_head_behind_its_batches_is_found():
    head = pain001().partition("<GrpHdr>")[2].partition("</GrpHdr>")[0]
    text = pain001().replace(f"<GrpHdr>{head}</GrpHdr>", "").replace("</PmtInf>", f"</PmtInf><GrpHdr>{head}</GrpHdr>")
    assert "element.order" in codes(text)


@pytest.mark.parametrize("level", ORDERS_OF_SCHEMA, ids="/".join)
def test_the_table_of_orders_is_that_of_the_schema(level):
    schema = etree.fromstring(schema_bytes(CURRENT[level[0]]))
    assert ORDERS_OF_SCHEMA[level] in {
        tuple(one.xpath("*/*[local-name()='element']/@name")) for one in schema.iterfind("{*}complexType")
    }


@pytest.mark.parametrize("message", ["pain.001.001.03", "pain.001.001.10"])
def test_other_versions_keep_their_own_forms(message):
    text = FORMS["bank.old_tag"].replace("pain.001.001.09", message)
    assert codes(text) == {"message.version"}
    assert codes(FORMS["day.bare"].replace("pain.001.001.09", message)) == {"message.version"}


@pytest.mark.parametrize("code", VALUES)
def test_a_flaw_of_values_is_found_in_files_of_others(code):
    assert code in codes(VALUES[code])
    assert codes(VALUES[code]) <= {code} | ALSO.get(code, set())


@pytest.mark.parametrize("case", OUTSIDE)
def test_what_only_the_schema_knows_is_found_without_it(case):
    code, text = OUTSIDE[case]
    assert codes(text) == {code}


def test_every_rule_has_a_case_a_source_and_a_way_out():
    assert {rule.code for rule in FOREIGN_RULES} == {code.strip() for code in CASES}
    assert {rule.code for rule in FORM_RULES} == {code.strip() for code in FORMS}
    assert all(rule.source and rule.error.hint and rule.error.template for rule in (*FOREIGN_RULES, *FORM_RULES))


@pytest.mark.parametrize(
    "text",
    [
        pain001(),
        pain008(),
        pain008(AMENDED),
        pain008(SMNDA.format("")),
        pain008(
            SMNDA.format("").replace(
                "<Othr><Id>SMNDA</Id></Othr>", f"<IBAN>{make_iban('DE', '370400440532013001')}</IBAN>"
            )
        ),
        pain008(scheme="B2B"),
        pain001().replace(FREE, STRD.format("SCOR", "RF18539007547034")),
        pain001().replace(TYPE, "").replace("</PmtId>", "</PmtId>" + TYPE),
    ],
    ids=[
        "transfers",
        "debits",
        "amended",
        "other account",
        "another account of the bank",
        "B2B",
        "reference",
        "type at the payment",
    ],
)
def test_a_right_file_has_no_findings(text):
    assert [str(finding) for finding in found(text)] == []


INSTANT = TYPE.replace("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>")
DEBIT_TYPE = TYPE.replace("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp>")
NAMED = "<{0}><Nm>{1}</Nm></{0}>"


def typed(*types: str, day="2026-11-24") -> str:
    """Transfers with a payment type each, as DK Anlage 3 allows, in place of one at the batch."""
    each = [transfer(f"E-{at}", text=str(at)).replace("</PmtId>", "</PmtId>" + one) for at, one in enumerate(types)]
    return pain001("".join(each), str(len(types)), f"{len(types)}00.00", day).replace(TYPE, "", 1)


def collections(first: str = "", second: str = "", *, kind: str = DEBIT_TYPE, creditor: str = CREDITOR) -> str:
    """Two collections with payment type and creditor identifier of their own; the arguments change the second."""
    text = pain008(creditor="").replace(DEBIT_TYPE, "", 1)
    one = "<DrctDbtTxInf>" + text.split("<DrctDbtTxInf>")[1].split("</PmtInf>")[0]
    one = one.replace("</PmtId>", "</PmtId>" + DEBIT_TYPE).replace("</DrctDbtTx>", CREDITOR + "</DrctDbtTx>")
    two = one.replace("LS-1-1-1", "LS-1-1-2").replace("M-7", "M-8").replace(DEBIT_TYPE, kind).replace("53.00", "7.00")
    two = two.replace(CREDITOR, creditor).replace(first or "Hundesteuer", second or "Hundesteuer")
    heads = text.split("<DrctDbtTxInf>")[0].replace(">1</NbOfTxs>", ">2</NbOfTxs>").replace("53.00", "60.00")
    return heads + one + two + "</PmtInf></CstmrDrctDbtInitn></Document>"


LEVELS = {
    "on whose behalf a batch is paid: too long": (pain001(batch_more=NAMED.format("UltmtDbtr", "x" * 71)), "text.length"),
    "on whose behalf a batch is paid: letters": (pain001(batch_more=NAMED.format("UltmtDbtr", "王")), "text.characters"),
    "an end payee of a whole batch": (pain001(batch_more=NAMED.format("UltmtCdtr", "X")), "element.outside"),
    "a sequence type in transfers": (pain001().replace("</PmtTpInf>", "<SeqTp>RCUR</SeqTp></PmtTpInf>"), "element.outside"),
    "a creditor identifier in transfers": (pain001().replace(SLEV, SLEV + CREDITOR, 1), "element.outside"),
    "an end debtor of a whole batch": (
        pain008().replace(SLEV, NAMED.format("UltmtDbtr", "X") + SLEV), "element.outside",
    ),
    "instant and others in one batch": (typed(INSTANT, TYPE), "profile.kinds"),
    "a category that is none": (
        typed(TYPE, TYPE.replace("</PmtTpInf>", "<CtgyPurp><Cd>RENT</Cd></CtgyPurp></PmtTpInf>")),
        "purpose.unknown_category",
    ),
    "a sequence type that is none": (collections(kind=DEBIT_TYPE.replace("RCUR", "RPRE")), "collection.sequence"),
    "no sequence type": (collections(kind=DEBIT_TYPE.replace("<SeqTp>RCUR</SeqTp>", "")), "collection.sequence"),
    "a wrong creditor identifier": (
        collections(creditor=CREDITOR.replace("DE98", "DE97")), "creditor_id.check_digits",
    ),
    "a small creditor identifier": (collections(creditor=CREDITOR.replace("DE98Z", "de98Z")), "creditor_id.invalid"),
    "an end creditor that is too long": (
        collections("</DrctDbtTx>", "</DrctDbtTx>" + NAMED.format("UltmtCdtr", "x" * 71)), "text.length",
    ),
    "a reference without its text": (pain001().replace(FREE, STRD.replace("<Ref>{}</Ref>", "").format("SCOR")), "element.missing"),
    "a day without hyphens": (pain001(day="20261124"), "day.form"),
    "a time as day of signature": (pain008(signed="2026-01-15T00:00:00"), "day.form"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEVELS)
def test_what_may_stand_at_the_batch_or_at_payments_is_asked_where_it_stands(case):
    text, code = LEVELS[case]
    assert [finding.code for finding in found(text)] == [code]


UNTOUCHED = {
    "instant by each payment, at a time": typed(INSTANT, INSTANT).replace(
        "<Dt>2026-11-24</Dt>", "<DtTm>2026-11-24T10:00:00+01:00</DtTm>"
    ),
    "instant by each payment, on a Sunday": typed(INSTANT, INSTANT, day="2026-11-22"),
    "a category agreed with the bank": typed(
        TYPE.replace("</PmtTpInf>", "<CtgyPurp><Prtry>HAUSVERWALTUNG</Prtry></CtgyPurp></PmtTpInf>")
    ),
    "a category agreed with the bank, at the batch": pain001().replace(
        "</PmtTpInf>", "<CtgyPurp><Prtry>HAUSVERWALTUNG</Prtry></CtgyPurp></PmtTpInf>"
    ),
    "types and identifiers of each collection": collections(),
    "a day with its zone": pain001(day="2026-11-24+01:00"),
}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_payments_say_themselves_is_right(case):
    assert [str(finding) for finding in found(UNTOUCHED[case])] == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (pain001(batch_more="").replace("<Dbtr><Nm>Stadtkasse Musterstadt", "<Dbtr><Nm>Stadtkasse Köln"), "name"),
        (pain001().replace("<InitgPty><Nm>Stadtkasse Musterstadt", "<InitgPty><Nm>Stadtkasse Köln"), "initiator"),
        (pain008().replace("<Cdtr><Nm>Stadtkasse Musterstadt", "<Cdtr><Nm>Stadtkasse Köln"), "name"),
        (
            pain001().replace(
                "<Nm>Erika Musterfrau</Nm>",
                "<Nm>Erika Musterfrau</Nm><PstlAdr><TwnNm>Köln</TwnNm><Ctry>DE</Ctry></PstlAdr>",
            ),
            "town",
        ),
    ],
)
def test_our_own_texts_and_addresses_are_asked_for_the_narrower_set_too(text, field):
    assert found(text) == []
    assert [(finding.code, finding.place.field) for finding in found(text, "epc")] == [("text.characters", field)]


def test_a_finding_has_line_payment_field_and_value():
    [finding] = found(pain001(transfer() + transfer("E-2", 5, text="5 €"), "2", "100.05"))
    place = finding.place
    assert (place.line, place.payment, place.field, place.value) == (13, "E-2", "remittance", "5 €")


def test_a_narrower_character_set_finds_umlauts():
    assert found(one(name="Käthe Müller")) == []
    assert {finding.code for finding in found(one(name="Käthe Müller"), "epc")} == {"text.characters"}


@pytest.mark.parametrize("version", ["001.00", "001.15", "001.99"])
def test_a_version_that_nobody_knows_is_an_error_with_its_name(version):
    with pytest.raises(UnknownVersionError, match=r"pain\.001\." + version):
        found(pain001().replace("pain.001.001.09", f"pain.001.{version}"))
