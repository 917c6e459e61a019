"""Small files as banks and payers write them, made up: a statement, a batch of payments, a list."""

IBAN, OTHER = "DE02120300000000202051", "DE89370400440532013000"

ENTRY = """
<Ntry><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>
<BkTxCd><Prtry><Cd>NTRF+166+9200</Cd><Issr>DK</Issr></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Erika Musterfrau</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Grundsteuer 2026 Kassenzeichen </Ustrd><Ustrd>4711</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
RETURN = """
<Ntry><Amt Ccy="EUR">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-19</Dt></ValDt>
<BkTxCd><Prtry><Cd>NRTI+109+9200+905</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>LS-7</EndToEndId><MndtId>M-7</MndtId></Refs>
<RltdPties><Dbtr><Pty><Nm>Max Beispiel</Nm></Pty></Dbtr></RltdPties>
<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
"""


def camt(entries=ENTRY + RETURN, opening="100.00", closing="167.00", currency="EUR", account=IBAN):
    """A camt.053 of one statement."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-11-19T20:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>STMT-1</Id><ElctrncSeqNb>223</ElctrncSeqNb><CreDtTm>2026-11-19T20:00:00+01:00</CreDtTm>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{opening}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-18</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{closing}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-19</Dt></Dt></Bal>
{entries}</Stmt></BkToCstmrStmt></Document>
"""


def transfer(end_to_end_id="E-1", cents=10000, iban=OTHER, name="Erika Musterfrau", text="Bescheid 4711", more=""):
    """One transfer of a pain.001."""
    return f"""<CdtTrfTxInf><PmtId><EndToEndId>{end_to_end_id}</EndToEndId></PmtId>
<Amt><InstdAmt Ccy="EUR">{cents / 100:.2f}</InstdAmt></Amt><Cdtr><Nm>{name}</Nm></Cdtr>
<CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct>{more}
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></CdtTrfTxInf>
"""


def pain001(transfers=None, count="1", total="100.00", day="2026-11-24", service="SEPA", batch_more="", head=""):
    """A pain.001 of one batch."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>RUN-1</MsgId><CreDtTm>2026-11-20T09:00:00+01:00</CreDtTm><NbOfTxs>{count}</NbOfTxs>
<CtrlSum>{total}</CtrlSum><InitgPty><Nm>Stadtkasse Musterstadt</Nm></InitgPty>{head}</GrpHdr>
<PmtInf><PmtInfId>RUN-1-1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>
<PmtTpInf><SvcLvl><Cd>{service}</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>
<Dbtr><Nm>Stadtkasse Musterstadt</Nm></Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>{batch_more}<ChrgBr>SLEV</ChrgBr>
{transfer() if transfers is None else transfers}</PmtInf></CstmrCdtTrfInitn></Document>
"""


AMENDED = "<AmdmntInd>true</AmdmntInd><AmdmntInfDtls><OrgnlMndtId>M-OLD</OrgnlMndtId></AmdmntInfDtls>"
CREDITOR = """<CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm>
</Othr></PrvtId></Id></CdtrSchmeId>"""


def pain008(amendment="", signed="2026-01-15", scheme="CORE", creditor=CREDITOR, more=""):
    """A pain.008 of one batch with one collection."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"><CstmrDrctDbtInitn>
<GrpHdr><MsgId>LS-1</MsgId><CreDtTm>2026-11-20T09:00:00+01:00</CreDtTm><NbOfTxs>1</NbOfTxs>
<CtrlSum>53.00</CtrlSum><InitgPty><Nm>Stadtkasse Musterstadt</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>LS-1-1</PmtInfId><PmtMtd>DD</PmtMtd><NbOfTxs>1</NbOfTxs><CtrlSum>53.00</CtrlSum>
<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>{scheme}</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>
<ReqdColltnDt>2026-12-01</ReqdColltnDt><Cdtr><Nm>Stadtkasse Musterstadt</Nm></Cdtr>
<CdtrAcct><Id><IBAN>{IBAN}</IBAN></Id></CdtrAcct>
<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt><ChrgBr>SLEV</ChrgBr>{creditor}
<DrctDbtTxInf><PmtId><EndToEndId>LS-1-1-1</EndToEndId></PmtId><InstdAmt Ccy="EUR">53.00</InstdAmt>
<DrctDbtTx><MndtRltdInf><MndtId>M-7</MndtId><DtOfSgntr>{signed}</DtOfSgntr>{amendment}</MndtRltdInf></DrctDbtTx>
<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><Dbtr><Nm>Max Beispiel</Nm></Dbtr>
<DbtrAcct><Id><IBAN>{OTHER}</IBAN></Id></DbtrAcct>{more}<RmtInf><Ustrd>Hundesteuer</Ustrd></RmtInf></DrctDbtTxInf>
</PmtInf></CstmrDrctDbtInitn></Document>
"""
