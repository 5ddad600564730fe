"""Figures of the gates and states of a recurrent network while it reads a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.exceptions import InputError, InputTypeError
from forecast.figures.axes import (
    check_table,
    lowest_panels,
    panels,
    single_or_array,
)
from forecast.figures.heat_maps import draw_heat_map
from forecast.validation import nearest

__all__ = ["GateDisplay"]

# The order of panels.
GATE_ORDER = ("input", "forget", "update", "reset", "output", "candidate", "cell", "hidden")
# Around 0, where gates are between 0 and 1.
SIGNED = ("candidate", "cell", "hidden")
# The units are sorted by the first of these that a cell has: how much of its state a unit keeps.
RETENTION = ("forget", "update", "hidden")
# Names what tells the windows of a table apart.
WINDOW_KEYS = ("sample", "series", "origin", "target")


class GateDisplay:
    """The gates, candidates and states of one layer over a window: heat maps of units by timesteps.

    Parameters
    ----------
    gates : DataFrame
        As `LSTMForecaster.gates` and `LSTMRegressor.gates` make it: the columns ``timestep``,
        ``layer``, ``unit``, ``gate`` and ``value``, and ``sample`` or ``series`` and ``origin``
        (and perhaps ``target``), which tell the windows apart.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per gate.
    figure_ : Figure

    Examples
    --------
    >>> import pandas as pd
    >>> window = pd.DataFrame({"sample": 0, "timestep": [-1, 0], "layer": 0, "unit": 0})
    >>> display = GateDisplay(window.assign(gate="hidden", value=[0.5, -0.2])).plot()
    >>> display.ax_.get_title(loc="left")
    'hidden'
    """

    def __init__(self, gates: pd.DataFrame):
        self.gates = gates

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any = None,
        y: Any = None,
        *,
        origins: Any = None,
        window: int = 0,
        layer: int = -1,
        gates: Sequence[str] | None = None,
        ax: Any = None,
    ) -> GateDisplay:
        """Compute the gates of an estimator over windows and draw them.

        Parameters
        ----------
        estimator : fitted LSTMForecaster or LSTMRegressor
        X, y : array-like, optional
            As in the estimator's `gates`: a regressor needs X, windows; a forecaster takes those of
            its memory where there is neither.
        origins : sequence, optional
            The ends of a forecaster's windows, as in its `gates`.
        window, layer : int
        gates : sequence of str, optional
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        GateDisplay
        """
        arguments = {"X": X, "y": y, "origins": origins}
        given = {name: value for name, value in arguments.items() if value is not None}
        display = cls(estimator.gates(**given))
        return display.plot(ax, window=window, layer=layer, gates=gates)

    def plot(
        self,
        ax: Any = None,
        *,
        window: int = 0,
        layer: int = -1,
        gates: Sequence[str] | None = None,
    ) -> GateDisplay:
        """Draw one panel per gate, dark where the gate is open.

        Candidates and states are red above 0 and blue below. The units are sorted, in all panels
        alike, by how much they keep: the one whose forget gate (update gate of a GRU, hidden state
        of a simple RNN) is highest over the window is at the top. The colours of a cell state end
        at ±3, where the hidden state hardly follows it: a single unit that counts upwards does not
        pale all others.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        window : int, default=0
            Which of the windows, by its place in the table; negative numbers count from the last.
        layer : int, default=-1
            Which layer; by default the last.
        gates : sequence of str, optional
            Which panels, in this order; by default all.

        Returns
        -------
        GateDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column or has no row, a window, layer or gate is not in it, or `ax`
            has another number of axes.
        """
        # The values (units, timesteps) of each gate, in one window and one layer.
        keys = _check_gates(self.gates)
        table = _rows_of_window(self.gates, keys, window)
        table = _rows_of_layer(table, layer)
        values = _values_by_gate(table)
        names = _check_names(gates, list(values))
        # One order of the units for all panels, so that a unit is followed from gate to gate.
        sorting_gate = _sorting_gate(list(values))
        units = _sorted_units(values[sorting_gate])
        axes = _gate_panels(ax, len(names), len(units))
        for name, axis in zip(names, axes, strict=True):
            draw_heat_map(axis, values[name].loc[units], signed=name in SIGNED)
            axis.set_title(name, loc="left", fontsize="medium")
        # The figure of the caller keeps its own title.
        if ax is None:
            figure: Any = axes[0].get_figure()
            title = f"{_window_title(table, keys)}; units sorted by {sorting_gate}"
            figure.suptitle(title, fontsize="medium", wrap=True)
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self


def _check_gates(table: Any) -> list[str]:
    """Refuse what is no table of gates; return the columns that tell its windows apart."""
    check_table(
        table,
        ("timestep", "layer", "unit", "gate", "value"),
        name="gates",
        source="what an estimator's gates returns",
        remedy="pass windows without NaN to the estimator's gates",
    )
    keys = [name for name in WINDOW_KEYS if name in table.columns]
    if "sample" not in keys and "origin" not in keys:
        raise InputError(
            "gates has neither a column 'sample' nor 'origin': "
            "pass what an estimator's gates returns."
        )
    return keys


def _check_names(gates: Sequence[str] | None, known: list[str]) -> list[str]:
    """Return the gates to draw, by default all; refuse unknown ones and an empty list."""
    if gates is None:
        return known
    if len(gates) == 0:
        raise InputError(f"gates names no panel; there are: {', '.join(known)}.")
    for name in gates:
        if name not in known:
            raise InputError(f"gate {name!r} is not in the table; {nearest(name, known)}.")
    return list(gates)


def _resolve_position(position: Any, count: int, name: str) -> int:
    """Return a position from 0 to `count` - 1, where negative ones count from the end."""
    is_flag = isinstance(position, (bool, np.bool_))
    if is_flag or not isinstance(position, (int, np.integer)):
        raise InputTypeError(f"{name} must be a whole number; got {position!r}.")
    if not -count <= position < count:
        raise InputError(
            f"{name}={position} is not in the table, which has {count}: "
            f"choose from {-count} to {count - 1}."
        )
    return int(position) % count


def _rows_of_window(table: pd.DataFrame, keys: list[str], window: int) -> pd.DataFrame:
    """Return the rows of one window, counted in the order of the table."""
    # A single series may have the name None, which groupby would drop.
    groups = table.groupby(keys, sort=False, dropna=False)
    number = _resolve_position(window, groups.ngroups, "window")
    return table[groups.ngroup() == number]


def _rows_of_layer(table: pd.DataFrame, layer: int) -> pd.DataFrame:
    """Return the rows of one layer, counted from the first or from the last."""
    layers = np.unique(table["layer"])
    position = _resolve_position(layer, len(layers), "layer")
    return table[table["layer"] == layers[position]]


def _window_title(table: pd.DataFrame, keys: list[str]) -> str:
    """Write what the rows of a table have in common, such as "sample 2, layer 0"."""
    parts = []
    for key in [*keys, "layer"]:
        value = table[key].iloc[0]
        # A single series need not have a name.
        if pd.notna(value):
            parts.append(f"{key} {value}")
    return ", ".join(parts)


def _values_by_gate(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return gate -> values (units, timesteps) of one layer in one window, in order of panels."""
    present = list(pd.unique(table["gate"]))
    ordered = [name for name in GATE_ORDER if name in present]
    ordered += [name for name in present if name not in GATE_ORDER]
    values = {}
    for name in ordered:
        rows = table[table["gate"] == name]
        values[name] = rows.pivot(index="unit", columns="timestep", values="value")
    return values


def _sorting_gate(names: list[str]) -> str:
    """Return the gate that says how much a unit keeps, or the first where no such gate is known."""
    for name in RETENTION:
        if name in names:
            return name
    return names[0]


def _sorted_units(values: pd.DataFrame) -> pd.Index:
    """Return the units in the order of their mean over the window, the highest first."""
    means = values.mean(axis=1)  # (units, timesteps) to (units,)
    return means.sort_values(ascending=False, kind="stable").index


def _gate_panels(ax: Any, count: int, n_units: int) -> list[Axes]:
    """Return axes for heat maps: in rows of three, four in two rows; higher for more units."""
    columns = 2 if count == 4 else min(count, 3)
    # A row of the map needs little height, and some hundred units need no more than thirty.
    map_height = min(0.11 * max(n_units, 4), 3.4)
    axes = panels(
        ax,
        count,
        columns=columns,
        width=2.4 + 3.2 * columns,
        row_height=0.5 + map_height,
        share_axes=True,
    )
    for axis in lowest_panels(axes):
        axis.set_xlabel("timestep")
    return axes
