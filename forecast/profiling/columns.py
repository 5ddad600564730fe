"""The columns of a table: missing cells, range, constant stretches, demand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.profiling.close_look import CloseLook, look_closely
from forecast.profiling.demand import Demand, demand_of
from forecast.profiling.extent import MOST_LISTED, Stretch
from forecast.profiling.runs import suspicious_runs
from forecast.profiling.series_table import SeriesTable, plain_moment


@dataclass(frozen=True)
class ColumnProfile:
    """What one column is like.

    Parameters
    ----------
    name : str
    begin, end : moments or None
        Of its first and its last value; None where it has none.
    missing : int
        Cells without a value between the first and the last one of their series, in rows where
        other columns have one.
    least, median, largest : float
    constant : tuple of labels
        Series whose values are all equal.
    stretches : tuple of Stretch
        Constant stretches much longer than ties explain, the longest first.
    demand : Demand or None
        Where values are 0 and none is below: the median interval and the median variation of the
        series.
    kinds : dict of int
        How many series are smooth, erratic, intermittent and lumpy.
    close : CloseLook or None
        None where nobody looked.
    """

    name: str
    begin: Any
    end: Any
    missing: int
    least: float
    median: float
    largest: float
    constant: tuple[Any, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    demand: Demand | None = None
    kinds: dict[str, int] | None = None
    close: CloseLook | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        plain: dict[str, Any] = {
            "begin": None if self.begin is None else plain_moment(self.begin),
            "end": None if self.end is None else plain_moment(self.end),
            "missing": self.missing,
            "least": _plain(self.least),
            "median": _plain(self.median),
            "largest": _plain(self.largest),
            "constant": [str(name) for name in self.constant],
            "constant_stretches": [stretch.to_dict() for stretch in self.stretches[:MOST_LISTED]],
            "demand": None,
        }
        if self.demand is not None:
            plain["demand"] = {**self.demand._asdict(), "kinds": self.kinds}
        if self.close is None:
            return plain
        return {
            **plain,
            "looked_at": {"series": self.close.looked_at, "values": self.close.values},
            "trend": self.close.trend,
            "seasons": [season._asdict() for season in self.close.seasons],
            "n_outliers": len(self.close.outliers),
            "outliers": [outlier.to_dict() for outlier in self.close.outliers[:MOST_LISTED]],
        }


def profile_column(table: SeriesTable, column: int, is_close: bool) -> ColumnProfile:
    """Look at one column of a table, closely if `is_close`."""
    values = table.values[:, column]
    is_value = ~np.isnan(values)
    spans = table.spans(is_value)
    name = table.columns[column]
    if not is_value.any():
        return ColumnProfile(name, None, None, 0, np.nan, np.nan, np.nan)

    # A row that has no value at all is a hole of the table.
    has_any = ~np.isnan(table.values).all(axis=1)
    is_missing = table.within(spans) & ~is_value & has_any
    known = values[is_value]
    moments = table.moments[is_value]
    constant, stretches = _constant_parts(table, values, spans)
    demands = [demand_of(values[slice(*span)]) for span in spans if span[0] < span[1]]
    found = [demand for demand in demands if demand is not None]
    return ColumnProfile(
        name=name,
        begin=moments.min(),
        end=moments.max(),
        missing=int(is_missing.sum()),
        least=float(known.min()),
        median=float(np.median(known)),
        largest=float(known.max()),
        constant=tuple(constant),
        stretches=tuple(stretches),
        demand=_typical(found),
        kinds=dict(Counter(demand.kind for demand in found)) or None,
        close=look_closely(table, column) if is_close else None,
    )


def _constant_parts(
    table: SeriesTable, values: np.ndarray, spans: np.ndarray
) -> tuple[list[Any], list[Stretch]]:
    """Return the series that are constant, and the constant stretches of the others."""
    constant, stretches = [], []
    for series, (first, end) in enumerate(spans):
        own = values[first:end]
        if end - first < 2:
            continue
        name = table.names[series]
        if np.nanmax(own) == np.nanmin(own):
            constant.append(name)
            continue
        for start, rows, value in zip(*suspicious_runs(own), strict=True):
            begin = table.moments[first + start]
            last = table.moments[first + start + rows - 1]
            stretches.append(Stretch(name, begin, last, int(rows), float(value)))
    return constant, sorted(stretches, key=lambda stretch: -stretch.rows)


def _typical(demands: list[Demand]) -> Demand | None:
    """Return the median interval and the median variation of demands."""
    if not demands:
        return None
    interval, variation = np.median(demands, axis=0)
    return Demand(float(interval), float(variation))


def _plain(value: float) -> float | None:
    """Return a number as JSON writes it, which has no NaN."""
    return None if np.isnan(value) else value
