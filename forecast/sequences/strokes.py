"""Pen strokes as they are given: every refusal, and one table of all points."""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.exceptions import InputError, InputTypeError

_COLUMNS = 3  # offset to the right, offset upwards, pen up


def points_of(sequences: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of all sequences in one table, and the number of points of each.

    Parameters
    ----------
    sequences : list of arrays of shape (points, 3), or array of shape (n_sequences, longest, 3)
        The offset from the point before, and 1 where the pen is up on its way from there, else 0.
        Rows of NaN at the end are no points.

    Returns
    -------
    points : array of shape (sum of lengths, 3)
    lengths : array of shape (n_sequences,)

    Raises
    ------
    ValueError
        If there is no sequence, one is empty or of another shape, or a number is none or wrong.
    """
    if isinstance(sequences, np.ndarray) and sequences.dtype.kind in "fiub" and sequences.ndim != 3:
        raise InputError(
            f"the strokes have the shape {sequences.shape}. "
            "Pass a list of arrays (points, 3), one for each sequence."
        )
    if isinstance(sequences, str) or not hasattr(sequences, "__len__"):
        raise InputTypeError("strokes are a list of arrays (points, 3). Pass such a list.")
    each = [_checked(sequence, f"sequence {place}") for place, sequence in enumerate(sequences)]
    if not each:
        raise InputError("there is no sequence. Pass at least one.")
    empty = next((place for place, points in enumerate(each) if not len(points)), None)
    if empty is not None:
        raise InputError(f"sequence {empty} holds no point. Leave it out.")
    return np.concatenate(each), np.array([len(points) for points in each])


def prefix_of(prefix: Any) -> np.ndarray:
    """Return the points that a sequence begins with, (points, 3); None is none."""
    return np.zeros((0, _COLUMNS)) if prefix is None else _checked(prefix, "the prefix")


def _checked(sequence: Any, name: str) -> np.ndarray:
    """Return the points of one sequence; refuse what is none."""
    try:
        points = np.asarray(sequence, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputTypeError(
            f"{name} holds what is no number. Pass two offsets and pen up (0 or 1) of each point."
        ) from None
    if points.ndim != 2 or points.shape[1] != _COLUMNS:
        raise InputError(
            f"{name} has the shape {points.shape}; a point has {_COLUMNS} numbers: offset to the "
            "right, offset upwards, pen up (0 or 1)."
        )
    # Rows of NaN at the end pad sequences of unequal lengths.
    present = np.flatnonzero(~np.isnan(points).all(axis=1))
    points = points[: present[-1] + 1 if len(present) else 0]
    wrong = ~np.isfinite(points).all(axis=1)
    if wrong.any():
        raise InputError(
            f"{name} contains NaN or inf in point {int(wrong.argmax())}. Leave the point out."
        )
    wrong = ~np.isin(points[:, 2], [0, 1])
    if wrong.any():
        place = int(wrong.argmax())
        raise InputError(f"pen up is {points[place, 2]:g} in point {place} of {name}. Pass 0 or 1.")
    return points
