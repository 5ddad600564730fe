"""History and future in one table: where the values of y begin, and where they end.

A table with a price list, a calendar or a weather forecast goes on where y has ended. Its last rows
without a value are the rows to forecast, and rows before the first value have not begun: neither is
a gap to fill.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.tables.cells import as_pandas
from forecast.tables.frequency import numbered_series
from forecast.tables.intake import check_same_length
from forecast.tables.rows import moments_of

__all__ = ["part_at_last_value"]


class Parts(NamedTuple):
    """A table parted into its history and the rows to forecast."""

    X: Any  # of the history; None where the table had none
    y: Any  # from the first value of each series to its last one
    ahead: pd.DataFrame  # the rows of X after the last value of y


def part_at_last_value(X: Any, y: Any) -> Parts:
    """Part a table into the rows to learn from and the rows to forecast.

    Parameters
    ----------
    X : DataFrame, array-like of shape (n_rows, n_features) or None
        What is known for each moment, in the history and ahead.
    y : Series, DataFrame or array-like of shape (n_rows,) or (n_rows, n_targets)
        NaN in the rows to forecast. With several targets, a row counts as observed where one of
        them is.

    Returns
    -------
    Parts
        A named tuple of `X` and `y`, from the first value of y to its last, and of `ahead`, the
        rows of X after it: a frame, without columns where X is None. All have their moments as
        the index. Gaps between two values stay, and so does a series without any value.

    Raises
    ------
    ValueError
        If X and y differ in length or in their index, or a row has no name of its series.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=4)
    >>> X = pd.DataFrame({"price": [1.0, 2.0, 3.0, 4.0]}, days)
    >>> X, y, ahead = part_at_last_value(X, pd.Series([np.nan, 5.0, 6.0, np.nan], days))
    >>> y.tolist()
    [5.0, 6.0]
    >>> ahead
                price
    2024-01-04    4.0
    """
    values = _framed(as_pandas(y))
    features = pd.DataFrame(index=values.index) if X is None else _framed(as_pandas(X))
    check_same_length(features, values)
    # Both get the moments as their index, whichever of them had it.
    index = moments_of(features, values, len(values))
    values = values.set_axis(index, axis=0)
    features = features.set_axis(index, axis=0)

    is_value = values.notna().to_numpy().reshape(len(values), -1)  # (n_rows, n_targets)
    is_history, is_ahead = observed_span(is_value, index)
    known = None if X is None else features[is_history]
    return Parts(known, values[is_history], features[is_ahead])


def observed_span(is_value: np.ndarray, index: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows lie between the first and the last value of their series, and which after.

    Parameters
    ----------
    is_value : array of shape (n_rows, n_targets)
        Where y has a value.
    index : Index of length n_rows
        Moments, or (series, moment), in any order.

    Returns
    -------
    is_history, is_ahead : arrays of shape (n_rows,)
        A series without any value is history throughout, for a forecaster to refuse by name.
    """
    series, names = numbered_series(index)
    # Rows are compared by the number of their moment; one that has no moment has no number, and
    # stays in the history, where it is refused.
    moment, _ = pd.factorize(index.get_level_values(-1), sort=True)
    observed = is_value.any(axis=1)

    first = np.full(len(names), len(index))
    last = np.full(len(names), -1)
    np.minimum.at(first, series[observed], moment[observed])
    np.maximum.at(last, series[observed], moment[observed])
    is_empty = last < 0
    first[is_empty] = 0
    last[is_empty] = len(index)

    is_ahead = moment > last[series]
    has_begun = (moment >= first[series]) | (moment < 0)
    return has_begun & ~is_ahead, is_ahead


def _framed(table: Any) -> Any:
    """Return a table as a frame, or as a series where it has one axis."""
    if isinstance(table, (pd.DataFrame, pd.Series)):
        return table
    return pd.Series(table) if np.ndim(table) == 1 else pd.DataFrame(table)
