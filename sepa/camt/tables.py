"""Where camt.052, .053 and .054 keep what we read, in the versions .001.01 to .001.14 at once."""

from __future__ import annotations

from sepa.xml.table import Field, table

STATEMENTS = {"camt.052": "Rpt", "camt.053": "Stmt", "camt.054": "Ntfctn"}


def _left_out(path: str, names: str) -> str:
    return "".join(f"- {path}/{name}\n" for name in names.split())


def _party(path: str, key: str) -> str:
    """Return the lines for a party: its name and ids, once direct (to .06), once in a choice (from .07)."""
    lines = f"{path}/Agt/FinInstnId/Nm = {key}\n{path}/Agt/FinInstnId/BICFI = {key}.bic\n"
    for at in (path, f"{path}/Pty"):
        lines += f"{at}/Nm = {key}\n{at}/Id/PrvtId/Othr = {key}.ids {{ID}}\n{at}/Id/OrgId/Othr = {key}.ids {{ID}}\n"
        lines += f"{at}/Id/PrvtId/PrtryId = {key}.ids {{ID}}\n{at}/Id/OrgId/PrtryId = {key}.ids {{ID}}\n"
        lines += f"{at}/Id/PrvtId/OthrId = {key}.ids {{ID}}\n"
        lines += _left_out(at, "PstlAdr CtryOfRes CtctDtls Id/PrvtId/DtAndPlcOfBirth")
        lines += _left_out(
            f"{at}/Id/OrgId", "AnyBIC BICOrBEI BIC BEI IBEI LEI EANGLN CHIPSUnvrslId DUNS BkPtyId TaxIdNb"
        )
    return lines + _left_out(
        f"{path}/Agt", "BrnchId FinInstnId/ClrSysMmbId FinInstnId/PstlAdr FinInstnId/LEI FinInstnId/Othr"
    )


def _account(path: str, key: str) -> str:
    lines = f"{path}/Id/IBAN = {key}.iban\n"
    for other in ("Othr/Id", "PrtryAcct/Id", "BBAN", "UPIC"):
        lines += f"{path}/Id/{other} = {key}.other\n"
    return lines + _left_out(path, "Tp Prxy Id/Othr/SchmeNm Id/Othr/Issr")


def _agent(path: str, key: str) -> str:
    lines = "".join(f"{path}/FinInstnId/{bic} = {key}.bic\n" for bic in ("BICFI", "BIC", "CmbndId/BIC"))
    lines += _left_out(f"{path}/FinInstnId", "Nm ClrSysMmbId PstlAdr LEI Othr NmAndAdr PrtryId")
    lines += _left_out(f"{path}/FinInstnId/CmbndId", "Nm ClrSysMmbId PstlAdr PrtryId")
    return lines + f"- {path}/BrnchId\n"


def _exchange(path: str, key: str) -> str:
    rate = f"{path}CcyXchg/XchgRate = {key}.rate\n"
    return rate + _left_out(f"{path}CcyXchg", "SrcCcy TrgtCcy UnitCcy CtrctId QtnDt XchgRateBase")


_BANK_CODE = """
BkTxCd/Domn/Cd = domain
BkTxCd/Domn/Fmly/Cd = family
BkTxCd/Domn/Fmly/SubFmlyCd = subfamily
BkTxCd/Prtry/Cd > proprietary_code
- BkTxCd/Prtry/Issr
"""

_AMOUNTS = "AmtDtls/PrtryAmt {PRTRY}\n" + "".join(
    f"AmtDtls/{kind}/Amt = {kind} @\n" + _exchange(f"AmtDtls/{kind}/", kind)
    for kind in ("InstdAmt", "TxAmt", "CntrValAmt", "AnncdPstngAmt")
)

_CHARGE = """
Amt @
CdtDbtInd
ChrgInclInd
Tp/Cd = kind
Tp/PrtryCd = kind
Tp/Prtry = kind
Tp/Prtry/Id = kind
- Tp/Prtry/Issr
Br = bearer
- Rate
- Pty
- Agt
"""

