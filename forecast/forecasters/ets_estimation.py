"""How a form of exponential smoothing is learned from a series, and the best form found.

Weights and first state are learned in turn: the weights by statsmodels' maximum likelihood, the
first state by Gauss-Newton steps. So a long season costs a filter pass for each of its rows, not a
dimension of the optimiser.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from forecast.exceptions import InputError
from forecast.forecasters.estimates import corrected_aic
from forecast.forecasters.ets_form import (
    FORMS,
    Form,
    log_likelihood,
    most_likely_weights,
    one_step_forecasts,
)
from forecast.forecasters.ets_process import FIRST_ROWS, ETSProcess, initial_state
from forecast.forecasters.process import one_thread
from forecast.forecasters.seasonality import SEASONS

# Alpha, beta, gamma and phi of a fast level: the second start of the optimiser, beside the slow
# level that statsmodels starts from.
_FAST_LEVEL = np.array([0.9, 0.3, 0.05, 0.85])
_FIRST_SEASONS = 7  # that the first seasonal indices are means over
_ROUNDING = 1e-12  # of the size of y
_FEWEST_GAIN = 0.1  # of the log-likelihood, for which another turn is worth its while


class ETSEstimate(NamedTuple):
    """A learned process and its AICc."""

    process: ETSProcess
    aicc: float


def estimate(
    y: np.ndarray,
    season_length: int,
    name: str | None,
) -> ETSEstimate:
    """Learn one form, or the form of smallest AICc of those that the series admits.

    Parameters
    ----------
    y : array of shape (rows,)
    season_length : int
    name : str or None
        The name of the form; None for the best.
    """
    if name is not None:
        _check_form(y, season_length, name)
        forms = [Form.of(name)]
    else:
        forms = _admissible_forms(y, season_length)
    with one_thread():
        # One turn tells which form is best; only that one is learned to the end.
        guesses = [_first_guess(y, form, season_length) for form in forms]
        tried = [_improved(y, guess, turns=1) for guess in guesses]
        best = min(tried, key=lambda each: each.aicc)
        return _improved(y, best.process, turns=8)


def _check_form(
    y: np.ndarray,
    season_length: int,
    name: str,
) -> None:
    """Refuse a form that the series does not admit."""
    form = Form.of(name)
    if "M" in name and y.min() <= 0:
        raise InputError(
            f"form={name!r} needs positive values; y holds some that are not. Use an additive form."
        )
    if form.has_season and season_length < 2:
        raise InputError(f"form={name!r} has a season: give a season_length of at least 2.")
    if form.has_season and len(y) < max(FIRST_ROWS, 2 * season_length):
        raise InputError(
            f"form={name!r} needs two seasons; there are {len(y)} rows with "
            f"season_length={season_length}."
        )


def _admissible_forms(y: np.ndarray, season_length: int) -> list[Form]:
    """Return the forms to choose from."""
    # A constant has neither trend nor season, and rounding is no error to choose by.
    if np.ptp(y) <= _ROUNDING * np.abs(y).max():
        return [Form.of("ANN")]
    seasonal = season_length > 1 and len(y) >= SEASONS * season_length
    positive = y.min() > 0
    forms = [Form.of(name) for name in FORMS]
    if not seasonal:
        forms = [form for form in forms if not form.has_season]
    if not positive:
        forms = [form for form in forms if "M" not in form]
    return forms


def _first_guess(
    y: np.ndarray,
    form: Form,
    season_length: int,
) -> ETSProcess:
    """Learn the weights with a simple first state.

    The likelihood has more than one top: the better one of those that two starts lead to is taken.
    """
    first = initial_state(y, form, season_length, _FIRST_SEASONS)
    free = form.free_weights
    slow = most_likely_weights(y, form, first, None)
    fast = most_likely_weights(y, form, first, _FAST_LEVEL[free])
    best = max((slow, fast), key=lambda weights: log_likelihood(y, form, first, weights))
    weights = np.array([0.0, 0.0, 0.0, 1.0])
    weights[free] = best
    return ETSProcess(form, season_length, weights, variance=0.0, initial_state=first)


def _improved(
    y: np.ndarray,
    guess: ETSProcess,
    turns: int,
) -> ETSEstimate:
    """Learn the first state and the weights in turn, while the likelihood rises."""
    form = guess.form
    first = guess.initial_state
    weights = guess.weights[form.free_weights]
    likelihood = log_likelihood(y, form, first, weights)
    for _ in range(turns):
        # Each with the other one as it is.
        new_first = first + _gauss_newton_step(y, form, first, weights)
        new_weights = most_likely_weights(y, form, new_first, weights)
        new_likelihood = log_likelihood(y, form, new_first, new_weights)
        # NaN, of a state that the form cannot have, is no gain either.
        if not new_likelihood > likelihood + _FEWEST_GAIN:
            break
        first = new_first
        weights = new_weights
        likelihood = new_likelihood
    all_weights = guess.weights.copy()
    all_weights[form.free_weights] = weights
    # The likelihood is that of the mean square of the errors.
    errors = _one_step_errors(y, form, first, weights)
    variance = float(np.mean(errors**2))
    process = replace(guess, weights=all_weights, variance=variance, initial_state=first)
    return ETSEstimate(process, _criterion(process, likelihood, len(y)))


def _criterion(
    process: ETSProcess,
    likelihood: float,
    n: int,
) -> float:
    """Return Akaike's criterion, corrected for short series; infinite where there is none."""
    form = process.form
    n_states = len(process.initial_state) - (not form.has_trend)
    k = form.free_weights.sum() + n_states + 1  # and the variance
    if n <= k + 1 or np.isnan(likelihood):
        return np.inf
    return corrected_aic(-2 * likelihood, n, k)


def _gauss_newton_step(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return a Gauss-Newton step of the first state.

    It is exact for additive forms, whose errors are linear in the first state.
    """
    residuals = _residuals(y, form, first, weights)
    units = 1e-6 * np.eye(len(first))
    units[1] *= form.has_trend
    # How the residuals change with each number of the state, (rows, numbers).
    changes = [_residuals(y, form, first + unit, weights) - residuals for unit in units]
    jacobian = np.column_stack(changes)
    # A level may be given to the season and back: the cutoff leaves such directions alone.
    return units @ np.linalg.lstsq(jacobian, -residuals, rcond=1e-4)[0]


def _residuals(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return numbers with whose sum of squares the likelihood falls: Hyndman et al. (2008), 5.3."""
    forecast = one_step_forecasts(y, form, first, weights)
    if form.error == "A":
        return y - forecast
    logarithms = np.log(np.abs(forecast))
    geometric_mean = np.exp(logarithms.mean())
    return (y / forecast - 1) * geometric_mean


def _one_step_errors(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return the one-step errors, relative where the error is multiplicative."""
    forecast = one_step_forecasts(y, form, first, weights)
    return y / forecast - 1 if form.error == "M" else y - forecast
