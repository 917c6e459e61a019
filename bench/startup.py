"""Start-up: how long a person waits for a command, beside the bare interpreter and a bare Typer program."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.harness import PYTHON, wall

KASSE = str(Path(PYTHON).with_name("kasse"))
IBAN = "DE89370400440532013000"


def main() -> None:
    """Print the shortest of nine wall times of each command."""
    with tempfile.TemporaryDirectory() as folder:
        book = str(Path(folder) / "kasse.db")
        create = [
            KASSE, "book", "create", "--book", book, "--name", "Bench", "--office", "KASSE=Kasse", "--kasse", "KASSE",
            "--account", f"{IBAN}=Konto@KASSE",
        ]  # fmt: skip
        commands = {
            "python -c pass (floor)": [PYTHON, "-c", "pass"],
            "python -c 'import typer' (floor)": [PYTHON, "-c", "import typer"],
            "kasse --version": [KASSE, "--version"],
            "kasse --help": [KASSE, "--help"],
            "kasse iban check": [KASSE, "iban", "check", IBAN],
            "kasse report trial-balance (SQLite)": [KASSE, "report", "trial-balance", "--book", book],
        }
        print(f"\nstart-up, shortest of nine; book create took {wall(create, rounds=1):.3f} s once")
        for name, command in commands.items():
            print(f"  {name:44} {wall(command):8.3f} s")


if __name__ == "__main__":
    main()
