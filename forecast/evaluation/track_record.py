"""The track record: forecasts that were made beside what came, as a forecasts table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from forecast.evaluation.results import COLUMNS, outer_quantiles, quantile_name
from forecast.exceptions import InputError
from forecast.tables.frequency import Frequency, infer_frequency
from forecast.validation import check, number

__all__ = ["track_record"]

_BOUNDS = ("lower", "upper")


def track_record(
    made: Mapping[str, pd.DataFrame], y: pd.Series, coverage: float = 0.9, model: str = "made"
) -> pd.DataFrame:
    """Lay forecasts that were made out as a forecasts table, beside the actuals since.

    Parameters
    ----------
    made : mapping of name to DataFrame
        The forecasts as `Forecaster.forecast` returned them, each made from one origin: indexed by
        the moments, or by (series, timestamp); columns ``forecast`` and perhaps ``lower`` and
        ``upper``. Sentences call them by their names, such as those of files.
    y : Series
        What came, with the same kind of index and without holes. Moments may be missing at its end.
    coverage : float between 0 and 1, default=0.9
        What the intervals from lower to upper are said to hold.
    model : str, default="made"
        The name of the model in the table.

    Returns
    -------
    DataFrame
        As ``Backtest.forecasts``, in the order of the origins; ``actual`` is NaN where nothing has
        come yet. Quantiles are there if all forecasts have intervals.

    Raises
    ------
    ValueError
        If there is no forecast, one has no column "forecast", several rows for one moment, moments
        of another kind than those of y, or series that y has not; or if two begin at one moment.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecast import NaiveForecaster, track_record
    >>> days = pd.date_range("2024-01-01", periods=5, freq="D")
    >>> y = pd.Series([1.0, 2.0, 4.0, 7.0, 11.0], index=days, name="sales")
    >>> made = {str(n): NaiveForecaster().fit(y[:n]).forecast(2) for n in (2, 4)}
    >>> track_record(made, y)[["origin", "step", "actual", "forecast"]]
          origin  step  actual  forecast
    0 2024-01-02     1     4.0       2.0
    1 2024-01-02     2     7.0       2.0
    2 2024-01-04     1    11.0       7.0
    3 2024-01-04     2     NaN       7.0
    """
    check(number(0, 1), coverage, "coverage")
    if not made:
        raise InputError("there is no forecast that was made: give at least one.")
    frequency = infer_frequency(y.index)
    parts: dict[Any, pd.DataFrame] = {}
    for name, table in made.items():
        part = _part(name, table, y, frequency)
        origin = part["origin"].iloc[0]
        if origin in parts:
            raise InputError(
                f"{name} is a second forecast from {origin}: give one from each origin."
            )
        parts[origin] = part
    record = pd.concat([parts[origin] for origin in sorted(parts)], ignore_index=True)
    record.insert(0, "model", model)
    return _with_quantiles(record, coverage)


def _part(name: str, table: pd.DataFrame, y: pd.Series, frequency: Frequency) -> pd.DataFrame:
    """Lay the forecast from one origin out as rows."""
    _check_table(name, table, y)
    has_series = y.index.nlevels > 1
    times = table.index.get_level_values(-1)
    # Without a name it is called as a backtest calls it.
    own = pd.Index(["y" if y.name is None else y.name] * len(table))
    series = table.index.get_level_values(0) if has_series else own
    # A series that has ended is forecast from its own end; the others say when that was done.
    firsts = pd.Series(times).groupby(series.to_numpy()).transform("min")
    try:
        frequency.check_kind(times, y.index.get_level_values(-1)[0])
        steps = frequency.steps(pd.Index(firsts), times) + 1
    except InputError as error:
        raise error.within(name) from None
    columns = {
        "series": series.map(str),
        "origin": _moment_before(firsts.max(), frequency),
        "step": steps,
        "timestamp": times,
        "actual": y.reindex(table.index).to_numpy(np.float64),
    }
    for column in ("forecast", *_BOUNDS):
        if column in table:
            columns[column] = table[column].to_numpy(np.float64)
    return pd.DataFrame(columns)


def _check_table(name: str, table: pd.DataFrame, y: pd.Series) -> None:
    """Refuse what is no forecast from one origin, or not of what has come."""
    if "forecast" not in table.columns or not len(table):
        raise InputError(f"{name} holds no forecast: it needs rows, and a column 'forecast'.")
    has_series = y.index.nlevels > 1
    if (table.index.nlevels > 1) != has_series:
        theirs, ours = ("several", "one") if has_series else ("one", "several")
        raise InputError(f"{name} forecasts {ours} series, but the actuals are of {theirs}.")
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        raise InputError(
            f"{name} forecasts {twice} twice: give each forecast from one origin by itself."
        )
    if has_series:
        unknown = table.index.unique(0).difference(y.index.unique(0))
        if len(unknown):
            raise InputError(f"{name} forecasts {unknown[0]!r}, of which there is no actual.")


def _moment_before(moment: Any, frequency: Frequency) -> Any:
    """Return the moment one step before another one."""
    if not frequency.alias:
        return moment - frequency.step
    if frequency.periods:
        return moment - getattr(moment.freq, "n", 1)
    return moment - to_offset(frequency.alias)


def _with_quantiles(record: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Name the bounds after their quantiles; drop those that some forecasts do not have."""
    names = dict(zip(_BOUNDS, map(quantile_name, outer_quantiles(coverage)), strict=True))
    known = [bound for bound in _BOUNDS if bound in record]
    if known != list(_BOUNDS) or record[known].isna().any(axis=None):
        return record[COLUMNS]
    return record.rename(columns=names)[[*COLUMNS, *names.values()]]
