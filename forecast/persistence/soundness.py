"""What loads, answers: a loaded forecaster is checked and tried before it is handed out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import Refusal
from forecast.forecasters.base import Forecaster
from forecast.tables.frequency import Frequency
from forecast.tables.panel import Columns, Panel
from forecast.validation import check_parameters

_LEVELS = (0.1, 0.9)
_SOME = 7  # series of many, and origins


def check_sound(estimator: Any, n_numbers: int) -> None:
    """Refuse a fitted forecaster whose attributes do not fit together.

    Parameters
    ----------
    estimator : estimator
    n_numbers : int
        The numbers in all its arrays: it answers no more steps than these.

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
    if not isinstance(estimator, Forecaster) or not hasattr(estimator, "memory_"):
        return
    check_parameters(estimator, estimator._rules)
    _check_tables(estimator)
    steps = min(_steps(estimator), n_numbers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for question in _questions(deepcopy(estimator), steps):
            with suppress(Refusal):
                question()


# --- the tables


def _demand(holds: bool, what: str) -> None:
    """Refuse where something does not hold."""
    if not holds:
        raise ValueError(f"wrong {what}")


def _check_tables(estimator: Forecaster) -> None:
    """Refuse what is remembered where it is no table, or not of the columns and series learned."""
    memory, columns = estimator.memory_, estimator._columns
    _check_panel(memory, len(columns.features))
    _demand(columns == memory.columns and estimator.series_ == memory.names, "names")
    _demand(estimator.target_names_ == list(columns.targets), "names of targets")
    _demand(estimator.n_features_in_ == len(columns.features), "number of features")
    _demand(estimator._past.shape == (len(columns.features),), "features")
    _demand(estimator._past.dtype == bool, "features")
    names = getattr(estimator, "feature_names_in_", columns.features)
    _demand(tuple(names) == columns.features, "names of features")
    if hasattr(estimator, "recent_"):
        recent = estimator.recent_
        _check_panel(recent, 0)
        _demand(recent.names == memory.names and recent.columns == columns, "names of charts")
        ends = recent.times[recent.last]
        _demand(ends.equals(memory.times[memory.last]), "end of charts")


def _check_panel(panel: Panel, n_features: int) -> None:
    """Refuse a panel that is none, or whose rows do not follow one another."""
    _demand(isinstance(panel, Panel), "table")
    _demand(isinstance(panel.columns, Columns), "columns")
    _demand(isinstance(panel.frequency, Frequency), "frequency")
    n_rows, n_series = len(panel.times), len(panel.names)
    _demand(panel.bounds.dtype.kind == panel.numbers.dtype.kind == "i", "bounds")
    # Every series of the training table has at least one row, in the order of the names.
    _demand(np.array_equal(panel.numbers, np.arange(n_series)), "numbers of series")  # noqa: TID251
    _demand(panel.bounds.shape == (n_series + 1,) and (panel.lengths > 0).all(), "bounds")
    _demand(panel.bounds[0] == 0 and panel.bounds[-1] == n_rows, "bounds")
    for values, width in ((panel.X, n_features), (panel.y, len(panel.columns.targets))):
        _demand(values.dtype.kind == "f" and values.shape == (n_rows, width), "values")
    panel.frequency.check_kind(panel.times, panel.times[0])
    _demand(not len(panel.frequency.irregular(panel.times, panel.bounds)), "moments")


# --- the questions


def _questions(estimator: Forecaster, steps: int) -> Iterator[Callable[[], Any]]:
    """Yield one question after the other; the last one changes the estimator."""
    memory = estimator.memory_
    X, y, origins = _table(memory, 2)
    is_ahead = np.ones(len(X), dtype=bool)
    is_ahead[memory.position + np.repeat(origins - memory.lengths + 1, memory.lengths)] = False
    yield lambda: estimator.predict(X[is_ahead])
    if memory.n_series > _SOME:
        yield lambda: estimator.hindcast(X, y, origins, 1, _LEVELS)

    # Some series from more rows: from several origins, then beyond what is answered at once.
    some = getattr(estimator, "recent_", memory).select(np.arange(min(memory.n_series, _SOME)))
    *table, last = _table(some, steps)
    several = (last - np.arange(min(_SOME, some.lengths.min()))[:, None]).ravel()
    yield lambda: estimator.hindcast(*table, several, 1, _LEVELS)
    yield lambda: estimator.hindcast(*table, last, steps, _LEVELS)

    yield lambda: estimator.update(X[is_ahead], y[is_ahead])


def _steps(estimator: Forecaster) -> int:
    """Return the longest horizon or season of a forecaster and its members.

    Where the steps behind it continue from these, it is one step more.
    """
    own = max(getattr(estimator, name, None) or 1 for name in ("horizon", "season_length"))
    own += estimator._direct_horizon(own + 1) == own
    return max([own, *map(_steps, getattr(estimator, "members_", ()))])


def _table(panel: Panel, n: int) -> tuple[pd.DataFrame, Any, np.ndarray]:
    """Return X and y of a panel with `n` more rows for each series, and its last rows there.

    Features are zero, and unknown values as those before.
    """
    longer = panel.extend(n)
    columns = panel.columns
    index = longer.index(np.arange(len(longer)))
    X = pd.DataFrame(0.0, index, columns=list(columns.features))
    y = pd.DataFrame(longer.y, index, columns=list(columns.targets)).ffill()
    return X, y.iloc[:, 0] if columns.flat else y, longer.last - n
