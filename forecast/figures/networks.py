"""Figures of what happens inside a recurrent network: its gates over a window, and how far back its
error reaches.

The displays draw the tables that `gates` and `gradient_flow` of the estimators return. Nothing here
touches pyplot: a figure belongs to whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from forecast.validation import check, flag, nearest

__all__ = ["GateDisplay", "GradientFlowDisplay"]

_COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
)  # those of the forecasts
_DASHES = ("-", "--", ":", "-.")  # one for each layer
_ORDER = ("input", "forget", "update", "reset", "output", "candidate", "cell", "hidden")
_SIGNED = ("candidate", "cell", "hidden")  # around 0; all others are between 0 and 1
_KEEPING = (
    "forget",
    "update",
    "hidden",
)  # the first that a cell has: how much a unit keeps, to sort the units by
_FULL = 3.0  # a cell state beyond which tanh, and so the hidden state, hardly changes: where its colours end
_FEW = 16  # rows or columns of a heat map of which each has a label
_DOTTED = 31  # points up to which a line shows each


class GateDisplay:
    """The gates, candidates and states of one layer while it reads one window: heat maps of units
    by timesteps.

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
    >>> window = {"sample": 0, "timestep": [-1, 0], "layer": 0, "unit": 0, "gate": "hidden", "value": [0.5, -0.2]}
    >>> display = GateDisplay(pd.DataFrame(window)).plot()
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
        """Let an estimator read windows and draw what happens inside.

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
        asked = {"X": X, "y": y, "origins": origins}
        frame = estimator.gates(
            **{name: value for name, value in asked.items() if value is not None}
        )
        return cls(frame).plot(ax, window=window, layer=layer, gates=gates)

    def plot(
        self,
        ax: Any = None,
        *,
        window: int = 0,
        layer: int = -1,
        gates: Sequence[str] | None = None,
    ) -> GateDisplay:
        """Draw one panel per gate: dark where a gate is open, red and blue where a state is above
        and below 0.

        The units are sorted, in all panels alike, by how much they keep: the one whose forget gate
        (update gate of a GRU, hidden state of a simple RNN) is highest over the window is at the
        top. The colours of a cell state end at ±3, where the hidden state hardly follows it: a
        single unit that counts upwards does not pale all others.

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
        keys = _check_gates(self.gates)
        windows = self.gates.groupby(
            keys, sort=False, dropna=False
        ).ngroup()  # a single series may have the name None
        rows = windows == range(windows.max() + 1)[_place(window, windows.max() + 1, "window")]
        layers = np.unique(self.gates["layer"])
        number = layers[_place(layer, len(layers), "layer")]
        part = self.gates[rows & (self.gates["layer"] == number)]
        known = sorted(pd.unique(part["gate"]), key=lambda name: (*_ORDER, name).index(name))
        if gates is not None and not len(gates):
            raise ValueError(f"gates names no panel; there are: {', '.join(known)}.")
        for name in gates or ():
            if name not in known:
                raise ValueError(f"gate {name!r} is not in the table; {nearest(name, known)}.")
        maps = {
            name: part[part["gate"] == name].pivot(index="unit", columns="timestep", values="value")
            for name in known
        }
        sorter = next((name for name in _KEEPING if name in maps), known[0])
        order = maps[sorter].mean(axis=1).sort_values(ascending=False, kind="stable").index
        names = list(known if gates is None else gates)
        axes = _grid(ax, len(names), len(order))
        for name, axis in zip(names, axes, strict=True):
            _heat_map(axis, maps[name].loc[order], name)
        if ax is None:
            at = "".join(f"{key} {part[key].iloc[0]}, " for key in keys if part[key].notna().all())
            whole: Any = axes[0].get_figure()
            whole.suptitle(f"{at}layer {number}; units sorted by {sorter}", fontsize="medium")
        _hand_over(self, axes)
        return self


