"""XML as text: elements from strings, in chunks of bytes, because a tree of 55,000 payments is slow and large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sepa.payments import Address, Party, Totals

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CHUNK = 256  # parts that are encoded at once
_ADDRESS = (
    ("Dept", "department"),
    ("SubDept", "sub_department"),
    ("StrtNm", "street"),
    ("BldgNb", "house_number"),
    ("BldgNm", "building"),
    ("Flr", "floor"),
    ("PstBx", "post_box"),
    ("Room", "room"),
    ("PstCd", "postcode"),
    ("TwnNm", "town"),
    ("TwnLctnNm", "town_location"),
    ("DstrctNm", "district"),
    ("CtrySubDvsn", "region"),
    ("Ctry", "country"),
)


def chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield the parts as UTF-8, some hundred at a time."""
    held: list[str] = []
    for part in parts:
        held.append(part)
        if len(held) == _CHUNK:
            yield "".join(held).encode()
            held.clear()
    if held:
        yield "".join(held).encode()


def escape(text: str) -> str:
    """Return the text for use between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(tag: str, text: str) -> str:
    """Return the element, or nothing for an empty text: empty elements are not allowed (DK Anlage 3)."""
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def code(tag: str, value: str) -> str:
    """Return an element with a code inside, or nothing."""
    return f"<{tag}><Cd>{value}</Cd></{tag}>" if value else ""


def named(tag: str, name: str) -> str:
    """Return a party of which only the name is given, or nothing."""
    return f"<{tag}><Nm>{escape(name)}</Nm></{tag}>" if name else ""


def party(tag: str, who: Party) -> str:
    """Return a party with its name and, where it has one, its structured address."""
    address = "" if who.address is None else postal_address(who.address)
    return f"<{tag}><Nm>{escape(who.name)}</Nm>{address}</{tag}>"


def postal_address(address: Address) -> str:
    """Return the structured address in the order of the schema, free lines last (DK Anlage 3, GBIC_5)."""
    fields = "".join(element(tag, getattr(address, field)) for tag, field in _ADDRESS)
    lines = "".join(element("AdrLine", line) for line in address.lines)
    return f"<PstlAdr>{fields}{lines}</PstlAdr>"


def account(tag: str, iban: str) -> str:
    """Return an account by its IBAN."""
    return f"<{tag}><Id><IBAN>{iban}</IBAN></Id></{tag}>"


def agent(tag: str, bic: str) -> str:
    """Return a bank by its BIC, or the word NOTPROVIDED where the element must be there without one."""
    inner = f"<BICFI>{bic}</BICFI>" if bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    return f"<{tag}><FinInstnId>{inner}</FinInstnId></{tag}>"


def euros(cents: int) -> str:
    """Return the amount as the schema writes it, such as 1234.56; never negative here."""
    return f"{cents // 100}.{cents % 100:02d}"


def instructed(cents: int) -> str:
    """Return the instructed amount in euro."""
    return f'<InstdAmt Ccy="EUR">{euros(cents)}</InstdAmt>'


def timestamp(time: datetime) -> str:
    """Return the time to the second with its offset from UTC."""
    return time.isoformat(timespec="seconds")


def remittance(text: str, reference: str) -> str:
    """Return free text or one structured reference, or nothing (DK Anlage 3; ISO 11649 for RF)."""
    if reference:
        issuer = "<Issr>ISO</Issr>" if reference.startswith("RF") else ""
        kind = f"<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>{issuer}</Tp>"
        return f"<RmtInf><Strd><CdtrRefInf>{kind}<Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>"
    return f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>" if text else ""


def counters(totals: Totals) -> str:
    """Return number and sum of the payments."""
    return f"<NbOfTxs>{totals.count}</NbOfTxs><CtrlSum>{euros(totals.amount_cents)}</CtrlSum>"


def group_header(message_id: str, created: datetime, totals: Totals, initiator: str) -> str:
    """Return the head of an order file (DK Anlage 3: number and sum are mandatory)."""
    return (
        f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{timestamp(created)}</CreDtTm>{counters(totals)}"
        f"{named('InitgPty', initiator)}</GrpHdr>\n"
    )
