"""Invented payments and statements for the measurements of sepa, the same each time and made while they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sepa.identifiers import make_iban

DAY = date(2026, 11, 23)
MADE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OWN_NAME, OWN_IBAN, CREDITOR_ID = "Stadtkasse", "DE89370400440532013000", "DE98ZZZ09999999999"
SIGNED = date(2026, 1, 12)
DISTINCT = 1000
STATEMENT = 500  # entries of one MT940 statement

Row = tuple[str, int, str, str, str]


@dataclass(frozen=True)
class Rows:
    """Payments as rows: EndToEndId, cents, name, IBAN, text."""

    number: int

    def __iter__(self) -> Iterator[Row]:
        known = list(ibans(DISTINCT))
        for n in range(self.number):
            yield f"E2E-{n:08d}", 1000 + n, f"Erika Müller {n}", known[n % DISTINCT], f"Bescheid {n} vom 01.11.2026"


def ibans(number: int) -> Iterator[str]:
    """Yield German IBANs, each another one."""
    return (make_iban("DE", f"{n * 7919 % 10**10:018d}") for n in range(number))


def checked_ibans(number: int) -> list[str]:
    """Return IBANs to check, one in a hundred with two digits exchanged."""
    found = list(ibans(number))
    for n in range(0, number, 100):
        iban = found[n]
        found[n] = iban[:4] + ("9" if iban[4] != "9" else "8") + iban[5:]
    return found


def write_camt(path: Path, number: int) -> None:
    """Write a camt.053.001.08 with one statement: 80 % incoming transfers, 15 % debits by mandate, 5 % batches."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_camt(Rows(number)))


def _camt(rows: Rows) -> Iterator[str]:
    total = sum(_signed(n, row[1]) for n, row in enumerate(rows))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "<BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-20T23:00:00+01:00</CreDtTm></GrpHdr><Stmt><Id>S-1</Id>"
        "<ElctrncSeqNb>231</ElctrncSeqNb><CreDtTm>2026-11-20T23:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', 10**7)}{_balance('CLBD', 10**7 + total)}\n"
    )
    for n, row in enumerate(rows):
        yield _entry(n, row)
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _signed(n: int, cents: int) -> int:
    return -cents if n % 20 in {1, 2, 3} else cents


def _balance(code: str, cents: int) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_euro(cents)}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def _euro(cents: int, point: str = ".") -> str:
    return f"{cents // 100}{point}{cents % 100:02d}"


def _entry(n: int, row: Row) -> str:
    debit, batch = _signed(n, 1) < 0, n % 20 == 4
    code = "NDDT+105+931" if debit else "NTRF+191+931" if batch else "NTRF+166+931"
    family, sub = ("RDDT", "ESDD") if debit else ("RCDT", "ESCT")
    return (
        f'<Ntry><Amt Ccy="EUR">{_euro(row[1])}</Amt><CdtDbtInd>{"DBIT" if debit else "CRDT"}</CdtDbtInd>'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
        f"<AcctSvcrRef>2026112000{n:08d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn><Prtry><Cd>{code}</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
        f"<NtryDtls>{_batch(n) if batch else _detail(row, debit=debit)}</NtryDtls></Ntry>\n"
    )


def _batch(n: int) -> str:
    return f"<Btch><PmtInfId>RUN-{n}</PmtInfId><NbOfTxs>12</NbOfTxs></Btch>"


def _detail(row: Row, *, debit: bool) -> str:
    end_to_end, cents, name, iban, text = row
    other, mandate = ("Cdtr", f"<MndtId>M-{end_to_end}</MndtId>") if debit else ("Dbtr", "")
    return (
        f'<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId>{mandate}</Refs><Amt Ccy="EUR">{_euro(cents)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if debit else 'CRDT'}</CdtDbtInd><RltdPties><{other}><Pty><Nm>{name}</Nm></Pty></{other}>"
        f"<{other}Acct><Id><IBAN>{iban}</IBAN></Id></{other}Acct></RltdPties><RltdAgts><{other}Agt><FinInstnId>"
        f"<BICFI>COBADEFFXXX</BICFI></FinInstnId></{other}Agt></RltdAgts><Purp><Cd>GOVT</Cd></Purp><RmtInf><Ustrd>{text}"
        "</Ustrd></RmtInf></TxDtls>"
    )


def write_mt940(path: Path, number: int) -> None:
    """Write MT940 statements of 500 entries, as German banks structure them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\r\n" for line in _mt940(Rows(number)))


def _mt940(rows: Iterable[Row]) -> Iterator[str]:
    balance = 10**7
    for n, (end_to_end, cents, name, iban, text) in enumerate(rows):
        if n % STATEMENT == 0:
            yield from _mt_end(balance) if n else ()
            yield from (":20:STARTUMS", ":25:37040044/0532013000", f":28C:{n // STATEMENT + 1}/1")
            yield f":60F:C261120EUR{_euro(balance, ',')}"
        balance += cents
        yield f":61:2611201120CR{_euro(cents, ',')}NTRFNONREF//{n:014d}"
        yield f":86:166?00GUTSCHRIFT?109310?20EREF+{end_to_end}?21SVWZ+{text[:27]}?22{text[27:]}"
        yield f"?30COBADEFFXXX?31{iban}?32{name}"
    yield from _mt_end(balance)


def _mt_end(balance: int) -> Iterator[str]:
    yield f":62F:C261120EUR{_euro(balance, ',')}"
    yield "-"
