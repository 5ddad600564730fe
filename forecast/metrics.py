"""Scores of forecasts: functions on arrays, with the definitions of the textbooks.

The error is actual − forecast. Arguments are compared by position and may have any shape, as long as it is
the same: (n_origins, horizon) or one axis. A pair in which either number is NaN is ignored; where no pair is
left the score is NaN. An infinite forecast has an infinite error.

A score is the mean of a loss. The losses (`absolute_error`, `squared_error`, `percentage_error`,
`pinball_loss`, `is_inside`) answer pair by pair and check nothing: a table of forecasts is measured once, row
by row, and then averaged over whatever groups are wanted. The module is long because every score has its
formula and an example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from forecast.validation import check, integer

__all__ = ["bias", "coverage", "mae", "mase", "pinball", "rmse", "rmsse", "seasonal_scale", "smape"]


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
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section 5.8.

    Examples
    --------
    >>> mae([[3.0, 5.0]], [[4.0, 5.0]])
    0.5
    """
    return _mean(absolute_error(*_pairs(actual, forecast)))


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
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section 5.8.

    Examples
    --------
    >>> rmse([[3.0, 5.0]], [[4.0, 12.0]])
    5.0
    """
    return _root(_mean(squared_error(*_pairs(actual, forecast))))


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
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section 5.8.

    Examples
    --------
    >>> bias([[3.0, 5.0]], [[4.0, 8.0]])
    -2.0
    """
    actual, forecast = _pairs(actual, forecast)
    return _mean(actual - forecast)


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
    return _mean(percentage_error(*_pairs(actual, forecast)))


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
        Dimensionless; 1 means as good as the seasonal naive forecast in sample. NaN where no pair is left.

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
    return mae(actual, forecast) / seasonal_scale(train, season_length)[0]


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
        Dimensionless; 1 means as good as the seasonal naive forecast in sample. NaN where no pair is left.

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
    return rmse(actual, forecast) / _root(seasonal_scale(train, season_length)[1])


def seasonal_scale(train: Any, season_length: int = 1) -> tuple[float, float]:
    """Return the size of the in-sample errors of the seasonal naive forecast, the unit of `mase` and `rmsse`.

    With ``change[t] = train[t] - train[t - season_length]`` [1]_::

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
        If `train` is too short, holds no two values one season apart, or repeats itself every `season_length`
        rows: then the scale is 0.

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
    if values.ndim != 1:
        raise ValueError(f"train must have shape (n_timesteps,); got {values.shape}. Scale series one by one.")
    if len(values) <= season_length:
        raise ValueError(
            f"train has {len(values)} rows; season_length={season_length} needs at least {season_length + 1}."
            " Pass more history or a shorter season."
        )
    _refuse_infinite(values, "train")
    absolute, squared = _scale(values, season_length)
    if np.isnan(absolute):
        raise ValueError(f"train has no two values {season_length} rows apart (NaN): pass more history.")
    if squared == 0:
        raise ValueError(
            f"train is constant, or repeats itself every {season_length} rows: its scale is 0 and scaled "
            "errors are undefined. Use mae or rmse."
        )
    return absolute, squared


def pinball(actual: Any, quantile_forecasts: Any, quantiles: Sequence[float]) -> float:
    """Mean pinball loss, the score of quantile forecasts.

    Averaged over all pairs and all quantiles q [1]_::

        pinball = mean(max(q · error, (q - 1) · error)),   error = actual - quantile forecast

    The median alone scores half its `mae`; many evenly spaced quantiles score half the CRPS.

    Parameters
    ----------
    actual : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN: ignored.
    quantile_forecasts : array of the shape of `actual` and one axis more, (…, n_quantiles)
        NaN: ignored.
    quantiles : sequence of n_quantiles floats between 0 and 1

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes do not fit, a quantile is not between 0 and 1, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section 6.

    Examples
    --------
    >>> pinball([10.0, 10.0], [[8.0, 12.0], [6.0, 11.0]], quantiles=[0.25, 0.75])
    0.5625
    """
    levels = np.asarray(quantiles, dtype=np.float64)
    if levels.ndim != 1 or not ((levels > 0) & (levels < 1)).all():
        raise ValueError(f"quantiles must be a list of numbers between 0 and 1; got {quantiles!r}.")
    values, forecasts = (np.asarray(a, dtype=np.float64) for a in (actual, quantile_forecasts))
    if forecasts.shape != (*values.shape, len(levels)):
        raise ValueError(
            f"quantile_forecasts has shape {forecasts.shape}; actual of shape {values.shape} and "
            f"{len(levels)} quantiles need {(*values.shape, len(levels))}."
        )
    _refuse_infinite(values, "actual")
    return _mean(pinball_loss(values[..., None], forecasts, levels))


def coverage(actual: Any, lower: Any, upper: Any) -> float:
    """Share of the actuals inside their interval, ends included.

    Close to the nominal coverage where intervals are calibrated [1]_::

        coverage = mean(lower <= actual <= upper)

    Parameters
    ----------
    actual, lower, upper : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN in any: the triple is ignored.

    Returns
    -------
    float
        From 0 to 1; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes differ, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Christoffersen (1998), International Economic Review 39(4), 841-862.

    Examples
    --------
    >>> coverage([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.5, 0.0], [2.0, 3.0, 4.0, 9.0])
    0.75
    """
    values, lower = _pairs(actual, lower, "lower")
    values, upper = _pairs(values, upper, "upper")
    return _mean(is_inside(values, lower, upper))


def absolute_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `mae` for each pair."""
    return np.abs(actual - forecast)


