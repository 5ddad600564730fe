"""A forecaster that has learned before it sees a series."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, ClassVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.utils import check_random_state

from forecast.forecasters.base import Forecaster
from forecast.forecasters.process import filled, one_thread
from forecast.pretrained.histories import FEWEST_ROWS, Histories, context_of, gathered
from forecast.pretrained.inputs import network_inputs
from forecast.pretrained.network import network_answers, shipped_weights
from forecast.pretrained.regression import effects
from forecast.recurrent.quantiles import interpolated_quantiles, median_of
from forecast.tables.frequency import Frequency
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, jobs, number

__all__ = ["PretrainedForecaster"]

_DIRECT = 192  # steps that the network has learned to answer at once
_HELD_OUT = 0.2  # of the windows, the latest, when it goes on learning


def _seasons_rule() -> Rule:
    """Demand None, a season length, or two of them."""
    one = integer(1)

    def holds(value: Any) -> bool:
        lengths = value if isinstance(value, (list, tuple, np.ndarray)) else [value]
        return value is None or (0 < len(lengths) <= 2 and all(map(one.holds, lengths)))

    return Rule("None, a whole number of at least 1, or a list of two of them", holds)


class PretrainedForecaster(Forecaster):
    """Forecast by a recurrent network that has learned from simulated series.

    Nothing is learned from the table, so that forecasts are there at once, and TensorFlow is not
    loaded. The network reads the last rows of a series and eight forecasts of them in closed form:
    the last value, two autoregressions, one of the changes, Theta, the last season, and changes
    from season to season, all beside the profile of the season; each with its errors from earlier
    rows of the same series. For each step it weighs these forecasts, corrects their mean, and says
    how far off it may be. It has learned this from millions of `simulate_series`, and from no real
    one [1]_.

    Parameters
    ----------
    season_lengths : int or sequence of two, optional
        Rows in a season, or in two: ``(24, 168)`` for hours with days and weeks; 1 for none. By
        default what the frequency suggests. A season counts from two cycles on.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead. They are not read.
    epochs : int, default=0
        Passes over the table in which the network goes on learning from where it is, by the
        pinball loss; this needs TensorFlow. The weights that do best on the latest fifth are kept,
        which may be those that it has begun with.
    horizon : int, default=24
        Steps that are learned in these epochs; forecasts may be longer.
    learning_rate : float, default=0.0003
        In the first of these epochs; it falls to nothing.
    random_state : int, RandomState or None, default=None
        Which windows are learned from, and in which order.
    n_jobs : int, optional
        Threads that answer series, -1 for all cores. Each takes some hundreds of series at a time,
        and two are about twice as fast as one.

    Attributes
    ----------
    seasons_ : tuple of two ints
        The rows in the seasons that are looked for, the shorter first.
    coef_ : array of shape (n_series, n_targets, n_features)
        What one more unit of each column of X adds to y: a regression whose errors are
        autoregressive, of each series and target [2]_; 0 for past features. What it leaves of y is
        what the network forecasts.
    weights_ : dict of arrays
        Of the network.

    Notes
    -----
    A forecast looks back on 1 024 rows, or four of the longest season. Up to 192 steps are answered
    at once; later ones go on from the forecasts, and their quantiles from sample paths. Where
    changes are more even after the logarithm, this is forecast. Values far from nine tenths of all
    others are pulled in; what is missing is put on a line between its neighbours, season included.

    References
    ----------
    .. [1] Oreshkin et al. (2026), "Zero-shot forecasting by simulation alone", ICLR, for the idea;
       Montero-Manso et al. (2020), "FFORMA: Feature-based forecast model averaging", International
       Journal of Forecasting 36(1), 86-92, for learned weights of forecasts.
    .. [2] Cochrane & Orcutt (1949), J. American Statistical Association 44(245), 32-61.

    Examples
    --------
    >>> import numpy as np
    >>> from forecast import PretrainedForecaster
    >>> y = 20 + 5 * np.sin(np.arange(96) * 2 * np.pi / 12)
    >>> PretrainedForecaster(season_lengths=12).fit(y).predict(3).round()
    array([20., 22., 24.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_lengths": _seasons_rule(),
        "epochs": integer(0),
        "horizon": integer(1),
        "learning_rate": number(0),
        "n_jobs": jobs(),
    }
    _reads_past_features = False

    def __init__(
        self,
        season_lengths: int | Sequence[int] | None = None,
        past_features: Sequence[Any] = (),
        epochs: int = 0,
        horizon: int = 24,
        learning_rate: float = 0.0003,
        random_state: Any = None,
        n_jobs: int | None = None,
    ):
        self.season_lengths = season_lengths
        self.past_features = past_features
        self.epochs = epochs
        self.horizon = horizon
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def _takes_gaps(self) -> bool:
        return True

    @property
    def _is_local(self) -> bool:
        # Other weights follow from all series.
        return not self.epochs

    def _needs(self) -> tuple[int, dict[str, object]]:
        if not self.epochs:
            return FEWEST_ROWS, {}
        return FEWEST_ROWS + self.horizon, {"horizon": self.horizon}

    def _memory(self) -> int:
        return context_of(self.seasons_)

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, _DIRECT)

    def _learn(self, panel: Panel) -> None:
        self.seasons_ = _seasons(panel.frequency, self.season_lengths)
        shape = panel.n_series, panel.y.shape[1], panel.X.shape[1]
        self.coef_ = np.zeros(shape)
        known = np.flatnonzero(~self._past)
        if len(known):
            for series, rows in enumerate(panel.series()):
                for target in range(shape[1]):
                    y = filled(panel.y[rows, target])
                    self.coef_[series, target, known] = effects(y, panel.X[rows][:, known])
        self.weights_ = shipped_weights()
        if self.epochs:
            self.weights_ = self._fine_tuned(panel)

    def _fine_tuned(self, panel: Panel) -> dict[str, np.ndarray]:
        """Go on learning from the rows of a table, the latest of which choose."""
        from forecast.pretrained.fine_tuning import fine_tuned, read_samples

        origins = panel.origins(FEWEST_ROWS, self.horizon)
        split = panel.split(origins, self.horizon, _HELD_OUT)
        rest = self._unexplained(panel)
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        samples, held_out = (
            read_samples(panel, rest, part, self.seasons_, self.horizon, rng)
            for part in (split.earlier, split.latest)
        )
        return fine_tuned(self.weights_, samples, held_out, self.epochs, self.learning_rate, rng)

    def _unexplained(self, panel: Panel) -> np.ndarray:
        """Return what columns of X leave of y, (n_rows, n_targets)."""
        if self._past.all():
            return panel.y
        return panel.y - self._explained(panel, np.arange(len(panel)))

    def _explained(self, panel: Panel, rows: np.ndarray) -> np.ndarray:
        """Return what columns of X add to y in some rows, (…, n_targets)."""
        known = np.flatnonzero(~self._past)
        coefficients = self.coef_[panel.training_series(rows)][..., known]
        return np.einsum("...tk,...k->...t", coefficients, panel.X[rows][..., known])

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        n_targets = panel.y.shape[1]
        answer = np.full((len(origins), horizon, n_targets, 1 + len(quantiles)), np.nan)
        rest = self._unexplained(panel)
        ahead = origins[:, None] + np.arange(1, horizon + 1)
        explained = self._explained(panel, ahead)
        task = delayed(self._values)
        run = Parallel(n_jobs=self.n_jobs, require="sharedmem", return_as="generator")
        for target in range(n_targets):
            blocks = gathered(panel, rest[:, target], origins, self.seasons_)
            # Threads share the series, not the products of matrices as well.
            with one_thread() if effective_n_jobs(self.n_jobs) > 1 else nullcontext():
                answers = run(task(histories, horizon, quantiles) for histories in blocks)
                for places, values in answers:
                    values += explained[places, :, target, None]
                    answer[places, :, target] = values
        return answer

    def _values(
        self, histories: Histories, horizon: int, quantiles: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Answer histories: their places, and (n_histories, horizon, 1 + quantiles).

        The point forecast comes first.
        """
        inputs = network_inputs(histories.y, histories.seasons, horizon)
        levels = network_answers(self.weights_, inputs)
        asked = interpolated_quantiles(levels, quantiles)
        values = np.concatenate([median_of(levels)[..., None], asked], axis=-1)
        # What is too large is refused later, by name.
        with np.errstate(over="ignore"):
            values[histories.is_log] = np.exp(values[histories.is_log])
        return histories.places, values


def _seasons(frequency: Frequency, given: int | Sequence[int] | None) -> tuple[int, int]:
    """Return two seasons, the shorter first; a single one stands for both."""
    lengths = frequency.seasons if given is None else np.atleast_1d(given)
    ordered = sorted(map(int, lengths)) or [1]
    return ordered[0], ordered[-1]
