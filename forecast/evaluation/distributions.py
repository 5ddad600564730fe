"""Scores of distributions, forecast as quantiles, as intervals, as samples or as Gaussians.

Arguments are compared by position; the quantiles or samples of a forecast have an axis of their
own. What holds NaN is ignored; where nothing is left the score is NaN. The scores are proper: on
average nothing beats the true distribution. `coverage` and `interval_width` only describe.

A score checks its arguments and averages a loss of `losses`. The module is long because every
score has its formula and an example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from forecast.evaluation.losses import (
    energy_loss,
    gaussian_crps,
    gaussian_log_loss,
    is_inside,
    level_shares,
    mean_loss,
    pinball_loss,
    weighted_pinball_loss,
)
from forecast.evaluation.metrics import pairs, refuse_where, same_shape
from forecast.exceptions import InputError

__all__ = [
    "coverage",
    "crps",
    "crps_normal",
    "crps_samples",
    "energy_score",
    "interval_width",
    "log_score",
    "pinball",
    "weighted_interval_score",
]


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
    values, forecasts, levels = _quantile_forecasts(actual, quantile_forecasts, quantiles)
    return mean_loss(pinball_loss(values[..., None], forecasts, levels))


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
        If the shapes differ, a lower end is above its upper end, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Christoffersen (1998), International Economic Review 39(4), 841-862.

    Examples
    --------
    >>> coverage([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.5, 0.0], [2.0, 3.0, 4.0, 9.0])
    0.75
    """
    values, lower = pairs(actual, lower, "lower")
    values, upper = pairs(values, upper, "upper")
    _check_order(lower, upper)
    return mean_loss(is_inside(values, lower, upper))


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
        If the shapes differ, or a lower end is above its upper end.

    References
    ----------
    .. [1] Gneiting, Balabdaoui & Raftery (2007), J. Royal Statistical Society B 69(2), 243-268.

    Examples
    --------
    >>> interval_width([[1.0, 2.0]], [[4.0, 3.0]])
    2.0
    """
    lower, upper = same_shape(lower, upper, "lower", "upper")
    _check_order(lower, upper)
    return mean_loss(upper - lower)


def weighted_interval_score(
    actual: Any, quantile_forecasts: Any, quantiles: Sequence[float]
) -> float:
    """Weighted interval score of the median and some central intervals.

    The score of the epidemic forecast hubs [1]_. With the K intervals that hold the share 1 -
    alpha[k] of the outcomes::

        wis = mean((|actual - median| / 2 + sum(alpha[k] / 2 · interval score[k])) / (K + 1/2))
        interval score[k] = upper - lower + 2 / alpha[k] · distance
        distance = how far actual lies below lower or above upper

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
        If the shapes do not fit, a quantile is not between 0 and 1 or has no counterpart, two
        quantile forecasts cross, or `actual` is infinite somewhere.

    References
    ----------
    .. [1] Bracher, Ray, Gneiting & Reich (2021), PLoS Computational Biology 17(2), e1008618.

    Examples
    --------
    >>> weighted_interval_score([10.0], [[5.0, 8.0, 9.0]], quantiles=[0.25, 0.5, 0.75])
    2.0
    """
    values, forecasts, levels = _quantile_forecasts(actual, quantile_forecasts, quantiles)
    # Sorted upwards and downwards, the levels of a pair stand side by side and sum to 1.
    ascending = np.sort(levels)
    distances = np.abs(ascending + ascending[::-1] - 1)
    if (distances > 1e-9).any():
        raise InputError(
            f"quantiles must be in pairs q and 1 - q; got {list(quantiles)}. Leave out those"
            " without counterpart, or use crps."
        )
    # Crossing quantiles are no intervals.
    by_level = forecasts[..., np.argsort(levels)]
    _check_order(by_level[..., :-1], by_level[..., 1:])
    # The sum of the paper is the mean of the pinball losses, twice.
    equal_weights = np.full(len(levels), 1 / len(levels))
    return mean_loss(weighted_pinball_loss(values, forecasts, levels, equal_weights))


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
    values, forecasts, levels = _quantile_forecasts(actual, quantile_forecasts, quantiles)
    shares = level_shares(levels)
    return mean_loss(weighted_pinball_loss(values, forecasts, levels, shares))


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
    # The sorted samples are the quantiles at the middles of m equal shares.
    n_samples = draws.shape[-1]
    levels = (np.arange(n_samples) + 0.5) / n_samples
    quantile_forecasts = np.sort(draws, axis=-1)
    shares = level_shares(levels)
    return mean_loss(weighted_pinball_loss(values, quantile_forecasts, levels, shares))


def crps_normal(actual: Any, mean: Any, sd: Any) -> float:
    """Continuous ranked probability score of Gaussian forecasts.

    In closed form [1]_, with the density phi and the distribution function Phi of the standard
    normal::

        crps = mean(sd · (z · (2 · Phi(z) - 1) + 2 · phi(z) - 1 / sqrt(pi)))
        z = (actual - mean) / sd

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
    # In standard deviations the forecast is the standard normal.
    z, sd = _standardised(actual, mean, sd)
    return mean_loss(gaussian_crps(z, sd))


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
    return mean_loss(gaussian_log_loss(z, sd))


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
    refuse_where(np.isinf(draws), "samples", "infinite")
    return mean_loss(energy_loss(values, draws))


