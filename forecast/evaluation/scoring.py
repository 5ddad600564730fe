"""Scores of a forecasts table: a loss for each row, then its mean in each group of rows.

A score is one line of `SCORES`: its loss, measured for all rows at once, and how to read it.
`mean_losses` averages the losses over whatever groups of rows are wanted. It takes one loss after
the other, so that of millions of rows only a few arrays are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.evaluation.losses import (
    absolute_error,
    group_sums,
    is_inside,
    level_shares,
    percentage_error,
    pinball_loss,
    squared_error,
    variance_loss,
)
from forecast.evaluation.metrics import refuse_where


@dataclass(frozen=True)
class Rows:
    """The numbers of a forecasts table, (n_rows,) each."""

    actual: np.ndarray
    forecast: np.ndarray
    quantile_forecasts: dict[float, np.ndarray]  # by level, ascending
    absolute_scale: np.ndarray  # the unit of mase in each row, NaN where there is none
    squared_scale: np.ndarray  # that of rmsse, squared

    @property
    def lowest(self) -> np.ndarray:
        """The forecasts of the lowest quantile."""
        return self.quantile_forecasts[min(self.quantile_forecasts)]

    @property
    def highest(self) -> np.ndarray:
        """The forecasts of the highest quantile."""
        return self.quantile_forecasts[max(self.quantile_forecasts)]


class Score(NamedTuple):
    """A score of a table: its loss per row, from how many quantiles on, and how to read it."""

    loss: Callable[[Rows], np.ndarray]
    fewest_quantiles: int = 0
    is_root: bool = False
    less_is_better: bool = True


def _scaled_absolute_error(rows: Rows) -> np.ndarray:
    """Return the loss behind `mase`."""
    return absolute_error(rows.actual, rows.forecast) / rows.absolute_scale


def _scaled_squared_error(rows: Rows) -> np.ndarray:
    """Return the loss behind `rmsse`."""
    return squared_error(rows.actual, rows.forecast) / rows.squared_scale


def _mean_pinball_loss(rows: Rows) -> np.ndarray:
    """Average the pinball losses of a row's quantiles that are not NaN."""
    total = np.zeros(len(rows.actual))
    n_known = np.zeros(len(rows.actual))
    # One quantile after the other: (n_rows,) numbers are held, not (n_rows, n_quantiles).
    for level, forecast in rows.quantile_forecasts.items():
        losses = pinball_loss(rows.actual, forecast, level)
        is_known = ~np.isnan(losses)
        total[is_known] += losses[is_known]
        n_known += is_known
    means = np.full_like(total, np.nan)
    np.divide(total, n_known, out=means, where=n_known > 0)
    return means


def _crps(rows: Rows) -> np.ndarray:
    """Weigh the pinball losses by the distance between the levels, as `crps` does."""
    levels = np.array(list(rows.quantile_forecasts))
    total = np.zeros(len(rows.actual))
    for level, share in zip(levels, level_shares(levels), strict=True):
        losses = pinball_loss(rows.actual, rows.quantile_forecasts[level], level)
        total += 2 * share * losses
    return total


def _is_covered(rows: Rows) -> np.ndarray:
    """Return 1 where the actual lies between the outermost quantiles, 0 elsewhere."""
    return is_inside(rows.actual, rows.lowest, rows.highest)


def _width(rows: Rows) -> np.ndarray:
    """Return the distance between the outermost quantiles."""
    return rows.highest - rows.lowest


def _qlike(rows: Rows) -> np.ndarray:
    """Measure forecasts of a variance: a forecast that is not positive is infinitely wrong."""
    losses = np.full(len(rows.actual), np.nan)
    # A squared return may be 0, of which the ratio has no logarithm: it is left out.
    is_defined = (rows.actual > 0) & (rows.forecast > 0)
    losses[is_defined] = variance_loss(rows.actual[is_defined], rows.forecast[is_defined])
    losses[rows.forecast <= 0] = np.inf
    return losses


# The columns of the scores, in their order. A root has its square as the loss.
SCORES = {
    "mae": Score(lambda rows: absolute_error(rows.actual, rows.forecast)),
    "rmse": Score(lambda rows: squared_error(rows.actual, rows.forecast), is_root=True),
    "bias": Score(lambda rows: rows.actual - rows.forecast, less_is_better=False),
    "mase": Score(_scaled_absolute_error),
    "rmsse": Score(_scaled_squared_error, is_root=True),
    "smape": Score(lambda rows: percentage_error(rows.actual, rows.forecast)),
    "pinball": Score(_mean_pinball_loss, fewest_quantiles=1),
    # Two quantiles alone say too little of the whole distribution.
    "crps": Score(_crps, fewest_quantiles=3),
    # Between the lowest and the highest quantile, ends included.
    "coverage": Score(_is_covered, fewest_quantiles=2, less_is_better=False),
    "width": Score(_width, fewest_quantiles=2, less_is_better=False),
}
QLIKE = Score(_qlike)  # for variances only, and so no column of the scores
ROOTS = tuple(name for name, score in SCORES.items() if score.is_root)


def score_names(n_quantiles: int) -> list[str]:
    """Return the scores of a table with so many quantiles."""
    return [name for name, score in SCORES.items() if score.fewest_quantiles <= n_quantiles]


