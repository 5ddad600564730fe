"""Losses: how wrong a forecast is, pair by pair, and the means that make scores of them.

The error is actual − forecast. A loss is a pure function of arrays that broadcast. It checks
nothing, and is NaN where one of its arguments is NaN. A score is the mean of a loss over all pairs
or over groups of them, or the root of that mean.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

# Losses of points


def absolute_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `mae`: |error|."""
    return np.abs(actual - forecast)


def squared_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `rmse`: error²."""
    return (actual - forecast) ** 2


def percentage_error(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `smape`: |error| in percent of the mean size of both numbers."""
    size = np.abs(actual) + np.abs(forecast)
    # The ratio is undefined twice: two zeros agree, and an infinite forecast is at the limit.
    percentage = np.full(np.shape(size), np.nan)
    percentage[size == 0] = 0.0
    percentage[size == np.inf] = 200.0
    ordinary = (size > 0) & (size < np.inf)
    difference = np.abs(actual - forecast)
    np.divide(200 * difference, size, out=percentage, where=ordinary)
    return percentage


def variance_loss(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return the loss behind `qlike` of positive numbers: ratio - log(ratio) - 1."""
    ratio = actual / forecast
    # An infinite forecast has the ratio 0, whose logarithm is -inf.
    with np.errstate(divide="ignore"):
        return ratio - np.log(ratio) - 1


# Losses of quantiles and intervals


def pinball_loss(
    actual: np.ndarray, forecast: np.ndarray, quantile: np.ndarray | float
) -> np.ndarray:
    """Return the loss behind `pinball`: q · error where it is positive, else (q - 1) · error."""
    error = actual - forecast
    return np.maximum(quantile * error, (quantile - 1) * error)


def weighted_pinball_loss(
    actual: np.ndarray, forecasts: np.ndarray, levels: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return twice the weighted sum of pinball losses: (…) of forecasts (…, n_quantiles)."""
    losses = pinball_loss(actual[..., None], forecasts, levels)
    return (2 * weights * losses).sum(axis=-1)


def level_shares(levels: np.ndarray) -> np.ndarray:
    """Return how much of the way from 0 to 1 is nearest to each level: the weights of `crps`."""
    order = np.argsort(levels)
    ascending = levels[order]
    # A level's share reaches half-way to its neighbours, and to 0 and 1 at the ends.
    borders = (ascending[1:] + ascending[:-1]) / 2
    shares = np.empty_like(levels)
    shares[order] = np.diff(borders, prepend=0.0, append=1.0)
    return shares


def is_inside(actual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return 1 inside the closed interval, 0 outside; the mean is `coverage`."""
    inside = (lower <= actual) & (actual <= upper)
    missing = np.isnan(actual) | np.isnan(lower) | np.isnan(upper)
    return np.where(missing, np.nan, inside)


# Losses of Gaussians, in standard deviations z = (actual - mean) / sd, and of samples


def gaussian_crps(z: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the loss behind `crps_normal`, from the density and the distribution function at z."""
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    probability = ndtr(z)
    standard = z * (2 * probability - 1) + 2 * density - 1 / np.sqrt(np.pi)
    return sd * standard


def gaussian_log_loss(z: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the loss behind `log_score`: the negative logarithm of the density."""
    constant = np.log(2 * np.pi) / 2
    return np.log(sd) + constant + z**2 / 2


def energy_loss(actual: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return the loss behind `energy_score`: (n,) of vectors (n, d) and their samples (n, m, d)."""
    errors = samples - actual[..., None, :]
    to_actual = np.linalg.norm(errors, axis=-1).mean(axis=-1)  # (n,)
    # One sample against all others at a time: (n, m, d) numbers are held, not (n, m, m, d).
    n_samples = samples.shape[-2]
    between = np.zeros_like(to_actual)
    for k in range(n_samples):
        distances = np.linalg.norm(samples - samples[..., [k], :], axis=-1)  # (n, m)
        between += distances.mean(axis=-1)
    mean_between = between / n_samples
    return to_actual - mean_between / 2


# Aggregations


def mean_loss(losses: np.ndarray) -> float:
    """Average what is not NaN; NaN where nothing is."""
    known = losses[~np.isnan(losses)]
    if not known.size:
        return float("nan")
    # Errors of inf and -inf have no mean.
    with np.errstate(invalid="ignore"):
        return float(known.mean())


def root_mean_loss(losses: np.ndarray) -> float:
    """Return the root of the mean of what is not NaN."""
    return float(np.sqrt(mean_loss(losses)))


def group_sums(
    losses: np.ndarray, groups: np.ndarray, n_groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Add and count what is not NaN in each group, (n_groups,), given the group of each loss."""
    is_known = ~np.isnan(losses)
    counts = np.bincount(groups, weights=is_known, minlength=n_groups)
    totals = np.bincount(groups, weights=np.where(is_known, losses, 0.0), minlength=n_groups)
    return totals, counts
