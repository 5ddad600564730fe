"""Figure of the gradient flow: how far back in time the error of a recurrent network reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from forecast.exceptions import InputError
from forecast.figures.axes import (
    add_title,
    check_table,
    finish_panels,
    panels,
    single_or_array,
)
from forecast.figures.styles import LINE_STYLES, draw_line, look
from forecast.validation import check, flag

__all__ = ["GradientFlowDisplay"]


class GradientFlowDisplay:
    """How far back the error of a network reaches: the norm of its gradient at each hidden state.

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
    >>> simple = lstm.assign(norm=[1.0, 0.1, 0.0])
    >>> display = GradientFlowDisplay({"lstm": lstm, "simple": simple}).plot()
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
        arguments = (X, y) if origins is None else (X, y, origins)
        flow: pd.DataFrame | dict[str, pd.DataFrame]
        if isinstance(estimator, Mapping):
            flow = {name: one.gradient_flow(*arguments) for name, one in estimator.items()}
        else:
            flow = estimator.gradient_flow(*arguments)
        return cls(flow).plot(ax, relative=relative)

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
        # A single network needs no name.
        flows = self.flow if isinstance(self.flow, Mapping) else {"": self.flow}
        if not flows:
            raise InputError("flow holds no network: pass at least one table.")
        for name, flow in flows.items():
            _check_flow(flow, name)
        # In the legend stands each layer of each network.
        layers = pd.unique(pd.concat([flow["layer"] for flow in flows.values()]))
        axes = panels(ax, 1, legend_entries=len(flows) * len(layers))
        axis = axes[0]
        for position, name in enumerate(flows):
            _draw_flow(axis, flows[name], name, position, sorted(layers), relative)
        # A gradient that vanishes shrinks by a factor with each timestep: a line on this scale.
        axis.set_yscale("log")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("timesteps back")
        ylabel = "norm of d loss / d hidden state"
        if relative:
            ylabel += "\n(last timestep = 1)"
        finish_panels(axes, [], ylabel)
        add_title(ax, axes, "How far back in time the error reaches")
        self.ax_ = single_or_array(axes)
        self.figure_ = axis.get_figure()
        return self


def _check_flow(flow: Any, name: str) -> None:
    """Refuse what is no table of a gradient flow, by its name if it has one."""
    check_table(
        flow,
        ("layer", "timesteps_back", "norm"),
        name=f"flow {name!r}" if name else "flow",
        source="what an estimator's gradient_flow returns",
        remedy="pass windows without NaN to the estimator's gradient_flow",
    )


def _line_style(name: str, position: int, layer: int) -> dict[str, Any]:
    """Give each network a look and its layers dashes; one without a name, each layer a look."""
    if not name:
        return look(layer)
    return look(position) | {"linestyle": LINE_STYLES[layer % len(LINE_STYLES)]}


def _line_label(name: str, layer: Any, n_layers: int) -> str:
    """Write the network, if it has a name, and the layer, if there are several."""
    parts = []
    if name:
        parts.append(name)
    if n_layers > 1:
        parts.append(f"layer {layer}")
    return ", ".join(parts)


def _draw_flow(
    axis: Axes,
    flow: pd.DataFrame,
    name: str,
    position: int,
    layers: list[Any],
    relative: bool,
) -> None:
    """Draw a line for each layer of one network, which has a position among several."""
    for place, layer in enumerate(layers):
        part = flow[flow["layer"] == layer]
        # Networks need not have the same number of layers.
        if part.empty:
            continue
        style = _line_style(name, position, place)
        label = _line_label(name, layer, len(layers))
        _draw_norms(axis, part, relative, label, style)


def _draw_norms(
    axis: Axes, part: pd.DataFrame, relative: bool, label: str, style: dict[str, Any]
) -> None:
    """Draw the norms of one layer, which end where they are too small to be numbers."""
    part = part.sort_values("timesteps_back")
    norms = part["norm"].to_numpy(dtype=np.float64)
    # 0 has no logarithm.
    norms = np.where(norms > 0, norms, np.nan)
    # The first is the norm at the last timestep.
    if relative:
        norms = norms / norms[0]
    timesteps = part["timesteps_back"].to_numpy()
    draw_line(axis, timesteps, norms, label, style)
