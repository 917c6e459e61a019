"""The demo's bank: keeps one account and writes a camt.053 statement a day, as a German bank does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from sepa.money import plain

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>MB-{day}-{number}</MsgId><CreDtTm>{day}T22:15:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>{day}-{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{day}T22:15:00+01:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
"""
_BALANCE = (
    '<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
    "<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
)
_ENTRY = (
    '<Ntry><NtryRef>{index}</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
    "<AcctSvcrRef>{day}-{index}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF+{gvc}</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    '<NtryDtls>{batch}<TxDtls>{refs}<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    "{party}{text}</TxDtls></NtryDtls></Ntry>\n"
)


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking on the account: cents signed by their effect, the other party, the text in the bank's lines."""

    cents: int
    name: str = ""
    iban: str = ""
    lines: tuple[str, ...] = ()
    gvc: str = "166"
    end_to_end_id: str = ""
    batch: str = ""


class DemoBank:
    """One account at an invented bank."""

    def __init__(self, iban: str, balance_cents: int) -> None:
        self.iban = iban
        self.balance_cents = balance_cents
        self.number = 100

    def statement(self, day: date, bookings: tuple[Booking, ...]) -> bytes:
        """Return the statement of a day and move the balance on."""
        self.number += 1
        parts = [_HEAD.format(day=day, number=self.number, iban=self.iban), self._balance("OPBD", day)]
        self.balance_cents += sum(booking.cents for booking in bookings)
        parts.append(self._balance("CLBD", day))
        parts += [_entry(booking, day, index) for index, booking in enumerate(bookings, 1)]
        return ("".join(parts) + "</Stmt></BkToCstmrStmt></Document>\n").encode()

    def _balance(self, code: str, day: date) -> str:
        sign = "CRDT" if self.balance_cents >= 0 else "DBIT"
        return _BALANCE.format(code=code, amount=plain(abs(self.balance_cents)), sign=sign, day=day)


def _entry(booking: Booking, day: date, index: int) -> str:
    role = "Dbtr" if booking.cents > 0 else "Cdtr"
    refs = f"<EndToEndId>{booking.end_to_end_id}</EndToEndId>" if booking.end_to_end_id else ""
    return _ENTRY.format(
        index=index,
        amount=plain(abs(booking.cents)),
        sign="CRDT" if booking.cents > 0 else "DBIT",
        day=day,
        gvc=booking.gvc,
        batch=f"<Btch><PmtInfId>{booking.batch}</PmtInfId></Btch>" if booking.batch else "",
        refs=f"<Refs>{refs}</Refs>" if refs else "",
        party=_party(role, booking) if booking.name else "",
        text="<RmtInf>" + "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in booking.lines) + "</RmtInf>"
        if booking.lines
        else "",
    )


def _party(role: str, booking: Booking) -> str:
    account = f"<{role}Acct><Id><IBAN>{booking.iban}</IBAN></Id></{role}Acct>" if booking.iban else ""
    return f"<RltdPties><{role}><Pty><Nm>{escape(booking.name)}</Nm></Pty></{role}>{account}</RltdPties>"
