"""Values that a forecaster is not made for, refused by row."""

from __future__ import annotations

import numpy as np

from forecast.exceptions import InputError
from forecast.tables.panel import Panel


def refuse_first(
    panel: Panel,
    wrong: np.ndarray,
    why: str,
    remedy: str,
    flags: str = "",
) -> None:
    """Refuse the first of the wrong values, with its row; nothing where none is.

    Parameters
    ----------
    panel : Panel
    wrong : array of shape (n_rows, n_targets)
        Which values of y are wrong.
    why : str
        What follows the value in the sentence.
    remedy, flags : str
        As in `InputError`.
    """
    if not wrong.any():
        return
    row, target = np.argwhere(wrong)[0]
    name = panel.columns.described()[1][target]
    value = f"{panel.y[row, target]:.6g}"
    raise InputError(f"{name} is {value} at {panel.name(row)}{why}", remedy, flags)
