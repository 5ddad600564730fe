"""The contract of all forecasters: scikit-learn regressors whose rows are moments.

At the heart of a forecaster are two functions of a panel (a table in order): `_learn`, and
`_answer`, which forecasts from many origins at once with what was learned. The public verbs are
made of both: `predict` is the answer from the end of the remembered rows, `update` moves this
memory on, `hindcast` asks for origins of a given table. So one forecast cannot differ from another
by the road on which it was asked for. The module is long because the docstrings of the verbs stand
here.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError, Remedy
from forecast.forecasters.grouping import places_of_equal
from forecast.forecasters.intervals import NO_QUANTILES, around_point, check_quantiles
from forecast.forecasters.recursion import (
    LEVELS,
    N_PATHS,
    Trajectories,
    drawn,
    following,
    pooled,
    with_forecasts,
)
from forecast.tables import intake
from forecast.tables.panel import Panel
from forecast.tables.question import Question, read_question
from forecast.tables.rows import digest, following_moments, origin_rows, rising
from forecast.tables.wall_clock import WallClock, spare_rows
from forecast.validation import (
    Rule,
    check,
    check_horizon,
    check_parameters,
    integer,
    number,
    optional,
    resolve_columns,
)

__all__ = ["Forecaster"]

_LENGTHS = ("lookback", "horizon", "season_length")  # settings that the command takes as well
_FEWEST_SHOWN = (
    100  # rows of each series for charts, also where neither horizon nor season is known
)
_BLOCK = 2**23  # numbers in the copied histories of a block of origins, about


class Forecaster(RegressorMixin, BaseEstimator):
    """Base of all forecasters: `fit`, `predict`, `update`, `hindcast` and what is made of them.

    A subclass declares its constructor, `_rules`, and implements `_learn(panel)`,
    `_answer(panel, origins, horizon, quantiles)`, `_needs()` and `_memory()`.

    Attributes
    ----------
    memory_ : Panel
        The last rows of each series: as much as the next forecast needs.
    recent_ : Panel
        The last values of each series, for charts alone: three horizons or two seasons of them,
        whichever is more, and a hundred at least.
    series_ : tuple
        The names of the series, ``(None,)`` for a single one without a name.
    n_features_in_ : int
        The number of columns of X.
    target_names_ : list
        The names of the columns of y, or their numbers.

    Notes
    -----
    Where the time zone of the index has summer time, a forecaster goes by the clock: an hour of the
    day is always as many steps behind the same hour of the day before, also over a change. The hour
    that comes twice in autumn is one step, with y of its second and X of its first time; so both
    have one forecast. The hour that is left out in spring is a step on the line between its
    neighbours. Moments among the learned attributes are then without a zone. Steps that are no part
    of the change, such as six hours or days, are rows as they come.

    Examples
    --------
    >>> from forecast import Forecaster, NaiveForecaster
    >>> isinstance(NaiveForecaster(), Forecaster)
    True
    """

    _rules: ClassVar[dict[str, Rule]] = {}
    # What `fit` learns and files of earlier versions lack.
    _learned: ClassVar[tuple[str, ...]] = ()

    @property
    def _reads_features(self) -> bool:
        """Whether columns of X act on the forecasts."""
        return True

    @property
    def _reads_past_features(self) -> bool:
        """Whether columns of X that are not known ahead act on the forecasts."""
        return self._reads_features

    @property
    def _takes_gaps(self) -> bool:
        """Whether NaN in y is a missing observation."""
        return False

    @property
    def _is_local(self) -> bool:
        """Whether what is learned and answered of a series follows from this series alone.

        Then a table may be cut between series: each part is answered as the whole table is. It
        does not hold of `simulate`, for all paths are drawn from one stream of random numbers.
        """
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
        """Forecast from rows of the panel: (origins, horizon, targets, 1 + quantiles).

        The point forecast comes first.
        Reads y and past features up to each origin, the other features up to ``origin + horizon``:
        each of these acts on the forecast of its own moment only. NaN where the history is too
        short.
        """
        raise NotImplementedError

    def _needs(self) -> tuple[int, dict[str, object]]:
        """Return the fewest rows to learn from, and the settings that ask for them."""
        return 2, {}

    def _memory(self) -> int:
        """Return the number of rows that a forecast looks back on."""
        return 1

    def _set_aside(self) -> dict[str, str]:
        """Return the series that are too short, by name, and in words what answers them instead."""
        return {}

    def _direct_horizon(self, horizon: int) -> int:
        """Return the steps answered at once; later ones continue from the forecasts themselves."""
        return horizon

    def fit(self, X: Any, y: Any = None) -> Forecaster:
        """Learn, and remember the end of the table.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            What is known for each moment. With y missing, X is taken for y: the series alone; or it
            is a table that `map_table` has written.
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
        panel = self._training_panel(X, y)
        self._fit(panel)
        self.recent_ = self._shown(panel)
        self._digest = digest(panel.times, panel.X)
        # Only rows that are counted from 0 may be taken for others.
        self._rising = None if self._digest is None else rising(panel.X)
        return self

    def _training_panel(self, X: Any, y: Any) -> Panel:
        """Read the table to learn from; one that lies in files has been read."""
        if y is None:
            X, y = None, X
        if not isinstance(y, Panel):
            return intake.training_panel(intake.read_table(self, X, y))
        if X is not None:
            raise InputError("a table of `map_table` holds X and y: call fit(table).")
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return y

    def _fit(self, panel: Panel) -> Forecaster:
        """Learn from a table that has been read."""
        columns = panel.columns
        self._columns = columns
        self.target_names_: list[Any] = list(columns.targets)
        self.n_features_in_ = len(columns.features)
        if columns.are_texts:
            self.feature_names_in_ = np.array(columns.features, dtype=object)
        self._past = self._unknown_ahead(columns.feature_names, len(columns.features))
        intake.check_some_value(panel)
        intake.check_gaps(panel, self._usage, panel.last)
        intake.check_not_tiny(panel)
        # What is learned goes by the clock, what is remembered are the rows as they came.
        clock = WallClock.of(panel)
        self._check_lengths(clock.panel)
        self.series_: tuple[Hashable, ...] = panel.names
        self._learn(clock.panel)
        self._remember(clock)
        return self

    def _check_lengths(self, panel: Panel) -> None:
        rows, settings = self._needs()
        if panel.lengths.min() >= rows:
            return
        short = int(panel.lengths.argmin())
        said = " and ".join(f"{name}={value!r}" for name, value in settings.items())
        raise InputError(
            f"{panel.described(short)} has {panel.lengths[short]} rows; "
            f"{said or type(self).__name__} needs at least {rows}.",
            "Pass more history, or ask for less of it.",
            _shorter(settings),
        )

    def _remember(self, clock: WallClock) -> None:
        """Keep the end of a table, from which the next forecasts go on."""
        self.memory_ = replace(clock.tail(self._memory()), continues=True)

    def _shown(self, panel: Panel) -> Panel:
        """Return the values at the end of a table that charts show before a forecast."""
        horizon = getattr(self, "horizon", None) or 1
        season = getattr(self, "season_length", None) or 1
        season = max(season, panel.frequency.season_length)
        return _values(panel.tail(max(3 * horizon, 2 * season, _FEWEST_SHOWN)))

    @property
    def _memory_by_clock(self) -> Panel:
        """The remembered rows as learners see them."""
        return WallClock.of(self.memory_).panel

    @property
    def _usage(self) -> intake.Usage:
        """What is made of the columns of a table."""
        return intake.Usage(
            self._columns,
            self._past,
            self._reads_features,
            self._takes_gaps,
            # A member of an ensemble, which got a panel, has not counted its rows.
            getattr(self, "_digest", None),
            getattr(self, "_rising", None),
        )

    @property
    def _n_targets(self) -> int:
        return len(self._columns.targets)

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
        usage = self._usage
        table = intake.read_table(self, X, y, usage)
        index = following_moments(table.index, (X, y), self.memory_, usage.digest)
        new = intake.further_panel(replace(table, index=index), self.memory_)[0]
        # A file of an earlier version has nothing for charts but what forecasts need.
        recent = self._shown(getattr(self, "recent_", self.memory_))
        self._update(new)
        self.recent_ = self._shown(recent.append(_values(new)))
        self._digest = digest(new.times, new.X, usage.digest)
        if self._digest is not None:
            self._rising = rising(new.X, usage.rising)
        return self

    def _update(self, new: Panel) -> Forecaster:
        """Observe rows that have been read."""
        # Each series goes on where its memory ends.
        frequency = self.memory_.frequency
        ends = self.memory_.times[self.memory_.last[new.numbers]]
        begins = new.times[new.bounds[:-1]]
        # Days without trade are no rows: on a trading calendar the next row may be days away.
        steps = frequency.steps(ends, begins)
        wrong = (steps < 1) | (steps > 1) & (not frequency.trading)
        if wrong.any():
            series = int(np.argmax(wrong))
            expected = frequency.after(ends[series], 1)[0]
            raise InputError(
                f"rows to observe must begin at {expected}; these begin at {begins[series]}.",
                "Pass the rows in between as well.",
                "Give a SOURCE that holds the rows in between as well, or fit on it anew.",
            )
        # Only rows that are whole are remembered.
        intake.check_gaps(new, self._usage, new.last)
        clock = WallClock.of(self.memory_.append(new))
        self._observe(clock.panel)
        self._remember(clock)
        return self

    def _observe(self, panel: Panel) -> None:
        """Move learned states on to the end of a panel that begins with the memory."""

    def predict(self, X: Any) -> np.ndarray:
        """Forecast the rows of X, which follow the remembered ones.

        Parameters
        ----------
        X : DataFrame, array-like of shape (n_rows, n_features), Index or int
            What is known for the moments asked for. Its index says which they are, and they may
            begin later than the next row. On a trading calendar the days in between are counted as
            weekdays, but a single one is taken for a holiday. An Index asks for its moments, an int
            for so many steps of every series, where no features are known ahead.
            Rows without an index, or counted from 0, follow at once: see Notes.

        Returns
        -------
        array of shape (n_rows,) or (n_rows, n_targets)
            In the unit of y, in the order of the rows asked for.

        Raises
        ------
        ValueError
            If rows lie inside or before the training part, a moment has two rows, features are
            missing or unknown, or a series is.

        Notes
        -----
        Where neither the training rows nor those of X have moments, X may begin with all the
        training rows: these are then passed over, and the answer begins with the row after them.
        Other rows are taken for those that follow. A `RowsTakenAsFollowing` warning says so where
        the rows speak against it: they are the training rows, or more rows without beginning with
        these, or a column that rose over all of 20 or more training rows, such as a trend, falls
        back between them, as in the middle folds of ``KFold``. Without such a column an array does
        not tell that a splitter cut it out of the middle of a table or has shuffled it: give frames
        to such tools, whose index tells, so that they are refused.
        """
        _, answer = self._asked(X, NO_QUANTILES)
        return self._shape(answer[..., 0])

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
        _, answer = self._asked(X, check_quantiles(quantiles))
        return self._shape(answer[..., 1:])

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
        return self.predict_quantiles(X, _ends_of(coverage))

    def simulate(self, X: Any, n_paths: int = 1000, random_state: int | None = None) -> np.ndarray:
        """Draw paths through the rows of X.

        For what depends on several rows: a sum, a maximum, a first crossing.
        ARIMA, exponential smoothing, Theta and naive forecasters draw the errors of their process
        from the normal distribution, `CrostonForecaster` draws demands. `ConformalForecaster` adds
        the errors of whole past forecasts to the forecast of any other.

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
        >>> model = NaiveForecaster().fit([1.0, 2.0, 4.0, 3.0])
        >>> paths = model.simulate(2, n_paths=500, random_state=0)
        >>> paths.shape
        (500, 2)
        >>> bool(paths.max(axis=1).mean() > paths[:, 1].mean())
        True
        """
        check(integer(1), n_paths, "n_paths")
        check(optional(integer(0)), random_state, "random_state")
        check_is_fitted(self)
        question = read_question(self, X, self.memory_, self._usage)
        # Paths go from the end of the memory through the farthest row asked for.
        panel, origins, place = question.behind(self.memory_)
        horizon = int(question.steps.max())
        rng = np.random.default_rng(random_state)
        paths = self._paths_by_clock(panel, origins, horizon, n_paths, rng)
        # Of each path, the rows asked for.
        drawn = paths[place, :, question.steps - 1]  # (n_rows, n_paths, n_targets)
        question.check_complete(drawn, self.memory_, self._usage)
        return self._shape(drawn.swapaxes(0, 1), axis=2)

    def _paths_by_clock(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths through the rows that follow origins: (origins, paths, horizon, targets)."""
        self._check_steps(horizon)
        clock = WallClock.of(panel)
        steps = clock.steps(origins, horizon)
        paths = self._paths(clock.panel, clock.origin[origins], int(steps.max()), n_paths, rng)
        return np.take_along_axis(paths, steps[:, None, :, None] - 1, axis=2)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths from rows of the panel: (origins, paths, horizon, targets)."""
        raise InputError(
            f"{type(self).__name__} has no process to draw paths from: wrap it, "
            f"ConformalForecaster({type(self).__name__}(…)).fit(…).simulate(…) adds errors of "
            "whole past forecasts."
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
        quantiles = NO_QUANTILES if coverage is None else np.array(_ends_of(coverage))
        question, answer = self._asked(X, quantiles)  # (n_rows, n_targets, 1 or 3)
        names = ["forecast", "lower", "upper"][: answer.shape[2]]
        if self._columns.flat:
            return pd.DataFrame(answer[:, 0], index=question.moments, columns=names)
        columns = pd.MultiIndex.from_product([self.target_names_, names])
        values = answer.reshape(len(answer), -1)
        return pd.DataFrame(values, index=question.moments, columns=columns)

    def hindcast(
        self, X: Any, y: Any, origins: Any, horizon: int, quantiles: Sequence[float] | None = None
    ) -> np.ndarray:
        """Forecast in retrospect, from many origins of a table at once.

        The parameters stay as learned.
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
        levels = NO_QUANTILES if quantiles is None else check_quantiles(quantiles)
        panel, rows = self._further(X, y, origins, horizon)
        answer = self._hindcast(panel, rows, horizon, levels)
        return self._shape(answer[..., 0] if quantiles is None else answer, axis=2)

    def _further(
        self, X: Any, y: Any, origins: Any = None, horizon: int = 0
    ) -> tuple[Panel, np.ndarray]:
        """Read a further table and its origins, by default the last row of each series."""
        table = intake.read_table(self, X, y, self._usage)
        panel, rows = intake.further_panel(table, self.memory_)
        start = panel.last if origins is None else rows[origin_rows(origins, table.index)]
        self._check_read(panel, start, horizon)
        return panel, start

    def _check_read(self, panel: Panel, origins: np.ndarray, horizon: int) -> None:
        """Refuse gaps in what forecasts from these origins read."""
        last = np.full(panel.n_series, -1)
        np.maximum.at(last, panel.codes[origins], origins)
        intake.check_gaps(panel, self._usage, last, horizon)

    def _hindcast(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Forecast from rows of a table that has been read: (origins, horizon, targets, 1 + q)."""
        series = panel.codes[origins]
        beyond = int((origins + horizon - panel.last[series]).max(initial=0))
        if beyond > 0:
            what = f"the forecasts reach {beyond} rows beyond the table"
            intake.check_known_ahead(self._usage, what)
        # The clock may gain rows on the way.
        further = beyond + spare_rows(panel)
        if further > 0:
            panel = panel.extend(further)
            origins = origins + further * series
        return self._answers_by_clock(panel, origins, horizon, quantiles)

    def _answers_by_clock(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Answer the rows that follow origins: (origins, horizon, targets, 1 + quantiles).

        Behind each origin the panel has these rows, and as many more as the clock may gain.
        """
        if len(quantiles):
            self._check_steps(horizon)
        clock = WallClock.of(panel)
        if clock.panel is panel:  # no clock changes: one row is one step
            return self._answers(panel, origins, horizon, quantiles)
        shape = (len(origins), horizon, panel.y.shape[1], 1 + len(quantiles))
        answer = np.full(shape, np.nan)
        begins = clock.origin[origins]
        steps = clock.steps(origins, horizon)
        # More steps than rows are asked for only where the clock skips some.
        reach = np.maximum(steps.max(axis=1, initial=0), horizon)
        reach[begins < 0] = 0  # no row is known, NaN stays
        for places in places_of_equal(reach):
            furthest = int(reach[places[0]])
            if furthest:
                answers = self._answers(clock.panel, begins[places], furthest, quantiles)
                of_row = steps[places, :, None, None] - 1
                answer[places] = np.take_along_axis(answers, of_row, axis=1)
        return answer

    def _check_steps(self, steps: int) -> None:
        """Refuse more steps than there are quantiles for."""

    def _answers(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Answer any horizon: (origins, horizon, targets, 1 + quantiles)."""
        if horizon <= self._direct_horizon(horizon):
            return self._answer(panel, origins, horizon, quantiles)
        # Histories are copied to be continued: in blocks of origins, so that memory is bounded.
        size = max(1, _BLOCK // self._numbers_copied(panel, horizon, quantiles))
        blocks = [
            self._recursive(panel, origins[first : first + size], horizon, quantiles)
            for first in range(0, max(1, len(origins)), size)
        ]
        return np.concatenate(blocks)

    def _numbers_copied(self, panel: Panel, horizon: int, quantiles: np.ndarray) -> int:
        """Return how many numbers the continuation from one origin holds, about."""
        targets = panel.y.shape[1]
        steps = self._direct_horizon(horizon)
        history = (self._memory() + steps) * (panel.X.shape[1] + targets)
        numbers = history + horizon * targets
        if not len(quantiles):
            return numbers
        # Each path has a history of its own, and quantiles of all of the next steps.
        return N_PATHS * (numbers + steps * targets * N_PATHS)

    def _recursive(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Answer beyond the direct horizon: forecasts, and paths around them, become history."""
        direct = self._direct_horizon(horizon)
        answer = self._answer(panel, origins, direct, quantiles)
        forecasts = self._continued(panel, origins, horizon, answer[..., 0])
        answers = np.repeat(forecasts[..., None], 1 + len(quantiles), axis=-1)
        if len(quantiles):
            # The steps that are answered at once have quantiles of their own.
            answers[:, :direct] = answer
            answers[:, direct:, :, 1:] = self._beyond(panel, origins, horizon, quantiles)
            around_point(answers, quantiles)
        return answers

    def _continued(
        self, panel: Panel, origins: np.ndarray, horizon: int, first: np.ndarray
    ) -> np.ndarray:
        """Go on from the first forecasts to the horizon: (origins, horizon, targets)."""
        direct = first.shape[1]
        forecasts = np.empty((len(origins), horizon, self._n_targets))
        forecasts[:, :direct] = first
        for done in range(direct, horizon, direct):
            # What has been forecast is the history of the next steps.
            steps = min(direct, horizon - done)
            onward, ends = with_forecasts(
                panel, origins, forecasts[:, :done], self._memory(), steps, self._past
            )
            answer = self._answer(onward, ends, steps, NO_QUANTILES)
            forecasts[:, done : done + steps] = answer[..., 0]
        return forecasts

    def _beyond(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Return the quantiles of the steps beyond the direct ones, from sample paths.

        The shape is (origins, horizon - direct, targets, quantiles).
        """
        direct = self._direct_horizon(horizon)
        trajectories = self._trajectories(direct)
        parts: list[np.ndarray] = []
        answer = self._answer(panel, origins, direct, LEVELS)
        # Each path is a history of its own.
        answer = np.repeat(answer, N_PATHS, axis=0)
        origins = np.repeat(origins, N_PATHS)
        unit = self._unit(panel, origins)
        corrected = trajectories.corrected(answer, *unit)
        chosen = np.tile(np.arange(N_PATHS), len(origins) // N_PATHS)
        paths = np.empty((len(origins), horizon, self._n_targets))
        for done in range(direct, horizon, direct):
            # Values drawn from the last answer are the history of the next one.
            paths[:, done - direct : done] = drawn(corrected, trajectories.ranks[chosen])
            steps = min(direct, horizon - done)
            onward, ends = with_forecasts(
                panel, origins, paths[:, :done], self._memory(), steps, self._past
            )
            answer = self._answer(onward, ends, steps, LEVELS)
            corrected = trajectories.corrected(answer, *unit)
            parts.append(pooled(corrected, quantiles))
            chosen = following(answer, len(parts)).ravel()
        return np.concatenate(parts, axis=1)

    def _trajectories(self, steps: int) -> Trajectories:
        """Return how the errors of a forecast of so many steps go together."""
        return Trajectories.together(steps, self._n_targets)

    def _unit(self, panel: Panel, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and the scale by which errors are measured, (n_origins, n_targets)."""
        shape = len(origins), self._n_targets
        return np.zeros(shape), np.ones(shape)

    def _asked(self, X: Any, quantiles: np.ndarray) -> tuple[Question, np.ndarray]:
        """Answer the rows of X: the question, and (n_rows, n_targets, 1 + n_quantiles)."""
        check_is_fitted(self)
        question = read_question(self, X, self.memory_, self._usage)
        panel, origins, place = question.behind(self.memory_)
        horizon = int(question.steps.max())
        answers = self._answers_by_clock(panel, origins, horizon, quantiles)
        answer = answers[place, question.steps - 1]
        question.check_complete(answer, self.memory_, self._usage)
        return question, answer

    def _shape(self, answer: np.ndarray, axis: int = 1) -> np.ndarray:
        """Drop the axis of targets where y had none."""
        return np.ascontiguousarray(answer.squeeze(axis) if self._columns.flat else answer)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        tags.regressor_tags.poor_score = (
            True  # rows to predict follow the training rows: no row is seen twice
        )
        return tags


def _values(panel: Panel) -> Panel:
    """Return a panel without its features."""
    return replace(panel, X=panel.X[:, :0])


def _ends_of(coverage: float) -> tuple[float, float]:
    """Return the quantiles at the ends of the central interval."""
    check(number(0, 1), coverage, "coverage")
    return (1 - coverage) / 2, (1 + coverage) / 2


def _shorter(settings: dict[str, object]) -> str | Remedy:
    """Return the remedy at the command line for too short a history, by what asks for more."""
    # What is 1 cannot be smaller.
    options = [{name: None} for name in _LENGTHS if settings.get(name, 1) != 1]
    if not options:
        return "Give more rows, or another model."
    return Remedy(f"Give more rows, or a smaller {' or '.join(['{}'] * len(options))}.", *options)
