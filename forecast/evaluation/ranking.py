"""Many forecasts compared at once: with a reference, over origins, or over series.

`compare_with` tests each of many against one and adjusts the p-values for their number,
`model_confidence_set` keeps those that may be the best over many origins, and `friedman_nemenyi`
ranks over many series. All take a table of losses, a column for each model. A loss is small where a
forecast is good.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import f as fisher
from scipy.stats import rankdata, studentized_range

from forecast.evaluation.significance import ROUNDING, diebold_mariano, fewest_origins
from forecast.exceptions import InputError, InputTypeError, MissingPackageError
from forecast.validation import check, check_finite, integer, nearest, number, optional

__all__ = ["friedman_nemenyi", "model_confidence_set"]


class Ranking(NamedTuple):
    """Models ranked: mean ranks, the best first, Friedman's test and the critical difference."""

    ranks: pd.Series
    statistic: float
    p_value: float
    critical_difference: float
    rows: int


def compare_with(
    losses: pd.DataFrame, reference: str | None, overlap: int, coverage: float
) -> pd.DataFrame:
    """Test each model's losses (n_origins, n_models) against those of a reference."""
    reference, others = _split_models(list(losses.columns), reference)
    reference_losses = losses[reference]
    rows = [_test_row(losses[name], reference_losses, overlap, coverage) for name in others]
    names = ["difference", "lower", "upper", "statistic", "p_value", "verdict"]
    table = pd.DataFrame(rows, columns=names)
    table.insert(0, "model", others)
    table.insert(1, "reference", reference)
    p_holm = holm(table["p_value"].to_numpy())
    table.insert(7, "p_holm", p_holm)
    # The verdict follows the adjusted p-value; NaN is not below any size.
    is_significant = p_holm < 1 - coverage
    is_better = table["difference"] < 0
    table.loc[is_significant & is_better, "verdict"] = "better"
    table.loc[is_significant & ~is_better, "verdict"] = "worse"
    return table


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
    check(number(0, 1), size, "size")
    check(integer(1), overlap, "overlap")
    check(integer(1), replications, "replications")
    check(optional(integer(0)), random_state, "random_state")
    _check_table(losses, fewest_origins(overlap))
    _refuse_twins(losses)
    # Blocks as long as the correlation, and long enough for a consistent bootstrap.
    cube_root = len(losses) ** (1 / 3)
    block = max(overlap, int(np.ceil(cube_root)))
    values = losses.to_numpy(float)  # (n_origins, n_models)
    p_values = _bootstrap_p_values(values, size, block, replications, random_state)
    table = pd.DataFrame({"loss": losses.mean()})
    table["p_value"] = p_values
    table["included"] = p_values > size
    return table


def friedman_nemenyi(losses: pd.DataFrame, size: float = 0.05) -> Ranking:
    """Rank models over many series, and test whether their mean ranks differ by more than chance.

    Friedman's test in the form of Iman and Davenport, an analysis of variance of the ranks [1]_::

        statistic = (n - 1) · between / (total - between) ~ F(k - 1, (n - 1)(k - 1))
        between = n · sum_j((R[j] - (k + 1) / 2)²),   total = sum_ij((rank[i, j] - (k + 1) / 2)²)

    with n rows, k models and mean ranks R; equal losses share their rank. Where it rejects, two
    models differ if their mean ranks are farther apart than Nemenyi's critical difference::

        critical_difference = q · sqrt(k(k + 1) / (12n))

    where q is the upper `size` quantile of the studentized range.

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
    # The same forecasts by two roads differ in their last bits, and share their rank.
    values = losses.to_numpy(float)
    largest = np.abs(values).max(axis=1, keepdims=True)
    unit = ROUNDING * np.where(largest > 0, largest, 1.0)
    ranks = rankdata(np.round(values / unit), axis=1)  # (n_series, n_models)
    mean_ranks = ranks.mean(axis=0)
    # An analysis of variance of the ranks.
    overall_mean = (k + 1) / 2
    total = float(np.sum((ranks - overall_mean) ** 2))
    between = n * float(np.sum((mean_ranks - overall_mean) ** 2))
    within = total - between
    if within > 1e-9 * total:
        statistic = (n - 1) * between / within
    else:
        # All rows have one order of the models, or, where the total is 0, none has any.
        statistic = np.inf if total else np.nan
    degrees = (k - 1, (n - 1) * (k - 1))
    p_value = float(fisher.sf(statistic, *degrees))
    # Nemenyi's test of each pair of models.
    quantile = float(studentized_range.isf(size, k, np.inf))
    standard_error = np.sqrt(k * (k + 1) / (12 * n))
    critical_difference = float(quantile * standard_error)
    by_model = pd.Series(mean_ranks, index=losses.columns, name="rank")
    best_first = by_model.sort_values(kind="stable")
    return Ranking(best_first, statistic, p_value, critical_difference, n)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values for their number, so that all hold at once (Holm 1979).

    The smallest is then below 5 % by chance in at most 5 % of all cases. NaN stays NaN and does not
    count.
    """
    # NaN comes last, where it changes none of the others.
    order = np.argsort(p_values)
    n_tests = np.count_nonzero(~np.isnan(p_values))
    tests_left = n_tests - np.arange(len(p_values))
    # No p-value may fall below that of a smaller one.
    increasing = np.maximum.accumulate(p_values[order] * tests_left)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(increasing, 1.0)
    return adjusted


