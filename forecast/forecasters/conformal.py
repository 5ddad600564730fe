"""Conformal prediction: intervals of any forecaster from its errors on rows held out from it.

The errors, and how quantiles are read from them, are in `past_errors`. The module is long because
of the docstring of its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any, ClassVar

import numpy as np

from forecast.exceptions import InputError
from forecast.forecasters.composite import CompositeForecaster, check_forecaster
from forecast.forecasters.intervals import NO_QUANTILES, forecast_errors, learn_holding_out
from forecast.forecasters.moving_errors import MovingErrors, moving_series
from forecast.forecasters.naive import NaiveForecaster
from forecast.forecasters.past_errors import PastErrors, collected_errors, errors_of_rows
from forecast.tables.panel import Panel, Split
from forecast.validation import Rule, flag, integer, number, one_of, optional

__all__ = ["ConformalForecaster"]

_NONE = np.empty(0, dtype=np.intp)  # no series, no origin


class ConformalForecaster(CompositeForecaster):
    """Give any forecaster intervals from its own past errors, by conformal prediction.

    They hold what they promise if the errors are exchangeable, whatever their distribution.

    The forecaster learns from the earlier rows. From every origin in the latest ones it forecasts
    `horizon` steps, and the errors of each step, with their signs and for each series apart, make
    the quantiles of that step. With n errors e in order, those of the interval are [1]_::

        lower = forecast + e[floor((n + 1) · (1 - coverage) / 2)]
        upper = forecast + e[ceil((n + 1) · (1 + coverage) / 2)]

    Then the interval holds the actual with a probability of at least `coverage`. Errors of time
    series are exchangeable only roughly: two arguments, which work together, are for what is left.

    Parameters
    ----------
    forecaster : forecaster, default=None
        Cloned, never changed. None stands for ``NaiveForecaster()``.
    horizon : int, default=1
        The steps that get intervals of their own; there are none beyond.
    method : {"split", "adaptive"}, default="split"
        "split" as above. "adaptive" [2]_: the quantiles are read at levels of their own, which
        move with each row that `update` (or a table for `hindcast`) brings::

            level + rate · (q - [the error of this row lay below the quantile q forecast for it])

        and the errors of this row replace the oldest. So the share of actuals below a quantile
        comes to q in the long run, as long as past errors reach as far as the actuals do.
    calibration : float between 0 and 1, default=0.2
        The latest part of the training rows, from which the errors come. The forecaster observes
        these rows but its parameters do not learn from them.
    rate : float between 0 and 1, default=0.005
        How far the adaptive method moves a level for one row.
    local : int, optional
        If given, errors are in units of a local scale [3]_, the mean absolute error of their step
        in about so many rows before the origin (exponentially weighted), but at least a tenth of
        that in all rows: intervals are wide where errors have lately been large.
    refit : bool, default=False
        Whether the forecaster, after its errors are taken, learns anew, from all rows: its
        forecasts are then those that it makes without intervals. The errors are those of the first
        fit, which has learned from less, but at least from half of the rows: if anything,
        intervals are too wide.
    fewest_errors : int, default=5
        The past forecasts, with all their actuals, that each series must have. For an interval of
        some coverage there must be ``2 / (1 - coverage) - 1``: 19 for 0.9.

    Attributes
    ----------
    members_ : list of one forecaster
        The fitted copy.
    records_ : PastErrors, a named tuple of arrays over the series
        What is known of the errors at the last observed row: the errors themselves, (n_series,
        horizon, n_targets, n_errors), their number, the levels of the adaptive method, and the
        quantiles and local scales that were issued at the last `horizon` origins.
    learned_ : PastErrors
        The same at the last training row. `hindcast` begins here where origins lie before the last
        observed row.
    ends_ : Index of length n_series
        The last training row of each series.

    Notes
    -----
    `simulate` adds the errors of whole past forecasts, from one origin each, to the forecast: a
    bootstrap of blocks as long as the horizon, in which errors of neighbouring steps and of the
    targets stay together.

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World, section 4.1.
    .. [2] Gibbs & Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS 34.
    .. [3] Lei et al. (2018), Distribution-free predictive inference for regression, J. American
       Statistical Association 113(523), 1094-1111, section 5.2.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.random.default_rng(0).normal(size=400)
    >>> model = ConformalForecaster(NaiveForecaster(), horizon=2).fit(y)
    >>> model.predict_interval(2, coverage=0.8).shape
    (2, 2)
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "horizon": integer(1),
        "method": one_of("split", "adaptive"),
        "calibration": number(0, 1),
        "rate": number(0, 1),
        "local": optional(integer(1)),
        "refit": flag(),
        "fewest_errors": integer(1),
    }

    def __init__(
        self,
        forecaster: Any = None,
        horizon: int = 1,
        method: str = "split",
        calibration: float = 0.2,
        rate: float = 0.005,
        local: int | None = None,
        refit: bool = False,
        fewest_errors: int = 5,
    ):
        self.forecaster = forecaster
        self.horizon = horizon
        self.method = method
        self.calibration = calibration
        self.rate = rate
        self.local = local
        self.refit = refit
        self.fewest_errors = fewest_errors

    def _forecasters(self) -> list[Any]:
        if self.forecaster is None:
            return [NaiveForecaster()]
        check_forecaster(self.forecaster, "forecaster")
        return [self.forecaster]

    def _needs(self) -> tuple[int, dict[str, object]]:
        rows, settings = super()._needs()
        by_share = int(np.ceil(rows / (1 - self.calibration)))
        held_out = self.horizon + self.fewest_errors - 1
        # What has learned from a few rows says little of what has learned from all.
        learned = max(rows, held_out) if self.refit else rows
        by_number = learned + held_out
        settings = {**settings, "calibration": self.calibration, "horizon": self.horizon}
        return max(by_share, by_number), settings

    @property
    def _lag(self) -> int:
        # The latest forecasts still wait for their actuals. When these have come, the forecasts
        # are made again, from a member that has not gone beyond their origins.
        stays_behind = self._moves or not self.refit
        return self.horizon if stays_behind else 0

    @property
    def _moves(self) -> bool:
        """Whether further rows change what is known of the errors."""
        return self.method == "adaptive" or self.local is not None

    def _learn(self, panel: Panel) -> None:
        n_learned = self._rows_learned(panel)
        learned = np.repeat(n_learned, panel.lengths)
        earlier = np.flatnonzero(panel.position < learned)
        # The first errors are those of forecasts from the last row that is learned from.
        origins = np.flatnonzero(panel.position >= learned - 1)
        # Split conformal: after its errors are taken the member observes the rest; no parameter
        # learns from it, unless the user wants a second fit.
        split = Split(earlier, origins, is_held_out=True)
        go_on = self._learn_anew if self.refit else self._observe_rest
        member, errors = learn_holding_out(
            panel, origins, split, self._learn_member, self._errors, go_on
        )
        counts = panel.lengths - n_learned + 1
        self._check_enough(panel, errors, counts)
        adaptive = self.method == "adaptive"
        self.members_ = [member]
        self.learned_ = collected_errors(errors, counts, self.local, adaptive)
        # Until `update`, what is known is what was learned.
        self.records_ = self.learned_
        self.ends_ = panel.times[panel.last]

    def _rows_learned(self, panel: Panel) -> np.ndarray:
        """Return how many rows of each series the member learns from, (n_series,)."""
        by_share = panel.lengths * (1 - self.calibration)
        at_most = panel.lengths - self.horizon - self.fewest_errors + 1
        return np.minimum(by_share.astype(int), at_most)

    def _learn_member(self, panel: Panel, rows: np.ndarray) -> Any:
        """Fit the member on some rows of the panel."""
        forecaster = self._forecasters()[0]
        return self._fitted(forecaster, panel.take(rows))

    def _learn_anew(self, panel: Panel, _origins: np.ndarray, _member: Any) -> Any:
        """Fit the member on all rows, but for the lag."""
        not_behind = panel.position < np.repeat(panel.lengths - self._lag, panel.lengths)
        return self._learn_member(panel, np.flatnonzero(not_behind))

    def _observe_rest(self, panel: Panel, _origins: np.ndarray, member: Any) -> Any:
        """Let the member observe the rows that it has not learned from, but for the lag."""
        # The rows that it is given begin with its memory, which ends with the learned rows.
        begin = self._rows_learned(panel) - member.memory_.lengths
        end = panel.lengths - self._lag
        not_before = panel.position >= np.repeat(begin, panel.lengths)
        not_behind = panel.position < np.repeat(end, panel.lengths)
        rest = panel.take(np.flatnonzero(not_before & not_behind))
        return self._moved_on(member, replace(rest, continues=True))

    def _errors(self, panel: Panel, origins: np.ndarray, member: Any) -> np.ndarray:
        """Return the errors of the member from these origins, (n_origins, horizon, n_targets).

        NaN where there is no actual yet.
        """
        # Rows are put behind each series, for the actuals that are still to come.
        series = panel.codes[origins]
        longer = panel.extend(self.horizon)
        origins = origins + self.horizon * series
        answer = self._answer_of(member, longer, origins, self.horizon, NO_QUANTILES)
        return forecast_errors(longer, origins, answer[..., 0])

    def _check_enough(self, panel: Panel, errors: np.ndarray, counts: np.ndarray) -> None:
        """Refuse a series that has too few errors to read quantiles from."""
        complete = ~np.isnan(errors).any(axis=(1, 2))
        begin = np.cumsum(counts) - counts
        found = np.add.reduceat(complete, begin, dtype=int)
        few = found < self.fewest_errors
        if few.any():
            series = int(np.argmax(few))
            end = panel.name(int(panel.last[series]))
            raise InputError(
                f"{end} ends the training part with {found[series]} past forecasts that have all "
                f"their actuals; at least {self.fewest_errors} are needed: pass more history, or "
                "raise calibration."
            )

    def _observe(self, panel: Panel) -> None:
        # What is yielded last is what is known after the last row of every series.
        *_, (_, _, past) = self._known_at(panel, panel.last)
        records = past.settled()
        super()._observe(panel)
        self.records_ = records

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        # The point forecasts are the member's, its quantiles are not asked for.
        member = self.members_[0]
        point = self._answer_of(member, panel, origins, horizon, NO_QUANTILES)
        answer = np.repeat(point, 1 + len(quantiles), axis=-1)
        if len(quantiles):
            errors = self._error_quantiles(panel, origins, quantiles)
            answer[..., 1:] += errors[:, self._error_steps(horizon)]
        return answer

    def _error_quantiles(
        self, panel: Panel, origins: np.ndarray, quantiles: np.ndarray
    ) -> np.ndarray:
        """Return the quantiles of the errors from origins.

        Their shape is (n_origins, horizon, n_targets, n_quantiles).
        """
        scales = np.empty((len(origins), self.horizon, panel.y.shape[1]))
        errors = np.empty((*scales.shape, len(quantiles)))  # in units of the local scale
        if self.method == "split":
            # These do not move: they are read once for each series.
            numbers = panel.training_series(origins)
            found, place = np.unique(numbers, return_inverse=True)
            errors = self.records_.split_quantiles(found, quantiles)[place]
        for mine, series, past in self._known_at(panel, origins):
            scales[mine] = past.scale(series)
            if isinstance(past, MovingErrors) and past.is_adaptive:
                # Origins before the first new row share what is known: it is read once.
                found, place = np.unique(series, return_inverse=True)
                errors[mine] = past.adaptive_quantiles(found, quantiles)[place]
        return scales[..., None] * errors

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        member = self.members_[0]
        answer = self._answer_of(member, panel, origins, horizon, NO_QUANTILES)
        point = answer[:, None, ..., 0]
        paths = np.repeat(point, n_paths, axis=1)  # (n_origins, n_paths, horizon, n_targets)
        for mine, series, past in self._known_at(panel, origins):
            # One past origin for each path: the errors of its steps and targets stay together.
            counts = past.counts[series, None]
            drawn = rng.integers(counts, size=(len(mine), n_paths))
            # They are kept in units of the scale at their own origin.
            scale = past.scale(series)
            errors = scale[:, None] * past.errors_of(series, drawn)
            paths[mine] += errors[:, :, self._error_steps(horizon)]
        return paths

    def _error_steps(self, horizon: int) -> np.ndarray:
        """Return whose errors each step gets: where the clock skips rows, those of the last."""
        return np.minimum(np.arange(horizon), self.horizon - 1)

    def _check_steps(self, steps: int) -> None:
        if steps > self.horizon:
            raise InputError(
                f"{steps} steps were asked for, but errors are known for {self.horizon}.",
                "Fit with a longer horizon.",
                f"Give --horizon {self.horizon}, or fit anew with a longer --horizon.",
            )

    def _known_at(
        self, panel: Panel, origins: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray, PastErrors | MovingErrors]]:
        """Yield what is known of the errors at origins of a panel.

        Yields
        ------
        mine : array of shape (n,)
            Which of the origins.
        series : array of shape (n,)
            Where the series of each of them stands in `past`.
        past : PastErrors or MovingErrors
            What is known at these origins. It moves on in place: read it before the next step.
        """
        series = panel.codes[origins]
        if not self._moves:
            yield np.arange(len(origins)), panel.numbers[series], self.records_
            return
        position = origins - panel.bounds[series]
        past, n_known = self._begin(panel, series, position)
        # The first origin with an actual that is new; a table may begin later.
        first = np.maximum(n_known - self.horizon, 0)
        # By how many rows to move on for each origin, and for each series at most. A row counts
        # once there are `horizon` origins before it, from which it was forecast.
        moves = position - first[series] - self.horizon + 1
        moves = np.maximum(moves, 0)
        most = np.zeros(panel.n_series, dtype=int)
        np.maximum.at(most, series, moves)
        new = self._new_errors(panel, first, most)
        moving = MovingErrors(past, new, most, self.rate, self.local)
        # Row after row, all series that still move do so at once.
        places = _places_of_numbers(moves)
        for mine, moved in zip_longest(places, moving_series(most), fillvalue=_NONE):
            if len(mine):
                yield mine, series[mine], moving
            if len(moved):
                moving.observe(moved)

    def _begin(
        self, panel: Panel, series: np.ndarray, position: np.ndarray
    ) -> tuple[PastErrors, np.ndarray]:
        """Return what is known before a panel is read.

        Parameters
        ----------
        panel : Panel
        series, position : arrays of shape (n_origins,)
            Of the origins that are asked for.

        Returns
        -------
        past : PastErrors
            Of each series of the panel: as `update` has left it, or, if an origin lies before the
            last observed row, as it was learned.
        n_known : array of shape (n_series,)
            How many rows of the panel are known by then.
        """
        numbers = panel.numbers
        # The first origin of each series that is asked for, and the last row that was observed.
        earliest = panel.lengths - 1
        np.minimum.at(earliest, series, position)
        asked = panel.times[panel.bounds[:-1] + earliest]
        memory = self._memory_by_clock
        observed = memory.times[memory.last[numbers]]
        rewound = np.asarray(asked < observed)
        # Copies, which may move on in place.
        past = self.records_.select(numbers)
        past.rewind(rewound, self.learned_.select(numbers[rewound]))
        # Rows up to the end of the training part, or of what was observed, are known.
        end = self.ends_[numbers].where(rewound, observed)
        is_known = np.asarray(panel.times <= end.repeat(panel.lengths))
        n_known = np.bincount(panel.codes[is_known], minlength=panel.n_series)
        return past, n_known

    def _new_errors(self, panel: Panel, first: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return the errors of all forecasts for the rows by which each series moves on.

        Parameters
        ----------
        panel : Panel
        first : array of shape (n_series,)
            The position of the first origin.
        most : array of shape (n_series,)
            By how many rows each series moves on; the first of them is `horizon` rows later.

        Returns
        -------
        array of shape (n_rows, horizon, n_targets)
            Series after series.
        """
        # The first row was forecast from `horizon` origins, each later row from one origin more.
        counts = np.where(most > 0, most + self.horizon - 1, 0)
        begin = np.cumsum(counts) - counts
        within = np.arange(counts.sum()) - np.repeat(begin, counts)
        origins = np.repeat(panel.bounds[:-1] + first, counts) + within
        if not len(origins):
            return np.empty((0, self.horizon, panel.y.shape[1]))
        errors = self._errors(panel, origins, self.members_[0])
        row = np.arange(most.sum()) - np.repeat(np.cumsum(most) - most, most)
        return errors_of_rows(errors, np.repeat(begin + self.horizon, most) + row)


def _places_of_numbers(values: np.ndarray) -> list[np.ndarray]:
    """Return where each of the numbers 0, 1, … up to the largest stands in `values`."""
    order = np.argsort(values, kind="stable")
    following = np.arange(1, values.max() + 1)
    return np.split(order, np.searchsorted(values[order], following))
