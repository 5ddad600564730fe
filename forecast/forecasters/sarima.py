"""Seasonal ARIMA by the conditional sum of squares: polynomials, estimation, stepwise search,
forecasts.

The one-step errors of given coefficients are two filters over the differenced series, with what
lies before its beginning taken as known. Coefficients of regressors need no search: for given
polynomials they are least squares on the filtered columns. So the optimizer moves a handful of
numbers, and a model of a thousand rows takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import least_squares
from scipy.signal import lfilter, lfiltic

_LARGEST = 0.999  # partial autocorrelation
_START = (
    0.1,
    -0.1,
    0.1,
    -0.1,
)  # of AR, MA, seasonal AR, seasonal MA: far from cancelling each other
_INSIDE = 2.0  # what a start may be at most: beyond, tanh is flat, and nothing moves any more
_STEPS = 50  # of the optimizer, at most
_BLOCK = 2**22  # numbers in the histories of a block of origins


class Orders(NamedTuple):
    """The orders of a seasonal ARIMA process, and the trend of the regression around it."""

    order: tuple[int, int, int]
    seasonal_order: tuple[int, int, int, int]
    trend: str

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """How many coefficients there are: AR, MA, seasonal AR, seasonal MA."""
        return self.order[0], self.order[2], self.seasonal_order[0], self.seasonal_order[2]

    @property
    def differences(self) -> np.ndarray:
        """The polynomial of all differences, (degree + 1,)."""
        polynomial = np.ones(1)
        for _ in range(self.order[1]):
            polynomial = np.convolve(polynomial, [1.0, -1.0])
        for _ in range(self.seasonal_order[1]):
            polynomial = np.convolve(polynomial, _seasonal(np.array([1.0]), self.seasonal_order[3]))
        return polynomial

    @property
    def reach(self) -> int:
        """The rows that differences and lags look back on."""
        (p, d, q), (P, D, Q, m) = self.order, self.seasonal_order
        return d + D * m + max(p + P * m, q + Q * m)

    @property
    def name(self) -> str:
        """The usual notation, such as ARIMA(1,0,0)(0,1,1)[24]."""
        text = f"ARIMA({','.join(map(str, self.order))})"
        if any(self.seasonal_order[:3]):
            text += f"({','.join(map(str, self.seasonal_order[:3]))})[{self.seasonal_order[3]}]"
        return text

    @property
    def terms(self) -> list[str]:
        """The names of the coefficients."""
        kinds = ("ar", "ma", "seasonal_ar", "seasonal_ma")
        return [
            f"{kind}{lag}"
            for kind, size in zip(kinds, self.sizes, strict=True)
            for lag in range(1, size + 1)
        ]

    def polynomials(self, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Multiply out the polynomials of the differenced series.

        Parameters
        ----------
        coefficients : array of shape (p + q + P + Q,)
            AR, MA, seasonal AR, seasonal MA, with statsmodels' signs.

        Returns
        -------
        ar, ma : arrays of shape (p + P·m + 1,) and (q + Q·m + 1,)
            ``ar(B) w = ma(B) e``; both begin with 1.
        """
        m = self.seasonal_order[3]
        ar, ma, seasonal_ar, seasonal_ma = _parts(coefficients, self)
        return (
            np.convolve(np.append(1.0, -ar), _seasonal(seasonal_ar, m)),
            np.convolve(np.append(1.0, ma), _seasonal(-seasonal_ma, m)),
        )


@dataclass(frozen=True)
class Estimate:
    """What is learned of a process.

    Parameters
    ----------
    orders : Orders
    params : array of shape (regressors + p + q + P + Q + 1,)
        Coefficients of the regressors, then AR, MA, seasonal AR, seasonal MA and the variance:
        statsmodels' order.
    aicc : float
        Akaike's criterion with the correction for short series.
    free : array of shape (p + q + P + Q,)
        Where the optimizer stopped; neighbouring orders start from there.
    """

    orders: Orders
    params: np.ndarray
    aicc: float
    free: np.ndarray


