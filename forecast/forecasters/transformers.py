"""scikit-learn's transformers as transformations of a target, learned of one series."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from forecast.exceptions import InputError

_EXACT = 1e-6  # of the largest value: how near the inverse has to come to the value itself


@dataclass(frozen=True)
class LearnedTransformation:
    """A scikit-learn transformer, fitted to one target.

    Parameters
    ----------
    transformer : transformer
    sign : {1.0, -1.0}
        -1 turns a transformer that decreases into one that increases.
    """

    transformer: Any
    sign: float

    def forward(self, y: np.ndarray) -> np.ndarray:
        """Transform values of the target; NaN where the inverse does not give them back."""
        z = _applied(self.transformer.transform, y)
        again = _applied(self.transformer.inverse_transform, z)
        # Such as beyond the range that a transformer has seen, which some cut off.
        largest = np.nanmax(np.abs(y), initial=0.0)
        is_back = np.abs(again - y) <= _EXACT * largest
        return np.where(is_back, self.sign * z, np.nan)

    def backward(self, z: np.ndarray) -> np.ndarray:
        """Return the target from its transformed values.

        Raises
        ------
        ValueError
            If the transformer has no inverse there, or one that decreases.
        """
        y = _applied(self.transformer.inverse_transform, self.sign * z)
        lost = np.isnan(y) & ~np.isnan(z)
        ascending = y[~np.isnan(y)][np.argsort(z[~np.isnan(y)])]
        if lost.any() or _falls(ascending):
            raise InputError(
                f"the inverse of {_named(self.transformer)} does not increase over all forecasts: "
                "take one whose inverse takes all numbers, such as 'yeo-johnson'."
            )
        return y


def learn_transformer(transformer: Any, y: np.ndarray) -> LearnedTransformation:
    """Fit a copy of a scikit-learn transformer to one target, (n_rows,).

    Raises
    ------
    ValueError
        If the transformer refuses the values, or is not monotone on them.
    """
    name = _named(transformer)
    known = np.unique(y[~np.isnan(y)])
    try:
        with warnings.catch_warnings():
            # Such as that there are fewer rows than quantiles.
            warnings.simplefilter("ignore")
            fitted = clone(transformer).fit(y[~np.isnan(y)][:, None])
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{name} does not take these values of y ({reason:.200}).") from None
    images = _applied(fitted.transform, known)
    steps = np.diff(images[np.isfinite(images)])
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise InputError(
            f"{name} is not monotone on the values of y: take one that always increases, or always "
            "decreases."
        )
    return LearnedTransformation(fitted, -1.0 if np.any(steps < 0) else 1.0)


def _applied(function: Callable[[np.ndarray], Any], values: np.ndarray) -> np.ndarray:
    """Apply a function of columns to values of any shape; NaN where it refuses one."""
    result = np.full(values.shape, np.nan)
    known = np.isfinite(values)
    column = np.asarray(values[known], dtype=np.float64)[:, None]
    if not len(column):
        return result
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result[known] = np.ravel(function(column))
        except ValueError:
            # One value of them is refused: the others get theirs one by one.
            result[known] = [_applied_to_one(function, value) for value in column]
    return result


def _applied_to_one(function: Callable[[np.ndarray], Any], value: np.ndarray) -> float:
    """Apply a function of columns to one value, (1,); NaN where it refuses it."""
    try:
        return float(np.ravel(function(value[:, None]))[0])
    except ValueError:
        return np.nan


def _falls(values: np.ndarray) -> bool:
    """Whether a value is below the one before it, but for rounding."""
    if not len(values):
        return False
    return bool(np.any(np.diff(values) < -_EXACT * np.abs(values).max()))


def _named(transformer: Any) -> str:
    """Name a transformer in a sentence."""
    return " ".join(f"transformer={transformer!r:.100}".split())
