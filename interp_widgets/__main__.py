"""The commands: `python -m interp_widgets` doctor, lab, progress, build, site and help."""

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
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    if rest and options.command != "lab":
        parser.error(f"{options.command}: expected no further arguments, got {' '.join(rest)}")
    try:
        if options.command == "lab":
            _lab.open_lab(options.work, options.reset, rest)
        if options.command == "doctor":
            return _doctor.main()
        print(_answer(options))
    except (OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
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
    _add_progress(commands.add_parser("progress", help="how far you are; nothing is ever sent"))
    build = commands.add_parser("build", help="write notebooks with solutions, and the teacher's")
    build.add_argument(
        "--into", type=Path, default=_lab.CHECKOUT / "build", help="folder (default: %(default)s)"
    )
    site = commands.add_parser("site", help="write the notebooks as pages that need no kernel")
    site.add_argument(
        "--into",
        type=Path,
        default=_lab.CHECKOUT / "build" / "site",
        help="folder (default: %(default)s)",
    )
    site.add_argument("only", nargs="*", metavar="NN_topic", help="these notebooks and no others")
    pages = commands.add_parser("help", help="short pages for when something goes wrong")
    pages.add_argument("page", nargs="?", help="name of the page; without one they are listed")
    return parser


def _add_progress(progress: argparse.ArgumentParser) -> None:
    actions = progress.add_subparsers(dest="action")
    actions.add_parser("show", help="how far you are (this is also what no action does)")
    export = actions.add_parser("export", help="write a copy, for a teacher or another computer")
    export.add_argument("file", type=Path)
    restore = actions.add_parser("restore", help="add what a copy holds to what is here")
    restore.add_argument("file", type=Path)
    merge = actions.add_parser("merge", help="for a teacher: a table of many learners' copies")
    merge.add_argument("files", type=Path, nargs="+")


def _answer(options: argparse.Namespace) -> str:
    """Run a command that answers with a text."""
    if options.command == "help":
        from interp_widgets.course import manual

        return manual.page(options.page) if options.page else manual.contents()
    if options.command == "build":
        from interp_widgets.course import build

        return build.write_all(_lab.CHECKOUT / "notebooks", options.into)
    if options.command == "site":
        from interp_widgets import _site

        return _site.write(_lab.CHECKOUT / "notebooks", options.into, options.only)
    return _answer_progress(options)


def _answer_progress(options: argparse.Namespace) -> str:
    from interp_widgets.course import progress, sharing

    store = progress.Store()
    if options.action == "export":
        return sharing.export(store, options.file)
    if options.action == "restore":
        return sharing.restore(store, options.file)
    if options.action == "merge":
        return sharing.classroom(options.files)
    return sharing.show(store)


if __name__ == "__main__":
    sys.exit(main())