def _split_models(models: list[str], reference: str | None) -> tuple[str, list[str]]:
    """Return the reference, by default the first model, and the others."""
    reference = models[0] if reference is None else reference
    if reference not in models:
        raise InputError(f"{reference!r} is not in the backtest; {nearest(reference, models)}.")
    others = [name for name in models if name != reference]
    if not others:
        raise InputError(
            f"the backtest has one model, {reference!r}: to compare takes at least two."
        )
    return reference, others


def _test_row(
    losses: pd.Series, reference: pd.Series, overlap: int, coverage: float
) -> tuple[float | str, ...]:
    """Return difference, bounds, statistic, p-value and why there is no verdict yet."""
    untested = (np.nan,) * 4  # bounds, statistic, p-value
    is_finite = np.isfinite(losses) & np.isfinite(reference)
    if not is_finite.all():
        return np.nan, *untested, "undefined"
    difference = float((losses - reference).mean())
    if len(losses) < fewest_origins(overlap):
        return difference, *untested, "too few origins"
    test = diebold_mariano(losses, reference, overlap)
    verdict = "no more than chance"
    # Differences that are all the same have no p-value, which matters unless they are zero.
    if np.isnan(test.p_value) and test.difference != 0:
        verdict = "undefined"
    lower, upper = test.interval(coverage)
    return test.difference, lower, upper, test.statistic, test.p_value, verdict


def _bootstrap_p_values(
    losses: np.ndarray, size: float, block: int, replications: int, random_state: int | None
) -> np.ndarray:
    """Return the p-values of Hansen, Lunde and Nason, (n_models,), by a moving block bootstrap."""
    try:
        from arch.bootstrap import MCS
    except ImportError:
        raise MissingPackageError(
            "the model confidence set needs the package arch: install it with"
            " pip install 'seqcast[volatility]'."
        ) from None
    random = np.random.default_rng(random_state)
    test = MCS(losses, size, replications, block, bootstrap="moving block", seed=random)
    test.compute()
    # The models are numbered by column and sorted by p-value.
    return test.pvalues["Pvalue"].sort_index().to_numpy()


def _refuse_twins(losses: pd.DataFrame) -> None:
    """Refuse two models with the same losses: the variance of their difference is 0."""
    twins = losses.columns[losses.T.duplicated()]
    if len(twins):
        raise InputError(
            f"{twins[0]!r} has the same losses as a model before it: leave one of both out."
        )


def _check_table(losses: Any, fewest_rows: int) -> None:
    """Refuse what is no table of finite losses of several models with at least so many rows."""
    if not isinstance(losses, pd.DataFrame):
        raise InputTypeError(
            f"losses must be a DataFrame of shape (n_rows, n_models); got {type(losses).__name__}."
        )
    if losses.shape[1] < 2:
        raise InputError(
            f"losses have {losses.shape[1]} column: to compare takes at least two models."
        )
    if len(losses) < fewest_rows:
        raise InputError(
            f"losses have {len(losses)} rows: at least {fewest_rows} are needed."
            " Backtest more series or origins."
        )
    values = losses.to_numpy(float)
    remedy = "Leave these rows out of all models."
    check_finite(values, list(losses.index), list(losses.columns), remedy)
