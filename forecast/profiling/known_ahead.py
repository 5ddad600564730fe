"""Which columns look as if they were known ahead: a suggestion, with its reason."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from forecast.profiling.series_table import SeriesTable
from forecast.wording import counted

# Words in the names of what is planned, or follows from the calendar.
_PLANNED = re.compile(
    r"promo|campaign|holiday|ferien|feiertag|event|planned|plan$|schedule|discount|"
    r"weekday|day_?of|dow$|weekend|month|quarter|season|school|special",
    re.IGNORECASE,
)
_FEWEST = 3  # cycles of the calendar in which a column repeats itself
_AHEAD = 0.2  # rows to forecast, at most, for each row of the history
_FULL = 0.9  # share of its cells that a column has which may be the one to forecast


def looks_known_ahead(table: SeriesTable, reference: int | None) -> dict[str, str]:
    """Return the columns that look known ahead, and why.

    Parameters
    ----------
    table : SeriesTable
    reference : int or None
        The column to forecast, which is none of them; None where nobody knows it.

    Returns
    -------
    dict of str
        The strongest reason for each column: its values after the last one of the target, the
        calendar that it follows, or its name.
    """
    reasons = {}
    for column, name in enumerate(table.columns):
        if column == reference:
            continue
        reason = (
            _goes_on(table, column, reference)
            or _follows_calendar(table, column)
            or _is_called_so(name)
        )
        if reason:
            reasons[name] = reason
    return reasons


def ending_first(table: SeriesTable) -> int | None:
    """Return the column that ends before all others: it may be the one to forecast.

    None where no column does, it has many gaps, or it has ended long before.
    """
    if len(table.columns) < 2:
        return None
    is_value = ~np.isnan(table.values)
    spans = [table.spans(column) for column in is_value.T]
    # Rows of all series up to the last value of each column.
    ends = np.array([np.sum(span[:, 1] - table.bounds[:-1]) for span in spans])
    first = int(np.argmin(ends))
    if np.sum(ends == ends[first]) > 1:
        return None
    n_rows = int(np.sum(spans[first][:, 1] - spans[first][:, 0]))
    is_full = is_value[:, first].sum() >= _FULL * n_rows
    # A store that closed long ago has ended for another reason.
    is_recent = len(table.moments) - ends[first] <= _AHEAD * n_rows
    return first if is_full and is_recent else None


def _goes_on(table: SeriesTable, column: int, reference: int | None) -> str:
    """Say in how many rows a column has a value after the last one of the reference."""
    if reference is None:
        return ""
    ends = table.spans(~np.isnan(table.values[:, reference]))[:, 1]
    after = table.within(np.column_stack([ends, table.bounds[1:]]))
    n_known = int(np.sum(after & ~np.isnan(table.values[:, column])))
    if not n_known:
        return ""
    return f"has values in {counted(n_known, 'row')} after the last {table.columns[reference]}"


def _follows_calendar(table: SeriesTable, column: int) -> str:
    """Say which cycle of the calendar a column repeats."""
    moments = table.moments
    values = table.values[:, column]
    known = values[~np.isnan(values)]
    if not isinstance(moments, pd.DatetimeIndex) or not len(known) or np.ptp(known) == 0:
        return ""
    clock = moments.hour * 60 + moments.minute
    cycles = {
        "at the same time of every day": clock,
        "on the same day of every week": moments.day_of_week,
        "in the same month of every year": moments.month,
    }
    for words, places in cycles.items():
        if _is_function_of(values, np.asarray(places)):
            return f"is the same {words}"
    return ""


def _is_function_of(values: np.ndarray, places: np.ndarray) -> bool:
    """Whether a column has one value at each place of a cycle that comes several times."""
    groups = pd.Series(values).groupby(places)
    comes_again = groups.count().min() >= _FEWEST
    return bool(comes_again and groups.nunique().max() == 1)


def _is_called_so(name: str) -> str:
    """Say that the name of a column is one of something planned."""
    return "is called like something planned" if _PLANNED.search(name) else ""
