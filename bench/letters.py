"""Letters as PDF, a file each, beside typst setting the same texts without our layout.

`python -m bench.letters [LETTERS]` (1,000 by default). CPU seconds, because the machine may be shared; the wall
time of writing a run, with its processes, is printed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench.harness import measure, show
from enforcement.letters_prints import Printed
from kasse_cli.documents.letters import letter_pdfs
from kasse_cli.letter_files import write_letters
from tests.kasse_cli.test_letter_pages import claim, letter

LETTERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
BARE = """#let posted(given) = {
  set document(title: "Brief")
  set page(paper: "a4")
  set text(font: "Libertinus Serif", lang: "de")
  heading(given.subject)
  for part in given.blocks { if part.block == "paragraph" { par(part.lines.join()) } else if part.block == "grid" {
    table(columns: part.head.len(), table.header(..part.head), ..part.rows.flatten()) } }
}
"""


def contents() -> list[dict[str, Any]]:
    """Return Mahnungen about seven claims each, every one of another debtor."""
    return [letter(number=n, claims=tuple(claim(7 * n + at) for at in range(7))) for n in range(1, LETTERS + 1)]


def floor(made: list[dict[str, Any]]) -> None:
    """Set the same texts without window, letterhead, code and page numbers, by one compiler too."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bare.typ").write_text(BARE, "utf-8")
        compiler = typst.Compiler(root=folder, ignore_system_fonts=True)
        for one in made:
            text = json.dumps(json.dumps(one), ensure_ascii=False)
            page = f'#import "/bare.typ": posted\n#posted(json(bytes({text})))\n'
            compiler.compile(page.encode(), timestamp=1, pdf_standards=["a-2a", "ua-1"])


def single(made: list[dict[str, Any]]) -> None:
    """Make a PDF of each letter, in one process."""
    for _ in letter_pdfs([json.dumps(one) for one in made], 1):
        pass


def as_run(made: list[dict[str, Any]]) -> None:
    """Write a run as the command does, and print its wall time."""
    prints = [Printed(one["number"], 1, "2026-11-24", json.dumps(one), "", None) for one in made]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write_letters(prints, Path(folder) / "briefe", 1)
        print(f"  a run of {len(prints):,} letters, files of each and of all: {time.perf_counter() - start:.1f} s wall")


def main() -> None:
    """Measure and show."""
    made = contents()
    variants = [("bare typst page (floor)", partial(floor, made)), ("letters, a file each", partial(single, made))]
    show(f"{LETTERS:,} letters", measure(variants, rounds=1), variants[0][0])
    as_run(made)


if __name__ == "__main__":
    main()
