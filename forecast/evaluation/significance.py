"""Tests of whether a difference between forecasts is more than chance.

Two forecasts over many origins: `diebold_mariano`, and `giacomini_white` given what was known. Many
forecasts at once: `model_confidence_set` over many origins, `friedman_nemenyi` over many series. A
loss is small where a forecast is good.

Losses from neighbouring origins are correlated, the more so where horizons overlap. Both tests of
two forecasts estimate the variance of a mean from the slowest cosine waves in the losses, whose
periods are long against the overlap, and pay for their small number by Student's and Hotelling's
distributions. Sums of autocovariances, as in the textbooks, make a 5 % test reject equal forecasts
in up to 29 % of all backtests. The module is long because the docstrings hold the formulas and what
was measured.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import f as fisher
from scipy.stats import rankdata, studentized_range
from scipy.stats import t as student

from forecast.validation import check, check_finite, integer, number, one_of, optional

__all__ = ["diebold_mariano", "friedman_nemenyi", "giacomini_white", "model_confidence_set"]


class Comparison(NamedTuple):
    """Two forecasts compared: the mean loss difference, its t-test, its standard error and its degrees of freedom."""

    difference: float
    statistic: float
    p_value: float
    standard_error: float
    degrees: int

    def interval(self, coverage: float = 0.95) -> tuple[float, float]:
        """Return between which bounds the expected difference lies with this probability."""
        check(number(0, 1), coverage, "coverage")
        half = self.standard_error * float(student.ppf((1 + coverage) / 2, self.degrees))
        return self.difference - half, self.difference + half


class Wald(NamedTuple):
    """The result of a test of several means at once: the statistic and the p-value."""

    statistic: float
    p_value: float


class Ranking(NamedTuple):
    """Models ranked: mean ranks (the best first), Friedman's test, the critical difference, and how many rows."""

    ranks: pd.Series
    statistic: float
    p_value: float
    critical_difference: float
    rows: int


