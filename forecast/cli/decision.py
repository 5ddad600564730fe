"""Which model goes on after a backtest: decided, written into the folder of a run, read again."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.cli.common import SETTINGS, Parser
from forecast.cli.source import Source, configured
from forecast.exceptions import InputError
from forecast.presets import MODELS
from forecast.run_folder import CHOICE

if TYPE_CHECKING:
    from forecast.evaluation.results import Backtest

COVERAGE = 0.9  # of the intervals of a model that was chosen, unless told


class Decision(NamedTuple):
    """The model that goes on, or one for each series, and why."""

    model: str
    reason: str
    series: dict[str, str] | None = None  # the model of each series that was scored
    coverage: float | None = None  # of the intervals that come from held-out errors

    @property
    def name(self) -> str:
        """What the forecaster is called in a sentence."""
        return self.model if self.series is None else "the model of each series"


def add_choice(parser: Parser) -> None:
    """Add the option that says for what a model is chosen."""
    parser.group(SETTINGS).add_argument(
        "--choose",
        choices=("overall", "per-series"),
        default="overall",
        help="one model for all series (default), or for each the best of its own",
    )


def decide(result: Backtest, args: argparse.Namespace) -> Decision:
    """Choose a model by the backtest, or one for each series."""
    simplest_first = list(MODELS)
    coverage = args.coverage or COVERAGE
    best = result.choose(simplest_first=simplest_first)
    if args.choose == "overall":
        return Decision(*best, coverage=coverage)
    chosen = result.choose_by_series(simplest_first=simplest_first)
    series = {name: choice.model for name, choice in chosen.items()}
    counts = Counter(series.values()).most_common()
    spread = ", ".join(f"{model} for {n}" for model, n in counts)
    # A series without scores, such as one that has just begun, takes what is best for all.
    reason = f"of {len(series)} series each has its own model: {spread}."
    return Decision(best.model, reason, series, coverage)


def forecaster_of(decision: Decision, source: Source, args: argparse.Namespace) -> Any:
    """Make the forecaster that was decided on, not fitted yet."""
    from forecast.forecasters.per_series import PerSeriesForecaster

    args.coverage = args.coverage or decision.coverage
    if decision.series is None:
        return configured(decision.model, source.y, source, args)
    # The first one answers the series that nothing was chosen for.
    names = dict.fromkeys([decision.model, *decision.series.values()])
    forecasters = {name: configured(name, source.y, source, args) for name in names}
    return PerSeriesForecaster(forecasters, decision.series)


def write_decision(decision: Decision, folder: Path) -> None:
    """Write what was decided into the folder of a run."""
    from forecast.files import write_beside

    text = json.dumps(decision._asdict(), indent=2) + "\n"
    write_beside(folder / CHOICE, lambda file: file.write_text(text, encoding="utf-8"))


def decision_of(folder: Path, result: Backtest, args: argparse.Namespace) -> Decision:
    """Return what was decided in a run, or decide now where it was a backtest alone."""
    return read_decision(folder) or decide(result, args)


def read_decision(folder: Path) -> Decision | None:
    """Return what was decided in a run; None of a backtest alone."""
    path = folder / CHOICE
    if not path.exists():
        return None
    try:
        decision = Decision(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise InputError(
            f"{path} is no choice that forecast run has written. Remove it, or run anew."
        ) from None
    for name in [decision.model, *(decision.series or {}).values()]:
        if name not in MODELS:
            raise InputError(f"{path} names {name!r}, which is no model. Remove it, or run anew.")
    return decision
