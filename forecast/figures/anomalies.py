"""Figure of anomalies: values and what was expected of them, with the events marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from forecast.figures.axes import (
    MAX_PANELS,
    add_title,
    axis_positions,
    check_table,
    finish_panels,
    format_moment_axis,
    lowest_panels,
    panels,
    quantity_label,
    single_or_array,
)
from forecast.figures.styles import COLORS
from forecast.wording import counted

__all__ = ["AnomalyDisplay"]

_KIND_COLORS = {
    "spike": COLORS[1],
    "shift": COLORS[3],
    "drift": COLORS[5],
    "stuck": COLORS[2],
}
_COLUMNS = ("actual", "expected", "anomaly")


class AnomalyDisplay:
    """Values as observed and as expected, alarms as dots, events as coloured spans.

    Parameters
    ----------
    judged : DataFrame of n_rows
        As `AnomalyDetector.judge` returns it.
    events : DataFrame of n_events
        As `AnomalyDetector.events` returns it for the same rows.
    target, unit : str, optional
        What is watched and in which unit, for the axis.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per series.
    figure_ : Figure

    Examples
    --------
    >>> import numpy as np
    >>> from forecast import AnomalyDetector
    >>> y = np.random.default_rng(0).normal(size=420)
    >>> y[410] = 9.0
    >>> detector = AnomalyDetector(alpha=0.02).fit(y[:400])
    >>> display = AnomalyDisplay.from_detector(detector, y[400:], unit="V")
    >>> display.ax_.get_ylabel()
    'V'
    """

    def __init__(
        self,
        judged: pd.DataFrame,
        events: pd.DataFrame,
        *,
        target: str | None = None,
        unit: str | None = None,
    ):
        self.judged = judged
        self.events = events
        self.target = target
        self.unit = unit

    @classmethod
    def from_detector(
        cls,
        detector: Any,
        X: Any,
        y: Any = None,
        *,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> AnomalyDisplay:
        """Judge rows and draw them.

        Parameters
        ----------
        detector : fitted AnomalyDetector
        X : array-like of shape (n_rows, n_features) or None
        y : array-like of shape (n_rows,), optional
            As in `AnomalyDetector.judge`.
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        AnomalyDisplay
        """
        judged = detector.judge(X, y)
        events = detector.events(X, y)
        return cls(judged, events, target=target, unit=unit).plot(ax)

    def plot(self, ax: Any = None) -> AnomalyDisplay:
        """Draw a panel for each series; of many, for the first ones with an event.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each series; by default a new figure.

        Returns
        -------
        AnomalyDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If a table lacks a column or has no row, or `ax` has another number of axes.
        """
        source = "what AnomalyDetector.judge returns"
        check_table(self.judged, _COLUMNS, "judged", source, "judge at least one row")
        parts = _by_series(self.judged)
        names = self._series_to_draw(list(parts))
        shown = names[:MAX_PANELS]
        axes = panels(ax, len(shown), legend_entries=3 + len(_KIND_COLORS))
        for axis, name in zip(axes, shown, strict=True):
            self._draw_series(axis, parts[name], self._events_of(name))
        for axis in axes:
            if axis not in lowest_panels(axes):
                axis.xaxis.set_major_formatter(NullFormatter())
        finish_panels(axes, names, quantity_label(self.target, self.unit))
        events = counted(len(self.events), "event")
        add_title(ax, axes, f"{events} in {counted(len(self.judged), 'row')}")
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self

    def _series_to_draw(self, names: list[Any]) -> list[Any]:
        """Put the series that have an event first, where there are too many."""
        if len(names) <= MAX_PANELS or "series" not in self.events:
            return names
        with_event = set(self.events["series"])
        return sorted(names, key=lambda name: name not in with_event)

    def _events_of(self, name: Any) -> pd.DataFrame:
        """Return the events of one series."""
        if "series" not in self.events:
            return self.events
        return self.events[self.events["series"] == name]

    def _draw_series(self, axis: Axes, part: pd.DataFrame, events: pd.DataFrame) -> None:
        """Draw the rows and the events of one series."""
        x = axis_positions(part.index)
        actual = part["actual"].to_numpy(dtype=float)
        expected = part["expected"].to_numpy(dtype=float)
        axis.plot(x, expected, color=COLORS[0], linewidth=1.0, label="expected")
        axis.plot(x, actual, color="black", linewidth=1.2, label="actual")
        is_alarm = part["anomaly"].to_numpy(dtype=bool)
        alarms = np.where(is_alarm, actual, np.nan)
        axis.plot(x, alarms, ".", color=COLORS[1], markersize=5, label="alarm")
        _draw_events(axis, events, x)
        format_moment_axis(axis, part.index)


def _by_series(judged: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    """Part rows by their series, each in order of time."""
    if judged.index.nlevels == 1:
        return {None: judged.sort_index()}
    groups = judged.groupby(level=0, sort=False)
    return {name: part.droplevel(0).sort_index() for name, part in groups}


def _draw_events(axis: Axes, events: pd.DataFrame, x: np.ndarray) -> None:
    """Colour the rows of each event, with half a row to either side; the legend names each kind."""
    half = float(np.diff(x).min()) / 2 if len(x) > 1 else 0.5
    seen: set[str] = set()
    starts = axis_positions(pd.Index(events["start"]))
    ends = axis_positions(pd.Index(events["end"]))
    for start, end, kind in zip(starts, ends, events["kind"], strict=True):
        label = None if kind in seen else str(kind)
        seen.add(kind)
        color = _KIND_COLORS.get(kind, "0.5")
        axis.axvspan(start - half, end + half, color=color, alpha=0.25, linewidth=0, label=label)
