"""Where pain.002 and camt.029 keep what we read, in all their versions at once."""

from __future__ import annotations

from sepa.xml.table import Field, table

_PARTS: dict[str, Field] = {
    "REASON": table(
        """
Rsn/Cd = code
Rsn/Prtry = code
StsRsn/Cd = code
StsRsn/Prtry = code
AddtlInf *
AddtlStsRsnInf = AddtlInf *
Orgtr/Nm = originator
Orgtr/Id/OrgId/AnyBIC = originator
Orgtr/Id/OrgId/BICOrBEI = originator
Orgtr/Id/OrgId/BIC = originator
- Orgtr/Id/OrgId/LEI
- Orgtr/Id/OrgId/Othr
- Orgtr/Id/PrvtId
- Orgtr/PstlAdr
- Orgtr/CtryOfRes
- Orgtr/CtctDtls
""",
        path="StsRsnInf",
    ),
    "COUNT": table("DtldNbOfTxs\nDtldSts\nDtldCtrlSum\n", path="NbOfTxsPerSts"),
}

_REASONS = "StsRsnInf {REASON}\nCxlStsRsnInf = StsRsnInf {REASON}\n"
_COUNTS = "NbOfTxsPerSts {COUNT}\nNbOfTxsPerCxlSts = NbOfTxsPerSts {COUNT}\n"
_ORIGINAL = "OrgnlMsgId\nOrgnlMsgNmId\n- OrgnlCreDtTm\nOrgnlNbOfTxs\nOrgnlCtrlSum\n"
_CASE = "RslvdCase/Id = case_id\n- RslvdCase/Cretr\n- RslvdCase/ReopCaseIndctn\n"


def _names(path: str, key: str) -> str:
    """Return the lines for a party: direct, or in a choice as from 2019."""
    lines = f"{path}/Nm = {key}\n{path}/Pty/Nm = {key}\n{path}/Agt/FinInstnId/Nm = {key}\n"
    for at in (path, f"{path}/Pty"):
        lines += "".join(f"- {at}/{name}\n" for name in ("PstlAdr", "Id", "CtryOfRes", "CtctDtls"))
    return lines


def _side(party: str) -> str:
    return (
        _names(f"OrgnlTxRef/{party}", party)
        + f"OrgnlTxRef/{party}Acct/Id/IBAN = {party}.iban\n"
        + f"OrgnlTxRef/{party}Acct/Id/Othr/Id = {party}.iban\n"
        + "".join(f"- OrgnlTxRef/{party}Acct/{name}\n" for name in ("Ccy", "Tp", "Nm", "Prxy"))
        + f"OrgnlTxRef/{party}Agt/FinInstnId/BICFI = {party}.bic\n"
        + f"OrgnlTxRef/{party}Agt/FinInstnId/BIC = {party}.bic\n"
        + "".join(f"- OrgnlTxRef/{party}Agt/FinInstnId/{name}\n" for name in ("Nm", "ClrSysMmbId", "Othr", "PstlAdr"))
        + f"- OrgnlTxRef/{party}Agt/BrnchId\n- OrgnlTxRef/{party}AgtAcct\n"
    )


_DAYS = ("ReqdExctnDt", "ReqdExctnDt/Dt", "ReqdExctnDt/DtTm", "ReqdColltnDt")

_UNREAD = (
    *("IntrBkSttlmDt", "CdtrSchmeId", "SttlmInf", "PmtTpInf", "PmtMtd", "RmtInf"),
    *("UltmtDbtr", "UltmtCdtr", "Purp", "UndrlygCstmrCdtTrf"),
)

