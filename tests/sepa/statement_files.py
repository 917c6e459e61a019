"""Small statement files for tests, built from a few words."""

import io
from pathlib import Path

from sepa.reading import read_statements
from sepa.statements import Closed, Entry, Opened

DATA = Path(__file__).parent / "data"
DAY = DATA / "camt053-08-day.xml"
OWN_IBAN = "DE34200505501234567890"


def ntry(amount="10.00", mark="CRDT", inside="", *, currency="EUR", details="", before="") -> str:
    """Return one entry of a camt file."""
    block = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return (
        f'<Ntry>{before}<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>{inside}{block}</Ntry>"
    )


def tx(amount="10.00", inside="") -> str:
    """Return one detail of an entry."""
    return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt>{inside}</TxDtls>'


def camt(*entries: str, head="", version="camt.053.001.08", container="BkToCstmrStmt", statement="Stmt") -> bytes:
    """Return a camt file with one statement."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        f"<{container}><GrpHdr><MsgId>M</MsgId></GrpHdr><{statement}><Id>S</Id><Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id>"
        f"<Ccy>EUR</Ccy></Acct>{head}\n" + "\n".join(entries) + f"</{statement}></{container}></Document>"
    ).encode()


def read(data: bytes, **limits):
    """Return head, entries and end of the only statement in a file."""
    events = list(read_statements(io.BytesIO(data), **limits))
    opened, *entries, closed = events
    assert isinstance(opened, Opened)
    assert all(isinstance(entry, Entry) for entry in entries)
    assert isinstance(closed, Closed)
    return opened, entries, closed


def read_entry(data: bytes) -> Entry:
    """Return the only entry in a file."""
    _, (entry,), _ = read(data)
    return entry
