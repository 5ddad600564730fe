"""The parts of a backtest: what one fit of a model says of a run of series.

A part follows from what stands in its `Task` and from nothing else, so that it may be made by any
process of any machine, in any order.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone

from forecast.evaluation.folds import Fold
from forecast.evaluation.origins import RollingOrigin
from forecast.evaluation.results import quantile_name
from forecast.evaluation.source import Cuts, Source
from forecast.exceptions import FitInterrupted, InputError, Refusal
from forecast.forecasters.base import Forecaster
from forecast.forecasters.process import one_thread
from forecast.tables.mapped import map_panels
from forecast.tables.panel import Panel


class Table(Protocol):
    """Series of a table, in memory or where they can be read."""

    def runs(self) -> Iterator[Source]:
        """Yield one run of series after the other; what is read from files is read each time."""


class Task(NamedTuple):
    """What a part follows from."""

    model: str  # its name
    forecaster: Any
    source: Table
    cuts: Cuts  # of the origins that one fit answers
    cv: RollingOrigin
    fewest: int  # rows with which a series has begun
    quantiles: np.ndarray


class Told(NamedTuple):
    """What is told of a part beside its table."""

    set_aside: dict[str, str]  # the series that are too short for the model, and what answers them
    seconds: float
    error: Exception | None = None  # why there are no forecasts


class Part(NamedTuple):
    """What a model says of a run of series from the origins of one fit."""

    table: pd.DataFrame  # rows of the forecasts table, with NaN where the model has failed
    told: Told


def make_part(task: Task) -> Part:
    """Let a model learn and answer."""
    # One thread, since sums in several end otherwise. TensorFlow asks at its first use.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    started = time.perf_counter()
    # A forecaster of this package answers all origins of a fold at once.
    answers = _of_forecaster if isinstance(task.forecaster, Forecaster) else _of_regressor
    error: Exception | None = None
    try:
        with one_thread():
            tables, set_aside = answers(task)
    except Exception as raised:
        error = _in_the_name_of(task.model, raised)
        tables, set_aside = [_unanswered(task, *cut) for cut in _cuts(task)], {}
    seconds = time.perf_counter() - started
    return Part(pd.concat(tables, ignore_index=True), Told(set_aside, seconds, error))


def _cuts(task: Task) -> Iterator[tuple[Source, Fold]]:
    """Yield the runs of series, each with what the fit may learn from and is asked for."""
    for source in task.source.runs():
        yield source, Fold.of(source, task.cuts, task.cv, task.fewest)


def _in_the_name_of(model: str, error: Exception) -> Exception:
    """Return an error of a model, such that it crosses processes."""
    if isinstance(error, Refusal):
        return error.within(model)
    kind = TypeError if isinstance(error, TypeError) else ValueError
    named = kind(f"{model}: {str(error) or type(error).__name__}")
    named.__cause__ = error
    return named


# --- a forecaster of this package


def _of_forecaster(task: Task) -> tuple[list[pd.DataFrame], dict[str, str]]:
    """Return what a forecaster says, run by run, and the series that are too short for it."""
    if not any(len(fold.origins) for _, fold in _cuts(task)):
        return [_unanswered(task, *cut) for cut in _cuts(task)], {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        training = _training(task, Path(folder))
        learned = _fitted(lambda: clone(task.forecaster)._fit(training))
        tables = []
        n_before = 0
        for source, fold in _cuts(task):
            known = _known(source, fold)
            # The series of a run follow those of the runs before it.
            numbers = n_before + known.numbers
            n_before += known.n_series
            known = replace(known, names=learned.series_, numbers=numbers)
            answer = _hindcast(learned, known, fold, task.quantiles)
            tables.append(_table(task, source, fold, answer))
    return tables, learned._set_aside()


def _training(task: Task, folder: Path) -> Panel:
    """Return the training rows: of one run in memory, of several in files."""
    panels = (source.panel.take(fold.training).as_training() for source, fold in _cuts(task))
    begun = (panel for panel in panels if panel.n_series)
    first = next(begun)
    second = next(begun, None)
    return first if second is None else map_panels(chain([first, second], begun), folder)


def _known(source: Source, fold: Fold) -> Panel:
    """Return what forecasts may read of the series that have begun, which are those learned."""
    known = source.panel.take(fold.known).as_training()
    # Nobody sees what follows the last origin.
    known.y[source.moment[fold.known] > fold.last_origin] = np.nan
    return known


def _hindcast(learned: Forecaster, known: Panel, fold: Fold, quantiles: np.ndarray) -> np.ndarray:
    """Forecast from all origins: (n_origins, reach, n_targets, 1 + n_quantiles)."""
    origins = np.searchsorted(fold.known, fold.origins)  # their rows among the known ones
    answer = _empty(fold, known.y.shape[1], quantiles)
    # A series that ends early is asked for fewer steps.
    steps = fold.exists.sum(axis=1)
    for n in np.unique(steps[steps > 0]):
        asked = steps == n
        learned._check_read(known, origins[asked], int(n))
        answer[asked, :n] = learned._hindcast(known, origins[asked], int(n), quantiles)
    return answer


# --- any other regressor


def _of_regressor(task: Task) -> tuple[list[pd.DataFrame], dict[str, str]]:
    """Fit a regressor and ask it for the rows after the only origin."""
    return [_regressor_table(task, *cut) for cut in _cuts(task)], {}


def _regressor_table(task: Task, source: Source, fold: Fold) -> pd.DataFrame:
    """Return what a regressor says of a table that is in memory as a whole."""
    if not len(fold.origins):
        return _unanswered(task, source, fold)
    if fold.n_moments > 1 or len(task.quantiles):
        raise InputError(
            "it has no hindcast: use refit='always' and no quantiles, or a forecaster of this "
            "package, such as TransformedTargetForecaster for a function of y."
        )
    # It learns from the rows in the order in which the user gave them.
    users_order = np.argsort(source.order[fold.training])
    X, y = source.users_rows(fold.training[users_order])
    learned = _fitted(lambda: clone(task.forecaster).fit(X, y))
    # The rows asked for come behind the training rows, whatever their order was.
    asked = fold.ahead[fold.exists]
    X, _ = source.users_rows(asked)
    answer = _empty(fold, source.n_targets, task.quantiles)
    answer[fold.exists] = np.reshape(learned.predict(X), (len(asked), -1, 1))
    return _table(task, source, fold, answer)


# --- both


def _fitted(fit: Callable[[], Any]) -> Any:
    """Fit; Ctrl-C ends the backtest, for the score of a half-learned model would be no one's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitInterrupted)
        try:
            return fit()
        except FitInterrupted as stopped:
            raise KeyboardInterrupt from stopped


