"""Where a backtest cuts: rolling origins, by time and for all series at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.tables.intake import moments_of
from forecast.validation import Rule, check_parameters, integer, one_of, optional

__all__ = ["RollingOrigin"]


class RollingOrigin(BaseEstimator):
    """Cut a table at the last origins in time: rows up to the origin to learn from, the next
    `horizon` to forecast.

    A scikit-learn splitter, and the cuts of `backtest`. It cuts by the moments of the index, for
    all series at the same moment, so it is right for a table of many series too.

    Parameters
    ----------
    horizon : int, default=1
        Steps to forecast from each origin.
    origins : int, default=10
        How many origins; the last one has just `horizon` rows after it (and the gap).
    step : int, optional
        Rows from one origin to the next; by default the horizon.
    gap : int, default=0
        Rows between the origin and the first row to forecast.
    window : {"expanding", "sliding"}, default="expanding"
        Whether the training part begins with the table or is always as long as that of the first
        origin.

    References
    ----------
    .. [1] Tashman (2000), Int. J. Forecasting 16(4), 437-450.

    Examples
    --------
    >>> import numpy as np
    >>> for train, test in RollingOrigin(horizon=2, origins=3).split(np.zeros((9, 1))):
    ...     print(train, test)
    [0 1 2] [3 4]
    [0 1 2 3 4] [5 6]
    [0 1 2 3 4 5 6] [7 8]
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "horizon": integer(1),
        "origins": integer(1),
        "step": optional(integer(1)),
        "gap": integer(0),
        "window": one_of("expanding", "sliding"),
    }

    def __init__(
        self,
        horizon: int = 1,
        origins: int = 10,
        step: int | None = None,
        gap: int = 0,
        window: str = "expanding",
    ):
        self.horizon = horizon
        self.origins = origins
        self.step = step
        self.gap = gap
        self.window = window

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to learn from and the rows to forecast, origin after origin.

        Parameters
        ----------
        X : array-like or frame of n_rows
            Its index says the moments; without one, each row is a moment.
        y, groups : ignored, but for the index of y where X has none

        Yields
        ------
        train, test : arrays of row positions
        """
        index = moments_of(X, y, len(X if X is not None else y))
        codes, times = numbered(index)
        series = (
            pd.factorize(index.get_level_values(0))[0]
            if isinstance(index, pd.MultiIndex)
            else np.zeros(len(index))
        )
        for first, origin in self.cuts(len(times)):
            ahead, train = (
                codes - origin - self.gap,
                np.flatnonzero((codes >= first) & (codes <= origin)),
            )
            begun = np.isin(
                series, np.unique(series[train])
            )  # nothing is known of a series that begins later
            yield train, np.flatnonzero((ahead > 0) & (ahead <= self.horizon) & begun)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of origins.

        Parameters
        ----------
        X, y, groups : ignored

        Returns
        -------
        int
        """
        return self.origins

    def cuts(self, n: int) -> list[tuple[int, int]]:
        """Return where the training parts begin and end.

        Parameters
        ----------
        n : int
            The number of moments in the table.

        Returns
        -------
        list of (first, origin)
            The number of the first and of the last moment of each training part.

        Raises
        ------
        ValueError
            If the table is too short for the origins.
        """
        check_parameters(self, self._rules)
        step = self.step or self.horizon
        last = n - 1 - self.gap - self.horizon
        first = last - step * (self.origins - 1)
        if first < 0:
            need = self.horizon + self.gap + step * (self.origins - 1) + 1
            raise ValueError(
                f"the table has {n} moments; {self.origins} origins with horizon={self.horizon}, step={step} and "
                f"gap={self.gap} need at least {need} and some more to learn from. Ask for fewer origins."
            )
        starts = [
            0 if self.window == "expanding" else o - first for o in range(first, last + 1, step)
        ]
        return list(zip(starts, range(first, last + 1, step), strict=True))


def numbered(index: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Return the number of each row's moment, in time, and the moments."""
    times = index.get_level_values(1) if isinstance(index, pd.MultiIndex) else index
    codes, moments = pd.factorize(times, sort=True)
    return codes, pd.Index(moments)
