"""Sliding windows and their targets: row i of every tensor is the origin i.

A window is never copied: it is a view on the rows of one padded table. `Slices` is the same idea as
three plain arrays (rows, starts, length), the form in which the recurrent networks gather their
batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from forecast.validation import Rule, check_horizon, check_parameters, integer

__all__ = ["SlidingWindow", "lead"]


class SlidingWindow(  # type: ignore[call-arg]
    OneToOneFeatureMixin, TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Turn a table into the tensor of its windows, one for each row.

    Window i holds the `lookback` rows that end at row i, so that no row is lost and none sees the
    future. Where the history is short, the missing timesteps are NaN.

    Parameters
    ----------
    lookback : int, default=24
        The number of timesteps in a window.

    Attributes
    ----------
    n_features_in_ : int
        The number of features.

    Notes
    -----
    The tensor is a read-only view on one padded float32 copy of the table: memory is O(rows), not
    O(rows · lookback). A tensor has three axes and stays an array under ``set_output``.

    Examples
    --------
    >>> import numpy as np
    >>> SlidingWindow(lookback=2).fit_transform(np.array([[1.0], [2.0], [3.0]]))[:, :, 0]
    array([[nan,  1.],
           [ 1.,  2.],
           [ 2.,  3.]], dtype=float32)
    """

    _rules: ClassVar[dict[str, Rule]] = {"lookback": integer(1)}

    def __init__(self, lookback: int = 24):
        self.lookback = lookback

    def fit(self, X: Any, y: Any = None) -> SlidingWindow:
        """Check the parameter and remember the features.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
        y : ignored

        Returns
        -------
        SlidingWindow
            The transformer itself.
        """
        check_parameters(self, self._rules)
        validate_data(self, X, ensure_all_finite="allow-nan", dtype=np.float32)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the windows.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            May hold NaN.

        Returns
        -------
        array of shape (n_rows, lookback, n_features), float32
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float32)
        padded = np.full((len(X) + self.lookback - 1, X.shape[1]), np.nan, dtype=np.float32)
        padded[self.lookback - 1 :] = X
        return sliding_window_view(padded, self.lookback, axis=0).transpose(
            0, 2, 1
        )  # (samples, timesteps, features)

    def set_output(self, *, transform: str | None = None) -> SlidingWindow:
        """Accept the setting of a pipeline; tensors stay arrays, since a frame has but two axes.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None
            Not used.

        Returns
        -------
        SlidingWindow
            The transformer itself.
        """
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def lead(y: Any, horizon: int) -> np.ndarray:
    """Return for each row the values of the rows that follow: the targets of direct multi-step
    forecasts.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
    horizon : int
        The number of steps ahead.

    Returns
    -------
    array of shape (n_rows, horizon) or (n_rows, horizon, n_targets)
        Row i is ``y[i + 1] … y[i + horizon]``; NaN where the future is short. A read-only view.

    Raises
    ------
    ValueError
        If `horizon` is no positive whole number, or `y` has more than two axes.

    Examples
    --------
    >>> lead([1.0, 2.0, 3.0], horizon=2)
    array([[ 2.,  3.],
           [ 3., nan],
           [nan, nan]])
    """
    horizon = check_horizon(horizon)
    values = np.asarray(y, dtype=np.float64)
    if values.ndim not in (1, 2):
        raise ValueError(f"y must have shape (rows,) or (rows, targets); got {values.shape}.")
    padded = np.full((len(values) + horizon, *values.shape[1:]), np.nan)
    padded[: len(values)] = values
    return np.moveaxis(sliding_window_view(padded[1:], horizon, axis=0), -1, 1)[: len(values)]


@dataclass(frozen=True)
class Slices:
    """Equally long runs of rows of one table: windows that nobody has copied.

    Parameters
    ----------
    rows : array of shape (n_rows, channels), float32
    starts : array of shape (samples,)
        The first row of each run.
    length : int
        The number of rows in a run.
    """

    rows: np.ndarray
    starts: np.ndarray
    length: int

    @classmethod
    def of(cls, tensor: np.ndarray) -> Slices:
        """See a tensor (samples, timesteps, channels) as slices; a view of overlapping windows is not copied."""
        samples, timesteps, channels = tensor.shape
        if samples > 1 and timesteps > 1 and tensor.strides[0] == tensor.strides[1]:
            shape = (samples + timesteps - 1, channels)
            rows = as_strided(
                tensor, shape, (tensor.strides[0], tensor.strides[2]), writeable=False
            )
            return cls(rows, np.arange(samples), timesteps)
        return cls(tensor.reshape(-1, channels), timesteps * np.arange(samples), timesteps)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, samples: Any) -> np.ndarray:
        """Gather some runs: (samples, length, channels)."""
        return self.rows[self.starts[samples][:, None] + np.arange(self.length)]

    def complete(self) -> np.ndarray:
        """Whether each run is free of NaN, shape (samples,)."""
        gaps = np.concatenate([[0], np.cumsum(np.isnan(self.rows).any(axis=1))])
        return gaps[self.starts + self.length] == gaps[self.starts]

    def keep(self, samples: slice | np.ndarray) -> Slices:
        """Return the slices of some samples of the same table."""
        return Slices(self.rows, self.starts[samples], self.length)
