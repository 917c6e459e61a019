"""Stops a test server whose tests have died: it waits until nobody holds its standard input any more."""

import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path


def stop(folder: Path) -> None:
    """Stop the server whose data lie in the folder, if it runs still, and remove the folder."""
    pid = folder / "data" / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.kill(int(pid.read_text("utf-8").splitlines()[0]), signal.SIGINT)
        for _ in range(100):
            if not pid.exists():
                break
            time.sleep(0.1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    stop(Path(sys.argv[1]))
