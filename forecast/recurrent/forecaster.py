"""The recurrent forecaster: patches, anchored windows, direct steps, one network for all series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError
from forecast.forecasters.choosing import departs
from forecast.forecasters.intervals import (
    NO_QUANTILES,
    add_errors,
    error_quantiles,
    forecast_errors,
    learn_holding_out,
)
from forecast.forecasters.logarithms import LogarithmForecaster
from forecast.forecasters.recursion import PastForecasts, Trajectories
from forecast.recurrent.anchor import ANCHOR_RULE, choose_anchor, naive_values
from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.cells import forward
from forecast.recurrent.combination import combined, linear_share
from forecast.recurrent.inspection import flow_frame, gate_frame
from forecast.recurrent.linear import Linear
from forecast.recurrent.panel_samples import panel_samples, sample_places, samples_by_target
from forecast.recurrent.patches import choose_patch
from forecast.recurrent.quantiles import LEARNED_LEVELS, interpolated_quantiles, median_of
from forecast.recurrent.regressor import NETWORK_RULES
from forecast.recurrent.samples import Samples, subsample
from forecast.recurrent.schedule import Schedule
from forecast.tables.intake import check_gaps
from forecast.tables.panel import Panel, Split
from forecast.tables.standardising import Scaling, learned_rows, of_changes
from forecast.tables.wall_clock import WallClock
from forecast.tables.windows import UnreadRows
from forecast.validation import Rule, each_of, flag, integer, one_of, optional

__all__ = ["LSTMForecaster"]

_FLOW_WINDOWS = 256  # in which gradients are measured, at most


class _FirstFit(NamedTuple):
    """What the fit on the earlier origins leaves behind."""

    errors: np.ndarray  # at the latest origins, in the unit of y; not the samples' tables
    schedule: Schedule | None  # how to learn again, from all origins; None if that is not to be


class LSTMForecaster(LogarithmForecaster):
    """Forecast with a recurrent network over patches of the past, averaged with a linear part.

    The window of the last `lookback` rows (y and every column of X) is taken relative to its last
    row ("anchored"), cut into patches, and read patch by patch: a recurrence over segments is
    faster and more accurate than one over single rows [1]_. The network answers all `horizon` steps
    directly. One network is learned for all series and all targets; each of these is scaled by its
    own deviation. Columns of X that are known ahead, and the calendar, enter the head at their own
    step.

    Beside it, a ridge regression from window to horizon is learned in closed form, and forecasts
    are the weighted mean of both: averages of unlike forecasts are better than either [2]_.

    Parameters
    ----------
    lookback : int, default=24
        Rows in a window.
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue recursively: the forecasts become history,
        past features stay as last seen; intervals come from sample paths.
    patch : int, optional
        Rows in a patch; it divides `lookback`. By default the season length of the frequency (24
        for hours) if that makes at least three patches, else the divisor of `lookback` nearest to
        its square root.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: read up to the origin, never after it.
    calendar : sequence of {"hour", "day_of_week", "day_of_year"}, default=()
        What of each timestamp to forecast is made known to the network, as sine and cosine.
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
    samples_per_epoch : int, optional
        So many windows are drawn for each epoch, where there are more, and no more of the held-out
        ones are forecast from. By default an epoch goes through all windows. From a table that is
        mapped from files (`map_table`) windows are read batch by batch, so that it may be larger
        than memory.
    log : bool, default=True
        Whether to learn the logarithm of a series where its values are all above 0 and it makes
        their changes more even: all rows to learn from decide, held-out ones too. Of a table that
        is mapped from files y is then held in memory, 8 bytes for each value.
    loss : {"mae", "mse", "huber", "quantile"}, default="mae"
        With "quantile", the network answers nine quantiles that cannot cross; they make the
        intervals.
    random_state : int, RandomState or None

    Attributes
    ----------
    weights_ : list of dicts of arrays
        The weights of each member of the ensemble by name (``lstm_0_kernel``, ``head_bias``), in
        Keras' layout.
    architecture_ : Architecture
    linear_ : Linear or None
        The coefficients of the linear part.
    linear_share_ : float
        Its share in a forecast, from 0 to 1.
    stays_ : bool
        Whether forecasts are those of the anchor, since the mean of both parts was not 5 % better
        on the validation part: of random walks none is.
    floor_ : array of shape (n_series, n_targets)
        Where the logarithm is learned the smallest value, as which later ones of 0 or below count;
        NaN where y itself is.
    mean_, scale_ : arrays of shape (n_series, n_targets + n_features)
        What each column was standardised by; the scale of a constant is 0.
    error_scaling_ : Scaling, a named tuple of two arrays of shape (n_series, n_targets)
        The mean of each target, and the root mean square of its changes from row to row.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors of all series, in units of the target's changes. (Of a
        series too short to hold anything out they are those of the rows learned from, and too
        small.)
    trajectories_ : Trajectories, a named tuple
        How the errors of one forecast go together from step to step: the ranks of whole
        trajectories of held-out errors, (64, horizon, n_targets); and what of its errors a forecast
        foretells.
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
        "anchor": ANCHOR_RULE,
        "embedding": integer(0),
        "linear": flag(),
        "log": flag(),
        **NETWORK_RULES,
        "loss": one_of("mae", "mse", "huber", "quantile"),
    }

    _learned = ("trajectories_",)

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
        samples_per_epoch: int | None = None,
        log: bool = True,
        random_state: Any = None,
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
        self.samples_per_epoch = samples_per_epoch
        self.log = log
        self.random_state = random_state

    def _needs(self) -> tuple[int, dict[str, object]]:
        if self.patch is not None and self.lookback % self.patch:
            raise InputError(f"patch={self.patch} must divide lookback={self.lookback}.")
        chosen_later = self.anchor is None or isinstance(self.anchor, str)
        longest = 1 if chosen_later else int(np.max(self.anchor))
        if longest > self.lookback:
            raise InputError(
                f"anchor={self.anchor} is longer than lookback={self.lookback}: "
                "take a longer lookback."
            )
        rows = self.lookback + self.horizon
        return rows, {"lookback": self.lookback, "horizon": self.horizon}

    def _memory(self) -> int:
        return self.lookback

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn_modelled(self, panel: Panel) -> None:
        if self.embedding and panel.n_series == 1:
            raise InputError(
                f"embedding={self.embedding} tells several series apart, but there is one: "
                "take embedding=0."
            )
        origins = panel.origins(self.lookback, self.horizon)
        split = panel.split(origins, self.horizon, self.validation_fraction)
        # A validation part costs as much as it has windows, however few are learned from.
        most = self.samples_per_epoch or len(split.latest)
        split = split._replace(latest=split.latest[subsample(len(split.latest), most)])
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))

        def learn_first(panel: Panel, _: np.ndarray) -> _FirstFit:
            return self._learn_and_choose(panel, origins, split, seed)

        def errors_of(_panel: Panel, _: np.ndarray, first: _FirstFit) -> np.ndarray:
            return first.errors

        def learn_from_all(panel: Panel, origins: np.ndarray, first: _FirstFit) -> _FirstFit:
            if first.schedule is not None:
                self._learn_again(panel, origins, first.schedule, seed)
            return first

        _, errors = learn_holding_out(
            panel, origins, split, learn_first, errors_of, relearn=learn_from_all
        )
        # All series tell how large errors are, each in its own unit.
        parts = learned_rows(panel, origins, self.lookback, self.horizon)
        self.error_scaling_ = of_changes(self._scaling, panel.y.T, parts)
        relative = self.error_scaling_.relative(errors, panel.series_of(split.latest))
        self.errors_ = error_quantiles(relative)
        past = PastForecasts.of(panel, origins, self._direct, self.error_scaling_)
        self.trajectories_ = Trajectories.learn(relative, past)

    def _trajectories(self, steps: int) -> Trajectories:
        return self.trajectories_

    def _direct(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the point forecasts of all steps learned at once."""
        return self._answer(panel, origins, self.horizon, NO_QUANTILES)[..., 0]

    def _unit(self, panel: Panel, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        series = panel.training_series(origins)
        # In files of earlier versions errors are in units of deviations.
        deviations = self._scaling.of_columns(slice(self._n_targets))
        mean, scale = getattr(self, "error_scaling_", deviations)
        return mean[series], scale[series]

    def _learn_and_choose(
        self,
        panel: Panel,
        origins: np.ndarray,
        split: Split,
        seed: int,
    ) -> _FirstFit:
        """Learn from the earlier origins, and choose by the latest."""
        earlier, latest, is_held_out = split
        self._learn_scaling(panel, earlier)
        self.architecture_ = self._architecture(panel, earlier)

        # Both networks learn from the same samples, here from some of them: what is compiled for
        # the first serves for the second.
        samples = self._samples(panel, origins)
        places = sample_places(origins, earlier, self._n_targets)
        held_out = samples.keep(sample_places(origins, latest, self._n_targets))
        self._choose_linear(samples.keep(places), held_out if is_held_out else None)
        complete = self._learn_network(samples, places, held_out, seed)
        errors = self._held_out_errors(panel, latest, held_out, is_held_out)

        # After Ctrl-C the first network stays, and so it does where it has learned from all.
        learns_again = complete and (is_held_out or self.patience is not None)
        return _FirstFit(errors, self._best_schedule() if learns_again else None)

    def _choose_linear(self, earlier: Samples, latest: Samples | None) -> None:
        """Learn the linear part from the earlier samples, with penalties chosen by the latest."""
        self.linear_: Linear | None = None
        if self.linear:
            learned = samples_by_target(earlier, self._n_targets)
            held_out = None if latest is None else samples_by_target(latest, self._n_targets)
            self.linear_ = Linear.choose(self.architecture_, learned, held_out)

    def _learn_network(
        self, samples: Samples, places: np.ndarray, held_out: Samples, seed: int
    ) -> bool:
        """Learn the network from the samples at these places; return whether it came to its end."""
        from forecast.recurrent.network import train_windows

        actual = held_out.actual()

        def validate(members: list[Weights]) -> float:
            network, _ = self._run(members, held_out, None)
            error = actual - median_of(network)
            return float(np.abs(error).mean())

        # Without patience there is nothing to choose: the last weights are kept.
        validation = None if self.patience is None else validate
        self.weights_, self.history_, complete = train_windows(
            self.architecture_,
            samples,
            self.loss,
            self.dropout,
            Schedule.of(self),
            seed,
            validation,
            places,
        )
        return complete

    def _best_schedule(self) -> Schedule:
        """Return how to learn again: with patience, so many epochs as were best."""
        schedule = Schedule.of(self)
        if self.patience is None:
            return schedule
        losses = [epoch["validation_loss"] for epoch in self.history_]
        best = int(np.argmin(losses))
        return replace(schedule, epochs=best + 1, patience=None)

    def _held_out_errors(
        self, panel: Panel, latest: np.ndarray, held_out: Samples, is_held_out: bool
    ) -> np.ndarray:
        """Choose the linear part's share, and whether to stay with the naive forecast.

        Returns the errors that this leaves, (n_latest, horizon, n_targets), in the unit of y.
        """
        network, linear = self._run(self.weights_, held_out, self.linear_)
        self.linear_share_ = 0.0
        self.stays_ = False
        if linear is not None:
            self.linear_share_ = linear_share(held_out.actual(), median_of(network), linear)
        levels = self._by_origin(combined(network, linear, self.linear_share_))
        point = self._restored(median_of(levels)[..., None], panel, latest)[..., 0]
        errors = forecast_errors(panel, latest, point)
        if self.architecture_.anchor and is_held_out:
            naive = forecast_errors(panel, latest, self._naive(panel, latest, self.horizon))
            # All series count alike.
            series = panel.training_series(latest)
            sizes = [np.abs(self._scaling.relative(each, series)) for each in (errors, naive)]
            self.stays_ = not departs(*(float(np.nansum(size)) for size in sizes))
            errors = naive if self.stays_ else errors
        return errors

    def _learn_again(
        self, panel: Panel, origins: np.ndarray, schedule: Schedule, seed: int
    ) -> None:
        """Learn from all origins with what has been chosen."""
        from forecast.recurrent.network import train_windows

        self._learn_scaling(panel, origins)
        samples = self._samples(panel, origins)
        if self.linear_ is not None:
            parts = samples_by_target(samples, self._n_targets)
            self.linear_ = Linear.learn(self.architecture_, parts, self.linear_.choices)
        self.weights_, self.history_, _ = train_windows(
            self.architecture_, samples, self.loss, self.dropout, schedule, seed
        )

    def _learn_scaling(self, panel: Panel, origins: np.ndarray) -> None:
        """Learn what each column of each series is standardised by."""
        parts = learned_rows(panel, origins, self.lookback, self.horizon)
        self.mean_, self.scale_ = Scaling.learn([*panel.y.T, *panel.X.T], parts)

    @property
    def _scaling(self) -> Scaling:
        return Scaling(self.mean_, self.scale_)

    def _architecture(self, panel: Panel, origins: np.ndarray) -> Architecture:
        """Return the network's shape; what is not given is chosen from the rows to learn from."""
        known_features = np.flatnonzero(~self._past)
        # Channel 0 is the target, the features come after it.
        known_channels = tuple(int(column) + 1 for column in known_features)
        # Sine and cosine of each part of the calendar.
        calendar_columns = 2 * len(self.calendar)
        # Of one series alone a vector would tell nothing, and `_learn` has refused it.
        series = panel.n_series if self.embedding else 0
        patch = self.patch or choose_patch(self.lookback, panel.frequency.season_length)
        return Architecture(
            cell=self.cell,
            units=self.units,
            layers=self.layers,
            timesteps=self.lookback,
            channels=1 + panel.X.shape[1],
            outputs=self.horizon,
            patch=patch,
            anchor=self._anchor(panel, origins),
            known_channels=known_channels,
            calendar_columns=calendar_columns,
            bidirectional=self.bidirectional,
            series=series,
            embedding=self.embedding,
            quantiles=LEARNED_LEVELS if self.loss == "quantile" else (),
            members=self.ensemble,
        )

    def _anchor(self, panel: Panel, origins: np.ndarray) -> tuple[int, ...]:
        """Return the season lengths that answers are relative to."""
        if self.anchor is None:
            return ()
        if not isinstance(self.anchor, str):
            return tuple(np.atleast_1d(self.anchor).tolist())
        # All series count alike: each is measured in units of its own deviation.
        scaling = self._scaling.of_columns(slice(self._n_targets))

        def read(rows: np.ndarray) -> np.ndarray:
            values = [column[rows] for column in panel.y.T]
            return scaling.standardised(values, panel.training_series(rows))

        y = UnreadRows(panel.y.shape, read)
        seasons = [season for season in panel.frequency.seasons if season <= self.lookback]
        return choose_anchor(y, origins, self.horizon, seasons)

    def _samples(self, panel: Panel, origins: np.ndarray) -> Samples:
        """Return what the network reads for these origins, target after target."""
        return panel_samples(self.architecture_, panel, origins, self._scaling, self.calendar)

    def _run(
        self, members: list[Weights], samples: Samples, linear: Linear | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Answer by the networks and, if there is one, by a linear part.

        Returns arrays of shapes (samples, horizon, levels) and (samples, horizon), standardised.
        """
        a = self.architecture_
        # Samples stand target after target, as many of each.
        target = np.arange(len(samples)) * self._n_targets // len(samples)
        by_network = []
        by_linear = []
        done = 0
        # In blocks: each is gathered once, for both parts.
        for block in samples.blocks(a.numbers_held):
            windows, ahead, series = block.inputs()
            by_network.append(forward(a, members, windows, ahead, series))
            if linear is not None:
                own = target[done : done + len(block)]
                by_linear.append(linear.answer(a, own, windows, ahead))
            done += len(block)
        network = np.concatenate(by_network)
        if linear is None:
            return network, None
        return network, np.concatenate(by_linear)

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        targets = panel.y.shape[1]
        shape = (len(origins), horizon, targets, 1 + len(quantiles))
        answer = np.full(shape, np.nan)
        # Origins with too short a history have no window, and stay NaN.
        position = origins - panel.bounds[panel.series_of(origins)]
        enough = np.flatnonzero(position >= self.lookback - 1)
        if not len(enough):
            return answer
        known = origins[enough]
        if self._stays and self.loss != "quantile":
            # The network is not asked.
            answer[enough] = self._with_errors(
                self._naive(panel, known, horizon), quantiles, panel, known
            )
            return answer
        samples = self._samples(panel, known)
        network, linear = self._run(self.weights_, samples, self.linear_)
        levels = self._by_origin(combined(network, linear, self.linear_share_))[:, :horizon]
        values = self._with_quantiles(levels, quantiles, panel, known)
        if self._stays:
            values += self._naive(panel, known, horizon)[..., None] - values[..., :1]
        answer[enough] = values
        return answer

    @property
    def _stays(self) -> bool:
        # Files of earlier versions do not say, and depart.
        return getattr(self, "stays_", False)

    def _naive(self, panel: Panel, origins: np.ndarray, horizon: int) -> np.ndarray:
        """Return what answers are relative to, in the unit of y: (origins, horizon, targets)."""
        return naive_values(panel.y, origins, horizon, self.architecture_.anchor)

    def _by_origin(self, levels: np.ndarray) -> np.ndarray:
        """Turn levels of samples, target after target, into those of origins.

        (samples, horizon, levels) becomes (origins, horizon, targets, levels).
        """
        by_target = levels.reshape(self._n_targets, -1, *levels.shape[1:])
        return np.moveaxis(by_target, 0, 2).astype(np.float64)

    def _restored(self, values: np.ndarray, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return standardised values of origins in the unit of each series and target."""
        series = panel.training_series(origins)
        return self._scaling.restored(values, series, panel.y[origins])

    def _with_quantiles(
        self, levels: np.ndarray, quantiles: np.ndarray, panel: Panel, origins: np.ndarray
    ) -> np.ndarray:
        """Put quantiles behind the point forecast: (origins, steps, targets, 1 + quantiles)."""
        point = median_of(levels)[..., None]
        if self.loss == "quantile":
            learned = interpolated_quantiles(levels, quantiles)
            return self._restored(np.concatenate([point, learned], axis=-1), panel, origins)
        point = self._restored(point, panel, origins)[..., 0]
        return self._with_errors(point, quantiles, panel, origins)

    def _with_errors(
        self, point: np.ndarray, quantiles: np.ndarray, panel: Panel, origins: np.ndarray
    ) -> np.ndarray:
        """Put quantiles of held-out errors behind the point forecast."""
        _, unit = self._unit(panel, origins)
        return add_errors(point, self.errors_, quantiles, unit)

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
        clock, rows = self._inspected(X, y, origins)
        rows = np.unique(rows)
        ends = clock.origin[rows]
        position = np.where(ends < 0, -1, clock.panel.position[ends])
        if (position < self.lookback - 1).any():
            short = clock.given.name(int(rows[np.argmin(position)]))
            raise InputError(
                f"the origin {short} has less than lookback={self.lookback} rows of history: "
                "choose later ones."
            )
        # The gates do not depend on what is known ahead.
        windows, _, _ = self._samples(self._modelled(clock.panel), ends).inputs()
        frame = gate_frame(self.architecture_, self.weights_[0], windows)
        # Samples are numbered target after target.
        sample = frame.pop("sample").to_numpy()
        target, place = np.divmod(sample, len(rows))
        series = clock.given.training_series(rows)
        names = np.array(clock.given.names, dtype=object)[series]
        frame.insert(0, "series", names[place])
        frame.insert(1, "origin", clock.given.times[rows][place])
        # A single target needs no name.
        if self._n_targets > 1:
            targets = np.array(self.target_names_, dtype=object)
            frame.insert(2, "target", targets[target])
        return frame

    def gradient_flow(self, X: Any, y: Any = None, origins: Any = None) -> pd.DataFrame:
        """Measure how far back the (first) network's error reaches, by its gradient's norm.

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
        clock, given_rows = self._inspected(X, y, origins)
        panel = clock.panel
        rows = clock.origin[given_rows]
        possible = panel.origins(self.lookback, self.horizon)
        # A mean norm needs no more than some of the origins.
        if origins is None:
            rows = possible[subsample(len(possible), _FLOW_WINDOWS)]
        if not len(rows) or not np.isin(rows, possible).all():
            raise InputError(
                f"an origin needs lookback={self.lookback} rows that end with it and "
                f"horizon={self.horizon} rows after it. Pass more rows, or other origins."
            )
        # Here the rows after the origins are read too.
        check_gaps(clock.given, self._usage, clock.given.last)
        samples = self._samples(self._modelled(panel), rows)
        windows, ahead, series = samples.inputs()
        actual = samples.actual()
        # In an ensemble, the first network stands for all.
        weights = self.weights_[0]
        return flow_frame(self.architecture_, weights, windows, actual, ahead, series)

    def _inspected(self, X: Any, y: Any, origins: Any) -> tuple[WallClock, np.ndarray]:
        """Return a given table, or the memory, and which of its rows to look at.

        By default these are the last ones of each series.
        """
        if X is None and y is None:
            if origins is not None:
                raise InputError("origins are rows of a table: pass X and y (or y alone) too.")
            return WallClock.of(self.memory_), self.memory_.last
        if y is None:
            X, y = None, X
        panel, rows = self._further(X, y, origins)
        return WallClock.of(panel), rows
