"""The order that pain.001.001.09 and pain.008.001.08 prescribe for the elements of their head, batches and payments."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sepa.xml.table import local_name

_HEAD = "MsgId CreDtTm Authstn NbOfTxs CtrlSum InitgPty FwdgAgt"
_BATCH = "PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum PmtTpInf"
_END = "Purp RgltryRptg Tax RltdRmtInf RmtInf SplmtryData"
_WORDS = {
    ("pain.001", "GrpHdr"): _HEAD,
    ("pain.008", "GrpHdr"): _HEAD,
    ("pain.001", "PmtInf"): f"{_BATCH} ReqdExctnDt PoolgAdjstmntDt Dbtr DbtrAcct DbtrAgt DbtrAgtAcct InstrForDbtrAgt "
    "UltmtDbtr ChrgBr ChrgsAcct ChrgsAcctAgt CdtTrfTxInf",
    ("pain.008", "PmtInf"): f"{_BATCH} ReqdColltnDt Cdtr CdtrAcct CdtrAgt CdtrAgtAcct UltmtCdtr ChrgBr ChrgsAcct "
    "ChrgsAcctAgt CdtrSchmeId DrctDbtTxInf",
    ("pain.001", "CdtTrfTxInf"): "PmtId PmtTpInf Amt XchgRateInf ChrgBr ChqInstr UltmtDbtr IntrmyAgt1 IntrmyAgt1Acct "
    "IntrmyAgt2 IntrmyAgt2Acct IntrmyAgt3 IntrmyAgt3Acct CdtrAgt CdtrAgtAcct Cdtr CdtrAcct UltmtCdtr InstrForCdtrAgt "
    f"InstrForDbtrAgt {_END}",
    ("pain.008", "DrctDbtTxInf"): "PmtId PmtTpInf InstdAmt ChrgBr DrctDbtTx UltmtCdtr DbtrAgt DbtrAgtAcct Dbtr "
    f"DbtrAcct UltmtDbtr InstrForCdtrAgt {_END}",
}
ORDERS = {level: tuple(words.split()) for level, words in _WORDS.items()}
_RANKS = {level: {name: rank for rank, name in enumerate(names)} for level, names in ORDERS.items()}


@lru_cache(maxsize=512)
def misplaced(tags: tuple[str, ...], family: str, level: str) -> tuple[tuple[str, str], ...]:
    """Return each element that stands behind one it has to precede, and that one; unknown elements are passed over.

    >>> misplaced(("PmtId", "ChrgBr", "Amt"), "pain.001", "CdtTrfTxInf")
    (('Amt', 'ChrgBr'),)
    """
    return tuple(_misplaced(map(local_name, tags), _RANKS[family, level]))


def _misplaced(names: Iterable[str], ranks: dict[str, int]) -> Iterable[tuple[str, str]]:
    last, last_rank = "", -1
    for name in names:
        rank = ranks.get(name, last_rank)
        if rank < last_rank:
            yield name, last
        elif name in ranks:
            last, last_rank = name, rank
