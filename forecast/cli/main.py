"""The command ``forecast``: its parser, its exit codes.

Each subcommand is a module of its name with `add_parser` and `run`. None of them imports more than
the standard library on top: what a subcommand runs is imported when it runs. Results go to stdout,
everything else to stderr. Exit codes: 0, or what `run` returns for an answer that a script is to
act upon (3 for an alarm); 1 for a fault of the program and 2 for a refused input, each in one
sentence; 130 for Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

from forecast import __version__
from forecast.cli import (
    backtest,
    compare,
    completion,
    datasets,
    detect,
    doctor,
    fit,
    inspect,
    monitor,
    plot,
    predict,
    report,
    run,
)
from forecast.cli.common import Parser
from forecast.exceptions import Refusal
from forecast.tables.reading.addresses import shown

_SUBCOMMANDS = (
    *(inspect, run, backtest, compare, report),
    *(fit, predict, monitor, plot, detect, datasets, doctor, completion),
)


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
    arguments = sys.argv[1:] if argv is None else argv
    parser = _parser()
    args, unknown = parser.parse_known_args(_with_minus(arguments))
    args.root = parser
    args.command_line = [shown(argument) for argument in arguments]
    if unknown:
        args.parser.refuse_unknown(unknown)
    if not args.debug:
        # In the environment as well: processes that work for this one are to be silent too.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    exit_code = 0
    try:
        exit_code = args.run(args) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. Python flushes stdout once more at its exit: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if args.debug:
            raise
        sentence, exit_code = _described(error)
        sys.stderr.write(f"forecast {args.command}: {' '.join(sentence.split())}\n")
        return exit_code
    except KeyboardInterrupt:
        stopped = "stopped by Ctrl-C; nothing was left half-written."
        sys.stderr.write(f"\nforecast {args.command}: {stopped}\n")
        return 130
    return exit_code


def _described(error: Exception) -> tuple[str, int]:
    """Return one sentence on an error for the user, and the exit code."""
    # What is refused can be mended by the user; so can a disk that is full.
    if isinstance(error, Refusal):
        return error.at_command_line(), 2
    if isinstance(error, OSError):
        return str(error), 2
    if isinstance(error, MemoryError):
        return "this takes more memory than there is. Give it less at a time.", 2
    # Any other error is not the user's.
    return (
        f"a fault of the program, not of your input ({type(error).__name__}: {error}). "
        "Report it, with what the same command prints under --debug.",
        1,
    )


def _with_minus(arguments: Sequence[str]) -> list[str]:
    """Join --missing and a value that argparse would take for an option, such as -9999."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--missing":
            joined[-1] = f"--missing={argument}"
        else:
            joined.append(argument)
    return joined


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