def loss_names(n_quantiles: int) -> list[str]:
    """Return the scores of which less is better, and `qlike`."""
    names = [name for name in score_names(n_quantiles) if SCORES[name].less_is_better]
    return [*names, "qlike"]


def mean_losses(
    pieces: Iterable[pd.DataFrame],
    quantiles: Mapping[float, str],
    scales: Mapping[str, Any],
    names: list[str],
    by: list[str],
) -> pd.DataFrame:
    """Average the losses behind some scores over groups of the rows of a forecasts table.

    Parameters
    ----------
    pieces : iterable of DataFrame
        The forecasts table, in pieces of which one is held at a time: their sums are added.
    quantiles : mapping of level to name of the column
        The quantiles in the table, ascending.
    scales : mapping of series to (absolute, squared) or None
        The units of scaled errors, as `seasonal_scale` returns them.
    names : list of str
        Scores. Of those in `ROOTS` the mean is returned, not its root.
    by : list of str
        Columns whose values make a group.

    Returns
    -------
    DataFrame of shape (n_groups, n_names)
        Groups in the order of their first rows; NaN where no loss is left.
    """
    # A group may have rows in several pieces.
    sums = pd.concat([_summed_losses(piece, quantiles, scales, names, by) for piece in pieces])
    index = sums.index.unique()
    groups = index.get_indexer(sums.index)
    added = {name: np.bincount(groups, weights=sums[name]) for name in sums}
    # A group without a loss is 0 / 0, and inf - inf has no mean either: both are NaN.
    with np.errstate(invalid="ignore"):
        means = {name: added["total", name] / added["count", name] for name in names}
    return pd.DataFrame(means, index=index)


def _summed_losses(
    table: pd.DataFrame,
    quantiles: Mapping[float, str],
    scales: Mapping[str, Any],
    names: list[str],
    by: list[str],
) -> pd.DataFrame:
    """Return the total and the count of each loss in each group: columns (total or count, name)."""
    rows = _rows(table, quantiles, scales)
    groups, index = _groups(table, by)
    sums = {}
    for name in names:
        score = QLIKE if name == "qlike" else SCORES[name]
        losses = score.loss(rows)  # (n_rows,)
        total, count = group_sums(losses, groups, len(index))
        sums["total", name] = total
        sums["count", name] = count
    return pd.DataFrame(sums, index=index)


def without_failed(
    pieces: Iterable[pd.DataFrame], keys: Iterable[pd.DataFrame]
) -> Iterator[pd.DataFrame]:
    """Leave out the origins of series from which a model has failed to forecast, for every model.

    Parameters
    ----------
    pieces : iterable of DataFrame
        The forecasts table.
    keys : iterable of DataFrame
        Its series, origins and forecasts, which are NaN where a model has failed.
    """
    failed = [piece.loc[piece["forecast"].isna(), ["series", "origin"]] for piece in keys]
    places = pd.concat([each.astype({"series": object}).drop_duplicates() for each in failed])
    lacking = pd.MultiIndex.from_frame(places.drop_duplicates())
    for piece in pieces:
        of_row = pd.MultiIndex.from_frame(piece[["series", "origin"]].astype({"series": object}))
        yield piece[~of_row.isin(lacking)]


def _rows(table: pd.DataFrame, quantiles: Mapping[float, str], scales: Mapping[str, Any]) -> Rows:
    """Take the numbers out of a forecasts table."""
    actual = table["actual"].to_numpy(np.float64)
    refuse_where(np.isinf(actual), "actual", "infinite")
    forecast = table["forecast"].to_numpy(np.float64)
    quantile_forecasts = {}
    for level, column in quantiles.items():
        quantile_forecasts[level] = table[column].to_numpy(np.float64)
    # One look-up for each series, not for each row.
    codes, series = pd.factorize(table["series"], use_na_sentinel=False)
    undefined = (np.nan, np.nan)
    units = [scales.get(str(label)) or undefined for label in series]
    absolute, squared = np.reshape(np.array(units, dtype=float), (-1, 2)).T  # (n_series,) each
    return Rows(actual, forecast, quantile_forecasts, absolute[codes], squared[codes])


def _groups(table: pd.DataFrame, by: list[str]) -> tuple[np.ndarray, pd.Index]:
    """Give each group of rows with the same values in some columns a number.

    Returns the number of each row's group, (n_rows,), and the values behind the numbers, in the
    order of the groups' first rows.
    """
    # One number for each combination of values, like the digits of a number.
    combined = np.zeros(len(table), dtype=np.int64)
    values = []
    for column in by:
        codes, found = pd.factorize(table[column], use_na_sentinel=False)
        combined = combined * len(found) + codes
        values.append(_without_categories(found))
    groups, numbers = pd.factorize(combined)
    # Take the combined numbers apart again, into a number for each column.
    sizes = [len(found) for found in values]
    places = np.unravel_index(numbers, sizes)
    levels = [found.take(place) for found, place in zip(values, places, strict=True)]
    if len(levels) == 1:
        return groups, levels[0].rename(by[0])
    return groups, pd.MultiIndex.from_arrays(levels, names=by)


def _without_categories(values: pd.Index) -> pd.Index:
    """Return the values of a categorical index as what they are, such as text."""
    if isinstance(values, pd.CategoricalIndex):
        return values.astype(values.categories.dtype)
    return values
