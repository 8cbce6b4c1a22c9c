"""The command line: `mnimage COMMAND ...` and `python -m mnimage COMMAND ...` are the same."""

from __future__ import annotations

import sys

from mnimage.commands.root import run


def main() -> None:
    """Run the command that was asked for and end with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