_TRANSACTION = (
    """
OrgnlInstrId > instruction_id
OrgnlEndToEndId > end_to_end_id
OrgnlTxId > transaction_id
OrgnlUETR > uetr
OrgnlTxRef/Amt/InstdAmt = Amt @
OrgnlTxRef/Amt/EqvtAmt/Amt = Amt @
- OrgnlTxRef/Amt/EqvtAmt/CcyOfTrf
OrgnlTxRef/IntrBkSttlmAmt = settled @
OrgnlTxRef/MndtRltdInf/MndtId = mandate_id
OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId = mandate_id
"""
    + "".join(f"OrgnlTxRef/{path} = day\n" for path in _DAYS)
    + _side("Dbtr")
    + _side("Cdtr")
    + "".join(f"- OrgnlTxRef/{name}\n" for name in _UNREAD)
)

REPORT_GROUP = table("MsgId\nCreDtTm\n- InitgPty\n- FwdgAgt\n- DbtrAgt\n- CdtrAgt\n- OrgnlBizQry\n", path="GrpHdr")
REPORT_FILE = table(
    _ORIGINAL + "GrpSts = status\n- OrgnlFileId\n- NtwkFileNm\n- FileOrgtr\n" + _REASONS + _COUNTS,
    _PARTS,
    path="OrgnlGrpInfAndSts",
)
REPORT_BATCH = table(
    "OrgnlPmtInfId\nOrgnlNbOfTxs\nOrgnlCtrlSum\nPmtInfSts = status\n- TxInfAndSts\n" + _REASONS + _COUNTS,
    _PARTS,
    path="OrgnlPmtInfAndSts",
)
REPORT_TRANSACTION = table(
    "StsId > status_id\nTxSts = status\nOrgnlPmtInfId = batch\nAcctSvcrRef > servicer_reference\n"
    "- AccptncDtTm\n- ClrSysRef\n- ChrgsInf\n- TrckrData\n" + _REASONS + _TRANSACTION,
    _PARTS,
    path="TxInfAndSts",
)
ANSWER_CASE = table(
    "Assgnmt/Id = id\nAssgnmt/CreDtTm = created\n- Assgnmt/Assgnr\n- Assgnmt/Assgne\n"
    "Sts/Conf = status\nSts/AssgnmtCxlConf = status\nSts/RjctdMod/Cd = status\n" + _CASE,
    path="RsltnOfInvstgtn",
)
ANSWER_FILE = table(
    "OrgnlGrpCxlId > cancellation_id\nGrpCxlSts = status\nOrgnlMsgId > original_message_id\n- OrgnlMsgNmId\n"
    "- OrgnlCreDtTm\n- OrgnlNbOfTxs\n- OrgnlCtrlSum\n" + _CASE + _REASONS + _COUNTS,
    _PARTS,
    path="OrgnlGrpInfAndSts",
)
ANSWER_BATCH = table(
    "OrgnlPmtInfCxlId > cancellation_id\nPmtInfCxlSts = status\nOrgnlPmtInfId > payment_information_id\n"
    "OrgnlGrpInf/OrgnlMsgId > original_message_id\n- OrgnlGrpInf/OrgnlMsgNmId\n- OrgnlGrpInf/OrgnlCreDtTm\n"
    "- OrgnlNbOfTxs\n- OrgnlCtrlSum\n- TxInfAndSts\n" + _CASE + _REASONS + _COUNTS,
    _PARTS,
    path="OrgnlPmtInfAndSts",
)
ANSWER_TRANSACTION = table(
    "CxlStsId > status_id\nTxCxlSts = status\nOrgnlGrpInf/OrgnlMsgId > original_message_id\n"
    "- OrgnlGrpInf/OrgnlMsgNmId\n- OrgnlGrpInf/OrgnlCreDtTm\n- OrgnlClrSysRef\n- OrgnlReqdExctnDt\n"
    "- OrgnlReqdColltnDt\n- RsltnRltdInf\n- Assgnr\n- Assgne\nOrgnlInstdAmt = Amt @\nOrgnlIntrBkSttlmAmt = settled @\n"
    "- OrgnlIntrBkSttlmDt\n" + _CASE + _REASONS + _TRANSACTION,
    _PARTS,
    path="TxInfAndSts",
)
