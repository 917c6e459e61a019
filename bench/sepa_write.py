"""Write credit transfers: what values, rules and file cost, beside the bare text of the same file and sepaxml.

`python -m bench.sepa_write [N]` prints CPU seconds (best of three), the ratio to the floor, and peak memory of each
variant in a process of its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sepa.identifiers import make_iban
from sepa.pain001 import write
from sepa.payments import CreditTransferMessage, Party, Totals, Transfer, TransferBatch
from sepa.rules.transfers import check

DAY = date(2026, 11, 23)
MADE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PAYER = "DE89370400440532013000"


class Rows:
    """Invented rows, the same each time, made while they are read."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.ibans = [make_iban("DE", f"{n * 7919 % 10**10:018d}") for n in range(1000)]

    def __iter__(self) -> Iterator[tuple[str, int, str, str, str]]:
        for n in range(self.number):
            yield f"E2E-{n:08d}", 1000 + n, f"Erika Müller {n}", self.ibans[n % 1000], f"Bescheid {n} vom 01.11.2026"


class Transfers:
    """The rows as values, made anew each time they are read."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[Transfer]:
        return (Transfer(e, cents, Party(name, iban), text, purpose="GOVT") for e, cents, name, iban, text in self.rows)


def message(rows: Rows, transfers: object) -> CreditTransferMessage:
    totals = Totals(rows.number, sum(row[1] for row in rows))
    batch = TransferBatch("P-1", Party("Stadtkasse", PAYER), DAY, transfers=transfers, totals=totals)  # type: ignore[arg-type]
    return CreditTransferMessage("M-1", MADE, "Stadtkasse", (batch,))


def kasse_list(rows: Rows) -> None:
    """Values once, in a tuple; every rule; the file."""
    one = message(rows, tuple(Transfers(rows)))
    assert list(check(one, DAY)) == []
    consume(write(one))


def kasse_stream(rows: Rows) -> None:
    """Values made twice, never held; every rule; the file."""
    one = message(rows, Transfers(rows))
    assert list(check(one, DAY)) == []
    consume(write(one))


def kasse_write(rows: Rows) -> None:
    """Values made once, never held, with the rules of the values; the file."""
    consume(write(message(rows, Transfers(rows))))


def floor(rows: Rows) -> None:
    """The same elements as text, nothing checked."""
    with Path(os.devnull).open("wb") as sink:
        sink.writelines(
            f'<CdtTrfTxInf><PmtId><EndToEndId>{e}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">'
            f"{cents // 100}.{cents % 100:02d}</InstdAmt></Amt><Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><IBAN>"
            f"{iban}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>{text}</Ustrd></RmtInf></CdtTrfTxInf>\n".encode()
            for e, cents, name, iban, text in rows
        )


def sepaxml(rows: Rows) -> None:
    """The independent writer of the same file, without its slow schema check."""
    from sepaxml import SepaTransfer

    config = {"name": "Stadtkasse", "IBAN": PAYER, "BIC": "COBADEFFXXX", "batch": True, "currency": "EUR"}
    file = SepaTransfer(config, schema="pain.001.001.09", clean=False)
    for e, cents, name, iban, text in rows:
        row = {"name": name, "IBAN": iban, "amount": cents, "execution_date": DAY, "description": text}
        file.add_payment(row | {"endtoend_id": e, "BIC": "COBADEFFXXX"})
    file.export(validate=False)


VARIANTS: dict[str, Callable[[Rows], None]] = {
    one.__name__: one for one in (floor, kasse_write, kasse_list, kasse_stream, sepaxml)
}


def consume(chunks: Iterator[bytes]) -> None:
    with Path(os.devnull).open("wb") as sink:
        sink.writelines(chunks)


def measure(name: str, number: int) -> None:
    rows = Rows(number)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        VARIANTS[name](rows)
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{min(seconds):.3f} {peak:.0f}")


def main(number: int) -> None:
    base = 0.0
    for name, variant in VARIANTS.items():
        command = [sys.executable, "-m", "bench.sepa_write", name, str(number)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, peak = map(float, done.stdout.split())
        base = base or seconds
        what = (variant.__doc__ or "").splitlines()[0]
        print(f"{name:13} {number:7} {seconds:7.3f} s {seconds / base:6.1f}× {peak:5.0f} MiB  {what}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 55_000)
