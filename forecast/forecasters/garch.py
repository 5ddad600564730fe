"""GARCH: the variance of returns from their squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.signal import lfilter

from forecast.exceptions import InputError, MissingPackageError
from forecast.forecasters.intervals import NO_QUANTILES, error_quantiles
from forecast.forecasters.process import ProcessForecaster, Rows
from forecast.tables.panel import Panel
from forecast.validation import resolve_columns

__all__ = ["GARCHForecaster"]

# alpha + beta, at most: at 1 there is no variance in the long run.
_LARGEST_PERSISTENCE = 0.9999


class GARCHForecaster(ProcessForecaster):
    """Forecast a variance from the returns, by GARCH(1, 1) [1]_.

    The variance h of the returns e (without their mean) follows, for each series apart::

        h[t + 1] = omega + alpha · e[t]² + beta · h[t]

    and is multiplied by the mean of y over the mean of h in the training part: so it can be
    compared with other forecasts of any measure of variance, such as the squared range of a day.
    The package arch learns the parameters: ``pip install seqcast[volatility]``.

    Parameters
    ----------
    returns : column name or position, default=0
        The column of X that holds the returns. Like all columns of X, it is not known ahead.

    Attributes
    ----------
    params_ : array of shape (n_series, n_targets, 5)
        Mean, omega, alpha, beta (of returns in units of their deviation), and what h is multiplied
        by.
    ratios_ : list (series) of lists (targets) of arrays of shape (201,)
        Quantiles of y over its forecast one step ahead; they make the intervals of all steps.
    scale_, state_, start_, ticks_
        As in `ETSForecaster`; the state is the next variance.

    References
    ----------
    .. [1] Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity, J.
       Econometrics 31(3), 307-327.

    Examples
    --------
    >>> from forecast import load_stocks
    >>> ibm = load_stocks("IBM")
    >>> model = GARCHForecaster("log_return").fit(ibm[["log_return"]], ibm["variance"])
    >>> bool(model.predict(5).min() > 0)
    True
    """

    def __init__(self, returns: Any = 0):
        self.returns = returns

    def _unknown_ahead(self, names: Sequence[Any] | None, width: int) -> np.ndarray:
        if not width:
            raise InputError(
                "GARCHForecaster needs the returns as a column of X.",
                "Call fit(X, y).",
                "Name it with --past.",
            )
        resolve_columns([self.returns], names, width, "returns")  # refuses what X does not have
        return np.ones(width, dtype=bool)

    def _needs(self) -> tuple[int, dict[str, object]]:
        return 20, {}

    def _learn(self, panel: Panel) -> None:
        names = panel.columns.feature_names
        self._column = resolve_columns([self.returns], names, panel.X.shape[1], "returns")
        super()._learn(panel)

    def _rows(self, panel: Panel, series: int, s: int) -> list[Rows]:
        own = slice(panel.bounds[series], panel.bounds[series + 1])
        X = panel.X[own][:, self._column]
        return [rows._replace(X=X) for rows in super()._rows(panel, series, s)]

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        for i, part in enumerate(parts):
            _check_variance(part, panel.described(i // self._n_targets))
        params = []
        ratios = []
        for part in parts:
            process = _estimate_garch(part)
            params.append(astuple(process))
            # Each row over its forecast one step before.
            forecasts = process.multiple * process.variances(part)
            ratio = (part.y / forecasts)[:, None]
            ratios.append(error_quantiles(ratio)[:, 0])
        self.params_ = np.array(self._by_target(params))
        self.ratios_ = self._by_target(ratios)

    def _process(self, series: int, target: int) -> _GARCHProcess:
        return _GARCHProcess(*self.params_[series, target])

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        points = super()._answer(panel, origins, horizon, NO_QUANTILES)
        answer = np.repeat(points, 1 + len(quantiles), axis=-1)
        # Errors are ratios: a quantile is a multiple of the forecast, for all steps the same.
        multiples = np.quantile(self.ratios_, quantiles, axis=-1)  # (quantiles, series, targets)
        multiples = np.moveaxis(multiples, 0, -1)
        series = panel.training_series(origins)
        answer[..., 1:] *= multiples[series][:, None]  # (origins, horizon, targets, quantiles)
        return answer


@dataclass(frozen=True)
class _GARCHProcess:
    """The recursion of the variance; a state is the next one.

    The fields are what `GARCHForecaster.params_` holds for a target.
    """

    mean: float
    omega: float
    alpha: float
    beta: float
    multiple: float

    reach: ClassVar[int] = 0

    @property
    def long_run(self) -> float:
        """The variance that forecasts tend to."""
        return self.omega / (1 - self.alpha - self.beta)

    def variances(self, rows: Rows) -> np.ndarray:
        """Return the variance that is forecast for each row, from the rows before it."""
        counts = np.arange(len(rows.y))
        return self.states(rows, None, counts)[:, 0]

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        """Return the variances of the rows after so many, as `Process.states`."""
        first = np.array([self.long_run]) if begin is None else begin
        # The recursion is a filter with one pole, which goes on from the first variance.
        squares = (rows.X[:, 0] - self.mean) ** 2
        inputs = self.omega + self.alpha * squares
        pole = [1.0, -self.beta]
        later, _ = lfilter([1.0], pole, inputs, zi=self.beta * first)
        return np.append(first, later)[counts][:, None]

    def forecast(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        with_variance: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the means of the rows `ahead`, and no variance, as `Process.forecast`."""
        # The expected squared return is its variance, so that a step multiplies the distance from
        # the long run by alpha + beta.
        steps = np.arange(ahead.shape[1])
        decay = (self.alpha + self.beta) ** steps
        variances = self.long_run + decay * (states - self.long_run)  # (origins, horizon)
        mean = self.multiple * variances
        return mean, np.zeros(mean.shape)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Refuse to draw paths."""
        raise InputError(
            "GARCHForecaster knows the process of returns, not that of y: "
            "wrap it, ConformalForecaster(…)."
        )


def _check_variance(rows: Rows, which: str) -> None:
    """Refuse a y that is no variance, and returns that have none."""
    if rows.y.min() < 0 or not rows.y.any():
        raise InputError(
            f"{which} has no positive mean or some y below 0: GARCH forecasts a variance.",
            "Drop it.",
            "Choose a variance with --target, or another model.",
        )
    if np.ptp(rows.X) == 0:
        raise InputError(
            f"{which} has constant returns: there is no variance to learn.",
            "Drop it.",
            "Remove it from the file, or choose another model.",
        )


def _estimate_garch(rows: Rows) -> _GARCHProcess:
    """Maximise the normal likelihood of the returns."""
    try:
        from arch import arch_model
    except ImportError:
        raise MissingPackageError(
            "GARCHForecaster needs the package arch: pip install seqcast[volatility]."
        ) from None
    returns = rows.X[:, 0]
    deviation = float(returns.std())
    # The optimizer works best with returns of deviation 1.
    scaled = returns / deviation
    centred = scaled - scaled.mean()
    model = arch_model(centred, mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    fitted = model.fit(disp="off", show_warning=False)
    omega, alpha, beta = fitted.params
    # A variance in the long run must exist.
    beta = min(beta, _LARGEST_PERSISTENCE - alpha)
    omega = omega * deviation**2
    process = _GARCHProcess(returns.mean(), omega, alpha, beta, multiple=1.0)
    # Forecasts get the mean of y.
    variances = process.variances(rows)
    multiple = float(rows.y.mean() / variances.mean())
    return replace(process, multiple=multiple)
