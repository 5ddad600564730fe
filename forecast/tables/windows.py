"""Sliding windows and their targets: row i of every tensor is the origin i.

A window is never copied: it is a view on the rows of one padded table. `Slices` is the same idea as
three plain arrays (rows, starts, length), the form in which the recurrent networks gather their
batches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from forecast.exceptions import InputError
from forecast.tables.cells import as_pandas, floats_of
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

        # The first row gets a whole window too: lookback - 1 rows of NaN stand before it.
        n_missing = self.lookback - 1
        n_rows, n_features = X.shape
        padded = np.full((n_missing + n_rows, n_features), np.nan, dtype=np.float32)
        padded[n_missing:] = X

        # NumPy puts the axis of the window last: (samples, features, timesteps).
        windows = sliding_window_view(padded, self.lookback, axis=0)
        return windows.transpose(0, 2, 1)  # (samples, timesteps, features)

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
    """Return for each row the values of the rows that follow it.

    These are the targets of direct multi-step forecasts: one for each step of the horizon.

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
        If `horizon` is no positive whole number, or `y` has more than two axes or holds what is no
        number.

    Examples
    --------
    >>> lead([1.0, 2.0, 3.0], horizon=2)
    array([[ 2.,  3.],
           [ 3., nan],
           [nan, nan]])
    """
    horizon = check_horizon(horizon)
    values = floats_of(as_pandas(y), "y")
    if values.ndim not in (1, 2):
        raise InputError(f"y must have shape (rows,) or (rows, targets); got {values.shape}.")
    n_rows = len(values)

    # The last row gets a whole future too: horizon rows of NaN stand after it.
    padded = np.full((n_rows + horizon, *values.shape[1:]), np.nan)
    padded[:n_rows] = values

    # The future of row i begins at row i + 1.
    futures = sliding_window_view(padded[1:], horizon, axis=0)  # (n_rows, [n_targets,] horizon)
    futures = futures[:n_rows]
    return np.moveaxis(futures, -1, 1)  # (n_rows, horizon[, n_targets])


@dataclass(frozen=True)
class UnreadRows:
    """A table that stays where it is: rows are read, and made numbers of, when they are asked for.

    Parameters
    ----------
    shape : tuple of two ints
        (n_rows, channels)
    read : function
        Returns rows, (n, channels), from their numbers, (n,).
    """

    shape: tuple[int, int]
    read: Callable[[np.ndarray], np.ndarray]

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """Read some rows: of the shape of `rows`, with the channels behind it."""
        return self.read(rows.ravel()).reshape(*rows.shape, self.shape[1])


@dataclass(frozen=True)
class Slices:
    """Equally long runs of rows of one table: windows that nobody has copied.

    Parameters
    ----------
    rows : array of shape (n_rows, channels), float32, or UnreadRows
    starts : array of shape (samples,)
        The first row of each run.
    length : int
        The number of rows in a run.
    """

    rows: Any
    starts: np.ndarray
    length: int

    @classmethod
    def of(cls, tensor: np.ndarray) -> Slices:
        """See a tensor (samples, timesteps, channels) as slices, a view where windows overlap."""
        n_samples, n_timesteps, n_channels = tensor.shape
        samples = np.arange(n_samples)
        to_sample, to_timestep, to_channel = tensor.strides

        # Where the next sample lies as far as the next timestep, as in `SlidingWindow`, the tensor
        # is a view of one table: its rows are seen again.
        is_view = n_samples > 1 and n_timesteps > 1 and to_sample == to_timestep
        if is_view:
            shape = (n_samples + n_timesteps - 1, n_channels)
            rows = as_strided(tensor, shape, (to_timestep, to_channel), writeable=False)
            return cls(rows, samples, n_timesteps)

        # Any other tensor becomes a table of its windows, one after the other.
        rows = tensor.reshape(-1, n_channels)
        return cls(rows, n_timesteps * samples, n_timesteps)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, samples: Any) -> np.ndarray:
        """Gather some runs: (samples, length, channels)."""
        starts = self.starts[samples][:, None]
        return self.rows[starts + np.arange(self.length)]

    def complete(self) -> np.ndarray:
        """Whether each run is free of NaN, shape (samples,)."""
        # As many gaps before its end as before its start: none within. Each row is looked at once,
        # however many runs it is in.
        is_gap = np.isnan(self.rows).any(axis=1)
        n_before = np.concatenate([[0], np.cumsum(is_gap)])
        return n_before[self.starts + self.length] == n_before[self.starts]

    def keep(self, samples: slice | np.ndarray) -> Slices:
        """Return the slices of some samples of the same table."""
        return Slices(self.rows, self.starts[samples], self.length)