def diebold_mariano(
    loss: Any, reference: Any, overlap: int = 1, variance: str = "cosine"
) -> Comparison:
    """Test whether two forecasts have the same expected loss.

    The mean of the differences in units of its standard error [1]_::

        statistic = mean(d) / sqrt(omega / n),   d = loss - reference

    With ``variance="cosine"`` omega is the mean square of d's projections on B cosine waves and the
    statistic has Student's distribution with B degrees of freedom [2]_::

        omega = mean_j((sqrt(2 / n) · sum_t(d[t] · cos(pi · j · (t + 1/2) / n)))²),   j = 1 … B, t =
        0 … n - 1 B = min(0.75 · n^(2/3), n / (2 · overlap)), rounded down

    The first bound is the rule of [2]_ but for its factor 0.4, which is meant for an
    autocorrelation of 0.7: losses from separate origins are less correlated, and 0.75 finds more.
    By the second no wave is shorter than four overlaps. A 5 % test then rejects equal forecasts in
    4 to 7 % of all backtests of 10 to 200 origins, with autocorrelation up to 0.3 or overlaps up to
    a tenth of the origins (measured).

    With ``variance="rectangular"`` it is the published test for few origins [3]_, for comparison
    with other programs: omega is the sum of the autocovariances of d up to lag overlap - 1 (where
    that is not positive, the variance), the statistic is multiplied by
    ``sqrt((n + 1 - 2h + h(h - 1) / n) / n)``, h = overlap, and has n - 1 degrees of freedom. It
    rejects equal forecasts in 8 to 9 % of all backtests with 50 origins of overlap 5.

    Parameters
    ----------
    loss, reference : array-like of shape (n_origins,)
        The loss of either forecast from each origin, such as its mean absolute error over the
        horizon; origins in the order of time.
    overlap : int, default=1
        How many neighbouring origins have steps in common; the horizon over the step from origin to
        origin, rounded up.
    variance : {"cosine", "rectangular"}, default="cosine"

    Returns
    -------
    Comparison
        ``difference`` (negative: the first forecast is better), ``statistic``, ``p_value``
        (two-sided), ``standard_error`` and ``degrees`` of freedom; ``interval(coverage)`` gives
        bounds of the difference. Statistic and p-value are NaN where all differences are the same.

    Raises
    ------
    ValueError
        If the losses differ in shape, are not finite, or are too few for the overlap.

    References
    ----------
    .. [1] Diebold & Mariano (1995), J. Business & Economic Statistics 13(3), 253-263.
    .. [2] Lazarus, Lewis, Stock & Watson (2018), J. Business & Economic Statistics 36(4), 541-559.
    .. [3] Harvey, Leybourne & Newbold (1997), Int. J. Forecasting 13(2), 281-291.

    Examples
    --------
    >>> loss, reference = [1.0, 2.0, 1.5, 1.0, 2.5, 1.2, 2.2, 1.9], [2.0, 2.5, 1.5, 2.5, 3.0, 1.9, 2.8, 2.9]
    >>> result = diebold_mariano(loss, reference)
    >>> round(result.difference, 3), round(result.p_value, 3)
    (-0.725, 0.003)
    """
    check(one_of("cosine", "rectangular"), variance, "variance")
    d = _differences(loss, reference, overlap)
    _check_origins(len(d), fewest_origins(overlap), f"overlap={overlap}")
    n, mean = len(d), float(d.mean())
    if variance == "cosine":
        degrees = max(1, min(int(0.75 * n ** (2 / 3)), n // (2 * overlap)))
        omega = float(np.mean((_waves(n, degrees) @ (d - mean)) ** 2))
    else:
        degrees, omega = n - 1, _rectangular(d, overlap)
    if omega <= 1e-20 * float(np.mean(d**2)):  # rounding at most
        return Comparison(mean, np.nan, np.nan, np.nan, degrees)
    error = float(np.sqrt(omega / n))
    return Comparison(
        mean, mean / error, float(2 * student.sf(abs(mean) / error, degrees)), error, degrees
    )


def fewest_origins(overlap: int) -> int:
    """Return how many origins it takes at least to test a difference."""
    return 2 * overlap + 1


def giacomini_white(loss: Any, reference: Any, instruments: Any = None, overlap: int = 1) -> Wald:
    """Test whether what was known at the origins tells which of two forecasts will have the smaller
    loss.

    Under the null hypothesis nothing known beforehand is correlated with the difference [1]_:
    forecasts that are equal on average may still be told apart by their last difference, by season
    or volatility. With the instruments x at the origins t = 1 … n::

        statistic = n · mean(z)' · omega⁻¹ · mean(z),   z[t] = x[t] · (loss[t] - reference[t])

    The paper's chi-squared distribution rejects equal forecasts far too often where horizons
    overlap (in 19 to 27 % instead of 5 % of all backtests with 50 origins of overlap 5). So omega
    is estimated from n / (2 · overlap) cosine waves, as in `diebold_mariano`: by the null
    hypothesis z is not correlated beyond the overlap. The p-value is that of Hotelling's
    distribution [2]_, which tends to the chi-squared one::

        statistic · (B - q + 1) / (B · q) ~ F(q, B - q + 1),   B waves, q instruments

    Parameters
    ----------
    loss, reference : array-like of shape (n_origins,)
        The loss of either forecast from each origin; origins in the order of time.
    instruments : array-like of shape (n_origins,) or (n_origins, n_instruments), optional
        What was known at each origin; the constant is one only if it is given. By default the
        constant and the last difference known by then, which is `overlap` origins old: the first
        `overlap` origins are not tested.
    overlap : int, default=1
        As in `diebold_mariano`.

    Returns
    -------
    Wald
        ``statistic`` and ``p_value``; both NaN where all differences are the same or the
        instruments collinear.

    Raises
    ------
    ValueError
        If the shapes do not fit, something is not finite, or the origins are too few.

    References
    ----------
    .. [1] Giacomini & White (2006), Econometrica 74(6), 1545-1578.
    .. [2] Lazarus, Lewis, Stock & Watson (2018), J. Business & Economic Statistics 36(4), 541-559.

    Examples
    --------
    Two forecasts that are equally good on average, each for half a year on end:

    >>> import numpy as np
    >>> season = np.sin(2 * np.pi * np.arange(48) / 12)
    >>> loss = 2 + season + np.random.default_rng(0).normal(0, 0.5, 48)
    >>> round(diebold_mariano(loss, np.full(48, 2.0)).p_value, 2)
    0.88
    >>> round(giacomini_white(loss, np.full(48, 2.0)).p_value, 3)
    0.001
    """
    d = _differences(loss, reference, overlap)
    if instruments is None:
        _check_origins(
            len(d), 5 * overlap, f"overlap={overlap} and the last difference as an instrument"
        )
        known, d = np.column_stack([np.ones(len(d) - overlap), d[:-overlap]]), d[overlap:]
    else:
        known = np.asarray(instruments, dtype=float)
        known = known[:, None] if known.ndim == 1 else known
        if known.ndim != 2 or len(known) != len(d):
            raise ValueError(
                f"instruments have shape {known.shape}; {len(d)} origins need ({len(d)}, n_instruments)."
            )
        check_finite(
            known, range(len(d)), [f"instrument {i}" for i in range(known.shape[1])], "Fill it in."
        )
    n, q = known.shape
    _check_origins(n, 2 * overlap * q, f"overlap={overlap} and {q} instruments")
    return _wald(known * d[:, None], n // (2 * overlap))


def model_confidence_set(
    losses: pd.DataFrame,
    size: float = 0.1,
    overlap: int = 1,
    replications: int = 1000,
    random_state: int | None = None,
) -> pd.DataFrame:
    """Find the models that may be the best: all others are worse by more than chance.

    Models are taken out one by one, the worst first, as long as their being equal is rejected; the
    set left contains the best with a probability of 1 - size [1]_. The distribution of the range
    statistic comes from a bootstrap of blocks of neighbouring origins, each as long as the overlap
    and at least n_origins^(1/3). It is rough where origins are few against the overlap: of 50 with
    overlap 5 it lost the best of four equal models in 15 %, not 10 %, of all cases (measured); of
    28 without overlap, and of 100 with overlap 5, in 9 %. Needs the package `arch`.

    Parameters
    ----------
    losses : DataFrame of shape (n_origins, n_models)
        The loss of each model from each origin, in the order of time; `Backtest.losses` makes it.
    size : float between 0 and 1, default=0.1
        The probability to lose the best.
    overlap : int, default=1
        As in `diebold_mariano`.
    replications : int, default=1000
        Of the bootstrap.
    random_state : int, optional
        Of the bootstrap; with an int the result is reproducible.

    Returns
    -------
    DataFrame
        A row for each model in the given order; columns ``loss`` (mean), ``p_value`` and
        ``included``.

    Raises
    ------
    ValueError
        If the losses are no table of at least two models and 2 · overlap + 1 origins, not finite,
        or the same for two models.
    ImportError
        If `arch` is not installed.

    References
    ----------
    .. [1] Hansen, Lunde & Nason (2011), Econometrica 79(2), 453-497.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> noise = np.random.default_rng(0).normal(size=(40, 3))
    >>> losses = pd.DataFrame(noise + [2.0, 2.0, 4.0], columns=["lstm", "ridge", "naive"])
    >>> model_confidence_set(losses, random_state=0)["included"].to_dict()
    {'lstm': True, 'ridge': True, 'naive': False}
    """
    for name, value, rule in (
        ("size", size, number(0, 1)),
        ("overlap", overlap, integer(1)),
        ("replications", replications, integer(1)),
        ("random_state", random_state, optional(integer(0))),
    ):
        check(rule, value, name)
    _check_table(losses, fewest_origins(overlap))
    twins = losses.columns[losses.T.duplicated()]
    if len(twins):
        raise ValueError(
            f"{twins[0]!r} has the same losses as a model before it: leave one of both out."
        )
    try:
        from arch.bootstrap import MCS
    except ImportError:
        raise ImportError(
            "the model confidence set needs the package arch: install it with pip install 'seqcast[volatility]'."
        ) from None
    block = max(overlap, int(np.ceil(len(losses) ** (1 / 3))))
    random = np.random.default_rng(random_state)
    test = MCS(
        losses.to_numpy(float), size, replications, block, bootstrap="moving block", seed=random
    )
    test.compute()
    p_values = test.pvalues["Pvalue"].sort_index().to_numpy()
    return pd.DataFrame({"loss": losses.mean(), "p_value": p_values, "included": p_values > size})


def friedman_nemenyi(losses: pd.DataFrame, size: float = 0.05) -> Ranking:
    """Rank models over many series, and test whether their mean ranks differ by more than chance.

    Friedman's test in the form of Iman and Davenport, an analysis of variance of the ranks [1]_::

        statistic = (n - 1) · between / (total - between) ~ F(k - 1, (n - 1)(k - 1))
        between = n · sum_j((R[j] - (k + 1) / 2)²),   total = sum_ij((rank[i, j] - (k + 1) / 2)²)

    with n rows, k models and mean ranks R; equal losses share their rank. Where it rejects, two
    models differ if their mean ranks are farther apart than Nemenyi's critical difference::

        critical_difference = q · sqrt(k(k + 1) / (12n)),   q the upper `size` quantile of the
        studentized range

    Parameters
    ----------
    losses : DataFrame of shape (n_series, n_models)
        The loss of each model on each series; series are taken for independent. Only the order in a
        row matters, so series may have different units.
    size : float between 0 and 1, default=0.05
        The probability that any two of several equal models are found to differ.

    Returns
    -------
    Ranking
        ``ranks`` (Series: the mean rank of each model, the best first, 1 at best), ``statistic``,
        ``p_value``, ``critical_difference`` and ``rows``. Statistic and p-value are NaN where all
        losses of each row are the same.

    Raises
    ------
    ValueError
        If the losses are no table of at least two models and two series, or not finite.

    References
    ----------
    .. [1] Demšar (2006), J. Machine Learning Research 7, 1-30, section 3.2.

    Examples
    --------
    >>> import pandas as pd
    >>> losses = pd.DataFrame({"lstm": [1, 2, 5, 3], "ridge": [2, 3, 4, 4], "naive": [3, 4, 6, 6]})
    >>> result = friedman_nemenyi(losses)
    >>> result.ranks.to_dict()
    {'lstm': 1.25, 'ridge': 1.75, 'naive': 3.0}
    >>> round(result.p_value, 3), round(result.critical_difference, 2)
    (0.007, 1.66)
    """
    check(number(0, 1), size, "size")
    _check_table(losses, 2)
    n, k = losses.shape
    ranks = rankdata(losses.to_numpy(float), axis=1)
    means = ranks.mean(axis=0)
    total, between = (
        float(np.sum((ranks - (k + 1) / 2) ** 2)),
        n * float(np.sum((means - (k + 1) / 2) ** 2)),
    )
    within = total - between
    agreed = np.inf if total else np.nan  # all rows in one order, or none in any
    statistic = (n - 1) * between / within if within > 1e-9 * total else agreed
    critical = float(studentized_range.isf(size, k, np.inf)) * np.sqrt(k * (k + 1) / (12 * n))
    return Ranking(
        pd.Series(means, index=losses.columns, name="rank").sort_values(kind="stable"),
        statistic,
        float(fisher.sf(statistic, k - 1, (n - 1) * (k - 1))),
        float(critical),
        n,
    )


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values for their number, so that the smallest is below 5 % by chance in 5 % of all
    cases at most.

    Holm (1979), Scandinavian J. Statistics 6(2), 65-70. NaN stays NaN and does not count.
    """
    order = np.argsort(p_values)  # NaN last
    left = np.count_nonzero(~np.isnan(p_values)) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * left), 1.0)
    return adjusted


def _differences(loss: Any, reference: Any, overlap: int) -> np.ndarray:
    """Return loss - reference, (n_origins,), of losses that can be compared."""
    check(integer(1), overlap, "overlap")
    first, second = np.asarray(loss, dtype=float), np.asarray(reference, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(
            f"both losses must have one shape (n_origins,); got {first.shape} and {second.shape}."
        )
    both = np.column_stack([first, second])
    check_finite(both, range(len(both)), ["loss", "reference"], "Leave this origin out of both.")
    return first - second


def _check_origins(n: int, need: int, what: str) -> None:
    if n < need:
        raise ValueError(f"{n} origins are too few for {what}: at least {need} are needed.")


def _check_table(losses: Any, least: int) -> None:
    """Refuse what is no table of finite losses of several models with at least so many rows."""
    if not isinstance(losses, pd.DataFrame):
        raise TypeError(
            f"losses must be a DataFrame of shape (n_rows, n_models); got {type(losses).__name__}."
        )
    if losses.shape[1] < 2:
        raise ValueError(
            f"losses have {losses.shape[1]} column: to compare takes at least two models."
        )
    if len(losses) < least:
        raise ValueError(
            f"losses have {len(losses)} rows: at least {least} are needed. Backtest more series or origins."
        )
    check_finite(
        losses.to_numpy(float),
        list(losses.index),
        list(losses.columns),
        "Leave these rows out of all models.",
    )


def _waves(n: int, count: int) -> np.ndarray:
    """Return the slowest cosine waves over n moments, orthonormal and with mean zero: (count, n)."""
    turns = np.outer(np.arange(1, count + 1), np.arange(n) + 0.5) / n
    return np.sqrt(2 / n) * np.cos(np.pi * turns)


def _rectangular(d: np.ndarray, overlap: int) -> float:
    """Return the sum of the autocovariances below the overlap, without the bias of few origins."""
    n, e = len(d), d - d.mean()
    covariances = [float(e[lag:] @ e[: n - lag]) / n for lag in range(overlap)]
    omega = covariances[0] + 2 * sum(covariances[1:])
    return (
        (omega if omega > 0 else covariances[0])
        * n
        / (n + 1 - 2 * overlap + overlap * (overlap - 1) / n)
    )


def _wald(z: np.ndarray, waves: int) -> Wald:
    """Test whether all columns of z, (n_origins, n_instruments), have mean zero."""
    n, q = z.shape
    z = z / np.maximum(np.abs(z).max(axis=0), np.finfo(float).tiny)  # one scale for all columns
    mean = z.mean(axis=0)
    projected = _waves(n, waves) @ (z - mean)  # (waves, n_instruments)
    if np.linalg.matrix_rank(projected) < q:
        return Wald(np.nan, np.nan)
    statistic = n * float(mean @ np.linalg.solve(projected.T @ projected / waves, mean))
    freedom = waves - q + 1
    return Wald(statistic, float(fisher.sf(statistic * freedom / (waves * q), q, freedom)))