class GradientFlowDisplay:
    """How far back the error of a network reaches: the norm of its gradient by the hidden state of
    each timestep.

    Parameters
    ----------
    flow : DataFrame or dict of DataFrames
        As `LSTMForecaster.gradient_flow` and `LSTMRegressor.gradient_flow` make it: the columns
        ``layer``, ``timesteps_back`` and ``norm``; or several of them by name.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    Examples
    --------
    >>> import pandas as pd
    >>> lstm = pd.DataFrame({"layer": 0, "timesteps_back": [0, 1, 2], "norm": [1.0, 0.9, 0.8]})
    >>> display = GradientFlowDisplay({"lstm": lstm, "simple": lstm.assign(norm=[1.0, 0.1, 0.0])}).plot()
    >>> [line.get_label() for line in display.ax_.get_lines()]
    ['lstm', 'simple']
    """

    def __init__(self, flow: pd.DataFrame | Mapping[str, pd.DataFrame]):
        self.flow = flow

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        origins: Any = None,
        relative: bool = False,
        ax: Any = None,
    ) -> GradientFlowDisplay:
        """Measure the flow of an estimator, or of several, and draw it.

        Parameters
        ----------
        estimator : fitted LSTMForecaster or LSTMRegressor, or dict of them
        X, y : array-like
            As in the estimator's `gradient_flow`.
        origins : sequence, optional
            The ends of a forecaster's windows, as in its `gradient_flow`.
        relative : bool, default=False
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        GradientFlowDisplay
        """
        asked = (X, y) if origins is None else (X, y, origins)
        if isinstance(estimator, Mapping):
            return cls({name: each.gradient_flow(*asked) for name, each in estimator.items()}).plot(
                ax, relative=relative
            )
        return cls(estimator.gradient_flow(*asked)).plot(ax, relative=relative)

    def plot(self, ax: Any = None, *, relative: bool = False) -> GradientFlowDisplay:
        """Draw the norm against the timesteps back, one line per layer, on a logarithmic axis.

        Where the norm is 0, as it is when it was too small to be a number, there is no line.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.
        relative : bool, default=False
            Whether each line is divided by its norm at the last timestep: the share of the error's
            gradient that arrives. So networks with large and small errors can be compared.

        Returns
        -------
        GradientFlowDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If a table lacks a column or has no row, or `ax` has more than one axes.
        """
        check(flag(), relative, "relative")
        flows = self.flow if isinstance(self.flow, Mapping) else {"": self.flow}
        for name, flow in flows.items():
            _check(
                flow,
                ("layer", "timesteps_back", "norm"),
                f"flow {name!r}" if name else "flow",
                "gradient_flow",
            )
        layers = sorted({layer for flow in flows.values() for layer in flow["layer"]})
        axis = _grid(ax, 1, None)[0]
        for i, (name, flow) in enumerate(flows.items()):
            for j, (layer, part) in enumerate(flow.sort_values("timesteps_back").groupby("layer")):
                color = _COLORS[(i if name else j) % len(_COLORS)]
                label = ", ".join(filter(None, [name, f"layer {layer}" if len(layers) > 1 else ""]))
                dashes = _DASHES[layers.index(layer) % len(_DASHES)] if name else "-"
                _flow_line(
                    axis, part, relative, label=label, color=color, linestyle=dashes, linewidth=1.4
                )
        _finish_flow(axis, relative)
        _hand_over(self, [axis])
        return self


def _check(table: Any, columns: Sequence[str], what: str, method: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"{what} must be the DataFrame of an estimator's {method}; got {type(table).__name__}."
        )
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(
            f"{what} lacks the columns {missing}: pass what an estimator's {method} returns."
        )
    if table.empty:
        raise ValueError(
            f"{what} has no row: pass windows without NaN to the estimator's {method}."
        )


def _check_gates(table: Any) -> list[str]:
    """Refuse what is no table of gates; return the columns that tell its windows apart."""
    _check(table, ("timestep", "layer", "unit", "gate", "value"), "gates", "gates")
    keys = [name for name in ("sample", "series", "origin", "target") if name in table.columns]
    if not {"sample", "origin"} & set(keys):
        raise ValueError(
            "gates has neither a column 'sample' nor 'origin': pass what an estimator's gates returns."
        )
    return keys


