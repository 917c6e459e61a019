"""Where the files of others lie that tests read when they are present."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPORA = Path(os.environ.get("KASSE_CORPORA", ROOT.parent / "shared" / "corpora"))
DATA = Path(os.environ.get("KASSE_DATA", ROOT.parent / "shared" / "data"))
