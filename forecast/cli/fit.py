"""``forecast fit``: learn from a table and save the forecaster."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from forecast.cli.arguments import BEST, coverage, model_or_best
from forecast.cli.code import add_code, check_code, fitting_code, reading_code, write_code
from forecast.cli.common import OUTPUT, SETTINGS, Parser, add_command, check_free, tell
from forecast.cli.decision import (
    COVERAGE,
    Decision,
    add_choice,
    decide,
    decision_of,
    forecaster_of,
)
from forecast.cli.glossary import epilog
from forecast.cli.learning import learn
from forecast.cli.source import OPTIONS, Source, add_source, load
from forecast.cli.trial import set_trial_defaults, try_models
from forecast.exceptions import InputError
from forecast.presets import MODELS

_FLAGSHIP = "lstm"
_EXAMPLES = (
    "forecast fit sales.csv --target sales --horizon 7 --model best --save sales.seqcast",
    "forecast fit --from runs/sales --save sales.seqcast    # the choice of forecast run",
)


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "learn from a table and save the forecaster"
    parser = add_command(commands, "fit", about, parents, epilog(_EXAMPLES, ["models"]))
    add_source(parser, needed=False)
    group = parser.group(SETTINGS)
    group.add_argument(
        "--model",
        metavar="M",
        type=model_or_best,
        help=f"{', '.join(MODELS)}, or best: the one that a backtest of the default models "
        f"chooses (default: {_FLAGSHIP}; with --from the choice of the run)",
    )
    group.add_argument(
        "--from",
        dest="run_folder",
        metavar="RUN",
        type=Path,
        help="a folder that forecast run or backtest has written: learn its choice, with its "
        "options and, unless another is given, from its SOURCE",
    )
    add_choice(parser)
    group.add_argument(
        "--coverage",
        metavar="P",
        type=coverage,
        help="take intervals of up to this coverage from errors on held-out rows "
        f"(default: the model's own; {COVERAGE} where a backtest has chosen it)",
    )
    output = parser.group(OUTPUT)
    output.add_argument(
        "--save", metavar="FILE", type=Path, required=True, help="where to save the forecaster"
    )
    add_code(parser)
    output.add_argument("--force", action="store_true", help="replace FILE and PY if they exist")
    set_trial_defaults(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Fit a preset and save it."""
    from forecast.persistence.store import save

    # Before the work, not after it.
    check_free(args.save, args.force)
    check_code(args)
    if args.run_folder is None and args.source is None:
        raise InputError("there is nothing to learn from: give a SOURCE, or a run with --from.")
    decided = None if args.run_folder is None else _of_run(args)
    source = load(args)
    decision = decided or _decision(source, args)
    forecaster = forecaster_of(decision, source, args)
    learn(forecaster, decision.name, source, args)
    save(forecaster, args.save)
    kept = f"save(model, {str(args.save)!r})\n"
    write_code(args, reading_code(source, args), fitting_code(forecaster, source), kept)
    sys.stdout.write(f"{args.save}: {' '.join(repr(forecaster).split())}\n")


def _of_run(args: argparse.Namespace) -> Decision:
    """Return the choice of a run; where an option is not given, take that of the run."""
    from forecast.evaluation.results import Backtest

    result = Backtest.load(args.run_folder)
    options = result.settings.get("options")
    if options is None:
        raise InputError(
            f"{args.run_folder} does not say with which options it was made. Make it anew with "
            "forecast backtest --out or forecast run."
        )
    if args.source is not None:
        options = {**options, "query": None}  # which is one of the SOURCE of the run
    for name in OPTIONS:
        if getattr(args, name) is None:
            setattr(args, name, options.get(name))
    if args.model not in (None, BEST):
        return Decision(args.model, "")
    decision = decision_of(args.run_folder, result, args)
    tell(args, decision.reason)
    return decision


def _decision(source: Source, args: argparse.Namespace) -> Decision:
    """Return the model that was asked for, or the one that a backtest chooses."""
    if args.model != BEST:
        return Decision(args.model or _FLAGSHIP, "")
    decision = decide(try_models(source, args), args)
    tell(args, decision.reason)
    return decision
