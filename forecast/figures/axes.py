"""What all figures share: checks, panels, the axis of moments, titles, labels and legend, files.

Figures are made of matplotlib's objects, never of pyplot: a figure belongs to whoever asked for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from forecast.exceptions import InputError, InputTypeError
from forecast.files import write_beside
from forecast.validation import check, one_of

MAX_PANELS = 6  # series in one figure
FIGURE_MARGIN = 1.4  # inches for titles and axis labels
LEGEND_ENTRY_HEIGHT = 0.22  # inches


def check_table(table: Any, columns: Sequence[str], name: str, source: str, remedy: str) -> None:
    """Refuse what is no DataFrame with these columns, and one without a row.

    `source` says what has such a table, `remedy` what to do for a row.
    """
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise InputTypeError(f"{name} must be a DataFrame; got {kind}: pass {source}.")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError(f"{name} lacks the columns {missing}: pass {source}.")
    if table.empty:
        raise InputError(f"{name} has no row: {remedy}.")


def panels(
    ax: Any,
    count: int,
    *,
    columns: int | None = None,
    width: float | None = None,
    row_height: float = 2.4,
    legend_entries: int = 0,
    share_axes: bool = False,
) -> list[Axes]:
    """Return `count` axes: those that the caller gives, else those of a new figure.

    A new figure has one column up to three panels and two beyond, unless `columns` is given. Sizes
    are in inches. A row is at least as high as a legend of `legend_entries` beside it.
    """
    if ax is not None:
        return _given_axes(ax, count)
    # Panels below each other are easiest to compare, as long as they are few.
    if columns is None:
        columns = 1 if count <= 3 else 2
    rows = math.ceil(count / columns)
    # Constrained layout shrinks the panels of a row whose legend is higher than they are.
    row_height = max(row_height, LEGEND_ENTRY_HEIGHT * legend_entries)
    height = FIGURE_MARGIN + row_height * rows
    if width is None:
        width = 7.0 + 2.0 * columns
    figure = Figure(figsize=(width, height), layout="constrained")
    return _grid_of_axes(figure, count, columns, share_axes)


def _given_axes(ax: Any, count: int) -> list[Axes]:
    """Return the axes of the caller as a list; refuse another number than `count`."""
    array = np.asarray(ax, dtype=object)
    given = list(array.ravel())
    if len(given) != count:
        raise InputError(
            f"ax holds {len(given)} axes, but {count} panels are to be drawn: "
            f"pass {count}, or None."
        )
    return given


def _grid_of_axes(figure: Figure, count: int, columns: int, share_axes: bool) -> list[Axes]:
    """Return the first `count` axes of a grid on a figure, row by row."""
    rows = math.ceil(count / columns)
    grid = figure.subplots(
        rows,
        columns,
        squeeze=False,
        sharex=share_axes,
        sharey=share_axes,
    )
    places = grid.ravel()  # (rows, columns) to (rows * columns,)
    # Above an empty place of the last row, a panel shows the tick labels that it would share.
    for empty in range(count, rows * columns):
        places[empty].remove()
        places[empty - columns].tick_params(labelbottom=True)
    return list(places[:count])


def single_or_array(axes: list[Axes]) -> Any:
    """Return the attribute `ax_` of a display: the only axes itself, several as an array."""
    if len(axes) == 1:
        return axes[0]
    return np.array(axes, dtype=object)


def in_first_column(axis: Axes) -> bool:
    """Return whether nothing stands to the left of a panel, as outside a grid."""
    place = axis.get_subplotspec()
    return place is None or place.is_first_col()


def lowest_panels(axes: list[Axes]) -> list[Axes]:
    """Return the last panel of each column, where the label of a shared x axis belongs."""
    lowest: dict[Any, Axes] = {}
    for axis in axes:
        place = axis.get_subplotspec()
        # Axes outside a grid are a column of their own.
        column: Any = axis
        if place is not None:
            column = (place.get_gridspec(), place.colspan.start)
        # The panels come row by row: a later one of the same column is lower.
        lowest[column] = axis
    return list(lowest.values())


def axis_positions(moments: pd.Index) -> np.ndarray:
    """Return where moments lie on an axis: dates in days since 1970 UTC, numbers as they are."""
    # A period lies at its beginning.
    if isinstance(moments, pd.PeriodIndex):
        moments = moments.to_timestamp()
    if not isinstance(moments, pd.DatetimeIndex):
        return moments.to_numpy(dtype=np.float64)
    # matplotlib counts in UTC; the ticks are formatted in the time zone of the moments.
    if moments.tz is not None:
        moments = moments.tz_convert("UTC").tz_localize(None)
    return date2num(moments.to_numpy())


def format_moment_axis(axis: Axes, moments: pd.Index) -> None:
    """Choose ticks and label of an x axis for such moments: dates in their time zone, or rows."""
    if not isinstance(moments, (pd.DatetimeIndex, pd.PeriodIndex)):
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("row")
        return
    zone = getattr(moments, "tz", None)
    locator = AutoDateLocator(tz=zone, minticks=3, maxticks=8)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(_SpanFormatter(locator, tz=zone))
    axis.set_xlabel("" if zone is None else str(zone))


class _SpanFormatter(ConciseDateFormatter):
    """Concise dates; the text in the corner names the first tick's year and month as well.

    matplotlib names those of the last tick alone: days of December that end with New Year would be
    read as days of January.
    """

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of the ticks."""
        self._first_tick = values[0] if len(values) else None
        return super().format_ticks(values)

    def get_offset(self) -> str:
        """Return the text in the corner: from the first tick to the last."""
        last = super().get_offset()
        if not last or self._first_tick is None:
            return last
        # In the form that matplotlib has chosen for the last tick: year, month or day.
        form = ("%Y", "%Y-%b", "%Y-%b-%d")[last.count("-")]
        first = num2date(self._first_tick, tz=self._tz).strftime(form)
        return last if first == last else f"{first} – {last}"


