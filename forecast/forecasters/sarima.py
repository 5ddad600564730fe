"""The seasonal ARIMA process: its orders, its polynomials, and its forecasts.

With the backshift operator B and a season of m rows, y follows::

    w[t] = (1 - B)^d (1 - B^m)^D y[t]
    phi(B) PHI(B^m) w[t] = theta(B) THETA(B^m) e[t]

where the one-step errors e are white noise, phi and PHI are the autoregressive (AR) polynomials of
orders p and P, theta and THETA the moving-average (MA) polynomials of orders q and Q (Box & Jenkins
1970, Time Series Analysis: Forecasting and Control, chapter 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import lfilter, lfiltic

from forecast.forecasters.lag_polynomials import seasonal_polynomial
from forecast.validation import Rule, integers

_BLOCK = 2**22  # numbers in the histories of a block of origins


def orders_rule(length: int) -> Rule:
    """Demand the orders of a process: so many whole numbers of at least 0."""
    whole_numbers = integers(0)

    def holds(value: Any) -> bool:
        return whole_numbers.holds(value) and len(value) == length

    return Rule(f"{length} whole numbers of at least 0", holds)


class Orders(NamedTuple):
    """The orders of a seasonal ARIMA process, and the trend of the regression around it."""

    order: tuple[int, int, int]
    seasonal_order: tuple[int, int, int, int]
    trend: str

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """How many coefficients there are: AR, MA, seasonal AR, seasonal MA."""
        p, _, q = self.order
        P, _, Q, _ = self.seasonal_order
        return p, q, P, Q

    @property
    def season_length(self) -> int:
        """The rows in a season, 0 without one."""
        return self.seasonal_order[3]

    @property
    def difference_polynomial(self) -> np.ndarray:
        """The polynomial (1 - B)^d (1 - B^m)^D written out, (d + D·m + 1,)."""
        _, d, _ = self.order
        _, D, _, m = self.seasonal_order
        polynomial = np.ones(1)
        for lag in [1] * d + [m] * D:
            difference = seasonal_polynomial(np.ones(1), lag)
            polynomial = np.convolve(polynomial, difference)
        return polynomial

    @property
    def reach(self) -> int:
        """The rows that differences and lags look back on."""
        p, d, q = self.order
        P, D, Q, m = self.seasonal_order
        lags = max(p + P * m, q + Q * m)
        return d + D * m + lags

    @property
    def name(self) -> str:
        """The usual notation, such as ARIMA(1,0,0)(0,1,1)[24]."""
        p, d, q = self.order
        P, D, Q, m = self.seasonal_order
        text = f"ARIMA({p},{d},{q})"
        if P or D or Q:
            text += f"({P},{D},{Q})[{m}]"
        return text

    @property
    def terms(self) -> list[str]:
        """The names of the coefficients."""
        names = []
        kinds = ("ar", "ma", "seasonal_ar", "seasonal_ma")
        for kind, size in zip(kinds, self.sizes, strict=True):
            names += [f"{kind}{lag}" for lag in range(1, size + 1)]
        return names

    def polynomials(self, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Multiply out the AR and the MA polynomials of the differenced series.

        Parameters
        ----------
        coefficients : array of shape (p + q + P + Q,)
            AR, MA, seasonal AR, seasonal MA, with statsmodels' signs.

        Returns
        -------
        ar, ma : arrays of shape (p + P·m + 1,) and (q + Q·m + 1,)
            ``ar(B) w = ma(B) e``; both begin with 1.
        """
        parts = Coefficients.of(coefficients, self)
        m = self.season_length
        phi = np.append(1.0, -parts.ar)
        theta = np.append(1.0, parts.ma)
        seasonal_phi = seasonal_polynomial(parts.seasonal_ar, m)
        seasonal_theta = seasonal_polynomial(-parts.seasonal_ma, m)
        ar = np.convolve(phi, seasonal_phi)
        ma = np.convolve(theta, seasonal_theta)
        return ar, ma


class Coefficients(NamedTuple):
    """The coefficients of the four polynomials, each of shape (…, its order)."""

    ar: np.ndarray
    ma: np.ndarray
    seasonal_ar: np.ndarray
    seasonal_ma: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, orders: Orders) -> Coefficients:
        """Split values (…, p + q + P + Q) by the polynomial that they belong to."""
        p, q, P, _ = orders.sizes
        seasonal = p + q
        return cls(
            values[..., :p],
            values[..., p:seasonal],
            values[..., seasonal : seasonal + P],
            values[..., seasonal + P :],
        )