def squared_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `rmse` for each pair."""
    return (actual - forecast) ** 2


def percentage_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `smape` for each pair."""
    size = np.abs(actual) + np.abs(forecast)
    usual = (size > 0) & (size < np.inf)
    limit = np.where(size == 0, 0.0, np.where(np.isnan(size), np.nan, 200.0))
    return np.divide(200 * np.abs(actual - forecast), size, out=limit, where=usual)


def pinball_loss(actual: np.ndarray, forecast: np.ndarray, quantile: np.ndarray) -> np.ndarray:
    """Return the loss behind `pinball` for each pair; the arguments broadcast."""
    error = actual - forecast
    return np.maximum(quantile * error, (quantile - 1) * error)


def is_inside(actual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return 1 where the actual lies in the closed interval, 0 elsewhere, NaN where something is missing."""
    inside = (lower <= actual) & (actual <= upper)
    return np.where(np.isnan(actual) | np.isnan(lower) | np.isnan(upper), np.nan, inside)


def _scale(train: np.ndarray, season_length: int) -> tuple[float, float]:
    change = train[season_length:] - train[:-season_length]
    return _mean(np.abs(change)), _mean(change**2)


def _mean(losses: np.ndarray) -> float:
    """Average what is not NaN."""
    known = losses[~np.isnan(losses)]
    with np.errstate(invalid="ignore"):  # errors of inf and -inf have no mean
        return float(known.mean()) if known.size else float("nan")


def _root(value: float) -> float:
    return float(np.sqrt(value))


def _pairs(actual: Any, forecast: Any, name: str = "forecast") -> tuple[np.ndarray, np.ndarray]:
    """Return both as floats of one shape."""
    values, others = np.asarray(actual, dtype=np.float64), np.asarray(forecast, dtype=np.float64)
    if values.shape != others.shape:
        raise ValueError(f"actual has shape {values.shape} and {name} has shape {others.shape}: they must agree.")
    _refuse_infinite(values, "actual")
    return values, others


def _refuse_infinite(values: np.ndarray, name: str) -> None:
    if np.isinf(values).any():
        place = tuple(int(i) for i in np.argwhere(np.isinf(values))[0])
        raise ValueError(f"{name} is infinite at position {place}: mend it, or make it NaN to ignore it.")
