"""Where pain.001 and pain.008 keep what we read, in all their versions at once."""

from __future__ import annotations

from sepa.xml.table import Field, table

PAYMENT_NAMES = {"pain.001": "CdtTrfTxInf", "pain.008": "DrctDbtTxInf"}

_ADDRESS = {
    "Dept": "department",
    "SubDept": "sub_department",
    "StrtNm": "street",
    "BldgNb": "house_number",
    "BldgNm": "building",
    "Flr": "floor",
    "PstBx": "post_box",
    "Room": "room",
    "PstCd": "postcode",
    "TwnNm": "town",
    "TwnLctnNm": "town_location",
    "DstrctNm": "district",
    "CtrySubDvsn": "region",
    "Ctry": "country",
}
ADDRESS_FIELDS = tuple(_ADDRESS.values())


def _party(path: str, key: str, *, with_id: bool = True) -> str:
    """Return the lines of a party, without what German banks do not take: contacts, and an ultimate party's address."""
    lines = f"{path}/Nm > {key}\n- {path}/CtryOfRes\n" + (f"- {path}/Id\n" if with_id else "")
    return lines + f"{path}/PstlAdr = PstlAdr {{ADDRESS}}\n" if key == "name" else lines


def _account(path: str, iban: str, other: str) -> str:
    lines = f"{path}/Id/IBAN > {iban}\n- {path}/Tp\n- {path}/Ccy\n- {path}/Nm\n- {path}/Id/Othr/SchmeNm\n"
    return lines + "".join(f"{path}/Id/{at} > {other}\n" for at in ("Othr/Id", "PrtryAcct/Id", "BBAN"))


def _agent(path: str, was: str = "") -> str:
    at = f"{path}/FinInstnId"
    lines = f"{at}/BICFI > {was}bic\n{at}/BIC > {was}old_bic\n{at}/CmbndId/BIC > {was}old_bic\n"
    lines += f"{at}/Othr/Id > {was}bank_id\n{at}/PrtryId/Id > {was}bank_id\n"
    return lines + f"- {at}/Nm\n- {at}/PstlAdr\n- {at}/ClrSysMmbId\n- {path}/BrnchId\n"


_PAYMENT_TYPE = """
PmtTpInf/SvcLvl/Cd > service_level
PmtTpInf/SvcLvl/Prtry > own_service_level
PmtTpInf/LclInstrm/Cd > local_instrument
PmtTpInf/LclInstrm/Prtry > own_local_instrument
PmtTpInf/CtgyPurp > category_purpose
PmtTpInf/CtgyPurp/Cd > category_purpose
- PmtTpInf/CtgyPurp/Prtry
- PmtTpInf/InstrPrty
"""
_SCHEME = "".join(
    f"{{path}}/Id/PrvtId/{at}/Id > creditor_id\n{{path}}/Id/PrvtId/{at}/{scheme} > creditor_scheme\n"
    for at, scheme in (("Othr", "SchmeNm/Prtry"), ("OthrId", "IdTp"))
)
_COMMON = _PAYMENT_TYPE + "ChrgBr > charge_bearer\n"
_ULTIMATE_DEBTOR, _ULTIMATE_CREDITOR = _party("UltmtDbtr", "ultimate_debtor"), _party("UltmtCdtr", "ultimate_creditor")
_ONLY_IN = {  # what stands only in payments or only in collections, whose heads name only our own side
    "pain.001": _ULTIMATE_DEBTOR,
    "pain.008": _ULTIMATE_CREDITOR + _SCHEME.format(path="CdtrSchmeId") + "PmtTpInf/SeqTp > sequence\n",
}

_PARTS: dict[str, Field] = {
    "ADDRESS": table(
        "".join(f"{name} > {field}\n" for name, field in _ADDRESS.items()) + "AdrLine *\n", path="PstlAdr"
    ),
    "STRUCTURED": table(
        """
CdtrRefInf/Ref > reference
CdtrRefInf/CdtrRef > reference
CdtrRefInf/Tp/CdOrPrtry/Cd > kind
CdtrRefInf/Tp/CdOrPrtry/Prtry > kind
CdtrRefInf/CdtrRefTp/Cd > kind
CdtrRefInf/CdtrRefTp/Prtry > kind
CdtrRefInf/Tp/Issr > issuer
CdtrRefInf/CdtrRefTp/Issr > issuer
RfrdDocInf/Nb > document
- RfrdDocInf/Tp
- RfrdDocInf/RltdDt
- RfrdDocAmt
- AddtlRmtInf
- Invcr
- Invcee
""",
        path="Strd",
    ),
}

