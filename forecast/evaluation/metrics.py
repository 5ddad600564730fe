"""Scores of points: functions on arrays, with the definitions of the textbooks.

The error is actual − forecast. Arguments are compared by position and may have any shape, as long
as it is the same: (n_origins, horizon) or one axis. A pair in which either number is NaN is
ignored; where no pair is left the score is NaN. An infinite forecast has an infinite error.

A score checks its arguments and averages a loss of `losses`. The module is long because every
score has its formula and an example.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.evaluation.losses import (
    absolute_error,
    mean_loss,
    percentage_error,
    root_mean_loss,
    squared_error,
    variance_loss,
)
from forecast.exceptions import InputError
from forecast.validation import check, integer

__all__ = ["bias", "mae", "mase", "qlike", "rmse", "rmsse", "seasonal_scale", "smape"]


def mae(actual: Any, forecast: Any) -> float:
    """Mean absolute error.

    How far forecasts are off on average [1]_::

        mae = mean(|actual - forecast|)

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN in either: the pair is ignored.

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where no pair is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       5.8.

    Examples
    --------
    >>> mae([[3.0, 5.0]], [[4.0, 5.0]])
    0.5
    """
    actual, forecast = pairs(actual, forecast)
    return mean_loss(absolute_error(actual, forecast))


def rmse(actual: Any, forecast: Any) -> float:
    """Root mean squared error.

    Large errors count more than in `mae` [1]_::

        rmse = sqrt(mean((actual - forecast)²))

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN in either: the pair is ignored.

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where no pair is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       5.8.

    Examples
    --------
    >>> rmse([[3.0, 5.0]], [[4.0, 12.0]])
    5.0
    """
    actual, forecast = pairs(actual, forecast)
    return root_mean_loss(squared_error(actual, forecast))


def bias(actual: Any, forecast: Any) -> float:
    """Mean error: how much forecasts are too low on average.

    Positive where the forecasts lie below what came, negative where they lie above [1]_::

        bias = mean(actual - forecast)

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN in either: the pair is ignored.

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where no pair is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       5.8.

    Examples
    --------
    >>> bias([[3.0, 5.0]], [[4.0, 8.0]])
    -2.0
    """
    actual, forecast = pairs(actual, forecast)
    return mean_loss(actual - forecast)


def smape(actual: Any, forecast: Any) -> float:
    """Symmetric mean absolute percentage error, as in the M4 competition.

    The absolute error in percent of the mean size of both numbers [1]_::

        smape = mean(200 · |actual - forecast| / (|actual| + |forecast|))

    where a pair of two zeros counts 0.

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        On a scale with a true zero: not for °C or °F. NaN in either: the pair is ignored.

    Returns
    -------
    float
        Percent, from 0 to 200; NaN where no pair is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Makridakis, Spiliotis & Assimakopoulos (2020), Int. J. Forecasting 36(1), 54-74.

    Examples
    --------
    >>> smape([[3.0, 0.0]], [[5.0, 0.0]])
    25.0
    """
    actual, forecast = pairs(actual, forecast)
    return mean_loss(percentage_error(actual, forecast))


def mase(actual: Any, forecast: Any, train: Any, season_length: int = 1) -> float:
    """Mean absolute scaled error.

    The absolute error in units of the in-sample error of the seasonal naive forecast [1]_::

        mase = mean(|actual - forecast|) / mean(|train[t] - train[t - season_length]|)

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        Of one series, in its unit. NaN in either: the pair is ignored.
    train : array of shape (n_timesteps,)
        The values of the same series up to the cutoff, at least season_length + 1 of them.
    season_length : int, default=1

    Returns
    -------
    float
        Dimensionless; 1 means as good as the seasonal naive forecast in sample. NaN where no pair
        is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `train` is too short or repeats itself every `season_length` rows.

    References
    ----------
    .. [1] Hyndman & Koehler (2006), Int. J. Forecasting 22(4), 679-688.

    Examples
    --------
    >>> mase([[3.0]], [[4.0]], train=[1.0, 3.0, 5.0])
    0.5
    """
    absolute_scale, _ = seasonal_scale(train, season_length)
    return mae(actual, forecast) / absolute_scale


def rmsse(actual: Any, forecast: Any, train: Any, season_length: int = 1) -> float:
    """Root mean squared scaled error.

    The squared twin of `mase`, the score of the M5 competition [1]_::

        rmsse = sqrt(mean((actual - forecast)²) / mean((train[t] - train[t - season_length])²))

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        Of one series, in its unit. NaN in either: the pair is ignored.
    train : array of shape (n_timesteps,)
        The values of the same series up to the cutoff, at least season_length + 1 of them.
    season_length : int, default=1

    Returns
    -------
    float
        Dimensionless; 1 means as good as the seasonal naive forecast in sample. NaN where no pair
        is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `train` is too short or repeats itself every `season_length` rows.

    References
    ----------
    .. [1] Makridakis, Spiliotis & Assimakopoulos (2022), Int. J. Forecasting 38(4), 1346-1364.

    Examples
    --------
    >>> rmsse([[3.0]], [[4.0]], train=[1.0, 3.0, 5.0])
    0.5
    """
    _, squared_scale = seasonal_scale(train, season_length)
    return rmse(actual, forecast) / float(np.sqrt(squared_scale))


def seasonal_scale(train: Any, season_length: int = 1) -> tuple[float, float]:
    """Return the size of the seasonal naive forecast's errors in sample.

    It is the unit of `mase` and `rmsse`. With the changes over a season [1]_::

        change[t] = train[t] - train[t - season_length]
        scale = mean(|change|), mean(change²)

    Parameters
    ----------
    train : array of shape (n_timesteps,)
        The values of one series up to the cutoff. A change from or to NaN is ignored.
    season_length : int, default=1

    Returns
    -------
    absolute, squared : float
        The mean absolute change, in the unit of the series, and the mean squared change.

    Raises
    ------
    ValueError
        If `train` is too short, holds no two values one season apart, or repeats itself every
        `season_length` rows: then the scale is 0.

    References
    ----------
    .. [1] Hyndman & Koehler (2006), Int. J. Forecasting 22(4), 679-688.

    Examples
    --------
    >>> seasonal_scale([1.0, 2.0, 4.0])
    (1.5, 2.5)
    """
    check(integer(1), season_length, "season_length")
    values = np.asarray(train, dtype=np.float64)
    _check_train(values, season_length)
    # A change from or to NaN is NaN itself, and so left out of both means.
    change = values[season_length:] - values[:-season_length]
    absolute = mean_loss(np.abs(change))
    squared = mean_loss(change**2)
    if np.isnan(absolute):
        raise InputError(
            f"train has no two values {season_length} rows apart (NaN): pass more history."
        )
    if squared == 0:
        raise InputError(
            f"train is constant, or repeats itself every {season_length} rows: its scale is 0 and"
            " scaled errors are undefined. Use mae or rmse."
        )
    return absolute, squared


def qlike(actual: Any, forecast: Any) -> float:
    """Quasi-likelihood loss of forecasts of a variance.

    Judges by the ratio of both, and ranks forecasts as the true variance would, although `actual`
    is only an unbiased proxy of it, such as the squared return of a day [1]_::

        qlike = mean(actual / forecast - log(actual / forecast) - 1)

    Parameters
    ----------
    actual, forecast : array of shape (n_origins, horizon) or any other
        Variances, positive. NaN in either: the pair is ignored.

    Returns
    -------
    float
        Dimensionless, 0 at best; NaN where no pair is left. Too low a forecast costs more than too
        high a one.

    Raises
    ------
    ValueError
        If the shapes differ, a number is not positive, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Patton (2011), J. Econometrics 160(1), 246-256.

    Examples
    --------
    >>> round(qlike([[4.0, 1.0]], [[2.0, 1.0]]), 3), round(qlike([[4.0, 1.0]], [[8.0, 1.0]]), 3)
    (0.153, 0.097)
    """
    actual, forecast = pairs(actual, forecast)
    refuse_where(actual <= 0, "actual", "not positive")
    refuse_where(forecast <= 0, "forecast", "not positive")
    return mean_loss(variance_loss(actual, forecast))


def pairs(actual: Any, forecast: Any, name: str = "forecast") -> tuple[np.ndarray, np.ndarray]:
    """Return both as floats of one shape, of which the actuals are finite or NaN."""
    actuals, forecasts = same_shape(actual, forecast, "actual", name)
    refuse_where(np.isinf(actuals), "actual", "infinite")
    return actuals, forecasts


def same_shape(
    first: Any, second: Any, first_name: str, second_name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return both as floats; refuse two shapes."""
    one = np.asarray(first, dtype=np.float64)
    other = np.asarray(second, dtype=np.float64)
    if one.shape != other.shape:
        raise InputError(
            f"{first_name} has shape {one.shape} and {second_name} has shape {other.shape}:"
            " they must agree."
        )
    return one, other


def refuse_where(wrong: np.ndarray, name: str, what: str) -> None:
    """Refuse numbers of which some are wrong, naming the first place."""
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise InputError(
            f"{name} is {what} at position {place}: mend it, or make it NaN to ignore it."
        )


def _check_train(values: np.ndarray, season_length: int) -> None:
    """Refuse a history that holds no seasonal change, or an infinite one."""
    if values.ndim != 1:
        raise InputError(
            f"train must have shape (n_timesteps,); got {values.shape}. Scale series one by one."
        )
    if len(values) <= season_length:
        raise InputError(
            f"train has {len(values)} rows; season_length={season_length} needs at least"
            f" {season_length + 1}. Pass more history or a shorter season."
        )
    refuse_where(np.isinf(values), "train", "infinite")
