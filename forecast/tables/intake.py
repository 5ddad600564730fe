"""A user's X and y become a panel here, once, with every refusal.

`read_table` reads a table, `training_panel` and `further_panel` order it, `check_gaps` refuses what
a forecaster could not learn from.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.cells import as_pandas, floats_of, unit_of
from forecast.tables.features import column_names, read_columns
from forecast.tables.frequency import Frequency
from forecast.tables.panel import Columns, Panel
from forecast.tables.rows import check_series, moments_of, series_numbers
from forecast.validation import check_finite

_SMALLEST = 1e-140  # of which squares of small differences do not vanish, see `cells.LARGEST`
_ROWS_CHECKED = 2**16  # at once


@dataclass(frozen=True)
class Table:
    """What a user has given, as numbers, in the user's order."""

    index: pd.Index
    X: np.ndarray  # (n_rows, n_features)
    y: np.ndarray  # (n_rows, n_targets)
    columns: Columns


class Usage(NamedTuple):
    """What a fitted forecaster makes of the columns of its training table."""

    columns: Columns
    past: np.ndarray  # (n_features,): observed, but not known ahead
    reads_features: bool  # whether features act on the forecasts
    takes_gaps: bool  # whether NaN in y is a missing observation
    digest: int | None = None  # of all rows so far, where they are counted from 0
    rising: np.ndarray | None = None  # (2, n_features): the ends of columns that rise so far

    @property
    def needed_ahead(self) -> np.ndarray:
        """Which features have to be known for the rows to forecast, (n_features,)."""
        return ~self.past & self.reads_features


def read_table(estimator: Any, X: Any, y: Any, usage: Usage | None = None) -> Table:
    """Read a table; one that is not the training table must have its columns.

    Parameters
    ----------
    estimator : estimator
        Gets ``n_features_in_`` and ``feature_names_in_``, as scikit-learn has it.
    X, y : array-like
        As in `Forecaster.fit`.
    usage : Usage, optional
        Of a fitted forecaster; without it, this is the training table.
    """
    X, y = as_pandas(X), as_pandas(y)
    # y has one or two axes for the user, two from here on.
    values = numbers_of(y)
    flat = values.ndim == 1
    values = values.reshape(len(values), -1)
    if usage is not None and values.shape[1] != len(usage.columns.targets):
        raise InputError(f"y has {values.shape[1]} targets; fit saw {len(usage.columns.targets)}.")
    # X may be missing where nothing is known, or nothing has to be.
    features = read_features(estimator, X, len(values), usage)
    check_same_length(features, values)
    # Training tables name the columns; later ones have to have them.
    columns = _columns(X, y, features.shape[1], flat) if usage is None else usage.columns
    return Table(moments_of(X, y, len(values)), features, values, columns)


def read_features(estimator: Any, X: Any, n: int, usage: Usage | None = None) -> np.ndarray:
    """Return the features (n_rows, n_features) as floats; NaN where they may be missing."""
    # A frame without columns says which rows are meant, and nothing else.
    has_columns = not isinstance(X, pd.DataFrame) or X.shape[1] > 0
    if X is not None and has_columns:
        return read_columns(estimator, X, None if usage is None else usage.columns)
    rows = n if X is None else len(X)
    # In training, no columns means that there are none.
    if usage is None:
        estimator.n_features_in_ = 0
        if hasattr(estimator, "feature_names_in_"):
            del estimator.feature_names_in_
        return np.empty((rows, 0))
    # Later, they may be missing if none is needed; a forecaster that reads them will say so.
    if usage.needed_ahead.any():
        raise InputError(f"X has no features; fit saw {len(usage.past)}: pass the same columns.")
    return np.full((rows, len(usage.past)), np.nan if usage.reads_features else 0.0)


def training_panel(table: Table, frequency: Frequency | None = None) -> Panel:
    """Order a training table; its frequency is inferred unless it is known."""
    return Panel.of(table.index, table.X, table.y, frequency, table.columns)[0]


