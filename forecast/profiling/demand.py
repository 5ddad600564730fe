"""How intermittent demand is: how often it comes, and how much its sizes vary."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# The limits of Syntetos, Boylan & Croston.
_RARE = 1.32  # rows from one demand to the next
_VARIED = 0.49  # squared coefficient of variation of the sizes


class Demand(NamedTuple):
    """What demand is like.

    Parameters
    ----------
    interval : float
        ADI, the average demand interval: rows for each row with a demand.
    variation : float
        CV²: the squared coefficient of variation of the sizes.
    """

    interval: float
    variation: float

    @property
    def is_rare(self) -> bool:
        """Whether most rows, or at least many, have no demand."""
        return self.interval >= _RARE

    @property
    def kind(self) -> str:
        """Return "smooth", "erratic", "intermittent" or "lumpy"."""
        is_varied = self.variation >= _VARIED
        if self.is_rare:
            return "lumpy" if is_varied else "intermittent"
        return "erratic" if is_varied else "smooth"


def demand_of(y: np.ndarray) -> Demand | None:
    """Return what the demand of a series is like.

    None where a value is below 0, none is 0, or all are 0 or 1.

    The kinds are those of [1]_: demand comes rarely where the interval is 1.32 or more, and its
    sizes vary where their squared coefficient of variation is 0.49 or more.

    Parameters
    ----------
    y : array of shape (n_rows,)
        NaN where a value is missing.

    References
    ----------
    .. [1] Syntetos, Boylan & Croston (2005), On the categorization of demand patterns, J. of the
       Operational Research Society 56(5), 495-503.

    Examples
    --------
    >>> demand_of(np.array([0.0, 0.0, 6.0, 0.0, 0.0, 6.0]))
    Demand(interval=3.0, variation=0.0)
    """
    values = y[~np.isnan(y)]
    sizes = values[values > 0]
    is_flag = not len(sizes) or (sizes == 1).all()
    if is_flag or len(sizes) == len(values) or (values < 0).any():
        return None
    variation = np.var(sizes) / np.mean(sizes) ** 2
    return Demand(len(values) / len(sizes), float(variation))
