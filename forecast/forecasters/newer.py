"""Newer rows: those of a table that lie after the end of a forecaster's memory."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from forecast.forecasters.base import Forecaster

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
        part, or the newer rows do not follow the remembered ones at once.

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
    index, features, targets = forecaster._read(X, y, reset=False)
    forecaster._check_named_series(index)
    codes, names = _series_of(index)
    times = index.get_level_values(-1)

    # Newer is what lies after the last remembered row of its series.
    memory = forecaster.memory_
    memory.frequency.check_kind(times, memory.times[-1])
    ends = memory.times[memory.last][forecaster._numbers(names)]  # (series,) of this table
    newer = np.asarray(times > ends[codes])

    # Observed is what lies no later than the last value of its series: gaps before it are gaps.
    moments = pd.Series(times)
    has_value = ~np.isnan(targets).all(axis=1)
    last_value = moments.where(newer & has_value).groupby(codes).transform("max")
    observed = newer & np.asarray(moments <= last_value)

    table = _with_index(X, features, index)
    if observed.any():
        forecaster.update(table[observed], targets[observed])
    return int(observed.sum()), table[newer & ~observed]


def columns_ahead(forecaster: Forecaster) -> list[Any]:
    """Return the columns of X that must be known ahead, by name or else by position."""
    if not forecaster._reads_features:
        return []
    names = getattr(forecaster, "feature_names_in_", range(forecaster.n_features_in_))
    columns = zip(names, forecaster._past, strict=True)
    return [name for name, only_observed in columns if not only_observed]


def _series_of(index: pd.Index) -> tuple[np.ndarray, list[Hashable]]:
    """Return the number of the series of each row, (rows,), and the names of the series."""
    if not isinstance(index, pd.MultiIndex):
        return np.zeros(len(index), dtype=np.intp), [None]
    codes, names = pd.factorize(index.get_level_values(0))
    return codes, list(names)


def _with_index(X: Any, features: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Return X as a frame whose index says the moments; without columns where there is no X."""
    if X is None:
        return pd.DataFrame(index=index)
    if isinstance(X, pd.DataFrame):
        return X.set_axis(index, axis=0)
    return pd.DataFrame(features, index=index)
