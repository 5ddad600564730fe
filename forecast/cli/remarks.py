"""What the scores of a backtest do not show, in sentences."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from forecast.exceptions import Refusal
from forecast.wording import counted, not_scored, set_aside, some_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.plan import Failure
    from forecast.evaluation.results import Backtest


def failed_in_words(result: Backtest, failures: list[Failure]) -> list[str]:
    """Say of each model with some forecasts where it has none, and why."""
    remarks = []
    for model in result.settings["models"]:
        of_model = [failure for failure in failures if failure.model == model]
        if of_model:
            first = of_model[0]
            where = f"{some_of(first.series, 2)} from {first.origin}"
            remarks.append(
                f"{model} failed on {counted(len(of_model), 'part')} of the work, which no model "
                f"is scored by, first on {where}: {sentence_of(first)}"
            )
    return remarks


def left_out_in_words(result: Backtest, y: pd.Series | None, args: argparse.Namespace) -> list[str]:
    """Say which series have no scores, or have them from another model."""
    remarks = [set_aside(name, each) for name, each in result.settings["set_aside"].items()]
    late = [] if y is None or args.refit != "never" else _begun_between(result, y)
    if late:
        said = f"not scored, since they began after the only fit: {some_of(late)}"
        remarks.append(f"{said}; --refit always scores them from their second row on")
    others = [name for name in result.left_out if name not in late]
    if others:
        remarks.append(not_scored(others))
    return remarks


def _begun_between(result: Backtest, y: pd.Series) -> list[str]:
    """Return the series without scores that have begun by the last origin and go on after it."""
    from forecast.evaluation.source import FEWEST_ROWS

    if not result.left_out:
        return []
    last_origin = result.origins[-1]
    times = y.index.get_level_values(-1).to_series()
    rows = (times <= last_origin).groupby(y.index.get_level_values(0)).sum()
    begun = {str(name) for name in rows.index[rows >= FEWEST_ROWS]}
    ended = {str(name) for name in rows.index[rows == y.groupby(level=0).size()]}
    return [name for name in result.left_out if name in begun - ended]


def sentence_of(failure: Failure) -> str:
    """Return why a model has failed."""
    error = failure.error
    said = error.at_command_line() if isinstance(error, Refusal) else str(error)
    return said.removeprefix(f"{failure.model}: ")
