"""Where the files of others lie that tests read when they are present, and where tests write theirs."""

import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPORA = Path(os.environ.get("KASSE_CORPORA", ROOT.parent / "shared" / "corpora"))
DATA = Path(os.environ.get("KASSE_DATA", ROOT.parent / "shared" / "data"))


def roomy() -> str:
    """Return where files are made fastest: in memory where 2 GiB are free, else the temporary folder.

    Every test has a book of its own, and a book waits for the disk at each commit.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        return str(memory)
    return tempfile.gettempdir()