def estimate(
    y: np.ndarray,
    design: np.ndarray,
    orders: Orders,
    start: np.ndarray | None = None,
    counted: int | None = None,
) -> Estimate:
    """Minimise the conditional sum of squares.

    Parameters
    ----------
    y : array of shape (n_rows,), without NaN
    design : array of shape (n_rows, regressors)
    orders : Orders
    start : array of shape (p + q + P + Q,), optional
        As `Estimate.free`.
    counted : int, optional
        The last rows whose one-step errors count in AICc. By default all that differences leave,
        where errors that lags lack are taken to be as large as the others.

    Returns
    -------
    Estimate
    """
    table = _differenced(y, design, orders)
    size = sum(orders.sizes)
    free = np.repeat(_START, orders.sizes) if start is None else start
    if size:
        problem = _Problem(table, orders)
        tolerance = {"ftol": 1e-5, "xtol": 1e-4, "max_nfev": _STEPS}
        free = least_squares(problem.errors, free, problem.jacobian, method="lm", **tolerance).x
    coefficients = _coefficients(free, orders)
    errors, regression, _ = _errors(table, orders, coefficients)
    variance = max(float(errors @ errors / len(errors)), 1e-300)
    n, k = counted or len(table), size + design.shape[1] + 1
    spread = max(float(np.mean(errors[-n:] ** 2)), 1e-300)
    aicc = n * (np.log(2 * np.pi * spread) + 1) + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 1)
    return Estimate(
        orders, np.concatenate([regression, coefficients, [variance]]), float(aicc), free
    )


def standard_errors(y: np.ndarray, design: np.ndarray, found: Estimate) -> np.ndarray:
    """Return the standard errors of all parameters, from the Jacobian of the one-step errors.

    Parameters
    ----------
    y : array of shape (n_rows,)
    design : array of shape (n_rows, regressors)
    found : Estimate

    Returns
    -------
    array of the shape of ``found.params``
    """
    table, regressors = _differenced(y, design, found.orders), design.shape[1]
    beta, coefficients, variance = np.split(found.params, [regressors, len(found.params) - 1])
    filtered, residual = _filtered(table, found.orders, coefficients), np.append(1.0, -beta)
    by_coefficients = _sensitivities(
        table @ residual, filtered @ residual, found.orders, coefficients
    )
    jacobian = np.hstack([-filtered[:, 1:], by_coefficients])
    covariance = variance * np.linalg.pinv(jacobian.T @ jacobian)
    return np.append(
        np.sqrt(np.maximum(np.diag(covariance), 0.0)), variance * np.sqrt(2 / len(jacobian))
    )


def search(
    y: np.ndarray,
    design: Callable[[str], np.ndarray],
    differences: tuple[int, int],
    season_length: int,
    most: tuple[int, int, int, int],
) -> tuple[Estimate, int]:
    """Step from order to neighbouring order while AICc falls [1]_.

    AICc compares likelihoods of the same rows: those that all models have one-step errors for, but
    at least half.

    Parameters
    ----------
    y : array of shape (n_rows,), without NaN
    design : callable
        Returns the regressors for a trend.
    differences : (d, D)
    season_length : int
    most : (p, q, P, Q)
        The largest orders tried.

    Returns
    -------
    best : Estimate
    tried : int
        The number of models.

    References
    ----------
    .. [1] Hyndman & Khandakar (2008), Automatic time series forecasting: the forecast package for
       R, Journal of Statistical Software 27(3), section 3.2.
    """
    tries = _Search(y, design, differences, season_length, most)
    found = [
        tries.estimate(tuple(map(min, sizes, tries.most)), tries.trends[0]) for sizes in _FIRST
    ]
    found.append(tries.estimate((0, 0, 0, 0), tries.trends[-1]))
    following: Estimate | None = min(
        (each for each in found if each is not None), key=lambda each: each.aicc
    )
    while following is not None:
        best = following
        following = next(
            (each for each in tries.neighbours(best) if each.aicc < best.aicc - 1e-6), None
        )
    whole = estimate(
        y, tries.designs[best.orders.trend], best.orders, _moved(best, best.orders)
    )  # AICc of all rows
    return whole, len(tries.seen)


