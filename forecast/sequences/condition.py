"""What is known of a sequence beforehand, as a row of numbers that a network reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.exceptions import InputError
from forecast.tables.standardising import (
    mean_and_deviation,
    standardised_columns,
    without_rounding,
)
from forecast.validation import nearest
from forecast.wording import counted


@dataclass(frozen=True, eq=False)
class Condition:
    """What `fit` has learned of the conditions: their scale, or their labels.

    Parameters
    ----------
    mean, scale : arrays of shape (features,)
        Numbers are read in units of their deviation. Without columns where there is no condition.
    labels : tuple of str
        Texts are labels: each has a column, which is 1 where it is the condition.
    """

    mean: np.ndarray
    scale: np.ndarray
    labels: tuple[str, ...] = ()

    @classmethod
    def learn(cls, condition: Any, n: int) -> Condition:
        """Learn from the conditions of n sequences.

        Parameters
        ----------
        condition : array of shape (n,) or (n, features), or None
        n : int
        """
        if condition is None:
            return cls(np.zeros(0), np.zeros(0))
        values = np.asarray(condition)
        if values.ndim == 1:
            if all(isinstance(value, str) for value in values):
                labels = tuple(sorted(set(values.tolist())))
                return cls(np.zeros(len(labels)), np.ones(len(labels)), labels)
            values = values[:, None]
        rows = _numbers(values, n)
        mean, deviation = mean_and_deviation(rows)
        return cls(mean, without_rounding(deviation, mean))

    @property
    def features(self) -> int:
        """The number of columns."""
        return len(self.mean)

    def rows(self, condition: Any, n: int) -> np.ndarray:
        """Return the conditions of n sequences as the network reads them.

        Parameters
        ----------
        condition : array of shape (n, features), (n,) or (features,), a number, a text or None
            One serves for all sequences.
        n : int

        Returns
        -------
        array of shape (n, features)

        Raises
        ------
        ValueError
            If it is of another shape than in `fit`, or is a label that was not seen there.
        """
        if (condition is None) != (not self.features):
            raise InputError(
                "this generator was fitted with a condition: pass one."
                if self.features
                else "this generator was fitted without a condition: pass none."
            )
        if condition is None:
            return np.zeros((n, 0))
        if self.labels:
            return self._one_hot(np.asarray(condition).reshape(-1), n)
        values = np.asarray(condition)
        if values.ndim < 2:
            # One feature of each sequence, or all features of one.
            values = values.reshape((-1, 1) if self.features == 1 else (1, -1))
        if values.shape[1:] != (self.features,):
            raise InputError(
                f"condition has the shape {values.shape}; fit saw "
                f"{counted(self.features, 'feature')}, one row serves for all sequences."
            )
        rows = _numbers(values, n)
        return standardised_columns(rows, self.mean, self.scale, np.float64)

    def _one_hot(self, labels: np.ndarray, n: int) -> np.ndarray:
        """Return labels as rows that are 1 in the column of each."""
        for label in labels.tolist():
            if label not in self.labels:
                raise InputError(
                    f"condition {label!r} was not seen in fit; {nearest(label, self.labels)}."
                )
        return _repeated((labels[:, None] == np.array(self.labels)).astype(np.float64), n)


def _numbers(values: np.ndarray, n: int) -> np.ndarray:
    """Return rows of numbers for n sequences; refuse what is none, and what is not finite."""
    if values.ndim != 2:
        raise InputError(
            f"condition has the shape {values.shape}; it must be (sequences, features)."
        )
    try:
        rows = values.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(
            "condition holds what is no number. Pass numbers, or one text for each sequence."
        ) from None
    if not np.isfinite(rows).all():
        place = int(np.argmin(np.isfinite(rows).all(axis=1)))
        raise InputError(
            f"condition contains NaN or inf in row {place}. Replace it, or leave the row out."
        )
    return _repeated(rows, n)


def _repeated(rows: np.ndarray, n: int) -> np.ndarray:
    """Return n rows, of which one serves for all; refuse another number."""
    if len(rows) == 1:
        return np.repeat(rows, n, axis=0)
    if len(rows) != n:
        raise InputError(
            f"condition has {counted(len(rows), 'row')} for {counted(n, 'sequence')}. "
            "Pass one for each, or one for all."
        )
    return rows
