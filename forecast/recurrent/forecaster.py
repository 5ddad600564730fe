"""The recurrent forecaster: patches, anchored windows, direct steps, one network for all series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from forecast.forecaster import Forecaster, add_errors, error_quantiles
from forecast.panel import Panel
from forecast.recurrent.cells import Architecture, forward
from forecast.recurrent.estimators import NETWORK_RULES, schedule
from forecast.validation import Rule, integer, optional, positive
from forecast.windows import Slices

__all__ = ["LSTMForecaster"]

_BLOCK = 2048  # windows answered at once


class LSTMForecaster(Forecaster):
    """Forecast with a recurrent network over patches of the past, all steps at once.

    The window of the last `lookback` rows (y and every column of X) is taken relative to its last row ("anchored"),
    cut into patches, and read patch by patch: a recurrence over segments is faster and more accurate than one over
    single rows [1]_. The network answers all `horizon` steps directly. One network is learned for all series and all
    targets; each of these is scaled by its own deviation. Columns of X that are known ahead enter the decoder at their
    own step.

    Parameters
    ----------
    lookback : int, default=24
        Rows in a window.
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue recursively: the forecasts become history, past features stay
        as last seen, and the variances of the errors add up.
    patch : int, optional
        Rows in a patch; it divides `lookback`. By default the season length of the frequency (24 for hours) if that
        makes at least three patches, else the divisor of `lookback` nearest to its square root.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: read up to the origin, never after it.
    units, layers, cell, epochs, batch_size, learning_rate, loss, dropout, patience, validation_fraction
        As in `LSTMRegressor`, but for the defaults: 64, 1, "lstm", 5, 128, 0.001, "mae", 0.2, None, 0.1.
        The validation part is the latest in time and purged of targets that reach into it. A first network, which has
        not seen it, says how large errors are, step by step (their quantiles make the intervals), and with a patience
        how many epochs are best. The network that forecasts then learns from all windows.
    random_state : int, RandomState or None
    verbose : bool, default=False
        Whether to write a line per epoch to stderr.

    Attributes
    ----------
    weights_ : list of arrays
        In Keras' layout.
    architecture_ : Architecture
    mean_, scale_ : arrays of shape (n_series, n_targets + n_features)
        What each column was standardised by.
    errors_ : array of shape (201, horizon)
        Quantiles of the held-out errors, in units of the target's deviation.
    history_ : list of dict
        The loss of each epoch.

    References
    ----------
    .. [1] Lin et al. (2023), SegRNN: Segment Recurrent Neural Network for Long-Term Time Series Forecasting,
       arXiv 2308.11200.

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
        **NETWORK_RULES,
    }

    def __init__(
        self,
        lookback: int = 24,
        horizon: int = 1,
        patch: int | None = None,
        past_features: Sequence[Any] = (),
        units: int = 64,
        layers: int = 1,
        cell: str = "lstm",
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
        self.units = units
        self.layers = layers
        self.cell = cell
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
        return self.lookback + self.horizon, f"lookback={self.lookback} and horizon={self.horizon}"

    def _memory(self) -> int:
        return self.lookback

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn(self, panel: Panel) -> None:
        from forecast.recurrent.training import train

        origins = panel.origins(self.lookback, self.horizon)
        earlier, latest = panel.split(origins, self.horizon, self.validation_fraction)
        self.architecture_ = self._architecture(panel)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))

        self._standardise(panel, earlier)
        windows, ahead = self._slices(panel, latest)
        actual = ahead[:][:, :, 0]

        def validate(weights: list[np.ndarray]) -> float:
            return float(np.mean(np.abs(actual - self._run(weights, windows, ahead))))

        plan = schedule(self)
        trial, history = train(self.architecture_, self._samples(panel, earlier), plan, seed, validate)
        self.errors_ = error_quantiles(actual - self._run(trial, windows, ahead))
        if self.patience is not None:
            best = min(range(len(history)), key=lambda epoch: history[epoch]["validation_loss"])
            plan = replace(plan, epochs=best + 1, patience=None)
        self._standardise(panel, origins)
        self.weights_, self.history_ = train(self.architecture_, self._samples(panel, origins), plan, seed)

    def _architecture(self, panel: Panel) -> Architecture:
        season, divisors = (
            panel.frequency.season_length,
            [d for d in range(1, self.lookback + 1) if self.lookback % d == 0],
        )
        natural = min(divisors, key=lambda d: abs(d - self.lookback**0.5))
        patch = self.patch or (
            season if season > 1 and season in divisors and self.lookback // season >= 3 else natural
        )
        known = tuple(int(c) for c in 1 + np.flatnonzero(~self._past))
        channels = 1 + panel.X.shape[1]
        return Architecture(
            self.cell,
            self.units,
            self.layers,
            self.lookback,
            channels,
            self.horizon,
            patch,
            anchored=True,
            known=known,
        )

    def _standardise(self, panel: Panel, origins: np.ndarray) -> None:
        """Learn the mean and deviation of each column of each series from the rows that the origins read."""
        table = panel.channels()
        seen = panel.times <= panel.times[origins].max()
        parts = [table[rows][seen[rows]] if seen[rows].any() else table[rows] for rows in panel.series()]
        self.mean_ = np.array([part.mean(axis=0) for part in parts])
        deviation = np.array([part.std(axis=0) for part in parts])
        self.scale_ = positive(deviation, self.mean_)

    def _rows(self, panel: Panel) -> np.ndarray:
        """Return standardised rows, one table under the other for each target: (targets, n_rows, 1 + features)."""
        numbers = self._numbers(panel.keys)[panel.codes]
        table = (panel.channels() - self.mean_[numbers]) / self.scale_[numbers]
        targets = panel.y.shape[1]
        return np.stack(
            [np.concatenate([table[:, k : k + 1], table[:, targets:]], axis=1) for k in range(targets)]
        ).astype(np.float32)

    def _slices(self, panel: Panel, origins: np.ndarray) -> tuple[Slices, Slices]:
        """Return the windows that end at the origins and the rows after them, target after target."""
        rows = self._rows(panel)
        targets, n, channels = rows.shape
        flat = rows.reshape(-1, channels)
        starts = (n * np.arange(targets)[:, None] + origins - self.lookback + 1).ravel()
        return Slices(flat, starts, self.lookback), Slices(flat, starts + self.lookback, self.horizon)

    def _samples(self, panel: Panel, origins: np.ndarray) -> Any:
        from forecast.recurrent.training import Samples

        windows, ahead = self._slices(panel, origins)
        known = list(self.architecture_.known)
        return Samples(
            windows,
            Slices(np.ascontiguousarray(ahead.rows[:, :1]), ahead.starts, self.horizon),
            Slices(np.ascontiguousarray(ahead.rows[:, known]), ahead.starts, self.horizon) if known else None,
        )

    def _run(self, weights: list[np.ndarray], windows: Slices, ahead: Slices) -> np.ndarray:
        """Run the network on windows of full length: (targets · origins, horizon), standardised."""
        known = list(self.architecture_.known)
        answers = []
        for start in range(0, len(windows), _BLOCK):
            part = slice(start, start + _BLOCK)
            rows = ahead.starts[part][:, None] + np.arange(self.horizon)
            rows = np.minimum(rows, len(ahead.rows) - 1)  # steps beyond the table are not asked for
            features = ahead.rows[rows][:, :, known] if known else None
            answers.append(forward(self.architecture_, weights, windows[part], features))
        return np.concatenate(answers)

    def _answer(self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray) -> np.ndarray:
        targets = panel.y.shape[1]
        answer = np.full((len(origins), horizon, targets, 1 + len(quantiles)), np.nan)
        long = np.flatnonzero(panel.position[origins] >= self.lookback - 1)
        if not len(long):
            return answer
        series = self._numbers(panel.keys)[panel.codes[origins[long]]]
        runs = self._run(self.weights_, *self._slices(panel, origins[long])).reshape(targets, len(long), -1)[
            :, :, :horizon
        ]
        for k in range(targets):
            values = add_errors(runs[k].astype(np.float64), self.errors_, quantiles)
            answer[long, :, k] = values * self.scale_[series, k, None, None] + self.mean_[series, k, None, None]
        return answer
