"""The parts of a backtest: what one fit of a model says of a run of series.

A part follows from what stands in its `Task` and from nothing else, so that it may be made by any
process of any machine, in any order.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
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


class Loadable(Protocol):
    """A run of series, in memory or where it can be read."""

    def loaded(self) -> Source:
        """Return it."""


class Task(NamedTuple):
    """What a part follows from."""

    model: str  # its name
    forecaster: Any
    source: Loadable  # a run of series
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
    source = task.source.loaded()
    fold = Fold.of(source, task.cuts, task.cv, task.fewest)
    # A forecaster of this package answers all origins of a fold at once.
    is_own = isinstance(task.forecaster, Forecaster)
    answer = _forecaster_answer if is_own else _regressor_answer
    error: Exception | None = None
    set_aside: dict[str, str] = {}
    started = time.perf_counter()
    answered = _empty(source, fold, task.quantiles)
    # One thread, since sums in several end otherwise. TensorFlow asks at its first use.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    if len(fold.origins):
        try:
            with one_thread():
                answered, set_aside = answer(task.forecaster, source, fold, task.quantiles)
        except Exception as raised:
            error = _in_the_name_of(task.model, raised)
    seconds = time.perf_counter() - started
    targets = range(source.n_targets)
    blocks = [_block(target, source, fold, answered, task.quantiles) for target in targets]
    return Part(pd.concat(blocks, ignore_index=True), Told(set_aside, seconds, error))


def _in_the_name_of(model: str, error: Exception) -> Exception:
    """Return an error of a model, such that it crosses processes."""
    if isinstance(error, Refusal):
        return error.within(model)
    kind = TypeError if isinstance(error, TypeError) else ValueError
    named = kind(f"{model}: {str(error) or type(error).__name__}")
    named.__cause__ = error
    return named


def _empty(source: Source, fold: Fold, quantiles: np.ndarray) -> np.ndarray:
    """Return the place of the answers: (n_origins, reach, n_targets, 1 + n_quantiles)."""
    shape = (*fold.exists.shape, source.n_targets, 1 + len(quantiles))
    return np.full(shape, np.nan)


def _forecaster_answer(
    model: Forecaster, source: Source, fold: Fold, quantiles: np.ndarray
) -> tuple[np.ndarray, dict[str, str]]:
    """Fit a copy and hindcast from all origins: (n_origins, reach, n_targets, 1 + n_quantiles).

    Also return the series that are too short for it, and what answers them.
    """
    # Both panels number the series that have begun, so that they agree on the numbers.
    training = source.panel.take(fold.training).as_training()
    known = source.panel.take(fold.known).as_training()
    # Nobody sees what follows the last origin.
    known.y[source.moment[fold.known] > fold.last_origin] = np.nan
    learned = _fitted(lambda: clone(model)._fit(training))
    origins = np.searchsorted(fold.known, fold.origins)  # their rows among the known ones
    answer = _empty(source, fold, quantiles)
    # A series that ends early is asked for fewer steps.
    steps = fold.exists.sum(axis=1)
    for n in np.unique(steps[steps > 0]):
        asked = steps == n
        learned._check_read(known, origins[asked], int(n))
        answer[asked, :n] = learned._hindcast(known, origins[asked], int(n), quantiles)
    return answer, learned._set_aside()


def _regressor_answer(
    model: Any, source: Source, fold: Fold, quantiles: np.ndarray
) -> tuple[np.ndarray, dict[str, str]]:
    """Fit any other regressor and ask it for the rows after the only origin."""
    if fold.n_moments > 1 or len(quantiles):
        raise InputError(
            "it has no hindcast: use refit='always' and no quantiles, or a forecaster of this "
            "package, such as TransformedTargetForecaster for a function of y."
        )
    # It learns from the rows in the order in which the user gave them.
    users_order = np.argsort(source.order[fold.training])
    X, y = source.users_rows(fold.training[users_order])
    learned = _fitted(lambda: clone(model).fit(X, y))
    # The rows asked for come behind the training rows, whatever their order was.
    asked = fold.ahead[fold.exists]
    X, _ = source.users_rows(asked)
    answer = _empty(source, fold, quantiles)
    answer[fold.exists] = np.reshape(learned.predict(X), (len(asked), -1, 1))
    return answer, {}


def _fitted(fit: Callable[[], Any]) -> Any:
    """Fit; Ctrl-C ends the backtest, for the score of a half-learned model would be no one's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitInterrupted)
        try:
            return fit()
        except FitInterrupted as stopped:
            raise KeyboardInterrupt from stopped


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
