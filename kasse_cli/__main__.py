"""Start `kasse`; the version is answered before anything slow is imported."""

from __future__ import annotations

import sys

from kasse_cli import __version__


def main() -> int:
    """Run the command line of this process and return the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        sys.stdout.write(f"kasse {__version__}\n")
        return 0
    from kasse_cli.main import start

    return start(arguments)


if __name__ == "__main__":
    sys.exit(main())
