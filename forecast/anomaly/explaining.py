"""What the features of a moment explain of the error at this moment.

A row is judged when its features have been observed with it: humidity and dew point of an hour tell
much of its temperature, although no forecaster could have known them. So a ridge regression of the
errors on the features, and on their changes since the origin, is taken off the errors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import RidgeCV

# The penalties among which generalised cross-validation chooses, for each step and target.
_PENALTIES = np.logspace(-1, 5, 13)


class Explanation(NamedTuple):
    """A regression of the errors of each step on features, for one series.

    Parameters
    ----------
    mean, scale : arrays of shape (n_features,)
        By which the features are standardised.
    slopes : array of shape (horizon, n_targets, 2 * n_features)
        Of the changes since the origin, then of the features themselves.
    intercepts : array of shape (horizon, n_targets)
    """

    mean: np.ndarray
    scale: np.ndarray
    slopes: np.ndarray
    intercepts: np.ndarray

    def explained(self, X: np.ndarray) -> np.ndarray:
        """Return the error to expect of each row at each step, (n_rows, horizon, n_targets).

        NaN where the origin lies before the first row, and where a feature is NaN.
        """
        horizon, n_targets, _ = self.slopes.shape
        values = (X - self.mean) / self.scale
        answer = np.empty((len(X), horizon, n_targets))
        for step in range(horizon):
            inputs = _inputs(values, step + 1)
            answer[:, step] = inputs @ self.slopes[step].T + self.intercepts[step]
        return answer


def learn_explanation(X: np.ndarray, errors: np.ndarray) -> Explanation:
    """Learn what features explain of errors.

    Parameters
    ----------
    X : array of shape (n_rows, n_features)
        Of consecutive rows.
    errors : array of shape (n_rows, horizon, n_targets)
        Of the forecasts for each row; NaN where there is none.
    """
    _, horizon, n_targets = errors.shape
    width = X.shape[1]
    scale = X.std(axis=0)
    # A constant feature explains nothing.
    scale = np.where(scale > 0, scale, 1.0)
    mean = X.mean(axis=0)
    slopes = np.zeros((horizon, n_targets, 2 * width))
    intercepts = np.zeros((horizon, n_targets))
    values = (X - mean) / scale
    for step in range(horizon):
        inputs = _inputs(values, step + 1)
        outputs = errors[:, step]
        known = np.isfinite(inputs).all(axis=1) & np.isfinite(outputs).all(axis=1)
        # Without features, or with fewer rows than slopes, errors stay as they are.
        if not width or known.sum() <= 2 * inputs.shape[1]:
            continue
        ridge = RidgeCV(_PENALTIES, alpha_per_target=True)
        ridge.fit(inputs[known], outputs[known])
        slopes[step] = ridge.coef_
        intercepts[step] = ridge.intercept_
    return Explanation(mean, scale, slopes, intercepts)


def _inputs(values: np.ndarray, steps: int) -> np.ndarray:
    """Return the changes of features since so many steps before, then the features themselves."""
    changes = np.full_like(values, np.nan)
    changes[steps:] = values[steps:] - values[:-steps]
    return np.concatenate([changes, values], axis=1)
