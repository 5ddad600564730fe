"""Scores of forecasts: functions on arrays, with the definitions of the textbooks.

The error is actual − forecast. Arguments are compared by position and may have any shape, as long
as it is the same: (n_origins, horizon) or one axis. A pair in which either number is NaN is
ignored; where no pair is left the score is NaN. An infinite forecast has an infinite error.

A score is the mean of a loss. The losses (`absolute_error`, `squared_error`, `percentage_error`,
`pinball_loss`, `is_inside`) answer pair by pair and check nothing: a table of forecasts is measured
once, row by row, and then averaged over whatever groups are wanted.

Forecasts of distributions come as quantiles, as samples or as Gaussians. Their scores are proper:
on average nothing beats the true distribution. `coverage` and `interval_width` only describe. The
module is long because every score has its formula and an example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from forecast.validation import check, integer

__all__ = [
    "bias",
    "coverage",
    "crps",
    "crps_normal",
    "crps_samples",
    "energy_score",
    "interval_width",
    "log_score",
    "mae",
    "mase",
    "pinball",
    "qlike",
    "rmse",
    "rmsse",
    "seasonal_scale",
    "smape",
    "weighted_interval_score",
]


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
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       5.8.

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
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       5.8.

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
    return rmse(actual, forecast) / _root(seasonal_scale(train, season_length)[1])


def seasonal_scale(train: Any, season_length: int = 1) -> tuple[float, float]:
    """Return the size of the in-sample errors of the seasonal naive forecast, the unit of `mase`
    and `rmsse`.

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
    if values.ndim != 1:
        raise ValueError(
            f"train must have shape (n_timesteps,); got {values.shape}. Scale series one by one."
        )
    if len(values) <= season_length:
        raise ValueError(
            f"train has {len(values)} rows; season_length={season_length} needs at least {season_length + 1}."
            " Pass more history or a shorter season."
        )
    _refuse(np.isinf(values), "train", "infinite")
    absolute, squared = _scale(values, season_length)
    if np.isnan(absolute):
        raise ValueError(
            f"train has no two values {season_length} rows apart (NaN): pass more history."
        )
    if squared == 0:
        raise ValueError(
            f"train is constant, or repeats itself every {season_length} rows: its scale is 0 and scaled "
            "errors are undefined. Use mae or rmse."
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
    actual, forecast = _pairs(actual, forecast)
    _refuse(actual <= 0, "actual", "not positive")
    _refuse(forecast <= 0, "forecast", "not positive")
    ratio = actual / forecast
    with np.errstate(divide="ignore"):  # an infinite forecast
        return _mean(ratio - np.log(ratio) - 1)


def pinball(actual: Any, quantile_forecasts: Any, quantiles: Sequence[float]) -> float:
    """Mean pinball loss, the score of quantile forecasts.

    Averaged over all pairs and all quantiles q [1]_::

        pinball = mean(max(q · error, (q - 1) · error)),   error = actual - quantile forecast

    The median alone scores half its `mae`; many evenly spaced quantiles score half their `crps`.

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
        If the shapes do not fit, a quantile is not between 0 and 1, or `actual` is infinite
        somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section
       6.

    Examples
    --------
    >>> pinball([10.0, 10.0], [[8.0, 12.0], [6.0, 11.0]], quantiles=[0.25, 0.75])
    0.5625
    """
    values, forecasts, levels = _quantiles(actual, quantile_forecasts, quantiles)
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


def interval_width(lower: Any, upper: Any) -> float:
    """Mean width of intervals.

    Of intervals with the same `coverage`, the narrow ones say more [1]_::

        interval_width = mean(upper - lower)

    Parameters
    ----------
    lower, upper : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN in either: the pair is ignored.

    Returns
    -------
    float
        In the unit of the series; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    .. [1] Gneiting, Balabdaoui & Raftery (2007), J. Royal Statistical Society B 69(2), 243-268.

    Examples
    --------
    >>> interval_width([[1.0, 2.0]], [[4.0, 3.0]])
    2.0
    """
    lower, upper = _alike(lower, upper, "lower", "upper")
    return _mean(upper - lower)


def weighted_interval_score(
    actual: Any, quantile_forecasts: Any, quantiles: Sequence[float]
) -> float:
    """Weighted interval score of the median and some central intervals.

    The score of the epidemic forecast hubs [1]_. With the K intervals that hold the share 1 -
    alpha[k] of the outcomes::

        wis = mean((|actual - median| / 2 + sum(alpha[k] / 2 · interval score[k])) / (K + 1/2))
        interval score[k] = upper - lower + 2 / alpha[k] · (how far actual lies below lower or above
        upper)

    which is twice the mean pinball loss of all the quantiles. Without the median its term and the
    1/2 are missing. `crps` weighs the same losses by the distance between the levels.

    Parameters
    ----------
    actual : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN: ignored.
    quantile_forecasts : array of the shape of `actual` and one axis more, (…, n_quantiles)
        NaN in one quantile: all of them are ignored there.
    quantiles : sequence of n_quantiles floats between 0 and 1
        With each quantile q its counterpart 1 - q.

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes do not fit, a quantile is not between 0 and 1 or has no counterpart, or
        `actual` is infinite somewhere.

    References
    ----------
    .. [1] Bracher, Ray, Gneiting & Reich (2021), PLoS Computational Biology 17(2), e1008618.

    Examples
    --------
    >>> weighted_interval_score([10.0], [[5.0, 8.0, 9.0]], quantiles=[0.25, 0.5, 0.75])
    2.0
    """
    values, forecasts, levels = _quantiles(actual, quantile_forecasts, quantiles)
    alone = np.abs(np.sort(levels) + np.sort(levels)[::-1] - 1) > 1e-9
    if alone.any():
        raise ValueError(
            f"quantiles must be in pairs q and 1 - q; got {list(quantiles)}. Leave out those without counterpart, or "
            "use crps."
        )
    return _quantile_score(values, forecasts, levels, np.full(len(levels), 1 / len(levels)))


def crps(actual: Any, quantile_forecasts: Any, quantiles: Sequence[float]) -> float:
    """Continuous ranked probability score of quantile forecasts.

    How far the forecast distribution is from what came: twice the pinball loss, integrated over the
    levels from 0 to 1 [1]_. Each quantile stands for the levels nearest to it::

        crps = mean(sum(share[k] · 2 · max(q[k] · error[k], (q[k] - 1) · error[k])))
        error[k] = actual - quantile forecast[k]

    where ``share[k]`` reaches half-way to both neighbours of q[k], and to 0 and 1 beyond the
    outermost. The shares sum to 1, so that a point forecast, as its median, scores its absolute
    error. The sum approaches the integral as the quantiles become many: for a Gaussian it is 2 %
    below with the seven quantiles 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95 and 6 % with 0.1, 0.5, 0.9,
    but useless with 0.05 and 0.95 alone.

    Parameters
    ----------
    actual : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN: ignored.
    quantile_forecasts : array of the shape of `actual` and one axis more, (…, n_quantiles)
        NaN in one quantile: all of them are ignored there.
    quantiles : sequence of n_quantiles floats between 0 and 1

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes do not fit, a quantile is not between 0 and 1, or `actual` is infinite
        somewhere.

    References
    ----------
    .. [1] Laio & Tamea (2007), Hydrology and Earth System Sciences 11(4), 1267-1277.

    Examples
    --------
    >>> crps([10.0], [[6.0, 9.0, 11.0]], quantiles=[0.25, 0.5, 0.75])  # shares 0.375, 0.25, 0.375
    1.1875
    """
    values, forecasts, levels = _quantiles(actual, quantile_forecasts, quantiles)
    return _quantile_score(values, forecasts, levels, _shares(levels))


def crps_samples(actual: Any, samples: Any) -> float:
    """Continuous ranked probability score of samples, equally likely values of a forecast.

    The score of the m samples as a distribution of their own [1]_::

        crps = mean(mean(|sample[i] - actual|) - sum(|sample[i] - sample[k]|) / (2 · m²))

    over i and k. Samples score worse than the distribution they were drawn from, on average by 1 /
    m of its score where it is true: compare forecasts with as many samples each. Costs m · log(m),
    since the sorted samples are the quantiles (i - 1/2) / m, with which the sum of `crps` is exact.

    Parameters
    ----------
    actual : array of shape (n_origins, horizon) or any other
        In the unit of the series. NaN: ignored.
    samples : array of the shape of `actual` and one axis more, (…, m)
        In any order. NaN in one sample: all of them are ignored there.

    Returns
    -------
    float
        In the unit of the series, 0 at best; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes do not fit, there is no sample, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section
       4.2.

    Examples
    --------
    >>> crps_samples([10.0], [[12.0, 9.0]])
    0.75
    """
    values, draws = _samples(actual, samples, axis=-1)
    m = draws.shape[-1]
    levels = (np.arange(m) + 0.5) / m
    return _quantile_score(values, np.sort(draws, axis=-1), levels, _shares(levels))


def crps_normal(actual: Any, mean: Any, sd: Any) -> float:
    """Continuous ranked probability score of Gaussian forecasts.

    In closed form [1]_, with the density phi and the distribution function Phi of the standard
    normal::

        crps = mean(sd · (z · (2 · Phi(z) - 1) + 2 · phi(z) - 1 / sqrt(pi))),   z = (actual - mean)
        / sd

    Parameters
    ----------
    actual, mean, sd : array of shape (n_origins, horizon) or any other
        In the unit of the series; the standard deviation is positive. NaN in any: the triple is
        ignored.

    Returns
    -------
    float
        In the unit of the series, above 0; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes differ, `sd` is not positive or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section
       4.2.

    Examples
    --------
    >>> round(crps_normal([10.0, 10.0], [10.0, 13.0], [1.0, 1.0]), 3)
    1.335
    """
    z, sd = _standardised(actual, mean, sd)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return _mean(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def log_score(actual: Any, mean: Any, sd: Any) -> float:
    """Logarithmic score of Gaussian forecasts.

    The negative logarithm of the density that the forecast gave to what came [1]_. Much less
    forgiving than `crps_normal` where an actual lies many standard deviations away::

        log_score = mean(log(sd) + log(2 · pi) / 2 + z² / 2),   z = (actual - mean) / sd

    Parameters
    ----------
    actual, mean, sd : array of shape (n_origins, horizon) or any other
        In the unit of the series; the standard deviation is positive. NaN in any: the triple is
        ignored.

    Returns
    -------
    float
        Lower is better, below 0 where densities are large; NaN where nothing is left. Another unit
        of the series adds a constant: c times the numbers, log(c).

    Raises
    ------
    ValueError
        If the shapes differ, `sd` is not positive or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section
       4.1.

    Examples
    --------
    >>> round(log_score([10.0, 10.0], [10.0, 13.0], [1.0, 1.0]), 3)
    3.169
    """
    z, sd = _standardised(actual, mean, sd)
    return _mean(np.log(sd) + np.log(2 * np.pi) / 2 + z**2 / 2)


def energy_score(actual: Any, samples: Any) -> float:
    """Energy score of samples of vectors, such as whole paths or several targets at once.

    The `crps_samples` of vectors, with the Euclidean distance in place of the absolute difference
    [1]_::

        energy_score = mean(mean(|sample[i] - actual|) - sum(|sample[i] - sample[k]|) / (2 · m²))

    over i and k. Costs m² · d for each row.

    Parameters
    ----------
    actual : array of shape (n, d)
        One vector a row, such as the d steps after each of n origins; all d in the same unit. NaN:
        the row is ignored.
    samples : array of shape (n, m, d)
        The m samples of each vector. NaN: the row is ignored.

    Returns
    -------
    float
        In the unit of the vectors, 0 at best; NaN where nothing is left.

    Raises
    ------
    ValueError
        If the shapes do not fit, there is no sample, or a number is infinite somewhere.

    References
    ----------
    .. [1] Gneiting & Raftery (2007), J. American Statistical Association 102(477), 359-378, section
       4.3.

    Examples
    --------
    >>> energy_score([[0.0, 0.0]], [[[3.0, 4.0], [0.0, 0.0]]])
    1.25
    """
    values, draws = _samples(actual, samples, axis=-2)
    _refuse(np.isinf(draws), "samples", "infinite")
    away = np.linalg.norm(draws - values[..., None, :], axis=-1).mean(axis=-1)  # (n,)
    apart = [
        np.linalg.norm(draws - draws[..., [k], :], axis=-1).mean(axis=-1)
        for k in range(draws.shape[-2])
    ]
    return _mean(away - np.mean(apart, axis=0) / 2)


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
    values, others = _alike(actual, forecast, "actual", name)
    _refuse(np.isinf(values), "actual", "infinite")
    return values, others


def _alike(first: Any, second: Any, *names: str) -> tuple[np.ndarray, np.ndarray]:
    one, two = (np.asarray(a, dtype=np.float64) for a in (first, second))
    if one.shape != two.shape:
        raise ValueError(
            f"{names[0]} has shape {one.shape} and {names[1]} has shape {two.shape}: they must agree."
        )
    return one, two


def _standardised(actual: Any, mean: Any, sd: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return by how many standard deviations the actual exceeds the mean, and the standard deviations."""
    values, mean = _pairs(actual, mean, "mean")
    values, sd = _pairs(values, sd, "sd")
    _refuse(sd <= 0, "sd", "not positive")
    return (values - mean) / sd, sd


def _quantiles(
    actual: Any, forecasts: Any, quantiles: Sequence[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the actuals (…), their quantile forecasts (…, n_quantiles) and the levels (n_quantiles,)."""
    levels = np.asarray(quantiles, dtype=np.float64)
    if levels.ndim != 1 or not levels.size or not ((levels > 0) & (levels < 1)).all():
        raise ValueError(f"quantiles must be a list of numbers between 0 and 1; got {quantiles!r}.")
    values, forecasts = (np.asarray(a, dtype=np.float64) for a in (actual, forecasts))
    if forecasts.shape != (*values.shape, len(levels)):
        raise ValueError(
            f"quantile_forecasts has shape {forecasts.shape}; actual of shape {values.shape} and "
            f"{len(levels)} quantiles need {(*values.shape, len(levels))}."
        )
    _refuse(np.isinf(values), "actual", "infinite")
    return values, forecasts, levels


def _samples(actual: Any, samples: Any, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the actuals and their samples, which have one axis more."""
    values, draws = (np.asarray(a, dtype=np.float64) for a in (actual, samples))
    at = values.ndim + 1 + axis
    need = [*values.shape[:at], "m", *values.shape[at:]]
    if (
        draws.ndim != len(need)
        or draws.shape[:at] + draws.shape[at + 1 :] != values.shape
        or not draws.shape[at]
    ):
        raise ValueError(
            f"samples has shape {draws.shape}; actual of shape {values.shape} needs "
            f"({', '.join(map(str, need))}) with m samples, at least one."
        )
    _refuse(np.isinf(values), "actual", "infinite")
    return values, draws


def _shares(levels: np.ndarray) -> np.ndarray:
    """Return how much of the way from 0 to 1 is nearest to each level."""
    order = np.argsort(levels)
    between = (levels[order][1:] + levels[order][:-1]) / 2
    shares = np.empty_like(levels)
    shares[order] = np.diff(between, prepend=0.0, append=1.0)
    return shares


def _quantile_score(
    actual: np.ndarray, forecasts: np.ndarray, levels: np.ndarray, weights: np.ndarray
) -> float:
    """Average twice the pinball loss, with a weight for each level."""
    return _mean((2 * weights * pinball_loss(actual[..., None], forecasts, levels)).sum(axis=-1))


def _refuse(wrong: np.ndarray, name: str, what: str) -> None:
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            f"{name} is {what} at position {place}: mend it, or make it NaN to ignore it."
        )
