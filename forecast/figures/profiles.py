"""Figure of what a series is like: its parts, its outliers and holes, its autocorrelation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, MultipleLocator

from forecast.exceptions import InputError
from forecast.figures.axes import (
    axis_positions,
    finish_panels,
    format_moment_axis,
    panels,
)
from forecast.figures.reliability import NORMAL_95
from forecast.figures.styles import COLORS
from forecast.forecasters.autocorrelation import autocorrelations, bartlett_errors
from forecast.profiling.close_look import decompose_by, outlying_rows, seasons_of
from forecast.profiling.decomposition import Decomposition, interpolated
from forecast.profiling.extent import stretches
from forecast.profiling.seasons import Candidate
from forecast.profiling.series_table import SeriesTable
from forecast.tables.frequency import ordered_by_series
from forecast.validation import nearest
from forecast.wording import counted

__all__ = ["ProfileDisplay"]

_SEASONS_SHOWN = 8  # the last ones: more are a block of ink
_OTHERS_SHOWN = 50
_MOST_DOTS = 31  # rows, up to which each shows
_LAGS_IN_SEASONS = 2.5
_FEWEST_LAGS = 20
_ROW_HEIGHT = 1.7  # inches
_HOLE = "#F4D9CF"


class ProfileDisplay:
    """A series with its trend and its holes, its seasons, its remainder, its autocorrelation.

    The parts are those of `Profile`: STL, of several seasons MSTL, without outliers. The
    autocorrelation is that of the series without its trend; what lies in the grey band may be
    chance (95 %, by Bartlett's formula).

    Parameters
    ----------
    y : Series of shape (n_rows,)
        With regular moments as its index.
    others : list of Series, optional
        Drawn in grey behind it, for comparison.
    target : str, optional
        What the values are, for the axis.

    Attributes
    ----------
    ax_ : array of Axes
        The series, each of its seasons, the remainder, the autocorrelation.
    figure_ : Figure

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> rng = np.random.default_rng(0)
    >>> visits = pd.Series(30.0 * (days.day_of_week > 4) + rng.normal(size=70), days)
    >>> display = ProfileDisplay.from_series(visits)
    >>> [axis.get_title(loc="left").split(",")[0] for axis in display.ax_]
    ['the series and its trend', 'week', 'remainder', 'autocorrelation without the trend']
    """

    def __init__(
        self,
        y: pd.Series,
        others: list[pd.Series] | None = None,
        *,
        target: str | None = None,
    ):
        self.y = y
        self.others = others or []
        self.target = target

    @classmethod
    def from_series(
        cls, y: pd.Series, *, target: str | None = None, ax: Any = None
    ) -> ProfileDisplay:
        """Draw a series.

        Parameters
        ----------
        y : Series of shape (n_rows,)
            With regular moments as its index.
        target : str, optional
            As in the constructor; by default the name of the series.
        ax : sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ProfileDisplay
        """
        name = None if y.name is None else str(y.name)
        return cls(y, target=target or name).plot(ax)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, target: str, *, ax: Any = None) -> ProfileDisplay:
        """Draw one column of a table: of several series the longest, the others behind it.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_columns)
            With moments as its index, or (series, moment).
        target : str
            The column.
        ax : sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ProfileDisplay
        """
        columns = {str(name): name for name in frame.columns}
        if target not in columns:
            raise InputError(f"there is no column {target!r}; {nearest(target, columns)}.")
        column = frame[columns[target]]
        names, order, bounds = ordered_by_series(column.index)
        series = []
        for number, name in enumerate(names):
            own = column.iloc[order[bounds[number] : bounds[number + 1]]]
            series.append(own if name is None else own.droplevel(0).rename(name))
        longest = int(np.argmax([each.count() for each in series]))
        y = series.pop(longest)
        label = target if len(names) == 1 else f"{target} of {y.name}"
        return cls(y, series[:_OTHERS_SHOWN], target=label).plot(ax)

    def plot(self, ax: Any = None) -> ProfileDisplay:
        """Draw a panel for the series, each season, the remainder and the autocorrelation.

        Parameters
        ----------
        ax : sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.

        Returns
        -------
        ProfileDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the series has fewer than four values or is not regular, or `ax` has another number
            of axes.
        """
        y = _within_its_values(self.y)
        values = y.to_numpy(dtype=np.float64)
        found = seasons_of(values, y.index)
        parts = decompose_by(values, found)
        seasons = [season for season in found if season.rows in parts.seasons]

        axes = panels(ax, 3 + len(seasons), columns=1, row_height=_ROW_HEIGHT)
        self._draw_series(axes[0], y, parts)
        for axis, season in zip(axes[1:], seasons, strict=False):
            _draw_season(axis, y.index, parts, season)
        _draw_remainder(axes[-2], y.index, parts)
        # One value far outside makes all others alike: nothing would hang together.
        usual = np.where(outlying_rows(parts), np.nan, values - parts.trend)
        _draw_autocorrelation(axes[-1], usual, seasons)
        finish_panels(axes, [], "")
        axes[0].set_ylabel(self.target or "")
        self.ax_ = np.array(axes, dtype=object)
        self.figure_ = axes[0].get_figure()
        return self

    def _draw_series(self, axis: Axes, y: pd.Series, parts: Decomposition) -> None:
        """Draw the series, its trend, its outliers and its holes, the other series behind it."""
        for number, other in enumerate(self.others):
            label = "the other series" if number == 0 else None
            positions = axis_positions(other.index)
            axis.plot(positions, other.to_numpy(float), color="0.8", linewidth=0.8, label=label)
        _draw_holes(axis, y)
        positions = axis_positions(y.index)
        marker = "o" if len(y) <= _MOST_DOTS else ""
        axis.plot(positions, parts.observed, "k", marker=marker, linewidth=0.9, label="observed")
        axis.plot(positions, parts.trend, color=COLORS[0], linewidth=1.6, label="trend")
        _mark_outliers(axis, positions, parts.observed, outlying_rows(parts))
        moments = y.index if not self.others else self.others[0].index.union(y.index)
        format_moment_axis(axis, moments)
        strength = parts.trend_strength()
        _title(axis, f"the series and its trend, strength {strength:.2f}")


def _within_its_values(y: pd.Series) -> pd.Series:
    """Return a series from its first value to its last; refuse one that has too few."""
    known = np.flatnonzero(y.notna())
    if len(known) < 4:
        raise InputError(
            f"the series has {counted(len(known), 'value')}, and at least 4 are drawn. "
            "Give a longer one."
        )
    return y.iloc[known[0] : known[-1] + 1]


def _draw_holes(axis: Axes, y: pd.Series) -> None:
    """Colour the rows without a value, with half a row to either side."""
    table = SeriesTable.from_frame(y.to_frame())
    positions = axis_positions(y.index)
    half = float(np.diff(positions).min()) / 2
    for number, hole in enumerate(stretches(table, np.isnan(table.values[:, 0]))):
        begin, end = axis_positions(pd.Index([hole.begin, hole.end]))
        label = "missing" if number == 0 else None
        axis.axvspan(begin - half, end + half, color=_HOLE, linewidth=0, label=label)


def _mark_outliers(axis: Axes, x: np.ndarray, y: np.ndarray, is_out: np.ndarray) -> None:
    """Circle the outliers, if there are some.

    What lies so far outside that all else would be a line is marked at the edge of the panel.
    """
    if not is_out.any():
        return
    others = y[~is_out]
    least, largest = np.nanmin(others), np.nanmax(others)
    reach = 3 * (largest - least)
    edges = least - reach, largest + reach
    is_beyond = is_out & ((y < edges[0]) | (y > edges[1]))
    shown = y.clip(*edges)
    look: dict[str, Any] = {"color": COLORS[1], "fillstyle": "none", "markersize": 6}
    for mark, label, which in (
        ("o", "outlier", is_out & ~is_beyond),
        ("D", "outlier beyond the edge", is_beyond),
    ):
        if which.any():
            axis.plot(x[which], shown[which], mark, label=label, **look)
    if is_beyond.any():
        margin = reach / 10
        axis.set_ylim(np.nanmin(shown) - margin, np.nanmax(shown) + margin)


def _draw_season(axis: Axes, moments: pd.Index, parts: Decomposition, season: Candidate) -> None:
    """Draw the last few seasons."""
    n_seasons = min(_SEASONS_SHOWN, len(moments) // season.rows)
    shown = slice(-n_seasons * season.rows, None)
    values = parts.seasons[season.rows][shown]
    axis.plot(axis_positions(moments[shown]), values, color=COLORS[2], linewidth=1.2)
    format_moment_axis(axis, moments[shown])
    strength = parts.seasonal_strength(season.rows)
    name = season.name or "season"
    _title(axis, f"{name}, {season.rows} rows, strength {strength:.2f}: the last {n_seasons}")


def _draw_remainder(axis: Axes, moments: pd.Index, parts: Decomposition) -> None:
    """Draw what trend and seasons leave."""
    positions = axis_positions(moments)
    remainder = parts.remainder
    axis.vlines(positions, 0, remainder, color="0.45", linewidth=0.6)
    axis.axhline(0, color="black", linewidth=0.8)
    is_out = outlying_rows(parts)
    _mark_outliers(axis, positions, remainder, is_out)
    format_moment_axis(axis, moments)
    _title(axis, f"remainder, {counted(int(is_out.sum()), 'outlier')}")


def _draw_autocorrelation(axis: Axes, y: np.ndarray, seasons: list[Candidate]) -> None:
    """Draw the autocorrelations with the band that chance allows, ticks at the seasons."""
    longest = seasons[-1].rows if seasons else 0
    wanted = max(_FEWEST_LAGS, round(_LAGS_IN_SEASONS * longest))
    n_lags = min(wanted, len(y) - 2)
    r = autocorrelations(interpolated(y), n_lags)
    lags = np.arange(1, n_lags + 1)
    band = NORMAL_95 * bartlett_errors(r, len(y))[1:]
    axis.fill_between(lags, -band, band, color="0.9", linewidth=0)
    axis.vlines(lags, 0, r[1:], color=COLORS[0], linewidth=1.4 if n_lags < 100 else 0.7)
    axis.axhline(0, color="black", linewidth=0.8)
    ticks = MultipleLocator(_tick_distance(n_lags, seasons)) if seasons else None
    axis.xaxis.set_major_locator(ticks or MaxNLocator(integer=True))
    axis.set_xlabel("lag in rows")
    _title(axis, "autocorrelation without the trend, and the band of chance")


def _tick_distance(n_lags: int, seasons: list[Candidate]) -> int:
    """Return the shortest season of which at most a dozen stand on the axis."""
    fits = [season.rows for season in seasons if n_lags <= 12 * season.rows]
    return fits[0] if fits else seasons[-1].rows


def _title(axis: Axes, text: str) -> None:
    axis.set_title(text, loc="left", fontsize="medium")
