"""The contract of all forecasters: scikit-learn regressors whose rows are moments.

A forecaster implements two functions of a panel (a table in order): `_learn`, and `_answer`, which
forecasts from many origins at once with what was learned. All else is made of these two: `predict`
is the answer from the end of the remembered rows, `update` moves this memory on, `hindcast` asks
for origins of a given table. So one forecast cannot differ from another by the road on which it was
asked for. Long because every refusal of a bad table stands here, once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from forecast.forecasters.intervals import NO_QUANTILES, check_quantiles
from forecast.tables.intake import moments_of, numbers_of
from forecast.tables.panel import Panel
from forecast.tables.timeline import is_default, series_rows
from forecast.validation import (
    Rule,
    check,
    check_finite,
    check_horizon,
    check_parameters,
    integer,
    nearest,
    number,
    optional,
    resolve_columns,
)

__all__ = ["Forecaster"]

_BLOCK = 2**23  # numbers in the copied histories of a block, about


class _Asked(NamedTuple):
    """The rows that `predict` is asked for."""

    series: np.ndarray  # (n_rows,) number of the series in the memory
    steps: np.ndarray  # (n_rows,) steps after the end of the memory
    X: np.ndarray  # (n_rows, n_features)
    moments: pd.Index


class Forecaster(RegressorMixin, BaseEstimator):
    """Base of all forecasters: `fit`, `predict`, `forecast`, `update`, `hindcast` and their
    intervals.

    A subclass declares its constructor, `_rules`, and implements `_learn(panel)`,
    `_answer(panel, origins, horizon, quantiles)`, `_needs()` and `_memory()`.

    Attributes
    ----------
    memory_ : Panel
        The last rows of each series: as much as the next forecast needs.
    series_ : tuple
        The names of the series, ``(None,)`` for a single one without a name.
    n_features_in_ : int
        The number of columns of X.
    target_names_ : list
        The names of the columns of y, or their numbers.

    Examples
    --------
    >>> from forecast import Forecaster, NaiveForecaster
    >>> isinstance(NaiveForecaster(), Forecaster)
    True
    """

    _rules: ClassVar[dict[str, Rule]] = {}

    @property
    def _reads_features(self) -> bool:
        """Whether columns of X act on the forecasts."""
        return True

    @property
    def _takes_gaps(self) -> bool:
        """Whether NaN in y is a missing observation."""
        return False

    def _unknown_ahead(self, names: Sequence[Any] | None, width: int) -> np.ndarray:
        """Return which columns of X are observed but not known ahead, (width,)."""
        return resolve_columns(getattr(self, "past_features", ()), names, width, "past_features")

    def _learn(self, panel: Panel) -> None:
        """Learn from a panel without gaps (but those in y that `_takes_gaps` admits)."""
        raise NotImplementedError

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Forecast from rows of the panel: (origins, horizon, targets, 1 + quantiles), the point
        forecast first.

        Reads y and past features up to each origin, the other features up to ``origin + horizon``:
        each of these acts on the forecast of its own moment only. NaN where the history is too
        short.
        """
        raise NotImplementedError

    def _needs(self) -> tuple[int, str]:
        """Return the fewest rows to learn from, and the settings that ask for them."""
        return 2, "this forecaster"

    def _memory(self) -> int:
        """Return the number of rows that a forecast looks back on."""
        return 1

    def _direct_horizon(self, horizon: int) -> int:
        """Return the steps answered at once; further ones continue from the forecasts themselves."""
        return horizon

    def fit(self, X: Any, y: Any = None) -> Forecaster:
        """Learn, and remember the end of the table.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            What is known for each moment. With y missing, X is taken for y: the series alone.
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            The value at each moment. The moments are the index of X, else of y, else the row
            numbers.

        Returns
        -------
        Forecaster
            The forecaster itself.

        Raises
        ------
        ValueError
            If the table is too short, not sorted, not unique, not regular, or holds NaN or inf.
        """
        check_parameters(self, self._rules)
        if y is None:
            X, y = None, X
        panel, _ = Panel.of(*self._read(X, y, reset=True))
        return self._fit(panel)

    def _fit(self, panel: Panel) -> Forecaster:
        """Learn from a table that has been read."""
        self._past = self._unknown_ahead(getattr(self, "feature_names_in_", None), panel.X.shape[1])
        self._check_some_value(panel)
        self._check_rows(panel, panel.last)
        rows, why = self._needs()
        if panel.lengths.min() < rows:
            short = int(panel.lengths.argmin())
            name = "the series" if panel.keys[short] is None else f"series {panel.keys[short]!r}"
            raise ValueError(
                f"{name} has {panel.lengths[short]} rows; {why} needs at least {rows}. "
                "Pass more history, or ask for less of it."
            )
        self.series_: tuple[Hashable, ...] = panel.keys
        self._learn(panel)
        self.memory_ = panel.tail(self._memory())
        return self

    def update(self, X: Any, y: Any = None) -> Forecaster:
        """Observe the rows that follow: the memory moves on, the learned parameters stay.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            As in `fit`; with y missing, X is taken for y.
        y : array-like of shape (n_rows,) or (n_rows, n_targets)

        Returns
        -------
        Forecaster
            The forecaster itself.

        Raises
        ------
        ValueError
            If the rows do not follow the remembered ones at once.
        """
        check_is_fitted(self)
        if y is None:
            X, y = None, X
        index, features, targets = self._read(X, y, reset=False)
        new = self._panel(self._following(index), features, targets)[0]
        known = self._numbers(new.keys)
        for s, rows in zip(known, new.series(), strict=True):
            last = self.memory_.times[self.memory_.last[s]]
            step = int(self.memory_.frequency.steps(last, new.times[rows][:1])[0])
            if step < 1 or (step > 1 and not self.memory_.frequency.trading):
                expected = self.memory_.frequency.after(last, 1)[0]
                raise ValueError(
                    f"rows to observe must begin at {expected}; these begin at {new.times[rows][0]}."
                )
        self._check_rows(new, new.last)
        panel = self.memory_.append(new)
        self._observe(panel)
        self.memory_ = panel.tail(self._memory())
        return self

    def _observe(self, panel: Panel) -> None:
        """Move learned states on to the end of a panel that begins with the memory."""

    def predict(self, X: Any) -> np.ndarray:
        """Forecast the rows of X, which follow the remembered ones.

        Parameters
        ----------
        X : DataFrame, array-like of shape (n_rows, n_features), Index or int
            What is known for the moments asked for. Its index says which they are, and they may
            begin later than the next row; rows without an index follow at once. On a trading
            calendar the days in between are counted as weekdays, but a single one is taken for a
            holiday. An Index asks for its moments, an int for so many steps of every series, where
            no features are known ahead.

        Returns
        -------
        array of shape (n_rows,) or (n_rows, n_targets)
            In the unit of y, in the order of the rows asked for.

        Raises
        ------
        ValueError
            If rows lie inside or before the training part, features are missing or unknown, or a
            series is.
        """
        return self._shape(self._ask(self._asked(X), NO_QUANTILES)[..., 0])

    def predict_quantiles(
        self, X: Any, quantiles: Sequence[float] = (0.05, 0.5, 0.95)
    ) -> np.ndarray:
        """Forecast quantiles for the rows of X; they never cross.

        Parameters
        ----------
        X : DataFrame, array-like, Index or int
            As in `predict`.
        quantiles : sequence of floats between 0 and 1, default=(0.05, 0.5, 0.95)

        Returns
        -------
        array of shape (n_rows, n_quantiles) or (n_rows, n_targets, n_quantiles)

        Raises
        ------
        ValueError
            If a quantile is not between 0 and 1.
        """
        return self._shape(self._ask(self._asked(X), check_quantiles(quantiles))[..., 1:])

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Forecast an interval for the rows of X.

        Parameters
        ----------
        X : DataFrame, array-like, Index or int
            As in `predict`.
        coverage : float between 0 and 1, default=0.9
            The share of actuals that the interval should hold, half of the others on each side.

        Returns
        -------
        array of shape (n_rows, 2) or (n_rows, n_targets, 2)
            Lower and upper ends.

        Raises
        ------
        ValueError
            If the coverage is not between 0 and 1.
        """
        check(number(0, 1), coverage, "coverage")
        return self.predict_quantiles(X, ((1 - coverage) / 2, (1 + coverage) / 2))

    def simulate(self, X: Any, n_paths: int = 1000, random_state: int | None = None) -> np.ndarray:
        """Draw paths through the rows of X, for what depends on several rows: a sum, a maximum, a
        first crossing.

        ARIMA, exponential smoothing, Theta and naive forecasters draw the errors of their process
        from the normal distribution. `ConformalForecaster` adds the errors of whole past forecasts
        to the forecast of any other.

        Parameters
        ----------
        X : DataFrame, array-like, Index or int
            As in `predict`.
        n_paths : int, default=1000
        random_state : int, optional
            The same number gives the same paths.

        Returns
        -------
        array of shape (n_paths, n_rows) or (n_paths, n_rows, n_targets)
            In the unit of y. Series and targets are drawn independently of each other.

        Raises
        ------
        ValueError
            If this forecaster has no process to draw from.

        Examples
        --------
        >>> from forecast import NaiveForecaster
        >>> paths = NaiveForecaster().fit([1.0, 2.0, 4.0, 3.0]).simulate(2, n_paths=500, random_state=0)
        >>> paths.shape
        (500, 2)
        >>> bool(paths.max(axis=1).mean() > paths[:, 1].mean())
        True
        """
        check(integer(1), n_paths, "n_paths")
        check(optional(integer(0)), random_state, "random_state")
        asked = self._asked(X)
        panel, origins, horizon, place = self._extended(asked)
        paths = self._paths(panel, origins, horizon, n_paths, np.random.default_rng(random_state))
        drawn = self._whole(asked, paths[place, :, asked.steps - 1])  # (rows, paths, targets)
        return self._shape(drawn.swapaxes(0, 1), axis=2)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths from rows of the panel: (origins, paths, horizon, targets)."""
        raise ValueError(
            f"{type(self).__name__} has no process to draw paths from: wrap it, ConformalForecaster("
            f"{type(self).__name__}(…)).fit(…).simulate(…) adds errors of whole past forecasts."
        )

    def forecast(self, X: Any, coverage: float | None = None) -> pd.DataFrame:
        """Forecast the rows of X as a table for people.

        Parameters
        ----------
        X : DataFrame, array-like, Index or int
            As in `predict`.
        coverage : float between 0 and 1, optional
            If given, the interval of `predict_interval` is in the table.

        Returns
        -------
        DataFrame of n_rows
            The moments (and series) as index, the columns ``forecast`` and, with a coverage,
            ``lower`` and ``upper``. With several targets the columns are (target, …).
        """
        columns = [self.predict(X).reshape(-1, self._n_targets)]
        names = ["forecast"]
        if coverage is not None:
            interval = self.predict_interval(X, coverage).reshape(-1, self._n_targets, 2)
            columns += [interval[..., 0], interval[..., 1]]
            names += ["lower", "upper"]
        index = self._asked(X).moments
        if self._target_ndim == 1:
            return pd.DataFrame(
                {n: c[:, 0] for n, c in zip(names, columns, strict=True)}, index=index
            )
        values = np.stack(columns, axis=2).reshape(len(index), -1)
        return pd.DataFrame(
            values, index=index, columns=pd.MultiIndex.from_product([self.target_names_, names])
        )

    def hindcast(
        self, X: Any, y: Any, origins: Any, horizon: int, quantiles: Sequence[float] | None = None
    ) -> np.ndarray:
        """Forecast in retrospect: from many origins of a table at once, with the learned
        parameters.

        Nothing after an origin is read but the features that are known ahead. Changes nothing.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            A table that begins with enough history before the first origin. Values after the
            origins may be NaN.
        origins : sequence of row positions, of timestamps, or of (series, timestamp)
            Integers are always row positions, even where moments are integers.
        horizon : int
        quantiles : sequence of floats between 0 and 1, optional

        Returns
        -------
        array of shape (n_origins, horizon[, n_targets][, 1 + n_quantiles])
            NaN where the history before the origin is too short. With quantiles the last axis holds
            the forecast and then its quantiles.

        Raises
        ------
        ValueError
            If an origin is not in the table, or rows that the forecasts need hold NaN.
        """
        check_is_fitted(self)
        horizon = check_horizon(horizon)
        panel, start = self._table(X, y, origins, horizon)
        series = panel.codes[start]
        beyond = int((start + horizon - panel.last[series]).max(initial=0))
        if beyond > 0:
            self._refuse_unknown_future(f"the forecasts reach {beyond} rows beyond the table")
            start += beyond * series
            panel = panel.extend(beyond)
        if quantiles is None:
            return self._shape(self._answers(panel, start, horizon, NO_QUANTILES)[..., 0], axis=2)
        return self._shape(self._answers(panel, start, horizon, check_quantiles(quantiles)), axis=2)

    def _table(self, X: Any, y: Any, origins: Any, horizon: int = 0) -> tuple[Panel, np.ndarray]:
        """Return a further table as a panel and the rows of the origins in it; refuse gaps in what they read."""
        index, features, targets = self._read(X, y, reset=False)
        panel, rows = self._panel(index, features, targets)
        start = rows[_origin_rows(origins, index)]
        self._numbers(panel.keys)
        last = np.full(len(panel.keys), -1)
        np.maximum.at(last, panel.codes[start], start)
        self._check_rows(panel, last, horizon)
        return panel, start

    def _answers(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Answer any horizon, in blocks of origins where their histories have to be copied to be continued."""
        if horizon <= self._direct_horizon(horizon):
            return self._continued(panel, origins, horizon, quantiles)
        size = max(
            1, _BLOCK // ((self._memory() + horizon) * (panel.X.shape[1] + panel.y.shape[1]))
        )
        blocks = [origins[k : k + size] for k in range(0, max(1, len(origins)), size)]
        return np.concatenate(
            [self._continued(panel, block, horizon, quantiles) for block in blocks]
        )

    def _continued(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Beyond the direct horizon, forecasts become history and the variances of errors add up."""
        parts, direct = [], self._direct_horizon(horizon)
        carried: Any = 0.0  # the spread at the end of the steps answered so far
        for start in range(0, horizon, direct):
            steps = min(direct, horizon - start)
            answer = self._answer(panel, origins, steps, quantiles)
            point = answer[..., :1]
            own = answer[..., 1:] - point
            squares = own * np.abs(own) + carried * np.abs(
                carried
            )  # variances add up, on either side
            spread = np.sort(np.sign(squares) * np.sqrt(np.abs(squares)), axis=-1)
            answer[..., 1:], carried = point + spread, spread[:, -1:]
            parts.append(answer)
            if start + steps < horizon:
                panel, origins = self._onward(
                    panel, origins, point[..., 0], horizon - start - steps
                )
        return np.concatenate(parts, axis=1)

    def _onward(
        self, panel: Panel, origins: np.ndarray, forecast: np.ndarray, rest: int
    ) -> tuple[Panel, np.ndarray]:
        """Make each origin a series whose history ends with its forecasts; past features stay as they were."""
        memory, steps = self._memory(), forecast.shape[1]
        offsets = np.arange(steps - memory + 1, steps + rest + 1)
        rows = origins[:, None] + offsets  # (origins, memory + rest)
        codes = panel.codes[origins]
        outside = (rows < panel.bounds[codes][:, None]) | (rows > panel.last[codes][:, None])
        rows = np.clip(rows, 0, len(panel) - 1)
        X, y = panel.X[rows], panel.y[rows]
        X[outside], y[outside] = np.nan, np.nan
        ahead = offsets > 0
        X[:, ahead] = np.where(self._past, panel.X[origins][:, None], X[:, ahead])
        y[:, ahead] = np.nan
        known = ahead & (offsets <= steps)
        y[:, known] = forecast[:, offsets[known] - 1]
        n = len(offsets)
        onward = Panel(
            tuple(panel.keys[c] for c in codes),
            n * np.arange(len(origins) + 1),
            panel.times[rows.ravel()],
            X.reshape(n * len(origins), -1) if X.shape[2] else np.empty((n * len(origins), 0)),
            y.reshape(-1, y.shape[2]),
            panel.frequency,
        )
        return onward, onward.bounds[:-1] + memory - 1

    def _read(self, X: Any, y: Any, reset: bool) -> tuple[pd.Index, np.ndarray, np.ndarray]:
        """Turn the user's table into (index, X, y) and refuse what is no table of numbers."""
        values = numbers_of(y)
        ndim, values = values.ndim, values.reshape(len(values), -1)
        named = isinstance(y, pd.Series) and y.name is not None
        names = (
            list(y.columns)
            if isinstance(y, pd.DataFrame)
            else [y.name]
            if named
            else list(range(values.shape[1]))
        )
        if reset:
            self._target_ndim, self._n_targets, self.target_names_ = ndim, values.shape[1], names
        elif values.shape[1] != self._n_targets:
            raise ValueError(f"y has {values.shape[1]} targets; fit saw {self._n_targets}.")
        features = self._features(X, len(values), reset)
        if len(features) != len(values):
            raise ValueError(
                f"X has {len(features)} rows and y has {len(values)}; both need one row per moment."
            )
        return moments_of(X, y, len(values)), features, values

    def _features(self, X: Any, n: int, reset: bool) -> np.ndarray:
        """Return the features (n_rows, n_features) as floats; their names and order must be those of `fit`."""
        if X is None or (isinstance(X, pd.DataFrame) and X.shape[1] == 0):
            if reset:
                self.n_features_in_ = 0
                if hasattr(self, "feature_names_in_"):
                    del self.feature_names_in_
            elif self.n_features_in_ and (self._reads_features and not self._past.all()):
                raise ValueError(
                    f"X has no features; fit saw {self.n_features_in_}: pass the same columns."
                )
            return np.full(
                (n if X is None else len(X), self.n_features_in_),
                np.nan if self._reads_features else 0.0,
            )
        return validate_data(
            self,
            X,
            reset=reset,
            dtype=np.float64,
            ensure_all_finite=False,
            ensure_min_samples=2 if reset else 1,
        )

    def _panel(
        self, index: pd.Index, features: np.ndarray, targets: np.ndarray
    ) -> tuple[Panel, np.ndarray]:
        """Order a further table; its moments must be of the kind and frequency of the training rows."""
        self._check_named_series(index)
        panel, rows = Panel.of(index, features, targets, self.memory_.frequency)
        for part in panel.series():
            panel.frequency.check(panel.times[part], self.memory_.times[-1])
        return panel, rows

    def _check_named_series(self, index: pd.Index) -> None:
        if isinstance(index, pd.MultiIndex) != (self.series_ != (None,)):
            raise ValueError(
                f"fit saw the series {list(self.series_)[:5]}: X needs a MultiIndex (series, timestamp)."
                if self.series_ != (None,)
                else "fit saw one series without a name; X has a MultiIndex: pass one series without its name."
            )

    def _numbers(self, keys: Sequence[Hashable]) -> np.ndarray:
        """Return the number that each of these series had in `fit`; refuse unknown ones by name."""
        known = {key: s for s, key in enumerate(self.series_)}
        for key in keys:
            if key not in known:
                raise ValueError(
                    f"series {key!r} was not in the training part; {nearest(str(key), known)}."
                )
        return np.array([known[key] for key in keys], dtype=np.intp)

    def _check_rows(self, panel: Panel, last: np.ndarray, horizon: int = 0) -> None:
        """Refuse gaps in what is read: y and past features up to each last origin, the others `horizon` further."""
        position = np.arange(len(panel))
        seen = position <= last[panel.codes]
        ahead = position <= np.where(last < 0, -1, last + horizon)[panel.codes]
        if self._takes_gaps:
            wrong = np.where(seen[:, None] & np.isinf(panel.y), panel.y, 0.0)
        else:
            wrong = np.where(seen[:, None], panel.y, 0.0)
        moments = _Names(panel)
        names = [f"y[{name!r}]" if self._target_ndim == 2 else "y" for name in self.target_names_]
        check_finite(
            wrong,
            moments,
            names,
            "Fill such gaps, for instance with y.ffill() (--fill at the command line); ARIMAForecaster takes NaN in y.",
        )
        read = np.where(self._past, seen[:, None], ahead[:, None]) & (
            self._reads_features or horizon == 0
        )
        check_finite(
            np.where(read, panel.X, 0.0),
            moments,
            self._column_names(),
            "Fill such gaps, for instance with X.ffill() (--fill at the command line).",
        )

    def _column_names(self) -> list[str]:
        return [
            f"X[{name!r}]"
            for name in getattr(self, "feature_names_in_", range(self.n_features_in_))
        ]

    def _check_some_value(self, panel: Panel) -> None:
        for key, rows in zip(panel.keys, panel.series(), strict=True):
            if np.isnan(panel.y[rows]).all(axis=0).any():
                name = "the series" if key is None else f"series {key!r}"
                raise ValueError(f"{name} has no value at all (every y is NaN). Drop it.")

    def _following(self, index: pd.Index) -> pd.Index:
        """Name rows without moments of their own: they follow the memory at once."""
        if not is_default(index) or self.series_ != (None,):
            return index
        return self.memory_.frequency.after(self.memory_.times[-1], len(index))

    def _asked(self, X: Any) -> _Asked:
        """Find out which rows `predict` is asked for."""
        check_is_fitted(self)
        if isinstance(X, (int, float, np.number, bool)):
            return self._asked_steps(check_horizon(X, "the number of steps to predict"))
        if isinstance(X, pd.Index):
            X = pd.DataFrame(index=X)
        features = self._features(X, 0, reset=False)
        index = self._following(moments_of(X, None, len(features)))
        self._check_named_series(index)
        if isinstance(index, pd.MultiIndex):
            groups = series_rows(index)
            times = index.get_level_values(1)
            numbers = self._numbers([key for key, _ in groups])
        else:
            groups, times, numbers = (
                [(None, np.arange(len(index)))],
                index,
                np.zeros(1, dtype=np.intp),
            )
        series, steps = np.empty(len(index), dtype=np.intp), np.empty(len(index), dtype=np.intp)
        for (_, rows), s in zip(groups, numbers, strict=True):
            series[rows], steps[rows] = s, self._steps_of(times[rows], int(s))
        remedy = (
            "Features of rows to predict must be known: give them, or name them in past_features."
        )
        check_finite(np.where(self._past, 0.0, features), list(index), self._column_names(), remedy)
        return _Asked(series, steps, features, index)

    def _asked_steps(self, horizon: int) -> _Asked:
        self._refuse_unknown_future(f"{horizon} steps were asked for by number")
        panel = self.memory_.extend(horizon)
        rows = np.flatnonzero(panel.position >= np.repeat(panel.lengths - horizon, panel.lengths))
        steps = np.tile(np.arange(1, horizon + 1), len(panel.keys))
        return _Asked(panel.codes[rows], steps, panel.X[rows], panel.index(rows))

    def _refuse_unknown_future(self, what: str) -> None:
        if self._reads_features and self.n_features_in_ and not self._past.all():
            names = np.asarray(getattr(self, "feature_names_in_", np.arange(self.n_features_in_)))[
                ~self._past
            ]
            raise ValueError(
                f"{what}, but the features {', '.join(map(str, names[:10]))} must be known ahead: "
                "pass the rows of X for these moments (at the command line, a SOURCE with them), or name the features "
                "in past_features."
            )

    def _steps_of(self, times: pd.Index, series: int) -> np.ndarray:
        """Count the steps from the end of the memory to the rows asked for."""
        frequency, last = self.memory_.frequency, self.memory_.times[self.memory_.last[series]]
        frequency.check_kind(times, last)
        steps = frequency.steps(last, times)
        if (steps < 1).any():
            wrong = times[int(np.argmax(steps < 1))]
            raise ValueError(
                f"row {wrong} lies inside or before the training part, which ends at {last}: "
                f"ask for rows from {frequency.after(last, 1)[0]} on, or use hindcast."
            )
        if (
            frequency.trading and times.is_monotonic_increasing
        ):  # one row is one step; one closed day before it is none
            steps = (1 if steps[0] == 2 else steps[0]) + np.arange(len(steps))
        return steps

    def _extended(self, asked: _Asked) -> tuple[Panel, np.ndarray, int, np.ndarray]:
        """Return the memory with the rows asked for behind it, its origins, the horizon, each row's origin."""
        numbers, place = np.unique(asked.series, return_inverse=True)
        memory, horizon = self.memory_.select(numbers), int(asked.steps.max())
        panel = memory.extend(horizon)
        origins = panel.last - horizon
        panel.X[origins[place] + asked.steps] = asked.X
        return panel, origins, horizon, place

    def _ask(self, asked: _Asked, quantiles: np.ndarray) -> np.ndarray:
        """Answer rows after the memory: (n_rows, targets, 1 + quantiles)."""
        panel, origins, horizon, place = self._extended(asked)
        return self._whole(
            asked, self._answers(panel, origins, horizon, quantiles)[place, asked.steps - 1]
        )

    def _whole(self, asked: _Asked, answer: np.ndarray) -> np.ndarray:
        """Return an answer (n_rows, …) if no row of it lacks features on the way."""
        if np.isinf(answer).any():
            row = int(np.argwhere(np.isinf(answer))[0, 0])
            raise ValueError(
                f"the forecast for {asked.moments[row]} is too large for a number: ask for fewer steps."
            )
        missing = np.isnan(answer).reshape(len(answer), -1).any(axis=1)
        if missing.any():
            row = int(np.argmax(missing))
            raise ValueError(
                f"the forecast for {asked.moments[row]} needs the features of all rows since "
                f"{self.memory_.times[self.memory_.last[asked.series[row]]]}: pass these rows too."
            )
        return answer

    def _shape(self, answer: np.ndarray, axis: int = 1) -> np.ndarray:
        """Drop the axis of targets where y had none."""
        return np.ascontiguousarray(answer.squeeze(axis) if self._target_ndim == 1 else answer)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        tags.regressor_tags.poor_score = (
            True  # rows to predict follow the training rows: no row is seen twice
        )
        return tags


class _Names(Sequence):
    """The names of a panel's rows, made when a sentence needs one."""

    def __init__(self, panel: Panel):
        self.panel = panel

    def __len__(self) -> int:
        return len(self.panel)

    def __getitem__(self, row: Any) -> str:
        return self.panel.name(int(row))


def _origin_rows(origins: Any, index: pd.Index) -> np.ndarray:
    """Return the rows of origins that are given as positions or as moments."""
    if not isinstance(origins, pd.Index):
        origins = pd.Index(
            origins if isinstance(origins, (list, tuple, np.ndarray)) else list(origins)
        )
    if len(origins) == 0:
        raise ValueError("origins is empty: name at least one row.")
    if pd.api.types.is_integer_dtype(origins.dtype):
        rows = origins.to_numpy(dtype=np.intp)
        wrong = (rows < -len(index)) | (rows >= len(index))
        rows = rows % len(index)
    else:
        rows = index.get_indexer(origins)
        wrong = rows < 0
    if wrong.any():
        raise ValueError(
            f"origin {origins[int(np.argmax(wrong))]} is not in the table of {len(index)} rows, "
            f"which goes from {index[0]} to {index[-1]}."
        )
    return rows
