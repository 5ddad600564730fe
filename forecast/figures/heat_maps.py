"""Heat maps of units by timesteps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from forecast.figures.axes import in_first_column

# Beyond a cell state of 3, tanh and with it the hidden state hardly change.
SATURATION = 3.0
MAX_LABELLED_UNITS = 16
MAX_LABELLED_TIMESTEPS = 8


def draw_heat_map(axis: Axes, values: pd.DataFrame, signed: bool) -> None:
    """Draw values (units, timesteps) with their colour bar: from 0 to 1, or around 0 if signed."""
    n_units = len(values)
    timesteps = values.columns.to_numpy()
    numbers = values.to_numpy()
    largest = float(np.abs(numbers).max())
    # A gate is between 0 and 1. The scale of a state is symmetric about 0, so that white is 0.
    high = min(largest or 1.0, SATURATION) if signed else 1.0
    low = -high if signed else 0.0
    # Each column is centred at its timestep, each row at its place from the top.
    width = np.diff(timesteps).min() if len(timesteps) > 1 else 1
    left = timesteps[0] - width / 2
    right = timesteps[-1] + width / 2
    image = axis.imshow(
        numbers,
        cmap="RdBu_r" if signed else "viridis_r",
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
        extent=(left, right, n_units - 0.5, -0.5),
    )
    # The colour bar ends in arrows where values exceed it.
    extend = "both" if largest > high else "neither"
    axis.figure.colorbar(image, ax=axis, pad=0.02, aspect=25, extend=extend)
    _label_heat_map(axis, timesteps, values.index)


def _label_heat_map(axis: Axes, timesteps: np.ndarray, units: pd.Index) -> None:
    """Label each timestep and each unit while they are few; only count the units beyond."""
    if len(timesteps) <= MAX_LABELLED_TIMESTEPS:
        axis.set_xticks(timesteps)
    else:
        axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if len(units) <= MAX_LABELLED_UNITS:
        axis.set_yticks(range(len(units)), [str(unit) for unit in units])
        ylabel = "unit"
    else:
        axis.set_yticks([])
        ylabel = f"{len(units)} units"
    if in_first_column(axis):
        axis.set_ylabel(ylabel)
