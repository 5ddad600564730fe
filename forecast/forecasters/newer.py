"""Newer rows: those of a table that lie after the end of a forecaster's memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError
from forecast.forecasters.base import Forecaster
from forecast.tables import intake
from forecast.tables.panel import Panel
from forecast.tables.question import series_of_rows
from forecast.tables.rows import check_series
from forecast.tables.timeline import is_default

__all__ = ["observe_newer"]


def observe_newer(forecaster: Forecaster, X: Any, y: Any = None) -> tuple[int, pd.DataFrame]:
    """Let a forecaster observe the rows of a table that are newer than its memory.

    For a table that grows from day to day: pass all of it, or any part that begins early enough,
    and the forecaster picks out what it has not seen (by `update`: it learns nothing anew). Rows
    after the last known value of their series are the future, whose features may be known.

    Parameters
    ----------
    forecaster : Forecaster
        Fitted. Its memory moves on.
    X : array-like of shape (n_rows, n_features) or None
        As in `fit`; with y missing, X is taken for y.
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        NaN in rows that nobody has observed yet.

    Returns
    -------
    observed : int
        How many rows were newer and had been observed.
    ahead : DataFrame of shape (n_ahead, n_features)
        The rows of X that come after them, ready for `forecast`. None may be left.

    Raises
    ------
    ValueError
        If the moments are of another kind than those in `fit`, a series was not in the training
        part, the newer rows do not follow the remembered ones at once, or rows that are counted
        from 0 do not begin with the training rows.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from forecast import NaiveForecaster, observe_newer
    >>> days = pd.date_range("2024-01-01", periods=6, freq="D")
    >>> y = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, np.nan], index=days)
    >>> model = NaiveForecaster().fit(y[:3])
    >>> observed, ahead = observe_newer(model, y)
    >>> observed
    2
    >>> model.forecast(ahead)
                forecast
    2024-01-06       5.0
    """
    check_is_fitted(forecaster)
    if y is None:
        X, y = None, X
    table = intake.read_table(forecaster, X, y, forecaster._usage)
    memory = forecaster.memory_
    check_series(table.index, memory.names)
    series = series_of_rows(table.index, memory)
    times = table.index.get_level_values(-1)
    memory.frequency.check_kind(times, memory.times[-1])
    _check_counted(table, memory)

    # Newer is what lies after the last remembered row of its series.
    ends = memory.times[memory.last]  # (series,)
    newer = np.asarray(times > ends[series])

    # Observed is what lies no later than the last value of its series: gaps before it are gaps.
    has_value = ~np.isnan(table.y).all(axis=1)
    last_value = _last_moments(times, newer & has_value, series)
    observed = newer & np.asarray(times <= last_value)
    ahead = newer & ~observed

    # A frame keeps the names of the columns, which scikit-learn compares with those of the fit.
    features = _with_index(X, table)
    if observed.any():
        forecaster.update(features[observed], table.y[observed])
    return int(observed.sum()), features[ahead]


def needs_features_ahead(forecaster: Forecaster) -> bool:
    """Whether a forecast needs columns of X that have to be known ahead."""
    return bool(forecaster._usage.needed_ahead.any())


def _check_counted(table: intake.Table, memory: Panel) -> None:
    """Refuse rows that are counted from 0, and are not those that the memory has counted."""
    if not is_default(table.index):
        return
    places = memory.times.to_numpy(dtype=np.intp)
    if places[-1] < len(table.y):
        again = table.y[places]
        is_same = (again == memory.y) | (np.isnan(again) & np.isnan(memory.y))
        if is_same.all():
            return
    raise InputError(
        f"the rows are counted from 0, but do not begin with the {places[-1] + 1} rows that were "
        "seen.",
        "Give them an index that says their moments, or the whole table.",
        "Name their times with --time, or give the whole file from its first row on.",
    )


def _last_moments(times: pd.Index, marked: np.ndarray, series: np.ndarray) -> pd.Index:
    """Return for each row the last marked moment of its series, missing where none is marked."""
    moments = pd.Series(times)
    last = moments.where(marked).groupby(series).transform("max")
    return pd.Index(last)


def _with_index(X: Any, table: intake.Table) -> pd.DataFrame:
    """Return X as a frame whose index says the moments; without columns where there is no X."""
    if X is None:
        return pd.DataFrame(index=table.index)
    if isinstance(X, pd.DataFrame):
        return X.set_axis(table.index, axis=0)
    return pd.DataFrame(table.X, index=table.index)
