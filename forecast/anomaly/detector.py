"""An outlier detector for the rows of series: what a forecaster did not expect."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from math import ceil
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OutlierMixin, clone
from sklearn.utils.validation import check_is_fitted

from forecast.anomaly.calibration import Calibration, calibrated
from forecast.anomaly.events import events_of
from forecast.anomaly.questions import QUESTIONS
from forecast.anomaly.walk import Judged, Walk, Watch, by_row, combined, forecasts_from
from forecast.exceptions import InputError
from forecast.forecasters.composite import check_forecaster
from forecast.forecasters.naive import NaiveForecaster
from forecast.tables import intake
from forecast.tables.panel import Panel
from forecast.tables.rows import digest, following_moments
from forecast.validation import Rule, check_parameters, integer, number, optional

__all__ = ["AnomalyDetector"]

_NO_SEASON = 5  # rows that a level is looked at over where there is no season


class _Rows(NamedTuple):
    """The rows of a table that were judged, in the order of the panel."""

    panel: Panel
    judged: Judged
    watches: list[Watch]
    trusted: np.ndarray  # (n_rows, n_targets)


class AnomalyDetector(OutlierMixin, BaseEstimator):
    """Find the rows of series that a forecaster did not expect, with calibrated p-values.

    An outlier detector of scikit-learn whose rows are moments. Each row is asked three questions,
    of which each has its own kind of anomaly to see:

    - *size*: is the error of the forecast large? (a spike, the first rows of a shift)
    - *level*: is the mean error over a season large, of forecasts made a season before? (a drift)
    - *run*: has the value been the same for long, although it should have changed? (a stuck sensor)

    The forecaster learns from the earlier rows. The later ones calibrate: a p-value is the share of
    them whose score is at least as large [1]_, and that of a row is the smallest of its questions
    times their number. So about `alpha` of ordinary rows raise an alarm, at most, as long as they
    are like the rows that calibrate: let these be many, from different weather.

    Parameters
    ----------
    forecaster : forecaster, default=None
        Cloned, never changed. None stands for ``NaiveForecaster()``.
    alpha : float between 0 and 1, default=0.01
        Rows whose p-value is not above it are anomalies. At least 3 / (calibration rows + 1).
    calibration : float between 0 and 1, default=0.5
        The latest part of the training rows, from which the forecaster does not learn.
    season_length : int, optional
        Rows in a season; by default as the frequency suggests, and 5 rows where it suggests none.
    patience : int, default=1
        After so many seasons of alarms without a break, a level that stays is taken for the new
        one.

    Attributes
    ----------
    forecaster_ : forecaster
        The fitted copy. It stays a season behind the last observed row.
    season_length_ : int
        Rows that the level is looked at over.
    calibrations_ : list of Calibration
        Of each series: its scores, and what features explain of its errors.
    recent_ : Panel
        The last rows of each series, with what is trusted of them.
    watches_ : list of Watch
        Of each series: what else has to be known of its last rows.
    alarms_ : tuple of Index and array of shape (n_alarms, questions, n_targets)
        The rows with an alarm that `update` has observed, and their p-values.
    offset_ : float
        Just above `alpha`: `decision_function` is `score_samples` less it.
    n_features_in_ : int
        The number of columns of X.

    Notes
    -----
    A row is judged when its features have been observed with it. What they explain of its error, by
    a ridge regression on them and on their changes since the origin, is taken off: a temperature
    has to go with the humidity of its own hour. It is learned where the forecaster learns.

    The rows that calibrate are walked through twice: what the first walk finds of anomalies in them
    counts once in the second, without its echo.

    After an alarm, what was expected takes the place of the rows that it is about, so that neither
    the forecaster's memory nor the next forecast follows an anomaly. A level that has moved slowly
    cannot be taken back: it has been trusted long ago.

    Rows that follow those observed so far are judged from these. Any other table is judged by
    itself: its first rows, too few to forecast from, have the p-value 1, as has a row without a
    value.

    References
    ----------
    .. [1] Laxhammar & Falkman (2015), Inductive conformal anomaly detection for sequential
       detection of anomalous sub-trajectories, Annals of Mathematics and AI 74, 67-94.

    Examples
    --------
    >>> import numpy as np
    >>> from forecast import AnomalyDetector, NaiveForecaster
    >>> rng = np.random.default_rng(0)
    >>> y = 10 * np.sin(2 * np.pi * np.arange(600) / 12) + rng.normal(size=600)
    >>> detector = AnomalyDetector(NaiveForecaster(12), alpha=0.02, season_length=12).fit(y[:500])
    >>> y[550] += 12  # a spike
    >>> detector.predict(y[500:])[[49, 50, 51]]
    array([ 1, -1,  1])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "alpha": number(0, 1),
        "calibration": number(0, 1),
        "season_length": optional(integer(1)),
        "patience": integer(1),
    }

    def __init__(
        self,
        forecaster: Any = None,
        alpha: float = 0.01,
        calibration: float = 0.5,
        season_length: int | None = None,
        patience: int = 1,
    ):
        self.forecaster = forecaster
        self.alpha = alpha
        self.calibration = calibration
        self.season_length = season_length
        self.patience = patience

    def fit(self, X: Any, y: Any = None) -> AnomalyDetector:
        """Learn from the earlier rows, calibrate with the later ones.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            What has been observed at each moment beside y. With y missing, X is taken for y: the
            series alone.
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            The values to watch.

        Returns
        -------
        AnomalyDetector
            The detector itself.

        Raises
        ------
        ValueError
            If the table is refused by the forecaster, or is too short for `alpha`.
        """
        check_parameters(self, self._rules)
        forecaster = NaiveForecaster() if self.forecaster is None else self.forecaster
        check_forecaster(forecaster, "forecaster")
        if y is None:
            X, y = None, X
        panel = intake.training_panel(intake.read_table(self, X, y))
        season = self.season_length or panel.frequency.season_length
        self.season_length_ = season if season > 1 else _NO_SEASON
        n_learned = panel.lengths - (panel.lengths * self.calibration).astype(int)
        self._check_lengths(panel, n_learned)
        self.forecaster_ = clone(forecaster)._fit(panel.take(_first(panel, n_learned)))
        intake.check_gaps(panel, self.forecaster_._usage, panel.last)
        self._digest = digest(panel.times, panel.X)
        self._training_digest = digest(panel.times, np.concatenate([panel.X, panel.y], axis=1))
        self.offset_ = self.alpha * (1 + 1e-9)
        self.alarms_ = _no_alarms(panel)
        trusted = self._calibrate(panel, n_learned)
        # What the forecaster has not learned from it observes, but for the last season.
        self.recent_ = trusted.tail(self.season_length_)
        self._observe(self.forecaster_, trusted, n_learned)
        return self

    def _check_lengths(self, panel: Panel, n_learned: np.ndarray) -> None:
        """Refuse too few rows to calibrate with."""
        counts = panel.lengths - n_learned
        series = int(counts.argmin())
        n = int(counts[series])
        questions = len(QUESTIONS) * panel.y.shape[1]
        name = panel.described(series)
        if n < self.season_length_:
            raise InputError(
                f"{name} has {panel.lengths[series]} rows, of which {n} calibrate; a season of "
                f"{self.season_length_} rows is needed: pass more history, or raise calibration.",
                "",
                "Give more rows, or a smaller --season-length.",
            )
        least = questions / (n + 1)
        # A hair: 3 / (n + 1) as a user writes it may be rounded down.
        if self.alpha < least * (1 - 1e-6):
            rows = ceil(questions / self.alpha - 1e-6) - 1
            needed = ceil(rows / self.calibration)
            shown = ceil(least * 1e6) / 1e6
            raise InputError(
                f"alpha={self.alpha:g} is below {questions} questions / ({n} calibration rows of "
                f"{name} + 1).",
                f"Give alpha={shown:g} or more, or {rows} calibration rows "
                f"({needed} rows with calibration={self.calibration:g}).",
                f"Give --alpha {shown:g} or more, or {needed} rows.",
            )

    def _calibrate(self, panel: Panel, n_learned: np.ndarray) -> Panel:
        """Calibrate each series; return the training table with what is trusted of it."""
        horizon = self.season_length_
        forecasts = forecasts_from(self.forecaster_, panel, np.arange(len(panel)), horizon)
        self.calibrations_: list[Calibration] = []
        self.watches_: list[Watch] = []
        trusted = panel.y.copy()
        for place, part in enumerate(panel.series()):
            one = panel.select(np.array([place]))
            learned = int(n_learned[place])
            calibration, errors, runs = calibrated(one.y, one.X, by_row(forecasts[part]), learned)
            # What these scores say of their own rows is taken back: the rows are judged once more.
            walk = self._walk_over(one, one.y, errors.copy(), calibration)
            before = Watch(one.y, errors, runs[learned - 1], 1, 0)
            watch = walk.calibrate(forecasts[part], runs, learned, before)
            trusted[part] = walk.trusted
            self.calibrations_.append(walk.calibration)
            self.watches_.append(watch)
        return replace(panel, y=trusted)

    def _observe(self, forecaster: Any, panel: Panel, begin: np.ndarray) -> None:
        """Let the forecaster observe rows from `begin` on in each series, but for the last season.

        These may still give way to what was expected.
        """
        position = panel.position
        end = np.repeat(panel.lengths - self.season_length_, panel.lengths)
        rows = np.flatnonzero((position >= np.repeat(begin, panel.lengths)) & (position < end))
        rest = panel.take(rows)
        begun = np.flatnonzero(rest.lengths > 0)
        if len(begun):
            forecaster._update(rest.select(begun))

    def update(self, X: Any, y: Any = None) -> AnomalyDetector:
        """Observe the rows that follow: judge them, remember their alarms, and go on behind them.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            As in `fit`; with y missing, X is taken for y.
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            NaN where there is no value.

        Returns
        -------
        AnomalyDetector
            The detector itself.

        Raises
        ------
        ValueError
            If the rows do not follow the observed ones at once.
        """
        panel, _ = self._read(X, y)
        if not self._follows(panel):
            begins = panel.times[panel.bounds[0]]
            end = self.recent_.times[self.recent_.last[panel.numbers[0]]]
            expected = self.recent_.frequency.after(end, 1)[0]
            raise InputError(
                f"rows to observe must begin at {expected}; these begin at {begins}: pass the rows "
                "in between as well, and none twice."
            )
        rows = self._judged(panel, follows=True)
        # Only now: rows that are refused have changed nothing.
        trusted = self.recent_.append(replace(panel, y=rows.trusted))
        forecaster = copy(self.forecaster_)
        self._observe(forecaster, trusted, np.zeros(trusted.n_series, dtype=int))
        self.forecaster_ = forecaster
        self.recent_ = trusted.tail(self.season_length_)
        for series, watch in zip(panel.numbers, rows.watches, strict=True):
            self.watches_[series] = watch
        self.alarms_ = _joined(self.alarms_, self._alarms(rows))
        self._digest = digest(panel.times, panel.X, self._digest)
        return self

    def score_samples(self, X: Any, y: Any = None) -> np.ndarray:
        """Return the p-value of each row: the smaller, the odder.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            As in `fit`; with y missing, X is taken for y.
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            NaN where there is no value.

        Returns
        -------
        array of shape (n_rows,)
        """
        panel, order = self._read(X, y)
        rows = self._judged(panel, self._follows(panel))
        return combined(rows.judged.p)[order]

    def decision_function(self, X: Any, y: Any = None) -> np.ndarray:
        """Return the p-value of each row less `offset_`: negative for anomalies.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            As in `score_samples`.

        Returns
        -------
        array of shape (n_rows,)
        """
        return self.score_samples(X, y) - self.offset_

    def predict(self, X: Any, y: Any = None) -> np.ndarray:
        """Return -1 for anomalies and 1 for other rows. Changes nothing.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            As in `score_samples`.

        Returns
        -------
        array of shape (n_rows,)
        """
        return np.where(self.decision_function(X, y) < 0, -1, 1)

    def fit_predict(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit, and judge the training rows themselves: -1 for anomalies, else 1.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            As in `fit`.

        Returns
        -------
        array of shape (n_rows,)
        """
        self.fit(X, y)
        panel, order = self._read(X, y, follow=False)
        p = combined(self._judged(panel, follows=False).judged.p)[order]
        return np.where(p < self.offset_, -1, 1)

    def judge(self, X: Any, y: Any = None) -> pd.DataFrame:
        """Judge rows as a table for people. Changes nothing.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
            As in `score_samples`.

        Returns
        -------
        DataFrame of n_rows
            The moments (and series) as index; the columns ``actual``, ``expected``, ``p`` of each
            question, ``p`` of the row and ``anomaly``. With several targets, value and forecast are
            those of the oddest one, which ``target`` names.
        """
        panel, order = self._read(X, y)
        rows = self._judged(panel, self._follows(panel))
        p = rows.judged.p
        oddest = p.min(axis=1).argmin(axis=1)
        each = np.arange(len(panel))
        columns: dict[str, Any] = {}
        if not panel.columns.flat:
            columns["target"] = np.array(panel.columns.targets, dtype=object)[oddest]
        columns["actual"] = panel.y[each, oddest]
        columns["expected"] = rows.judged.expected[each, oddest]
        for place, question in enumerate(QUESTIONS):
            columns[f"p_{question}"] = p[each, place, oddest]
        columns["p"] = combined(p)
        columns["anomaly"] = columns["p"] < self.offset_
        return pd.DataFrame(columns, index=panel.index(each)).iloc[order]

    def events(self, X: Any = None, y: Any = None) -> pd.DataFrame:
        """Return the anomalies as events, from their first row with an alarm to their last.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features), optional
        y : array-like of shape (n_rows,) or (n_rows, n_targets), optional
            Rows to judge, as in `score_samples`. Without both, the rows are those that `update` has
            observed.

        Returns
        -------
        DataFrame of n_events
            The columns ``start``, ``end`` (of the last row), ``kind`` (spike, shift, drift or
            stuck) and ``p``, the smallest p-value of a row; of several series ``series`` before
            them.
        """
        check_is_fitted(self)
        alarms = self.alarms_
        if X is not None or y is not None:
            panel, _ = self._read(X, y)
            alarms = self._alarms(self._judged(panel, self._follows(panel)))
        index, p = alarms
        return events_of(index, p, self.recent_.frequency, self.season_length_)

    def _read(self, X: Any, y: Any, follow: bool = True) -> tuple[Panel, np.ndarray]:
        """Read further rows: their panel, and the panel's row of each given row."""
        check_is_fitted(self)
        if y is None and self.n_features_in_:
            raise InputError("fit saw features and values: pass both, as in predict(X, y).")
        if y is None:
            X, y = None, X
        usage = self.forecaster_._usage
        table = intake.read_table(self, X, y, usage)
        if follow and not self._is_training_table(table):
            index = following_moments(table.index, (X, y), self.recent_, self._digest)
            table = replace(table, index=index)
        panel, order = intake.further_panel(table, self.recent_)
        # A value may be missing; nothing may be infinite, and features are needed.
        filled = replace(panel, y=np.where(np.isnan(panel.y), 0.0, panel.y))
        intake.check_gaps(filled, usage, panel.last)
        return replace(panel, continues=False), order

    def _is_training_table(self, table: intake.Table) -> bool:
        """Whether a table without moments is the training table itself."""
        values = np.concatenate([table.X, table.y], axis=1)
        own = digest(table.index, values)
        return own is not None and own == self._training_digest

    def _follows(self, panel: Panel) -> bool:
        """Whether each series of a table begins with the row after the last observed one."""
        frequency = self.recent_.frequency
        ends = self.recent_.times[self.recent_.last[panel.numbers]]
        begins = panel.times[panel.bounds[:-1]]
        steps = frequency.steps(ends, begins)
        # Days without trade are no rows.
        return bool(((steps == 1) | (steps > 1) & frequency.trading).all())

    def _judged(self, panel: Panel, follows: bool) -> _Rows:
        """Judge the rows of a table, series after series."""
        n, n_targets = panel.y.shape
        p = np.ones((n, len(QUESTIONS), n_targets))
        expected = np.full((n, n_targets), np.nan)
        trusted = np.empty_like(panel.y)
        watches = []
        for place, part in enumerate(panel.series()):
            one = panel.select(np.array([place]))
            walk, start, known = self._walk(one, follows)
            watch = self.watches_[panel.numbers[place]] if follows else self._no_watch(n_targets)
            judged, watch = walk.judge(start, known, watch)
            p[part], expected[part] = judged
            trusted[part] = walk.trusted[start:]
            watches.append(watch)
        return _Rows(panel, Judged(p, expected), watches, trusted)

    def _walk(self, panel: Panel, follows: bool) -> tuple[Walk, int, int]:
        """Prepare to judge one series: the walk, its first row, and the first origin."""
        number_of_series = int(panel.numbers[0])
        actual = panel.y
        season_errors = np.full_like(panel.y, np.nan)
        start = known = 0
        if follows:
            # What the forecaster has observed, the last season, and the rows to judge.
            watch = self.watches_[number_of_series]
            memory = self.forecaster_.memory_.select(np.array([number_of_series]))
            recent = self.recent_.select(np.array([number_of_series]))
            start = len(memory) + len(recent)
            known = len(memory) - 1
            observed = [memory.y, watch.actual, panel.y]
            before = [np.full_like(memory.y, np.nan), watch.season_errors, season_errors]
            actual = np.concatenate(observed)
            season_errors = np.concatenate(before)
            panel = memory.append(recent).append(panel)
        calibration = self.calibrations_[number_of_series]
        return self._walk_over(panel, actual, season_errors, calibration), start, known

    def _walk_over(
        self,
        panel: Panel,
        actual: np.ndarray,
        season_errors: np.ndarray,
        calibration: Calibration,
    ) -> Walk:
        """Return the walk over one series."""
        patience = self.patience * self.season_length_
        return Walk(
            self.forecaster_, panel, actual, season_errors, calibration, self.offset_, patience
        )

    def _no_watch(self, n_targets: int) -> Watch:
        """Return what is known before the first row of a table."""
        none = np.full((self.season_length_, n_targets), np.nan)
        return Watch(none, none, np.zeros(n_targets), 1, 0)

    def _alarms(self, rows: _Rows) -> tuple[pd.Index, np.ndarray]:
        """Return the rows with an alarm, and their p-values."""
        p = rows.judged.p
        places = np.flatnonzero(combined(p) < self.offset_)
        return rows.panel.index(places), p[places]


def _first(panel: Panel, counts: np.ndarray) -> np.ndarray:
    """Return the first rows of each series, so many."""
    return np.flatnonzero(panel.position < np.repeat(counts, panel.lengths))


def _no_alarms(panel: Panel) -> tuple[pd.Index, np.ndarray]:
    """Return an empty list of alarms."""
    p = np.empty((0, len(QUESTIONS), panel.y.shape[1]))
    return panel.index(np.empty(0, dtype=int)), p


def _joined(
    before: tuple[pd.Index, np.ndarray], new: tuple[pd.Index, np.ndarray]
) -> tuple[pd.Index, np.ndarray]:
    """Put new alarms behind those before."""
    return before[0].append(new[0]), np.concatenate([before[1], new[1]])
