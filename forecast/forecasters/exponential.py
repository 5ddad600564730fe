"""Exponential smoothing in state space form (ETS), of which each series has the best form."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from forecast.exceptions import InputError
from forecast.forecasters.ets_estimation import estimate
from forecast.forecasters.ets_form import FORMS, Form
from forecast.forecasters.ets_process import FIRST_ROWS, ETSProcess
from forecast.forecasters.process import ProcessForecaster, Rows
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, jobs, one_of, optional

__all__ = ["ETSForecaster"]


class ETSForecaster(ProcessForecaster):
    """Exponential smoothing of level, trend and season, in the form that AICc prefers [1]_.

    Each series and each target has a model of its own. The forms are those of the state space
    framework: the error is additive (A) or multiplicative (M), the trend missing (N), additive (A)
    or damped (Ad), the season missing, additive or multiplicative. An additive error with a
    multiplicative season is left out, for its variance is infinite, and forms with an M are tried
    only where all values are positive. Later values need not be: a level that falls to 0 under a
    multiplicative season is refused.

    Parameters
    ----------
    season_length : int, optional
        Rows in a season; 1 for none. By default what the frequency suggests: 24 for hours, 7 for
        days, 12 for months. A series that is shorter than three seasons gets no season.
    form : str, optional
        The form for all series, such as "ANN" (simple exponential smoothing), "AAdA" or "MAM". By
        default each series has the one of smallest AICc.
    n_jobs : int, optional
        Processes that several series are shared between; -1 for all processors.

    Attributes
    ----------
    forms_ : list (series) of lists (targets) of str
    weights_ : array of shape (n_series, n_targets, 4)
        alpha, beta, gamma (of level, slope, season) and phi (damping, 1 for none).
    sigma_ : array of shape (n_series, n_targets)
        Standard deviation of the one-step errors: in units of `scale_`, or relative where the error
        is multiplicative.
    aicc_ : array of shape (n_series, n_targets)
        Akaike's criterion, corrected for short series, of y in its own unit.
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part; a constant is measured by its size.
    state_ : list of lists of arrays
        Level, slope and season after the last row in units of `scale_`; `update` carries them on.
    first_state_ : list of lists of arrays
        The state before the first training row.
    start_, ticks_ : Index of length n_series, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted
        from there.

    Notes
    -----
    The weights are learned by statsmodels with a given first state, then that state by Gauss-Newton
    steps (exact for additive forms) with given weights, in turn: so a long season costs a filter
    pass for each of its rows, not a dimension of the optimiser. A table for `hindcast` that begins
    elsewhere finds its first state from its first two seasons (without season, from eight rows).

    The intervals are normal, with the variances of [1]_, tables 6.1 to 6.3. Columns of X are not
    read.

    References
    ----------
    .. [1] Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing: The State
       Space Approach.

    Examples
    --------
    >>> y = [10.0, 20.0, 30.0, 12.0, 22.0, 32.0, 14.0, 24.0, 34.0, 16.0, 26.0, 36.0]
    >>> ETSForecaster(season_length=3, form="AAA").fit(y).predict(3).round(1)
    array([18., 28., 38.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_length": optional(integer(1)),
        "form": optional(one_of(*FORMS)),
        "n_jobs": jobs(),
    }
    _reads_features = False

    def __init__(
        self, season_length: int | None = None, form: str | None = None, n_jobs: int | None = None
    ):
        self.season_length = season_length
        self.form = form
        self.n_jobs = n_jobs

    def _needs(self) -> tuple[int, dict[str, object]]:
        if self.form is None or self.season_length is None or not Form.of(self.form).has_season:
            return FIRST_ROWS, {}
        rows = max(FIRST_ROWS, 2 * self.season_length)
        return rows, {"form": self.form, "season_length": self.season_length}

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        season_length = self._season_length(panel)
        # A single series needs no further process.
        n_jobs = self.n_jobs if len(parts) > 1 else 1
        run = Parallel(n_jobs=n_jobs)
        task = delayed(estimate)
        found = run(task(part.y, season_length, self.form) for part in parts)
        # One estimate for each target of each series: as lists where the sizes differ.
        processes = [each.process for each in found]
        names = ["".join(process.form) for process in processes]
        states = [process.initial_state for process in processes]
        self.season_length_ = season_length
        self.forms_ = self._by_target(names)
        self.first_state_ = self._by_target(states)
        # The rest as arrays, (series, targets, …).
        shape = (-1, self._n_targets)
        # The density of y is that of y in units of its scale, divided by the scale: the Jacobian.
        log_jacobian = [len(part.y) for part in parts] * np.log(self.scale_.ravel())
        variances = np.array([process.variance for process in processes])
        weights = np.array([process.weights for process in processes])
        self.weights_ = weights.reshape(*shape, weights.shape[1])
        self.sigma_ = np.sqrt(variances).reshape(shape)
        aicc = np.array([each.aicc for each in found]) + 2 * log_jacobian
        self.aicc_ = aicc.reshape(shape)

    def _process(self, series: int, target: int) -> ETSProcess:
        return ETSProcess(
            Form.of(self.forms_[series][target]),
            self.season_length_,
            self.weights_[series, target],
            self.sigma_[series, target] ** 2,
            self.first_state_[series][target],
        )

    def _states(
        self,
        panel: Panel,
        series: int,
        s: int,
        target: int,
        rows: Rows,
        counts: np.ndarray,
    ) -> np.ndarray:
        states = super()._states(panel, series, s, target, rows, counts)
        if np.isfinite(states).all():
            return states
        form = self.forms_[s][target]
        row = panel.bounds[series] + int(np.argmax(rows.y <= 0))
        raise InputError(
            f"y is {panel.y[row, target]:.6g} at {panel.name(row)}, and the level falls to 0: "
            f"{form} needs positive values.",
            "Fit with an additive form, such as form='AAdA'.",
            "Leave ets out of --models.",
        )

    def summary(self) -> pd.DataFrame:
        """Tell what was learned.

        Returns
        -------
        DataFrame of n_series · n_targets rows
            ``series``, ``target``, ``form``, the weights ``alpha``, ``beta``, ``gamma`` and ``phi``
            (NaN where the form has none), ``sigma`` (in the unit of y, relative where the error is
            multiplicative), ``aicc``.
        """
        rows = []
        for s, k in np.ndindex(self.sigma_.shape):
            name = self.forms_[s][k]
            form = Form.of(name)
            # Weights that the form does not have say nothing.
            weights = np.where(form.free_weights, self.weights_[s, k], np.nan)
            # Relative errors have no unit.
            unit = self.scale_[s, k] if form.error == "A" else 1.0
            sigma = unit * self.sigma_[s, k]
            # In the order of the names of the columns.
            place = (self.series_[s], self.target_names_[k])
            rows.append((*place, name, *weights, sigma, self.aicc_[s, k]))
        names = ["series", "target", "form", "alpha", "beta", "gamma", "phi", "sigma", "aicc"]
        return pd.DataFrame(rows, columns=names)
