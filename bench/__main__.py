"""All measurements in turn: `python3 dev.py bench`, or `python -m bench NAME…` for some of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.harness import PYTHON

HERE = Path(__file__).parent
NOT_MEASURING = {
    "__init__",
    "__main__",
    "harness",
    "enforcement_data",
    "ledger_data",
    "payments_clock",
    "reconcile_data",
    "reconcile_days",
    "reconcile_mix",
    "reconcile_texts",
    "sepa_data",
    "sepa_read",
    "sepa_write",
}


def main(names: list[str]) -> int:
    """Run each measurement in a process of its own and return the number of those that failed."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_MEASURING)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or known:
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([PYTHON, "-m", f"bench.{name}"], check=False, cwd=HERE.parent).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