def further_panel(table: Table, memory: Panel) -> tuple[Panel, np.ndarray]:
    """Order a further table, whose series, kind of moments and frequency are those of the memory.

    Returns
    -------
    panel : Panel
    rows : array of shape (n_rows,)
        The panel's row of each given row.
    """
    check_series(table.index, memory.names)
    given, rows = Panel.of(table.index, table.X, table.y, memory.frequency, table.columns)
    numbers = series_numbers(given.names, memory.names)
    like = memory.times[-1]
    # The same numbers as in the training table, whatever the order of the series here.
    panel = replace(given, names=memory.names, numbers=numbers)
    panel = replace(panel, continues=_begins_with(panel, memory))
    # The first moment tells the kind; then each series that leaves the frequency is looked at.
    memory.frequency.check_kind(panel.times, like)
    for series in memory.frequency.irregular(panel.times, panel.bounds):
        memory.frequency.check(panel.times[panel.bounds[series] : panel.bounds[series + 1]], like)
    return panel, rows


def _begins_with(panel: Panel, memory: Panel) -> bool:
    """Whether each series of a table begins with the rows that are remembered of it."""
    remembered = memory.select(panel.numbers)
    if (panel.lengths < remembered.lengths).any():
        return False
    # The first rows of each series, as many as are remembered.
    rows = np.repeat(panel.bounds[:-1], remembered.lengths) + remembered.position
    if not (panel.times[rows] == remembered.times).all():
        return False
    # The moments alone prove nothing: it may be another table of the same moments.
    pairs = ((panel.y[rows], remembered.y), (panel.X[rows], remembered.X))
    return all(((a == b) | (np.isnan(a) & np.isnan(b))).all() for a, b in pairs)


def check_same_length(X: Any, y: Any) -> None:
    """Refuse X and y of unlike lengths."""
    if len(X) != len(y):
        raise InputError(f"X has {len(X)} rows and y has {len(y)}; both need one row per moment.")


def check_known_ahead(usage: Usage, what: str) -> None:
    """Refuse to forecast rows whose features nobody has given."""
    needed = usage.needed_ahead
    if not needed.any():
        return
    names = [str(usage.columns.features[place]) for place in np.flatnonzero(needed)]
    raise InputError(
        f"{what}, but the features {', '.join(names[:10])} must be known ahead.",
        "Pass the rows of X for these moments, or name the features in past_features.",
        "Give a SOURCE that has them in these rows, or name them with --past when fitting.",
    )


def check_gaps(panel: Panel, usage: Usage, last: np.ndarray, horizon: int = 0) -> None:
    """Refuse NaN and inf in what is read.

    Parameters
    ----------
    panel : Panel
    usage : Usage
    last : array of shape (n_series,)
        The last origin in each series, -1 where there is none: y and the past features are read up
        to it, the other features `horizon` rows further.
    horizon : int, default=0
    """
    # In blocks of rows, so that what is sound is not copied as a whole.
    starts = range(0, len(panel), _ROWS_CHECKED)
    blocks = (slice(start, min(start + _ROWS_CHECKED, len(panel))) for start in starts)
    if all(_is_sound(_values_read(panel, usage, last, horizon, rows)) for rows in blocks):
        return
    features, targets = panel.columns.described()
    y, X = _values_read(panel, usage, last, horizon, slice(0, len(panel)))
    _check_read(panel, y, targets, "y")
    _check_read(panel, X, features, "X")


