"""The recurrent forecaster: patches, anchored windows, direct steps, one network for all series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import add_errors, error_quantiles
from forecast.recurrent.cells import Architecture, Member, forward
from forecast.recurrent.gradients import flow_frame, gate_frame
from forecast.recurrent.linear import NEAR, Linear
from forecast.recurrent.regressor import NETWORK_RULES, schedule
from forecast.recurrent.samples import Samples, some
from forecast.tables.calendar import calendar_features
from forecast.tables.intake import check_gaps
from forecast.tables.panel import Panel
from forecast.tables.windows import Slices
from forecast.validation import Rule, each_of, flag, integer, one_of, optional, positive

__all__ = ["LSTMForecaster"]

_LEVELS = (
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    0.75,
    0.9,
    0.95,
    0.975,
)  # that a network with quantile loss answers
_TRIED = 10**6  # values that the choice of the anchor is made by
_CLEARLY = 0.5  # of the last value's error is what a season's may be
_TIE = 1.1  # times the least error: the mean of more naive forecasts is the calmer one
_SHARES = np.linspace(0, 1, 21)  # of the linear part in a forecast
_FLOWS = 256  # windows in which gradients are measured


_ANCHOR = Rule(
    "'auto', None, a season length or a list of these",
    lambda v: v is None or (v == "auto" if isinstance(v, str) else _are_seasons(v)),
)


def _are_seasons(value: Any) -> bool:
    seasons = [value] if np.ndim(value) == 0 else list(value)
    return bool(seasons) and all(integer(1).holds(season) for season in seasons)


class LSTMForecaster(Forecaster):
    """Forecast with a recurrent network over patches of the past, averaged with a linear part, all
    steps at once.

    The window of the last `lookback` rows (y and every column of X) is taken relative to its last
    row ("anchored"), cut into patches, and read patch by patch: a recurrence over segments is
    faster and more accurate than one over single rows [1]_. The network answers all `horizon` steps
    directly. One network is learned for all series and all targets; each of these is scaled by its
    own deviation. Columns of X that are known ahead, and the calendar, enter the decoder at their
    own step.

    Beside it, a ridge regression from window to horizon is learned in closed form, and forecasts
    are the weighted mean of both: averages of unlike forecasts are better than either [2]_.

    Parameters
    ----------
    lookback : int, default=24
        Rows in a window.
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue recursively: the forecasts become history,
        past features stay as last seen, and the variances of the errors add up.
    patch : int, optional
        Rows in a patch; it divides `lookback`. By default the season length of the frequency (24
        for hours) if that makes at least three patches, else the divisor of `lookback` nearest to
        its square root.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: read up to the origin, never after it.
    calendar : sequence of {"hour", "day_of_week", "day_of_year"}, default=()
        What of each timestamp to forecast is made known to the decoder, as sine and cosine.
    anchor : "auto", None, int or list of int, default="auto"
        The season lengths whose naive forecasts (their mean) the answer is relative to; 1 is the
        last value, None is nothing. By default the last value; where the seasons of the frequency
        (day and week for hours) have less than half of its error on the rows to learn from, as many
        of these as do well.
    linear : bool, default=True
        Whether to average with the linear part. Its penalties, and its share in the mean, are the
        averages of all that do nearly as well as the best on the validation part; where both parts
        do equally well, it has half.
    embedding : int, default=0
        The length of a vector that is learned for each of several series; 0 for none.
    units, layers, cell, bidirectional, ensemble, epochs, batch_size, learning_rate, dropout,
    patience, \