_PARTS: dict[str, Field] = {
    "ID": table("Id\nSchmeNm/Prtry = scheme\n- SchmeNm/Cd\n- Issr\n- IdTp\n", path="Othr"),
    "PRTRY": table("Tp\nAmt @\n" + _exchange("", "Amt"), path="PrtryAmt"),
    "CHARGE": table(_CHARGE, path="Chrgs/Rcrd"),
    "DOCUMENT": table(
        "Nb = reference\nRfrdDocNb = reference\nTp/CdOrPrtry/Cd = kind\nTp/CdOrPrtry/Prtry = kind\n"
        "RfrdDocTp/Cd = kind\nRfrdDocTp/Prtry = kind\nTp/Issr = issuer\nRfrdDocTp/Issr = issuer\n- RltdDt\n- LineDtls",
        path="RfrdDocInf",
    ),
    "REFERENCE": table("Tp\nRef\n", path="Refs/Prtry"),
    "BATCH": table("MsgId\nPmtInfId\nNbOfTxs\nTtlAmt @\nCdtDbtInd\n", path="Btch"),
}
_PARTS["CHARGES"] = table("TtlChrgsAndTaxAmt @\nRcrd {CHARGE}\n" + _CHARGE, _PARTS, path="Chrgs")
_PARTS["STRUCTURED"] = table(
    """
CdtrRefInf/Ref = reference
CdtrRefInf/CdtrRef = reference
CdtrRefInf/Tp/CdOrPrtry/Cd = kind
CdtrRefInf/Tp/CdOrPrtry/Prtry = kind
CdtrRefInf/CdtrRefTp/Cd = kind
CdtrRefInf/CdtrRefTp/Prtry = kind
CdtrRefInf/Tp/Issr = issuer
CdtrRefInf/CdtrRefTp/Issr = issuer
RfrdDocInf {DOCUMENT}
AddtlRmtInf *
- RfrdDocAmt
- RfrdDocRltdDt
- Invcr
- Invcee
""",
    _PARTS,
    path="Strd",
)

_REFERENCES = """
Refs/MsgId > message_id
Refs/AcctSvcrRef > servicer_reference
Refs/PmtInfId > payment_information_id
Refs/InstrId > instruction_id
Refs/EndToEndId > end_to_end_id
Refs/UETR > uetr
Refs/TxId > transaction_id
Refs/MndtId > mandate_id
Refs/ChqNb = ChqNb *
Refs/ClrSysRef = ClrSysRef *
Refs/AcctOwnrTxId = AcctOwnrTxId *
Refs/AcctSvcrTxId = AcctSvcrTxId *
Refs/MktInfrstrctrTxId = MktInfrstrctrTxId *
Refs/PrcgId = PrcgId *
Refs/RtrId = RtrId *
Refs/Prtry {REFERENCE}
"""

_RETURN = """
RtrInf/Rsn/Cd > return_reason
RtrInf/Rsn/Prtry > return_reason
RtrInf/RtrRsn/Cd > return_reason
RtrInf/RtrRsn/Prtry > return_reason
RtrInf/AddtlInf *
RtrInf/AddtlRtrRsnInf = RtrInf/AddtlInf *
RtrInf/Orgtr/Nm > return_originator
RtrInf/Orgtr/Id/OrgId/AnyBIC > return_originator
RtrInf/Orgtr/Id/OrgId/BICOrBEI > return_originator
RtrInf/RtrOrgtr/Nm > return_originator
- RtrInf/OrgnlBkTxCd
- RtrInf/Orgtr/PstlAdr
- RtrInf/Orgtr/CtctDtls
- RtrInf/Orgtr/CtryOfRes
- RtrInf/Orgtr/Id/PrvtId
- RtrInf/Orgtr/Id/OrgId/Othr
- RtrInf/Orgtr/Id/OrgId/LEI
"""

_PARTIES = (
    "".join(_party(f"RltdPties/{name}", name) for name in ("Dbtr", "Cdtr", "UltmtDbtr", "UltmtCdtr"))
    + "".join(_account(f"RltdPties/{name}", name) for name in ("DbtrAcct", "CdtrAcct"))
    + "".join(f"- RltdPties/{name}/Ccy\nRltdPties/{name}/Nm = {name}.name\n" for name in ("DbtrAcct", "CdtrAcct"))
    + "".join(_agent(f"RltdAgts/{name}", name) for name in ("DbtrAgt", "CdtrAgt"))
    + _left_out("RltdPties", "InitgPty TradgPty Prtry")
    + _left_out(
        "RltdAgts", "IntrmyAgt1 IntrmyAgt2 IntrmyAgt3 RcvgAgt DlvrgAgt IssgAgt SttlmPlc InstgAgt InstdAgt Prtry"
    )
)

