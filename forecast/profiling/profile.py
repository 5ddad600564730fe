"""What a table is like, as one value: for people in words, for programs as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.profiling.attention import needs_attention
from forecast.profiling.columns import ColumnProfile, profile_column
from forecast.profiling.extent import MOST_LISTED, Extent, Stretch, extent_of, holes_in
from forecast.profiling.known_ahead import ending_first, looks_known_ahead
from forecast.profiling.remedies import only_opens_rows, options_from
from forecast.profiling.series_table import SeriesTable, plain_moment
from forecast.profiling.words import sections
from forecast.tables.frequency import Frequency, infer_frequency
from forecast.tables.timeline import regularize
from forecast.validation import nearest

__all__ = ["Profile"]

_MOST_CLOSE = 12  # columns that are looked at closely where none is the target


@dataclass(frozen=True)
class Profile:
    """What a table is like: its span, holes, seasons, outliers, and what needs attention.

    `from_frame` makes it; printed, it says all of it in words.

    Parameters
    ----------
    n_series : int
    extent : Extent
        Rows, span, lengths of the series, those that begin late or end early.
    frequency : Frequency
    time_zone : str
        "" where there is none.
    holes : tuple of Stretch
        Rows without any value inside the series, the longest first.
    n_ahead : int
        Rows after the last value of the target: they are to be forecast.
    columns : dict of ColumnProfile
    target : str or None
        Where nobody has named it, the only column.
    likely_target : str or None
        Else the column that ends before all others, as one that is to be forecast does.
    known_ahead : dict of str
        The columns that look known ahead, and why.
    notes : tuple of str
        What was done when the table was read.
    marks : dict of str
        The signs of the file.
    faults : tuple of str
        What had to be mended before the table could be looked at.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> days = pd.date_range("2024-01-01", periods=140, freq="D")
    >>> visits = 100 + 20 * (days.day_of_week > 4) + rng.normal(0, 2, size=140).round(1)
    >>> visits = pd.Series(visits, days, name="visits").drop(days[50:53])
    >>> profile = Profile.from_frame(visits.to_frame())
    >>> [(season.rows, season.name) for season in profile.columns["visits"].close.seasons]
    [(7, 'week')]
    >>> [(hole.rows, str(hole.begin)[:10]) for hole in profile.holes]
    [(3, '2024-02-20')]
    """

    n_series: int
    extent: Extent
    frequency: Frequency
    time_zone: str
    holes: tuple[Stretch, ...]
    n_ahead: int
    columns: dict[str, ColumnProfile]
    target: str | None = None
    likely_target: str | None = None
    known_ahead: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame | pd.Series,
        target: str | None = None,
        *,
        notes: Sequence[str] = (),
        marks: Mapping[str, str] | None = None,
        faults: Sequence[str] = (),
    ) -> Profile:
        """Look at a table.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_columns), or Series
            With moments as its index, or (series, moment). Where it lacks rows, these are opened
            for the look; it stays as it is.
        target : str, optional
            The column to forecast: it alone is looked at closely. By default the only column, else
            the first twelve are.
        notes, faults : sequence of str, optional
        marks : dict of str, optional
            As in the attributes.

        Returns
        -------
        Profile

        Raises
        ------
        ValueError
            If there is no such target, or the rows are irregular in a way that only the user can
            mend.
        """
        frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
        names = _numeric_names(frame)
        if target is None and len(names) == 1:
            target = names[0]
        if target is not None and target not in names:
            raise InputError(f"there is no column {target!r}; {nearest(target, names)}.")
        regular, own_faults = _mended(frame)
        table = SeriesTable.from_frame(regular)

        # What is said of series and of the rows ahead is said of the target, where it is known.
        place = None if target is None else names.index(target)
        likely = ending_first(table) if place is None else place
        is_value = ~np.isnan(table.values)
        observed = is_value.any(axis=1) if place is None else is_value[:, place]
        ends = table.bounds[1:] if place is None else table.spans(observed)[:, 1]
        close = range(min(_MOST_CLOSE, len(names))) if place is None else [place]
        return cls(
            n_series=table.n_series,
            extent=extent_of(table, observed),
            frequency=table.frequency,
            time_zone=str(getattr(table.moments, "tz", None) or ""),
            holes=tuple(holes_in(table)),
            n_ahead=int(np.sum(table.bounds[1:] - ends)),
            columns={
                name: profile_column(table, column, column in close)
                for column, name in enumerate(names)
            },
            target=target,
            likely_target=None if likely is None else names[likely],
            known_ahead=looks_known_ahead(table, likely),
            notes=tuple(notes),
            marks=dict(marks or {}),
            faults=(*faults, *own_faults),
        )

    def attention(self) -> list[str]:
        """Say what is wrong with the table, or may be.

        Returns
        -------
        list of str
            The gravest first.
        """
        return list(needs_attention(self))

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as values that JSON can write.

        Returns
        -------
        dict
            - rows, series, begin, end, time_zone, frequency, season_length;
            - lengths: rows of the shortest, the median and the longest series;
            - begin_late, end_early: moments by series; empty: the series without any value;
            - missing_rows: in holes, of which there are n_holes; holes: the longest, each with
              series, begin, end, rows;
            - target, likely_target, ahead (rows after its last value);
            - columns: by name, each with begin, end, missing, least, median, largest, constant
              (series), constant_stretches, demand (interval, variation, kinds); and where one has
              looked closely with looked_at, trend, seasons (rows, name, strength, series),
              n_outliers and the farthest outliers (series, timestamp, value, expected);
            - known_ahead: reasons by column; marks, notes, attention.

            Moments are texts in ISO form, or integers. Of holes, stretches and outliers up to 100
            are listed.
        """
        extent = self.extent
        shortest, median, longest = extent.lengths
        late, early = (
            {str(name): plain_moment(moment) for name, moment in moments.items()}
            for moments in (extent.late, extent.early)
        )
        return {
            "rows": extent.rows,
            "series": self.n_series,
            "begin": plain_moment(extent.begin),
            "end": plain_moment(extent.end),
            "time_zone": self.time_zone or None,
            "frequency": self.frequency.alias or self.frequency.step,
            "season_length": self.frequency.season_length,
            "lengths": {"shortest": shortest, "median": median, "longest": longest},
            "begin_late": late,
            "end_early": early,
            "empty": [str(name) for name in extent.empty],
            "missing_rows": sum(hole.rows for hole in self.holes),
            "n_holes": len(self.holes),
            "holes": [hole.to_dict() for hole in self.holes[:MOST_LISTED]],
            "target": self.target,
            "likely_target": self.likely_target,
            "ahead": self.n_ahead,
            "columns": {name: column.to_dict() for name, column in self.columns.items()},
            "known_ahead": self.known_ahead,
            "marks": self.marks,
            "notes": list(self.notes),
            "attention": self.attention(),
        }

    def __str__(self) -> str:
        blocks = ["\n".join([head, *_indented(lines)]) for head, lines in sections(self)]
        return "\n\n".join(blocks)

    def _repr_html_(self) -> str:
        rows = []
        for heading, lines in sections(self):
            rows.append(f'<tr><th colspan="2" style="text-align:left">{escape(heading)}</th></tr>')
            rows += [
                f'<tr><td></td><td style="text-align:left">{escape(x)}</td></tr>' for x in lines
            ]
        return f"<table>{''.join(rows)}</table>"


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _numeric_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of the columns; refuse a table that has none, or others than of numbers."""
    if not len(frame.columns):
        raise InputError("the table has no column. Give it one of numbers.")
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise InputError(
                f"the column {str(name)!r} holds {frame[name].dtype}, not numbers.",
                f"Leave it out with frame.drop(columns={str(name)!r}), or make numbers of it.",
            )
    return [str(name) for name in frame.columns]


def _mended(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a frame with the rows that it lacks, and why; refuse what only the user can mend."""
    try:
        infer_frequency(frame.index)
    except InputError as error:
        options = options_from(error, {})
        if options is None or "freq" not in options or "how" in options:
            raise
        # Holes stay without a value: they are to be seen.
        regular = pd.DataFrame(regularize(frame, options["freq"]))
        infer_frequency(regular.index)
        return regular, [] if only_opens_rows(options) else [str(error)]
    return frame, []