def _check_order(lower: np.ndarray, upper: np.ndarray) -> None:
    """Refuse an interval whose lower end is above its upper end, naming the first place."""
    is_crossed = lower > upper
    if is_crossed.any():
        place = tuple(np.argwhere(is_crossed)[0].tolist())
        raise InputError(
            f"the interval at position {place} goes from {lower[place]} down to {upper[place]}. "
            "Give its lower end first."
        )


def _quantile_forecasts(
    actual: Any, forecasts: Any, quantiles: Sequence[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the actuals (…), their quantile forecasts (…, n_quantiles) and the levels."""
    levels = np.asarray(quantiles, dtype=np.float64)
    is_between = (levels > 0) & (levels < 1)
    if levels.ndim != 1 or not levels.size or not is_between.all():
        raise InputError(f"quantiles must be a list of numbers between 0 and 1; got {quantiles!r}.")
    actuals = np.asarray(actual, dtype=np.float64)
    values = np.asarray(forecasts, dtype=np.float64)
    expected = (*actuals.shape, len(levels))
    if values.shape != expected:
        raise InputError(
            f"quantile_forecasts has shape {values.shape}; actual of shape {actuals.shape} and"
            f" {len(levels)} quantiles need {expected}."
        )
    refuse_where(np.isinf(actuals), "actual", "infinite")
    return actuals, values, levels


def _samples(actual: Any, samples: Any, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the actuals and their samples, which have one axis more."""
    actuals = np.asarray(actual, dtype=np.float64)
    draws = np.asarray(samples, dtype=np.float64)
    # The axis of the samples, counted from the front as among those of the actuals.
    place = actuals.ndim + 1 + axis
    before = actuals.shape[:place]
    after = actuals.shape[place:]
    # With as many samples as there are, whatever they are, but none at all.
    n_samples = draws.shape[place] if draws.ndim > place else 0
    if n_samples == 0 or draws.shape != (*before, n_samples, *after):
        expected = ", ".join(map(str, [*before, "m", *after]))
        raise InputError(
            f"samples has shape {draws.shape}; actual of shape {actuals.shape} needs"
            f" ({expected}) with m samples, at least one."
        )
    refuse_where(np.isinf(actuals), "actual", "infinite")
    return actuals, draws


def _standardised(actual: Any, mean: Any, sd: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return by how many standard deviations the actual exceeds the mean, and the deviations."""
    actuals, means = pairs(actual, mean, "mean")
    actuals, deviations = pairs(actuals, sd, "sd")
    refuse_where(deviations <= 0, "sd", "not positive")
    z = (actuals - means) / deviations
    return z, deviations
