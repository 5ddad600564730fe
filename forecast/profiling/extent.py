"""From when to when a table goes: its series, those that begin late or end early, its holes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from forecast.profiling.series_table import SeriesTable, plain_moment

MOST_LISTED = 100  # stretches, or outliers, of which a profile gives each as plain values


class Stretch(NamedTuple):
    """Neighbouring rows of one series that have something in common.

    Parameters
    ----------
    series : label or None
    begin, end : moments
        Of the first and of the last row.
    rows : int
    value : float or None, default=None
        That all of them have; None where they have none.
    """

    series: Any
    begin: Any
    end: Any
    rows: int
    value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        plain = {
            "series": None if self.series is None else str(self.series),
            "begin": plain_moment(self.begin),
            "end": plain_moment(self.end),
            "rows": self.rows,
        }
        return plain if self.value is None else {**plain, "value": self.value}


class Extent(NamedTuple):
    """From when to when a table goes.

    Parameters
    ----------
    rows : int
        With those that only a hole has.
    begin, end : moments
        The first and the last one of all series.
    lengths : tuple of int
        Of the shortest, the median and the longest series, in rows from its first to its last
        value; without those that have none.
    late, early : dict of moments
        The series that begin after, or end before, most others, and when.
    empty : tuple of labels
        The series without any value.
    """

    rows: int
    begin: Any
    end: Any
    lengths: tuple[int, int, int]
    late: dict[Any, Any]
    early: dict[Any, Any]
    empty: tuple[Any, ...]


def extent_of(table: SeriesTable, is_value: np.ndarray) -> Extent:
    """Return from when to when a table has values.

    Parameters
    ----------
    table : SeriesTable
    is_value : array of shape (n_rows,)
        Which rows have a value.
    """
    spans = table.spans(is_value)
    lengths = spans[:, 1] - spans[:, 0]
    names = list(table.names)
    empty = tuple(name for name, length in zip(names, lengths, strict=True) if not length)
    # Moments are compared by their number.
    codes = np.unique(table.moments.to_numpy(), return_inverse=True)[1]
    full = np.flatnonzero(lengths)
    firsts = spans[full, 0]
    lasts = spans[full, 1] - 1
    known = lengths[full] if len(full) else np.zeros(1, dtype=int)
    is_late = codes[firsts] > codes[firsts].min(initial=len(codes))
    is_early = codes[lasts] < codes[lasts].max(initial=-1)
    return Extent(
        rows=len(table.moments),
        begin=table.moments.min(),
        end=table.moments.max(),
        lengths=(int(known.min()), int(np.median(known)), int(known.max())),
        late={names[full[i]]: table.moments[firsts[i]] for i in np.flatnonzero(is_late)},
        early={names[full[i]]: table.moments[lasts[i]] for i in np.flatnonzero(is_early)},
        empty=empty,
    )


def holes_in(table: SeriesTable) -> list[Stretch]:
    """Return the stretches of rows without any value inside the series, the longest first."""
    is_empty = np.isnan(table.values).all(axis=1)
    inside = table.within(table.spans(~is_empty))
    found = stretches(table, is_empty & inside)
    return sorted(found, key=lambda stretch: -stretch.rows)


def stretches(table: SeriesTable, chosen: np.ndarray) -> list[Stretch]:
    """Return neighbouring chosen rows, shape (n_rows,), as stretches in order."""
    is_start = chosen.copy()
    is_start[1:] &= ~chosen[:-1]
    # No stretch goes on from one series to the next.
    firsts = table.bounds[:-1]
    is_start[firsts] = chosen[firsts]
    starts = np.flatnonzero(is_start)
    n_chosen = np.cumsum(chosen)
    # The chosen rows up to the next start are those of a stretch.
    up_to = np.append(n_chosen[starts] - 1, n_chosen[-1] if len(chosen) else 0)
    lengths = np.diff(up_to)
    series = np.searchsorted(table.bounds, starts, side="right") - 1
    moments = table.moments
    return [
        Stretch(table.names[int(s)], moments[int(start)], moments[start + length - 1], int(length))
        for s, start, length in zip(series, starts, lengths, strict=True)
    ]