@dataclass(frozen=True)
class DifferenceEquation:
    """The process with all differences multiplied out, as it forecasts: ``ar(B) z = ma(B) e``.

    A state holds the last values of z and of e that a forecast looks back on: Box & Jenkins' first
    form of a forecast (chapter 5).

    Parameters
    ----------
    ar, ma : arrays of shape (degree + 1,)
        Both filled up with zeros to the longer one's length.
    ar_degree : int
        The first rows of a table that have no one-step error: those that the AR part looks back on.
    variance : float
        Of the one-step errors.
    """

    ar: np.ndarray
    ma: np.ndarray
    ar_degree: int
    variance: float

    @classmethod
    def of(cls, orders: Orders, params: np.ndarray) -> DifferenceEquation:
        """Multiply out coefficients and variance of a process, (p + q + P + Q + 1,)."""
        ar, ma = orders.polynomials(params[:-1])
        ar = np.convolve(ar, orders.difference_polynomial)
        length = max(len(ar), len(ma))
        return cls(
            ar=_zeros_behind(ar, length),
            ma=_zeros_behind(ma, length),
            ar_degree=len(ar) - 1,
            variance=float(params[-1]),
        )

    @property
    def degree(self) -> int:
        """The degree of the longer polynomial: how many values of z and of e a state holds."""
        return len(self.ar) - 1

    def states(self, z: np.ndarray, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        """Return the last values of z and e after so many rows.

        Parameters
        ----------
        z : array of shape (n_rows,)
        begin : array of shape (2 · degree,) or None
            The state before the first row; without one, errors are 0 where the AR part has nothing
            to look back on.
        counts : array of int, from 0 to n_rows

        Returns
        -------
        array of shape (counts, 2 · degree)
            z first.
        """
        degree = self.degree
        if not degree:
            return np.empty((len(counts), 0))
        state = np.zeros(2 * degree) if begin is None else begin
        past_z, past_errors = np.split(state, 2)
        values = np.concatenate([past_z, z])
        # ar(B) z is known, and so is what it equals: ma(B) e.
        moving_average = lfilter(self.ar, [1.0], values)[degree:]
        if begin is None:
            moving_average[: self.ar_degree] = 0.0
        # Dividing by ma(B) leaves the errors; the division goes on from the past ones.
        before = lfiltic([1.0], self.ma, past_errors[::-1])
        new_errors, _ = lfilter([1.0], self.ma, moving_average, zi=before)
        errors = np.concatenate([past_errors, new_errors])
        # Window i holds the `degree` values that end after i rows.
        last_values = sliding_window_view(values, degree)[counts]
        last_errors = sliding_window_view(errors, degree)[counts]
        return np.concatenate([last_values, last_errors], axis=1)

    def forecast(self, states: np.ndarray, horizon: int) -> np.ndarray:
        """Forecast z from each state: (states, horizon)."""
        forecasts = np.zeros((len(states), horizon))
        if not self.degree:
            return forecasts
        history = 2 * (self.degree + horizon)
        size = max(1, _BLOCK // history)
        for start in range(0, len(states), size):
            block = slice(start, start + size)
            forecasts[block] = self._continuation(states[block], horizon)
        return forecasts

    def _continuation(self, states: np.ndarray, horizon: int) -> np.ndarray:
        """Continue z row by row from a block of states; errors that are still to come are zero."""
        # The state is written before the rows to come.
        past_z, past_errors = np.split(states, 2, axis=1)
        to_come = ((0, 0), (0, horizon))
        z = np.pad(past_z, to_come)  # (states, degree + horizon)
        errors = np.pad(past_errors, to_come)
        # The coefficients of the lags degree … 1: in the order of the rows.
        ar = self.ar[:0:-1]
        ma = self.ma[:0:-1]
        for h in range(horizon):
            following = h + self.degree
            past = slice(h, following)
            z[:, following] = errors[:, past] @ ma - z[:, past] @ ar
        return z[:, self.degree :]

    def variances(self, horizon: int) -> np.ndarray:
        """Return the variance of the forecast error of each step, (horizon,).

        It is the sum of the squared psi weights up to that step, times that of a one-step error.
        """
        impulse = np.eye(1, horizon)[0]
        return np.cumsum(self.forecast_errors(impulse) ** 2)

    def forecast_errors(self, noise: np.ndarray) -> np.ndarray:
        """Return the errors that standard normal noise makes of forecasts, (…, horizon)."""
        deviation = np.sqrt(self.variance)
        return deviation * lfilter(self.ma, self.ar, noise, axis=-1)


def _zeros_behind(polynomial: np.ndarray, length: int) -> np.ndarray:
    """Fill a polynomial up with zeros, (length,)."""
    missing = length - len(polynomial)
    return np.pad(polynomial, (0, missing))