validation_fraction
        As in `LSTMRegressor`, but for the defaults: 64, 1, "lstm", False, 1, 5, 128, 0.001, 0.2,
        None, 0.1. The validation part is the latest in time and purged of targets that reach into
        it. A first network, which has not seen it, says how large errors are, step by step (their
        quantiles make the intervals), and with a patience how many epochs are best. The network
        that forecasts then learns from all windows.
    loss : {"mae", "mse", "huber", "quantile"}, default="mae"
        With "quantile", the network answers nine quantiles that cannot cross; they make the
        intervals.
    random_state : int, RandomState or None
    verbose : bool, default=False
        Whether to write a line per epoch to stderr.

    Attributes
    ----------
    weights_ : list of lists of arrays
        The weights of each member of the ensemble, in Keras' layout.
    architecture_ : Architecture
    linear_ : Linear or None
        The coefficients of the linear part.
    linear_share_ : float
        Its share in a forecast, from 0 to 1.
    mean_, scale_ : arrays of shape (n_series, n_targets + n_features)
        What each column was standardised by.
    errors_ : array of shape (201, horizon)
        Quantiles of the held-out errors, in units of the target's deviation. (Of a series too short
        to hold anything out they are those of the rows learned from, and too small.)
    history_ : list of dict
        The loss of each epoch.

    References
    ----------
    .. [1] Lin et al. (2023), SegRNN: Segment Recurrent Neural Network for Long-Term Time Series
       Forecasting, arXiv 2308.11200.
    .. [2] Bates & Granger (1969), The Combination of Forecasts, Operational Research Quarterly
       20(4), 451-468.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.sin(np.arange(120) * 2 * np.pi / 12)
    >>> model = LSTMForecaster(lookback=24, horizon=6, patch=6, units=8, epochs=2, random_state=0)
    >>> model.fit(y).predict(6).shape
    (6,)
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "lookback": integer(1),
        "horizon": integer(1),
        "patch": optional(integer(1)),
        "calendar": each_of("hour", "day_of_week", "day_of_year"),
        "anchor": _ANCHOR,
        "embedding": integer(0),
        "linear": flag(),
        **NETWORK_RULES,
        "loss": one_of("mae", "mse", "huber", "quantile"),
    }

    def __init__(
        self,
        lookback: int = 24,
        horizon: int = 1,
        patch: int | None = None,
        past_features: Sequence[Any] = (),
        calendar: Sequence[str] = (),
        anchor: Any = "auto",
        linear: bool = True,
        embedding: int = 0,
        units: int = 64,
        layers: int = 1,
        cell: str = "lstm",
        bidirectional: bool = False,
        ensemble: int = 1,
        epochs: int = 5,
        batch_size: int = 128,
        learning_rate: float = 0.001,
        loss: str = "mae",
        dropout: float = 0.2,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        random_state: Any = None,
        verbose: bool = False,
    ):
        self.lookback = lookback
        self.horizon = horizon
        self.patch = patch
        self.past_features = past_features
        self.calendar = calendar
        self.anchor = anchor
        self.linear = linear
        self.embedding = embedding
        self.units = units
        self.layers = layers
        self.cell = cell
        self.bidirectional = bidirectional
        self.ensemble = ensemble
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.loss = loss
        self.dropout = dropout
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.verbose = verbose

    def _needs(self) -> tuple[int, str]:
        if self.patch is not None and self.lookback % self.patch:
            raise ValueError(f"patch={self.patch} must divide lookback={self.lookback}.")
        longest = (
            1 if self.anchor is None or isinstance(self.anchor, str) else int(np.max(self.anchor))
        )
        if longest > self.lookback:
            raise ValueError(
                f"anchor={self.anchor} is longer than lookback={self.lookback}: take a longer lookback."
            )
        return self.lookback + self.horizon, f"lookback={self.lookback} and horizon={self.horizon}"

    def _memory(self) -> int:
        return self.lookback

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _try(self, panel: Panel, origins: np.ndarray, plan: Any, seed: int) -> Any:
        """Learn from the earlier origins and choose by the latest; return how to learn from all, if that is left."""
        from forecast.recurrent.training import train

        earlier, latest = panel.split(origins, self.horizon, self.validation_fraction)
        self._standardise(panel, earlier)
        self.architecture_ = self._architecture(panel, earlier)
        samples = self._samples(panel, origins)
        places, later = (
            np.flatnonzero(np.tile(np.isin(origins, p), self._n_targets)) for p in (earlier, latest)
        )
        held_out = samples.keep(later)
        self.linear_ = None
        if self.linear:
            learned, test = self._by_target(samples.keep(places)), self._by_target(held_out)
            self.linear_ = Linear.choose(
                self.architecture_, learned, None if latest is earlier else test
            )
            del learned

        actual = held_out.actual()

        def validate(members: list[Member]) -> float:
            return float(
                np.abs(actual - self._apart(members, held_out)[0][..., self._middle]).mean()
            )

        validation = validate if self.patience is not None else None
        self.weights_, self.history_, whole = train(
            self.architecture_, samples, plan, seed, validation, places
        )
        network, line = self._apart(self.weights_, held_out)
        self.linear_share_ = (
            0.0 if line is None else _share(actual, network[..., self._middle], line)
        )
        self.errors_ = error_quantiles(actual - self._mean(network, line)[..., self._middle])
        if not whole or (latest is earlier and self.patience is None):
            return None
        if self.patience is None:
            return plan
        best = min(
            range(len(self.history_)), key=lambda epoch: self.history_[epoch]["validation_loss"]
        )
        return replace(plan, epochs=best + 1, patience=None)

    def _learn(self, panel: Panel) -> None:
        from forecast.recurrent.training import train

        if self.embedding and panel.n_series == 1:
            raise ValueError(
                f"embedding={self.embedding} tells several series apart, but there is one: take embedding=0."
            )
        origins = panel.origins(self.lookback, self.horizon)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        plan = self._try(panel, origins, schedule(self), seed)
        if plan is None:
            return
        self._standardise(panel, origins)
        samples = self._samples(panel, origins)
        if self.linear_ is not None:
            self.linear_ = Linear.learn(
                self.architecture_, self._by_target(samples), self.linear_.choices
            )
        self.weights_, self.history_, _ = train(self.architecture_, samples, plan, seed)

    @property
    def _middle(self) -> int:
        return self.architecture_.levels // 2

    def _architecture(self, panel: Panel, origins: np.ndarray) -> Architecture:
        known = tuple(int(c) for c in 1 + np.flatnonzero(~self._past))
        return Architecture(
            self.cell,
            self.units,
            self.layers,
            self.lookback,
            1 + panel.X.shape[1],
            self.horizon,
            self._patch(panel.frequency.season_length),
            anchor=self._anchor(panel, origins),
            known=known,
            further=2 * len(self.calendar),
            bidirectional=self.bidirectional,
            series=panel.n_series if self.embedding else 0,
            embedding=self.embedding,
            quantiles=_LEVELS if self.loss == "quantile" else (),
            members=self.ensemble,
        )

    def _patch(self, season: int) -> int:
        divisors = [d for d in range(1, self.lookback + 1) if self.lookback % d == 0]
        if self.patch is not None:
            return self.patch
        if season > 1 and season in divisors and self.lookback // season >= 3:
            return season
        return min(divisors, key=lambda d: abs(d - self.lookback**0.5))

    def _anchor(self, panel: Panel, origins: np.ndarray) -> tuple[int, ...]:
        """Choose the naive forecasts that answers are relative to: seasons only where they tell far more."""
        if not isinstance(self.anchor, str):
            return () if self.anchor is None else tuple(np.atleast_1d(self.anchor).tolist())
        seasons = [m for m in panel.frequency.seasons if m <= self.lookback]
        tried = [(1,), *(tuple(seasons[: k + 1]) for k in range(len(seasons)))]
        rows = origins[some(len(origins), _TRIED // self.horizon)][:, None]
        steps = np.arange(self.horizon)
        y = panel.y / self.scale_[panel.numbers[panel.codes], : panel.y.shape[1]]
        actual, errors = y[rows + 1 + steps], {}
        for anchor in tried:
            naive = np.mean([y[rows + 1 + steps % m - m] for m in anchor], axis=0)
            errors[anchor] = float(np.abs(actual - naive).mean())
        least = min(errors.values())
        if least > _CLEARLY * errors[1,]:
            return (1,)
        return next(anchor for anchor in reversed(tried) if errors[anchor] <= _TIE * least)

    def _standardise(self, panel: Panel, origins: np.ndarray) -> None:
        """Learn the mean and deviation of each column of each series from the rows that the origins
        read.

        A series that begins so late that these are less than a window is measured as a whole.
        """
        seen = panel.times <= panel.times[origins].max()
        own = [np.flatnonzero(seen[rows]) + rows.start for rows in panel.series()]
        parts = [
            rows if len(mine) < self.lookback else mine
            for mine, rows in zip(own, panel.series(), strict=True)
        ]
        columns = [*panel.y.T, *panel.X.T]
        self.mean_ = np.array([[column[part].mean() for column in columns] for part in parts])
        deviation = np.array([[column[part].std() for column in columns] for part in parts])
        self.scale_ = positive(deviation, self.mean_)

    def _standardised(self, panel: Panel, columns: np.ndarray) -> np.ndarray:
        """Return columns of the panel (targets, then features) in units of their deviation, (n_rows, columns)."""
        numbers, targets = panel.numbers[panel.codes], panel.y.shape[1]
        table = np.empty((len(panel), len(columns)), dtype=np.float32)
        for place, c in enumerate(columns):
            values = panel.y[:, c] if c < targets else panel.X[:, c - targets]
            table[:, place] = (values - self.mean_[numbers, c]) / self.scale_[numbers, c]
        return table

    def _samples(self, panel: Panel, origins: np.ndarray) -> Samples:
        """Return what the network reads for these origins, target after target."""
        n, (targets, features) = len(panel), (panel.y.shape[1], panel.X.shape[1])
        first = (origins - self.lookback + 1).astype(np.int32)  # as TensorFlow will read them
        own = self._standardised(panel, np.arange(targets)).T.reshape(
            -1, 1
        )  # one target's rows after the other's
        starts = (n * np.arange(targets, dtype=np.int32)[:, None] + first).ravel()
        shared = np.tile(first, targets)
        windows = [Slices(own, starts, self.lookback)]
        if features:
            table = self._standardised(panel, targets + np.arange(features))
            windows.append(Slices(table, shared, self.lookback))
        a, ahead = self.architecture_, None
        if a.ahead:
            columns = [self._standardised(panel, targets - 1 + np.array(a.known, dtype=np.intp))]
            columns += [calendar_features(panel.times, self.calendar)] if self.calendar else []
            beyond = np.full(
                (self.horizon, a.ahead), np.nan, dtype=np.float32
            )  # steps that are not asked for
            table = np.concatenate([np.concatenate(columns, axis=1), beyond])
            ahead = Slices(table, shared + self.lookback, self.horizon)
        series = np.tile(panel.numbers[panel.codes[origins]], targets) if a.embedding else None
        return Samples(
            tuple(windows), Slices(own, starts + self.lookback, self.horizon), ahead, series
        )

    def _by_target(self, samples: Samples) -> list[Samples]:
        each = len(samples) // self._n_targets
        return [samples.keep(slice(t * each, (t + 1) * each)) for t in range(self._n_targets)]

    def _mean(self, network: np.ndarray, line: np.ndarray | None) -> np.ndarray:
        """Average the networks' answers with those of the linear part, if any: (samples, horizon, levels)."""
        if line is None:
            return network
        return network + (self.linear_share_ * (line - network[..., self._middle]))[..., None]

    def _apart(
        self, members: list[Member], samples: Samples
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Answer by the networks, (samples, horizon, levels), and by the linear part if any, (samples, horizon)."""
        a, done, answers, lines = self.architecture_, 0, [], []
        for block in samples.blocks(a.room):
            windows, ahead, series = block.inputs()
            answers.append(forward(a, members, windows, ahead, series))
            if self.linear_ is not None:
                target = np.arange(done, done + len(block)) * self._n_targets // len(samples)
                lines.append(self.linear_.answer(a, target, windows, ahead))
            done += len(block)
        return np.concatenate(answers), np.concatenate(lines) if lines else None

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        targets = panel.y.shape[1]
        answer = np.full((len(origins), horizon, targets, 1 + len(quantiles)), np.nan)
        long = np.flatnonzero(panel.position[origins] >= self.lookback - 1)
        if not len(long):
            return answer
        series = panel.numbers[panel.codes[origins[long]]]
        parts = self._apart(self.weights_, self._samples(panel, origins[long]))
        found = self._mean(*parts).astype(np.float64)
        for k, run in enumerate(
            found.reshape(targets, len(long), self.horizon, -1)[:, :, :horizon]
        ):
            if self.loss == "quantile":
                values = np.concatenate(
                    [run[..., self._middle, None], _interpolated(run, quantiles)], axis=-1
                )
            else:
                values = add_errors(run[..., 0], self.errors_, quantiles)
            answer[long, :, k] = (
                values * self.scale_[series, k, None, None] + self.mean_[series, k, None, None]
            )
        return answer

    def gates(self, X: Any = None, y: Any = None, origins: Any = None) -> pd.DataFrame:
        """Look inside the (first) network while it reads windows.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features), optional
            As in `hindcast`; with y missing, X is taken for y. With neither, the windows are the
            remembered ones, from which `predict` forecasts.
        y : array-like of shape (n_rows,) or (n_rows, n_targets), optional
        origins : sequence of row positions, of timestamps, or of (series, timestamp), optional
            The ends of the windows; by default the last row of each series.

        Returns
        -------
        DataFrame
            A row for each number: ``series``, ``origin``, ``target`` (where there are several),
            ``timestep`` (rows from the origin to the end of a patch, 0 for the last), ``layer``,
            ``unit`` (those that read backwards come last), ``gate`` and ``value``. Gates are
            between 0 and 1: input, forget and output of an LSTM, update and reset of a GRU; then
            there are the candidate, the cell state and the hidden state.

        Raises
        ------
        ValueError
            If an origin is not in the table, or has less than `lookback` rows of history.
        """
        check_is_fitted(self)
        panel, rows = self._origins(X, y, origins)
        rows = np.unique(rows)
        if (panel.position[rows] < self.lookback - 1).any():
            short = panel.name(int(rows[np.argmin(panel.position[rows])]))
            raise ValueError(
                f"the origin {short} has less than lookback={self.lookback} rows of history: choose later ones."
            )
        frame = gate_frame(
            self.architecture_, self.weights_[0], self._samples(panel, rows).inputs()[0]
        )
        target, place = np.divmod(frame.pop("sample").to_numpy(), len(rows))
        frame.insert(
            0,
            "series",
            np.array(panel.names, dtype=object)[panel.numbers[panel.codes[rows]]][place],
        )
        frame.insert(1, "origin", panel.times[rows][place])
        if self._n_targets > 1:
            frame.insert(2, "target", np.array(self.target_names_, dtype=object)[target])
        return frame

    def gradient_flow(self, X: Any, y: Any = None, origins: Any = None) -> pd.DataFrame:
        """Measure how far back the (first) network's error reaches: the norm of its gradient by
        hidden states.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None
            As in `hindcast`; with y missing, X is taken for y.
        y : array-like of shape (n_rows,) or (n_rows, n_targets), optional
        origins : sequence of row positions, of timestamps, or of (series, timestamp), optional
            By default at most 256 of those that have a window before and a horizon after them.

        Returns
        -------
        DataFrame
            For each ``layer`` and ``timesteps_back`` from the end of the window the mean ``norm``
            of d loss / d hidden state, the loss being half the squared error in units of the
            target's deviation.

        Raises
        ------
        ValueError
            If no origin has a window before it and a horizon after it.
        """
        check_is_fitted(self)
        panel, rows = self._origins(X, y, origins)
        whole = panel.origins(self.lookback, self.horizon)
        rows = whole[some(len(whole), _FLOWS)] if origins is None else rows
        if not len(rows) or not np.isin(rows, whole).all():
            raise ValueError(
                f"an origin needs lookback={self.lookback} rows that end with it and horizon={self.horizon} rows after "
                "it. Pass more rows, or other origins."
            )
        check_gaps(panel, self._usage, panel.last)
        samples = self._samples(panel, rows)
        windows, ahead, series = samples.inputs()
        return flow_frame(
            self.architecture_, self.weights_[0], windows, samples.actual(), ahead, series
        )

    def _origins(self, X: Any, y: Any, origins: Any) -> tuple[Panel, np.ndarray]:
        """Return the rows to look at, of a given table or of the memory; by default the last of each series."""
        if X is None and y is None:
            if origins is not None:
                raise ValueError("origins are rows of a table: pass X and y (or y alone) too.")
            return self.memory_, self.memory_.last
        X, y = (None, X) if y is None else (X, y)
        return self._further(X, y, origins)


def _share(actual: np.ndarray, network: np.ndarray, line: np.ndarray) -> float:
    """Return the linear part's share: the mean of all that do well on samples that neither part has
    seen.

    Where the parts are alike all do, which makes half.
    """
    errors = np.array(
        [np.abs(actual - network - share * (line - network)).mean() for share in _SHARES]
    )
    return float(_SHARES[errors <= NEAR * errors.min()].mean())


def _interpolated(levels: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Read quantiles from learned levels (..., levels), along normal scores; straight on beyond the outer ones."""
    z, wanted = norm.ppf(_LEVELS), norm.ppf(quantiles)
    right = np.clip(np.searchsorted(z, wanted), 1, len(z) - 1)
    share = (wanted - z[right - 1]) / (z[right] - z[right - 1])
    return levels[..., right - 1] * (1 - share) + levels[..., right] * share
