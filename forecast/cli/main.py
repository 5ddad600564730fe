"""The command ``forecast``: its parser, its exit codes.

Each subcommand is a module of its name with `add_parser` and `run`. None of them imports more than
the standard library on top: what a subcommand runs is imported when it runs. Results go to stdout,
everything else to stderr. Exit codes: 0, 2 for a refused input (one sentence), 130 for Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

from forecast import __version__
from forecast.cli import backtest, compare, datasets, fit, plot, predict
from forecast.cli.common import Parser

_SUBCOMMANDS = (backtest, compare, fit, predict, plot, datasets)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    args = _parser().parse_args(argv)
    if not args.debug:
        # In the environment as well: processes that work for this one are to be silent too.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    try:
        args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. Python flushes stdout once more at its exit: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if args.debug:
            raise
        # Whatever a library raises on the way, the user reads one line.
        sentence = " ".join(str(error).split())
        sys.stderr.write(f"forecast {args.command}: {sentence}\n")
        return 2
    except KeyboardInterrupt:
        stopped = "stopped by Ctrl-C; nothing was left half-written."
        sys.stderr.write(f"\nforecast {args.command}: {stopped}\n")
        return 130
    return 0


def _parser() -> Parser:
    """Build the parser of the command with those of its subcommands."""
    parser = Parser(
        prog="forecast",
        description="Forecast time series with recurrent networks, ARIMA, "
        "exponential smoothing and naive methods.",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"seqcast {__version__}",
        help="print the version and stop",
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=Parser, required=True
    )
    common = Parser(add_help=False)
    common.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")
    common.add_argument("--debug", action="store_true", help="errors with their traceback")
    for subcommand in _SUBCOMMANDS:
        subcommand.add_parser(commands, [common])
    return parser