DETAIL = table(
    "Amt @\nCdtDbtInd\n"
    + _REFERENCES
    + _AMOUNTS
    + _BANK_CODE
    + _PARTIES
    + _RETURN
    + """
Chrgs {CHARGES}
LclInstrm/Cd > local_instrument
LclInstrm/Prtry > local_instrument
PmtTpInf/LclInstrm/Cd > local_instrument
PmtTpInf/LclInstrm/Prtry > local_instrument
Purp/Cd > purpose
Purp/Prtry > purpose
RmtInf/Ustrd *
RmtInf/Strd {STRUCTURED}
AddtlTxInf > additional_information
- Avlbty
- RltdDts
- RltdPric
- RltdQties
- FinInstrmId
- CorpActn
- RltdCorpActn
- SfkpgAcct
"""
    + _left_out("PmtTpInf", "InstrPrty ClrChanl SvcLvl SeqTp CtgyPurp"),
    _PARTS,
    path="TxDtls",
)
_PARTS["DETAIL"] = DETAIL

ENTRY = table(
    """
NtryRef > reference
Amt @
CdtDbtInd
RvslInd
Sts
Sts/Cd = Sts.code
Sts/Prtry = Sts.code
BookgDt/Dt = BookgDt
BookgDt/DtTm = BookgDt
ValDt/Dt = ValDt
ValDt/DtTm = ValDt
AcctSvcrRef > servicer_reference
AddtlInfInd/MsgId > detail_message_id
- AddtlInfInd/MsgNmId
Btch {BATCH}
NtryDtls/Btch = Btch {BATCH}
TxDtls {DETAIL}
NtryDtls/TxDtls = TxDtls {DETAIL}
Chrgs {CHARGES}
AddtlNtryInf > additional_information
- Avlbty
- ComssnWvrInd
- TechInptChanl
"""
    + _BANK_CODE
    + _AMOUNTS,
    _PARTS,
    path="Ntry",
)

BALANCE = table(
    """
Tp/CdOrPrtry/Cd = code
Tp/CdOrPrtry/Prtry = code
Tp/Cd = code
Tp/Prtry = code
- Tp/SubTp
Amt @
CdtDbtInd
Dt/Dt = day
Dt/DtTm = day
- CdtLine
- Avlbty
""",
    path="Bal",
)

HEAD = table(
    "".join(f"{name}/PgNb = page\n{name}/LastPgInd = last_page\n" for name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn"))
    + _account("Acct", "Acct")
    + _party("Acct/Ownr", "owner")
    + _agent("Acct/Svcr", "Svcr")
    + """
Id
ElctrncSeqNb
LglSeqNb
CreDtTm
FrToDt/FrDtTm
FrToDt/ToDtTm
CpyDplctInd
Acct/Ccy
Acct/Nm
- RptgSeq
- RptgSrc
- RltdAcct
- Intrst
- Ntry
- Bal
TxsSummry/TtlNtries/NbOfNtries = count
TxsSummry/TtlNtries/Sum = sum
TxsSummry/TtlCdtNtries/NbOfNtries = credits
TxsSummry/TtlCdtNtries/Sum = credit_sum
TxsSummry/TtlDbtNtries/NbOfNtries = debits
TxsSummry/TtlDbtNtries/Sum = debit_sum
- TxsSummry/TtlNtries/TtlNetNtry
- TxsSummry/TtlNtries/TtlNetNtryAmt
- TxsSummry/TtlNtries/CdtDbtInd
- TxsSummry/TtlNtriesPerBkTxCd
AddtlStmtInf = information
AddtlRptInf = information
AddtlNtfctnInf = information
""",
    _PARTS,
    path="Stmt",
)

GROUP = table(
    "MsgId\nCreDtTm\nMsgPgntn/PgNb = page\nMsgPgntn/LastPgInd = last_page\n- MsgRcpt\n- OrgnlBizQry\n- AddtlInf\n",
    path="GrpHdr",
)