def _values_read(
    panel: Panel, usage: Usage, last: np.ndarray, horizon: int, rows: slice
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is read of y and X in some rows, 0 for what is not; see `check_gaps`."""
    row = np.arange(rows.start, rows.stop)
    codes = panel.series_of(row)
    # Up to the last origin everything is read, up to the horizon what is known ahead.
    observed = row <= last[codes]
    ahead = row <= np.where(last < 0, -1, last + horizon)[codes]
    # A forecaster that takes missing observations still takes no inf.
    y = panel.y[rows]
    y_is_read = observed[:, None] & ~(np.isnan(y) & usage.takes_gaps)
    X_is_read = np.where(usage.past, observed[:, None], ahead[:, None])
    # In training, features that are not read are checked as well: as scikit-learn has it.
    if horizon and not usage.reads_features:
        X_is_read = np.zeros_like(X_is_read)
    return np.where(y_is_read, y, 0.0), np.where(X_is_read, panel.X[rows], 0.0)


def _is_sound(parts: tuple[np.ndarray, np.ndarray]) -> bool:
    """Whether all values are finite numbers."""
    return all(bool(np.isfinite(values).all()) for values in parts)


def _check_read(panel: Panel, read: np.ndarray, names: list[str], what: str) -> None:
    """Refuse inf, then NaN in the values read, (n_rows, n_columns)."""
    moments = _RowNames(panel)
    # Only the values of the same series fill a gap.
    by_series = "" if panel.names == (None,) else ".groupby(level=0)"
    finite = f"{what}.replace([numpy.inf, -numpy.inf], numpy.nan)"
    check_finite(
        np.where(np.isnan(read), 0.0, read),
        moments,
        names,
        f"Take the value before it, with {finite}{by_series}.ffill().",
        "Give --missing inf,-inf --fill.",
    )
    fill = f"Fill gaps between values with {what}{by_series}.ffill()"
    flags = "Give --fill."
    if what == "X":
        remedy = f"{fill}, and leave out the rows before the first value of a column."
    else:
        flags = "Give --fill, or forecast with arima: ARIMA takes missing values."
        remedy = (
            f"{fill}, or use ARIMAForecaster. Leave out the rows before the first value and after "
            "the last with forecast.part_at_last_value(X, y)."
        )
    check_finite(read, moments, names, remedy, flags)


def check_some_value(panel: Panel) -> None:
    """Refuse a series, or a target of it, of which y is NaN throughout."""
    observed = np.add.reduceat(~np.isnan(panel.y), panel.bounds[:-1], axis=0)  # (series, targets)
    if (observed > 0).all():
        return
    series, target = np.argwhere(observed == 0)[0].tolist()
    name = _target_of_series(panel, series, target)
    remedy = "Give another one."
    if panel.name_of(series) is not None:
        remedy = f"Drop the series with frame.drop({panel.name_of(series)!r}, level=0)."
    raise InputError(
        f"{name} has no value at all (every y is NaN).", remedy, "Leave it out of the file."
    )


def check_not_tiny(panel: Panel) -> None:
    """Refuse a series, or a target of it, whose squares vanish although it is not 0."""
    sizes = np.nan_to_num(np.abs(panel.y), copy=False)
    largest = np.maximum.reduceat(sizes, panel.bounds[:-1], axis=0)  # (series, targets)
    is_tiny = (largest > 0) & (largest < _SMALLEST)
    if not is_tiny.any():
        return
    series, target = np.argwhere(is_tiny)[0].tolist()
    size = float(largest[series, target])
    raise InputError(
        f"{_target_of_series(panel, series, target)} is nowhere larger than {size:.3g}, but "
        f"squares of values below {_SMALLEST:g} vanish. Divide the column by {unit_of(size)}."
    )


def _target_of_series(panel: Panel, series: int, target: int) -> str:
    """Name a series in a sentence, and a target of it where there are several."""
    name = panel.described(series)
    if panel.columns.flat:
        return name
    return f"{panel.columns.described()[1][target]} of {name}"


def numbers_of(y: Any) -> np.ndarray:
    """Return y as floats of one or two axes; name the first value that is no number."""
    if y is None:
        raise InputError(
            "y is missing: fit(X, y) or fit(y) needs the values to learn from "
            "(requires y to be passed)."
        )
    values = floats_of(y, "y")
    if not values.size and not len(np.atleast_1d(values)):
        raise InputError("the table has no row.")
    if values.ndim not in (1, 2):
        raise InputError(f"y must have shape (rows,) or (rows, targets); got {values.shape}.")
    return values


def _columns(X: Any, y: Any, width: int, flat: bool) -> Columns:
    """Name the columns of a training table."""
    names = column_names(X) if width else None
    features = tuple(range(width)) if names is None else names
    return Columns(features, _target_names(y, flat), named=names is not None, flat=flat)


def _target_names(y: Any, flat: bool) -> tuple[Hashable, ...]:
    """Name the targets as y does, else by their positions."""
    if isinstance(y, pd.DataFrame):
        return tuple(y.columns)
    if isinstance(y, pd.Series) and y.name is not None:
        return (y.name,)
    return tuple(range(1 if flat else np.shape(y)[1]))


class _RowNames(Sequence):
    """The names of a panel's rows, made when a sentence needs one."""

    def __init__(self, panel: Panel):
        self.panel = panel

    def __len__(self) -> int:
        return len(self.panel)

    def __getitem__(self, row: Any) -> str:
        return self.panel.name(int(row))
