"""What loads, answers: a loaded forecaster is checked and tried before it is handed out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from forecast.exceptions import Refusal
from forecast.forecasters.base import Forecaster
from forecast.tables.panel import Columns, Panel
from forecast.validation import check_parameters

_LEVELS = np.array([0.1, 0.9])
_SOME = 5  # series of many, and origins


def check_sound(estimator: Any, n_numbers: int) -> None:
    """Refuse a fitted forecaster whose attributes do not fit together.

    Parameters
    ----------
    estimator : estimator
    n_numbers : int
        The numbers in all its arrays: it has learned no longer seasons, nor from longer windows.

    Raises
    ------
    Exception
        Of any kind.

    Notes
    -----
    Its tables are checked first, as they say how much there is to compute. Then it is asked what
    shows whether the rest fits. It may refuse an answer in words of its own; any other error says
    that its file is damaged.
    """
    # The forecaster of a detector is tried as one by itself.
    estimator = getattr(estimator, "forecaster_", estimator)
    if not isinstance(estimator, Forecaster):
        return
    if vars(estimator).keys() <= estimator.get_params(deep=False).keys():  # not fitted
        return
    for each in (estimator, *getattr(estimator, "members_", ())):
        check_parameters(each, each._rules)
        _check_tables(each)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for question in _questions(deepcopy(estimator), n_numbers):
            with suppress(Refusal):
                question()


# --- the tables


def _demand(holds: bool, what: str) -> None:
    """Refuse where something does not hold."""
    if not holds:
        raise ValueError(f"wrong {what}")


def _check_tables(estimator: Forecaster) -> None:
    """Refuse what is remembered where it is no table, or not of the columns and series learned."""
    memory = estimator.memory_
    _check_panel(memory, estimator.n_features_in_)
    _demand(estimator.series_ == memory.names, "names of series")
    _check_columns(estimator, memory.columns)
    # Only a table that begins as the training part did is read from these.
    first_states = getattr(estimator, "first_state_", None)
    if first_states is not None:
        _demand(_shapes(first_states) == _shapes(estimator.state_), "first states")
    # A member of others and a file of an earlier version have nothing for charts.
    recent = getattr(estimator, "recent_", replace(memory, X=memory.X[:, :0]))
    _check_panel(recent, 0)
    _demand(recent.names == memory.names, "names of series for charts")
    _demand(recent.columns == memory.columns, "columns for charts")
    _demand(recent.times[recent.last].equals(memory.times[memory.last]), "end of charts")


def _shapes(states: list[list[np.ndarray]]) -> list[list[tuple[int, ...]]]:
    """Return the shape of the state of each series and target."""
    return [[state.shape for state in series] for series in states]


def _check_columns(estimator: Forecaster, columns: Columns) -> None:
    """Refuse what was learned of the columns where it is not of those remembered."""
    names = columns.features
    _demand(estimator._columns == columns and estimator.n_features_in_ == len(names), "columns")
    _demand(estimator.target_names_ == list(columns.targets), "names of targets")
    _demand(tuple(getattr(estimator, "feature_names_in_", names)) == names, "names of features")
    past, rising, digest = estimator._past, estimator._usage.rising, estimator._usage.digest
    _demand(past.shape == (len(names),) and past.dtype == bool, "past features")
    _demand(digest is None or type(digest) is int, "digest of rows")
    if rising is not None:
        _demand(rising.shape == (2, len(names)) and rising.dtype.kind == "f", "rising columns")


def _check_panel(panel: Panel, n_features: int) -> None:
    """Refuse a panel that is none, or whose rows do not follow one another."""
    _demand(isinstance(panel, Panel), "table")
    frequency = panel.frequency
    _demand(frequency.step > 0 and frequency.season_length > 0, "frequency")
    n_rows, n_series = len(panel.times), len(panel.names)
    _demand(panel.bounds.dtype.kind == panel.numbers.dtype.kind == "i", "bounds")
    # Every series of the training table has at least one row, in the order of the names.
    _demand(np.array_equal(panel.numbers, np.arange(n_series)), "numbers of series")  # noqa: TID251
    _demand(panel.bounds.shape == (n_series + 1,) and panel.lengths.min() > 0, "bounds")
    _demand(panel.bounds[0] == 0 and panel.bounds[-1] == n_rows, "bounds")
    for values, width in ((panel.X, n_features), (panel.y, len(panel.columns.targets))):
        _demand(values.dtype.kind == "f" and values.shape == (n_rows, width), "values")
    frequency.check_kind(panel.times, panel.times[0])
    _demand(not len(frequency.irregular(panel.times, panel.bounds)), "moments")


# --- the questions


def _questions(estimator: Forecaster, n_numbers: int) -> Iterator[Callable[[], Any]]:
    """Yield one question after the other; the last one changes the estimator."""
    memory = estimator.memory_
    # The next two steps of every series.
    longer, is_ahead = _longer(memory, 2)
    yield lambda: _ask(estimator, longer, longer.last - 2, 2)

    # Some series as a table of its own: from several origins, and beyond what is answered at once.
    some = memory.select(np.arange(min(memory.n_series, _SOME)))
    steps = min(_steps(estimator), n_numbers)
    n_rows = min(_needs(estimator), n_numbers) + _SOME
    table = replace(_longer(some, n_rows + steps)[0], continues=False)
    last = table.last - steps
    several = (last - np.arange(_SOME)[:, None]).ravel()
    at_once = estimator._direct_horizon(steps)
    yield lambda: _ask(estimator, table, several, at_once)
    if at_once < steps:
        yield lambda: _ask(estimator, table, last, steps)

    yield lambda: estimator._update(longer.take(np.flatnonzero(is_ahead)))


def _ask(estimator: Forecaster, panel: Panel, origins: np.ndarray, steps: int) -> None:
    """Forecast from rows of a panel; refuse an answer that is not one for each of them."""
    answer = estimator._hindcast(panel, origins, steps, _LEVELS)
    shape = len(origins), steps, panel.y.shape[1], 1 + len(_LEVELS)
    _demand(answer.shape == shape, "number of forecasts")


def _steps(estimator: Forecaster) -> int:
    """Return the longest horizon or season of a forecaster and its members.

    Where the steps behind it continue from these, it is one step more.
    """
    own = max(getattr(estimator, name, None) or 1 for name in ("horizon", "season_length"))
    own += estimator._direct_horizon(own + 1) == own
    return max([own, *map(_steps, getattr(estimator, "members_", ()))])


def _needs(estimator: Forecaster) -> int:
    """Return the fewest rows that a forecaster and all its members learn from."""
    return max([estimator._needs()[0], *map(_needs, getattr(estimator, "members_", ()))])


def _longer(panel: Panel, n: int) -> tuple[Panel, np.ndarray]:
    """Put `n` rows behind each series, as its last one but features of zero, and say which."""
    longer = panel.extend(n)
    is_ahead = longer.position >= np.repeat(panel.lengths, longer.lengths)
    longer.X[is_ahead] = 0
    longer.y[is_ahead] = np.repeat(panel.y[panel.last], n, axis=0)
    return longer, is_ahead
