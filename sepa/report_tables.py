"""Where pain.002, camt.029, pain.007 and camt.055 keep what we read, in all their versions at once."""

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
_ASKED = "RvslRsnInf = StsRsnInf {REASON}\nCxlRsnInf = StsRsnInf {REASON}\n"
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

_MANDATE = ("DtOfSgntr", "AmdmntInd", "AmdmntInfDtls", "ElctrncSgntr", "FrstColltnDt", "FnlColltnDt", "Frqcy", "Rsn")

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
    + "".join(f"- OrgnlTxRef/MndtRltdInf/{at}{name}\n" for at in ("", "DrctDbtMndt/") for name in _MANDATE)
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

_REQUEST_CASE = "Case/Id = case_id\n- Case/Cretr\n- Case/ReopCaseIndctn\n"
_REQUEST_DAYS = "".join(
    f"{path} = day\n"
    for name in ("OrgnlReqdExctnDt", "OrgnlReqdColltnDt")
    for path in (name, f"{name}/Dt", f"{name}/DtTm")
)
_STATED = "NbOfTxs = count\nCtrlSum = control_sum\n"
REQUEST_GROUP = table(
    "MsgId\nCreDtTm\nInitgPty/Nm = initiator\nGrpRvsl = whole\n- InitgPty/Id\n- InitgPty/PstlAdr\n- InitgPty/CtctDtls\n"
    "- InitgPty/CtryOfRes\n- FwdgAgt\n- DbtrAgt\n- CdtrAgt\n- Authstn\n- BtchBookg\n" + _STATED,
    path="GrpHdr",
)
REQUEST_ASSIGNMENT = table(
    "Assgnmt/Id = MsgId\nAssgnmt/CreDtTm = CreDtTm\nAssgnmt/Assgnr/Pty/Nm = initiator\n- Assgnmt/Assgnr/Pty/Id\n"
    "- Assgnmt/Assgnr/Pty/PstlAdr\n- Assgnmt/Assgnr/Agt\n- Assgnmt/Assgne\nCtrlData/NbOfTxs = count\n"
    "CtrlData/CtrlSum = control_sum\n" + _REQUEST_CASE,
    path="CstmrPmtCxlReq",
)
_REQUEST_ORIGINAL = "OrgnlMsgId\nOrgnlMsgNmId\n- OrgnlCreDtTm\n"
REQUEST_ORIGINAL = table(_REQUEST_ORIGINAL + _ASKED, _PARTS, path="OrgnlGrpInf")
REQUEST_FILE = table(
    "GrpCxlId > request_id\nGrpCxl = whole\n" + _REQUEST_ORIGINAL + _REQUEST_CASE + _STATED + _ASKED,
    _PARTS,
    path="OrgnlGrpInfAndCxl",
)
_IN_BATCH = "OrgnlGrpInf/OrgnlMsgId = OrgnlMsgId\nOrgnlGrpInf/OrgnlMsgNmId = OrgnlMsgNmId\n- OrgnlGrpInf/OrgnlCreDtTm\n"
REQUEST_BATCH = table(
    "RvslPmtInfId > request_id\nPmtCxlId > request_id\nPmtInfRvsl = whole\nPmtInfCxl = whole\n- BtchBookg\n"
    "OrgnlPmtInfId > payment_information_id\nOrgnlNbOfTxs = count\nOrgnlCtrlSum = control_sum\n- TxInf\n"
    + (_IN_BATCH + _REQUEST_CASE + _STATED + _ASKED),
    _PARTS,
    path="OrgnlPmtInf",
)
REQUEST_PAYMENT = table(
    "RvslId > request_id\nCxlId > request_id\nOrgnlInstdAmt = Amt @\nRvsdInstdAmt = asked @\n- ChrgBr\n"
    "- CompstnAmt\n- OrgnlGrpInf\n- ChrgsInf\n- SplmtryData\n"
    + (_REQUEST_DAYS + _REQUEST_CASE + _ASKED + _TRANSACTION),
    _PARTS,
    path="TxInf",
)
