"""The forms of exponential smoothing, and what statsmodels makes of them.

All functions take a series y (rows,), the state `first` before its first row (level, slope, then
the season, the oldest first), and the free weights of the form.
"""

from __future__ import annotations

import re
import warnings
from typing import NamedTuple

import numpy as np
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

FORMS = (
    *("ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA"),
    *("MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"),
)
_WORDS = {"A": "add", "Ad": "add", "M": "mul", "N": None}  # of statsmodels


class Form(NamedTuple):
    """Which parts a smoothing has: A (additive), M (multiplicative), Ad (damped) or N (none)."""

    error: str
    trend: str
    season: str

    @classmethod
    def of(cls, name: str) -> Form:
        """Return the form of a name such as "MAdA"."""
        return cls(*re.findall("Ad|[AMN]", name))

    @property
    def has_trend(self) -> bool:
        """Whether there is a slope."""
        return self.trend != "N"

    @property
    def has_season(self) -> bool:
        """Whether there are seasonal indices."""
        return self.season != "N"

    @property
    def free_weights(self) -> np.ndarray:
        """Which of alpha, beta, gamma and phi are learned; statsmodels takes these alone."""
        is_damped = self.trend == "Ad"
        return np.array([True, self.has_trend, self.has_season, is_damped])

    def model(self, y: np.ndarray, first: np.ndarray) -> ETSModel:
        """Return statsmodels' model of this form."""
        return ETSModel(
            y,
            error=_WORDS[self.error],
            trend=_WORDS[self.trend],
            damped_trend=self.trend == "Ad",
            seasonal=_WORDS[self.season],
            seasonal_periods=len(first) - 2 or None,
            initialization_method="known",
            initial_level=first[0],
            initial_trend=first[1],
            initial_seasonal=first[2:],
        )


def most_likely_weights(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    start: np.ndarray | None,
) -> np.ndarray:
    """Maximise the likelihood over the free weights."""
    with warnings.catch_warnings():
        # Slow convergence leaves usable weights.
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = form.model(y, first)
        found = model.fit(start, disp=0, maxiter=100, return_params=True)
    return np.asarray(found)


def log_likelihood(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> float:
    """Return the likelihood of weights and a first state; infinite where there is no error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(form.model(y, first).loglike(weights))


def one_step_forecasts(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return the one-step forecasts, (rows,)."""
    forecasts, _ = form.model(y, first).smooth(weights, return_raw=True)
    return np.asarray(forecasts)


def smoothed_states(
    y: np.ndarray,
    form: Form,
    first: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return level, slope and season after each row, as far as the form has them.

    The result has the shape (rows, numbers).
    """
    # What an error moves is in the unit of y, so that it makes no difference whether errors are
    # relative: but for values that are not above 0, which statsmodels takes for additive ones only.
    additive = form._replace(error="A")
    # It needs a second row; what that adds is not returned.
    model = additive.model(np.append(y, y[-1]), first)
    _, states = model.smooth(weights, return_raw=True)
    return np.asarray(states)[:-1]
