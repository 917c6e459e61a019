"""The take-over of a portfolio of open items: the draft and both signatures, as commands, beside reading the file.

`python -m bench.opening [ITEMS] [csv|xlsx]` (50,000 items as CSV by default). CPU seconds of each command, its peak
memory, and what reading the list alone takes (floor).
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.enforcement_data import portfolio_rows
from bench.harness import PYTHON, Figure, command, measure, show
from ledger.items.kassenzeichen import active_schemes
from sepa.money import german, plain
from tests import books

ITEMS = next((int(text.replace(",", "")) for text in sys.argv[1:] if text[0].isdigit()), 50_000)
FORMAT = "xlsx" if "xlsx" in sys.argv[1:] else "csv"
AS_OF = "2026-11-15"
COLUMNS = (
    "office", "kind", "name", "street", "house_number", "postcode", "town", "open_amount", "original_amount", "due",
    "reference", "purpose", "profile", "claim_kind", "dunning_level", "dunned_on",
)  # fmt: skip
BANKS = (books.MAIN_IBAN, books.SECOND_IBAN)


def listed(book: str, sums: dict[tuple[str, str], int]) -> Iterator[Sequence[str]]:
    """Yield the rows of the list of items as an old system would export them, and add up what is open."""
    store = books.opened(book)
    schemes = active_schemes(store)
    store.close()
    for row in portfolio_rows(ITEMS, schemes):
        account = "2410" if row.profile == "private" else "2400"
        assert row.office is not None
        assert row.open_cents is not None
        sums[row.office, account] = sums.get((row.office, account), 0) + row.open_cents
        due = f"{row.due[8:]}.{row.due[5:7]}.{row.due[:4]}" if row.due else ""
        money = german(row.open_cents), german(row.amount_cents or 0)
        yield (
            row.office, "Forderung", row.name or "", row.street or "", row.house_number or "", row.postcode or "",
            row.town or "", *money, due, row.reference or "", row.purpose or "", row.profile or "",
            row.claim_kind or "", str(row.dunning_level or 0), row.dunned_on or "",
        )  # fmt: skip


def write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a list as CSV or as a workbook."""
    if FORMAT == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(heading)
            writer.writerows(rows)
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("posten")
    page.append(heading)
    for row in rows:
        page.append(row)
    book.save(path)


def lists(folder: Path, book: str) -> tuple[Path, int, int]:
    """Write both lists and return their folder, the sum of the items and that of the balances."""
    target = folder / "alt"
    target.mkdir()
    sums: dict[tuple[str, str], int] = {}
    write(target / f"posten.{FORMAT}", COLUMNS, listed(book, sums))
    balances = [(*key, plain(cents)) for key, cents in sorted(sums.items())]
    balances += [("KASSE", iban, "0.00") for iban in BANKS]
    write(target / f"salden.{FORMAT}", ("office", "account", "amount"), balances)
    return target, sum(sums.values()), sum(sums.values())


def reading(path: Path) -> None:
    """Read the list without looking at a cell."""
    from kasse_cli.spreadsheets.tables import read_sheet

    for _ in read_sheet(path).rows:
        pass


def main() -> None:
    """Print what each step takes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book = folder / "kasse.db"
        books.make_sqlite_template(book)
        os.environ |= {"KASSE_BOOK": str(book), "KASSE_LANG": "en"}
        target, items_cents, balances_cents = lists(folder, str(book))
        floor = measure([("reading the list (floor)", partial(reading, target / f"posten.{FORMAT}"))], 1)
        kasse = (PYTHON, "-m", "kasse_cli", "opening")
        controls = f"--control receivables={plain(items_cents)} --control balances={plain(balances_cents)}".split()
        steps: dict[str, tuple[str, ...]] = {
            "import": ("import", str(target), "--as-of", AS_OF, *controls, "--user", "emil"),
            "sign": ("sign", str(target), "--user", "emil"),
            "sign again: posted": ("sign", str(target), "--user", "frida"),
        }
        figures: list[Figure] = [*floor]
        for name, words in steps.items():
            figures.append(command(f"kasse opening {name}", (*kasse, *words, "-q")))
        show(f"take-over of {ITEMS:,} open items as {FORMAT} (SQLite)", figures, floor[0].name)


if __name__ == "__main__":
    main()
