"""Where a backtest cuts: rolling origins, by time and for all series at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.exceptions import InputError
from forecast.tables.cells import as_pandas
from forecast.tables.frequency import numbered_series
from forecast.tables.rows import moments_of
from forecast.validation import Rule, check_parameters, integer, one_of, optional
from forecast.wording import counted

__all__ = ["RollingOrigin"]


class RollingOrigin(BaseEstimator):
    """Cut a table at the last origins in time: learn up to the origin, forecast the next rows.

    A scikit-learn splitter, and the cuts of `backtest` [1]_. It cuts by the moments of the index,
    for all series at the same moment, so it is right for a table of many series too.

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
        X, y = as_pandas(X), as_pandas(y)
        n_rows = len(y if X is None else X)
        index = moments_of(X, y, n_rows)
        moment, moments = numbered(index)  # (n_rows,)
        series, _ = numbered_series(index)  # (n_rows,)
        for first, origin in self.cuts(len(moments)):
            is_training = (moment >= first) & (moment <= origin)
            # Nothing is known of a series that begins after the origin.
            has_begun = np.isin(series, np.unique(series[is_training]))
            step = moment - origin - self.gap
            is_ahead = (step > 0) & (step <= self.horizon)
            yield np.flatnonzero(is_training), np.flatnonzero(is_ahead & has_begun)

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
        # Counted from the end: the last origin has a gap and a horizon after it.
        last_origin = n - 1 - self.gap - self.horizon
        first_origin = last_origin - step * (self.origins - 1)
        if first_origin < 0:
            shorter = "a shorter horizon" if self.origins == 1 else "fewer origins"
            raise InputError(
                f"the table has {n} moments; {counted(self.origins, 'origin')} with "
                f"horizon={self.horizon},"
                f" step={step} and gap={self.gap} need at least {n - first_origin} and some more"
                f" to learn from. Ask for {shorter}."
            )
        origins = range(first_origin, last_origin + 1, step)
        if self.window == "expanding":
            return [(0, origin) for origin in origins]
        return [(origin - first_origin, origin) for origin in origins]


def numbered(index: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Return the number of each row's moment, in time, and the moments."""
    codes, moments = pd.factorize(index.get_level_values(-1), sort=True)
    return codes, pd.Index(moments)