def _empty(fold: Fold, n_targets: int, quantiles: np.ndarray) -> np.ndarray:
    """Return the place of the answers: (n_origins, reach, n_targets, 1 + n_quantiles)."""
    return np.full((*fold.exists.shape, n_targets, 1 + len(quantiles)), np.nan)


def _unanswered(task: Task, source: Source, fold: Fold) -> pd.DataFrame:
    """Return the rows of the forecasts table without forecasts."""
    return _table(task, source, fold, _empty(fold, source.n_targets, task.quantiles))


def _table(task: Task, source: Source, fold: Fold, answer: np.ndarray) -> pd.DataFrame:
    """Lay the answers of one fold out as rows of the forecasts table, target after target."""
    targets = range(source.n_targets)
    blocks = [_block(target, source, fold, answer, task.quantiles) for target in targets]
    return pd.concat(blocks, ignore_index=True)


def _block(
    target: int, source: Source, fold: Fold, answer: np.ndarray, quantiles: np.ndarray
) -> pd.DataFrame:
    """Lay one target's answers of one fold out as rows; the series are numbered by `labels`."""
    # A row for each origin and each step for which the source has a row.
    origin, step = fold.scored
    rows = fold.ahead[origin, step]
    of_origin = fold.origins[origin]
    series = source.first + source.series[of_origin]
    columns = {
        "series": series * source.n_targets + target,
        "origin": source.moments[source.moment[of_origin]],
        "step": step + 1,
        "timestamp": source.moments[source.moment[rows]],
        "actual": source.actual[rows, target],
        "forecast": answer[origin, step, target, 0],
    }
    for place, quantile in enumerate(quantiles):
        columns[quantile_name(quantile)] = answer[origin, step, target, 1 + place]
    return pd.DataFrame(columns)