def _place(place: Any, count: int, what: str) -> int:
    """Return a place among `count`, counted from the end where it is negative; refuse one beyond."""
    if isinstance(place, (bool, np.bool_)) or not isinstance(place, (int, np.integer)):
        raise TypeError(f"{what} must be a whole number; got {place!r}.")
    if not -count <= place < count:
        raise ValueError(
            f"{what}={place} is not in the table, which has {count}: choose from {-count} to {count - 1}."
        )
    return int(place)


def _grid(ax: Any, n: int, units: int | None) -> list[Axes]:
    """Return `n` axes: those given, or those of a new figure, the panels in rows of three, four in two rows."""
    if ax is not None:
        given = list(np.ravel(np.asarray(ax, dtype=object)))
        if len(given) != n:
            raise ValueError(
                f"ax holds {len(given)} axes, but {n} panels are to be drawn: pass {n}, or None."
            )
        return given
    if units is None:
        figure = Figure(figsize=(9, 4), layout="constrained")
        return [figure.subplots()]
    columns = 2 if n == 4 else min(n, 3)
    rows = -(-n // columns)
    height = 0.4 + rows * (1.0 + min(max(units, 4) * 0.11, 3.4))
    figure = Figure(figsize=(2.4 + 3.2 * columns, height), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for spare in grid[n:]:
        spare.remove()
    return list(grid[:n])


def _heat_map(axis: Axes, values: pd.DataFrame, name: str) -> None:
    """Draw values (units, timesteps) of a gate with their colour bar."""
    times, units = values.columns.to_numpy(), values.index
    stride = np.diff(times).min() if len(times) > 1 else 1
    numbers = values.to_numpy()
    colors, bottom, top = "viridis_r", 0.0, 1.0
    if name in _SIGNED:
        top = min(float(np.abs(numbers).max()) or 1.0, _FULL)
        colors, bottom = "RdBu_r", -top
    edges = (times[0] - stride / 2, times[-1] + stride / 2, len(units) - 0.5, -0.5)
    image = axis.imshow(
        numbers,
        cmap=colors,
        vmin=bottom,
        vmax=top,
        aspect="auto",
        interpolation="nearest",
        extent=edges,
    )
    beyond = "both" if np.abs(numbers).max() > top else "neither"
    axis.figure.colorbar(image, ax=axis, pad=0.02, aspect=25, extend=beyond)
    axis.set_title(name, loc="left", fontsize="medium")
    place = axis.get_subplotspec()
    axis.set_xticks(times) if len(times) <= _FEW // 2 else axis.xaxis.set_major_locator(
        MaxNLocator(6, integer=True)
    )
    axis.set_yticks(range(len(units)), map(str, units)) if len(units) <= _FEW else axis.set_yticks(
        []
    )
    if place is None or place.is_last_row():
        axis.set_xlabel("timestep")
    if place is None or place.is_first_col():
        axis.set_ylabel("unit" if len(units) <= _FEW else f"{len(units)} units")


def _flow_line(axis: Axes, part: pd.DataFrame, relative: bool, **look: Any) -> None:
    """Draw the norms of one layer, which end where they are too small to be numbers."""
    norms = part["norm"].to_numpy(dtype=np.float64)
    norms = np.where(norms > 0, norms, np.nan)
    norms = norms / norms[0] if relative else norms
    marker = "o" if len(norms) <= _DOTTED else ""
    axis.plot(part["timesteps_back"].to_numpy(), norms, marker=marker, markersize=3, **look)


def _finish_flow(axis: Axes, relative: bool) -> None:
    axis.set_yscale("log")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlabel("timesteps back")
    axis.set_ylabel("norm of d loss / d hidden state" + (", last timestep = 1" if relative else ""))
    axis.grid(axis="y", color="0.9", linewidth=0.8)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    if any(
        str(line.get_label())[:1] != "_" for line in axis.get_lines()
    ):  # an unnamed line has nothing to tell
        axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, frameon=False)


def _hand_over(display: Any, axes: list[Axes]) -> None:
    display.ax_ = axes[0] if len(axes) == 1 else np.array(axes, dtype=object)
    display.figure_ = axes[0].get_figure()