class _Search:
    """The models tried so far, and how to come to further ones."""

    def __init__(
        self,
        y: np.ndarray,
        design: Callable[[str], np.ndarray],
        differences: tuple[int, int],
        season_length: int,
        most: tuple[int, int, int, int],
    ):
        self.y, self.differences = y, differences
        self.trends = (("c", "n"), ("t", "n"), ("n",))[min(sum(differences), 2)]
        self.designs = {trend: design(trend) for trend in self.trends}
        self.season = season_length if season_length > 1 else 0
        self.most = most if self.season else (*most[:2], 0, 0)
        (d, D), (p, q, P, Q) = differences, self.most
        left = len(y) - d - D * self.season
        self.counted = max(left - max(p + P * self.season, q + Q * self.season), left // 2)
        self.seen: dict[tuple[tuple[int, ...], str], Estimate] = {}

    def estimate(
        self, sizes: tuple[int, ...], trend: str, near: Estimate | None = None
    ) -> Estimate | None:
        """Learn a model once, from near another one; None where orders are too large or rows too few."""
        (d, D), (p, q, P, Q) = self.differences, sizes
        if any(not 0 <= size <= limit for size, limit in zip(sizes, self.most, strict=True)):
            return None
        if (sizes, trend) not in self.seen:
            orders, design = Orders((p, d, q), (P, D, Q, self.season), trend), self.designs[trend]
            if sum(sizes) and len(self.y) - orders.reach - sum(sizes) - design.shape[1] < 3:
                return None
            start = None if near is None else _moved(near, orders)
            self.seen[sizes, trend] = estimate(self.y, design, orders, start, self.counted)
        return self.seen[sizes, trend]

    def neighbours(self, best: Estimate) -> Iterator[Estimate]:
        """Learn the models that differ by one step, one after the other."""
        trend = best.orders.trend
        steps = [
            (tuple(map(sum, zip(best.orders.sizes, move, strict=True))), trend) for move in _MOVES
        ]
        steps += [(best.orders.sizes, other) for other in self.trends if other != trend]
        for sizes, kind in steps:
            found = self.estimate(sizes, kind, best)
            if found is not None:
                yield found


_FIRST = ((2, 2, 1, 1), (0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1))
# Of (p, q, P, Q), in the order in which they are tried.
_MOVES = (
    (0, 0, -1, 0),
    (0, 0, 0, -1),
    (0, 0, 1, 0),
    (0, 0, 0, 1),
    (0, 0, -1, -1),
    (0, 0, -1, 1),
    (0, 0, 1, -1),
    (0, 0, 1, 1),
    (-1, 0, 0, 0),
    (0, -1, 0, 0),
    (1, 0, 0, 0),
    (0, 1, 0, 0),
    (-1, -1, 0, 0),
    (-1, 1, 0, 0),
    (1, -1, 0, 0),
    (1, 1, 0, 0),
)


@dataclass(frozen=True)
class Recursion:
    """The process with all differences multiplied out, as it forecasts: ``ar(B) z = ma(B) e``.

    Parameters
    ----------
    ar, ma : arrays of shape (reach + 1,)
        Both filled up with zeros to the longer one's length.
    missing : int
        The first rows of a table that have no one-step error: those that the AR part looks back on.
    variance : float
    """

    ar: np.ndarray
    ma: np.ndarray
    missing: int
    variance: float

    @classmethod
    def of(cls, orders: Orders, params: np.ndarray) -> Recursion:
        """Multiply out the parameters of a process without its regressors."""
        ar, ma = orders.polynomials(params[:-1])
        ar = np.convolve(ar, orders.differences)
        length = max(len(ar), len(ma))
        return cls(
            np.pad(ar, (0, length - len(ar))),
            np.pad(ma, (0, length - len(ma))),
            len(ar) - 1,
            float(params[-1]),
        )

    @property
    def reach(self) -> int:
        """The rows of z and of e that a forecast looks back on."""
        return len(self.ar) - 1

    def states(self, z: np.ndarray, begin: np.ndarray | None, rows: np.ndarray) -> np.ndarray:
        """Return the last values of z and e after so many rows: (rows, 2 · reach), z first.

        Parameters
        ----------
        z : array of shape (n,)
        begin : array of shape (2 · reach,) or None
            The state before the first row; without one, errors are 0 where the AR part has nothing
            to look back on.
        rows : array of int, from 0 to n
        """
        reach = self.reach
        if not reach:
            return np.empty((len(rows), 0))
        past, errors = np.split(np.zeros(2 * reach) if begin is None else begin, 2)
        values = np.concatenate([past, z])
        noise = lfilter(self.ar, [1.0], values)[reach:]
        if begin is None:
            noise[: self.missing] = 0.0
        before = lfiltic([1.0], self.ma, errors[::-1])
        errors = np.concatenate([errors, lfilter([1.0], self.ma, noise, zi=before)[0]])
        windows = [sliding_window_view(part, reach)[rows] for part in (values, errors)]
        return np.concatenate(windows, axis=1)

    def forecast(self, states: np.ndarray, horizon: int) -> np.ndarray:
        """Continue z from each state: (states, horizon)."""
        reach, size = self.reach, max(1, _BLOCK // (2 * (self.reach + horizon)))
        answer = np.zeros((len(states), horizon))
        for start in range(0, len(states) if reach else 0, size):
            past, errors = np.split(states[start : start + size], 2, axis=1)
            z, e = (np.pad(part, ((0, 0), (0, horizon))) for part in (past, errors))
            for h in range(horizon):
                window = slice(h, h + reach)
                z[:, reach + h] = e[:, window] @ self.ma[:0:-1] - z[:, window] @ self.ar[:0:-1]
            answer[start : start + size] = z[:, reach:]
        return answer

    def variances(self, horizon: int) -> np.ndarray:
        """Return the variance of the error of each step, (horizon,): the sums of the squared psi weights."""
        return np.cumsum(self.shaken(np.eye(1, horizon)[0]) ** 2)

    def shaken(self, noise: np.ndarray) -> np.ndarray:
        """Return how paths (…, horizon) move away from the forecast under standard normal one-step errors."""
        return np.sqrt(self.variance) * lfilter(self.ma, self.ar, noise, axis=-1)


def one_step_errors(y: np.ndarray, design: np.ndarray, found: Estimate) -> np.ndarray:
    """Return the one-step errors that were minimised, in the unit of y."""
    coefficients = found.params[design.shape[1] : -1]
    return _errors(_differenced(y, design, found.orders), found.orders, coefficients)[0]


def _seasonal(coefficients: np.ndarray, m: int) -> np.ndarray:
    polynomial = np.zeros(len(coefficients) * m + 1)
    polynomial[0] = 1.0
    if len(coefficients):
        polynomial[m::m] = -coefficients
    return polynomial


def _differenced(y: np.ndarray, design: np.ndarray, orders: Orders) -> np.ndarray:
    """Return y and the regressors, differenced, as columns."""
    polynomial = orders.differences
    return lfilter(polynomial, [1.0], np.column_stack([y, design]), axis=0)[len(polynomial) - 1 :]


class _Problem:
    """The one-step errors and their Jacobian as functions of free numbers; regressors are projected
    out.

    The Jacobian leaves out how the projection itself moves (Kaufman 1975, BIT 15(1), 49-57).
    """

    def __init__(self, table: np.ndarray, orders: Orders):
        self.table, self.orders = table, orders

    def errors(self, free: np.ndarray) -> np.ndarray:
        """Return the one-step errors with the best coefficients of the regressors."""
        return _errors(self.table, self.orders, _coefficients(free, self.orders))[0]

    def jacobian(self, free: np.ndarray) -> np.ndarray:
        """Return the derivatives of the errors by the free numbers, (errors, free)."""
        step = 1e-20  # complex steps are exact to the last digit (Squire & Trapp 1998, SIAM Review 40(1), 110-112)
        moved = (
            _coefficients(free + 1j * step * np.eye(len(free)), self.orders).imag / step
        )  # (free, coefficients)
        coefficients = _coefficients(free, self.orders)
        errors, beta, columns = _errors(self.table, self.orders, coefficients)
        w = self.table @ np.append(1.0, -beta)
        found = _sensitivities(w, errors, self.orders, coefficients) @ moved.T
        if len(beta):
            basis = np.linalg.qr(columns)[0]
            found -= basis @ (basis.T @ found)
        return found


def _coefficients(free: np.ndarray, orders: Orders) -> np.ndarray:
    """Turn free numbers (…, n) into coefficients of stationary, invertible polynomials (Monahan 1984, Biometrika)."""
    ar, ma, seasonal_ar, seasonal_ma = _parts(_LARGEST * np.tanh(free), orders)
    parts = [
        _from_partial(ar),
        -_from_partial(ma),
        _from_partial(seasonal_ar),
        -_from_partial(seasonal_ma),
    ]
    return np.concatenate(parts, axis=-1)


def _from_partial(correlations: np.ndarray) -> np.ndarray:
    """Turn partial autocorrelations (…, n) into AR coefficients (Durbin and Levinson)."""
    phi = correlations[..., :0]
    for k in range(correlations.shape[-1]):
        r = correlations[..., k : k + 1]
        phi = np.concatenate([phi - r * phi[..., ::-1], r], axis=-1)
    return phi


def _filtered(table: np.ndarray, orders: Orders, coefficients: np.ndarray) -> np.ndarray:
    """Turn each column into its one-step errors; those of the first rows, which lags lack, are left out."""
    ar, ma, seasonal_ar, seasonal_ma = _parts(coefficients, orders)
    m = orders.seasonal_order[3]
    return _divided(
        _divided(_multiplied(_multiplied(table, ar, 1), seasonal_ar, m), ma, 1), seasonal_ma, m
    )


def _sensitivities(
    w: np.ndarray, errors: np.ndarray, orders: Orders, coefficients: np.ndarray
) -> np.ndarray:
    """Return the derivatives of the one-step errors of w by the coefficients, (errors, p + q + P + Q)."""
    ar, ma, seasonal_ar, seasonal_ma = _parts(coefficients, orders)
    m = orders.seasonal_order[3]
    lagged = np.hstack(
        [
            _lags(_multiplied(w, seasonal_ar, m), len(ar), 1),
            _lags(_multiplied(w, ar, 1), len(seasonal_ar), m),
        ]
    )
    by_ar = -_divided(_divided(lagged, ma, 1), seasonal_ma, m)
    by_ma = [
        _lags(
            np.concatenate([np.zeros(len(part) * lag), -_divided(errors, part, lag)]),
            len(part),
            lag,
        )
        for part, lag in ((ma, 1), (seasonal_ma, m))
    ]
    return np.hstack([by_ar[:, : len(ar)], by_ma[0], by_ar[:, len(ar) :], by_ma[1]])


def _parts(
    values: np.ndarray, orders: Orders
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Part numbers (…, p + q + P + Q) by what they belong to: AR, MA, seasonal AR, seasonal MA."""
    p, q, P, _ = orders.sizes
    return (
        values[..., :p],
        values[..., p : p + q],
        values[..., p + q : p + q + P],
        values[..., p + q + P :],
    )


def _lags(x: np.ndarray, count: int, lag: int) -> np.ndarray:
    """Return the values of one to `count` lags ago as columns, for the rows that have them all."""
    n = len(x) - count * lag
    lagged = np.empty((n, count))
    for i in range(1, count + 1):
        lagged[:, i - 1] = x[(count - i) * lag :][:n]
    return lagged


def _multiplied(x: np.ndarray, coefficients: np.ndarray, lag: int) -> np.ndarray:
    """Apply 1 - Σ coefficient · B^(i · lag) along the rows; the first, which lags lack, are left out."""
    count = len(coefficients)
    n = len(x) - count * lag
    return x[count * lag :] - sum(
        c * x[(count - i) * lag :][:n] for i, c in enumerate(coefficients, 1)
    )


def _divided(x: np.ndarray, coefficients: np.ndarray, lag: int) -> np.ndarray:
    """Divide by 1 + Σ coefficient · B^(i · lag) along the rows, with zeros before the first.

    A season's lag makes as many short filters as it has rows: the work does not grow with its
    length.
    """
    if not len(coefficients):
        return x
    polynomial, rows = np.append(1.0, coefficients), -(-len(x) // lag)
    if lag == 1:
        return lfilter([1.0], polynomial, x, axis=0)
    padded = np.zeros((rows * lag, *x.shape[1:]))
    padded[: len(x)] = x
    return lfilter([1.0], polynomial, padded.reshape(rows, -1), axis=0).reshape(padded.shape)[
        : len(x)
    ]


def _errors(
    table: np.ndarray, orders: Orders, coefficients: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the one-step errors with the best coefficients of the regressors, these, and the filtered regressors."""
    filtered = _filtered(table, orders, coefficients)
    y, columns = filtered[:, 0], filtered[:, 1:]
    if not columns.shape[1]:
        return y, np.empty(0), columns
    beta = np.linalg.lstsq(columns, y, rcond=None)[0]
    return y - columns @ beta, beta, columns


def _moved(near: Estimate, orders: Orders) -> np.ndarray:
    """Start where a neighbouring order stopped; a partial autocorrelation that is new starts near 0."""
    parts = zip(_parts(near.free, near.orders), orders.sizes, _START, strict=True)
    return np.concatenate([np.append(part, np.full(n, new))[:n] for part, n, new in parts]).clip(
        -_INSIDE, _INSIDE
    )