GROUP = table(
    """
MsgId > message_id
CreDtTm > created
InitgPty/Nm > initiator
NbOfTxs > count
CtrlSum > control_sum
- InitgPty/Id
- BtchBookg
- Grpg
- FwdgAgt
- Authstn
""",
    path="GrpHdr",
)

_OWN_SIDE = {"pain.001": "Dbtr", "pain.008": "Cdtr"}


def _batch(family: str) -> Field:
    own = _OWN_SIDE[family]
    day = "ReqdExctnDt" if family == "pain.001" else "ReqdColltnDt"
    return table(
        "PmtInfId > id\nPmtMtd > method\nBtchBookg > booking\nNbOfTxs > count\nCtrlSum > control_sum\n"
        f"{day} = bare\n{day}/Dt = date\n{day}/DtTm = time\n- {PAYMENT_NAMES[family]}\n- PoolgAdjstmntDt\n"
        "- ChrgsAcct\n- ChrgsAcctAgt\n"
        + _COMMON
        + _ONLY_IN[family]
        + _party(own, "name", with_id=family == "pain.001")
        + _account(f"{own}Acct", "iban", "account")
        + _agent(f"{own}Agt"),
        _PARTS,
        path="PmtInf",
    )


_REMITTANCE = "RmtInf/Ustrd = remittance *\nRmtInf/Strd = structured {STRUCTURED}\n"
_IDS = "PmtId/InstrId > instruction_id\nPmtId/EndToEndId > end_to_end_id\nPmtId/UETR > uetr\n"


def _payment(family: str) -> Field:
    other = "Cdtr" if family == "pain.001" else "Dbtr"
    amount = "Amt/InstdAmt = amount @\nAmt/EqvtAmt/Amt = amount @\n"
    lines = amount if family == "pain.001" else "InstdAmt = amount @\nPmtTpInf/SeqTp > sequence\n" + _MANDATE
    return table(
        _IDS
        + lines
        + _COMMON
        + _ULTIMATE_DEBTOR
        + _ULTIMATE_CREDITOR
        + _party(other, "name")
        + _account(f"{other}Acct", "iban", "account")
        + _agent(f"{other}Agt")
        + "Purp/Cd > purpose\nPurp/Prtry > own_purpose\n"
        + _REMITTANCE,
        _PARTS,
        path=PAYMENT_NAMES[family],
    )


_AT = "DrctDbtTx/MndtRltdInf"
_WAS = f"{_AT}/AmdmntInfDtls"
_MANDATE = (
    f"{_AT}/MndtId > mandate_id\n{_AT}/DtOfSgntr > signed\n{_AT}/AmdmntInd > amendment\n"
    f"{_WAS}/OrgnlMndtId > original_mandate_id\n{_WAS}/OrgnlCdtrSchmeId/Nm > original_creditor_name\n"
    + _SCHEME.format(path=f"{_WAS}/OrgnlCdtrSchmeId").replace("> creditor_", "> original_creditor_")
    + _account(f"{_WAS}/OrgnlDbtrAcct", "original_iban", "original_account")
    + _agent(f"{_WAS}/OrgnlDbtrAgt", "original_")
    + _SCHEME.format(path="DrctDbtTx/CdtrSchmeId")
    + f"- DrctDbtTx/PreNtfctnId\n- DrctDbtTx/PreNtfctnDt\n- {_AT}/ElctrncSgntr\n"
    + f"- {_AT}/FrstColltnDt\n- {_AT}/FnlColltnDt\n- {_AT}/Frqcy\n"
)

BATCHES = {family: _batch(family) for family in PAYMENT_NAMES}
PAYMENTS = {family: _payment(family) for family in PAYMENT_NAMES}
