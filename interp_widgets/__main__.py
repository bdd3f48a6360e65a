"""The commands: `python -m interp_widgets doctor` and `python -m interp_widgets lab`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from interp_widgets import _doctor, _lab


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        argv: the arguments; `None` takes them from the command line.

    Returns:
        0 when all is well.
    """
    parser = argparse.ArgumentParser(prog="python -m interp_widgets")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="say what is installed, what is missing, how to mend it")
    lab = commands.add_parser("lab", help="open the course; other options go to JupyterLab")
    lab.add_argument("--reset", metavar="NN", help="start notebook NN afresh, keeping your copy")
    lab.add_argument(
        "--work",
        type=Path,
        default=_lab.CHECKOUT / "work",
        help="folder of your copies (default: %(default)s)",
    )
    options, rest = parser.parse_known_args(argv)
    if options.command == "lab":
        try:
            _lab.open_lab(options.work, options.reset, rest)
        except (FileNotFoundError, ValueError) as error:
            parser.exit(1, f"{error}\n")
    if rest:
        parser.error(f"doctor takes no arguments, got {' '.join(rest)}")
    return _doctor.main()


if __name__ == "__main__":
    sys.exit(main())