def quantity_label(quantity: str | None, unit: str | None) -> str:
    """Write "quantity (unit)", or the one of both that is known."""
    if quantity and unit:
        return f"{quantity} ({unit})"
    return quantity or unit or ""


def finish_panels(
    axes: list[Axes], titles: Sequence[Any], ylabel: str, *, left_out: str = ""
) -> None:
    """Add grid, titles, y label and legend to panels whose data are drawn.

    A single panel needs no title of its own. Titles beyond the last panel are those of series left
    out; `left_out` says in the legend what else is not drawn.
    """
    for axis in axes:
        axis.grid(axis="y", color="0.9", linewidth=0.8)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
        # Panels in one row have their y label in common.
        if in_first_column(axis):
            axis.set_ylabel(ylabel)
    _add_legend(_upper_right(axes), left_out)
    # What the panels show, and what there is no panel for.
    if len(titles) > 1:
        for axis, title in zip(axes, titles, strict=False):
            axis.set_title(str(title), loc="left", fontsize="medium")
    if len(titles) > len(axes):
        figure: Any = axes[0].get_figure()
        figure.suptitle(f"the first {len(axes)} of {len(titles)} series", fontsize="medium")


def _add_legend(corner: Axes, left_out: str) -> None:
    """Add the legend to the panel in the upper right corner, outside the data."""
    handles, labels = corner.get_legend_handles_labels()
    if not labels:
        return
    if left_out:
        # Words alone, behind nothing drawn.
        handles.append(Line2D([], [], linestyle="none"))
        labels.append(left_out)
    corner.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        frameon=False,
    )


def add_title(ax: Any, axes: list[Axes], title: str) -> None:
    """Write above a new figure what it shows; the figure of the caller keeps its own title.

    `ax` is what the caller gave. What `finish_panels` has to say of series left out follows.
    """
    if ax is not None:
        return
    figure: Any = axes[0].get_figure()
    left_out = figure.get_suptitle()
    if left_out:
        title = f"{title}; {left_out}"
    if len(axes) == 1:
        axes[0].set_title(title, loc="left", fontsize="medium")
    else:
        figure.suptitle(title, x=0.01, ha="left", fontsize="medium", wrap=True)


def _upper_right(axes: list[Axes]) -> Axes:
    """Return the first panel of the last column, or the first of all outside a grid."""
    for axis in axes:
        place = axis.get_subplotspec()
        if place is not None and place.is_last_col():
            return axis
    return axes[0]


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of the path; never leave half a file."""
    path = Path(path)
    kind = path.suffix[1:].lower()
    check(one_of("png", "svg", "pdf"), kind, f"the ending of {path.name}")

    def write(beside: Path) -> None:
        figure.savefig(beside, format=kind, dpi=150)

    write_beside(path, write)
    return path
