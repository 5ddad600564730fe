"""``forecast report``: make one HTML file of a run, to be read in any browser and sent by mail."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from forecast.cli.common import Parser, add_command, check_free, tell
from forecast.run_folder import REPORT


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "make one HTML file of a run, to be read in any browser and sent by mail"
    parser = add_command(commands, "report", about, parents)
    parser.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        help="a folder written by forecast run or by forecast backtest --out",
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="HTML",
        type=Path,
        help="the file to write (default: report.html in DIR)",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Write the report of a run."""
    from forecast.evaluation.results import Backtest

    result = Backtest.load(args.folder)
    path = args.out or args.folder / REPORT
    check_free(path, args.force)
    # Jinja and matplotlib are loaded once it is known that there is something to show.
    from forecast.report.extras import read_extras
    from forecast.report.page import write_report

    write_report(result, path, read_extras(args.folder))
    tell(args, f"written to {path}: {path.stat().st_size / 1e6:.1f} MB, to be opened in a browser")
    sys.stdout.write(f"{path}\n")
